/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "lk-address-book.h"
#include "lk-audience.h"
#include "lk-hash.h"
#include "lk-vcard.h"
#include "lk-wire.h"

/* The smallest start of a JPEG; the address book does not look further. */
static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static GPtrArray *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = text_bytes (text);
  g_autoptr (GError) error = NULL;
  GPtrArray *cards = lk_vcard_parse (bytes, "test", "DE", NULL, &error);

  g_assert_no_error (error);
  return cards;
}

static LkContact *
parse_one (const char *text)
{
  g_autoptr (GPtrArray) cards = parse (text);
  LkVCard *card = NULL;

  g_assert_cmpuint (cards->len, ==, 1);
  card = cards->pdata[0];
  g_assert_nonnull (card->contact);
  return g_object_ref (card->contact);
}

static void
assert_strings (const char *const *strings, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", (GStrv)strings);

  g_assert_cmpstr (joined, ==, expected);
}

static void
assert_photo (LkContact *contact, const void *data, gsize length)
{
  g_autoptr (GBytes) expected = g_bytes_new (data, length);
  g_autofree char *sha256 = lk_hash_sha256_hex (expected);

  g_assert_nonnull (lk_contact_get_photo (contact));
  g_assert_true (g_bytes_equal (lk_contact_get_photo (contact), expected));
  g_assert_cmpstr (lk_contact_get_photo_sha256 (contact), ==, sha256);
}

static void
test_version_3 (void)
{
  g_autofree char *base64 = g_base64_encode (jpeg, sizeof jpeg);
  g_autofree char *text = g_strconcat ("BEGIN:VCARD\r\n"
                                       "VERSION:3.0\r\n"
                                       "UID:abc-1\r\n"
                                       "N:M\u00fcller;Anna;;;\r\n"
                                       "FN:Anna M\u00fcl\r\n"
                                       " ler\r\n"
                                       "ITEM1.TEL;TYPE=CELL,VOICE:0151 12345678\r\n"
                                       "TEL;TYPE=WORK:+49 151 1234 5678\r\n"
                                       "TEL:110\r\n"
                                       "TEL:extension 12\r\n"
                                       "item2.EMAIL;TYPE=INTERNET:Anna@Example.ORG\r\n"
                                       "EMAIL:not an address\r\n"
                                       "CATEGORIES:Friends,Choir\\, Tuesday,Friends\r\n"
                                       "PHOTO;ENCODING=b;TYPE=JPEG:",
                                       base64,
                                       "\r\n"
                                       "END:VCARD\r\n",
                                       NULL);
  g_autoptr (LkContact) contact = parse_one (text);
  const char *ref = lk_contact_get_ref (contact);

  g_assert_cmpstr (lk_contact_get_uid (contact), ==, "abc-1");
  g_assert_cmpstr (lk_contact_get_name (contact), ==, "Anna M\u00fcller");
  assert_strings (lk_contact_get_identifiers (contact), "+4915112345678 anna@example.org");
  assert_strings (lk_contact_get_groups (contact), "Friends Choir, Tuesday");
  assert_photo (contact, jpeg, sizeof jpeg);
  g_assert_cmpstr (lk_contact_get_photo_type (contact), ==, "image/jpeg");

  g_assert_cmpuint (strlen (ref), <=, LK_REF_MAX_LENGTH);
  g_assert_cmpuint (strspn (ref, "0123456789abcdef"), ==, strlen (ref));
}

static void
test_version_4 (void)
{
  g_autofree char *base64 = g_base64_encode (jpeg, sizeof jpeg);
  g_autofree char *text
      = g_strconcat ("begin:vcard\n"
                     "VERSION:4.0\n"
                     "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\n"
                     "FN;LANGUAGE=en:J. Doe\n"
                     "N:Doe;J.;;;\n"
                     "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+1-650-253-0000;ext=5555\n"
                     "EMAIL;TYPE=work;ALTID=\"a;b:c\":jdoe@example.com\n"
                     "PHOTO:data:image/jp\n"
                     " eg;base64,",
                     base64,
                     "\n"
                     "end:vcard\n",
                     NULL);
  g_autoptr (LkContact) contact = parse_one (text);

  g_assert_cmpstr (lk_contact_get_name (contact), ==, "J. Doe");
  assert_strings (lk_contact_get_identifiers (contact), "+16502530000 jdoe@example.com");
  assert_photo (contact, jpeg, sizeof jpeg);
}

