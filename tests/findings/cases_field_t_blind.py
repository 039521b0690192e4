# SPDX-License-Identifier: GPL-2.0-or-later
"""Public reports of outages, and healthy neighbours of them, written down before the rules were read.

Kinds K1 (the first line denies what the packets show), K2 (a sequel makes it healthy), K3 (bytes are looked at before
anybody is called silent), K4 (names), K6 (causes that the packets support or refute) and K8 (autodiscover).
"""
import base64
import struct

from cases import url_entry
from cases_field_o_krb import begun
from cases_field_q_blind import CALM, DC_SRV, hello, offered, said_by_client
from cases_web import BASIC, SETTINGS, XML, connect, directory, ex, get, hidden_talk, pox, post, response
from field import field
from net import *  # noqa: F403
from web import CHANGE, DATA, HIDDEN

NXDOMAIN = 3
BAD_WEB = ["http-error", "http-unauthorized", "autodiscover-error", "endpoint-unreachable", "tls-failed", "proxy-refused"]


def signed_on(s):
    begun(s)
    s.logon()


def hung_up(t, first="s"):
    """In order, and by this end first."""
    other = "c" if first == "s" else "s"
    t.open(first + "FA", other + "A", other + "FA", first + "A")


# ---- DNS ----


@field("K4", shows={"srv-target-unresolvable": "warn"}, never={"verdict": CALM}, says={"srv-target-unresolvable": r"dc1\.{D}\.{D}"},
       first={"srv-target-unresolvable": "dot|twice"}, supported={"srv-target-unresolvable": "dot|twice"})
def target_of_the_record_lacks_its_dot(s):
    """The zone is written by hand, and the target's name has no dot at its end: the server adds the zone's name."""
    for _ in range(2):
        s.srv(DC_SRV, "dc1.{D}.{D}")
        s.cite("srv-target-unresolvable", s.address("dc1.{D}.{D}", rcode=NXDOMAIN))
        s.wait(3)


@field("K4", outcome="ok", verdict=CALM, like=["srv-target-unresolvable"], never={"any": "dot at|twice"})
def domain_whose_name_has_the_same_label_twice(s):
    """lab.lab: odd, and right."""
    s.named(f"lab{s.domain[4:-5]}.lab{s.domain[4:-5]}")
    signed_on(s)
    s.ldap().simple()


def cards(s, *same):
    """Each host has a card of its own; those of `same` belong to one."""
    known = {}
    for address in same:
        known[address] = "02:00:00:00:0a:01"

    def wrap(frame):
        packet = frame.payload
        for field_, address in (("src", packet.src), ("dst", packet.dst)):
            setattr(frame, field_, known.setdefault(address, f"02:00:00:00:0b:{len(known):02x}"))
        return frame

    s.c.wrap = wrap


def dual(s):
    """A machine with addresses of both families, and its resolver by version 6."""
    four = s.client
    _, a, b, c = four.split(".")
    six, resolver = f"fd00:{a}:1{b}::{c}", f"fd00:{a}:1{b}::53"
    cards(s, four, six)
    s.addresses.add(six)
    return four, six, resolver


@field("K4", alone=True, outcome="ok", like=["srv-not-found", "srv-unanswered", "ping-unanswered"],
       never={"verdict": "failed|not found"})
def resolver_is_asked_by_version_6_and_all_else_goes_by_version_4(s):
    """The card has both families: names are asked of fd00::53, everything else goes over IPv4."""
    four, six, resolver = dual(s)
    s.client = six
    s.srv(DC_SRV, "dc1.{D}", server=resolver)
    s.address(s.host, s.dc, server=resolver)
    s.client = four
    s.ping()
    s.logon()
    s.ldap().simple()
    s.hears_something()
    s.wait(60)
    s.hears_something()


@field("K4", alone=True, outcome="ok", like=["srv-not-found"], never={"verdict": "failed -"})
def router_s_resolver_of_version_6_knows_nothing_and_the_other_one_does(s):
    """A router advertises itself as resolver by version 6; the machine asks the one of version 4 next, and all is well."""
    four, six, resolver = dual(s)
    s.client = six
    s.srv(DC_SRV, rcode=NXDOMAIN, server=resolver)
    s.client = four
    s.srv(DC_SRV, "dc1.{D}")
    s.address(s.host, s.dc)
    s.ping()
    s.logon()
    s.ldap().simple()
    s.hears_something()
    s.wait(60)
    s.hears_something()


