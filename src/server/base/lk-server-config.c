/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-server-config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "lk-config.h"
#include "lk-server-error.h"

/* A secret in a file is a line: what is longer is not one. */
#define MAX_SECRET_BYTES 4096

typedef struct
{
  GKeyFile *file;
  const char *path;
  GPtrArray *complaints;
  gboolean holds_secret;
} Reader;

static const char *const known_keys[][20] = {
  { "server", "listen", "data-dir", "locale-dir", "workers", "senders", "max-connections",
    "max-pending", "max-body-memory", "headers-timeout", "stall-timeout", "slow-timeout",
    "idle-timeout", "trusted-proxies", "metrics-from", NULL },
  { "tls", "certificate", "key", NULL },
  { "email", "sender", "host", "port", "security", "ca-file", "user", "password", "password-file",
    "from", "timeout", NULL },
  { "sms", "sender", "url", "body", "content-type", "user", "password", "password-file", "from",
    "success", "timeout", NULL },
  { "log", "level", "requests", NULL },
};

static void G_GNUC_PRINTF (4, 5)
    complain (Reader *reader, const char *group, const char *key, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  if (group == NULL)
    g_ptr_array_add (reader->complaints, g_strdup_printf ("%s: %s", reader->path, what));
  else if (key == NULL)
    g_ptr_array_add (reader->complaints,
                     g_strdup_printf ("%s: [%s]: %s", reader->path, group, what));
  else
    g_ptr_array_add (reader->complaints,
                     g_strdup_printf ("%s: [%s] %s: %s", reader->path, group, key, what));
}

static gboolean
is_known (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known_keys); i++)
    if (g_str_equal (known_keys[i][0], group))
      return key == NULL || g_strv_contains (known_keys[i] + 1, key);
  return FALSE;
}

static void
check_known (Reader *reader)
{
  g_auto (GStrv) groups = g_key_file_get_groups (reader->file, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (reader->file, groups[i], NULL, NULL);

      if (!is_known (groups[i], NULL))
        {
          complain (reader, groups[i], NULL, "there is no such group");
          continue;
        }
      for (gsize j = 0; keys != NULL && keys[j] != NULL; j++)
        if (!is_known (groups[i], keys[j]))
          complain (reader, groups[i], keys[j], "there is no such key");
    }
}

static gboolean
has (Reader *reader, const char *group, const char *key)
{
  return g_key_file_has_key (reader->file, group, key, NULL);
}

/* Replaces *value where the key is there. */
static void
read_string (Reader *reader, const char *group, const char *key, char **value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!has (reader, group, key))
    return;
  text = g_key_file_get_string (reader->file, group, key, &error);
  if (text == NULL)
    complain (reader, group, key, "%s", error->message);
  else if (*text == '\0')
    complain (reader, group, key, "is empty");
  else
    {
      g_free (*value);
      *value = g_steal_pointer (&text);
    }
}

static void
read_uint (Reader *reader,
           const char *group,
           const char *key,
           guint minimum,
           guint maximum,
           guint *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint64 number;

  if (!has (reader, group, key))
    return;
  text = g_key_file_get_string (reader->file, group, key, &error);
  if (text == NULL)
    complain (reader, group, key, "%s", error->message);
  else if (!g_ascii_string_to_unsigned (g_strstrip (text), 10, minimum, maximum, &number, NULL))
    complain (reader, group, key, "“%s” is not a whole number from %u to %u", text, minimum,
              maximum);
  else
    *value = (guint)number;
}

/* The index of the key's text among @names, or @fallback. */
static guint
read_choice (Reader *reader,
             const char *group,
             const char *key,
             const char *const *names,
             guint fallback)
{
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;

  read_string (reader, group, key, &text);
  if (text == NULL)
    return fallback;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], text))
      return i;
  all = g_strjoinv (", ", (char **)names);
  complain (reader, group, key, "“%s” is none of %s", text, all);
  return fallback;
}

