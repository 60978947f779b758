/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clip-frames.h"

#include <math.h>
#include "lk-clip-stage.h"
#include "lk-media-error.h"
#include "lk-picture.h"

/* A clip that runs back keeps what it showed on the way there, as the small planes that are sent:
 * half of ten seconds at 30 frames a second and 800 px are 144 MB at most. Decoding backwards from
 * key frame to key frame would keep a whole group of the source's large frames, which is more. A
 * clip that only runs forwards keeps its start: whoever looks for a quality begins anew after a few
 * frames, which need not be decoded again then. */

/* How many: what waits for x264 and what it has looked at (lk-h264-encoder.c) when it has encoded
 * the first 11 of 300 frames. */
#define START_FRAMES 32

/* The most frames a second that are sent; what has more is halved, and so on. A rate is an average
 * and may be a little off. */
#define MAX_RATE 30.5
/* Where the rate is not known frames are let pass that are at least so far apart, in µs. */
#define MIN_GAP (G_USEC_PER_SEC / 31)
/* Where the average is slow enough single frames may still be closer, but not than this. */
#define CLOSEST_GAP (G_USEC_PER_SEC / 63)
/* What H.264 takes of a processor in ns: for a bit of the source and a px of its frame, and for a
 * px of the square that is encoded. Measured on clips of 14 and 30 Mbit/s with 1080 lines, cut to
 * 640 and scaled to 800 px; of other codecs it is a guess. */
#define DECODE_BIT 12.5
#define DECODE_PIXEL 1
#define ENCODE_PIXEL 20
#define HEAVY_LOAD 1.05

struct _LkClipFrames
{
  LkVideoDecoder *decoder;
  LkRecipe *recipe;
  LkMotionEdits edits;
  gint64 stop;         /* of the part, in µs of the source; -1 where it is not cut */
  gint64 expected_end; /* of the part, in µs of the source, as far as the file says; 0: unknown */
  LkClipStage *stage;
  gboolean is_fresh; /* the decoder still stands where it was opened */
  gint64 gap;        /* the least time from one frame to the next, in µs of the clip */
  gint64 kept;       /* when the last frame that was let pass is shown */
  gint64 end;        /* of what was decoded, in µs of the clip */
  LkClipFrame *held; /* the next frame, whose end is not known yet */
  gboolean at_end;   /* nothing is left to be decoded */
  guint size;        /* of the frames, in px of the side */
  guint divisor;
  gboolean copies;
  gboolean keeps;   /* what it shows */
  GPtrArray *shown; /* (nullable): all frames until here, unless they are too many */
  guint given;      /* how many of @shown were given since the last start */
  gint64 turned;    /* when it turns round */
  guint back;       /* how many frames of @shown are left to go back over */
  LkVideoPicture *poster;
  gboolean has_poster;
};

static LkClipFrame *
frame_new (GstBuffer *buffer, gint64 time, gint64 duration)
{
  LkClipFrame *self = g_new (LkClipFrame, 1);

  self->buffer = gst_buffer_ref (buffer);
  self->time = time;
  self->duration = duration;

  return self;
}

void
lk_clip_frame_free (LkClipFrame *self)
{
  gst_clear_buffer (&self->buffer);
  g_free (self);
}

/* Frames of the clip a second if none were left out; 0 where the file does not say. */
static double
get_source_rate (LkClipFrames *self)
{
  const LkVideoInfo *info = lk_video_decoder_get_info (self->decoder);

  return info->rate_n > 0 ? (double)info->rate_n / info->rate_d * self->edits.speed : 0;
}

static double
get_rate (LkClipFrames *self, guint divisor)
{
  double rate = get_source_rate (self);

  /* Files have been seen to claim a rate of their clock. */
  if (rate <= 0 || rate > 1000)
    return 30. / divisor;
  while (rate > MAX_RATE)
    rate /= 2;

  return rate / divisor;
}

/* How long it takes to decode a frame of the source, of the time that it takes to encode what is
 * made of it, about. */
static double
get_load (LkClipFrames *self, LkSource *source, const LkHeader *header)
{
  double size = lk_clip_frames_get_size (self);
  double kept = get_rate (self, 1) / MAX (get_source_rate (self), get_rate (self, 1));
  double decode = DECODE_BIT * (double)lk_source_get_size (source) * 8 / MAX (header->frames, 1)
                  + DECODE_PIXEL * header->width * header->height;

  return decode / (ENCODE_PIXEL * size * size * kept * (self->edits.boomerang ? 2 : 1));
}

