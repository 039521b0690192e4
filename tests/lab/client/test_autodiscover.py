# SPDX-License-Identifier: GPL-2.0-or-later
"""The client's candidates, redirections and ends over HTTP, with a server made of a dictionary."""

import base64

import autodiscover
import ews_errors as errors
import ews_order as order
import messages
import pytest
from autodiscover import Answer, Autodiscover, NetworkError

HQ = "https://hq.adatum.test/autodiscover/autodiscover.xml"

POX = (
    '<?xml version="1.0"?><Autodiscover xmlns="a"><Response xmlns="b">{}</Response></Autodiscover>'
)
SETTINGS = (
    "<Account><Action>settings</Action><Protocol><Type>EXCH</Type><EwsUrl>https://in/</EwsUrl>"
    "</Protocol><Protocol><Type>EXPR</Type><EwsUrl>https://out/</EwsUrl></Protocol></Account>"
)
XML = "/autodiscover/autodiscover.xml"
SVC = "/autodiscover/autodiscover.svc"


def pox(inside=SETTINGS):
    return Answer(200, {}, POX.format(inside).encode())


def pox_action(action, tag, target):
    return pox(f"<Account><Action>{action}</Action><{tag}>{target}</{tag}></Account>")


def pox_error(code):
    return pox(f"<Error><ErrorCode>{code}</ErrorCode></Error>")


def soap(code="NoError", target=None, response="NoError"):
    given = "".join(
        f"<UserSetting><Name>{name}</Name><Value>{value}</Value></UserSetting>"
        for name, value in (("InternalEwsUrl", "https://in/"), ("ExternalEwsUrl", "https://out/"))
    )
    text = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>'
        f"<GetUserSettingsResponseMessage><Response><ErrorCode>{response}</ErrorCode>"
        f"<UserResponses><UserResponse><ErrorCode>{code}</ErrorCode>"
        f"<RedirectTarget>{target or ''}</RedirectTarget><UserSettings>{given}</UserSettings>"
        "</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body>"
        "</s:Envelope>"
    )
    return Answer(200, {}, text.encode())


def status(code, location=None, offers=False, body=b""):
    headers = {"location": location} if location else {}
    if offers:
        headers["x-soap-enabled"] = "True"
    return Answer(code, headers, body)


OFFERS = status(401, offers=True)