static void
test_version_2_1 (void)
{
  g_autofree char *base64 = g_base64_encode (jpeg, sizeof jpeg);
  g_autofree char *text
      = g_strconcat ("BEGIN:VCARD\r\n"
                     "VERSION:2.1\r\n"
                     "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\n"
                     "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=\r\n"
                     "=20M=C3=BCller\r\n"
                     "TEL;CELL;VOICE:+4915112345678\r\n"
                     "EMAIL;INTERNET:joerg@example.org\r\n"
                     "PHOTO;ENCODING=BASE64;JPEG:\r\n ",
                     base64,
                     "\r\n\r\n"
                     "END:VCARD\r\n",
                     NULL);
  g_autoptr (LkContact) contact = parse_one (text);

  g_assert_cmpstr (lk_contact_get_name (contact), ==, "J\u00f6rg M\u00fcller");
  assert_strings (lk_contact_get_identifiers (contact), "+4915112345678 joerg@example.org");
  assert_photo (contact, jpeg, sizeof jpeg);
}

static void
test_lists_are_left_out (void)
{
  g_autoptr (GPtrArray) cards
      = parse ("\xef\xbb\xbf"
               "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Choir\nMEMBER:urn:uuid:1\nEND:VCARD\n"
               "\n"
               "BEGIN:VCARD\nVERSION:3.0\nX-EVOLUTION-LIST:TRUE\nFN:List\nEND:VCARD\n"
               "BEGIN:VCARD\nVERSION:3.0\nX-ADDRESSBOOKSERVER-KIND:group\nFN:G\nEND:VCARD\n"
               "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"
               "BEGIN:VCARD\nVERSION:3.0\nORG:Bakery;Shop\nEND:VCARD");

  g_assert_cmpuint (cards->len, ==, 5);
  for (guint i = 0; i < 4; i++)
    g_assert_null (((LkVCard *)cards->pdata[i])->contact);
  g_assert_cmpstr (lk_contact_get_name (((LkVCard *)cards->pdata[4])->contact), ==, "Bakery");
}

/* Cards without a UID keep their ref when others come before them; two of the same UID are two
 * contacts. */
static void
test_uids (void)
{
  const char *a = "BEGIN:VCARD\nVERSION:3.0\nFN:A\nTEL:+4915112345678\nEND:VCARD\n";
  const char *b = "BEGIN:VCARD\nVERSION:3.0\nUID:b\nFN:B\nEND:VCARD\n";
  g_autofree char *before = g_strconcat (a, b, b, NULL);
  g_autofree char *after = g_strconcat (b, b, a, NULL);
  g_autoptr (GPtrArray) first = parse (before);
  g_autoptr (GPtrArray) second = parse (after);
  const int moved[] = { 2, 0, 1 };

  for (guint i = 0; i < 3; i++)
    {
      LkContact *x = ((LkVCard *)first->pdata[i])->contact;
      LkContact *y = ((LkVCard *)second->pdata[moved[i]])->contact;

      g_assert_cmpstr (lk_contact_get_ref (x), ==, lk_contact_get_ref (y));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (lk_contact_get_ref (x), !=,
                         lk_contact_get_ref (((LkVCard *)first->pdata[j])->contact));
    }
}

