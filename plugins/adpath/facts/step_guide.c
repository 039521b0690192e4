/* step_guide.c
 * What each kind of step is for, and what healthy captures show around it.
 *
 * Knowledge: MS-ADTS 6.3 (locator, ping), MS-OXDISCO and the EWS Managed API (SCP,
 * autodiscover), RFC 4120 (Kerberos); orders seen in captures of Samba and MIT clients.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/step_guide.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/srv_name.h"

static const adp_lore kinds[ADP_STEP_KINDS] = {
    [ADP_STEP_SRV] =
        {"A question to DNS: which hosts offer this service for the domain? Lower priorities come "
         "first; among equals the weight is a share, so any of them may be chosen.",
         "Nothing has to: it is where a discovery begins. A name with a site comes before the one "
         "without, when the client remembers its site.",
         "The address of a target, unless the answer brought it along, and an LDAP ping or a "
         "Kerberos request to it."},
    [ADP_STEP_ADDRESS] =
        {"A question to DNS for the address of a host that an earlier step named, or that "
         "autodiscover tries.",
         "The answer that named the host: an SRV record, a service connection point, a redirect.",
         "A ping, or a connection to the address. An IPv6 question without an answer beside an "
         "IPv4 "
         "one with is usual."},
    [ADP_STEP_PING] =
        {"An LDAP ping: is this domain controller alive, does it serve the domain, and in which "
         "site is the client? It needs no bind.",
         "An SRV lookup that named the controller.",
         "If the controller is not the closest, one more lookup with the site it told; then "
         "Kerberos and the bind. Several pings, some without answer, are usual."},
    [ADP_STEP_BIND] =
        {"An LDAP bind: the client says who it is. With GSS-SPNEGO or GSSAPI a Kerberos ticket "
         "for ldap/HOST goes along, and what follows is signed or sealed.",
         "A ticket for ldap/HOST from the KDC, which may have been cached for hours.",
         "Reads of the rootDSE and searches on the same connection; they cannot be seen when the "
         "connection is sealed."},
    [ADP_STEP_ROOTDSE] =
        {"A read of the rootDSE: the server's own description. configurationNamingContext, where "
         "Exchange keeps its service connection points, comes from here. It needs no bind.",
         "The connection, and often the bind.",
         "A search below one of the naming contexts. Two reads in a row are usual."},
    [ADP_STEP_SCP] =
        {"A search for service connection points: objects by which servers make known where they "
         "are. For Exchange: URLs of autodiscover, and pointers to other forests.",
         "A bind with credentials, as anonymous searches see nothing, and the rootDSE, whose "
         "configurationNamingContext is the base.",
         "The address of the first host in the documented order, then TLS and HTTP there. After "
         "an empty or failed answer, names made from the mail domain."},
    [ADP_STEP_HIDDEN] =
        {"LDAP messages that are encrypted: sealed by SASL, or within TLS. What they ask and "
         "answer cannot be seen without keys.",
         "The bind, or the start of TLS. When it is missing, the capture began later.",
         "What a client does after an answer it liked: addresses and connections. A search for "
         "service connection points may be among the messages."},
    [ADP_STEP_TLS] =
        {"The start of TLS with a server of autodiscover or LDAP. The name that the client "
         "expects is visible; the certificate only up to TLS 1.2 and in full handshakes.",
         "The address of the host, and the TCP connection.",
         "HTTP or LDAP inside, which only keys make visible. A connection that ends at once is "
         "often a client that did not like the certificate."},
    [ADP_STEP_AUTODISCOVER] =
        {"An autodiscover exchange over HTTP: where is the mailbox, and by which URLs is it "
         "reached?",
         "The address of the host and TLS; a plain GET on port 80 comes without TLS, and looks "
         "for a redirect.",
         "After 401 the same with credentials; after a redirect the place it names; after "
         "settings the mail protocol itself. An error makes the client try the next endpoint."},
};

static const adp_lore autodiscover_srv = {
    "A question to DNS for a server of autodiscover by the mail domain: the last method a client "
    "tries.",
    "All other endpoints, without success.",
    "The address of the target, TLS and HTTP there. Only port 443 is used. That the name does not "
    "exist is usual."};

static const adp_lore exchanges[] = {
    {"A request for a ticket-granting ticket: the client proves to a KDC who it is.",
     "An SRV lookup for a KDC, which may have been cached.",
     "After 25 the same with a proof of the password, after 52 the same over TCP: both are usual. "
     "Then requests for tickets to services."},
    {"A request for a ticket to one service, by its service principal name.",
     "A ticket-granting ticket, which may be hours old.",
     "A bind or an HTTP request that carries the very same ticket. After 7 the client often falls "
     "back to NTLM."},
    {"A ticket shown to a service, inside that service's own protocol.",
     "The ticket from a KDC for this service, which may have been cached for hours.",
     "Work on the same connection. Many services refuse without any KRB-ERROR: only 401, result "
     "49 or a logon failure is seen."},
};

static const adp_lore kpasswd = {
    "A new password for an account, which the password service of a KDC is to set (port 464).",
    "An AS or TGS exchange for kadmin/changepw: with a password that has expired, only this is "
    "still granted.",
    "A logon with the new password, which other controllers may not know for a moment. The result "
    "is sealed, unless the service refuses with a KRB-ERROR."};

const adp_lore *adp_step_lore(const adp_model *model, const adp_step *step)
{
    const adp_obs *first = adp_model_obs(model, step->first);

    if (step->kind == ADP_STEP_KERBEROS && first->u.krb->carrier == ADP_CARRIER_KPASSWD) {
        return &kpasswd;
    }
    if (step->kind == ADP_STEP_KERBEROS) {
        return &exchanges[first->u.krb->exchange];
    }
    if (step->kind == ADP_STEP_SRV && first->u.dns->parts.role == ADP_ROLE_AUTODISCOVER) {
        return &autodiscover_srv;
    }
    return &kinds[step->kind];
}
