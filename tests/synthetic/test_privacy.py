# SPDX-License-Identifier: GPL-2.0-or-later
"""No secret leaves, on any surface, with the preferences as they are: passwords, hashes, tickets, cookies, tokens, mailboxes.

The packets are full of secrets that the test knows. Whatever the plugin prints is searched for each of them, as it is and as
it travels: base64, hexadecimal, UTF-16, percent-encoded.
"""
import base64
import re
from urllib.parse import quote

import pytest
import web
from build import *  # noqa: F403

PASSWORDS = {
    where: f"Pa55!{where}-4711"
    for where in ("bind", "plain", "digest", "basic", "proxy", "user", "query", "fragment", "form", "soap", "pox")
}
TOKENS = {
    "bearer": "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0NzExIn0.c2VjcmV0",
    "cookie": "X-BackEndCookie-c00k1e-4711",
    "set-cookie": "ClientId-f00-4711",
    "header": "X-Secret-Header-4711",
    "location": "t0k3n-of-location-4711",
    "binding": "t0k3n-of-binding-4711",
    "referral": "t0k3n-of-referral-4711",
}
MAILBOX, LOCAL = "secret.alice@contoso.test", "secret.alice"
HASH = bytes(range(0x81, 0x81 + 24))  # NTLM's proof
TICKET, PREAUTH, SALT = b"ticket-cipher-4711", b"preauth-cipher-4711", "salt-4711-of-alice"
MAIL, URL = web.MAIL, web.MAIL_URL


def of_user(host, path=""):
    return f"https://alice:{quote(PASSWORDS['user'])}@{host}{path}"


def ntlm_of_alice():
    """NTLM's third message, with the proof of the password behind the head."""
    head = b"NTLMSSP\0" + struct.pack("<I", 3)
    fields = [HASH, HASH, "CONTOSO".encode("utf-16-le"), "alice".encode("utf-16-le"), "PC1".encode("utf-16-le"), b""]
    at, table, body = 64, b"", b""
    for field in fields:
        table += struct.pack("<HHI", len(field), len(field), at + len(body))
        body += field
    return head + table + struct.pack("<I", 0xE2888215) + body


def basic(password):
    return "Basic " + base64.b64encode(f"alice:{password}".encode()).decode()


def binds(c):
    """Every way to give a password to a directory, and searches that hold one."""
    credentials = [
        bind("cn=alice", PASSWORDS["bind"]),
        bind_sasl("PLAIN", f"\0alice\0{PASSWORDS['plain']}".encode()),
        bind_sasl("DIGEST-MD5", f'username="alice",response={PASSWORDS["digest"]}'.encode()),
        bind_sasl("GSS-SPNEGO", nego_init(ntlm_of_alice(), OID_NTLM)),
        bind_sasl("GSSAPI", gss(AP_REQ_ID, ap_req("ldap/dc1.contoso.test", cipher=TICKET))),
    ]
    for i, credential in enumerate(credentials):
        t = c.tcp(CLIENT, 41000 + i, DC, 389)
        t.ask(ldap(1, credential))
        t.answer(ldap(1, bind_response(49 if i < 4 else 0, diagnostic="80090308: LdapErr: DSID-0C09, data 52e")))
        t.close()
    t = c.tcp(CLIENT, 41100, DC, 389)
    where = all_of(web.exchange_filter(), equal("mail", MAILBOX), substrings("mail", "secret.alice@con"))
    t.ask(ldap(2, search("CN=Configuration,DC=contoso,DC=test", 2, where, ["serviceBindingInformation", "keywords"])))
    url = of_user(MAIL, f"/autodiscover/autodiscover.xml?token={TOKENS['binding']}&Email={quote(MAILBOX)}")
    values = {"serviceBindingInformation": [url], "keywords": [web.URL_GUID]}
    referral = f"ldap://alice:{quote(PASSWORDS['user'])}@other.contoso.test/DC=x??sub?(cn={TOKENS['referral']})"
    t.answer(ldap(2, entry(f"CN=EX1,CN={MAILBOX}", values)) + ldap(2, search_reference(referral)) + ldap(2, done()))
    t.close()


