# SPDX-License-Identifier: GPL-2.0-or-later
"""The client's order of SCP entries, and its way along pointers, without a network."""

import ews_errors as errors
import ews_order as order
import pytest
from ews_order import NO_SITE, OTHER_SITE, SITE_MATCH, Entry
from scp_lookup import ScpLookup

HQ = "https://hq.adatum.test/autodiscover/autodiscover.xml"
BRANCH = "https://branch.adatum.test/autodiscover/autodiscover.xml"
ANY = "https://any.adatum.test/autodiscover/autodiscover.xml"


def url(binding, *keywords, dn=None):
    return Entry(dn or f"CN={binding}", (order.URL_GUID, *keywords), (binding,) if binding else ())


def pointer(binding, *keywords):
    bindings = (binding,) if binding else ()
    return Entry(f"CN={binding}", (order.POINTER_GUID, *keywords), bindings)


def ranked(entries, site, rule=order.order_urls):
    return [(r.url, r.reason) for r in rule(entries, site)]


# --- order


def test_filter_names_both_guids_and_the_class():
    assert order.FILTER == (
        "(&(objectClass=serviceConnectionPoint)(|(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)"
        "(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)))"
    )


def test_site_match_then_no_site_then_other_site():
    entries = [url(BRANCH, "Site=Branch"), url(ANY), url(HQ, "Site=HQ")]
    assert ranked(entries, "HQ") == [(HQ, SITE_MATCH), (ANY, NO_SITE), (BRANCH, OTHER_SITE)]
    assert [r.rank for r in order.order_urls(entries, "HQ")] == [1, 2, 3]


def test_site_matches_keep_the_directory_order():
    entries = [url("https://b/", "Site=HQ"), url("https://a/", "Site=HQ")]
    assert [u for u, _ in ranked(entries, "HQ")] == ["https://b/", "https://a/"]


def test_entries_without_a_site_come_in_reverse():
    entries = [url("https://1/"), url("https://2/"), url("https://3/")]
    assert [u for u, _ in ranked(entries, "HQ")] == ["https://3/", "https://2/", "https://1/"]


def test_entries_of_other_sites_keep_the_directory_order_behind_those_without():
    entries = [
        url("https://x/", "Site=X"),
        url("https://1/"),
        url("https://y/", "Site=Y"),
        url("https://2/"),
    ]
    assert [u for u, _ in ranked(entries, "HQ")] == [
        "https://2/",
        "https://1/",
        "https://x/",
        "https://y/",
    ]


@pytest.mark.parametrize("site", [None, ""])
def test_without_a_site_there_is_no_url_at_all(site):
    assert ranked([url(ANY), url(HQ, "Site=HQ")], site) == []


def test_keywords_and_sites_compare_without_case():
    entry = Entry("CN=x", (order.URL_GUID.lower(), "sITE=hq"), (HQ,))
    assert ranked([entry], "HQ") == [(HQ, SITE_MATCH)]


def test_a_site_must_match_as_a_whole():
    assert ranked([url(HQ, "Site=HQ2")], "HQ") == [(HQ, OTHER_SITE)]
    assert ranked([url(HQ, "Site=HQ ")], "HQ") == [(HQ, OTHER_SITE)]


def test_one_matching_site_among_several_is_enough():
    assert ranked([url(HQ, "Site=A", "Site=HQ")], "HQ") == [(HQ, SITE_MATCH)]


def test_duplicates_are_skipped_without_case():
    entries = [url(HQ, "Site=HQ"), url(HQ.upper(), "Site=HQ"), url(ANY), url(ANY.upper())]
    assert ranked(entries, "HQ") == [(HQ, SITE_MATCH), (ANY, NO_SITE)]


def test_an_url_met_first_as_of_another_site_is_not_promoted_by_one_without():
    entries = [url(ANY, "Site=Branch"), url("https://z/"), url(ANY)]
    assert ranked(entries, "HQ") == [("https://z/", NO_SITE), (ANY, OTHER_SITE)]


def test_an_url_of_another_site_and_of_ours_is_a_match():
    entries = [url(HQ, "Site=Branch"), url(HQ, "Site=HQ")]
    assert ranked(entries, "HQ") == [(HQ, SITE_MATCH)]


def test_url_objects_without_binding_are_skipped_and_of_several_the_first_counts():
    both = Entry("CN=x", (order.URL_GUID,), (ANY, HQ))
    assert ranked([url(None, "Site=HQ"), both], "HQ") == [(ANY, NO_SITE)]


def test_domain_keyword_on_an_url_object_means_nothing():
    entries = [url(HQ, "Domain=else.test"), url(ANY, "Site=HQ", "Domain=else.test")]
    assert ranked(entries, "HQ") == [(ANY, SITE_MATCH), (HQ, NO_SITE)]


def test_pointers_and_strangers_are_no_urls():
    entries = [pointer("LDAP://other.test"), Entry("CN=x", ("something",), (ANY,))]
    assert ranked(entries, "HQ") == []


