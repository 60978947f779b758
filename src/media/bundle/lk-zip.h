/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** The most entries of an archive that is read. */
#define LK_ZIP_MAX_ENTRIES 16
/** The longest name of an entry in bytes. */
#define LK_ZIP_MAX_NAME 64
/** The most that an entry may grow when it is unpacked. */
#define LK_ZIP_MAX_RATIO 100

/** An entry as both of the archive's lists have it: name and unpacked size in bytes. */
typedef struct
{
  char *name;
  guint32 size;
} LkZipEntry;

GPtrArray *lk_zip_check (GBytes *archive, GError **error);
void lk_zip_entry_free (LkZipEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkZipEntry, lk_zip_entry_free)
