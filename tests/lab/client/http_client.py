# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP with Negotiate, by libcurl. One handle, so that a host's connection is used again."""

import io

import pycurl
from autodiscover import Answer, NetworkError
from curl_library import Curl
from messages import scheme_of

TLS_FAILURES = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_CERTPROBLEM,
}
KINDS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "unresolvable",
    pycurl.E_COULDNT_CONNECT: "unreachable",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
}
SCHEMES = {
    "negotiate": pycurl.HTTPAUTH_GSSNEGOTIATE,
    "ntlm": pycurl.HTTPAUTH_NTLM,
    "basic": pycurl.HTTPAUTH_BASIC,
    "none": pycurl.HTTPAUTH_NONE,
}


class HttpClient:
    def __init__(
        self,
        timeout,
        ca=None,
        verify=True,
        scheme="negotiate",
        user=None,
        connect_to=(),
        family=0,
        library="gnutls",
        http2=False,
        proxy="",
    ):
        """user: "NAME:PASSWORD", or None for the ticket cache. connect_to: as curl's --connect-to.
        family: 4, 6, or 0 for both. library: of TLS. http2: where the server takes it.
        proxy: "HOST:PORT", or "": none is looked for."""
        self.curl = pycurl.Curl() if library == "gnutls" else Curl(library)
        self.scheme = scheme
        self.user = user
        self.settings = [
            (pycurl.TIMEOUT_MS, int(timeout * 1000)),
            (pycurl.CONNECTTIMEOUT_MS, int(timeout * 1000)),
            (pycurl.NOSIGNAL, 1),
            (pycurl.PROXY, proxy),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS if http2 else pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.SSL_VERIFYPEER, 1 if verify else 0),
            (pycurl.SSL_VERIFYHOST, 2 if verify else 0),
        ]
        if ca:
            self.settings.append((pycurl.CAINFO, ca))
        if connect_to:
            self.settings.append((pycurl.CONNECT_TO, list(connect_to)))
        if family:
            wanted = pycurl.IPRESOLVE_V4 if family == 4 else pycurl.IPRESOLVE_V6
            self.settings.append((pycurl.IPRESOLVE, wanted))

    def exchange(self, method, url, body, headers, auth):
        curl = self.curl
        curl.reset()  # keeps the connections
        body_in, received, sent = io.BytesIO(), [], []
        for option, value in self.settings:
            curl.setopt(option, value)
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.WRITEDATA, body_in)
        curl.setopt(pycurl.HEADERFUNCTION, received.append)
        curl.setopt(pycurl.VERBOSE, 1)
        curl.setopt(
            pycurl.DEBUGFUNCTION,
            lambda kind, data: sent.append(data) if kind == pycurl.INFOTYPE_HEADER_OUT else None,
        )
        if body is not None:
            curl.setopt(pycurl.POSTFIELDS, body)
        curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])
        if auth and self.scheme != "none":
            # A second bit, so that the first request goes without a token, as .NET's does.
            curl.setopt(pycurl.USERPWD, self.user or ":")
            curl.setopt(pycurl.HTTPAUTH, SCHEMES[self.scheme] | pycurl.HTTPAUTH_DIGEST)
        try:
            curl.perform()
        except pycurl.error as error:
            code, text = error.args
            kind = "tls-failed" if code in TLS_FAILURES else KINDS.get(code, "closed")
            raise NetworkError(kind, f"curl {code}: {text}") from error
        statuses, fields = self._headers(received)
        return Answer(
            status=curl.getinfo(pycurl.RESPONSE_CODE),
            headers=fields,
            body=body_in.getvalue(),
            statuses=statuses,
            auth=self._auth(sent),
            address=curl.getinfo(pycurl.PRIMARY_IP),
        )

    def close(self):
        """Its connections end with the program."""

    @staticmethod
    def _headers(lines):
        """The statuses of all answers, and the header of the last."""
        statuses, fields = [], {}
        for line in lines:
            text = line.decode("latin-1").strip()
            if text.startswith("HTTP/"):
                statuses.append(int(text.split()[1]))
                fields = {}
            elif ":" in text:
                name, _, value = text.partition(":")
                fields[name.strip().lower()] = value.strip()
        return tuple(s for s in statuses if s != 100), fields

    @staticmethod
    def _auth(sent):
        found = "none"
        for line in b"".join(sent).decode("latin-1").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "authorization":
                found = scheme_of(value)
        return found
