/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Writes ZIP files byte by byte, so that a test can make the lies that a library would not write.
 */

/**
 * LkTestEntry: what the headers before and in the directory say, each for itself.
 * @local_name, @name: in the header before the data; in the directory
 * @content: the bytes that are there
 * @method: 0 stored, 8 deflated
 */
typedef struct
{
  const char *local_name;
  const char *name;
  GBytes *content;
  guint16 method;
  guint16 local_flags;
  guint16 flags;
  guint16 version;
  guint32 local_size;
  guint32 size;
  guint32 local_packed;
  guint32 packed;
  guint32 local_crc;
  guint32 crc;
  guint32 attributes;
  const char *extra;
  gsize extra_length;
  guint32 gap;
} LkTestEntry;

typedef struct
{
  GByteArray *bytes;
  GByteArray *directory;
  guint n;
} LkTestZip;

LkTestEntry lk_test_entry (const char *name, GBytes *content);
LkTestEntry lk_test_entry_deflated (const char *name, GBytes *packed, GBytes *content);
LkTestZip *lk_test_zip_new (void);
void lk_test_zip_add (LkTestZip *self, const LkTestEntry *entry);
GBytes *lk_test_zip_finish (LkTestZip *self, const char *comment);
