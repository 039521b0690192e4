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
const adp_advice adp_advice_ldap[] = {
    /* ---- LDAP ---- */
    {"ldap-signing-required", /* K 4520412 */
     CAUSES("The program binds without signing, and the controller requires it.",
            "A policy of the client forbids signing."),
     CHECKS("wevtutil qe \"Directory Service\" \"/q:*[System[(EventID=2889)]]\" /c:10 /f:text # on "
            "the "
            "controller",
            "reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
            "LDAPServerIntegrity")},
    {"ldap-channel-binding-required", /* K 4520412 */
     CAUSES("The program binds over TLS without channel binding, and the controller requires it.",
            "A device between the two ends the TLS connection."),
     CHECKS("wevtutil qe \"Directory Service\" \"/q:*[System[(EventID=3039)]]\" /c:10 /f:text # on "
            "the "
            "controller",
            "reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v "
            "LdapEnforceChannelBinding")},
    {"ldap-bind-failed", /* R 4513, m */
     CAUSES("The name or password is wrong.", "The ticket or token could not be verified.",
            "The account may not log on."),
     CHECKS("klist", "ldp.exe # connect to {host}, bind with the same account")},
    {"ldap-bind-failed/ticket", /* L, K 2090913 */
     CAUSES("The server's key is not the one the KDC used: its password in the directory differs "
            "from its own, after a restore or a clone for instance.",
            "The ticket is from before a change of the key.",
            "The name leads to another server than the ticket was made for."),
     CHECKS("klist # then try with a fresh ticket, in a new session",
            "nltest /sc_verify:{domain} # on the server", "setspn -Q {spn}", "nslookup {host}")},
    {"ldap-bind-failed/52e", /* L */
     CAUSES("The password is wrong.",
            "The server could not open the Kerberos ticket: it says no more than this.",
            "The name is that of another account."),
     CHECKS("klist", "nltest /sc_verify:{domain} # on the server", "setspn -Q ldap/{host}")},
    {"ldap-bind-failed/525",
     CAUSES("There is no such user.", "The DN or name is of another domain."),
     CHECKS("Get-ADUser -Identity <account>")},
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
     CHECKS("net user <account> /domain", "wevtutil qe Security \"/q:*[System[(EventID=4740)]]\" "
                                          "/c:10 /f:text # on the PDC emulator")},
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
     CHECKS("klist -ket <keytab> # does it hold the key of ldap/{host}?")},
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
    {"scp-read-failed/limit", /* R 4511 */
     CAUSES("The client asks for fewer entries, or for less time, than there are.",
            "The server limits what one search may cost."),
     CHECKS("Get-ADObject -SearchBase (Get-ADRootDSE).configurationNamingContext -LDAPFilter "
            "'(objectClass=serviceConnectionPoint)' -ResultPageSize 100")},
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
    {.key = NULL},
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
