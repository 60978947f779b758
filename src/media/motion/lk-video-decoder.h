/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>
#include "lk-source.h"

/**
 * LkVideoInfo: what is known of a video once its first frame is decoded.
 * @width: px of a frame as it is to be shown, not turned: the pixel's aspect is applied
 * @height: in px
 * @orientation: what has to be done to a frame, as EXIF numbers it
 * @duration: in µs from the first frame, 0 where the file does not say
 * @rate_n: frames per @rate_d seconds on average, 0 where the file does not say
 * @colorimetry: of the frames
 * @has_alpha: the frames have an alpha channel
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
  gboolean has_alpha;
} LkVideoInfo;

/**
 * LkVideoPicture: one decoded frame, as stored.
 * @buffer: its planes; its GstVideoMeta, which gst_video_frame_map() heeds, says where they lie
 * @info: their format, size and colours
 * @time: when it is shown, in µs from the first frame of the video
 * @duration: until the next frame, in µs; at least 1
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
 * @LK_VIDEO_SEEK_EXACT: to the frame that is shown at that time, and on from there
 * @LK_VIDEO_SEEK_KEY: to the key frame at or before that time, and to no other frame: as quick as
 * it gets
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
                                GCancellable *cancellable,
                                GError **error);
LkVideoPicture *
lk_video_decoder_next (LkVideoDecoder *self, GCancellable *cancellable, GError **error);
void lk_video_picture_free (LkVideoPicture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoDecoder, lk_video_decoder_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoPicture, lk_video_picture_free)
