/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-mail-message.h"

#define FROM "Likeness <codes@example.org>"
#define TO "anna@example.org"
/* 2026-01-02 03:04:05 UTC, a Friday. */
#define NOW G_GINT64_CONSTANT (1767323045)

static char *
make (const char *from, const char *subject, const char *body)
{
  LkCodeText text = { .language = (char *)"de", .subject = (char *)subject, .body = (char *)body };
  g_autoptr (GBytes) message = lk_mail_message_new (from, TO, &text, NOW);

  return g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
}

/* The value of a header, unfolded, which stands there once; every line is as RFC 5322 wants it. */
static char *
dup_header (const char *message, const char *name)
{
  g_auto (GStrv) halves = g_strsplit (message, "\r\n\r\n", 2);
  g_auto (GStrv) lines = g_strsplit (halves[0], "\r\n", 0);
  g_autofree char *prefix = g_strconcat (name, ": ", NULL);
  GString *value = NULL;
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_null (strpbrk (lines[i], "\r\n"));
      g_assert_cmpuint (strlen (lines[i]), <=, strstr (lines[i], "=?") != NULL ? 76 : 998);
      if (lines[i][0] == ' ')
        {
          if (inside)
            g_string_append (value, lines[i]);
          continue;
        }
      g_assert_nonnull (strstr (lines[i], ": "));
      inside = g_str_has_prefix (lines[i], prefix);
      if (inside)
        {
          g_assert_null (value);
          value = g_string_new (lines[i] + strlen (prefix));
        }
    }
  g_assert_nonnull (value);
  return g_string_free (value, FALSE);
}

static void
assert_header (const char *message, const char *name, const char *expected)
{
  g_autofree char *value = dup_header (message, name);

  g_assert_cmpstr (value, ==, expected);
}

/* What encoded words say (RFC 2047). */
static char *
decode_words (const char *value)
{
  g_auto (GStrv) words = g_strsplit (value, " ", 0);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *encoded = NULL;
      g_autofree guchar *bytes = NULL;
      gsize length;

      g_assert_true (g_str_has_prefix (words[i], "=?UTF-8?B?"));
      g_assert_true (g_str_has_suffix (words[i], "?="));
      g_assert_cmpuint (strlen (words[i]), <=, 75);
      encoded = g_strndup (words[i] + 10, strlen (words[i]) - 12);
      bytes = g_base64_decode (encoded, &length);
      /* A character is not split between two words. */
      g_assert_true (g_utf8_validate ((char *)bytes, (gssize)length, NULL));
      g_string_append_len (text, (char *)bytes, (gssize)length);
    }
  return g_string_free (text, FALSE);
}

static void
test_plain (void)
{
  g_autofree char *message = make (FROM, "123456 is your code", "Your code:\n\n123456\n");
  g_autofree char *id = dup_header (message, "Message-ID");

  assert_header (message, "Date", "Fri, 2 Jan 2026 03:04:05 +0000");
  assert_header (message, "From", FROM);
  assert_header (message, "To", "<" TO ">");
  assert_header (message, "Subject", "123456 is your code");
  assert_header (message, "Auto-Submitted", "auto-generated");
  assert_header (message, "Content-Language", "de");
  g_assert_true (g_str_has_suffix (id, "@example.org>"));
  g_assert_true (g_str_has_suffix (message, "\r\n\r\nYour code:\r\n\r\n123456\r\n"));
}

/* A translation, or an operator's name, cannot add a header or begin the body. */
static void
test_injection (void)
{
  static const char *const subjects[] = { "code\r\nBcc: b@example.org",
                                          "code\nBcc: b@example.org",
                                          "code\rBcc: b",
                                          "code\r\n\r\nbody",
                                          "\r\n",
                                          "a\tb",
                                          "\x7f" };

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      g_autofree char *message = make (FROM, subjects[i], "text");
      g_autofree char *subject = dup_header (message, "Subject");
      g_autofree char *decoded = decode_words (subject);
      g_autofree char *from = g_strconcat (subjects[i], " <codes@example.org>", NULL);
      g_autofree char *other = make (from, "code", "text");
      g_autofree char *mailbox = dup_header (other, "From");

      g_assert_cmpstr (decoded, ==, subjects[i]);
      g_assert_null (strstr (message, "\nBcc:"));
      g_assert_null (strstr (other, "\nBcc:"));
      g_assert_true (g_str_has_suffix (mailbox, " <codes@example.org>"));
      g_assert_true (g_str_has_suffix (other, "\r\n\r\ntext"));
    }
}

static void
test_encoded_words (void)
{
  static const char *const texts[] = {
    "ä", "123456 ist Ihr Code für Likeness", "ääääääääääääääääääääääääääääääääääääääääääääääääää",
    "コードコードコードコードコードコードコードコードコードコードコードコードコードコードコード",
    "x😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *message = make (FROM, texts[i], "text");
      g_autofree char *subject = dup_header (message, "Subject");
      g_autofree char *decoded = decode_words (subject);
      g_autofree char *from = g_strconcat (texts[i], " <codes@example.org>", NULL);
      g_autofree char *other = make (from, "code", "text");
      g_autofree char *mailbox = dup_header (other, "From");
      g_autofree char *name = NULL;
      g_autofree char *decoded_name = NULL;

      g_assert_cmpstr (decoded, ==, texts[i]);
      g_assert_true (g_str_has_suffix (mailbox, " <codes@example.org>"));
      name = g_strndup (mailbox, strlen (mailbox) - strlen (" <codes@example.org>"));
      decoded_name = decode_words (name);
      g_assert_cmpstr (decoded_name, ==, texts[i]);
    }
}

/* Quoted-printable (RFC 2045, 6.7): short lines, and nothing but ASCII that prints. */
static void
test_body (void)
{
  g_autofree char *wide = g_strnfill (300, 'a');
  g_autofree char *body = g_strconcat ("a=b \n", wide, "\nä\r\n.\n \n", NULL);
  g_autofree char *message = make (FROM, "code", body);
  const char *encoded = strstr (message, "\r\n\r\n") + 4;
  g_auto (GStrv) lines = g_strsplit (encoded, "\r\n", 0);

  g_assert_true (g_str_has_prefix (encoded, "a=3Db=20\r\naaaa"));
  g_assert_true (g_str_has_suffix (encoded, "\r\n=C3=A4=0D\r\n.\r\n=20\r\n"));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), <=, 76);
      for (const char *c = lines[i]; *c != '\0'; c++)
        g_assert_true (g_ascii_isprint (*c));
    }
}

static void
test_address (void)
{
  static const char *const cases[][2] = { { "codes@example.org", "codes@example.org" },
                                          { " codes@example.org ", "codes@example.org" },
                                          { FROM, "codes@example.org" },
                                          { "\"A <b>\" <codes@example.org>", "codes@example.org" },
                                          { "A <codes@example.org", "codes@example.org" },
                                          { "<>", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = lk_mail_dup_address (cases[i][0]);

      g_assert_cmpstr (address, ==, cases[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/mail-message/plain", test_plain);
  g_test_add_func ("/server/mail-message/injection", test_injection);
  g_test_add_func ("/server/mail-message/encoded-words", test_encoded_words);
  g_test_add_func ("/server/mail-message/body", test_body);
  g_test_add_func ("/server/mail-message/address", test_address);
  return g_test_run ();
}
