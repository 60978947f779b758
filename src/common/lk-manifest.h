/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-picture.h"

/** The format version that this code writes, and the only one that it reads. */
#define LK_MANIFEST_VERSION 1
/** The most bytes of manifest.json: room for the refs of a full audience. */
#define LK_MANIFEST_MAX_BYTES (1024 * 1024)

/**
 * LkManifest:
 * @owner: the owner's identifier in canonical form, or "" in a bundle that was made without signing
 * in
 * @kind: what the picture is
 * @alt: alternative text, never NULL
 * @created: seconds since 1970 (UTC)
 * @expires: when the picture ends, or 0 for never
 * @audience: (nullable): who may have it; NULL leaves it to the server's default, contacts
 * @renditions: (element-type LkRendition): the files of the bundle, each stored under its name and
 * the extension of its type
 *
 * What manifest.json of a bundle says. The audience travels in it so that publishing is one atomic
 * request: no moment exists at which a picture is up with another audience than the one that was
 * chosen.
 */
typedef struct
{
  char *owner;
  LkPictureKind kind;
  char *alt;
  gint64 created;
  gint64 expires;
  LkAudience *audience;
  GPtrArray *renditions;
} LkManifest;

LkManifest *lk_manifest_new (void);
void lk_manifest_free (LkManifest *self);
GBytes *lk_manifest_to_bytes (const LkManifest *self);
LkManifest *lk_manifest_from_bytes (GBytes *bytes, GError **error);
char *lk_manifest_dup_entry_name (const LkRendition *rendition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkManifest, lk_manifest_free)
