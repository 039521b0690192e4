# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about https://M: the client turns to its mail domain before anything in the capture names it."""
from build import *  # noqa: F403
from cases import case
from cases_web import SETTINGS, get, hidden_talk, post  # noqa: F401
from tls import certificate_der


def mail_domain(s):
    """Not the directory's domain, and nobody's else."""
    return f"mail-{s.domain}"


def nothing_found(s):
    """A search of the directory that gives no entry."""
    conn = s.ldap()
    conn.simple()
    return conn.scp()


def answered_elsewhere(s):
    """The host autodiscover of the mail domain answers, and its name tells the mail domain."""
    host = "autodiscover." + mail_domain(s)
    s.address(host, s.web2)
    t = s.tcp(s.web2, 80)
    return post(s, t, host, body=f"<EMailAddress>ann@{mail_domain(s)}</EMailAddress>".encode())


@case(
    shows={"scp-none": "note", "endpoint-unresolvable": "note", "autodiscover-fallback": "note"},
    recovered=["scp-none", "endpoint-unresolvable"],
)
def mail_domain_without_address(s):
    s.ping()
    s.cite("scp-none", nothing_found(s))
    s.cite("endpoint-unresolvable", s.address(mail_domain(s), rcode=3))
    s.cite("autodiscover-fallback", answered_elsewhere(s))


@case(
    shows={"scp-none": "note", "endpoint-unreachable": "note", "autodiscover-fallback": "note"},
    recovered=["scp-none", "endpoint-unreachable"],
    like=["endpoint-unresolvable"],
)
def mail_domain_refuses(s):
    s.ping()
    s.cite("scp-none", nothing_found(s))
    s.address(mail_domain(s), s.web)
    s.address(mail_domain(s), kind=AAAA)
    s.cite("endpoint-unreachable", s.syn(s.web, 443, "refused"))
    s.cite("autodiscover-fallback", answered_elsewhere(s))


@case(
    shows={"scp-none": "note", "tls-name-mismatch": "note", "tls-failed": "note", "autodiscover-fallback": "note"},
    recovered=["scp-none", "tls-name-mismatch", "tls-failed"],
)
def web_server_of_somebody_else(s):
    """The company's home page is hosted elsewhere, under the host's own certificate."""
    s.ping()
    s.cite("scp-none", nothing_found(s))
    s.address(mail_domain(s), s.web)
    t = s.tcp(s.web, 443)
    hello = t.ask(client_hello(mail_domain(s)))
    shown = t.answer(server_hello() + tls_certificate(certificate_der("www.hoster.example")))
    s.cite("tls-name-mismatch", hello, shown)
    s.cite("tls-failed", hello, t.ask(tls_record(21, bytes([2, 46]))))
    t.close()
    s.cite("autodiscover-fallback", answered_elsewhere(s))


@case(
    shows={"scp-none": "note", "autodiscover-fallback": "note"},
    recovered=["scp-none"],
    like=["endpoint-unresolvable", "endpoint-unreachable", "tls-name-mismatch", "tls-failed"],
)
def other_hosts_after_the_search(s):
    """What the client does with hosts that never turn out to be its mail domain is nobody's discovery."""
    s.ping()
    s.cite("scp-none", nothing_found(s))
    s.address("www.elsewhere.example", rcode=3)
    s.address("shop." + mail_domain(s), s.web)
    s.syn(s.web, 443, "refused")
    t = s.tcp(s.web, 443)
    t.ask(client_hello("shop." + mail_domain(s)))
    t.answer(server_hello() + tls_certificate(certificate_der("www.hoster.example")))
    t.ask(tls_record(21, bytes([2, 46])))
    t.close()
    s.cite("autodiscover-fallback", answered_elsewhere(s))


@case(
    shows={"scp-none": "note", "autodiscover-fallback": "note"},
    recovered=["scp-none"],
    like=["tls-name-mismatch", "tls-failed", "endpoint-unreachable"],
)
def mail_domain_talks_and_has_nothing(s):
    """TLS with the mail domain goes well; what it carried cannot be seen."""
    s.ping()
    s.cite("scp-none", nothing_found(s))
    s.address(mail_domain(s), s.web)
    hidden_talk(s, s.web, mail_domain(s))
    s.cite("autodiscover-fallback", answered_elsewhere(s))
