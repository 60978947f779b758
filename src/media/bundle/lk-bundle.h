/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-manifest.h"
#include "lk-rendered.h"

/* A bundle is a ZIP: manifest.json (deflated) and the renditions (stored). */

GBytes *lk_bundle_write (LkManifest *manifest, const LkRendered *rendered, GError **error);
LkManifest *lk_bundle_read (GBytes *bundle, GPtrArray **blobs, GError **error);
