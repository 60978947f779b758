/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-zip.h"

#include <string.h>
#include <sys/stat.h>
#include "lk-media-error.h"

/* A ZIP file (PKWARE APPNOTE 6.3.10) lists its entries twice: in a header before each and in a
 * directory at the end. Readers differ in which they believe, and in what they make of gaps,
 * comments and ZIP64: that is how something is smuggled past a check. So only the plainest form
 * passes: both lists agree in every field, the entries lie one behind the other from the first byte
 * to the directory, and the directory from there to the end of the file. */

#define LOCAL_MAGIC 0x04034b50
#define CENTRAL_MAGIC 0x02014b50
#define END_MAGIC 0x06054b50
#define DESCRIPTOR_MAGIC 0x08074b50

#define LOCAL_LENGTH 30
#define CENTRAL_LENGTH 46
#define END_LENGTH 22
#define DESCRIPTOR_LENGTH 16

/* 4.4.4: sizes follow the data; level of deflate; UTF-8 names. All others encrypt, patch or mask.
 */
#define FLAG_DESCRIPTOR 0x0008
#define ALLOWED_FLAGS (FLAG_DESCRIPTOR | 0x0006 | 0x0800)
/* 4.4.3.2: version 2.0 of the format is what deflate needs; 4.5 would be ZIP64. */
#define MAX_VERSION 20
#define METHOD_STORED 0
#define METHOD_DEFLATED 8
#define HOST_UNIX 3

/* 4.5 and 4.6: fields that carry another size or name than the header. */
#define EXTRA_ZIP64 0x0001
#define EXTRA_UNICODE_PATH 0x7075

typedef struct
{
  const guint8 *data;
  gsize length;
} Archive;

/* The fields that both lists have. */
typedef struct
{
  guint16 flags;
  guint16 method;
  guint32 crc;
  guint32 packed;
  guint32 size;
  const guint8 *name;
  gsize name_length;
} Fields;

static guint16
get_16 (const guint8 *data)
{
  return (guint16)(data[0] | data[1] << 8);
}

static guint32
get_32 (const guint8 *data)
{
  return (guint32)get_16 (data) | (guint32)get_16 (data + 2) << 16;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_BUNDLE, message);
  return FALSE;
}

/* Whether @length bytes from @offset on lie before @end. */
static gboolean
fits (gsize offset, gsize length, gsize end)
{
  return offset <= end && length <= end - offset;
}

static gboolean
check_extra (const guint8 *extra, gsize length, GError **error)
{
  while (length >= 4)
    {
      guint16 id = get_16 (extra);
      gsize size = get_16 (extra + 2);

      if (id == EXTRA_ZIP64 || id == EXTRA_UNICODE_PATH)
        return refuse (error, "An extra field changes the name or the size of an entry");
      if (size > length - 4)
        break;

      extra += 4 + size;
      length -= 4 + size;
    }

  return length == 0 || refuse (error, "An extra field is cut off");
}

static gboolean
check_name (const guint8 *name, gsize length, GError **error)
{
  if (length == 0 || length > LK_ZIP_MAX_NAME)
    return refuse (error, "The name of an entry is empty or too long");

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '-' && name[i] != '_'
        && (name[i] != '.' || i == 0))
      return refuse (error, "The name of an entry is no plain file name");

  return TRUE;
}

static gboolean
check_fields (const Fields *fields, GError **error)
{
  if ((fields->flags & ~ALLOWED_FLAGS) != 0)
    return refuse (error, "An entry is encrypted or needs an unknown feature");

  if (fields->method != METHOD_STORED && fields->method != METHOD_DEFLATED)
    return refuse (error, "An entry is packed in an unknown way");

  if (fields->method == METHOD_STORED && fields->packed != fields->size)
    return refuse (error, "A stored entry has two sizes");

  if (fields->size > 0 && fields->size / LK_ZIP_MAX_RATIO >= MAX (fields->packed, 1))
    return refuse (error, "An entry grows too much when it is unpacked");

  return check_name (fields->name, fields->name_length, error);
}

/* 4.4.15, 4.4.2: the upper half of the attributes is the file's mode where Unix made the entry. */
static gboolean
check_attributes (guint16 made_by, guint32 attributes, GError **error)
{
  guint32 mode = attributes >> 16;

  if (made_by >> 8 == HOST_UNIX && (mode & S_IFMT) != 0 && !S_ISREG (mode))
    return refuse (error, "An entry is no regular file");

  return TRUE;
}

static gboolean
read_central (const Archive *self,
              gsize *offset,
              gsize end,
              Fields *fields,
              guint32 *local,
              GError **error)
{
  const guint8 *record = self->data + *offset;
  gsize extra_length;

  if (!fits (*offset, CENTRAL_LENGTH, end) || get_32 (record) != CENTRAL_MAGIC)
    return refuse (error, "The directory is cut off");

  fields->flags = get_16 (record + 8);
  fields->method = get_16 (record + 10);
  fields->crc = get_32 (record + 16);
  fields->packed = get_32 (record + 20);
  fields->size = get_32 (record + 24);
  fields->name_length = get_16 (record + 28);
  fields->name = record + CENTRAL_LENGTH;
  extra_length = get_16 (record + 30);
  *local = get_32 (record + 42);

  if (get_16 (record + 6) > MAX_VERSION || get_16 (record + 32) != 0 || get_16 (record + 34) != 0)
    return refuse (error, "An entry needs a newer version, has a comment or lies on another disk");

  if (!fits (*offset + CENTRAL_LENGTH, fields->name_length + extra_length, end))
    return refuse (error, "The directory is cut off");

  *offset += CENTRAL_LENGTH + fields->name_length + extra_length;

  return check_fields (fields, error)
         && check_extra (fields->name + fields->name_length, extra_length, error)
         && check_attributes (get_16 (record + 4), get_32 (record + 38), error);
}

