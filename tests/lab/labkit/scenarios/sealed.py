# SPDX-License-Identifier: GPL-2.0-or-later
"""What sealed traffic tells is measured on these: redirections, refusals, NTLM, and directories that seal what they say.

With the TLS of several libraries, so that the measure is not on one handwriting (docs/inference.md).
"""

import os
import subprocess

from .. import plan
from ..core import LAB
from .core import EX1, begin
from .scenario import LAST_CANDIDATE, LOGON, SEALED, START, found, kerberos, scenario, scp, step, web
from .web import EX2, MAIL, answers, both, discovering, no_autodiscover_host, ntlm, only

FINE = ["error:*", "warn:*"]
NOT_LAST = ["error:*"]
TLS12, TLS13 = "https://tls12.nordwind.test/autodiscover/autodiscover.xml", "https://tls13.nordwind.test/autodiscover/autodiscover.xml"
SYDEX = "https://sydex1.sydvest.test/autodiscover/autodiscover.xml"
REFUSE = plan.url_of("refuse.nordwind.test")
NOKEYS = plan.url_of("nokeys.nordwind.test")
SOAP = "https://{}.nordwind.test/autodiscover/autodiscover.svc"
# As two web servers word them that are no Exchange, and one that is near it: their lengths are what counts.
SHORT_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>web</center>\r\n</body>\r\n</html>\r\n"
LONG_PAGE = "<!DOCTYPE html><html><head><title>{0}</title><style>" + "body{{margin:0;font:.7em Verdana;background:#EEE}}" * 20 + "</style></head><body><h2>{0}</h2></body></html>"

COMPILED = {
    "go": lambda target: ["go", "build", "-o", target / "tls_pipe", LAB / "client" / "tls_pipe.go"],
    "java": lambda target: ["javac", "-d", target, LAB / "client" / "TlsPipe.java"],
}
COMPILER = {"go": "go", "java": "javac"}


def compiled(play, language):
    """The folder with the program whose TLS is that language's; made once in a laboratory."""
    target = play.lab.folder / "tls" / language
    if not target.exists():
        target.mkdir(parents=True)
        environment = {**os.environ, "HOME": str(target), "GOFLAGS": "-mod=mod"}
        subprocess.run([str(word) for word in COMPILED[language](target)], check=True, capture_output=True, env=environment)
    return target


def sealed(name, what, *words, library=None, world=None, form="--pox", after=None, bind="gssapi", **more):
    """A client discovers once, with the TLS of `library`. after: what else it does, of a play."""
    if library in COMPILED:
        more.update(programs=(COMPILER[library],), server_secrets=library == "java")
    elif library == "nss":
        more.update(server_secrets=True)
    environment = more.pop("environment", None)

    @scenario(name, what, before=world, **more)
    def play_it(play):
        given = list(words) + (["--library", library] if library else [])
        given += ["--programs", compiled(play, library)] if library in COMPILED else []
        begin(play)
        play.discover(*given, form=form, bind=bind, environment=environment(play) if environment else None)
        if after:
            after(play)


def sends(host, target):
    return answers(host, "pox", answer="redirectUrl", url=target)


def in_turn(*steps):
    return lambda play: [one(play) for one in steps]


# ---- redirections

ONWARD = {"not_findings": [*FINE, "redirect-loop", "redirect-not-followed"]}

