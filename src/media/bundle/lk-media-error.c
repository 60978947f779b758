/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"

G_DEFINE_QUARK (lk - media - error - quark, lk_media_error)

/**
 * lk_media_error_to_code:
 * @code: an error code of the domain LK_MEDIA_ERROR
 *
 * The stable text of @code, for logs, JSON and tests: never translated. Any thread.
 *
 * Returns: (transfer none): such as "too-many-pixels"
 */
const char *
lk_media_error_to_code (LkMediaError code)
{
  switch (code)
    {
    case LK_MEDIA_ERROR_UNREADABLE:
      return "unreadable";
    case LK_MEDIA_ERROR_UNSUPPORTED:
      return "unsupported";
    case LK_MEDIA_ERROR_MALFORMED:
      return "malformed";
    case LK_MEDIA_ERROR_TOO_MANY_PIXELS:
      return "too-many-pixels";
    case LK_MEDIA_ERROR_TOO_MANY_FRAMES:
      return "too-many-frames";
    case LK_MEDIA_ERROR_TOO_MANY_BYTES:
      return "too-many-bytes";
    case LK_MEDIA_ERROR_INVALID_RECIPE:
      return "invalid-recipe";
    case LK_MEDIA_ERROR_CANNOT_FIT_BUDGET:
      return "cannot-fit-budget";
    case LK_MEDIA_ERROR_INVALID_BUNDLE:
      return "invalid-bundle";
    case LK_MEDIA_ERROR_WRITE_FAILED:
      return "write-failed";
    case LK_MEDIA_ERROR_NO_MEMORY:
      return "no-memory";
    case LK_MEDIA_ERROR_NO_VIDEO:
      return "no-video";
    case LK_MEDIA_ERROR_HDR_UNSUPPORTED:
      return "hdr-unsupported";
    case LK_MEDIA_ERROR_CLIP_TOO_LONG:
      return "clip-too-long";
    case LK_MEDIA_ERROR_DISK_FULL:
      return "disk-full";
    case LK_MEDIA_ERROR_NO_ENCODER:
      return "no-encoder";
    }

  g_return_val_if_reached ("malformed");
}
