/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-vcard.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lk-address-book.h"
#include "lk-contact-private.h"
#include "lk-econtact.h"
#include "lk-hash.h"
#include "lk-vcard-line.h"

#define READ_CHUNK (256 * 1024)
/** The longest PHOTO property that is decoded: base64 of the largest photo, folded. */
#define PHOTO_LINE_MAX_LENGTH (LK_CONTACT_PHOTO_MAX_BYTES / 3 * 4 / 60 * 64)
/** The most properties of one card that go through the parser. */
#define MAX_PROPERTIES 256
/** RFC 6350, 3.2: a line has 75 octets at most. */
#define FOLD_LENGTH 75

static const char byte_order_mark[] = "\xef\xbb\xbf";

void
lk_vcard_free (LkVCard *self)
{
  if (self == NULL)
    return;
  g_free (self->uid);
  g_clear_object (&self->contact);
  g_free (self);
}

GBytes *
lk_vcard_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GError) local_error = NULL;
  g_autofree guint8 *chunk = g_malloc (READ_CHUNK);
  gssize n_read = 0;

  stream = g_file_read (file, cancellable, &local_error);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_bytes_new (NULL, 0);

  /* Counted while it is read: a size that was asked for before may have changed, or be none (a
   * pipe). */
  while (stream != NULL && text->len <= LK_VCARD_MAX_BYTES
         && (n_read = g_input_stream_read (G_INPUT_STREAM (stream), chunk, READ_CHUNK, cancellable,
                                           &local_error))
                > 0)
    g_byte_array_append (text, chunk, (guint)n_read);

  if (local_error != NULL)
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE,
                     "Cannot read the file of vCards: %s", local_error->message);
      return NULL;
    }
  if (text->len > LK_VCARD_MAX_BYTES)
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                   "The file of vCards has more than %d bytes", LK_VCARD_MAX_BYTES);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&text));
}

gboolean
lk_vcard_save (GFile *file, GBytes *text, GError **error)
{
  const char *path = g_file_peek_path (file);
  g_autoptr (GError) local_error = NULL;
  gsize length = 0;
  const char *data = g_bytes_get_data (text, &length);
  /* Renaming onto a symbolic link would replace the link. */
  char *target = path != NULL ? realpath (path, NULL) : NULL;
  GStatBuf status = { 0 };
  int mode = 0600;
  gboolean saved = FALSE;

  if (target != NULL && g_stat (target, &status) == 0)
    mode = (int)(status.st_mode & 0777);
  if (path == NULL)
    g_set_error (&local_error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "not a file on this computer");
  else if (target != NULL && g_access (target, W_OK) != 0)
    g_set_error (&local_error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "%s", g_strerror (errno));
  else
    saved = g_file_set_contents_full (
        target != NULL ? target : path, data != NULL ? data : "", (gssize)length,
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &local_error);
  free (target);

  if (!saved)
    g_set_error (error, LK_CONTACTS_ERROR,
                 g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                         || g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_ROFS)
                         || g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_PERM)
                     ? LK_CONTACTS_ERROR_READ_ONLY
                     : LK_CONTACTS_ERROR_UNAVAILABLE,
                 "Cannot write the file of vCards: %s", local_error->message);
  return saved;
}

/* A photo inside the card, or one that cannot be had; NULL for an empty property. A file: or http:
 * address in a file of vCards is somebody else's idea of what this program should open: it is not
 * followed. */
static LkPhoto *
read_photo (const LkVCardLine *line)
{
  g_autofree char *text = NULL;
  const char *value = NULL;
  const char *base64 = NULL;
  g_autofree guint8 *data = NULL;
  gsize length = 0;

  if (line->length > PHOTO_LINE_MAX_LENGTH)
    return lk_photo_new_unavailable (line->start, line->length);

  text = lk_vcard_line_dup_unfolded (line);
  value = strchr (text, ':');
  if (value == NULL || value[1] == '\0')
    return NULL;
  value++;
  if (g_ascii_strncasecmp (value, "data:", 5) == 0)
    {
      const char *comma = strchr (value, ',');
      g_autofree char *type = comma != NULL ? g_strndup (value, (gsize)(comma - value)) : NULL;

      if (type != NULL && strstr (type, "base64") != NULL)
        base64 = comma + 1;
    }
  else if (lk_vcard_line_has_parameter (line, "ENCODING=B")
           || lk_vcard_line_has_parameter (line, ";BASE64"))
    base64 = value;

  if (base64 != NULL)
    data = g_base64_decode (base64, &length);
  if (length > 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), length);

      return lk_photo_new (bytes);
    }
  return lk_photo_new_unavailable (value, strlen (value));
}

static gboolean
is_group_kind (const LkVCardLine *line)
{
  g_autofree char *clean = NULL;

  if (!lk_vcard_line_is (line, "KIND") && !lk_vcard_line_is (line, "X-ADDRESSBOOKSERVER-KIND"))
    return FALSE;
  clean = lk_vcard_line_dup_clean (line);
  return clean != NULL && g_str_has_suffix (g_strstrip (clean), ":group");
}

