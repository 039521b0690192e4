/* pairing.h
 * What the parts of the pairing share: pairing.c, pair_*.c, learn.c and web.c.
 *
 * Only what is kept may change anything: the kept log is all that a truncation feeds again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_PAIRING_H
#define ADPATH_MODEL_PAIRING_H

#include "guess.h"
#include "model_private.h"
#include "web.h"

/** What kind of exchange a key belongs to, so that ids do not meet. */
typedef enum {
    ADP_SPACE_DNS,
    ADP_SPACE_SEARCH,
    ADP_SPACE_KDC,
    ADP_SPACE_STREAM,
    ADP_SPACE_ATTEMPT
} adp_key_space;

typedef struct {
    guint8 space;
    guint8 transport;
    guint16 client_port;
    guint16 server_port;
    guint32 client;
    guint32 server;
    guint32 stream;
    guint32 id;
    guint64 extra;
} adp_pair_key;

guint adp_pair_hash(gconstpointer data);
gboolean adp_pair_equal(gconstpointer a, gconstpointer b);

/* ---- the exchange an observation belongs to, and the steps that are open (pairing.c) ---- */

void adp_exchange_key(adp_pair_key *key, adp_key_space space, const adp_flow *flow, guint32 id,
                      guint64 extra);
void adp_key_of(adp_pair_key *key, const adp_obs *obs);
guint32 adp_open_step(const adp_derived *d, const adp_pair_key *key);
void adp_set_open_step(adp_derived *d, const adp_pair_key *key, guint32 step);

/** The connection of a flow; NULL (find) or made (need) when there is none yet. */
adp_conn *adp_find_conn(const adp_derived *d, const adp_flow *flow);
adp_conn *adp_need_conn(adp_derived *d, const adp_flow *flow);

adp_step *adp_step_at(adp_derived *d, guint32 i);
adp_mark *adp_mark_at(adp_derived *d, guint32 i);
adp_path *adp_path_at(adp_derived *d, guint32 i);

/** A new step that begins with observation `i`, which is attached to it. */
guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i);

/** Appends the observation to the step's chain and gives it its mark. */
void adp_attach(adp_derived *d, guint32 step_index, guint32 i);

/** Writes what the mark says as of its observation; to be called last. Always TRUE. */
gboolean adp_finish(adp_derived *d, guint32 i);

/** Marks an observation that stays in the log, but belongs to no step by itself. Always TRUE. */
gboolean adp_keep_aside(adp_derived *d);

/** A request that is paired by its key: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/** The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** A reply that is paired by its key. */
guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/* ---- one observation each (pair_*.c): FALSE when it belongs to nothing ---- */

gboolean adp_feed_dns(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_search(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_bind(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_hidden(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_kdc(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i);

gboolean adp_feed_tcp(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_tls(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_http_request(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_http_reply(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_icmp(adp_model *model, const adp_obs *obs, guint32 i);

/* ---- attempts (pair_tcp.c) ---- */

/** The number of the flow's last attempt; ADP_NONE when there is none. */
guint32 adp_find_attempt(const adp_derived *d, const adp_flow *flow);

/** An attempt that begins with observation `i`, of a SYN or, where none was seen, of a step. */
guint32 adp_new_attempt(adp_model *model, const adp_obs *obs, guint32 i);

/** A message on a connection shows that it was accepted. */
void adp_attempt_has_data(adp_model *model, const adp_obs *obs);

/** Has the server's address been given to a host that may serve autodiscover at this port? */
gboolean adp_is_web_server(const adp_model *model, const adp_flow *flow);

/* ---- what the steps teach (learn.c) ---- */

void adp_learn_host(adp_derived *d, const char *name);
void adp_learn_srv_question(adp_model *model, const adp_obs *obs);
void adp_learn_srv(adp_model *model, const adp_step *step, const adp_obs_dns *dns);
void adp_learn_addresses(adp_model *model, const adp_obs_dns *dns);
void adp_learn_ping_request(adp_model *model, const adp_obs *obs);
void adp_learn_ping_reply(adp_model *model, const adp_step *step, const adp_netlogon *reply);
void adp_learn_scp_search(adp_model *model, const adp_obs *obs);
void adp_learn_scp_entry(adp_model *model, const adp_scp_entry *entry);
/** A realm stands for the domain where nothing better tells it. */
void adp_learn_realm(adp_model *model, guint32 step, const char *realm);
/** `spn` was asked of a KDC: the host of HTTP/host. */
void adp_learn_spn(adp_model *model, const char *spn);

/** The addresses of an answer belong to the names of its chain; nothing is named by them. */
void adp_guess_addresses(adp_model *model, const adp_obs_dns *dns);

/* ---- what may turn out to be about the mail domain (guess.c) ---- */

/** The client turned to its directory: what it looks up now is kept aside for a while. */
void adp_guess_begin(adp_model *model, guint32 client, gint64 time);

/** Is a DNS message that makes no step to be kept? */
gboolean adp_guess_wants(const adp_model *model, const adp_obs *obs);

/** Has the server's address been given to a host that is kept, and is this HTTPS? */
gboolean adp_guess_is_server(const adp_model *model, const adp_flow *flow);

/** Is there more to be learnt of the handshake? `guess` may be NULL. */
gboolean adp_guess_goes_on(const adp_guess *guess);

/* One observation each; FALSE when it is not kept. */
gboolean adp_guess_dns(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_guess_hello(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_guess_later(adp_model *model, adp_guess *guess, const adp_obs *obs, guint32 i);

/* ---- named hosts (web.c) ---- */

/** Names a host; `port` is that of its URL, 0 when it says none. */
void adp_name_host(adp_model *model, const char *host, guint how, guint16 port);

/** Names a host to which a step found by `method` redirects. */
void adp_name_redirect(adp_model *model, const char *host, const char *method, guint16 port);

/** Is it a mail domain, or the client's own domain after it searched for SCPs? */
gboolean adp_is_mail_domain(const adp_model *model, guint32 client, const char *domain);

/** The host has the address. `name` it so where nothing better is known. */
void adp_host_address(adp_model *model, const char *host, guint32 address);

/** M is a mail domain: M itself becomes a candidate. */
void adp_learn_mail_domain(adp_model *model, const char *domain);

/** The client's directory has this domain or forest. */
void adp_learn_client_domain(adp_model *model, guint32 client, const char *domain);

/**
 * Is a question for this host's address one of a path's: was it named, is it a candidate for
 * everybody, or the client's own domain after it searched for Exchange's SCPs?
 */
gboolean adp_is_path_host(const adp_model *model, guint32 client, const char *host);

/** Likewise, of a host that may serve autodiscover: not merely a controller or a service. */
gboolean adp_is_web_host(const adp_model *model, guint32 client, const char *host);

#endif
