/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-decoder.h"

#include <string.h>
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-video-pipeline.h"

/* The frames of a video in time. GStreamer is only ever asked for a key frame and what follows it:
 * which frame is shown at a time is found out here, from the times of two that follow each other,
 * since a file may give wrong durations or none, and a decoder that is asked for a time gives the
 * frame that is shown then a time of its own. */

/* The longest that a frame may be waited for, its key frame's whole group included. */
#define MAX_WAIT (8 * G_TIME_SPAN_SECOND)
/* What is ahead by no more than a jump costs is reached by decoding on. A jump costs as much as
 * this of the video, and goes back to a key frame, by half of what lies between two in the mean. */
#define JUMP (200 * G_TIME_SPAN_MILLISECOND)
#define MAX_NEAR (1 * G_TIME_SPAN_SECOND)
/* The last frames before the wanted one are all decoded: it is only known from the next which it
 * is. */
#define UNHURRIED (250 * G_TIME_SPAN_MILLISECOND)
/* A decoder takes a frame for one of the others that it has in hand, so many of them at most. */
#define UNHURRIED_FRAMES 8
/* A pixel that is longer than this is a mistake in the file, and counts as square. */
#define MAX_PIXEL_ASPECT 16
/* How far before the wanted frame a second jump goes where the first cut it. */
#define BEFORE (1 * G_TIME_SPAN_SECOND)
#define NO_STOP G_MAXINT64
/* Where a file would say at its start how long it is, and how long it may take to find out where it
 * does not say. */
#define START_BYTES (32 * 1024)
#define MAX_MEASURE (1 * G_TIME_SPAN_SECOND)

struct _LkVideoDecoder
{
  LkVideoPipeline *pipeline;
  LkVideoInfo info;
  LkVideoPicture *pending; /* decoded, not yet given away; what follows it may be known or not */
  LkVideoPicture *following;
  gint64 origin; /* of the first frame, in the stream's time */
  gint64 start;  /* nothing that ends by then is given */
  gint64 stop;
  gint64 target; /* of the last jump */
  gint64 landed; /* time of the first frame since then */
  gint64 group;  /* the furthest that a jump went back: key frames are so far apart, or further */
  gboolean key_only;
  gboolean jumped;  /* and no frame has come since */
  gboolean hurries; /* frames may have been left out since */
  gboolean ended;
};

static gboolean
starts_with_box (const guint8 *start, gsize length)
{
  const char *const boxes[] = { "ftyp", "moov", "mdat", "wide", "free", "skip", "pnot" };

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (length >= 12 && memcmp (start + 4, boxes[i], 4) == 0)
      return TRUE;

  return FALSE;
}

static int
orientation_of_method (GstVideoOrientationMethod method)
{
  switch (method)
    {
    case GST_VIDEO_ORIENTATION_90R:
      return 6;
    case GST_VIDEO_ORIENTATION_180:
      return 3;
    case GST_VIDEO_ORIENTATION_90L:
      return 8;
    case GST_VIDEO_ORIENTATION_HORIZ:
      return 2;
    case GST_VIDEO_ORIENTATION_VERT:
      return 4;
    case GST_VIDEO_ORIENTATION_UL_LR:
      return 5;
    case GST_VIDEO_ORIENTATION_UR_LL:
      return 7;
    default:
      return LK_ORIENTATION_UPRIGHT;
    }
}

static gboolean
refuse (GError **error, LkMediaError code, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, code, message);
  return FALSE;
}

