# SPDX-License-Identifier: GPL-2.0-or-later
"""Autodiscover over HTTP as the EWS Managed API does it: POX, SOAP, or the one and then the other.

Follows AutodiscoverService.cs and ExchangeService.cs. The network is behind two objects:
  http.exchange(method, url, body, headers, auth)   an Answer; NetworkError when there is none
  srv(name)                                         [(priority, weight, port, target)], as answered
"""

import random
import re
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import ews_errors as errors
import messages

MAX_REDIRECTIONS = 10
LEGACY_PATH = "/autodiscover/autodiscover.xml"
LEGACY_PATTERN = re.compile(r"/autodiscover/([^/]+/)*autodiscover.xml", re.IGNORECASE)
ENDPOINT_HEADERS = (
    "x-soap-enabled",
    "x-wssecurity-enabled",
    "x-wssecurity-symmetrickey-enabled",
    "x-wssecurity-x509cert-enabled",
    "x-oauth-enabled",
)
REDIRECT_STATUS = (301, 302, 303, 307)
# As the API's last release names itself.
USER_AGENT = "ExchangeServicesClient/15.00.0913.015"
POST_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}


class NetworkError(Exception):
    """No answer at all. kind: unresolvable, unreachable, timeout, tls-failed, closed."""

    def __init__(self, kind, detail):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes
    statuses: tuple = ()  # of all answers, those to the steps of the authentication included
    auth: str = "none"  # what was sent last: kerberos, ntlm, basic, none
    address: str = None


@dataclass
class Candidate:
    url: str
    source: str  # scp, domain, autodiscover-host, http-redirect, srv, other
    reason: str = None
    dn: str = None


def absolute(url):
    """new Uri(url)."""
    parts = urlsplit(url or "")
    if not parts.scheme or not parts.hostname:
        raise errors.UriFormatException(str(url))
    return url


def host_of(url):
    return urlsplit(absolute(url)).hostname


