# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the commands that the plugin gives for each step, and compares what they say with the capture.

They run on the client of the recording while the world is as the scenario made it. A person would
type the password, and put in what the report hides: that is done here, and nothing else is changed.
"""

import base64
import re
import sys

from . import plan
from .core import LAB

sys.path.insert(0, str(LAB.parent))

import harness  # noqa: E402

# What the libraries of MIT Kerberos say of an error.
SAID = {
    6: "not found in Kerberos database",
    7: "not found in Kerberos database",
    14: "no support for encryption type",
    18: "revoked",
    23: "Password .*expired|changed",
    24: "Preauthentication failed|Password incorrect",
}
# The commands of these are run when not those of all are wanted: every kind of step, result and world.
SOME = """healthy sealed pointer no-scp krb-7 krb-24 scp-many second-site stale-srv no-msdcs wrong-resolver
ipv6 krb-6 krb-14-service starttls ldap-signing-required ldap-49 scp-no-object http-404 pox-600 tls-1.2
json""".split()
HIDDEN = {"<mailbox>": plan.MAILBOX, "<bind name>": f"{plan.CRM}@{plan.DOMAIN}"}
WRONG = "not-the-password"
SECONDS = 30


def names(values):
    return sorted({value.lower().rstrip(".") for value in values})


def records(text, kind):
    """The answers of a kind in what dig prints."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not line.startswith(";") and len(words) > 4 and words[2:4] == ["IN", kind]:
            found.append(" ".join(words[4:]).lower().rstrip("."))
    return sorted(found)


def rcode(text):
    found = re.search(r"status: (\w+)", text)
    return found.group(1) if found else None


def dns(told, detail):
    """What the capture shows of a question, and what dig does."""
    if told["kind"] == "srv":
        wanted = sorted(
            f"{r['priority']} {r['weight']} {r['port']} {r['target'].lower()}" for r in detail["records"]
        )
        kind = "SRV"
    else:
        wanted, kind = names(detail["host_address"]), detail["type"]
    status = {"nxdomain": "NXDOMAIN", "servfail": "SERVFAIL", "refused": "REFUSED"}
    wanted = (status.get(detail["result"], "NOERROR"), wanted)
    return wanted, lambda done: (rcode(done.stdout), records(done.stdout, kind))


def ping(told, detail):
    def got(done):
        value = re.search(r"^netlogon:: ((?:.|\n )+)", done.stdout, re.IGNORECASE | re.MULTILINE)
        data = base64.b64decode(value.group(1).replace("\n ", "")) if value else b""
        return [name for name in wanted if name.encode() in data]

    # The names in the value are compressed: labels that stand there as they are.
    wanted = [n for n in ((detail["host"] or "").partition(".")[0], detail["dc_site"]) if n]
    return wanted, got


def kerberos(told, detail):
    error = detail["error"] if told["outcome"] == "failed" else None

    def got(done):
        if done.returncode == 0:
            return None
        said = done.stdout + done.stderr
        return error if error in SAID and re.search(SAID[error], said) else said

    return error, got


SIGNING_REQUIRED = 8


def bind(told, detail):
    def got(done):
        # ldapsearch seals of itself, which is the remedy for this refusal.
        sealed = "data security layer installed" in done.stderr
        return wanted if wanted == SIGNING_REQUIRED and sealed and code(done) == 0 else code(done)

    wanted = detail["result"]
    return wanted, got


def code(done):
    """The result of an LDAP tool."""
    if done.returncode == 0:
        return 0
    found = re.search(r"\((\d+)\)\s*$", done.stderr, re.MULTILINE)
    return int(found.group(1)) if found else done.returncode


def search(told, detail):
    def got(done):
        text = done.stdout.replace("\n ", "")
        dns = re.findall(r"^dn:", text, re.MULTILINE)
        bindings = re.findall(r"^serviceBindingInformation: (.*)", text, re.MULTILINE)
        return code(done), len(dns), names(bindings)

    bindings = [e["binding"] for e in detail.get("entry_list", ()) if e["binding"]]
    return (detail["result"], detail["entries"] or 0, names(bindings)), got


