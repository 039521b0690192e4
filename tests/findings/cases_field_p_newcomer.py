# SPDX-License-Identifier: GPL-2.0-or-later
"""What a newcomer recorded by hand and was told wrongly: captures that end too soon, and names with a suffix.

Kinds K1 (the first line), K4 (flat name, domain, host) and K8 (redirects of autodiscover).
"""
from cases import url_entry
from cases_field_o_krb import begun
from cases_web import directory, post
from field import field
from net import *  # noqa: F403

NO_ANSWER = "{n} connection requests to .*, port {port}, have no answer when the capture ends"
CALM = {"verdict": "nothing wrong was seen"}


def asked_for_proof(s):
    return s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))


def stopped(s, seconds=8):
    """The user gives up, and so does who records: something else is heard meanwhile."""
    s.wait(2)
    s.address("www.example.org", "192.0.2.80")
    s.wait(seconds)
    s.address("www.example.org", "192.0.2.80")
    s.tail = False


# ---- K1 ----


@field("K1", alone=True, outcome="incomplete", verdict=NO_ANSWER.format(n=3, port=88), never=CALM,
       like=["krb-tcp-blocked", "dc-unreachable"])
def recording_stopped_while_tcp_88_is_silent(s):
    """The answer is too big for UDP, and a firewall drops TCP 88; the recording ends ten seconds later."""
    begun(s)
    asked_for_proof(s)
    s.kdc(s.as_req(pre=[timestamp()]), s.error(52))
    s.syn(s.dc, 88, times=3)
    stopped(s)


@field("K1", alone=True, outcome="incomplete", verdict=NO_ANSWER.format(n=2, port=389), never=CALM, like=["dc-unreachable"])
def recording_stopped_while_ldap_is_silent(s):
    """Signed in by another controller, and then the directory's port is closed by a firewall that says nothing."""
    begun(s)
    s.logon()
    s.syn(s.dc, 389, times=2)
    stopped(s)


@field("K1", alone=True, outcome="incomplete", verdict=NO_ANSWER.format(n=3, port=443), never=CALM, like=["endpoint-unreachable"])
def recording_stopped_while_the_mail_server_is_silent(s):
    """The service connection point names a server whose load balancer is down."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    s.syn(s.web, 443, times=3)
    stopped(s)


@field("K1", alone=True, outcome="incomplete", verdict="too little to judge", never=CALM, like=["preauth-abandoned"])
def recording_ends_at_the_demand_for_a_proof(s):
    """The last packet says that the KDC wants a proof of the password: nobody knows whether it took it."""
    begun(s)
    asked_for_proof(s)
    s.tail = False


@field("K1", alone=True, outcome="ok", verdict="nothing wrong was seen", like=["dc-unreachable"])
def recording_ends_with_a_first_request(s):
    """One connection was just asked for when the recording ended: its answer was on the way."""
    begun(s)
    s.logon()
    s.syn(s.dc, 389)
    s.tail = False


@field("K1", alone=True, outcome="ok", like=["dc-unreachable", "krb-tcp-blocked"], never={"verdict": "when the capture ends"})
def the_other_controller_serves_meanwhile(s):
    """One controller is silent, and the client goes to the next one at once."""
    begun(s)
    s.syn(s.dc, 389, times=2)
    s.address("dc2." + s.domain, s.dc2)
    s.ping(server=s.dc2)
    s.logon(server=s.dc2)
    stopped(s)


# ---- K4 ----


def begun_with_its_short_name(s):
    """The NetBIOS name is the first label of the full one, as it mostly is."""
    s.found()
    s.address(s.host, s.dc)
    s.ping(netbios=s.domain.split(".")[0].upper())


@field("K4", outcome="ok", verdict="nothing wrong was seen", like=["flat-domain-name", "srv-not-found"],
       never={"any": "NetBIOS name"})
def full_name_with_a_suffix_of_the_resolver(s):
    """A name without a dot at its end gets the suffix of the network first: it is the domain's full name all the same."""
    s.srv(f"_ldap._tcp.dc._msdcs.{s.domain}.corp.example", rcode=3)
    begun_with_its_short_name(s)
    s.logon()


@field("K4", outcome="ok", verdict="^Verdict: ok|^ok", like=["flat-domain-name"], never={"any": "NetBIOS name"})
def full_name_asked_with_a_suffix_alone(s):
    """Another program asks for other records, and only with the suffix; the client found its domain before."""
    begun_with_its_short_name(s)
    s.logon()
    s.srv(f"_kerberos._tcp.dc._msdcs.{s.domain}.corp.example", rcode=3)


# ---- K8 ----


@field("K8", shows={"redirect-loop": "error"}, like=["http-error", "redirect-not-followed"], outcome="failed",
       verdict="loop", never={"any": "no autodiscover is|is no autodiscover"})
def server_redirects_to_itself_in_clear(s):
    """Behind what ends TLS the site redirects to its own address, in clear; the client goes round four times, then gives up."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    where = f"http://{s.mail}/autodiscover/autodiscover.xml"
    for _ in range(4):
        t = s.tcp(s.web, 80)
        s.cite("redirect-loop", post(s, t, s.mail, status=302, answer=b"", more=["Location: " + where]))
        t.close()
