# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases about what the capture itself lacks."""
from build import *  # noqa: F403
from cases import case


@case(shows={"one-sided": "note"}, like=["ping-unanswered", "srv-unanswered", "kdc-unanswered",
                                         "ldap-unanswered", "preauth-abandoned"])
def requests_only(s):
    s.tail = False
    frames = s.srv("_ldap._tcp.dc._msdcs.{D}", silent=True)
    frames += s.ping(silent=True)
    frames += s.kdc(s.as_req())
    s.cite("one-sided", frames)
    s.wait(30)


@case(shows={"one-sided": "note"}, like=["midway"])
def replies_only(s):
    name = "_ldap._tcp.dc._msdcs." + s.domain
    s.cite("one-sided", s.udp(s.dns, 53, None, dns_reply(7, name, [srv_rr(QUESTION, s.host)])))
    s.cite("one-sided", s.udp(s.dc, 88, None, s.error(25)))
    s.cite("one-sided", s.udp(s.dc, 88, None, s.as_rep()))
    s.udp(s.dc, 88, None, s.tgs_rep(s.http))


@case(like=["one-sided"], shows={"srv-unanswered": "error", "ping-unanswered": "error",
                                 "kdc-unanswered": "error"})
def nobody_answers(s):
    """Something reaches the client, so the silence is theirs."""
    s.cite("srv-unanswered", s.srv("_ldap._tcp.dc._msdcs.{D}", silent=True))
    s.cite("ping-unanswered", s.ping(silent=True))
    s.cite("kdc-unanswered", s.kdc(s.as_req()))


@case(shows={"duplicates": "note"})
def every_packet_twice(s):
    s.c.copies = 2
    # udp() gives the numbers of the copies.
    s.cite("duplicates", s.srv("_ldap._tcp.dc._msdcs.{D}", "dc1.{D}"), s.ping(), s.logon())
    s.c.copies = 1


@case(shows={"slow": "note"}, like=["duplicates"])
def every_request_repeated(s):
    """The client asks again after a second: no copies, and eight seconds lost."""
    for _ in range(4):
        s.ident += 1
        name = "_ldap._tcp.dc._msdcs." + s.domain
        for _ in range(2):
            s.cite("slow", s.udp(s.dns, 53, dns(s.ident, name), cport=s.port + s.ident))
            s.wait(1)
        reply = dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)])
        s.cite("slow", s.udp(s.dns, 53, None, reply, cport=s.port + s.ident))


@case(shows={"midway": "note"}, alone=True)
def begins_with_a_reply(s):
    s.cite("midway", s.udp(s.dc, 88, None, s.as_rep()))
    s.kdc(s.tgs_req(s.http), s.tgs_rep(s.http))


@case(like=["midway"])
def reply_from_nowhere_later(s):
    s.logon()
    s.wait(20)
    s.udp(s.dc, 88, None, s.tgs_rep(s.http))
