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
     CAUSES("No account has the name.",
            "Two accounts have it: a KDC of Windows says the same then.",
            "The client used another name of the host than the one that is registered.",
            "The change is not replicated to this controller yet."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "repadmin /replsummary")},
    {"spn-not-found-or-duplicate/short",
     CAUSES("Only the full name of the host is registered, and the client used the short one.",
            "Two accounts have the short name.",
            "A link, a setting or a hosts file holds the short name."),
     CHECKS("setspn -Q {spn}", "setspn -X -F", "setspn -Q {full} # the full name",
            "klist # does a ticket for the full name exist?")},
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
            "The account's password changed.", ADP_CAUSE_OLD_TICKET),
     CHECKS("setspn -Q {spn}", "klist", "nslookup {host} # and which host answers there?")},
    {"service-key-mismatch/ldap", /* K 2090913 */
     CAUSES(
         "The controller's own password differs from the directory's: restored, cloned, or cut off "
         "from replication.",
         "The address belongs to another controller.", ADP_CAUSE_OLD_TICKET),
     CHECKS("nltest /sc_verify:{domain} # on the server", "repadmin /replsummary", "klist",
            "nslookup {host}")},
    {"service-key-mismatch/smb",
     CAUSES("The server's own password differs from the directory's: restored or cloned.",
            "The address belongs to another server.", ADP_CAUSE_OLD_TICKET),
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
     CHECKS("repadmin /replsummary", "netdom trust {domain} /domain:<trusted domain> /verify",
            "klist")},
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
     CHECKS(
         "Get-ADObject -LDAPFilter '(msDS-SupportedEncryptionTypes=*)' -Properties "
         "msDS-SupportedEncryptionTypes # look for {account}",
         "klist",
         "wevtutil qe System "
         "\"/q:*[System[Provider[@Name='Microsoft-Windows-Kerberos-Key-Distribution-Center']]]\" "
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
    {"password-wrong/machine-tried", /* L, adcli joining a domain */
     CAUSES("A program that joins a domain tries the salts that a directory may use, one by one.",
            "A program has the password before the last beside the present one, and tries both.",
            "A keytab holds old keys beside the present one."),
     CHECKS("klist -ket <keytab> # which keys does the host hold?",
            "nltest /sc_verify:{domain} # on a Windows client",
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
     CHECKS("Get-ADUser -Identity {account} -Properties LockedOut,AccountLockoutTime,BadLogonCount",
            "wevtutil qe Security \"/q:*[System[(EventID=4740)]]\" /c:10 /f:text # on the PDC "
            "emulator")},
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
     CHECKS("Get-ADUser -Identity {account}", "nltest /dsgetdc:{realm}", "repadmin /replsummary")},
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
    {"krb-error/16", /* E: smart card logon and Windows Hello */
     CAUSES("The client logs on with a certificate, and the controller has no valid one of its "
            "own for that.",
            "The controller does not take this kind of preauthentication."),
     CHECKS("certutil -dcinfo verify", "wevtutil qe System /c:20 /rd:true /f:text # on the "
                                       "controller; look for events 19 and 29")},
    {"krb-error/19", CAUSES("The account of the service is disabled."),
     CHECKS("setspn -Q {spn} # which account is it? then look whether it is enabled")},
    {"krb-error/20",
     CAUSES("The key of krbtgt was changed, or the account was made anew.",
            "A read-only controller, or a hardened one, does not take this ticket."),
     CHECKS("klist tgt", "repadmin /replsummary")},
    {"krb-error/27",
     CAUSES("The service runs as a user that has no service principal name.",
            "The service was asked for by the name of a user."),
     CHECKS("setspn -Q {spn}", "setspn -L {account}")},
    {"krb-error/28",
     CAUSES("The path of trusts to the other realm is not accepted by policy.",
            "A trust on the way is broken."),
     CHECKS("nltest /domain_trusts", "netdom trust {domain} /domain:<trusted domain> /verify")},
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
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