/* Writing a photo changes nothing else of the file, byte for byte, and can be undone. */
static void
check_photo_round_trip (const char *version, const char *line_end, const char *last_end)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) photo = g_bytes_new (jpeg, sizeof jpeg);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) with = NULL;
  g_autoptr (GBytes) without = NULL;
  g_autoptr (GPtrArray) cards = NULL;
  g_autoptr (GPtrArray) cards_with = NULL;
  g_auto (GStrv) lines = NULL;

  g_string_append_printf (
      text,
      "\nBEGIN:VCARD\nVERSION:%s\nUID:1\nFN:One\nEND:VCARD\n"
      "BEGIN:VCARD\nversion:%s\nUID:2\nFN:Two\nX-UNKNOWN;X-P=\"a:b;c\":odd \\: value\\\n"
      "  folded\nAGENT:\nBEGIN:VCARD\nPHOTO;VALUE=uri:http://example.org/agent\nFN:X\nEND:VCARD\n"
      "X-BINARY:\xff\xfe\n"
      "END:VCARD\n"
      "BEGIN:VCARD\nVERSION:%s\nUID:3\nFN:Three\nEND:VCARD",
      version, version, version);
  lines = g_strsplit (text->str, "\n", -1);
  g_string_truncate (text, 0);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", lines[i], lines[i + 1] != NULL ? line_end : last_end);

  before = g_bytes_new (text->str, text->len);
  cards = lk_vcard_parse (before, "test", NULL, NULL, NULL);
  g_assert_nonnull (cards);
  g_assert_cmpuint (cards->len, ==, 3);
  with = lk_vcard_with_photo (before, cards->pdata[1], photo);
  cards_with = lk_vcard_parse (with, "test", NULL, NULL, NULL);
  g_assert_cmpuint (cards_with->len, ==, 3);
  assert_photo (((LkVCard *)cards_with->pdata[1])->contact, jpeg, sizeof jpeg);
  g_assert_null (lk_contact_get_photo_sha256 (((LkVCard *)cards_with->pdata[0])->contact));
  g_assert_null (lk_contact_get_photo_sha256 (((LkVCard *)cards_with->pdata[2])->contact));

  without = lk_vcard_with_photo (with, cards_with->pdata[1], NULL);
  if (!g_str_has_suffix (version, "2.1"))
    g_assert_true (g_bytes_equal (before, without));
}

static void
test_photo_round_trip (void)
{
  check_photo_round_trip ("3.0", "\r\n", "\r\n");
  check_photo_round_trip ("3.0", "\n", "");
  check_photo_round_trip ("4.0", "\n", "\n");
  check_photo_round_trip ("4.0", "\r\n", "");
  check_photo_round_trip ("2.1", "\r\n", "\r\n");
}

static void
test_large_photo_is_folded (void)
{
  g_autoptr (GBytes) before
      = text_bytes ("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:One\r\nEND:VCARD\r\n");
  const gsize length = 224 * 1024 + 1;
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GPtrArray) cards = lk_vcard_parse (before, "test", NULL, NULL, NULL);
  g_autoptr (GPtrArray) cards_with = NULL;
  g_autoptr (GBytes) photo = NULL;
  g_autoptr (GBytes) with = NULL;
  const char *line = NULL;
  const char *text = NULL;
  gsize text_length = 0;

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8)(i * 7 + i / 251);
  photo = g_bytes_new (data, length);
  with = lk_vcard_with_photo (before, cards->pdata[0], photo);
  cards_with = lk_vcard_parse (with, "test", NULL, NULL, NULL);
  assert_photo (((LkVCard *)cards_with->pdata[0])->contact, data, length);

  text = g_bytes_get_data (with, &text_length);
  for (line = text; line < text + text_length;)
    {
      const char *end = memchr (line, '\n', (gsize)(text + text_length - line));

      g_assert_nonnull (end);
      g_assert_cmpint (end - line, <=, 76);
      line = end + 1;
    }
}

