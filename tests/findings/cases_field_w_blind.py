# SPDX-License-Identifier: GPL-2.0-or-later
"""A fourth round, written down before the rules were read: hard conditions of the capture, crossed with faults and health.

The capture begins in the middle, has one direction, holes, copies, cut packets, two clocks; hosts share or change their
addresses; packets travel in others, in pieces, or in another order. What the packets do not show has to be called unknown.
"""
import contextlib
import functools

from cases import exchange_filter, url_entry
from cases_field_k_ldap import resumed
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV
from cases_field_t_blind import cards, dual, signed_on
from cases import variants
from field import field
from net import *  # noqa: F403

NXDOMAIN = 3
MS = 1_000_000
SECOND = 1000 * MS
WENT = CALM + "|what can be seen went well"  # where a session is sealed
SILENT = "did not answer|without (an |any )?(answer|reply)|never answered|keeps? silent|no reply|is down|unreachable"
TWICE = r"\b(2|two) (times|requests|binds|answers|attempts|lookups|queries|questions|errors|replies|failures|wrong)|twice"
WELL = "ok|hidden"
OPEN = "ok|hidden|incomplete"
DATA_52E = "80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error, data 52e, v4563"


def hard(kind, tail=True, **more):
    """A case with a capture of its own; its last words come a minute later, unless that matters."""

    def register(make):
        @functools.wraps(make)
        def whole(s, *values):
            make(s, *values)
            if tail:
                s.wait(60)
                s.hears_something()

        return field(kind, alone=True, **more)(whole)

    return register


# ---- conditions ----


@contextlib.contextmanager
def heard(s, keep):
    """Of what is sent meanwhile, the capture has what `keep` says."""
    add = s.c.add

    def some(packet):
        if keep(packet):
            return add(packet)
        s.c.time += s.c.step
        return len(s.c.frames)

    s.c.add = some
    yield
    s.c.add = add


def deaf(s):
    return heard(s, lambda packet: False)


def from_servers(s):
    return heard(s, lambda packet: packet.src != s.client)


def from_client(s):
    return heard(s, lambda packet: packet.src == s.client)


def tcp_of_client_alone(s):
    return heard(s, lambda packet: TCP not in packet or packet.src == s.client)


def tcp_of_server_alone(s):
    return heard(s, lambda packet: TCP not in packet or packet.src != s.client)


def in_order_of_time(s, first):
    s.c.frames[first:] = sorted(s.c.frames[first:], key=lambda frame: frame[0])


def routed(data):
    """Behind one router more: other cards, and a TTL one lower."""
    frame = Ether(data)
    frame.src, frame.dst = "02:00:00:00:00:0c", "02:00:00:00:00:0d"
    frame[IP].ttl -= 1
    del frame[IP].chksum
    return bytes(frame)


def tagged(data, vlan=12):
    return data[:12] + struct.pack(">HH", 0x8100, vlan) + data[12:]


@contextlib.contextmanager
def copied(s, delay, change):
    """What is sent meanwhile is captured a second time, so many ns later."""
    first = len(s.c.frames)
    yield
    s.c.frames += [(t + delay, change(data)) for t, data in s.c.frames[first:]]
    in_order_of_time(s, first)
    s.c.time = max(s.c.time, s.c.frames[-1][0] + s.c.step)


@contextlib.contextmanager
def shifted(s, ns, which):
    """Packets of which `which` is true were captured by a machine whose clock differs."""
    first = len(s.c.frames)
    yield
    s.c.frames[first:] = [(t + (ns if which(Ether(d)[IP]) else 0), d) for t, d in s.c.frames[first:]]
    in_order_of_time(s, first)
    s.c.time = max(s.c.time, s.c.frames[-1][0] + s.c.step)


@contextlib.contextmanager
def crossed(s):
    """A card with several queues: each answer stands before its question."""
    first = len(s.c.frames)
    yield
    frames, n = s.c.frames, first
    while n + 1 < len(frames):
        (t, a), (u, b) = frames[n : n + 2]
        one, other = Ether(a)[IP], Ether(b)[IP]
        full = all(len(p.payload.payload) for p in (one, other))
        if full and one.src == s.client and other.dst == s.client:
            frames[n : n + 2] = [(t, b), (u, a)]
            n += 1
        n += 1


@contextlib.contextmanager
def cut_at(s, length):
    first = len(s.c.frames)
    yield
    for n in range(first + 1, len(s.c.frames) + 1):
        s.cut[n] = length


@contextlib.contextmanager
def wrapped(s, how):
    before, s.c.wrap = s.c.wrap, ENCAPSULATIONS[how]
    yield
    s.c.wrap = before


def outer(frame):
    return bytes(Ether(src="02:00:00:00:00:21", dst="02:00:00:00:00:22", type=frame.type))


def pppoe(frame):
    packet = bytes(frame.payload)
    head = struct.pack(">BBHHH", 0x11, 0, 7, len(packet) + 2, 0x0021)
    return outer(frame)[:12] + b"\x88\x64" + head + packet


def mpls(frame):
    labels = struct.pack(">II", 16 << 12 | 64, 17 << 12 | 0x100 | 64)
    return outer(frame)[:12] + b"\x88\x47" + labels + bytes(frame.payload)


def qinq(frame):
    return outer(frame)[:12] + bytes.fromhex("88a8000a81000014") + outer(frame)[12:] + bytes(frame.payload)


def ip_in_ip(frame):
    return outer(frame) + bytes(IP(src="192.0.2.1", dst="192.0.2.2", proto=4) / bytes(frame.payload))


def ip_in_udp_of_gtp(frame):
    """GTP-U, 3GPP TS 29.281: a machine with a radio card."""
    packet = bytes(frame.payload)
    gtp = struct.pack(">BBHI", 0x30, 0xFF, len(packet), 7) + packet
    return outer(frame) + bytes(IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=2152, dport=2152) / gtp)


ENCAPSULATIONS = {"pppoe": pppoe, "mpls": mpls, "qinq": qinq, "ipip": ip_in_ip, "gtp": ip_in_udp_of_gtp, "gre": gre, "vxlan": vxlan}


def bare(t, end, flags="A", data=b"", back=0, window=65535):
    """A segment that counts for nothing: a keepalive, a repetition, a window."""
    other = "s" if end == "c" else "c"
    (src, sport), (dst, dport) = t.ends[end], t.ends[other]
    header = TCP(sport=sport, dport=dport, flags=flags, seq=t.seq[end] - back, ack=t.seq[other], window=window)
    return t.capture.add(network(src, dst) / header / data)


def in_pieces(t, end, data, order, size=1400):
    """Segments in this order, from 0; what is not named was sent, and not captured."""
    start, frames = t.seq[end], []
    for n in order:
        t.seq[end] = start + n * size
        frames.append(t._segment(end, "PA", data[n * size : (n + 1) * size]))
    t.seq[end] = start + len(data)
    return frames


def acknowledged(t, end="c"):
    return bare(t, end)


def wrong_password(s, cname="alice", **more):
    return s.kdc(s.as_req(cname, pre=[timestamp()]), s.error(24), **more)


def granted(s, spn, **more):
    return s.kdc(s.tgs_req(spn), s.tgs_rep(spn), **more)


def denied(s, spn):
    return s.kdc(s.tgs_req(spn), s.error(7, spn))


def an_ordinary_day(s):
    signed_on(s)
    granted(s, s.ldap_spn)
    conn = s.ldap()
    conn.rootdse()
    conn.gssapi()
    conn.sealed(2)
    other = s.ldap()
    other.simple()
    other.scp(url_entry(s, 1), url_entry(s, 2))


def neighbours(s, n, first=100):
    """So many more clients of the same servers."""
    net = s.client.rsplit(".", 1)[0]
    found = [f"{net}.{i}" for i in range(first, first + n)]
    s.others |= set(found)
    return found


# ---- one direction ----


@hard("K3", shows={"password-wrong": "error"}, never={"any": SILENT, "verdict": CALM})
def answers_alone_and_the_password_is_wrong(s):
    with from_servers(s):
        begun(s)
        s.logon("bob")
        for _ in range(2):
            s.cite("password-wrong", wrong_password(s)[-1])
            s.wait(3)


