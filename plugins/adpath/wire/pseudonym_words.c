/* pseudonym_words.c
 * What is public: words that say nothing of the house whose capture has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym_words.h"

#include "wire/cloud.h"

#include <string.h>

/* Words in lower case with a '|' before, between and behind them. */
/* clang-format off */
static const char *const lists[ADP_PUBLIC_KINDS] = {
    [ADP_PUBLIC_LABEL] =
        "|"
        "_autodiscover|_dmarc|_dns-sd|_gc|_http|_https|_kerberos|_kerberos-adm|_kerberos-master|"
        "_kpasswd|_ldap|_ldaps|_msdcs|_sip|_sipfederationtls|_sites|_smtp|_tcp|_tls|_udp|_vlmcs|"
        "arpa|autodiscover|autodiscover-s|azuread|default-first-site-name|domaindnszones|"
        "enterpriseenrollment|enterpriseregistration|forestdnszones|fritz|home|in-addr|ip6|isatap|"
        "localhost|login|microsoft|microsoftaccount|microsoftonline|mshome|office|office365|onmicrosoft|outlook|prisoner|"
        "sharepoint|speedport|wellknown|windows|windowsupdate|workgroup|wpad|www|",
    [ADP_PUBLIC_TOP] =
        "|"
        "arpa|biz|box|com|edu|example|gov|home|info|int|internal|invalid|ip|lan|local|localdomain|mil|"
        "net|org|test|",
    [ADP_PUBLIC_CLASS] =
        "|"
        "afs|autodiscover|cifs|dfsr-12f9a27c-bf97-4787-9364-d31b6c55eb04|dns|"
        "e3514235-4b06-11d1-ab04-00c04fc2dcd2|exchangeab|exchangemdb|exchangerfr|ftp|gc|hdfs|host|"
        "http|https|imap|imap4|irpc|kadmin|kpasswd|krbtgt|ldap|ldaps|mongodb|mssqlsvc|mysql|nfs|"
        "oracle|pop|pop3|postgres|protectedstorage|restrictedkrbhost|rpc|rpcss|sip|smtp|smtpsvc|svn|"
        "termsrv|vnc|wellknown|wsman|www|xmpp|yarn|",
    [ADP_PUBLIC_ACCOUNT] =
        "|"
        "admin|administrator|anonymous|changepw|defaultaccount|federated|guest|history|kadmin|krbtgt|"
        "nobody|null|root|system|wellknown|",
    [ADP_PUBLIC_RDN] =
        "|"
        "administrative groups|administrator|aggregate|aia|anonymous|authn policy configuration|"
        "autodiscover|builtin|cdp|certificate templates|certification authorities|"
        "claims configuration|computer|computers|configuration|container|default query policy|"
        "default-first-site-name|device registration configuration|dfsr-globalsettings|"
        "directory service|domain controllers|domain-dns|domaindnszones|enrollment services|"
        "enterprise configuration|enterprise schema|exchange administrative group (fydibohf23spdlt)|"
        "extended-rights|foreignsecurityprincipals|forestdnszones|group|"
        "group key distribution service|guest|healthservicescp|infrastructure|inter-site transports|"
        "ip|keys|kra|managed service accounts|microsoft exchange|microsoft exchange autodiscover|"
        "microsoft hyper-v|microsoftdns|msrmrootcluster|netservices|ntds settings|ntds-dsa|oid|"
        "optional features|organizational-unit|partitions|person|policies|program data|protocols|"
        "public key services|query-policies|registereddevices|rid manager$|rightsmanagementservices|"
        "schema|scp|sdkservicescp|server|servers|service-connection-point|services|site|sites|subnets|"
        "system|termservlicensing|top|user|users|windows nt|windows virtual machine|",
    [ADP_PUBLIC_GUID] =
        "|"
        "2bac71e6-a293-4d5b-ba3b-50b995237946|62a0ff2e-97b9-4513-943f-0d221bd30080|"
        "67661d7f-8fc4-4fa7-bfac-e1d7794c1f68|77378f46-2c66-4aa9-a6a6-3e7a48b19596|"
        "e3514235-4b06-11d1-ab04-00c04fc2dcd2|ebefb703-6113-413d-9167-9f8dd4d24468|",
    [ADP_PUBLIC_PATH] =
        "|"
        "1|_wmcs|adfs|api|autodiscover|autodiscover.json|autodiscover.svc|autodiscover.xml|"
        "certification|contract|ecp|emsmdb|enrollmentserver|ews|exchange.asmx|json|licensing|ls|mapi|"
        "metadata|microsoft-server-activesync|nspi|oab|oab.xml|owa|powershell|public|rest|rpc|"
        "rpcproxy.dll|services.wsdl|symmetrickey|v1.0|v2.0|wpad.dat|wsdl|wssecurity|www|x509cert|",
    [ADP_PUBLIC_WORD] =
        "|"
        "a|about|above|accept|acceptable|acceptance|accepted|acceptor|acceptsecuritycontext|access|"
        "accessdenied|account|account_disabled|account_locked|accounts|add|address|addresses|admin|"
        "administrator|after|again|age|algorithm|all|allow|allowed|allows|already|an|and|anonymous|"
        "any|ap|api|are|argument|arguments|armor|as|asn.1|at|attribute|attributes|auth|"
        "authenticate|authenticated|authentication|authenticator|authorization|authorized|"
        "autodiscover|available|bad|bad_enctype|base|be|because|been|before|bind|binding|"
        "bindsimple|binds|bit|bits|block|body|both|buffer|but|by|bytes|cache|call|called|can|can't|"
        "cannot|cert|certificate|certificates|chain|change|changed|channel|characters|check|"
        "checksum|choose|cipher|class|clear|client|client_not_found|client_not_yet|clients|clock|"
        "code|combination|comment|complete|completed|complex|complexity|configuration|configured|"
        "connect|connected|connection|connections|constraint|constraints|contact|contain|contained|"
        "contains|content|context|continue|control|controller|controllers|controls|copy|correct|"
        "could|count|create|credential|credentials|critical|data|database|date|days|decode|"
        "decoding|decrypt|decrypt_client_key|decrypt_server_key|default|delegation|denied|denied.|"
        "des|different|digest|digits|directory|disabled|disallowed|disconnect|disconnected|dn|do|"
        "does|domain|domains|don't|down|drop|dsid|e-mail|edata|email|empty|enabled|encoding|"
        "encrypted|encryption|enctype|enctypes|end|enough|enterprise|entry|error|erroraccessdenied|"
        "errorinternalservererror|errorinvalidnetworkcredentials|errornonexistentmailbox|errors|"
        "established|etype|etypes|exceeded|except|exchange|exists|expected|expired|extended|"
        "extension|external|fail|failed|fails|failure|false|fast|fault|filter|find|fips|first|flag|"
        "flags|follow|for|forest|format|forwardable|found|forwarded|forwarding|from|full|function|"
        "gc|generating|generic|get|given|global|good|group|gss|gss-spnego|gssapi|had|handle|hard|"
        "has|hash|have|header|heimdal|history|host|hours|id|identity|if|ignored|illegal|"
        "impersonation|implementation|improper|in|inappropriate|incorrect|info|information|init|"
        "initial|initializing|inside|installed|insufficient|integrity|interaction|internal|"
        "internalservererror|invalid|invaliddomain|invalidrequest|invalidsetting|invaliduser|is|"
        "issued|issuer|it|its|kdc|kerberos|kerberos5|key|keys|keytab|kinit|known|kpasswd|krb|krb5|"
        "krb5kdc|krbtgt|kvno|last|ldap|ldap3|ldaperr|ldaps|least|leg|length|less|letters|level|"
        "life|lifetime|limit|limits|list|local|locked|lockout|log|logon|long|longer|longest|look|"
        "looking|lookup|lookup_failed|lower|made|mailbox|major|make|many|master|match|matching|max|"
        "maximum|may|mechanism|mechanisms|memory|message|method|methods|microsoft|minimum|minor|"
        "minute|minutes|mismatch|missing|mit|mode|modified|modify|module|more|most|multiple|must|"
        "must_change_password|name|names|native|need|needed|needed_preauth|needs|negotiate|"
        "negotiation|network|no|noerror|nonce|none|not|notfederated|notice|now|ntlm|ntlmssp|null|"
        "number|object|objects|of|off|offered|old|on|once|one|only|open|operation|operations|"
        "option|options|or|order|other|our|out|over|own|pa|pac|package|packet|padata|parameter|"
        "parameters|part|password|passwords|past|path|perform|performed|permission|permitted|"
        "pkinit|please|point|policy|pool|port|possible|postdated|pre|preauth|preauthentication|"
        "presented|previous|previously|principal|principals|privileges|problem|process|process_as|"
        "process_tgs|processing|program|protocol|provided|provider|proxiable|proxy|put|quality|"
        "query|random|range|reached|read|ready|realm|realms|reason|received|recently|record|"
        "redirectaddress|redirecturl|referral|referrals|refused|register|registered|reject|"
        "rejected|repeat|renew|renewable|renewal|renewed|replay|reply|req|request|requested|"
        "requests|require|required|requirement|requires|response|restrict|restriction|restrictions|"
        "result|retry|return|returned|reuse|revoked|right|rights|root|rpc|rule|s|s4u|samba|sasl|"
        "schema|scope|search|searching|seconds|secret|secure|security|see|seem|sealing|sent|"
        "sequence|server|server_not_found|server_not_yet|serverbusy|servers|service|services|"
        "session|sessions|set|settingisnotavailable|should|sign|shutting|signature|signed|signing|"
        "simple|site|size|skew|small|smart|so|soap|some|special|specified|spnego|ssl|start|started|"
        "starttls|state|status|still|stop|string|strong|stronger|success|successful|successfully|"
        "such|sufficient|suitable|support|supported|syntax|system|target|temporarily|terminated|"
        "tgs|tgt|than|that|the|their|then|there|they|this|ticket|tickets|time|timeout|tls|to|token|"
        "too|transited|transport|tried|true|trust|trusted|try|type|types|unable|unavailable|under|"
        "unexpected|unique|unknown|unless|unlocked|unsupported|until|up|upn|upper|url|use|used|"
        "user|users|using|valid|validation|value|values|verification|verified|verify|version|via|"
        "violation|wait|was|were|what|when|where|which|while|who|will|windows|with|within|without|"
        "word|workstation|would|write|wrong|xml|yet|you|your|zero|zone|",
};
/* clang-format on */

