/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-writer.h"

#include "lk-media-error.h"
#include "lk-webp-run.h"

/* libwebpmux's encoder goes on one thread, and what it makes of a frame depends on that frame and
 * on the one before, as both came in. So the frames are cut into runs that are encoded side by
 * side, each by an encoder that was also given the last frame of the run before. What it made of
 * that one is thrown away: the bytes are those that one encoder would have made, almost to the
 * last. */

/* Frames of a run: each costs another encoding of the frame before, the fastest that there is. */
#define RUN_LENGTH 8
/* More encoders at once take more memory than is good. */
#define MAX_RUNS 4
/* How libwebp searches: 0 (fast) to 6 (small). */
#define METHOD 4
/* RIFF header, VP8X and ANIM, in bytes; and the header of an ANMF chunk, less the RIFF header that
 * each frame brings along (WebP Container Specification). */
#define FILE_OVERHEAD 44
#define FRAME_OVERHEAD (24 - 12)

struct _LkWebpWriter
{
  LkWebpSettings settings;
  guint loops;
  guint max_runs;
  GCancellable *cancellable;
  GQueue runs;       /* of LkWebpRun, the oldest first; only the newest takes frames */
  guint run_length;  /* frames of the newest */
  LkFrame *held;     /* the last that was added: the next may take its place */
  gint64 held_time;  /* in ms */
  LkFrame *previous; /* the last that a run was given */
  gint64 skipped;    /* ms that no file could hold */

  WebPMux *mux;
  WebPMuxFrameInfo pending; /* the last frame of the runs that are done */
  gboolean has_pending;
  guint frames;
  gsize bytes;
  gint64 written; /* in ms */
};

/**
 * lk_webp_writer_new:
 * @width: of a frame in px
 * @height: in px
 * @quality: 0 to 100, as libwebp counts it
 * @loops: how often it runs, 0 for ever
 * @cancellable: (nullable): for all of it
 *
 * Returns: (transfer full): a file without frames
 */
LkWebpWriter *
lk_webp_writer_new (guint width, guint height, int quality, guint loops, GCancellable *cancellable)
{
  LkWebpWriter *self;

  g_return_val_if_fail (width > 0 && height > 0 && quality >= 0 && quality <= 100, NULL);

  self = g_new0 (LkWebpWriter, 1);
  self->settings = (LkWebpSettings){
    .width = width,
    .height = height,
    .quality = quality,
    .method = METHOD,
  };
  self->loops = loops;
  /* One more than there are processors: the oldest is waited for while the others go on. */
  self->max_runs = MIN (g_get_num_processors () + 1, MAX_RUNS);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_queue_init (&self->runs);
  self->mux = WebPMuxNew ();
  self->bytes = FILE_OVERHEAD;

  return self;
}

/**
 * lk_webp_writer_free:
 *
 * Waits for the frames that are being encoded, not for those behind them: some tens of
 * milliseconds.
 */
void
lk_webp_writer_free (LkWebpWriter *self)
{
  g_queue_clear_full (&self->runs, (GDestroyNotify)lk_webp_run_free);
  g_clear_pointer (&self->held, lk_frame_unref);
  g_clear_pointer (&self->previous, lk_frame_unref);
  WebPDataClear (&self->pending.bitstream);
  WebPMuxDelete (self->mux);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "libwebp could not %s", what);

  return FALSE;
}

/* What is pending goes into the file. */
static gboolean
settle (LkWebpWriter *self, GError **error)
{
  gboolean pushed;

  if (!self->has_pending)
    return TRUE;

  self->bytes += self->pending.bitstream.size + FRAME_OVERHEAD;
  self->frames++;
  pushed = WebPMuxPushFrame (self->mux, &self->pending, 1) == WEBP_MUX_OK;
  WebPDataClear (&self->pending.bitstream);
  self->has_pending = FALSE;

  return pushed || fail ("take a frame into the file", error);
}

static void
prolong_pending (LkWebpWriter *self, gint64 by)
{
  self->pending.duration = (int)MIN (self->pending.duration + by, LK_WEBP_MAX_DURATION);
}