@hard("K3", outcome=OPEN, never={"any": SILENT, "path": "did not answer"})
def answers_alone_and_all_is_well(s):
    with from_servers(s):
        an_ordinary_day(s)


@hard("K3", outcome=OPEN, never={"any": SILENT, "path": "did not answer", "verdict": "failed -"})
def questions_alone_and_a_whole_day(s):
    """Each SYN is followed by its ACK: somebody answered."""
    with from_client(s):
        an_ordinary_day(s)


@hard("K3", outcome=OPEN, like=["ldap-unanswered", "dc-unreachable", "krb-tcp-blocked", "kdc-unanswered"], never={"any": SILENT, "path": "did not answer"})
def connections_come_back_by_another_way(s):
    """Two routers: what the servers send over TCP takes the other one, and only that."""
    signed_on(s)
    with tcp_of_client_alone(s):
        s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn), tcp=True)
        conn = s.ldap()
        conn.rootdse()
        conn.gssapi()
        conn.sealed(3)


@hard("K3", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"any": SILENT + "|" + "no (name|password) (is|was) (set|sent|given)", "verdict": CALM})
def binds_are_refused_and_only_the_refusals_are_there(s):
    signed_on(s)
    with tcp_of_server_alone(s):
        for _ in range(2):
            s.cite("ldap-bind-failed", s.ldap().simple(49, DATA_52E)[-1])
            s.wait(4)


@hard("K3", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"any": "did not answer|dc-unreachable", "verdict": CALM})
def ticket_is_denied_and_the_directory_is_heard_in_one_direction(s):
    """The fault is in what goes both ways, the half of the rest is no fault."""
    signed_on(s)
    with tcp_of_client_alone(s):
        conn = s.ldap()
        conn.gssapi()
        conn.sealed(2)
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", denied(s, "cifs/fs7." + s.domain))
        s.wait(3)


# ---- the capture begins in the middle ----


@hard("K3", shows={"ldap-bind-failed": "error"}, never={"verdict": CALM, "any": SILENT})
def capture_begins_between_a_bind_and_its_refusal(s):
    for _ in range(2):
        t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
        s.cite("ldap-bind-failed", t.answer(ldap(7, bind_response(49, DATA_52E))))
        bare(t, "c", "FA")
    s.wait(1)
    s.found()
    s.ping()


@hard("K3", outcome=OPEN, like=["ldap-not-bound", "ldap-bind-failed", "ldap-unanswered"])
def capture_begins_between_a_bind_and_its_answer(s):
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.answer(ldap(7, bind_response(0)))
    t.ask(ldap(8, search(s.config, 2, equal("cn", "x"), ["cn"])))
    t.answer(ldap(8, entry("CN=x," + s.config, {"cn": ["x"]})) + ldap(8, done()))
    t.ask(ldap(9, unbind()))


@hard("K3", shows={"password-wrong": "error"}, never={"verdict": CALM, "any": SILENT})
def capture_begins_with_a_refused_password(s):
    request = s.as_req(pre=[timestamp()])
    s.cite("password-wrong", s.udp(s.dc, 88, None, s.error(24)))
    s.wait(5)
    s.cite("password-wrong", s.kdc(request, s.error(24)))
    s.wait(5)


@hard("K3", outcome=OPEN, like=["tls-failed", "ldap-unanswered", "ldap-bind-failed"], never={"verdict": "failed -"})
def capture_begins_in_the_middle_of_a_session_of_ldaps(s):
    t = s.c.tcp(s.client, s.next_port(), s.dc, 636, handshake=False)
    for _ in range(3):
        t.ask(tls_data(1))
        t.answer(tls_data(2))
        s.wait(1)
    t.answer(tls_record(21, bytes(26)))
    t.close()
    s.wait(5)
    signed_on(s)


# ---- the capturing machine loses packets ----


@hard("K3", outcome=WELL, verdict=WENT, like=["kdc-unanswered", "krb-tcp-blocked"], never={"any": SILENT})
def capture_lacks_a_segment_of_the_ticket(s):
    """Its bytes are acknowledged, and the ticket is used."""
    signed_on(s)
    t = s.tcp(s.dc, 88)
    t.ask(marked(s.tgs_req(s.ldap_spn)))
    in_pieces(t, "s", marked(s.tgs_rep(s.ldap_spn, cipher=bytes(3000))), (0, 2))
    acknowledged(t)
    t.close()
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)


@hard("K3", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"any": SILENT, "verdict": CALM})
def capture_lacks_a_segment_of_one_ticket_and_another_is_denied(s):
    signed_on(s)
    t = s.tcp(s.dc, 88)
    t.ask(marked(s.tgs_req(s.ldap_spn)))
    in_pieces(t, "s", marked(s.tgs_rep(s.ldap_spn, cipher=bytes(3000))), (1, 2))
    acknowledged(t)
    t.close()
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", denied(s, "cifs/fs7." + s.domain))
        s.wait(2)


@hard("K3", shows={"password-wrong": "error"}, never={"any": SILENT, "verdict": CALM})
def capture_lacks_a_piece_of_each_question_and_has_the_refusals(s):
    """Requests with a large proof over TCP; the second segment of each was not captured."""
    begun(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        in_pieces(t, "c", marked(s.as_req(pre=[timestamp(), (167, bytes(2600))])), (0, 2))
        s.cite("password-wrong", t.answer(marked(s.error(24))))
        t.close()
        s.wait(3)


@hard("K3", outcome=OPEN, like=["kdc-unanswered", "srv-unanswered", "ping-unanswered"], never={"verdict": "failed -", "any": "service (has )?stopped|is down"})
def capture_lacks_three_answers_and_the_client_has_them(s):
    """What was asked for is used: the host of the record is pinged, the ticket is shown. Nothing is asked twice."""
    with from_client(s):
        s.found()
    s.address(s.host, s.dc)
    s.ping()
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()))))
    with from_client(s):
        s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    granted(s, s.ldap_spn)
    with from_client(s):
        granted(s, s.http)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)


@hard("K3", outcome=WELL, like=["dc-unreachable", "ldap-unanswered", "krb-tcp-blocked"], never={"any": SILENT})
def capture_lacks_each_second_packet_of_the_handshakes(s):
    """SYN, ACK, and a conversation: the SYN and ACK of the server was lost in the capturing machine."""
    signed_on(s)
    with heard(s, lambda p: TCP not in p or p[TCP].flags != "SA"):
        s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn), tcp=True)
        conn = s.ldap()
        conn.gssapi()
        conn.sealed(2)


@hard("K3", outcome=OPEN, like=["ldap-unanswered", "scp-none", "scp-read-failed"], never={"any": SILENT, "verdict": "failed -"})
def capture_lacks_the_middle_of_a_long_search(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, equal("objectClass", "user"), ["cn"])))
    entries = b"".join(ldap(ident, entry(f"CN=user{n:04},{s.config}", {"cn": [f"user{n:04}"] * 3})) for n in range(100))
    whole = entries + ldap(ident, done())
    in_pieces(conn.t, "s", whole, [n for n in range(len(whole) // 1400 + 1) if n not in (2, 3, 5)])
    acknowledged(conn.t)
    conn.ask(search(s.config, 0, None, ["cn"]), entry(s.config, {"cn": ["Configuration"]}), done())


# ---- packets are cut ----


@variants(96, 128, 200, 256)(hard("K3", outcome=OPEN, like=["srv-not-found", "scp-none", "dc-not-serving", "srv-target-unresolvable"], never={"any": SILENT, "verdict": "failed -"}))
def ordinary_day_and_packets_are_cut_at(s, length):
    with cut_at(s, length):
        an_ordinary_day(s)


@variants(96, 128)(hard("K3", shows={"password-wrong": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM}))
def password_is_wrong_and_packets_are_cut_at(s, length):
    """The number of the error stands within the first 54 bytes of the message."""
    with cut_at(s, length):
        begun(s)
        for _ in range(2):
            s.cite("password-wrong", wrong_password(s))
            s.wait(3)


@variants(96, 128)(hard("K3", shows={"srv-not-found": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM}))
def record_is_missing_and_packets_are_cut_at(s, length):
    """The header has the code, and the question follows it."""
    with cut_at(s, length):
        for _ in range(2):
            s.cite("srv-not-found", s.srv(DC_SRV, rcode=NXDOMAIN))
            s.wait(3)


@hard("K3", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"any": SILENT + "|data 52e", "verdict": CALM})
def bind_is_refused_and_the_text_is_cut(s):
    with cut_at(s, 100):
        signed_on(s)
        for _ in range(2):
            s.cite("ldap-bind-failed", s.ldap().simple(49, DATA_52E))
            s.wait(3)


# ---- copies ----


@hard("K11", shows={"password-wrong": "error"}, outcome="failed", never={"password-wrong": TWICE, "verdict": CALM})
def one_wrong_password_is_mirrored_from_two_ports(s):
    """http://www.packetevents.com/2009/07/Packet%20De-duplication/ : packets between VLANs are mirrored coming and going."""
    with copied(s, 10_000, lambda data: tagged(routed(data))):
        begun(s)
        s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()))))
        wrong_password(s)


