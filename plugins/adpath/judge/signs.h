/* signs.h
 * What speaks for or against a cause: the vocabulary between rules, case file and advice.
 *
 * A rule, or the case file, puts a sign on a finding, with the observation that shows it. The rows of
 * advice name signs: a cause that a sign refutes is not shown, one that a sign supports comes first
 * with the frames of that sign, and a check that needs a sign is left out without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_SIGNS_H
#define ADPATH_JUDGE_SIGNS_H

/* id, and what the capture shows when the sign is there. */
#define ADP_SIGNS(S)                                                                               \
    S(TICKET_ISSUED, "the capture shows that this ticket was issued not long before")              \
    S(NETBIOS_KNOWN, "a controller said that this is a domain's NetBIOS name")                     \
    S(NETBIOS_ASKED, "the client also looked for it by NetBIOS, and nobody said where it is")      \
    S(NETBIOS_ANSWERED, "a NetBIOS lookup of it was answered")                                     \
    S(REFERRED, "a KDC referred the client to this realm")                                         \
    S(PUBLIC_ADDRESS, "the DNS server has a public address")                                       \
    S(DNS_ANSWERS, "the DNS server answers other questions of the client")                         \
    S(KNOWN_ELSEWHERE, "another DNS server gave a private address of a host of the domain")        \
    S(ONE_FAMILY, "the name is there, and addresses of one family alone were asked for")           \
    S(ANSWERED_BEFORE, "the same name was answered with records before")                           \
    S(REFUSED, "the connection was refused")                                                       \
    S(FOREIGN_REALM, "a KDC of another realm than the client's was asked")                         \
    S(KDC_MIT, "the KDC answers as MIT's does")                                                    \
    S(DIRECTORY_OTHER, "the directory names a vendor, and nothing that only Active Directory has") \
    S(KDC_HEIMDAL, "the KDC answers as Heimdal's does, or Samba's")                                \
    S(KDC_SAMBA, "the KDC is one of Samba")                                                        \
    S(CLIENT_UNIX, "the client asks as programs on Linux or Unix do")                              \
    S(CLIENT_WINDOWS, "the client asks as Windows does")                                           \
    S(ACCOUNT_MACHINE, "the account is a computer's")                                              \
    S(ACCOUNT_SERVICE, "the account is named like a service")                                      \
    S(ACCOUNT_UPN, "the account is given as a user principal name")                                \
    S(ACCOUNT_DN, "the account is given as a distinguished name")                                  \
    S(MECHANISM_NTLM, "the client authenticates with NTLM")                                        \
    S(MECHANISM_SIMPLE, "the client binds with name and password")                                 \
    S(MECHANISM_OTHER, "the client authenticates neither with Kerberos nor with NTLM")             \
    S(MECHANISM_KERBEROS, "the client authenticates with Kerberos")                                \
    S(IN_TLS, "the connection runs in TLS")                                                        \
    S(ANONYMOUS, "the connection is bound anonymously")                                            \
    S(NO_PASSWORD, "the bind before it has a name, and an empty password")                         \
    S(HOST_SPEAKS, "the host itself answers the client elsewhere")                                 \
    S(TCP_NOT_TRIED, "the client did not ask over TCP")                                            \
    S(TCP_SILENT, "TCP to that host is silent, too")                                               \
    S(OTHER_ADDRESS_SPEAKS, "the host answers at its other address")                               \
    S(WRONG_BEFORE, "wrong passwords came before it")                                              \
    S(HANDSHAKE_QUICK, "its TCP handshake took a moment")                                          \
    S(ADDRESS_IPV6, "the address is one of IPv6")                                                  \
    S(SMALLER_ANSWERED, "a smaller request was answered")                                          \
    S(STRAY, "an address that was not asked answers instead")                                      \
    S(FRAGMENTED, "the request was sent in fragments")                                             \
    S(REPLY_CUT, "only the first fragments of the answers arrive")                                 \
    S(PORT_UNREACHABLE, "ICMP says that the port is closed")                                       \
    S(PROHIBITED, "ICMP says that a filter forbids it")                                            \
    S(TCP_ANSWERED, "the host accepts connections of this client")                                 \
    S(UDP_ANSWERED, "the host answers LDAP over UDP, to this client")                              \
    S(NOT_ACKNOWLEDGED, "TCP repeats the request, and nothing acknowledges it")                    \
    S(ACKNOWLEDGED, "the server's TCP acknowledged the request")                                   \
    S(WINDOW_SHUT, "the server's TCP had no room for more (window 0)")                             \
    S(OFFERS_TOKENS, "the service offers tokens (Bearer)")                                         \
    S(BEARER, "the client sends a token (Bearer)")                                                 \
    S(HELLO_ANSWERED, "the server had chosen version and cipher, and shown its certificate")       \
    S(REFUSED_ANSWER, "the client sent the alert, after the server had shown its certificate")     \
    S(NAME_DIFFERS, "the certificate does not cover the name that was asked for")                  \
    S(IDLE, "the connection had been idle for minutes")                                            \
    S(ADDRESS_AGAIN, "the redirect is to the mailbox that was asked for")                          \
    S(ONE_HOST, "the redirects lead from a host to itself")                                        \
    S(SEVERAL_HOSTS, "the redirects lead from one host, or mailbox, to another")                   \
    S(ONLY_SCHEME, "the redirect changes nothing but http and https")                              \
    S(FULL_PACKET, "the request that nothing acknowledges fills a packet")                         \
    S(ANSWER_REPEATED, "the server's TCP repeats its answer, and nothing acknowledges it")         \
    S(ANSWER_FULL, "the answer that nothing acknowledges fills a packet")                          \
    S(SERVER_CLOSED, "the server closed the connection instead of answering")                      \
    S(BROKEN_OFF, "the server ended the connection in the middle of its answer")                   \
    S(OTHER_PROTOCOL, "what answers speaks another protocol")                                      \
    S(TOO_BIG, "ICMP says that the packet is too big for the path")                                \
    S(FRAGMENTS_LOST, "ICMP says that fragments did not arrive")                                   \
    S(NO_ROUTE, "ICMP says that there is no route")                                                \
    S(ROUTING_LOOP, "ICMP says that the packet's time to live ran out on its way")                 \
    S(ALIAS, "DNS says that the name is an alias")                                                 \
    S(REVERSE_NAME, "DNS gives the name for the server's address (PTR)")                           \
    S(CLIENT_WENT_ON,                                                                              \
      "the client had taken the certificate, and sent its last part of the handshake")             \
    S(LATE_NO, "the client said no only seconds after the certificate")                            \
    S(OTHER_NAME_GRANTED, "the same service was granted by another name")                          \
    S(SAME_NAME_GRANTED, "a ticket for the very name was granted before")                          \
    S(NOT_FOR_ADDRESS, "the client gives no name, and the certificate is for names alone")         \
    S(IS_ADDRESS, "the name is an address")                                                        \
    S(CROSS_REALM, "a ticket for another realm was shown")                                         \
    S(NO_AES, "no AES is among the offered types")                                                 \
    S(ONLY_AES, "only AES is among the offered types")                                             \
    S(REALM_ASKED, "a ticket-granting ticket of another realm was asked for")                      \
    S(WENT_ON, "the client went on by another name")                                               \
    S(REALM_REACHED, "the client came to that realm after all")                                    \
    S(NAME_REFUSED, "the KDC did not find the name, or found it twice")                            \
    S(TICKET_REFUSED, "another error of Kerberos came before")                                     \
    S(FAST_OFFERED, "the KDC offered FAST, and the client did not use it")                         \
    S(FAR_END, "the request asks for a ticket that ends after 2037")                               \
    S(ACCEPTED_ELSEWHERE, "another controller accepted the account in the same time")              \
    S(RODC, "the ticket is one of a read-only or cloud controller")                                \
    S(FROM_DIRECTORY, "an entry of the directory names the host")                                  \
    S(FROM_MAIL_DOMAIN, "the name is made from the mail domain")                                   \
    S(CLOUD_ALIAS, "DNS says that the name is an alias of one of Microsoft 365")                   \
    S(FROM_SETTINGS, "an answer of autodiscover names the host")                                   \
    S(FROM_REDIRECT, "a redirect of autodiscover names the host")                                  \
    S(A_ANSWERED, "the same server answers questions for addresses of IPv4 (A)")                   \
    S(TWIN_ANSWERED, "the name's other address, asked for at once from one port, was answered")    \
    S(ALIAS_ROUND, "the aliases of the name lead back to it")                                      \
    S(OTHER_PORT, "the port is none of the web's usual ones")                                      \
    S(INNER_ADDRESS, "the redirect leads from a public address to a private one")                  \
    S(ALIAS_TARGET, "DNS says that an alias which the client looked up stands for the name")       \
    S(LONG_TOKEN, "the Authorization header is long")                                              \
    S(KDC_ANSWERS, "this KDC answers other requests of the client, in the same way")               \
    S(TLS_COMPLETED, "another handshake with this host was completed")                             \
    S(OLD_TLS, "the client's hello offers no version newer than TLS 1.1")                          \
    S(THROUGH_PROXY, "the connection is one through a proxy")                                      \
    S(SERVER_CLOSED_EARLY, "the server closed before it sent a certificate")                       \
    S(CLIENT_CLOSED_LATE, "the client closed after it saw the certificate")                        \
    S(REALM_FOLLOWED, "the client looks for a KDC of the realm that was named")                    \
    S(NAME_ACCEPTED, "the same name was let in at another time")                                   \
    S(STARTTLS_KNOWN, "the answer shows that the server knows StartTLS")                           \
    S(STARTTLS_OUT_OF_TURN, "the server says that StartTLS does not fit here (operationsError)")   \
    S(STARTTLS_TAKEN, "StartTLS went well at this address at another time")                        \
    S(CLOUD, "the host is one of Microsoft 365")                                                   \
    S(MANY_ADDRESSES, "several addresses of one name do not let the client in")                    \
    S(SELF_ASSIGNED, "the address is one that a network card gives itself (169.254.0.0/16)")       \
    S(LOGON_SUFFIX, "a KDC of another realm let a user in whose logon name ends with it")          \
    S(OTHER_FAMILY_SITED, "by its address of the other family, the client is in a site")           \
    S(RESTRICTED, "the status says that the account itself is restricted")                         \
    S(BASIC_NOT_OFFERED, "the client sends Basic, which the server does not offer")                \
    S(DOT_AT_END, "the host's name ends with a dot")                                               \
    S(HOST_SUFFIX, "a controller of another domain has the account of a machine with this suffix") \
    S(BARE_NAME, "the bind names the account without its domain")                                  \
    S(NEWEST_TYPES, "only types of RFC 8009 (19, 20) are offered")                                 \
    S(NOT_UNIQUE, "the KDC itself says that several accounts have the name")                       \
    S(TRUST_IS_OLD, "the ticket for the other realm is sealed with an old type")                   \
    S(PASSWORD_SET_ELSEWHERE, "another controller answered the change of a password just before")  \
    S(FOREIGN_MEMBER, "the client is a machine of another domain")                                 \
    S(BASE_OF_DOMAIN, "the search begins below the domain")                                        \
    S(CLEAR_AT_TLS, "the request stands in clear at a port of LDAP over TLS")                      \
    S(STARTTLS_AT_TLS, "what was asked for there is StartTLS")                                     \
    S(TLS_ALERT, "the server answers with an alert of TLS")                                        \
    S(TLS_AT_CLEAR, "the connection begins with TLS, and no StartTLS was asked for")               \
    S(SAYS_SIGNATURES, "the DNS server says itself that signatures (DNSSEC) are the reason")       \
    S(SAYS_POLICY, "the DNS server says itself that it does not want to answer")                   \
    S(DNS_REFUSED, "the DNS server refuses the question (REFUSED)")                                \
    S(DNS_NOT_UNDERSTOOD, "the DNS server does not understand the question")                       \
    S(DNS_FAILED, "the DNS server tried, and failed")                                              \
    S(SAYS_WITHHELD, "the DNS server says itself that a filter or a policy keeps the name back")   \
    S(SAYS_NO_WAY, "the DNS server says itself that it does not reach the zone's servers")         \
    S(PROOF_ELSEWHERE, "the proof of NTLM came on another connection than its challenge")          \
    S(GATEWAY, "the status says that a gateway answers, for want of a good answer behind it")      \
    S(PORTAL, "the status says that the network itself wants a logon")                             \
    S(CLEAR_AT_HTTPS, "the question stands in clear at port 443")                                  \
    S(OLD_FORM, "the client's hello has the form of SSL 2")                                        \
    S(LDAP_VERSION_2, "the client binds by version 2 of LDAP")                                     \
    S(NAME_TWICE, "the name ends with the domain's name twice")                                    \
    S(NO_HOST, "the name in the principal is no host's")                                           \
    S(NO_CATALOG, "the controller's own reply to a ping says that it is no global catalog")        \
    S(OF_DOMAIN_NAME, "DNS gave this address for the domain's own name")                           \
    S(TWO_ANSWER, "what resets the connection does not know that it was accepted")                 \
    S(PROVED_BY_KDC, "the KDC let the same name in before")                                        \
    S(SAYS_UNREADABLE, "the server says that it cannot read the request")                          \
    S(COOKIE_ELSEWHERE, "the cookie of the page was given on another connection")                  \
    S(CLOCK_JUMPED, "the same clock agreed with the capturing machine's before")                   \
    S(GIVEN_ELSEWHERE, "another controller gave the ticket that is shown")                         \
    S(OLD_TICKET_TYPE, "the ticket that is shown is sealed with an old type")                      \
    S(NOTHING_SHOWN, "the server refused before it showed a certificate")                          \
    S(SNI_IS_ADDRESS, "the client's hello has an address where a name belongs")                    \
    S(NO_SNI, "the client's hello names no host")                                                  \
    S(WHOLE_CHAIN, "the server sends its certificate with all others up to the root")              \
    S(SNI_DIFFERS, "the client's hello names another host than its question")                      \
    S(NO_SITE, "HTTP.sys answers, which does so where no web site takes the question")             \
    S(FORM, "the status says that the session of a form has ended")                                \
    S(LIKE_DOMAIN, "the name has an address of the domain's own name")                             \
    S(REFERS, "the DNS server answers with nothing but the names of other DNS servers")            \
    S(ANSWERS_ADDRESS, "the DNS server answers with an address, for which nobody asked")           \
    S(RECORD_HAS_PORT, "a locator record names this port")                                         \
    S(LATER_PRIORITY,                                                                              \
      "locator records of a lower number name other servers, which were not tried")                \
    S(REDIRECT_IN_CLEAR, "the redirect leads to http")                                             \
    S(SEVERAL_DENY, "several controllers say the same")                                            \
    S(NOT_THIS_MACHINE, "the client itself is another machine than the account's")                 \
    S(SAYS_BUSY, "the server says that it is busy")                                                \
    S(BIND_REFUSED, "the bind before it on the connection was refused")                            \
    S(SENT_AGAIN, "the client sent the same request again before an answer came")                  \
    S(TCP_SERVES, "the same server answers the same over TCP, and nothing over UDP")               \
    S(UDP_SERVES, "the same server answers the same over UDP, and nothing over TCP")               \
    S(ONE_LABEL, "the name is of one label alone")                                                 \
    S(TICKET_TAKEN, "a ticket for the same name was taken at another time")                        \
    S(FOREST_DIFFERS, "a controller says that the forest has another name")                        \
    S(IS_DOMAIN, "the name is that of a domain")                                                   \
    S(BIND_PENDING, "a bind on the same connection had no answer yet")                             \
    S(FAST_USED, "this KDC gave a ticket to a request with armour (FAST)")                         \
    S(PLAIN_GRANTED, "this KDC gave a ticket to a request without armour (FAST)")                  \
    S(ARMOURED, "the request has armour (FAST)")                                                   \
    S(SALT_DIFFERS, "the KDC names a salt that is not made of the realm and this name")            \
    S(CALLED_OTHERWISE, "the host itself gives another name in its reply to a ping")               \
    S(NAME_COVERED, "the certificate covers the name that was asked for")                          \
    S(STARTTLS_GRANTED, "the server had just granted StartTLS on the connection")                  \
    S(GET_AFTER_POST, "the question was a POST, and after the redirect it is a GET without one")   \
    S(NO_OFFER, "the status asks for credentials, and the answer does not say of which kind")      \
    S(DENIED_WITH_AAAA, "DNS denied the whole name when its address of IPv6 was asked for")        \
    S(CLOCKS_ALIKE, "the clock of another server says the same")                                   \
    S(OTHER_CLOCK_RIGHT, "the clock of another server agrees with the capturing machine's")        \
    S(KDC_READ_ONLY, "the controller's own reply to a ping says that it is a read-only one")       \
    S(LED_BY_POINTER, "a pointer object of the directory names the domain")                        \
    S(OTHER_CLASS_GRANTED, "the client got in at the host by another service before")              \
    S(CERT_NOT_YET, "by the capturing machine's clock the certificate is not valid yet")           \
    S(CERT_OVER, "by the capturing machine's clock the certificate has expired")                   \
    S(ISSUER_OVER, "by the capturing machine's clock an intermediate certificate has expired")     \
    S(CERT_IN_TIME, "by the capturing machine's clock what the server showed is valid")            \
    S(NAME_IS_CN, "the name stands in the certificate's subject, and other names beside it")       \
    S(OTHER_ISSUER, "a certificate that the client took from this host is of another authority")   \
    S(HELLO_UNANSWERED, "nothing of the server follows the client's hello")                        \
    S(HELLO_RETRIED, "the server asked for a second hello, and answered none")                     \
    S(FELL_BACK, "the hello says that it is a second try, with an older version")                  \
    S(HELLO_PROXIED, "a line of the PROXY protocol stands before the hello")                       \
    S(EMPTY_CERTIFICATE, "by its length, what the client shows is an empty certificate")           \
    S(LONG_MACHINE_NAME, "the machine's name has more than 15 characters")                         \
    S(NAME_HAS_DOMAIN, "a domain and a backslash stand before the name")                           \
    S(RENEWAL, "the request is for the renewal of a ticket")                                       \
    S(KDC_CLOCK_RIGHT, "the time in the error agrees with the capturing machine's clock")          \
    S(SEVERAL_ADDRESSES, "DNS gives several addresses for the name")                               \
    S(DENIED_ABOVE, "the zone that denies the name is the root or a top-level domain")             \
    S(SUFFIX_BEHIND_NAME, "the address was given for a controller's name with a suffix behind it")

#define ADP_SIGN_ID(id, words) ADP_SIGN_##id,
typedef enum {
    ADP_SIGN_NONE,
    ADP_SIGNS(ADP_SIGN_ID) ADP_SIGN_COUNT
} adp_sign;
#undef ADP_SIGN_ID

/** What the capture shows when the sign is there. */
const char *adp_sign_words(adp_sign sign);

#endif