/* Two cards of one file must not be one contact. */
static char *
make_unique (GHashTable *taken, const char *uid)
{
  g_autofree char *unique = g_strdup (uid);

  for (guint i = 2; g_hash_table_contains (taken, unique); i++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s#%u", uid, i);
    }
  g_hash_table_add (taken, g_strdup (unique));
  return g_steal_pointer (&unique);
}

/* For a card without a UID. Of its identifiers alone: the server knows these anyway, while it could
 * guess at a name. */
static char *
make_uid (EContact *econtact, const char *region, guint place)
{
  g_auto (GStrv) identifiers = lk_econtact_dup_identifiers (econtact, region);
  g_autofree char *joined = g_strjoinv ("\n", identifiers);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hash = NULL;

  if (*joined == '\0')
    return g_strdup_printf ("place-%u", place);
  bytes = g_bytes_new_static (joined, strlen (joined));
  hash = lk_hash_sha256_hex (bytes);
  return g_strdup_printf ("identifiers-%s", hash);
}

/* Reads what lies between a card's BEGIN and END. */
static void
read_card (LkVCard *card,
           const char *text,
           const char *end,
           const char *source,
           const char *region,
           guint place,
           GHashTable *taken)
{
  static const char *const names[]
      = { "VERSION", "UID", "FN",    "N",          "NICKNAME",
          "ORG",     "TEL", "EMAIL", "CATEGORIES", "X-EVOLUTION-LIST" };
  g_autoptr (GString) clean = g_string_new ("BEGIN:VCARD\r\n");
  EContact *econtact = NULL;
  g_autoptr (LkPhoto) photo = NULL;
  g_autofree char *base_uid = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *ref = NULL;
  LkVCardLine line = { 0 };
  gboolean is_group = FALSE;
  guint depth = 0;
  guint n_properties = 0;

  while (lk_vcard_line_next (&text, end, &line))
    {
      if (lk_vcard_line_equals (&line, "END:VCARD"))
        depth--;
      /* What is deeper is the card of somebody else (AGENT in 2.1). */
      if (depth == 1 && lk_vcard_line_is (&line, "PHOTO"))
        {
          if (photo == NULL || photo->bytes == NULL)
            {
              g_autoptr (LkPhoto) next = read_photo (&line);

              if (photo == NULL || (next != NULL && next->bytes != NULL))
                {
                  lk_photo_free (photo);
                  photo = g_steal_pointer (&next);
                }
            }
        }
      else if (depth == 1 && n_properties < MAX_PROPERTIES)
        {
          is_group = is_group || is_group_kind (&line);
          for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
            if (lk_vcard_line_is (&line, names[i]))
              {
                g_autofree char *property = lk_vcard_line_dup_clean (&line);

                if (property != NULL)
                  g_string_append_printf (clean, "%s\r\n", property);
                n_properties++;
                break;
              }
        }
      if (lk_vcard_line_equals (&line, "BEGIN:VCARD"))
        depth++;
    }
  g_string_append (clean, "END:VCARD\r\n");

  econtact = e_contact_new_from_vcard (clean->str);
  card->uid = g_strdup (e_contact_get_const (econtact, E_CONTACT_UID));
  if (card->uid != NULL && *g_strstrip (card->uid) == '\0')
    g_clear_pointer (&card->uid, g_free);
  if (!is_group)
    {
      base_uid = card->uid != NULL ? g_strdup (card->uid) : make_uid (econtact, region, place);
      uid = make_unique (taken, base_uid);
      ref = lk_contact_make_ref (source, uid);
      card->contact = lk_econtact_to_contact (econtact, uid, ref, region);
    }
  if (card->contact != NULL)
    lk_contact_set_photo (card->contact, photo);
  g_object_unref (econtact);
}

static gboolean
set_invalid (GError **error, const char *reason, gsize offset)
{
  g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID,
               "Not a file of vCards: %s (byte %" G_GSIZE_FORMAT ")", reason, offset);
  return FALSE;
}

/* Finds where the cards are, without reading them. */
static gboolean
split_cards (GBytes *text, GPtrArray *cards, GError **error)
{
  gsize length = 0;
  const char *start = g_bytes_get_data (text, &length);
  const char *end = start + length;
  const char *p = start;
  const char *nul = length > 0 ? memchr (start, '\0', length) : NULL;
  LkVCard *card = NULL;
  LkVCardLine line = { 0 };
  guint depth = 0;

  if (nul != NULL)
    return set_invalid (error, "it has a NUL byte", (gsize)(nul - start));
  if (length >= 3 && memcmp (start, byte_order_mark, 3) == 0)
    p += 3;

  while (lk_vcard_line_next (&p, end, &line))
    {
      gsize offset = (gsize)(line.start - start);

      if (lk_vcard_line_equals (&line, "BEGIN:VCARD"))
        {
          if (depth++ == 0)
            {
              if (cards->len == LK_VCARD_MAX_CARDS)
                {
                  g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                               "The file has more than %d vCards", LK_VCARD_MAX_CARDS);
                  return FALSE;
                }
              card = g_new0 (LkVCard, 1);
              card->start = offset;
              g_ptr_array_add (cards, card);
            }
        }
      else if (lk_vcard_line_equals (&line, "END:VCARD"))
        {
          if (depth == 0)
            return set_invalid (error, "an end without a begin", offset);
          if (--depth == 0)
            card->length = (gsize)(line.start + line.length - start) - card->start;
        }
      else if (depth == 0 && !lk_vcard_line_is_blank (&line))
        return set_invalid (error, "text outside of a card", offset);
    }
  if (depth > 0)
    return set_invalid (error, "a card has no end", card->start);
  return TRUE;
}

