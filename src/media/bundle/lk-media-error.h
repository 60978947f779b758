/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-span.h"

/**
 * LkMediaError: why a source, a recipe or a bundle was refused. lk_media_error_to_code() gives the
 * stable text.
 */
typedef enum
{
  LK_MEDIA_ERROR_UNREADABLE,        /* unreadable: the file could not be opened or read */
  LK_MEDIA_ERROR_UNSUPPORTED,       /* unsupported: no loader knows it */
  LK_MEDIA_ERROR_MALFORMED,         /* malformed: a loader knows it and cannot make sense of it */
  LK_MEDIA_ERROR_TOO_MANY_PIXELS,   /* too-many-pixels: past 256 megapixels, 36 of what moves */
  LK_MEDIA_ERROR_TOO_MANY_FRAMES,   /* too-many-frames: an animation past 2,000 frames */
  LK_MEDIA_ERROR_TOO_MANY_BYTES,    /* too-many-bytes: past 512 MB */
  LK_MEDIA_ERROR_INVALID_RECIPE,    /* invalid-recipe */
  LK_MEDIA_ERROR_CANNOT_FIT_BUDGET, /* cannot-fit-budget: too many bytes, or seconds */
  LK_MEDIA_ERROR_INVALID_BUNDLE,    /* invalid-bundle */
  LK_MEDIA_ERROR_WRITE_FAILED,      /* write-failed: disk full, no permission */
  LK_MEDIA_ERROR_NO_MEMORY,         /* no-memory */
  LK_MEDIA_ERROR_NO_VIDEO,          /* no-video: a container without a video stream */
  LK_MEDIA_ERROR_HDR_UNSUPPORTED,   /* hdr-unsupported: of a transfer that has no tone map here */
  LK_MEDIA_ERROR_CLIP_TOO_LONG,     /* clip-too-long: what is to be sent lasts longer than 10 s */
  LK_MEDIA_ERROR_DISK_FULL,         /* disk-full: no room for what is made */
  LK_MEDIA_ERROR_CRASHED,    /* decoder-crashed: what decodes it died, hung or told nonsense */
  LK_MEDIA_ERROR_FLASHING,   /* flashing: more than three times in some second */
  LK_MEDIA_ERROR_NO_ENCODER, /* no-encoder: nothing here makes H.264 */
} LkMediaError;

#define LK_MEDIA_ERROR (lk_media_error_quark ())
GQuark lk_media_error_quark (void);
const char *lk_media_error_to_code (LkMediaError code);
gboolean lk_media_error_from_code (const char *text, LkMediaError *code);
void lk_media_error_set_spans (GError *error, const LkSpan *spans, guint n);
const LkSpan *lk_media_error_get_spans (const GError *error, guint *n);