/* With a duration as the file says it, 0 where it does not. */
static LkVideoPicture *
picture_of_sample (LkVideoDecoder *self, GstSample *sample, GError **error)
{
  const GstSegment *segment = gst_sample_get_segment (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  g_autoptr (LkVideoPicture) picture = g_new0 (LkVideoPicture, 1);
  guint64 time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  gint64 earliest = 0;

  picture->buffer = gst_buffer_ref (buffer);
  if (!gst_video_info_from_caps (&picture->info, gst_sample_get_caps (sample)))
    {
      refuse (error, LK_MEDIA_ERROR_MALFORMED, "The frames have no format");
      return NULL;
    }

  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    picture->duration = (gint64)GST_TIME_AS_USECONDS (GST_BUFFER_DURATION (buffer));

  /* Time never stands still, whatever the file says; a frame without one follows its neighbour. */
  if (self->pending != NULL)
    earliest = self->pending->time + 1;
  if (GST_CLOCK_TIME_IS_VALID (time))
    picture->time = MAX ((gint64)GST_TIME_AS_USECONDS (time) - self->origin, earliest);
  else if (self->pending != NULL)
    picture->time = self->pending->time + MAX (self->pending->duration, 1);

  return g_steal_pointer (&picture);
}

static LkVideoPicture *
pull (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (GError) cause = NULL;

  if (self->ended)
    return NULL;

  sample = lk_video_pipeline_pull (self->pipeline, deadline, cancellable, &cause);
  if (sample == NULL)
    {
      self->ended = cause == NULL;
      /* A file that breaks off ends there, as far as there were frames. */
      if (self->pending != NULL && g_error_matches (cause, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED)
          && g_get_monotonic_time () < deadline)
        self->ended = TRUE;
      else if (cause != NULL)
        g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }

  return picture_of_sample (self, sample, error);
}

static gboolean
jump (LkVideoDecoder *self, gint64 time, gint64 deadline, GCancellable *cancellable, GError **error)
{
  self->target = time;
  g_clear_pointer (&self->pending, lk_video_picture_free);
  g_clear_pointer (&self->following, lk_video_picture_free);
  self->ended = FALSE;

  return lk_video_pipeline_seek (self->pipeline, self->origin + time,
                                 self->key_only ? self->origin + MAX (time, self->start) : -1,
                                 deadline, cancellable, error);
}

/* Whether the frame that came first after a jump may stand before the wanted one. It may not where
 * a container goes by the order of decoding, in which a key frame comes before others that are
 * shown earlier; nor where it was cut to the time that was asked for, since an edit list begins
 * within its group or the file has no table of key frames: then it has lost its own. */
static gboolean
is_early_enough (LkVideoDecoder *self, const LkVideoPicture *picture, gint64 wanted)
{
  if (self->target == 0 || picture->time < wanted)
    return TRUE;

  return picture->time == wanted && !lk_video_pipeline_is_cut (self->pipeline);
}

/* Past the end nothing comes where the file has no table of key frames: then from its last moment.
 */
static gboolean
is_past_end (LkVideoDecoder *self)
{
  return self->ended && self->info.duration > 0 && self->target >= self->info.duration;
}

/* From when on no frame may be left out. */
static gint64
get_unhurried (LkVideoDecoder *self)
{
  gint64 frames = G_USEC_PER_SEC;

  if (self->info.rate_n > 0)
    frames = UNHURRIED_FRAMES * G_USEC_PER_SEC * (gint64)self->info.rate_d / self->info.rate_n;

  return self->start - MAX (UNHURRIED, frames);
}

/* Where the wanted frame is far, those in between need not all be decoded. The pipeline counts from
 * the jump, or from something before the first frame since: never too far. */
static void
hurry (LkVideoDecoder *self)
{
  gint64 far = get_unhurried (self) - self->landed;

  if (far > 0)
    lk_video_pipeline_hurry (self->pipeline, (guint64)far * 1000);
}

/* The first frame after a jump. */
static LkVideoPicture *
land (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkVideoPicture) picture = pull (self, deadline, cancellable, error);
  gint64 wanted = self->start;

  if (picture == NULL && is_past_end (self))
    {
      wanted = self->info.duration - 1;
      if (!jump (self, wanted, deadline, cancellable, error))
        return NULL;
      picture = pull (self, deadline, cancellable, error);
    }
  for (gint64 before = BEFORE; picture != NULL && !is_early_enough (self, picture, wanted);
       before *= 4)
    {
      g_clear_pointer (&picture, lk_video_picture_free);
      if (!jump (self, MAX (wanted - before, 0), deadline, cancellable, error))
        return NULL;
      picture = pull (self, deadline, cancellable, error);
    }
  if (picture == NULL)
    return NULL;

  self->jumped = FALSE;
  self->landed = picture->time;
  self->group = MAX (self->group, self->start - self->landed);
  if (self->hurries)
    hurry (self);

  return g_steal_pointer (&picture);
}

