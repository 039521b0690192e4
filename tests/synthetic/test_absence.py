# SPDX-License-Identifier: GPL-2.0-or-later
"""A missing answer is a silence only when nothing else explains it."""
import pytest
from net import *  # noqa: F403
from web import URL_GUID, exchange_filter

NAME = "_ldap._tcp.dc._msdcs." + DOMAIN



def kdc_request():
    return tgs_req("cifs/files.contoso.test", cipher=b"x" * 2200)


WHAT = [
    (PORT, None, "the host itself: port unreachable"),
    (HOST, ROUTER, "the router 192.0.2.254: host unreachable"),
    (NET, ROUTER, "the router 192.0.2.254: network unreachable"),
    (ADMIN, ROUTER, "the router 192.0.2.254: administratively prohibited"),
    (REASSEMBLY, None, "fragment reassembly time exceeded"),
    (TTL, ROUTER, "time to live exceeded"),
    (TOO_BIG, ROUTER, "packet too big"),
]


def test_icmp(analyse):
    """Every error about a question of DNS, a ping, a request to a KDC."""
    c = Capture()
    for n, (what, sender, _) in enumerate(WHAT):
        for port, request in ((53, dns(n, NAME)), (389, ping(ident=n)), (88, as_req(nonce=n))):
            c.udp(CLIENT, 50000 + n, DC, port, request)
            c.add(icmp(what, sent_udp(CLIENT, 50000 + n, DC, port, request), sender))
    # Of the ports alone; of other ports; of another message.
    c.udp(CLIENT, 51000, DC, 53, dns(7, NAME))
    c.add(icmp(HOST, sent_udp(CLIENT, 51000, DC, 53, dns(7, NAME)), ROUTER, most=28))
    c.udp(CLIENT, 51001, DC, 53, dns(8, NAME))
    c.add(icmp(HOST, sent_udp(CLIENT, 51002, DC, 53, dns(8, NAME)), ROUTER))
    c.add(icmp(HOST, sent_udp(CLIENT, 51001, DC, 53, dns(9, NAME)), ROUTER))
    steps = analyse(c).steps
    for n, (_, _, said) in enumerate(WHAT):
        for step in steps[3 * n : 3 * n + 3]:
            assert step["outcome"] == "unanswered" and said in step["summary"]
    assert "host unreachable" in steps[-2]["summary"]
    assert steps[-1]["outcome"] == "pending" and "ICMP" not in steps[-1]["summary"]


# ---- TCP ----


def searched(handshake=True):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389, handshake)
    t.ask(ldap(1, search("", 0, None, ["namingContexts"])))
    return c, t


def answer(n=400):
    return ldap(1, entry("", {"namingContexts": ["DC=contoso,DC=test" * n]})) + ldap(1, done())


def test_the_tail_of_an_answer_is_no_silence(analyse):
    """The first segment is missing, and no segment of the server before it was captured."""
    c, t = searched(handshake=False)
    whole = answer()
    t.seq["s"] += 1400
    t.answer(whole[1400:])
    step = analyse(c.silence()).one("rootdse")
    assert step["outcome"] == "pending" and "not whole" in step["summary"]


def test_the_head_of_an_answer_is_no_silence(analyse):
    c, t = searched()
    t.answer(answer()[:1400])
    step = analyse(c.silence()).one("rootdse")
    assert step["outcome"] == "pending" and "not whole" in step["summary"]


def test_an_answer_in_many_segments(analyse):
    c, t = searched()
    t.answer(answer(), 700)
    assert analyse(c.silence()).one("rootdse")["outcome"] == "ok"


def test_the_parts_of_other_answers(analyse):
    """A large answer to a search of no path comes whole, the question of the path gets none."""
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389)
    t.ask(ldap(1, search("CN=Users,DC=contoso,DC=test", 2, equal("cn", "x"), ["cn"])))
    t.ask(ldap(2, search("", 0, None, ["namingContexts"])))
    t.answer(ldap(1, entry("CN=x", {"cn": ["y" * 4000]})) + ldap(1, done()))
    assert analyse(c.silence()).one("rootdse")["outcome"] == "unanswered"


def test_a_probe_is_no_answer(analyse):
    c, t = searched()
    t.answer(b"\0")
    assert analyse(c.silence()).one("rootdse")["outcome"] == "unanswered"


def test_withdrawn(analyse):
    c, t = searched()
    t.ask(ldap(2, unbind()))
    t._segment("c", "FA")
    step = analyse(c.silence()).one("rootdse")
    assert step["outcome"] == "normal" and "closed the connection before" in step["summary"]


