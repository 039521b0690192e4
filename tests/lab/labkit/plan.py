# SPDX-License-Identifier: GPL-2.0-or-later
"""What there is in the laboratory: names, addresses, accounts. Nothing of it exists anywhere else."""

PASSWORD = "Lab-only.Passw0rd"  # of everybody
OTHER_PASSWORD = "Other.Lab-Passw0rd"

DOMAIN = "nordwind.test"
REALM = "NORDWIND.TEST"
MAIL = "post.nordwind.test"
MAILBOX = "anna.berg@post.nordwind.test"
OTHER_DOMAIN = "sydvest.test"
OTHER_REALM = "SYDVEST.TEST"
SITE = "Lund"
SECOND_SITE = "Visby"
THIRD_SITE = "Kiruna"  # has no domain controller
OTHER_SITE = "Ribe"
MIT_DOMAIN = "hamn.test"  # no forest: a realm of MIT's KDC
MIT_REALM = "HAMN.TEST"
MIT_KDC = "kdc.hamn.test"
RESOLVER = "10.31.0.53"  # knows both forests
WRONG_RESOLVER = "10.31.0.54"  # knows nothing

# host: addresses, domain, whom it asks for names
HOSTS = {
    "dns": (["10.31.0.53/16", "10.31.0.54/16", "fd31::53/48"], DOMAIN, ["127.0.0.1"]),
    "dc1": (["10.31.1.1/16", "fd31:0:0:1::1/48"], DOMAIN, ["10.31.1.1"]),
    "dc2": (["10.31.2.1/16", "fd31:0:0:2::1/48"], DOMAIN, ["10.31.1.1"]),
    "syd1": (["10.31.9.1/16", "fd31:0:0:9::1/48"], OTHER_DOMAIN, ["10.31.9.1"]),
    "kdc": (["10.31.5.1/16"], MIT_DOMAIN, [RESOLVER]),
    "ex1": (
        ["10.31.1.20/16", "10.31.2.20/16", "10.31.9.20/16", "10.31.1.21/16", "10.31.1.22/16", "fd31:0:0:1::20/48"],
        DOMAIN,
        ["10.31.1.1"],
    ),
    "ws1": (["10.31.1.50/16"], DOMAIN, ["10.31.1.1", "10.31.2.1"]),
    "ws2": (["10.31.2.50/16"], DOMAIN, ["10.31.2.1", "10.31.1.1"]),
    "lnx1": (["10.31.1.70/16"], DOMAIN, ["10.31.1.1", "10.31.2.1"]),
}
MEMBER = "lnx1"  # has programs that the machine has not, and an /etc of its own
SUBNETS = {
    SITE: ["10.31.1.0/24", "fd31:0:0:1::/64"],
    SECOND_SITE: ["10.31.2.0/24", "fd31:0:0:2::/64"],
    THIRD_SITE: ["10.31.3.0/24"],
}

# DC: forest, NetBIOS name of the domain, site
CONTROLLERS = {
    "dc1": (DOMAIN, "NORDWIND", SITE),
    "dc2": (DOMAIN, "NORDWIND", SECOND_SITE),
    "syd1": (OTHER_DOMAIN, "SYDVEST", OTHER_SITE),
}

CRM = "svc-crm"  # who synchronizes mailboxes
EXCHANGE = "svc-exch"  # whose keys the web server has
STRANGER = "svc-other"  # got a name whose keys the web server has from before
OLD = "svc-old"  # whose password was changed since the web server got its keys

PLAIN_ONLY = "10.31.1.21"  # where the web server listens on port 80 alone
HTTP2 = "10.31.1.22"  # where another one listens, which speaks HTTP/2

