/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/** LkSenderKind: how codes leave. */
typedef enum
{
  LK_SENDER_NONE,
  LK_SENDER_CONSOLE, /* printed on stdout: for a demonstration only */
  LK_SENDER_SMTP,
  LK_SENDER_GATEWAY,
} LkSenderKind;

/** LkMailSecurity: what protects the way to the mail server. */
typedef enum
{
  LK_MAIL_STARTTLS,          /* required */
  LK_MAIL_STARTTLS_OPTIONAL, /* used where it is offered */
  LK_MAIL_TLS,               /* from the first byte */
  LK_MAIL_NONE,
} LkMailSecurity;

/** LkStatusRange: HTTP statuses, both ends included. */
typedef struct
{
  guint first;
  guint last;
} LkStatusRange;

/** LkMailConfig: group [email]. */
typedef struct
{
  LkSenderKind sender;
  char *host;
  guint port;
  LkMailSecurity security;
  char *ca_file; /* (nullable): trusted beside nothing else */
  char *user;    /* (nullable) */
  char *password;
  char *from;
  guint timeout; /* in seconds */
} LkMailConfig;

/** LkSmsConfig: group [sms]. */
typedef struct
{
  LkSenderKind sender;
  char *url;          /* template with {to} {text} {from} {user} {password} {charset} {coding} */
  char *body;         /* (nullable): template of a POST's body; NULL for GET */
  char *content_type; /* of the body */
  char *user;
  char *password;
  char *from;
  GArray *success; /* (element-type LkStatusRange) */
  guint timeout;   /* in seconds */
} LkSmsConfig;

/**
 * LkTimeouts: how long a client may take, in seconds, before its connection is closed.
 */
typedef struct
{
  guint
      headers; /* from the connection, or the first byte of a request, to the end of its headers */
  guint stall; /* without a byte of a body */
  guint slow;  /* for a body or an answer that crawls; longer where it does not */
  guint idle;  /* between two requests */
} LkTimeouts;

/**
 * LkServerConfig: what the key file says, checked. Read-only once loaded, so it may be read on any
 * thread.
 */
typedef struct
{
  GPtrArray *listen; /* (element-type GInetSocketAddress) */
  char *data_dir;
  char *locale_dir; /* where the translations of the codes' texts are */
  guint workers;
  guint senders;
  guint max_connections;
  LkTimeouts timeouts;
  guint max_pending;
  gsize max_body_memory; /* bytes of request bodies held at one time */
  GPtrArray *proxies;    /* (element-type GInetAddressMask) */
  GPtrArray *metrics_from;
  GTlsCertificate *certificate; /* (nullable) */
  LkMailConfig mail;
  LkSmsConfig sms;
  GLogLevelFlags log_level; /* the least severe level that is written */
  gboolean log_requests;
} LkServerConfig;

LkServerConfig *lk_server_config_new (void);
void lk_server_config_free (LkServerConfig *self);
gboolean lk_server_config_load (LkServerConfig *self, const char *path, GPtrArray *complaints);
gboolean
lk_server_config_set_listen (LkServerConfig *self, const char *const *addresses, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkServerConfig, lk_server_config_free)
