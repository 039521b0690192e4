/* advice_table.h
 * The tables of advice, one a subject. Inside of the model.
 *
 * Sources, as the letters behind the rows say: M MS-ADTS, MS-KILE, MS-NRPC, MS-OXDISCO,
 * MS-OXDSCLI; K articles of Microsoft's support (KB number); E documentation of events 4768 and
 * 4769; W EWS Managed API and its documentation; L seen in the laboratory's captures; R RFC;
 * m from memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_TABLE_H
#define ADPATH_ADVISE_ADVICE_TABLE_H

#include "advise/advice.h"

#define CAUSES(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
/** A cause that the capture can rule out: it shows where the ticket was issued. */
#define ADP_CAUSE_OLD_TICKET                                                                       \
    {                                                                                              \
        .text = "The client holds an old ticket.", .refuted_by = { ADP_SIGN_TICKET_ISSUED }        \
    }

/** A cause that the request shows: newer clients ask for tickets until 9999. From memory. */
#define ADP_CAUSE_FAR_END                                                                          \
    {                                                                                              \
        .text = "The client asks for a ticket that ends after 2037, and the KDC cannot keep that " \
                "time: what it verifies are other bytes than the client sent.",                    \
        .needs = {                                                                                 \
            ADP_SIGN_FAR_END                                                                       \
        }                                                                                          \
    }

/** Clients go on to http there, whose answer says where to go. */
#define ADP_CAUSE_CLOUD_ALIAS                                                                      \
    {                                                                                              \
        .text = "Microsoft 365 has no certificate for its customers' aliases: that is healthy.",   \
        .needs = {                                                                                 \
            ADP_SIGN_CLOUD_ALIAS                                                                   \
        }                                                                                          \
    }

/** A cause that ICMP of the last router, or of the client itself, tells. */
#define ADP_CAUSE_NOT_FOUND                                                                        \
    {                                                                                              \
        .text = "There is no route to the host, or nobody answers for its address in its own "     \
                "network: ICMP says so.",                                                          \
        .supported_by = {ADP_SIGN_NO_ROUTE}, .refuted_by = {                                       \
            ADP_SIGN_PORT_UNREACHABLE,                                                             \
            ADP_SIGN_ROUTING_LOOP                                                                  \
        }                                                                                          \
    }

/** Of a silence that begins with a part of an answer. */
#define ADP_CAUSE_CUT                                                                              \
    {                                                                                              \
        .text = "The answers are sent in fragments, and only the first of each arrives: a device " \
                "on the path drops the others.",                                                   \
        .needs = {                                                                                 \
            ADP_SIGN_REPLY_CUT                                                                     \
        }                                                                                          \
    }

/** What costs the client time on such a route. */
#define ADP_CAUSE_TRIED_ON                                                                         \
    {                                                                                              \
        .text = "There is no route to this address, as ICMP says, and the client tries on.",       \
        .needs = {                                                                                 \
            ADP_SIGN_NO_ROUTE                                                                      \
        }                                                                                          \
    }

/** Causes of a refused anonymous ticket after which no logon comes (FAST, RFC 6113, 8062; m). */
#define ADP_CAUSE_ARMOUR_DEMANDED                                                                  \
    {                                                                                              \
        .text = "The client is set to demand an armour (FAST) for each logon, and to take an "     \
                "anonymous ticket for it: a host that has joined can take one of its own key.",    \
    }
#define ADP_CAUSE_NO_ANONYMOUS                                                                     \
    {                                                                                              \
        .text = "Controllers of Active Directory give no anonymous tickets.", .refuted_by = {      \
            ADP_SIGN_KDC_MIT,                                                                      \
        }                                                                                          \
    }
#define ADP_CAUSE_ANONYMOUS_NOT_SET_UP                                                             \
    {                                                                                              \
        .text = "Anonymous tickets are not set up at the KDC: it has no principal for them, or "   \
                "no certificate.",                                                                 \
        .needs = {                                                                                 \
            ADP_SIGN_KDC_MIT                                                                       \
        }                                                                                          \
    }