def test_the_sample_keeps_directory_order_and_lowers_the_case():
    entries = [url("https://ONE/"), url("https://two/"), url("https://x/", "Site=X")]
    entries.append(url("https://HERE/", "Site=HQ"))
    assert ranked(entries, "HQ", order.order_urls_sample) == [
        ("https://here/", SITE_MATCH),
        ("https://one/", NO_SITE),
        ("https://two/", NO_SITE),
        ("https://x/", OTHER_SITE),
    ]


def test_the_sample_promotes_an_url_without_site():
    entries = [url(ANY, "Site=Branch"), url(ANY)]
    assert ranked(entries, "HQ", order.order_urls_sample) == [(ANY, NO_SITE)]


# --- pointers


def test_pointer_with_the_mail_domain_wins_over_an_earlier_fallback():
    entries = [pointer("LDAP://first.test"), pointer("LDAP://mine.test", "domain=ADATUM.test")]
    found = order.find_pointer(entries, "adatum.test")
    assert (found.path, found.matched) == ("LDAP://mine.test", True)


def test_the_first_pointer_for_nobody_is_the_fallback():
    entries = [pointer("LDAP://a.test"), pointer("LDAP://b.test")]
    found = order.find_pointer(entries, "adatum.test")
    assert (found.path, found.matched) == ("LDAP://a.test", False)


def test_a_pointer_for_another_domain_or_with_any_other_keyword_is_never_the_fallback():
    entries = [pointer("LDAP://a.test", "Domain=else.test"), pointer("LDAP://b.test", "Site=HQ")]
    assert order.find_pointer(entries, "adatum.test") is None


def test_the_domain_must_match_as_a_whole():
    entries = [pointer("LDAP://a.test", "Domain=sub.adatum.test")]
    assert order.find_pointer(entries, "adatum.test") is None


class FakeDirectory:
    """forests: {path or None: [Entry]}. Notes what is asked."""

    def __init__(self, forests, site="HQ"):
        self.forests = forests
        self.here = site
        self.asked = []

    def root_dse(self, path):
        self.asked.append(("rootdse", path))
        if path not in self.forests:
            raise errors.DirectoryError(f"no such server {path}")
        return f"CN=Configuration,DC={path}"

    def search(self, base, path):
        self.asked.append(("search", base))
        return self.forests[path]

    def site(self):
        self.asked.append(("site", None))
        return self.here


def lookup(forests, site="HQ", sample=False, domain="adatum.test"):
    scp = ScpLookup(FakeDirectory(forests, site), sample)
    return scp, [u.url for u in scp.urls(domain)]


def test_a_matching_pointer_drops_the_urls_beside_it_even_for_an_empty_result():
    forests = {
        None: [url(HQ, "Site=HQ"), pointer("LDAP://f.test", "Domain=adatum.test")],
        "LDAP://f.test": [],
    }
    scp, urls = lookup(forests)
    assert urls == []
    assert [hop["reason"] for hop in scp.hops] == ["domain"]


def test_the_fallback_pointer_is_not_followed_when_there_are_urls():
    scp, urls = lookup({None: [url(HQ), pointer("LDAP://f.test")]})
    assert urls == [HQ]
    assert scp.hops == []


def test_the_fallback_pointer_is_followed_when_there_are_none():
    scp, urls = lookup({None: [pointer("LDAP://f.test")], "LDAP://f.test": [url(ANY)]})
    assert urls == [ANY]
    assert [(hop["path"], hop["reason"]) for hop in scp.hops] == [("LDAP://f.test", "fallback")]


def test_without_a_site_the_api_still_follows_the_fallback_and_the_sample_does_not():
    forests = {None: [url(HQ), pointer("LDAP://f.test")], "LDAP://f.test": [url(ANY)]}
    scp, urls = lookup(forests, site=None)
    assert (urls, len(scp.hops)) == ([], 1)
    scp, urls = lookup(forests, site=None, sample=True)
    assert (urls, len(scp.hops)) == ([], 0)


def test_ten_searches_and_no_more():
    directory = FakeDirectory({})
    directory.forests = {None: [pointer("LDAP://a.test")], "LDAP://a.test": None}
    directory.forests["LDAP://a.test"] = [pointer("LDAP://a.test")]
    scp = ScpLookup(directory)
    with pytest.raises(errors.ServiceLocalException, match="MaxScpHopsExceeded"):
        scp.urls("adatum.test")
    assert [what for what, _ in directory.asked].count("search") == 10
    assert len(scp.hops) == 10


def test_a_directory_that_fails_is_an_empty_one():
    scp, urls = lookup({None: [pointer("LDAP://gone.test")]})
    assert urls == []
    assert "no such server" in scp.searches[-1]["error"]


def test_a_pointer_without_binding_ends_the_discovery():
    with pytest.raises(errors.ArgumentOutOfRangeException):
        lookup({None: [pointer(None)]})
