/* advice_dns.c
 * What may be behind a finding, and how to look: DNS and domain controllers.
 *
 * The letters behind the rows name the source; see advice_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"
#include "advise/advice_table.h"

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const adp_advice adp_advice_dns[] = {
    /* ---- DNS ---- */
    {"srv-not-found", /* M 6.3.6.1, m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE("A rule of the client sends the names of hosts to the domain's own DNS server, and "
               "the locator's names to another one: the name policy of a VPN or a forwarder "
               "covers single hosts, or lacks the dot before the domain.",
               .needs = {ADP_SIGN_KNOWN_ELSEWHERE}),
         CAUSE("The zone that this DNS server has is one for web sites: a record for * makes each "
               "name an alias, and none has the locator's records.",
               .needs = {ADP_SIGN_ALIAS}),
         CAUSE(
             "The DNS server does not look the name up for the client (no recursion): it refers to "
             "other servers, those of the root for instance, and clients go no further.",
             .supported_by = {ADP_SIGN_REFERS}, .needs = {ADP_SIGN_REFERS}),
         CAUSE("What answers gives its own address for each question, of whatever type: the portal "
               "of a guest network, or a filter of names.",
               .supported_by = {ADP_SIGN_ANSWERS_ADDRESS}, .needs = {ADP_SIGN_ANSWERS_ADDRESS}),
         CAUSE("The denial comes from the root of the DNS, or from a top-level domain: this server "
               "does not serve the directory's zone, and nobody told it who does. A server of the "
               "Internet, of a provider or of a cloud's network answers so.",
               .needs = {ADP_SIGN_DENIED_ABOVE}),
         CAUSE("The client asks a DNS server that does not serve the directory's zone.",
               .refuted_by = {ADP_SIGN_DENIED_ABOVE}),
         CAUSE("The DNS server has a public address, and found no domain controller in this "
               "capture: DNS servers on the Internet do not know the directory.",
               .needs = {ADP_SIGN_PUBLIC_ADDRESS}, .weak = TRUE),
         CAUSE("The domain name is misspelt, or the domain is gone."),
         CAUSE("The domain controllers could not register their records.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"), CHECK("nltest /dsgetdc:{domain} /force"),
            CHECK("ipconfig /all # which DNS servers does the client have?"),
            CHECK("dcdiag /test:dns /DnsRecordRegistration # on a domain controller"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/withheld", /* R 8914, m */
     CAUSES(ADP_CAUSE_WITHHELD, ADP_CAUSE_ASKS_A_FILTER),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/pdc", /* M 6.3.2.3, m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE(
             "The PDC emulator did not register its record: its Netlogon service, or its right to "
             "write to the zone."),
         CAUSE(
             "The holder of the role is gone, or the role was moved or seized, and the new holder "
             "did not register yet."),
         CAUSE(
             "The record was deleted, by scavenging for instance, or a policy keeps it from being "
             "registered.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("netdom query /domain:{domain} fsmo # who holds the role?"),
            CHECK("nltest /dsgetdc:{domain} /pdc"),
            CHECK("dcdiag /test:dns /DnsRecordRegistration # on the holder of the role"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/catalog", /* M 6.3.2.3 */
     CAUSES(ADP_CAUSE_WITHHELD, CAUSE("The program asks for the catalog in its own domain, and the "
                                      "records are in that of the "
                                      "forest, {forest}.",
                                      .needs = {ADP_SIGN_FOREST_DIFFERS})),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"), CHECK("nltest /dsgetdc:{forest} /gc"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/pdc-samba", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE("The controller of Samba that holds the role did not register its record: its "
               "samba_dnsupdate fails, or lacks the right to write to the zone."),
         CAUSE(
             "The holder of the role is gone, or the role was moved or seized, and the new holder "
             "did not register yet."),
         CAUSE("The record was deleted, or the zone is kept by hand.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("samba-tool fsmo show # on a controller: who holds the role?"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/other-realm", /* m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The servers of the domain are those of FreeIPA, or of another realm that is no "
                  "Active Directory: none has the role that the name stands for, and that is "
                  "healthy.",
                  .supported_by = {ADP_SIGN_DIRECTORY_OTHER, ADP_SIGN_KDC_MIT}),
            CAUSE("A program that is made for Active Directory is used with this domain.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/workgroup", /* L, m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The machine is in a workgroup and in no domain: the resolver adds its suffix to "
                  "the workgroup's name. Windows does this before it looks for its activation "
                  "server; that is healthy."),
            CAUSE("The machine left its domain, or was never joined.")),
     CHECKS(CHECK("Get-CimInstance Win32_ComputerSystem | Select-Object Domain,PartOfDomain # on "
                  "the client"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/cloud", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE("The name is what stands before the backslash in names of accounts of the cloud, "
               "and no domain: programs that resolve such names look for its controllers. That "
               "is healthy."),
         CAUSE("The machine is joined to the cloud alone, where one in the domain is expected.")),
     CHECKS(CHECK("dsregcmd /status # on the client: AzureAdJoined, DomainJoined"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/suffix", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE("The name is the suffix of logon names, and no domain's: Windows looks for such a "
               "domain before it asks its own. That is healthy.",
               .supported_by = {ADP_SIGN_LOGON_SUFFIX}),
         CAUSE("There should be a domain of that name, and its records are missing.")),
     CHECKS(CHECK("Get-ADForest | Select-Object -ExpandProperty UPNSuffixes # is it among them?"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/host-suffix", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE(
             "The name is the suffix of the machine's own name, and no domain's: its account is in "
             "another domain (a disjoint namespace). That is healthy.",
             .supported_by = {ADP_SIGN_HOST_SUFFIX}),
         CAUSE("There should be a domain of that name, and its records are missing.")),
     CHECKS(CHECK("Get-CimInstance Win32_ComputerSystem | Select-Object Domain,PartOfDomain # on "
                  "the client"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-found/home", /* RFC 8375, m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE(
             "The name is what a router for homes calls its network: installers, printers and Macs "
             "look for a directory in any suffix that they are given. That is healthy."),
         CAUSE("The client should be in its company's network, or in its tunnel, and is not.")),
     CHECKS(CHECK("ipconfig /all # which network is the client in?"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/child", /* m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The first label is the NetBIOS name of a domain or a workgroup, and the "
                  "resolver added a suffix: then it is healthy that the name is not found."),
            CAUSE("There should be a child domain of that name, and its records are missing.")),
     CHECKS(CHECK("nltest /dsgetdc:{domain} /force"), CHECK("nltest /dsgetdc:{parent} /force"),
            CHECK("nltest /domain_trusts"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/referred", /* RFC 4120 3.3.1, m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The client's DNS servers do not know the other realm's zone: a conditional "
                  "forwarder, a stub zone or a delegation is missing.",
                  .supported_by = {ADP_SIGN_REFERRED}),
            CAUSE("The other realm's records were not registered."),
            CAUSE("The trust names a realm that was renamed or is gone.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("Get-DnsServerZone | Where-Object ZoneType -eq Forwarder # on the DNS server"),
            CHECK("nltest /domain_trusts"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/pointer", /* W, m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE("A pointer object of the directory leads to this forest, and it was renamed or is "
               "gone: the pointer stayed.",
               .supported_by = {ADP_SIGN_LED_BY_POINTER}),
         CAUSE("The client's DNS servers do not know the other forest's zone: a conditional "
               "forwarder, a stub zone or a delegation is missing.",
               .supported_by = {ADP_SIGN_LED_BY_POINTER}),
         CAUSE("The other forest's controllers could not register their records.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("Get-DnsServerZone | Where-Object ZoneType -eq Forwarder # on the DNS server"),
            CHECK("nltest /domain_trusts"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/plain", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE(
             "The domain is no Active Directory, or none any more: printers, Macs and Linux hosts "
             "look for a directory in any domain that they are given."),
         CAUSE("The client asks a DNS server that does not serve the directory's zone."),
         CAUSE("The domain name is misspelt.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("nslookup -type=SRV _ldap._tcp.dc._msdcs.{domain} {resolver}"),
            CHECK("ipconfig /all"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/realm", /* L, m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("The client guessed the realm from a host's name, and there is no such realm."),
            CAUSE("The realm is misspelt in the client's configuration."),
            CAUSE("The KDC's records are missing.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"), CHECK("klist"),
            CHECK("nltest /dsgetdc:{domain} /force"), ADP_CHECK_WITHHELD)},
    {"srv-not-found/contradicts", /* m */
     CAUSES(
         ADP_CAUSE_WITHHELD,
         CAUSE(
             "The DNS server forwards the domain's names to more than one server, and not each of "
             "them knows the domain.",
             .supported_by = {ADP_SIGN_ANSWERED_BEFORE}),
         CAUSE(
             "Behind the address are several DNS servers, and one of them does not have the zone."),
         CAUSE("The record was deleted in between, by scavenging for instance, or the zone expired "
               "on this server.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver} # several times"),
            CHECK("Get-DnsServerForwarder # on the DNS server"),
            CHECK("Get-DnsServerZone | Where-Object ZoneType -eq Forwarder # on the DNS server"),
            ADP_CHECK_WITHHELD)},
    {"srv-site-not-found", /* M 6.3.6.1, K policy AutoSiteCoverage */
     CAUSES(ADP_CAUSE_WITHHELD, CAUSE("No domain controller is in the site, and none covers it."),
            CAUSE("The client remembers the name of a site that was renamed or removed."),
            CAUSE("The records of the site were not registered.")),
     CHECKS(CHECK("nltest /dsgetsite # on the client"), CHECK("nslookup -type=SRV {name}"),
            CHECK("nltest /dclist:{domain}"), ADP_CHECK_WITHHELD)},
    {"srv-msdcs-missing", /* m */
     CAUSES(ADP_CAUSE_WITHHELD, CAUSE("The zone _msdcs, or its delegation, is missing or broken."),
            CAUSE("The domain controllers could not register there."),
            CAUSE("A policy keeps these records from being registered; that can be intended.")),
     CHECKS(CHECK("nslookup -type=NS _msdcs.{domain} {resolver}"),
            CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("dcdiag /test:dns /DnsRecordRegistration # on a domain controller"),
            ADP_CHECK_WITHHELD)},
    {"srv-unanswered", /* m */
     CAUSES(
         CAUSE("The DNS server has several addresses, or stands behind a device that translates "
               "them, and answers by another than the one that was asked: clients drop such "
               "answers.",
               .needs = {ADP_SIGN_STRAY}),
         CAUSE("The host itself says that the port is closed: no DNS service runs there, or none "
               "any more.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("A filter on the path rejects it: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the DNS server, as a router says.",
               .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("Answers that do not fit into a packet come in fragments, and a device on the path "
               "drops all but the first.",
               .needs = {ADP_SIGN_REPLY_CUT}),
         CAUSE("The DNS server, or a device in front of it, takes the connection over TCP and ends "
               "it "
               "without an answer: it serves UDP alone, or does not serve this client.",
               .needs = {ADP_SIGN_SERVER_CLOSED}),
         CAUSE("The DNS server is down or cannot be reached.",
               .refuted_by = {ADP_SIGN_SERVER_CLOSED, ADP_SIGN_DNS_ANSWERS,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE(
             "The DNS server answers other questions: it does not pass on questions for this type "
             "of record, is overloaded, or cannot reach the server that knows this name.",
             .needs = {ADP_SIGN_DNS_ANSWERS},
             .refuted_by = {ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE("A firewall drops the packets.",
               .refuted_by = {ADP_SIGN_SERVER_CLOSED, ADP_SIGN_PORT_UNREACHABLE,
                              ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE("The client has an old DNS server in its settings.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_STRAY})),
     CHECKS(CHECK("tracert {resolver} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP}),
            CHECK("nslookup -type=SRV {name} {resolver}"), CHECK("ipconfig /all"))},
    {"srv-unanswered/unheard", /* m */
     CAUSES(ADP_CAUSES_UNHEARD), CHECKS(ADP_CHECK_UNHEARD)},
    {"srv-unanswered/mdns", /* R 6762, m */
     CAUSES(
         CAUSE(
             "The domain's name ends in .local, and the client's resolver takes each such name for "
             "one of mDNS: systemd-resolved, avahi with its module in nsswitch.conf, macOS."),
         CAUSE("The network gives the client no DNS server, or none for this domain.")),
     CHECKS(CHECK("nslookup -type=SRV {name} # asks the DNS server"),
            CHECK("resolvectl status # which DNS servers and domains does each link have?"),
            CHECK("ipconfig /all"))},
    {"srv-resolver-failed", /* R 1035, 8914, m */
     CAUSES(
         CAUSE(
             "The DNS server validates the zone's signatures (DNSSEC) and does not accept them: "
             "the zone and its parent differ, a signature ran out, a clock is off, or an internal "
             "zone is not signed while its name outside is.",
             .needs = {ADP_SIGN_SAYS_SIGNATURES}),
         CAUSE("The server refuses this client, or this name, by its policy.",
               .supported_by = {ADP_SIGN_SAYS_POLICY},
               .refuted_by = {ADP_SIGN_SAYS_SIGNATURES, ADP_SIGN_SAYS_NO_WAY,
                              ADP_SIGN_DNS_NOT_UNDERSTOOD}),
         CAUSE("The DNS server does not hold the zone, and looks up nothing else for this client: "
               "recursion is switched off, or not allowed to its address.",
               .needs = {ADP_SIGN_DNS_REFUSED}, .refuted_by = {ADP_SIGN_SAYS_NO_WAY}),
         CAUSE("The DNS server, or a device in between, does not understand the question.",
               .needs = {ADP_SIGN_DNS_NOT_UNDERSTOOD}),
         CAUSE("The DNS server could not reach the one it forwards to, or the zone's own server.",
               .supported_by = {ADP_SIGN_SAYS_NO_WAY}, .needs = {ADP_SIGN_DNS_FAILED},
               .refuted_by = {ADP_SIGN_SAYS_SIGNATURES}),
         CAUSE("A delegation leads to a server that does not answer.",
               .supported_by = {ADP_SIGN_SAYS_NO_WAY}, .needs = {ADP_SIGN_DNS_FAILED},
               .refuted_by = {ADP_SIGN_SAYS_SIGNATURES}),
         CAUSE("The server that it forwards to refuses, and it passes that on.",
               .needs = {ADP_SIGN_DNS_REFUSED}, .refuted_by = {ADP_SIGN_SAYS_POLICY})),
     CHECKS(CHECK("Resolve-DnsName -DnssecCd -Type SRV -Name {name} -Server {resolver} # without "
                  "validation: is it answered now?",
                  .needs = {ADP_SIGN_SAYS_SIGNATURES}),
            CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("nslookup -type=NS {domain} {resolver}"),
            CHECK("dcdiag /test:dns /DnsRecordRegistration # on a domain controller"))},
    {"flat-domain-name", /* K dc-locator-changes, m */
     CAUSES(ADP_CAUSE_WITHHELD,
            CAUSE("A program, script or setting names the domain by its NetBIOS name; the DNS name "
                  "is {domain}.",
                  .needs = {ADP_SIGN_NETBIOS_KNOWN}),
            CAUSE("A program, script or setting names the domain by its NetBIOS name where its DNS "
                  "name is wanted.",
                  .refuted_by = {ADP_SIGN_NETBIOS_KNOWN}),
            CAUSE("The domain was found over WINS or broadcasts before: newer Windows does not ask "
                  "there any more.",
                  .refuted_by = {ADP_SIGN_NETBIOS_ASKED, ADP_SIGN_NETBIOS_ANSWERED}),
            CAUSE("The client looks for it over WINS and broadcasts, too, and nobody answers there "
                  "any more.",
                  .needs = {ADP_SIGN_NETBIOS_ASKED}),
            CAUSE("The domain's own DNS name has one label only.",
                  .refuted_by = {ADP_SIGN_NETBIOS_KNOWN})),
     CHECKS(CHECK("nltest /dsgetdc:{domain} /force # by its DNS name"),
            CHECK("nltest /domain_trusts # which NetBIOS name belongs to which DNS name?"),
            CHECK("Get-CimInstance Win32_ComputerSystem | Select-Object Domain,PartOfDomain # on "
                  "the client"),
            ADP_CHECK_WITHHELD)},
    {"srv-not-offered", /* R 2782 */
     CAUSES(
         CAUSE("The record was made on purpose: this service is not offered in this domain."),
         CAUSE(
             "The client asks a DNS server that has the zone as it is published to the Internet."),
         CAUSE("A hosting provider puts such records into every zone.")),
     CHECKS(CHECK("nslookup -type=SRV {name} {resolver}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"))},
    {"dns-tcp-blocked", /* R 7766 */
     CAUSES(
         CAUSE("A filter on the path rejects it: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to this address, as a router says.",
               .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("A firewall lets DNS pass over UDP only.",
               .refuted_by = {ADP_SIGN_REFUSED, ADP_SIGN_TCP_NOT_TRIED, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("The DNS server, or a device in front of it, does not listen on TCP port 53.",
               .supported_by = {ADP_SIGN_REFUSED, ADP_SIGN_PORT_UNREACHABLE},
               .refuted_by = {ADP_SIGN_TCP_NOT_TRIED, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP}),
         CAUSE("The client's resolver does not switch to TCP: it is old, or a local DNS proxy asks "
               "for it.",
               .needs = {ADP_SIGN_TCP_NOT_TRIED}),
         CAUSE("The client does not offer a bigger UDP size (EDNS), or a device strips it.")),
     CHECKS(CHECK("Test-NetConnection {resolver} -Port 53"),
            CHECK("nslookup -vc -type=SRV {name} {resolver} # over TCP"),
            CHECK("nslookup -type=SRV {name} {resolver}"))},
    {"srv-target-unresolvable", /* R 1035 5.1, m */
     CAUSES(
         ADP_CAUSE_WITHHELD, ADP_CAUSE_ALIAS_ROUND,
         CAUSE("The record was written by hand, and its target has no dot at the end: the DNS "
               "server adds the zone's name, so that the domain stands in it twice.",
               .needs = {ADP_SIGN_NAME_TWICE}),
         CAUSE("The record was written by hand, and has an address where the controller's name "
               "belongs.",
               .needs = {ADP_SIGN_IS_ADDRESS}),
         CAUSE("The record was written by hand, and has the controller's short name, with a dot "
               "behind it: "
               "its domain is missing.",
               .needs = {ADP_SIGN_ONE_LABEL}),
         CAUSE("The host has addresses of the other family only, and this client does not ask for "
               "them: it has no network of that family, or is not configured for it.",
               .needs = {ADP_SIGN_ONE_FAMILY}, .refuted_by = {ADP_SIGN_ALIAS_ROUND}),
         CAUSE("The record is left over from a domain controller that was removed.",
               .refuted_by = {ADP_SIGN_NAME_TWICE, ADP_SIGN_IS_ADDRESS, ADP_SIGN_ONE_LABEL,
                              ADP_SIGN_ALIAS_ROUND}),
         CAUSE("The host is in a zone that this DNS server does not see.",
               .refuted_by = {ADP_SIGN_IS_ADDRESS, ADP_SIGN_ONE_LABEL, ADP_SIGN_ALIAS_ROUND}),
         CAUSE("The host's own record was deleted, by scavenging for instance.",
               .refuted_by = {ADP_SIGN_NAME_TWICE, ADP_SIGN_IS_ADDRESS, ADP_SIGN_ONE_LABEL,
                              ADP_SIGN_ALIAS_ROUND}),
         CAUSE("A router or a DNS service takes private addresses out of answers, to guard "
               "against rebinding.",
               .refuted_by = {ADP_SIGN_IS_ADDRESS, ADP_SIGN_ONE_LABEL, ADP_SIGN_ALIAS_ROUND})),
     CHECKS(CHECK("nslookup {host} {resolver}"),
            CHECK("nltest /dclist:{domain} # does the controller still exist?"),
            CHECK("dcdiag /test:dns /DnsRecordRegistration # on a domain controller"),
            ADP_CHECK_WITHHELD)},
    {"srv-target-unresolvable/withheld", /* R 8914, m */
     CAUSES(ADP_CAUSE_WITHHELD, ADP_CAUSE_ASKS_A_FILTER),
     CHECKS(CHECK("nslookup {host} {resolver}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"), ADP_CHECK_WITHHELD)},
    {"srv-target-unresolvable/nowhere", /* m */
     CAUSES(
         CAUSE(
             "A filter of names (a DNS firewall, an ad blocker, a guard against rebinding) answers "
             "so for names that it blocks.",
             .supported_by = {ADP_SIGN_SAYS_WITHHELD}),
         CAUSE("The host's record was written so by hand, or from a hosts file of the DNS server.",
               .refuted_by = {ADP_SIGN_SAYS_WITHHELD})),
     CHECKS(CHECK("nslookup {host} {resolver}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"), ADP_CHECK_WITHHELD)},
    {"srv-target-unresolvable/link", /* R 4007 6, m */
     CAUSES(
         CAUSE("The host has registered the address that a network card gives itself (fe80::/10, "
               "169.254.0.0/16), and no other: it has none of this network, as without DHCP, or "
               "what registers it takes the first one that it finds.")),
     CHECKS(CHECK("nslookup {host} {resolver}"), CHECK("ipconfig /all # on {host}"))},
    {"srv-target-unresolvable/silent", /* m */
     CAUSES(
         CAUSE("A router or a DNS service drops answers with private addresses, to guard against "
               "rebinding."),
         CAUSE("The DNS server cannot reach the one that knows the host's zone."),
         CAUSE("The DNS server is down since it answered for the record, or cannot be reached.",
               .refuted_by = {ADP_SIGN_DNS_ANSWERS})),
     CHECKS(CHECK("nslookup {host} {resolver}"),
            CHECK("ipconfig /all # which DNS servers does the client have?"))},

    /* ---- domain controllers ---- */
    {"ping-unanswered", /* L, m */
     CAUSES(
         CAUSE("The controller has several addresses, or stands behind a device that translates "
               "them, and answers by another than the one that was asked: clients drop such "
               "answers.",
               .needs = {ADP_SIGN_STRAY}),
         CAUSE("The host itself says that the port is closed: its directory service is stopped, or "
               "it is no domain controller, or none any more.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("A firewall or router rejects UDP port 389: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the host, as a router says.", .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("A firewall lets connections (TCP) to the same host pass, but not UDP port 389.",
               .supported_by = {ADP_SIGN_TCP_ANSWERED},
               .refuted_by = {ADP_SIGN_TCP_SILENT, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_STRAY}),
         CAUSE("The hosts in DNS are no domain controllers any more.",
               .refuted_by = {ADP_SIGN_TCP_ANSWERED, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_STRAY}),
         CAUSE("The hosts are down.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_TCP_ANSWERED,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_STRAY}),
         CAUSE("A firewall drops everything that is sent to these hosts.",
               .needs = {ADP_SIGN_TCP_SILENT}),
         CAUSE("There is no route back to the client.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_STRAY})),
     CHECKS(CHECK("tracert {host} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP}),
            CHECK("nltest /dsgetdc:{domain} /force"), CHECK("portqry -n {host} -p udp -e 389"),
            CHECK("Test-NetConnection {host} -Port 389 # shows TCP only"))},
    {"ping-unanswered/unheard", /* m */
     CAUSES(ADP_CAUSES_UNHEARD), CHECKS(ADP_CHECK_UNHEARD)},
    {"dc-not-serving", /* M 6.3.3 */
     CAUSES(CAUSE("The controllers do not host this domain, or do not have the role that was asked "
                  "for."),
            CAUSE("Netlogon is paused, or SYSVOL is not ready."),
            CAUSE("The domain name that was asked for is wrong.")),
     CHECKS(CHECK("dcdiag /test:advertising /s:{host}"), CHECK("nltest /dsgetdc:{domain} /force"),
            CHECK("nltest /server:{host} /query"))},
    {"dc-not-serving/paused", /* M 6.3.3, m */
     CAUSES(CAUSE("Netlogon on the controller is paused, by an administrator or while it starts."),
            CAUSE("SYSVOL is not ready, so the controller does not advertise itself.")),
     CHECKS(CHECK("dcdiag /test:advertising /s:{host}"), CHECK("sc.exe \\\\{host} query netlogon"),
            CHECK("dcdiag /test:sysvolcheck /s:{host}"))},
    {"dc-not-serving/role", /* M 6.3.1.2 */
     CAUSES(
         CAUSE(
             "The controller lacks the role that was asked for: global catalog, PDC, KDC or LDAP."),
         CAUSE("The role was moved, and DNS still points here.")),
     CHECKS(CHECK("nltest /dsgetdc:{domain} /force /gc"), CHECK("netdom query fsmo"),
            CHECK("dcdiag /test:advertising /s:{host}"))},
    {"dc-not-serving/not-hosting", /* M 6.3.3.3 */
     CAUSES(CAUSE("The host is a controller of another domain, or none any more."),
            CAUSE("The domain name or GUID that was asked for is wrong.")),
     CHECKS(CHECK("nltest /dsgetdc:{domain} /force"), CHECK("nslookup {host}"),
            CHECK("nltest /dclist:{domain}"))},
    {"dc-unreachable", /* m */
     CAUSES(CAUSE("The controller is down or gone, and DNS still names it."),
            CAUSE("A firewall stops the connection.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("tracert {server}"))},
    {"dc-unreachable/refused", /* R 9293 */
     CAUSES(
         ADP_CAUSE_NO_CATALOG, ADP_CAUSE_OF_DOMAIN_NAME, ADP_CAUSE_SUFFIXED,
         CAUSE("Nothing listens on the port: the service is stopped, or the host is no controller.",
               .refuted_by = {ADP_SIGN_NO_CATALOG, ADP_SIGN_OF_DOMAIN_NAME,
                              ADP_SIGN_SUFFIX_BEHIND_NAME}),
         CAUSE("A firewall answers in the host's place."),
         CAUSE("The address belongs to another host by now.",
               .refuted_by = {ADP_SIGN_NO_CATALOG, ADP_SIGN_OF_DOMAIN_NAME,
                              ADP_SIGN_SUFFIX_BEHIND_NAME})),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("nslookup {host}"),
            CHECK("dcdiag /s:{host}",
                  .refuted_by = {ADP_SIGN_OF_DOMAIN_NAME, ADP_SIGN_SUFFIX_BEHIND_NAME}))},
    {"dc-unreachable/unheard", /* R 9293 3.8.1, m */
     CAUSES(ADP_CAUSES_UNHEARD),
     CHECKS(ADP_CHECK_UNHEARD,
            CHECK("Get-NetTCPConnection -State SynReceived # on the server: which clients never go "
                  "on?"))},
    {"dc-unreachable/closed", /* m */
     CAUSES(
         ADP_CAUSE_SUFFIXED,
         CAUSE(
             "The server does not serve this client: a list of the addresses that it lets in (TCP "
             "wrappers, an access rule), or a limit of connections."),
         ADP_CAUSE_EMPTY_BALANCER),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("nslookup {host}"))},
    {"dc-unreachable/reset", /* R 9293 3.10.7.1, m */
     CAUSES(ADP_CAUSE_SUFFIXED, ADP_CAUSE_TWO_MACHINES, ADP_CAUSE_EMPTY_BALANCER,
            CAUSE("The service has no room for one more connection, or refuses this client.",
                  .refuted_by = {ADP_SIGN_TWO_ANSWER}),
            CAUSE("A firewall or an intrusion prevention on the way resets it.")),
     CHECKS(ADP_CHECK_TWO_MACHINES, CHECK("Test-NetConnection {host} -Port {port}"),
            CHECK("nslookup {host}"))},
    {"dc-unreachable/taken", /* m */
     CAUSES(CAUSE("Something writes before the first message what the server does not know: a load "
                  "balancer with the PROXY protocol switched on, for a directory that has none."),
            CAUSE("What was sent is another protocol's, or encrypted where the server expects it "
                  "in clear."),
            CAUSE("The capture lacks the segment with the client's message.", .weak = TRUE)),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"))},
    {"dc-unreachable/older", /* R 5961 4.2, R 9293 3.10.7.3 */
     CAUSES(CAUSE("The server, or a firewall on the way, still holds an older connection of these "
                  "ports: the client used the port again too soon, as behind address translation."),
            CAUSE("The reset with which the client ends the older connection does not arrive.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"),
            CHECK("Get-NetTCPConnection -LocalPort {port} # on the controller"))},
    {"dc-unreachable/silent", /* m */
     CAUSES(
         ADP_CAUSE_SELF_ASSIGNED, ADP_CAUSE_OF_DOMAIN_NAME, ADP_CAUSE_SUFFIXED,
         CAUSE("DNS names an address at which the host cannot be reached: it answers at its "
               "other address.",
               .needs = {ADP_SIGN_OTHER_ADDRESS_SPEAKS}),
         CAUSE(
             "IPv6 is not routed between the client and the host, and the client does not try the "
             "host's address of IPv4.",
             .needs = {ADP_SIGN_ADDRESS_IPV6, ADP_SIGN_OTHER_ADDRESS_SPEAKS}),
         ADP_CAUSE_LOOP,
         CAUSE("The host is down.", .refuted_by = {ADP_SIGN_OTHER_ADDRESS_SPEAKS,
                                                   ADP_SIGN_HOST_SPEAKS, ADP_SIGN_ROUTING_LOOP}),
         CAUSE("A firewall drops the packets.", .refuted_by = {ADP_SIGN_ROUTING_LOOP}),
         CAUSE("There is no route to the host, or none back.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_ROUTING_LOOP})),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("tracert {server}"))},
    {"dc-unreachable/silent-port", /* m */
     CAUSES(ADP_CAUSE_SELF_ASSIGNED, ADP_CAUSE_NO_CATALOG, ADP_CAUSE_OF_DOMAIN_NAME,
            ADP_CAUSE_SUFFIXED, ADP_CAUSE_LOOP,
            CAUSE("A firewall drops the packets to this port: the host itself answers elsewhere.",
                  .supported_by = {ADP_SIGN_HOST_SPEAKS}, .refuted_by = {ADP_SIGN_ROUTING_LOOP}),
            CAUSE("The service hangs, or the host went down in between.",
                  .refuted_by = {ADP_SIGN_ROUTING_LOOP})),
     CHECKS(CHECK("Test-NetConnection {host} -Port {port}"), CHECK("dcdiag /s:{host}"))},
    {"dc-unreachable/prohibited", /* R 1122 */
     CAUSES(CAUSE("A firewall or router rejects the connection: its ICMP message says so."),
            CAUSE("There is no route to the network of the host.")),
     CHECKS(CHECK("tracert {server}"), CHECK("Test-NetConnection {host} -Port {port}"))},
    {"dc-unreachable/unreachable", /* R 792, 1122 */
     CAUSES(CAUSE("DNS names an address at which the host cannot be reached: it answers at its "
                  "other address.",
                  .needs = {ADP_SIGN_OTHER_ADDRESS_SPEAKS}),
            ADP_CAUSE_NOT_FOUND, ADP_CAUSE_LOOP,
            CAUSE("The host itself says that the port is closed.",
                  .needs = {ADP_SIGN_PORT_UNREACHABLE}),
            CAUSE("The controller was renumbered or removed, and DNS still names its old address.",
                  .refuted_by = {ADP_SIGN_HOST_SPEAKS})),
     CHECKS(CHECK("tracert {server}"), CHECK("nslookup {host}"),
            CHECK("Test-NetConnection {host} -Port {port}"))},
    {"ldap-unanswered", /* m */
     CAUSES(
         CAUSE("Something else than a directory listens at that port: the address went to another "
               "machine, or a load balancer or a web server has the port.",
               .needs = {ADP_SIGN_OTHER_PROTOCOL}),
         CAUSE("A device in between (an intrusion prevention, a firewall, a load balancer) or "
               "the server itself broke the connection off in the middle of the answer.",
               .needs = {ADP_SIGN_BROKEN_OFF}),
         CAUSE(
             "The server says that it cannot read the request: the program, or its library, "
             "writes it in a way that LDAP does not allow (its filter, for instance), or a device "
             "in between damages it.",
             .supported_by = {ADP_SIGN_SAYS_UNREADABLE}, .needs = {ADP_SIGN_SAYS_UNREADABLE}),
         CAUSE(
             "The server, or a device in between, had given up the connection for its long silence "
             "(Active Directory does so after 15 minutes, MaxConnIdleTime), and ends it at the "
             "next "
             "request.",
             .needs = {ADP_SIGN_SERVER_CLOSED, ADP_SIGN_IDLE},
             .refuted_by = {ADP_SIGN_SAYS_UNREADABLE}),
         CAUSE("The server, or a device in between, ended the connection instead of "
               "answering: the service stopped, or refuses this request by policy.",
               .needs = {ADP_SIGN_SERVER_CLOSED},
               .refuted_by = {ADP_SIGN_SAYS_UNREADABLE, ADP_SIGN_IDLE}),
         CAUSE("The packet is too big for the path, as ICMP says, and may not be fragmented.",
               .needs = {ADP_SIGN_TOO_BIG}),
         CAUSE("A filter on the path rejects it: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the controller any more, as a "
               "router says.",
               .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("A packet of full size does not fit the path, and no ICMP says so: a tunnel, a "
               "VPN or a device in between drops it (MTU).",
               .needs = {ADP_SIGN_FULL_PACKET}, .refuted_by = {ADP_SIGN_TOO_BIG}),
         CAUSE("The program on the server hangs and reads nothing: its TCP took what it had room "
               "for, and has none for more (window 0).",
               .needs = {ADP_SIGN_WINDOW_SHUT}),
         CAUSE("The controller is overloaded, or hangs.", .supported_by = {ADP_SIGN_ACKNOWLEDGED},
               .refuted_by = {ADP_SIGN_SAYS_UNREADABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_OTHER_PROTOCOL, ADP_SIGN_BROKEN_OFF,
                              ADP_SIGN_TOO_BIG, ADP_SIGN_NOT_ACKNOWLEDGED}),
         CAUSE("A device in between forgot or cut the connection silently.",
               .supported_by = {ADP_SIGN_IDLE},
               .refuted_by = {ADP_SIGN_ACKNOWLEDGED, ADP_SIGN_SERVER_CLOSED,
                              ADP_SIGN_OTHER_PROTOCOL, ADP_SIGN_BROKEN_OFF, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP}),
         CAUSE("A device in between dropped the packet, for its size for instance.",
               .refuted_by = {ADP_SIGN_ACKNOWLEDGED, ADP_SIGN_SERVER_CLOSED,
                              ADP_SIGN_OTHER_PROTOCOL, ADP_SIGN_BROKEN_OFF, ADP_SIGN_TOO_BIG,
                              ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_FULL_PACKET})),
     CHECKS(CHECK("tracepath {host} # which size fits the path?",
                  .needs = {ADP_SIGN_FULL_PACKET, ADP_SIGN_CLIENT_UNIX}),
            CHECK("ping -f -l 1472 {host} # does a packet of full size fit the path?",
                  .needs = {ADP_SIGN_FULL_PACKET}, .refuted_by = {ADP_SIGN_CLIENT_UNIX}),
            CHECK("nltest /server:{host} /query"), CHECK("dcdiag /s:{host}"))},
    {"ldap-unanswered/way-back", /* R 9293 3.8.1, m */
     CAUSES(ADP_CAUSES_WAY_BACK), CHECKS(ADP_CHECKS_WAY_BACK)},
    {"ldap-unanswered/udp", /* m */
     CAUSES(
         CAUSE("The controller has several addresses, or stands behind a device that translates "
               "them, and answers by another than the one that was asked: clients drop such "
               "answers.",
               .needs = {ADP_SIGN_STRAY}),
         CAUSE("The host itself says that the port is closed: its directory service is stopped or "
               "listens on TCP alone, or it is no directory server.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("A firewall or router rejects UDP port 389: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the host, as a router says.", .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP, ADP_CAUSE_CUT,
         CAUSE("A firewall lets TCP to the host pass, and drops UDP port 389.",
               .supported_by = {ADP_SIGN_TCP_ANSWERED},
               .refuted_by = {ADP_SIGN_TCP_SILENT, ADP_SIGN_UDP_ANSWERED, ADP_SIGN_PORT_UNREACHABLE,
                              ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE(
             "The service there does not answer over UDP (CLDAP): it is none of Active Directory, "
             "or no directory at all.",
             .refuted_by = {ADP_SIGN_UDP_ANSWERED, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                            ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP, ADP_SIGN_REPLY_CUT,
                            ADP_SIGN_STRAY}),
         CAUSE("The host is down.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_TCP_ANSWERED,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE("A firewall drops everything that is sent to this host.",
               .needs = {ADP_SIGN_TCP_SILENT}),
         CAUSE("The service is overloaded, or hangs.",
               .refuted_by = {ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY}),
         CAUSE("There is no route back to the client.",
               .refuted_by = {ADP_SIGN_HOST_SPEAKS, ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED,
                              ADP_SIGN_REPLY_CUT, ADP_SIGN_STRAY})),
     CHECKS(CHECK("tracert {host} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP}),
            CHECK("portqry -n {host} -p udp -e 389"),
            CHECK("Test-NetConnection {host} -Port 389 # shows TCP only"))},
    {"ldap-unanswered/clear", /* R 4511 4.14, 4513 3; m */
     CAUSES(
         CAUSE(
             "Both are set in the program: the port of LDAP over TLS, and StartTLS, which belongs "
             "to port {other}.",
             .needs = {ADP_SIGN_STARTTLS_AT_TLS}),
         CAUSE(
             "A locator record (SRV) names port {port}: who follows it speaks LDAP in clear there. "
             "_ldap belongs to port {other}.",
             .supported_by = {ADP_SIGN_RECORD_HAS_PORT}, .needs = {ADP_SIGN_RECORD_HAS_PORT}),
         CAUSE("The program has the port of LDAP over TLS, and TLS is not switched on in it: it "
               "speaks LDAP in clear there (ldap:// in place of ldaps://).",
               .supported_by = {ADP_SIGN_CLEAR_AT_TLS, ADP_SIGN_TLS_ALERT},
               .refuted_by = {ADP_SIGN_STARTTLS_AT_TLS}),
         CAUSE("A device in between (a load balancer, a tunnel) takes TLS off, and hands on to a "
               "port that wants it.")),
     CHECKS(CHECK("openssl s_client -connect {place} -servername {host} # does the port speak TLS, "
                  "and with which certificate?",
                  IF_NAME),
            CHECK("openssl s_client -connect {place} # does the port speak TLS, and with which "
                  "certificate?",
                  IF_ADDRESS),
            CHECK("ldapsearch -x -H ldaps://{place} -s base -b '' currentTime"),
            CHECK("ldp.exe # connect to {host}, port {port}, with SSL"))},
    {"ldap-unanswered/list", /* m */
     CAUSES(CAUSE("A scanner or an inventory looks for directories, network by network."),
            CAUSE("Somebody looks for servers that answer everybody over UDP, which are abused to "
                  "flood others.")),
     CHECKS(CHECK("nslookup {address}"))},
    {"account-unknown-to-dc", /* M 6.3.3, L */
     CAUSES(CAUSE("The client looks at a domain that it trusts, with the name of its own account: "
                  "that it is unknown there is healthy.",
                  .needs = {ADP_SIGN_FOREIGN_MEMBER}),
            CAUSE("The account was deleted, or never joined.",
                  .refuted_by = {ADP_SIGN_FOREIGN_MEMBER}),
            CAUSE("It is disabled.", .refuted_by = {ADP_SIGN_FOREIGN_MEMBER}),
            CAUSE("It is new, and not replicated to this controller yet.",
                  .refuted_by = {ADP_SIGN_FOREIGN_MEMBER, ADP_SIGN_SEVERAL_DENY})),
     CHECKS(CHECK("Get-ADComputer -Identity {account} -Properties Enabled,whenChanged",
                  .refuted_by = {ADP_SIGN_FOREIGN_MEMBER}),
            CHECK("repadmin /replsummary", .refuted_by = {ADP_SIGN_FOREIGN_MEMBER}),
            CHECK("nltest /domain_trusts # on the client", .needs = {ADP_SIGN_FOREIGN_MEMBER}),
            CHECK("nltest /sc_query:{domain} # on the client",
                  .refuted_by = {ADP_SIGN_FOREIGN_MEMBER}))},
    {"client-site-undefined", /* M 6.3.1.2, m */
     CAUSES(CAUSE("Subnets are entered for one of IPv4 and IPv6 alone: by its address of the other "
                  "family the client is in a site.",
                  .needs = {ADP_SIGN_OTHER_FAMILY_SITED}),
            CAUSE("No subnet object covers the client's address."),
            CAUSE("The controller sees a translated address, of a VPN for instance."),
            CAUSE("The subnet object exists and has no site.")),
     CHECKS(CHECK("nltest /dsgetsite # on the client"), CHECK("Get-ADReplicationSubnet -Filter *"),
            CHECK("nltest /dsaddresstosite:{host} /addresses:{address} # the client's site, as the "
                  "controller sees it"))},
    {"dc-other-site", /* M 6.3.1.2 */
     CAUSES(CAUSE("No controller of the client's site answered, or it has none."),
            CAUSE("The client moved, and keeps the controller it had."),
            CAUSE("A program is configured to use this controller.")),
     CHECKS(CHECK("nltest /dsgetdc:{domain} /force"), CHECK("nltest /dclist:{domain}"),
            CHECK("nltest /dsgetsite"))},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