/** A cause that the address tells by itself (RFC 3927). */
#define ADP_CAUSE_SELF_ASSIGNED                                                                    \
    {                                                                                              \
        .text = "DNS names an address of 169.254.0.0/16, which a network card gives itself when "  \
                "DHCP gives it none, and which its host registered: nobody else reaches it.",      \
        .needs = {                                                                                 \
            ADP_SIGN_SELF_ASSIGNED                                                                 \
        }                                                                                          \
    }

/** A cause that the name tells by itself. */
#define ADP_CAUSE_DOT                                                                              \
    {                                                                                              \
        .text = "The name ends with a dot, as DNS writes whole names: names of services are "      \
                "registered without one, so that a link, a setting or a program has to leave it "  \
                "out.",                                                                            \
        .needs = {                                                                                 \
            ADP_SIGN_DOT_AT_END                                                                    \
        }                                                                                          \
    }

/** The name of an address in DNS, which a library takes for the server's. m */
#define ADP_CAUSE_REVERSE                                                                          \
    {                                                                                              \
        .text = "The client's library asks DNS for the name of {reverse} and makes the service's " \
                "name of the answer ({host}): that record (PTR) is old or of another host. It "    \
                "has to have the server's own name, or the library leaves it alone (rdns = false " \
                "in krb5.conf).",                                                                  \
        .needs = {                                                                                 \
            ADP_SIGN_REVERSE_NAME                                                                  \
        }                                                                                          \
    }

/** A cause that the controller's own word tells (MS-ADTS 6.3.1.8). */
#define ADP_CAUSE_CALLED_OTHERWISE                                                                 \
    {                                                                                              \
        .text = "The controller calls itself {called} in its replies to pings: it was renamed, "   \
                "or DNS gives its address for another name, and records or settings have that "    \
                "name still.",                                                                     \
        .needs = {                                                                                 \
            ADP_SIGN_CALLED_OTHERWISE                                                              \
        }                                                                                          \
    }

/** Of a name that has no address. R 1034 3.6.2 */
#define ADP_CAUSE_ALIAS_ROUND                                                                      \
    {                                                                                              \
        .text =                                                                                    \
            "Its aliases (CNAME) go round in a circle: one of them was entered with the wrong "    \
            "target, and no name of the circle has an address of its own.",                        \
        .needs = {                                                                                 \
            ADP_SIGN_ALIAS_ROUND                                                                   \
        }                                                                                          \
    }

/** Of a controller's name to which a resolver added one of its suffixes. */
#define ADP_CAUSE_SUFFIXED                                                                         \
    {                                                                                              \
        .text = "The resolver added a suffix of its search list to the controller's name, and a "  \
                "record for * (wildcard) gave another host's address for that: an ingress or a "   \
                "web server. With ndots:5, as pods have it, the suffixes come first.",             \
        .needs = {                                                                                 \
            ADP_SIGN_SUFFIX_BEHIND_NAME                                                            \
        }                                                                                          \
    }

/** Of a name that a DNS server keeps back (RFC 8914). */
#define ADP_CAUSE_WITHHELD                                                                         \
    {                                                                                              \
        .text = "A filter or a policy of the DNS server withholds the name, as its own answer "    \
                "says: it stands on a list of what is blocked, or is not for this client.",        \
        .needs = {                                                                                 \
            ADP_SIGN_SAYS_WITHHELD                                                                 \
        }                                                                                          \
    }
#define ADP_CAUSE_ASKS_A_FILTER                                                                    \
    {                                                                                              \
        .text = "The client asks a DNS server that filters (of a provider, a router, a guard "     \
                "against malware), and should ask the directory's own.",                           \
    }
#define ADP_CHECK_WITHHELD                                                                         \
    {                                                                                              \
        .command = "Get-DnsServerQueryResolutionPolicy # on the DNS server, where it is one of "   \
                   "Windows",                                                                      \
        .needs = {                                                                                 \
            ADP_SIGN_SAYS_WITHHELD                                                                 \
        }                                                                                          \
    }

/** A cause that a router tells. */
#define ADP_CAUSE_LOOP                                                                             \
    {                                                                                              \
        .text = "Routes lead in a circle: a router says that the time to live ran out.",           \
        .needs = {                                                                                 \
            ADP_SIGN_ROUTING_LOOP                                                                  \
        }                                                                                          \
    }

