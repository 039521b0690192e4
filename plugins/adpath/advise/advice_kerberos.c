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
     CAUSES(CAUSE("No account has the name."),
            CAUSE("Two accounts have it: a KDC of Windows says the same then."),
            CAUSE("The client used another name of the host than the one that is registered."),
            CAUSE("The change is not replicated to this controller yet.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"), CHECK("repadmin /replsummary"))},
    {"spn-not-found-or-duplicate/short",
     CAUSES(
         CAUSE("Only the full name of the host is registered, and the client used the short one."),
         CAUSE("Two accounts have the short name."),
         CAUSE("A link, a setting or a hosts file holds the short name.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"),
            CHECK("setspn -Q {full} # the full name"),
            CHECK("klist # does a ticket for the full name exist?"))},
    {"spn-not-found-or-duplicate/http",
     CAUSES(CAUSE("The name of the web service was never registered: behind a load balancer it "
                  "belongs to "
                  "one account that all servers share."),
            CAUSE("Two accounts have it."),
            CAUSE("It is an alias, and the client asks for the alias.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"), CHECK("nslookup {host}"))},
    {"spn-not-found-or-duplicate/ldap",
     CAUSES(CAUSE("The host is no domain controller, or an address or alias was used for one."),
            CAUSE("The controller's names were not written, or not replicated."),
            CAUSE("Two accounts have the name.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"), CHECK("nltest /dsgetdc:{domain}"))},
    {"spn-not-found-or-duplicate/domain",
     CAUSES(CAUSE("There is no trust to that realm, or no routing of its names."),
            CAUSE("A program used a domain's name where a host's is needed."),
            CAUSE("It is a probe, and the client goes on another way.")),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"))},
    {"spn-not-found-or-duplicate/reverse",
     CAUSES(
         CAUSE(
             "The client made the name from an address or a reverse zone: nobody registers those."),
         CAUSE("A program was given an address where a name is needed.")),
     CHECKS(CHECK("klist"), CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"))},
    {"spn-not-found-or-duplicate/user",
     CAUSES(
         CAUSE("A service runs as a user without a service principal name, and is asked for by the "
               "user's."),
         CAUSE("A program takes an account's name for a service's.")),
     CHECKS(CHECK("setspn -L {account}"), CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"))},

    /* ---- Kerberos: keys ---- */
    {"service-key-mismatch", /* E, event 4 of the client */
     CAUSES(CAUSE("The service runs as another account than the one that has its name."),
            CAUSE("The password of that account changed, and the service or its keytab has the old "
                  "one."),
            CAUSE("Another host answers than the client meant."),
            CAUSE("The client holds a ticket from before the change.")),
     CHECKS(CHECK("setspn -Q {spn}"),
            CHECK("klist # then try with a fresh ticket, in a new session"),
            CHECK("nslookup {host}"))},
    {"service-key-mismatch/http",
     CAUSES(
         CAUSE("The name is on one account, the application pool runs as another; with kernel mode "
               "authentication the machine's key is used."),
         CAUSE("Servers behind a load balancer do not share one account."),
         CAUSE("The account's password changed."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("klist"),
            CHECK("nslookup {host} # and which host answers there?"))},
    {"service-key-mismatch/ldap", /* K 2090913 */
     CAUSES(
         CAUSE(
             "The controller's own password differs from the directory's: restored, cloned, or cut "
             "off "
             "from replication."),
         CAUSE("The address belongs to another controller."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("nltest /sc_verify:{domain} # on the server"), CHECK("repadmin /replsummary"),
            CHECK("klist"), CHECK("nslookup {host}"))},
    {"service-key-mismatch/smb",
     CAUSES(CAUSE("The server's own password differs from the directory's: restored or cloned."),
            CAUSE("The address belongs to another server."), ADP_CAUSE_OLD_TICKET),
     CHECKS(CHECK("nltest /sc_verify:{domain} # on the server"), CHECK("klist"),
            CHECK("nslookup {host}"))},
    {"service-key-mismatch/kvno", /* L */
     CAUSES(CAUSE("The account's password changed, and the keytab or service has an older key."),
            CAUSE("The keytab is newer than the ticket the client holds."),
            CAUSE("The ticket comes from a read-only controller.")),
     CHECKS(CHECK("klist"), CHECK("setspn -Q {spn}"),
            CHECK("klist -ket /etc/krb5.keytab # on a server with a keytab; compare with "
                  "msDS-KeyVersionNumber"))},
    {"wrong-host-answered", /* event 4 of the client */
     CAUSES(
         CAUSE("The name resolves to another host: an old record, a hosts file, or an address used "
               "again."),
         CAUSE("A load balancer or cluster name leads to hosts without a common account."),
         CAUSE("The short name exists in two domains.")),
     CHECKS(CHECK("nslookup {host}"), CHECK("ipconfig /displaydns"), CHECK("setspn -Q {spn}"))},
    {"kdc-integrity-failed", /* L */
     CAUSES(CAUSE("The keys of two realms or controllers are out of step."),
            CAUSE("The request was altered, or the ticket belongs to a realm that was rebuilt.")),
     CHECKS(CHECK("repadmin /replsummary"), CHECK("klist"), CHECK("nltest /domain_trusts"))},
    {"kdc-integrity-failed/as", /* L: MIT */
     CAUSES(CAUSE("The password or key is wrong: KDCs of MIT answer so."),
            CAUSE("The keys of the controllers are out of step.")),
     CHECKS(CHECK("klist"), CHECK("repadmin /replsummary"))},
    {"kdc-integrity-failed/tgs",
     CAUSES(CAUSE("The key of krbtgt, or of a trust, differs between controllers or realms."),
            CAUSE("A controller was cloned or rolled back."),
            CAUSE("The ticket is from before a rebuild.")),
     CHECKS(CHECK("repadmin /replsummary"),
            CHECK("netdom trust {domain} /domain:{other_realm} /verify"), CHECK("klist"))},
    {"kdc-integrity-failed/41", /* L, captures of an MIT KDC */
     CAUSES(CAUSE("The evidence ticket, its PAC or a checksum does not verify here, after the "
                  "krbtgt key "
                  "was "
                  "changed twice for instance."),
            CAUSE("The request was altered on its way."),
            CAUSE("Two implementations disagree on the checksum.")),
     CHECKS(CHECK("klist"), CHECK("repadmin /replsummary"))},
    {"clock-skew", /* E */
     CAUSES(CAUSE("The client's clock is off."), CAUSE("The server's clock is off."),
            CAUSE("The clock of the host of virtual machines is handed on to its guests.")),
     CHECKS(CHECK("w32tm /query /status"), CHECK("w32tm /query /source"),
            CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly"))},
    {"clock-skew/small",
     CAUSES(CAUSE("The client's clock is off; the server's agrees with the capturing machine's."),
            CAUSE("The ticket was made by a KDC with another clock."),
            CAUSE("The capturing machine's clock is as wrong as the server's.")),
     CHECKS(CHECK("w32tm /query /status # on the client"),
            CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly"))},
    {"no-common-etype", /* K 5021131, 5073381 */
     CAUSES(
         CAUSE("The account has no key of a type that the other side takes: its password is older "
               "than AES."),
         CAUSE("The types that the account or the client is set to do not meet."),
         CAUSE("RC4 was switched off.")),
     CHECKS(
         CHECK("Get-ADObject -LDAPFilter '(msDS-SupportedEncryptionTypes=*)' -Properties "
               "msDS-SupportedEncryptionTypes # look for {account}"),
         CHECK("klist"),
         CHECK(
             "wevtutil qe System "
             "\"/"
             "q:*[System[Provider[@Name='Microsoft-Windows-Kerberos-Key-Distribution-Center']]]\" "
             "/c:20 /f:text # on a controller"))},
    {"weak-etype", /* K 5021131 */
     CAUSES(CAUSE("The service's account has no AES key: its password is older than that."),
            CAUSE("The account is not marked for AES."), CAUSE("The domain controller is old.")),
     CHECKS(CHECK("setspn -Q {spn} # which account? then read its msDS-SupportedEncryptionTypes"),
            CHECK("klist"))},
    {"password-wrong", /* E */
     CAUSES(CAUSE("The password was mistyped."),
            CAUSE("A stored password or keytab is older than the account's."),
            CAUSE("The key was made with another salt, after a change of name.")),
     CHECKS(CHECK("klist"), CHECK("Get-ADUser -Identity {account} -Properties "
                                  "PasswordLastSet,BadLogonCount,LockedOut"))},
    {"password-wrong/series",
     CAUSES(CAUSE("A service, task or device keeps the old password."),
            CAUSE("Somebody guesses passwords."),
            CAUSE("A keytab is older than the account's password.")),
     CHECKS(
         CHECK(
             "Get-ADUser -Identity {account} -Properties PasswordLastSet,BadLogonCount,LockedOut"),
         CHECK("cmdkey /list # on the client"),
         CHECK("schtasks /query /v /fo list # on the client"))},
    {"password-wrong/machine",
     CAUSES(
         CAUSE(
             "The machine's stored password differs from the directory's: restored from an image, "
             "or two "
             "machines share the name."),
         CAUSE("A keytab is older than the account's password.")),
     CHECKS(CHECK("nltest /sc_verify:{domain} # on the client"),
            CHECK("Get-ADComputer -Identity {account} -Properties PasswordLastSet"))},
    {"password-wrong/machine-tried", /* L, adcli joining a domain */
     CAUSES(
         CAUSE(
             "A program that joins a domain tries the salts that a directory may use, one by one."),
         CAUSE(
             "A program has the password before the last beside the present one, and tries both."),
         CAUSE("A keytab holds old keys beside the present one.")),
     CHECKS(CHECK("klist -ket /etc/krb5.keytab # which keys does the host hold?"),
            CHECK("nltest /sc_verify:{domain} # on a Windows client"),
            CHECK("Get-ADComputer -Identity {account} -Properties PasswordLastSet"))},
    {"preauth-abandoned", /* m */
     CAUSES(CAUSE("The program had no password or key."), CAUSE("The user gave up."),
            CAUSE("The client went on at another KDC, beside the capture.")),
     CHECKS(CHECK("klist"), CHECK("klist -kt /etc/krb5.keytab # where a keytab is used"))},
    {"password-expired", /* E */
     CAUSES(CAUSE("The password is older than the policy allows."),
            CAUSE("It has to be changed at the next logon."),
            CAUSE("A service account follows a policy made for people.")),
     CHECKS(CHECK("net user {account} /domain"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "PasswordExpired,PasswordLastSet,PasswordNeverExpires"))},
    {"account-unusable", /* E */
     CAUSES(CAUSE("The account is disabled, locked or expired."),
            CAUSE("It may not log on at this hour.")),
     CHECKS(CHECK("klist # of which account are the tickets?"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "Enabled,LockedOut,AccountExpirationDate,LogonHours"))},
    {"account-unusable/disabled",
     CAUSES(CAUSE("The account is disabled."),
            CAUSE("It was disabled on another controller, and that is newer.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties Enabled,whenChanged"))},
    {"account-unusable/locked",
     CAUSES(CAUSE("Too many wrong passwords, often from a service or device with an old one."),
            CAUSE("Somebody guesses passwords.")),
     CHECKS(
         CHECK("Get-ADUser -Identity {account} -Properties "
               "LockedOut,AccountLockoutTime,BadLogonCount"),
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4740)]]\" /c:10 /f:text # on the PDC "
               "emulator"))},
    {"account-unusable/expired",
     CAUSES(CAUSE("The account's end date has passed."), CAUSE("The date was set by mistake.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties AccountExpirationDate"))},
    {"account-unusable/hours",
     CAUSES(CAUSE("The account may not log on at this hour."),
            CAUSE("The clock of the controller is off.")),
     CHECKS(CHECK("net user {account} /domain"), CHECK("w32tm /query /status"))},
    {"account-unusable/restriction",
     CAUSES(
         CAUSE("A restriction of the account applies: an empty password, hours, or a workstation."),
         CAUSE("A policy for protected users applies.")),
     CHECKS(CHECK("net user {account} /domain"),
            CHECK("Get-ADUser -Identity {account} -Properties MemberOf"))},
    {"client-unknown", /* E, K 2009157 */
     CAUSES(CAUSE("The name is mistyped, or was deleted."),
            CAUSE("The account is in another domain."),
            CAUSE("It is new, and not replicated to this controller yet.")),
     CHECKS(CHECK("Get-ADUser -Identity {account}"), CHECK("nltest /dsgetdc:{realm}"),
            CHECK("repadmin /replsummary"))},
    {"client-unknown/enterprise",
     CAUSES(CAUSE("The suffix of the user's logon name is not routed to this forest."),
            CAUSE("The name is mistyped."), CAUSE("The account is new, and not replicated yet.")),
     CHECKS(CHECK("Get-ADForest | Select-Object UPNSuffixes"), CHECK("nltest /domain_trusts"))},
    {"policy-refused", /* E */
     CAUSES(CAUSE("A restriction of the account applies: hours, workstations, or a smart card is "
                  "required."),
            CAUSE("An authentication policy or silo forbids it."),
            CAUSE("A trust allows selected accounts only.")),
     CHECKS(CHECK("net user {account} /domain"), CHECK("nltest /domain_trusts /v"))},
    {"policy-refused/selective-auth",
     CAUSES(
         CAUSE("The trust allows selected accounts only, and this one may not authenticate to the "
               "server."),
         CAUSE("The account's group membership is not replicated yet.")),
     CHECKS(CHECK("nltest /domain_trusts /v"),
            CHECK("setspn -Q {spn} # whose \"Allowed to authenticate\" right counts?"))},
    {"policy-refused/hours",
     CAUSES(CAUSE("The account may not log on at this hour."),
            CAUSE("The controller's clock is off.")),
     CHECKS(CHECK("net user {account} /domain"), CHECK("w32tm /query /status"))},
    {"policy-refused/workstation",
     CAUSES(CAUSE("The account may log on at other workstations only."),
            CAUSE("The client's name is not the expected one.")),
     CHECKS(CHECK("net user {account} /domain"))},
    {"policy-refused/smartcard",
     CAUSES(CAUSE("The account has to use a smart card."),
            CAUSE("A program tried a password in its place.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties SmartcardLogonRequired"))},
    {"delegation-refused", /* E, M KILE */
     CAUSES(CAUSE("The service may not delegate to this name."),
            CAUSE("The user is sensitive or a protected user."),
            CAUSE("The ticket cannot be forwarded or renewed any more.")),
     CHECKS(CHECK("Get-ADObject -LDAPFilter '(msDS-AllowedToDelegateTo=*)' -Properties "
                  "msDS-AllowedToDelegateTo"),
            CHECK("klist tgt"), CHECK("setspn -Q {spn}"))},
    {"delegation-refused/not-supported",
     CAUSES(CAUSE("The client asked for an option to learn whether it is there: often harmless."),
            CAUSE("The KDC does not know the option.")),
     CHECKS(CHECK("klist tgt"), CHECK("setspn -Q {spn}"))},
    {"pkinit-failed", /* R 4556 */
     CAUSES(CAUSE("The client's or the KDC's certificate is not trusted, expired or revoked."),
            CAUSE("The certificate does not map to the account.")),
     CHECKS(CHECK("certutil -verify -urlfetch <certificate.cer>"),
            CHECK("certutil -enterprise -viewstore NTAuth"), CHECK("certutil -dcinfo verify"))},
    {"pkinit-failed/kdc-cert",
     CAUSES(
         CAUSE("The controller has no certificate for this purpose, or its chain is not trusted."),
         CAUSE("Its certificate lacks the domain's name.")),
     CHECKS(CHECK("certutil -dcinfo verify"), CHECK("certutil -viewstore -enterprise NTAuth"))},
    {"pkinit-failed/client-cert",
     CAUSES(CAUSE("The issuer of the client's certificate is not in NTAuth."),
            CAUSE("The certificate is expired or not meant for logon."),
            CAUSE("The controller cannot build its chain.")),
     CHECKS(CHECK("certutil -verify -urlfetch <certificate.cer>"),
            CHECK("certutil -viewstore -enterprise NTAuth"))},
    {"pkinit-failed/revocation",
     CAUSES(CAUSE("The list of revoked certificates cannot be reached or has expired."),
            CAUSE("The certificate is revoked.")),
     CHECKS(CHECK("certutil -URL <certificate.cer>"),
            CHECK("certutil -verify -urlfetch <certificate.cer>"))},
    {"pkinit-failed/mapping", /* K 5014754 */
     CAUSES(CAUSE("The certificate names another account, or lacks the account's SID."),
            CAUSE("The mapping attribute of the account is missing or weak.")),
     CHECKS(CHECK("certutil -dump <certificate.cer>"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "altSecurityIdentities,userPrincipalName"))},
    {"krb-tcp-blocked", /* K 244474 */
     CAUSES(CAUSE("A firewall lets UDP port 88 pass, and not TCP."),
            CAUSE("The KDC does not listen on TCP."),
            CAUSE("The way drops large packets or the connection.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port 88"), CHECK("tracert {server}"))},
    {"kdc-unanswered", /* m */
     CAUSES(CAUSE("A firewall drops port 88."),
            CAUSE("Large requests over UDP are cut up and lost on the way."),
            CAUSE("The KDC is down, and DNS still names it.")),
     CHECKS(CHECK("Test-NetConnection {host} -Port 88"),
            CHECK("nltest /dsgetdc:{domain} /kdc /force"))},
    {"krb-error", /* R 4120, E */
     CAUSES(CAUSE("The text and status of the error say more; see its name in RFC 4120."),
            CAUSE("The KDC's or the service's own log has an entry of that second.")),
     CHECKS(CHECK("klist"),
            CHECK("wevtutil qe System /c:20 /rd:true /f:text # on the server that answered"))},
    {"krb-error/16", /* E: smart card logon and Windows Hello */
     CAUSES(
         CAUSE("The client logs on with a certificate, and the controller has no valid one of its "
               "own for that."),
         CAUSE("The controller does not take this kind of preauthentication.")),
     CHECKS(CHECK("certutil -dcinfo verify"),
            CHECK("wevtutil qe System /c:20 /rd:true /f:text # on the "
                  "controller; look for events 19 and 29"))},
    {"krb-error/19", CAUSES(CAUSE("The account of the service is disabled.")),
     CHECKS(CHECK("setspn -Q {spn} # which account is it? then look whether it is enabled"))},
    {"krb-error/20",
     CAUSES(CAUSE("The key of krbtgt was changed, or the account was made anew."),
            CAUSE("A read-only controller, or a hardened one, does not take this ticket.")),
     CHECKS(CHECK("klist tgt"), CHECK("repadmin /replsummary"))},
    {"krb-error/27",
     CAUSES(CAUSE("The service runs as a user that has no service principal name."),
            CAUSE("The service was asked for by the name of a user.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -L {account}"))},
    {"krb-error/28",
     CAUSES(CAUSE("The path of trusts to the other realm is not accepted by policy."),
            CAUSE("A trust on the way is broken.")),
     CHECKS(CHECK("nltest /domain_trusts"),
            CHECK("netdom trust {domain} /domain:{other_realm} /verify"))},
    {"krb-error/29",
     CAUSES(CAUSE("The controller is starting, or cannot reach the one it needs."),
            CAUSE("A read-only controller has no way to a writable one.")),
     CHECKS(CHECK("dcdiag /s:{host}"), CHECK("nltest /sc_query:{domain}"))},
    {"krb-error/33",
     CAUSES(CAUSE("The clocks of the KDC and the server differ."),
            CAUSE("The ticket was asked for later use.")),
     CHECKS(CHECK("w32tm /query /status"),
            CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly"))},
    {"krb-error/34",
     CAUSES(CAUSE("The same request came twice: repeated, or doubled by the network."),
            CAUSE("Two processes share a keytab and a replay cache.")),
     CHECKS(CHECK("klist"))},
    {"krb-error/60",
     CAUSES(CAUSE("The KDC has no better word for it: a broken trust, a key that is gone, a "
                  "request that a "
                  "patch refuses."),
            CAUSE("The ticket is too large.")),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("klist"), CHECK("dcdiag /s:{host}"))},
    {"ntlm-fallback", /* m */
     CAUSES(
         CAUSE("The service's name was not found or is registered twice."),
         CAUSE("The client used an address or another name."),
         CAUSE(
             "The failure is remembered for some minutes: no request for a ticket is sent then.")),
     CHECKS(CHECK("setspn -Q {spn}"), CHECK("setspn -X -F"), CHECK("klist"))},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