@field("K4", alone=True, shows={"srv-not-found": "error"}, outcome=["ok", "failed", "ok"])
def three_machines_behind_one_router(s):
    """Seen from the other side, all send from the router's card: whose the address of version 6 is, nobody can tell."""
    four, six, resolver = dual(s)
    second = four.rsplit(".", 1)[0] + ".11"
    cards(s, four, six, second)
    s.addresses.add(second)
    for s.client in (second, six, four):
        asked = {"server": resolver, "rcode": NXDOMAIN} if s.client == six else {}
        s.srv(DC_SRV, *([] if asked else ["dc1.{D}"]), **asked)
        s.wait(1)
        if s.client == six:
            s.srv(DC_SRV, **asked)
        else:
            s.address(s.host, s.dc)
            s.ping(client_host="PC" + s.client[-1])
            s.logon("user" + s.client[-1])
    for s.client in (second, six, four):
        s.hears_something()
    s.wait(60)
    for s.client in (second, six, four):
        s.hears_something()
    s.client = four


# ---- the way to the controller ----


@field("K6", shows={"ping-unanswered": "error|warn|note"}, recovered=["ping-unanswered?"], may=["dc-unreachable", "slow"],
       never={"verdict": CALM, "any": "host is (down|off)|is switched off|turned off"}, supported={"ping-unanswered": "636|TLS|same host"})
def firewall_lets_ldaps_through_and_nothing_else(s):
    """The renewal of a machine's password pings by UDP and waits; the directory client itself is told to use 636."""
    s.found()
    s.address(s.host, s.dc)
    for _ in range(3):
        s.ping(silent=True)
        s.wait(4)
    s.syn(s.dc, 389, times=3)
    s.wait(12)
    t = s.tcp(s.dc, 636)
    t.ask(hello(s.host))
    t.answer(offered(s.host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


@field("K6", shows={"krb-tcp-blocked": "error", "dc-unreachable": "error"}, outcome="failed", may=["slow"],
       supported={"dc-unreachable": "the host itself answers"}, never={"any": "host is (down|off)|is switched off|turned off"})
def registration_network_lets_udp_through_and_no_tcp(s):
    """Somebody opened 88 and 389 for UDP, and meant TCP."""
    begun(s)
    s.kdc(s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    s.kdc(s.as_req(pre=[timestamp()]), s.error(52))
    s.cite("krb-tcp-blocked", s.syn(s.dc, 88, times=3))
    s.wait(12)
    s.cite("dc-unreachable", s.syn(s.dc, 389, times=3))
    s.wait(25)


def reset_by_the_client(s):
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    t.open("cS", "sSA")
    t.open("cR")


@field("K3", like=["dc-unreachable", "ldap-unanswered"], never={"any": "without (any )?reply|silent", "verdict": "failed -"})
def client_resets_what_the_server_accepted(s):
    """One connection of two hundred is reset by the client's own machine right behind SYN and ACK of the server."""
    signed_on(s)
    for _ in range(3):
        reset_by_the_client(s)
        s.wait(5)


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def client_resets_one_connection_and_opens_the_next(s):
    signed_on(s)
    reset_by_the_client(s)
    conn = s.ldap()
    conn.simple()
    conn.rootdse()


def segment(s, t, end, flags, window=65535, seq=0, ack=0, data=b""):
    """A segment with a window, or with numbers that lie beside the right ones."""
    other = "s" if end == "c" else "c"
    (src, sport), (dst, dport) = t.ends[end], t.ends[other]
    head = TCP(sport=sport, dport=dport, flags=flags, seq=(t.seq[end] + seq) % 2**32,
               ack=(t.seq[other] + ack) % 2**32 if "A" in flags else 0,
               window=window)
    return s.c.add(network(src, dst) / head / data)


def challenged(s, times, port=389):
    """The server still has a connection of these ports, and answers a SYN by the ACK that it owes it (RFC 5961 4.2)."""
    t = s.c.tcp(s.client, s.next_port(), s.dc, port, handshake=False)
    frames = []
    for n in range(times):
        start = t.seq["c"]
        frames += t.open("cS")
        segment(s, t, "s", "A", seq=7000, ack=-90001)
        t.seq["c"] = start
        s.wait(3 * (n + 1))
    return t, frames


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", may=["slow"], verdict="LDAP|connection|389",
       never={"dc-unreachable": "without any (reply|answer)|drops|(is|was|were|stayed) silent", "verdict": CALM + "|too little"},
       says={"dc-unreachable": "ACK|another connection|older connection"})
def old_connection_of_the_same_ports_is_still_there(s):
    """Behind address translation ports come back too soon; what stands between swallows the reset that would help. That
    there were ACKs is known from Wireshark's TCP: they are no evidence themselves."""
    signed_on(s)
    _, frames = challenged(s, 4)
    s.cite("dc-unreachable", frames)
    s.wait(25)


def challenged_and_reset(s, t):
    """SYN, the ACK of the old connection, and the reset that ends that. The old one's numbers lie before the new one's:
    behind them Wireshark 4.0 takes what the server says next for a repetition, and does not dissect it."""
    start = t.seq["c"]
    frames = t.open("cS")
    segment(s, t, "s", "A", seq=-7000, ack=-90001)
    frames.append(segment(s, t, "c", "R", seq=-90002))
    t.seq["c"] = start
    return frames


@field("K3", shows={"dc-unreachable": "error"}, outcome="failed", verdict="LDAP|connection|389",
       never={"dc-unreachable": "without any (reply|answer)|drops|did not answer|(is|was|were|stayed) silent"},
       says={"dc-unreachable": "older connection"}, alone=True)
def resets_for_the_old_connection_do_not_arrive(s):
    """The client sends a reset for each ACK, and something on the way swallows them."""
    signed_on(s)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    frames = []
    for n in range(4):
        frames += challenged_and_reset(s, t)
        s.wait(3 * (n + 1))
    s.cite("dc-unreachable", frames)
    s.wait(25)
    s.ping()


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"])
def old_connection_is_in_the_way_and_another_port_is_taken(s):
    signed_on(s)
    challenged_and_reset(s, s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False))
    s.wait(0.2)
    conn = s.ldap()
    conn.simple()
    conn.rootdse()
    s.wait(25)


@field("K3", outcome="ok", verdict=CALM, like=["dc-unreachable", "ldap-unanswered"], alone=True)
def old_connection_of_the_same_ports_is_reset_and_the_new_one_stands(s):
    """As TCP is meant to do it: ACK for the old one, reset, SYN, and the connection."""
    signed_on(s)
    t = s.c.tcp(s.client, s.next_port(), s.dc, 389, handshake=False)
    challenged_and_reset(s, t)
    s.wait(1)
    t.open("cS", "sSA", "cA")
    t.ask(ldap(1, search("", 0, None, ["currentTime"])))
    t.answer(ldap(1, entry("", {"currentTime": ["20301201000000.0Z"]})) + ldap(1, done()))


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], supported={"ldap-unanswered": "window|reads nothing"},
       never={"ldap-unanswered": "firewall|forgot|lost on the (way|path)"})