/** A cause of what a redirect leads to. */
#define ADP_CAUSE_INNER                                                                            \
    {                                                                                              \
        .text = "The redirect leads to the address inside, and the client is outside: the server " \
                "has no other place for clients there.",                                           \
        .needs = {                                                                                 \
            ADP_SIGN_INNER_ADDRESS                                                                 \
        }                                                                                          \
    }

/** A cause of a place that a redirect, a record or an entry names. m */
#define ADP_CAUSE_OTHER_PORT                                                                       \
    {                                                                                              \
        .text = "The redirect, the record or the entry names a port to which clients do not get: " \
                "that of the server behind a balancer or a firewall, which serve another one.",    \
        .needs = {                                                                                 \
            ADP_SIGN_OTHER_PORT                                                                    \
        }                                                                                          \
    }

/** Of what is sent while a bind waits for its answer. R 4511 4.2.1 */
#define ADP_CAUSE_BIND_PENDING                                                                     \
    {                                                                                              \
        .text = "The program uses one connection in several threads, and asks on it while a bind " \
                "is not answered yet: it has to wait for the answer, or to take another "          \
                "connection.",                                                                     \
        .supported_by = {ADP_SIGN_BIND_PENDING}, .needs = {                                        \
            ADP_SIGN_BIND_PENDING                                                                  \
        }                                                                                          \
    }

/* Of a bind, or of what was asked after it. */
#define ADP_CAUSE_NO_PASSWORD                                                                      \
    {                                                                                              \
        .text = "The program binds with a name and no password: its password is not set, or was "  \
                "not found. Servers that take such a bind bind nobody by it.",                     \
        .needs = {                                                                                 \
            ADP_SIGN_NO_PASSWORD                                                                   \
        }                                                                                          \
    }

/* Of a handshake that fails. The proxy's certificate is seldom known outside of the company. */
#define ADP_CAUSE_OLD_TLS                                                                          \
    {                                                                                              \
        .text = "The client's hello offers no version newer than TLS 1.1, and the server has "     \
                "switched those off.",                                                             \
        .needs = {ADP_SIGN_OLD_TLS},                                                               \
    }
/** Of programs that were given the domain's name, which leads to all of its controllers. From reports. */
#define ADP_CAUSE_TLS_DOMAIN                                                                       \
    {                                                                                              \
        .text = "The program asks by the name of the domain, which leads to any of its "           \
                "controllers, and their certificates have the controllers' own names: give it a "  \
                "controller's name, or certificates that have the domain's name, too.",            \
        .supported_by = {ADP_SIGN_IS_DOMAIN}, .needs = {ADP_SIGN_IS_DOMAIN}, .refuted_by = {       \
            ADP_SIGN_NAME_COVERED                                                                  \
        }                                                                                          \
    }
/** A cause that the bytes of the hello show. */
#define ADP_CAUSE_OLD_FORM                                                                         \
    {                                                                                              \
        .text = "The client greets in the form of SSL 2, which servers of today do not take: a "   \
                "setting of an old runtime (SSLv2Hello of Java, for instance).",                   \
        .needs = {ADP_SIGN_OLD_FORM},                                                              \
    }
#define ADP_CAUSE_PROXY_TLS                                                                        \
    {                                                                                              \
        .text = "The proxy opens TLS, and shows a certificate of its own making, whose authority " \
                "this client does not know.",                                                      \
        .needs = {ADP_SIGN_THROUGH_PROXY}, .refuted_by = {ADP_SIGN_SERVER_CLOSED_EARLY},           \
        .weak = TRUE                                                                               \
    }

/** The proxy's end of the connection is the one that ended it. */
#define ADP_CAUSE_PROXY_CUT                                                                        \
    {                                                                                              \
        .text =                                                                                    \
            "The proxy let the tunnel be opened, and ends it at the client's hello: its filter "   \
            "forbids the host, or it looks into TLS and cannot reach the host itself.",            \
        .supported_by = {ADP_SIGN_THROUGH_PROXY}, .needs = {                                       \
            ADP_SIGN_THROUGH_PROXY,                                                                \
            ADP_SIGN_SERVER_CLOSED_EARLY                                                           \
        }                                                                                          \
    }

