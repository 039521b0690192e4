# SPDX-License-Identifier: GPL-2.0-or-later
"""Kerberos: each kind of wrong judgement in another form, and a healthy day that looks like it.

Hosts of two domains with the same first label, user-to-user tickets, realms that refer to each other,
keytabs with a service's name, clocks, refused sessions of SMB, and what another KDC said of the same.
"""
from build import *  # noqa: F403
from cases import url_entry
from cases_field_a import granted, refused, signed_in
from field import field

SPN = "spn-not-found-or-duplicate"
NOTHING_WRONG = r"nothing wrong was seen"


# ---- a short name is short for one host ----


@field("K7", shows={SPN: "warn"}, never={SPN: ["ticket was given", "was granted", r"fs1\.ams", "got a ticket"],
                                         "verdict": [NOTHING_WRONG]})
def short_name_of_a_server_that_the_child_has_too(s):
    """cifs/fs1 stands in no account; a ticket for fs1 of the child domain says nothing of it."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/fs1"))
    granted(s, f"cifs/fs1.ams.{s.domain}")


@field("K7", shows={SPN: "note"}, recovered=[SPN], says={SPN: [r"cifs/fs2\.{D}"]})
def short_name_and_the_domain_s_own_server(s):
    """The library tries the name as it was typed, and then the whole one."""
    signed_in(s).sealed()
    s.cite(SPN, refused(s, 7, "cifs/fs2"))
    granted(s, f"cifs/fs2.{s.domain}")


@field("K7", shows={SPN: "note"}, recovered=[SPN])
def short_name_that_dns_completes_otherwise(s):
    """The hosts are called otherwise than the realm: DNS gives the client the whole name."""
    signed_in(s).sealed()
    full = f"ex1.sites.{s.domain}"
    s.ldap().scp(url_entry(s, 1, host=full))
    s.address(full, s.web)
    s.cite(SPN, refused(s, 7, "HTTP/ex1"))
    granted(s, "HTTP/" + full)


@field("K7", shows={SPN: "warn"}, never={SPN: [r"db3\.partner", "another form"], "verdict": [NOTHING_WRONG]})
def database_of_the_partner_has_the_same_name(s):
    """MSSQLSvc/db3.D is registered without its port nowhere; the partner's db3 is another machine."""
    signed_in(s).sealed()
    granted(s, f"MSSQLSvc/db3.partner{s.domain}:1433")
    s.cite(SPN, refused(s, 7, f"MSSQLSvc/db3.{s.domain}", times=2))
