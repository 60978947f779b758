/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-audience.h"

/** The longest alt text in bytes, without its NUL. */
#define LK_ALT_MAX_LENGTH 2000
/** The most renditions of one picture. */
#define LK_MAX_RENDITIONS 8
/** The most bytes of one rendition. */
#define LK_RENDITION_MAX_BYTES (8 * 1024 * 1024)
/** Width and height in px of the photo rendition, and its budget in bytes. */
#define LK_PHOTO_SIZE 720
#define LK_PHOTO_MAX_BYTES (224 * 1024)
/** Width and height in px of the thumbnail rendition, and its budget in bytes. */
#define LK_THUMBNAIL_SIZE 96
#define LK_THUMBNAIL_MAX_BYTES (8 * 1024)
/** The budget of the motion rendition in bytes; its largest width and height in px, of an animation
 * and of a clip; and a clip's longest duration in µs. */
#define LK_MOTION_MAX_BYTES (2 * 1024 * 1024)
#define LK_ANIMATION_SIZE 480
#define LK_CLIP_SIZE 800
#define LK_CLIP_MAX_DURATION (10 * G_USEC_PER_SEC)
/** The longest motion rendition in µs: of an animation, which may last longer than a clip. */
#define LK_MOTION_MAX_DURATION (G_GINT64_CONSTANT (600) * G_USEC_PER_SEC)

typedef enum
{
  LK_PICTURE_STILL,
  LK_PICTURE_ANIMATION,
  LK_PICTURE_CLIP,
} LkPictureKind;

/**
 * LkRendition:
 * @name: "photo", "thumbnail" or "motion"
 * @type: media type, such as "image/jpeg"
 * @width: in px
 * @height: in px
 * @duration: in µs, 0 for a still
 * @size: in bytes
 * @sha256: of the bytes, lower-case hexadecimal
 *
 * One encoded file of a picture.
 */
typedef struct
{
  char *name;
  char *type;
  guint width;
  guint height;
  gint64 duration;
  gsize size;
  char *sha256;
} LkRendition;

LkRendition *lk_rendition_new (const char *name,
                               const char *type,
                               guint width,
                               guint height,
                               gint64 duration,
                               gsize size,
                               const char *sha256);
LkRendition *lk_rendition_copy (const LkRendition *self);
void lk_rendition_free (LkRendition *self);
JsonObject *lk_rendition_to_json (const LkRendition *self);
LkRendition *lk_rendition_from_json (JsonObject *object, GError **error);

/**
 * LkPicture:
 * @id: the server's name for it
 * @kind: what it is
 * @alt: alternative text, never NULL
 * @created: when it was made, seconds since 1970 (UTC)
 * @expires: when it ends, or 0 for never
 * @position: 0 for the first that is tried for a viewer
 * @audience: (nullable): who may have it; only its owner is told
 * @renditions: (element-type LkRendition): its encoded files
 * @told: how many devices' owners the publish reached, -1 where the server did not say
 *
 * What a person publishes. Do not change one that is shared: reference-counted, safe to read on any
 * thread.
 */
typedef struct
{
  char *id;
  LkPictureKind kind;
  char *alt;
  gint64 created;
  gint64 expires;
  gint64 position;
  LkAudience *audience;
  GPtrArray *renditions;
  gint64 told;
} LkPicture;

LkPicture *lk_picture_new (void);
LkPicture *lk_picture_ref (LkPicture *self);
void lk_picture_unref (LkPicture *self);
const LkRendition *lk_picture_get_rendition (const LkPicture *self, const char *name);
JsonObject *lk_picture_to_json (const LkPicture *self);
LkPicture *lk_picture_from_json (JsonObject *object, GError **error);
const char *lk_picture_kind_to_string (LkPictureKind kind);
gboolean lk_picture_kind_from_string (const char *text, LkPictureKind *kind);
LkPicture *lk_picture_first_visible (GPtrArray *pictures,
                                     gboolean viewer_has_owner,
                                     const char *const *viewer_refs,
                                     gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRendition, lk_rendition_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPicture, lk_picture_unref)
