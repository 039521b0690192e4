/* test_codes.c
 * Catalogues of numbers: Kerberos errors, NTSTATUS, LDAP results, extended errors of DNS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/dns_error.h"
#include "wire/krb_error.h"
#include "wire/ldap_result.h"
#include "wire/ntstatus.h"

#include <string.h>

/* Written down from RFC 4120 7.5.9, RFC 4556 3.1.3, RFC 6113 5.2 and 5.4.2, RFC 6560 and
 * RFC 8636, not from the table under test; 85 and 86 from the IAKERB draft. Where RFC 4556
 * renamed a number of RFC 4120 (62, 64, 65), either name is an RFC's. */
static const struct {
    gint32 code;
    const char *name;
    const char *other; /* NULL: has one name only */
} kerberos[] = {
    {0, "KDC_ERR_NONE", NULL},
    {1, "KDC_ERR_NAME_EXP", NULL},
    {2, "KDC_ERR_SERVICE_EXP", NULL},
    {3, "KDC_ERR_BAD_PVNO", NULL},
    {4, "KDC_ERR_C_OLD_MAST_KVNO", NULL},
    {5, "KDC_ERR_S_OLD_MAST_KVNO", NULL},
    {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN", NULL},
    {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN", NULL},
    {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE", NULL},
    {9, "KDC_ERR_NULL_KEY", NULL},
    {10, "KDC_ERR_CANNOT_POSTDATE", NULL},
    {11, "KDC_ERR_NEVER_VALID", NULL},
    {12, "KDC_ERR_POLICY", NULL},
    {13, "KDC_ERR_BADOPTION", NULL},
    {14, "KDC_ERR_ETYPE_NOSUPP", NULL},
    {15, "KDC_ERR_SUMTYPE_NOSUPP", NULL},
    {16, "KDC_ERR_PADATA_TYPE_NOSUPP", NULL},
    {17, "KDC_ERR_TRTYPE_NOSUPP", NULL},
    {18, "KDC_ERR_CLIENT_REVOKED", NULL},
    {19, "KDC_ERR_SERVICE_REVOKED", NULL},
    {20, "KDC_ERR_TGT_REVOKED", NULL},
    {21, "KDC_ERR_CLIENT_NOTYET", NULL},
    {22, "KDC_ERR_SERVICE_NOTYET", NULL},
    {23, "KDC_ERR_KEY_EXP", "KDC_ERR_KEY_EXPIRED"},
    {24, "KDC_ERR_PREAUTH_FAILED", NULL},
    {25, "KDC_ERR_PREAUTH_REQUIRED", NULL},
    {26, "KDC_ERR_SERVER_NOMATCH", NULL},
    {27, "KDC_ERR_MUST_USE_USER2USER", NULL},
    {28, "KDC_ERR_PATH_NOT_ACCEPTED", NULL},
    {29, "KDC_ERR_SVC_UNAVAILABLE", NULL},
    {31, "KRB_AP_ERR_BAD_INTEGRITY", NULL},
    {32, "KRB_AP_ERR_TKT_EXPIRED", NULL},
    {33, "KRB_AP_ERR_TKT_NYV", NULL},
    {34, "KRB_AP_ERR_REPEAT", NULL},
    {35, "KRB_AP_ERR_NOT_US", NULL},
    {36, "KRB_AP_ERR_BADMATCH", NULL},
    {37, "KRB_AP_ERR_SKEW", NULL},
    {38, "KRB_AP_ERR_BADADDR", NULL},
    {39, "KRB_AP_ERR_BADVERSION", NULL},
    {40, "KRB_AP_ERR_MSG_TYPE", NULL},
    {41, "KRB_AP_ERR_MODIFIED", NULL},
    {42, "KRB_AP_ERR_BADORDER", NULL},
    {43, "KRB_AP_ERR_ILL_CR_TKT", NULL},
    {44, "KRB_AP_ERR_BADKEYVER", NULL},
    {45, "KRB_AP_ERR_NOKEY", NULL},
    {46, "KRB_AP_ERR_MUT_FAIL", NULL},
    {47, "KRB_AP_ERR_BADDIRECTION", NULL},
    {48, "KRB_AP_ERR_METHOD", NULL},
    {49, "KRB_AP_ERR_BADSEQ", NULL},
    {50, "KRB_AP_ERR_INAPP_CKSUM", NULL},
    {51, "KRB_AP_PATH_NOT_ACCEPTED", NULL},
    {52, "KRB_ERR_RESPONSE_TOO_BIG", NULL},
    {60, "KRB_ERR_GENERIC", NULL},
    {61, "KRB_ERR_FIELD_TOOLONG", NULL},
    {62, "KDC_ERROR_CLIENT_NOT_TRUSTED", "KDC_ERR_CLIENT_NOT_TRUSTED"},
    {63, "KDC_ERROR_KDC_NOT_TRUSTED", NULL},
    {64, "KDC_ERROR_INVALID_SIG", "KDC_ERR_INVALID_SIG"},
    {65, "KDC_ERR_KEY_TOO_WEAK", "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED"},
    {66, "KDC_ERR_CERTIFICATE_MISMATCH", NULL},
    {67, "KRB_AP_ERR_NO_TGT", NULL},
    {68, "KDC_ERR_WRONG_REALM", NULL},
    {69, "KRB_AP_ERR_USER_TO_USER_REQUIRED", NULL},
    {70, "KDC_ERR_CANT_VERIFY_CERTIFICATE", NULL},
    {71, "KDC_ERR_INVALID_CERTIFICATE", NULL},
    {72, "KDC_ERR_REVOKED_CERTIFICATE", NULL},
    {73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN", NULL},
    {74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE", NULL},
    {75, "KDC_ERR_CLIENT_NAME_MISMATCH", NULL},
    {76, "KDC_ERR_KDC_NAME_MISMATCH", NULL},
    {77, "KDC_ERR_INCONSISTENT_KEY_PURPOSE", NULL},
    {78, "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED", NULL},
    {79, "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED", NULL},
    {80, "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED", NULL},
    {81, "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED", NULL},
    {85, "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND", NULL},
    {86, "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE", NULL},
    {90, "KDC_ERR_PREAUTH_EXPIRED", NULL},
    {91, "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED", NULL},
    {92, "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET", NULL},
    {93, "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS", NULL},
    {94, "KDC_ERR_INVALID_HASH_ALG", NULL},
    {95, "KDC_ERR_INVALID_ITERATION_COUNT", NULL},
    {100, "KDC_ERR_NO_ACCEPTABLE_KDF", NULL},
};

static const char *want_name(gint32 code, const char **other)
{
    guint i;

    *other = NULL;
    for (i = 0; i < G_N_ELEMENTS(kerberos); i++) {
        if (kerberos[i].code == code) {
            *other = kerberos[i].other;
            return kerberos[i].name;
        }
    }
    return "KRB_ERROR_UNASSIGNED";
}

static void test_krb_names(void)
{
    gint32 code;

    for (code = -300; code <= 300; code++) {
        char *row = g_strdup_printf("code %d", code);
        const char *other;
        const char *want = want_name(code, &other);
        const char *got = adp_krb_error_name(code);
        const adp_krb_error *found = adp_krb_error_find(code);

        if (g_strcmp0(got, other) != 0) {
            check_str(row, "name", got, want);
        }
        check_int(row, "is in the table", found != NULL, strcmp(want, "KRB_ERROR_UNASSIGNED") != 0);
        if (found) {
            check_int(row, "code", found->code, code);
        }
        g_assert_nonnull(adp_krb_error_meaning(code));
        g_assert_cmpint(*adp_krb_error_meaning(code), !=, '\0');
        g_free(row);
    }
    g_assert_null(adp_krb_error_find(G_MININT32));
    g_assert_null(adp_krb_error_find(G_MAXINT32));
}

/* The class alone decides what is healthy flow, so the set is closed. */
static void test_krb_classes(void)
{
    static const gint32 normal[] = {25, 32, 52, 90, 91};
    static const gint32 context[] = {6, 7, 10, 13, 14, 23, 24, 27, 34, 37, 60, 65, 67, 68, 69, 92};
    gint32 code;

    for (code = -300; code <= 300; code++) {
        char *row = g_strdup_printf("code %d", code);
        const adp_krb_error *found = adp_krb_error_find(code);
        gboolean is_normal = FALSE;
        gboolean is_context = FALSE;
        guint i;

        for (i = 0; i < G_N_ELEMENTS(normal); i++) {
            is_normal = is_normal || normal[i] == code;
        }
        for (i = 0; i < G_N_ELEMENTS(context); i++) {
            is_context = is_context || context[i] == code;
        }
        check_int(row, "is normal", adp_krb_error_is_normal(code), is_normal);
        if (found) {
            check_int(row, "class", found->class,
                      is_normal    ? ADP_KRB_NORMAL
                      : is_context ? ADP_KRB_CONTEXT
                                   : ADP_KRB_FAULT);
        }
        g_free(row);
    }
}

/* Seven may be a missing or a doubled name: nobody is told only one of the two. */
static void test_krb_wording(void)
{
    g_assert_nonnull(strstr(adp_krb_error_meaning(7), "not found"));
    g_assert_nonnull(strstr(adp_krb_error_meaning(7), "more than once"));
    g_assert_cmpstr(adp_krb_error_meaning(30), ==, adp_krb_error_meaning(-1));
}

/* MS-ERREF 2.3.1, those that domain controllers send. */
static void test_ntstatus(void)
{
    static const struct {
        guint32 status;
        const char *name;
    } rows[] = {
        {0xC000005E, "STATUS_NO_LOGON_SERVERS"},
        {0xC0000064, "STATUS_NO_SUCH_USER"},
        {0xC000006A, "STATUS_WRONG_PASSWORD"},
        {0xC000006D, "STATUS_LOGON_FAILURE"},
        {0xC000006E, "STATUS_ACCOUNT_RESTRICTION"},
        {0xC000006F, "STATUS_INVALID_LOGON_HOURS"},
        {0xC0000070, "STATUS_INVALID_WORKSTATION"},
        {0xC0000071, "STATUS_PASSWORD_EXPIRED"},
        {0xC0000072, "STATUS_ACCOUNT_DISABLED"},
        {0xC00000BB, "STATUS_NOT_SUPPORTED"},
        {0xC0000133, "STATUS_TIME_DIFFERENCE_AT_DC"},
        {0xC000015B, "STATUS_LOGON_TYPE_NOT_GRANTED"},
        {0xC000018B, "STATUS_NO_TRUST_SAM_ACCOUNT"},
        {0xC000018C, "STATUS_TRUSTED_DOMAIN_FAILURE"},
        {0xC0000193, "STATUS_ACCOUNT_EXPIRED"},
        {0xC0000224, "STATUS_PASSWORD_MUST_CHANGE"},
        {0xC0000225, "STATUS_NOT_FOUND"},
        {0xC0000234, "STATUS_ACCOUNT_LOCKED_OUT"},
        {0xC0000272, "STATUS_NO_MATCH"},
        {0xC00002FA, "STATUS_SMARTCARD_LOGON_REQUIRED"},
        {0xC0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED"},
        {0xC000FFFF, NULL},
        {0xFFFFFFFF, NULL},
        {0x00000072, NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_str(rows[i].name ? rows[i].name : "unknown", "status",
                  adp_ntstatus_name(rows[i].status), rows[i].name);
    }
}

/* RFC 4511 appendix A.1 with AD's spelling of 8, which RFC 4511 calls by the same name. */
static void test_ldap(void)
{
    static const struct {
        guint32 code;
        const char *name;
    } rows[] = {
        {0, "success"},
        {1, "operationsError"},
        {2, "protocolError"},
        {3, "timeLimitExceeded"},
        {4, "sizeLimitExceeded"},
        {5, "compareFalse"},
        {6, "compareTrue"},
        {7, "authMethodNotSupported"},
        {8, "strongerAuthRequired"},
        {9, NULL},
        {10, "referral"},
        {11, "adminLimitExceeded"},
        {12, "unavailableCriticalExtension"},
        {13, "confidentialityRequired"},
        {14, "saslBindInProgress"},
        {15, NULL},
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
        {81, NULL},
        {4096, NULL},
        {0xffffffff, NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *row = g_strdup_printf("result %u", rows[i].code);

        check_str(row, "name", adp_ldap_result_name(rows[i].code), rows[i].name);
        g_free(row);
    }
    g_assert_cmpstr(adp_ldap_scope_name(0), ==, "base");
    g_assert_cmpstr(adp_ldap_scope_name(1), ==, "one");
    g_assert_cmpstr(adp_ldap_scope_name(2), ==, "sub");
    g_assert_cmpstr(adp_ldap_scope_name(3), ==, "children");
    g_assert_null(adp_ldap_scope_name(4));
    g_assert_null(adp_ldap_scope_name(0xffffffff));
}

/* RFC 8914 4.1 to 4.25. */
static void test_dns_errors(void)
{
    static const struct {
        guint code;
        const char *words; /* stands in its words; NULL: it has none */
        adp_dns_error_kind kind;
    } rows[] = {
        {0, "other", ADP_DNS_ERROR_OTHER},
        {1, "DNSSEC", ADP_DNS_ERROR_SIGNATURES},
        {3, "stale", ADP_DNS_ERROR_OTHER},
        {6, "bogus", ADP_DNS_ERROR_SIGNATURES},
        {7, "expired", ADP_DNS_ERROR_SIGNATURES},
        {8, "not yet valid", ADP_DNS_ERROR_SIGNATURES},
        {9, "DNSKEY", ADP_DNS_ERROR_SIGNATURES},
        {10, "RRSIG", ADP_DNS_ERROR_SIGNATURES},
        {12, "NSEC", ADP_DNS_ERROR_SIGNATURES},
        {14, "not ready", ADP_DNS_ERROR_OTHER},
        {15, "blocked", ADP_DNS_ERROR_POLICY},
        {16, "censored", ADP_DNS_ERROR_POLICY},
        {17, "filtered", ADP_DNS_ERROR_POLICY},
        {18, "prohibited", ADP_DNS_ERROR_POLICY},
        {20, "not authoritative", ADP_DNS_ERROR_OTHER},
        {22, "no reachable authority", ADP_DNS_ERROR_NO_WAY},
        {23, "network", ADP_DNS_ERROR_NO_WAY},
        {24, "invalid data", ADP_DNS_ERROR_OTHER},
        {4711, NULL, ADP_DNS_ERROR_OTHER},
        {65535, NULL, ADP_DNS_ERROR_OTHER},
    };
    static const struct {
        const char *text;
        gboolean plain;
    } texts[] = {
        {"at delegation corp.example.", TRUE},
        {"192.0.2.53:53 timeout (udp)", TRUE},
        {"", FALSE},
        {"$(id)", FALSE},
        {"a\033[2J", FALSE},
        {"\"quoted\"", FALSE},
        {"a\nb", FALSE},
        {"caf\303\251", FALSE},
        {"0123456789012345678901234567890123456789012345678901234567890123456789012345678901",
         FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *words = adp_dns_error_words(rows[i].code);
        char *row = g_strdup_printf("extended error %u", rows[i].code);

        check_int(row, "words", words != NULL, rows[i].words != NULL);
        check_int(row, "right words", !words || strstr(words, rows[i].words) != NULL, TRUE);
        check_int(row, "kind", adp_dns_error_kind_of(rows[i].code), rows[i].kind);
        g_free(row);
    }
    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        check_int(texts[i].text, "plain",
                  adp_dns_error_text_is_plain((const guint8 *)texts[i].text, strlen(texts[i].text)),
                  texts[i].plain);
    }
    /* A NUL is no letter, wherever it stands. */
    g_assert_false(adp_dns_error_text_is_plain((const guint8 *)"a\0b", 3));
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/codes/kerberos-names", test_krb_names);
    g_test_add_func("/codes/kerberos-classes", test_krb_classes);
    g_test_add_func("/codes/kerberos-wording", test_krb_wording);
    g_test_add_func("/codes/ntstatus", test_ntstatus);
    g_test_add_func("/codes/ldap", test_ldap);
    g_test_add_func("/codes/dns-errors", test_dns_errors);
    return g_test_run();
}