def tickets(c):
    c.exchange(CLIENT, 42000, DC, 88, as_req(MAILBOX), krb_error(25, data=padata((19, etype_info2(SALT)))))
    c.exchange(CLIENT, 42001, DC, 88, as_req(MAILBOX, pre=[(2, PREAUTH)]), krb_error(24))
    c.exchange(CLIENT, 42002, DC, 88, tgs_req("HTTP/" + MAIL, cipher=TICKET), tgs_rep("HTTP/" + MAIL, cipher=TICKET))


def requests():
    """[(request, answer)] of autodiscover: secrets in each place that HTTP has for one."""
    cookie = f"Cookie: {TOKENS['cookie']}"
    asked = web.ASKED.replace(b"alice@contoso.test", MAILBOX.encode())
    pox = asked.replace(b"<Request>", f"<Request><Password>{PASSWORDS['pox']}</Password>".encode())
    soap = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><wsse:Security xmlns:wsse="x"><wsse:Password>'
        f"{PASSWORDS['soap']}</wsse:Password></wsse:Security></s:Header><s:Body><Mailbox>{MAILBOX}</Mailbox></s:Body></s:Envelope>"
    ).encode()
    for credential in (basic(PASSWORDS["basic"]), "Bearer " + TOKENS["bearer"], "NTLM " + base64.b64encode(ntlm_of_alice()).decode()):
        yield (
            web.post(MAIL, web.PATH, pox, "Authorization: " + credential, cookie, f"X-Api-Key: {TOKENS['header']}"),
            http_reply(401, b"", "WWW-Authenticate: Negotiate", f"Set-Cookie: {TOKENS['set-cookie']}; path=/"),
        )
    yield http_post(MAIL, "/autodiscover/autodiscover.svc", soap, web.XML, cookie), http_reply(500, soap, web.XML)
    query = f"/autodiscover/autodiscover.xml?p={PASSWORDS['query']}&Email={quote(MAILBOX)}#{PASSWORDS['fragment']}"
    where = of_user("other.contoso.test", f"/autodiscover/autodiscover.xml?token={TOKENS['location']}")
    yield http_get(MAIL, query, cookie), http_reply(302, b"", "Location: " + where)
    yield http_get(MAIL, of_user(MAIL, query)), http_reply(302, b"", f"Location: {where}&user={MAILBOX}")
    yield http_get(MAIL, "/autodiscover/autodiscover.json/v1.0/" + quote(MAILBOX)), http_reply(404, MAILBOX.encode())
    form = f"username=alice&password={PASSWORDS['form']}".encode()
    yield web.post(MAIL, web.PATH, form), http_reply(200, web.pox(f"<Account><RedirectAddr>{MAILBOX}</RedirectAddr></Account>"), web.XML)


def through_a_proxy(c):
    t = c.tcp(CLIENT, 44000, WEB, 8080)
    t.ask(f"CONNECT {MAIL}:443 HTTP/1.1\r\nHost: {MAIL}:443\r\nProxy-Authorization: {basic(PASSWORDS['proxy'])}\r\n\r\n".encode())
    t.answer(http_reply(407, b"", "Proxy-Authenticate: Basic realm=x"))
    t.close()


def secrets():
    """name -> the texts, in lower case, that none of the output may hold."""
    found = {}
    raw = {**PASSWORDS, **TOKENS, "local part": LOCAL, "salt": SALT, "ticket": TICKET, "preauth": PREAUTH, "hash": HASH}
    for name, value in raw.items():
        data = value.encode() if isinstance(value, str) else value
        texts = [data.hex(), data.hex(":"), base64.b64encode(data).decode().rstrip("="), quote(data)]
        if isinstance(value, str):
            # Of a password its middle, too: a part of it is shown where its end is cut off.
            texts += [value, value[3:-2], quote(value), value.encode("utf-16-le").hex()]
        found[name] = {t.lower() for t in texts}
    for name in ("basic", "proxy"):
        found[name].add(basic(PASSWORDS[name]).split()[1].lower())
    found["hash"].add(base64.b64encode(ntlm_of_alice())[64:].decode().lower())
    return found


