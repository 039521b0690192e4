# SPDX-License-Identifier: GPL-2.0-or-later
"""The directory side of the client: locator, connections and binds, for scp_lookup.ScpLookup."""

import re
import time

import ews_errors as errors
import ldap
import ldap.sasl
import ews_order as order
from locator import Server

# What each --bind means: mechanism (None: simple), highest protection in bits, TLS.
SEALED = 256
BINDS = {
    "gssapi": ("GSSAPI", 0, None),
    "signed": ("GSSAPI", 1, None),
    "sealed": ("GSSAPI", SEALED, None),
    "gss-spnego": ("GSS-SPNEGO", SEALED, None),
    "simple": (None, 0, None),
    "anonymous": (None, 0, None),
    "starttls": ("GSSAPI", 0, "starttls"),
    "ldaps": ("GSSAPI", 0, "ldaps"),
}
PATH = re.compile(r"ldap://(\[[0-9a-f:]+\]|[^/:\[\]]+)(?::(\d+))?\Z", re.IGNORECASE)


def domain_of(dn):
    """The DNS domain that the DC= parts of a name spell."""
    return ".".join(re.findall(r"(?:^|,)\s*DC=([^,]+)", dn, re.IGNORECASE))


class Directory:
    def __init__(
        self,
        locator,
        domain,
        site="auto",
        dc=None,
        bind="gssapi",
        mechanism=None,
        user=None,
        password=None,
        ca=None,
        verify=True,
        timeout=10.0,
        log=None,
    ):
        """site: auto, none, or a name. dc: serverless binding goes to it, without location."""
        self.locator = locator
        self.domain = domain
        self.site_rule = site
        self.dc = dc
        self.bind = bind
        self.mechanism = mechanism
        self.user = user
        self.password = password
        self.ca = ca
        self.verify = verify
        self.timeout = timeout
        self.log = [] if log is None else log
        self.connections = {}

    # --- what ScpLookup calls

    def root_dse(self, path):
        server = self._serverless(self.domain) if path is None else self._by_path(path)
        values = self._search(
            server, "", ldap.SCOPE_BASE, "(objectClass=*)", ["configurationNamingContext"]
        )
        contexts = []
        for _, attributes in values:
            contexts = attributes.get("configurationNamingContext", [])
        if not contexts:
            raise errors.DirectoryError("rootDSE without configurationNamingContext")
        return contexts[0]

    def search(self, base, path):
        """Serverless, also after a pointer: the domain that the base spells is located anew."""
        server = self._serverless(domain_of(base), after_pointer=path is not None)
        found = self._search(server, base, ldap.SCOPE_SUBTREE, order.FILTER, order.ATTRIBUTES)
        return [
            order.Entry(
                dn,
                tuple(attributes.get("keywords", ())),
                tuple(attributes.get("servicebindinginformation", ())),
            )
            for dn, attributes in (
                (dn, {name.lower(): values for name, values in a.items()}) for dn, a in found
            )
        ]

    def site(self):
        if self.site_rule == "none":
            return None
        if self.site_rule != "auto":
            return self.site_rule
        try:
            return self.locator.locate(self.domain).reply.client_site or None
        except errors.DirectoryError:
            return None

    # --- servers

    def _serverless(self, domain, after_pointer=False):
        if self.dc and not after_pointer:
            return Server(self.dc, self.dc)
        return self.locator.locate(domain)

    def _by_path(self, path):
        match = PATH.match(path)
        if not match:
            raise errors.DirectoryError(f"{path}/RootDSE is no path")
        host, port = match.group(1), match.group(2)
        if port:
            return Server(host.strip("[]"), host.strip("[]"), int(port))
        return self.locator.by_name(host.strip("[]"))

    # --- connections

    def _search(self, server, base, scope, text, attributes):
        connection = self._connection(server)
        record = {"server": server.name, "base": base, "t": time.time(), "op": "search"}
        self.log.append(record)
        try:
            found = connection.search_ext_s(base, scope, text, attributes)
        except ldap.LDAPError as error:
            self._failed(record, error)
        entries = [
            (dn, {name: [v.decode("utf-8", "replace") for v in vs] for name, vs in a.items()})
            for dn, a in found
            if dn is not None  # the others are references
        ]
        record.update(result="success", entries=len(entries))
        return entries

    def _failed(self, record, error):
        detail = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        record.update(
            result=type(error).__name__, code=detail.get("result"), text=detail.get("info")
        )
        raise errors.DirectoryError(f"{type(error).__name__}: {detail.get('info')}") from error

    def _connection(self, server):
        """Bound, and kept: a second search there needs no second bind."""
        key = (server.name.lower(), server.port)
        if key in self.connections:
            return self.connections[key]
        mechanism, bits, tls = BINDS[self.bind]
        host = f"[{server.name}]" if ":" in server.name else server.name
        port = 636 if tls == "ldaps" and server.port == 389 else server.port
        scheme = "ldaps" if tls == "ldaps" else "ldap"
        record = {"server": server.name, "op": "bind", "bind": self.bind, "t": time.time()}
        self.log.append(record)
        try:
            connection = ldap.initialize(f"{scheme}://{host}:{port}")
            self._set_options(connection, bits, tls)
            if tls == "starttls":
                connection.start_tls_s()
            self._bind(connection, self.mechanism or mechanism)
        except ldap.LDAPError as error:
            self._failed(record, error)
        record["result"] = "success"
        self.connections[key] = connection
        return connection

    def _set_options(self, connection, bits, tls):
        connection.protocol_version = 3
        connection.set_option(ldap.OPT_REFERRALS, 0)
        connection.set_option(ldap.OPT_NETWORK_TIMEOUT, self.timeout)
        connection.set_option(ldap.OPT_TIMEOUT, self.timeout)
        # The SPN is made of the name that the locator gave, not of a reverse lookup.
        connection.set_option(ldap.OPT_X_SASL_NOCANON, 1)
        connection.set_option(ldap.OPT_X_SASL_SSF_MIN, min(bits, 56))
        connection.set_option(ldap.OPT_X_SASL_SSF_MAX, bits)
        if tls:
            if self.ca:
                connection.set_option(ldap.OPT_X_TLS_CACERTFILE, self.ca)
            demand = ldap.OPT_X_TLS_DEMAND if self.verify else ldap.OPT_X_TLS_NEVER
            connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, demand)
            connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)

    def _bind(self, connection, mechanism):
        if self.bind == "anonymous":
            connection.simple_bind_s("", "")
            return
        # Before a negotiated bind, Windows asks what the server offers [from memory].
        if mechanism:
            connection.search_s("", ldap.SCOPE_BASE, "(objectClass=*)", ["supportedSASLMechanisms"])
        if mechanism is None or (self.user and BINDS[self.bind][2]):
            connection.simple_bind_s(self.user or "", self.password or "")
        else:
            connection.sasl_interactive_bind_s("", ldap.sasl.sasl({}, mechanism))

    def close(self):
        for connection in self.connections.values():
            try:
                connection.unbind_s()
            except ldap.LDAPError:
                pass
        self.connections.clear()
