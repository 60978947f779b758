/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sms-sender.h"

#include <curl/curl.h>
#include <string.h>

#include "lk-code-text.h"
#include "lk-server-error.h"

struct _LkSmsSender
{
  GObject parent_instance;
  const LkSmsConfig *config; /* outlives the sender */
};

static void lk_sms_sender_iface_init (LkCodeSenderInterface *iface);

G_DEFINE_TYPE_WITH_CODE (LkSmsSender,
                         lk_sms_sender,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (LK_TYPE_CODE_SENDER, lk_sms_sender_iface_init))

/**
 * lk_sms_expand_template:
 * @format: a URL or a body with {to}, {text}, {from}, {user}, {password}, {charset} and {coding}
 * @config: sender, user and password
 * @to: the number
 * @text: the text
 *
 * Fills in a template; values are percent-encoded, so that none of them can add a parameter.
 * {coding} is Kannel's: 0 for the GSM alphabet, 2 for UCS-2. What stands in braces and is none of
 * these stays.
 *
 * Returns: (transfer full): the URL or body
 */
char *
lk_sms_expand_template (const char *format,
                        const LkSmsConfig *config,
                        const char *to,
                        const char *text)
{
  const char *const values[][2] = {
    { "{to}", to },
    { "{text}", text },
    { "{from}", config->from },
    { "{user}", config->user },
    { "{password}", config->password },
    { "{charset}", "UTF-8" },
    { "{coding}", lk_sms_text_is_gsm7 (text, NULL) ? "0" : "2" },
  };
  GString *expanded = g_string_new (NULL);

  while (*format != '\0')
    {
      gsize i = 0;

      while (i < G_N_ELEMENTS (values) && !g_str_has_prefix (format, values[i][0]))
        i++;
      if (i == G_N_ELEMENTS (values))
        {
          g_string_append_c (expanded, *format++);
          continue;
        }
      g_string_append_uri_escaped (expanded, values[i][1] != NULL ? values[i][1] : "", NULL, FALSE);
      format += strlen (values[i][0]);
    }
  return g_string_free (expanded, FALSE);
}

/* The gateway's answer is not needed: its status says it all. */
static size_t
on_write (char *bytes, size_t size, size_t count, void *data)
{
  return size * count;
}

static gboolean
is_success (const LkSmsConfig *config, long status)
{
  for (guint i = 0; i < config->success->len; i++)
    {
      const LkStatusRange *range = &g_array_index (config->success, LkStatusRange, i);

      if (status >= (long)range->first && status <= (long)range->last)
        return TRUE;
    }
  return FALSE;
}

static CURLcode
call_gateway (const LkSmsConfig *config, const char *url, const char *body, long *status)
{
  g_autofree char *type = g_strdup_printf ("Content-Type: %s", config->content_type);
  struct curl_slist *headers = body != NULL ? curl_slist_append (NULL, type) : NULL;
  CURL *curl = curl_easy_init ();
  CURLcode result = CURLE_OUT_OF_MEMORY;

  if (curl != NULL)
    {
      curl_easy_setopt (curl, CURLOPT_URL, url);
      curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "http,https");
      curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt (curl, CURLOPT_TIMEOUT, (long)config->timeout);
      curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, on_write);
      if (body != NULL)
        {
          curl_easy_setopt (curl, CURLOPT_HTTPHEADER, headers);
          curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
        }
      result = curl_easy_perform (curl);
      curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, status);
    }
  curl_slist_free_all (headers);
  curl_easy_cleanup (curl);
  return result;
}

static void
clear_text (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static gboolean
lk_sms_sender_send (LkCodeSender *sender,
                    const char *identifier,
                    const LkCodeText *text,
                    GError **error)
{
  const LkSmsConfig *config = LK_SMS_SENDER (sender)->config;
  char *url = lk_sms_expand_template (config->url, config, identifier, text->sms);
  char *body = config->body != NULL
                   ? lk_sms_expand_template (config->body, config, identifier, text->sms)
                   : NULL;
  long status = 0;
  CURLcode result = call_gateway (config, url, body, &status);

  clear_text (url);
  clear_text (body);
  /* The URL holds password and code, so it is in no message. */
  if (result != CURLE_OK)
    g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_SEND, "the SMS gateway: %s",
                 curl_easy_strerror (result));
  else if (!is_success (config, status))
    g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_SEND,
                 "the SMS gateway answered with status %ld", status);
  else
    return TRUE;
  return FALSE;
}

static void
lk_sms_sender_iface_init (LkCodeSenderInterface *iface)
{
  iface->send = lk_sms_sender_send;
}

static void
lk_sms_sender_class_init (LkSmsSenderClass *klass)
{
}

static void
lk_sms_sender_init (LkSmsSender *self)
{
}

/**
 * lk_sms_sender_new:
 * @config: the gateway; outlives the sender
 *
 * Returns: (transfer full): a sender
 */
LkCodeSender *
lk_sms_sender_new (const LkSmsConfig *config)
{
  LkSmsSender *self = g_object_new (LK_TYPE_SMS_SENDER, NULL);

  self->config = config;
  return LK_CODE_SENDER (self);
}