/* A photo that is not inside the card is not followed; still it is not "no photo". */
static void
test_photo_elsewhere (void)
{
  static const char *const properties[] = {
    "PHOTO;VALUE=uri:http://example.org/a.jpg",
    "PHOTO;VALUE=uri:file:///etc/passwd",
    "PHOTO:file:///dev/zero",
    "PHOTO:data:image/svg+xml,%3Csvg/%3E",
    "PHOTO;ENCODING=b:*",
  };
  g_autofree char *last = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *text
          = g_strconcat ("BEGIN:VCARD\nVERSION:3.0\nFN:A\n", properties[i], "\nEND:VCARD\n", NULL);
      g_autoptr (LkContact) contact = parse_one (text);

      g_assert_null (lk_contact_get_photo (contact));
      g_assert_null (lk_contact_get_photo_type (contact));
      g_assert_nonnull (lk_contact_get_photo_sha256 (contact));
      g_assert_cmpstr (lk_contact_get_photo_sha256 (contact), !=, last);
      g_free (last);
      last = g_strdup (lk_contact_get_photo_sha256 (contact));
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "hello",
    "\x89PNG\r\n\x1a\n",
    "BEGIN:VCARD",
    "BEGIN:VCARD\nVERSION:3.0\nFN:A\n",
    "END:VCARD\n",
    "BEGIN:VCARD\nEND:VCARD\nEND:VCARD\n",
    "BEGIN:VCARD\nEND:VCARD\nrubbish\n",
    "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "BEGIN:VCARD\nBEGIN:VCARD\nEND:VCARD\n",
    "{\"a\": 1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = text_bytes (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (lk_vcard_parse (bytes, "test", NULL, NULL, &error));
      g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
    }
  {
    g_autoptr (GBytes) bytes = g_bytes_new_static ("BEGIN:VCARD\0\nEND:VCARD\n", 23);
    g_autoptr (GError) error = NULL;

    g_assert_null (lk_vcard_parse (bytes, "test", NULL, NULL, &error));
    g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
  }
}

/* What is odd inside a card costs that property, never the card or the program; and no warning of
 * the parser. */
static void
test_hostile_properties (void)
{
  static const char *const properties[] = {
    ":",
    ";",
    ".",
    "..:x",
    "TEL",
    "TEL;",
    "TEL;:",
    "TEL;=",
    "TEL;TYPE=",
    "TEL;TYPE=:",
    "TEL;;;;:1",
    "TEL;ENCODING=:1",
    "TEL;CHARSET=:1",
    "TEL;CHARSET=no-such-charset:1",
    "TEL;ENCODING=QUOTED-PRINTABLE:=",
    "TEL;ENCODING=QUOTED-PRINTABLE:=4",
    "TEL;QUOTED-PRINTABLE:=\n=",
    "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-16:=FF=FE=00",
    "FN;ENCODING=QUOTED-PRINTABLE:=FF=FE",
    "NOTE:\\",
    "ORG:\\",
    "ORG:a\\",
    "ORG:\\:\\x\\q",
    "N:\\",
    "N:;;;;;;;;;;",
    "ORG;\"",
    "ORG;X=\"",
    "ORG;X=\"a:b",
    "ORG;\"=\":x",
    "ORG\xff:x",
    "ORG;\xff=\xff:x",
    "ORG:\xff\xfe\xc0\x80",
    "ORG:\x01\x02\x1b[31m",
    "UID:",
    "UID: ",
    "CATEGORIES:,,,,",
    "CATEGORIES:",
    "PHOTO",
    "PHOTO:",
    "PHOTO;ENCODING=b:",
    "PHOTO;ENCODING=b:====",
    "PHOTO:data:",
    "PHOTO:data:,",
    "PHOTO:data:;base64,",
    "VERSION:",
    "VERSION:99",
    "X-EVOLUTION-LIST:",
    "EMAIL:@",
    "EMAIL:\xff@b.c",
    "EMAIL:mailto:",
    "TEL:tel:",
    "TEL:\xd9\xa0",
    " folded first",
    "\t",
    "a.b.c.TEL:1",
    "TEL;X=\x7f:1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *text = g_strconcat (
          "BEGIN:VCARD\r\nVERSION:3.0\r\nNICKNAME:Safe\r\nTEL:+4915112345678\r\nNOTE:x\r\n",
          properties[i], "\r\nEMAIL:safe@example.org\r\nEND:VCARD\r\n", NULL);
      g_autoptr (LkContact) contact = parse_one (text);
      const char *const *identifiers = lk_contact_get_identifiers (contact);

      g_autofree char *escaped = g_strescape (properties[i], NULL);

      g_test_message ("%s", escaped);
      g_assert_true (g_utf8_validate (lk_contact_get_name (contact), -1, NULL));
      g_assert_true (g_strv_contains (identifiers, "+4915112345678"));
      /* A soft line break at its end takes the next line in. */
      if (!g_str_has_suffix (properties[i], "="))
        g_assert_true (g_strv_contains (identifiers, "safe@example.org"));
    }
}