@pytest.mark.parametrize("other", [False, True])
def test_of_one_side_alone_nobody_knows_what_came_first(analyse, other):
    """Whoever records the client's packets alone sees its FIN, and not the answer before it; another server may be heard."""
    c, t = searched()
    t.ask(ldap(2, unbind()))
    t._segment("c", "FA")
    if other:
        c.exchange(CLIENT, 41000, "10.0.0.53", 53, dns(1, NAME), dns_reply(1, NAME, [srv_rr(QUESTION, "dc1.contoso.test")]))
    c.silence()
    c.frames = [f for f in c.frames if f[1][26:30] != bytes(map(int, DC.split(".")))]
    step = analyse(c).one("rootdse")
    assert step["outcome"] == "pending" and step["summary"].endswith(": no answer in the capture"), step


def test_a_client_that_waited_did_not_withdraw(analyse):
    c, t = searched()
    c.wait(4)
    t._segment("c", "FA")
    assert analyse(c.silence()).one("rootdse")["outcome"] == "unanswered"


@pytest.mark.parametrize("flags", ["FA", "RA"])
def test_the_server_closes(analyse, flags):
    c, t = searched()
    t._segment("s", flags)
    step = analyse(c).one("rootdse")
    assert step["outcome"] == "unanswered" and "the server closed" in step["summary"]


def test_a_challenge_without_an_answer(analyse):
    c = Capture()
    t = c.tcp(CLIENT, 50000, DC, 389)
    t.ask(ldap(1, bind_sasl("GSS-SPNEGO", ntlm(1))))
    t.answer(ldap(1, bind_response(14, credentials=ntlm(2))))
    t.close()
    step = analyse(c.silence()).one("bind")
    assert step["outcome"] == "normal" and "challenge" in step["summary"]


# ---- fragments ----


def test_a_request_in_fragments(analyse):
    c = Capture()
    c.exchange(CLIENT, 50000, DC, 88, as_req(), krb_error(25))
    for piece in pieces(CLIENT, 50001, DC, 88, kdc_request()):
        c.add(piece)
    steps = analyse(c.silence()).of("kerberos")
    assert steps[1]["outcome"] == "unanswered" and "IP fragments" in steps[1]["summary"]


def test_a_request_in_fragments_of_ipv6(analyse):
    c = Capture()
    for piece in pieces("fd00::10", 50001, "fd00::1", 88, kdc_request()):
        c.add(piece)
    step = analyse(c.silence(client="fd00::10")).one("kerberos")
    assert step["outcome"] == "unanswered" and "IP fragments" in step["summary"]


def test_a_request_in_fragments_that_is_answered(analyse):
    c = Capture()
    for piece in pieces(CLIENT, 50001, DC, 88, kdc_request()):
        c.add(piece)
    c.udp(DC, 88, CLIENT, 50001, tgs_rep("cifs/files.contoso.test"))
    step = analyse(c.silence()).one("kerberos")
    assert step["outcome"] == "ok" and "fragment" not in step["summary"]


def test_a_part_of_an_answer_in_fragments(analyse):
    c = Capture()
    c.udp(CLIENT, 50001, DC, 88, as_req())
    c.add(pieces(DC, 88, CLIENT, 50001, as_rep(cipher=b"x" * 2200))[0])
    step = analyse(c.silence()).one("kerberos")
    assert step["outcome"] == "pending" and "not whole" in step["summary"]


def part_of_ipv6(analyse, *sent, options=b""):
    """These of the fragments of an answer, from 1; behind options that routers read."""
    c = Capture()
    c.udp("fd00::10", 50001, "fd00::1", 88, as_req())
    all_pieces = pieces("fd00::1", 88, "fd00::10", 50001, as_rep(cipher=b"x" * 2200))
    assert len(all_pieces) == 2
    for n in sent:
        piece = all_pieces[n - 1]
        if options:
            c.add(IPv6(src=piece.src, dst=piece.dst, nh=0) / (b"\x2c" + options + bytes(piece.payload)))
        else:
            c.add(piece)
    return analyse(c.silence(client="fd00::10")).one("kerberos")


ROUTER_ALERT = b"\0\x05\x02\0\0\x01\0"  # RFC 2711, after the next header's number


def test_a_part_of_an_answer_in_fragments_of_ipv6(analyse):
    for options in (b"", ROUTER_ALERT):
        step = part_of_ipv6(analyse, 1, options=options)
        assert step["outcome"] == "pending" and "not whole" in step["summary"], options


def test_an_answer_in_fragments_of_ipv6(analyse):
    step = part_of_ipv6(analyse, 1, 2)
    assert step["outcome"] == "ok" and "whole" not in step["summary"]


# ---- answers that the capture cut, as tcpdump does with -s ----


def ids(report):
    return {f["id"] for p in report.json["paths"] for f in p["findings"]}


