# SPDX-License-Identifier: GPL-2.0-or-later
"""What carries autodiscover: HTTP/2, connections that are kept, several TLS libraries, a proxy, a slow line."""

from .. import plan
from ..net import wait_for
from .core import EX1, begin
from .scenario import START, found, kerberos, scenario, scp, step, web
from .views import together
from .web import EX2, MAIL, answers, discovering, no_autodiscover_host, only

H2 = plan.url_of("h2.nordwind.test")
H2_TOO = plan.url_of("h2-too.nordwind.test")
SOAP = "https://ex1.nordwind.test/autodiscover/autodiscover.svc"
AUTODISCOVER = "https://autodiscover.post.nordwind.test/autodiscover/autodiscover.xml"


def shown_to(host):
    return kerberos("ap", carrier="http", spn=f"HTTP/{host}.nordwind.test")


discovering(
    "http2",
    "All goes well, and the mail server speaks HTTP/2",
    "--http2",
    scp=only("h2"),
    steps=[*START, scp(1), step("tls", sni="h2.nordwind.test"), shown_to("h2"), web(H2, auth="kerberos")],
    not_findings=["error:*", "warn:*"],
)

discovering(
    "http2-refused",
    "By HTTP/2 and with OpenSSL, the mail server sends the client to another one, which refuses it; the next one "
    "works, and speaks HTTP/1.1 only",
    *("--http2", "--library", "openssl"),
    world=answers("h2", "pox", answer="redirectUrl", url=H2_TOO),
    scp=[*only("h2"), plan.entry("ex2.nordwind.test", plan.SECOND_SITE)],
    steps=[
        *START,
        scp(2),
        shown_to("h2"),
        web(H2, auth="kerberos", redirect=H2_TOO),
        web(H2_TOO, 401, "failed", auth="kerberos"),
        EX2,
    ],
    findings=[found("http-unauthorized", "note")],
    not_findings=["error:*", "redirect-loop", "service-key-mismatch"],
)

discovering(
    "keep-alive",
    "The mail server does not know SOAP, the mail domain has no host: the client asks again, in the other form, on the "
    "connection that it has",
    world=lambda play: (no_autodiscover_host(play), play.answer("ex1.nordwind.test", "soap", status=404)),
    scp=only("ex1"),
    form="--both",
    steps=[*START, web(SOAP, 404, "failed", auth="kerberos"), {**web(EX1), "times": 1}],
    not_findings=["error:*"],
)

discovering(
    "openssl",
    "The client's TLS is OpenSSL's: the first mail server refuses the user, the next one works",
    *("--library", "openssl"),
    scp=[*only("refuse"), plan.entry("ex2.nordwind.test", plan.SECOND_SITE)],
    steps=[*START, scp(2), web(plan.url_of("refuse.nordwind.test"), 401, "failed", auth="kerberos"), EX2],
    findings=[found("http-unauthorized", "note")],
)

discovering(
    "nss",
    "The client's TLS is that of NSS: the mail server sends it to another one, which works",
    *("--library", "nss"),
    world=answers("ex1", "pox", answer="redirectUrl", url=MAIL),
    server_secrets=True,
    steps=[*START, scp(2), web(EX1, auth="kerberos", redirect=MAIL), web(MAIL, auth="kerberos")],
    not_findings=["error:*", "warn:*"],
)

PROXY = "proxy.nordwind.test"
PROXY_HOST = "kdc"  # has nothing else to do with the forest, and a resolver that knows it
APACHE = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"


def proxy(play):
    """Apache as a proxy that lets clients through to port 443."""
    host = play.lab.machine.host(PROXY_HOST)
    folder = play.folder / "proxy"
    folder.mkdir()
    modules = "mpm_prefork authz_core proxy proxy_connect".split()
    lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules]
    lines += [f'ServerRoot "{folder}"', "ServerName proxy.invalid", f'PidFile "{folder}/pid"', "Listen 3128"]
    lines += [f'DefaultRuntimeDir "{folder}"', f'Mutex "file:{folder}" default', f'ErrorLog "{folder}/error"']
    lines += ["User www-data", "Group www-data", "ServerTokens Prod"]
    lines += ["ProxyRequests On", "AllowCONNECT 443", "<Proxy *>", "Require all granted", "</Proxy>"]
    (folder / "conf").write_text("\n".join(lines) + "\n")
    process = host.start([APACHE, "-DFOREGROUND", "-f", folder / "conf"], play.lab.log)
    play.later.callback(play.end, process)
    wait_for(lambda: ":3128 " in host.run("ss", "-Hltn").stdout, "the proxy")
    play.names(add=[f"{PROXY}. 300 A {host.address()}"])
    play.repeat_environment = {"https_proxy": f"http://{PROXY}:3128"}


discovering(
    "proxy",
    "The client reaches the mail server through a proxy, and the proxy alone: CONNECT, and TLS inside",
    *("--proxy", f"http://{PROXY}:3128"),
    world=proxy,
    unrepeatable="the proxy is there for this scenario alone",
    steps=[*START, scp(2), step("tls", sni="ex1.nordwind.test", server="10.31.5.1"), web(EX1, auth="kerberos", server="10.31.5.1")],
    not_findings=["error:*", "warn:*"],
)

discovering(
    "slow-network",
    "A line on which each packet takes 90 ms, more or less: the first mail server answers with error 500, the next one works",
    world=lambda play: (
        play.answer("ex1.nordwind.test", "pox", answer="error", code=500),
        play.slow("ws1", 90, 15),
    ),
    unrepeatable="the line is slow for this scenario alone",
    steps=[*START, scp(2), web(EX1, 200, "failed", error="500"), EX2],
    findings=[found("autodiscover-error", "note")],
)


@scenario(
    "three-clients",
    "Three clients at the same time, with three TLS libraries, recorded on each and merged: the directory refuses one, "
    "which does not sign, and one asks no directory",
    points={"-a": "ws1", "-b": "ws2", "-c": plan.MEMBER},
    merge=True,
    server_secrets=True,
    scp=[*only("ex1"), plan.entry("h2.nordwind.test", plan.SECOND_SITE)],
    steps=[
        *START,
        {**web(EX1, auth="kerberos"), "client_address": "10.31.1.50"},
        {**step("bind", "failed", result=8), "client_address": "10.31.2.50"},
        {**web(AUTODISCOVER, auth="kerberos"), "client_address": "10.31.2.50"},
        {**web(AUTODISCOVER, auth="kerberos"), "client_address": "10.31.1.70"},
    ],
    not_steps=[
        {"kind": "autodiscover", "client_address": "10.31.1.50", "url": AUTODISCOVER},
        {"kind": "autodiscover", "client_address": "10.31.2.50", "url": EX1},
        {"kind": "scp", "client_address": "10.31.1.70"},
    ],
    findings=[found("ldap-signing-required", "error")],
    not_findings=[],
)
def three_clients(play):
    where = {
        name: {
            "client": play.lab.machine.host(name),
            "environment": {"KRB5CCNAME": f"FILE:{play.folder}/tickets-{name}", "SSLKEYLOGFILE": ""},
        }
        for name in ("ws2", plan.MEMBER)
    }

    def first():
        begin(play)
        play.decision_of_first = play.discover()

    def second():
        play.kinit(**where["ws2"])
        play.discover("--library", "openssl", "--http2", mailbox="bo.ek@post.nordwind.test", **where["ws2"])

    def third():
        play.kinit(**where[plan.MEMBER])
        play.discover("--library", "nss", "--no-scp", mailbox="ida.ry@post.nordwind.test", **where[plan.MEMBER])

    together(first, second, third)
    play.decision = play.decision_of_first
