# SPDX-License-Identifier: GPL-2.0-or-later
"""Kind K9: where the time of a path went, and what each fault cost."""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import large_ticket, timed
from cases_field_b import NOTHING_WRONG
from cases_field_b_time import dead, good_start, late
from cases_field_g_dns import MDNS, to_neighbours
from cases_web import connect, directory, ex, post
from field import field

NOT_DEAD = ["do(es)? not accept connections|without an answer"]


def no_entries(s):
    """The directory names no server, so that the client goes on with the mail domain."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.scp()


def controllers(s, n=10):
    """So many addresses of the domain's name, in a net where none of the others is."""
    return [f"{s.dc.rsplit('.', 1)[0]}.{100 + i}" for i in range(n)]


def served(s, host):
    s.address(host, s.web)
    post(s, s.https(s.web, host), host)


# ---- the name of the domain is that of its controllers ----


@field("K9", shows={"slow": "warn"}, outcome="ok", lost=(205, 215),
       time={"in_vain": (205, 215), "answers": (0, 1), "pauses": (0, 2)},
       says={"slow": ["10 of the 10 addresses of {D}", "port 443", "3 min", "they do not accept connections"],
             "verdict": ["10 of the 10 addresses of {D}", "3 min 30 s"],
             "path": ["in vain +2(09|1[0-9])"]},
       causes={"slow": ["all of its controllers.*ExcludeHttpsRootDomain"]},
       checks={"slow": ["Resolve-DnsName -Name '?{D}"]},
       never={"verdict": [NOTHING_WRONG]})
def domain_s_name_has_ten_controllers(s):
    """What every administrator of Exchange knows: https://domain/ is asked first, DNS gives the ten controllers of the
    domain, none has a web server, and Windows waits 21 s for each."""
    no_entries(s)
    ten = controllers(s)
    s.address("{D}", *ten)
    for server in ten:
        s.cite("slow", dead(s, server, 443))
    served(s, "autodiscover." + s.domain)


@field("K9", like=["slow"], outcome="ok", lost=(0, 0), time={"in_vain": (0, 1), "pauses": (0, 2)})
def ten_controllers_that_refuse_at_once(s):
    """The same ten; each says at once that nothing listens there."""
    no_entries(s)
    ten = controllers(s)
    s.address("{D}", *ten)
    for server in ten:
        s.syn(server, 443, "refused")
        s.wait(0.05)
    served(s, "autodiscover." + s.domain)


@field("K9", like=["slow"], outcome="ok", lost=(0, 0), time={"in_vain": (0, 0.1), "pauses": (0, 2)})
def ten_controllers_of_which_the_first_serves(s):
    """Ten addresses, and the first one has what the client looks for."""
    no_entries(s)
    ten = controllers(s)
    s.address("{D}", *ten)
    post(s, s.https(ten[0], s.domain), s.domain)


@field("K9", shows={"slow": "warn"}, outcome="ok", lost=(41, 43),
       time={"in_vain": (41, 43), "answers": (0, 1), "pauses": (0, 2)},
       says={"slow": ["42 s", "2 of the 3 addresses of autodiscover.{D}"], "verdict": ["42 s"]},
       never={"verdict": [NOTHING_WRONG]})
def third_address_is_good(s):
    """Two data centres were given up, and DNS still has their addresses before the third."""
    no_entries(s)
    host = "autodiscover." + s.domain
    old = controllers(s, 2)
    s.address(host, *old, s.web)
    for server in old:
        s.cite("slow", dead(s, server, 443))
    post(s, s.https(s.web, host), host)


@field("K9", shows={"slow": "warn"}, outcome="ok", lost=(23, 25),
       time={"answers": (23, 26), "in_vain": (0, 0.1), "pauses": (0, 2)},
       says={"slow": ["24 s", "{dc}", "answers? late"], "verdict": ["24 s", "{dc}", "answers? late"],
             "path": [r"for answers +2[0-9]\.[0-9]+ +\S+ \({dc}\) 24 s"]},
       never={"slow": NOT_DEAD, "verdict": [NOTHING_WRONG]})
def directory_is_slow_and_not_dead(s):
    """Each address is good, and each answer takes eight seconds."""
    good_start(s)
    conn = s.ldap()
    s.cite("slow", late(s, conn, 8, bind("cn=alice", "synthetic"), bind_response()))
    root = entry("", {"configurationNamingContext": [s.config]})
    s.cite("slow", late(s, conn, 8, search("", 0, None, ["configurationNamingContext"]), root, done()))
    frames = conn.scp(url_entry(s), answered=False)
    s.wait(8)
    frames.append(conn.t.answer(ldap(conn.id, url_entry(s)) + ldap(conn.id, done())))
    s.cite("slow", frames)