@pytest.fixture(scope="module")
def path(wireshark):
    c = Capture()
    c.exchange(CLIENT, 40000, DC, 53, dns(1, "_ldap._tcp.dc._msdcs.contoso.test"),
               dns_reply(1, "_ldap._tcp.dc._msdcs.contoso.test", [srv_rr(QUESTION, "dc1.contoso.test")]))
    binds(c)
    tickets(c)
    web.look_up(c, MAIL, WEB)
    for i, (asked, answered) in enumerate(requests()):
        t = c.tcp(CLIENT, 43000 + i, WEB, 80)
        t.ask(asked)
        t.answer(answered)
        t.close()
    through_a_proxy(c)
    return c.silence().save(wireshark.scratch, "privacy"), len(c.frames)


@pytest.fixture(scope="module")
def said(wireshark, path):
    """name of a surface -> all that it says."""
    path, frames = path
    reports = ("path", "json", "stages", "steps", "tsv", "tree", "srt", "markdown", "decrypt", "about")
    taps = [a for r in reports for a in ("-z", "adpath," + r)]
    taps += [a for n in range(1, frames) for a in ("-z", f"adpath,explain,{n}")]
    shown = ("-2", "-n", "-r", path)
    runs = {
        "reports": wireshark.run("tshark", *shown, "-q", *taps, "-z", "flow,adpath,standard"),
        "details": wireshark.run("tshark", *shown, "-T", "pdml", "-J", "adpath"),
        "fields": wireshark.run("tshark", *shown, "-T", "fields", *[a for f in wireshark.fields() for a in ("-e", f)]),
    }
    assert {r.status for r in runs.values()} == {0}, runs
    texts = {name: r.out + r.err for name, r in runs.items()}
    taps = ("tap", {f"tap{i}": n for i, n in enumerate(("stat:adpath", "nstat:adpath,steps", "seqa:adpath", "srt:adpath"))})
    texts["sharkd"] = str(wireshark.sharkd(("load", {"file": str(path)}), taps))
    # Wireshark's own part of the details shows all of the packet, as it does without the plugin.
    ours = re.findall(r'<proto name="adpath".*?</proto>', texts["details"], re.S)
    assert len(ours) > 20
    texts["details"] = "\n".join(ours)
    return texts


def test_all_of_it_was_read(said):
    """Not secret for want of having been looked at."""
    text = said["reports"]
    for word in ("PLAIN", "DIGEST-MD5", "simple", "KDC_ERR_PREAUTH_FAILED", "ntlm", "basic", "bearer", MAIL, "<mailbox>",
                 "other.contoso.test", "SCP search", "302", "data 52e"):
        assert word in text, word
    assert text.count("Autodiscover") >= 8


@pytest.mark.parametrize("surface", ["reports", "details", "fields", "sharkd"])
def test_no_secret_is_said(said, surface):
    text = said[surface].lower()
    assert "adpath" in text or "ldap" in text
    leaks = {name: t for name, texts in secrets().items() for t in texts if t in text}
    around = {name: text[max(0, text.index(t) - 120) : text.index(t) + 80] for name, t in leaks.items()}
    assert not around


def test_the_search_finds_what_is_there(wireshark, path):
    """Wireshark's own dissection says most of it: the forms that are looked for are those that are printed."""
    out = wireshark.run("tshark", "-n", "-r", path[0], "-V", plugins=None).out.lower()
    found = {name for name, texts in secrets().items() if any(t in out for t in texts)}
    assert {*PASSWORDS} - {"proxy", "digest"} <= found
    assert {"bearer", "cookie", "binding", "location", "ticket", "hash", "local part"} <= found


