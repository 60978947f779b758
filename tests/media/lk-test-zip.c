/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-zip.h"

#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define MADE_BY_UNIX 0x0314

static void
put_16 (GByteArray *to, guint16 value)
{
  const guint8 bytes[2] = { value & 0xff, value >> 8 };

  g_byte_array_append (to, bytes, 2);
}

static void
put_32 (GByteArray *to, guint32 value)
{
  put_16 (to, value & 0xffff);
  put_16 (to, value >> 16);
}

/* An honest entry, stored. */
LkTestEntry
lk_test_entry (const char *name, GBytes *content)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (content, &size);
  guint32 crc = (guint32)crc32 (0, data, (uInt)size);

  return (LkTestEntry){ .local_name = name,
                        .name = name,
                        .content = content,
                        .version = 20,
                        .local_size = (guint32)size,
                        .size = (guint32)size,
                        .local_packed = (guint32)size,
                        .packed = (guint32)size,
                        .local_crc = crc,
                        .crc = crc,
                        .attributes = (guint32)(S_IFREG | 0644) << 16 };
}

/* An honest entry whose data is @packed already. */
LkTestEntry
lk_test_entry_deflated (const char *name, GBytes *packed, GBytes *content)
{
  LkTestEntry entry = lk_test_entry (name, content);

  entry.content = packed;
  entry.method = 8;
  entry.local_packed = entry.packed = (guint32)g_bytes_get_size (packed);

  return entry;
}

LkTestZip *
lk_test_zip_new (void)
{
  LkTestZip *self = g_new0 (LkTestZip, 1);

  self->bytes = g_byte_array_new ();
  self->directory = g_byte_array_new ();

  return self;
}

void
lk_test_zip_add (LkTestZip *self, const LkTestEntry *entry)
{
  guint32 offset;
  gsize length;
  const guint8 *data = g_bytes_get_data (entry->content, &length);

  for (guint32 i = 0; i < entry->gap; i++)
    g_byte_array_append (self->bytes, (const guint8 *)"", 1);

  offset = self->bytes->len;
  put_32 (self->bytes, 0x04034b50);
  put_16 (self->bytes, entry->version);
  put_16 (self->bytes, entry->local_flags);
  put_16 (self->bytes, entry->method);
  put_32 (self->bytes, 0x00210000);
  put_32 (self->bytes, entry->local_crc);
  put_32 (self->bytes, entry->local_packed);
  put_32 (self->bytes, entry->local_size);
  put_16 (self->bytes, (guint16)strlen (entry->local_name));
  put_16 (self->bytes, (guint16)entry->extra_length);
  g_byte_array_append (self->bytes, (const guint8 *)entry->local_name,
                       (guint)strlen (entry->local_name));
  g_byte_array_append (self->bytes, (const guint8 *)entry->extra, (guint)entry->extra_length);
  g_byte_array_append (self->bytes, data, (guint)length);

  put_32 (self->directory, 0x02014b50);
  put_16 (self->directory, MADE_BY_UNIX);
  put_16 (self->directory, entry->version);
  put_16 (self->directory, entry->flags);
  put_16 (self->directory, entry->method);
  put_32 (self->directory, 0x00210000);
  put_32 (self->directory, entry->crc);
  put_32 (self->directory, entry->packed);
  put_32 (self->directory, entry->size);
  put_16 (self->directory, (guint16)strlen (entry->name));
  put_16 (self->directory, (guint16)entry->extra_length);
  put_16 (self->directory, 0);
  put_16 (self->directory, 0);
  put_16 (self->directory, 0);
  put_32 (self->directory, entry->attributes);
  put_32 (self->directory, offset);
  g_byte_array_append (self->directory, (const guint8 *)entry->name, (guint)strlen (entry->name));
  g_byte_array_append (self->directory, (const guint8 *)entry->extra, (guint)entry->extra_length);
  self->n++;
}

/* Takes @self. */
GBytes *
lk_test_zip_finish (LkTestZip *self, const char *comment)
{
  guint32 offset = self->bytes->len;
  GBytes *bytes;

  g_byte_array_append (self->bytes, self->directory->data, self->directory->len);
  put_32 (self->bytes, 0x06054b50);
  put_16 (self->bytes, 0);
  put_16 (self->bytes, 0);
  put_16 (self->bytes, (guint16)self->n);
  put_16 (self->bytes, (guint16)self->n);
  put_32 (self->bytes, self->directory->len);
  put_32 (self->bytes, offset);
  put_16 (self->bytes, (guint16)strlen (comment));
  g_byte_array_append (self->bytes, (const guint8 *)comment, (guint)strlen (comment));

  bytes = g_byte_array_free_to_bytes (self->bytes);
  g_byte_array_unref (self->directory);
  g_free (self);

  return bytes;
}