/** What its ping says of the port of the global catalog, MS-ADTS 6.3.1.2. */
#define ADP_CAUSE_NO_CATALOG                                                                       \
    {                                                                                              \
        .text = "The controller is no global catalog, as it says itself: a record of DNS, or a "   \
                "setting of the program, still leads to its port.",                                \
        .supported_by = {ADP_SIGN_NO_CATALOG}, .needs = {                                          \
            ADP_SIGN_NO_CATALOG                                                                    \
        }                                                                                          \
    }

/** RFC 2782: the lowest number first. */
#define ADP_CAUSE_LATER_PRIORITY                                                                   \
    {                                                                                              \
        .text = "The client asks a server first whose record has a later priority than others: "   \
                "its library sorts the records in another way than they are meant.",               \
        .supported_by = {ADP_SIGN_LATER_PRIORITY}, .needs = {                                      \
            ADP_SIGN_LATER_PRIORITY                                                                \
        }                                                                                          \
    }

/** RFC 4592. */
#define ADP_CAUSE_LIKE_DOMAIN                                                                      \
    {                                                                                              \
        .text = "The name {host} has the same address as the domain itself: the web site answers " \
                "for every name below the domain, by a wildcard record (*) for instance, and "     \
                "autodiscover has none of its own.",                                               \
        .supported_by = {ADP_SIGN_LIKE_DOMAIN}, .needs = {ADP_SIGN_LIKE_DOMAIN}, .refuted_by = {   \
            ADP_SIGN_CLOUD,                                                                        \
            ADP_SIGN_ONLY_SCHEME                                                                   \
        }                                                                                          \
    }

/** RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted". */
#define ADP_CAUSE_SNI_IS_ADDRESS                                                                   \
    {                                                                                              \
        .text = "The program was given an address, and puts it into its hello where only a name "  \
                "may stand (SNI): some servers refuse that. Give it the server's name.",           \
        .supported_by = {ADP_SIGN_SNI_IS_ADDRESS}, .needs = {                                      \
            ADP_SIGN_SNI_IS_ADDRESS                                                                \
        }                                                                                          \
    }

/** Of programs that know nothing but the domain. From a report. */
#define ADP_CAUSE_OF_DOMAIN_NAME                                                                   \
    {                                                                                              \
        .text = "The program takes the address of the domain's own name for that of a "            \
                "controller, and it leads to another host, a web server for instance: give it a "  \
                "controller's name, or have it look for the locator records.",                     \
        .supported_by = {ADP_SIGN_OF_DOMAIN_NAME}, .needs = {                                      \
            ADP_SIGN_OF_DOMAIN_NAME                                                                \
        }                                                                                          \
    }

/* One cause or check; conditions may follow: CAUSE("...", .refuted_by = {ADP_SIGN_X}). */
#define CAUSE(...)                                                                                 \
    {                                                                                              \
        .text = __VA_ARGS__                                                                        \
    }
#define CHECK(...)                                                                                 \
    {                                                                                              \
        .command = __VA_ARGS__                                                                     \
    }
#define CHECKS(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Conditions of commands, by what kind of account and KDC the capture shows. */
#define IF_USER                                                                                    \
    .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE, ADP_SIGN_ACCOUNT_UPN, ADP_SIGN_ACCOUNT_SERVICE,       \
                   ADP_SIGN_KDC_MIT}