class Autodiscover:
    def __init__(self, scp, http, srv, redirect="refuse", scp_enabled=True):
        """redirect: what the caller's callback says to a redirection that came without
        authentication: accept, reject (it returns false), or refuse: there is no callback, and the
        default one ends the discovery. scp: mail domain -> ranked URLs."""
        self.scp = scp
        self.http = http
        self.srv = srv
        self.redirect = redirect
        self.scp_enabled = scp_enabled
        self.rounds = []  # the candidates of every start, in order
        self.tried = []
        self.internal = False

    # --- what both forms share

    def candidates(self, mail_domain):
        """SCP, then the two names made from the mail domain."""
        found = []
        if self.scp_enabled:
            found = [Candidate(u.url, "scp", u.reason, u.dn) for u in self.scp(mail_domain)]
        for candidate in found:
            absolute(candidate.url)
        found += [
            Candidate(f"https://{mail_domain}{LEGACY_PATH}", "domain", "mail domain"),
            Candidate(
                f"https://autodiscover.{mail_domain}{LEGACY_PATH}",
                "autodiscover-host",
                "autodiscover. and mail domain",
            ),
        ]
        self.rounds.append({"mail_domain": mail_domain, "order": []})
        for candidate in found:
            self.announce(candidate)
        return found

    def announce(self, candidate):
        order = self.rounds[-1]["order"]
        order.append(
            {
                "rank": len(order) + 1,
                "url": candidate.url,
                "host": host_of(candidate.url),
                "source": candidate.source,
                "reason": candidate.reason,
                "dn": candidate.dn,
            }
        )

    def exchange(self, candidate, method, url, body=None, headers=None, auth=True):
        """One exchange and its record, whose outcome the caller sets. Raises NetworkError."""
        record = {
            "url": url,
            "method": method,
            "host": urlsplit(url).hostname,
            "source": candidate.source,
            "round": len(self.rounds),
            "t": time.time(),
            "outcome": None,
            "status": None,
        }
        self.tried.append(record)
        try:
            answer = self.http.exchange(
                method,
                url,
                body.encode() if body else None,
                {"User-Agent": USER_AGENT, **(headers or {})},
                auth,
            )
        except NetworkError as error:
            record.update(outcome=error.kind, detail=error.detail)
            raise
        finally:
            record["took"] = round(time.time() - record["t"], 6)
        record.update(
            status=answer.status,
            statuses=list(answer.statuses),
            auth=answer.auth,
            address=answer.address,
            outcome="ok" if answer.status < 300 else "http-error",
        )
        return answer, record

    def redirection(self, url, answer, record):
        """Where a good redirection leads, to https and an Autodiscover path; None for others."""
        if answer.status not in REDIRECT_STATUS or not answer.headers.get("location"):
            return None
        target = urljoin(url, answer.headers["location"])
        record["redirect"] = target
        parts = urlsplit(target)
        if parts.scheme != "https" or not LEGACY_PATTERN.search(parts.path):
            record["outcome"] = "redirect-invalid"
            return None
        record["outcome"] = "redirect-url"
        return target

    def callback(self, url):
        if self.redirect == "refuse":
            raise errors.AutodiscoverLocalException(f"AutodiscoverRedirectBlocked {url}")
        return self.redirect == "accept"

    def http_redirect(self, mail_domain):
        """The unauthenticated GET on port 80. A Candidate, or None."""
        url = f"http://autodiscover.{mail_domain}{LEGACY_PATH}"
        source = Candidate(url, "http-redirect", "redirected from port 80")
        try:
            answer, record = self.exchange(source, "GET", url, auth=False)
        except NetworkError:
            return None
        source.url = self.redirection(url, answer, record)
        if source.url:
            self.announce(source)
        return source if source.url else None

    def srv_host(self, mail_domain):
        """The first record on port 443, or at random one that is as good. A Candidate, or None."""
        records = [r for r in self.srv(f"_autodiscover._tcp.{mail_domain}") if r[2] == 443]
        best = [r for r in records if r[:2] == records[0][:2]]
        if not best:
            return None
        target = random.choice(best)[3].rstrip(".")
        if not target:
            return None
        candidate = Candidate(f"https://{target}{LEGACY_PATH}", "srv", "SRV _autodiscover._tcp")
        self.announce(candidate)
        return candidate

    def note_address(self, address, seen):
        """A redirection to an address that was there before switches the SCP lookup off."""
        if address.lower() in seen:
            self.scp_enabled = False
        else:
            seen.append(address.lower())

    # --- POX

    def pox_at(self, candidate, url, mailbox):
        """One POST. NetworkError or HttpError: WebException there."""
        if urlsplit(absolute(url)).scheme not in ("http", "https"):
            raise errors.NotSupportedException(url)
        body = messages.pox_request(mailbox)
        answer, record = self.exchange(candidate, "POST", url, body, POST_HEADERS)
        target = self.redirection(url, answer, record)
        if target:
            return messages.Reply("redirect-url", target=target)
        if answer.status == 456:
            raise errors.AccountIsLockedException(url)
        if answer.status >= 400:
            raise NetworkError("http-error", answer.status)
        try:
            reply = messages.parse_pox(answer.body)
        except errors.EwsError:
            record["outcome"] = "not-autodiscover"
            raise
        record["outcome"] = reply.kind
        record["error"] = reply.code
        if reply.target:
            record["redirect"] = reply.target
        return reply

    def pox(self, mailbox):
        """The settings for this mailbox: (candidate, url, Reply)."""
        hop = [1]
        return self._pox(mailbox, [], hop)

    def _pox(self, mailbox, seen, hop):
        mail_domain = mailbox.partition("@")[2]
        delayed = None
        self.internal = False
        for candidate in self.candidates(mail_domain):
            url = candidate.url
            while url:
                try:
                    reply = self.pox_at(candidate, url, mailbox)
                except (NetworkError, errors.XmlException):
                    break
                if reply.kind == "ok":
                    self.internal = candidate.source == "scp"
                    return candidate, url, reply
                if reply.kind == "error":
                    # From SCP it is inconclusive, from a name made of the mail domain final.
                    delayed = errors.AutodiscoverRemoteException(reply.code)
                    if candidate.source != "scp":
                        raise delayed
                    break
                if hop[0] >= MAX_REDIRECTIONS:
                    raise errors.AutodiscoverLocalException("MaximumRedirectionHopsExceeded")
                hop[0] += 1
                if reply.kind == "redirect-address":
                    self.note_address(reply.target, seen)
                    return self._pox(reply.target, seen, hop)
                url = absolute(reply.target)

        for last in (self.http_redirect, self.srv_host):
            candidate = last(mail_domain)
            found = candidate and self._pox_last_chance(mailbox, candidate)
            if found:
                return found
        raise delayed or errors.AutodiscoverLocalException("AutodiscoverCouldNotBeLocated")

    def _pox_last_chance(self, mailbox, candidate):
        """What a redirection or SRV has led to. An error is final, an address starts anew."""
        if not self.callback(candidate.url):
            return None
        url = candidate.url
        hop = [0]
        while hop[0] < MAX_REDIRECTIONS:
            try:
                reply = self.pox_at(candidate, url, mailbox)
            except (NetworkError, errors.XmlException):
                return None
            if reply.kind == "ok":
                return candidate, url, reply
            if reply.kind == "error":
                raise errors.AutodiscoverRemoteException(reply.code)
            if reply.kind == "redirect-address":
                seen = []
                self.note_address(reply.target, seen)
                # With the address it had, not with the one it got: so in the original.
                return self._pox(mailbox, seen, hop)
            url = absolute(reply.target)
            hop[0] += 1
        return None

    # --- SOAP

    def endpoint(self, candidate, host):
        """Asks a host without authentication what it offers. The .svc URL, or None."""
        for _ in range(MAX_REDIRECTIONS):
            url = f"https://{host}{LEGACY_PATH}"
            try:
                answer, record = self.exchange(candidate, "GET", url, auth=False)
            except NetworkError:
                return None
            target = self.redirection(url, answer, record)
            if target:
                host = host_of(target)
                continue
            offers = [name for name in ENDPOINT_HEADERS if answer.headers.get(name)]
            record["offers"] = offers
            record["outcome"] = "ok" if offers else "no-endpoint"
            return f"https://{host}/autodiscover/autodiscover.svc" if offers else None
        raise errors.AutodiscoverLocalException("MaximumRedirectionHopsExceeded")

    def soap_at(self, candidate, url, mailbox):
        """POSTs until there is an answer that is no HTTP redirection. Returns (url, Reply)."""
        for _ in range(MAX_REDIRECTIONS):
            body = messages.soap_request(mailbox, url)
            try:
                answer, record = self.exchange(candidate, "POST", url, body, POST_HEADERS)
            except NetworkError as error:
                raise errors.ServiceRequestException(str(error)) from error
            if answer.status in REDIRECT_STATUS:
                location = answer.headers.get("location")
                target = urljoin(url, location) if location else ""
                if urlsplit(target).scheme not in ("http", "https"):
                    raise errors.ServiceRemoteException("InvalidRedirectionResponseReturned")
                # Any path, and http too: only the redirections of a GET are looked at closely.
                record.update(outcome="redirect-url", redirect=target)
                url = target
                continue
            return url, self._soap_reply(answer, record)
        raise errors.AutodiscoverLocalException("MaximumRedirectionHopsExceeded")

    @staticmethod
    def _soap_reply(answer, record):
        if answer.status >= 400:
            if answer.status == 500 and messages.is_soap_fault(answer.body):
                raise errors.ServiceResponseException("soap:Fault")
            if answer.status == 456:
                raise errors.AccountIsLockedException(record["url"])
            raise errors.ServiceRequestException(f"HTTP {answer.status}")
        try:
            reply = messages.parse_soap(answer.body)
        except errors.AutodiscoverResponseException as error:
            record.update(outcome="error", error=str(error))
            raise
        except errors.XmlException as error:
            record["outcome"] = "not-autodiscover"
            raise errors.ServiceRequestException(str(error)) from error
        except errors.EwsError:
            record["outcome"] = "not-autodiscover"
            raise
        record.update(outcome=reply.kind, error=None if reply.code == "NoError" else reply.code)
        if reply.target:
            record["redirect"] = reply.target
        return reply

    def soap(self, mailbox):
        """The settings for this mailbox: (candidate, url, Reply). The reply may be an error."""
        seen = [mailbox.lower()]
        at = None  # (candidate, url) once an answer has named or proved one
        for _ in range(MAX_REDIRECTIONS):
            if at:
                at, reply = self._soap_known(at, mailbox)
            else:
                at, reply = self._soap_search(mailbox)
            if reply.kind == "redirect-address":
                mailbox = reply.target.lower()
                at = None
                self.note_address(reply.target, seen)
            elif reply.kind == "redirect-url":
                at = (at[0], absolute(reply.target))
            else:
                return at[0], at[1], reply
        raise errors.AutodiscoverLocalException("AutodiscoverCouldNotBeLocated")

    def _soap_known(self, at, mailbox):
        url, reply = self.soap_at(at[0], at[1], mailbox)
        return (at[0], url), reply

    def _soap_search(self, mailbox):
        mail_domain = mailbox.partition("@")[2]
        self.internal = False
        for candidate in self.candidates(mail_domain):
            # Of an SCP's URL only the host is used, neither its port nor its path.
            url = self.endpoint(candidate, host_of(candidate.url))
            if not url:
                continue
            try:
                found = self._soap_known((candidate, url), mailbox)
            except (errors.AutodiscoverResponseException, errors.ServiceRequestException):
                continue
            self.internal = candidate.source == "scp"
            return found

        for last in (self.http_redirect, self.srv_host):
            candidate = last(mail_domain)
            if candidate and self.callback(candidate.url):
                url = self.endpoint(candidate, host_of(candidate.url))
                if url:
                    # Here nothing is caught any more: an error is the end.
                    return self._soap_known((candidate, url), mailbox)
        raise errors.AutodiscoverLocalException("AutodiscoverCouldNotBeLocated")

    # --- the whole

    def _ews_url(self, found):
        """GetEwsUrlFromResponse() of what soap() or pox() found."""
        candidate, url, reply = found
        if reply.kind == "error":
            raise errors.ServiceRemoteException(reply.code)
        names = ["InternalEwsUrl", "ExternalEwsUrl"]
        if not self.internal:
            names.reverse()
        ews = next((reply.settings[n] for n in names if reply.settings.get(n)), None)
        if not ews:
            raise errors.AutodiscoverLocalException("AutodiscoverDidNotReturnEwsUrl")
        return {"url": url, "source": candidate.source, "internal": self.internal, "ews": ews}

    def discover(self, mailbox, form):
        """form: soap, pox, or both (ExchangeService.AutodiscoverUrl()). The choice; may raise."""
        if form == "both":
            enabled = self.scp_enabled
            try:
                return self._ews_url(self.soap(mailbox))
            except errors.AccountIsLockedException:
                raise
            except (errors.AutodiscoverLocalException, errors.ServiceRemoteException):
                # All over again in the older form, SCP lookup included.
                self.scp_enabled = enabled
                form = "pox"
        return self._ews_url(self.soap(mailbox) if form == "soap" else self.pox(mailbox))
