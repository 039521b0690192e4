/* advice_accounts.c
 * What may be behind a finding, and how to look: accounts, their passwords and rights.
 *
 * The letters behind the rows name the source; see advice_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"
#include "advise/advice_table.h"

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const adp_advice adp_advice_accounts[] = {
    {"password-wrong", /* E */
     CAUSES(CAUSE("The password was mistyped."),
            CAUSE("A stored password or keytab is older than the account's."),
            CAUSE("The key was made with another salt, after a change of name.",
                  .refuted_by = {ADP_SIGN_SALT_DIFFERS}),
            CAUSE("The KDC names a salt that is not made of realm and name, as after ktpass or a "
                  "change of name: a keytab that a tool made of the password with the usual salt "
                  "does not fit.",
                  .needs = {ADP_SIGN_SALT_DIFFERS}, .weak = TRUE)),
     CHECKS(CHECK("klist"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "PasswordLastSet,BadLogonCount,LockedOut",
                  IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER),
            CHECK("klist -ke /etc/krb5.keytab # which stored keys, of which version?", IF_UNIX))},
    {"password-wrong/elsewhere", /* m */
     CAUSES(
         CAUSE("A change of the password has not reached this controller: replication between the "
               "controllers is late or broken.",
               .supported_by = {ADP_SIGN_ACCEPTED_ELSEWHERE}),
         CAUSE("The controllers made other keys of the same password: they differ in version, or "
               "in the types and salts that they keep.",
               .supported_by = {ADP_SIGN_ACCEPTED_ELSEWHERE}),
         CAUSE("Two programs of the client have two passwords.",
               .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE})),
     CHECKS(CHECK("repadmin /replsummary", IF_AD),
            CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet", IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet", IF_MACHINE),
            CHECK("samba-tool drs showrepl", IF_SAMBA),
            CHECK("klist -ke /etc/krb5.keytab # which stored keys, of which version?", IF_UNIX))},
    {"password-wrong/series",
     CAUSES(CAUSE("A service, task or device keeps the old password."),
            CAUSE("Somebody guesses passwords."),
            CAUSE("A keytab is older than the account's password.")),
     CHECKS(
         CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet,BadLogonCount,LockedOut",
               IF_USER),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
         CHECK("samba-tool user show {account}", IF_SAMBA_USER),
         CHECK("cmdkey /list # on the client", IF_WINDOWS),
         CHECK("schtasks /query /v /fo list # on the client", IF_WINDOWS),
         CHECK("klist -ke /etc/krb5.keytab # which stored keys, of which version?", IF_UNIX))},
    {"password-wrong/spray",
     CAUSES(
         CAUSE(
             "A program tries one or a few passwords on a list of names: an attempt to break in."),
         CAUSE("It is a test of passwords by the administrators themselves."),
         CAUSE("One host, a gateway for instance, logs many users on with passwords that are out "
               "of date.")),
     CHECKS(
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4771)]]\" /c:50 /rd:true /f:text # on "
               "the controller: which names, from where?",
               IF_AD),
         CHECK("Get-ADUser -Identity {hit} -Properties PasswordLastSet,LastLogonDate # the one "
               "that got in",
               IF_AD),
         CHECK("nslookup {address} # which host is the client?"))},
    {"password-wrong/machine",
     CAUSES(
         CAUSE(
             "The account is not the client's own: a group managed service account (gMSA), whose "
             "password the host took before it was changed or may not read, or another machine's, "
             "by a keytab.",
             .supported_by = {ADP_SIGN_NOT_THIS_MACHINE}, .needs = {ADP_SIGN_NOT_THIS_MACHINE}),
         CAUSE(
             "The machine's stored password differs from the directory's: restored from an image, "
             "or two "
             "machines share the name.",
             .refuted_by = {ADP_SIGN_NOT_THIS_MACHINE}),
         CAUSE("A keytab is older than the account's password.",
               .refuted_by = {ADP_SIGN_CLIENT_WINDOWS})),
     CHECKS(CHECK("Get-ADServiceAccount -Identity {machine} -Properties "
                  "PrincipalsAllowedToRetrieveManagedPassword,PasswordLastSet # if it is one",
                  .needs = {ADP_SIGN_NOT_THIS_MACHINE}, .refuted_by = {ADP_SIGN_KDC_MIT}),
            CHECK("nltest /sc_query:{domain} # on the client",
                  .refuted_by = {ADP_SIGN_CLIENT_UNIX, ADP_SIGN_NOT_THIS_MACHINE}),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet", IF_AD),
            CHECK("klist -ke /etc/krb5.keytab # which stored keys, of which version?",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("samba-tool computer show {machine}", IF_SAMBA),
            CHECK("nltest /sc_verify:{domain} # on the client",
                  .refuted_by = {ADP_SIGN_CLIENT_UNIX, ADP_SIGN_NOT_THIS_MACHINE},
                  .changes = "the machine's secure channel, where that is broken"))},
    {"password-wrong/machine-tried", /* L, adcli joining a domain */
     CAUSES(
         CAUSE(
             "A program that joins a domain tries the salts that a directory may use, one by one."),
         CAUSE(
             "A program has the password before the last beside the present one, and tries both."),
         CAUSE("A keytab holds old keys beside the present one.",
               .refuted_by = {ADP_SIGN_CLIENT_WINDOWS})),
     CHECKS(CHECK("klist -ket /etc/krb5.keytab # which keys does the host hold?",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("nltest /sc_query:{domain} # on a Windows client", IF_WINDOWS),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet", IF_AD))},
    {"preauth-abandoned", /* m */
     CAUSES(CAUSE("The program had no password or key."), CAUSE("The user gave up."),
            CAUSE("The client went on with another KDC, which the capture does not show.")),
     CHECKS(CHECK("klist"), CHECK("klist -kt /etc/krb5.keytab # where a keytab is used"))},
    {"preauth-abandoned/rounds", /* m; R 9588 */
     CAUSES(
         CAUSE("The client's library has nothing in common with what the KDC offers: no group of "
               "SPAKE, for one."),
         CAUSE("A one-time password was asked for, and none was given."),
         CAUSE("The user gave up."),
         CAUSE("The client went on with another KDC, which the capture does not show.")),
     CHECKS(CHECK("klist"),
            CHECK("grep -E 'spake_preauth|disable' /etc/krb5.conf # on a client with Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}))},
    {"preauth-abandoned/anonymous", /* R 6113, 8062; m */
     CAUSES(ADP_CAUSE_ARMOUR_DEMANDED, ADP_CAUSE_NO_ANONYMOUS, ADP_CAUSE_ANONYMOUS_NOT_SET_UP),
     CHECKS(CHECK("grep -i fast /etc/sssd/sssd.conf # on a client with Linux: is FAST demanded?",
                  IF_NOT_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the host a key of its own?", IF_NOT_WINDOWS),
            CHECK("kadmin.local getprinc WELLKNOWN/ANONYMOUS # on the KDC", IF_MIT))},
    {"preauth-abandoned/late", /* m */
     CAUSES(
         CAUSE("The user, or the program, took longer than the KDC waits between two rounds, and "
               "gave up."),
         CAUSE("The client went on with another KDC, which the capture does not show.")),
     CHECKS(CHECK("klist"))},
    {"preauth-abandoned/list", /* m */
     CAUSES(
         CAUSE("A program goes through a list of names to learn which of them exist: an "
               "attacker's, or an administrator's tool."),
         CAUSE("A gateway or a synchronisation looks for users one by one, and logs nobody on.")),
     CHECKS(
         CHECK("nslookup {address} # which host is the client?"),
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4768)]]\" /c:50 /rd:true /f:text # on "
               "the controller: which names, from where?"))},
    {"password-expired", /* E */
     CAUSES(CAUSE("The password is older than the policy allows."),
            CAUSE("It has to be changed at the next logon."),
            CAUSE("A service account follows a policy made for people.",
                  .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE})),
     CHECKS(CHECK("net user {account} /domain", IF_USER),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "PasswordExpired,PasswordLastSet,PasswordNeverExpires",
                  IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet,PasswordExpired",
                  IF_MACHINE),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER))},
    {"kpasswd-failed", /* R 3244 2 */
     CAUSES(
         CAUSE("The account may not change or set this password."),
         CAUSE("The controller cannot write it: it is a read-only one, or has no connection "
               "to a writable one."),
         CAUSE(
             "The ticket for this service does not come from a logon: it lacks the flag INITIAL.")),
     CHECKS(CHECK("wevtutil qe Security \"/q:*[System[(EventID=4723 or EventID=4724)]]\" /c:20 "
                  "/rd:true /f:text # on the controller",
                  IF_AD),
            CHECK("nltest /dsgetdc:{domain} /writable", IF_WINDOWS),
            CHECK("klist # which ticket was shown?"))},
    {"kpasswd-failed/again", /* R 3244 2, R 4120 5.7.1; from reports */
     CAUSES(CAUSE("The address of the client or of the service is translated on the way (NAT): the "
                  "answer is sealed for another address, so that the client's library does not "
                  "take it and asks once more. The password is changed by then."),
            CAUSE("The answers refuse the new password, and the program sends the same one again."),
            CAUSE("A program that sets many passwords uses one account for it.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet", IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet", IF_MACHINE),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER))},
    {"kpasswd-failed/policy", /* R 3244 2 */
     CAUSES(CAUSE("The new password does not meet the policy: length, complexity, history, or the "
                  "least age."),
            CAUSE("A password filter on the controller refuses it.")),
     CHECKS(CHECK("net accounts /domain", IF_WINDOWS),
            CHECK("Get-ADDefaultDomainPasswordPolicy", IF_AD),
            CHECK("samba-tool domain passwordsettings show", IF_SAMBA))},
    {"kpasswd-failed/replay", /* R 3244 2, 4120 3.2.3, L: MIT */
     CAUSES(CAUSE("The request came twice: the client sent it again while the first one was worked "
                  "on, and "
                  "the answer to that did not arrive in time. The first one may have changed the "
                  "password.",
                  .supported_by = {ADP_SIGN_SENT_AGAIN}),
            CAUSE("A device in between doubles packets.", .refuted_by = {ADP_SIGN_SENT_AGAIN})),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet", IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties PasswordLastSet", IF_MACHINE),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("grep udp_preference_limit /etc/krb5.conf # 0: TCP first", IF_UNIX))},
    {"kpasswd-failed/success", /* R 3244 2, m */
     CAUSES(CAUSE("The controller changed the password, and reported that in an error message: a "
                  "client that takes it for a failure keeps the old password.")),
     CHECKS(CHECK("klist"),
            CHECK("klist -ke /etc/krb5.keytab # which stored keys, of which version?", IF_UNIX))},
    {"kpasswd-failed/silent",
     CAUSES(CAUSE("A filter on the path rejects it: its ICMP message says so.",
                  .needs = {ADP_SIGN_PROHIBITED}),
            CAUSE("There is no route to the host, as a router says.", .needs = {ADP_SIGN_NO_ROUTE}),
            ADP_CAUSE_LOOP,
            CAUSE("The server, or a device in between, ended the connection instead of "
                  "answering.",
                  .needs = {ADP_SIGN_SERVER_CLOSED}),
            CAUSE("A firewall lets the ports 88 and 389 pass, and not 464.",
                  .refuted_by = {ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE,
                                 ADP_SIGN_ROUTING_LOOP, ADP_SIGN_SERVER_CLOSED}),
            CAUSE("The host offers no password service.",
                  .supported_by = {ADP_SIGN_PORT_UNREACHABLE, ADP_SIGN_REFUSED},
                  .refuted_by = {ADP_SIGN_PROHIBITED, ADP_SIGN_NO_ROUTE, ADP_SIGN_ROUTING_LOOP,
                                 ADP_SIGN_SERVER_CLOSED})),
     CHECKS(CHECK("Test-NetConnection {host} -Port 464", IF_WINDOWS),
            CHECK("nc -vz {host} 464", IF_UNIX))},
    {"realm-case-differs", /* R 4120 6.1 */
     CAUSES(
         CAUSE("The realm is configured or typed in small letters; its name is the domain's in "
               "capitals."),
         CAUSE("The client's library tells capitals from small letters in the names of realms.")),
     CHECKS(CHECK("grep -E 'default_realm|canonicalize' /etc/krb5.conf # on a client with Linux",
                  .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
            CHECK("klist"))},
    {"account-unusable", /* E */
     CAUSES(CAUSE("The account is disabled, locked or expired."),
            CAUSE("It may not log on at this hour.", .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE})),
     CHECKS(CHECK("klist # of which account are the tickets?"),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "Enabled,LockedOut,AccountExpirationDate,LogonHours",
                  IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADComputer -Identity {machine} -Properties "
                  "Enabled,AccountExpirationDate,whenChanged",
                  IF_MACHINE),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER))},
    {"account-unusable/disabled",
     CAUSES(CAUSE("The account is disabled."),
            CAUSE("It was enabled again on another controller, and that is not replicated to this "
                  "one yet.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties Enabled,whenChanged", IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADComputer -Identity {machine} -Properties Enabled,whenChanged", IF_MACHINE),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER),
            CHECK("samba-tool computer show {machine}", IF_SAMBA))},
    {"account-unusable/locked",
     CAUSES(CAUSE("Too many wrong passwords, often from a service or device with an old one.",
                  .supported_by = {ADP_SIGN_WRONG_BEFORE}),
            CAUSE("Somebody guesses passwords.")),
     CHECKS(
         CHECK("Get-ADUser -Identity {account} -Properties "
               "LockedOut,AccountLockoutTime,BadLogonCount",
               IF_USER),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("Get-ADComputer -Identity {machine} -Properties LockedOut,PasswordLastSet",
               IF_MACHINE),
         CHECK("kadmin.local getprinc {account} # on the KDC: failed logons, and the policy's lock",
               IF_MIT),
         CHECK("samba-tool user show {account}", IF_SAMBA_USER),
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4740)]]\" /c:10 /rd:true /f:text # on "
               "the PDC emulator: which computer sent the passwords?",
               IF_AD))},
    {"account-unusable/expired",
     CAUSES(CAUSE("The account's end date has passed."), CAUSE("The date was set by mistake.")),
     CHECKS(
         CHECK("Get-ADUser -Identity {account} -Properties AccountExpirationDate", IF_USER),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("Get-ADComputer -Identity {machine} -Properties AccountExpirationDate", IF_MACHINE),
         CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
         CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL),
         CHECK("samba-tool user show {account}", IF_SAMBA_USER))},
    {"account-unusable/service-expired", /* R 4120: code 2 */
     CAUSES(CAUSE("The account of the service has expired: its end date has passed."),
            CAUSE("The date was set by mistake.")),
     CHECKS(CHECK("setspn -Q {spn} # which account is it? then look at its end date", IF_AD),
            CHECK("kadmin.local getprinc {spn} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {spn} # on the KDC", IF_HEIMDAL))},
    {"account-unusable/hours",
     CAUSES(CAUSE("The account may not log on at this hour."),
            CAUSE("The clock of the controller is off.")),
     CHECKS(CHECK("net user {account} /domain", IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("w32tm /query /status", IF_WINDOWS))},
    {"account-unusable/restriction",
     CAUSES(
         CAUSE("A restriction of the account applies: an empty password, hours, or a workstation."),
         CAUSE("A policy for protected users applies.")),
     CHECKS(CHECK("net user {account} /domain", IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADUser -Identity {account} -Properties MemberOf", IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties MemberOf", IF_MACHINE))},
    {"client-unknown", /* E, K 2009157 */
     CAUSES(CAUSE("Another controller was sent a new password just before, as a join does: perhaps "
                  "the machine was joined a moment ago, and this controller has not heard of its "
                  "account yet. Whose password it was is sealed.",
                  .needs = {ADP_SIGN_PASSWORD_SET_ELSEWHERE}),
            CAUSE("The account has a shorter name: tools that join a machine cut its name to 15 "
                  "characters, and the client asks with all of them.",
                  .needs = {ADP_SIGN_LONG_MACHINE_NAME},
                  .refuted_by = {ADP_SIGN_ACCEPTED_ELSEWHERE, ADP_SIGN_KDC_MIT}),
            CAUSE("The form DOMAIN\\user is one of Windows' own: Kerberos takes the backslash and "
                  "what stands before it for a part of the name. The program has to ask for the "
                  "name alone, in the realm of the domain.",
                  .needs = {ADP_SIGN_NAME_HAS_DOMAIN}),
            CAUSE("The name is mistyped, or was deleted.",
                  .refuted_by = {ADP_SIGN_ACCEPTED_ELSEWHERE}),
            CAUSE("The account is in another domain.", .refuted_by = {ADP_SIGN_ACCEPTED_ELSEWHERE}),
            CAUSE("It is new, and not replicated to this controller yet.",
                  .supported_by = {ADP_SIGN_ACCEPTED_ELSEWHERE},
                  .refuted_by = {ADP_SIGN_SEVERAL_DENY}),
            CAUSE("The machine was never joined here, or its account was deleted.",
                  .needs = {ADP_SIGN_ACCOUNT_MACHINE},
                  .refuted_by = {ADP_SIGN_ACCEPTED_ELSEWHERE})),
     CHECKS(CHECK("Get-ADUser -Identity {account}", IF_USER),
            CHECK("Get-ADComputer -Identity {machine}", IF_MACHINE),
            CHECK("nltest /dsgetdc:{realm}", IF_WINDOWS),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL),
            CHECK("samba-tool user show {account}", IF_SAMBA_USER),
            CHECK("klist -k /etc/krb5.keytab # which names are stored?", IF_UNIX),
            CHECK("repadmin /replsummary", IF_AD))},
    {"client-unknown/service", /* m */
     CAUSES(
         CAUSE(
             "Active Directory knows a machine by its account name, {machine}, and takes the name "
             "of a service for a logon only where it is the userPrincipalName of an account.",
             .needs = {ADP_SIGN_ACCOUNT_MACHINE},
             .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_KDC_HEIMDAL}),
         CAUSE("Active Directory knows an account by its own name (sAMAccountName), and takes the "
               "name of a service for a logon only where it is the account's userPrincipalName.",
               .needs = {ADP_SIGN_ACCOUNT_SERVICE},
               .refuted_by = {ADP_SIGN_KDC_MIT, ADP_SIGN_KDC_HEIMDAL}),
         CAUSE("The program takes the first name in the keytab, or makes one of its host's name, "
               "because none is set."),
         CAUSE("The machine was never joined here, or its account was deleted.",
               .needs = {ADP_SIGN_ACCOUNT_MACHINE}, .weak = TRUE),
         CAUSE("The account is in another domain.")),
     CHECKS(
         CHECK("klist -k /etc/krb5.keytab # which names are stored, and which is the first?",
               .refuted_by = {ADP_SIGN_CLIENT_WINDOWS}),
         CHECK("setspn -Q {account} # which account has the name?", IF_AD),
         CHECK("Get-ADComputer -Identity {machine} -Properties userPrincipalName", IF_MACHINE),
         CHECK("grep -E 'ldap_sasl_authid|krb5_keytab|_hostname' /etc/sssd/sssd.conf # which name "
               "is set?",
               IF_UNIX),
         CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
         CHECK("kadmin -l get {account} # on the KDC", IF_HEIMDAL))},
    {"client-unknown/anonymous", /* R 6113, 8062; m */
     CAUSES(ADP_CAUSE_ARMOUR_DEMANDED, ADP_CAUSE_NO_ANONYMOUS, ADP_CAUSE_ANONYMOUS_NOT_SET_UP),
     CHECKS(CHECK("grep -i fast /etc/sssd/sssd.conf # on a client with Linux: is FAST demanded?",
                  IF_NOT_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the host a key of its own?", IF_NOT_WINDOWS),
            CHECK("kadmin.local getprinc WELLKNOWN/ANONYMOUS # on the KDC", IF_MIT))},
    {"client-unknown/list",
     CAUSES(CAUSE("A program goes through a list of names to learn which of them exist: an "
                  "attacker's, or an administrator's tool."),
            CAUSE("An import or a gateway holds names of another domain.")),
     CHECKS(
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4768)]]\" /c:50 /rd:true /f:text # on "
               "the controller: which names, from where?",
               IF_AD),
         CHECK("nslookup {address} # which host is the client?"))},
    {"client-unknown/enterprise",
     CAUSES(CAUSE("The suffix of the user's logon name is not routed to this forest."),
            CAUSE("The name is mistyped."),
            CAUSE("The account is new, and not replicated yet.",
                  .refuted_by = {ADP_SIGN_SEVERAL_DENY})),
     CHECKS(CHECK("Get-ADForest | Select-Object UPNSuffixes"), CHECK("nltest /domain_trusts"))},
    {"account-unusable/not-unique", /* R 4120 7.5.9, m */
     CAUSES(CAUSE("Two accounts have the same logon name (userPrincipalName), in one domain or in "
                  "two of the forest: the KDC cannot tell which of them is meant."),
            CAUSE("A service's name that is used for a logon stands at two accounts.",
                  .needs = {ADP_SIGN_ACCOUNT_SERVICE})),
     CHECKS(CHECK("dsquery user forestroot -gc -upn {account} # which accounts have it?",
                  .needs = {ADP_SIGN_ACCOUNT_UPN}),
            CHECK("setspn -X -F", .needs = {ADP_SIGN_ACCOUNT_SERVICE}))},
    {"policy-refused", /* E */
     CAUSES(CAUSE("A restriction of the account applies: hours, workstations, or a smart card is "
                  "required."),
            CAUSE("An authentication policy or silo forbids it."),
            CAUSE("The KDC offers FAST (136), which this client did not use: a policy may want it.",
                  .needs = {ADP_SIGN_FAST_OFFERED}, .refuted_by = {ADP_SIGN_PLAIN_GRANTED}),
            CAUSE("The KDC wants armour (FAST) for each logon, and this request has none: requests "
                  "with it are granted there.",
                  .needs = {ADP_SIGN_FAST_USED}, .refuted_by = {ADP_SIGN_PLAIN_GRANTED}),
            CAUSE("The KDC wants armour (FAST), which this client does not know or was not given.",
                  .refuted_by = {ADP_SIGN_FAST_OFFERED, ADP_SIGN_FAST_USED, ADP_SIGN_ARMOURED,
                                 ADP_SIGN_PLAIN_GRANTED, ADP_SIGN_CROSS_REALM}),
            CAUSE("A trust allows selected accounts only.", .needs = {ADP_SIGN_CROSS_REALM})),
     CHECKS(CHECK("net user {account} /domain", IF_USER),
            CHECK("Get-ADUser -Identity {account} -Properties "
                  "msDS-AssignedAuthNPolicy,msDS-AssignedAuthNPolicySilo,LogonWorkstations",
                  IF_USER),
            CHECK("Get-ADComputer -Identity {machine} -Properties msDS-AssignedAuthNPolicy",
                  IF_MACHINE),
            CHECK("kadmin.local getprinc {account} # on the KDC", IF_MIT),
            CHECK("nltest /domain_trusts /v", .needs = {ADP_SIGN_CROSS_REALM},
                  .refuted_by = {ADP_SIGN_KDC_MIT}))},
    {"policy-refused/s4u2proxy", /* K 2665790, M SFU */
     CAUSES(CAUSE("The controller is older than Windows Server 2012, and does not know delegation "
                  "by leave of the resource; a newer one would grant it."),
            CAUSE("The user may not be delegated: the account is sensitive, or in the group of "
                  "protected users."),
            CAUSE("An authentication policy or silo forbids it.")),
     CHECKS(CHECK("Get-ADDomainController -Filter * | Select-Object HostName,OperatingSystem"),
            CHECK("setspn -Q {spn} # then read msDS-AllowedToActOnBehalfOfOtherIdentity there"))},
    {"policy-refused/anonymous", /* R 6113, 8062; m */
     CAUSES(ADP_CAUSE_ARMOUR_DEMANDED, ADP_CAUSE_NO_ANONYMOUS, ADP_CAUSE_ANONYMOUS_NOT_SET_UP),
     CHECKS(CHECK("grep -i fast /etc/sssd/sssd.conf # on a client with Linux: is FAST demanded?",
                  IF_NOT_WINDOWS),
            CHECK("klist -kt /etc/krb5.keytab # has the host a key of its own?", IF_NOT_WINDOWS),
            CHECK("kadmin.local getprinc WELLKNOWN/ANONYMOUS # on the KDC", IF_MIT))},
    {"policy-refused/selective-auth",
     CAUSES(
         CAUSE("The trust allows selected accounts only, and this one may not authenticate to the "
               "server."),
         CAUSE("The account's group membership is not replicated yet.")),
     CHECKS(
         CHECK("nltest /domain_trusts /v"),
         CHECK(
             "setspn -Q {spn} # on this account the right \"Allowed to authenticate\" is needed"))},
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
                  "msDS-AllowedToDelegateTo",
                  IF_AD),
            CHECK("Get-ADObject -LDAPFilter '(msDS-AllowedToActOnBehalfOfOtherIdentity=*)' "
                  "-Properties msDS-AllowedToActOnBehalfOfOtherIdentity",
                  IF_AD),
            CHECK("klist tgt", IF_WINDOWS),
            CHECK("klist -f # which flags has the ticket?", IF_UNIX),
            CHECK("setspn -Q {spn}", IF_AD))},
    {"delegation-refused/s4u2proxy", /* M SFU 3.2.5.2.3, E */
     CAUSES(
         CAUSE("The service may act for users at {neighbour}, and its list lacks this form of the "
               "name: with and without the port are two names.",
               .needs = {ADP_SIGN_OTHER_NAME_GRANTED}),
         CAUSE("The service's account may not delegate to this name: its msDS-AllowedToDelegateTo "
               "lacks it, and the target's msDS-AllowedToActOnBehalfOfOtherIdentity does not name "
               "the account."),
         CAUSE("The user is marked as sensitive, or is one of the Protected Users.",
               .supported_by = {ADP_SIGN_RESTRICTED}),
         CAUSE("The user's ticket, which the service shows, may not be forwarded: the service may "
               "delegate with Kerberos alone, and made the ticket itself (protocol transition).",
               .supported_by = {ADP_SIGN_RESTRICTED})),
     CHECKS(
         CHECK("Get-ADUser -LDAPFilter "
               "'(userAccountControl:1.2.840.113556.1.4.803:=1048576)' # sensitive: is the user "
               "among "
               "them?",
               .needs = {ADP_SIGN_RESTRICTED}),
         CHECK("Get-ADGroupMember 'Protected Users'", .needs = {ADP_SIGN_RESTRICTED}),
         CHECK("Get-ADComputer -Identity {machine} -Properties msDS-AllowedToDelegateTo # of the "
               "service that asks: is {spn} in it?",
               IF_AD),
         CHECK("Get-ADObject -LDAPFilter '(msDS-AllowedToDelegateTo=*)' -Properties "
               "msDS-AllowedToDelegateTo",
               IF_AD),
         CHECK("Get-ADObject -LDAPFilter '(msDS-AllowedToActOnBehalfOfOtherIdentity=*)' "
               "-Properties msDS-AllowedToActOnBehalfOfOtherIdentity",
               IF_AD),
         CHECK("setspn -Q {spn} # which account is the target's?", IF_AD),
         CHECK("samba-tool delegation show {account}", IF_SAMBA))},
    {"delegation-refused/renewal", /* R 4120 3.3 */
     CAUSES(CAUSE("The ticket cannot be renewed: it was given without that flag, or for too long."),
            CAUSE("The KDC's policy allows no renewal.")),
     CHECKS(CHECK("klist tgt", IF_WINDOWS),
            CHECK("klist -f # which flags has the ticket, until when?", IF_UNIX),
            CHECK("kadmin.local getprinc {spn} # on the KDC: its maximum renewable life", IF_MIT))},
    {"delegation-refused/forwarding", /* R 4120 2.6 */
     CAUSES(CAUSE("The ticket was given as one that may not be forwarded."),
            CAUSE("The user is marked as sensitive, or is one of the Protected Users."),
            CAUSE("The target's account is not trusted for delegation.")),
     CHECKS(CHECK("klist tgt", IF_WINDOWS),
            CHECK("klist -f # which flags has the ticket?", IF_UNIX),
            CHECK("setspn -Q {spn}", IF_AD))},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