static GStrv
read_list (Reader *reader, const char *group, const char *key)
{
  g_autoptr (GError) error = NULL;
  GStrv list;

  if (!has (reader, group, key))
    return NULL;
  list = g_key_file_get_string_list (reader->file, group, key, NULL, &error);
  if (list == NULL)
    complain (reader, group, key, "%s", error->message);
  return list;
}

static void
read_masks (Reader *reader, const char *group, const char *key, GPtrArray *masks)
{
  g_auto (GStrv) list = read_list (reader, group, key);

  if (list == NULL)
    return;
  g_ptr_array_set_size (masks, 0);
  for (gsize i = 0; list[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (g_strstrip (list[i]), &error);

      if (mask == NULL)
        complain (reader, group, key, "%s", error->message);
      else
        g_ptr_array_add (masks, mask);
    }
}

/* A secret is in the key file itself, or alone in a file: for systemd, %d/NAME names a credential.
 */
static void
read_secret (Reader *reader, const char *group, char **value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *contents = NULL;
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  gsize length;
  GStatBuf info;

  if (has (reader, group, "password"))
    {
      reader->holds_secret = TRUE;
      if (has (reader, group, "password-file"))
        complain (reader, group, "password-file", "there is a password as well");
      read_string (reader, group, "password", value);
      return;
    }
  read_string (reader, group, "password-file", &path);
  if (path == NULL)
    return;
  if (g_str_has_prefix (path, "%d/"))
    {
      g_autofree char *name = g_strdup (path + 3);

      if (credentials == NULL)
        {
          complain (reader, group, "password-file", "%s: systemd gave no credentials", path);
          return;
        }
      g_free (path);
      path = g_build_filename (credentials, name, NULL);
    }
  if (g_stat (path, &info) != 0)
    complain (reader, group, "password-file", "%s: %s", path, g_strerror (errno));
  else if ((info.st_mode & 0007) != 0)
    complain (reader, group, "password-file", "%s can be read by everybody: chmod o= it", path);
  else if (info.st_size > MAX_SECRET_BYTES)
    complain (reader, group, "password-file", "%s is too long for a password", path);
  else if (!g_file_get_contents (path, &contents, &length, &error))
    complain (reader, group, "password-file", "%s", error->message);
  else if (strlen (contents) != length || *g_strchomp (contents) == '\0')
    complain (reader, group, "password-file", "%s holds no password", path);
  else
    {
      g_free (*value);
      *value = g_steal_pointer (&contents);
    }
}

static GInetSocketAddress *
parse_listen (const char *text, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;
  guint64 port;
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;

  if (colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      if (*text == '[' && colon[-1] == ']')
        host = g_strndup (text + 1, colon - text - 2);
      else
        host = g_strndup (text, colon - text);
      address = g_inet_address_new_from_string (host);
    }
  if (address == NULL)
    {
      g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_CONFIG,
                   "“%s” is not an address and a port, such as 127.0.0.1:8470 or [::]:443", text);
      return NULL;
    }
  return G_INET_SOCKET_ADDRESS (g_inet_socket_address_new (address, (guint16)port));
}

static void
read_server (Reader *reader, LkServerConfig *self)
{
  g_auto (GStrv) listen = read_list (reader, "server", "listen");
  g_autoptr (GError) error = NULL;
  guint megabytes = self->max_body_memory >> 20;

  if (listen != NULL && !lk_server_config_set_listen (self, (const char *const *)listen, &error))
    complain (reader, "server", "listen", "%s", error->message);
  read_string (reader, "server", "data-dir", &self->data_dir);
  read_string (reader, "server", "locale-dir", &self->locale_dir);
  read_uint (reader, "server", "workers", 1, 64, &self->workers);
  read_uint (reader, "server", "senders", 1, 64, &self->senders);
  read_uint (reader, "server", "max-connections", 8, 100000, &self->max_connections);
  read_uint (reader, "server", "max-pending", 1, 100000, &self->max_pending);
  read_uint (reader, "server", "max-body-memory", 16, 65536, &megabytes);
  self->max_body_memory = (gsize)megabytes << 20;
  read_uint (reader, "server", "headers-timeout", 1, 3600, &self->timeouts.headers);
  read_uint (reader, "server", "stall-timeout", 1, 3600, &self->timeouts.stall);
  read_uint (reader, "server", "slow-timeout", 1, 3600, &self->timeouts.slow);
  read_uint (reader, "server", "idle-timeout", 1, 3600, &self->timeouts.idle);
  read_masks (reader, "server", "trusted-proxies", self->proxies);
  read_masks (reader, "server", "metrics-from", self->metrics_from);
}

