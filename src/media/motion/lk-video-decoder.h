/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>
#include "lk-source.h"

/**
 * LkVideoInfo: what is known of a video once its first frame is decoded.
 * @width: px of a frame as it is to be shown, not turned: the pixel's aspect is applied
 * @height: in px
 * @orientation: what has to be done to a frame, as EXIF numbers it
 * @duration: in µs, 0 where the file does not say
 * @rate_n: frames per @rate_d seconds on average, 0 where the file does not say
 * @colorimetry: of the frames
 */
typedef struct
{
  guint width;
  guint height;
  int orientation;
  gint64 duration;
  int rate_n;
  int rate_d;
  GstVideoColorimetry colorimetry;
} LkVideoInfo;

/**
 * LkVideoPicture: one decoded frame, as stored.
 * @buffer: its planes
 * @info: how they are laid out
 * @time: when it is shown, in µs from the start of the video
 * @duration: how long, in µs; 0 where the file does not say
 */
typedef struct
{
  GstBuffer *buffer;
  GstVideoInfo info;
  gint64 time;
  gint64 duration;
} LkVideoPicture;

/**
 * LkVideoSeek:
 * @LK_VIDEO_SEEK_EXACT: to the frame that is shown at that time
 * @LK_VIDEO_SEEK_KEY: to the key frame before it, and from key frame to key frame
 */
typedef enum
{
  LK_VIDEO_SEEK_EXACT,
  LK_VIDEO_SEEK_KEY,
} LkVideoSeek;

typedef struct _LkVideoDecoder LkVideoDecoder;

const char *lk_video_sniff (const guint8 *start, gsize length);
LkVideoDecoder *lk_video_decoder_open (LkSource *source,
                                       const char *type,
                                       GCancellable *cancellable,
                                       GError **error);
void lk_video_decoder_close (LkVideoDecoder *self);
const LkVideoInfo *lk_video_decoder_get_info (LkVideoDecoder *self);
gboolean lk_video_decoder_seek (LkVideoDecoder *self,
                                gint64 start,
                                gint64 stop,
                                LkVideoSeek how,
                                GError **error);
LkVideoPicture *
lk_video_decoder_next (LkVideoDecoder *self, GCancellable *cancellable, GError **error);
void lk_video_picture_free (LkVideoPicture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoDecoder, lk_video_decoder_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoPicture, lk_video_picture_free)