GPtrArray *
lk_vcard_parse (GBytes *text,
                const char *source,
                const char *region,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_vcard_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *start = g_bytes_get_data (text, NULL);

  if (!split_cards (text, cards, error))
    return NULL;
  for (guint i = 0; i < cards->len; i++)
    {
      LkVCard *card = cards->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      read_card (card, start + card->start, start + card->start + card->length, source, region, i,
                 taken);
    }
  return g_steal_pointer (&cards);
}

/* Appends a property, folded. */
static void
append_folded (GByteArray *out, const char *head, const char *value, const char *line_end)
{
  gsize column = strlen (head);
  gsize left = strlen (value);

  g_byte_array_append (out, (const guint8 *)head, (guint)column);
  while (left > 0)
    {
      gsize n = MIN (left, FOLD_LENGTH - column);

      g_byte_array_append (out, (const guint8 *)value, (guint)n);
      value += n;
      left -= n;
      g_byte_array_append (out, (const guint8 *)line_end, (guint)strlen (line_end));
      if (left > 0)
        g_byte_array_append (out, (const guint8 *)" ", 1);
      column = 1;
    }
}

static void
append_photo (GByteArray *out, GBytes *jpeg, const char *version, const char *line_end)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (jpeg, &length);
  g_autofree char *base64 = g_base64_encode (data, length);

  if (g_str_has_suffix (version, ":4.0"))
    append_folded (out, "PHOTO:data:image/jpeg;base64,", base64, line_end);
  else if (g_str_has_suffix (version, ":2.1"))
    {
      append_folded (out, "PHOTO;ENCODING=BASE64;TYPE=JPEG:", base64, line_end);
      /* In 2.1 a blank line ends base64. */
      g_byte_array_append (out, (const guint8 *)line_end, (guint)strlen (line_end));
    }
  else
    append_folded (out, "PHOTO;ENCODING=b;TYPE=JPEG:", base64, line_end);
}

/* Copies a card without the photos that @drop says, with @jpeg (nullable) as its last property. */
static void
copy_card (GByteArray *out, const char *text, gsize length, gsize drop_from, GBytes *jpeg)
{
  const char *end = text + length;
  g_autofree char *version = g_strdup ("");
  LkVCardLine line = { 0 };
  guint depth = 0;

  while (lk_vcard_line_next (&text, end, &line))
    {
      if (lk_vcard_line_equals (&line, "END:VCARD") && --depth == 0 && jpeg != NULL)
        append_photo (out, jpeg, version, lk_vcard_line_get_end (&line));
      if (depth == 1 && lk_vcard_line_is (&line, "VERSION"))
        {
          g_free (version);
          version = g_strstrip (lk_vcard_line_dup_unfolded (&line));
        }
      if (depth != 1 || !lk_vcard_line_is (&line, "PHOTO") || line.length < drop_from)
        g_byte_array_append (out, (const guint8 *)line.start, (guint)line.length);
      if (lk_vcard_line_equals (&line, "BEGIN:VCARD"))
        depth++;
    }
}

GBytes *
lk_vcard_with_photo (GBytes *text, const LkVCard *card, GBytes *jpeg)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (text, &length);
  GByteArray *out = g_byte_array_sized_new ((guint)length);

  g_byte_array_append (out, data, (guint)card->start);
  copy_card (out, (const char *)data + card->start, card->length, 0, jpeg);
  g_byte_array_append (out, data + card->start + card->length,
                       (guint)(length - card->start - card->length));
  return g_byte_array_free_to_bytes (out);
}

char *
lk_vcard_dup_without_photo (GBytes *text, const LkVCard *card)
{
  const char *data = g_bytes_get_data (text, NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  copy_card (out, data + card->start, card->length, 0, NULL);
  return g_utf8_make_valid ((const char *)out->data, (gssize)out->len);
}

GBytes *
lk_vcard_append (GBytes *text, GBytes *other, GPtrArray *cards, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (text, &length);
  const char *other_data = g_bytes_get_data (other, NULL);
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint)length);

  if (length > 0)
    g_byte_array_append (out, data, (guint)length);
  for (guint i = 0; i < cards->len; i++)
    {
      const LkVCard *card = cards->pdata[i];

      if (out->len > 0 && out->data[out->len - 1] != '\n')
        g_byte_array_append (out, (const guint8 *)"\r\n", 2);
      copy_card (out, other_data + card->start, card->length, PHOTO_LINE_MAX_LENGTH + 1, NULL);
    }
  if (out->len > LK_VCARD_MAX_BYTES)
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                   "The file of vCards would have more than %d bytes", LK_VCARD_MAX_BYTES);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