static gint64
guess_duration (LkVideoDecoder *self)
{
  const LkVideoInfo *info = &self->info;

  if (self->pending->duration > 0)
    return self->pending->duration;
  if (info->rate_n > 0)
    return (gint64)info->rate_d * G_USEC_PER_SEC / info->rate_n;

  return info->duration - self->pending->time;
}

/* The last key frame that comes up to what was asked for, NULL where none does. A file that breaks
 * off after one gives that. */
static LkVideoPicture *
pull_last (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  LkVideoPicture *picture;

  while ((picture = pull (self, deadline, cancellable, &cause)) != NULL)
    {
      g_clear_pointer (&self->pending, lk_video_picture_free);
      self->pending = picture;
    }
  if (cause == NULL)
    return g_steal_pointer (&self->pending);

  g_clear_pointer (&self->pending, lk_video_picture_free);
  g_propagate_error (error, cause);

  return NULL;
}

/* A container that goes by the order of decoding jumps to a key frame that is decoded by then but
 * shown later, of which nothing comes: then from further back, up to the same time. */
static LkVideoPicture *
land_on_key (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  LkVideoPicture *picture = pull_last (self, deadline, cancellable, &cause);

  for (gint64 before = BEFORE; picture == NULL && cause == NULL && self->target > 0; before *= 4)
    if (jump (self, MAX (self->start - before, 0), deadline, cancellable, &cause))
      picture = pull_last (self, deadline, cancellable, &cause);
  self->jumped = FALSE;
  if (cause != NULL)
    g_propagate_error (error, cause);

  return picture;
}

/* Makes @pending the next frame in the order in which they are shown, and finds out how long it is
 * shown; NULL at the end too. */
static gboolean
advance (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;

  if (self->pending == NULL && self->jumped && self->key_only)
    self->pending = land_on_key (self, deadline, cancellable, &cause);
  else if (self->pending == NULL)
    self->pending = self->jumped ? land (self, deadline, cancellable, &cause)
                                 : pull (self, deadline, cancellable, &cause);
  if (self->pending != NULL && self->following == NULL && !self->key_only)
    self->following = pull (self, deadline, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }

  if (self->following != NULL)
    self->pending->duration = self->following->time - self->pending->time;
  else if (self->pending != NULL)
    self->pending->duration = MAX (guess_duration (self), 1);

  return TRUE;
}

/* At the end the last frame is, unless frames may have been left out that are later still. */
static gboolean
is_shown_at_start (LkVideoDecoder *self)
{
  if (self->following != NULL)
    return self->following->time > self->start;

  return !self->hurries || self->pending->time >= get_unhurried (self);
}

/* From the key frame before the last frame that came, without leaving anything out. */
static gboolean
look_again (LkVideoDecoder *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  self->hurries = FALSE;
  self->jumped = TRUE;

  return jump (self, self->pending->time, deadline, cancellable, error);
}

static LkVideoPicture *
take (LkVideoDecoder *self)
{
  LkVideoPicture *picture = g_steal_pointer (&self->pending);

  self->pending = g_steal_pointer (&self->following);

  return picture;
}

/* Pixels that are not square change the width alone, so that no line is lost. */
static guint
shown_width (const GstVideoInfo *frame)
{
  int n = GST_VIDEO_INFO_PAR_N (frame);
  int d = GST_VIDEO_INFO_PAR_D (frame);

  if (n <= 0 || d <= 0 || n / d > MAX_PIXEL_ASPECT || d / n > MAX_PIXEL_ASPECT)
    return (guint)GST_VIDEO_INFO_WIDTH (frame);

  return MAX ((guint)gst_util_uint64_scale_int_round ((guint64)GST_VIDEO_INFO_WIDTH (frame), n, d),
              1);
}

