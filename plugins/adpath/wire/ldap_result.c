/* ldap_result.c
 * LDAP result codes and search scopes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/ldap_result.h"

#include <string.h>

/** When a result means that the server did not do what a client wanted of it. */
typedef enum {
    NEVER,      /* it did, up to a limit; or clients ask just to learn this */
    OF_CHANGES, /* of what changes the directory */
    ALWAYS
} refusal;

/*
 * RFC 4511 4.1.9 and appendix A.1; 118 to 121 RFC 3909 and RFC 4531 (from memory). What is not there
 * (16, 32), or there already (20, 68), is what many a healthy client finds: the likes of SSSD look for users
 * that do not exist, and scripts add a member once more. What is referred elsewhere was not done, a search
 * neither; whether anybody waits for it is the judge's question.
 */
static const struct {
    guint32 code;
    const char *name;
    refusal refuses;
} results[] = {
    {0, "success", NEVER},
    {1, "operationsError", ALWAYS},
    {2, "protocolError", ALWAYS},
    {3, "timeLimitExceeded", NEVER},
    {4, "sizeLimitExceeded", NEVER},
    {5, "compareFalse", NEVER},
    {6, "compareTrue", NEVER},
    {7, "authMethodNotSupported", ALWAYS},
    {8, "strongerAuthRequired", ALWAYS},
    {10, "referral", ALWAYS},
    {11, "adminLimitExceeded", NEVER},
    {12, "unavailableCriticalExtension", ALWAYS},
    {13, "confidentialityRequired", ALWAYS},
    {14, "saslBindInProgress", NEVER},
    {16, "noSuchAttribute", NEVER},
    {17, "undefinedAttributeType", OF_CHANGES},
    {18, "inappropriateMatching", ALWAYS},
    {19, "constraintViolation", ALWAYS},
    {20, "attributeOrValueExists", NEVER},
    {21, "invalidAttributeSyntax", ALWAYS},
    {32, "noSuchObject", NEVER},
    {33, "aliasProblem", NEVER},
    {34, "invalidDNSyntax", ALWAYS},
    {36, "aliasDereferencingProblem", NEVER},
    {48, "inappropriateAuthentication", ALWAYS},
    {49, "invalidCredentials", ALWAYS},
    {50, "insufficientAccessRights", ALWAYS},
    {51, "busy", ALWAYS},
    {52, "unavailable", ALWAYS},
    {53, "unwillingToPerform", ALWAYS},
    {54, "loopDetect", ALWAYS},
    {64, "namingViolation", OF_CHANGES},
    {65, "objectClassViolation", OF_CHANGES},
    {66, "notAllowedOnNonLeaf", OF_CHANGES},
    {67, "notAllowedOnRDN", OF_CHANGES},
    {68, "entryAlreadyExists", NEVER},
    {69, "objectClassModsProhibited", OF_CHANGES},
    {71, "affectsMultipleDSAs", ALWAYS},
    {80, "other", ALWAYS},
    {118, "canceled", NEVER},
    {119, "noSuchOperation", NEVER},
    {120, "tooLate", NEVER},
    {121, "cannotCancel", NEVER},
};

gboolean adp_ldap_wants_bind(guint32 result, const char *diagnostic)
{
    return result == ADP_LDAP_OPERATIONS_ERROR && diagnostic &&
           (strstr(diagnostic, "000004DC") || strstr(diagnostic, "00002020"));
}

const char *adp_ldap_result_name(guint32 result)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(results); i++) {
        if (results[i].code == result) {
            return results[i].name;
        }
    }
    return NULL;
}

gboolean adp_ldap_is_refusal(guint32 result, gboolean changes)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(results); i++) {
        if (results[i].code == result) {
            return results[i].refuses == ALWAYS || (changes && results[i].refuses == OF_CHANGES);
        }
    }
    return FALSE;
}

/* What stands in front of Active Directory's diagnostic messages: numbers of winerror.h (from memory). */
static const struct {
    const char *code;
    const char *meaning;
} reasons[] = {
    {"0000001F", "passwords are changed over a protected connection only"},
    {"00000056", "the old password that was sent with it is not the current one"},
    {"0000052D", "the password does not meet the policy"},
    {"0000216D", "the account has added as many computers as it may (ms-DS-MachineAccountQuota)"},
    {"000021C7", "another account has this service principal name"},
    {"000021C8", "another account has this user principal name"},
};

const char *adp_ldap_reason(const char *diagnostic)
{
    guint i;

    for (i = 0; diagnostic && i < G_N_ELEMENTS(reasons); i++) {
        if (g_ascii_strncasecmp(diagnostic, reasons[i].code, strlen(reasons[i].code)) == 0) {
            return reasons[i].meaning;
        }
    }
    return NULL;
}

const char *adp_ldap_scope_name(guint32 scope)
{
    /* RFC 4516 names; "children" is the subordinate scope of some servers. */
    static const char *const scopes[] = {"base", "one", "sub", "children"};

    return scope < G_N_ELEMENTS(scopes) ? scopes[scope] : NULL;
}
