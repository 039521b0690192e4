/* ldap_result.c
 * LDAP result codes and search scopes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/ldap_result.h"

#include <string.h>

/* RFC 4511 4.1.9 and appendix A.1; 118 to 121 RFC 3909 and RFC 4531 (from memory). */
static const struct {
    guint32 code;
    const char *name;
} results[] = {
    {0, "success"},
    {1, "operationsError"},
    {2, "protocolError"},
    {3, "timeLimitExceeded"},
    {4, "sizeLimitExceeded"},
    {5, "compareFalse"},
    {6, "compareTrue"},
    {7, "authMethodNotSupported"},
    {8, "strongerAuthRequired"},
    {10, "referral"},
    {11, "adminLimitExceeded"},
    {12, "unavailableCriticalExtension"},
    {13, "confidentialityRequired"},
    {14, "saslBindInProgress"},
    {16, "noSuchAttribute"},
    {17, "undefinedAttributeType"},
    {18, "inappropriateMatching"},
    {19, "constraintViolation"},
    {20, "attributeOrValueExists"},
    {21, "invalidAttributeSyntax"},
    {32, "noSuchObject"},
    {33, "aliasProblem"},
    {34, "invalidDNSyntax"},
    {36, "aliasDereferencingProblem"},
    {48, "inappropriateAuthentication"},
    {49, "invalidCredentials"},
    {50, "insufficientAccessRights"},
    {51, "busy"},
    {52, "unavailable"},
    {53, "unwillingToPerform"},
    {54, "loopDetect"},
    {64, "namingViolation"},
    {65, "objectClassViolation"},
    {66, "notAllowedOnNonLeaf"},
    {67, "notAllowedOnRDN"},
    {68, "entryAlreadyExists"},
    {69, "objectClassModsProhibited"},
    {71, "affectsMultipleDSAs"},
    {80, "other"},
    {118, "canceled"},
    {119, "noSuchOperation"},
    {120, "tooLate"},
    {121, "cannotCancel"},
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

const char *adp_ldap_scope_name(guint32 scope)
{
    /* RFC 4516 names; "children" is the subordinate scope of some servers. */
    static const char *const scopes[] = {"base", "one", "sub", "children"};

    return scope < G_N_ELEMENTS(scopes) ? scopes[scope] : NULL;
}