@variants("tagged", "routed", "both")(hard("K11", outcome=WELL, verdict=WENT, like=["slow", "kdc-unanswered", "ldap-unanswered"], never={"any": "retransmi|repeated"}))
def ordinary_day_is_mirrored_and_copies_are(s, how):
    change = {"tagged": tagged, "routed": routed, "both": lambda data: tagged(routed(data))}[how]
    with copied(s, 4 * MS + 300_000, change):
        an_ordinary_day(s)


@hard("K11", shows={"srv-not-found": "error"}, outcome="failed", never={"any": r"\b(4|four) (times|lookups|questions|queries|answers|requests)", "verdict": CALM})
def copies_come_late_and_the_record_is_missing(s):
    """Two questions, each with its answer; copies come 40 ms behind, in one heap with other packets."""
    with copied(s, 40 * MS, routed):
        for name in (DC_SRV, "_kerberos._tcp.dc._msdcs.{D}"):
            s.srv(name, rcode=NXDOMAIN)


def translated(client, outside):
    def change(data):
        frame = Ether(data)
        packet = frame[IP]
        packet.src, packet.dst = (outside if a == client else a for a in (packet.src, packet.dst))
        packet.ttl -= 1
        del packet.chksum, packet.payload.chksum
        return bytes(frame)

    return change


@hard("K11", outcome=[OPEN], never={"verdict": "failed -"})
def both_sides_of_a_translator_are_captured(s):
    outside = "192.0.2.77"
    s.others.add(outside)
    with copied(s, 200_000, translated(s.client, outside)):
        an_ordinary_day(s)
    s.c.udp("192.0.2.99", 9999, outside, 9999, b"synthetic")


# ---- repetitions and order ----


@hard("K3", outcome=WELL, verdict=WENT, like=["slow", "kdc-unanswered", "srv-unanswered", "ldap-unanswered"])
def questions_are_repeated_behind_their_answers(s):
    """The answer was on its way when the patience ended: everything is asked once more, and answered once more."""
    begun(s)
    for _ in range(2):
        port = s.next_port()
        request = s.as_req(pre=[timestamp()])
        reply = s.as_rep()
        s.udp(s.dc, 88, request, reply, request, cport=port)
        s.c.frames[-1] = (s.c.frames[-1][0], s.c.frames[-3][1])
        s.udp(s.dc, 88, None, reply, cport=port)
    conn = s.ldap()
    asked = ldap(1, bind("cn=alice", "synthetic"))
    conn.t.ask(asked)
    conn.t.answer(ldap(1, bind_response(0)))
    bare(conn.t, "c", "PA", asked, back=len(asked))
    bare(conn.t, "s")
    conn.id = 1
    conn.rootdse()


@hard("K11", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"any": TWICE, "verdict": CALM})
def refusal_of_a_bind_is_sent_three_times(s):
    """The line to the client loses what the client acknowledges: TCP repeats one refusal."""
    signed_on(s)
    conn = s.ldap()
    s.cite("ldap-bind-failed", conn.simple(49, DATA_52E)[0])
    answer = ldap(1, bind_response(49, DATA_52E))
    for seconds in (0.3, 0.6):
        s.wait(seconds)
        bare(conn.t, "s", "PA", answer, back=len(answer))
    acknowledged(conn.t)


@hard("K3", outcome=WELL, like=["ldap-unanswered"], never={"any": SILENT})
def bind_is_repeated_together_with_the_search(s):
    """The first segment is lost behind the capture; what is sent again has the next message in it."""
    signed_on(s)
    conn = s.ldap()
    first = ldap(1, bind("cn=alice", "synthetic"))
    second = ldap(2, search("", 0, None, ["configurationNamingContext"]))
    conn.t.ask(first)
    conn.t.seq["c"] -= len(first)
    s.wait(0.3)
    conn.t.ask(first + second)
    conn.t.answer(ldap(1, bind_response(0)))
    conn.t.answer(ldap(2, entry("", {"configurationNamingContext": [s.config]})) + ldap(2, done()))


@hard("K3", outcome=WELL, like=["srv-unanswered", "kdc-unanswered", "ldap-unanswered", "ping-unanswered"], never={"any": SILENT, "verdict": "failed -"})
def answers_stand_before_their_questions(s):
    with crossed(s):
        an_ordinary_day(s)


@hard("K3", shows={"password-wrong": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM})
def answers_stand_before_their_questions_and_the_password_is_wrong(s):
    with crossed(s):
        begun(s)
        for _ in range(2):
            wrong_password(s)
            s.wait(3)


@hard("K3", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM})
def answers_stand_before_their_questions_and_the_bind_is_refused(s):
    with crossed(s):
        signed_on(s)
        for _ in range(2):
            s.ldap().simple(49, DATA_52E)
            s.wait(3)


@hard("K3", outcome=WELL, verdict=WENT, like=["kdc-unanswered"], never={"any": SILENT})
def large_ticket_arrives_in_another_order(s):
    signed_on(s)
    t = s.tcp(s.dc, 88)
    in_pieces(t, "c", marked(s.tgs_req(s.ldap_spn, pre=[(167, bytes(4000))])), (0, 2, 1, 3))
    reply = marked(s.tgs_rep(s.ldap_spn, cipher=bytes(6000)))
    in_pieces(t, "s", reply, [n for n in (1, 0, 3, 2, 4) if n * 1400 < len(reply)])
    acknowledged(t)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)


@hard("K3", shows={"spn-not-found-or-duplicate": "warn|error"}, never={"any": SILENT, "verdict": CALM})
def large_question_arrives_in_another_order_and_is_denied(s):
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 88)
        asked = in_pieces(t, "c", marked(s.tgs_req(s.http, pre=[(167, bytes(4000))])), (1, 0, 2, 3)[:3] + (3,))
        s.cite("spn-not-found-or-duplicate", t.answer(marked(s.error(7, s.http))))
        assert asked
        s.wait(2)


def backwards(s, server, request, reply, cport):
    for part in reversed(pieces(s.client, cport, server, 88, request, ident=cport)):
        s.c.add(part)
    answer = pieces(server, 88, s.client, cport, reply, ident=cport)
    return [s.c.add(part) for part in reversed(answer)]


@hard("K3", outcome=WELL, verdict=WENT, like=["kdc-unanswered"], never={"any": SILENT})
def fragments_come_last_one_first(s):
    begun(s)
    request = s.as_req(pre=[timestamp(), (167, bytes(3000))])
    backwards(s, s.dc, request, s.as_rep(cipher=bytes(2500)), s.next_port())
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


@hard("K3", shows={"account-unusable": "error"}, outcome="failed", never={"any": SILENT + "|fragment", "verdict": CALM})
def fragments_come_last_one_first_and_the_account_is_locked(s):
    begun(s)
    for _ in range(2):
        backwards(s, s.dc, s.as_req(pre=[timestamp(), (167, bytes(3000))]), s.error(18), s.next_port())
        s.wait(3)


# ---- whose address it is ----


@hard("K5", shows={"password-wrong": "error"}, outcome="failed", never={"verdict": CALM + "|made good"})
def two_machines_behind_one_address_and_one_password_is_wrong(s):
    """A translator: PC1's user is let in again and again, PC2's never."""
    begun(s)
    s.ping(client_host="PC2")
    for _ in range(2):
        s.logon("bob")
        s.cite("password-wrong", wrong_password(s, "alice"))
        s.wait(3)
        granted(s, s.http)
    s.ldap().gssapi()