static void
read_tls (Reader *reader, LkServerConfig *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  GStatBuf info;

  read_string (reader, "tls", "certificate", &certificate);
  read_string (reader, "tls", "key", &key);
  if (certificate == NULL && key == NULL)
    return;
  if (certificate == NULL)
    complain (reader, "tls", "certificate", "is missing beside the key");
  else if (key == NULL)
    complain (reader, "tls", "key", "is missing beside the certificate");
  else if (g_stat (key, &info) == 0 && (info.st_mode & 0007) != 0)
    complain (reader, "tls", "key", "%s can be read by everybody: chmod o= it", key);
  else
    {
      g_clear_object (&self->certificate);
      self->certificate = g_tls_certificate_new_from_files (certificate, key, &error);
      if (self->certificate == NULL)
        complain (reader, "tls", "certificate", "%s", error->message);
    }
}

static void
read_mail (Reader *reader, LkMailConfig *mail)
{
  static const char *const senders[] = { "none", "console", "smtp", NULL };
  static const char *const securities[] = { "starttls", "starttls-optional", "tls", "none", NULL };

  mail->sender = read_choice (reader, "email", "sender", senders, mail->sender);
  mail->security = read_choice (reader, "email", "security", securities, mail->security);
  mail->port = mail->security == LK_MAIL_TLS ? 465 : 587;
  read_string (reader, "email", "host", &mail->host);
  read_uint (reader, "email", "port", 1, 65535, &mail->port);
  read_string (reader, "email", "ca-file", &mail->ca_file);
  read_string (reader, "email", "user", &mail->user);
  read_secret (reader, "email", &mail->password);
  read_string (reader, "email", "from", &mail->from);
  read_uint (reader, "email", "timeout", 1, 300, &mail->timeout);
  if (mail->sender != LK_SENDER_SMTP)
    return;
  if (mail->host == NULL)
    complain (reader, "email", "host", "is missing");
  if (mail->from == NULL)
    complain (reader, "email", "from", "is missing");
  else if (strpbrk (mail->from, "\r\n") != NULL || strchr (mail->from, '@') == NULL)
    complain (reader, "email", "from", "is not an address such as Likeness <codes@example.org>");
  if ((mail->user == NULL) != (mail->password == NULL))
    complain (reader, "email", mail->user == NULL ? "user" : "password", "is missing");
  if (mail->user != NULL && mail->security == LK_MAIL_NONE)
    complain (reader, "email", "security", "a password is not sent without encryption");
}

static void
read_success (Reader *reader, GArray *success)
{
  g_auto (GStrv) list = read_list (reader, "sms", "success");

  if (list == NULL)
    return;
  g_array_set_size (success, 0);
  for (gsize i = 0; list[i] != NULL; i++)
    {
      g_auto (GStrv) ends = g_strsplit (g_strstrip (list[i]), "-", 2);
      const char *last = ends[0] != NULL && ends[1] != NULL ? ends[1] : ends[0];
      guint64 from, to;
      LkStatusRange range;

      if (ends[0] == NULL || !g_ascii_string_to_unsigned (ends[0], 10, 100, 599, &from, NULL)
          || !g_ascii_string_to_unsigned (last, 10, from, 599, &to, NULL))
        {
          complain (reader, "sms", "success", "“%s” is not a status or a range of them", list[i]);
          continue;
        }
      range = (LkStatusRange){ .first = (guint)from, .last = (guint)to };
      g_array_append_val (success, range);
    }
}

