# SPDX-License-Identifier: GPL-2.0-or-later
"""More of the kinds K1, K9, K11 and K12: the first line, lost time, counts, stories."""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_b import NOTHING_WRONG
from cases_field_b_shapes import DC, wrong_password
from cases_field_b_time import dead, good_start
from cases_ldap import CREDENTIALS, SIGNING
from cases_web import directory, ex, opened, post
from field import field

SPN = "spn-not-found-or-duplicate"

# ---- K1: the first line ----


@field("K1", shows={SPN: "warn"}, outcome="ok|hidden", verdict=[r"with a warning: .*files01"],
       never={"verdict": [NOTHING_WRONG, r"\bok - "]})
def share_of_a_renamed_server(s):
    """All else is good; a line that says "ok - not found" would take back itself."""
    good_start(s)
    s.logon()
    s.cite(SPN, s.kdc(s.tgs_req("cifs/files01." + s.domain), s.error(7, "cifs/files01." + s.domain)))
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    conn = s.ldap()
    conn.gssapi()
    conn.sealed()


@field("K1", shows={"password-wrong": "error", "ldap-bind-failed": "error"}, outcome="failed",
       verdict=[r"\A[^:]*: failed - .*(ldap|bind)"], never={"verdict": [NOTHING_WRONG]})
def many_binds_refused_beside_one_typing_error(s):
    """A user mistypes once; the service is refused six times. The series is the story."""
    good_start(s)
    s.cite("password-wrong", wrong_password(s))
    for _ in range(6):
        s.cite("ldap-bind-failed", s.ldap().simple(49, CREDENTIALS.format("533"), name="CORP\\svc-crm"))
        s.wait(1)


@field("K1", outcome="ok", verdict=[r"\b2 requests had no answer"], never={"verdict": [NOTHING_WRONG, "failed"]})
def two_questions_without_an_answer(s):
    """Nothing came of it, and no rule makes a finding of it: the steps say it themselves."""
    for name in (DC, "_kerberos._tcp.{D}"):
        s.srv(name, silent=True)
        s.wait(0.5)
        s.srv(name, "dc1.{D}", server=s.dns2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping(host=s.host)
    s.ldap().simple()


@field("K1", shows={"ldap-signing-required": "note"}, recovered=["ldap-signing-required"], outcome="ok|hidden",
       verdict=["made good", "sign"], never={"verdict": [NOTHING_WRONG, "failed"]})
def signing_wanted_and_given(s):
    """What was made good is told as such, never as the fault of the path."""
    good_start(s)
    s.cite("ldap-signing-required", s.ldap().simple(8, SIGNING, name="CORP\\printer"))
    t = s.https(s.dc, s.host, port=636)
    t.ask(ldap(1, bind("CORP\\printer", "synthetic")))
    t.answer(ldap(1, bind_response()))


@field("K1", outcome="ok", verdict=[NOTHING_WRONG])
def names_that_are_never_there(s):
    """No autodiscover in SRV, no AAAA, no primary KDC: each "no" is the usual one."""
    s.found()
    s.address(s.host, kind=AAAA)
    s.address(s.host, s.dc)
    s.ping(host=s.host)
    directory(s, url_entry(s, 1))
    post(s, opened(s), ex(s, 1))
