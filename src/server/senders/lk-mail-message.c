/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-mail-message.h"

#include <string.h>

/* The longest line of quoted-printable (RFC 2045, 6.7), without its end. */
#define MAX_LINE 76
/* Bytes of text in one encoded word: a line that holds one has 76 characters at most, with the
 * word's frame and the header's name (RFC 2047, 2). */
#define MAX_WORD_BYTES 39

/**
 * lk_mail_dup_address:
 * @mailbox: "Likeness <codes@example.org>" or "codes@example.org"
 *
 * Returns: (transfer full): the address in it
 */
char *
lk_mail_dup_address (const char *mailbox)
{
  const char *open = strrchr (mailbox, '<');

  if (open != NULL)
    return g_strndup (open + 1, strcspn (open + 1, ">"));
  return g_strstrip (g_strdup (mailbox));
}

/* Whether @text may stand in a header as it is: nothing in it ends the header. */
static gboolean
is_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;
  return TRUE;
}

/* @text as it may stand in a header, in encoded words where it is not plain. */
static char *
encode_words (const char *text)
{
  GString *encoded = g_string_new (NULL);

  if (is_plain (text))
    return g_string_free (g_string_append (encoded, text), FALSE);
  while (*text != '\0')
    {
      g_autofree char *word = NULL;
      const char *end = text;

      while (*end != '\0' && g_utf8_next_char (end) - text <= MAX_WORD_BYTES)
        end = g_utf8_next_char (end);
      word = g_base64_encode ((const guchar *)text, end - text);
      g_string_append_printf (encoded, "%s=?UTF-8?B?%s?=", encoded->len > 0 ? "\r\n " : "", word);
      text = end;
    }
  return g_string_free (encoded, FALSE);
}

static char *
encode_mailbox (const char *mailbox)
{
  const char *open = strrchr (mailbox, '<');
  g_autofree char *name = NULL;
  g_autofree char *encoded = NULL;

  if (open == NULL || is_plain (mailbox))
    return g_strdup (mailbox);
  name = g_strstrip (g_strndup (mailbox, open - mailbox));
  encoded = encode_words (name);
  return g_strdup_printf ("%s\r\n %s", encoded, open);
}

/* Quoted-printable with CRLF at the ends of lines. */
static void
append_quoted (GString *message, const char *text)
{
  gsize column = 0;

  for (const char *c = text; *c != '\0'; c++)
    {
      gboolean at_end = c[1] == '\n' || c[1] == '\0';
      gboolean plain = (*c > ' ' && *c < 0x7f && *c != '=') || (*c == ' ' && !at_end);

      if (*c == '\n')
        {
          g_string_append (message, "\r\n");
          column = 0;
          continue;
        }
      if (column + (plain ? 1 : 3) > MAX_LINE - 1)
        {
          g_string_append (message, "=\r\n");
          column = 0;
        }
      if (plain)
        g_string_append_c (message, *c);
      else
        g_string_append_printf (message, "=%02X", (guchar)*c);
      column += plain ? 1 : 3;
    }
}

/* RFC 5322, 3.3; the names are not those of a locale. */
static char *
format_date (gint64 now)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);

  return g_strdup_printf (
      "%s, %d %s %d %02d:%02d:%02d +0000", days[g_date_time_get_day_of_week (time) - 1],
      g_date_time_get_day_of_month (time), months[g_date_time_get_month (time) - 1],
      g_date_time_get_year (time), g_date_time_get_hour (time), g_date_time_get_minute (time),
      g_date_time_get_second (time));
}

/**
 * lk_mail_message_new:
 * @from: the sender's mailbox
 * @to: the receiver's address
 * @text: what to say
 * @now: seconds since 1970
 *
 * Returns: (transfer full): a message (RFC 5322) with CRLF line ends; Auto-Submitted (RFC 3834)
 * keeps robots from answering it
 */
GBytes *
lk_mail_message_new (const char *from, const char *to, const LkCodeText *text, gint64 now)
{
  g_autofree char *address = lk_mail_dup_address (from);
  g_autofree char *mailbox = encode_mailbox (from);
  g_autofree char *subject = encode_words (text->subject);
  g_autofree char *date = format_date (now);
  g_autofree char *id = g_uuid_string_random ();
  const char *at = strrchr (address, '@');
  GString *message = g_string_new (NULL);

  g_string_append_printf (message, "Date: %s\r\n", date);
  g_string_append_printf (message, "Message-ID: <%s%s>\r\n", id, at != NULL ? at : "@localhost");
  g_string_append_printf (message, "From: %s\r\n", mailbox);
  g_string_append_printf (message, "To: <%s>\r\n", to);
  g_string_append_printf (message, "Subject: %s\r\n", subject);
  g_string_append (message, "Auto-Submitted: auto-generated\r\n");
  g_string_append (message, "MIME-Version: 1.0\r\n");
  g_string_append (message, "Content-Type: text/plain; charset=utf-8\r\n");
  g_string_append (message, "Content-Transfer-Encoding: quoted-printable\r\n");
  g_string_append_printf (message, "Content-Language: %s\r\n\r\n", text->language);
  append_quoted (message, text->body);
  return g_string_free_to_bytes (message);
}
