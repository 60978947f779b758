/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rendered.h"

#include "lk-hash.h"

/**
 * lk_encoded_new:
 * @name: of the rendition
 * @type: media type
 * @width: in px
 * @height: in px
 * @duration: in µs, 0 for a still
 * @bytes: (transfer none): the file
 * @quality: what the encoder was given
 *
 * Returns: (transfer full): the rendition, with its size and hash
 */
LkEncoded *
lk_encoded_new (const char *name,
                const char *type,
                guint width,
                guint height,
                gint64 duration,
                GBytes *bytes,
                double quality)
{
  g_autofree char *sha256 = lk_hash_sha256_hex (bytes);
  LkEncoded *self = g_new0 (LkEncoded, 1);

  self->rendition
      = lk_rendition_new (name, type, width, height, duration, g_bytes_get_size (bytes), sha256);
  self->bytes = g_bytes_ref (bytes);
  self->quality = quality;

  return self;
}

/**
 * lk_encoded_set_frames:
 * @n: how many frames it has
 *
 * Of a rendition that moves: sets @frame_rate to what they are on average.
 */
void
lk_encoded_set_frames (LkEncoded *self, guint n)
{
  double seconds = (double)MAX (self->rendition->duration, 1) / G_USEC_PER_SEC;

  self->frame_rate = MIN (n / seconds, LK_MAX_FRAME_RATE);
}

void
lk_encoded_free (LkEncoded *self)
{
  g_clear_pointer (&self->rendition, lk_rendition_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/**
 * lk_rendered_new:
 *
 * Returns: (transfer full): one without renditions or probe
 */
LkRendered *
lk_rendered_new (LkPictureKind kind)
{
  LkRendered *self = g_new0 (LkRendered, 1);

  self->kind = kind;
  self->encoded = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_encoded_free);

  return self;
}

/**
 * lk_rendered_get:
 * @name: of a rendition
 *
 * Returns: (transfer none) (nullable): that rendition
 */
const LkEncoded *
lk_rendered_get (const LkRendered *self, const char *name)
{
  for (guint i = 0; i < self->encoded->len; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (self->encoded, i);

      if (g_str_equal (encoded->rendition->name, name))
        return encoded;
    }

  return NULL;
}

void
lk_rendered_free (LkRendered *self)
{
  g_clear_pointer (&self->probe, lk_probe_free);
  g_clear_pointer (&self->encoded, g_ptr_array_unref);
  g_free (self);
}
