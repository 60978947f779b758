/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-render-clip.h"

#include "lk-clip-flash.h"
#include "lk-media-error.h"
#include "lk-mp4-writer.h"
#include "lk-picture.h"
#include "lk-rate-search.h"

/* Decoder, this thread and the encoder work side by side: while the encoder has a frame and its
 * lookahead, the next is cut and scaled here, and the ones after that are being decoded. A pass
 * that will not fit is broken off as soon as that is sure, and the next one knows from it what it
 * needs: that costs less than first measuring the whole. */

/* How far all passes get together, and how much of what is left until there one of them may take:
 * there may always be one more, which then has something to report, too. */
#define ALMOST 0.98
#define SHARE 0.9
/* Where the best quality does not fit, so many passes are mostly broken off after a few frames. */
#define LIKELY_BROKEN 2
/* What is shorter than the clocks of players tell apart, in µs, is no clip. */
#define LEAST_DURATION 1000

typedef struct
{
  LkClipFrames *frames;
  const char *encoder;
  LkRateSearch search;
  LkMp4Writer *writer;
  LkFlash *flash;
  guint expected; /* frames of this pass */
  guint pushed;
  gint64 end; /* of the last frame that was pushed */
  LkRenderProgress progress;
  gpointer data;
  double done; /* what was last reported */
  double from; /* what had been reported when this pass began */
} Pass;

static void
report (Pass *self, guint encoded)
{
  double part = MIN ((self->pushed + encoded) / 2. / self->expected, 1);
  double done = self->from + (ALMOST - self->from) * SHARE * part;

  self->done = MAX (self->done, done);
  if (self->progress != NULL)
    self->progress (self->done, self->data);
}

/* Whether the pass is worth no more time, by what is encoded until now. */
static gboolean
is_hopeless (Pass *self)
{
  guint frames;
  gsize bytes;

  lk_mp4_writer_get_output (self->writer, &frames, &bytes);
  report (self, frames);

  return frames > 0 && lk_rate_search_watch (&self->search, frames, self->expected, bytes);
}

static LkH264Settings
get_settings (Pass *self)
{
  const LkRateChoice *choice = &self->search.choice;
  LkH264Settings settings
      = { .size = choice->size, .rate_factor = choice->rate_factor, .bit_rate = choice->bit_rate };

  lk_clip_frames_get_rate (self->frames, choice->divisor, &settings.rate_n, &settings.rate_d);

  return settings;
}

static gboolean
begin (Pass *self, GCancellable *cancellable, GError **error)
{
  LkH264Settings settings = get_settings (self);
  gboolean again = settings.rate_factor >= 0 && self->search.broken < LIKELY_BROKEN;
  gint64 duration = lk_clip_frames_get_duration (self->frames);

  if (duration <= 0 || duration > LK_CLIP_MAX_DURATION)
    duration = LK_CLIP_MAX_DURATION;
  self->expected = (guint)MAX (gst_util_uint64_scale ((guint64)duration, (guint64)settings.rate_n,
                                                      (guint64)settings.rate_d * G_USEC_PER_SEC),
                               1);
  self->pushed = 0;
  self->end = 0;
  self->from = self->done;
  g_clear_pointer (&self->flash, lk_flash_free);
  self->flash = lk_flash_new ();
  if (!lk_clip_frames_start (self->frames, settings.size, self->search.choice.divisor,
                             lk_h264_encoder_copies (self->encoder), again, cancellable, error))
    return FALSE;

  /* The decoder is at work while the encoder of the pass before ends: two of these would take twice
   * the memory. */
  if (self->writer != NULL)
    lk_mp4_writer_abandon (g_steal_pointer (&self->writer), cancellable);
  self->writer = lk_mp4_writer_new (self->encoder, &settings, error);

  return self->writer != NULL;
}

/* Pushes all frames, unless it is found out on the way that they will not fit. */
static gboolean
push_frames (Pass *self, gboolean *gives_up, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (LkClipFrame) frame = lk_clip_frames_next (self->frames, cancellable, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (frame == NULL)
        break;

      lk_clip_flash_add (self->flash, frame->buffer, self->search.choice.size, frame->time);
      if (!lk_mp4_writer_push (self->writer, g_steal_pointer (&frame->buffer), frame->time,
                               frame->duration, cancellable, error))
        return FALSE;
      self->pushed++;
      self->end = frame->time + frame->duration;

      *gives_up = is_hopeless (self);
      if (*gives_up)
        return TRUE;
    }

  if (self->end >= LEAST_DURATION)
    return TRUE;

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE,
                       self->pushed > 0 ? "The part that is kept is too short: keep more of it"
                                        : "The part that is kept has no frame: begin earlier");
  return FALSE;
}