def server_has_no_room_for_more(s):
    """A process of the controller hangs: TCP takes the question, and its window stays shut for a minute."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    t = conn.t
    s.cite("ldap-unanswered", t.ask(ldap(2, search("", 0, None, ["supportedControl"]))))
    segment(s, t, "s", "A", window=0)
    for n in range(5):
        s.wait(3 * (n + 1))
        segment(s, t, "c", "A", seq=-1)
        segment(s, t, "s", "A", window=0)
    t.reset("c")
    s.wait(10)


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], supported={"ldap-unanswered": "overloaded|hangs"},
       never={"ldap-unanswered": "window|dropped the packet|forgot or cut"})
def server_takes_the_question_and_answers_nothing(s):
    """Its TCP acknowledges; the client closes after half a minute."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    t = conn.t
    s.cite("ldap-unanswered", t.ask(ldap(2, search("", 0, None, ["supportedControl"]))))
    segment(s, t, "s", "A")
    s.wait(30)
    t.open("cFA", "sA", "sFA", "cA")
    s.wait(10)


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], causes={"ldap-unanswered": "dropped the packet|forgot or cut"},
       never={"ldap-unanswered": "window"})
def nobody_takes_the_question(s):
    """Nothing acknowledges it, and the client resets."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    t = conn.t
    s.cite("ldap-unanswered", t.ask(ldap(2, search("", 0, None, ["supportedControl"]))))
    s.wait(30)
    t.reset("c")
    s.wait(10)


@field("K6", shows={"ldap-unanswered": "error"}, outcome="failed", may=["slow"], causes={"ldap-unanswered": "dropped the packet|forgot or cut"})
def question_and_end_are_one_segment_that_nobody_takes(s):
    """That what came before was acknowledged says nothing of the question."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    t = conn.t
    s.cite("ldap-unanswered", segment(s, t, "c", "PFA", data=ldap(2, search("", 0, None, ["supportedControl"]))))
    s.wait(40)


