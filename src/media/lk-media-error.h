/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkMediaError: why a source, a recipe or a bundle was refused. lk_media_error_to_code() gives the
 * stable text.
 */
typedef enum
{
  LK_MEDIA_ERROR_UNREADABLE,        /* unreadable: the file could not be opened or read */
  LK_MEDIA_ERROR_UNSUPPORTED,       /* unsupported: no loader knows it */
  LK_MEDIA_ERROR_MALFORMED,         /* malformed: a loader knows it and cannot make sense of it */
  LK_MEDIA_ERROR_TOO_MANY_PIXELS,   /* too-many-pixels: past 256 megapixels */
  LK_MEDIA_ERROR_TOO_MANY_BYTES,    /* too-many-bytes: past 512 MB */
  LK_MEDIA_ERROR_INVALID_RECIPE,    /* invalid-recipe */
  LK_MEDIA_ERROR_CANNOT_FIT_BUDGET, /* cannot-fit-budget */
  LK_MEDIA_ERROR_INVALID_BUNDLE,    /* invalid-bundle */
  LK_MEDIA_ERROR_WRITE_FAILED,      /* write-failed: disk full, no permission */
  LK_MEDIA_ERROR_NO_MEMORY,         /* no-memory */
} LkMediaError;

#define LK_MEDIA_ERROR (lk_media_error_quark ())
GQuark lk_media_error_quark (void);
const char *lk_media_error_to_code (LkMediaError code);
