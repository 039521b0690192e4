/* limits.h
 * How much of a capture is kept and looked at, why no more, and what a reader is told beyond it.
 *
 * A capture may be hostile, or simply huge. Whatever grows with it has a bound here, and whoever
 * stops at one says so with adp_limit_hit(): the report, the JSON (`capture.limits`) and the log
 * (GLib's, domain "adpath", level "info") tell it once for a file. Numbers that a protocol or a client's behaviour fixes (ten redirects)
 * are no limits of ours and stand where they are used; so do counts of what a line shows, which
 * end with "and 3 more".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_LIMITS_H
#define ADPATH_WIRE_LIMITS_H

#include "wire/arena.h"

#include <glib.h>

/*
 * TOLD(ID, value, why no more, what a reader is told)
 * QUIET(ID, value, why no more, why a reader is not told)
 */
/* clang-format off */
#define ADP_LIMITS(TOLD, QUIET)                                                                    \
    /* what readers take of one message */                                                         \
    TOLD(DNS_RECORDS, 256, "An answer has a handful; the header of a hostile one may claim 65,535 in each section.", \
         "A DNS answer has more than 256 records; those beyond were not read.")                    \
    TOLD(HTTP_HEADERS, 65536, "Servers refuse longer headers long before.",                        \
         "HTTP headers are longer than 64 KiB; what is beyond was not read.")                      \
    TOLD(HTTP_BODY, 1048576, "Answers of autodiscover have some ten kilobytes.",                   \
         "The body of an autodiscover message is longer than 1 MiB; what is beyond was not read.") \
    TOLD(LDAP_ATTRIBUTES, 256, "A client asks for a few dozen.",                                   \
         "An LDAP search asks for more than 256 attributes; those beyond were not read.")          \
    TOLD(LDAP_VALUES, 1024, "Ranged retrieval returns 1,500 values at most, keywords are a handful.", \
         "An attribute has more than 1,024 values; those beyond were not read.")                   \
    TOLD(FILTER_DEPTH, 32, "Programs write filters two or three levels deep; the parser calls itself.", \
         "An LDAP filter is nested deeper than 32 levels; what is deeper shows as (?).")           \
    TOLD(FILTER_NODES, 2000, "The longest filters of programs have some hundred parts.",           \
         "An LDAP filter has more than 2,000 parts; those beyond show as (?).")                    \
    TOLD(FILTER_WILDCARDS, 1024, "Nobody writes so many wildcards.",                               \
         "An LDAP filter has more than 1,024 wildcards in one value; what is beyond was not read.") \
    TOLD(CERTIFICATE_NAMES, 256, "A certificate for hundreds of hosts is common, for thousands it is not.", \
         "A certificate has more than 256 names; whether one beyond covers the host was not looked at.") \
    TOLD(KRB_ETYPES, 64, "Clients and KDCs know about ten.",                                       \
         "A Kerberos message lists more than 64 encryption types; those beyond were not read.")    \
    TOLD(KRB_PADATA, 64, "A request has about five.",                                              \
         "A Kerberos message has more than 64 elements of preauthentication data; those beyond were not read.") \
    TOLD(KRB_TICKETS, 4, "One is the rule, for user-to-user and delegation.",                      \
         "A Kerberos request has more than 4 additional tickets; those beyond were not read.")     \
    TOLD(KRB_COMPONENTS, 16, "Names have two or three components.",                                \
         "A Kerberos name has more than 16 components; those beyond were not read.")               \
    TOLD(GSS_NESTING, 6, "SPNEGO around Kerberos is two levels; the parser calls itself.",         \
         "A GSS token is nested deeper than 6 levels; what is inside was not read.")               \
    TOLD(NTLM_NAME, 1024, "Account and domain names are shorter than 512 characters.",             \
         "A name in an NTLM message is longer than 1,024 bytes; the rest was not read.")           \
    TOLD(CLOCK_DAYS, 46296, "Days before and after 1970: nanoseconds of more do not fit the number.", \
         "Frames have times more than 46,296 days from 1970; they count as of the nearest day that fits.") \
    QUIET(BASIC, 1024, "Names and passwords are shorter.",                                         \
          "Whose longer credentials are is not known: then nobody is taken for another.")          \
    QUIET(TEXT, 4096, "Names and values are shorter.",                                             \
          "A text that is cut ends with \"...\" where it is shown.")                               \
    QUIET(DNS_NAME, 255, "RFC 1035: no name is longer.",                                           \
          "A longer one is damaged, and treated so.")                                              \
    QUIET(HOST, 1024, "RFC 1035: 255 bytes, each of which may take four as text.",                 \
          "A longer one names no host.")                                                           \
    QUIET(URL_HOST, 253, "RFC 1035: no name is longer as text.",                                   \
          "A URL with a longer one is damaged, and names no host.")                                \
    QUIET(SASL_BUFFER, 16777216, "RFC 4422: the first byte of a buffer's length is 0 in practice, which Wireshark relies on, too.", \
          "A longer one is no SASL buffer.")                                                       \
    /* what is kept of a capture */                                                                \
    TOLD(HEARD, 65536, "A scan must not fill the memory with addresses.",                          \
         "The capture has more than 65,536 addresses; whether a later client was heard at all cannot be told, so it counts as heard.") \
    TOLD(HOST_ADDRESSES, 64, "A farm has a few dozen.",                                            \
         "A host has more than 64 addresses; connections to those beyond are not known to be its own.") \
    TOLD(ADDRESS_NAMES, 16, "An address has a few names.",                                         \
         "An address has more than 16 names; those beyond are not looked at when a connection to it is judged.") \
    TOLD(ALIASES, 16, "A chain of aliases is longer only by mistake or malice.",                   \
         "A DNS answer has a chain of more than 16 aliases; those beyond were not followed.")      \
    TOLD(ALIASES_KEPT, 4096, "A resolver's own traffic must not fill the memory.",                 \
         "The capture has more than 4,096 aliases of DNS; later ones were not kept.")              \
    TOLD(REVERSE_NAMES, 1024, "Whoever reads a log asks for the names of all addresses in it.",       \
         "The capture has more than 1,024 names that DNS gives for addresses; later ones were not kept.") \
    TOLD(NETBIOS_NAMES, 4096, "A scan for names must not fill the memory.",                        \
         "The capture has more than 4,096 NetBIOS lookups of different names; later ones were not kept.") \
    TOLD(NTLM_SESSIONS, 4096, "Guesses of passwords must not fill the memory.",                    \
         "The capture has more than 4,096 sessions of SMB by NTLM; later ones were not looked at.") \
    TOLD(HTTP2_OPEN, 256, "Clients have a few requests under way at once; whoever never ends one would fill the memory.", \
         "More than 256 messages of HTTP/2 were under way at once; the oldest were given up.")     \
    TOLD(HTTP_OPEN, 64, "Clients wait for each answer; whoever gets none would fill the memory.",  \
         "More than 64 HTTP requests of one connection had no answer; the oldest were given up.")  \
    TOLD(SERVICES, 8, "Settings name a server's inner and outer URL, a handful where there are several.", \
         "An answer of autodiscover names more than 8 URLs of services; those beyond were not read.") \
    TOLD(KDC_WAITING, 16, "A client waits for a handful of answers at once.",                      \
         "More than 16 Kerberos requests of one connection waited at once; an answer may stand at the wrong one.") \
    TOLD(TROUBLES, 64, "Behind one address, a few machines have the same trouble at once.",        \
         "More than 64 Kerberos troubles of other machines behind one address; whether a later ticket made the oldest good was not looked at.") \
    TOLD(LDAP_REFUSED, 16, "The refusals of one connection are much alike.",                       \
         "More than 16 LDAP operations of one connection were refused; those beyond were not kept.") \
    TOLD(LDAP_ASKED, 65536, "A busy controller answers millions; some forty megabytes hold these.", \
         "The capture has more than 65,536 LDAP operations that are no steps; whether those beyond were answered was not looked at.") \
    TOLD(STREAM_PARTS, 64, "Parts of answers to what is no step come by the thousand.",            \
         "More than 64 parts of answers on one connection belong to no step; from those beyond nothing is concluded.") \
    QUIET(LDAP_NOTED, 2048, "One result refers to a request of the last few thousand messages.",   \
          "A result whose request is not remembered stands without its time.")                     \
    QUIET(TLS_ALERTS, 8, "More alerts than this say nothing new.", "Nothing is lost.")             \
    QUIET(TLS_RECORDS, 24, "An exchange of autodiscover takes a dozen; what comes behind is the client's other business.", \
          "What is concluded from the sizes of records keeps silent about the rest.")                \
    TOLD(GUESS_EARLY, 4096, "Most of what is looked up is nobody's mail domain.",                  \
         "The capture has more than 4,096 lookups of hosts that may be mail domains, without a directory before them; what was tried at later ones before autodiscover was asked for is not told.") \
    QUIET(GUESS_HOSTS, 16, "Lookups of a busy client: what comes later is hardly its first guess.", \
          "Every browser reaches it; what is beyond is nobody's discovery.")                       \
    QUIET(GUESS_KEPT, 12, "Observations of one host tell by then what came of it.",                \
          "Every browser reaches it; what is beyond says nothing new.")                            \
    /* how far is looked */                                                                        \
    TOLD(SHARED_STEPS, 256, "A path rests on a dozen steps of an earlier one.",                    \
         "A path rests on more than 256 earlier steps; those beyond are not named as used.")       \
    TOLD(SHARED_LOOK, 1024, "Earlier steps that matter lie near.",                                 \
         "More than 1,024 earlier steps of a client lie before a path; those beyond were not looked at for what it rests on.") \
    TOLD(LOOK_BACK, 256, "A client that is sent to another forest first finds a controller there, and gets tickets.", \
         "More than 256 steps lie before a lookup of another mail domain; a redirect beyond them was not looked for.") \
    TOLD(LOOK_AHEAD, 200, "A client follows a pointer at once.",                                   \
         "More than 200 steps follow a pointer; whether one beyond follows it was not looked at.") \
    TOLD(OTHERS, 64, "Each of the clients is asked once for each finding.",                        \
         "More than 64 steps had the same success; whether one beyond is another client's was not looked at.") \
    TOLD(SMALLER, 64, "A smaller request that was answered stands near the one that was not.",     \
         "More than 64 steps around a silent request; a smaller one beyond that was answered was not looked for.") \
    TOLD(SCP_ENTRIES, 256, "An answer holds a handful.",                                           \
         "An SCP answer holds more than 256 URLs; those beyond are no endpoints in the report.")   \
    TOLD(COPIES_CITED, 256, "A capture may hold everything twice.",                                \
         "A path holds more than 256 copies of packets; only the first are cited.")                \
    QUIET(COMMAND_VALUE, 255, "No name of the directory is longer (DNs of objects apart).",        \
          "Where the command would stand, the report says that it is left out.")