/* A decoder that has only half of the processors is waited for where it has more to do than the
 * encoder. */
static gboolean
choose_decoder (LkClipFrames *self,
                LkSource *source,
                const LkHeader *header,
                GCancellable *cancellable,
                GError **error)
{
  if (!lk_source_get_feeds_encoder (source) || get_load (self, source, header) < HEAVY_LOAD)
    return TRUE;

  lk_source_set_feeds_encoder (source, FALSE);
  g_clear_pointer (&self->decoder, lk_video_decoder_close);
  self->decoder = lk_video_decoder_open (source, header->type, cancellable, error);

  return self->decoder != NULL;
}

/* From µs of the source to µs of the clip. */
static gint64
to_clip (LkClipFrames *self, gint64 time)
{
  return (gint64)llround ((double)(time - self->edits.start) / self->edits.speed);
}

/* The file need not have said how long it is. */
static gboolean
too_long (LkClipFrames *self, GError **error)
{
  gint64 duration = lk_clip_frames_get_duration (self);
  g_autofree char *length = duration > LK_CLIP_MAX_DURATION
                                ? g_strdup_printf ("%.2f s", (double)duration / G_USEC_PER_SEC)
                                : g_strdup ("longer");

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CLIP_TOO_LONG,
               "A clip may last %d s, and this one would last %s: trim it, or let it run faster",
               (int)(LK_CLIP_MAX_DURATION / G_USEC_PER_SEC), length);
  return FALSE;
}

/* Where a file is longer than a clip may be, it may be its sound that is: then the frames decide,
 * once they are seen, unless even the last key frame comes too late. */