/* LDAP binds: `net user` takes a plain name, Get-ADUser a DN as well. */
#define IF_PLAIN   .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE, ADP_SIGN_ACCOUNT_UPN, ADP_SIGN_ACCOUNT_DN}
#define IF_DN      .needs = {ADP_SIGN_ACCOUNT_DN}
#define IF_UPN     .needs = {ADP_SIGN_ACCOUNT_UPN}, .refuted_by = {ADP_SIGN_KDC_MIT}
#define IF_MACHINE .needs = {ADP_SIGN_ACCOUNT_MACHINE}, .refuted_by = {ADP_SIGN_KDC_MIT}
/* Of a host: a name that a client can ask a server for, or an address; one's own, or Microsoft's. */
#define IF_NAME    .refuted_by = {ADP_SIGN_IS_ADDRESS}
#define IF_ADDRESS .needs = {ADP_SIGN_IS_ADDRESS}
/* TLS that is tried by hand: straight, or through the proxy that the client took. */
#define IF_DIRECT                                                                                  \
    .refuted_by = {ADP_SIGN_IS_ADDRESS, ADP_SIGN_THROUGH_PROXY, ADP_SIGN_STARTTLS_GRANTED}
#define IF_DIRECT_ADDRESS                                                                          \
    .needs = {ADP_SIGN_IS_ADDRESS},                                                                \
    .refuted_by = {ADP_SIGN_THROUGH_PROXY, ADP_SIGN_STARTTLS_GRANTED}
/* The same at a port where TLS begins behind StartTLS alone. */
#define ADP_CHECK_AFTER_STARTTLS                                                                   \
    CHECK("openssl s_client -connect {place} -starttls ldap", .needs = {ADP_SIGN_STARTTLS_GRANTED})
#define IF_PROXY .needs = {ADP_SIGN_THROUGH_PROXY}, .refuted_by = {ADP_SIGN_IS_ADDRESS}
#define IF_OWN   .refuted_by = {ADP_SIGN_CLOUD}
#define IF_CLOUD .needs = {ADP_SIGN_CLOUD}
#define IF_AD    .refuted_by = {ADP_SIGN_KDC_MIT}
/* Names of another realm are looked up there. */
#define IF_AD_AT_HOME      .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_FOREIGN_REALM}
#define IF_AD_ABROAD       .needs = {ADP_SIGN_FOREIGN_REALM}, .refuted_by = {ADP_SIGN_KDC_MIT}
#define IF_MIT             .needs = {ADP_SIGN_KDC_MIT}
#define IF_HEIMDAL         .needs = {ADP_SIGN_KDC_HEIMDAL}
#define IF_SAMBA           .needs = {ADP_SIGN_KDC_SAMBA}
#define IF_SAMBA_USER      .needs = {ADP_SIGN_KDC_SAMBA}, .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE}
#define IF_UNIX            .needs = {ADP_SIGN_CLIENT_UNIX}
#define IF_WINDOWS         .refuted_by = {ADP_SIGN_CLIENT_UNIX}
#define IF_NOT_WINDOWS     .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}
#define IF_UNIX_MACHINE    .needs = {ADP_SIGN_ACCOUNT_MACHINE, ADP_SIGN_CLIENT_UNIX}
#define IF_WINDOWS_MACHINE .needs = {ADP_SIGN_ACCOUNT_MACHINE}, .refuted_by = {ADP_SIGN_CLIENT_UNIX}

/* Each ends with a row whose key is NULL. */
extern const adp_advice adp_advice_accounts[];
extern const adp_advice adp_advice_dns[];
extern const adp_advice adp_advice_kerberos[];
extern const adp_advice adp_advice_ldap[];
extern const adp_advice adp_advice_web[];

/** What its dates make of a certificate that a client refuses, whatever the alert says. RFC 5280 4.1.2.5, m. */
#define ADP_CAUSES_DATES                                                                           \
    CAUSE("The certificate is not valid yet: its authority's clock is fast, or it was put in "     \
          "place ahead of its day.",                                                               \
          .needs = {ADP_SIGN_CERT_NOT_YET}),                                                       \
        CAUSE("An intermediate certificate, which the server sends behind its own, has expired.",  \
              .needs = {ADP_SIGN_ISSUER_OVER})

/** From memory, RFC 6125 6.4.4. */
#define ADP_CAUSE_CN_ALONE                                                                         \
    CAUSE("The name is the subject's (CN) alone and not among the certificate's alternative "      \
          "names: where there are any, clients look nowhere else.",                                \
          .needs = {ADP_SIGN_NAME_IS_CN})