/* Truncated anywhere, and with any byte changed: refused or read, nothing else. */
static void
test_damaged (void)
{
  const char *text = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nN:B;A;;;\r\nFN:A B\r\n"
                     "TEL;TYPE=CELL:+49 151 12345678\r\nEMAIL;TYPE=INTERNET:a@example.org\r\n"
                     "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAB\r\n AgMEBQYH\r\nCATEGORIES:x,y\r\n"
                     "ORG;ENCODING=QUOTED-PRINTABLE:=41=\r\n=42\r\nEND:VCARD\r\n";
  gsize length = strlen (text);

  for (gsize i = 0; i <= length; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (text, i);
      g_autoptr (GPtrArray) cards = lk_vcard_parse (cut, "test", "DE", NULL, NULL);

      g_assert_true (cards == NULL || i == 0 || i + 2 >= length);
    }
  for (gsize i = 0; i < 8 * length; i++)
    {
      g_autofree char *changed = g_memdup2 (text, length);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) cards = NULL;

      changed[i / 8] ^= (char)(1 << (i % 8));
      bytes = g_bytes_new (changed, length);
      cards = lk_vcard_parse (bytes, "test", "DE", NULL, NULL);
      if (cards != NULL && cards->len == 1)
        {
          g_autoptr (GBytes) photo = g_bytes_new (jpeg, sizeof jpeg);
          g_autoptr (GBytes) with = lk_vcard_with_photo (bytes, cards->pdata[0], photo);

          g_assert_nonnull (with);
        }
    }
}

static GFile *
write_file (const char *name, const char *text, gsize repeat)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), name, NULL);
  FILE *stream = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  stream = g_fopen (path, "w");
  g_assert_nonnull (stream);
  for (gsize i = 0; i < repeat; i++)
    g_assert_cmpint (fputs (text, stream), >=, 0);
  g_assert_cmpint (fclose (stream), ==, 0);
  return g_file_new_for_path (path);
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  /* 161 MB in one card: refused before it is all read. */
  {
    g_autofree char *megabyte = g_strnfill (1024 * 1024, 'A');
    g_autoptr (GFile) file = write_file ("huge.vcf", megabyte, 161);

    bytes = lk_vcard_load (file, NULL, &error);
    g_assert_null (bytes);
    g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE);
    g_clear_error (&error);
  }
  /* A file without an end. */
  {
    g_autoptr (GFile) file = g_file_new_for_path ("/dev/zero");

    bytes = lk_vcard_load (file, NULL, &error);
    g_assert_null (bytes);
    g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE);
    g_clear_error (&error);
  }
  {
    g_autoptr (GFile) file = g_file_new_for_path (g_get_home_dir ());

    g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
    bytes = lk_vcard_load (file, NULL, &error);
    g_assert_null (bytes);
    g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE);
    g_clear_error (&error);
  }
  /* More cards than there are contacts in the world of one person. */
  {
    g_autoptr (GFile) file
        = write_file ("many.vcf", "BEGIN:VCARD\nEND:VCARD\n", LK_VCARD_MAX_CARDS + 1);

    bytes = lk_vcard_load (file, NULL, &error);
    g_assert_no_error (error);
    g_assert_null (lk_vcard_parse (bytes, "test", NULL, NULL, &error));
    g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE);
    g_clear_error (&error);
    g_clear_pointer (&bytes, g_bytes_unref);
  }
}