static void
read_sms (Reader *reader, LkSmsConfig *sms)
{
  static const char *const senders[] = { "none", "console", "gateway", NULL };
  guint sender = read_choice (reader, "sms", "sender", senders, sms->sender);
  g_autoptr (GError) error = NULL;

  sms->sender = sender == 2 ? LK_SENDER_GATEWAY : (LkSenderKind)sender;
  read_string (reader, "sms", "url", &sms->url);
  read_string (reader, "sms", "body", &sms->body);
  read_string (reader, "sms", "content-type", &sms->content_type);
  read_string (reader, "sms", "user", &sms->user);
  read_secret (reader, "sms", &sms->password);
  read_string (reader, "sms", "from", &sms->from);
  read_success (reader, sms->success);
  read_uint (reader, "sms", "timeout", 1, 300, &sms->timeout);
  if (sms->sender != LK_SENDER_GATEWAY)
    return;
  if (sms->url == NULL)
    complain (reader, "sms", "url", "is missing");
  else if (!g_str_has_prefix (sms->url, "http://") && !g_str_has_prefix (sms->url, "https://"))
    complain (reader, "sms", "url", "is neither http nor https");
  else if (strstr (sms->body != NULL ? sms->body : sms->url, "{to}") == NULL
           || strstr (sms->body != NULL ? sms->body : sms->url, "{text}") == NULL)
    complain (reader, "sms", sms->body != NULL ? "body" : "url", "lacks {to} or {text}");
}

static void
read_log (Reader *reader, LkServerConfig *self)
{
  static const char *const levels[] = { "error", "warning", "message", "info", "debug", NULL };
  static const GLogLevelFlags flags[]
      = { G_LOG_LEVEL_CRITICAL, G_LOG_LEVEL_WARNING, G_LOG_LEVEL_MESSAGE, G_LOG_LEVEL_INFO,
          G_LOG_LEVEL_DEBUG };
  static const char *const switches[] = { "no", "yes", NULL };

  self->log_level = flags[read_choice (reader, "log", "level", levels, 3)];
  self->log_requests = read_choice (reader, "log", "requests", switches, 1) == 1;
}

/* A password in a file that anybody may read is no secret: the server refuses to start with it. */
static void
check_permissions (Reader *reader)
{
  GStatBuf info;

  if (reader->holds_secret && g_stat (reader->path, &info) == 0 && (info.st_mode & 0007) != 0)
    complain (reader, NULL, NULL,
              "holds a password and can be read by everybody: chmod o= it, or use password-file");
}

static void
add_mask (GPtrArray *masks, const char *text)
{
  GInetAddressMask *mask = g_inet_address_mask_new_from_string (text, NULL);

  g_assert (mask != NULL);
  g_ptr_array_add (masks, mask);
}

/**
 * lk_server_config_new:
 *
 * The configuration of a server without a key file: it listens on 127.0.0.1:8470, keeps its data in
 * the user's data folder, or in systemd's $STATE_DIRECTORY, and has no sender.
 *
 * Returns: (transfer full): a configuration
 */
LkServerConfig *
lk_server_config_new (void)
{
  static const char *const listen[] = { "127.0.0.1:8470", NULL };
  LkServerConfig *self = g_new0 (LkServerConfig, 1);
  const char *state = g_getenv ("STATE_DIRECTORY");
  LkStatusRange success = { 200, 299 };

  self->listen = g_ptr_array_new_with_free_func (g_object_unref);
  g_assert_true (lk_server_config_set_listen (self, listen, NULL));
  self->data_dir = state != NULL
                       ? g_strdup (state)
                       : g_build_filename (g_get_user_data_dir (), "likeness-server", NULL);
  self->locale_dir = g_strdup (LK_LOCALEDIR);
  self->workers = 4;
  self->senders = 8;
  self->max_connections = 1024;
  self->max_pending = 256;
  self->timeouts = (LkTimeouts){ .headers = 20, .stall = 20, .slow = 30, .idle = 75 };
  self->max_body_memory = (gsize)128 << 20;
  self->proxies = g_ptr_array_new_with_free_func (g_object_unref);
  self->metrics_from = g_ptr_array_new_with_free_func (g_object_unref);
  add_mask (self->metrics_from, "127.0.0.0/8");
  add_mask (self->metrics_from, "::1");
  self->mail.port = 587;
  self->mail.timeout = 20;
  self->sms.content_type = g_strdup ("application/x-www-form-urlencoded");
  self->sms.from = g_strdup ("Likeness");
  self->sms.success = g_array_new (FALSE, FALSE, sizeof (LkStatusRange));
  self->sms.timeout = 20;
  g_array_append_val (self->sms.success, success);
  self->log_level = G_LOG_LEVEL_INFO;
  self->log_requests = TRUE;
  return self;
}

