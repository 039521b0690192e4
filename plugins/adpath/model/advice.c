/* advice.c
 * What may be behind a finding, and how to look.
 *
 * Sources, as the letters behind the rows say: M MS-ADTS, MS-KILE, MS-NRPC, MS-OXDISCO,
 * MS-OXDSCLI; K articles of Microsoft's support (KB number); E documentation of events 4768 and
 * 4769; W EWS Managed API and its documentation; L seen in the laboratory's captures; R RFC;
 * m from memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advice.h"

#include <string.h>

#define CAUSES(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define CHECKS(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
static const adp_advice table[] = {
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
            "nltest /dclist:{host} # does the controller still exist?",
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
     CHECKS("dcdiag /test:advertising /s:{host}", "sc \\\\{host} query netlogon",
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
     CHECKS("Test-NetConnection {host} -Port 389", "nltest /dsgetdc:{domain} /force")},
    {"dc-unreachable/refused", /* R 9293 */
     CAUSES("Nothing listens on the port: the service is stopped, or the host is no controller.",
            "A firewall answers in the host's place.",
            "The address belongs to another host by now."),
     CHECKS("Test-NetConnection {host} -Port 389", "nslookup {host}", "dcdiag /s:{host}")},
    {"dc-unreachable/silent", /* m */
     CAUSES("The host is down.", "A firewall drops the packets.",
            "The way to it or back is missing."),
     CHECKS("Test-NetConnection {host} -Port 389", "tracert {server}")},
    {"dc-unreachable/prohibited", /* R 1122 */
     CAUSES("A firewall or router forbids the connection, and says so.",
            "There is no way to the network of the host."),
     CHECKS("tracert {server}", "Test-NetConnection {host} -Port 389")},
    {"ldap-unanswered", /* m */
     CAUSES("The controller is overloaded, or hangs.",
            "The connection was cut on the way without a word.",
            "A device in between dropped the packet, for its size for instance."),
     CHECKS("nltest /server:{host} /query", "dcdiag /s:{host}")},
    {"account-unknown-to-dc", /* M 6.3.3, L */
     CAUSES("The account was deleted, or never joined.", "It is disabled.",
            "It is new, and not replicated to this controller yet."),
     CHECKS("Get-ADComputer -LDAPFilter '(sAMAccountName=*)' -SearchBase <DN> # look for {account}",
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

    /* ---- Kerberos: names ---- */
    {"spn-not-found-or-duplicate", /* E, AskDS on duplicate names */
     CAUSES("No account has the name.",
            "Two accounts have it: a KDC of Windows says the same then.",
            "The client used another name of the host than the one that is registered.",
            "The change is not replicated to this controller yet."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "repadmin /replsummary")},
    {"spn-not-found-or-duplicate/short",
     CAUSES("Only the full name of the host is registered, and the client used the short one.",
            "Two accounts have the short name.",
            "A link, a setting or a hosts file holds the short name."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "klist # does a ticket for the full name exist?")},
    {"spn-not-found-or-duplicate/http",
     CAUSES(
         "The name of the web service was never registered: behind a load balancer it belongs to "
         "one account that all servers share.",
         "Two accounts have it.", "It is an alias, and the client asks for the alias."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "nslookup {host}")},
    {"spn-not-found-or-duplicate/ldap",
     CAUSES("The host is no domain controller, or an address or alias was used for one.",
            "The controller's names were not written, or not replicated.",
            "Two accounts have the name."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "nltest /dsgetdc:{domain}")},
    {"spn-not-found-or-duplicate/domain",
     CAUSES("There is no trust to that realm, or no routing of its names.",
            "A program used a domain's name where a host's is needed.",
            "It is a probe, and the client goes on another way."),
     CHECKS("nltest /domain_trusts", "setspn -Q {spn}", "setspn -X -F")},
    {"spn-not-found-or-duplicate/reverse",
     CAUSES("The client made the name from an address or a reverse zone: nobody registers those.",
            "A program was given an address where a name is needed."),
     CHECKS("klist", "setspn -Q {spn}", "setspn -X -F")},
    {"spn-not-found-or-duplicate/user",
     CAUSES("A service runs as a user without a service principal name, and is asked for by the "
            "user's.",
            "A program takes an account's name for a service's."),
     CHECKS("setspn -L {account}", "setspn -Q {spn}", "setspn -X -F")},

    /* ---- Kerberos: keys ---- */
    {"service-key-mismatch", /* E, event 4 of the client */
     CAUSES("The service runs as another account than the one that has its name.",
            "The password of that account changed, and the service or its keytab has the old one.",
            "Another host answers than the client meant.",
            "The client holds a ticket from before the change."),
     CHECKS("setspn -Q {spn}", "klist # then try with a fresh ticket, in a new session",
            "nslookup {host}")},
    {"service-key-mismatch/http",
     CAUSES("The name is on one account, the application pool runs as another; with kernel mode "
            "authentication the machine's key is used.",
            "Servers behind a load balancer do not share one account.",
            "The account's password changed.", "The client holds an old ticket."),
     CHECKS("setspn -Q {spn}", "klist", "nslookup {host} # and which host answers there?")},
    {"service-key-mismatch/ldap", /* K 2090913 */
     CAUSES(
         "The controller's own password differs from the directory's: restored, cloned, or cut off "
         "from replication.",
         "The address belongs to another controller.", "The client holds an old ticket."),
     CHECKS("nltest /sc_verify:{domain} # on the server", "repadmin /replsummary", "klist",
            "nslookup {host}")},
    {"service-key-mismatch/smb",
     CAUSES("The server's own password differs from the directory's: restored or cloned.",
            "The address belongs to another server.", "The client holds an old ticket."),
     CHECKS("nltest /sc_verify:{domain} # on the server", "klist", "nslookup {host}")},
    {"service-key-mismatch/kvno", /* L */
     CAUSES("The account's password changed, and the keytab or service has an older key.",
            "The keytab is newer than the ticket the client holds.",
            "The ticket comes from a read-only controller."),
     CHECKS("klist", "setspn -Q {spn}",
            "klist -ket <keytab> # on a server with a keytab; compare with msDS-KeyVersionNumber")},
    {"wrong-host-answered", /* event 4 of the client */
     CAUSES("The name resolves to another host: an old record, a hosts file, or an address used "
            "again.",
            "A load balancer or cluster name leads to hosts without a common account.",
            "The short name exists in two domains."),
     CHECKS("nslookup {host}", "ipconfig /displaydns", "setspn -Q {spn}")},
    {"kdc-integrity-failed", /* L */
     CAUSES("The keys of two realms or controllers are out of step.",
            "The request was altered, or the ticket belongs to a realm that was rebuilt."),
     CHECKS("repadmin /replsummary", "klist", "nltest /domain_trusts")},
    {"kdc-integrity-failed/as", /* L: MIT */
     CAUSES("The password or key is wrong: KDCs of MIT answer so.",
            "The keys of the controllers are out of step."),
     CHECKS("klist", "repadmin /replsummary")},
    {"kdc-integrity-failed/tgs",
     CAUSES("The key of krbtgt, or of a trust, differs between controllers or realms.",
            "A controller was cloned or rolled back.", "The ticket is from before a rebuild."),
     CHECKS("repadmin /replsummary", "netdom trust {domain} /verify", "klist")},
    {"kdc-integrity-failed/41", /* L, captures of an MIT KDC */
     CAUSES("The evidence ticket, its PAC or a checksum does not verify here, after the krbtgt key "
            "was "
            "changed twice for instance.",
            "The request was altered on its way.", "Two implementations disagree on the checksum."),
     CHECKS("klist", "repadmin /replsummary")},
    {"clock-skew", /* E */
     CAUSES("The client's clock is off.", "The server's clock is off.",
            "The clock of the host of virtual machines is handed on to its guests."),
     CHECKS("w32tm /query /status", "w32tm /query /source",
            "w32tm /stripchart /computer:{host} /samples:3 /dataonly")},
    {"clock-skew/small",
     CAUSES("The client's clock is off; the server's agrees with the capturing machine's.",
            "The ticket was made by a KDC with another clock.",
            "The capturing machine's clock is as wrong as the server's."),
     CHECKS("w32tm /query /status # on the client",
            "w32tm /stripchart /computer:{host} /samples:3 /dataonly")},
    {"no-common-etype", /* K 5021131, 5073381 */
     CAUSES("The account has no key of a type that the other side takes: its password is older "
            "than AES.",
            "The types that the account or the client is set to do not meet.",
            "RC4 was switched off."),
     CHECKS("Get-ADObject -LDAPFilter '(msDS-SupportedEncryptionTypes=*)' -Properties "
            "msDS-SupportedEncryptionTypes # look for {account}",
            "klist",
            "wevtutil qe System "
            "/q:*[System[Provider[@Name='Microsoft-Windows-Kerberos-Key-Distribution-Center']]] "
            "/c:20 /f:text # on a controller")},
    {"weak-etype", /* K 5021131 */
     CAUSES("The service's account has no AES key: its password is older than that.",
            "The account is not marked for AES.", "The domain controller is old."),
     CHECKS("setspn -Q {spn} # which account? then read its msDS-SupportedEncryptionTypes",
            "klist")},
    {"password-wrong", /* E */
     CAUSES("The password was mistyped.",
            "A stored password or keytab is older than the account's.",
            "The key was made with another salt, after a change of name."),
     CHECKS("klist",
            "Get-ADUser -Identity {account} -Properties PasswordLastSet,BadLogonCount,LockedOut")},
    {"password-wrong/series",
     CAUSES("A service, task or device keeps the old password.", "Somebody guesses passwords.",
            "A keytab is older than the account's password."),
     CHECKS("Get-ADUser -Identity {account} -Properties PasswordLastSet,BadLogonCount,LockedOut",
            "cmdkey /list # on the client", "schtasks /query /v /fo list # on the client")},
    {"password-wrong/machine",
     CAUSES("The machine's stored password differs from the directory's: restored from an image, "
            "or two "
            "machines share the name.",
            "A keytab is older than the account's password."),
     CHECKS("nltest /sc_verify:{domain} # on the client",
            "Get-ADComputer -Identity {account} -Properties PasswordLastSet")},
    {"preauth-abandoned", /* m */
     CAUSES("The program had no password or key.", "The user gave up.",
            "The client went on at another KDC, beside the capture."),
     CHECKS("klist", "klist -kt <keytab> # where a keytab is used")},
    {"password-expired", /* E */
     CAUSES("The password is older than the policy allows.",
            "It has to be changed at the next logon.",
            "A service account follows a policy made for people."),
     CHECKS("net user {account} /domain", "Get-ADUser -Identity {account} -Properties "
                                          "PasswordExpired,PasswordLastSet,PasswordNeverExpires")},
    {"account-unusable", /* E */
     CAUSES("The account is disabled, locked or expired.", "It may not log on at this hour."),
     CHECKS("Get-ADUser -Identity {account} -Properties "
            "Enabled,LockedOut,AccountExpirationDate,LogonHours")},
    {"account-unusable/disabled",
     CAUSES("The account is disabled.",
            "It was disabled on another controller, and that is newer."),
     CHECKS("Get-ADUser -Identity {account} -Properties Enabled,whenChanged")},
    {"account-unusable/locked",
     CAUSES("Too many wrong passwords, often from a service or device with an old one.",
            "Somebody guesses passwords."),
     CHECKS(
         "Get-ADUser -Identity {account} -Properties LockedOut,AccountLockoutTime,BadLogonCount",
         "wevtutil qe Security /q:*[System[(EventID=4740)]] /c:10 /f:text # on the PDC emulator")},
    {"account-unusable/expired",
     CAUSES("The account's end date has passed.", "The date was set by mistake."),
     CHECKS("Get-ADUser -Identity {account} -Properties AccountExpirationDate")},
    {"account-unusable/hours",
     CAUSES("The account may not log on at this hour.", "The clock of the controller is off."),
     CHECKS("net user {account} /domain", "w32tm /query /status")},
    {"account-unusable/restriction",
     CAUSES("A restriction of the account applies: an empty password, hours, or a workstation.",
            "A policy for protected users applies."),
     CHECKS("net user {account} /domain", "Get-ADUser -Identity {account} -Properties MemberOf")},
    {"client-unknown", /* E, K 2009157 */
     CAUSES("The name is mistyped, or was deleted.", "The account is in another domain.",
            "It is new, and not replicated to this controller yet."),
     CHECKS("Get-ADObject -LDAPFilter '(|(sAMAccountName=*)(userPrincipalName=*))' -ResultSetSize "
            "5 # narrow it to {account}",
            "nltest /dsgetdc:{realm}", "repadmin /replsummary")},
    {"client-unknown/enterprise",
     CAUSES("The suffix of the user's logon name is not routed to this forest.",
            "The name is mistyped.", "The account is new, and not replicated yet."),
     CHECKS("Get-ADForest | Select-Object UPNSuffixes", "nltest /domain_trusts")},
    {"policy-refused", /* E */
     CAUSES(
         "A restriction of the account applies: hours, workstations, or a smart card is required.",
         "An authentication policy or silo forbids it.", "A trust allows selected accounts only."),
     CHECKS("net user {account} /domain", "nltest /domain_trusts /v")},
    {"policy-refused/selective-auth",
     CAUSES("The trust allows selected accounts only, and this one may not authenticate to the "
            "server.",
            "The account's group membership is not replicated yet."),
     CHECKS("nltest /domain_trusts /v",
            "setspn -Q {spn} # whose \"Allowed to authenticate\" right counts?")},
    {"policy-refused/hours",
     CAUSES("The account may not log on at this hour.", "The controller's clock is off."),
     CHECKS("net user {account} /domain", "w32tm /query /status")},
    {"policy-refused/workstation",
     CAUSES("The account may log on at other workstations only.",
            "The client's name is not the expected one."),
     CHECKS("net user {account} /domain")},
    {"policy-refused/smartcard",
     CAUSES("The account has to use a smart card.", "A program tried a password in its place."),
     CHECKS("Get-ADUser -Identity {account} -Properties SmartcardLogonRequired")},
    {"delegation-refused", /* E, M KILE */
     CAUSES("The service may not delegate to this name.",
            "The user is sensitive or a protected user.",
            "The ticket cannot be forwarded or renewed any more."),
     CHECKS("Get-ADObject -LDAPFilter '(msDS-AllowedToDelegateTo=*)' -Properties "
            "msDS-AllowedToDelegateTo",
            "klist tgt", "setspn -Q {spn}")},
    {"delegation-refused/not-supported",
     CAUSES("The client asked for an option to learn whether it is there: often harmless.",
            "The KDC does not know the option."),
     CHECKS("klist tgt", "setspn -Q {spn}")},
    {"pkinit-failed", /* R 4556 */
     CAUSES("The client's or the KDC's certificate is not trusted, expired or revoked.",
            "The certificate does not map to the account."),
     CHECKS("certutil -verify -urlfetch <certificate.cer>",
            "certutil -enterprise -viewstore NTAuth", "certutil -dcinfo verify")},
    {"pkinit-failed/kdc-cert",
     CAUSES("The controller has no certificate for this purpose, or its chain is not trusted.",
            "Its certificate lacks the domain's name."),
     CHECKS("certutil -dcinfo verify", "certutil -viewstore -enterprise NTAuth")},
    {"pkinit-failed/client-cert",
     CAUSES("The issuer of the client's certificate is not in NTAuth.",
            "The certificate is expired or not meant for logon.",
            "The controller cannot build its chain."),
     CHECKS("certutil -verify -urlfetch <certificate.cer>",
            "certutil -viewstore -enterprise NTAuth")},
    {"pkinit-failed/revocation",
     CAUSES("The list of revoked certificates cannot be reached or has expired.",
            "The certificate is revoked."),
     CHECKS("certutil -URL <certificate.cer>", "certutil -verify -urlfetch <certificate.cer>")},
    {"pkinit-failed/mapping", /* K 5014754 */
     CAUSES("The certificate names another account, or lacks the account's SID.",
            "The mapping attribute of the account is missing or weak."),
     CHECKS("certutil -dump <certificate.cer>",
            "Get-ADUser -Identity {account} -Properties altSecurityIdentities,userPrincipalName")},
    {"krb-tcp-blocked", /* K 244474 */
     CAUSES("A firewall lets UDP port 88 pass, and not TCP.", "The KDC does not listen on TCP.",
            "The way drops large packets or the connection."),
     CHECKS("Test-NetConnection {host} -Port 88", "tracert {server}")},
    {"kdc-unanswered", /* m */
     CAUSES("A firewall drops port 88.", "Large requests over UDP are cut up and lost on the way.",
            "The KDC is down, and DNS still names it."),
     CHECKS("Test-NetConnection {host} -Port 88", "nltest /dsgetdc:{domain} /kdc /force")},
    {"krb-error", /* R 4120, E */
     CAUSES("The text and status of the error say more; see its name in RFC 4120.",
            "The KDC's or the service's own log has an entry of that second."),
     CHECKS("klist", "wevtutil qe System /c:20 /rd:true /f:text # on the server that answered")},
    {"krb-error/20",
     CAUSES("The key of krbtgt was changed, or the account was made anew.",
            "A read-only controller, or a hardened one, does not take this ticket."),
     CHECKS("klist tgt", "repadmin /replsummary")},
    {"krb-error/29",
     CAUSES("The controller is starting, or cannot reach the one it needs.",
            "A read-only controller has no way to a writable one."),
     CHECKS("dcdiag /s:{host}", "nltest /sc_query:{domain}")},
    {"krb-error/33",
     CAUSES("The clocks of the KDC and the server differ.", "The ticket was asked for later use."),
     CHECKS("w32tm /query /status", "w32tm /stripchart /computer:{host} /samples:3 /dataonly")},
    {"krb-error/34",
     CAUSES("The same request came twice: repeated, or doubled by the network.",
            "Two processes share a keytab and a replay cache."),
     CHECKS("klist")},
    {"krb-error/60",
     CAUSES(
         "The KDC has no better word for it: a broken trust, a key that is gone, a request that a "
         "patch refuses.",
         "The ticket is too large."),
     CHECKS("nltest /domain_trusts", "klist", "dcdiag /s:{host}")},
    {"ntlm-fallback", /* m */
     CAUSES("The service's name was not found or is registered twice.",
            "The client used an address or another name.",
            "The failure is remembered for some minutes: no request for a ticket is sent then."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "klist")},

    /* ---- LDAP ---- */
    {"ldap-signing-required", /* K 4520412 */
     CAUSES("The program binds without signing, and the controller requires it.",
            "A policy of the client forbids signing."),
     CHECKS("wevtutil qe \"Directory Service\" /q:*[System[(EventID=2889)]] /c:10 /f:text # on the "
            "controller",
            "reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
            "LDAPServerIntegrity")},
    {"ldap-channel-binding-required", /* K 4520412 */
     CAUSES("The program binds over TLS without channel binding, and the controller requires it.",
            "A device between the two ends the TLS connection."),
     CHECKS("wevtutil qe \"Directory Service\" /q:*[System[(EventID=3039)]] /c:10 /f:text # on the "
            "controller",
            "reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
            "LdapEnforceChannelBinding")},
    {"ldap-bind-failed", /* R 4513, m */
     CAUSES("The name or password is wrong.", "The ticket or token could not be verified.",
            "The account may not log on."),
     CHECKS("klist", "ldp.exe # connect to {host}, bind with the same account")},
    {"ldap-bind-failed/52e", /* L */
     CAUSES("The password is wrong.",
            "The server could not open the Kerberos ticket: it says no more than this.",
            "The name is that of another account."),
     CHECKS("klist", "nltest /sc_verify:{domain} # on the server", "setspn -Q ldap/{host}")},
    {"ldap-bind-failed/525",
     CAUSES("There is no such user.", "The DN or name is of another domain."),
     CHECKS(
         "Get-ADObject -LDAPFilter '(objectClass=user)' -ResultSetSize 5 # narrow it to the name")},
    {"ldap-bind-failed/530",
     CAUSES("The account may not log on at this hour.", "The controller's clock is off."),
     CHECKS("w32tm /query /status")},
    {"ldap-bind-failed/531",
     CAUSES("The account may log on at other workstations only.",
            "The client's name is not the expected one."),
     CHECKS("net user <account> /domain")},
    {"ldap-bind-failed/532",
     CAUSES("The password has expired.", "A service account follows a policy made for people."),
     CHECKS("net user <account> /domain")},
    {"ldap-bind-failed/533",
     CAUSES("The account is disabled.", "It was disabled on another controller."),
     CHECKS("net user <account> /domain")},
    {"ldap-bind-failed/701", CAUSES("The account has expired.", "Its end date was set by mistake."),
     CHECKS("net user <account> /domain")},
    {"ldap-bind-failed/773",
     CAUSES("The password has to be changed first.", "It was set by an administrator."),
     CHECKS("net user <account> /domain")},
    {"ldap-bind-failed/775",
     CAUSES("The account is locked out.", "Something keeps trying an old password."),
     CHECKS(
         "net user <account> /domain",
         "wevtutil qe Security /q:*[System[(EventID=4740)]] /c:10 /f:text # on the PDC emulator")},
    {"ldap-bind-failed/57",
     CAUSES("The token could not be read: another mechanism, or damaged.",
            "The ticket was made for another service."),
     CHECKS("klist")},
    {"ldap-bind-failed/mechanism",
     CAUSES("The server does not offer the mechanism.", "It offers it only over TLS."),
     CHECKS("ldapsearch -x -H ldap://{host} -s base -b '' supportedSASLMechanisms")},
    {"ldap-bind-failed/confidentiality",
     CAUSES("The server wants TLS for this bind.", "The connection is not encrypted."),
     CHECKS("ldapsearch -x -H ldap://{host} -s base -b '' supportedExtension")},
    {"ldap-not-bound", /* m */
     CAUSES("The program searches before it binds.", "The bind was anonymous.",
            "The bind failed, and the program went on."),
     CHECKS("ldp.exe # connect to {host}, bind, and repeat the search")},
    {"ldap-hidden", /* M ADTS, L */
     CAUSES("The connection is sealed or runs over TLS: that is healthy, and only keys open it."),
     CHECKS("klist -ket <keytab> # does it hold the key of ldap/{host}? then Preferences > "
            "Protocols > KRB5")},
    {"ldap-mechanism-unknown",
     CAUSES("The capture was started when the connection was there already."),
     CHECKS("nltest /dsgetdc:{domain} /force # makes the client look anew while you capture")},

    /* ---- service connection points ---- */
    {"scp-none", /* M OXDISCO, W */
     CAUSES("Exchange is not in this forest, or its objects were removed.",
            "The account may not read them: a server leaves out what the asker may not see.",
            "They are in another forest, and there is no pointer."),
     CHECKS("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
            "'(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)' -Properties "
            "serviceBindingInformation,keywords",
            "Get-ClientAccessService | Format-List "
            "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope")},
    {"scp-none/anonymous",
     CAUSES(
         "The connection is bound anonymously, and only authenticated users may read the objects.",
         "The bind with credentials failed before."),
     CHECKS("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
            "'(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)' -Properties "
            "serviceBindingInformation,keywords")},
    {"scp-none/wrong-base",
     CAUSES("The search began below the domain, and the objects are below the configuration.",
            "There are none in this forest."),
     CHECKS("Get-ADRootDSE -Server {host} | Select-Object configurationNamingContext")},
    {"scp-read-failed", /* R 4511 */
     CAUSES("The base does not exist, or may not be read.",
            "The server sent the client elsewhere."),
     CHECKS("ldp.exe # connect to {host}, bind, and open the base")},
    {"scp-read-failed/no-such-object",
     CAUSES("The product is not set up in this forest: then the answer is healthy.",
            "The base was made from another forest's name.", "The account may not see the object."),
     CHECKS("Get-ADRootDSE -Server {host} | Select-Object configurationNamingContext")},
    {"scp-read-failed/access",
     CAUSES("The account may not read the container.", "The bind was anonymous."),
     CHECKS("dsacls <DN> # who may read it?")},
    {"scp-read-failed/referral",
     CAUSES("The base belongs to another domain or forest.",
            "The client asked the wrong controller."),
     CHECKS("nltest /domain_trusts", "Get-ADRootDSE -Server {host}")},
    {"scp-other-site-only", /* W */
     CAUSES("No server of Exchange is in the client's site: that can be intended.",
            "The scope of the sites was not set after a change.",
            "The client is in another site than expected."),
     CHECKS("Get-ClientAccessService | Format-List "
            "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope",
            "nltest /dsgetsite # on the client")},
    {"scp-pointer", CAUSES("The mailboxes are in another forest than the accounts."),
     CHECKS("nltest /domain_trusts", "nslookup {host}")},
    {"scp-pointer-loop", /* W */
     CAUSES("Each forest has a pointer to the other.", "A pointer leads back to its own forest."),
     CHECKS("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
            "'(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)' -Properties "
            "serviceBindingInformation,keywords")},
    {"scp-order-differs", /* W, m */
     CAUSES("The client sorts otherwise, by age for instance.",
            "It knows another site than the capture shows.", "It had an answer from before."),
     CHECKS("nltest /dsgetsite # on the client",
            "Get-ClientAccessService | Format-List "
            "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope")},

    /* ---- endpoints ---- */
    {"endpoint-unresolvable", /* m */
     CAUSES("The name was never entered in DNS.",
            "The service connection point names a host that is gone.",
            "The client asks a DNS server that does not see the zone."),
     CHECKS("nslookup {host}",
            "Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri")},
    {"endpoint-unreachable",
     CAUSES("The host is down, or does not listen.", "A firewall stops the connection."),
     CHECKS("Test-NetConnection {host} -Port 443", "nslookup {host}")},
    {"endpoint-unreachable/refused",
     CAUSES("No web server listens there: the name leads to a domain controller, for instance.",
            "The web server is stopped.", "A firewall answers in its place."),
     CHECKS("Test-NetConnection {host} -Port 443", "nslookup {host}")},
    {"endpoint-unreachable/silent",
     CAUSES("The host is down or gone.", "A firewall drops the packets.",
            "The way to it or back is missing."),
     CHECKS("Test-NetConnection {host} -Port 443", "tracert {host}")},
    {"endpoint-unreachable/prohibited",
     CAUSES("A firewall or router forbids the connection, and says so.",
            "There is no way to the network."),
     CHECKS("tracert {host}", "Test-NetConnection {host} -Port 443")},
    {"tls-failed", /* R 8446 */
     CAUSES("Client and server have no version or cipher in common.",
            "The client does not accept the certificate.",
            "A device in between ends the connection."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}")},
    {"tls-failed/closed",
     CAUSES("The client did not like the certificate: some just close the connection.",
            "The server or a device in between closed it."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}",
            "certutil -verify -urlfetch <certificate.cer>")},
    {"tls-failed/alert-40",
     CAUSES("No cipher or group in common.", "The server wants a certificate of the client."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}")},
    {"tls-failed/alert-42",
     CAUSES("The certificate is damaged or of a kind that is not accepted.",
            "A device in between puts in its own."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}")},
    {"tls-failed/alert-45", CAUSES("The certificate has expired.", "The client's clock is off."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}", "w32tm /query /status")},
    {"tls-failed/alert-46",
     CAUSES("The client does not accept the certificate, and gives no better reason.",
            "Its chain or name does not fit."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}")},
    {"tls-failed/alert-48",
     CAUSES("The client does not know the authority that signed the certificate.",
            "The server does not send the whole chain."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host} -showcerts",
            "certutil -viewstore Root")},
    {"tls-failed/alert-70",
     CAUSES("No version of TLS in common: one side is too old.",
            "A policy switched old versions off."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host} -tls1_2")},
    {"tls-failed/alert-112",
     CAUSES("The server does not know the name it was asked for.",
            "The name leads to another server."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}", "nslookup {host}")},
    {"tls-name-mismatch", /* K 2783881 */
     CAUSES("The URL in the service connection point is the server's own name, and the certificate "
            "has the "
            "common one.",
            "Another web server answers at the mail domain.",
            "The certificate was renewed without the name."),
     CHECKS("openssl s_client -connect {host}:443 -servername {host}",
            "Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri")},
    {"http-unauthorized", /* L, m */
     CAUSES("The service could not open the Kerberos ticket.", "The account or password is wrong.",
            "The account may not use the service."),
     CHECKS("klist", "setspn -Q HTTP/{host}", "setspn -X -F")},
    {"http-error", /* W */
     CAUSES("The web server is not one of Exchange, or the path is not set up.",
            "The service behind it fails."),
     CHECKS("curl -sS -i --url {url}", "Test-WebServicesConnectivity")},
    {"http-error/403",
     CAUSES("The server forbids the path, or wants a certificate of the client.",
            "A device in between forbids it."),
     CHECKS("curl -sS -i --url {url}")},
    {"http-error/404",
     CAUSES("The web server is not one of Exchange.", "The virtual directory is missing."),
     CHECKS("curl -sS -i --url {url}", "Get-AutodiscoverVirtualDirectory")},
    {"http-error/500",
     CAUSES("The service fails: its own log says why.",
            "A database or controller it needs is not there."),
     CHECKS("wevtutil qe Application /c:20 /rd:true /f:text # on the server",
            "Test-ServiceHealth")},
    {"http-error/503",
     CAUSES("The application pool is stopped.", "The server is overloaded or in maintenance."),
     CHECKS("Test-ServiceHealth", "Get-ServerComponentState -Identity {host}")},
    {"autodiscover-error", /* M OXDSCLI */
     CAUSES("The address is not known here, or the service fails.",
            "The request is not of a kind it knows."),
     CHECKS("Get-Mailbox -ResultSetSize 5 # look for the address", "Test-OutlookWebServices")},
    {"autodiscover-error/500",
     CAUSES("The address is not found, or no settings can be made for it.",
            "The mailbox was moved elsewhere."),
     CHECKS("Get-Recipient -ResultSetSize 5 # look for the address")},
    {"autodiscover-error/501",
     CAUSES("The address is known and has no mailbox of this kind.",
            "The mailbox was moved elsewhere."),
     CHECKS("Get-Recipient -ResultSetSize 5 # look for the address")},
    {"autodiscover-error/600",
     CAUSES("The request is malformed.", "A device in between changed it."),
     CHECKS("Test-OutlookWebServices")},
    {"autodiscover-error/601",
     CAUSES("The server does not know the kind of answer asked for.", "Another product answers."),
     CHECKS("Test-OutlookWebServices")},
    {"autodiscover-error/602",
     CAUSES("The account is set up wrongly.", "Its attributes are not replicated yet."),
     CHECKS("Get-Mailbox -ResultSetSize 5 # look for the address")},
    {"autodiscover-error/603",
     CAUSES("The service failed inside.", "A database or controller it needs is not there."),
     CHECKS("Test-ServiceHealth",
            "wevtutil qe Application /c:20 /rd:true /f:text # on the server")},
    {"autodiscover-error/InvalidUser", CAUSES("The address is not known here.", "It is mistyped."),
     CHECKS("Get-Recipient -ResultSetSize 5 # look for the address")},
    {"autodiscover-error/ServerBusy",
     CAUSES("The server is overloaded.", "The client asks too often and is held back."),
     CHECKS("Test-ServiceHealth", "Get-ThrottlingPolicy")},
    {"redirect-not-followed", /* W, m */
     CAUSES("The program does not accept redirects.", "A proxy or firewall stops the next request.",
            "The user refused it."),
     CHECKS("curl -sS -i --url {url}", "netsh winhttp show proxy")},
    {"redirect-not-followed/http-get", /* W */
     CAUSES("The program was made without a callback that accepts redirects: the API's default "
            "refuses.",
            "A proxy or firewall stops the next request."),
     CHECKS("curl -sS -i --url {url}", "netsh winhttp show proxy")},
    {"redirect-loop", /* W */
     CAUSES("Two servers or addresses redirect to each other.",
            "A web server redirects to itself."),
     CHECKS("curl -sS -i --url {url}")},
    {"autodiscover-fallback", /* W */
     CAUSES("The directory has no service connection point that works.",
            "The client cannot read it, or skips it."),
     CHECKS("Get-ClientAccessService | Format-List "
            "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope")},

    /* ---- the capture itself ---- */
    {"one-sided",
     CAUSES("The two directions take different ways, and the capture is on one of them."),
     {NULL}},
    {"duplicates",
     CAUSES("A mirror port hands on a packet where it comes in and where it goes out."),
     {NULL}},
    {"midway", CAUSES("The capture was started after the client."), {NULL}},
};

/* NOLINTEND(bugprone-suspicious-missing-comma) */

static const adp_advice *exactly(const char *key, gsize len)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strlen(table[i].key) == len && strncmp(table[i].key, key, len) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

const adp_advice *adp_advice_find(const char *key)
{
    const adp_advice *found = exactly(key, strlen(key));

    return found ? found : exactly(key, strcspn(key, "/"));
}