@field("K6", outcome="ok", verdict=CALM, like=["ldap-unanswered"])
def server_has_no_room_for_a_second(s):
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    t = conn.t
    t.ask(ldap(2, search("", 0, None, ["supportedControl"])))
    segment(s, t, "s", "A", window=0)
    s.wait(0.5)
    segment(s, t, "s", "A")
    t.answer(ldap(2, entry("", {"supportedControl": ["1.2.840.113556.1.4.319"]})) + ldap(2, done()))


# ---- Kerberos ----

PROXY_PATH = "/KdcProxy"


def through_proxy(s, t, message, *replies):
    """MS-KKDCP 2.2.2: the message with its length, and the realm."""
    def wrapped(m):
        return seq(ctx(0, octets(marked(m))), ctx(1, general(s.realm)))

    t.ask(http_post("gw." + s.domain, PROXY_PATH, wrapped(message), "Content-Type: application/kerberos"))
    for r in replies:
        t.answer(http_reply(200, wrapped(r), "Content-Type: application/kerberos"))


@field("K1", missing="Kerberos through a proxy of HTTPS (MS-KKDCP) is not read",
       shows={"kdc-unanswered|http-error|krb-error": "error"}, outcome="failed", never={"verdict": CALM + "|^none"}, verdict="400|KDC|Kerberos")
def proxy_of_the_kdc_takes_no_request(s):
    """Outside of the house the KDC is reached by HTTPS; the web server before it wants a header that the library leaves out."""
    gw = "gw." + s.domain
    s.address(gw, s.web)
    for _ in range(2):
        t = s.https(s.web, gw)
        through_proxy(s, t, s.as_req())
        t.answer(http_reply(400, b"<h1>Bad Request</h1>", "Content-Type: text/html"))
        t.connection.close()
        s.wait(3)


@field("K1", outcome="none", like=["kdc-unanswered", "http-error", "krb-error", "preauth-abandoned", "srv-not-found"])
def proxy_of_the_kdc_serves(s):
    gw = "gw." + s.domain
    s.address(gw, s.web)
    t = s.https(s.web, gw)
    through_proxy(s, t, s.as_req(), s.error(25, data=padata((19, etype_info2()), (2, b""))))
    through_proxy(s, t, s.as_req(pre=[timestamp()]), s.as_rep())
    through_proxy(s, t, s.tgs_req("HTTP/" + s.mail), s.tgs_rep("HTTP/" + s.mail))


@field("K6", shows={"spn-not-found-or-duplicate": "warn|error"}, first={"spn-not-found-or-duplicate": "no host|empty|program"},
       never={"verdict": CALM, "spn-not-found-or-duplicate": r"setspn -Q cifs/\."})
def program_has_no_name_for_the_server(s):
    """The server said nothing of itself before the logon, and the tool goes on with an empty name and a dot."""
    signed_on(s)
    for _ in range(2):
        s.cite("spn-not-found-or-duplicate", s.kdc(s.tgs_req("cifs/."), s.error(7, "cifs/.")))
        s.wait(2)


@field("K6", shows={"no-common-etype": "error"}, outcome="failed", first={"no-common-etype": "client offers"},
       never={"no-common-etype": "has no AES keys?"})
def library_repeats_the_type_that_was_refused(s):
    """RC4 first and RC4 again, although the refusal says that AES is there."""
    begun(s)
    for _ in range(2):
        s.cite("no-common-etype", s.kdc(s.as_req(etypes=(23,)), s.error(14, data=padata((19, etype_info2())))))


@field("K2", outcome="ok", like=["preauth-abandoned", "password-wrong", "realm-case-differs", "kdc-integrity-failed"],
       never={"verdict": "failed"})
def library_does_not_like_the_ticket_it_got(s):
    """It misses a word about armour in the answer, and begins again after each ticket; the packets are those of a logon."""
    begun(s)
    for _ in range(3):
        s.logon()
        s.wait(20)


# ---- LDAP ----


def bind_of_version_2(s):
    op = app(0, integer(2), octets("cn=svc"), tlv(0x80, b"synthetic"))
    return s.ldap().ask(op, bind_response(2, "historical protocol version requested, use LDAPv3 instead"))


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "version"},
       supported={"ldap-bind-failed": "version 2"}, never={"ldap-bind-failed": "password is wrong|password"})