static void
clear_secret (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

void
lk_server_config_free (LkServerConfig *self)
{
  g_ptr_array_unref (self->listen);
  g_free (self->data_dir);
  g_free (self->locale_dir);
  g_ptr_array_unref (self->proxies);
  g_ptr_array_unref (self->metrics_from);
  g_clear_object (&self->certificate);
  g_free (self->mail.host);
  g_free (self->mail.ca_file);
  g_free (self->mail.user);
  clear_secret (&self->mail.password);
  g_free (self->mail.from);
  g_free (self->sms.url);
  g_free (self->sms.body);
  g_free (self->sms.content_type);
  g_free (self->sms.user);
  clear_secret (&self->sms.password);
  g_free (self->sms.from);
  g_array_unref (self->sms.success);
  g_free (self);
}

/**
 * lk_server_config_set_listen:
 * @self: a configuration
 * @addresses: numeric addresses with their ports; port 0 takes a free one
 * @error: LK_SERVER_ERROR_CONFIG
 *
 * Replaces the addresses that are listened on.
 *
 * Returns: whether all of them could be read; otherwise nothing changed
 */
gboolean
lk_server_config_set_listen (LkServerConfig *self, const char *const *addresses, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; addresses[i] != NULL; i++)
    {
      g_autofree char *text = g_strstrip (g_strdup (addresses[i]));
      GInetSocketAddress *address = parse_listen (text, error);

      if (address == NULL)
        return FALSE;
      g_ptr_array_add (list, address);
    }
  if (list->len == 0)
    {
      g_set_error_literal (error, LK_SERVER_ERROR, LK_SERVER_ERROR_CONFIG, "no address is named");
      return FALSE;
    }
  g_clear_pointer (&self->listen, g_ptr_array_unref);
  self->listen = g_steal_pointer (&list);
  return TRUE;
}

/**
 * lk_server_config_load:
 * @self: a new configuration
 * @path: a key file
 * @complaints: (element-type utf8): gets a line for each thing that is wrong, with file, group and
 * key
 *
 * Reads and checks a key file. All of it is checked, so that one run tells everything.
 *
 * Returns: whether nothing is wrong
 */
gboolean
lk_server_config_load (LkServerConfig *self, const char *path, GPtrArray *complaints)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  guint before = complaints->len;
  char *contents = NULL;
  gsize length;
  Reader reader = { .file = file, .path = path, .complaints = complaints };

  if (!g_file_get_contents (path, &contents, &length, &error)
      || !g_key_file_load_from_data (file, contents, length, G_KEY_FILE_NONE, &error))
    {
      complain (&reader, NULL, NULL, "%s", error->message);
      clear_secret (&contents);
      return FALSE;
    }
  /* A value would be taken for what stands before it. */
  if (strlen (contents) != length)
    complain (&reader, NULL, NULL, "holds a NUL byte");
  clear_secret (&contents);
  check_known (&reader);
  read_server (&reader, self);
  read_tls (&reader, self);
  read_mail (&reader, &self->mail);
  read_sms (&reader, &self->sms);
  read_log (&reader, self);
  check_permissions (&reader);
  return complaints->len == before;
}
