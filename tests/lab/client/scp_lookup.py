# SPDX-License-Identifier: GPL-2.0-or-later
"""The SCP lookup of the EWS Managed API: rootDSE, search, pointers, site, ten hops.

`directory` does the network; see directory.Directory, and the fake one in test_order.py:
  directory.root_dse(path)          configurationNamingContext; path is None or "LDAP://host"
  directory.search(base, path)      [Entry]; serverless, base tells the domain; path: for the record
  directory.site()                  the computer's site, None or "" when unknown
Failures are raised as DirectoryError.
"""

import ews_errors as errors
import ews_order as order


class ScpLookup:
    def __init__(self, directory, sample=False):
        """sample: order and fall back as the documentation's sample does."""
        self.directory = directory
        self.sample = sample
        self.hops = []  # the pointers followed
        self.searches = []  # every search with what it found

    def urls(self, mail_domain):
        """The ranked URLs; none when the directory fails. May raise what the API does not catch."""
        try:
            return self._lookup(mail_domain, None, [order.MAX_HOPS])
        except errors.DirectoryError as error:
            self.searches.append({"error": str(error)})
            return []
        except order.MissingBinding as error:
            raise errors.ArgumentOutOfRangeException(
                f"{error} has no serviceBindingInformation"
            ) from error

    def _lookup(self, mail_domain, path, left):
        if left[0] <= 0:
            # Not among the exceptions that urls() swallows: this ends the discovery.
            raise errors.ServiceLocalException("MaxScpHopsExceeded")
        left[0] -= 1

        base = self.directory.root_dse(path)
        entries = self.directory.search(base, path)
        self.searches.append(
            {
                "pointer": path,
                "base": base,
                "entries": [
                    {"dn": e.dn, "keywords": list(e.keywords), "bindings": list(e.bindings)}
                    for e in entries
                ],
            }
        )
        pointer = order.find_pointer(entries, mail_domain)
        if pointer and pointer.matched:
            # What was found so far is dropped, and the result there counts even if it is empty.
            return self._follow(mail_domain, pointer, left)

        site = self.directory.site()
        urls = (order.order_urls_sample if self.sample else order.order_urls)(entries, site)
        if not urls and pointer and (site or not self.sample):
            return self._follow(mail_domain, pointer, left)
        return urls

    def _follow(self, mail_domain, pointer, left):
        self.hops.append(
            {
                "path": pointer.path,
                "dn": pointer.dn,
                "reason": "domain" if pointer.matched else "fallback",
            }
        )
        return self._lookup(mail_domain, pointer.path, left)