@hard("K5", outcome=[OPEN], like=["duplicates"], never={"verdict": "failed -"})
def two_machines_behind_one_address_are_well(s):
    begun(s)
    s.srv("_ldap._tcp.HQ._sites.dc._msdcs.{D}", "dc2.{D}")
    s.address("dc2.{D}", s.dc2)
    s.ping(client_host="PC2", server=s.dc2, host="dc2." + s.domain)
    s.logon("bob")
    s.logon("alice", server=s.dc2)
    one, two = s.ldap(), s.ldap(s.dc2)
    one.gssapi()
    two.gssapi(spn="ldap/dc2." + s.domain)
    two.sealed()
    one.sealed()


def dhcp(s, kind, address, xid=7):
    """DISCOVER 1, OFFER 2, REQUEST 3, ACK 5; RFC 2131."""
    head = struct.pack(">BBBBIHH", 1 if kind in (1, 3) else 2, 1, 6, 0, xid, 0, 0)
    body = head + bytes(4) + bytes(map(int, address.split("."))) + bytes(8) + bytes.fromhex("02000000000a") + bytes(10 + 192)
    body += bytes.fromhex("63825363") + bytes([53, 1, kind, 255])
    client = kind in (1, 3)
    return s.c.udp("0.0.0.0" if client else s.dns, 68 if client else 67, "255.255.255.255", 67 if client else 68, body)


def moves(s):
    new = s.client.rsplit(".", 1)[0] + ".110"
    s.addresses.add(new)
    cards(s, s.client, new)
    return new


@hard("K5", outcome=[OPEN, OPEN], like=["kdc-unanswered", "ldap-unanswered"], never={"verdict": "failed -"})
def notebook_gets_another_address_in_the_middle(s):
    """A dock: the cable's lease is another. What was asked from the old address is asked again from the new one."""
    new = moves(s)
    begun(s)
    s.logon()
    s.kdc(s.tgs_req(s.ldap_spn))
    for kind in (1, 2, 3, 5):
        dhcp(s, kind, "0.0.0.0" if kind in (1, 3) else new)
    s.client = new
    s.wait(1)
    begun(s)
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


@hard("K5", shows={"client-site-undefined": "warn"}, outcome=[OPEN, "ok|hidden|failed"], never={"verdict": CALM})
def notebook_gets_an_address_that_is_in_no_site(s):
    new = moves(s)
    begun(s)
    s.logon()
    for kind in (1, 2, 3, 5):
        dhcp(s, kind, "0.0.0.0" if kind in (1, 3) else new)
    s.client = new
    s.wait(1)
    s.found()
    s.cite("client-site-undefined", s.ping(client_site="", next_site=""))
    s.logon()
    s.ldap().gssapi()


@hard("K4", outcome=[WELL] * 3, like=["srv-not-found", "srv-unanswered", "ping-unanswered"], never={"verdict": "failed -"})
def machine_has_a_temporary_address_for_each_purpose(s):
    """RFC 8981: names by one temporary address, the directory by the next one, Kerberos over IPv4; one card."""
    four, six, resolver = dual(s)
    second = six[: six.rindex(":")] + ":abcd"
    controller = six[: six.rindex(":")] + ":1"
    cards(s, four, six, second)
    s.addresses.add(second)
    s.client = six
    s.srv(DC_SRV, "dc1.{D}", server=resolver)
    s.address(s.host, controller, kind=AAAA, server=resolver)
    s.address(s.host, s.dc, server=resolver)
    s.client = second
    s.ping(server=controller)
    s.ldap(controller).gssapi()
    s.client = four
    s.logon()
    s.hears_something()


# ---- many hosts, one of which is ill ----


@hard("K5", shows={"password-wrong": "error"}, outcome=["ok"] * 6 + ["failed"] + ["ok"] * 5, never={"verdict": CALM})
def capture_of_a_controller_and_one_of_twelve_clients_is_ill(s):
    for n, s.client in enumerate(neighbours(s, 12)):
        s.found()
        s.address(s.host, s.dc)
        s.ping(client_host=f"PC{n}")
        if n == 6:
            s.cite("password-wrong", wrong_password(s, f"user{n}"))
            s.wait(2)
            s.cite("password-wrong", wrong_password(s, f"user{n}"))
            ill = s.client
        else:
            s.logon(f"user{n}")
            s.ldap().gssapi()
    s.client = ill


@hard("K5", outcome=["ok"] * 20, never={"verdict": "failed -"})
def capture_of_a_controller_and_twenty_clients_are_well(s):
    for n, s.client in enumerate(neighbours(s, 20)):
        s.found()
        s.address(s.host, s.dc)
        s.ping(client_host=f"PC{n}")
        s.logon(f"user{n}")
        s.ldap().gssapi()


def scan(s, ports, server=None):
    for port in ports:
        t = s.c.tcp(s.client, s.next_port() % 500 + 40000, server or s.dc, port, handshake=False)
        if port in (53, 88, 389, 445, 636, 3268):
            t.open("cS", "sSA", "cR")
        else:
            t.open("cS", "sRA")


@hard("K12", outcome=["ok"], like=["dc-unreachable", "ldap-unanswered"], never={"verdict": "failed -"})
def port_scanner_is_beside_a_client(s):
    own = s.client
    s.client = neighbours(s, 1)[0]
    scan(s, list(range(20, 30)) + [53, 80, 88, 110, 135, 139, 389, 443, 445, 464, 636, 3268, 3269])
    s.client = own
    an_ordinary_day(s)


@hard("K12", shows={"account-unusable": "error"}, outcome=["ok", "failed"], never={"verdict": CALM})
def vulnerability_scanner_is_beside_a_client_whose_account_is_locked(s):
    own = s.client
    scanner = neighbours(s, 1)[0]
    for _ in range(2):
        s.client = scanner
        scan(s, [21, 22, 53, 88, 389, 636, 3268])
        conn = s.ldap()
        conn.anonymous()
        conn.rootdse()
        conn.t.close()
        s.client = own
        begun(s)
        s.cite("account-unusable", s.kdc(s.as_req(), s.error(18)))
        s.wait(5)
    s.client = own


@hard("K12", outcome=["ok"], like=["dc-unreachable", "ldap-unanswered", "slow"], never={"verdict": "failed -"})
def monitor_knocks_each_minute_beside_a_client(s):
    """A probe of a load balancer: SYN, SYN and ACK, ACK, FIN, at four ports; each minute."""
    own, probe = s.client, neighbours(s, 1)[0]
    an_ordinary_day(s)
    for _ in range(5):
        s.client = probe
        for port in (88, 389, 636, 3268):
            s.tcp(s.dc, port).close()
        s.client = own
        s.wait(60)


def asks_the_web(s, user, status):
    """Somebody's browser at the server that this client is."""
    t = s.c.tcp(user, s.next_port(), s.client, 80)
    t.ask(http_get(s.mail, "/", negotiate(nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm))))))
    t.answer(http_reply(status, b"x", "WWW-Authenticate: Negotiate"))


@hard("K5", outcome=[WELL, WELL], may=["http-unauthorized"], never={"verdict": "failed -"})
def mail_server_is_a_client_of_the_domain_and_serves_others(s):
    user = neighbours(s, 1)[0]
    signed_on(s)
    s.ldap().gssapi()
    asks_the_web(s, user, 200)


@hard("K5", shows={"password-wrong": "error"}, never={"verdict": CALM})
def web_server_s_own_account_is_refused_while_its_users_are_let_in(s):
    """What its users get is no success of the server's own account."""
    user = neighbours(s, 1)[0]
    begun(s)
    for _ in range(2):
        s.cite("password-wrong", wrong_password(s, "svc-web"))
        asks_the_web(s, user, 200)
        s.wait(4)


# ---- connections ----


