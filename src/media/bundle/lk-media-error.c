/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"

G_DEFINE_QUARK (lk - media - error - quark, lk_media_error)

/* Of the last value of the enumeration. */
#define LAST_CODE "decoder-crashed"

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
    case LK_MEDIA_ERROR_CRASHED:
      return LAST_CODE;
    }

  g_return_val_if_reached ("malformed");
}

/**
 * lk_media_error_from_code:
 * @text: what somebody says is a code
 * @code: (out): the code
 *
 * Returns: whether @text is what lk_media_error_to_code() gives for some code
 */
gboolean
lk_media_error_from_code (const char *text, LkMediaError *code)
{
  const char *known = NULL;

  for (int i = 0; known == NULL || !g_str_equal (known, LAST_CODE); i++)
    {
      known = lk_media_error_to_code (i);
      if (g_str_equal (known, text))
        {
          *code = i;
          return TRUE;
        }
    }

  return FALSE;
}
