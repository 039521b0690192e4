# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios, in the order in which they are played."""

from . import core, sites, names, kdc, mit, ldap, web, views, member, classroom, lost, transport, sealed
from .scenario import ALL

# What inferences are measured on is many and long: it is recorded by name.
BY_NAME = {name for name, one in ALL.items() if one.play.__module__ == sealed.__name__}

__all__ = ["BY_NAME", "ALL", "classroom", "core", "kdc", "ldap", "lost", "member", "mit", "names", "sealed", "sites", "transport", "views", "web"]
