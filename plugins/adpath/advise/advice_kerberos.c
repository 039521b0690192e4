/* advice_kerberos.c
 * What may be behind a finding, and how to look: Kerberos and NTLM.
 *
 * The letters behind the rows name the source; see advice_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"
#include "advise/advice_table.h"

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const adp_advice adp_advice_kerberos[] = {
    /* ---- Kerberos: names ---- */
    {"spn-not-found-or-duplicate", /* E, AskDS on duplicate names */
     CAUSES(ADP_CAUSE_DOT, ADP_CAUSE_REVERSE,
            CAUSE("More than one account has it: the KDC itself says so.",
                  .needs = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("{host} is an alias of {alias}: perhaps only that name is registered.",
                  .needs = {ADP_SIGN_ALIAS}, .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("Another form of the name is registered: a ticket for {neighbour} was granted.",
                  .needs = {ADP_SIGN_OTHER_NAME_GRANTED}),
            CAUSE("Only this name of the host is missing: the client went on there by another one, "
                  "or in another way.",
                  .needs = {ADP_SIGN_WENT_ON}),
            CAUSE("Only this service of the host is missing: the client got in there by another "
                  "one before. A service registers its own name when it starts, or when it is set "
                  "up.",
                  .supported_by = {ADP_SIGN_OTHER_CLASS_GRANTED},
                  .needs = {ADP_SIGN_OTHER_CLASS_GRANTED}, .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("No account has the name.",
                  .refuted_by = {ADP_SIGN_SAME_NAME_GRANTED, ADP_SIGN_NOT_UNIQUE}),
            CAUSE("Two accounts have it: a KDC of Windows gives the same answer then.",
                  .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_NOT_UNIQUE}),
            CAUSE("The client used another name of the host than the one that is registered.",
                  .refuted_by = {ADP_SIGN_SAME_NAME_GRANTED, ADP_SIGN_NOT_UNIQUE}),
            CAUSE("The change is not replicated to this controller yet.",
                  .supported_by = {ADP_SIGN_SAME_NAME_GRANTED})),
     CHECKS(CHECK("setspn -Q {spn}", IF_AD_AT_HOME),
            CHECK("setspn -T {realm} -Q {spn}", IF_AD_ABROAD), CHECK("setspn -X -F", IF_AD_AT_HOME),
            CHECK("setspn -T {realm} -X -F", IF_AD_ABROAD),
            CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {spn} # on the KDC", IF_HEIMDAL),
            CHECK("samba-tool spn list {account}", IF_SAMBA), CHECK("kvno {spn}", IF_UNIX),
            CHECK("nslookup {reverse} # is it the server's name?"),
            CHECK("repadmin /replsummary", IF_AD))},
    {"spn-not-found-or-duplicate/short",
     CAUSES(
         CAUSE("More than one account has the short name: the KDC itself says so.",
               .needs = {ADP_SIGN_NOT_UNIQUE}),
         CAUSE("Another form of the name is registered: a ticket for {neighbour} was granted.",
               .needs = {ADP_SIGN_OTHER_NAME_GRANTED}),
         CAUSE("Only the full name of the host is registered, and the client used the short one.",
               .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
         CAUSE("Two accounts have the short name.",
               .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_NOT_UNIQUE}),
         CAUSE("A link, a setting or a hosts file holds the short name.")),
     CHECKS(
         CHECK("setspn -Q {spn}", IF_AD_AT_HOME), CHECK("setspn -T {realm} -Q {spn}", IF_AD_ABROAD),
         CHECK("setspn -X -F", IF_AD_AT_HOME), CHECK("setspn -T {realm} -X -F", IF_AD_ABROAD),
         CHECK("setspn -Q {full} # the full name", IF_AD),
         CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT), CHECK("kvno {full}", IF_UNIX),
         CHECK("klist # does a ticket for the full name exist?"))},
    {"spn-not-found-or-duplicate/http",
     CAUSES(ADP_CAUSE_DOT, ADP_CAUSE_REVERSE,
            CAUSE("More than one account has it: the KDC itself says so.",
                  .needs = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("{host} is an alias of {alias}: perhaps only that name is registered.",
                  .needs = {ADP_SIGN_ALIAS}, .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("Another form of the name is registered: a ticket for {neighbour} was granted.",
                  .needs = {ADP_SIGN_OTHER_NAME_GRANTED}),
            CAUSE("The name of the web service was never registered: behind a load balancer it "
                  "belongs to "
                  "one account that all servers share.",
                  .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("Two accounts have it.", .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_NOT_UNIQUE}),
            CAUSE("The host's name is an alias, and the client asks for a ticket for the alias.",
                  .refuted_by = {ADP_SIGN_ALIAS, ADP_SIGN_NOT_UNIQUE})),
     CHECKS(CHECK("setspn -Q {spn}", IF_AD_AT_HOME),
            CHECK("setspn -T {realm} -Q {spn}", IF_AD_ABROAD),
            CHECK("setspn -Q HTTP/{alias} # the name behind the alias"),
            CHECK("setspn -X -F", IF_AD_AT_HOME), CHECK("setspn -T {realm} -X -F", IF_AD_ABROAD),
            CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT), CHECK("kvno {spn}", IF_UNIX),
            CHECK("nslookup {reverse} # is it the server's name?"), CHECK("nslookup {host}"))},
    {"spn-not-found-or-duplicate/ldap",
     CAUSES(ADP_CAUSE_DOT, ADP_CAUSE_REVERSE, ADP_CAUSE_CALLED_OTHERWISE,
            CAUSE("The name stands for several hosts, and is none's own (round robin, or a load "
                  "balancer): no controller registers it, and the library has to ask for the "
                  "service of the one that it connects to.",
                  .needs = {ADP_SIGN_SEVERAL_ADDRESSES}, .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("More than one account has it: the KDC itself says so.",
                  .needs = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("The host is no domain controller, or an address or alias was used for one.",
                  .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("The controller's names were not written, or not replicated.",
                  .refuted_by = {ADP_SIGN_NOT_UNIQUE}),
            CAUSE("Two accounts have the name.",
                  .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_NOT_UNIQUE})),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("nslookup {reverse} # is it the server's name?"),
            CHECK("setspn -X -F"), CHECK("nltest /dsgetdc:{domain}"))},
    {"spn-not-found-or-duplicate/domain",
     CAUSES(CAUSE("There is no trust to that realm, or the trust does not route its names.",
                  .needs = {ADP_SIGN_REALM_ASKED}, .refuted_by = {ADP_SIGN_REALM_REACHED}),
            CAUSE("Between the two realms there is no direct trust, and the client goes by others.",
                  .needs = {ADP_SIGN_REALM_REACHED}),
            CAUSE("A program used a domain's name where a host's is needed.",
                  .supported_by = {ADP_SIGN_IS_DOMAIN}, .refuted_by = {ADP_SIGN_REALM_ASKED}),
            CAUSE("The client only tries the name, and goes on with another one.",
                  .needs = {ADP_SIGN_WENT_ON})),
     CHECKS(CHECK("nltest /domain_trusts", IF_AD),
            CHECK("setspn -Q {spn}", .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_REALM_ASKED}),
            CHECK("setspn -X -F", .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_REALM_ASKED}),
            CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT))},
    {"spn-not-found-or-duplicate/nameless", /* m */
     CAUSES(
         CAUSE("The program has no name for the host, and asks with an empty one: what should have "
               "told it (an answer of the server, a lookup, a setting) did not come or was empty.",
               .supported_by = {ADP_SIGN_NO_HOST})),
     CHECKS(CHECK("klist # for which names are there tickets?"))},
    {"spn-not-found-or-duplicate/reverse",
     CAUSES(CAUSE("The client made the name from a reverse lookup zone; such names are never "
                  "registered."),
            CAUSE("A program asked DNS which server is responsible for its own address.")),
     CHECKS(CHECK("klist"))},
    {"spn-not-found-or-duplicate/address",
     CAUSES(CAUSE("The client made the name from an IP address, and no account has such a name: a "
                  "setting, a link or a locator gives the address where the host's name is needed.",
                  .supported_by = {ADP_SIGN_IS_ADDRESS}),
            CAUSE("The library looks for the name of the address in DNS, and finds none.",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS})),
     CHECKS(CHECK("grep -E '(server|uri|kdc|rdns) *=' /etc/sssd/sssd.conf /etc/krb5.conf # on a "
                  "client with Linux: an address in place of a name?",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("nslookup {host} # does DNS have a name for the address?"),
            CHECK("klist # is there a ticket for the host's name?"))},
    {"spn-not-found-or-duplicate/user",
     CAUSES(CAUSE("A service runs as a user without a service principal name, and clients ask for "
                  "it by the user's name."),
            CAUSE("A program takes an account's name for a service's.")),
     CHECKS(CHECK("setspn -L {account}"), CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"))},

    /* ---- Kerberos: keys ---- */
    {"service-key-mismatch", /* E, event 4 of the client */
     CAUSES(
         ADP_CAUSE_REVERSE,
         CAUSE("The service runs as another account than the one on which its name is registered."),
         CAUSE("The password of that account changed, and the service or its keytab has the old "
               "one."),
         CAUSE("Another host answers than the client meant."),
         CAUSE("The client holds a ticket from before the change.",
               .refuted_by = {ADP_SIGN_TICKET_ISSUED})),
     CHECKS(CHECK("setspn -Q {spn}"),
            CHECK("klist # then try with a fresh ticket, in a new session"),
            CHECK("nslookup {reverse} # is it the server's name?"), CHECK("nslookup {host}"))},
    {"service-key-mismatch/referral", /* R 4120 3.3.1 */
     CAUSES(
         CAUSE("The client's library does not follow referrals: it takes the ticket for the next "
               "realm for the service's own."),
         CAUSE("The client did not find a KDC of the other realm, and went on with what it had.")),
     CHECKS(CHECK("klist # which tickets does the client hold, and of which realms?"),
            CHECK("nltest /dsgetdc:{realm} /kdc # which KDC has that realm?", IF_WINDOWS),
            CHECK("grep -A4 -E 'realms|domain_realm' /etc/krb5.conf # on a client with Linux",
                  IF_NOT_WINDOWS))},
    {"service-key-mismatch/http",
     CAUSES(ADP_CAUSE_REVERSE,
            CAUSE("The name is registered on one account, and the application pool runs as "
                  "another; with kernel mode authentication the machine's key is used."),
            CAUSE("Servers behind a load balancer do not share one account."),
            CAUSE("The account's password changed."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("klist"),
            CHECK("nslookup {reverse} # is it the server's name?"),
            CHECK("nslookup {host} # and which host answers there?"))},
    {"service-key-mismatch/ldap", /* K 2090913 */
     CAUSES(
         ADP_CAUSE_REVERSE,
         CAUSE(
             "The controller's own password differs from the directory's: restored, cloned, or cut "
             "off "
             "from replication."),
         CAUSE("The address belongs to another controller."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("nltest /sc_query:{domain} # on the server"), CHECK("repadmin /replsummary"),
            CHECK("klist"), CHECK("nslookup {reverse} # is it the server's name?"),
            CHECK("nslookup {host}"))},
    {"service-key-mismatch/smb",
     CAUSES(ADP_CAUSE_REVERSE,
            CAUSE("The server's own password differs from the directory's: restored or cloned."),
            CAUSE("The address belongs to another server."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("nltest /sc_query:{domain} # on the server"), CHECK("klist"),
            CHECK("nslookup {reverse} # is it the server's name?"), CHECK("nslookup {host}"))},
    {"service-key-mismatch/kvno", /* L */
     CAUSES(CAUSE("The account's password changed, and the keytab or service has an older key: the "
                  "error "
                  "is about the number of the key.",
                  .supported_by = {ADP_SIGN_TICKET_ISSUED}, .refuted_by = {ADP_SIGN_RODC}),
            CAUSE("The keytab is newer than the ticket the client holds.",
                  .refuted_by = {ADP_SIGN_TICKET_ISSUED}),
            CAUSE("The ticket was made by a read-only controller (the number of its key says so): "
                  "the service has no key of that number.",
                  .needs = {ADP_SIGN_RODC})),
     CHECKS(CHECK("klist"), CHECK("setspn -Q {spn}"),
            CHECK("klist -ket /etc/krb5.keytab # on a server with a keytab; compare with "
                  "msDS-KeyVersionNumber"))},
    {"wrong-host-answered", /* event 4 of the client */
     CAUSES(
         ADP_CAUSE_REVERSE,
         CAUSE("The name resolves to another host: an old record, a hosts file, or an address used "
               "again."),
         CAUSE("A load balancer or cluster name leads to hosts without a common account."),
         CAUSE("The short name exists in two domains.")),
     CHECKS(CHECK("nslookup {reverse} # is it the server's name?"), CHECK("nslookup {host}"),
            CHECK("ipconfig /displaydns"), CHECK("setspn -Q {spn}"))},
    {"kdc-integrity-failed", /* L */
     CAUSES(CAUSE("The keys of two realms or controllers are out of step."),
            CAUSE("The request was altered, or the ticket belongs to a realm that was rebuilt.")),
     CHECKS(CHECK("repadmin /replsummary"), CHECK("klist"), CHECK("nltest /domain_trusts"))},
    {"kdc-integrity-failed/as", /* L: MIT */
     CAUSES(ADP_CAUSE_FAR_END,
            CAUSE("The password or key is wrong: KDCs of MIT and Heimdal give this answer then."),
            CAUSE("The keys of the controllers are out of step.")),
     CHECKS(CHECK("klist"), CHECK("repadmin /replsummary"))},
    {"kdc-integrity-failed/tgs",
     CAUSES(ADP_CAUSE_FAR_END,
            CAUSE("This controller does not have the key of krbtgt with which another one made the "
                  "ticket: the key was changed a short time ago, or one of the two does not "
                  "replicate.",
                  .supported_by = {ADP_SIGN_GIVEN_ELSEWHERE}, .needs = {ADP_SIGN_GIVEN_ELSEWHERE},
                  .refuted_by = {ADP_SIGN_CROSS_REALM}),
            CAUSE("The password of the trust differs at its two ends: the ticket that was shown is "
                  "sealed with it.",
                  .needs = {ADP_SIGN_CROSS_REALM}),
            CAUSE("The key of krbtgt, or of a trust, differs between controllers or realms.",
                  .refuted_by = {ADP_SIGN_CROSS_REALM, ADP_SIGN_GIVEN_ELSEWHERE}),
            CAUSE("A controller was cloned or rolled back."),
            CAUSE("The ticket is from before a rebuild.")),
     CHECKS(CHECK("repadmin /replsummary"), CHECK("nltest /domain_trusts"), CHECK("klist"))},
    {"kdc-integrity-failed/41", /* L, captures of an MIT KDC */
     CAUSES(CAUSE("The evidence ticket, its PAC or a checksum does not verify here, after the "
                  "krbtgt key "
                  "was "
                  "changed twice for instance."),
            CAUSE("The request was altered in between."),
            CAUSE("Two implementations disagree on the checksum.")),
     CHECKS(CHECK("klist"), CHECK("repadmin /replsummary"))},
    {"clock-skew", /* E */
     CAUSES(
         CAUSE("The server's clock was moved: by the host of a virtual machine, a snapshot, or a "
               "new source of its time.",
               .supported_by = {ADP_SIGN_CLOCK_JUMPED}, .needs = {ADP_SIGN_CLOCK_JUMPED}),
         CAUSE("The client's clock is off.", .supported_by = {ADP_SIGN_CLOCKS_ALIKE},
               .refuted_by = {ADP_SIGN_CLOCK_JUMPED, ADP_SIGN_OTHER_CLOCK_RIGHT}),
         CAUSE("All controllers take their time from one of them (in Active Directory from the PDC "
               "emulator), and its clock is off.",
               .needs = {ADP_SIGN_CLOCKS_ALIKE}, .weak = TRUE),
         CAUSE("The server's clock is off.", .supported_by = {ADP_SIGN_OTHER_CLOCK_RIGHT},
               .refuted_by = {ADP_SIGN_CLOCK_JUMPED, ADP_SIGN_CLOCKS_ALIKE}),
         CAUSE("A virtual machine takes its time from its host, and the host's clock is off.")),
     CHECKS(
         CHECK("chronyc tracking # on a client with Linux: how far is its clock off?",
               IF_NOT_WINDOWS),
         CHECK("timedatectl # on a client with Linux: is its clock synchronised?", IF_NOT_WINDOWS),
         CHECK("w32tm /query /status", IF_WINDOWS), CHECK("w32tm /query /source", IF_WINDOWS),
         CHECK("chronyc tracking # on the KDC", IF_SAMBA),
         CHECK("chronyc tracking # on the KDC", IF_MIT),
         CHECK("chronyc tracking # on the KDC", IF_HEIMDAL),
         CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
         CHECK("ntpdate -q {host} # how far is the KDC's clock from this one? sets nothing",
               IF_UNIX))},
    {"clock-skew/ap", /* R 4120 3.2.3 */
     CAUSES(CAUSE("The server's clock is off."), CAUSE("The client's clock is off."),
            CAUSE("A virtual machine takes its time from its host, and the host's clock is off.")),
     CHECKS(
         CHECK("w32tm /query /status # on a server with Windows"),
         CHECK("chronyc tracking # on a server with Linux"),
         CHECK("w32tm /query /status # on the client", IF_WINDOWS),
         CHECK("timedatectl # on a client with Linux: is its clock synchronised?", IF_NOT_WINDOWS),
         CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
         CHECK("ntpdate -q {host} # how far is the server's clock from this one? sets nothing",
               IF_UNIX))},
    {"clock-skew/small",
     CAUSES(CAUSE("The client's clock is off; the server's agrees with the capturing machine's."),
            CAUSE("The ticket was made by a KDC with another clock."),
            CAUSE("The capturing machine's clock is as wrong as the server's.")),
     CHECKS(
         CHECK("chronyc tracking # on a client with Linux: how far is its clock off?",
               IF_NOT_WINDOWS),
         CHECK("timedatectl # on a client with Linux: is its clock synchronised?", IF_NOT_WINDOWS),
         CHECK("w32tm /query /status # on the client", IF_WINDOWS),
         CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
         CHECK("ntpdate -q {host} # how far is the server's clock from this one? sets nothing",
               IF_UNIX))},
    {"no-common-etype", /* K 5021131, 5073381 */
     CAUSES(
         CAUSE("The client offers the types of RFC 8009 (AES with SHA-2) alone, by a policy of its "
               "own: Active Directory and many other KDCs have AES with SHA-1.",
               .needs = {ADP_SIGN_NEWEST_TYPES}),
         CAUSE("The client offers no AES: it is old, or its settings name other types alone.",
               .needs = {ADP_SIGN_NO_AES}),
         CAUSE("The trust's account is not set to AES: the client came with a ticket for another "
               "realm, which is sealed with an older type.",
               .needs = {ADP_SIGN_TRUST_IS_OLD}),
         CAUSE("The account has no AES key: its password is older than AES, and the client offers "
               "nothing else.",
               .needs = {ADP_SIGN_ONLY_AES}),
         CAUSE("The account has no key of a type that the other side takes: its password is older "
               "than AES.",
               .refuted_by = {ADP_SIGN_NO_AES, ADP_SIGN_ONLY_AES, ADP_SIGN_NEWEST_TYPES}),
         CAUSE("The types that are set for the account and for the client have none in common."),
         CAUSE("RC4 was switched off, and one side has nothing better.",
               .refuted_by = {ADP_SIGN_ONLY_AES, ADP_SIGN_NEWEST_TYPES})),
     CHECKS(
         CHECK("update-crypto-policies --show # on a client with Linux",
               .needs = {ADP_SIGN_NEWEST_TYPES}),
         CHECK("Get-ADUser -Identity {logon} -Properties "
               "msDS-SupportedEncryptionTypes,PasswordLastSet # since when has it its password?",
               IF_USER),
         CHECK("Get-ADComputer -Identity {machine} -Properties "
               "msDS-SupportedEncryptionTypes,PasswordLastSet # since when has it its password?",
               IF_MACHINE),
         CHECK("Get-ADObject -LDAPFilter "
               "'(|(msDS-SupportedEncryptionTypes=*)(servicePrincipalName=*)(objectClass="
               "trustedDomain))' -Properties "
               "msDS-SupportedEncryptionTypes,pwdLastSet # also those without the attribute; look "
               "for {subject}",
               IF_AD),
         CHECK("setspn -Q {spn} # which account?", IF_AD),
         CHECK("kadmin.local getprinc {subject} # which keys has it?", IF_MIT),
         CHECK("kadmin -l get {subject} # which keys has it?", IF_HEIMDAL),
         CHECK("klist -e # of which types are the tickets?", IF_UNIX),
         CHECK("klist # of which types are the tickets?", IF_WINDOWS),
         CHECK("klist -ke /etc/krb5.keytab # of which types are the stored keys?", IF_UNIX_MACHINE),
         CHECK(
             "wevtutil qe System "
             "\"/"
             "q:*[System[Provider[@Name='Microsoft-Windows-Kerberos-Key-Distribution-Center']]]\" "
             "/c:20 /rd:true /f:text # on a controller",
             IF_AD))},
    {"weak-etype", /* K 5021131 */
     CAUSES(CAUSE("The service's account has no AES key: its password is older than that."),
            CAUSE("The account is not marked for AES."), CAUSE("The domain controller is old.")),
     CHECKS(CHECK("setspn -Q {spn} # which account? then read its msDS-SupportedEncryptionTypes"),
            CHECK("klist"))},
    {"weak-etype/trust", /* K 5021131, m */
     CAUSES(CAUSE("The trust is not marked for AES."),
            CAUSE("The trust's password is older than AES, or was never changed since the domain "
                  "got its level.")),
     CHECKS(
         CHECK("Get-ADObject -LDAPFilter '(objectClass=trustedDomain)' -Properties "
               "msDS-SupportedEncryptionTypes,whenChanged # which trusts are not marked for AES?",
               IF_AD),
         CHECK("nltest /domain_trusts", IF_AD), CHECK("klist # of which types are the tickets?"))},
    {"weak-etype/collected", /* m */
     CAUSES(
         CAUSE("Somebody collects tickets of accounts with service names, to guess their passwords "
               "from them (Kerberoasting)."),
         CAUSE("A scan or an inventory asks for a ticket to each service."),
         CAUSE("The services' accounts have no AES keys: their passwords are older than that."),
         CAUSE("The accounts are not marked for AES.")),
     CHECKS(
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4769)]]\" /c:50 /rd:true /f:text # on "
               "the controller: which account asks, from where?",
               IF_AD),
         CHECK("setspn -Q {spn} # which account? then read its msDS-SupportedEncryptionTypes"))},
    {"pkinit-failed", /* R 4556 */
     CAUSES(CAUSE("The client's or the KDC's certificate is not trusted, expired or revoked."),
            CAUSE("The certificate does not map to the account.")),
     CHECKS(CHECK("certutil -user -verifystore My # on the client: each certificate and its chain"),
            CHECK("certutil -enterprise -viewstore NTAuth"), CHECK("certutil -dcinfo verify"))},
    {"pkinit-failed/anonymous", /* R 6113, 8062; m */
     CAUSES(ADP_CAUSE_ARMOUR_DEMANDED, ADP_CAUSE_NO_ANONYMOUS, ADP_CAUSE_ANONYMOUS_NOT_SET_UP),
     CHECKS(CHECK("grep -i fast /etc/sssd/sssd.conf # on a client with Linux: is FAST demanded?",
                  IF_NOT_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the host a key of its own?", IF_NOT_WINDOWS),
            CHECK("kadmin.local getprinc WELLKNOWN/ANONYMOUS # on the KDC", IF_MIT))},
    {"pkinit-failed/kdc-cert",
     CAUSES(
         CAUSE("The controller has no certificate for this purpose, or its chain is not trusted."),
         CAUSE("Its certificate lacks the domain's name.")),
     CHECKS(CHECK("certutil -dcinfo verify"), CHECK("certutil -enterprise -viewstore NTAuth"))},
    {"pkinit-failed/client-cert",
     CAUSES(CAUSE("The issuer of the client's certificate is not in NTAuth."),
            CAUSE("The certificate is expired or not meant for logon."),
            CAUSE("The controller cannot build its chain.")),
     CHECKS(CHECK("certutil -user -verifystore My # on the client: each certificate and its chain"),
            CHECK("certutil -enterprise -viewstore NTAuth"))},
    {"pkinit-failed/revocation",
     CAUSES(CAUSE("The list of revoked certificates cannot be reached or has expired."),
            CAUSE("The certificate is revoked.")),
     CHECKS(CHECK("certutil -user -verifystore My # on the client: it looks for the lists, too"),
            CHECK("certutil -dcinfo verify # the controllers' certificates"))},
    {"pkinit-failed/mapping", /* K 5014754 */
     CAUSES(CAUSE("The certificate names another account, or lacks the account's SID."),
            CAUSE("The mapping attribute of the account is missing or weak.")),
     CHECKS(CHECK("certutil -v -user -store My # on the client: which names has the certificate?"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "altSecurityIdentities,userPrincipalName",
                  IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties altSecurityIdentities",
                  IF_MACHINE))},
    {"pkinit-failed/group", /* R 4556 3.2.2, m */
     CAUSES(
         CAUSE("The client offers a Diffie-Hellman group that the KDC does not take, one of 1024 "
               "bits for instance: its library is old, or set to that."),
         CAUSE("The KDC does not take what the client offers because of a policy of its own "
               "(FIPS, the least size of a group).")),
     CHECKS(CHECK("grep -rE 'pkinit_dh_min_bits|moduli' /etc/krb5.conf /etc/krb5.conf.d # on a "
                  "client with Linux",
                  IF_NOT_WINDOWS),
            CHECK("certutil -dcinfo verify"))},
    {"pkinit-failed/algorithm", /* R 4556 3.2.2, R 8636: 78 to 81 */
     CAUSES(
         CAUSE("The KDC does not take the digest or the signature that the client used: SHA-1 is "
               "refused, or the client is too old for what the KDC requires."),
         CAUSE("The client or the KDC has not been updated for years.")),
     CHECKS(
         CHECK("certutil -v -user -store My # on the client: which signature has the certificate?"),
         CHECK(
             "wevtutil qe System "
             "\"/"
             "q:*[System[Provider[@Name='Microsoft-Windows-Kerberos-Key-Distribution-Center']]]\" "
             "/c:20 /rd:true /f:text # on a controller"))},
    {"krb-tcp-blocked", /* K 244474 */
     CAUSES(CAUSE("The client does not switch to TCP: it is old, or its configuration allows UDP "
                  "alone.",
                  .needs = {ADP_SIGN_TCP_NOT_TRIED}),
            CAUSE("A filter on the path rejects it: its ICMP message says so.",
                  .needs = {ADP_SIGN_PROHIBITED}),
            CAUSE("There is no route to this address, as a router says.",
                  .needs = {ADP_SIGN_NO_ROUTE}),
            ADP_CAUSE_LOOP,
            CAUSE("A firewall lets UDP port 88 pass, and not TCP.",
                  .refuted_by = {ADP_SIGN_TCP_NOT_TRIED, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                                 ADP_SIGN_ROUTING_LOOP, ADP_SIGN_PORT_UNREACHABLE}),
            CAUSE("The KDC does not listen on TCP.",
                  .supported_by = {ADP_SIGN_REFUSED, ADP_SIGN_PORT_UNREACHABLE},
                  .refuted_by = {ADP_SIGN_TCP_NOT_TRIED, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                                 ADP_SIGN_ROUTING_LOOP}),
            CAUSE("A device on the path drops large packets or the connection.",
                  .refuted_by = {ADP_SIGN_TCP_NOT_TRIED, ADP_SIGN_REFUSED, ADP_SIGN_PROHIBITED,
                                 ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                                 ADP_SIGN_PORT_UNREACHABLE})),
     CHECKS(CHECK("Test-NetConnection {host} -Port 88"), CHECK("tracert {server}"))},
    {"kdc-unanswered/answers-others", /* m */
     CAUSES(CAUSE("The KDC keeps this request waiting, and answers others: it asks another "
                  "controller, a trust or its directory, and gets no answer.",
                  .supported_by = {ADP_SIGN_KDC_ANSWERS}),
            CAUSE("The answer got lost: one for a user of many groups is large, and over UDP it is "
                  "sent in fragments."),
            CAUSE("The KDC stopped between two requests, or a filter was set on the path.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port 88", IF_WINDOWS),
            CHECK("nltest /dsgetdc:{domain} /kdc /force", IF_WINDOWS),
            CHECK("nc -vz {host} 88", IF_UNIX))},
    {"kdc-unanswered/unheard", /* m */
     CAUSES(ADP_CAUSES_UNHEARD), CHECKS(ADP_CHECK_UNHEARD)},
    {"kdc-unanswered/way-back", /* R 9293 3.8.1, m */
     CAUSES(ADP_CAUSES_WAY_BACK), CHECKS(ADP_CHECKS_WAY_BACK)},
    {"kdc-unanswered/tcp", /* m */
     CAUSES(
         CAUSE("Something else than a KDC listens at port 88 of that address: the address went to "
               "another machine, or a load balancer or a web server has the port.",
               .needs = {ADP_SIGN_OTHER_PROTOCOL}),
         CAUSE("A device in between (an intrusion prevention, a firewall, a load balancer) or the "
               "KDC itself broke the connection off in the middle of the answer.",
               .needs = {ADP_SIGN_BROKEN_OFF}),
         CAUSE("The KDC, or a device in between, ended the connection instead of answering: "
               "the service stopped, or refuses this request.",
               .needs = {ADP_SIGN_SERVER_CLOSED}),
         CAUSE("The packet is too big for the path, as ICMP says, and may not be cut up.",
               .needs = {ADP_SIGN_TOO_BIG}),
         CAUSE("A filter on the path rejects it: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the KDC any more, as a router says.",
               .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("The KDC accepted the connection and keeps the request waiting: it asks its "
               "directory, another controller or a trust, and gets no answer.",
               .refuted_by = {ADP_SIGN_SERVER_CLOSED, ADP_SIGN_OTHER_PROTOCOL, ADP_SIGN_BROKEN_OFF,
                              ADP_SIGN_TOO_BIG, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_NOT_ACKNOWLEDGED}),
         CAUSE("What follows the handshake is lost on the path: large segments, or a device that "
               "lets the handshake pass and not the data.",
               .supported_by = {ADP_SIGN_NOT_ACKNOWLEDGED, ADP_SIGN_FULL_PACKET},
               .refuted_by = {ADP_SIGN_SERVER_CLOSED, ADP_SIGN_OTHER_PROTOCOL, ADP_SIGN_BROKEN_OFF,
                              ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP})),
     CHECKS(CHECK("tracert {host} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP},
                  .refuted_by = {ADP_SIGN_CLIENT_UNIX}),
            CHECK("tracepath {host} # where does it go round?",
                  .needs = {ADP_SIGN_ROUTING_LOOP, ADP_SIGN_CLIENT_UNIX}),
            CHECK("nltest /dsgetdc:{domain} /kdc /force", IF_WINDOWS),
            CHECK("curl.exe -sS -i --globoff --url http://{host}:88/ # who answers there?",
                  .needs = {ADP_SIGN_OTHER_PROTOCOL}),
            CHECK("ping -f -l 1472 {host} # does a packet of full size fit the path?", IF_WINDOWS),
            CHECK("tracepath {host} # which size fits the path?", IF_UNIX),
            CHECK("dcdiag /test:services # on the controller"))},
    {"kdc-unanswered", /* m */
     CAUSES(
         CAUSE("The KDC has several addresses, or stands behind a device that translates them, and "
               "answers by another than the one that was asked: clients drop such answers.",
               .needs = {ADP_SIGN_STRAY}),
         CAUSE("The silent requests were sent in fragments, and a smaller one was answered "
               "before: something on the path, often a firewall or a tunnel, loses fragments.",
               .needs = {ADP_SIGN_FRAGMENTED, ADP_SIGN_SMALLER_ANSWERED},
               .refuted_by = {ADP_SIGN_TOO_BIG}),
         ADP_CAUSE_CUT,
         CAUSE("Fragments are lost on the path: the request was sent in several.",
               .needs = {ADP_SIGN_FRAGMENTED},
               .refuted_by = {ADP_SIGN_SMALLER_ANSWERED, ADP_SIGN_TOO_BIG}),
         CAUSE("The host itself says that the port is closed: no KDC runs there.",
               .needs = {ADP_SIGN_PORT_UNREACHABLE}),
         CAUSE("A filter on the path rejects it: its ICMP message says so.",
               .needs = {ADP_SIGN_PROHIBITED}),
         CAUSE("There is no route to the KDC, as a router says.", .needs = {ADP_SIGN_NO_ROUTE}),
         ADP_CAUSE_LOOP,
         CAUSE("The KDC, or a device in between, ended the connection instead of answering: "
               "the service stopped, or refuses this request.",
               .needs = {ADP_SIGN_SERVER_CLOSED}),
         CAUSE("The packet is too big for the path, as ICMP says, and may not be cut up.",
               .needs = {ADP_SIGN_TOO_BIG}),
         CAUSE("Fragments of the request did not arrive, as ICMP says: a device on the path drops "
               "them.",
               .needs = {ADP_SIGN_FRAGMENTS_LOST}),
         CAUSE("A firewall drops port 88.",
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_SMALLER_ANSWERED,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_SERVER_CLOSED, ADP_SIGN_TOO_BIG,
                              ADP_SIGN_FRAGMENTS_LOST, ADP_SIGN_STRAY}),
         CAUSE("The KDC is down, and DNS still names it.",
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_SMALLER_ANSWERED,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                              ADP_SIGN_PROHIBITED, ADP_SIGN_HOST_SPEAKS, ADP_SIGN_SERVER_CLOSED,
                              ADP_SIGN_TOO_BIG, ADP_SIGN_FRAGMENTS_LOST, ADP_SIGN_STRAY}),
         CAUSE("A large answer over UDP is sent in fragments, and they are lost on the path.",
               .refuted_by = {ADP_SIGN_REPLY_CUT, ADP_SIGN_FRAGMENTED, ADP_SIGN_TCP_SILENT,
                              ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                              ADP_SIGN_ROUTING_LOOP, ADP_SIGN_SERVER_CLOSED, ADP_SIGN_TOO_BIG,
                              ADP_SIGN_FRAGMENTS_LOST, ADP_SIGN_STRAY})),
     CHECKS(CHECK("tracert {host} # where does it go round?", .needs = {ADP_SIGN_ROUTING_LOOP},
                  .refuted_by = {ADP_SIGN_CLIENT_UNIX}),
            CHECK("tracepath {host} # where does it go round?",
                  .needs = {ADP_SIGN_ROUTING_LOOP, ADP_SIGN_CLIENT_UNIX}),
            CHECK("tracepath {host} # which size fits the path?",
                  .needs = {ADP_SIGN_FRAGMENTED, ADP_SIGN_CLIENT_UNIX}),
            CHECK("ping -f -l 1472 {host} # does a packet of full size fit the path?",
                  .needs = {ADP_SIGN_FRAGMENTED}, .refuted_by = {ADP_SIGN_CLIENT_UNIX}),
            CHECK("Test-NetConnection {host} -Port 88 # shows TCP only", IF_WINDOWS),
            CHECK("nltest /dsgetdc:{domain} /kdc /force", IF_WINDOWS),
            CHECK("nc -vz {host} 88 # shows TCP only", IF_UNIX))},
    {"wrong-realm", /* R 6806 7, m */
     CAUSES(
         CAUSE("The client goes on in the realm that the answer names, and gets nothing from a KDC "
               "there: "
               "what else the report says of that realm is the fault.",
               .needs = {ADP_SIGN_REALM_FOLLOWED}),
         CAUSE("The client is set to a realm that this account, or this KDC, does not belong to: "
               "a setting, a keytab or a DNS record names the wrong one."),
         CAUSE("The client does not follow such answers: canonicalization is switched off in it.",
               .refuted_by = {ADP_SIGN_REALM_FOLLOWED}),
         CAUSE("The account was moved to another domain.")),
     CHECKS(CHECK("nltest /dsgetdc:{realm} # is there such a domain?", IF_WINDOWS),
            CHECK("klist -k /etc/krb5.keytab # which realm do the stored names have?",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("grep -E 'realm|canonicalize' /etc/krb5.conf /etc/sssd/sssd.conf # on a client "
                  "with Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADForest | Select-Object Domains,UPNSuffixes", IF_AD))},
    {"wrong-realm/tgs",
     CAUSES(
         CAUSE("The request for the other realm was sent to a KDC of the first: the client has "
               "one KDC's address for all realms, or finds none of the other's."),
         CAUSE("The client does not follow referrals.", .refuted_by = {ADP_SIGN_REALM_FOLLOWED})),
     CHECKS(CHECK("nltest /dsgetdc:{realm} /kdc # which KDC has that realm?", IF_WINDOWS),
            CHECK("grep -A4 -E 'realms|domain_realm' /etc/krb5.conf # on a client with Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("nltest /domain_trusts", IF_AD))},
    {"wrong-realm/circle", /* m */
     CAUSES(CAUSE("Both realms route the same name suffix to each other: the trusts' lists of "
                  "suffixes overlap, or each forest claims it."),
            CAUSE("The service's name is registered in neither realm, and each looks for it in the "
                  "other."),
            CAUSE("A KDC maps hosts of this suffix to the other realm (domain_realm, host to realm "
                  "mappings), which does not have them.")),
     CHECKS(CHECK("netdom trust {realm} /domain:{other} /namesuffixes:{other}", IF_AD),
            CHECK("netdom trust {other} /domain:{realm} /namesuffixes:{realm}", IF_AD),
            CHECK("setspn -T {realm} -Q {spn}", IF_AD), CHECK("setspn -T {other} -Q {spn}", IF_AD),
            CHECK("grep -A9 -E 'domain_realm|capaths' /etc/krb5.conf # on a KDC or client with "
                  "Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}))},
    {"wrong-realm/circle-as", /* m */
     CAUSES(CAUSE("Both realms route the same suffix of user principal names to each other: the "
                  "trusts' lists of suffixes overlap, or each forest claims it."),
            CAUSE("The account is in neither realm, or was moved.")),
     CHECKS(CHECK("netdom trust {realm} /domain:{other} /namesuffixes:{other}", IF_AD),
            CHECK("netdom trust {other} /domain:{realm} /namesuffixes:{realm}", IF_AD),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADForest | Select-Object Domains,UPNSuffixes", IF_AD))},
    {"wrong-realm/not-followed", /* R 4120 3.3.1, 6806; m */
     CAUSES(
         CAUSE(
             "The program's library does not follow referrals, or is told not to (canonicalize)."),
         CAUSE("A client with Linux has no mapping of this host to its realm (domain_realm), and "
               "takes the answer for a mistake.",
               .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
         CAUSE("The client asks in that realm where the capture does not look, and is refused "
               "there.")),
     CHECKS(CHECK("kvno {spn}", IF_UNIX),
            CHECK("grep -A4 -E 'realms|domain_realm|canonicalize' /etc/krb5.conf # on a client "
                  "with Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("nltest /dsgetdc:{realm} # is there such a domain?", IF_WINDOWS),
            CHECK("klist"))},
    {"krb-error", /* R 4120, E */
     CAUSES(CAUSE("The text and status of the error say more; see its name in RFC 4120."),
            CAUSE("The KDC's or the service's own log has an entry of that second.")),
     CHECKS(CHECK("klist"),
            CHECK("wevtutil qe System /c:20 /rd:true /f:text # on the server that answered"))},
    {"krb-error/anonymous", /* R 6113, 8062; m */
     CAUSES(ADP_CAUSE_ARMOUR_DEMANDED, ADP_CAUSE_NO_ANONYMOUS, ADP_CAUSE_ANONYMOUS_NOT_SET_UP),
     CHECKS(CHECK("grep -i fast /etc/sssd/sssd.conf # on a client with Linux: is FAST demanded?",
                  IF_NOT_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the host a key of its own?", IF_NOT_WINDOWS),
            CHECK("kadmin.local getprinc WELLKNOWN/ANONYMOUS # on the KDC", IF_MIT))},
    {"krb-error/9", /* R 4120 3.1.3, m */
     CAUSES(
         CAUSE("The account has no key of any type: its password was never set, or only keys that "
               "the KDC does not use any more.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet", IF_USER),
            CHECK("setspn -Q {spn}", IF_AD))},
    {"krb-error/10", /* R 4120 2.4 */
     CAUSES(
         CAUSE("The client asks for a ticket that begins later, which the KDC does not give."),
         CAUSE("The client's clock is ahead, so that what begins now begins later for the KDC.")),
     CHECKS(CHECK("timedatectl # on a client with Linux", IF_NOT_WINDOWS),
            CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS))},
    {"krb-error/11", /* R 4120 3.1.3 */
     CAUSES(
         CAUSE("The client's clock is far behind: the time until which it wants its ticket is over "
               "for the KDC."),
         CAUSE("The client asks for a ticket of no length, or one that ends before it begins: a "
               "setting of its lifetime is wrong.")),
     CHECKS(
         CHECK("timedatectl # on a client with Linux: is its clock right?", IF_NOT_WINDOWS),
         CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
         CHECK("ntpdate -q {host} # how far is its clock from this one? sets nothing", IF_UNIX))},
    {"krb-error/16", /* E: smart card logon and Windows Hello */
     CAUSES(
         CAUSE("The client logs on with a certificate, and the controller has no valid one of its "
               "own for that."),
         CAUSE("The controller does not take this kind of preauthentication.")),
     CHECKS(CHECK("certutil -dcinfo verify"),
            CHECK("wevtutil qe System /c:20 /rd:true /f:text # on the "
                  "controller; look for events 19 and 29"))},
    {"krb-error/19", CAUSES(CAUSE("The account of the service is disabled.")),
     CHECKS(CHECK("setspn -Q {spn} # which account is it? then look whether it is enabled", IF_AD),
            CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT))},
    {"krb-error/20",
     CAUSES(CAUSE("The key of krbtgt was changed, or the account was made anew."),
            CAUSE("The ticket was made by a read-only controller (the number of its key says so): "
                  "a writable one takes it only for accounts whose passwords may be cached there.",
                  .needs = {ADP_SIGN_RODC}),
            CAUSE("A read-only controller, or a hardened one, does not take this ticket.",
                  .refuted_by = {ADP_SIGN_RODC})),
     CHECKS(CHECK("klist tgt"), CHECK("repadmin /replsummary"))},
    {"krb-error/26", /* R 4120 3.3.3.2 */
     CAUSES(
         CAUSE("The ticket-granting ticket that came with the request (user-to-user) is not that "
               "of the account that was asked for."),
         CAUSE("The other end is run by another account than its name says, and gave a ticket of "
               "that one.")),
     CHECKS(CHECK("klist # at the other end: whose ticket-granting ticket is it?"))},
    {"krb-error/27",
     CAUSES(CAUSE("The service runs as a user that has no service principal name."),
            CAUSE("The service was asked for by the name of a user.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -L {account}"))},
    {"krb-error/28",
     CAUSES(CAUSE("The path of trusts to the other realm is not accepted by policy."),
            CAUSE("A trust on this path is broken.")),
     CHECKS(CHECK("nltest /domain_trusts"))},
    {"krb-error/29",
     CAUSES(CAUSE("The controller is starting, or cannot reach the one it needs."),
            CAUSE("A read-only controller has no connection to a writable one.",
                  .supported_by = {ADP_SIGN_KDC_READ_ONLY})),
     CHECKS(CHECK("dcdiag /s:{host}"), CHECK("nltest /sc_query:{domain}"))},
    {"krb-error/32", /* m */
     CAUSES(CAUSE("A ticket is renewed that has ended already: that is possible only before its "
                  "end, and not beyond the time until which it is renewable. Then a new one is "
                  "needed, by a password or a keytab.",
                  .needs = {ADP_SIGN_RENEWAL}),
            CAUSE("The program goes on with a ticket that it got at its start: it does not log on "
                  "again by itself when the ticket ends."),
            CAUSE("It cannot log on again: it has no password and no keytab at hand."),
            CAUSE("The clock of the server that answered is ahead: tickets are past their end too "
                  "early.",
                  .refuted_by = {ADP_SIGN_KDC_CLOCK_RIGHT})),
     CHECKS(CHECK("klist # as the user of the program: when did its tickets end?"),
            CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the program a key of its own?", IF_UNIX))},
    {"krb-error/33",
     CAUSES(CAUSE("The clocks of the KDC and the server differ."),
            CAUSE("The client asked for a postdated ticket.")),
     CHECKS(
         CHECK("timedatectl # on a client with Linux: is its clock synchronised?", IF_NOT_WINDOWS),
         CHECK("w32tm /query /status", IF_WINDOWS),
         CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly", IF_WINDOWS),
         CHECK("ntpdate -q {host} # how far is its clock from this one? sets nothing", IF_UNIX))},
    {"krb-error/34",
     CAUSES(CAUSE("The same request came twice: repeated, or doubled by the network."),
            CAUSE("Two processes share a keytab and a replay cache.")),
     CHECKS(CHECK("klist"))},
    {"krb-error/35", /* R 4120 3.2.3 */
     CAUSES(CAUSE("The name leads to another server than the ticket was made for: an alias, a load "
                  "balancer, or an old record in DNS."),
            CAUSE("The server knows itself by other names, and takes tickets for those alone.")),
     CHECKS(CHECK("nslookup {host}"), CHECK("setspn -Q {spn} # whose account is it?", IF_AD),
            CHECK("klist -kt /etc/krb5.keytab # on a server with Linux: which names has it?"))},
    {"krb-error/36", /* R 4120 3.2.3 */
     CAUSES(CAUSE("The client's name in its ticket is another than in the request: the account was "
                  "renamed, or a program put a ticket of somebody else's beside its own."),
            CAUSE("The spelling of the names differs, and one end minds.")),
     CHECKS(CHECK("klist # as the user of the program"))},
    {"krb-error/38", /* R 4120 3.2.3, 5.2.5 */
     CAUSES(
         CAUSE("The ticket holds the client's address, and the server sees another one: a router "
               "translates addresses (NAT), or a VPN gives the client a second one."),
         CAUSE("The client has several network cards, and uses another than that of its logon.")),
     CHECKS(CHECK("klist -a -n # on a client with Linux: which addresses are in the ticket?",
                  IF_NOT_WINDOWS),
            CHECK("grep -i noaddresses /etc/krb5.conf # of a client with Linux", IF_NOT_WINDOWS))},
    {"krb-error/45", /* R 4120 3.2.3, m */
     CAUSES(
         CAUSE("The service has no key of the type that seals the ticket: its keytab was made "
               "without RC4, and the KDC still gives RC4 for this account.",
               .supported_by = {ADP_SIGN_OLD_TICKET_TYPE}, .needs = {ADP_SIGN_OLD_TICKET_TYPE}),
         CAUSE("The service has no key for this name, of this type and version: its keytab lacks "
               "the entry, is older than the account's password, or cannot be read.",
               .refuted_by = {ADP_SIGN_OLD_TICKET_TYPE}, .weak = TRUE),
         CAUSE("The name leads to another server than the one that has the key.")),
     CHECKS(CHECK("klist -ket /etc/krb5.keytab # on the server: is there {spn}, of which types?"),
            CHECK("setspn -Q {spn} # which account? then read its msDS-SupportedEncryptionTypes"),
            CHECK("klist # on the client: of which type is the ticket?"))},
    {"krb-error/61", /* R 4120 7.2.2 */
     CAUSES(CAUSE("The server takes no message of this length, or takes the first bytes of another "
                  "protocol for a length.")),
     CHECKS(CHECK("klist"))},
    {"krb-error/60",
     CAUSES(CAUSE("The KDC gives no better reason: a broken trust, a key that is gone, a request "
                  "that is refused since an update."),
            CAUSE("The ticket is too large.")),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("klist"), CHECK("dcdiag /s:{host}"))},
    {"krb-error/no-logon-servers", /* m */
     CAUSES(
         CAUSE("The controller that answers reaches no controller of the domain that it needs: a "
               "firewall between them, or the records of that domain are missing in its DNS."),
         CAUSE("The controllers of that domain are off, or do not serve yet."),
         CAUSE("A read-only controller has no connection to a writable one.",
               .supported_by = {ADP_SIGN_KDC_READ_ONLY})),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("nltest /server:{host} /sc_query:{domain}"),
            CHECK("dcdiag /s:{host}"))},
    {"krb-error/90", /* m */
     CAUSES(CAUSE("The user, or the program, takes longer than the KDC waits between two rounds of "
                  "preauthentication."),
            CAUSE("The rounds go to several KDCs, which do not take each other's: their clocks "
                  "differ, or a load balancer stands before them.")),
     CHECKS(CHECK("klist"))},
    {"ntlm-fallback", /* m */
     CAUSES(
         CAUSE("The error before it is what drives the client to NTLM: see the finding that tells "
               "of it.",
               .needs = {ADP_SIGN_TICKET_REFUSED}),
         CAUSE("The service's name was not found or is registered twice.",
               .supported_by = {ADP_SIGN_NAME_REFUSED}, .refuted_by = {ADP_SIGN_TICKET_REFUSED}),
         CAUSE("The client used an address or another name.",
               .refuted_by = {ADP_SIGN_TICKET_REFUSED}),
         CAUSE("The client remembers a failure for some minutes, and asks for no ticket in that "
               "time.",
               .refuted_by = {ADP_SIGN_NAME_REFUSED, ADP_SIGN_TICKET_REFUSED})),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"), CHECK("klist"))},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