class FakeHttp:
    """answers: {(method, url): Answer, kind of failure, or a list of them}."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def exchange(self, method, url, body, headers, auth):
        self.asked.append((method, url))
        answer = self.answers.get((method, url), "unresolvable")
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, str):
            raise NetworkError(answer, "fake")
        assert auth == (method == "POST"), "only a POST authenticates"
        return answer


class Scp:
    def __init__(self, *urls):
        self.ranked = [order.Ranked(n, u, order.SITE_MATCH, "CN=x") for n, u in enumerate(urls, 1)]
        self.asked = []

    def __call__(self, mail_domain):
        self.asked.append(mail_domain)
        return self.ranked


def service(answers, scp=None, srv=(), redirect="accept"):
    return Autodiscover(scp or Scp(), FakeHttp(answers), lambda name: list(srv), redirect)


def tried(client):
    return [(t["source"], t["method"], t["url"], t["outcome"]) for t in client.tried]


def test_pox_goes_through_all_candidates_in_order():
    client = service({}, Scp(HQ), srv=[(0, 0, 443, "srv.test.")])
    with pytest.raises(errors.AutodiscoverLocalException, match="CouldNotBeLocated"):
        client.discover("joe@adatum.test", "pox")
    assert [(s, m, u) for s, m, u, _ in tried(client)] == [
        ("scp", "POST", HQ),
        ("domain", "POST", "https://adatum.test" + XML),
        ("autodiscover-host", "POST", "https://autodiscover.adatum.test" + XML),
        ("http-redirect", "GET", "http://autodiscover.adatum.test" + XML),
        ("srv", "POST", "https://srv.test" + XML),
    ]
    assert [c["source"] for c in client.rounds[0]["order"]] == [
        "scp",
        "domain",
        "autodiscover-host",
        "srv",
    ]


def test_success_by_scp_is_internal_and_by_name_external():
    client = service({("POST", HQ): pox()}, Scp(HQ))
    assert client.discover("joe@adatum.test", "pox")["ews"] == "https://in/"
    client = service({("POST", "https://adatum.test" + XML): pox()})
    assert client.discover("joe@adatum.test", "pox")["ews"] == "https://out/"


def test_pox_error_from_scp_is_inconclusive_and_reported_in_the_end():
    client = service({("POST", HQ): pox_error(500)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverRemoteException, match="500"):
        client.discover("joe@adatum.test", "pox")
    assert len(client.tried) == 4


def test_pox_error_from_a_name_is_final():
    client = service({("POST", "https://adatum.test" + XML): pox_error(600)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverRemoteException, match="600"):
        client.discover("joe@adatum.test", "pox")
    assert len(client.tried) == 2


@pytest.mark.parametrize("code", [401, 403, 404, 500, 503])
def test_pox_http_errors_lead_to_the_next_candidate(code):
    answers = {("POST", HQ): status(code), ("POST", "https://adatum.test" + XML): pox()}
    client = service(answers, Scp(HQ))
    assert client.discover("joe@adatum.test", "pox")["source"] == "domain"
    assert tried(client)[0][3] == "http-error"


@pytest.mark.parametrize(
    "body, failure",
    [
        (b"<html><p></html>", None),
        (b"<!DOCTYPE html><html></html>", None),
        (b"<html></html>", errors.ServiceXmlDeserializationException),
        (b'<?xml version="1.0"?><html/>', errors.ServiceXmlDeserializationException),
    ],
)
def test_a_page_that_is_well_formed_ends_it_and_one_that_is_not_does_not(body, failure):
    client = service({("POST", HQ): status(200, body=body)}, Scp(HQ))
    with pytest.raises(failure or errors.AutodiscoverLocalException):
        client.discover("joe@adatum.test", "pox")
    assert len(client.tried) == (1 if failure else 4)
    assert client.tried[0]["outcome"] == "not-autodiscover"


def test_pox_follows_redirect_urls_of_both_kinds():
    below = "https://c.test/Autodiscover/x/autodiscover.xml"
    answers = {
        ("POST", HQ): pox_action("redirectUrl", "RedirectUrl", "https://b.test" + XML),
        ("POST", "https://b.test" + XML): status(302, below),
        ("POST", below): pox(),
    }
    client = service(answers, Scp(HQ), redirect="refuse")
    found = client.discover("joe@adatum.test", "pox")
    assert (found["url"][:14], found["internal"]) == ("https://c.test", True)


@pytest.mark.parametrize("location", ["http://b.test" + XML, "https://b.test/owa/"])
def test_an_http_redirection_to_http_or_elsewhere_is_none(location):
    client = service({("POST", HQ): status(302, location)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverLocalException):
        client.discover("joe@adatum.test", "pox")
    assert client.tried[0]["redirect"] == location
    assert len(client.tried) == 4


def test_redirect_address_starts_anew_and_a_loop_switches_scp_off():
    there = pox_action("redirectAddr", "RedirectAddr", "joe@b.test")
    back = pox_action("redirectAddr", "RedirectAddr", "joe@adatum.test")
    scp = Scp(HQ)
    client = service({("POST", HQ): [there, back, there]}, scp)
    with pytest.raises(errors.AutodiscoverLocalException, match="CouldNotBeLocated"):
        client.discover("joe@adatum.test", "pox")
    # The first address is not among those that were redirected to: it may come once.
    assert scp.asked == ["adatum.test", "b.test", "adatum.test"]
    assert [r["mail_domain"] for r in client.rounds] == [
        "adatum.test",
        "b.test",
        "adatum.test",
        "b.test",
    ]
    assert not client.scp_enabled


def test_pox_gives_up_after_ten_hops():
    client = service({("POST", HQ): pox_action("redirectUrl", "RedirectUrl", HQ)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverLocalException, match="MaximumRedirection"):
        client.discover("joe@adatum.test", "pox")
    assert len(client.tried) == 10


REDIRECTED = {
    ("GET", "http://autodiscover.adatum.test" + XML): status(302, "https://cloud.test" + XML),
    ("POST", "https://cloud.test" + XML): pox(),
    ("GET", "https://cloud.test" + XML): OFFERS,
    ("POST", "https://cloud.test" + SVC): soap(),
}


@pytest.mark.parametrize("form", ["pox", "soap"])
def test_http_redirect_needs_the_callback(form):
    found = service(dict(REDIRECTED)).discover("joe@adatum.test", form)
    assert (found["source"], found["ews"]) == ("http-redirect", "https://out/")

    client = service(dict(REDIRECTED), srv=[(0, 0, 443, "s.test.")], redirect="refuse")
    with pytest.raises(errors.AutodiscoverLocalException, match="RedirectBlocked"):
        client.discover("joe@adatum.test", form)
    assert client.tried[-1]["source"] == "http-redirect"

    client = service(dict(REDIRECTED), redirect="reject")
    with pytest.raises(errors.AutodiscoverLocalException, match="CouldNotBeLocated"):
        client.discover("joe@adatum.test", form)


def test_srv_takes_port_443_only_and_of_equals_any():
    records = [(0, 0, 80, "a."), (1, 5, 443, "b."), (1, 5, 443, "c."), (1, 9, 443, "d.")]
    drawn = set()
    for _ in range(60):
        client = service({}, srv=records)
        client.rounds.append({"order": []})
        drawn.add(client.srv_host("adatum.test").url)
    assert drawn == {f"https://{name}{XML}" for name in "bc"}
    assert service({}, srv=[(0, 0, 80, "a.")]).srv_host("adatum.test") is None
    assert service({}).srv_host("adatum.test") is None
    assert service({}, srv=[(0, 0, 443, ".")]).srv_host("adatum.test") is None


def test_soap_uses_only_the_host_and_asks_before_it_posts():
    answers = {
        ("GET", "https://hq.adatum.test" + XML): OFFERS,
        ("POST", "https://hq.adatum.test" + SVC): soap(),
    }
    client = service(answers, Scp("https://hq.adatum.test:8443/some/where.xml"))
    found = client.discover("joe@adatum.test", "soap")
    assert (found["ews"], found["internal"]) == ("https://in/", True)
    assert [(m, o) for _, m, _, o in tried(client)] == [("GET", "ok"), ("POST", "ok")]


def test_soap_skips_a_host_that_offers_nothing():
    client = service({("GET", HQ): status(401)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverLocalException):
        client.discover("joe@adatum.test", "soap")
    assert client.tried[0]["outcome"] == "no-endpoint"
    assert all(method == "GET" for _, method, _, _ in tried(client))


def test_soap_get_is_redirected_at_most_ten_times():
    client = service({("GET", HQ): status(302, HQ)}, Scp(HQ))
    with pytest.raises(errors.AutodiscoverLocalException, match="MaximumRedirection"):
        client.discover("joe@adatum.test", "soap")
    assert len(client.tried) == 10


HQ_SVC = "https://hq.adatum.test" + SVC
FAULT = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault/></s:Body>'
    b"</s:Envelope>"
)


@pytest.mark.parametrize(
    "answer, failure, goes_on",
    [
        (soap(response="ServerBusy"), "AutodiscoverLocalException", True),
        (status(401), "AutodiscoverLocalException", True),
        (status(500), "AutodiscoverLocalException", True),
        (status(500, body=FAULT), "ServiceResponseException", False),
        ("closed", "AutodiscoverLocalException", True),
        (status(200, body=b"<html><p></html>"), "AutodiscoverLocalException", True),
        (status(200, body=b"<html/>"), "ServiceXmlDeserializationException", False),
        (status(302), "ServiceRemoteException", False),
        (soap("InvalidUser"), "ServiceRemoteException", False),
    ],
)
def test_soap_failures(answer, failure, goes_on):
    client = service({("GET", HQ): OFFERS, ("POST", HQ_SVC): answer}, Scp(HQ))
    with pytest.raises(errors.EwsError) as caught:
        client.discover("joe@adatum.test", "soap")
    assert caught.value.name == failure
    assert any(source == "domain" for source, *_ in tried(client)) == goes_on


def test_soap_redirections():
    answers = {
        ("GET", HQ): [OFFERS, OFFERS],
        ("POST", HQ_SVC): [
            soap("RedirectAddress", "joe@b.test"),
            soap("RedirectUrl", "https://cloud.test" + SVC),
        ],
        ("POST", "https://cloud.test" + SVC): soap(),
    }
    scp = Scp(HQ)
    client = service(answers, scp, redirect="refuse")
    found = client.discover("joe@adatum.test", "soap")
    assert scp.asked == ["adatum.test", "b.test"]
    assert found["url"] == "https://cloud.test" + SVC
    assert [t["outcome"] for t in client.tried if t["method"] == "POST"] == [
        "redirect-address",
        "redirect-url",
        "ok",
    ]


def test_both_repeats_everything_with_pox():
    scp = Scp(HQ)
    client = service({("GET", HQ): status(404), ("POST", HQ): pox()}, scp)
    assert client.discover("joe@adatum.test", "both")["url"] == HQ
    assert scp.asked == ["adatum.test", "adatum.test"]
    assert [m for _, m, _, _ in tried(client)] == ["GET", "GET", "GET", "GET", "POST"]


def test_an_scp_that_is_no_url_ends_the_discovery():
    with pytest.raises(errors.UriFormatException):
        service({}, Scp("mail.adatum.test")).discover("joe@adatum.test", "soap")


def test_last_chance_gives_up_after_ten_hops():
    cloud = "https://cloud.test" + XML
    answers = dict(REDIRECTED)
    answers[("POST", cloud)] = pox_action("redirectUrl", "RedirectUrl", cloud)
    client = service(answers)
    with pytest.raises(errors.AutodiscoverLocalException, match="CouldNotBeLocated"):
        client.discover("joe@adatum.test", "pox")
    assert [u for _, u in client.http.asked].count(cloud) == autodiscover.MAX_REDIRECTIONS


KRB5 = "06092a864886f712010202"
NTLM = "060a2b06010401823702020a"


@pytest.mark.parametrize(
    "scheme, token, expected",
    [
        ("Negotiate", bytes.fromhex("6082" + KRB5 + NTLM) + b"ticket", "kerberos"),
        ("Negotiate", bytes.fromhex("6082" + NTLM), "ntlm"),
        ("Negotiate", bytes.fromhex("6082" + KRB5 + NTLM) + b"NTLMSSP\0", "ntlm"),
        ("Negotiate", b"NTLMSSP\0", "ntlm"),
        ("NTLM", b"NTLMSSP\0", "ntlm"),
        ("Basic", b"joe:x", "basic"),
        ("Bearer", b"x", "none"),
    ],
)
def test_what_an_authorization_carries(scheme, token, expected):
    value = f"{scheme} {base64.b64encode(token).decode()}"
    assert messages.scheme_of(value) == expected