@pytest.mark.parametrize("kept", (96, 128, 1500))
def test_a_datagram_that_the_capture_cut_did_arrive(analyse, kept):
    c = Capture()
    for n in range(3):
        # As Windows does: the next round has the same message.
        c.exchange(CLIENT, 51000 + n, DC, 53, dns(n, NAME), dns(n, NAME, flags=0x8180, answers=[srv_rr(QUESTION, "dc1.contoso.test")]))
        c.exchange(CLIENT, 50000 + n, DC, 389, ping(), ping_reply())
        c.wait(5)
    report = analyse(c.silence(), caplen=kept)
    assert "fragment" not in report.text and not ids(report) & {"ldap-unanswered", "ping-unanswered", "slow"}


@pytest.mark.parametrize("answered", (True, False))
def test_a_cut_answer_of_dns_is_one(analyse, answered):
    c = Capture()
    for n in range(3):
        c.udp(CLIENT, 50000, DC, 53, dns(1, NAME))
        c.wait(5)
    c.udp(CLIENT, 50001, DC, 53, dns(2, NAME))
    answers = [srv_rr(QUESTION, f"dc{i}.contoso.test") for i in range(9)]
    reply = c.udp(DC, 53, CLIENT, 50001, dns(2, NAME, flags=0x8180, answers=answers)) if answered else 1
    c.exchange(CLIENT, 52000, DC, 389, ping(), ping_reply())
    report = analyse(c.silence(), caplen={reply: 110})
    severity = [f["severity"] for p in report.json["paths"] for f in p["findings"] if f["id"] == "srv-unanswered"]
    assert ("error" not in severity and "warn" not in severity) if answered else severity, severity


def test_only_first_fragments_did_not_arrive(analyse):
    """The look-alike: here the client's second question shows that the first answer never came."""
    c = Capture()
    for _ in range(2):
        c.udp(CLIENT, 50001, DC, 88, as_req())
        c.add(pieces(DC, 88, CLIENT, 50001, as_rep(cipher=b"x" * 2200))[0])
        c.wait(5)
    step = analyse(c.silence()).one("kerberos")
    assert step["outcome"] == "unanswered" and "first fragment" in step["summary"]


@pytest.mark.parametrize("kept, place", ((130, False), (1500, True)))
def test_a_redirect_that_the_capture_cut(analyse, kept, place):
    c = Capture()
    c.exchange(CLIENT, 50000, DC, 53, dns(1, "autodiscover.contoso.test", A),
               dns(1, "autodiscover.contoso.test", A, flags=0x8180, answers=[rr(QUESTION, A, bytes([10, 0, 0, 20]))]))
    t = c.tcp(CLIENT, 50001, WEB, 80)
    t.ask(http_get("autodiscover.contoso.test", "/autodiscover/autodiscover.xml"))
    reply = t.answer(http_reply(302, b"", "Server: " + "x" * 80, "Location: https://mail.contoso.test/autodiscover/autodiscover.xml"))
    t.close()
    report = analyse(c.silence(), caplen={reply: kept})
    step = report.one("autodiscover")
    assert "http-error" not in ids(report)
    assert (step["outcome"] == "ok", "redirect to" in step["summary"]) == (place, place)
    assert place or (step["outcome"] == "pending" and "not captured whole" in step["summary"])


def scp_of(analyse, kept, *attributes):
    c = Capture()
    t = c.tcp(CLIENT, 50001, DC, 389)
    t.ask(ldap(1, bind("cn=a", "x")))
    t.answer(ldap(1, bind_response()))
    t.ask(ldap(2, search("CN=Configuration,DC=contoso,DC=test", 2, exchange_filter(), ["keywords", URL_ATTRIBUTE])))
    dn = "CN=EX1,CN=Autodiscover,CN=Protocols,CN=Configuration,DC=contoso,DC=test"
    answer = t.answer(ldap(2, entry(dn, dict(attributes))))
    t.answer(ldap(2, done()))
    return analyse(c.silence(), caplen={answer: kept})


URL_ATTRIBUTE = "serviceBindingInformation"
PLACE = "https://ex1.contoso.test/autodiscover/autodiscover.xml"


def test_an_entry_that_the_capture_cut(analyse):
    both = [("keywords", [URL_GUID]), (URL_ATTRIBUTE, [PLACE])]
    whole = scp_of(analyse, 1500, *both)
    assert "scp-incomplete" not in ids(whole) and PLACE in whole.text
    # Behind the keywords, in the middle of the URL.
    for kept in (195, 265):
        cut = scp_of(analyse, kept, *both)
        assert "scp-incomplete" not in ids(cut) and "https://ex1" not in cut.text, kept
    assert "scp-incomplete" in ids(scp_of(analyse, 1500, both[0]))
