# SPDX-License-Identifier: GPL-2.0-or-later
"""The bodies that an Autodiscover client sends, and what it reads from the answers."""

import base64
import re
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import ews_errors as errors

POX_REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
POX_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
SOAP_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_AUTODISCOVER = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
SOAP_ACTION = SOAP_AUTODISCOVER + "/Autodiscover/GetUserSettings"


NTLMSSP_OID = bytes.fromhex("060a2b06010401823702020a")
KRB5_OIDS = [bytes.fromhex("06092a864886f712010202"), bytes.fromhex("06092a864882f712010202")]


def scheme_of(authorization):
    """What a value of the Authorization header carries: kerberos, ntlm, basic, or none."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() == "basic":
        return "basic"
    if scheme.lower() not in ("negotiate", "ntlm"):
        return "none"
    try:
        raw = base64.b64decode(token)
    except ValueError:
        return "none"
    # SPNEGO lists what it could do: the token inside is for the first of them.
    ntlm = raw.find(NTLMSSP_OID)
    kerberos = min((raw.find(oid) for oid in KRB5_OIDS if oid in raw), default=-1)
    if b"NTLMSSP\0" in raw or (ntlm >= 0 and not 0 <= kerberos < ntlm):
        return "ntlm"
    return "kerberos"


def pox_request(mailbox):
    return (
        f'<Autodiscover xmlns="{POX_REQUEST}"><Request>'
        f"<EMailAddress>{escape(mailbox)}</EMailAddress>"
        f"<AcceptableResponseSchema>{POX_RESPONSE}</AcceptableResponseSchema>"
        "</Request></Autodiscover>"
    )


def soap_request(mailbox, url, version="Exchange2010"):
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP_ENVELOPE}" xmlns:a="{SOAP_AUTODISCOVER}"'
        ' xmlns:wsa="http://www.w3.org/2005/08/addressing"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Header>'
        f"<a:RequestedServerVersion>{version}</a:RequestedServerVersion>"
        f"<wsa:Action>{SOAP_ACTION}</wsa:Action><wsa:To>{escape(url)}</wsa:To></soap:Header>"
        "<soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User>"
        f"<a:Mailbox>{escape(mailbox)}</a:Mailbox></a:User></a:Users><a:RequestedSettings>"
        "<a:Setting>InternalEwsUrl</a:Setting><a:Setting>ExternalEwsUrl</a:Setting>"
        "</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body>"
        "</soap:Envelope>"
    )


@dataclass
class Reply:
    """kind: ok, redirect-url, redirect-address, error."""

    kind: str
    target: str = None
    code: str = None  # POX number, or SOAP ErrorCode
    settings: dict = field(default_factory=dict)


def _parse(body):
    if b"<!DOCTYPE" in body:
        raise errors.XmlException("a document type is prohibited")
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise errors.XmlException(str(error)) from error


def _local(element):
    return element.tag.rpartition("}")[2]


def _find(element, *names):
    """The first descendant along these local names, or None."""
    for name in names:
        element = next((child for child in element if _local(child) == name), None)
        if element is None:
            return None
    return element


def _text(element, *names):
    found = _find(element, *names)
    return None if found is None else (found.text or "").strip()


def parse_pox(body):
    """Raises XmlException (the next candidate) or ServiceXmlDeserializationException (the end)."""
    root = _parse(body)
    # The API reads the declaration as a node of its own, and nothing else in its place.
    if not re.match(rb"(\xef\xbb\xbf)?<\?xml\s", body):
        raise errors.ServiceXmlDeserializationException("no XML declaration")
    response = _find(root, "Response")
    if _local(root) != "Autodiscover" or response is None:
        raise errors.ServiceXmlDeserializationException(f"{_local(root)} is not Autodiscover")

    account = _find(response, "Account")
    if account is None:
        # Without an account the answer counts as an error, also when it names none.
        return Reply("error", code=_text(response, "Error", "ErrorCode"))
    action = _text(account, "Action")
    if action == "redirectAddr":
        return Reply("redirect-address", target=_text(account, "RedirectAddr"))
    if action == "redirectUrl":
        return Reply("redirect-url", target=_text(account, "RedirectUrl"))
    if action != "settings":
        return Reply("error", code=_text(response, "Error", "ErrorCode"))

    settings = {}
    for protocol in account:
        if _local(protocol) != "Protocol":
            continue
        name = {"EXCH": "InternalEwsUrl", "EXPR": "ExternalEwsUrl"}.get(_text(protocol, "Type"))
        url = _text(protocol, "EwsUrl")
        if name and url:
            settings[name] = url
    return Reply("ok", settings=settings)


def parse_soap(body):
    """Raises as parse_pox(), and AutodiscoverResponseException for an error of the response."""
    root = _parse(body)
    if root.tag != f"{{{SOAP_ENVELOPE}}}Envelope":
        raise errors.ServiceXmlDeserializationException(f"{_local(root)} is not soap:Envelope")
    response = _find(root, "Body", "GetUserSettingsResponseMessage", "Response")
    if response is None:
        raise errors.ServiceXmlDeserializationException("no GetUserSettingsResponseMessage")
    code = _text(response, "ErrorCode") or "NoError"
    if code != "NoError":
        raise errors.AutodiscoverResponseException(code)

    user = _find(response, "UserResponses", "UserResponse")
    if user is None:
        # The first of an empty collection.
        raise errors.ArgumentOutOfRangeException("no UserResponse")
    code = _text(user, "ErrorCode") or "NoError"
    if code == "RedirectAddress":
        return Reply("redirect-address", target=_text(user, "RedirectTarget"), code=code)
    if code == "RedirectUrl":
        return Reply("redirect-url", target=_text(user, "RedirectTarget"), code=code)
    settings = {}
    given = _find(user, "UserSettings")
    for setting in [] if given is None else given:
        if _text(setting, "Value"):
            settings[_text(setting, "Name")] = _text(setting, "Value")
    return Reply("ok" if code == "NoError" else "error", code=code, settings=settings)


def is_soap_fault(body):
    try:
        root = _parse(body)
    except errors.XmlException:
        return False
    return _local(root) == "Envelope" and _find(root, "Body", "Fault") is not None
