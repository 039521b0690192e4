# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds domain controllers as Windows' locator does: SRV, LDAP ping, the site's SRV, ping again.

It keeps what it has found, as Netlogon does, for the time of one run.
"""

import select
import socket
import time
from dataclasses import dataclass

import cldap
import ews_errors as errors
from srv import by_weight

PING_SPACING = 0.4  # seconds until the next candidate is pinged too


@dataclass
class Server:
    name: str
    address: str
    port: int = 389
    reply: cldap.Reply = None


class Locator:
    def __init__(self, resolver, home, host_name, timeout, cached_site=None, log=None):
        """resolver: a dns_client.Dns. home: the computer's own domain, whose DCs tell its site. cached_site: the site known
        from before, as Windows keeps it in the registry."""
        self.dns = resolver
        self.home = home.lower()
        self.dns_host = host_name
        self.host = host_name.partition(".")[0].upper()[:15]
        self.timeout = timeout
        self.cached_site = cached_site
        self.log = [] if log is None else log
        self.found = {}

    def locate(self, domain):
        """A domain controller of this domain. Raises DirectoryError."""
        key = domain.lower()
        if key not in self.found:
            self.found[key] = self._locate(domain)
        if self.found[key] is None:
            # The negative cache: no further packets.
            raise errors.DirectoryError(f"no domain controller of {domain} found")
        return self.found[key]

    def _locate(self, domain):
        site, server = self.cached_site, None
        if site:
            server = self._ping_all(self._names(domain, site), domain)
        if server is None:
            site, server = None, self._ping_all(self._names(domain), domain)
        if server is None:
            return None
        mine, closest = server.reply.client_site, server.reply.flags & cldap.CLOSEST
        if mine and domain.lower() == self.home:
            # Other domains are asked for their DCs in this site from now on.
            self.cached_site = mine
        if mine and not closest and mine.lower() != (site or "").lower():
            server = self._ping_all(self._names(domain, mine), domain) or server
        return server

    def _names(self, domain, site=None):
        middle = f"{site}._sites." if site else ""
        return by_weight(self.dns.srv(f"_ldap._tcp.{middle}dc._msdcs.{domain}"))

    def by_name(self, host):
        """What "LDAP://host" reaches: the name of a domain, or of a server.

        Windows does not know which, and asks for LDAP servers of a domain of that name first
        [from memory; the questions for host names in public captures fit].
        """
        if host.lower() in self.found and self.found[host.lower()]:
            return self.found[host.lower()]
        records = []
        if self.cached_site:
            records = self.dns.srv(f"_ldap._tcp.{self.cached_site}._sites.{host}")
        records = records or self.dns.srv(f"_ldap._tcp.{host}")
        if records:
            server = self._ping_all(by_weight(records), host)
            if server is None:
                raise errors.DirectoryError(f"no LDAP server of {host} answers")
            return server
        addresses = self.dns.addresses(host)
        if not addresses:
            raise errors.DirectoryError(f"{host} has no address")
        return Server(host, addresses[0])

    def _ping_all(self, records, domain):
        """Pings one after another, soon, and takes the first that serves. None if none does."""
        waiting, deadline, server = {}, None, None
        try:
            for _, _, port, target in records:
                for address in self.dns.addresses(target)[:1]:
                    sent = self._send(address, port, target, domain)
                    if sent:
                        waiting[sent[0]] = sent[1]
                    server = self._receive(waiting, time.monotonic() + PING_SPACING)
                    if server:
                        return server
            deadline = time.monotonic() + self.timeout
            return self._receive(waiting, deadline)
        finally:
            for sock in waiting:
                sock.close()

    def _send(self, address, port, target, domain):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        record = {"server": target, "address": address, "domain": domain, "t": time.time()}
        record["result"] = "unanswered"
        self.log.append(record)
        try:
            sock.connect((address, port))
            sock.send(cldap.request(1, domain + ".", self.host, self.dns_host))
        except OSError as error:
            record["result"] = error.strerror
            sock.close()
            return None
        return sock, (record, target, address)

    def _receive(self, waiting, deadline):
        while waiting:
            left = deadline - time.monotonic()
            ready = select.select(list(waiting), [], [], max(left, 0))[0]
            if not ready:
                return None
            for sock in ready:
                record, target, address = waiting.pop(sock)
                try:
                    reply = cldap.parse(sock.recv(4096))[1]
                except (OSError, cldap.BadReply) as error:
                    record["result"] = str(error)
                    continue
                finally:
                    sock.close()
                record.update(
                    opcode=reply.opcode,
                    flags=reply.flags,
                    site=reply.site,
                    client_site=reply.client_site,
                    result="ok" if reply.serves() else "does not serve",
                )
                if reply.serves():
                    return Server(reply.host or target, address, 389, reply)
        return None
