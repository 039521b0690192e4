/* advice_web.c
 * What may be behind a finding, and how to look: endpoints of autodiscover, and the capture itself.
 *
 * The letters behind the rows name the source; see advice_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"
#include "advise/advice_table.h"

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const adp_advice adp_advice_web[] = {
    /* ---- endpoints ---- */
    {"endpoint-unresolvable", /* m */
     CAUSES(
         CAUSE("The client's DNS server does not look up names of the Internet, or a filter "
               "keeps those of Microsoft 365 from it.",
               IF_CLOUD, .weak = TRUE),
         CAUSE("The redirect leads to a name that only the DNS servers inside know: the server has "
               "no other place for clients outside.",
               .needs = {ADP_SIGN_FROM_REDIRECT}, .refuted_by = {ADP_SIGN_CLOUD}, .weak = TRUE),
         CAUSE("The name has no address of IPv6, and the server of its zone (a load balancer, for "
               "instance) denies the whole name when it is asked for one (AAAA): a DNS server "
               "that keeps this has no address of IPv4 for it either.",
               .needs = {ADP_SIGN_DENIED_WITH_AAAA}),
         ADP_CAUSE_ALIAS_ROUND,
         CAUSE("The name was never entered in DNS.",
               .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_DENIED_WITH_AAAA, ADP_SIGN_ALIAS_ROUND}),
         CAUSE("The service connection point names a host that is gone.",
               .needs = {ADP_SIGN_FROM_DIRECTORY},
               .refuted_by = {ADP_SIGN_DENIED_WITH_AAAA, ADP_SIGN_ALIAS_ROUND}),
         CAUSE("The settings of the virtual directories name a host that is not in the "
               "client's DNS.",
               .needs = {ADP_SIGN_FROM_SETTINGS}, .refuted_by = {ADP_SIGN_CLOUD}),
         CAUSE("The client asks a DNS server that does not know the zone.",
               .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_ALIAS_ROUND})),
     CHECKS(CHECK("nslookup {host}"),
            CHECK("Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri",
                  .needs = {ADP_SIGN_FROM_DIRECTORY}),
            CHECK("Get-WebServicesVirtualDirectory -ADPropertiesOnly | Format-List "
                  "Server,InternalUrl,ExternalUrl",
                  .needs = {ADP_SIGN_FROM_SETTINGS}, .refuted_by = {ADP_SIGN_CLOUD}))},
    {"endpoint-unresolvable/withheld", /* R 8914, m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The client asks a DNS server that filters, and should ask another one.")),
     CHECKS(CHECK("nslookup {host}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"), ADP_CHECK_WITHHELD)},
    {"endpoint-unresolvable/nowhere", /* m */
     CAUSES(CAUSE("A filter of names (a DNS firewall, an ad blocker) answers so for names that it "
                  "blocks."),
            CAUSE("The host's record was written so by hand.")),
     CHECKS(CHECK("nslookup {host}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"))},
    {"endpoint-unresolvable/unheard", /* m */
     CAUSES(CAUSE("The DNS server has to ask others for this name, and gets no answer from them: "
                  "its forwarders, or the way to the Internet."),
            CAUSE("The DNS server is down, or a firewall drops the questions.")),
     CHECKS(CHECK("nslookup {host}"),
            CHECK("Get-DnsServerForwarder # on the DNS server: do they answer?"))},
    {"endpoint-unreachable",
     CAUSES(CAUSE("The client has to use a proxy to get to the Internet, and did not.", IF_CLOUD,
                  .weak = TRUE),
            CAUSE("The host is down, or does not listen.", IF_OWN),
            CAUSE("A firewall stops the connection.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("nslookup {host}"),
            CHECK("netsh winhttp show proxy # on the client", IF_CLOUD))},
    {"endpoint-unreachable/refused",
     CAUSES(ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT,
            CAUSE("The mail domain has the same name as the directory, so that it leads to the "
                  "domain controllers, on which no web server listens.",
                  .needs = {ADP_SIGN_FROM_MAIL_DOMAIN}, .refuted_by = {ADP_SIGN_CLOUD}),
            CAUSE("No web server listens there.",
                  .refuted_by = {ADP_SIGN_FROM_MAIL_DOMAIN, ADP_SIGN_CLOUD}),
            CAUSE("The web server is stopped.", IF_OWN),
            CAUSE("Microsoft serves this name over http alone: with https clients are not meant "
                  "to come here.",
                  .needs = {ADP_SIGN_CLOUD_ALIAS}),
            CAUSE("A firewall answers in its place."),
            CAUSE("The client has to use a proxy to get to the Internet, and did not.", IF_CLOUD,
                  .weak = TRUE)),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("nslookup {host}"),
            CHECK("netsh winhttp show proxy # on the client", IF_CLOUD))},
    {"endpoint-unreachable/reset", /* R 9293 3.10.7.1, m */
     CAUSES(ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT, ADP_CAUSE_TWO_MACHINES, ADP_CAUSE_EMPTY_BALANCER,
            CAUSE("A firewall or an intrusion prevention on the way resets it.",
                  .refuted_by = {ADP_SIGN_TWO_ANSWER}),
            CAUSE("The web server has no room for one more connection, or refuses this client.",
                  IF_OWN)),
     CHECKS(ADP_CHECK_TWO_MACHINES, CHECK("Test-NetConnection {host} -Port {port}"),
            CHECK("nslookup {host}"))},
    {"endpoint-unreachable/closed", /* m */
     CAUSES(ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT, ADP_CAUSE_EMPTY_BALANCER,
            CAUSE("The server does not serve this client: a list of the addresses that it lets in, "
                  "or a limit of connections.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("nslookup {host}"))},
    {"endpoint-unreachable/unheard", /* R 9293 3.8.1, m */
     CAUSES(CAUSE("What the server sends does not arrive: there is no route back to the client, or "
                  "the answers take another way, past a firewall that did not see the request."),
            CAUSE("A firewall at the client lets no answers in.")),
     CHECKS(CHECK("tracert {client} # on the server"))},
    {"endpoint-unreachable/older", /* R 5961 4.2, R 9293 3.10.7.3 */
     CAUSES(CAUSE("The server, or a firewall on the way, still holds an older connection of these "
                  "ports: the client used the port again too soon, as behind address translation."),
            CAUSE("The reset with which the client ends the older connection does not arrive.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"))},
    {"endpoint-unreachable/silent",
     CAUSES(
         ADP_CAUSE_SELF_ASSIGNED, ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT, ADP_CAUSE_LOOP,
         CAUSE("The client has to use a proxy to get to the Internet, and did not.",
               .needs = {ADP_SIGN_CLOUD}, .refuted_by = {ADP_SIGN_ROUTING_LOOP}, .weak = TRUE),
         CAUSE("The host is down or gone.", .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_ROUTING_LOOP}),
         CAUSE("A firewall drops the packets.", .refuted_by = {ADP_SIGN_ROUTING_LOOP}),
         CAUSE("There is no route to the host, or none back.",
               .refuted_by = {ADP_SIGN_ROUTING_LOOP})),
     CHECKS(CHECK("tracert {host} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP}),
            CHECK("Test-NetConnection {host} -Port {port}"),
            CHECK("tracert {host}", .refuted_by = {ADP_SIGN_ROUTING_LOOP}),
            CHECK("netsh winhttp show proxy # on the client", IF_CLOUD))},
    {"endpoint-unreachable/prohibited",
     CAUSES(ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT,
            CAUSE("A firewall or router rejects the connection: its ICMP message says so."),
            CAUSE("There is no route to the network of the host.")),
     CHECKS(CHECK("tracert {host}"), CHECK("Test-NetConnection {host} -Port {port}"))},
    {"endpoint-unreachable/unreachable", /* R 792, 1122 */
     CAUSES(
         ADP_CAUSE_INNER, ADP_CAUSE_OTHER_PORT, ADP_CAUSE_NOT_FOUND, ADP_CAUSE_LOOP,
         CAUSE("The host itself says that the port is closed.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("The host was renumbered or removed, and DNS still names its old address.", IF_OWN)),
     CHECKS(CHECK("tracert {host}"), CHECK("nslookup {host}"),
            CHECK("Test-NetConnection {host} -Port {port}"))},
    {"proxy-refused", /* R 9110, m */
     CAUSES(CAUSE("The proxy is the one for the Internet and does not know the internal name: the "
                  "host is missing from the list of hosts that are reached without the proxy.",
                  IF_OWN),
            CAUSE("The host is down, or the proxy has no route to it.", IF_OWN),
            CAUSE("The proxy does not get through to Microsoft 365, or does not resolve its names.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("The proxy itself fails.")),
     CHECKS(CHECK("netsh winhttp show proxy # on the client: proxy and bypass list"),
            CHECK("curl.exe -sS -I -x {proxy} --url https://{host}"), CHECK("nslookup {host}"))},
    {"proxy-refused/0", /* m */
     CAUSES(
         CAUSE(
             "The proxy, or a filter in it, drops the request without a word: the host or the port "
             "is not allowed, or this client is not."),
         CAUSE("The proxy waits in vain for the host: it has no route to it, or does not resolve "
               "its name."),
         CAUSE("What listens at that port is no proxy, or fails itself.")),
     CHECKS(CHECK("netsh winhttp show proxy # on the client: proxy and bypass list"),
            CHECK("curl.exe -sS -I -x {proxy} --url https://{host}"))},
    {"proxy-refused/403", /* R 9110, m */
     CAUSES(CAUSE("The host is missing from the list of hosts reached without the proxy.", IF_OWN),
            CAUSE("A rule of the proxy forbids the host, or the port."),
            CAUSE("The proxy allows this user or computer few destinations only.")),
     CHECKS(CHECK("netsh winhttp show proxy # on the client: proxy and bypass list"),
            CHECK("reg query \"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet "
                  "Settings\" # ProxyServer, ProxyOverride, AutoConfigURL"),
            CHECK("curl.exe -sS -I -x {proxy} --url https://{host}"))},
    {"proxy-refused/407", /* R 9110, m */
     CAUSES(
         CAUSE("The proxy, or a device before it, closes the connection behind the challenge of "
               "NTLM: NTLM belongs to one connection, and its proof on another one is worth "
               "nothing.",
               .needs = {ADP_SIGN_PROOF_ELSEWHERE}),
         CAUSE("The proxy asks for credentials and does not offer any way to log on (its answers "
               "have no Proxy-Authenticate): a rule of it is set so, or a device takes the line "
               "out.",
               .supported_by = {ADP_SIGN_NO_OFFER}, .needs = {ADP_SIGN_NO_OFFER}),
         CAUSE("The proxy does not take NTLM, or not from this account.",
               .needs = {ADP_SIGN_MECHANISM_NTLM}, .refuted_by = {ADP_SIGN_PROOF_ELSEWHERE}),
         CAUSE("The proxy cannot open the ticket: its service name belongs to another account.",
               .needs = {ADP_SIGN_MECHANISM_KERBEROS}),
         CAUSE("The proxy does not serve this account: it is one of a service or a computer, "
               "for instance.",
               .refuted_by = {ADP_SIGN_PROOF_ELSEWHERE, ADP_SIGN_NO_OFFER}),
         CAUSE("The program does not authenticate with proxies.",
               .refuted_by = {ADP_SIGN_NO_OFFER, ADP_SIGN_MECHANISM_NTLM,
                              ADP_SIGN_MECHANISM_KERBEROS, ADP_SIGN_MECHANISM_SIMPLE}),
         CAUSE("The host is missing from the list of hosts reached without the proxy.", IF_OWN)),
     CHECKS(
         CHECK("netsh winhttp show proxy # on the client: proxy and bypass list"), CHECK("klist"),
         CHECK("curl.exe -sS -I --proxy-anyauth --proxy-user : -x {proxy} --url https://{host}"))},
    {"tls-failed", /* R 8446 */
     CAUSES(
         CAUSE("Client and server have no version or cipher in common.",
               .refuted_by = {ADP_SIGN_OLD_TLS, ADP_SIGN_HELLO_ANSWERED, ADP_SIGN_REFUSED_ANSWER}),
         CAUSE("The client does not accept the certificate.",
               .refuted_by = {ADP_SIGN_NOTHING_SHOWN, ADP_SIGN_HELLO_ANSWERED}),
         CAUSE("The server does not go on with what the client sent after the certificate: a "
               "device in between changed the handshake, or one of the two makes a mistake in "
               "it.",
               .needs = {ADP_SIGN_HELLO_ANSWERED}),
         CAUSE("A device in between ends the connection.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/closed",
     CAUSES(ADP_CAUSE_SWALLOWED, ADP_CAUSE_PROXY_TLS, ADP_CAUSE_PROXY_CUT, ADP_CAUSE_CLOUD_ALIAS,
            CAUSE("The client was given the address {host} where it needs a name, and the "
                  "certificate is for names alone.",
                  .needs = {ADP_SIGN_NOT_FOR_ADDRESS}, .refuted_by = {ADP_SIGN_TLS_COMPLETED}),
            ADP_CAUSE_OLD_FORM, ADP_CAUSE_OLD_TLS, ADP_CAUSE_RETRIED, ADP_CAUSE_PROXIED,
            ADP_CAUSE_LIST, ADP_CAUSE_LAST_WORD,
            CAUSE("The server has no usable certificate for this service, or cannot read its key.",
                  .needs = {ADP_SIGN_SERVER_CLOSED_EARLY},
                  .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_HELLO_RETRIED, ADP_SIGN_HELLO_PROXIED}),
            CAUSE("A device in between does not let the client's hello pass: those of the newest "
                  "clients are longer than one packet.",
                  .needs = {ADP_SIGN_SERVER_CLOSED_EARLY},
                  .refuted_by = {ADP_SIGN_HELLO_RETRIED, ADP_SIGN_HELLO_PROXIED}),
            CAUSE("The client does not accept the certificate; some close the connection without "
                  "an alert.",
                  .supported_by = {ADP_SIGN_CLIENT_CLOSED_LATE},
                  .refuted_by = {ADP_SIGN_SERVER_CLOSED_EARLY, ADP_SIGN_ANSWER_REPEATED,
                                 ADP_SIGN_CLIENT_WENT_ON}),
            CAUSE("Client and server have no version or cipher in common.",
                  .refuted_by = {ADP_SIGN_OLD_TLS, ADP_SIGN_ANSWER_REPEATED, ADP_SIGN_HELLO_RETRIED,
                                 ADP_SIGN_HELLO_PROXIED, ADP_SIGN_CLIENT_CLOSED_LATE,
                                 ADP_SIGN_CLIENT_WENT_ON}),
            CAUSE("The server or a device in between closed it.",
                  .refuted_by = {ADP_SIGN_SERVER_CLOSED_EARLY, ADP_SIGN_CLIENT_CLOSED_LATE,
                                 ADP_SIGN_CLIENT_WENT_ON})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS),
            CHECK("certutil -store My # on the server", .needs = {ADP_SIGN_SERVER_CLOSED_EARLY},
                  .refuted_by = {ADP_SIGN_CLOUD}))},
    {"tls-failed/closed-ldap", /* K 321051, m */
     CAUSES(
         ADP_CAUSE_SWALLOWED,
         CAUSE("The client was given the address {host} where it needs a name, and the "
               "certificate is for names alone.",
               .needs = {ADP_SIGN_NOT_FOR_ADDRESS}, .refuted_by = {ADP_SIGN_TLS_COMPLETED}),
         ADP_CAUSE_OLD_FORM, ADP_CAUSE_OLD_TLS, ADP_CAUSE_RETRIED, ADP_CAUSE_PROXIED,
         ADP_CAUSE_LIST, ADP_CAUSE_LAST_WORD,
         CAUSE("The domain controller has no certificate for server authentication in its store, "
               "or lacks its private key: it then listens on port {port}, and cannot speak TLS.",
               .needs = {ADP_SIGN_SERVER_CLOSED_EARLY},
               .refuted_by = {ADP_SIGN_TLS_COMPLETED, ADP_SIGN_STARTTLS_GRANTED,
                              ADP_SIGN_HELLO_RETRIED, ADP_SIGN_HELLO_PROXIED}),
         CAUSE("StartTLS was granted, which a controller without a certificate refuses: a device "
               "in between that looks into LDAP lets this pass, and not the TLS behind it.",
               .needs = {ADP_SIGN_SERVER_CLOSED_EARLY, ADP_SIGN_STARTTLS_GRANTED}),
         CAUSE("Several controllers share the address (a load balancer), and one of them has no "
               "certificate for server authentication, or lacks its private key.",
               .needs = {ADP_SIGN_SERVER_CLOSED_EARLY, ADP_SIGN_TLS_COMPLETED},
               .refuted_by = {ADP_SIGN_OLD_TLS, ADP_SIGN_ANSWER_REPEATED}),
         CAUSE("A device in between does not let the client's hello pass.",
               .needs = {ADP_SIGN_SERVER_CLOSED_EARLY},
               .refuted_by = {ADP_SIGN_HELLO_RETRIED, ADP_SIGN_HELLO_PROXIED}),
         CAUSE("The client does not accept the certificate; some close the connection without an "
               "alert.",
               .supported_by = {ADP_SIGN_CLIENT_CLOSED_LATE},
               .refuted_by = {ADP_SIGN_SERVER_CLOSED_EARLY, ADP_SIGN_ANSWER_REPEATED,
                              ADP_SIGN_CLIENT_WENT_ON}),
         CAUSE("Client and server have no version or cipher in common.",
               .refuted_by = {ADP_SIGN_OLD_TLS, ADP_SIGN_ANSWER_REPEATED, ADP_SIGN_HELLO_RETRIED,
                              ADP_SIGN_HELLO_PROXIED, ADP_SIGN_CLIENT_CLOSED_LATE,
                              ADP_SIGN_CLIENT_WENT_ON})),
     CHECKS(
         ADP_CHECK_AFTER_STARTTLS,
         CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
         CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
         CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS),
         CHECK("certutil -store My # on {host}"),
         CHECK("wevtutil qe \"Directory Service\" /q:\"*[System[(EventID=1220)]]\" /c:5 /rd:true "
               "/f:text # on {host}"))},
    {"tls-failed/unanswered", /* m */
     CAUSES(
         CAUSE("StartTLS was granted, and what comes behind it is no LDAP any more: a device in "
               "between that looks into LDAP drops it.",
               .needs = {ADP_SIGN_STARTTLS_GRANTED}, .refuted_by = {ADP_SIGN_FULL_PACKET}),
         CAUSE("The hello is longer than one packet, as those of the newest clients are, and a "
               "packet of full size does not fit the way to the server: a tunnel, a VPN or a "
               "device in between drops it, and no ICMP says so (MTU).",
               .needs = {ADP_SIGN_NOT_ACKNOWLEDGED, ADP_SIGN_FULL_PACKET}),
         ADP_CAUSE_PROXIED,
         CAUSE("A device in between (a firewall that looks at names, an intrusion prevention) "
               "drops the client's hello.",
               .supported_by = {ADP_SIGN_NOT_ACKNOWLEDGED}),
         CAUSE("The server took the hello and does not go on: it is overloaded, or a load balancer "
               "waits for a server behind it.",
               .supported_by = {ADP_SIGN_ACKNOWLEDGED}, .refuted_by = {ADP_SIGN_NOT_ACKNOWLEDGED}),
         CAUSE("What listens there does not speak TLS, and waits for something else.",
               .refuted_by = {ADP_SIGN_NOT_ACKNOWLEDGED, ADP_SIGN_STARTTLS_GRANTED})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/turned-away", /* R 8446 4.4.2, 6; m */
     CAUSES(
         CAUSE(
             "The server, or what ends TLS before it (a load balancer, a reverse proxy), requires "
             "a certificate of the client, and got an empty one.",
             .needs = {ADP_SIGN_EMPTY_CERTIFICATE}),
         CAUSE("It requires a certificate of the client, and got none that it takes.",
               .refuted_by = {ADP_SIGN_EMPTY_CERTIFICATE}),
         CAUSE("It does not take what the client sent, and says so under seal: session keys of "
               "either end would show the alert.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-86", /* R 7507, m */
     CAUSES(CAUSE("A newer hello of this client was cut before, by a device in between or a server "
                  "that is overloaded, and the client fell back to an older version. The server "
                  "rightly refuses that: what matters is what happened to the newer one.",
                  .supported_by = {ADP_SIGN_FELL_BACK})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/unasked", /* R 4511 4.14, 4513 3; m */
     CAUSES(
         CAUSE("The program is set to TLS (SSL, ldaps://) with the port of LDAP in clear: it needs "
               "port {other}, or StartTLS in place of TLS from the first byte.",
               .supported_by = {ADP_SIGN_TLS_AT_CLEAR}),
         CAUSE("A device in between (a load balancer, a tunnel) puts TLS around what goes to a "
               "port in clear."),
         CAUSE("A program tries out at which ports TLS is spoken.")),
     CHECKS(
         CHECK("openssl s_client -connect {place} -starttls ldap # TLS after StartTLS, at the same "
               "port"),
         CHECK("openssl s_client -connect {there} -servername {host} # LDAP in TLS from the first "
               "byte",
               IF_NAME),
         CHECK("openssl s_client -connect {there} # LDAP in TLS from the first byte", IF_ADDRESS))},
    {"tls-failed/scan", /* m */
     CAUSES(CAUSE("A scanner of vulnerabilities or of the settings of TLS looks at the server."),
            CAUSE("A monitor shakes hands in several ways.")),
     CHECKS(CHECK("nslookup {address}"))},
    {"tls-failed/alert-40",
     CAUSES(ADP_CAUSE_OLD_FORM, ADP_CAUSE_OLD_TLS,
            CAUSE("The server requires a certificate of the client, and got none that it takes.",
                  .needs = {ADP_SIGN_HELLO_ANSWERED}, .refuted_by = {ADP_SIGN_CLOUD}),
            CAUSE("No cipher or group in common: the suites, curves or kinds of signature that "
                  "the client offers are none of the server's.",
                  .supported_by = {ADP_SIGN_NOTHING_SHOWN},
                  .refuted_by = {ADP_SIGN_HELLO_ANSWERED, ADP_SIGN_REFUSED_ANSWER}),
            CAUSE("The client's hello names no host (SNI), and several servers share the address: "
                  "what stands before them cannot tell which one is meant.",
                  .needs = {ADP_SIGN_NO_SNI}, .weak = TRUE),
            CAUSE("The client does not accept what the server chose or showed: a group, a key or a "
                  "signature that is too weak for it, or the certificate.",
                  .needs = {ADP_SIGN_REFUSED_ANSWER}),
            CAUSE("A device in between, or the server, does not go on with what the client sent "
                  "after the certificate.",
                  .needs = {ADP_SIGN_HELLO_ANSWERED})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-42",
     CAUSES(
         CAUSE("The certificate is for other names than the one that the client asked for.",
               .needs = {ADP_SIGN_NAME_DIFFERS}),
         ADP_CAUSE_CN_ALONE, ADP_CAUSES_DATES, ADP_CAUSE_OTHER_ISSUER, ADP_CAUSE_LIST,
         ADP_CAUSE_TLS_DOMAIN, ADP_CAUSE_PROXY_TLS, ADP_CAUSE_CLOUD_ALIAS,
         CAUSE("The client was given the address {host} where it needs a name, and the "
               "certificate is for names alone.",
               .needs = {ADP_SIGN_NOT_FOR_ADDRESS}, .refuted_by = {ADP_SIGN_TLS_COMPLETED}),
         CAUSE("A device in between opens TLS and shows a certificate of its own, which the client "
               "does not accept.",
               IF_CLOUD, .weak = TRUE),
         CAUSE("The client does not accept the certificate: it is for another name, for instance.",
               .refuted_by = {ADP_SIGN_NAME_COVERED, ADP_SIGN_NAME_DIFFERS}),
         CAUSE("Its signature or its key is too weak for the client: SHA-1, or 1024 bits, which "
               "newer libraries do not take."),
         CAUSE("The certificate is damaged or of a kind that is not accepted."),
         CAUSE("A device in between replaces it with its own.", IF_OWN)),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-43", /* R 8446 6.2 */
     CAUSES(
         CAUSE(
             "The certificate is of a kind that the client does not take: its key, its signature, "
             "or what it was made for."),
         ADP_CAUSE_PROXY_TLS),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-44", /* R 8446 6.2 */
     CAUSES(
         CAUSE("The authority revoked the certificate, and the client knows of it."),
         CAUSE(
             "The client's list of revoked certificates, or the answer it gets for it, is wrong."),
         ADP_CAUSE_PROXY_TLS),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-45",
     CAUSES(ADP_CAUSES_DATES,
            CAUSE("The certificate has expired.", .supported_by = {ADP_SIGN_CERT_OVER},
                  .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_CERT_NOT_YET, ADP_SIGN_ISSUER_OVER,
                                 ADP_SIGN_CERT_IN_TIME}),
            CAUSE("The client's clock is off.", .supported_by = {ADP_SIGN_CERT_IN_TIME},
                  .refuted_by = {ADP_SIGN_CERT_OVER, ADP_SIGN_CERT_NOT_YET, ADP_SIGN_ISSUER_OVER}),
            CAUSE("The client builds another chain than the server sends: a certificate of an "
                  "authority in its own store has expired.",
                  .needs = {ADP_SIGN_CERT_IN_TIME}),
            CAUSE("A device in between opens TLS, and its own certificate has expired.", IF_CLOUD,
                  .weak = TRUE)),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS),
            CHECK("w32tm /query /status"))},
    {"tls-failed/alert-46",
     CAUSES(
         CAUSE("The certificate is for other names than the one that the client asked for.",
               .needs = {ADP_SIGN_NAME_DIFFERS}),
         ADP_CAUSE_CN_ALONE, ADP_CAUSES_DATES, ADP_CAUSE_OTHER_ISSUER, ADP_CAUSE_LIST,
         ADP_CAUSE_TLS_DOMAIN, ADP_CAUSE_PROXY_TLS, ADP_CAUSE_CLOUD_ALIAS,
         CAUSE("The client was given the address {host} where it needs a name, and the "
               "certificate is for names alone.",
               .needs = {ADP_SIGN_NOT_FOR_ADDRESS}, .refuted_by = {ADP_SIGN_TLS_COMPLETED}),
         CAUSE("A device in between opens TLS and shows a certificate of its own, which the client "
               "does not accept.",
               IF_CLOUD, .weak = TRUE),
         CAUSE("The client does not accept the certificate, and gives no better reason."),
         CAUSE("Its chain or name does not fit.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-48",
     CAUSES(ADP_CAUSE_OTHER_ISSUER, ADP_CAUSE_LIST, ADP_CAUSE_PROXY_TLS,
            CAUSE("A device in between opens TLS and shows a certificate of its own, whose "
                  "authority the client does not know.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("The client does not know the authority that signed the certificate."),
            CAUSE("The server does not send the whole chain.",
                  .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_WHOLE_CHAIN})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host} -showcerts", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host} -showcerts",
                  IF_PROXY),
            CHECK("openssl s_client -connect {place} -showcerts", IF_DIRECT_ADDRESS),
            CHECK("certutil -viewstore Root"))},
    {"tls-failed/alert-50", /* R 8446 6.2, 6066 3 */
     CAUSES(ADP_CAUSE_SNI_IS_ADDRESS,
            CAUSE("The end that says so cannot read what the other one sent: a mistake of its TLS "
                  "library, or of the other one's."),
            CAUSE("A device in between changes the handshake.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-70",
     CAUSES(ADP_CAUSE_OLD_FORM, ADP_CAUSE_OLD_TLS,
            CAUSE("No version of TLS in common: one side is too old.", IF_OWN),
            CAUSE("The client is too old, or set to old versions: Microsoft 365 takes TLS 1.2 and "
                  "newer alone.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("A policy switched old versions off.", IF_OWN)),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host} -tls1_2", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host} -tls1_2",
                  IF_PROXY),
            CHECK("openssl s_client -connect {place} -tls1_2", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-80", /* R 8446 6.2, m */
     CAUSES(
         CAUSE("The end that says so fails itself: the key of its certificate cannot be read, for "
               "instance, or its TLS library does not start.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-116", /* R 8446 6.2 */
     CAUSES(
         CAUSE("The server requires a certificate of the client, which has none to show.", IF_OWN),
         CAUSE("A device in between requires it.")),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS))},
    {"tls-failed/alert-112",
     CAUSES(
         ADP_CAUSE_SNI_IS_ADDRESS,
         CAUSE(
             "The client's hello names no host (SNI), and several servers share the address: what "
             "stands before them cannot tell which one is meant.",
             .supported_by = {ADP_SIGN_NO_SNI}, .needs = {ADP_SIGN_NO_SNI}),
         CAUSE("The server does not know the name it was asked for.",
               .refuted_by = {ADP_SIGN_NO_SNI, ADP_SIGN_SNI_IS_ADDRESS}),
         CAUSE("The name leads to another server.",
               .refuted_by = {ADP_SIGN_NO_SNI, ADP_SIGN_SNI_IS_ADDRESS})),
     CHECKS(ADP_CHECK_AFTER_STARTTLS,
            CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
            CHECK("openssl s_client -proxy {proxy} -connect {place} -servername {host}", IF_PROXY),
            CHECK("openssl s_client -connect {place}", IF_DIRECT_ADDRESS),
            CHECK("nslookup {host}"))},
    {"tls-name-mismatch", /* K 2783881, m */
     CAUSES(ADP_CAUSE_TLS_DOMAIN, ADP_CAUSE_CN_ALONE, ADP_CAUSE_SUFFIXED,
            CAUSE("The URL in the service connection point has the server's own name, and the "
                  "certificate has the shared one.",
                  .needs = {ADP_SIGN_FROM_DIRECTORY}, .refuted_by = {ADP_SIGN_CLOUD}),
            ADP_CAUSE_CLOUD_ALIAS,
            CAUSE("The client gives TLS the name that the alias stands for, and the certificate is "
                  "for the alias.",
                  .needs = {ADP_SIGN_ALIAS_TARGET}),
            CAUSE("Another web server answers at the mail domain.",
                  .needs = {ADP_SIGN_FROM_MAIL_DOMAIN}, .refuted_by = {ADP_SIGN_CLOUD}),
            CAUSE("The certificate was renewed without the name.",
                  .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_ALIAS_TARGET, ADP_SIGN_NAME_IS_CN}),
            CAUSE("The name leads to another host than it should, or a device in between shows its "
                  "own certificate.")),
     CHECKS(CHECK("openssl s_client -connect {place} -servername {host}", IF_NAME),
            CHECK("openssl s_client -connect {place}", IF_ADDRESS), CHECK("nslookup {host}"),
            CHECK("Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri",
                  .needs = {ADP_SIGN_FROM_DIRECTORY}))},
    {"http-unauthorized/no-offer", /* R 9110 15.5.2, m */
     CAUSES(
         CAUSE("The answer does not offer any way to log on (it has no WWW-Authenticate), so that "
               "clients cannot do anything about it: a gateway or a reverse proxy takes that "
               "line out.",
               .supported_by = {ADP_SIGN_NO_OFFER}),
         CAUSE("All ways to log on are switched off for autodiscover on the server.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url} # at the server itself, too: is there a "
                  "WWW-Authenticate?"),
            CHECK("Get-AutodiscoverVirtualDirectory | Format-List Server,*Authentication*"))},
    {"http-unauthorized", /* L, m */
     CAUSES(
         CAUSE("A device between client and server closes the connection behind the challenge of "
               "NTLM, or shares connections among clients: NTLM belongs to one connection, and its "
               "proof on another one is worth nothing, whatever the password.",
               .needs = {ADP_SIGN_PROOF_ELSEWHERE}),
         CAUSE("The service takes tokens alone (Bearer, of modern authentication): it refuses a "
               "password, whatever it is.",
               .needs = {ADP_SIGN_OFFERS_TOKENS},
               .refuted_by = {ADP_SIGN_MECHANISM_KERBEROS, ADP_SIGN_BEARER}),
         CAUSE("The service could not open the Kerberos ticket.",
               .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_SIMPLE,
                              ADP_SIGN_MECHANISM_OTHER, ADP_SIGN_CLOUD}),
         CAUSE("Microsoft 365 takes no password from programs any more (Basic was switched off), "
               "whatever it is.",
               .needs = {ADP_SIGN_CLOUD, ADP_SIGN_MECHANISM_SIMPLE},
               .refuted_by = {ADP_SIGN_OFFERS_TOKENS}),
         CAUSE("The client sends name and password by Basic, and the server offers other schemes "
               "alone: Basic is switched off there, and it does not look at them.",
               .needs = {ADP_SIGN_BASIC_NOT_OFFERED}, .refuted_by = {ADP_SIGN_CLOUD}),
         CAUSE("The account or password is wrong.",
               .refuted_by = {ADP_SIGN_MECHANISM_KERBEROS, ADP_SIGN_MECHANISM_OTHER,
                              ADP_SIGN_OFFERS_TOKENS, ADP_SIGN_CLOUD, ADP_SIGN_BASIC_NOT_OFFERED,
                              ADP_SIGN_PROOF_ELSEWHERE}),
         CAUSE("Extended protection: TLS ends at a device in between, so that the client's NTLM "
               "speaks of another channel than the server's.",
               .needs = {ADP_SIGN_MECHANISM_NTLM},
               .refuted_by = {ADP_SIGN_CLOUD, ADP_SIGN_PROOF_ELSEWHERE}),
         CAUSE(
             "The token is for another service (this host's URL is not among the service principal "
             "names of Exchange in Entra ID, for instance), or not valid any more.",
             .needs = {ADP_SIGN_BEARER}, .refuted_by = {ADP_SIGN_CLOUD}),
         CAUSE("The token is for another service, or not valid any more.",
               .needs = {ADP_SIGN_MECHANISM_OTHER, ADP_SIGN_CLOUD}),
         CAUSE("The account may not use the service.", .refuted_by = {ADP_SIGN_PROOF_ELSEWHERE})),
     CHECKS(CHECK("klist", .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_SIMPLE,
                                          ADP_SIGN_MECHANISM_OTHER, ADP_SIGN_CLOUD}),
            CHECK("setspn -Q HTTP/{host}",
                  .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_SIMPLE,
                                 ADP_SIGN_MECHANISM_OTHER, ADP_SIGN_CLOUD}),
            CHECK("setspn -X -F", .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_SIMPLE,
                                                 ADP_SIGN_MECHANISM_OTHER, ADP_SIGN_CLOUD}),
            CHECK("Get-AutodiscoverVirtualDirectory | Format-List "
                  "Server,*Authentication,ExtendedProtectionTokenChecking",
                  IF_OWN),
            CHECK("Get-OrganizationConfig | Format-List "
                  "EwsEnabled,OAuth2ClientProfileEnabled,DefaultAuthenticationPolicy # Exchange "
                  "Online PowerShell",
                  IF_CLOUD))},
    {"http-unauthorized/ticket", /* L: mod_auth_gssapi, m */
     CAUSES(CAUSE("Several machines, or processes with keys of their own, answer by this name, and "
                  "not all of "
                  "them can open the ticket.",
                  .needs = {ADP_SIGN_TICKET_TAKEN}),
            CAUSE("The server has no key for the ticket: its keytab, or the account of its "
                  "application, is not "
                  "that of the name."),
            CAUSE("The server opened the ticket, and the user may not use the page.")),
     CHECKS(CHECK("setspn -Q {spn} # which account has the name?"),
            CHECK("nslookup {host} # how many hosts?"),
            CHECK("klist -ket /etc/krb5.keytab # on each server with a keytab: the same keys, of "
                  "the same "
                  "version?"),
            CHECK("klist"))},
    {"http-unauthorized/many", /* m */
     CAUSES(CAUSE("A program tries one or a few passwords on a list of names: an attempt to break "
                  "in."),
            CAUSE("It is a test of passwords by the administrators themselves."),
            CAUSE("Many people are behind this address, and their programs have old passwords "
                  "stored."),
            CAUSE("A program that serves many has names or passwords that are out of date.")),
     CHECKS(CHECK("wevtutil qe Security \"/q:*[System[(EventID=4625)]]\" /c:50 /rd:true /f:text # "
                  "on the server: which names, from where?",
                  IF_OWN),
            CHECK("nslookup {address} # which host is the client?"))},
    {"http-error", /* W */
     CAUSES(CAUSE("The web server is not one of Exchange, or the path is not set up.", IF_OWN),
            CAUSE("Microsoft 365 does not take the request from this client, or fails itself.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("The service behind it fails.", IF_OWN),
            CAUSE("A device in between answers in its place.", IF_CLOUD, .weak = TRUE)),
     CHECKS(
         CHECK("curl.exe -sS -i --globoff --url {url}"),
         CHECK("Test-WebServicesConnectivity", IF_OWN),
         CHECK("Get-MgServiceAnnouncementHealthOverview # Microsoft Graph PowerShell", IF_CLOUD))},
    {"http-error/no-answer", /* m */
     CAUSES(ADP_CAUSE_LIKE_DOMAIN,
            CAUSE("A device before the server (a firewall for web applications, a load balancer, a "
                  "portal that wants a logon) answers in its place, with a page of its own."),
            CAUSE("The service fails and sends nothing, or a device takes its answer out.", IF_OWN),
            CAUSE("Another web server answers there: it is no autodiscover.", IF_OWN)),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url} # whose page is it?"),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"http-error/redirect", /* W */
     CAUSES(
         CAUSE("A device before the web server ends TLS, and the server, which takes itself to be "
               "asked by http, makes its redirects so ({to}); clients follow none that leaves "
               "https.",
               .needs = {ADP_SIGN_ONLY_SCHEME}),
         ADP_CAUSE_LIKE_DOMAIN,
         CAUSE("A web site answers there that sends all visitors to its own pages ({to}): it is no "
               "autodiscover.",
               .refuted_by = {ADP_SIGN_ONLY_SCHEME}),
         CAUSE("The redirect was meant for autodiscover, and does not have the form that clients "
               "accept: it must be https and end with /autodiscover/autodiscover.xml."),
         CAUSE("The name leads to the wrong host.", .refuted_by = {ADP_SIGN_ONLY_SCHEME})),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"), CHECK("nslookup {host}"))},
    {"http-error/400", /* K 2020943 */
     CAUSES(
         CAUSE("The web server takes no header as long as this Authorization ({length} bytes of "
               "ticket): the user is in very many groups, and the token is too large.",
               .needs = {ADP_SIGN_LONG_TOKEN}),
         CAUSE("Port 443 expects TLS, and the question came in clear: the URL that the client was "
               "given says http.",
               .needs = {ADP_SIGN_CLEAR_AT_HTTPS}),
         CAUSE("No web site of this server has a binding for the name {host}: HTTP.sys answers in "
               "its "
               "place (Invalid Hostname), or it does not take the request as it is written.",
               .supported_by = {ADP_SIGN_NO_SITE}, .needs = {ADP_SIGN_NO_SITE},
               .refuted_by = {ADP_SIGN_LONG_TOKEN}),
         CAUSE("The request is malformed, or a device in between changed it.",
               .refuted_by = {ADP_SIGN_CLEAR_AT_HTTPS}),
         CAUSE("The web server is not one of Exchange.", IF_OWN)),
     CHECKS(
         CHECK("whoami /groups # as the user: how many are there?", .needs = {ADP_SIGN_LONG_TOKEN}),
         CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters # on the "
               "server: MaxFieldLength, MaxRequestBytes",
               .needs = {ADP_SIGN_LONG_TOKEN}, .refuted_by = {ADP_SIGN_CLOUD}),
         CHECK("curl.exe -sS -i --globoff --url {url}"))},
    {"http-error/417", /* R 9110 15.5.18, m */
     CAUSES(CAUSE("The client first asks whether it may send its question (Expect: 100-continue), "
                  "and an old proxy or server does not know that. Programs of .NET do so unless "
                  "Expect100Continue is switched off.")),
     CHECKS(CHECK("netsh winhttp show proxy # on the client"),
            CHECK("curl.exe -sS -i --globoff -H \"Expect: 100-continue\" --url {url}"))},
    {"http-error/421", /* R 9110 15.5.20 */
     CAUSES(
         CAUSE("The client's hello names another host (SNI) than its question: the server, or what "
               "stands before it, has taken the connection for that one's.",
               .supported_by = {ADP_SIGN_SNI_DIFFERS}),
         CAUSE("The client asks for several hosts over one connection, and this server does not "
               "serve all of them.",
               .refuted_by = {ADP_SIGN_SNI_DIFFERS}),
         CAUSE("The certificate covers a name whose server is another one.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"), CHECK("nslookup {host}"))},
    {"http-error/440", /* m */
     CAUSES(
         CAUSE("The virtual directory wants its users to log on by a form, with a cookie: that is "
               "for web mail, and no client of autodiscover can fill it in.",
               .supported_by = {ADP_SIGN_FORM}),
         CAUSE("A device in front of the server has its own form for logons.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"),
            CHECK("Get-AutodiscoverVirtualDirectory | Format-List *Authentication*"))},
    {"http-error/413", /* K 2020943 */
     CAUSES(CAUSE("The web server takes no header as long as this Authorization ({length} bytes of "
                  "ticket): the user is in very many groups, and the token is too large.",
                  .needs = {ADP_SIGN_LONG_TOKEN}),
            CAUSE("The web server or a device in front of it limits the size of requests.")),
     CHECKS(
         CHECK("whoami /groups # as the user: how many are there?", .needs = {ADP_SIGN_LONG_TOKEN}),
         CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters # on the "
               "server: MaxFieldLength, MaxRequestBytes",
               .needs = {ADP_SIGN_LONG_TOKEN}, .refuted_by = {ADP_SIGN_CLOUD}),
         CHECK("curl.exe -sS -i --globoff --url {url}"))},
    {"http-error/431", /* K 2020943, R 6585 */
     CAUSES(CAUSE("The web server takes no header as long as this Authorization ({length} bytes of "
                  "ticket): the user is in very many groups, and the token is too large.",
                  .needs = {ADP_SIGN_LONG_TOKEN}),
            CAUSE("The headers of the request are larger than the web server takes, the token for "
                  "instance.",
                  .refuted_by = {ADP_SIGN_LONG_TOKEN})),
     CHECKS(
         CHECK("whoami /groups # as the user: how many are there?", .needs = {ADP_SIGN_LONG_TOKEN}),
         CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters # on the "
               "server: MaxFieldLength, MaxRequestBytes",
               .needs = {ADP_SIGN_LONG_TOKEN}, .refuted_by = {ADP_SIGN_CLOUD}),
         CHECK("curl.exe -sS -i --globoff --url {url}"))},
    {"http-error/451", /* M ASHTTP, R 7725 */
     CAUSES(CAUSE("The mailbox is at another server: ActiveSync says by this status where "
                  "(X-MS-Location), and the client does not go there."),
            CAUSE("A proxy or a provider in between blocks the place (RFC 7725).")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"))},
    {"http-error/456", /* M ASHTTP */
     CAUSES(
         CAUSE("The account is blocked or locked out: by wrong passwords, or by an administrator."),
         CAUSE("A stored old password of some device locks it again and again.")),
     CHECKS(CHECK("Search-ADAccount -LockedOut", IF_OWN),
            CHECK("Get-ADUser -LDAPFilter \"(lockoutTime>=1)\" -Properties "
                  "LockedOut,Enabled,AccountExpirationDate,BadLogonCount",
                  IF_OWN),
            CHECK("Get-MgUser -UserId {mailbox} -Property AccountEnabled # Microsoft Graph "
                  "PowerShell",
                  IF_CLOUD))},
    {"http-error/457", /* M ASHTTP */
     CAUSES(CAUSE("The password of the user has expired."),
            CAUSE("It must be changed at the next logon.")),
     CHECKS(CHECK("Search-ADAccount -PasswordExpired -UsersOnly", IF_OWN),
            CHECK("Get-MgUser -UserId {mailbox} -Property LastPasswordChangeDateTime # Microsoft "
                  "Graph PowerShell",
                  IF_CLOUD))},
    {"http-error/403",
     CAUSES(CAUSE("The server forbids the path, or requires a client certificate.", IF_OWN),
            CAUSE("A setting of the organization forbids this client or this service: EWS that is "
                  "switched off, an access rule.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("A device in between forbids it.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"),
            CHECK("Get-OrganizationConfig | Format-List "
                  "EwsEnabled,OAuth2ClientProfileEnabled,DefaultAuthenticationPolicy # Exchange "
                  "Online PowerShell",
                  IF_CLOUD))},
    {"http-error/404",
     CAUSES(CAUSE("No web site of this server takes the name or the path: HTTP.sys answers in its "
                  "place, as it does where the site is stopped or has no binding for {host}.",
                  .supported_by = {ADP_SIGN_NO_SITE}, .needs = {ADP_SIGN_NO_SITE}),
            CAUSE("The web server is not one of Exchange.", IF_OWN),
            CAUSE("The virtual directory is missing.", IF_OWN),
            CAUSE("Microsoft 365 knows no mailbox by this address, or not this path.", IF_CLOUD,
                  .weak = TRUE)),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"),
            CHECK("Get-AutodiscoverVirtualDirectory", IF_OWN),
            CHECK("Get-Recipient -Identity {mailbox} # Exchange Online PowerShell", IF_CLOUD))},
    {"http-error/500",
     CAUSES(CAUSE("The service fails: its own log says why.", IF_OWN),
            CAUSE("A database or controller it needs is not there.", IF_OWN),
            CAUSE("Microsoft 365 fails itself: nobody but Microsoft sees why.", IF_CLOUD,
                  .weak = TRUE)),
     CHECKS(
         CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN),
         CHECK("Test-ServiceHealth", IF_OWN),
         CHECK("curl.exe -sS -i --globoff --url {url}", IF_CLOUD),
         CHECK("Get-MgServiceAnnouncementHealthOverview # Microsoft Graph PowerShell", IF_CLOUD))},
    {"http-error/502", /* R 9110 15.6.3; m */
     CAUSES(
         CAUSE("A gateway before the server (a reverse proxy, a load balancer) answers: from the "
               "server behind it came no answer that it takes.",
               .supported_by = {ADP_SIGN_GATEWAY}),
         CAUSE("The gateway speaks HTTP/2 with the server, or shares its connections: NTLM needs "
               "HTTP/1.1, and one connection for each client, on both sides.",
               .needs = {ADP_SIGN_GATEWAY, ADP_SIGN_MECHANISM_NTLM}, .weak = TRUE),
         CAUSE("The server behind the gateway is down, or the gateway does not trust its "
               "certificate.",
               IF_OWN)),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url} # whose page is it?"),
            CHECK("Test-ServiceHealth", IF_OWN))},
    {"http-error/504", /* R 9110 15.6.5 */
     CAUSES(
         CAUSE("A gateway before the server (a reverse proxy, a load balancer) answers: it waited "
               "for the server behind it in vain.",
               .supported_by = {ADP_SIGN_GATEWAY}),
         CAUSE("The server behind the gateway hangs, or a firewall stands between the two.",
               IF_OWN)),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url} # whose page is it?"),
            CHECK("Test-ServiceHealth", IF_OWN))},
    {"http-error/511", /* R 6585 6 */
     CAUSES(CAUSE("The network wants its users to sign in first (a portal, of a hotel for "
                  "instance), and answers in the place of every web server until then.",
                  .supported_by = {ADP_SIGN_PORTAL})),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url} # whose page is it?"))},
    {"http-error/503",
     CAUSES(CAUSE("The application pool is stopped.", .supported_by = {ADP_SIGN_NO_SITE},
                  .refuted_by = {ADP_SIGN_CLOUD}),
            CAUSE("The server is overloaded or in maintenance.", IF_OWN),
            CAUSE("Microsoft 365 is busy, or holds this client back because it asks too often.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("A device in between, a proxy for instance, answers in its place.", IF_CLOUD,
                  .weak = TRUE)),
     CHECKS(
         CHECK("Test-ServiceHealth", IF_OWN),
         CHECK("Get-ServerComponentState -Identity {host}", IF_OWN),
         CHECK("curl.exe -sS -i --globoff --url {url} # is there a Retry-After?", IF_CLOUD),
         CHECK("Get-MgServiceAnnouncementHealthOverview # Microsoft Graph PowerShell", IF_CLOUD))},
    {"autodiscover-error", /* M OXDSCLI */
     CAUSES(CAUSE("The address is not known here, or the service fails."),
            CAUSE("The server does not know this kind of request.")),
     CHECKS(CHECK("Get-Recipient -Identity {mailbox}"),
            CHECK("Get-AcceptedDomain | Format-List DomainName,DomainType # is the mail domain "
                  "among them?"),
            CHECK("Test-OutlookWebServices", IF_OWN))},
    {"autodiscover-error/500",
     CAUSES(CAUSE("The address is not found, or no settings can be made for it."),
            CAUSE("The mailbox was moved elsewhere.")),
     CHECKS(CHECK("Get-Recipient -Identity {mailbox}"),
            CHECK("Get-AcceptedDomain | Format-List DomainName,DomainType # is the mail domain "
                  "among them?"),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"autodiscover-error/501",
     CAUSES(CAUSE("The address is known and has no mailbox of this kind."),
            CAUSE("The mailbox was moved elsewhere.")),
     CHECKS(CHECK("Get-Recipient -Identity {mailbox}"),
            CHECK("Get-AcceptedDomain | Format-List DomainName,DomainType # is the mail domain "
                  "among them?"),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"autodiscover-error/600", /* R 9110 15.4.2, m */
     CAUSES(CAUSE("The program makes a GET of its POST when it follows a redirect, and leaves its "
                  "question out: name the target itself to it, or have the server redirect with "
                  "307 or 308.",
                  .needs = {ADP_SIGN_GET_AFTER_POST}),
            CAUSE("The request is malformed."), CAUSE("A device in between changed it.")),
     CHECKS(CHECK("Test-OutlookWebServices", IF_OWN),
            CHECK("curl.exe -sS -i --globoff --url {url}", IF_CLOUD))},
    {"autodiscover-error/601",
     CAUSES(CAUSE("The server does not know the kind of answer asked for."),
            CAUSE("Another product answers.", IF_OWN)),
     CHECKS(CHECK("Test-OutlookWebServices", IF_OWN),
            CHECK("curl.exe -sS -i --globoff --url {url}", IF_CLOUD))},
    {"autodiscover-error/602",
     CAUSES(CAUSE("The account is set up wrongly."),
            CAUSE("Its attributes are not replicated yet.")),
     CHECKS(CHECK("Get-Mailbox -Identity {mailbox}"),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"autodiscover-error/603",
     CAUSES(CAUSE("The service failed inside."),
            CAUSE("A database or controller it needs is not there.", IF_OWN)),
     CHECKS(CHECK("Get-MgServiceAnnouncementHealthOverview # Microsoft Graph PowerShell", IF_CLOUD),
            CHECK("Test-ServiceHealth", IF_OWN),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"autodiscover-error/InvalidUser",
     CAUSES(CAUSE("The address is not known here."), CAUSE("It is mistyped.")),
     CHECKS(CHECK("Get-Recipient -Identity {mailbox}"),
            CHECK("Get-AcceptedDomain | Format-List DomainName,DomainType # is the mail domain "
                  "among them?"),
            CHECK("wevtutil qe Application /c:20 /rd:true /f:text # on the server", IF_OWN))},
    {"autodiscover-error/ServerBusy",
     CAUSES(CAUSE("The server is overloaded."),
            CAUSE("The client asks too often and is held back.")),
     CHECKS(
         CHECK("Test-ServiceHealth", IF_OWN), CHECK("Get-ThrottlingPolicy", IF_OWN),
         CHECK("Get-MgServiceAnnouncementHealthOverview # Microsoft Graph PowerShell", IF_CLOUD))},
    {"redirect-not-followed", /* W, m */
     CAUSES(
         CAUSE("The redirect leads to http, without TLS: clients of autodiscover go on to https "
               "alone. What makes the redirect (a device that ends TLS, a setting of the server) "
               "has to say https.",
               .supported_by = {ADP_SIGN_REDIRECT_IN_CLEAR}, .needs = {ADP_SIGN_REDIRECT_IN_CLEAR}),
         CAUSE("The program does not accept redirects."),
         CAUSE("A proxy or firewall stops the next request."), CAUSE("The user refused it.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"), CHECK("netsh winhttp show proxy"))},
    {"redirect-not-followed/http-get", /* W */
     CAUSES(CAUSE("The redirect leads to https of the same host, where the client had been before: "
                  "there is nothing new to ask.",
                  .needs = {ADP_SIGN_ONLY_SCHEME}),
            CAUSE("The program has no callback that accepts redirects: without one, the API "
                  "refuses them."),
            CAUSE("A proxy or firewall stops the next request.")),
     CHECKS(CHECK("curl.exe -sS -i --globoff --url {url}"), CHECK("netsh winhttp show proxy"))},
    {"redirect-loop", /* W */
     CAUSES(CAUSE("The mailbox was moved, and its target address (targetAddress, "
                  "RemoteRoutingAddress) still leads back to where it was.",
                  .needs = {ADP_SIGN_ADDRESS_AGAIN}),
            CAUSE("A device before the web server ends TLS, and the server, which takes itself to "
                  "be asked by http, sends its clients there; what listens for http sends them "
                  "back to https.",
                  .needs = {ADP_SIGN_ONLY_SCHEME}),
            CAUSE("Two servers or addresses redirect to each other.",
                  .needs = {ADP_SIGN_SEVERAL_HOSTS},
                  .refuted_by = {ADP_SIGN_ADDRESS_AGAIN, ADP_SIGN_ONLY_SCHEME}),
            CAUSE("A web server redirects to itself.", .needs = {ADP_SIGN_ONE_HOST},
                  .refuted_by = {ADP_SIGN_ADDRESS_AGAIN, ADP_SIGN_ONLY_SCHEME})),
     CHECKS(
         CHECK("curl.exe -sS -i --globoff --url {url}"),
         CHECK("Get-Recipient -ResultSize Unlimited | Format-List "
               "PrimarySmtpAddress,RecipientType,ExternalEmailAddress # Exchange Management Shell",
               .needs = {ADP_SIGN_ADDRESS_AGAIN}))},
    {"autodiscover-fallback", /* W */
     CAUSES(CAUSE("The mailboxes are in Microsoft 365, and no server of one's own has to be in the "
                  "directory.",
                  IF_CLOUD, .weak = TRUE),
            CAUSE("The directory has no service connection point that works."),
            CAUSE("The client cannot read it, or skips it.")),
     CHECKS(CHECK("Get-ClientAccessService | Format-List "
                  "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope"))},

    /* ---- lost time ---- */
    {"slow", /* m */
     CAUSES(
         ADP_CAUSE_SELF_ASSIGNED, ADP_CAUSE_LATER_PRIORITY,
         CAUSE(
             "The host's name has an address at which nothing answers: an old one, that of another "
             "network card, or one that is not routed.",
             .supported_by = {ADP_SIGN_OTHER_ADDRESS_SPEAKS}),
         CAUSE("The name stands for many hosts that do not serve this port, as a domain's own name "
               "stands for all of its controllers; the client tries one address after the other. "
               "Outlook leaves the domain's own name out by the policy ExcludeHttpsRootDomain.",
               .needs = {ADP_SIGN_MANY_ADDRESSES}),
         CAUSE("IPv6 is tried first, and is not routed between the client and the server.",
               .needs = {ADP_SIGN_ADDRESS_IPV6}),
         CAUSE("A filter on the path rejects it, as ICMP says, and the client tries on.",
               .needs = {ADP_SIGN_PROHIBITED}),
         ADP_CAUSE_TRIED_ON, ADP_CAUSE_LOOP,
         CAUSE("A firewall drops the packets silently, so that the client has to wait; one "
               "that rejects them costs no time.",
               .refuted_by = {ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("The host is switched off, and DNS still names it.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_OTHER_ADDRESS_SPEAKS,
                              ADP_SIGN_PORT_UNREACHABLE})),
     CHECKS(CHECK("Test-NetConnection {server} -Port {port}"),
            CHECK("Resolve-DnsName -Name {many} # all of its addresses",
                  .needs = {ADP_SIGN_MANY_ADDRESSES}),
            CHECK("Resolve-DnsName -Name {host} # has it an address that does not answer?"),
            CHECK("netsh interface ipv6 show prefixpolicies", .needs = {ADP_SIGN_ADDRESS_IPV6}))},
    {"slow/dns", /* R 4074 4.1, m */
     CAUSES(
         ADP_CAUSE_CUT,
         CAUSE("The DNS server, one to which it forwards, or a firewall before it drops questions "
               "for addresses of IPv6 (AAAA). A name that has none has to be answered, too.",
               .needs = {ADP_SIGN_A_ANSWERED}, .supported_by = {ADP_SIGN_A_ANSWERED}),
         CAUSE("The DNS server is down, was renumbered, or cannot be reached; the client asks it "
               "first each time.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_REPLY_CUT}),
         CAUSE("UDP to this port is dropped on the way: over TCP the same server answers. The "
               "client waits "
               "for UDP each time before it goes over.",
               .needs = {ADP_SIGN_TCP_SERVES}),
         CAUSE("The DNS server waits for another one, to which it forwards.",
               .needs = {ADP_SIGN_HOST_SPEAKS},
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_TCP_SERVES})),
     CHECKS(CHECK("Resolve-DnsName -Name {name} -Server {resolver}"),
            CHECK("Resolve-DnsName -Name {name} -Type AAAA -Server {resolver}",
                  .needs = {ADP_SIGN_A_ANSWERED}),
            CHECK("ipconfig /all # which DNS servers does the client ask, in which order?"))},
    {"slow/dns-tcp", /* R 7766 */
     CAUSES(CAUSE("A firewall lets DNS pass over UDP only, and drops TCP port 53 silently.",
                  .refuted_by = {ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                                 ADP_SIGN_PORT_UNREACHABLE}),
            CAUSE("The DNS server is down, or was renumbered.",
                  .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_PORT_UNREACHABLE}),
            CAUSE("The DNS server, or a device in front of it, offers DNS over UDP only.")),
     CHECKS(CHECK("Test-NetConnection {server} -Port {port}"))},
    {"slow/request", /* m */
     CAUSES(
         ADP_CAUSE_CUT, ADP_CAUSE_SELF_ASSIGNED, ADP_CAUSE_LATER_PRIORITY,
         CAUSE("The server is down or overloaded, and the client asks it before others.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_REPLY_CUT}),
         CAUSE("Requests or answers are lost in the network.",
               .supported_by = {ADP_SIGN_HOST_SPEAKS},
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_TCP_SERVES,
                              ADP_SIGN_UDP_SERVES}),
         CAUSE(
             "UDP to this port is dropped on the way: over TCP the same server answers. The client "
             "waits for UDP each time before it goes over.",
             .needs = {ADP_SIGN_TCP_SERVES},
             .refuted_by = {ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED}),
         CAUSE("What is sent to this port over TCP is swallowed on the way: over UDP the same "
               "server answers. "
               "The client waits for TCP each time before it goes over.",
               .needs = {ADP_SIGN_UDP_SERVES}, .refuted_by = {ADP_SIGN_PROHIBITED}),
         CAUSE("The host itself says that the port is closed, and the client does not hear it.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("A filter on the path rejects it, as ICMP says, and the client tries on.",
               .needs = {ADP_SIGN_PROHIBITED}),
         ADP_CAUSE_TRIED_ON, ADP_CAUSE_LOOP,
         CAUSE("A firewall drops the packets silently.",
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_TCP_SERVES,
                              ADP_SIGN_UDP_SERVES})),
     CHECKS(CHECK("grep udp_preference_limit /etc/krb5.conf # 1: TCP first",
                  .needs = {ADP_SIGN_TCP_SERVES}, .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("tracepath {server} # which size fits the path?",
                  .needs = {ADP_SIGN_REPLY_CUT, ADP_SIGN_CLIENT_UNIX}),
            CHECK("ping -f -l 1472 {server} # does a packet of full size fit the path?",
                  .needs = {ADP_SIGN_REPLY_CUT}, .refuted_by = {ADP_SIGN_CLIENT_UNIX}),
            CHECK("Test-NetConnection {server} -Port {port} # shows TCP only"))},
    {"slow/repeated", /* m */
     CAUSES(
         CAUSE("The client asks for both addresses of a name (A and AAAA) at once from one port, "
               "and a device on the way loses one of the two: address translation of a host of "
               "containers, for instance. `options single-request-reopen` in its resolv.conf "
               "avoids that.",
               .needs = {ADP_SIGN_TWIN_ANSWERED}, .supported_by = {ADP_SIGN_TWIN_ANSWERED}),
         CAUSE("Requests or answers are lost in the network."),
         CAUSE("The server is overloaded, and drops requests.")),
     CHECKS(CHECK("Resolve-DnsName -Name {name} -Server {resolver}"),
            CHECK("Test-NetConnection {server} -Port {port} # shows TCP only"))},
    {"slow/answer", /* m */
     CAUSES(
         CAUSE("The server itself takes long: it is overloaded, or waits for its disk, for another "
               "server or for DNS.",
               .supported_by = {ADP_SIGN_HANDSHAKE_QUICK}),
         CAUSE("The network between them is slow or loses packets.",
               .refuted_by = {ADP_SIGN_HANDSHAKE_QUICK})),
     CHECKS(CHECK("Test-NetConnection {server} -Port {port}"))},
    {"slow/handshake", /* m */
     CAUSES(
         CAUSE(
             "Before it answers the handshake, the server looks for something that it does not get "
             "at once: a revocation list, an authority's answer (OCSP), the key in a device.",
             .supported_by = {ADP_SIGN_HANDSHAKE_QUICK}),
         CAUSE("The server itself takes long: it is overloaded.",
               .supported_by = {ADP_SIGN_HANDSHAKE_QUICK}),
         CAUSE("The network between them is slow or loses packets.",
               .refuted_by = {ADP_SIGN_HANDSHAKE_QUICK})),
     CHECKS(CHECK("openssl s_client -connect {place}"),
            CHECK("Test-NetConnection {server} -Port {port}"))},
    {"slow/client", /* m: CryptoAPI waits 15 s for a list, 20 s in all */
     CAUSES(
         CAUSE(
             "The client asks for the list of revoked certificates, or the authority itself "
             "(OCSP), "
             "at the address that stands in the certificate, and gets no answer: a firewall drops "
             "that, or a proxy is needed. Windows waits 15 s, and goes on without it in most "
             "programs."),
         CAUSE("It asks the Internet for something else that it lacks: an intermediate certificate "
               "that "
               "the server does not send, or the list of roots (ctldl.windowsupdate.com)."),
         CAUSE(
             "A person was asked: for a certificate, for the PIN of a card, or whether to go on."),
         CAUSE("The client was busy, or asleep.")),
     CHECKS(
         CHECK("openssl s_client -connect {place} -servername {host}", IF_DIRECT),
         CHECK("certutil -urlcache CRL # which lists does the client have?"),
         CHECK("netsh winhttp show proxy # the proxy of services, which ask for such lists, too"))},

    /* ---- the capture itself ---- */
    {"one-sided",
     CAUSES(CAUSE("The two directions take different routes, and the capture is on one of them.")),
     {{.command = NULL}}},
    {"duplicates",
     CAUSES(
         CAUSE("A mirror port copies each packet twice: where it comes in and where it goes out.")),
     {{.command = NULL}}},
    {"midway",
     CAUSES(CAUSE("The capture was started after the client had begun.")),
     {{.command = NULL}}},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
