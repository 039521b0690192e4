# SPDX-License-Identifier: GPL-2.0-or-later
"""Autodiscover over HTTP: what the mail server answers, and what keeps the client from asking."""

from .. import plan
from ..net import HERE, wait_for
from .core import EX1, begin
from .names import FALLBACK
from .scenario import LAST_CANDIDATE, LOGON, START, found, kerberos, scenario, scp, step, web

MAIL = "https://mail.nordwind.test/autodiscover/autodiscover.xml"


def only(host):
    """The SCP names one host, in the client's site."""
    return [plan.entry(f"{host}.nordwind.test", plan.SITE)]


def both(host):
    """That host first, then a healthy one of another site."""
    return [*only(host), plan.entry("ex2.nordwind.test", plan.SECOND_SITE)]


EX2 = web(plan.url_of("ex2.nordwind.test"), auth="kerberos")


def no_autodiscover_host(play):
    play.names(remove=["autodiscover.post.nordwind.test A 10.31.1.20"])


def discovering(name, what, *words, world=None, form="--pox", mailbox=plan.MAILBOX, environment=None, **more):
    """A scenario in which the client discovers once; `world` prepares it."""

    @scenario(name, what, before=world, **more)
    def play_it(play):
        begin(play)
        more_environment = environment(play) if environment else None
        play.discover(*words, form=form, mailbox=mailbox, environment=more_environment)

    return play_it


def ntlm(play):
    play.repeat_environment = {"NTLM_USER_FILE": play.client.folder / "ntlm-user"}
    return {"NTLM_USER_FILE": str(play.client.folder / "ntlm-user")}


discovering(
    "ntlm-fallback",
    "Nobody holds the name of the mail server's service: the client proves itself by NTLM",
    "--user",
    "NORDWIND\\svc-crm",
    scp=only("nospn"),
    environment=ntlm,
    steps=[
        *START,
        kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test"),
        web(plan.url_of("nospn.nordwind.test"), auth="ntlm"),
    ],
    findings=[found("ntlm-fallback", "warn"), found("spn-not-found-or-duplicate", "warn")],
)

discovering(
    "krb-44",
    "The service's password was changed, its server still has the old key: error 44 in HTTP",
    scp=both("oldkey"),
    steps=[*START, kerberos("ap", "failed", 44, spn="HTTP/oldkey.nordwind.test", carrier="http"), EX2],
    findings=[found("service-key-mismatch", "error")],
    not_findings=["spn-not-found-or-duplicate", "kdc-integrity-failed"],
)

discovering(
    "certificate-name",
    "The certificate is for another host",
    scp=both("wrongname"),
    steps=[*START, scp(2), step("tls", sni="wrongname.nordwind.test", name_match=False), EX2],
    findings=[found("tls-name-mismatch", "note")],
)

for kind, what in (
    ("untrusted", "The certificate is of an authority that the client does not know"),
    ("expired", "The certificate has expired"),
):

    @scenario(
        f"certificate-{kind}",
        f"{what}: one client closes without a word, another one with an alert",
        scp=both(kind),
        steps=[
            *START,
            scp(2),
            step("tls", "failed", sni=f"{kind}.nordwind.test"),
            EX2,
        ],
        findings=[found("tls-failed", "note")],
        not_findings=["error:*", "tls-name-mismatch"],
    )
    def certificate(play, kind=kind):
        begin(play)
        play.discover()
        play.run(
            *("tls", "curl", "-sS", "--cacert", play.lab.ca),
            plan.url_of(f"{kind}.nordwind.test"),
        )


for version in ("1.2", "1.3"):
    short = version.replace(".", "")
    discovering(
        f"tls-{version}",
        f"The mail server speaks TLS {version} only",
        scp=only(f"tls{short}"),
        steps=[
            *START,
            step("tls", sni=f"tls{short}.nordwind.test", version=f"TLS {version}", name_match=True),
            web(plan.url_of(f"tls{short}.nordwind.test"), auth="kerberos"),
        ],
        not_findings=["error:*", "warn:*"],
    )

