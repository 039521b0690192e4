# SPDX-License-Identifier: GPL-2.0-or-later
"""What the EWS Managed API makes of the entries of one SCP search.

Pure functions, without network. The rules follow DirectoryHelper.cs of the EWS Managed API: the
comments name what looks odd and is meant so. The other order is that of the sample in Microsoft's
documentation ("Find Autodiscover endpoints by using SCP lookup"), from which scripts were copied.
"""

from dataclasses import dataclass

URL_GUID = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
POINTER_GUID = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"
FILTER = (
    "(&(objectClass=serviceConnectionPoint)"
    f"(|(keywords={POINTER_GUID})(keywords={URL_GUID})))"
)
ATTRIBUTES = ["keywords", "serviceBindingInformation"]
MAX_HOPS = 10

SITE_MATCH = "site match"
NO_SITE = "no site"
OTHER_SITE = "other site"


class MissingBinding(Exception):
    """Indexing an empty value list: ArgumentOutOfRangeException, which nobody up there catches."""


@dataclass(frozen=True)
class Entry:
    """One entry, its values in the order in which the server gave them."""

    dn: str
    keywords: tuple
    bindings: tuple


@dataclass(frozen=True)
class Pointer:
    """A pointer to go to. `matched`: by Domain=, at once; otherwise only if there are no URLs."""

    path: str
    dn: str
    matched: bool


@dataclass(frozen=True)
class Ranked:
    """An URL in its place, from 1."""

    rank: int
    url: str
    reason: str
    dn: str


def same(a, b):
    """StringComparison.OrdinalIgnoreCase."""
    return a.upper() == b.upper()


def contains(values, wanted):
    return any(same(value, wanted) for value in values)


def first_binding(entry):
    if not entry.bindings:
        raise MissingBinding(entry.dn)
    return entry.bindings[0]


def find_pointer(entries, mail_domain):
    """The pointer for this mail domain, else the first one for nobody in particular, else None.

    A pointer for nobody has no keyword besides its GUID. One with any other is never followed
    unless its domain matches.
    """
    fallback = None
    for entry in entries:
        if not contains(entry.keywords, POINTER_GUID):
            continue
        path = first_binding(entry)
        if contains(entry.keywords, f"Domain={mail_domain}"):
            return Pointer(path, entry.dn, True)
        if len(entry.keywords) == 1 and not (fallback and fallback.path):
            fallback = Pointer(path, entry.dn, False)
    return fallback if fallback and fallback.path else None


def has_site(entry):
    return any(keyword.upper().startswith("SITE=") for keyword in entry.keywords)


def number(urls):
    return [Ranked(n, url, reason, dn) for n, (url, reason, dn) in enumerate(urls, 1)]


def order_urls(entries, site):
    """The URLs in the order of trying. Without a site there are none, whatever was found."""
    if not site:
        return []

    first, second = [], []
    for entry in entries:
        if not contains(entry.keywords, URL_GUID) or not entry.bindings:
            continue
        url = entry.bindings[0]
        if contains(entry.keywords, f"Site={site}"):
            if not contains([u[0] for u in first], url):
                first.append((url, SITE_MATCH, entry.dn))
        elif not contains([u[0] for u in second], url):
            # At the front: entries without a site come in reverse. And an URL stays where it was
            # met first: one of another site is not promoted by an entry without a site.
            if has_site(entry):
                second.append((url, OTHER_SITE, entry.dn))
            else:
                second.insert(0, (url, NO_SITE, entry.dn))
    for candidate in second:
        if not contains([u[0] for u in first], candidate[0]):
            first.append(candidate)
    return number(first)


def order_urls_sample(entries, site):
    """The same for the documentation's sample: three lists, each as found, in lower case."""
    if not site:
        return []

    lists = {SITE_MATCH: [], NO_SITE: [], OTHER_SITE: []}
    for entry in entries:
        if not contains(entry.keywords, URL_GUID):
            continue
        url = first_binding(entry).lower()
        if contains(entry.keywords, f"Site={site}"):
            reason = SITE_MATCH
        else:
            reason = OTHER_SITE if has_site(entry) else NO_SITE
        if url not in [u[0] for u in lists[reason]]:
            lists[reason].append((url, reason, entry.dn))
    urls = []
    for reason in (SITE_MATCH, NO_SITE, OTHER_SITE):
        urls += [u for u in lists[reason] if u[0] not in [known[0] for known in urls]]
    return number(urls)
