# SPDX-License-Identifier: GPL-2.0-or-later
"""DNS as the client asks it."""

import socket
import time

import dns.exception
import dns.resolver


class Dns:
    """The system's resolver, asked directly: every question is on the wire, and in the log."""

    def __init__(self, timeout, family=0, log=None):
        self.resolver = dns.resolver.Resolver()
        self.resolver.lifetime = timeout
        self.resolver.timeout = min(timeout, 2.0)
        self.types = {4: ["A"], 6: ["AAAA"]}.get(family, ["A", "AAAA"])
        self.log = [] if log is None else log
        self.seen = {}  # (name, type) -> answer: the client's own cache

    def ask(self, name, kind):
        """The answer, or None. Failures are answers too, and stand in the log."""
        key = (name.lower().rstrip("."), kind)
        if key in self.seen:
            return self.seen[key]
        record = {"name": name, "type": kind, "t": time.time()}
        answer = None
        try:
            answer = self.resolver.resolve(name.rstrip(".") + ".", kind, search=False)
            record["result"] = "NOERROR"
            record["answers"] = [r.to_text() for r in answer]
        except dns.resolver.NXDOMAIN:
            record["result"] = "NXDOMAIN"
        except dns.resolver.NoAnswer:
            record["result"] = "NODATA"
        except dns.exception.DNSException as error:
            record["result"] = type(error).__name__
        self.log.append(record)
        self.seen[key] = answer
        return answer

    def srv(self, name):
        """[(priority, weight, port, target)] in the order of the answer."""
        answer = self.ask(name, "SRV")
        return [
            (r.priority, r.weight, r.port, r.target.to_text(omit_final_dot=True))
            for r in answer or ()
        ]

    def addresses(self, host):
        for family, kind in ((socket.AF_INET, "A"), (socket.AF_INET6, "AAAA")):
            try:
                socket.inet_pton(family, host)
                return [host]
            except OSError:
                pass
        return [r.address for kind in self.types for r in self.ask(host, kind) or ()]