static gboolean
read_first (LkVideoDecoder *self, GCancellable *cancellable, GError **error)
{
  const GstVideoInfo *frame;
  LkVideoInfo *info = &self->info;
  gint64 duration;

  self->pending = pull (self, g_get_monotonic_time () + MAX_WAIT, cancellable, error);
  if (self->pending == NULL)
    return FALSE;

  frame = &self->pending->info;
  info->width = shown_width (frame);
  info->height = (guint)GST_VIDEO_INFO_HEIGHT (frame);
  if ((guint64)info->width * info->height > LK_VIDEO_MAX_PIXELS)
    return refuse (error, LK_MEDIA_ERROR_TOO_MANY_PIXELS, "The video's frames are shown too large");

  info->orientation = orientation_of_method (lk_video_pipeline_get_orientation (self->pipeline));
  info->rate_n = GST_VIDEO_INFO_FPS_N (frame);
  info->rate_d = MAX (GST_VIDEO_INFO_FPS_D (frame), 1);
  info->colorimetry = GST_VIDEO_INFO_COLORIMETRY (frame);
  info->has_alpha = GST_VIDEO_INFO_HAS_ALPHA (frame);
  self->origin = self->pending->time;
  self->pending->time = 0;
  duration = lk_video_pipeline_get_duration (self->pipeline);
  if (duration > self->origin)
    info->duration = duration - self->origin;

  return TRUE;
}

/* Whether the file says how long it is. One that was written as it came, by a browser or into a
 * pipe, cannot, and GStreamer then answers with where its last part begins, or with how far it has
 * read. */
static gboolean
says_duration (LkSource *source, const char *type, GCancellable *cancellable)
{
  const guint8 durations[][3] = { { 0x44, 0x89, 0x84 }, { 0x44, 0x89, 0x88 } };
  guint8 start[START_BYTES];
  gssize n = lk_source_read (source, 0, start, sizeof start, cancellable, NULL);

  if (n <= 0)
    return FALSE;
  if (g_str_equal (type, "video/mp4") || g_str_equal (type, "video/quicktime"))
    return memmem (start, (gsize)n, "mvex", 4) == NULL;
  if (g_str_equal (type, "video/x-msvideo"))
    return TRUE;

  /* The element of Matroska (RFC 9559, 5.1.2.10), with its size of 4 or 8 bytes. */
  return memmem (start, (gsize)n, durations[0], 3) != NULL
         || memmem (start, (gsize)n, durations[1], 3) != NULL;
}

/* Decodes from @from to the end, and goes back to the start. 0 where that would take too long. */
static gboolean
measure (LkVideoDecoder *self, gint64 from, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + MAX_MEASURE;
  g_autoptr (GError) cause = NULL;
  gint64 end = 0;

  self->info.duration = 0;
  self->start = from;
  self->jumped = TRUE;
  if (jump (self, from, deadline, cancellable, &cause))
    while (advance (self, deadline, cancellable, &cause) && self->pending != NULL)
      {
        LkVideoPicture *picture = take (self);

        end = picture->time + picture->duration;
        lk_video_picture_free (picture);
      }
  /* One that breaks off is as long as what is there. */
  if (g_get_monotonic_time () < deadline)
    self->info.duration = end;

  self->start = 0;
  self->jumped = TRUE;
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && jump (self, 0, g_get_monotonic_time () + MAX_WAIT, cancellable, error);
}

/**
 * lk_video_sniff:
 * @start: the first bytes of a file, some tens
 *
 * Returns: (nullable): the media type of the video container that they begin, or NULL
 */
const char *
lk_video_sniff (const guint8 *start, gsize length)
{
  if (length >= 4 && memcmp (start, "\x1a\x45\xdf\xa3", 4) == 0)
    return memmem (start, length, "webm", 4) != NULL ? "video/webm" : "video/x-matroska";
  if (length >= 12 && memcmp (start, "RIFF", 4) == 0 && memcmp (start + 8, "AVI ", 4) == 0)
    return "video/x-msvideo";
  if (!starts_with_box (start, length))
    return NULL;
  if (memcmp (start + 4, "ftyp", 4) == 0 && memcmp (start + 8, "qt  ", 4) != 0)
    return "video/mp4";

  return "video/quicktime";
}