/* The next run begins on an empty canvas: its encoder found that shorter to describe than what
 * changed, for the frame before that it had. What is pending has to leave such a canvas behind, so
 * it becomes the whole picture. */
static gboolean
replace_pending (LkWebpWriter *self, LkFrame *frame, GError **error)
{
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter memory;
  gboolean encoded;

  if (!lk_webp_settings_apply (&self->settings, &config))
    return fail ("start", error);

  WebPMemoryWriterInit (&memory);
  encoded = lk_webp_import (&picture, frame);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &memory;
  encoded = encoded && WebPEncode (&config, &picture);
  WebPPictureFree (&picture);
  if (!encoded)
    {
      WebPMemoryWriterClear (&memory);
      return fail ("encode a frame", error);
    }

  WebPDataClear (&self->pending.bitstream);
  self->pending.bitstream = (WebPData){ .bytes = memory.mem, .size = memory.size };
  self->pending.x_offset = 0;
  self->pending.y_offset = 0;
  self->pending.dispose_method = WEBP_MUX_DISPOSE_BACKGROUND;
  self->pending.blend_method = WEBP_MUX_NO_BLEND;

  return TRUE;
}

/* What a run made of the frame before it tells how the two meet. */
static gboolean
join (LkWebpWriter *self, LkWebpRun *run, const WebPMuxFrameInfo *before, GError **error)
{
  /* Nothing changed in all of it: that makes a still. */
  gboolean moves = before->id == WEBP_CHUNK_ANMF;

  prolong_pending (self,
                   moves ? before->duration - LK_WEBP_RUN_BEFORE : lk_webp_run_get_duration (run));

  return !moves || before->dispose_method == WEBP_MUX_DISPOSE_NONE
         || replace_pending (self, lk_webp_run_get_before (run), error);
}

static gboolean
take_frame (LkWebpWriter *self,
            LkWebpRun *run,
            guint number,
            WebPMuxFrameInfo *frame,
            GError **error)
{
  if (number == 1 && lk_webp_run_get_before (run) != NULL)
    return join (self, run, frame, error);
  if (!settle (self, error))
    return FALSE;

  if (frame->id != WEBP_CHUNK_ANMF)
    {
      frame->id = WEBP_CHUNK_ANMF;
      frame->duration = (int)MIN (lk_webp_run_get_duration (run), LK_WEBP_MAX_DURATION);
    }
  self->pending = *frame;
  WebPDataInit (&frame->bitstream);
  self->has_pending = TRUE;

  return TRUE;
}

static gboolean
take_frames (LkWebpWriter *self, LkWebpRun *run, WebPMux *mux, GError **error)
{
  WebPMuxFrameInfo frame;
  gboolean taken = TRUE;

  for (guint i = 1; taken && WebPMuxGetFrame (mux, i, &frame) == WEBP_MUX_OK; i++)
    {
      taken = take_frame (self, run, i, &frame, error);
      WebPDataClear (&frame.bitstream);
    }

  return taken && (self->has_pending || fail ("read its own file", error));
}

/* Waits for the oldest run. */
static gboolean
collect (LkWebpWriter *self, GError **error)
{
  g_autoptr (LkWebpRun) run = g_queue_pop_head (&self->runs);
  WebPMux *mux;
  WebPData data;
  gboolean taken;

  if (!lk_webp_run_wait (run, &data, error))
    return FALSE;

  mux = WebPMuxCreate (&data, 0);
  taken = mux != NULL ? take_frames (self, run, mux, error) : fail ("read its own file", error);
  WebPMuxDelete (mux);
  WebPDataClear (&data);
  self->written += lk_webp_run_get_duration (run);

  return taken;
}

static gboolean
begin_run (LkWebpWriter *self, gint64 time, GError **error)
{
  LkWebpRun *newest = g_queue_peek_tail (&self->runs);

  if (newest != NULL)
    lk_webp_run_end (newest, time);
  while (self->runs.length >= self->max_runs
         || (self->runs.length > 0 && lk_webp_run_is_done (g_queue_peek_head (&self->runs))))
    if (!collect (self, error))
      return FALSE;

  g_queue_push_tail (&self->runs,
                     lk_webp_run_new (&self->settings, self->previous, time, self->cancellable));
  self->run_length = 0;

  return TRUE;
}

