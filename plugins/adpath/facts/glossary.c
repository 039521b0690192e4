/* glossary.c
 * Words of the field that a reader of a report may not know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/glossary.h"

#include <string.h>

static const adp_term terms[] = {
    {"AS exchange", "AS|Kerberos AS|KRB_AS_REQ",
     "The first exchange of a Kerberos logon: the client proves to a KDC who it is, and gets a "
     "ticket-granting ticket."},
    {"autodiscover", "autodiscover|Autodiscover",
     "The web service of Exchange that tells a mail client where its mailbox is and with which "
     "URLs "
     "it is reached."},
    {"bind", "bind|binds", "The LDAP operation by which a client says who it is."},
    {"CNAME", "CNAME|alias", "A DNS record that makes one name an alias of another."},
    {"domain controller", "domain controller|domain controllers|DC|controller|controllers",
     "A server that holds the directory of an Active Directory domain, and is its KDC and LDAP "
     "server."},
    {"encryption type", "encryption type|encryption types|etype|AES256|AES128|RC4|DES",
     "The cipher of a Kerberos key. Client, KDC and service need one in common; RC4 and DES are "
     "old "
     "and weak."},
    {"forest", "forest|forests",
     "All domains that share one schema and one configuration. Service connection points belong to "
     "a forest."},
    {"FQDN", "FQDN|fully qualified",
     "A host name with its whole domain, such as dc1.contoso.test."},
    {"global catalog", "global catalog|_gc|GC",
     "A domain controller that also knows the objects of the forest's other domains (ports 3268 "
     "and "
     "3269)."},
    {"GSSAPI", "GSSAPI|GSS|GSS-SPNEGO|SPNEGO|Negotiate",
     "The envelope in which Kerberos or NTLM is carried inside LDAP, HTTP and other protocols."},
    {"hidden", "hidden", "Messages are there, but encryption does not let their content be seen."},
    {"ICMP", "ICMP", "The messages by which routers and hosts say that a packet went nowhere."},
    {"KDC", "KDC|KDCs",
     "Key distribution center: the service that gives out Kerberos tickets. In Active Directory "
     "each domain controller is one."},
    {"Kerberos", "Kerberos",
     "The protocol by which Windows proves identities: a KDC gives out tickets, services accept "
     "them."},
    {"keytab", "keytab",
     "A file with the Kerberos keys of a service, as servers other than Windows use."},
    {"LDAP", "LDAP", "The protocol in which a directory is asked (ports 389 and 636)."},
    {"LDAP ping", "LDAP ping|LDAP pings|ping|pings",
     "A small search over UDP or TCP by which a client asks a domain controller whether it is "
     "there, "
     "what it serves, and which site the client is in."},
    {"normal", "normal",
     "An error reply that belongs to healthy flow, such as the request for preauthentication "
     "before "
     "each logon. Nothing is wrong with it."},
    {"NTLM", "NTLM", "The older logon of Windows, used where Kerberos is not possible."},
    {"NXDOMAIN", "NXDOMAIN|nxdomain", "The DNS server says that the name does not exist."},
    {"pointer", "pointer|pointers",
     "A service connection point that names another forest, where the client is to look."},
    {"POX", "POX", "Plain old XML: the form of autodiscover that Outlook and EWS clients use."},
    {"preauthentication", "preauthentication|KDC_ERR_PREAUTH_REQUIRED",
     "The proof of the password that a KDC wants before it gives a ticket. A first request without "
     "it is answered with error 25, and repeated."},
    {"realm", "realm", "What Kerberos calls a domain; written in capitals."},
    {"rootDSE", "rootDSE", "The entry at the top of an LDAP server, in which it describes itself."},
    {"SASL", "SASL", "The way in which LDAP carries a bind by Kerberos or NTLM."},
    {"SCP", "SCP|SCPs|service connection point|service connection points",
     "Service connection point: an object in the directory that tells where a service is; Exchange "
     "keeps its autodiscover URLs in them."},
    {"site", "site|sites",
     "A part of the network, by its subnets, as the directory knows it. Clients prefer servers of "
     "their own site."},
    {"SNI", "SNI", "The host name that a client writes into the first message of a TLS handshake."},
    {"SOAP", "SOAP", "The form of autodiscover that asks for single settings."},
    {"SPN", "SPN|SPNs|service principal name|service principal names",
     "Service principal name, such as HTTP/mail.example.com: by this name a client asks for a "
     "ticket, and exactly one account of the directory has to carry it."},
    {"SRV", "SRV|locator name|locator record",
     "A DNS record that says which host and port offer a service; domain controllers are found by "
     "them."},
    {"SYN", "SYN|SYNs", "The first packet of a TCP connection."},
    {"TGS exchange", "TGS|Kerberos TGS",
     "The exchange in which a client shows its ticket-granting ticket and asks for a ticket to one "
     "service."},
    {"ticket", "ticket|tickets",
     "What a KDC gives out: it is encrypted with the key of the service that it is for, and only "
     "that can open it."},
    {"TLS", "TLS", "The encryption of HTTPS and LDAPS."},
    {"trust", "trust|trusts", "Two domains or forests accept the accounts of each other."},
};

guint adp_glossary_count(void)
{
    return G_N_ELEMENTS(terms);
}

const adp_term *adp_glossary_get(guint i)
{
    return &terms[i];
}

/* Not within a longer word, name or number. */
static gboolean ends_word(char c)
{
    return !g_ascii_isalnum(c) && c != '_' && c != '-' && !((guint8)c & 0x80);
}

static gboolean word_is_in(const char *word, gsize len, const char *text)
{
    const char *at;

    for (at = text; (at = strchr(at, *word)) != NULL; at++) {
        if (strncmp(at, word, len) == 0 && ends_word(at[len]) &&
            (at == text || ends_word(at[-1]))) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_term_is_in(const adp_term *term, const char *text)
{
    const char *word = term->words;

    while (*word) {
        gsize len = strcspn(word, "|");

        if (word_is_in(word, len, text)) {
            return TRUE;
        }
        word += len + (word[len] == '|' ? 1 : 0);
    }
    return FALSE;
}