/**
 * lk_video_decoder_open:
 * @source: (transfer none): the open file; outlives the decoder
 * @type: what lk_video_sniff() said
 *
 * Opens the first video stream and decodes its first frame, unless lk_video_read_header() has done
 * so. Blocks for some tens of milliseconds, for 8 s at most; any thread.
 *
 * Returns: (transfer full) (nullable): the decoder, or NULL with LK_MEDIA_ERROR_NO_VIDEO,
 * _UNSUPPORTED, _MALFORMED, _TOO_MANY_PIXELS, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkVideoDecoder *
lk_video_decoder_open (LkSource *source,
                       const char *type,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (LkVideoDecoder) self = lk_source_steal_kept (source);
  LkVideoPipeline *pipeline;
  GError *cause = NULL;

  if (self != NULL)
    return g_steal_pointer (&self);

  pipeline = lk_video_pipeline_new (source, type, error);
  if (pipeline == NULL)
    return NULL;

  self = g_new0 (LkVideoDecoder, 1);
  self->pipeline = pipeline;
  self->stop = NO_STOP;
  if (read_first (self, cancellable, &cause)
      && (says_duration (source, type, cancellable)
          || measure (self, MAX (self->info.duration - 1, 0), cancellable, &cause)))
    return g_steal_pointer (&self);

  if (cause != NULL)
    g_propagate_error (error, cause);
  else
    refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video has no frame");

  return NULL;
}

void
lk_video_decoder_close (LkVideoDecoder *self)
{
  lk_video_pipeline_free (self->pipeline);
  g_clear_pointer (&self->pending, lk_video_picture_free);
  g_clear_pointer (&self->following, lk_video_picture_free);
  g_free (self);
}

const LkVideoInfo *
lk_video_decoder_get_info (LkVideoDecoder *self)
{
  return &self->info;
}

static gboolean
is_near (LkVideoDecoder *self, gint64 start)
{
  gint64 near = MIN (JUMP + self->group / 2, MAX_NEAR);

  /* before what was asked for last, frames may have been left out */
  return !self->key_only && self->pending != NULL && start >= self->start
         && start >= self->pending->time && start - self->pending->time <= near;
}

/**
 * lk_video_decoder_seek:
 * @start: of what is wanted, in µs from the first frame
 * @stop: its end, in µs; no frame from there on is given. -1: to the end
 * @how: to the frame, or only to its key frame
 *
 * Decoding goes on from where it is where that is near, and jumps otherwise. Past the end of the
 * video is its last frame. Blocks, for 8 s at most.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
gboolean
lk_video_decoder_seek (LkVideoDecoder *self,
                       gint64 start,
                       gint64 stop,
                       LkVideoSeek how,
                       GCancellable *cancellable,
                       GError **error)
{
  gboolean goes_on = how == LK_VIDEO_SEEK_EXACT && is_near (self, start);

  self->start = start;
  self->stop = stop >= 0 ? stop : NO_STOP;
  if (goes_on)
    {
      self->hurries = TRUE;
      hurry (self);
      return TRUE;
    }

  self->key_only = how == LK_VIDEO_SEEK_KEY;
  self->jumped = TRUE;
  self->hurries = !self->key_only;

  return jump (self, self->start, g_get_monotonic_time () + MAX_WAIT, cancellable, error);
}

/**
 * lk_video_decoder_next:
 *
 * Blocks until the next frame is decoded, for 8 s at most.
 *
 * Returns: (transfer full) (nullable): the frame; NULL at the end; or NULL with the errors of
 * lk_video_decoder_open()
 */
LkVideoPicture *
lk_video_decoder_next (LkVideoDecoder *self, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + MAX_WAIT;

  while (advance (self, deadline, cancellable, error))
    {
      /* of a key frame the time is before what was asked for */
      if (self->pending == NULL || (!self->key_only && self->pending->time >= self->stop))
        return NULL;
      if (self->key_only || is_shown_at_start (self))
        return take (self);
      if (self->following == NULL)
        {
          if (!look_again (self, deadline, cancellable, error))
            return NULL;
          continue;
        }

      lk_video_picture_free (take (self));
    }

  return NULL;
}

void
lk_video_picture_free (LkVideoPicture *self)
{
  g_clear_pointer (&self->buffer, gst_buffer_unref);
  g_free (self);
}
