/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-smtp-sender.h"

#include <curl/curl.h>
#include <string.h>

#include "lk-mail-message.h"
#include "lk-server-error.h"

struct _LkSmtpSender
{
  GObject parent_instance;
  const LkMailConfig *config; /* outlives the sender */
  LkClock *clock;
  char *url;
  char *envelope_from;
};

typedef struct
{
  GBytes *message;
  gsize offset;
} Upload;

static void lk_smtp_sender_iface_init (LkCodeSenderInterface *iface);

G_DEFINE_TYPE_WITH_CODE (LkSmtpSender,
                         lk_smtp_sender,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (LK_TYPE_CODE_SENDER, lk_smtp_sender_iface_init))

static size_t
on_read (char *buffer, size_t size, size_t count, void *data)
{
  Upload *upload = data;
  gsize length;
  const char *bytes = g_bytes_get_data (upload->message, &length);
  gsize n = MIN (size * count, length - upload->offset);

  memcpy (buffer, bytes + upload->offset, n);
  upload->offset += n;
  return n;
}

static void
set_up_security (CURL *curl, const LkMailConfig *config)
{
  static const long levels[] = {
    [LK_MAIL_STARTTLS] = CURLUSESSL_ALL,
    [LK_MAIL_STARTTLS_OPTIONAL] = CURLUSESSL_TRY,
    [LK_MAIL_TLS] = CURLUSESSL_ALL,
    [LK_MAIL_NONE] = CURLUSESSL_NONE,
  };

  curl_easy_setopt (curl, CURLOPT_USE_SSL, levels[config->security]);
  if (config->ca_file != NULL)
    curl_easy_setopt (curl, CURLOPT_CAINFO, config->ca_file);
  if (config->user != NULL)
    {
      curl_easy_setopt (curl, CURLOPT_USERNAME, config->user);
      curl_easy_setopt (curl, CURLOPT_PASSWORD, config->password);
      /* A password never leaves unencrypted, not even where encryption is a matter of luck. */
      if (config->security == LK_MAIL_STARTTLS_OPTIONAL)
        curl_easy_setopt (curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    }
}

static gboolean
lk_smtp_sender_send (LkCodeSender *sender,
                     const char *identifier,
                     const LkCodeText *text,
                     GError **error)
{
  LkSmtpSender *self = LK_SMTP_SENDER (sender);
  g_autoptr (GBytes) message = lk_mail_message_new (self->config->from, identifier, text,
                                                    lk_clock_get_seconds (self->clock));
  g_autofree char *recipient = g_strdup_printf ("<%s>", identifier);
  Upload upload = { .message = message };
  struct curl_slist *recipients = curl_slist_append (NULL, recipient);
  CURL *curl = curl_easy_init ();
  CURLcode result = CURLE_OUT_OF_MEMORY;
  long status = 0;

  if (curl != NULL && recipients != NULL)
    {
      curl_easy_setopt (curl, CURLOPT_URL, self->url);
      curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
      curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt (curl, CURLOPT_TIMEOUT, (long)self->config->timeout);
      curl_easy_setopt (curl, CURLOPT_MAIL_FROM, self->envelope_from);
      curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, recipients);
      curl_easy_setopt (curl, CURLOPT_READFUNCTION, on_read);
      curl_easy_setopt (curl, CURLOPT_READDATA, &upload);
      curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
      set_up_security (curl, self->config);
      result = curl_easy_perform (curl);
      curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    }
  curl_slist_free_all (recipients);
  curl_easy_cleanup (curl);
  if (result != CURLE_OK)
    {
      g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_SEND, "the mail server: %s (%ld)",
                   curl_easy_strerror (result), status);
      return FALSE;
    }
  return TRUE;
}

static void
lk_smtp_sender_iface_init (LkCodeSenderInterface *iface)
{
  iface->send = lk_smtp_sender_send;
}

static void
lk_smtp_sender_finalize (GObject *object)
{
  LkSmtpSender *self = LK_SMTP_SENDER (object);

  lk_clock_unref (self->clock);
  g_free (self->url);
  g_free (self->envelope_from);
  G_OBJECT_CLASS (lk_smtp_sender_parent_class)->finalize (object);
}

static void
lk_smtp_sender_class_init (LkSmtpSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_smtp_sender_finalize;
}

static void
lk_smtp_sender_init (LkSmtpSender *self)
{
}

/**
 * lk_smtp_sender_new:
 * @config: where to; outlives the sender
 * @clock: for the message's date
 *
 * Returns: (transfer full): a sender
 */
LkCodeSender *
lk_smtp_sender_new (const LkMailConfig *config, LkClock *clock)
{
  LkSmtpSender *self = g_object_new (LK_TYPE_SMTP_SENDER, NULL);
  g_autofree char *address = lk_mail_dup_address (config->from);
  gboolean literal = strchr (config->host, ':') != NULL;

  self->config = config;
  self->clock = lk_clock_ref (clock);
  self->url = g_strdup_printf ("%s://%s%s%s:%u", config->security == LK_MAIL_TLS ? "smtps" : "smtp",
                               literal ? "[" : "", config->host, literal ? "]" : "", config->port);
  self->envelope_from = g_strdup_printf ("<%s>", address);
  return LK_CODE_SENDER (self);
}
