/* advice_ldap.c
 * What may be behind a finding, and how to look: LDAP and service connection points.
 *
 * The letters behind the rows name the source; see advice_table.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"
#include "advise/advice_table.h"

/* Sentences go over lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
/* What is about tickets has no place where the client shows none. */
#define NOT_KERBEROS                                                                               \
    .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_SIMPLE, ADP_SIGN_MECHANISM_OTHER}

const adp_advice adp_advice_ldap[] = {
    /* ---- LDAP ---- */
    {"ldap-signing-required", /* K 4520412, m */
     CAUSES(CAUSE("The program binds without signing, and the controller requires it.",
                  .refuted_by = {ADP_SIGN_MECHANISM_SIMPLE}),
            CAUSE("The program binds with name and password in clear: that needs TLS here.",
                  .supported_by = {ADP_SIGN_MECHANISM_SIMPLE},
                  .refuted_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_KERBEROS}),
            CAUSE("A policy of the client forbids signing.",
                  .refuted_by = {ADP_SIGN_MECHANISM_SIMPLE})),
     CHECKS(
         CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
               "LDAPServerIntegrity # on the controller: 2 requires signing",
               .refuted_by = {ADP_SIGN_KDC_SAMBA}),
         CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
               "LDAPServerEnforceIntegrity # Windows Server 2025: overrides the other",
               .refuted_by = {ADP_SIGN_KDC_SAMBA}),
         CHECK("wevtutil qe \"Directory Service\" \"/q:*[System[(EventID=2889)]]\" /c:10 /rd:true "
               "/f:text # on the controller; written only with LDAP diagnostics at level 2",
               .refuted_by = {ADP_SIGN_KDC_SAMBA}),
         CHECK("testparm -sv --parameter-name='ldap server require strong auth' # on the "
               "controller",
               .needs = {ADP_SIGN_KDC_SAMBA}))},
    {"ldap-channel-binding-required", /* K 4520412, 5021989 */
     CAUSES(CAUSE("The program binds over TLS without channel binding, and the controller requires "
                  "it: an update of the program or its library is needed."),
            CAUSE("A proxy, load balancer or inspecting device ends the TLS connection in between, "
                  "so that the two ends see different channels."),
            CAUSE("The program binds with NTLM or Kerberos inside TLS, where a bind on port 389 "
                  "with signing would do.",
                  .supported_by = {ADP_SIGN_MECHANISM_NTLM, ADP_SIGN_MECHANISM_KERBEROS})),
     CHECKS(CHECK("reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
                  "LdapEnforceChannelBinding # on the controller: 2 always requires it"),
            CHECK("wevtutil qe \"Directory Service\" \"/q:*[System[(EventID=3039)]]\" /c:10 "
                  "/rd:true /f:text # on the controller; written only with LDAP diagnostics at "
                  "level 2"))},
    {"ldap-bind-failed", /* R 4513, m */
     CAUSES(ADP_CAUSE_NO_PASSWORD,
            CAUSE("The name or password is wrong.", .refuted_by = {ADP_SIGN_NO_PASSWORD}),
            CAUSE("The ticket or token could not be verified.", NOT_KERBEROS),
            CAUSE("The account may not log on.")),
     CHECKS(CHECK("klist", NOT_KERBEROS),
            CHECK("ldp.exe # connect to {host}, bind with the same account"))},
    {"ldap-bind-failed/ticket", /* L, K 2090913 */
     CAUSES(
         CAUSE(
             "The server's key is not the one the KDC used: its password in the directory differs "
             "from its own, after a restore or a clone for instance."),
         CAUSE("The ticket is from before a change of the key."),
         CAUSE("The name leads to another server than the ticket was made for.")),
     CHECKS(CHECK("klist # then try with a fresh ticket, in a new session"),
            CHECK("nltest /sc_query:{domain} # on the server"), CHECK("setspn -Q {spn}"),
            CHECK("nslookup {host}"))},
    {"ldap-bind-failed/52e", /* L */
     CAUSES(
         ADP_CAUSE_NO_PASSWORD,
         CAUSE(
             "The program sends another password to the directory than the one that the KDC took, "
             "or the name with another domain: with NTLM it is DOMAIN\\name, of the short name of "
             "the domain.",
             .supported_by = {ADP_SIGN_PROVED_BY_KDC}, .needs = {ADP_SIGN_PROVED_BY_KDC}),
         CAUSE("Kerberos was meant, and the program went over to NTLM: it had no ticket for this "
               "server.",
               .needs = {ADP_SIGN_PROVED_BY_KDC, ADP_SIGN_MECHANISM_NTLM}),
         CAUSE("The password was changed a short time ago, and this controller does not have the "
               "new one yet: another one lets the account in.",
               .needs = {ADP_SIGN_ACCEPTED_ELSEWHERE},
               .supported_by = {ADP_SIGN_ACCEPTED_ELSEWHERE}),
         CAUSE("The password is wrong.", .supported_by = {ADP_SIGN_SEVERAL_DENY},
               .refuted_by = {ADP_SIGN_NO_PASSWORD, ADP_SIGN_PROVED_BY_KDC}),
         CAUSE("The server could not open the Kerberos ticket: it says no more than this.",
               NOT_KERBEROS),
         CAUSE(
             "The name stands there without its domain: in a simple bind Active Directory takes a "
             "DN, name@domain or DOMAIN\\name.",
             .needs = {ADP_SIGN_BARE_NAME}, .refuted_by = {ADP_SIGN_NAME_ACCEPTED}),
         CAUSE("The name is that of another account.",
               .refuted_by = {ADP_SIGN_NAME_ACCEPTED, ADP_SIGN_ACCEPTED_ELSEWHERE})),
     CHECKS(CHECK("klist", NOT_KERBEROS),
            CHECK("nltest /sc_query:{domain} # on the server", NOT_KERBEROS),
            CHECK("setspn -Q ldap/{host}", NOT_KERBEROS),
            CHECK("ldp.exe # connect to {host}, bind with the same account",
                  .refuted_by = {ADP_SIGN_MECHANISM_KERBEROS}))},
    {"ldap-bind-failed/refused", /* R 4511 A.1, 4513 5.1 */
     CAUSES(ADP_CAUSE_NO_PASSWORD,
            CAUSE("The server takes no bind without a name.", .needs = {ADP_SIGN_ANONYMOUS}),
            CAUSE("The server does not let this account in, whatever it proves: it is inactive or "
                  "locked there, or a policy forbids it. The server's message says more.",
                  .refuted_by = {ADP_SIGN_ANONYMOUS, ADP_SIGN_NO_PASSWORD}),
            CAUSE("The server does not want a bind of this kind, or over a connection like this "
                  "one."),
            CAUSE("The server fails itself.")),
     CHECKS(CHECK("ldp.exe # connect to {host}, bind with the same account"),
            CHECK("ldapsearch -x -H ldap://{host} -s base -b '' supportedSASLMechanisms"))},
    {"ldap-bind-failed/2030", /* m */
     CAUSES(
         CAUSE("The DN in the bind is that of no object: the account was moved or renamed, or the "
               "setting has a mistake."),
         CAUSE("The DN is of another domain.")),
     CHECKS(CHECK("dsquery user -name {cn} # which DN has it now?", IF_DN),
            CHECK("ldp.exe # connect to {host}, bind with the same account"))},
    {"ldap-bind-failed/internal", /* m */
     CAUSES(
         CAUSE("The controller has a fault of its own: its database, its memory, or the security "
               "package failed. The password was not judged."),
         CAUSE("The name or token in the bind has a form at which the controller stumbles.")),
     CHECKS(CHECK("wevtutil qe \"Directory Service\" /c:20 /rd:true /f:text # on the controller"),
            CHECK("dcdiag /s:{host}"))},
    {"ldap-bind-failed/unreached", /* m */
     CAUSES(CAUSE("The account is of another domain, and this controller reaches none of the "
                  "controllers there: DNS, a firewall, or their silence. The password was not "
                  "judged."),
            CAUSE("The controller reaches no global catalog, which a name of the form name@suffix "
                  "needs."),
            CAUSE("It is a read-only controller without its line to a writable one.")),
     CHECKS(CHECK("nltest /server:{host} /domain_trusts"),
            CHECK("nltest /server:{host} /sc_query:{domain} # and of the account's own domain"),
            CHECK("wevtutil qe System /c:20 /rd:true /f:text # on the controller"))},
    {"ldap-bind-failed/trust", /* m */
     CAUSES(CAUSE("The password of the trust differs on its two sides, or one side of the trust is "
                  "gone. That of the account was not judged."),
            CAUSE("This controller's own secure channel to the other domain is broken.")),
     CHECKS(CHECK("nltest /server:{host} /domain_trusts /v"),
            CHECK("nltest /server:{host} /trusted_domains"))},
    {"ldap-bind-failed/569", /* m */
     CAUSES(CAUSE("A policy denies the account the logon over the network at this controller, or "
                  "does not grant it.")),
     CHECKS(
         CHECK("gpresult /r /scope computer # on the controller: which policy sets the rights?"))},
    {"ldap-bind-failed/unsupported", /* L, m */
     CAUSES(
         CAUSE(
             "The token asks for something that the controller does not support or does not allow: "
             "NTLM with signing that the library does not do, an old version of NTLM, or options "
             "that do not fit each other. The password was not judged.",
             .refuted_by = {ADP_SIGN_MECHANISM_KERBEROS}),
         CAUSE("The token asks for something that the controller does not support: options of the "
               "mechanism, or a layer that does not fit the connection.",
               .needs = {ADP_SIGN_MECHANISM_KERBEROS}, .weak = TRUE),
         CAUSE("A policy of the controller restricts NTLM.",
               .refuted_by = {ADP_SIGN_MECHANISM_KERBEROS})),
     CHECKS(
         CHECK(
             "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v LmCompatibilityLevel # on "
             "the controller"),
         CHECK(
             "reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0 # on the controller: "
             "NtlmMinServerSec, RestrictReceivingNTLMTraffic"),
         CHECK("ldp.exe # connect to {host}, bind with the same account"))},
    {"ldap-bind-failed/skew", /* R 4120, m */
     CAUSES(CAUSE("The clocks of client and controller differ by more than five minutes."),
            CAUSE("The controller's clock is off: other controllers agree with the client.")),
     CHECKS(CHECK("w32tm /stripchart /computer:{host} /samples:3 /dataonly"),
            CHECK("w32tm /query /status"))},
    {"ldap-bind-failed/525",
     CAUSES(CAUSE("There is no such user."),
            CAUSE("The account was moved or renamed: it has another DN now.",
                  .needs = {ADP_SIGN_ACCOUNT_DN}),
            CAUSE("The DN or name is of another domain.")),
     CHECKS(CHECK("Get-ADUser -Identity {account}",
                  .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE, ADP_SIGN_ACCOUNT_UPN,
                                 ADP_SIGN_ACCOUNT_SERVICE, ADP_SIGN_ACCOUNT_DN}),
            CHECK("dsquery user -name {cn} # which DN has it now?", IF_DN),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADComputer -Identity {account}", IF_MACHINE))},
    {"ldap-bind-failed/many", /* m */
     CAUSES(
         CAUSE(
             "A program tries one or a few passwords on a list of names: an attempt to break in."),
         CAUSE("It is a test of passwords by the administrators themselves."),
         CAUSE("One host, a gateway for instance, logs many users on with names or passwords that "
               "are out of date."),
         CAUSE("An import or a gateway holds names of another domain, or in a form that this "
               "server does not take.")),
     CHECKS(CHECK("wevtutil qe Security \"/q:*[System[(EventID=4625)]]\" /c:50 /rd:true /f:text # "
                  "on the controller: which names, from where?",
                  IF_AD),
            CHECK("dsquery user -upn {hit} # the one that got in", IF_UPN),
            CHECK("Get-ADUser -Identity {hit} -Properties PasswordLastSet,LastLogonDate # the one "
                  "that got in",
                  IF_USER),
            CHECK("nslookup {address} # which host is the client?"))},
    {"ldap-bind-failed/gateway", /* m */
     CAUSES(CAUSE("Devices and programs of these users have old passwords stored."),
            CAUSE("These users mistyped their names or passwords, and gave up."),
            CAUSE("The gateway hands names on in a form that this server does not take: without "
                  "their domain, or with another."),
            CAUSE("Somebody tries passwords at the gateway.")),
     CHECKS(CHECK("wevtutil qe Security \"/q:*[System[(EventID=4625)]]\" /c:50 /rd:true /f:text # "
                  "on the controller: which names, from where?",
                  IF_AD),
            CHECK("nslookup {address} # which host is the client? its own log knows from where the "
                  "users came"))},
    {"ldap-bind-failed/52f", /* m */
     CAUSES(CAUSE("The account is a member of Protected Users, who may not use NTLM or plain "
                  "passwords."),
            CAUSE("A restriction of the account applies: hours, workstations, an empty password.")),
     CHECKS(CHECK("Get-ADUser -Identity {account} -Properties MemberOf,LogonWorkstations", IF_USER),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADGroupMember 'Protected Users'"))},
    {"ldap-bind-failed/530",
     CAUSES(CAUSE("The account may not log on at this hour."),
            CAUSE("The controller's clock is off.")),
     CHECKS(CHECK("net user {account} /domain # which logon hours are allowed?", IF_PLAIN),
            CHECK("Get-ADUser -Identity {account} -Properties logonHours",
                  .refuted_by = {ADP_SIGN_ACCOUNT_MACHINE, ADP_SIGN_ACCOUNT_UPN}),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Get-ADUser -LDAPFilter \"(logonHours=*)\" # is the account among them?", IF_UPN),
            CHECK("w32tm /query /status # on the controller"))},
    {"ldap-bind-failed/531",
     CAUSES(CAUSE("The account may log on at other workstations only."),
            CAUSE("The client's name is not the expected one.")),
     CHECKS(CHECK("net user {account} /domain", IF_PLAIN),
            CHECK("Get-ADUser -Identity {account} -Properties LogonWorkstations", IF_DN),
            CHECK("dsquery user -upn {account}", IF_UPN))},
    {"ldap-bind-failed/532",
     CAUSES(CAUSE("The password has expired."),
            CAUSE("A service account follows a policy made for people.")),
     CHECKS(
         CHECK("net user {account} /domain", IF_PLAIN),
         CHECK("Get-ADUser -Identity {account} -Properties PasswordExpired,PasswordLastSet", IF_DN),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("Search-ADAccount -PasswordExpired # is the account among them?", IF_UPN))},
    {"ldap-bind-failed/533",
     CAUSES(CAUSE("The account is disabled."),
            CAUSE("It was enabled again on another controller, and that is not replicated to this "
                  "one yet.",
                  .supported_by = {ADP_SIGN_ACCEPTED_ELSEWHERE},
                  .refuted_by = {ADP_SIGN_SEVERAL_DENY})),
     CHECKS(
         CHECK("net user {account} /domain", IF_PLAIN),
         CHECK("Get-ADUser -Identity {account} -Properties Enabled,whenChanged", IF_DN),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("Search-ADAccount -AccountDisabled # is the account among them?", IF_UPN),
         CHECK("Get-ADComputer -Identity {account} -Properties Enabled,whenChanged", IF_MACHINE))},
    {"ldap-bind-failed/701",
     CAUSES(CAUSE("The account has expired."), CAUSE("Its end date was set by mistake.")),
     CHECKS(CHECK("net user {account} /domain", IF_PLAIN),
            CHECK("Get-ADUser -Identity {account} -Properties AccountExpirationDate", IF_DN),
            CHECK("dsquery user -upn {account}", IF_UPN),
            CHECK("Search-ADAccount -AccountExpired # is the account among them?", IF_UPN),
            CHECK("Get-ADComputer -Identity {account} -Properties AccountExpirationDate",
                  IF_MACHINE))},
    {"ldap-bind-failed/773",
     CAUSES(CAUSE("The password has to be changed first."),
            CAUSE("It was set by an administrator.")),
     CHECKS(
         CHECK("net user {account} /domain", IF_PLAIN),
         CHECK("Get-ADUser -Identity {account} -Properties PasswordLastSet", IF_DN),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("Get-ADUser -LDAPFilter \"(pwdLastSet=0)\" # is the account among them?", IF_UPN))},
    {"ldap-bind-failed/775",
     CAUSES(CAUSE("Too many wrong passwords, often from a service or device with an old one.",
                  .supported_by = {ADP_SIGN_WRONG_BEFORE}),
            CAUSE("Somebody guesses passwords.")),
     CHECKS(
         CHECK("net user {account} /domain", IF_PLAIN),
         CHECK("Get-ADUser -Identity {account} -Properties LockedOut,BadLogonCount", IF_DN),
         CHECK("dsquery user -upn {account}", IF_UPN),
         CHECK("wevtutil qe Security \"/q:*[System[(EventID=4740)]]\" "
               "/c:10 /rd:true /f:text # on the PDC emulator: which computer sent the passwords?"),
         CHECK("Search-ADAccount -LockedOut", IF_UPN))},
    {"ldap-bind-failed/57",
     CAUSES(CAUSE("The token could not be read: another mechanism, or damaged."),
            CAUSE("The ticket was made for another service.")),
     CHECKS(CHECK("klist"))},
    {"ldap-bind-failed/mechanism",
     CAUSES(CAUSE("The server does not offer the mechanism."),
            CAUSE("It offers it only over TLS.")),
     CHECKS(CHECK("ldapsearch -x -H ldap://{host} -s base -b '' supportedSASLMechanisms"))},
    {"ldap-bind-failed/busy", /* R 4511 A, m */
     CAUSES(
         ADP_CAUSE_BIND_PENDING,
         CAUSE("The server is overloaded: searches that no index serves, or too many connections, "
               "take all of its threads.",
               .refuted_by = {ADP_SIGN_BIND_PENDING}),
         CAUSE("It is starting or stopping, or its database is not open.",
               .refuted_by = {ADP_SIGN_BIND_PENDING}),
         CAUSE("A limit of its policy is reached (MaxActiveQueries, MaxConnections).",
               .refuted_by = {ADP_SIGN_BIND_PENDING})),
     CHECKS(CHECK("dcdiag /s:{host} /test:services"),
            CHECK("wevtutil qe \"Directory Service\" /c:20 /rd:true /f:text # on the controller"))},
    {"ldap-bind-failed/confidentiality",
     CAUSES(CAUSE("The server wants TLS for this bind."),
            CAUSE("The connection is not encrypted.")),
     CHECKS(CHECK("ldapsearch -x -H ldap://{host} -s base -b '' supportedExtension"))},
    {"ldap-bind-failed/name", /* R 4511 4.2, M 5.1.1.1.1 */
     CAUSES(
         CAUSE("The program binds by a name that is no DN, and the server takes nothing else here, "
               "or a DN with a mistake in it: a comma too many, a character that needs an escape."),
         CAUSE(
             "A setting that wants the whole DN has the bare name, or the base of searches in its "
             "place.")),
     CHECKS(CHECK("ldp.exe # connect to {host}, bind with the same account"),
            CHECK("dsquery user -name {account} # which DN does it have?",
                  .needs = {ADP_SIGN_BARE_NAME}))},
    {"ldap-bind-failed/version", /* R 3494, 4511 4.2 */
     CAUSES(
         CAUSE("The program, or its library by default, binds by version 2 of LDAP: it has to be "
               "told to use version 3.",
               .supported_by = {ADP_SIGN_LDAP_VERSION_2})),
     CHECKS(CHECK("ldapsearch -x -P 3 -H ldap://{host} -s base -b '' supportedLDAPVersion"))},
    {"ldap-bind-failed/in-tls", /* m */
     CAUSES(
         CAUSE(
             "The program asks for SASL signing or sealing, and connects with TLS: one of the two "
             "has to be switched off in its settings."),
         CAUSE("Its library asks for protection by default (sasl_secprops, minssf).")),
     CHECKS(CHECK("grep -i sasl_secprops /etc/ldap/ldap.conf # of a program on Linux"))},
    {"ldap-not-bound", /* m */
     CAUSES(ADP_CAUSE_NO_PASSWORD,
            CAUSE("The program binds anonymously: no name or password is set in it, or they are "
                  "empty.",
                  .supported_by = {ADP_SIGN_ANONYMOUS},
                  .refuted_by = {ADP_SIGN_NO_PASSWORD, ADP_SIGN_BIND_REFUSED}),
            CAUSE("The program sends the operation before it binds.",
                  .refuted_by = {ADP_SIGN_ANONYMOUS, ADP_SIGN_NO_PASSWORD, ADP_SIGN_BIND_REFUSED}),
            CAUSE("A program that chased a referral bound anonymously at the other server.",
                  .refuted_by = {ADP_SIGN_NO_PASSWORD, ADP_SIGN_BIND_REFUSED}),
            CAUSE("The bind failed, and the program went on.",
                  .supported_by = {ADP_SIGN_BIND_REFUSED},
                  .refuted_by = {ADP_SIGN_ANONYMOUS, ADP_SIGN_NO_PASSWORD})),
     CHECKS(
         CHECK("ldp.exe # connect to {host}, and bind with the program's account: is it let in?"))},
    {"ldap-unanswered/sealed", /* R 4752 3.1, m */
     CAUSES(CAUSE("What the program's library announced in the last round of the bind (protection, "
                  "size of its buffer) does not fit what it then sends: the server takes it for a "
                  "violation of the protocol."),
            CAUSE("The server cannot open the seal: the two have different keys for it."),
            CAUSE("A device in between looks into LDAP, and does not let what is sealed pass.")),
     CHECKS(CHECK("wevtutil qe \"Directory Service\" /c:20 /rd:true /f:text # on the controller"),
            CHECK("klist"))},
    {"starttls-failed", /* R 4511 4.14, m */
     CAUSES(CAUSE("The server has no room for the request now, as it says itself.",
                  .supported_by = {ADP_SIGN_SAYS_BUSY}, .needs = {ADP_SIGN_SAYS_BUSY}),
            CAUSE("Several controllers share the address (a load balancer), and one of them has no "
                  "certificate for LDAP over TLS.",
                  .needs = {ADP_SIGN_STARTTLS_TAKEN}),
            CAUSE("The controller has no certificate for LDAP over TLS.",
                  .refuted_by = {ADP_SIGN_IN_TLS, ADP_SIGN_TLS_COMPLETED, ADP_SIGN_SAYS_BUSY}),
            CAUSE("The controller's certificate came, went or ran out in the time between.",
                  .needs = {ADP_SIGN_STARTTLS_TAKEN}),
            CAUSE("TLS runs on this connection already: StartTLS is for port 389.",
                  .needs = {ADP_SIGN_IN_TLS}),
            CAUSE("The server or a device in between does not offer StartTLS.",
                  .refuted_by = {ADP_SIGN_STARTTLS_TAKEN, ADP_SIGN_STARTTLS_KNOWN}),
            CAUSE("Requests were still open on the connection.",
                  .needs = {ADP_SIGN_STARTTLS_OUT_OF_TURN})),
     CHECKS(CHECK("ldapsearch -x -H ldap://{host} -s base -b '' supportedExtension # "
                  "1.3.6.1.4.1.1466.20037 is StartTLS"),
            CHECK("openssl s_client -connect {host}:{port} -starttls ldap",
                  .refuted_by = {ADP_SIGN_IN_TLS}),
            CHECK("certutil -store My # on the controller: a certificate for server "
                  "authentication with its name?"))},
    {"ldap-hidden", /* M ADTS, L */
     CAUSES(CAUSE("The connection is sealed or runs over TLS: that is healthy, and the messages "
                  "can only be read with keys.")),
     CHECKS(CHECK("klist -ket /etc/krb5.keytab # does it hold the key of ldap/{host}?",
                  .refuted_by = {ADP_SIGN_IN_TLS}))},
    {"ldap-mechanism-unknown",
     CAUSES(CAUSE("The capture was started after the connection was opened.")),
     CHECKS(CHECK("klist # does the client hold a ticket for ldap at this server?"),
            CHECK("nltest /dsgetdc:{domain} /force # forces rediscovery while you capture"))},

    /* ---- service connection points ---- */
    {"scp-none", /* M OXDISCO, W */
     CAUSES(
         CAUSE("Exchange is not in this forest, or its objects were removed."),
         CAUSE("The account may not read them: a server leaves out what an account may not read."),
         CAUSE("They are in another forest, and there is no pointer.")),
     CHECKS(CHECK("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
                  "'(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)' -Properties "
                  "serviceBindingInformation,keywords"),
            CHECK("Get-ClientAccessService | Format-List "
                  "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope"))},
    {"scp-none/anonymous",
     CAUSES(CAUSE("The connection is bound anonymously, and only authenticated users may read the "
                  "objects."),
            CAUSE("The bind with credentials failed before.")),
     CHECKS(CHECK("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
                  "'(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)' -Properties "
                  "serviceBindingInformation,keywords"))},
    {"scp-none/wrong-base",
     CAUSES(CAUSE("The search began below the domain, and the objects are below the configuration.",
                  .supported_by = {ADP_SIGN_BASE_OF_DOMAIN}),
            CAUSE("There are none in this forest.")),
     CHECKS(CHECK("Get-ADRootDSE -Server {host} | Select-Object configurationNamingContext"))},
    {"scp-incomplete", /* W, m */
     CAUSES(
         CAUSE("The internal URL of this server was emptied, for instance with $null in place of "
               "a URL."),
         CAUSE("The object is left over from a server that was removed or never finished."),
         CAUSE("The account may read the object, and not this attribute.")),
     CHECKS(CHECK("Get-ClientAccessService -Identity {name} | Format-List "
                  "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope"),
            CHECK("Get-ADObject -Identity {dn} -Properties serviceBindingInformation,keywords"))},
    {"scp-read-failed", /* R 4511 */
     CAUSES(CAUSE("The base does not exist, or may not be read."),
            CAUSE("The server referred the client to another one.")),
     CHECKS(CHECK("ldp.exe # connect to {host}, bind, and open the base"))},
    {"scp-read-failed/control", /* R 2696 3, 4511 4.1.11; m */
     CAUSES(
         CAUSE("The page was asked for on another connection than the one that gave its cookie: a "
               "pool of connections, or a load balancer, splits the pages of one search.",
               .supported_by = {ADP_SIGN_COOKIE_ELSEWHERE}, .needs = {ADP_SIGN_COOKIE_ELSEWHERE}),
         CAUSE("The server does not have a control that the program marks as necessary: sorting, "
               "views of lists, or pages of some other make."),
         CAUSE("The cookie of the page is no longer good: the server has forgotten it.")),
     CHECKS(CHECK("ldapsearch -x -H ldap://{host} -s base -b '' supportedControl"))},
    {"scp-read-failed/busy", /* R 4511 A, m */
     CAUSES(
         ADP_CAUSE_BIND_PENDING,
         CAUSE("The server is overloaded: searches that no index serves, or too many connections, "
               "take all of its threads.",
               .refuted_by = {ADP_SIGN_BIND_PENDING}),
         CAUSE("It is starting or stopping, or its database is not open.",
               .refuted_by = {ADP_SIGN_BIND_PENDING})),
     CHECKS(CHECK("dcdiag /s:{host} /test:services"),
            CHECK("wevtutil qe \"Directory Service\" /c:20 /rd:true /f:text # on the controller"))},
    {"scp-read-failed/limit", /* R 4511 */
     CAUSES(CAUSE("The client asks for fewer entries, or for less time, than there are."),
            CAUSE("The server limits what one search may cost.")),
     CHECKS(CHECK("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
                  "'(objectClass=serviceConnectionPoint)' -ResultPageSize 100"))},
    {"scp-read-failed/no-such-object",
     CAUSES(CAUSE("The product is not set up in this forest: then the answer is healthy."),
            CAUSE("The base was made from another forest's name."),
            CAUSE("The account may not see the object.")),
     CHECKS(CHECK("Get-ADRootDSE -Server {host} | Select-Object configurationNamingContext"))},
    {"scp-read-failed/access",
     CAUSES(CAUSE("The account may not read the container."), CAUSE("The bind was anonymous.")),
     CHECKS(CHECK("dsacls {base} # who may read it?"))},
    {"scp-read-failed/referral",
     CAUSES(CAUSE("The base belongs to another domain or forest."),
            CAUSE("The client asked the wrong controller.")),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("Get-ADRootDSE -Server {host}"))},
    {"scp-other-site-only", /* W */
     CAUSES(CAUSE("No server of Exchange is in the client's site: that can be intended."),
            CAUSE("The scope of the sites was not set after a change."),
            CAUSE("The client is in another site than expected.")),
     CHECKS(CHECK("Get-ClientAccessService | Format-List "
                  "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope"),
            CHECK("nltest /dsgetsite # on the client"))},
    {"scp-pointer", CAUSES(CAUSE("The mailboxes are in another forest than the accounts.")),
     CHECKS(CHECK("nltest /domain_trusts"), CHECK("nslookup {host}"))},
    {"scp-pointer-loop", /* W */
     CAUSES(CAUSE("Each forest has a pointer to the other."),
            CAUSE("A pointer leads back to its own forest.")),
     CHECKS(CHECK("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
                  "'(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)' -Properties "
                  "serviceBindingInformation,keywords"))},
    {"scp-order-differs", /* W, m */
     CAUSES(CAUSE("The client sorts by another rule, by age for instance."),
            CAUSE("It knows another site than the capture shows."),
            CAUSE("It used an earlier answer that it still had.")),
     CHECKS(CHECK("nltest /dsgetsite # on the client"),
            CHECK("Get-ClientAccessService | Format-List "
                  "Name,AutoDiscoverServiceInternalUri,AutoDiscoverSiteScope"))},
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