@hard("K9", outcome=WELL, like=["slow", "ldap-unanswered"], never={"any": SILENT})
def connection_is_kept_alive_for_an_hour(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    for _ in range(12):
        s.wait(300)
        bare(conn.t, "c", "A", b"\0", back=1)
        bare(conn.t, "s")
    conn.rootdse()


@hard("K9", outcome=WELL, like=["ldap-unanswered"], may=["slow"], never={"any": SILENT, "verdict": "failed -"})
def client_reads_slowly(s):
    """Its window is full for four seconds in the middle of an answer."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    conn.t.ask(ldap(ident, search(s.config, 2, equal("objectClass", "user"), ["cn"])))
    conn.t.answer(b"".join(ldap(ident, entry(f"CN=u{n},{s.config}", {"cn": ["x" * 60]})) for n in range(20)))
    bare(conn.t, "c", window=0)
    for _ in range(2):
        s.wait(2)
        bare(conn.t, "s", back=1)
        bare(conn.t, "c", window=0)
    bare(conn.t, "c", window=65535)
    conn.t.answer(ldap(ident, done()))


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], supported={"ldap-unanswered": "window|does not read|stopped reading"}, never={"verdict": CALM})
def directory_stops_reading(s):
    """The controller's window is shut when the search comes, and stays so."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        bare(conn.t, "s", window=0)
        s.cite("ldap-unanswered", conn.ask(search(s.config, 2, equal("cn", "x"), ["cn"])))
        for n in range(4):
            bare(conn.t, "s", window=0)
            s.wait(5)
            bare(conn.t, "c", "A", b"\0", back=1)
        bare(conn.t, "s", window=0)
        conn.t.reset("c")


@hard("K3", outcome=WELL, like=["ldap-unanswered", "kdc-unanswered"], never={"any": SILENT})
def client_shuts_its_half_and_is_answered(s):
    begun(s)
    t = s.tcp(s.dc, 88)
    t.ask(marked(s.as_req(pre=[timestamp()])))
    t.open("cFA")
    t.seq["c"] += 1
    s.wait(0.2)
    t.answer(marked(s.as_rep(cipher=bytes(1800))))
    t.open("sFA", "cA")
    conn = s.ldap()
    conn.gssapi()


@hard("K3", shows={"kdc-unanswered": "error"}, outcome="failed", never={"verdict": CALM + "|client closed", "kdc-unanswered": "the client (closed|gave up|ended)"})
def client_shuts_its_half_and_a_device_takes_that_for_the_end(s):
    """From memory: a firewall drops the session at the first FIN; the KDC's answer never comes, a reset does."""
    begun(s)
    for _ in range(3):
        t = s.tcp(s.dc, 88)
        asked = t.ask(marked(s.as_req(pre=[timestamp()])))
        t.open("cFA")
        t.seq["c"] += 1
        s.wait(4)
        s.cite("kdc-unanswered", asked)
        t.reset("s")
        s.wait(1)


@hard("K3", outcome=WELL, like=["ldap-unanswered", "dc-unreachable"], never={"verdict": "failed -"})
def ports_of_a_reset_connection_are_used_again(s):
    signed_on(s)
    port = s.next_port()
    for n in range(2):
        t = s.c.tcp(s.client, port, s.dc, 389)
        t.ask(ldap(1, bind("cn=alice", "synthetic")))
        t.answer(ldap(1, bind_response(0)))
        t.ask(ldap(2, search("", 0, None, ["cn"])))
        t.answer(ldap(2, entry("", {"cn": [str(n)]})) + ldap(2, done()))
        t.reset("c")
        s.wait(2)


@hard("K5", shows={"ldap-bind-failed": "error"}, outcome="failed", never={"verdict": CALM})
def ports_of_a_reset_connection_are_used_again_and_the_bind_is_refused(s):
    """The first bind is somebody else's."""
    signed_on(s)
    port = s.next_port()
    t = s.c.tcp(s.client, port, s.dc, 389)
    t.ask(ldap(1, bind("cn=bob", "synthetic")))
    t.answer(ldap(1, bind_response(0)))
    t.reset("c")
    for _ in range(2):
        s.wait(2)
        t = s.c.tcp(s.client, port, s.dc, 389)
        s.cite("ldap-bind-failed", t.ask(ldap(1, bind("cn=alice", "synthetic"))), t.answer(ldap(1, bind_response(49, DATA_52E))))
        t.reset("c")


# ---- clocks and holes ----


@variants("ahead", "behind")(hard("K11", outcome=WELL, like=["slow", "kdc-unanswered", "ldap-unanswered"], never={"any": SILENT + r"|3\.\d+ s|retransmi", "verdict": "failed -"}))
def ordinary_day_captured_at_both_ends_and_one_clock_is(s, how):
    """Merged: each packet is there twice, 3.2 seconds apart. Each was answered within milliseconds."""
    s.wait(10)
    with copied(s, (3200 if how == "ahead" else -3200) * MS, routed):
        an_ordinary_day(s)


@hard("K11", shows={"password-wrong": "error"}, outcome="failed", never={"password-wrong": TWICE, "any": SILENT, "verdict": CALM})
def wrong_password_captured_at_both_ends_and_clocks_differ(s):
    with copied(s, 3200 * MS, routed):
        begun(s)
        wrong_password(s)


@hard("K3", outcome=OPEN, never={"any": SILENT, "verdict": "failed -"})
def each_end_captured_what_it_sent(s):
    """Merged: the controller's clock is two seconds behind, so each answer comes before its question."""
    s.wait(10)
    with shifted(s, -2000 * MS, lambda packet: packet.src != s.client):
        an_ordinary_day(s)


@hard("K3", shows={"account-unusable": "error"}, never={"any": SILENT, "verdict": CALM})
def each_end_captured_what_it_sent_and_the_account_is_locked(s):
    s.wait(10)
    with shifted(s, -2000 * MS, lambda packet: packet.src != s.client):
        begun(s)
        for _ in range(2):
            s.kdc(s.as_req(), s.error(18))
            s.wait(5)


@hard("K6", outcome=WELL, like=["clock-skew"], never={"any": "clock"})
def clock_of_the_capturing_machine_is_two_hours_off(s):
    """The KDC's time is two hours from that of the packets, and nobody minds: the client's is, too."""
    begun(s)
    later = s.c.time + 2 * 3600 * SECOND
    s.kdc(s.as_req(), s.error(25, stime=later, data=padata((19, etype_info2()))))
    s.kdc(s.as_req(pre=[timestamp()]), s.as_rep())
    s.ldap().gssapi()


@hard("K6", shows={"clock-skew": "error"}, outcome="failed", says={"clock-skew": "capturing machine"}, never={"clock-skew": "ahead of (the|this) client", "verdict": CALM})
def clocks_differ_by_ten_minutes_and_the_capture_s_by_two_hours(s):
    """The client's own time in the error may be anything, RFC 4120 and MIT: the capturing machine's clock is what can be compared."""
    begun(s)
    for _ in range(2):
        client = s.c.time + 2 * 3600 * SECOND
        request = s.tgs_req(s.http)
        s.cite("clock-skew", s.kdc(request, s.error(37, s.http, ctime=client, stime=client + 600 * SECOND)))
        s.wait(3)


@hard("K3", outcome=OPEN, like=["kdc-unanswered", "ldap-unanswered"], never={"any": SILENT, "verdict": "failed -"})
def ring_of_files_lacks_five_minutes(s):
    """A file of the ring was lost. The connection to the directory has gone on meanwhile, as its numbers show."""
    signed_on(s)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)
    port, request = s.next_port(), s.tgs_req(s.http)
    s.udp(s.dc, 88, request, cport=port)
    search_ = conn.t.ask(sasl(cfx(bytes(200), True, 0, 28, 50)))
    assert search_
    with deaf(s):
        s.udp(s.dc, 88, None, s.tgs_rep(s.http), cport=port)
        conn.sealed(20)
        s.wait(300)
    conn.sealed(3)
    granted(s, "cifs/fs1." + s.domain)


@hard("K3", shows={"account-unusable": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM})
def ring_of_files_lacks_five_minutes_and_then_the_account_is_locked(s):
    signed_on(s)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)
    port, request = s.next_port(), s.tgs_req(s.http)
    s.udp(s.dc, 88, request, cport=port)
    with deaf(s):
        s.udp(s.dc, 88, None, s.tgs_rep(s.http), cport=port)
        conn.sealed(20)
        s.wait(300)
    conn.sealed(1)
    for _ in range(2):
        s.cite("account-unusable", s.kdc(s.as_req(), s.error(18)))
        s.wait(3)


