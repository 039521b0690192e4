# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong tellings that were known: each fault, and neighbours of it that are told rightly and have to stay so.

Kinds K1 (the first line denies what the packets show), K5 (what recovers nothing, and what ends nothing), K6 (causes that
the capture refutes, advice that does not fit) and K12 (a list where there is one story).
"""
from cases import variants
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV
from cases_field_r_ports import extended_error, failed, reason
from cases_web import directory, ex
from field import field
from net import *  # noqa: F403

NXDOMAIN = 3
MISSING_RECORDS = "no locator records|does not exist|misspelt|could not register|not registered|dcdiag|removed|deleted|never entered"


def signed_on(s):
    begun(s)
    s.logon()


# ---- K6: a filter of the resolver answers for the name ----


def told_address(s, host, *options, addresses=(), rcode=0, kind=A, server=None):
    """A lookup of a host's address, whose answer has extended errors."""
    s.ident += 1
    host = host.format(D=s.domain)
    reply = dns_reply(s.ident, host, [address_rr(QUESTION, a) for a in addresses], rcode=rcode, kind=kind,
                      additional=[extended_error(*options)])
    return s.udp(server or s.dns, 53, dns(s.ident, host, kind), reply)


@variants(4, 15, 16, 17, 18)(field("K6", shows={"srv-not-found": "error"}, outcome="failed", like=["srv-resolver-failed"], verdict="withholds",
                    says={"srv-not-found": ["extended error [0-9]+ "]}, first={"srv-not-found": "filter"},
                    supported={"srv-not-found": "filter"}, checks={"srv-not-found": "Get-DnsServerQueryResolutionPolicy"},
                    never={"verdict": MISSING_RECORDS, "srv-not-found": MISSING_RECORDS}))
def resolver_withholds_the_domain_s_names(s, code):
    """A client at home asks the filter of its provider, or a guard against malware, and gets its verdict as NXDOMAIN."""
    for _ in range(2):
        s.cite("srv-not-found", failed(s, DC_SRV, reason(code), rcode=NXDOMAIN))
        failed(s, "_kerberos._tcp.{D}", reason(code), rcode=NXDOMAIN)
        s.wait(2)


@field("K6", shows={"srv-not-found": "error"}, says={"srv-not-found": ["extended error 15", "in its own words .*category"]},
       first={"srv-not-found": "filter"}, never={"srv-not-found": MISSING_RECORDS})
def resolver_withholds_the_records_and_not_the_name(s):
    """The filter gives no record in place of an error."""
    for _ in range(2):
        failed(s, DC_SRV, reason(15, "category dynamic DNS"), rcode=0)
        s.wait(2)


@variants(0, 3, 19, 29)(field("K6", shows={"srv-not-found": "error"}, verdict="no locator records", causes={"srv-not-found": "misspelt"},
                    first={"srv-not-found": "does not serve the directory"},
                    never={"any": "extended error|filter|withh|QueryResolutionPolicy"}))
def name_is_missing_and_the_error_says_nothing_of_it(s, code):
    """Another error without text, a stale answer, a synthesized one: none withholds."""
    for _ in range(2):
        failed(s, DC_SRV, reason(code), rcode=NXDOMAIN)
        s.wait(2)


@field("K6", shows={"srv-not-found": "error"}, says={"srv-not-found": ["extended error 17", "{dns} .*NXDOMAIN", "{dns2} .*NXDOMAIN"]},
       verdict="no locator records", first={"srv-not-found": "filter"}, causes={"srv-not-found": "misspelt"})
def one_resolver_withholds_what_the_other_does_not_know(s):
    for _ in range(2):
        failed(s, DC_SRV, reason(17), rcode=NXDOMAIN)
        s.srv(DC_SRV, rcode=NXDOMAIN, server=s.dns2)
        s.wait(2)


@field("K6", outcome="ok", like=["srv-not-found"], verdict=CALM)
def second_resolver_filters_nothing(s):
    """Both networks' servers are asked at once."""
    s.ident += 1
    name = DC_SRV.format(D=s.domain)
    port, port2 = s.next_port(), s.next_port()
    s.udp(s.dns, 53, dns(s.ident, name), cport=port)
    s.udp(s.dns2, 53, dns(s.ident, name), cport=port2)
    s.udp(s.dns, 53, None, dns_reply(s.ident, name, [], rcode=NXDOMAIN, additional=[extended_error(reason(15))]), cport=port)
    s.udp(s.dns2, 53, None, dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)]), cport=port2)
    s.address(s.host, s.dc, server=s.dns2)
    s.ping()
    s.logon()


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": "extended error 17"},
       first={"srv-target-unresolvable": "filter"}, supported={"srv-target-unresolvable": "filter"},
       never={"srv-target-unresolvable": "removed|deleted|dcdiag", "verdict": CALM})
def resolver_withholds_the_address_of_the_controller(s):
    for _ in range(2):
        s.found()
        s.cite("srv-target-unresolvable", told_address(s, s.host, reason(17), rcode=NXDOMAIN))
        s.wait(2)


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": ["extended error 15", r"0\.0\.0\.0"]},
       first={"srv-target-unresolvable": "filter"}, supported={"srv-target-unresolvable": "filter"},
       checks={"srv-target-unresolvable": "Get-DnsServerQueryResolutionPolicy"},
       never={"srv-target-unresolvable": "by hand", "verdict": CALM})
def filter_answers_with_the_address_of_nobody(s):
    for _ in range(2):
        s.found()
        s.cite("srv-target-unresolvable", told_address(s, s.host, reason(15), addresses=["0.0.0.0"]))
        s.wait(2)


@field("K6", shows={"srv-target-unresolvable": "warn"}, says={"srv-target-unresolvable": r"0\.0\.0\.0"},
       causes={"srv-target-unresolvable": ["filter", "by hand"]}, never={"any": "extended error|QueryResolutionPolicy"})
def address_of_nobody_without_a_reason(s):
    for _ in range(2):
        s.found()
        s.address(s.host, "0.0.0.0")
        s.wait(2)


@field("K6", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", says={"endpoint-unresolvable": "extended error 16"},
       first={"endpoint-unresolvable": "filter"}, supported={"endpoint-unresolvable": "filter"}, may=["srv-not-found"],
       never={"endpoint-unresolvable": "never entered|does not know the zone|is gone"})
def resolver_withholds_the_endpoint_s_address(s):
    directory(s)
    for n in (1, 2):
        for kind in (A, AAAA):
            told_address(s, ex(s, n), reason(16), rcode=NXDOMAIN, kind=kind)


@field("K6", shows={"endpoint-unresolvable": "error|warn"}, outcome="failed", causes={"endpoint-unresolvable": "never entered"},
       never={"any": "extended error|withh|QueryResolutionPolicy"})
def endpoint_s_name_is_missing_and_the_answer_is_synthesized(s):
    directory(s)
    for n in (1, 2):
        for kind in (A, AAAA):
            told_address(s, ex(s, n), reason(29), rcode=NXDOMAIN, kind=kind)
