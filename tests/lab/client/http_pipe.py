# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP with Negotiate over the TLS of other languages: a program of theirs is the connection.

The program gets HOST PORT CA, says "ok" or what went wrong in a line, and passes bytes on from then on.
"""

import base64
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import gss
from autodiscover import Answer, NetworkError
from messages import scheme_of

HERE = Path(__file__).resolve().parent
# Each was made by its compiler beforehand, into the folder that --programs names.
PROGRAMS = {
    "go": lambda folder: [f"{folder}/tls_pipe"],
    "java": lambda folder: ["java", "-XX:TieredStopAtLevel=1", "-cp", folder, "TlsPipe"],
}


class Connection:
    def __init__(self, words):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = self.process.stdout.readline().decode("utf-8", "replace").strip()
        if said != "ok":
            self.close()
            kind, _, detail = said.partition(": ")
            raise NetworkError(kind or "closed", detail)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(20)

    def ask(self, data):
        """(status, fields, body) of what comes back."""
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except OSError as error:
            raise NetworkError("closed", str(error)) from error
        lines = []
        while not lines or lines[-1]:
            line = self.process.stdout.readline()
            if not line:
                raise NetworkError("closed", "no whole answer")
            lines.append(line.decode("latin-1").strip())
        fields = {}
        for line in lines[1:-1]:
            name, _, value = line.partition(":")
            # Of several that offer a way to authenticate, the first is the best.
            fields.setdefault(name.strip().lower(), value.strip())
        return int(lines[0].split()[1]), fields, self._body(fields)

    def _body(self, fields):
        read = self.process.stdout
        if "chunked" in fields.get("transfer-encoding", ""):
            body = b""
            while size := int(read.readline().split(b";")[0], 16):
                body += read.read(size)
                read.readline()
            read.readline()
            return body
        return read.read(int(fields.get("content-length", 0)))


class PipeClient:
    """As HttpClient: each host's connection is used again."""

    def __init__(self, library, programs, ca, scheme="negotiate"):
        self.words = lambda host, port: [*PROGRAMS[library](programs), host, str(port), ca]
        self.scheme = scheme
        self.connections = {}

    def exchange(self, method, url, body, headers, auth):
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise NetworkError("unreachable", "no connection without TLS is made this way")
        where = (parts.hostname, parts.port or 443)
        statuses, sent = [], "none"
        status, fields, content = self._once(where, method, parts, body, headers)
        statuses.append(status)
        if status == 401 and auth and self.scheme == "negotiate" and "www-authenticate" in fields:
            try:
                token = base64.b64encode(gss.token_for(parts.hostname)).decode()
            except gss.NoToken:
                token = None
            if token:
                sent = scheme_of("Negotiate " + token)
                more = {**headers, "Authorization": "Negotiate " + token}
                status, fields, content = self._once(where, method, parts, body, more)
                statuses.append(status)
        return Answer(status=status, headers=fields, body=content, statuses=tuple(statuses), auth=sent)

    def _once(self, where, method, parts, body, headers):
        head = [f"{method} {parts.path or '/'} HTTP/1.1", f"Host: {parts.hostname}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        head += [f"Content-Length: {len(body)}"] if body is not None else []
        data = "\r\n".join([*head, "", ""]).encode() + (body or b"")
        if where not in self.connections:
            self.connections[where] = Connection(self.words(*where))
        try:
            answer = self.connections[where].ask(data)
        except NetworkError:
            self.connections.pop(where).close()
            raise
        if answer[1].get("connection", "").lower() == "close":
            self.connections.pop(where).close()
        return answer

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()