/* A photo past the limit is left out; the rest of the card is there. */
static void
test_large_photo (void)
{
  g_autoptr (GString) text
      = g_string_new ("BEGIN:VCARD\nVERSION:3.0\nFN:A\nTEL:+4915112345678\nPHOTO;ENCODING=b:");
  g_autoptr (LkContact) contact = NULL;

  for (gsize i = 0; i < 16 * 1024 * 1024 / 64; i++)
    g_string_append (text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n ");
  g_string_append (text, "\nEND:VCARD\n");
  contact = parse_one (text->str);
  g_assert_null (lk_contact_get_photo (contact));
  g_assert_nonnull (lk_contact_get_photo_sha256 (contact));
  assert_strings (lk_contact_get_identifiers (contact), "+4915112345678");
}

static void
test_many_identifiers (void)
{
  g_autoptr (GString) text = g_string_new ("BEGIN:VCARD\nVERSION:3.0\nFN:A\n");
  g_autoptr (LkContact) contact = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "EMAIL:a%u@example.org\n", i);
  g_string_append (text, "END:VCARD\n");
  contact = parse_one (text->str);
  g_assert_cmpuint (g_strv_length ((GStrv)lk_contact_get_identifiers (contact)), ==,
                    LK_MAX_CONTACT_IDENTIFIERS);
}

static void
test_cancelled (void)
{
  g_autoptr (GBytes) bytes = text_bytes ("BEGIN:VCARD\nFN:A\nEND:VCARD\n");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (lk_vcard_parse (bytes, "test", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_save (void)
{
  g_autoptr (GFile) file = write_file ("a.vcf", "old", 1);
  g_autofree char *link_path = g_build_filename (g_get_user_data_dir (), "link.vcf", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GFile) link = g_file_new_for_path (link_path);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/a.vcf");
  g_autoptr (GFile) web = g_file_new_for_uri ("http://127.0.0.1:1/a.vcf");
  g_autoptr (GBytes) text = text_bytes ("new");
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  /* The link stays a link, the mode stays the mode. */
  g_assert_cmpint (g_chmod (g_file_peek_path (file), 0640), ==, 0);
  g_assert_cmpint (symlink ("a.vcf", link_path), ==, 0);
  g_assert_true (lk_vcard_save (link, text, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (g_file_peek_path (file), &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "new");
  g_assert_cmpint (g_stat (g_file_peek_path (file), &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);

  g_assert_false (lk_vcard_save (nowhere, text, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (lk_vcard_save (web, text, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_READ_ONLY);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_unsetenv ("LC_ALL");
  g_unsetenv ("LANG");
  g_test_add_func ("/vcard/version-3.0", test_version_3);
  g_test_add_func ("/vcard/version-4.0", test_version_4);
  g_test_add_func ("/vcard/version-2.1", test_version_2_1);
  g_test_add_func ("/vcard/lists-are-left-out", test_lists_are_left_out);
  g_test_add_func ("/vcard/uids", test_uids);
  g_test_add_func ("/vcard/photo-round-trip", test_photo_round_trip);
  g_test_add_func ("/vcard/large-photo-is-folded", test_large_photo_is_folded);
  g_test_add_func ("/vcard/photo-elsewhere", test_photo_elsewhere);
  g_test_add_func ("/vcard/refused", test_refused);
  g_test_add_func ("/vcard/hostile-properties", test_hostile_properties);
  g_test_add_func ("/vcard/damaged", test_damaged);
  g_test_add_func ("/vcard/limits", test_limits);
  g_test_add_func ("/vcard/large-photo", test_large_photo);
  g_test_add_func ("/vcard/many-identifiers", test_many_identifiers);
  g_test_add_func ("/vcard/cancelled", test_cancelled);
  g_test_add_func ("/vcard/save", test_save);
  return g_test_run ();
}