sealed(
    "hop-java",
    "With Java's TLS: the mail server sends the client to another one, by Location",
    library="java",
    world=answers("ex1", "pox", status=302, location=MAIL),
    steps=[*START, scp(2), web(EX1, 302, auth="kerberos", redirect=MAIL), web(MAIL, auth="kerberos")],
    **ONWARD,
)
sealed(
    "java-redirect",
    "With Java's TLS: the mail server sends the client to another one, by redirectUrl",
    library="java",
    world=sends("ex1", MAIL),
    steps=[*START, scp(2), web(EX1, auth="kerberos", redirect=MAIL), web(MAIL, auth="kerberos")],
    **ONWARD,
)
sealed(
    "hop-go",
    "With Go's TLS: the mail server sends the client to another one, by redirectUrl",
    library="go",
    world=sends("ex1", MAIL),
    steps=[*START, scp(2), web(EX1, auth="kerberos", redirect=MAIL), web(MAIL, auth="kerberos")],
    **ONWARD,
)
sealed(
    "hop-302",
    "The mail server sends the client to another one, by Location",
    world=answers("ex1", "pox", status=302, location=MAIL),
    steps=[*START, scp(2), web(EX1, 302, auth="kerberos", redirect=MAIL), web(MAIL, auth="kerberos")],
    **ONWARD,
)
sealed(
    "hop-forest",
    "The mail server sends the client to one of the other forest",
    library="openssl",
    world=sends("ex1", SYDEX),
    steps=[*START, scp(2), web(EX1, auth="kerberos", redirect=SYDEX), web(SYDEX, auth="kerberos")],
    **ONWARD,
)
sealed(
    "hops-two",
    "Two redirections behind one another, with OpenSSL",
    library="openssl",
    world=in_turn(sends("ex1", MAIL), sends("mail", TLS13)),
    steps=[*START, scp(2), web(EX1, redirect=MAIL), web(MAIL, redirect=TLS13), web(TLS13, auth="kerberos")],
    **ONWARD,
)
sealed(
    "hops-three",
    "Three redirections behind one another",
    world=in_turn(sends("ex1", MAIL), sends("mail", TLS12), sends("tls12", TLS13)),
    steps=[
        *START,
        scp(2),
        web(EX1, redirect=MAIL),
        web(MAIL, redirect=TLS12),
        web(TLS12, redirect=TLS13),
        web(TLS13, auth="kerberos"),
    ],
    **ONWARD,
)
sealed(
    "hop-soap",
    "In the form that the API uses first, the mail server names another one",
    form="--soap",
    world=answers("ex1", "soap", answer="RedirectUrl", url=SOAP.format("mail")),
    steps=[*START, scp(2), web(SOAP.format("ex1"), auth="kerberos"), web(SOAP.format("mail"), auth="kerberos")],
    **ONWARD,
)
sealed(
    "hop-refused",
    "The mail server sends the client to another one, which refuses it; the next of the directory's works",
    library="nss",
    world=sends("ex1", REFUSE),
    steps=[*START, scp(2), web(EX1, redirect=REFUSE), web(REFUSE, 401, "failed", auth="kerberos"), EX2],
    not_findings=NOT_LAST,
)


def ask_ews(play):
    play.run("ews", "curl", "-sS", "--cacert", play.lab.ca, "--negotiate", "-u", ":", "-d", "x", "https://mail.nordwind.test/EWS/Exchange.asmx")


sealed(
    "settings-elsewhere",
    "All goes well, and the settings name a server that nothing had named: the client's next question goes there",
    library="openssl",
    world=lambda play: play.behave("ex1.nordwind.test", "ews_url", '"https://mail.nordwind.test/EWS/Exchange.asmx"'),
    after=ask_ews,
    steps=[*START, scp(2), web(EX1, auth="kerberos")],
    not_findings=FINE,
)

# ---- refusals, and what only looks like one

REFUSED = {"findings": [found("http-unauthorized", "note")], "not_findings": [*NOT_LAST, "spn-not-found-or-duplicate"]}

sealed(
    "refused-java",
    "With Java's TLS: the first mail server refuses the user, the next one works",
    library="java",
    scp=both("refuse"),
    steps=[*START, scp(2), web(REFUSE, 401, "failed", auth="kerberos"), EX2],
    **REFUSED,
)
sealed(
    "go-refused",
    "With Go's TLS: the first mail server refuses the user, the next one works",
    library="go",
    scp=both("refuse"),
    steps=[*START, scp(2), web(REFUSE, 401, "failed", auth="kerberos"), EX2],
    **REFUSED,
)
for _library in ("openssl", "go", "nss", "java"):
    sealed(
        f"refused-nokeys-{_library}",
        f"With the TLS of {_library}: the first mail server has lost its keytab and answers the ticket with 401, the next one works",
        library=_library,
        scp=both("nokeys"),
        steps=[*START, scp(2), web(NOKEYS, 401, "failed", auth="kerberos"), EX2],
        **REFUSED,
    )

sealed(
    "refused-lost",
    "The first mail server has lost its keytab and answers the ticket with 401, the next one works",
    scp=both("nokeys"),
    steps=[*START, scp(2), web(NOKEYS, 401, "failed", auth="kerberos"), EX2],
    **REFUSED,
)
sealed(
    "refused-oldkey",
    "The first mail server has its account's old key and answers the ticket with error 44, the next one works; with Java's TLS",
    library="java",
    scp=both("oldkey"),
    steps=[*START, scp(2), kerberos("ap", "failed", 44, spn="HTTP/oldkey.nordwind.test", carrier="http"), EX2],
    findings=[found("service-key-mismatch", "error")],
    not_findings=["spn-not-found-or-duplicate", "kdc-integrity-failed"],
)

