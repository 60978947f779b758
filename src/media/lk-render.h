/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"
#include "lk-picture.h"
#include "lk-probe.h"
#include "lk-recipe.h"

/**
 * LkEncoded: one rendition with its bytes, and the JPEG quality that was chosen (1 to 100).
 */
typedef struct
{
  LkRendition *rendition;
  GBytes *bytes;
  int quality;
} LkEncoded;

/**
 * LkRendered: what a source and a recipe became.
 * @probe: the source
 * @kind: what the picture is
 * @encoded: (element-type LkEncoded): photo first, then thumbnail
 */
typedef struct
{
  LkProbe *probe;
  LkPictureKind kind;
  GPtrArray *encoded;
} LkRendered;

/* Called on the thread that renders, 0 to 1. */
typedef void (*LkRenderProgress) (double fraction, gpointer data);

/* Applies @recipe to a frame that is upright and sRGB: size × size px, opaque. The same for preview
 * and export. */
LkFrame *lk_render_frame (LkFrame *source, LkRecipe *recipe, guint size, GError **error);

LkRendered *lk_render (GFile *source,
                       LkRecipe *recipe,
                       LkRenderProgress progress,
                       gpointer data,
                       GCancellable *cancellable,
                       GError **error);
void lk_render_async (GFile *source,
                      LkRecipe *recipe,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data);
LkRendered *lk_render_finish (GAsyncResult *result, GError **error);
const LkEncoded *lk_rendered_get (const LkRendered *self, const char *name);
void lk_rendered_free (LkRendered *self);
void lk_encoded_free (LkEncoded *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRendered, lk_rendered_free)
