/* fields.h
 * The catalogue of everything users read about a step: one row makes a display
 * filter field, a key of the JSON, and a line of docs/filters.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FIELDS_H
#define ADPATH_FACTS_FIELDS_H

#include <glib.h>

typedef enum {
    ADP_TYPE_STRING,
    ADP_TYPE_UINT16,
    ADP_TYPE_UINT32,
    ADP_TYPE_HEX32,
    ADP_TYPE_INT32,
    ADP_TYPE_BOOLEAN,
    ADP_TYPE_TIME,    /* relative, ns */
    ADP_TYPE_REQUEST, /* a frame number: where the request is, */
    ADP_TYPE_REPLY,   /* the reply, */
    ADP_TYPE_FRAME    /* or something else */
} adp_field_type;

/** Where a field stands in a step's JSON. */
typedef enum {
    ADP_SHAPE_OUTER,     /* beside "detail": every step has it */
    ADP_SHAPE_SINGLE,    /* in "detail": a value or null */
    ADP_SHAPE_LIST,      /* in "detail": an array */
    ADP_SHAPE_RECORD,    /* in an object of detail.records */
    ADP_SHAPE_ENTRY,     /* in an object of detail.entry_list, */
    ADP_SHAPE_ENTRY_LIST /* there as an array */
} adp_field_shape;

/*
 * id, name behind "adpath.", JSON key, type, shape, title, meaning.
 * The names are promises: a released one changes only with a major version.
 */