static gboolean
check_length (LkClipFrames *self, gint64 duration, GCancellable *cancellable, GError **error)
{
  gint64 longest = LK_CLIP_MAX_DURATION / (self->edits.boomerang ? 2 : 1);
  g_autoptr (LkVideoPicture) key = NULL;
  g_autoptr (GError) cause = NULL;

  if (lk_clip_frames_get_duration (self) <= LK_CLIP_MAX_DURATION)
    return TRUE;
  if (self->edits.duration > 0)
    return too_long (self, error);
  if (lk_clip_frames_get_duration (self) <= LK_CLIP_MAX_DURATION + G_USEC_PER_SEC)
    return TRUE;

  self->is_fresh = FALSE;
  if (lk_video_decoder_seek (self->decoder, duration - 1, -1, LK_VIDEO_SEEK_KEY, cancellable,
                             &cause))
    key = lk_video_decoder_next (self->decoder, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  return key == NULL || to_clip (self, key->time) < longest || too_long (self, error);
}

/**
 * lk_clip_frames_open:
 * @source: (transfer none): the open file; outlives the frames
 * @header: of a clip
 *
 * Returns: (transfer full) (nullable): the frames, or NULL with any LK_MEDIA_ERROR of a video,
 * LK_MEDIA_ERROR_CLIP_TOO_LONG, _INVALID_RECIPE (nothing is left of it) or G_IO_ERROR_CANCELLED
 */
LkClipFrames *
lk_clip_frames_open (LkSource *source,
                     const LkHeader *header,
                     LkRecipe *recipe,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (LkClipFrames) self = NULL;
  LkVideoDecoder *decoder = lk_video_decoder_open (source, header->type, cancellable, error);

  if (decoder == NULL)
    return NULL;

  self = g_new0 (LkClipFrames, 1);
  self->decoder = decoder;
  self->recipe = lk_recipe_ref (recipe);
  self->edits = lk_recipe_get_motion (recipe);
  self->stop = self->edits.duration > 0 ? self->edits.start + self->edits.duration : -1;
  self->is_fresh = TRUE;

  if (header->duration > 0 && self->edits.start >= header->duration)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE,
                           "The part that is kept begins after the end");
      return NULL;
    }
  self->expected_end = header->duration;
  if (self->stop >= 0 && (header->duration == 0 || self->stop < header->duration))
    self->expected_end = self->stop;
  if (!check_length (self, header->duration, cancellable, error)
      || !choose_decoder (self, source, header, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
reset (LkClipFrames *self)
{
  g_clear_pointer (&self->held, lk_clip_frame_free);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_pointer (&self->stage, lk_clip_stage_free);
  self->kept = G_MININT64 / 2;
  self->end = 0;
  self->at_end = FALSE;
  self->given = 0;
  self->back = 0;
}

void
lk_clip_frames_close (LkClipFrames *self)
{
  reset (self);
  g_clear_pointer (&self->poster, lk_video_picture_free);
  g_clear_pointer (&self->decoder, lk_video_decoder_close);
  lk_recipe_unref (self->recipe);
  g_free (self);
}

const LkVideoInfo *
lk_clip_frames_get_info (LkClipFrames *self)
{
  return lk_video_decoder_get_info (self->decoder);
}

/**
 * lk_clip_frames_get_duration:
 *
 * Returns: how long the clip is in µs, as far as the file says; 0 where it does not
 */
gint64
lk_clip_frames_get_duration (LkClipFrames *self)
{
  gint64 part = self->expected_end > 0 ? self->expected_end - self->edits.start : 0;

  return (gint64)((double)part / self->edits.speed * (self->edits.boomerang ? 2 : 1));
}

/**
 * lk_clip_frames_get_size:
 *
 * Returns: px of the side that the clip can have at most
 */
guint
lk_clip_frames_get_size (LkClipFrames *self)
{
  return lk_clip_stage_fit (lk_clip_frames_get_info (self), self->recipe, LK_CLIP_SIZE);
}

/**
 * lk_clip_frames_get_rate:
 * @divisor: 1, or one frame of how many is kept
 * @rate_n: (out): frames per @rate_d seconds, on average
 */
void
lk_clip_frames_get_rate (LkClipFrames *self, guint divisor, int *rate_n, int *rate_d)
{
  gst_util_double_to_fraction (get_rate (self, divisor), rate_n, rate_d);
}

static void
turn_round (LkClipFrames *self)
{
  self->at_end = TRUE;
  self->has_poster = TRUE;
  self->turned = self->end;
  self->back = self->edits.boomerang ? self->shown->len : 0;
}

/**
 * lk_clip_frames_start:
 * @size: px of the side, even
 * @divisor: 1, or one frame of how many is kept
 * @copies: whoever takes the frames is done with one when they have taken LK_CLIP_STAGE_RING − 1
 * more: its memory is used again
 * @again: whether it is likely that it is called again after a few frames, which are kept for that
 *
 * Goes to the clip's first frame; may be called again at any time.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
gboolean
lk_clip_frames_start (LkClipFrames *self,
                      guint size,
                      guint divisor,
                      gboolean copies,
                      gboolean again,
                      GCancellable *cancellable,
                      GError **error)
{
  double rate = get_source_rate (self);
  double slowed = get_rate (self, divisor);
  gboolean needs_seek = !self->is_fresh || self->edits.start > 0 || self->edits.duration > 0;
  gboolean is_kept
      = self->keeps && self->shown != NULL && self->size == size && self->divisor == divisor;

  self->copies = copies;
  self->keeps = again || self->edits.boomerang;
  if (is_kept)
    {
      self->given = 0;
      if (self->at_end)
        turn_round (self);
      return TRUE;
    }

  reset (self);
  self->size = size;
  self->divisor = divisor;
  self->stage = lk_clip_stage_new (lk_clip_frames_get_info (self), self->recipe, size);
  if (self->keeps)
    self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_clip_frame_free);

  if (rate <= 0 || rate > 1000)
    self->gap = MIN_GAP * divisor;
  else if (rate <= slowed * 1.01)
    self->gap = CLOSEST_GAP;
  else
    /* which frames fall out is not left to how the times were rounded */
    self->gap = (gint64)(G_USEC_PER_SEC / slowed - G_USEC_PER_SEC / rate / 2);

  self->is_fresh = FALSE;
  return !needs_seek
         || lk_video_decoder_seek (self->decoder, self->edits.start, self->stop,
                                   LK_VIDEO_SEEK_EXACT, cancellable, error);
}

static void
keep_poster (LkClipFrames *self, LkVideoPicture *picture)
{
  if (self->has_poster || (self->poster != NULL && self->edits.poster < picture->time))
    return;

  /* The last frame that begins no later than the poster's time; the first where none does. */
  g_clear_pointer (&self->poster, lk_video_picture_free);
  self->poster = g_memdup2 (picture, sizeof *picture);
  gst_buffer_ref (picture->buffer);
}

/* Where the clip ends if this is its last frame. */
static gint64
get_end (LkClipFrames *self, const LkVideoPicture *picture, gint64 longest)
{
  gint64 end = picture->time + picture->duration;

  if (self->stop >= 0)
    end = MIN (end, self->stop);
  /* A frame's time is rounded to µs, and its duration once more. */
  if (ABS (end - self->expected_end) < 1000)
    end = self->expected_end;

  /* 300 frames at 29.97 a second are ten seconds, if the last is a little shorter. */
  return MIN (to_clip (self, end), longest);
}

/* Decodes until a frame is let pass; NULL at the end. */
static LkClipFrame *
decode (LkClipFrames *self, GCancellable *cancellable, GError **error)
{
  gint64 longest = LK_CLIP_MAX_DURATION / (self->edits.boomerang ? 2 : 1);

  while (TRUE)
    {
      g_autoptr (LkVideoPicture) picture = NULL;
      g_autoptr (GstBuffer) buffer = NULL;
      gint64 time;

      picture = lk_video_decoder_next (self->decoder, cancellable, error);
      if (picture == NULL)
        return NULL;

      /* Where the part begins after all frames, since the sound goes on, the last one comes. */
      if (picture->time + picture->duration <= self->edits.start)
        continue;

      time = MAX (to_clip (self, picture->time), 0);
      self->end = get_end (self, picture, longest);
      keep_poster (self, picture);
      if (time >= longest)
        {
          too_long (self, error);
          return NULL;
        }
      if (time - self->kept < self->gap)
        continue;

      buffer
          = lk_clip_stage_apply (self->stage, picture, self->copies && self->shown == NULL, error);
      if (buffer == NULL)
        return NULL;

      self->kept = time;
      return frame_new (buffer, time, 0);
    }
}

/* The way back is the way there in a mirror: it ends with the frame that it began with. */
static LkClipFrame *
go_back (LkClipFrames *self)
{
  const LkClipFrame *frame;
  gint64 time;

  if (self->back == 0)
    return NULL;

  frame = g_ptr_array_index (self->shown, --self->back);
  time = self->turned;
  self->turned += frame->duration;

  return frame_new (frame->buffer, time, frame->duration);
}

static LkClipFrame *
give_again (LkClipFrames *self)
{
  const LkClipFrame *frame;

  if (!self->keeps)
    return g_ptr_array_steal_index (self->shown, 0);

  frame = g_ptr_array_index (self->shown, self->given++);

  return frame_new (frame->buffer, frame->time, frame->duration);
}

static void
keep (LkClipFrames *self, const LkClipFrame *frame)
{
  if (self->shown == NULL)
    return;

  if (!self->keeps || (self->shown->len >= START_FRAMES && !self->edits.boomerang))
    {
      g_clear_pointer (&self->shown, g_ptr_array_unref);
      return;
    }

  g_ptr_array_add (self->shown, frame_new (frame->buffer, frame->time, frame->duration));
  self->given++;
}

/**
 * lk_clip_frames_next:
 *
 * Blocks until the next frame is decoded.
 *
 * Returns: (transfer full) (nullable): the frame; NULL without an error at the end; NULL with an
 * LK_MEDIA_ERROR, LK_MEDIA_ERROR_CLIP_TOO_LONG among them, or G_IO_ERROR_CANCELLED
 */
LkClipFrame *
lk_clip_frames_next (LkClipFrames *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (LkClipFrame) next = NULL;
  LkClipFrame *frame;

  if (self->shown != NULL && self->given < self->shown->len)
    return give_again (self);
  if (self->at_end)
    return go_back (self);

  if (self->held == NULL)
    self->held = decode (self, cancellable, &cause);
  if (self->held != NULL)
    next = decode (self, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  if (self->held == NULL)
    {
      self->at_end = TRUE;
      return NULL;
    }

  frame = self->held;
  frame->duration = MAX ((next != NULL ? next->time : self->end) - frame->time, 1);
  self->held = g_steal_pointer (&next);
  keep (self, frame);
  if (self->held == NULL)
    turn_round (self);

  return frame;
}

/**
 * lk_clip_frames_steal_poster:
 *
 * Returns: (transfer full) (nullable): the frame that the recipe names as the poster, as far as
 * those that were decoded until now reach
 */
LkVideoPicture *
lk_clip_frames_steal_poster (LkClipFrames *self)
{
  return g_steal_pointer (&self->poster);
}