# ---- packets in packets ----


@variants(*ENCAPSULATIONS)(hard("K3", outcome=WELL, verdict=WENT, never={"any": SILENT}))
def ordinary_day_within(s, how):
    with wrapped(s, how):
        an_ordinary_day(s)
        s.wait(60)
        s.hears_something()


@variants("pppoe", "mpls", "ipip", "gtp")(hard("K3", shows={"password-wrong": "error"}, outcome="failed", never={"any": SILENT + r"|192\.0\.2", "verdict": CALM}))
def wrong_password_within(s, how):
    with wrapped(s, how):
        begun(s)
        for _ in range(2):
            s.cite("password-wrong", wrong_password(s))
            s.wait(3)


def encapsulated(data):
    """ERSPAN's older brother: the switch sends what it mirrors through GRE."""
    return bytes(gre(Ether(data)))


@hard("K11", shows={"password-wrong": "error"}, outcome="failed", never={"password-wrong": TWICE, "verdict": CALM})
def one_wrong_password_is_there_plain_and_in_a_tunnel(s):
    with copied(s, 100_000, encapsulated):
        begun(s)
        wrong_password(s)


@hard("K11", outcome=WELL, verdict=WENT, like=["kdc-unanswered", "ldap-unanswered"], never={"any": SILENT})
def ordinary_day_is_there_plain_and_in_a_tunnel(s):
    with copied(s, 100_000, encapsulated):
        an_ordinary_day(s)


# ---- messages and segments ----


@hard("K3", outcome=WELL, like=["ldap-unanswered"], never={"any": SILENT})
def sixty_messages_in_one_segment(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    asked = [ldap(n, search(f"CN=u{n}", 0, None, ["cn"])) for n in range(10, 30)]
    conn.t.ask(b"".join(asked), pieces=20000)
    conn.t.answer(b"".join(ldap(n, entry(f"CN=u{n}", {"cn": ["x"]})) + ldap(n, done()) for n in range(10, 30)), pieces=20000)


@hard("K3", shows={"ldap-not-bound": "error"}, never={"any": SILENT, "verdict": CALM})
def one_of_twenty_messages_in_a_segment_is_refused(s):
    signed_on(s)
    conn = s.ldap()
    s.cite("ldap-not-bound", conn.t.ask(b"".join(ldap(n, search("" if n != 17 else s.config, 0 if n != 17 else 2, None, ["cn"])) for n in range(10, 30)), pieces=20000))
    s.cite("ldap-not-bound", conn.t.answer(b"".join(ldap(n, done()) if n != 17 else ldap(n, done(1, diagnostic=NOT_BOUND)) for n in range(10, 30)), pieces=20000))


@hard("K3", outcome=WELL, like=["scp-none", "ldap-unanswered"], never={"any": SILENT})
def one_message_in_forty_segments(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    ident = conn._next()
    op = search(s.config, 2, all_of(equal("objectClass", "serviceConnectionPoint"), equal("keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596")), ["serviceBindingInformation", "keywords"])
    conn.t.ask(ldap(ident, op), pieces=5)
    # Wireshark reads no message of which a segment has less than six bytes at first.
    conn.t.answer(ldap(ident, url_entry(s, 1)), pieces=7)
    conn.t.answer(ldap(ident, done()), pieces=7)


@hard("K3", shows={"ldap-bind-failed": "error"}, outcome="failed", says={"ldap-bind-failed": "52e|password"}, never={"any": SILENT, "verdict": CALM})
def refusal_comes_in_pieces_of_seven_bytes(s):
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.t.ask(ldap(1, bind("cn=alice", "synthetic")), pieces=7)
        s.cite("ldap-bind-failed", conn.t.answer(ldap(1, bind_response(49, DATA_52E)), pieces=7))
        s.wait(3)


@hard("K1", outcome="hidden|ok|incomplete", like=["ldap-unanswered", "starttls-failed", "tls-failed"], never={"any": SILENT, "verdict": "failed -"})
def starttls_and_nothing_can_be_read(s):
    """The client hangs up as soon as the first answer under TLS is there: why, nobody can tell."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.ask(starttls(), starttls_response())
        resumed(conn.t, s.host)
        conn.t.ask(tls_data(1))
        conn.t.answer(tls_data(2))
        conn.t.close()
        s.wait(3)


@hard("K3", shows={"tls-failed": "error|warn"}, outcome="failed", never={"verdict": CALM, "tls-failed": "does not (accept|trust)|certificate has expired"})
def hello_of_a_resumed_session_is_reset_each_time(s):
    """A device takes the hello for what it is not: RST, before any certificate."""
    signed_on(s)
    for _ in range(3):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(client_hello(s.host)))
        t.reset("s")
        s.wait(3)


# ---- names ----


def two_questions(s, *names, rcodes=(0, 0)):
    """In one segment of TCP, RFC 7766 6.2.1.1; and the answers in one."""
    t = s.tcp(s.dns, 53)
    asked = answered = b""
    for n, (name, rcode) in enumerate(zip(names, rcodes), 40):
        name = name.format(D=s.domain)
        records = [] if rcode else [srv_rr(QUESTION, s.host)]
        asked += over_tcp(dns(n, name))
        answered = over_tcp(dns_reply(n, name, records, rcode=rcode)) + answered  # in another order
    return [t.ask(asked), t.answer(answered)]


@hard("K3", outcome=WELL, like=["srv-unanswered", "srv-not-found"], never={"any": SILENT})
def two_names_in_one_segment(s):
    two_questions(s, DC_SRV, "_kerberos._tcp.dc._msdcs.{D}")
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


@hard("K3", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": r"_ldap\._tcp\.dc\._msdcs"}, never={"any": SILENT, "verdict": CALM})
def two_names_in_one_segment_and_both_are_missing(s):
    s.cite("srv-not-found", two_questions(s, DC_SRV, "_ldap._tcp.{D}", rcodes=(3, 3)))
    s.wait(5)
    s.cite("srv-not-found", two_questions(s, DC_SRV, "_ldap._tcp.{D}", rcodes=(3, 3)))


def answered_by_another(s, other, name=DC_SRV, times=1):
    """The question goes to one address, the answer comes from another."""
    s.ident += 1
    name = name.format(D=s.domain)
    port = s.next_port()
    frames = []
    for n in range(times):
        frames.append(s.c.udp(s.client, port, s.dns, 53, dns(s.ident, name)))
        frames.append(s.c.udp(other, 53, s.client, port, dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)])))
        if n + 1 < times:
            s.wait(5)
    return frames


@hard("K3", shows={"srv-unanswered": "error"}, outcome="failed", supported={"srv-unanswered": "several addresses"}, never={"verdict": CALM})
def resolver_answers_from_another_address_and_is_not_heard(s):
    """From memory: a host of two networks; no resolver takes an answer from a stranger (RFC 5452 9.1)."""
    s.cite("srv-unanswered", answered_by_another(s, s.dns2, times=4)[0])
    s.wait(10)


@hard("K3", outcome=WELL, like=["srv-unanswered"], never={"verdict": "failed -"})
def resolver_answers_from_another_address_and_is_heard(s):
    """The router in between hides that from the client, and not from the capture; the client goes on."""
    answered_by_another(s, s.dns2)
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


def edns(s, name, *records, rcode=0):
    """Letters are mixed as draft-vixie-dnsext-dns0x20 has it, and each has an OPT record."""
    name = "".join(c.upper() if n % 3 else c for n, c in enumerate(name.format(D=s.domain)))
    s.ident += 1
    opt = b"\0" + struct.pack(">HHIH", OPT, 1232, 0x8000, 0)
    return s.udp(s.dns, 53, dns(s.ident, name, additional=[opt]), dns_reply(s.ident, name, list(records), rcode=rcode, additional=[opt]))


@hard("K4", shows={"srv-not-found": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM})
def letters_are_mixed_and_the_record_is_missing(s):
    for _ in range(2):
        s.cite("srv-not-found", edns(s, DC_SRV, rcode=NXDOMAIN))
        s.wait(3)


@hard("K4", outcome=WELL, domain="{D}", verdict=WENT, like=["srv-target-unresolvable", "srv-not-found"])
def letters_are_mixed_and_all_is_well(s):
    edns(s, DC_SRV, srv_rr(QUESTION, s.host.upper()))
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().gssapi()


# ---- quiet hours, and the server's end ----


@hard("K5", shows={"srv-not-found": "error"}, outcome="failed", says={"srv-not-found": "before"}, never={"verdict": CALM})
def all_is_well_and_an_hour_later_the_record_is_gone(s):
    an_ordinary_day(s)
    s.wait(3600)
    for _ in range(2):
        s.cite("srv-not-found", s.srv(DC_SRV, rcode=NXDOMAIN))
        s.wait(3)


@hard("K5", outcome=WELL, like=["ldap-unanswered", "dc-unreachable", "slow"], never={"verdict": "failed -"})
def all_is_well_twice_with_an_hour_of_nothing(s):
    """The idle connection of the first time is reset by the controller after a quarter of an hour."""
    signed_on(s)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)
    s.wait(900)
    conn.t.reset("s")
    s.wait(2700)
    signed_on(s)
    s.ldap().gssapi()


@hard("K3", shows={"kdc-unanswered|slow": "error|warn"}, tail=False, outcome="failed|ok|incomplete", never={"verdict": CALM})
def controller_answers_and_the_client_does_not_hear_it(s):
    """Captured at the controller: the same request comes four times, is answered each time, and nothing follows."""
    begun(s)
    port, request, reply = s.next_port(), s.as_req(pre=[timestamp()]), s.as_rep()
    for _ in range(4):
        s.cite("kdc-unanswered|slow", s.udp(s.dc, 88, request, reply, cport=port)[0])
        s.wait(4)
    s.wait(60)
    s.hears_something()


@hard("K3", outcome=WELL, like=["kdc-unanswered"], may=["slow"], never={"verdict": "failed -", "any": SILENT})
def controller_s_first_answer_is_lost_behind_the_capture(s):
    """The neighbour: asked again once, and the client goes on."""
    begun(s)
    port, request, reply = s.next_port(), s.as_req(pre=[timestamp()]), s.as_rep()
    s.udp(s.dc, 88, request, reply, cport=port)
    s.wait(1)
    s.udp(s.dc, 88, request, reply, cport=port)
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


@hard("K3", shows={"srv-unanswered|slow": "error|warn"}, outcome="failed|ok|incomplete", never={"verdict": CALM})
def resolver_answers_and_the_client_does_not_hear_it(s):
    """Captured at the name server: five times the same question of the same port, answered each time."""
    s.ident += 1
    name, port = DC_SRV.format(D=s.domain), s.next_port()
    for _ in range(5):
        s.cite("srv-unanswered|slow", s.udp(s.dns, 53, dns(s.ident, name), dns_reply(s.ident, name, [srv_rr(QUESTION, s.host)]), cport=port)[0])
        s.wait(4)


# ---- neighbours and relatives of what was mended ----


@hard("K3", shows={"dc-unreachable": "error"}, outcome="failed", never={"verdict": CALM})
def one_controller_is_heard_in_one_direction_and_the_other_one_is_dead(s):
    """The neighbour: that the first one's answers are missing excuses nobody whose SYN is sent three times."""
    s.srv(DC_SRV, "dc1.{D}", "dc2.{D}")
    s.address(s.host, s.dc)
    s.address("dc2.{D}", s.dc2)
    with tcp_of_client_alone(s):
        s.ldap().gssapi()
    s.cite("dc-unreachable", s.syn(s.dc2, 389, times=3))
    s.wait(30)


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM})
def handshake_is_there_and_the_search_stays_without_an_answer(s):
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        s.cite("ldap-unanswered", conn.scp(answered=False))
        s.wait(20)
        conn.t.reset("c")