@field("K9", shows={"slow": "note"}, outcome="ok", lost=(4, 5), time={"answers": (4, 6), "pauses": (0, 2)},
       says={"verdict": [r"4\.\d s lost waiting", "{dc}", "answers? late"]})
def a_healthy_path_that_took_its_time(s):
    """Nothing is wrong, and one answer took four seconds: the first line says whose."""
    good_start(s)
    conn = s.ldap()
    s.cite("slow", late(s, conn, 4, bind("cn=alice", "synthetic"), bind_response()))


@field("K9", like=["slow"], outcome="ok", lost=(0, 0), time={"pauses": (59, 62), "in_vain": (0, 0), "answers": (0, 1)},
       says={"path": [r"own pauses +(59|6[0-2])\.\d+ +the longest 30 s"]})
def program_pauses_by_itself(s):
    """Half a minute before it binds, and again before it searches: the program's own time, nothing is pending."""
    good_start(s)
    s.wait(29.9)
    conn = s.ldap()
    conn.simple()
    s.wait(29.9)
    conn.scp(url_entry(s))


@field("K9", shows={"slow": "warn"}, outcome="ok", lost=(19, 22), time={"in_vain": (19, 22), "pauses": (0, 4)},
       says={"verdict": [r"(20|21) s lost"]}, never={"slow": ["[4-6][0-9] s"]})
def dead_addresses_are_tried_at_once(s):
    """A browser's way: three connections within a moment, all of them wait for the same twenty seconds."""
    no_entries(s)
    host = "autodiscover." + s.domain
    old = controllers(s, 3)
    s.address(host, *old, s.web)
    connections = []
    for server in old:
        connections.append(s.c.tcp(s.client, s.next_port(), server, 443, handshake=False))
        s.cite("slow", connections[-1].open("cS") if server == old[-1] else [])
        if server != old[-1]:
            connections[-1].open("cS")
        s.wait(0.1)
    for pause in (3, 6):
        s.wait(pause)
        for t in connections:
            t.seq["c"] -= 1
            t.open("cS")
    s.wait(11)
    post(s, s.https(s.web, host), host)


@field("K9", like=["slow"], outcome="ok", lost=(0, 0), time={"in_vain": (0, 0.6), "pauses": (0, 2)})
def first_of_the_parallel_answers(s):
    """Two dead addresses and a good one, a quarter of a second apart: nobody waited for the dead ones."""
    no_entries(s)
    host = "autodiscover." + s.domain
    old = controllers(s, 2)
    s.address(host, *old, s.web)
    for server in old:
        s.syn(server, 443)
        s.wait(0.25)
    post(s, s.https(s.web, host), host)


# ---- what a fault cost ----


@field("K9", shows={"kdc-unanswered": "error"}, costs={"kdc-unanswered": (9.9, 10.1)}, lost=(9.9, 10.1),
       says={"kdc-unanswered": ["fragment"]}, like=["slow"])
def fragments_cost_ten_seconds(s):
    """Of each large ticket the first fragment alone arrives: the client asks three times, five seconds apart, and gives up."""
    s.kdc(s.as_req("anna"), s.error(25))
    port = s.next_port()
    request = s.as_req("anna", pre=timed())
    for _ in range(3):
        s.c.udp(s.client, port, s.dc, 88, request)
        s.c.fragments(s.dc, 88, s.client, port, large_ticket(s), 2)
        s.wait(5)


@field("K9", shows={"slow": "note"}, costs={"slow": (3.9, 4.1)}, lost=(3.9, 4.1), time={"in_vain": (3.9, 4.1)}, outcome="ok",
       says={"slow": ["only the first fragments? of its answers arrives?"], "path": ["no answer but the first fragment of one"]},
       supported={"slow": ["only the first of each arrives"]}, never={"slow": ["server is down", "firewall drops"]})
def first_fragments_of_two_controllers_and_then_tcp(s):
    """A tunnel that loses fragments: the same request goes to one KDC after the other, and then by TCP, which works."""
    s.kdc(s.as_req("anna"), s.error(25))
    request = s.as_req("anna", pre=timed())
    for server in (s.dc, s.dc2):
        port = s.next_port()
        s.cite("slow", s.c.udp(s.client, port, server, 88, request))
        s.c.fragments(server, 88, s.client, port, large_ticket(s), 2)
        s.wait(2)
    s.kdc(request, large_ticket(s), tcp=True)
    s.wait(60).hears_something()


