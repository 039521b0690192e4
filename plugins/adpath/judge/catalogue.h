/* catalogue.h
 * The catalogue of findings: what may be wrong on a path, or worth knowing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_CATALOGUE_H
#define ADPATH_JUDGE_CATALOGUE_H

#include <glib.h>

typedef enum {
    ADP_SEVERITY_NOTE,
    ADP_SEVERITY_WARN,
    ADP_SEVERITY_ERROR
} adp_severity;

/** "note", "warn", "error": the values of adpath.finding.severity. */
const char *adp_severity_name(adp_severity severity);

/** Which group of Wireshark's expert information a finding belongs to. */
typedef enum {
    ADP_GROUP_RESPONSE,  /* error replies */
    ADP_GROUP_SEQUENCE,  /* absences */
    ADP_GROUP_SECURITY,  /* protection and NTLM */
    ADP_GROUP_ASSUMPTION /* joins */
} adp_finding_group;

/*
 * id, name, severity unless the rule says otherwise, group, title.
 * The names are promises: a released one changes only with a major version.
 */
#define ADP_FINDINGS(F)                                                                            \
    F(SRV_NOT_FOUND, "srv-not-found", ERROR, RESPONSE, "The locator name does not exist")          \
    F(SRV_SITE_NOT_FOUND, "srv-site-not-found", NOTE, RESPONSE,                                    \
      "The site has no locator records, the domain has")                                           \
    F(SRV_MSDCS_MISSING, "srv-msdcs-missing", ERROR, RESPONSE, "The _msdcs names are missing")     \
    F(SRV_UNANSWERED, "srv-unanswered", ERROR, SEQUENCE, "A locator lookup got no answer")         \
    F(SRV_RESOLVER_FAILED, "srv-resolver-failed", ERROR, RESPONSE,                                 \
      "The DNS server could or would not answer")                                                  \
    F(FLAT_DOMAIN_NAME, "flat-domain-name", WARN, RESPONSE,                                        \
      "A NetBIOS name was asked for as a DNS domain")                                              \
    F(SRV_NOT_OFFERED, "srv-not-offered", WARN, RESPONSE,                                          \
      "DNS says that the service is not offered")                                                  \
    F(DNS_TCP_BLOCKED, "dns-tcp-blocked", ERROR, SEQUENCE,                                         \
      "The DNS answer is too big for UDP, and TCP does not carry it")                              \
    F(SRV_TARGET_UNRESOLVABLE, "srv-target-unresolvable", WARN, RESPONSE,                          \
      "The host in a locator record has no address")                                               \
    F(PING_UNANSWERED, "ping-unanswered", ERROR, SEQUENCE,                                         \
      "No domain controller answered an LDAP ping")                                                \
    F(DC_NOT_SERVING, "dc-not-serving", ERROR, RESPONSE,                                           \
      "No domain controller answered acceptably")                                                  \
    F(DC_UNREACHABLE, "dc-unreachable", ERROR, SEQUENCE, "No connection to the domain controller") \
    F(LDAP_UNANSWERED, "ldap-unanswered", ERROR, SEQUENCE, "An LDAP request has no reply")         \
    F(KDC_UNANSWERED, "kdc-unanswered", ERROR, SEQUENCE, "No KDC answered")                        \
    F(ACCOUNT_UNKNOWN_TO_DC, "account-unknown-to-dc", WARN, RESPONSE,                              \
      "The domain controller does not know the account")                                           \
    F(CLIENT_SITE_UNDEFINED, "client-site-undefined", WARN, RESPONSE,                              \
      "The client's subnet belongs to no site")                                                    \
    F(DC_OTHER_SITE, "dc-other-site", NOTE, RESPONSE, "The client uses a DC of another site")      \
    F(SPN_NOT_FOUND_OR_DUPLICATE, "spn-not-found-or-duplicate", ERROR, RESPONSE,                   \
      "The service principal name was not found, or is registered twice")                          \
    F(SERVICE_KEY_MISMATCH, "service-key-mismatch", ERROR, RESPONSE,                               \
      "The service could not open the ticket with its key")                                        \
    F(KDC_INTEGRITY_FAILED, "kdc-integrity-failed", ERROR, RESPONSE,                               \
      "The KDC could not verify the ticket, its PAC or the request")                               \
    F(WRONG_HOST_ANSWERED, "wrong-host-answered", ERROR, ASSUMPTION,                               \
      "Another machine answered than the ticket is for")                                           \
    F(CLOCK_SKEW, "clock-skew", ERROR, RESPONSE, "The clocks differ too much")                     \
    F(NO_COMMON_ETYPE, "no-common-etype", ERROR, RESPONSE, "No common encryption type")            \
    F(WEAK_ETYPE, "weak-etype", NOTE, SECURITY, "RC4 or DES where AES was possible")               \
    F(PASSWORD_WRONG, "password-wrong", ERROR, RESPONSE, "The password or key is wrong")           \
    F(PREAUTH_ABANDONED, "preauth-abandoned", WARN, SEQUENCE,                                      \
      "The client stopped when it was asked for preauthentication")                                \
    F(PASSWORD_EXPIRED, "password-expired", ERROR, RESPONSE, "The password has expired")           \
    F(ACCOUNT_UNUSABLE, "account-unusable", ERROR, RESPONSE, "The account cannot log on")          \
    F(CLIENT_UNKNOWN, "client-unknown", ERROR, RESPONSE, "The KDC does not know the client")       \
    F(POLICY_REFUSED, "policy-refused", ERROR, RESPONSE, "A policy of the KDC refuses")            \
    F(DELEGATION_REFUSED, "delegation-refused", ERROR, RESPONSE,                                   \
      "The KDC refuses delegation or another option")                                              \
    F(PKINIT_FAILED, "pkinit-failed", ERROR, RESPONSE, "Logon with a certificate failed")          \
    F(KRB_TCP_BLOCKED, "krb-tcp-blocked", ERROR, SEQUENCE,                                         \
      "The reply is too big for UDP, and TCP does not carry it")                                   \
    F(KRB_ERROR, "krb-error", ERROR, RESPONSE, "Another Kerberos error")                           \
    F(WRONG_REALM, "wrong-realm", ERROR, RESPONSE,                                                 \
      "The client asked in a realm that is not this KDC's")                                        \
    F(REALM_CASE_DIFFERS, "realm-case-differs", WARN, RESPONSE,                                    \
      "The KDC spells the realm in other letters than the client")                                 \
    F(KPASSWD_FAILED, "kpasswd-failed", ERROR, RESPONSE, "The password change was not confirmed")  \
    F(NTLM_FALLBACK, "ntlm-fallback", WARN, SECURITY, "NTLM instead of Kerberos")                  \
    F(LDAP_SIGNING_REQUIRED, "ldap-signing-required", ERROR, SECURITY,                             \
      "The domain controller requires signing")                                                    \
    F(LDAP_CHANNEL_BINDING_REQUIRED, "ldap-channel-binding-required", ERROR, SECURITY,             \
      "The domain controller requires channel binding")                                            \
    F(LDAP_BIND_FAILED, "ldap-bind-failed", ERROR, RESPONSE, "The LDAP bind failed")               \
    F(LDAP_NOT_BOUND, "ldap-not-bound", ERROR, RESPONSE,                                           \
      "The operation needs a bind that did not happen")                                            \
    F(STARTTLS_FAILED, "starttls-failed", ERROR, SECURITY, "The server refuses StartTLS")          \
    F(LDAP_HIDDEN, "ldap-hidden", NOTE, SECURITY, "LDAP messages that cannot be seen")             \
    F(LDAP_MECHANISM_UNKNOWN, "ldap-mechanism-unknown", NOTE, SECURITY,                            \
      "The capture began after the bind")                                                          \
    F(SCP_NONE, "scp-none", WARN, RESPONSE,                                                        \
      "The directory gave no usable service connection point")                                     \
    F(SCP_INCOMPLETE, "scp-incomplete", WARN, RESPONSE,                                            \
      "A service connection point of Exchange lacks its URL")                                      \
    F(SCP_READ_FAILED, "scp-read-failed", WARN, RESPONSE,                                          \
      "The service connection points could not be read")                                           \
    F(SCP_OTHER_SITE_ONLY, "scp-other-site-only", NOTE, RESPONSE,                                  \
      "Only service connection points of other sites")                                             \
    F(SCP_POINTER, "scp-pointer", NOTE, ASSUMPTION, "A pointer to another forest was followed")    \
    F(SCP_POINTER_LOOP, "scp-pointer-loop", ERROR, ASSUMPTION, "The pointers form a loop")         \
    F(SCP_ORDER_DIFFERS, "scp-order-differs", NOTE, ASSUMPTION,                                    \
      "The client tried the endpoints in another order")                                           \
    F(ENDPOINT_UNRESOLVABLE, "endpoint-unresolvable", WARN, RESPONSE,                              \
      "The endpoint's host has no address")                                                        \
    F(ENDPOINT_UNREACHABLE, "endpoint-unreachable", WARN, SEQUENCE, "The endpoint is unreachable") \
    F(PROXY_REFUSED, "proxy-refused", WARN, RESPONSE, "The proxy does not let the client through") \
    F(TLS_FAILED, "tls-failed", WARN, RESPONSE, "The TLS handshake failed")                        \
    F(TLS_NAME_MISMATCH, "tls-name-mismatch", WARN, SECURITY,                                      \
      "The certificate does not cover the name")                                                   \
    F(HTTP_UNAUTHORIZED, "http-unauthorized", ERROR, RESPONSE,                                     \
      "The server rejected every authentication attempt")                                          \
    F(HTTP_ERROR, "http-error", WARN, RESPONSE, "The web server answered with an error")           \
    F(AUTODISCOVER_ERROR, "autodiscover-error", ERROR, RESPONSE,                                   \
      "Autodiscover answered with an error")                                                       \
    F(REDIRECT_NOT_FOLLOWED, "redirect-not-followed", NOTE, SEQUENCE,                              \
      "The client did not follow the redirect")                                                    \
    F(REDIRECT_LOOP, "redirect-loop", ERROR, SEQUENCE, "The redirects form a loop")                \
    F(AUTODISCOVER_FALLBACK, "autodiscover-fallback", NOTE, ASSUMPTION,                            \
      "Autodiscover worked by a later method than the directory")                                  \
    F(SLOW, "slow", NOTE, SEQUENCE, "Time was lost waiting")                                       \
    F(ONE_SIDED, "one-sided", NOTE, ASSUMPTION, "The capture shows one direction only")            \
    F(DUPLICATES, "duplicates", NOTE, ASSUMPTION, "The capture holds packets twice")               \
    F(MIDWAY, "midway", NOTE, ASSUMPTION, "The capture began in the middle")

#define ADP_FINDING_ID(id, name, severity, group, title) ADP_FINDING_##id,
typedef enum {
    ADP_FINDINGS(ADP_FINDING_ID) ADP_FINDING_COUNT
} adp_finding_id;
#undef ADP_FINDING_ID

typedef struct {
    const char *name; /* "srv-not-found"; docs/findings/NAME.md is its page */
    adp_severity severity;
    adp_finding_group group;
    const char *title;
} adp_finding_info;

const adp_finding_info *adp_finding_get(adp_finding_id id);

/**
 * Is it a kind that is never the end of a path? Such findings tell of lost time, of where and how something was found, or
 * of protection: the client has what it asked for, or goes another way, where that ends is told by another finding.
 */
gboolean adp_finding_is_aside(adp_finding_id id);

#endif
