# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios, in the order in which they are played."""

from . import core, sites, names, kdc, mit, ldap, web, views, member, classroom, lost, transport, sealed
from .scenario import ALL

__all__ = ["ALL", "classroom", "core", "kdc", "ldap", "lost", "member", "mit", "names", "sealed", "sites", "transport", "views", "web"]