def program_speaks_version_2_of_ldap(s):
    """A script in PHP leaves the version at what it was in the last century."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", bind_of_version_2(s))
        s.wait(3)


@field("K6", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok")
def program_begins_with_version_2_and_goes_on_with_3(s):
    signed_on(s)
    bind_of_version_2(s)
    s.ldap().simple(name="cn=svc")


@field("K6", shows={"ldap-bind-failed": "error"}, outcome="failed", first={"ldap-bind-failed": "name|DN"},
       never={"ldap-bind-failed": "password is wrong|wrong password|password differs"})
def name_of_the_bind_is_no_dn(s):
    """The form wants a DN, and somebody types Manager."""
    signed_on(s)
    for _ in range(2):
        s.cite("ldap-bind-failed", s.ldap().simple(34, "0000208F: LdapErr: DSID-0C090B3A, comment: Error processing name, data 0, v4563",
                                                   name="Manager,"))
        s.wait(3)


@field("K5", shows={"ldap-bind-failed": "note"}, recovered=["ldap-bind-failed"], outcome="ok", says={"ldap-bind-failed": "workstation"})
def account_of_one_workstation_goes_over_to_a_simple_bind(s):
    """NTLM tells the client's name, and the account may use another machine; a simple bind tells none."""
    signed_on(s)
    conn = s.ldap()
    conn.spnego(ntlm(1), ntlm(2), 14, state=1)
    conn.ask(bind_sasl("GSS-SPNEGO", nego_resp(ntlm_as("alice", "CONTOSO"), 1, None)),
             bind_response(49, "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 531, v4563"))
    s.ldap().simple(name="CONTOSO\\alice")


def sealed_question(t, size=230):
    return t.ask(sasl(cfx(bytes(size), True, 0, 28, 0)))


def bound_connections(s, times):
    """Each bound with Kerberos, and sealed from then on; a while before the next one."""
    signed_on(s)
    s.kdc(s.tgs_req(s.ldap_spn), s.tgs_rep(s.ldap_spn))
    for _ in range(times):
        conn = s.ldap()
        conn.gssapi()
        yield conn
        s.wait(4)


@field("K1", shows={"ldap-unanswered": "error|warn"}, never={"verdict": CALM + "|^hidden|^ok"}, may=["ldap-hidden"])
def server_hangs_up_at_the_first_sealed_question(s):
    """The bind is good, and what the library agreed to in its last round makes the server drop each sealed question."""
    for conn in bound_connections(s, 3):
        s.cite("ldap-unanswered", sealed_question(conn.t))
        hung_up(conn.t)


@field("K1", like=["ldap-unanswered"], never={"verdict": "failed"})
def monitor_binds_and_says_goodbye_under_seal(s):
    """The only sealed message is as short as a goodbye: nobody answers that."""
    for conn in bound_connections(s, 3):
        sealed_question(conn.t, 7 + 16 + 28)
        hung_up(conn.t)


@field("K1", like=["ldap-unanswered"], never={"verdict": "failed"})
def sealed_search_waits_for_changes_until_the_connection_is_old(s):
    """It is answered when something changes; nothing does, and after a quarter of an hour the server ends the connection."""
    for conn in bound_connections(s, 2):
        sealed_question(conn.t)
        s.wait(900)
        hung_up(conn.t)


@field("K1", like=["ldap-unanswered"], never={"verdict": "failed"})
def sealed_talk_ends_with_a_goodbye(s):
    for conn in bound_connections(s, 3):
        conn.sealed()
        sealed_question(conn.t, 7 + 16 + 28)
        hung_up(conn.t)


def people(s, conn, asked, code):
    """asked: how many entries the client wants at most; 0 for all."""
    base = ",".join("DC=" + x for x in s.domain.split("."))
    op = app(3, octets(base), enumerated(2), enumerated(0), integer(asked), integer(0), boolean(False),
             equal("objectCategory", "person"), seq(octets("cn")))
    found = [entry(f"CN=P{n},{base}", {"cn": [f"P{n}"]}) for n in range(asked or 40)]
    return conn.ask(op, *found, done(code))


@field("K1", outcome="ok", verdict=CALM)
def program_wants_no_more_than_two(s):
    """It asks whether a name is unique: two would be too many, and the server stops there as it was told."""
    signed_on(s)
    conn = s.ldap()
    conn.simple()
    people(s, conn, 2, 4)