@hard("K3", outcome=OPEN, like=["kdc-unanswered", "krb-tcp-blocked"], never={"any": SILENT, "verdict": "failed -"})
def tickets_by_tcp_come_back_by_another_way(s):
    """The relative: after 52 the client turns to TCP, of which the capture has its own half."""
    signed_on(s)
    for spn in (s.ldap_spn, s.http):
        s.kdc(s.tgs_req(spn), s.error(52, spn))
        with tcp_of_client_alone(s):
            s.kdc(s.tgs_req(spn), s.tgs_rep(spn), tcp=True)
    s.ldap().gssapi()


@hard("K3", shows={"srv-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM})
def questions_alone_but_for_one_packet_and_the_resolver_is_asked_four_times(s):
    """The neighbour: whoever asks again had no answer."""
    with from_client(s):
        s.ldap().gssapi()
    s.ident += 1
    port, name = s.next_port(), DC_SRV.format(D=s.domain)
    for _ in range(4):
        s.cite("srv-unanswered", s.udp(s.dns, 53, dns(s.ident, name), cport=port))
        s.wait(3)


@hard("K3", outcome=OPEN, like=["kdc-unanswered"], never={"verdict": "failed -"})
def capture_lacks_the_ticket_that_the_browser_shows(s):
    signed_on(s)
    with from_client(s):
        granted(s, s.http)
    t = s.tcp(s.web, 80)
    t.ask(http_get(s.mail, "/", negotiate(nego_init(gss(AP_REQ_ID, ap_req(s.http, s.realm))))))
    t.answer(http_reply(200, b"ok", negotiate(nego_resp(gss(AP_REP_ID, ap_rep()), 0), "WWW-Authenticate")))


@hard("K3", shows={"kdc-unanswered": "error"}, may=["slow"], outcome="failed", never={"verdict": CALM})
def ticket_never_comes_and_the_connection_goes_on_without_a_hole(s):
    signed_on(s)
    conn = s.ldap()
    conn.gssapi()
    conn.sealed(2)
    for _ in range(2):
        s.cite("kdc-unanswered", s.kdc(s.tgs_req(s.http)))
        s.wait(3)
    conn.sealed(3)


@hard("K3", outcome=OPEN, like=["srv-unanswered"], never={"any": SILENT, "verdict": "failed -"})
def hole_begins_behind_a_question(s):
    """The relative: of a name; and the connection that goes on behind the hole is another server's."""
    signed_on(s)
    conn = s.ldap(s.dc2)
    conn.simple()
    port = s.next_port()
    name = "_kerberos._tcp.dc._msdcs." + s.domain
    s.udp(s.dns, 53, dns(99, name), cport=port)
    with deaf(s):
        conn.ask(search("", 0, None, ["cn"]), entry("", {"cn": ["x" * 900]}), done())
        s.wait(200)
    conn.ask(search("", 0, None, ["cn"]), entry("", {"cn": ["y"]}), done())


@hard("K11", outcome=WELL, like=["dc-unreachable", "tls-failed", "slow"], never={"any": SILENT + "|retransmi"})
def session_of_ldaps_captured_at_three_places(s):
    with copied(s, 7000 * MS, lambda data: routed(routed(data))):
        with copied(s, 2500 * MS, routed):
            signed_on(s)
            t = s.tcp(s.dc, 636)
            resumed(t, s.host)
            for n in range(3):
                t.ask(tls_data(n))
                t.answer(tls_data(n + 10))
            t.close()


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM + "|client closed"})
def client_of_ldap_shuts_its_half_and_is_reset_each_time(s):
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        s.cite("ldap-unanswered", conn.ask(bind("cn=alice", "synthetic")))
        conn.t.open("cFA")
        conn.t.seq["c"] += 1
        s.wait(3)
        conn.t.reset("s")
        s.wait(2)


@hard("K3", outcome=OPEN, like=["ldap-unanswered"], never={"verdict": "failed -"})
def client_of_ldap_loses_interest_once_and_is_reset(s):
    """The neighbour: nothing is asked again, and a program that ends says so by a FIN."""
    signed_on(s)
    conn = s.ldap()
    conn.ask(search("", 0, None, ["cn"]))
    conn.t.open("cFA")
    conn.t.seq["c"] += 1
    s.wait(3)
    conn.t.reset("s")


@hard("K3", shows={"ping-unanswered|slow": "error|warn"}, outcome="failed|ok", never={"verdict": CALM})
def controller_answers_pings_and_the_client_does_not_hear_it(s):
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    port, request = s.next_port(), ping(s.domain, host="PC1")
    reply = ping_reply(netlogon_ex(domain=s.domain, host=s.host))
    for _ in range(4):
        s.cite("ping-unanswered|slow", s.udp(s.dc, 389, request, reply, cport=port)[0])
        s.wait(3)


