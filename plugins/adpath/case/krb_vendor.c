/* krb_vendor.c
 * Whose KDC it is, as far as one answer of it tells.
 *
 * MIT's e-text is a status word ("CLIENT_NOT_FOUND", "TICKET NOT RENEWABLE"), and its ctime the
 * request's nonce; Heimdal's is a sentence ("Need to use PA-ENC-TIMESTAMP"), also in Samba, which adds
 * Windows' NTSTATUS. Windows' own KDC sends neither text nor client name. Measured on recordings of
 * MIT 1.12 and 1.20, Samba 4.17 and Windows; that Windows never sends a text is from memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/krb_vendor.h"

#include "join/model.h"
#include "log/krb.h"
#include "log/observation.h"

/* Only Heimdal offers it: preauthentication by GSS-API, a number of its own. */
#define PA_GSS 655

/* Capitals, digits and what stands between words: no sentence. */
static gboolean is_status_word(const char *text)
{
    gboolean has_letter = FALSE;

    for (; *text; text++) {
        if (!g_ascii_isupper(*text) && !g_ascii_isdigit(*text) && *text != '_' && *text != ' ' &&
            *text != '-') {
            return FALSE;
        }
        has_letter = has_letter || g_ascii_isupper(*text);
    }
    return has_letter;
}

static gboolean is_sentence(const char *text)
{
    while (*text && !g_ascii_islower(*text)) {
        text++;
    }
    return *text != '\0';
}

static adp_krb_vendor_facts by_text(const adp_obs_krb *error)
{
    if (!is_status_word(error->text) && !is_sentence(error->text)) {
        return (adp_krb_vendor_facts){0};
    }
    if (is_status_word(error->text)) {
        return (adp_krb_vendor_facts){ADP_VENDOR_MIT, TRUE,
                                      "the text of its error is a status word of MIT's KDC"};
    }
    if (error->has_ntstatus) {
        return (adp_krb_vendor_facts){
            ADP_VENDOR_SAMBA, TRUE,
            "its error has a text, as Heimdal's KDC sends it, and an NTSTATUS"};
    }
    return (adp_krb_vendor_facts){
        ADP_VENDOR_HEIMDAL, TRUE,
        "the text of its error is a sentence, as Heimdal's KDC and Samba's send it"};
}

/* Errors without a text. */
static adp_krb_vendor_facts by_form(const adp_obs_krb *ask, const adp_obs_krb *error)
{
    gboolean named = error->client || error->client_realm;

    if (ask && ask->has_nonce && error->has_nonce && ask->nonce == error->nonce) {
        return (adp_krb_vendor_facts){
            ADP_VENDOR_MIT, TRUE,
            "its error has the request's nonce in the place of the client's time"};
    }
    if (adp_krb_has_padata(error, PA_GSS)) {
        return (adp_krb_vendor_facts){ADP_VENDOR_HEIMDAL, TRUE,
                                      "it offers a preauthentication that only Heimdal has"};
    }
    if (error->has_ntstatus || error->skew_recovery) {
        return named ? (adp_krb_vendor_facts){ADP_VENDOR_SAMBA, FALSE,
                                              "its error has an NTSTATUS, and the client's name"}
                     : (adp_krb_vendor_facts){
                           ADP_VENDOR_WINDOWS, TRUE,
                           "its error has an NTSTATUS, and neither text nor client name"};
    }
    if (!named && error->error_data != ADP_ERROR_DATA_OTHER) {
        return (adp_krb_vendor_facts){ADP_VENDOR_WINDOWS, FALSE,
                                      "its error has neither text nor client name"};
    }
    return (adp_krb_vendor_facts){0};
}

adp_krb_vendor_facts adp_krb_vendor(const adp_model *model, const adp_step *step)
{
    adp_krb_vendor_facts nothing = {0};
    const adp_obs_krb *error;

    if (step->kind != ADP_STEP_KERBEROS || step->reply == ADP_NONE) {
        return nothing;
    }
    error = adp_model_obs(model, step->reply)->u.krb;
    if (!error->is_error || error->carrier != ADP_CARRIER_KDC) {
        return nothing;
    }
    if (error->text && *error->text) {
        return by_text(error);
    }
    return by_form(step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL,
                   error);
}