sealed(
    "refused-two",
    "The first mail server refuses the user, the second one has lost its keytab, the third one works",
    scp=[*only("refuse"), plan.entry("nokeys.nordwind.test", plan.SECOND_SITE), plan.entry("ex2.nordwind.test", plan.THIRD_SITE)],
    steps=[*START, scp(3), web(REFUSE, 401, "failed", auth="kerberos"), web(NOKEYS, 401, "failed", auth="kerberos"), EX2],
    **REFUSED,
)


def wrong_ntlm(play):
    """An NTLM password that is none."""
    path = play.folder / "ntlm-wrong"
    path.write_text(f"NORDWIND:{plan.CRM}:not-this-one\n")
    return {"NTLM_USER_FILE": str(path)}


sealed(
    "refused-ntlm",
    "Nobody holds the name of the first mail server's service, and NTLM's password is wrong; the next one works",
    "--user",
    "NORDWIND\\svc-crm",
    scp=both("nospn"),
    environment=wrong_ntlm,
    unrepeatable="the wrong password is there for this scenario alone",
    steps=[*START, web(plan.url_of("nospn.nordwind.test"), 401, "failed", auth="ntlm")],
    findings=[found("spn-not-found-or-duplicate", "error")],
    not_findings=["service-key-mismatch"],
)
sealed(
    "refused-password",
    "Nobody holds the name of the only mail server's service, and NTLM's password is wrong; with OpenSSL",
    "--user",
    "NORDWIND\\svc-crm",
    library="openssl",
    world=no_autodiscover_host,
    scp=only("nospn"),
    environment=wrong_ntlm,
    unrepeatable="the wrong password is there for this scenario alone",
    steps=[*START, web(plan.url_of("nospn.nordwind.test"), 401, "failed", auth="ntlm")],
    findings=[found("http-unauthorized", "error"), found("spn-not-found-or-duplicate", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch"],
    silence=6,
)
for _status, _page, _name in ((403, SHORT_PAGE, "page-403"), (404, SHORT_PAGE, "page-404"), (500, LONG_PAGE, "page-500")):
    sealed(
        _name,
        f"The first mail server takes the ticket and answers {_status} with a page as other servers have it, the next one works",
        library="openssl" if _status == 404 else None,
        world=answers("ex1", "pox", status=_status, body=_page.format(f"{_status} No")),
        steps=[*START, scp(2), web(EX1, _status, "failed"), EX2],
        not_findings=NOT_LAST,
    )

# ---- NTLM

NOSPN = plan.url_of("nospn.nordwind.test")
BY_NTLM = {"findings": [found("ntlm-fallback", "warn")], "not_findings": ["service-key-mismatch"]}

for _library in ("openssl", "nss"):
    sealed(
        f"ntlm-{_library}",
        f"With the TLS of {_library}: nobody holds the name of the mail server's service, the client proves itself by NTLM",
        *("--user", "NORDWIND\\svc-crm"),
        library=_library,
        scp=both("nospn"),
        environment=ntlm,
        steps=[*START, kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test"), web(NOSPN, auth="ntlm")],
        **BY_NTLM,
    )
sealed(
    "ntlm-second",
    "The first mail server refuses the user, the second one's service has no name: NTLM, which works; with OpenSSL",
    *("--user", "NORDWIND\\svc-crm"),
    library="openssl",
    scp=[*only("refuse"), plan.entry("nospn.nordwind.test", plan.SECOND_SITE)],
    environment=ntlm,
    steps=[*START, web(REFUSE, 401, "failed", auth="kerberos"), web(NOSPN, auth="ntlm")],
    **BY_NTLM,
)
sealed(
    "ntlm-redirect",
    "By NTLM, and the mail server sends the client to another one",
    *("--user", "NORDWIND\\svc-crm"),
    scp=both("nospn"),
    world=sends("nospn", MAIL),
    environment=ntlm,
    steps=[*START, web(NOSPN, auth="ntlm", redirect=MAIL), web(MAIL, auth="kerberos")],
    **BY_NTLM,
)
sealed(
    "ntlm-soap",
    "By NTLM, in the form that the API uses first",
    *("--user", "NORDWIND\\svc-crm"),
    form="--soap",
    scp=both("nospn"),
    environment=ntlm,
    steps=[*START, kerberos("tgs", "failed", 7, spn="HTTP/nospn.nordwind.test"), web(SOAP.format("nospn"), auth="ntlm")],
    **BY_NTLM,
)
sealed(
    "ntlm-raw",
    "The client knows no Kerberos for the web: NTLM without Negotiate, which each mail server refuses",
    *("--user", f"NORDWIND\\svc-crm:{plan.PASSWORD}", "--http-auth", "ntlm"),
    steps=[*START, web(EX1, 401, "normal", auth="ntlm")],
    findings=[found("http-error", "error")],
    not_findings=["service-key-mismatch"],
)

# ---- the end of the search

sealed(
    "gave-up",
    "The only mail server does not know the page, the mail domain has no host: the client gives up",
    library="openssl",
    world=in_turn(no_autodiscover_host, answers("ex1", "pox", status=404)),
    scp=only("ex1"),
    steps=[*START, scp(1), web(EX1, 404, "failed")],
    findings=[found("http-error", "warn"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch"],
    silence=6,
)
sealed(
    "gave-up-two",
    "With Java's TLS: the first mail server refuses the user, the second one fails, the mail domain has no host",
    library="java",
    world=in_turn(no_autodiscover_host, answers("ex2", "pox", answer="error", code=500)),
    scp=both("refuse"),
    steps=[*START, scp(2), web(REFUSE, 401, "failed", auth="kerberos")],
    findings=[found("http-unauthorized", "error"), found("autodiscover-error", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch"],
    silence=6,
)

sealed(
    "gave-up-nokeys",
    "With NSS: the only mail server has lost its keytab, the mail domain has no host: the client gives up",
    library="nss",
    world=no_autodiscover_host,
    scp=only("nokeys"),
    steps=[*START, scp(1), web(NOKEYS, 401, "failed", auth="kerberos")],
    findings=[found("http-unauthorized", "error"), LAST_CANDIDATE],
    not_findings=["service-key-mismatch"],
    silence=6,
)
sealed(
    "gave-up-go",
    "With Go's TLS: the first mail server does not know the page, the second one fails, the mail domain has no host",
    library="go",
    world=in_turn(no_autodiscover_host, answers("ex1", "pox", status=404), answers("ex2", "pox", status=500, body=LONG_PAGE.format("500 No"))),
    steps=[*START, scp(2), web(EX1, 404, "failed")],
    findings=[LAST_CANDIDATE],
    not_findings=["service-key-mismatch"],
    silence=6,
)

# ---- what a sealed directory told


def told(name, what, hosts, library=None, bind="sealed", world=None, **more):
    entries = [plan.entry(f"{host}.nordwind.test", plan.SITE if not n else plan.SECOND_SITE) for n, host in enumerate(hosts)]
    more.setdefault("not_findings", FINE)
    with_keytab = bind in ("sealed", "gss-spnego")
    sealed(
        name,
        what,
        library=library,
        bind=bind,
        world=world,
        scp=entries,
        keys=with_keytab,
        steps=[*LOGON, *more.pop("steps", [web(plan.url_of(f"{hosts[0]}.nordwind.test"), auth="kerberos")])],
        **({"told": SEALED} if with_keytab and library not in COMPILED and more["not_findings"] is FINE else {}),
        **more,
    )


told("told-many", "A sealed directory lists six mail servers", ["mail", "ex1", "ex2", "tls12", "tls13", "h2"])
told("told-mail", "A directory, sealed by SPNEGO, lists one mail server", ["mail"], bind="gss-spnego")
told("told-tls12", "A sealed directory lists one mail server, which speaks TLS 1.2", ["tls12"], library="openssl")
told("told-java", "A sealed directory lists two mail servers; with Java's TLS", ["mail", "ex2"], library="java")
told("told-ldaps", "A directory in TLS lists one mail server", ["mail"], bind="ldaps")
told("told-starttls", "A directory in StartTLS lists one mail server, with NSS for the web", ["tls13"], bind="starttls", library="nss")
told(
    "told-refused",
    "A sealed directory lists two mail servers, the first of which refuses the user; with Go's TLS",
    ["refuse", "ex2"],
    library="go",
    steps=[web(REFUSE, 401, "failed", auth="kerberos"), EX2],
    findings=[found("http-unauthorized", "note")],
    not_findings=NOT_LAST,
)


@scenario(
    "told-nothing",
    "A sealed directory lists nothing: the client turns to its mail domain at once, whose host has another's certificate",
    before=lambda play: play.names(add=["post.nordwind.test 300 A 10.31.1.20"]),
    scp=[],
    keys=True,
    steps=[*LOGON, scp(0), step("tls", sni="autodiscover.post.nordwind.test")],
    not_findings=["error:*"],
)
def told_nothing(play):
    begin(play)
    play.discover(bind="sealed")