# ---- where lines break ----

# No piece of four letters of these is part of a word.
SWEPT = {"mailbox": "qxzvkjwq.pyxkvz", "password": "zjqwkxvy7pgq", "token": "wqjzxkpv8bvq"}
WIDEST = 100  # columns of a report; what it breaks stands further right, so each place is met


def swept_client(c, pad):
    """A client for whom each text with a secret is longer by so many letters."""
    client, host, fill = f"10.7.{pad // 200}.{pad % 200 + 1}", f"mail{pad}.contoso.test", "a" * pad
    mailbox = f"{SWEPT['mailbox']}@contoso.test"
    name = "_ldap._tcp.dc._msdcs.contoso.test"
    c.exchange(client, 40000, DC, 53, dns(pad, name), dns_reply(pad, name, [srv_rr(QUESTION, "dc1.contoso.test")]))
    t = c.tcp(client, 41000, DC, 389)
    t.ask(ldap(1, bind("cn=alice", "x")))
    t.answer(ldap(1, bind_response(49, diagnostic=f"{fill} no user {mailbox} here")))
    t.ask(ldap(2, search("CN=Configuration,DC=contoso,DC=test", 2, web.exchange_filter(), ["serviceBindingInformation", "keywords"])))
    binding = f"https://alice:{SWEPT['password']}@{host}/{fill}/{mailbox}/autodiscover.xml?t={SWEPT['token']}"
    values = {"serviceBindingInformation": [binding], "keywords": [web.URL_GUID]}
    t.answer(ldap(2, entry(f"CN=EX1,CN={fill},CN={mailbox}", values)) + ldap(2, done()))
    t.close()
    web.look_up(c, host, WEB, client=client)
    t = c.tcp(client, 42000, WEB, 80)
    t.ask(http_get(host, f"/autodiscover/{fill}/{mailbox}/autodiscover.xml"))
    where = f"https://alice:{SWEPT['password']}@other{fill[:50]}.contoso.test/{fill[50:]}/{mailbox}/autodiscover.xml?t={SWEPT['token']}"
    t.answer(http_reply(302, b"", "Location: " + where))
    t.close()
    return len(c.frames)


@pytest.fixture(scope="module")
def broken(wireshark):
    """What reports say of clients whose secrets stand at each column, in small letters."""
    c = Capture()
    last = [swept_client(c, pad) for pad in range(WIDEST + 1)]
    path = c.silence().save(wireshark.scratch, "privacy-swept")
    reports = ("path", "stages", "steps", "tsv", "tree", "markdown", "html", "json", "ndjson", "decrypt")
    taps = [a for r in reports for a in ("-z", "adpath," + r)]
    taps += [a for n in last for a in ("-z", f"adpath,explain,{n - 3}")]
    run = wireshark.run("tshark", "-2", "-n", "-r", path, "-q", *taps, "-z", "flow,adpath,standard")
    assert run.status == 0 and run.err == "", run
    return run.out.lower()


def test_no_piece_of_a_secret_at_any_break(broken):
    """A break is no place where a mask ends: mailboxes are masked before lines are laid out."""
    text = "".join(broken.split())
    for pad in (0, WIDEST):
        assert f"mail{pad}.contoso.test/{'a' * pad}/<mailbox>/autodiscover.xml" in text
        assert f"other{'a' * pad}"[:55] + ".contoso.test" in text
    assert text.count("nouser<mailbox>here") > WIDEST
    for name, secret in SWEPT.items():
        for at in range(len(secret) - 3):
            piece = secret[at : at + 4]
            place = text.find(piece)
            assert place < 0, (name, piece, text[max(0, place - 200) : place + 100])
            assert piece not in broken, (name, piece)