#define ADP_FIELDS(F)                                                                              \
    F(STEP, "step", "kind", STRING, OUTER, "Step",                                                 \
      "What step of the discovery path this is: srv, address, ping, kerberos, bind, rootdse, "     \
      "scp, hidden, tls or autodiscover")                                                          \
    F(SUMMARY, "summary", "summary", STRING, OUTER, "Summary", "The step in one line")             \
    F(N, "n", "n", UINT32, OUTER, "Number", "Number of the step in the capture, from 1")           \
    F(PATH, "path", "path", UINT32, OUTER, "Path",                                                 \
      "Number of the path, that is of one discovery of one client, from 1")                        \
    F(OUTCOME, "outcome", "outcome", STRING, OUTER, "Outcome",                                     \
      "ok, normal (an error reply of healthy flow), failed, unanswered, hidden or pending")        \
    F(STAGE, "stage", "stage", STRING, OUTER, "Stage",                                             \
      "The part of the path: find, sign-in, open, look-up, reach or autodiscover")                 \
    F(CLIENT, "client", "client", STRING, OUTER, "Client", "Address of the client")                \
    F(SERVER, "server", "server", STRING, OUTER, "Server", "Address of the server")                \
    F(REQUEST, "request", "request", REQUEST, OUTER, "Request in", "The frame of the request")     \
    F(RESPONSE, "response", "response", REPLY, OUTER, "Response in", "The frame of the response")  \
    F(TIME, "time", "time", TIME, OUTER, "Time",                                                   \
      "From the request to the reply; absent without either")                                      \
    F(RETRIES, "retries", "retries", UINT32, OUTER, "Retries",                                     \
      "How often the request had been repeated up to this frame")                                  \
    F(PREVIOUS, "previous", "previous", FRAME, OUTER, "Previous step",                             \
      "Where the previous step of the path begins")                                                \
    F(NEXT, "next", "next", FRAME, OUTER, "Next step", "Where the next step of the path begins")   \
    F(FINDING, "finding", "finding", STRING, OUTER, "Finding",                                     \
      "What is wrong or worth knowing here: the id of a finding")                                  \
    F(FINDING_SEVERITY, "finding.severity", "severity", STRING, OUTER, "Severity",                 \
      "error, warn or note")                                                                       \
    F(FINDING_TEXT, "finding.text", "text", STRING, OUTER, "Text", "The finding in one line")      \
    F(FINDING_COST, "finding.cost", "cost", TIME, OUTER, "Cost",                                   \
      "What the client lost by it: from its first vain request until it went on")                  \
    F(INFERRED, "inferred", "inferred", STRING, OUTER, "Inferred",                                 \
      "What sealed traffic probably carried, and what that rests on; from the second pass on")     \
    F(EVIDENCE, "evidence", "evidence", BOOLEAN, OUTER, "Evidence",                                \
      "The verdict needs this packet: a capture of these alone is judged as the whole one is")     \
    F(ROW_OUTCOME, "row.outcome", "row_outcome", STRING, OUTER, "Outcome of the packet",           \
      "For the packet list: the worst outcome of the packet's steps")                              \
    F(ROW_TOOK, "row.took", "row_took", STRING, OUTER, "Took",                                     \
      "For the packet list: the longest time of the packet's steps, as people say it")             \
    F(ROW_SUMMARY, "row.summary", "row_summary", STRING, OUTER, "Summary of the packet",           \
      "For the packet list: what came of the packet's steps, the result first")                    \
    F(SRV_NAME, "srv.name", "name", STRING, SINGLE, "Name", "The owner name that was asked for")   \
    F(SRV_SERVICE, "srv.service", "service", STRING, SINGLE, "Service",                            \
      "First label of the name: _ldap, _kerberos, _gc, _kpasswd, _autodiscover and some more")     \
    F(SRV_PROTO, "srv.proto", "proto", STRING, SINGLE, "Protocol", "_tcp or _udp")                 \
    F(SRV_ROLE, "srv.role", "role", STRING, SINGLE, "Role",                                        \
      "What the client looks for: domain, dc, gc, pdc, guid, partition, kdc, kpasswd, "            \
      "autodiscover or other")                                                                     \
    F(SRV_SITE, "srv.site", "site", STRING, SINGLE, "Site",                                        \
      "AD site in the name; absent where any site will do")                                        \
    F(SRV_DOMAIN, "srv.domain", "domain", STRING, SINGLE, "Domain",                                \
      "Domain, forest or partition in the name")                                                   \
    F(SRV_RESULT, "srv.result", "result", STRING, SINGLE, "Result",                                \
      "answered, nxdomain, nodata, not-offered, servfail, refused, truncated or unanswered")       \
    F(SRV_TARGET, "srv.target", "target", STRING, RECORD, "Target", "Host that a record names")    \
    F(SRV_PORT, "srv.port", "port", UINT16, RECORD, "Port", "Port that a record names")            \
    F(SRV_PRIORITY, "srv.priority", "priority", UINT16, RECORD, "Priority",                        \
      "Lower values are to be tried first")                                                        \
    F(SRV_WEIGHT, "srv.weight", "weight", UINT16, RECORD, "Weight",                                \
      "Share of the clients among records of one priority")                                        \
    F(PING_DOMAIN, "ping.domain", "domain", STRING, SINGLE, "Domain",                              \
      "The DNS domain asked for; from the reply when there is one")                                \
    F(PING_HOST, "ping.host", "host", STRING, SINGLE, "DC host",                                   \
      "DNS name of the domain controller that answered")                                           \
    F(PING_DC_SITE, "ping.dc_site", "dc_site", STRING, SINGLE, "DC site",                          \
      "AD site of the domain controller")                                                          \
    F(PING_CLIENT_SITE, "ping.client_site", "client_site", STRING, SINGLE, "Client site",          \
      "AD site of the client as the controller sees it; empty: its subnet is in no site")          \
    F(PING_NEXT_SITE, "ping.next_site", "next_site", STRING, SINGLE, "Next closest site",          \
      "Site to try when the client's own has no controller")                                       \
    F(PING_CLOSEST, "ping.closest", "closest", BOOLEAN, SINGLE, "Closest",                         \
      "The controller says that it is in the client's site")                                       \
    F(PING_OPCODE, "ping.opcode", "opcode", UINT16, SINGLE, "Opcode",                              \
      "19 or 23 serving, 20 or 24 paused, 21 or 25 user unknown")                                  \
    F(PING_FLAGS, "ping.flags", "flags", HEX32, SINGLE, "Flags",                                   \
      "DS_ flags: what the controller is and can do, such as 0x1 PDC, 0x4 global catalog, 0x80 "   \
      "in the closest site")                                                                       \
    F(PING_FOREST, "ping.forest", "forest", STRING, SINGLE, "Forest", "DNS name of the forest")    \
    F(PING_NETBIOS_DOMAIN, "ping.netbios_domain", "netbios_domain", STRING, SINGLE,                \
      "NetBIOS domain", "NetBIOS name of the domain")                                              \
    F(PING_NETBIOS_HOST, "ping.netbios_host", "netbios_host", STRING, SINGLE, "NetBIOS host",      \
      "NetBIOS name of the domain controller")                                                     \
    F(PING_CLIENT_HOST, "ping.client_host", "client_host", STRING, SINGLE, "Client host",          \
      "Name by which the client introduced itself: DnsHostName, else Host")                        \
    F(PING_USER, "ping.user", "user", STRING, SINGLE, "User", "Account the client asked about")    \
    F(PING_GUID, "ping.guid", "guid", STRING, SINGLE, "Domain GUID",                               \
      "objectGUID of the domain asked for")                                                        \
    F(PING_AAC, "ping.aac", "aac", HEX32, SINGLE, "Account kinds",                                 \
      "Kinds of account the client asked about, as bits: 0x10 user, 0x80 workstation, 0x100 "      \
      "controller")                                                                                \
    F(PING_NTVER, "ping.ntver", "ntver", HEX32, SINGLE, "NtVer",                                   \
      "Version bits of the request: they choose the form of the reply")                            \
    F(KRB_EXCHANGE, "krb.exchange", "exchange", STRING, SINGLE, "Exchange", "as, tgs or ap")       \
    F(KRB_PURPOSE, "krb.purpose", "purpose", STRING, SINGLE, "Purpose",                            \
      "What the exchange is for: logon, anonymous, ticket, referral, renewal, forward, "           \
      "user-to-user, s4u2self, s4u2proxy, access or password")                                     \
    F(KRB_ERROR, "krb.error", "error", INT32, SINGLE, "Error", "Error code of the KRB-ERROR")      \
    F(KRB_ERROR_NAME, "krb.error_name", "error_name", STRING, SINGLE, "Error name",                \
      "The RFC's name of the error code")                                                          \
    F(KRB_CLASS, "krb.class", "class", STRING, SINGLE, "Class",                                    \
      "normal (the error belongs to healthy flow) or fault")                                       \
    F(KRB_SPN, "krb.spn", "spn", STRING, SINGLE, "Service principal",                              \
      "The service that was asked for, without realm")                                             \
    F(KRB_REALM, "krb.realm", "realm", STRING, SINGLE, "Realm",                                    \
      "Kerberos realm of the service; in Active Directory the domain in capitals")                 \
    F(KRB_CLIENT, "krb.client", "client", STRING, SINGLE, "Client principal",                      \
      "Who asks, without realm")                                                                   \
    F(KRB_FOR_USER, "krb.for_user", "for_user", STRING, SINGLE, "On behalf of",                    \
      "s4u2self, s4u2proxy: the user in whose name a service asks")                                \
    F(KRB_WITH, "krb.with", "with", STRING, SINGLE, "With a ticket for",                           \
      "user-to-user, s4u2proxy: the service of the other ticket that was sent along")              \
    F(KRB_CARRIER, "krb.carrier", "carrier", STRING, SINGLE, "Carrier",                            \
      "What the exchange travels in: kdc, kpasswd, ldap, http, smb, rpc or other")                 \
    F(KRB_NTSTATUS, "krb.ntstatus", "ntstatus", HEX32, SINGLE, "NTSTATUS",                         \
      "Windows' own reason, which its KDC put into the error's e-data")                            \
    F(KRB_NTSTATUS_NAME, "krb.ntstatus_name", "ntstatus_name", STRING, SINGLE, "NTSTATUS name",    \
      "Name of that status")                                                                       \
    F(KRB_SKEW, "krb.skew", "skew", TIME, SINGLE, "Skew",                                          \
      "Clock of the server minus the time of the frame; more than five minutes breaks Kerberos "   \
      "by default")                                                                                \
    F(KRB_ETYPE, "krb.etype", "etype", INT32, LIST, "Encryption type",                             \
      "as, tgs: each type the client offers; ap: the type of the ticket")                          \
    F(KRB_PREAUTH, "krb.preauth", "preauth", STRING, LIST, "Preauthentication",                    \
      "Each sort of preauthentication data in the request, by its RFC's name, else its number")    \
    F(KRB_OFFERED, "krb.offered", "offered", STRING, LIST, "Offered",                              \
      "Each sort of preauthentication data that the KDC's error offers")                           \
    F(KRB_TICKET_ETYPE, "krb.ticket_etype", "ticket_etype", INT32, SINGLE, "Ticket etype",         \
      "Encryption type of the ticket in the reply")                                                \
    F(KRB_TICKET_FRAME, "krb.ticket_frame", "ticket_frame", FRAME, SINGLE, "Ticket from",          \
      "ap: where the KDC gave this very ticket; its bytes are the same")                           \
    F(KRB_TICKET_KVNO, "krb.ticket_kvno", "ticket_kvno", UINT32, SINGLE, "Ticket kvno",            \
      "Version of the key that seals the ticket; from 65536 on that of a read-only controller")    \
    F(KRB_REFERRAL, "krb.referral", "referral", STRING, SINGLE, "Referral",                        \
      "The other realm to which the KDC sends the client")                                         \
    F(KRB_RESULT, "krb.result", "result", UINT16, SINGLE, "Result",                                \
      "Result of a password change; 0 is success. Absent while it is sealed")                      \
    F(KRB_RESULT_NAME, "krb.result_name", "result_name", STRING, SINGLE, "Result name",            \
      "Its meaning: success, soft error (the password does not suit), access denied, ...")         \
    F(KRB_TEXT, "krb.text", "text", STRING, SINGLE, "Text",                                        \
      "e-text of the error, or what the password service says")                                    \
    F(ADDRESS_NAME, "address.name", "name", STRING, SINGLE, "Name", "The host that was asked for") \
    F(ADDRESS_TYPE, "address.type", "type", STRING, SINGLE, "Type", "A or AAAA")                   \
    F(ADDRESS_RESULT, "address.result", "result", STRING, SINGLE, "Result",                        \
      "answered, nxdomain, nodata, servfail, refused, truncated or unanswered")                    \
    F(ADDRESS_HOST_ADDRESS, "address.host_address", "host_address", STRING, LIST, "Host address",  \
      "Address of the host")                                                                       \
    F(ADDRESS_ALIAS, "address.alias", "alias", STRING, LIST, "Alias",                              \
      "Name that the host's name stands for")                                                      \
    F(TLS_SNI, "tls.sni", "sni", STRING, SINGLE, "SNI",                                            \
      "Host that the client asked for; the certificate has to cover it")                           \
    F(TLS_VERSION, "tls.version", "version", STRING, SINGLE, "Version",                            \
      "Version that the server chose")                                                             \
    F(TLS_CERTIFICATE_NAME, "tls.certificate_name", "certificate_name", STRING, LIST,              \
      "Certificate name", "Host name or address of the server's certificate, where visible")       \
    F(TLS_NAME_MATCH, "tls.name_match", "name_match", BOOLEAN, SINGLE, "Name match",               \
      "The certificate covers the host; absent when it is not visible")                            \
    F(TLS_ALERT, "tls.alert", "alert", STRING, LIST, "Alert",                                      \
      "Visible alert, but for the ordinary farewell")                                              \
    F(AUTODISCOVER_METHOD, "autodiscover.method", "method", STRING, SINGLE, "Method",              \
      "How the client found the URL: scp, domain, autodiscover-host, http-redirect, srv, json or " \
      "other")                                                                                     \
    F(AUTODISCOVER_URL, "autodiscover.url", "url", STRING, SINGLE, "URL",                          \
      "What was asked for, without query")                                                         \
    F(AUTODISCOVER_STATUS, "autodiscover.status", "status", UINT16, SINGLE, "Status",              \
      "HTTP status code of the answer")                                                            \
    F(AUTODISCOVER_REDIRECT, "autodiscover.redirect", "redirect", STRING, SINGLE, "Redirect",      \
      "URL or address that the answer refers to")                                                  \
    F(AUTODISCOVER_ERROR, "autodiscover.error", "error", STRING, SINGLE, "Error",                  \
      "Number (POX) or name (SOAP, JSON) of the error in the answer")                              \
    F(AUTODISCOVER_AUTH, "autodiscover.auth", "auth", STRING, SINGLE, "Authentication",            \
      "How the request authenticates itself: kerberos, ntlm, basic, bearer, none or other")        \
    F(AUTODISCOVER_MAILBOX, "autodiscover.mailbox", "mailbox", STRING, SINGLE, "Mailbox",          \
      "The mailbox that is asked about")                                                           \
    F(SCP_KIND, "scp.kind", "kind", STRING, SINGLE, "SCP kind",                                    \
      "Product whose service connection points are asked for, such as exchange or hybrid-join")    \
    F(LDAP_PROTECTION, "ldap.protection", "protection", STRING, SINGLE, "Protection",              \
      "How the step's messages were carried: none, signed, sealed, tls or unknown")                \
    F(LDAP_DECRYPTED, "ldap.decrypted", "decrypted", BOOLEAN, SINGLE, "Decrypted",                 \
      "Only keys given to Wireshark made the messages readable")                                   \
    F(LDAP_MECHANISM, "ldap.mechanism", "mechanism", STRING, SINGLE, "Mechanism",                  \
      "How the connection was bound: simple or the SASL mechanism")                                \
    F(LDAP_BASE, "ldap.base", "base", STRING, SINGLE, "Base",                                      \
      "Where the search begins: a distinguished name, empty for the rootDSE")                      \
    F(LDAP_SCOPE, "ldap.scope", "scope", STRING, SINGLE, "Scope", "base, one, sub or children")    \
    F(LDAP_FILTER, "ldap.filter", "filter", STRING, SINGLE, "Filter",                              \
      "The whole filter as RFC 4515 writes it")                                                    \
    F(LDAP_ATTRIBUTE, "ldap.attribute", "attribute", STRING, LIST, "Attribute",                    \
      "Attribute that the search asks for")                                                        \
    F(LDAP_RESULT, "ldap.result", "result", UINT32, SINGLE, "Result", "LDAP result code")          \
    F(LDAP_RESULT_NAME, "ldap.result_name", "result_name", STRING, SINGLE, "Result name",          \
      "Name of the result code")                                                                   \
    F(LDAP_DIAGNOSTIC, "ldap.diagnostic", "diagnostic", STRING, SINGLE, "Diagnostic",              \
      "What the server says about the result")                                                     \
    F(LDAP_ENTRIES, "ldap.entries", "entries", UINT32, SINGLE, "Entries",                          \
      "Entries the search had returned up to this frame")                                          \
    F(LDAP_HIDDEN, "ldap.hidden", "hidden", UINT32, SINGLE, "Hidden messages",                     \
      "Messages of the connection that could not be seen, up to this frame")                       \
    F(REPEAT_SHELL, "repeat.shell", "shell", STRING, SINGLE, "Repeat in a shell",                  \
      "A read-only command that asks the same again")                                              \
    F(REPEAT_POWERSHELL, "repeat.powershell", "powershell", STRING, SINGLE,                        \
      "Repeat in PowerShell", "A read-only command that asks the same again")                      \
    F(SCP_ENTRY, "scp.entry", "entry", STRING, ENTRY, "Entry", "url, pointer or other")            \
    F(SCP_DN, "scp.dn", "dn", STRING, ENTRY, "DN", "Distinguished name of the entry")              \
    F(SCP_BINDING, "scp.binding", "binding", STRING, ENTRY, "Binding",                             \
      "serviceBindingInformation: where the service is")                                           \
    F(SCP_HOST, "scp.host", "host", STRING, ENTRY, "Host", "Host in the binding")                  \
    F(SCP_KEYWORD, "scp.keyword", "keywords", STRING, ENTRY_LIST, "Keyword", "Value of keywords")  \
    F(SCP_SITE, "scp.site", "site", STRING, ENTRY, "Site", "AD site the entry is for")             \
    F(SCP_DOMAIN, "scp.domain", "domain", STRING, ENTRY, "Mail domain",                            \
      "Mail domain the entry is for")                                                              \
    F(SCP_RANK, "scp.rank", "rank", UINT32, ENTRY, "Rank",                                         \
      "Place of the entry in the order the client should try, from 1")                             \
    F(SCP_RANK_REASON, "scp.rank_reason", "rank_reason", STRING, ENTRY, "Reason of rank",          \
      "site match, no site, other site or pointer")

#define ADP_FIELD_ID(id, name, key, type, shape, title, meaning) ADP_F_##id,
typedef enum {
    ADP_FIELDS(ADP_FIELD_ID) ADP_FIELD_COUNT
} adp_field;
#undef ADP_FIELD_ID

typedef struct {
    const char *name; /* with "adpath." */
    const char *key;  /* in JSON */
    adp_field_type type;
    adp_field_shape shape;
    const char *title;
    const char *meaning;
} adp_field_info;

const adp_field_info *adp_field_get(adp_field field);

#endif