# ---- TLS ----

OLD_HELLO = b"\x01\x03\x01" + struct.pack(">HHH", 9, 0, 16) + b"\0\0\x2f\0\0\x35\1\0\x80" + bytes(range(16))
OLD_HELLO = struct.pack(">H", 0x8000 | len(OLD_HELLO)) + OLD_HELLO


@field("K6", shows={"tls-failed": "error"}, outcome="failed", like=["ldap-unanswered"],
       never={"any": "in clear|expects TLS", "verdict": CALM}, supported={"tls-failed": "SSL ?v?2|version 2|old"})
def appliance_greets_in_the_form_of_ssl_2(s):
    """The runtime of an appliance puts its hello into the form of SSL 2, and the controller resets."""
    signed_on(s)
    for _ in range(2):
        t = s.tcp(s.dc, 636)
        s.cite("tls-failed", t.ask(OLD_HELLO))
        t.reset()
        s.wait(4)


@field("K6", like=["tls-failed", "ldap-unanswered"], outcome="ok|hidden", never={"any": "in clear|expects TLS"})
def greeting_in_the_form_of_ssl_2_is_taken(s):
    signed_on(s)
    t = s.tcp(s.dc, 636)
    t.ask(OLD_HELLO)
    t.answer(offered(s.host))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)
    t.close()


# ---- autodiscover ----

NTLM_OFFERED = "WWW-Authenticate: NTLM"


def ntlm_line(token, header="Authorization"):
    return f"{header}: NTLM " + base64.b64encode(token).decode()


@field("K6", shows={"http-unauthorized": "error"}, outcome="failed", supported={"http-unauthorized": "another connection|closes? (it|the connection)"},
       first={"http-unauthorized": "connection"}, may=["ntlm-fallback"], never={"http-unauthorized": "ticket"})
def gateway_closes_between_challenge_and_proof(s):
    """A reverse proxy keeps no connection: the proof of NTLM comes on another one than its challenge, each time."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(3):
        t = s.https(s.web, s.mail)
        post(s, t, s.mail, status=401, answer=b"", more=[NTLM_OFFERED])
        post(s, t, s.mail, ntlm_line(ntlm(1)), status=401, answer=b"", more=["Connection: close", ntlm_line(ntlm(2), "WWW-Authenticate")])
        hung_up(t.connection)
        t = s.https(s.web, s.mail)
        s.cite("http-unauthorized", post(s, t, s.mail, ntlm_line(ntlm_as("alice", "CONTOSO")), status=401, answer=b"",
                                         more=["Connection: close", NTLM_OFFERED]))
        hung_up(t.connection)
        s.wait(2)


@field("K6", outcome="ok", like=BAD_WEB)
def gateway_closes_before_the_handshake_of_ntlm_begins(s):
    """The first 401 ends the connection, which is its right; the three messages then share one."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, status=401, answer=b"", more=["Connection: close", NTLM_OFFERED])
    hung_up(t.connection)
    t = s.https(s.web, s.mail)
    post(s, t, s.mail, ntlm_line(ntlm(1)), status=401, answer=b"", more=[ntlm_line(ntlm(2), "WWW-Authenticate")])
    post(s, t, s.mail, ntlm_line(ntlm_as("alice", "CONTOSO")))


def tunnel(s, t, code, *headers, more=()):
    asked = t.ask(connect(ex(s, 1) + ":443", *headers))
    return [asked, t.answer(http_reply(code, b"denied", *more))]


@field("K6", shows={"proxy-refused": "error"}, outcome="failed", supported={"proxy-refused": "another connection|closes? (it|the connection)"})
def proxy_closes_between_challenge_and_proof(s):
    directory(s, url_entry(s, 1))
    for _ in range(3):
        t = s.tcp(s.web2, 8080)
        tunnel(s, t, 407, ntlm_line(ntlm(1), "Proxy-Authorization"),
               more=["Proxy-Connection: close", "Connection: close", ntlm_line(ntlm(2), "Proxy-Authenticate")])
        hung_up(t)
        t = s.tcp(s.web2, 8080)
        s.cite("proxy-refused", tunnel(s, t, 407, ntlm_line(ntlm_as("alice", "CONTOSO"), "Proxy-Authorization"),
                                       more=["Connection: close", "Proxy-Authenticate: NTLM"]))
        hung_up(t)
        s.wait(1)