/* Waits for what the encoder still has. */
static gboolean
drain (Pass *self, gboolean *gives_up, GCancellable *cancellable, GError **error)
{
  gboolean ended = FALSE;

  self->expected = self->pushed;
  if (!lk_mp4_writer_end (self->writer, error))
    return FALSE;

  while (!ended && !*gives_up)
    {
      if (!lk_mp4_writer_wait (self->writer, &ended, cancellable, error))
        return FALSE;
      *gives_up = is_hopeless (self) && !ended;
    }

  return TRUE;
}

/* One pass. @bytes becomes the file, or NULL where it was broken off. */
static gboolean
run_pass (Pass *self, GBytes **bytes, GCancellable *cancellable, GError **error)
{
  gboolean gives_up = FALSE;

  if (!begin (self, cancellable, error) || !push_frames (self, &gives_up, cancellable, error)
      || (!gives_up && !drain (self, &gives_up, cancellable, error)))
    return FALSE;
  if (gives_up)
    return TRUE;

  /* Another quality would not flash less; and players run a clip again and again. */
  lk_flash_end (self->flash, self->end, TRUE);
  if (!lk_flash_check (self->flash, error))
    return FALSE;

  *bytes = lk_mp4_writer_steal (self->writer, error);

  return *bytes != NULL;
}

static LkEncoded *
encoded_new (Pass *self, const LkRateChoice *choice, GBytes *bytes)
{
  LkEncoded *encoded = lk_encoded_new ("motion", "video/mp4", choice->size, choice->size, self->end,
                                       bytes, choice->rate_factor);

  lk_encoded_set_frames (encoded, self->pushed);

  return encoded;
}

static LkEncoded *
search (Pass *self, GCancellable *cancellable, GError **error)
{
  LkEncoded *fitting = NULL;
  LkRateAnswer answer = LK_RATE_AGAIN;

  while (answer == LK_RATE_AGAIN)
    {
      g_autoptr (GBytes) bytes = NULL;
      LkRateChoice choice = self->search.choice;

      if (!run_pass (self, &bytes, cancellable, error))
        {
          g_clear_pointer (&fitting, lk_encoded_free);
          return NULL;
        }

      answer = lk_rate_search_note (&self->search, bytes != NULL ? g_bytes_get_size (bytes) : 0);
      if (bytes != NULL && g_bytes_get_size (bytes) <= self->search.budget)
        {
          g_clear_pointer (&fitting, lk_encoded_free);
          fitting = encoded_new (self, &choice, bytes);
        }
    }

  if (fitting == NULL)
    g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET,
                 "The clip does not fit into %" G_GSIZE_FORMAT " bytes at any quality",
                 self->search.budget);

  return fitting;
}

/**
 * lk_render_clip:
 * @progress: (nullable) (scope call): is told how far it is, up to 0.98
 *
 * Encodes a clip so that it fits its budget. Blocks, for a few seconds; cancelled within some tens
 * of milliseconds.
 *
 * Returns: (transfer full) (nullable): the rendition “motion”, with what was chosen, or NULL with
 * LK_MEDIA_ERROR_NO_ENCODER, _CLIP_TOO_LONG, _FLASHING, _CANNOT_FIT_BUDGET, any LK_MEDIA_ERROR of a
 * video or G_IO_ERROR_CANCELLED
 */
LkEncoded *
lk_render_clip (LkClipFrames *frames,
                LkRenderProgress progress,
                gpointer data,
                GCancellable *cancellable,
                GError **error)
{
  Pass self = { .frames = frames, .progress = progress, .data = data };
  LkEncoded *encoded;
  int rate_n;
  int rate_d;

  self.encoder = lk_h264_encoder_find ();
  if (self.encoder == NULL)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_ENCODER,
                           "GStreamer has no encoder for H.264 here");
      return NULL;
    }

  lk_clip_frames_get_rate (frames, 1, &rate_n, &rate_d);
  lk_rate_search_init (&self.search, LK_MOTION_MAX_BYTES, lk_clip_frames_get_size (frames),
                       (double)rate_n / rate_d, lk_clip_frames_get_duration (frames),
                       lk_h264_encoder_has_rate_factor (self.encoder));
  encoded = search (&self, cancellable, error);
  lk_rate_search_clear (&self.search);
  g_clear_pointer (&self.writer, lk_mp4_writer_free);
  g_clear_pointer (&self.flash, lk_flash_free);

  return encoded;
}