/* clang-format on */

#define ADP_LIMIT_ID(id, value, why, word)    ADP_LIMIT_##id,
#define ADP_LIMIT_VALUE(id, value, why, word) ADP_MAX_##id = (value),

typedef enum {
    ADP_LIMITS(ADP_LIMIT_ID, ADP_LIMIT_ID) ADP_LIMIT_COUNT
} adp_limit;

/** The values: ADP_MAX_DNS_RECORDS and so on. */
enum {
    ADP_LIMITS(ADP_LIMIT_VALUE, ADP_LIMIT_VALUE)
};

typedef struct {
    const char *name; /* "DNS_RECORDS" */
    guint value;
    const char *why;   /* why no more */
    const char *told;  /* what a reader is told beyond it; NULL: nothing, and */
    const char *quiet; /* why not */
} adp_limit_row;

const adp_limit_row *adp_limit_get(adp_limit limit);

/**
 * Something of the capture was left out because of the limit. The arena stands for the open file:
 * parsers have it, and no model. The first time goes to the log.
 */
void adp_limit_hit(adp_arena *arena, adp_limit limit);

/** How often it was hit so far. */
guint32 adp_limit_hits(const adp_arena *arena, adp_limit limit);

/** What a reader of this capture has to be told, in the order of the table; free the array. */
GPtrArray *adp_limits_told(const adp_arena *arena);

#endif