@field("K6", like=["proxy-refused", "http-unauthorized", "ntlm-fallback"], outcome="ok|hidden", never={"verdict": "failed"})
def proxy_closes_after_its_first_no(s):
    """Each 407 without a challenge ends the connection; the client comes again, and is let through."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.web2, 8080)
    tunnel(s, t, 407, more=["Connection: close", "Proxy-Authenticate: NTLM"])
    hung_up(t)
    t = s.tcp(s.web2, 8080)
    tunnel(s, t, 407, ntlm_line(ntlm(1), "Proxy-Authorization"), more=[ntlm_line(ntlm(2), "Proxy-Authenticate")])
    t.ask(connect(ex(s, 1) + ":443", ntlm_line(ntlm_as("alice", "CONTOSO"), "Proxy-Authorization")))
    t.answer(established())
    t.ask(client_hello(ex(s, 1)))
    t.answer(offered(ex(s, 1)))
    t.ask(said_by_client(False))
    t.answer(CHANGE + HIDDEN)
    t.ask(DATA)
    t.answer(DATA)


def autodiscover_host(s):
    host = "autodiscover." + s.domain
    s.address(s.domain, s.web2)
    s.syn(s.web2, 443, "refused")
    s.address(host, s.web)
    return host


@field("K1", shows={"http-unauthorized": "error"}, outcome="failed", may=["endpoint-unreachable"], verdict="401|credentials|password",
       never={"verdict": "refuse[sd]? the connection|unreachable|nobody listens"})
def password_is_wrong_and_port_80_is_closed(s):
    """The library goes on after a 401 as if nobody lived there, and reports what came last."""
    host = autodiscover_host(s)
    t = s.https(s.web, host)
    offer = ['WWW-Authenticate: Basic realm="mail"']
    get(s, t, host, status=401, more=offer)
    s.cite("http-unauthorized", get(s, t, host, BASIC, status=401, more=offer))
    s.syn(s.web, 80, "refused")
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)


@field("K1", outcome="ok", like=["http-unauthorized"], may=["endpoint-unreachable"], never={"verdict": "failed"})
def password_is_mistyped_and_then_right(s):
    host = autodiscover_host(s)
    t = s.https(s.web, host)
    offer = ['WWW-Authenticate: Basic realm="mail"']
    post(s, t, host, status=401, answer=b"", more=offer)
    post(s, t, host, "Authorization: Basic d3Jvbmc6d3Jvbmc=", status=401, answer=b"", more=offer)
    post(s, t, host, BASIC)


@field("K6", shows={"http-error": "error"}, outcome="failed", verdict="502", may=["ntlm-fallback"], supported={"http-error": "gateway|proxy|balancer|in front|before"},
       never={"http-error": "no Exchange|wrong path|password"})
def reverse_proxy_speaks_http_2_with_the_server_behind(s):
    """What NTLM needs, the server behind does not do in HTTP/2: the question is taken, and its proof gets 502."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.https(s.web, s.mail)
        post(s, t, s.mail, status=401, answer=b"", more=["WWW-Authenticate: Negotiate", NTLM_OFFERED])
        s.cite("http-error", post(s, t, s.mail, ntlm_line(ntlm(1)), status=502, answer=b"stream error: HTTP_1_1_REQUIRED"))
        s.wait(1)


MOBILE = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/"


def mobile(s, t, status=200, inner="", host=None):
    """MS-ASCMD 2.2.1.1: the question of a telephone, and the answer."""
    host = host or s.mail
    body = (f'<Autodiscover xmlns="{MOBILE}requestschema/2006"><Request><EMailAddress>alice@{s.domain}</EMailAddress>'
            f"<AcceptableResponseSchema>{MOBILE}responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>").encode()
    answer = (f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/'
              f'responseschema/2006"><Response xmlns="{MOBILE}responseschema/2006"><Culture>en:us</Culture><User><EMailAddress>'
              f"alice@{s.domain}</EMailAddress></User><Action>{inner}</Action></Response></Autodiscover>").encode()
    return post(s, t, host, BASIC, body=body, status=status, answer=answer if inner else b"Bad Request")


@field("K8", shows={"http-error": "error"}, outcome="failed", verdict="400", never={"http-error": "ticket|no Exchange"})
def server_does_not_know_the_schema_of_telephones(s):
    """A mail server of another make knows the schema of Outlook, and answers that of ActiveSync by 400."""
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("http-error", mobile(s, s.https(s.web, s.mail), 400))
        s.wait(1)


