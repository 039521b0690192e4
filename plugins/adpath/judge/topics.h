/* topics.h
 * What rules tell each other: which steps went well, and which facts of names are proven.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_TOPICS_H
#define ADPATH_JUDGE_TOPICS_H

/** What a step that went well is good for. The comment says what the subject is; NULL where none is. */
typedef enum {
    ADP_TOPIC_STEP,        /* any step, however it ended */
    ADP_TOPIC_TICKET,      /* a KDC gave a ticket: NULL, "in realm", "by user" of a logon */
    ADP_TOPIC_REALM,       /* a KDC of some realm was found, or gave a ticket */
    ADP_TOPIC_EXCHANGE,    /* adp_rules_krb_about(): an exchange ended well */
    ADP_TOPIC_ANSWER,      /* adp_rules_krb_about(): a KDC answered it, whatever it said */
    ADP_TOPIC_NEIGHBOUR,   /* class/host: a ticket for some form of the service's name */
    ADP_TOPIC_GOT_IN_AT,   /* host by its whole name, or an address: a ticket for it, or a bind */
    ADP_TOPIC_GOT_IN,      /* domain: the same of any of its hosts; NULL: of any */
    ADP_TOPIC_REALM_ASKED, /* realm, or "realm|user": its KDC did not say that it is the wrong one */
    ADP_TOPIC_REALM_CHANGED,  /* the client asked in another realm than before; user: he did */
    ADP_TOPIC_KPASSWD,        /* whose: a change of the password was accepted */
    ADP_TOPIC_KPASSWD_ANSWER, /* it was answered, in whatever way */
    ADP_TOPIC_TGT,            /* its service: a logon gave a TGT */
    ADP_TOPIC_CLOCK,          /* an answer whose clock agrees with the capturing machine's */
    ADP_TOPIC_CLOCK_APART, /* by how many minutes an answer's clock is ahead, as adp_rules_minutes() */
    ADP_TOPIC_USER,        /* the client's name: a KDC knows it */
    ADP_TOPIC_LOGON,       /* its name; NULL: somebody asked for a TGT, whatever came of it */
    ADP_TOPIC_TGS,         /* some service ticket was asked for */
    ADP_TOPIC_TICKET_SHOWN,  /* number of a TCP stream: a ticket was shown on it */
    ADP_TOPIC_DNS_TRANSPORT, /* a DNS server answered; "address|transport", as numbers */
    ADP_TOPIC_SRV_ANSWER,    /* name: somebody answered for it, well or not */
    ADP_TOPIC_SRV_NAME,      /* name of a locator record that exists */
    ADP_TOPIC_SRV_DOMAIN,    /* domain of one */
    ADP_TOPIC_SRV_GENERIC,   /* the name without its site */
    ADP_TOPIC_SRV_MSDCS,     /* domain: names of its controllers were answered */
    ADP_TOPIC_SRV_PLAIN,     /* domain: _ldap._tcp of it was answered */
    ADP_TOPIC_ADDRESS,       /* host: it has an address */
    ADP_TOPIC_PING,          /* a ping was answered acceptably */
    ADP_TOPIC_NO_CATALOG,  /* number of the address of a server that says it is no global catalog */
    ADP_TOPIC_READ_ONLY,   /* likewise: of one that says it is a read-only controller */
    ADP_TOPIC_PING_DOMAIN, /* domain that a controller says it serves */
    ADP_TOPIC_ACCOUNT,     /* account that a controller knows */
    ADP_TOPIC_CLIENT_SITE, /* forest in which the client has a site */
    ADP_TOPIC_LDAP,        /* LDAP of a controller was used */
    ADP_TOPIC_KDC,         /* a KDC was used */
    ADP_TOPIC_KDC_SERVER,  /* the same; number of its address */
    ADP_TOPIC_KDC_TRANSPORT, /* the same; "address|transport", as numbers */
    ADP_TOPIC_LDAP_SERVER,   /* number of a server's address whose LDAP worked */
    ADP_TOPIC_LDAP_USED, /* likewise, by somebody: an anonymous bind is none; NULL: of any server */
    ADP_TOPIC_BIND,      /* likewise: a bind there was accepted */
    ADP_TOPIC_WRONG_PASSWORD, /* user: a logon or a bind of his was refused for the password */
    ADP_TOPIC_PROTECTED,      /* LDAP went on where it cannot be read */
    ADP_TOPIC_READ,           /* some service connection points were read */
    ADP_TOPIC_READ_KIND,      /* kind of SCP that was read */
    ADP_TOPIC_POINTER,        /* domain or host that the pointer of a search names */
    ADP_TOPIC_TLS,            /* host with which a handshake was completed */
    ADP_TOPIC_AUTODISCOVER    /* autodiscover was answered */
} adp_topic;

/** What the capture proves of a name, whichever client it is about. */
typedef enum {
    ADP_FACT_ACTIVE_DIRECTORY, /* of a domain: its controllers spoke */
    ADP_FACT_DC,               /* of an address or a host name */
    ADP_FACT_KDC,              /* of an address: it answered as a KDC */
    ADP_FACT_SASL,             /* of an address: somebody logged on there over LDAP by SASL */
    ADP_FACT_LOCATES,          /* of a DNS server's address: it answered some locator lookup */
    ADP_FACT_SPOKE,            /* of an address: it answered some request */
    ADP_FACT_ENDPOINT,         /* of a host: autodiscover was or should be tried there */
    ADP_FACT_UNSEEN,           /* of "path|host": the path ends with a session there, in TLS */
    ADP_FACT_ANONYMOUS,        /* of a client's address: it bound without a name */
    ADP_FACT_CLEAR_AT_TLS,     /* of "address|port": LDAP in clear is answered at a port of TLS */
    ADP_FACT_KRB_REFUSAL       /* of a frame's number: it has a KRB-ERROR in another protocol */
} adp_known_fact;

/**
 * What a finding says already, so that a rule behind it in the table (rules_table.c) need not say
 * it again.
 */
typedef enum {
    ADP_SAID_TCP_BLOCKED, /* of "client|server|port": by krb-tcp-blocked or kdc-unanswered */
    ADP_SAID_MSDCS,       /* of a locator name: by srv-msdcs-missing */
    ADP_SAID_STUCK,       /* of "client|name": told to begin anew, again and again, by krb-error */
    ADP_SAID_LOCKED,      /* of a step's first observation: a wrong password before a lock */
    ADP_SAID_NOT_GUESSED, /* of a domain: other names than a KDC's were asked for it */
    ADP_SAID_CIRCLE       /* of a step's first observation: by redirect-loop */
} adp_said;

#endif