static gboolean
same_field (const guint8 *field, guint32 value, gboolean may_be_zero)
{
  return get_32 (field) == value || (may_be_zero && get_32 (field) == 0);
}

/* CRC, packed and unpacked size; in a header whose descriptor follows, each may be left out. */
static gboolean
same_sizes (const guint8 *sizes, const Fields *fields, gboolean may_be_zero)
{
  return same_field (sizes, fields->crc, may_be_zero)
         && same_field (sizes + 4, fields->packed, may_be_zero)
         && same_field (sizes + 8, fields->size, may_be_zero);
}

/* Holds the entry at @offset against what the directory says; moves @offset behind it. */
static gboolean
check_local (const Archive *self, gsize *offset, gsize end, const Fields *fields, GError **error)
{
  const guint8 *record = self->data + *offset;
  gboolean descriptor = (fields->flags & FLAG_DESCRIPTOR) != 0;
  gsize extra_length;

  if (!fits (*offset, LOCAL_LENGTH, end) || get_32 (record) != LOCAL_MAGIC)
    return refuse (error, "An entry is not where the directory says");

  extra_length = get_16 (record + 28);
  if (!fits (*offset + LOCAL_LENGTH, fields->name_length + extra_length, end))
    return refuse (error, "An entry is cut off");

  if (get_16 (record + 4) > MAX_VERSION || get_16 (record + 6) != fields->flags
      || get_16 (record + 8) != fields->method || get_16 (record + 26) != fields->name_length
      || memcmp (record + LOCAL_LENGTH, fields->name, fields->name_length) != 0
      || !same_sizes (record + 14, fields, descriptor))
    return refuse (error, "An entry and the directory say different things");

  if (!check_extra (record + LOCAL_LENGTH + fields->name_length, extra_length, error))
    return FALSE;

  *offset += LOCAL_LENGTH + fields->name_length + extra_length;
  if (!fits (*offset, fields->packed, end))
    return refuse (error, "An entry is cut off");

  *offset += fields->packed;
  if (!descriptor)
    return TRUE;

  if (!fits (*offset, DESCRIPTOR_LENGTH, end) || get_32 (self->data + *offset) != DESCRIPTOR_MAGIC
      || !same_sizes (self->data + *offset + 4, fields, FALSE))
    return refuse (error, "An entry and the directory say different things");

  *offset += DESCRIPTOR_LENGTH;

  return TRUE;
}

static gboolean
has_entry (GPtrArray *entries, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_ascii_strcasecmp (((LkZipEntry *)entries->pdata[i])->name, name) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
read_end (const Archive *self, gsize *directory, guint *n, GError **error)
{
  const guint8 *record;
  gsize directory_length;

  if (self->length < END_LENGTH)
    return refuse (error, "Too short for a ZIP file");

  record = self->data + self->length - END_LENGTH;
  if (get_32 (record) != END_MAGIC)
    return refuse (error, "Not a ZIP file that ends with its directory");

  *n = get_16 (record + 10);
  directory_length = get_32 (record + 12);
  *directory = get_32 (record + 16);
  if (get_16 (record + 4) != 0 || get_16 (record + 6) != 0 || get_16 (record + 8) != *n
      || get_16 (record + 20) != 0)
    return refuse (error, "The ZIP file has several disks or a comment");

  if (*n == 0 || *n > LK_ZIP_MAX_ENTRIES)
    return refuse (error, "The ZIP file has no entry or too many");

  if (!fits (*directory, directory_length, self->length - END_LENGTH)
      || *directory + directory_length != self->length - END_LENGTH)
    return refuse (error, "The directory does not end where the file does");

  return TRUE;
}

/**
 * lk_zip_check:
 * @archive: a ZIP file that somebody else wrote
 *
 * Checks its structure; nothing is unpacked and nothing of a declared size allocated. Any thread.
 *
 * Returns: (transfer full) (nullable) (element-type LkZipEntry): its entries in order, or NULL with
 *   LK_MEDIA_ERROR_INVALID_BUNDLE
 */
GPtrArray *
lk_zip_check (GBytes *archive, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  Archive self;
  gsize directory = 0;
  gsize central;
  gsize local = 0;
  guint n = 0;

  self.data = g_bytes_get_data (archive, &self.length);
  if (!read_end (&self, &directory, &n, error))
    return NULL;

  entries = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_zip_entry_free);
  central = directory;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkZipEntry) entry = g_new0 (LkZipEntry, 1);
      Fields fields;
      guint32 offset = 0;

      if (!read_central (&self, &central, self.length - END_LENGTH, &fields, &offset, error))
        return NULL;

      entry->name = g_strndup ((const char *)fields.name, fields.name_length);
      entry->size = fields.size;
      if (has_entry (entries, entry->name))
        {
          refuse (error, "An entry is there twice");
          return NULL;
        }

      if (offset != local)
        {
          refuse (error, "There is a gap between entries");
          return NULL;
        }

      if (!check_local (&self, &local, directory, &fields, error))
        return NULL;

      g_ptr_array_add (entries, g_steal_pointer (&entry));
    }

  if (local != directory || central != self.length - END_LENGTH)
    {
      refuse (error, "There is something between the entries and the directory, or after it");
      return NULL;
    }

  return g_steal_pointer (&entries);
}

void
lk_zip_entry_free (LkZipEntry *self)
{
  g_free (self->name);
  g_free (self);
}
