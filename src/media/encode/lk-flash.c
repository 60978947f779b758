/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-flash.h"

#include <string.h>
#include "lk-flash-cells.h"
#include "lk-media-error.h"

/* https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds: a flash is a pair of
 * opposing changes of relative luminance of 10 % of the maximum or more where the darker image is
 * below 0.80, or a pair of opposing transitions that involve a saturated red, where R/(R + G + B)
 * is 0.8 or more and (R − G − B) × 320 changes by more than 20 (as WCAG 2.0 and 2.1 have it). More
 * than three of them within one second fail, where together they take a quarter or more of what 10°
 * of view hold; that is taken to be the picture.
 *
 * The picture is cut into cells. For each cell a change is followed from peak to valley, so that a
 * fade over many frames counts as much as a cut. It fails
 * - where a quarter of the cells flash more than three times in the same second, whatever their
 *   phase, and what is around each of them does, too (else it is a fine pattern), or
 * - where the picture as a whole does: at one moment a quarter more of the cells become brighter
 *   than darker, at another the other way round, whichever cells these are.
 *
 * What is transparent may lie on anything: it is tried on white and on black. */

#define LUMINANCE_CHANGE 0.1f
#define LUMINANCE_DARKER 0.8f
#define RED_CHANGE 20.f
#define AREA 0.25
/* Four flashes are one too many; each is two transitions. */
#define TRANSITIONS 8
#define PERIOD G_USEC_PER_SEC
/* Frames of the first second that are kept, for what follows the end when it starts again. */
#define MAX_KEPT 128
/* A picture that is over at once is repeated no more often than that. */
#define MAX_REPLAYED 1000

/* Follows a value from peak to valley to peak. */
typedef struct
{
  gint8 direction; /* of the last transition, 0 before the first */
  guint8 next;     /* where in @times the next one goes: the oldest stands there */
  gboolean saturated[2];
  float low;  /* since the last transition */
  float high; /* likewise */
  gint64 times[TRANSITIONS];
} Track;

typedef enum
{
  LUMINANCE,
  RED,
  N_KINDS,
} Kind;

/* One background. */
typedef struct
{
  guint8 background;
  Track *own[N_KINDS];    /* of each cell */
  Track *around[N_KINDS]; /* likewise */
  Track whole[N_KINDS];
  LkFlashCell *cells;
  GPtrArray *kept; /* of LkFlashCell arrays: the first second */
} Layer;

struct _LkFlash
{
  guint n; /* cells to a row; 0 before the first frame */
  Layer layers[2];
  guint n_layers;
  GArray *kept_times; /* of gint64 */
  GArray *spans;      /* of LkSpan */
};

/**
 * lk_flash_new:
 *
 * Returns: (transfer full): a check that has seen nothing
 */
LkFlash *
lk_flash_new (void)
{
  LkFlash *self = g_new0 (LkFlash, 1);

  self->kept_times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->spans = g_array_new (FALSE, FALSE, sizeof (LkSpan));

  return self;
}

void
lk_flash_free (LkFlash *self)
{
  for (guint i = 0; i < self->n_layers; i++)
    {
      for (guint kind = 0; kind < N_KINDS; kind++)
        {
          g_free (self->layers[i].own[kind]);
          g_free (self->layers[i].around[kind]);
        }
      g_free (self->layers[i].cells);
      g_ptr_array_unref (self->layers[i].kept);
    }
  g_array_unref (self->kept_times);
  g_array_unref (self->spans);
  g_free (self);
}

static void
note_transition (Track *self, int direction, gint64 time)
{
  self->direction = (gint8)direction;
  self->times[self->next] = time;
  self->next = (self->next + 1) % TRANSITIONS;
}

/* Whether the last of them all lie within one second that ends at @time; then @span grows by what
 * they span. */
static gboolean
flashes (const Track *self, gint64 time, LkSpan *span)
{
  gint64 oldest = self->times[self->next];

  if (oldest == G_MININT64 || time - oldest >= PERIOD)
    return FALSE;

  span->start = MIN (span->start, oldest);
  span->end = MAX (span->end, self->times[(self->next + TRANSITIONS - 1) % TRANSITIONS]);

  return TRUE;
}

static float
get_value (const LkFlashLight *light, Kind kind)
{
  return kind == LUMINANCE ? light->luminance : light->red;
}

