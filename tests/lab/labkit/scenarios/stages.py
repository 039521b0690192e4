# SPDX-License-Identifier: GPL-2.0-or-later
"""How each stage of a scenario's path ends, and the seconds lost in it: what an expert says of what was done."""

STAGES = ("find", "sign-in", "open", "look-up", "reach", "autodiscover")
ENDED = {"o": "ok", "f": "failed", "h": "hidden", "-": "not seen"}

# A letter for each stage, in their order; of the recordings that have no row, nothing plain can be said.
ROWS = {
    "oooooo": """
        certificate-expired certificate-name certificate-untrusted dead-addresses dead-dc doubled endpoint-refused
        endpoint-silent endpoint-unresolvable fragments-lost healthy http-404 http-500 http-redirect-followed
        ipv4-and-ipv6 ipv6 late-clear ldaps no-scp ntlm-fallback places-client pointer pox-500
        pox-600 proxy-refused redirect-address-domain redirect-address-forest redirect-address redirect-url
        scp-many scp-other-site sealed second-site signed slow-answers site-moved site-unknown site-without-dc
        soap srv-autodiscover stale-srv starttls tls-1.2 tls-1.3 two-clients
        http2 http2-refused keep-alive nss openssl proxy slow-network three-clients
        hop-java java-redirect hop-go hop-302 hop-forest hops-two hops-three hop-soap hop-refused settings-elsewhere
        refused-java go-refused refused-nokeys-openssl refused-nokeys-go refused-nokeys-nss refused-nokeys-java refused-lost
        refused-two page-403 page-404 page-500 ntlm-openssl ntlm-nss ntlm-second ntlm-redirect ntlm-soap
        told-many told-mail told-tls12 told-java told-ldaps told-starttls told-refused told-nothing
    """,
    "ofo---": """
        kdc-silent krb-14-service krb-14 krb-18-expired krb-18-hours krb-18 krb-23 krb-31-kdc
        krb-37-service krb-37 krb-6 tcp-88-filtered
    """,
    "ooo---": "krb-7-unrelated linux-member one-way-answers weak-etype",
    "ooooff": "http-401-no-token http-401 service-key-mismatch gave-up-two gave-up-nokeys",
    "ooooof": "krb-44 redirect-loop soap-error refused-oldkey ntlm-raw",
    "----oo": "exchangelib json",
    "of----": "krb-13 krb-41-kdc",
    "ofooff": "http-401-reject krb-7 two-faults refused-password",
    "ofoooo": "refused-ntlm",
    "oof-oo": "ldap-refused ldap-signing-required",
    "ooof--": "pointer-loop scp-no-object",
    "------": "one-way-questions",
    "-----o": "places-exchange",
    "-f----": "krb-41-s4u2self",
    "f-----": "silent-resolver",
    "f---f-": "wrong-resolver",
    "fo--oo": "udp-389-filtered",
    "foo-oo": "no-msdcs",
    "o-f---": "ldap-49",
    "o-of--": "scp-without-bind",
    "off---": "krb-24",
    "ofooo-": "krb-7-no-secrets",
    "oo----": "krb-68",
    "oo--oo": "interleaved",
    "oo-hoo": "late-sealed",
    "oof---": "wrong-key-in-ldap",
    "ooo--f": "service-key-mismatch-heimdal",
    "oooho-": "ldaps-no-secrets",
    "oooo--": "other-products",
    "oooofo": "http-redirect-refused gave-up gave-up-go",
    "ooooo-": "places-dc",
}

# Where time is lost: stage -> least and most seconds. Elsewhere less than half a second is.
LOST = {
    "dead-addresses": {"reach": (6.5, 8.5)},
    "dead-dc": {"find": (4, 5.5), "sign-in": (2, 3.5)},
    "endpoint-silent": {"reach": (3.5, 5)},
    "fragments-lost": {"sign-in": (5.8, 8)},
    "kdc-silent": {"sign-in": (15, 25)},
    "proxy-refused": {"reach": (4.9, 6)},
    "slow-answers": {"open": (2, 7), "autodiscover": (3, 5)},
    "tcp-88-filtered": {"sign-in": (9, 17)},
    "two-faults": {"find": (3, 5.5)},
    "udp-389-filtered": {"find": (3, 5)},
    "silent-resolver": {"find": (0.9, 1.5)},
}


def of_recording(name):
    """What the truth of a recording says of its stages; None: nothing."""
    ended = next((letters for letters, names in ROWS.items() if name in names.split()), None)
    if ended is None:
        return None
    lost = LOST.get(name, {})
    return [
        {"stage": stage, "outcome": ENDED[letter], "lost": list(lost.get(stage, (0, 0.5)))}
        for stage, letter in zip(STAGES, ended)
    ]