@field("K8", shows={"autodiscover-error": "error"}, outcome="failed", like=["http-error"], never={"verdict": CALM})
def telephone_is_told_that_the_directory_cannot_be_reached(s):
    s.address(s.mail, s.web)
    for _ in range(2):
        s.cite("autodiscover-error", mobile(s, s.https(s.web, s.mail), inner=(
            "<Error><Status>1</Status><Message>The directory service could not be reached</Message>"
            "<DebugData>MailUser</DebugData></Error>")))
        s.wait(1)


@field("K8", outcome="ok", verdict=CALM, like=BAD_WEB)
def telephone_gets_its_settings(s):
    s.address(s.mail, s.web)
    mobile(s, s.https(s.web, s.mail), inner=(
        f"<Settings><Server><Type>MobileSync</Type><Url>https://{s.mail}/Microsoft-Server-ActiveSync</Url>"
        f"<Name>https://{s.mail}/Microsoft-Server-ActiveSync</Name></Server></Settings>"))


@field("K8", outcome="ok", like=BAD_WEB, never={"verdict": "failed"})
def telephone_is_sent_to_another_address_and_served(s):
    """MS-ASCMD: Redirect holds an address; the question is asked anew for that."""
    s.address(s.mail, s.web)
    mobile(s, s.https(s.web, s.mail), inner=f"<Redirect>alice@other{s.domain}</Redirect>")
    other = f"autodiscover.other{s.domain}"
    s.address(other, s.web2)
    mobile(s, s.https(s.web2, other), inner=(
        f"<Settings><Server><Type>MobileSync</Type><Url>https://{s.mail}/Microsoft-Server-ActiveSync</Url>"
        f"<Name>x</Name></Server></Settings>"), host=other)


def clear_entry(s):
    dn = f"CN=EX1,CN=Autodiscover,CN=Protocols,{s.config}"
    return entry(dn, {"serviceBindingInformation": [f"http://{s.mail}:443/Autodiscover/Autodiscover.xml"],
                      "keywords": ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ"]})


@field("K1", shows={"http-error": "error"}, outcome="failed", supported={"http-error": "TLS|https|in clear"},
       never={"verdict": CALM + "|too little"})
def question_in_clear_is_sent_to_443(s):
    """Whoever wrote the entry typed http and the port of https."""
    directory(s, clear_entry(s))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.tcp(s.web, 443)
        s.cite("http-error", post(s, t, s.mail, status=400, more=["Server: nginx"],
                                  answer=b"<title>400 The plain HTTP request was sent to HTTPS port</title>"))
        hung_up(t)
        s.wait(1)


@field("K1", outcome="ok", like=[*BAD_WEB], never={"verdict": "failed"})
def question_in_clear_is_answered_at_443(s):
    """Captured behind the device that ends TLS and keeps the port."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    post(s, s.tcp(s.web, 443), s.mail)


@field("K6", missing="Wireshark shows no request whose body never comes, so the answer has no question",
       shows={"http-error": "error"}, outcome="failed", verdict="417", supported={"http-error": "Expect|100"},
       never={"http-error": "no Exchange|ticket"})
def old_proxy_expects_nothing(s):
    """The library announces its body, and an old proxy of the server's side does not do that."""
    directory(s, url_entry(s, host=s.mail))
    s.address(s.mail, s.web)
    for _ in range(2):
        t = s.https(s.web, s.mail)
        whole = http_post(s.mail, XML, pox(s), "Content-Type: text/xml", "Expect: 100-continue")
        s.cite("http-error", t.ask(whole[: -len(pox(s))]), t.answer(http_reply(417, b"Expectation failed", "Connection: close")))
        hung_up(t.connection)
        s.wait(1)


@field("K8", shows={"http-error": "error"}, outcome="failed", may=["endpoint-unreachable"], verdict="511",
       says={"http-error": "511"}, causes={"http-error": "portal|sign in|log ?on to the network"})
def network_wants_a_logon_first(s):
    """A guest network answers for every web server until its guest has signed in: RFC 6585."""
    host = autodiscover_host(s)
    s.syn(s.web, 443, "refused")
    t = s.tcp(s.web, 80)
    get(s, t, host, status=511, answer=b'<html><a href="http://portal.example/">sign in</a></html>')
    t.close()
    s.srv("_autodiscover._tcp.{D}", rcode=NXDOMAIN)