static void
track_start (Track *self, Kind kind, const LkFlashLight *light)
{
  self->low = self->high = get_value (light, kind);
  self->saturated[0] = self->saturated[1] = light->saturated;
  for (guint i = 0; i < TRANSITIONS; i++)
    self->times[i] = G_MININT64;
}

/* 1 or −1 where that makes a transition complete, else 0. */
static int
track_follow (Track *self, Kind kind, const LkFlashLight *light, gint64 time)
{
  float value = get_value (light, kind);
  gboolean saturated = light->saturated;
  float change = kind == LUMINANCE ? LUMINANCE_CHANGE : RED_CHANGE;
  gboolean rises = self->direction <= 0 && value - self->low >= change;
  gboolean falls = self->direction >= 0 && self->high - value >= change;

  if (kind == LUMINANCE)
    {
      rises = rises && self->low < LUMINANCE_DARKER;
      falls = falls && value < LUMINANCE_DARKER;
    }
  else
    {
      rises = rises && (saturated || self->saturated[0]) && value - self->low > change;
      falls = falls && (saturated || self->saturated[1]) && self->high - value > change;
    }

  if (rises || falls || value < self->low)
    {
      self->low = value;
      self->saturated[0] = saturated;
    }
  if (rises || falls || value > self->high)
    {
      self->high = value;
      self->saturated[1] = saturated;
    }
  if (!rises && !falls)
    return 0;

  note_transition (self, rises ? 1 : -1, time);

  return self->direction;
}

static void
layer_init (Layer *self, guint8 background, guint n_cells)
{
  const LkFlashLight nothing = { 0 };

  self->background = background;
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      self->own[kind] = g_new0 (Track, n_cells);
      self->around[kind] = g_new0 (Track, n_cells);
      track_start (&self->whole[kind], kind, &nothing);
    }
  self->cells = g_new0 (LkFlashCell, n_cells);
  self->kept = g_ptr_array_new_with_free_func (g_free);
}

/* Up to here nothing was transparent, and all backgrounds were alike. */
static void
layer_copy (Layer *self, const Layer *from, guint n_cells)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      memcpy (self->own[kind], from->own[kind], sizeof (Track) * n_cells);
      memcpy (self->around[kind], from->around[kind], sizeof (Track) * n_cells);
      self->whole[kind] = from->whole[kind];
    }
  for (guint i = 0; i < from->kept->len; i++)
    g_ptr_array_add (self->kept,
                     g_memdup2 (g_ptr_array_index (from->kept, i), sizeof (LkFlashCell) * n_cells));
}

static void
layer_start (Layer *self, guint n_cells)
{
  for (guint i = 0; i < n_cells; i++)
    for (guint kind = 0; kind < N_KINDS; kind++)
      {
        track_start (&self->own[kind][i], kind, &self->cells[i].own);
        track_start (&self->around[kind][i], kind, &self->cells[i].around);
      }
}

/* Whether it is too much now; then @span is where. */
static gboolean
follow_kind (Layer *self, Kind kind, guint n_cells, gint64 time, LkSpan *span)
{
  const LkSpan none = { .start = G_MAXINT64, .end = G_MININT64 };
  LkSpan cells = none;
  Track *whole = &self->whole[kind];
  int balance = 0;
  guint flashing = 0;

  for (guint i = 0; i < n_cells; i++)
    {
      const LkFlashCell *cell = &self->cells[i];
      Track *own = &self->own[kind][i];
      Track *around = &self->around[kind][i];

      balance += track_follow (own, kind, &cell->own, time);
      track_follow (around, kind, &cell->around, time);
      flashing += flashes (around, time, &cells) && flashes (own, time, &cells);
    }

  if (ABS (balance) >= n_cells * AREA && whole->direction != (balance > 0 ? 1 : -1))
    note_transition (whole, balance > 0 ? 1 : -1, time);

  *span = flashing >= n_cells * AREA ? cells : none;
  flashes (whole, time, span);

  return span->end > span->start;
}

/* Spans that meet or overlap become one. */
static void
note_span (LkFlash *self, LkSpan span)
{
  while (self->spans->len > 0)
    {
      LkSpan *last = &g_array_index (self->spans, LkSpan, self->spans->len - 1);

      if (last->end < span.start)
        break;
      span.start = MIN (span.start, last->start);
      span.end = MAX (span.end, last->end);
      g_array_set_size (self->spans, self->spans->len - 1);
    }

  g_array_append_val (self->spans, span);
}

