/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-bundle-rules.h"

#include "lk-problem.h"

/* What a rendition of a kind of picture may be; the sizes in px are the longest edge. */
typedef struct
{
  const char *name;
  LkPictureKind kind;
  const char *type;
  guint max_edge;
  gsize max_bytes;
  gint64 max_duration; /* in µs, 0 for no limit of its own */
} Rule;

static const Rule rules[] = {
  { "photo", LK_PICTURE_STILL, "image/jpeg", LK_PHOTO_SIZE, LK_PHOTO_MAX_BYTES, 0 },
  { "photo", LK_PICTURE_ANIMATION, "image/jpeg", LK_PHOTO_SIZE, LK_PHOTO_MAX_BYTES, 0 },
  { "photo", LK_PICTURE_CLIP, "image/jpeg", LK_PHOTO_SIZE, LK_PHOTO_MAX_BYTES, 0 },
  { "thumbnail", LK_PICTURE_STILL, "image/jpeg", LK_THUMBNAIL_SIZE, LK_THUMBNAIL_MAX_BYTES, 0 },
  { "thumbnail", LK_PICTURE_ANIMATION, "image/jpeg", LK_THUMBNAIL_SIZE, LK_THUMBNAIL_MAX_BYTES, 0 },
  { "thumbnail", LK_PICTURE_CLIP, "image/jpeg", LK_THUMBNAIL_SIZE, LK_THUMBNAIL_MAX_BYTES, 0 },
  { "motion", LK_PICTURE_ANIMATION, "image/webp", LK_ANIMATION_SIZE, LK_MOTION_MAX_BYTES, 0 },
  { "motion", LK_PICTURE_CLIP, "video/mp4", LK_CLIP_SIZE, LK_MOTION_MAX_BYTES,
    LK_CLIP_MAX_DURATION },
};

static const Rule *
find_rule (const LkRendition *rendition, LkPictureKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].kind == kind && g_str_equal (rules[i].name, rendition->name))
      return &rules[i];
  return NULL;
}

static gboolean
refuse (GError **error, const char *name, const char *why)
{
  g_set_error (error, LK_PROBLEM, LK_PROBLEM_INVALID_BUNDLE, "%s: %s", name, why);
  return FALSE;
}

static gboolean
check_rendition (const LkRendition *rendition, LkPictureKind kind, GError **error)
{
  const Rule *rule = find_rule (rendition, kind);

  if (rule == NULL)
    return refuse (error, rendition->name, "a picture of this kind has none");
  if (!g_str_equal (rendition->type, rule->type))
    return refuse (error, rendition->name, "has another media type than it should");
  if (rendition->width > rule->max_edge || rendition->height > rule->max_edge)
    return refuse (error, rendition->name, "has too many pixels");
  if (rendition->size > rule->max_bytes)
    return refuse (error, rendition->name, "has too many bytes");
  if (rule->max_duration > 0 && rendition->duration > rule->max_duration)
    return refuse (error, rendition->name, "is too long");
  return TRUE;
}

static gboolean
has (const LkManifest *manifest, const char *name)
{
  for (guint i = 0; i < manifest->renditions->len; i++)
    {
      const LkRendition *rendition = g_ptr_array_index (manifest->renditions, i);

      if (g_str_equal (rendition->name, name))
        return TRUE;
    }
  return FALSE;
}

/**
 * lk_bundle_rules_check:
 * @manifest: the manifest of a bundle that was read
 * @now: seconds since 1970
 * @error: LK_PROBLEM_INVALID_BUNDLE
 *
 * Holds a picture against the rules of what may be published: which renditions each kind has, and
 * their types, sizes and budgets, which are those of the address books that they go to.
 *
 * Returns: whether it may be published
 */
gboolean
lk_bundle_rules_check (const LkManifest *manifest, gint64 now, GError **error)
{
  for (guint i = 0; i < manifest->renditions->len; i++)
    if (!check_rendition (g_ptr_array_index (manifest->renditions, i), manifest->kind, error))
      return FALSE;
  if (!has (manifest, "photo"))
    return refuse (error, "photo", "is missing");
  if (manifest->kind != LK_PICTURE_STILL && !has (manifest, "thumbnail"))
    return refuse (error, "thumbnail", "is missing");
  if (manifest->kind != LK_PICTURE_STILL && !has (manifest, "motion"))
    return refuse (error, "motion", "is missing");
  if (manifest->expires != 0 && manifest->expires <= now)
    return refuse (error, "expires", "has passed");
  return TRUE;
}
