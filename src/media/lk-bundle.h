/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-manifest.h"
#include "lk-render.h"

/* A bundle is a ZIP: manifest.json (deflated) and the renditions (stored). */

/* Packs: the manifest's renditions are set from @rendered. (transfer full) */
GBytes *lk_bundle_write (LkManifest *manifest, const LkRendered *rendered, GError **error);

/* Reads a bundle that somebody else wrote and refuses a path, a duplicate, a link, an unknown
 * entry, a size that lies and a ratio over 100:1. @blobs: (out) (transfer full) (element-type
 * GBytes), in the order of the manifest's renditions; their SHA-256s, sizes, media types and the
 * pixel sizes in their headers were checked against the manifest. */
LkManifest *lk_bundle_read (GBytes *bundle, GPtrArray **blobs, GError **error);