discovering(
    "http-401",
    "The mail server accepts the ticket, and refuses the user: 401 to the end",
    world=no_autodiscover_host,
    scp=only("refuse"),
    steps=[*START, web(plan.url_of("refuse.nordwind.test"), 401, "failed", auth="kerberos")],
    findings=[found("http-unauthorized", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch", "spn-not-found-or-duplicate"],
    silence=6,
)


discovering(
    "http-401-no-token",
    "The mail server has lost its keytab: it answers the ticket with 401, and gives no token with it",
    world=no_autodiscover_host,
    scp=only("nokeys"),
    steps=[
        *START,
        kerberos("tgs", spn="HTTP/nokeys.nordwind.test"),
        web(plan.url_of("nokeys.nordwind.test"), 401, "failed", auth="kerberos"),
    ],
    findings=[found("http-unauthorized", "error"), found("endpoint-unresolvable", "error")],
    not_findings=["service-key-mismatch", "spn-not-found-or-duplicate", "ntlm-fallback", "clock-skew"],
    silence=6,
)

discovering(
    "http-401-reject",
    "Nobody holds the name of the mail server's service, and it takes no NTLM: a reject that says no more",
    "--user",
    "NORDWIND\\svc-crm",
    world=no_autodiscover_host,
    scp=only("krbonly"),
    environment=ntlm,
    steps=[
        *START,
        kerberos("tgs", "failed", 7, spn="HTTP/krbonly.nordwind.test"),
        web(plan.url_of("krbonly.nordwind.test"), 401, "failed", auth="ntlm"),
    ],
    findings=[
        found("spn-not-found-or-duplicate", "error"),
        found("ntlm-fallback", "warn"),
        found("endpoint-unresolvable", "error"),
    ],
    not_findings=["service-key-mismatch", "clock-skew"],
    silence=6,
)


WRONG_KEY = "HTTP/wrongkey.nordwind.test"


def heimdal_accepts(play):
    """The name of the service leads to a web server with Heimdal, whose key is not the account's."""
    play.lab.need_programs()
    keytab = play.folder / "wrong.keytab"
    keys = "".join(
        f"addent -password -p {WRONG_KEY}@{plan.REALM} -k {number} -e {etype}\nanother one\n"
        for number in range(1, 5)
        for etype in ("aes256-cts", "arcfour-hmac")
    )
    play.client.run("ktutil", given=f"{keys}write_kt {keytab}\nquit\n")
    member = play.lab.machine.host(plan.MEMBER)
    process = member.start([HERE / "acceptor", 80, keytab], play.lab.log)
    play.later.callback(play.end, process)
    wait_for(lambda: ":80 " in member.run("ss", "-Hltn").stdout, "the server with Heimdal")
    address = plan.HOSTS[plan.MEMBER][0][0].partition("/")[0]
    play.names(
        add=[f"wrongkey.nordwind.test 300 A {address}"],
        remove=["wrongkey.nordwind.test A 10.31.1.20"],
    )


@scenario(
    "service-key-mismatch-heimdal",
    "The service's key is another than its account's, and Heimdal serves: a reject without a KRB-ERROR",
    before=heimdal_accepts,
    unrepeatable="the server is there for this scenario alone",
    steps=[
        *LOGON,
        kerberos("tgs", spn=WRONG_KEY),
        kerberos("ap", "failed", spn=WRONG_KEY, carrier="http"),
        web("http://wrongkey.nordwind.test/autodiscover/autodiscover.xml", 401, "failed", auth="kerberos"),
    ],
    findings=[found("http-unauthorized", "error")],
    not_findings=["spn-not-found-or-duplicate", "ntlm-fallback", "clock-skew", "password-wrong"],
)
def service_key_mismatch_heimdal(play):
    begin(play)
    play.run(
        *("autodiscover", "curl", "-sS", "-i", "--negotiate", "-u", ":"),
        "http://wrongkey.nordwind.test/autodiscover/autodiscover.xml",
    )


def answers(host, service, **what):
    return lambda play: play.answer(f"{host}.nordwind.test", service, **what)


for status in (404, 500):
    discovering(
        f"http-{status}",
        f"The first mail server answers {status}, the next one works",
        world=answers("ex1", "pox", status=status),
        steps=[*START, scp(2), web(EX1, status, "failed"), EX2],
        findings=[found("http-error", "note")],
    )

for code in (500, 600):
    discovering(
        f"pox-{code}",
        f"The mail server answers with autodiscover's error {code}",
        world=answers("ex1", "pox", answer="error", code=code),
        steps=[*START, scp(2), web(EX1, 200, "failed", error=str(code)), EX2],
        findings=[found("autodiscover-error", "note")],
    )

discovering(
    "redirect-url",
    "The mail server sends the client to another one, by redirectUrl",
    world=answers("ex1", "pox", answer="redirectUrl", url=MAIL),
    steps=[*START, scp(2), web(EX1, redirect=MAIL), web(MAIL)],
    not_findings=["error:*", "warn:*", "redirect-loop", "redirect-not-followed"],
)

discovering(
    "redirect-address",
    "The mail server sends the client to another address, and there again; the way by SRV ends the circle",
    "--redirect",
    "accept",
    world=lambda play: (
        play.answer("ex1.nordwind.test", "pox", answer="redirectAddr", address="anna.berg@wik.nordwind.test"),
        play.names(add=["_autodiscover._tcp.wik.nordwind.test 300 SRV 0 0 443 mail.nordwind.test."]),
    ),
    steps=[
        *START,
        web(EX1, auth="kerberos"),
        step("srv", name="_autodiscover._tcp.wik.nordwind.test"),
        web(MAIL, auth="kerberos"),
    ],
    findings=[found("redirect-loop", "note")],
    not_findings=["error:*", "warn:*"],
)

BREV = f"brev.{plan.OTHER_DOMAIN}"

discovering(
    "redirect-address-forest",
    "The mailbox has moved: the mail server names its new address, whose SCP is in the other forest",
    world=lambda play: play.answer(
        "ex1.nordwind.test", "pox", answer="redirectAddr", address=f"anna.berg@{BREV}", only=plan.MAIL
    ),
    scp=[*only("ex1"), plan.pointer(plan.OTHER_DOMAIN, BREV)],
    steps=[
        *START,
        {**scp(2), "times": 2},
        web(EX1, auth="kerberos"),
        step("scp", entries=1, base="CN=Configuration,DC=sydvest,DC=test"),
        kerberos("tgs", spn="HTTP/sydex1.sydvest.test"),
        web(plan.url_of("sydex1.sydvest.test"), auth="kerberos"),
    ],
    findings=[found("scp-pointer", "note")],
    not_findings=["error:*", "warn:*", "redirect-loop", "redirect-not-followed", "scp-pointer-loop"],
)

WIK = "https://autodiscover.wik.nordwind.test/autodiscover/autodiscover.xml"

discovering(
    "redirect-address-domain",
    "The mail server names another address, and does not know that one itself: its mail domain's host does",
    world=lambda play: (
        play.names(add=["autodiscover.wik.nordwind.test 300 A 10.31.1.20"]),
        play.answer(
            *("ex1.nordwind.test", "pox"),
            answer="redirectAddr",
            address="anna.berg@wik.nordwind.test",
            only=plan.MAIL,
            **{"else": {"answer": "error", "code": 500}},
        ),
        # What was asked last, of whom the first question was answered.
        setattr(play, "repeat_hidden", {"<mailbox>": "anna.berg@wik.nordwind.test"}),
    ),
    scp=only("ex1"),
    steps=[
        *START,
        web(EX1, auth="kerberos", error=None),
        # On the connection that was authenticated for the first address: no credentials with it.
        web(EX1, 200, "failed", error="500"),
        web(WIK, auth="kerberos", error=None),
    ],
    findings=[found("autodiscover-error", "note"), found("endpoint-unresolvable", "note")],
    not_findings=["error:*", "warn:*", "redirect-loop", "redirect-not-followed"],
)

discovering(
    "redirect-loop",
    "Two mail servers send the client to each other",
    world=lambda play: (
        play.answer("ex1.nordwind.test", "pox", answer="redirectUrl", url=MAIL),
        play.answer("mail.nordwind.test", "pox", answer="redirectUrl", url=EX1),
    ),
    steps=[*START, scp(2), web(EX1, redirect=MAIL), web(MAIL, redirect=EX1)],
    findings=[found("redirect-loop", "error")],
)

KLIPP = "https://mail.nordwind.test/autodiscover/autodiscover.xml"


def only_http(play):
    """A mail domain whose autodiscover host is there on port 80 alone."""
    play.names(add=["autodiscover.klipp.nordwind.test 300 A 10.31.1.21"])
    play.answer("autodiscover.klipp.nordwind.test", "http", status=302, location=KLIPP)


for accept, tail, what in (
    ("accept", "followed", "The redirection from port 80 is followed"),
    ("refuse", "refused", "The client's default is not to follow the redirection from port 80"),
):
    discovering(
        f"http-redirect-{tail}",
        what,
        "--redirect",
        accept,
        world=only_http,
        scp=[],
        mailbox="anna.berg@klipp.nordwind.test",
        mail_domain="klipp.nordwind.test",
        steps=[
            *START,
            scp(0),
            web(
                "http://autodiscover.klipp.nordwind.test/autodiscover/autodiscover.xml",
                302,
                method="http-redirect",
                redirect=KLIPP,
            ),
            *([web(KLIPP, auth="kerberos")] if accept == "accept" else []),
        ],
        not_steps=[] if accept == "accept" else [{"kind": "autodiscover", "url": KLIPP}],
        findings=[found("autodiscover-fallback", "note")] if accept == "accept" else [found("redirect-not-followed", "note")],
        not_findings=["error:*"] if accept == "accept" else ["redirect-loop"],
        silence=0 if accept == "accept" else 6,
    )

discovering(
    "srv-autodiscover",
    "No SCP, no host of the mail domain: an SRV record names the mail server",
    "--redirect",
    "accept",
    world=lambda play: play.names(add=["_autodiscover._tcp.wik.nordwind.test 300 SRV 0 0 443 mail.nordwind.test."]),
    scp=[],
    mailbox="anna.berg@wik.nordwind.test",
    mail_domain="wik.nordwind.test",
    steps=[*START, scp(0), step("srv", name="_autodiscover._tcp.wik.nordwind.test"), web(MAIL, auth="kerberos")],
    findings=[found("autodiscover-fallback", "note")],
)

discovering(
    "soap",
    "All goes well, in the form that the API uses first: SOAP",
    form="--soap",
    steps=[
        *START,
        scp(2),
        web("https://ex1.nordwind.test/autodiscover/autodiscover.svc", auth="kerberos"),
    ],
)

discovering(
    "soap-error",
    "SOAP: the mail server does not know the mailbox",
    form="--soap",
    world=answers("ex1", "soap", answer="InvalidUser"),
    steps=[
        *START,
        web("https://ex1.nordwind.test/autodiscover/autodiscover.svc", 200, "failed", error="InvalidUser"),
    ],
    findings=[found("autodiscover-error", "error")],
)

discovering(
    "endpoint-unresolvable",
    "The SCP still names a server that has been removed, and has no address",
    scp=both("old-ex9"),
    steps=[*START, scp(2), step("address", "failed", name="old-ex9.nordwind.test", type="A"), EX2],
    findings=[found("endpoint-unresolvable", "note")],
)

discovering(
    "endpoint-refused",
    "The SCP names a host that does not listen on port 443",
    world=lambda play: play.names(add=["plain.nordwind.test 300 A 10.31.1.21"]),
    scp=both("plain"),
    steps=[*START, scp(2), EX2],
    findings=[found("endpoint-unreachable", "note")],
)

discovering(
    "endpoint-silent",
    "The SCP names a host that does not answer",
    "--timeout",
    "4",
    world=lambda play: (
        play.names(add=["silent.nordwind.test 300 A 10.31.1.21"]),
        play.filter("ex1", "ip daddr 10.31.1.21 drop"),
    ),
    scp=both("silent"),
    steps=[*START, scp(2), EX2],
    findings=[found("endpoint-unreachable", "note", cost=(3.5, 5))],
    silence=22,
)

discovering(
    "pointer-loop",
    "Two forests whose SCPs point to each other",
    scp=[plan.pointer(plan.OTHER_DOMAIN, plan.MAIL)],
    other_scp=[plan.pointer(plan.DOMAIN, plan.MAIL)],
    steps=[*START, scp(1), step("scp", entries=1, base="CN=Configuration,DC=sydvest,DC=test")],
    findings=[found("scp-pointer-loop", "error")],
)


@scenario(
    "json",
    "Autodiscover in its newest form, asked by hand: JSON",
    steps=[step("autodiscover", method="json", status=200, error=None)],
    not_findings=["error:*", "warn:*"],
)
def json(play):
    play.run(
        *("autodiscover", "curl", "-sS", "--cacert", play.lab.ca),
        "https://ex1.nordwind.test/autodiscover/autodiscover.json/v1.0/"
        f"{plan.MAILBOX}?Protocol=EWS",
    )