def tls(told, detail):
    def got(done):
        found = re.search(r"^New, (TLSv[\d.]+)", done.stdout, re.MULTILINE)
        return found and found.group(1)

    return (detail["version"] or "").replace("TLS ", "TLSv"), got


def web(told, detail):
    def got(done):
        text = done.stdout.replace("\r", "")
        status = re.findall(r"^HTTP/[\d.]+ (\d+)", text, re.MULTILINE)
        return (int(status[-1]) if status else None), (detail["error"] or "") in text

    return (detail["status"], True), got


KINDS = {
    "srv": dns,
    "address": dns,
    "ping": ping,
    "kerberos": kerberos,
    "bind": bind,
    "rootdse": search,
    "scp": search,
    "tls": tls,
    "autodiscover": web,
}


def steps_to_repeat(report, address):
    """The last step of each command of the client: what the capture shows in the end."""
    last = {}
    for step in harness.steps_of(report):
        shell = step["detail"].get("shell")
        if shell and step["kind"] in KINDS and step["client"]["address"] == address and worth(step):
            last[shell] = step
    return last


def worth(step):
    """Is there something to compare with? What was silent costs time, and says nothing."""
    detail = step["detail"]
    if step["outcome"] in ("unanswered", "pending", "hidden"):
        return False
    if step["kind"] == "kerberos":
        return detail["carrier"] == "kdc" and (step["outcome"] == "ok" or detail["error"] in SAID)
    if step["kind"] == "tls":
        return step["outcome"] == "ok" and detail["version"]
    return step["outcome"] in ("ok", "failed", "normal")


class Repeater:
    """Compares for one laboratory. `problems` holds what differs, `count` what was run.

    which: "some" or "all" scenarios.
    """

    def __init__(self, which):
        self.which = which
        self.wireshark = harness.Wireshark()
        self.count = 0
        self.problems = []
        self.done = {}

    def wants(self, scenario):
        return not scenario.unrepeatable and (self.which == "all" or scenario.name in SOME)

    def close(self):
        self.wireshark.close()

    def report(self, folder):
        keytab = folder / "capture.keytab"
        capture = harness.Capture(folder / "capture.pcapng", folder.name, keytab if keytab.exists() else None)
        return self.wireshark.json(self.wireshark.borrow(capture))

    def __call__(self, play, folder, label):
        """The commands for the capture in a folder. Those of a second one that are the same run once."""
        scenario = play.scenario
        client = play.client
        environment = {
            **play.environment,
            "KRB5CCNAME": f"FILE:{play.folder}/tickets-repeat",
            "CURL_CA_BUNDLE": str(play.lab.ca),
            **{key: str(value) for key, value in getattr(play, "repeat_environment", {}).items()},
        }
        environment.pop("SSLKEYLOGFILE")
        address = getattr(play, "truth_address", None) or client.address()
        steps = steps_to_repeat(self.report(folder), address)
        client.run("kinit", f"{plan.CRM}@{plan.REALM}", given=plan.PASSWORD + "\n", environment=environment, check=False)
        for shell, step in steps.items():
            wanted, got = KINDS[step["kind"]](step, step["detail"])
            if self.done.get((scenario.name, shell)) == wanted:
                continue
            self.done[scenario.name, shell] = wanted
            typed = shell
            for hidden, value in {**HIDDEN, **getattr(play, "repeat_hidden", {})}.items():
                typed = typed.replace(hidden, value)
            wrong = step["kind"] in ("kerberos", "bind", "scp") and (
                step["detail"].get("error") == 24 or step["detail"].get("result") == 49
            )
            password = (WRONG if wrong else plan.PASSWORD) + "\n"
            done = client.run(
                "timeout", SECONDS, "bash", "-c", typed, given=password, check=False, environment=environment, seconds=2 * SECONDS
            )
            self.count += 1
            said = got(done)
            if said != wanted:
                self.problems.append(
                    f"{scenario.name} ({label}): {typed}\n"
                    f"      the capture shows {wanted}, the command {said} (status {done.returncode}"
                    f"{': ' + done.stderr.strip()[-300:] if done.stderr.strip() else ''})"
                )