@hard("K3", outcome=WELL, like=["kdc-unanswered", "srv-unanswered"], may=["slow"], never={"verdict": "failed -", "any": "as if it had not heard"})
def answers_are_lost_behind_the_capture_three_times_and_then_all_is_well(s):
    """The neighbour: a bad line, on which the fourth answer arrives."""
    begun(s)
    port, request, reply = s.next_port(), s.as_req(pre=[timestamp()]), s.as_rep()
    for _ in range(4):
        s.udp(s.dc, 88, request, reply, cport=port)
        s.wait(2)
    granted(s, s.ldap_spn)
    s.ldap().gssapi()


@hard("K3", outcome=OPEN, like=["kdc-unanswered", "krb-tcp-blocked", "dc-unreachable"], never={"any": SILENT, "verdict": "failed -"})
def each_end_captured_its_half_of_kerberos_over_tcp(s):
    s.wait(10)
    with shifted(s, -5000 * MS, lambda packet: packet.src != s.client):
        begun(s)
        s.kdc(s.as_req(pre=[timestamp()]), s.as_rep(), tcp=True)
        s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn), tcp=True)


@hard("K5", outcome=[OPEN, OPEN], like=["srv-unanswered"], never={"verdict": "failed -"})
def notebook_moves_while_it_asks_for_a_name(s):
    new = moves(s)
    begun(s)
    s.srv("_kerberos._tcp.dc._msdcs.{D}", silent=True)
    s.client = new
    s.wait(4)
    begun(s)
    s.srv("_kerberos._tcp.dc._msdcs.{D}", "dc1.{D}")
    s.logon()


@hard("K5", shows={"kdc-unanswered": "error"}, outcome=["failed", "ok"], may=["slow"], never={"any": "made good"})
def neighbour_behind_the_same_router_goes_on(s):
    """The neighbour: the router's card sends for two machines; what the second one gets is not the first one's."""
    first, second = s.client, moves(s)
    begun(s)
    s.cite("kdc-unanswered", s.kdc(s.as_req(pre=[timestamp()])))
    s.client = second
    s.wait(2)
    s.found()
    s.address(s.host, s.dc)
    s.ping(client_host="PC2")
    s.logon("bob")
    s.ldap().gssapi()
    s.wait(30)
    for s.client in (second, first):
        s.hears_something()


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM, "ldap-unanswered": "window 0"})
def directory_reads_and_does_not_answer(s):
    """The neighbour of the directory that stops reading: it acknowledges each search, and has room for more."""
    signed_on(s)
    for _ in range(2):
        conn = s.ldap()
        conn.simple()
        s.cite("ldap-unanswered", conn.ask(search(s.config, 2, equal("cn", "x"), ["cn"])))
        bare(conn.t, "s")
        s.wait(20)
        conn.t.reset("c")


# ---- found while looking further ----


@hard("K11", shows={"ldap-bind-failed": "error"}, outcome=["failed"], never={"ldap-bind-failed": TWICE, "verdict": CALM})
def both_sides_of_a_translator_are_captured_and_the_bind_is_refused(s):
    outside = "192.0.2.78"
    s.others.add(outside)
    with copied(s, 200_000, translated(s.client, outside)):
        signed_on(s)
        s.ldap().simple(49, DATA_52E)


@hard("K3", shows={"ldap-unanswered|dc-unreachable|slow": "error|warn"}, outcome="failed|ok|incomplete", never={"verdict": CALM})
def directory_answers_and_the_client_s_tcp_does_not_hear_it(s):
    """Captured at the controller: request and answer are both repeated, and the client acknowledges nothing."""
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping()
    conn = s.ldap()
    asked, answered = ldap(1, bind("cn=alice", "synthetic")), ldap(1, bind_response(0))
    s.cite("ldap-unanswered|dc-unreachable|slow", conn.t.ask(asked))
    conn.t.answer(answered)
    for seconds in (0.3, 0.6, 1.2, 2.4, 4.8):
        s.wait(seconds)
        # The client's acknowledgement stays where it was before the answer.
        conn.t.seq["s"] -= len(answered)
        bare(conn.t, "c", "PA", asked, back=len(asked))
        conn.t.seq["s"] += len(answered)
        bare(conn.t, "s", "PA", answered, back=len(answered))
    conn.t.seq["s"] -= len(answered)
    conn.t.reset("c")


@hard("K3", outcome=OPEN, like=["srv-not-found", "scp-none", "dc-not-serving"], never={"any": SILENT, "verdict": "failed -"})
def ordinary_day_and_old_tcpdump_keeps_68_bytes(s):
    with cut_at(s, 68):
        an_ordinary_day(s)


@hard("K3", shows={"ldap-bind-failed": "error"}, never={"verdict": CALM, "any": SILENT})
def bind_is_refused_and_old_tcpdump_keeps_68_bytes(s):
    """The result stands in the first fourteen bytes of the message."""
    begun(s)
    with cut_at(s, 68):
        for _ in range(2):
            s.cite("ldap-bind-failed", s.ldap().simple(49, DATA_52E)[-1])
            s.wait(3)


@hard("K11", outcome=WELL, verdict=WENT, never={"any": SILENT})
def answers_alone_have_a_tag(s):
    """A mirror of a trunk: one direction is tagged, and comes from another card."""
    first = len(s.c.frames)
    an_ordinary_day(s)
    for n in range(first, len(s.c.frames)):
        t, data = s.c.frames[n]
        if Ether(data)[IP].src != s.client:
            s.c.frames[n] = (t, tagged(routed(data)))


@hard("K3", outcome=OPEN, like=["kdc-unanswered", "clock-skew", "slow"], never={"any": SILENT + "|clock", "verdict": "failed -"})
def clock_of_the_capturing_machine_is_set_back(s):
    """By NTP, half a minute, between a question and its answer."""
    begun(s)
    s.wait(40)
    port = s.next_port()
    s.udp(s.dc, 88, s.as_req(pre=[timestamp()]), cport=port)
    s.c.time -= 30 * SECOND
    s.udp(s.dc, 88, None, s.as_rep(), cport=port)
    granted(s, s.ldap_spn)
    s.ldap().gssapi()
    s.wait(60)


@hard("K3", shows={"account-unusable": "error"}, outcome="failed", never={"any": SILENT, "verdict": CALM})
def clock_of_the_capturing_machine_is_set_back_and_the_account_is_locked(s):
    begun(s)
    s.wait(40)
    port = s.next_port()
    s.udp(s.dc, 88, s.as_req(), cport=port)
    s.c.time -= 30 * SECOND
    s.cite("account-unusable", s.udp(s.dc, 88, None, s.error(18), cport=port))
    s.wait(5)
    s.cite("account-unusable", s.kdc(s.as_req(), s.error(18)))


@hard("K3", outcome=WELL, verdict=CALM, like=["kdc-unanswered"], never={"any": SILENT})
def fragments_of_version_6_come_last_one_first(s):
    s.over_ipv6()
    begun(s)
    backwards(s, s.dc, s.as_req(pre=[timestamp(), (167, bytes(3000))]), s.as_rep(cipher=bytes(2500)), s.next_port())
    granted(s, s.ldap_spn)


@hard("K3", shows={"kdc-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM})
def kdc_dies_behind_its_question_for_the_proof(s):
    """The capture begins with that question; the proof goes from the same port, three times, in vain."""
    port, request = s.next_port(), s.as_req(pre=[timestamp()])
    s.udp(s.dc, 88, None, s.error(25, data=padata((19, etype_info2()))), cport=port)
    for _ in range(3):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.wait(2)
    s.found()


@hard("K3", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], never={"verdict": CALM})
def capture_begins_behind_a_bind_and_searches_stay_without_an_answer(s):
    """The neighbour of answers that come first: the question of this one came before the capture."""
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.answer(ldap(7, bind_response(0)))
    for n in (8, 9):
        s.cite("ldap-unanswered", t.ask(ldap(n, search(s.config, 2, exchange_filter(), ["keywords"]))))
        s.wait(4)
    s.wait(30)
    t.reset("c")
