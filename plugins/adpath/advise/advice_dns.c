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
     CAUSES("The client asks a DNS server that does not serve the directory's zone.",
            "The domain name is misspelt, or the domain is gone.",
            "The domain controllers could not register their records."),
     CHECKS("nslookup -type=SRV {name} {resolver}", "nltest /dsgetdc:{domain} /force",
            "ipconfig /all # which DNS servers does the client have?",
            "dcdiag /test:dns # on a domain controller")},
    {"srv-not-found/public-resolver", /* m */
     CAUSES(
         "The client asks a public DNS server, which cannot know the directory: from DHCP, a VPN "
         "profile, or as a second server beside the right one.",
         "A private name was forwarded to the Internet by the company's own DNS server."),
     CHECKS("ipconfig /all # every DNS server of every adapter has to serve the directory",
            "nslookup -type=SRV {name}", "nltest /dsgetdc:{domain} /force")},
    {"srv-not-found/plain", /* m */
     CAUSES("The domain is no Active Directory, or none any more: printers, Macs and Linux hosts "
            "ask any domain that they are given.",
            "The client asks a DNS server that does not serve the directory's zone.",
            "The domain name is misspelt."),
     CHECKS("nslookup -type=SRV {name} {resolver}",
            "nslookup -type=SRV _ldap._tcp.dc._msdcs.{domain} {resolver}", "ipconfig /all")},
    {"srv-not-found/realm", /* L, m */
     CAUSES("The client guessed the realm from a host's name, and there is no such realm.",
            "The realm is misspelt in the client's configuration.",
            "The KDC's records are missing."),
     CHECKS("nslookup -type=SRV {name} {resolver}", "klist", "nltest /dsgetdc:{domain} /force")},
    {"srv-site-not-found", /* M 6.3.6.1, K policy AutoSiteCoverage */
     CAUSES("No domain controller is in the site, and none covers it.",
            "The client remembers the name of a site that was renamed or removed.",
            "The records of the site were not registered."),
     CHECKS("nltest /dsgetsite # on the client", "nslookup -type=SRV {name}",
            "nltest /dclist:{domain}")},
    {"srv-msdcs-missing", /* m */
     CAUSES("The zone _msdcs, or its delegation, is missing or broken.",
            "The domain controllers could not register there.",
            "A policy keeps these records from being registered; that can be intended."),
     CHECKS("nslookup -type=NS _msdcs.{domain} {resolver}", "nslookup -type=SRV {name} {resolver}",
            "dcdiag /test:dns # on a domain controller")},
    {"srv-unanswered", /* m */
     CAUSES("The DNS server is down or cannot be reached.", "A firewall drops the packets.",
            "The client has an old DNS server in its settings."),
     CHECKS("nslookup -type=SRV {name} {resolver}", "ipconfig /all")},
    {"srv-resolver-failed", /* R 1035, m */
     CAUSES("The DNS server could not reach the one it forwards to, or the zone's own server.",
            "A delegation leads to a server that does not answer.",
            "The server refuses this client by its policy."),
     CHECKS("nslookup -type=SRV {name} {resolver}", "nslookup -type=NS {domain} {resolver}",
            "dcdiag /test:dns # on a domain controller")},
    {"srv-target-unresolvable", /* m */
     CAUSES("The record is left over from a domain controller that was removed.",
            "The host is in a zone that this DNS server does not see.",
            "The host's own record was deleted, by scavenging for instance."),
     CHECKS("nslookup {host} {resolver}",
            "nltest /dclist:{domain} # does the controller still exist?",
            "dcdiag /test:dns # on a domain controller")},

    /* ---- domain controllers ---- */
    {"ping-unanswered", /* L, m */
     CAUSES("A firewall lets LDAP over TCP pass, but not UDP port 389.",
            "The hosts in DNS are no domain controllers any more, or are down.",
            "The way back to the client is missing."),
     CHECKS("nltest /dsgetdc:{domain} /force", "portqry -n {host} -p udp -e 389",
            "Test-NetConnection {host} -Port 389 # shows TCP only")},
    {"ping-unanswered/prohibited", /* R 1122 */
     CAUSES("A firewall or router rejects UDP port 389: its ICMP message says so.",
            "The host refuses the port itself."),
     CHECKS("portqry -n {host} -p udp -e 389", "nltest /dsgetdc:{domain} /force")},
    {"dc-not-serving", /* M 6.3.3 */
     CAUSES("The controllers do not host this domain, or not the role asked for.",
            "Netlogon is paused, or SYSVOL is not ready.",
            "The domain name that was asked for is wrong."),
     CHECKS("dcdiag /test:advertising /s:{host}", "nltest /dsgetdc:{domain} /force",
            "nltest /server:{host} /query")},
    {"dc-not-serving/paused", /* M 6.3.3, m */
     CAUSES("Netlogon on the controller is paused, by somebody or while it starts.",
            "SYSVOL is not ready, so the controller does not advertise itself."),
     CHECKS("dcdiag /test:advertising /s:{host}", "sc.exe \\\\{host} query netlogon",
            "dcdiag /test:sysvolcheck /s:{host}")},
    {"dc-not-serving/role", /* M 6.3.1.2 */
     CAUSES("The controller lacks the role that was asked for: global catalog, PDC, KDC or LDAP.",
            "The role was moved, and DNS still points here."),
     CHECKS("nltest /dsgetdc:{domain} /force /gc", "netdom query fsmo",
            "dcdiag /test:advertising /s:{host}")},
    {"dc-not-serving/not-hosting", /* M 6.3.3.3 */
     CAUSES("The host is a controller of another domain, or none any more.",
            "The domain name or GUID that was asked for is wrong."),
     CHECKS("nltest /dsgetdc:{domain} /force", "nslookup {host}", "nltest /dclist:{domain}")},
    {"dc-unreachable", /* m */
     CAUSES("The controller is down or gone, and DNS still names it.",
            "A firewall stops the connection."),
     CHECKS("Test-NetConnection {host} -Port {port}", "nltest /dsgetdc:{domain} /force")},
    {"dc-unreachable/refused", /* R 9293 */
     CAUSES("Nothing listens on the port: the service is stopped, or the host is no controller.",
            "A firewall answers in the host's place.",
            "The address belongs to another host by now."),
     CHECKS("Test-NetConnection {host} -Port {port}", "nslookup {host}", "dcdiag /s:{host}")},
    {"dc-unreachable/silent", /* m */
     CAUSES("The host is down.", "A firewall drops the packets.",
            "The way to it or back is missing."),
     CHECKS("Test-NetConnection {host} -Port {port}", "tracert {server}")},
    {"dc-unreachable/silent-port", /* m */
     CAUSES("A firewall drops the packets to this port: the host itself answers elsewhere.",
            "The service hangs, or the host went down in between."),
     CHECKS("Test-NetConnection {host} -Port {port}", "dcdiag /s:{host}")},
    {"dc-unreachable/prohibited", /* R 1122 */
     CAUSES("A firewall or router forbids the connection, and says so.",
            "There is no way to the network of the host."),
     CHECKS("tracert {server}", "Test-NetConnection {host} -Port {port}")},
    {"ldap-unanswered", /* m */
     CAUSES("The controller is overloaded, or hangs.",
            "The connection was cut on the way without a word.",
            "A device in between dropped the packet, for its size for instance."),
     CHECKS("nltest /server:{host} /query", "dcdiag /s:{host}")},
    {"account-unknown-to-dc", /* M 6.3.3, L */
     CAUSES("The account was deleted, or never joined.", "It is disabled.",
            "It is new, and not replicated to this controller yet."),
     CHECKS("Get-ADComputer -Identity {account} -Properties Enabled,whenChanged",
            "repadmin /replsummary", "nltest /sc_verify:{domain} # on the client")},
    {"client-site-undefined", /* M 6.3.1.2, m */
     CAUSES("No subnet object covers the client's address.",
            "The controller sees a translated address, of a VPN for instance.",
            "The subnet object exists and has no site."),
     CHECKS("nltest /dsgetsite # on the client", "Get-ADReplicationSubnet -Filter *",
            "nltest /dsaddresstosite:{host}")},
    {"dc-other-site", /* M 6.3.1.2 */
     CAUSES("No controller of the client's site answered, or it has none.",
            "The client moved, and keeps the controller it had.",
            "A program was told to use this controller."),
     CHECKS("nltest /dsgetdc:{domain} /force", "nltest /dclist:{domain}", "nltest /dsgetsite")},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