@field("K9", shows={"proxy-refused": "error"}, costs={"proxy-refused": (20, 22)}, may=["slow"],
       time={"answers": (20, 23), "in_vain": (0, 0.1)})
def proxy_refuses_after_twenty_seconds(s):
    """It cannot reach the host itself, waits for that, and then says 504."""
    directory(s, url_entry(s, 1))
    t = s.tcp(s.web2, 8080)
    asked = t.ask(f"CONNECT {ex(s, 1)}:443 HTTP/1.1\r\nHost: {ex(s, 1)}:443\r\n\r\n".encode())
    s.wait(21)
    s.cite("proxy-refused", asked, t.answer(http_reply(504, b"denied")))


@field("K9", shows={"proxy-refused": "error"}, costs={"proxy-refused": (0, 0)}, lost=(0, 0), like=["slow"])
def proxy_refuses_at_once(s):
    """A rule forbids it: that is a fault, and costs no time."""
    directory(s, url_entry(s, 1))
    s.cite("proxy-refused", connect(s.tcp(s.web2, 8080), ex(s, 1), status=403))


@field("K9", shows={"kdc-unanswered": "error"}, costs={"kdc-unanswered": (13, 15)}, lost=(13, 15), like=["slow"])
def silent_kdc_costs_all_that_was_tried(s):
    """One KDC, over UDP three times and then over TCP; nothing came after it, and the client tried for 14 s."""
    s.srv("_kerberos._udp.{D}", "dc1.{D}", port=88)
    s.address(s.host, s.dc)
    request, port = s.as_req(), s.next_port()
    for wait in (1, 2, 2):
        s.cite("kdc-unanswered", s.udp(s.dc, 88, request, cport=port))
        s.wait(wait)
    dead(s, s.dc, 88)
    s.wait(30)


@field("K9", shows={"endpoint-unreachable": "note", "slow": "warn"}, recovered=["endpoint-unreachable"],
       costs={"endpoint-unreachable": (20, 22), "slow": (20, 22)}, lost=(20, 22), outcome="ok")
def silent_endpoint_costs_its_twenty_seconds(s):
    """The first of two servers does not answer; the second does."""
    good_start(s)
    conn = s.ldap()
    conn.simple()
    conn.scp(url_entry(s, 1), url_entry(s, 2))
    s.address(ex(s, 1), s.web2)
    s.cite("endpoint-unreachable", dead(s, s.web2, 443))
    s.address(ex(s, 2), s.web)
    post(s, s.https(s.web, ex(s, 2)), ex(s, 2))


# ---- all neighbours are no server ----

NOBODY_S = [r"waiting for (224\.|ff02)", r"(224\.0\.0\.251|ff02::fb) [0-9.]+ s \("]


@field("K9", shows={"srv-unanswered": "error"}, costs={"srv-unanswered": (2.9, 3.1)}, lost=(2.9, 3.1), like=["slow"],
       time={"in_vain": (2.9, 3.1), "answers": (0, 0)}, says={"path": [r"in vain +[0-9.]+ +all neighbours 3(\.0)? s"]},
       never={"path": NOBODY_S, "verdict": NOBODY_S}, alone=True)
def neighbours_are_asked_for_the_domain_in_vain(s):
    """A domain below .local: three questions by mDNS in three seconds, and no server is asked."""
    s.cite("srv-unanswered", to_neighbours(s, "_ldap._tcp.{D}"))
    s.wait(60).hears_something()


@field("K9", like=["slow", "srv-unanswered"], outcome="ok|hidden|incomplete", lost=(0, 0), time={"in_vain": (0, 0), "answers": (6.9, 7.1)},
       never={"path": NOBODY_S, "verdict": [*NOBODY_S, "lost"]}, alone=True)
def neighbour_answers_the_third_time(s):
    """Questions to all are repeated whoever answers: the controller was waking up, and does so after seven seconds."""
    s.named(f"{s.short}.local")
    to_neighbours(s, "_ldap._tcp.{D}")
    record = srv_rr("_ldap._tcp." + s.domain, s.host)
    s.c.udp(s.dc, 5353, MDNS, 5353, dns(0, "", flags=0x8400, questions=0, answers=[record]))
    s.ping(host=s.host)