/** From memory. */
#define ADP_CAUSE_OTHER_ISSUER                                                                     \
    CAUSE("The certificate is issued by another authority than the one that the client took from " \
          "this host: a proxy or an inspecting firewall in between makes its own, or the server "  \
          "got a new one.",                                                                        \
          .needs = {ADP_SIGN_OTHER_ISSUER})

/** From memory: CryptoAPI waits 15 s for a list. */
#define ADP_CAUSE_LIST                                                                             \
    CAUSE(                                                                                         \
        "The client looked for the list of revoked certificates, or asked the authority (OCSP), "  \
        "in vain, and insists on it; or a person was asked, and said no: seconds passed "          \
        "between the certificate and the end.",                                                    \
        .needs = {ADP_SIGN_LATE_NO})

/** RFC 5246 7.3, m. */
#define ADP_CAUSE_LAST_WORD                                                                        \
    CAUSE(                                                                                         \
        "The server says nothing to the client's last part of the handshake: it hangs there, as "  \
        "where it checks a certificate of the client's or asks a device for its key, or that "     \
        "part does not get through to it.",                                                        \
        .needs = {ADP_SIGN_CLIENT_WENT_ON})

/** RFC 8446 4.1.4, m. */
#define ADP_CAUSE_RETRIED                                                                          \
    CAUSE("The server asked for a second hello (HelloRetryRequest of TLS 1.3: another group), "    \
          "and the connection ended behind that: a device in between does not know this form of "  \
          "the handshake.",                                                                        \
          .needs = {ADP_SIGN_HELLO_RETRIED})

/** The specification of the PROXY protocol, m. */
#define ADP_CAUSE_PROXIED                                                                          \
    CAUSE("What comes from a load balancer begins with a line of the PROXY protocol, and the "     \
          "server reads that as a broken hello: it is switched on at the balancer, and not at "    \
          "the server, which may not know it.",                                                    \
          .needs = {ADP_SIGN_HELLO_PROXIED})

/** Of a connection that is accepted and ended before a word. R 9293 3.10.7.1, m */
#define ADP_CAUSE_TWO_MACHINES                                                                     \
    CAUSE("Two machines have the address: one accepts the connection, and the other one, which "   \
          "knows nothing of that, resets it.",                                                     \
          .supported_by = {ADP_SIGN_TWO_ANSWER})
#define ADP_CHECK_TWO_MACHINES                                                                     \
    CHECK("arp -a {server} # twice, with a pause: is the hardware address always the same?",       \
          .needs = {ADP_SIGN_TWO_ANSWER})
#define ADP_CAUSES_UNHEARD                                                                         \
    CAUSE("What the server sends does not arrive: there is no route back to the client, or the "   \
          "answers take another way, past a firewall that did not see the request."),              \
        CAUSE("A firewall at the client lets no answers in.")
#define ADP_CAUSE_SWALLOWED                                                                        \
    CAUSE("A packet of full size does not fit the way from the server to the client, and no ICMP " \
          "says so: a tunnel, a VPN or a device in between drops it (MTU).",                       \
          .needs = {ADP_SIGN_ANSWER_REPEATED, ADP_SIGN_ANSWER_FULL})
#define ADP_CAUSES_WAY_BACK                                                                        \
    ADP_CAUSE_SWALLOWED,                                                                           \
        CAUSE("The way from the server to the client broke after the connection was opened, or a " \
              "device on it lets no more of the connection through.")
#define ADP_CHECKS_WAY_BACK                                                                        \
    CHECK("ping -f -l 1472 {client} # on the server: does a packet of full size fit the path?",    \
          .needs = {ADP_SIGN_ANSWER_FULL}),                                                        \
        CHECK(                                                                                     \
            "tracepath {client} # on the server, where it is a Linux: which size fits the path?",  \
            .needs = {ADP_SIGN_ANSWER_FULL}),                                                      \
        ADP_CHECK_UNHEARD
#define ADP_CHECK_UNHEARD CHECK("tracert {client} # on the server")
#define ADP_CAUSE_EMPTY_BALANCER                                                                   \
    CAUSE("A load balancer, or another device in front, accepts for servers of which none is "     \
          "there.")

#endif