static void
follow (LkFlash *self, gint64 time)
{
  guint n_cells = self->n * self->n;

  for (guint i = 0; i < self->n_layers; i++)
    for (guint kind = 0; kind < N_KINDS; kind++)
      {
        LkSpan span;

        if (follow_kind (&self->layers[i], kind, n_cells, time, &span))
          note_span (self, span);
      }
}

static void
keep (LkFlash *self, gint64 time)
{
  if (time >= PERIOD || self->kept_times->len >= MAX_KEPT)
    return;

  g_array_append_val (self->kept_times, time);
  for (guint i = 0; i < self->n_layers; i++)
    g_ptr_array_add (self->layers[i].kept,
                     g_memdup2 (self->layers[i].cells, sizeof (LkFlashCell) * self->n * self->n));
}

static void
add_layers (LkFlash *self, LkFrame *frame)
{
  if (self->n_layers == 0)
    {
      self->n = lk_flash_cells_count (frame);
      layer_init (&self->layers[0], 255, self->n * self->n);
      self->n_layers = 1;
    }
  if (self->n_layers == 1 && lk_frame_has_alpha (frame))
    {
      layer_init (&self->layers[1], 0, self->n * self->n);
      layer_copy (&self->layers[1], &self->layers[0], self->n * self->n);
      self->n_layers = 2;
    }
}

/**
 * lk_flash_add:
 * @frame: at least one px; all of one size
 * @time: when it is shown, in µs from 0 on, not before the one that was added last
 */
void
lk_flash_add (LkFlash *self, LkFrame *frame, gint64 time)
{
  gboolean first = self->n == 0;

  add_layers (self, frame);
  for (guint i = 0; i < self->n_layers; i++)
    {
      lk_flash_cells_measure (frame, self->layers[i].background, self->n, self->layers[i].cells);
      if (first)
        layer_start (&self->layers[i], self->n * self->n);
    }

  follow (self, time);
  keep (self, time);
}

/* One second more: the picture from its start, as often as it takes. */
static void
replay (LkFlash *self, gint64 end)
{
  guint n_kept = self->kept_times->len;

  for (guint i = 0; end > 0 && i < MAX_REPLAYED; i++)
    {
      gint64 round = end * (1 + i / n_kept);
      gint64 time = round + g_array_index (self->kept_times, gint64, i % n_kept);

      if (time >= end + PERIOD)
        break;
      for (guint j = 0; j < self->n_layers; j++)
        memcpy (self->layers[j].cells, g_ptr_array_index (self->layers[j].kept, i % n_kept),
                sizeof (LkFlashCell) * self->n * self->n);
      follow (self, time);
    }
}

/**
 * lk_flash_end:
 * @end: of the last frame, in µs
 * @loops: whether it then starts again
 */
void
lk_flash_end (LkFlash *self, gint64 end, gboolean loops)
{
  if (loops && self->n > 0)
    replay (self, end);

  for (guint i = 0; i < self->spans->len; i++)
    {
      LkSpan *span = &g_array_index (self->spans, LkSpan, i);

      span->start = MIN (span->start, end);
      span->end = MIN (span->end, end);
      /* Only what it shows again is left of it. */
      if (span->start == end && i > 0)
        g_array_set_size (self->spans, i);
      else if (span->start == end)
        span->start = 0;
    }
}

/**
 * lk_flash_get_spans:
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): where it flashes too often, in µs, in order
 */
const LkSpan *
lk_flash_get_spans (LkFlash *self, guint *n)
{
  *n = self->spans->len;

  return &g_array_index (self->spans, LkSpan, 0);
}

/**
 * lk_flash_check:
 *
 * Returns: TRUE where it may be shown to everybody, or FALSE with LK_MEDIA_ERROR_FLASHING, which
 * carries the spans
 */
gboolean
lk_flash_check (LkFlash *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GError *flashing;
  guint n;
  const LkSpan *spans = lk_flash_get_spans (self, &n);

  if (n == 0)
    return TRUE;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%.2f to %.2f s", i > 0 ? ", " : "",
                            (double)spans[i].start / G_USEC_PER_SEC,
                            (double)spans[i].end / G_USEC_PER_SEC);
  flashing = g_error_new (LK_MEDIA_ERROR, LK_MEDIA_ERROR_FLASHING,
                          "The picture flashes more than three times a second (WCAG 2.3.1): %s",
                          text->str);
  lk_media_error_set_spans (flashing, spans, n);
  g_propagate_error (error, flashing);

  return FALSE;
}