/* Domains of services that everybody uses, beside those of cloud.c. */
static const char *const ends[] = {
    "microsoftonline.com", "windows.net", "microsoft.com", "sharepoint.com",
    "windowsupdate.com",   "iana.org",    "in-addr.arpa",  "ip6.arpa",
};

gboolean adp_is_public(adp_public kind, const char *text, gsize len)
{
    char *lower;
    char *needle;
    gboolean found;

    if (memchr(text, '|', len)) {
        return FALSE;
    }
    lower = g_ascii_strdown(text, (gssize)len);
    needle = g_strdup_printf("|%s|", lower);
    found = len > 0 && strstr(lists[kind], needle) != NULL;
    g_free(needle);
    g_free(lower);
    return found;
}

static gsize end_of(const char *name, gsize len, const char *end)
{
    gsize size = strlen(end);

    return len >= size && g_ascii_strncasecmp(name + len - size, end, size) == 0 &&
                   (len == size || name[len - size - 1] == '.')
               ? size
               : 0;
}

gsize adp_public_end(const char *name, gsize len)
{
    gsize longest = 0;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        longest = MAX(longest, end_of(name, len, ends[i]));
    }
    for (i = 0; adp_cloud_end(i); i++) {
        longest = MAX(longest, end_of(name, len, adp_cloud_end(i)));
    }
    return longest;
}