/* Gives what is held to the encoders. */
static gboolean
release (LkWebpWriter *self, GError **error)
{
  if ((self->previous == NULL || self->run_length >= RUN_LENGTH)
      && !begin_run (self, self->held_time, error))
    return FALSE;

  lk_webp_run_push (g_queue_peek_tail (&self->runs), self->held, self->held_time);
  self->run_length++;
  g_clear_pointer (&self->previous, lk_frame_unref);
  self->previous = g_steal_pointer (&self->held);

  return TRUE;
}

/* In whole ms, and never so long after the last that the file could not say it. */
static gint64
to_ms (LkWebpWriter *self, gint64 time)
{
  gint64 ms = (time + 500) / 1000 - self->skipped;
  gint64 over = ms - self->held_time - LK_WEBP_MAX_DURATION;

  if (self->held == NULL || over <= 0)
    return ms;

  self->skipped += over;

  return ms - over;
}

/**
 * lk_webp_writer_add:
 * @frame: as wide and high as the others
 * @time: when it is shown, in µs; the first at 0, and not before the one that was added last. The
 * file counts in ms: of several in one ms the last is shown
 *
 * Waits while the encoders have enough to do.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_NO_MEMORY or G_IO_ERROR_CANCELLED
 */
gboolean
lk_webp_writer_add (LkWebpWriter *self, LkFrame *frame, gint64 time, GError **error)
{
  gint64 ms = to_ms (self, time);

  g_return_val_if_fail (lk_frame_get_width (frame) == self->settings.width
                            && lk_frame_get_height (frame) == self->settings.height,
                        FALSE);
  g_return_val_if_fail (ms >= self->held_time, FALSE);

  if (self->held != NULL && ms > self->held_time && !release (self, error))
    return FALSE;

  g_clear_pointer (&self->held, lk_frame_unref);
  self->held = lk_frame_ref (frame);
  self->held_time = ms;

  return TRUE;
}

/**
 * lk_webp_writer_get_written:
 * @bytes: (out): what the frames that are done take in the file
 *
 * Returns: how much time those frames cover, in µs
 */
gint64
lk_webp_writer_get_written (LkWebpWriter *self, gsize *bytes)
{
  *bytes = self->bytes;

  return self->written * 1000;
}

static GBytes *
assemble (LkWebpWriter *self, GError **error)
{
  const WebPMuxAnimParams params = { .bgcolor = 0, .loop_count = (int)self->loops };
  WebPData data;

  WebPDataInit (&data);
  if (WebPMuxSetCanvasSize (self->mux, (int)self->settings.width, (int)self->settings.height)
          != WEBP_MUX_OK
      || WebPMuxSetAnimationParams (self->mux, &params) != WEBP_MUX_OK
      || WebPMuxAssemble (self->mux, &data) != WEBP_MUX_OK)
    {
      WebPDataClear (&data);
      fail ("put the file together", error);
      return NULL;
    }

  return g_bytes_new_with_free_func (data.bytes, data.size, WebPFree, (gpointer)data.bytes);
}

/**
 * lk_webp_writer_finish:
 * @end: of the last frame, in µs
 * @frames: (out): how many the file has, those left out that change nothing; one makes a still
 *
 * Once, after one frame at least.
 *
 * Returns: (transfer full) (nullable): the file, or NULL with LK_MEDIA_ERROR_NO_MEMORY or
 * G_IO_ERROR_CANCELLED
 */
GBytes *
lk_webp_writer_finish (LkWebpWriter *self, gint64 end, guint *frames, GError **error)
{
  gint64 ms = MAX (to_ms (self, end), self->held_time + 1);

  g_return_val_if_fail (self->held != NULL, NULL);

  if (!release (self, error))
    return NULL;

  lk_webp_run_end (g_queue_peek_tail (&self->runs), ms);
  while (self->runs.length > 0)
    if (!collect (self, error))
      return NULL;
  if (!settle (self, error))
    return NULL;

  *frames = self->frames;

  return assemble (self, error);
}