# Web hosts: address, vhost settings as `serve` takes them, account that holds the SPN
EX1, EX2, SYDEX = "10.31.1.20", "10.31.2.20", "10.31.9.20"
WEB = {
    "ex1.nordwind.test": (EX1, {}, EXCHANGE),
    "ex2.nordwind.test": (EX2, {}, EXCHANGE),
    "mail.nordwind.test": (EX1, {}, EXCHANGE),
    "autodiscover.post.nordwind.test": (EX1, {}, EXCHANGE),
    "nospn.nordwind.test": (EX1, {}, None),
    "wrongkey.nordwind.test": (EX1, {"mechanisms": ["krb5"]}, STRANGER),
    "oldkey.nordwind.test": (EX1, {"mechanisms": ["krb5"]}, OLD),
    "wrongname.nordwind.test": (EX1, {"certificate": "wrong-name"}, EXCHANGE),
    "untrusted.nordwind.test": (EX1, {"certificate": "untrusted"}, EXCHANGE),
    "expired.nordwind.test": (EX1, {"certificate": "expired"}, EXCHANGE),
    "tls12.nordwind.test": (EX1, {"tls": "1.2"}, EXCHANGE),
    "tls13.nordwind.test": (EX1, {"tls": "1.3"}, EXCHANGE),
    "refuse.nordwind.test": (EX1, {"auth": "refuse"}, EXCHANGE),
    "nokeys.nordwind.test": (EX1, {"mechanisms": ["krb5"], "keytab": "none"}, EXCHANGE),
    "krbonly.nordwind.test": (EX1, {"mechanisms": ["krb5"]}, None),
    "h2.nordwind.test": (HTTP2, {"http2": True, "mechanisms": ["krb5"]}, EXCHANGE),
    "h2-too.nordwind.test": (HTTP2, {"http2": True, "mechanisms": ["krb5"], "auth": "refuse"}, EXCHANGE),
    "autodiscover.wik.nordwind.test": (None, {}, EXCHANGE),
    "autodiscover.klipp.nordwind.test": (None, {}, None),
    "sydex1.sydvest.test": (SYDEX, {}, EXCHANGE),
}

# SCP entries of a healthy forest: cn, URL or pointer, keywords beside the GUID
URL_GUID = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
POINTER_GUID = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"


def url_of(host):
    return f"https://{host}/Autodiscover/Autodiscover.xml"


def entry(host, *sites, cn=None):
    """An SCP entry as Exchange's setup writes it."""
    return {
        "cn": cn or host.partition(".")[0].upper(),
        "binding": url_of(host),
        "keywords": [URL_GUID, *(f"Site={site}" for site in sites)],
    }


def pointer(domain, *mail_domains, cn=None):
    return {
        "cn": cn or domain,
        "binding": f"LDAP://{domain}",
        "keywords": [POINTER_GUID, *(f"Domain={d}" for d in mail_domains)],
    }


HEALTHY = [entry("ex1.nordwind.test", SITE), entry("ex2.nordwind.test", SECOND_SITE)]
OTHER_HEALTHY = [entry("sydex1.sydvest.test", OTHER_SITE)]

# Accounts for the errors of the KDC: name -> what is peculiar
AES = 24
ACCOUNTS = {
    DOMAIN: {
        CRM: {},
        "anna.berg": {"mail": MAILBOX},
        EXCHANGE: {"etypes": AES},
        STRANGER: {"password": OTHER_PASSWORD, "etypes": AES},
        OLD: {"etypes": AES},
        "disabled": {"disabled": True},
        "expired": {"account_expires": True},
        "must-change": {"must_change": True},
        "night-only": {"no_hours": True},
        "des-only": {"etypes": 3, "spn": ["HTTP/des.nordwind.test"]},
        "svc-rc4": {"spn": ["HTTP/rc4.nordwind.test"]},
    },
    OTHER_DOMAIN: {EXCHANGE: {"etypes": AES}},
}
COMPUTERS = {DOMAIN: ["WS1", "WS2"], OTHER_DOMAIN: []}


def base_dn(domain):
    return ",".join(f"DC={label}" for label in domain.split("."))
