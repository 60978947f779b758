/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gst/video/video.h>
#include <math.h>
#include <string.h>
#include "lk-gst.h"
#include "lk-media-error.h"
#include "lk-mp4-boxes.h"
#include "lk-mp4-writer.h"
#include "lk-planes.h"
#include "lk-rate-search.h"
#include "lk-test-picture.h"
#include "lk-test-video.h"
#include "lk-window-scaler.h"

/* The parts of which a clip is made: planes cut and scaled, the encoder, the file, and the search
 * for what fits. */

#define SIZE 96u
#define FRAMES 40u

/* Frame n is 16 + 5 n. */
static GstBuffer *
make_gray (guint n)
{
  GstBuffer *buffer;
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, SIZE, SIZE);
  buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, (guint8)(16 + 5 * n), SIZE * SIZE);
  gst_buffer_memset (buffer, SIZE * SIZE, 128, info.size - SIZE * SIZE);

  return buffer;
}

static LkMp4Writer *
open_writer (const char *encoder)
{
  const LkH264Settings settings
      = { .size = SIZE, .rate_n = 25, .rate_d = 1, .rate_factor = 18.5, .bit_rate = 500000 };
  g_autoptr (GError) error = NULL;
  LkMp4Writer *writer = lk_mp4_writer_new (encoder, &settings, &error);

  g_assert_no_error (error);

  return writer;
}

/* Every fifth frame is shown for twice as long. */
static gint64
time_of (guint n)
{
  return (gint64)(n + n / 5) * 40000;
}

static GBytes *
write_grays (const char *encoder)
{
  g_autoptr (LkMp4Writer) writer = open_writer (encoder);
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;
  GBytes *file;
  guint frames;
  gsize bytes;

  for (guint i = 0; i < FRAMES; i++)
    {
      gboolean pushed = lk_mp4_writer_push (writer, make_gray (i), time_of (i),
                                            time_of (i + 1) - time_of (i), NULL, &error);

      g_assert_no_error (error);
      g_assert_true (pushed);
    }
  g_assert_true (lk_mp4_writer_end (writer, &error));
  while (!ended)
    g_assert_true (lk_mp4_writer_wait (writer, &ended, NULL, &error));

  lk_mp4_writer_get_output (writer, &frames, &bytes);
  file = lk_mp4_writer_steal (writer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (frames, ==, FRAMES);
  g_assert_cmpuint (bytes, <, g_bytes_get_size (file));

  return file;
}

static char *
probe (const char *path, const char *entries)
{
  g_autoptr (GBytes) text = lk_test_video_run (
      "ffprobe -v error -show_entries %s -of default=nk=1:nw=1 '%s'", entries, path);

  return g_strdelimit (g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text)), "\n",
                       ' ');
}

static void
assert_file (const char *path, const char *profile)
{
  g_autofree char *streams = probe (path, "format=nb_streams");
  g_autofree char *format = probe (path, "stream=codec_name,profile,width,height,pix_fmt,"
                                         "color_range,color_space,color_transfer,color_primaries,"
                                         "nb_frames");
  g_autofree char *expected = g_strdup_printf ("h264 %s %u %u yuv420p tv bt709 bt709 bt709 %u ",
                                               profile, SIZE, SIZE, FRAMES);
  g_autofree char *duration = probe (path, "format=duration");

  g_assert_cmpstr (streams, ==, "1 ");
  g_assert_cmpstr (format, ==, expected);
  /* The muxer ends with the frame that is decoded last, which need not be the one shown last. */
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (duration, NULL),
                                  (double)time_of (FRAMES) / G_USEC_PER_SEC, 0.0401);
}

static void
test_writer (gconstpointer data)
{
  const char *encoder = data;
  g_autofree char *path = lk_test_path ("written.mp4");
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GBytes) planes = NULL;
  g_autoptr (GArray) times = NULL;
  g_autoptr (GstElementFactory) factory = NULL;
  const guint8 *bytes;

  g_assert_true (lk_gst_init (NULL));
  factory = gst_element_factory_find (encoder);
  if (factory == NULL)
    {
      g_test_skip ("not installed");
      return;
    }

  file = write_grays (encoder);
  bytes = g_bytes_get_data (file, NULL);
  g_assert_cmpmem (bytes + 4, 4, "ftyp", 4);
  g_assert_cmpmem (bytes + GUINT32_FROM_BE (*(const guint32 *)(const void *)bytes) + 4, 4, "moov",
                   4);

  g_assert_true (
      g_file_set_contents (path, (const char *)bytes, (gssize)g_bytes_get_size (file), NULL));
  assert_file (path, g_str_equal (encoder, "x264enc") ? "High" : "Constrained Baseline");

  times = lk_test_video_times (path);
  planes = lk_test_video_run (
      "ffmpeg -nostdin -v error -i '%s' -vsync 0 -vf crop=8:8 -f rawvideo -pix_fmt yuv420p pipe:",
      path);
  bytes = g_bytes_get_data (planes, NULL);
  g_assert_cmpuint (times->len, ==, FRAMES);
  g_assert_cmpuint (g_bytes_get_size (planes), ==, FRAMES * 96);
  for (guint i = 0; i < FRAMES; i++)
    {
      g_assert_cmpint (ABS (g_array_index (times, gint64, i) - time_of (i)), <=, 500);
      g_assert_cmpint (ABS (bytes[i * 96] - (int)(16 + 5 * i)), <=, 2);
    }
}

/* A writer that is let go of with frames in it, and one without any. */
static void
test_writer_dropped (void)
{
  LkMp4Writer *writer;
  g_autoptr (GError) error = NULL;

  g_assert_true (lk_gst_init (NULL));
  if (lk_h264_encoder_find () == NULL)
    {
      g_test_skip ("no encoder is installed");
      return;
    }

  lk_mp4_writer_free (open_writer (lk_h264_encoder_find ()));
  writer = open_writer (lk_h264_encoder_find ());
  for (guint i = 0; i < 10; i++)
    g_assert_true (lk_mp4_writer_push (writer, make_gray (i), time_of (i), 40000, NULL, &error));
  lk_mp4_writer_free (writer);
}

static void
append_box (GByteArray *array, const char *type, const void *body, gsize length)
{
  guint32 size = GUINT32_TO_BE ((guint32)(8 + length));

  g_byte_array_append (array, (const guint8 *)&size, 4);
  g_byte_array_append (array, (const guint8 *)type, 4);
  g_byte_array_append (array, body, (guint)length);
}

static GByteArray *
wrap (GByteArray *inner, const char *type)
{
  GByteArray *outer = g_byte_array_new ();

  append_box (outer, type, inner->data, inner->len);
  g_byte_array_unref (inner);

  return outer;
}

/* What is wrong with a file. */
typedef struct
{
  guint32 n;       /* of the table of chunks */
  guint32 offset;  /* the first of them */
  guint32 version; /* of the movie's header */
  guint32 n_edits; /* in the edit list */
  guint32 timescale;
} Header;

static const Header right = { 1, 12 + 8 + 8, 0, 1, 1000 };

/* A file as a muxer leaves it, with header and frames the wrong way round. */
static GBytes *
make_file (const Header *header)
{
  const guint32 chunks[] = { 0, GUINT32_TO_BE (header->n), GUINT32_TO_BE (header->offset) };
  const guint32 movie[]
      = { GUINT32_TO_BE (header->version), 0, 0, GUINT32_TO_BE (header->timescale), 1 };
  const guint32 track[] = { 0, 0, 0, 0, 0, 1 };
  const guint32 edits[] = { 0, GUINT32_TO_BE (header->n_edits), 1, 0, 0 };
  GByteArray *file = g_byte_array_new ();
  g_autoptr (GByteArray) moov = g_byte_array_new ();
  g_autoptr (GByteArray) trak = g_byte_array_new ();
  g_autoptr (GByteArray) edts = g_byte_array_new ();
  g_autoptr (GByteArray) mdia = g_byte_array_new ();

  append_box (mdia, "stco", chunks, sizeof chunks);
  mdia = wrap (wrap (wrap (mdia, "stbl"), "minf"), "mdia");
  append_box (edts, "elst", edits, sizeof edits);
  append_box (trak, "tkhd", track, sizeof track);
  append_box (trak, "edts", edts->data, edts->len);
  g_byte_array_append (trak, mdia->data, mdia->len);
  append_box (moov, "mvhd", movie, sizeof movie);
  append_box (moov, "trak", trak->data, trak->len);

  append_box (file, "ftyp", "isom", 4);
  append_box (file, "free", "", 0);
  append_box (file, "mdat", "the frames", 10);
  append_box (file, "moov", moov->data, moov->len);

  return g_byte_array_free_to_bytes (file);
}

static guint32
number_at (const guint8 *data, gsize at)
{
  guint32 number;

  memcpy (&number, data + at, sizeof number);

  return GUINT32_FROM_BE (number);
}

static void
test_boxes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = make_file (&right);
  g_autoptr (GBytes) moved = lk_mp4_finish (file, 2 * GST_SECOND, &error);
  const gsize movie = 12 + 8 + 8, track = movie + 20 + 8 + 8, edit = track + 24 + 8 + 8;
  const gsize chunks = edit + 20 + 4 * 8;
  gsize length;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (moved, &length);
  g_assert_cmpuint (length, ==, g_bytes_get_size (file) - 8);
  g_assert_cmpmem (data + 16, 4, "moov", 4);
  g_assert_cmpuint (number_at (data, movie + 16), ==, 2000);
  g_assert_cmpuint (number_at (data, track + 20), ==, 2000);
  g_assert_cmpuint (number_at (data, edit + 8), ==, 2000);
  g_assert_cmpmem (data + number_at (data, chunks + 8), 10, "the frames", 10);
}

static void
test_boxes_broken (void)
{
  g_autoptr (GBytes) file = make_file (&right);
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);
  const Header wrong[] = { { 0, 28, 0, 1, 1000 },           { 2, 28, 0, 1, 1000 },
                           { G_MAXUINT32, 28, 0, 1, 1000 }, { 1, G_MAXUINT32, 0, 1, 1000 },
                           { 1, 28, 1 << 24, 1, 1000 },     { 1, 28, 0, 0, 1000 },
                           { 1, 28, 0, 2, 1000 },           { 1, 28, 0, 1, G_MAXUINT32 } };

  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, cut);
      g_autoptr (GBytes) part = g_bytes_new (copy, cut);
      g_autoptr (GError) error = NULL;

      g_assert_null (lk_mp4_finish (part, 2 * GST_SECOND, &error));
      g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GBytes) other = make_file (&wrong[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (lk_mp4_finish (other, 2 * GST_SECOND, &error));
      g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
    }
}

/* A source that takes so many bytes at a rate factor of 23, all frames and 800 px; @halves is by
 * how much the factor has to grow there for half of them, and @bend how that grows with each 1
 * (measured were 2 and 0.15 for noise, 4 and 0.06 for what a hand films, 5.4 and 0.045 for a
 * cartoon film, 5.6 and −0.03 for a tree in the wind); @early is how many its first frames take of
 * the mean, the last ones make up for it. */
typedef struct
{
  double bytes;
  double halves;
  double bend;
  double early;
} Model;

static double
get_bytes (const Model *model, const LkRateChoice *choice)
{
  double octaves;

  if (choice->rate_factor < 0)
    return choice->bit_rate * 10 / 8. * model->bytes;

  octaves = log1p (model->bend * (choice->rate_factor - 23)) / (model->bend * model->halves);

  return model->bytes * exp2 (-octaves) * pow (choice->size / 800., 1.6)
         * (choice->divisor == 2 ? 0.7 : 1);
}

/* Plays passes of 300 frames; the cost is how much of a whole one they took. */
static LkRateAnswer
play (LkRateSearch *search, const Model *model, double *cost, double *taken)
{
  LkRateAnswer answer = LK_RATE_AGAIN;

  *cost = 0;
  *taken = 0;
  for (guint passes = 0; answer == LK_RATE_AGAIN; passes++)
    {
      double bytes = get_bytes (model, &search->choice);
      guint n = 300 / search->choice.divisor;
      guint i;

      g_assert_cmpuint (passes, <, 16);
      for (i = 1; i < n; i++)
        {
          double part = (double)i / n;
          double sum = bytes * part * (model->early + (1 - model->early) * part);

          if (lk_rate_search_watch (search, i, n, (gsize)sum))
            break;
        }
      *cost += (double)i / n;
      answer = lk_rate_search_note (search, i < n ? 0 : (gsize)bytes);
      if (i == n && bytes <= (double)search->budget)
        *taken = bytes;
    }

  return answer;
}

static void
test_search (void)
{
  const struct
  {
    Model model;
    double most_cost;
    double least_part;
    LkRateAnswer answer;
  } cases[] = {
    { { 100e3, 5, 0.05, 1 }, 1, 0, LK_RATE_TAKE },      /* fits at once */
    { { 2.0e6, 5, 0.05, 1 }, 1, 0.9, LK_RATE_TAKE },    /* just fits */
    { { 2.2e6, 5, 0.05, 1 }, 1.7, 0.9, LK_RATE_TAKE },  /* a little too much */
    { { 4e6, 4, 0.06, 1 }, 1.2, 0.9, LK_RATE_TAKE },    /* half of it: as usual */
    { { 4e6, 5.4, 0.045, 1 }, 1.2, 0.9, LK_RATE_TAKE }, /* a film */
    { { 4.8e6, 2, 0.15, 1 }, 1.2, 0.8, LK_RATE_TAKE },  /* noise */
    { { 4e6, 5.6, -0.03, 1 }, 1.3, 0.9, LK_RATE_TAKE }, /* bent the other way */
    { { 4e6, 8, 0.03, 1 }, 1.4, 0.9, LK_RATE_TAKE },    /* drawings */
    { { 4e6, 5, 0.05, 1.5 }, 2.1, 0.85, LK_RATE_TAKE }, /* its start is worse than the rest */
    { { 4e6, 5, 0.05, 0.6 }, 3.1, 0.85, LK_RATE_TAKE }, /* better */
    { { 30e6, 5, 0.05, 1 }, 3, 0.9, LK_RATE_TAKE },     /* fewer frames, or smaller ones */
    { { 3000e6, 5, 0.05, 1 }, 1, 0, LK_RATE_GIVE_UP },  /* nothing helps */
  };
  const gsize budget = 2 * 1024 * 1024;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (LkRateSearch) search = { 0 };
      double cost;
      double taken;
      LkRateAnswer answer;

      lk_rate_search_init (&search, budget, 800, 30, 10 * G_USEC_PER_SEC, TRUE);
      answer = play (&search, &cases[i].model, &cost, &taken);
      g_test_message ("case %u: cost %.2f, %.2f of the budget, factor %.1f, 1 of %u frames, %u px",
                      i, cost, taken / (double)budget, search.choice.rate_factor,
                      search.choice.divisor, search.choice.size);
      g_assert_cmpint (answer, ==, cases[i].answer);
      g_assert_cmpfloat (cost, <=, cases[i].most_cost + 0.001);
      g_assert_cmpfloat (taken, >=, cases[i].least_part * (double)budget);
      g_assert_cmpfloat (taken, <=, (double)budget);
    }
}

/* A start that promises a multiple of what the whole takes costs no frames and no px. */
static void
test_search_misled (void)
{
  const Model model = { 17e6, 2, 0.15, 2 };
  g_auto (LkRateSearch) search = { 0 };
  double cost;
  double taken;

  lk_rate_search_init (&search, 2 * 1024 * 1024, 800, 30, 10 * G_USEC_PER_SEC, TRUE);
  g_assert_cmpint (play (&search, &model, &cost, &taken), ==, LK_RATE_TAKE);
  g_test_message ("cost %.2f, %.0f bytes, factor %.1f, 1 of %u frames, %u px", cost, taken,
                  search.choice.rate_factor, search.choice.divisor, search.choice.size);
  g_assert_cmpuint (search.choice.divisor, ==, 1);
  g_assert_cmpuint (search.choice.size, ==, 800);
  g_assert_cmpfloat (cost, <=, 2.5);
}

/* An encoder that takes bit rates: one that holds them, one that takes more, and one that never
 * gets there. */
static void
test_search_by_bit_rate (void)
{
  const struct
  {
    double takes;
    LkRateAnswer answer;
    double least_part;
  } cases[] = { { 0.99, LK_RATE_TAKE, 0.9 },
                { 1.3, LK_RATE_TAKE, 0.9 },
                { 0.2, LK_RATE_TAKE, 0.1 },
                { 100, LK_RATE_GIVE_UP, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Model model = { .bytes = cases[i].takes, .early = 1 };
      g_auto (LkRateSearch) search = { 0 };
      double cost;
      double taken;

      lk_rate_search_init (&search, 1000000, 800, 30, 10 * G_USEC_PER_SEC, FALSE);
      g_assert_cmpint (play (&search, &model, &cost, &taken), ==, cases[i].answer);
      g_assert_cmpfloat (taken, >=, cases[i].least_part * 1000000);
    }
}

static double
reference_weight (double x)
{
  const double a = -0.6;

  x = fabs (x);
  if (x < 1)
    return (a + 2) * x * x * x - (a + 3) * x * x + 1;

  return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
}

/* One px of a result by the definition of the filter, without any of what makes it fast. */
static double
reference_at (const guint8 *source,
              guint stride,
              guint step,
              LkPlaneWindow window,
              guint size,
              guint x,
              guint y)
{
  double across = window.width / size;
  double down = window.height / size;
  double centre_x = window.x + (x + 0.5) * across;
  double centre_y = window.y + (y + 0.5) * down;
  double sum = 0;
  double weights = 0;

  for (int v = (int)floor (window.y + 1e-6); v < (int)ceil (window.y + window.height - 1e-6); v++)
    for (int u = (int)floor (window.x + 1e-6); u < (int)ceil (window.x + window.width - 1e-6); u++)
      {
        double weight = reference_weight ((u + 0.5 - centre_x) / MAX (across, 1))
                        * reference_weight ((v + 0.5 - centre_y) / MAX (down, 1));

        sum += weight * source[(guint)v * stride + (guint)u * step];
        weights += weight;
      }

  return CLAMP (sum / weights, 0, 255);
}

static void
test_scaler (void)
{
  const struct
  {
    LkPlaneWindow window;
    guint step;
    guint size;
  } cases[] = { { { 0, 0, 90, 90 }, 1, 90 },    { { 7, 3, 60, 60 }, 1, 60 },
                { { 0, 0, 90, 90 }, 1, 40 },    { { 13.3, 4.7, 70.2, 70.2 }, 1, 33 },
                { { 30, 0, 90, 60 }, 1, 50 },   { { 20.25, 10.5, 64, 64 }, 2, 24 },
                { { 56, 6, 84, 84 }, 1, 10 },   { { 100, 50, 40, 40 }, 1, 40 },
                { { 1.5, 1.5, 30, 30 }, 1, 31 } };
  const guint width = 140;
  const guint height = 90;
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autofree guint8 *source = g_malloc (width * 2 * height);

  for (guint i = 0; i < width * 2 * height; i++)
    source[i] = (guint8)(i / 280 % 30 < 15 ? (guint)g_rand_int_range (random, 0, 256) : i * 7);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint size = cases[i].size;
      guint stride = width * cases[i].step;
      g_autoptr (LkWindowScaler) scaler
          = lk_window_scaler_new (cases[i].window, width, height, cases[i].step, size, size);
      g_autofree guint8 *out = g_malloc (size * size);
      /* not one byte more than there is: the sanitizers see the rest */
      g_autofree guint8 *exact = g_memdup2 (source, stride * height);

      lk_window_scaler_run (scaler, exact, stride, out, size);
      for (guint y = 0; y < size; y++)
        for (guint x = 0; x < size; x++)
          {
            double expected
                = reference_at (source, stride, cases[i].step, cases[i].window, size, x, y);

            if (fabs (out[y * size + x] - expected) > 1.5)
              g_error ("case %u at %u, %u: %u is not %.2f", i, x, y, out[y * size + x], expected);
          }
    }
}

/* Colours of BT.601, limited and full, become what ffmpeg's matrices say they are in BT.709. */
static void
test_map (void)
{
  const guint8 colors[][3] = { { 255, 0, 0 }, { 0, 255, 0 },     { 0, 0, 255 },   { 255, 255, 255 },
                               { 0, 0, 0 },   { 128, 128, 128 }, { 200, 120, 90 } };

  for (guint full = 0; full < 2; full++)
    for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
      {
        double r = colors[i][0] / 255.;
        double g = colors[i][1] / 255.;
        double b = colors[i][2] / 255.;
        double y = 0.299 * r + 0.587 * g + 0.114 * b;
        guint8 luma[4];
        guint8 u = (guint8)lround (128 + (b - y) / 1.772 * (full ? 255 : 224));
        guint8 v = (guint8)lround (128 + (r - y) / 1.402 * (full ? 255 : 224));
        LkPlanes planes
            = { .data = { luma, &u, &v }, .stride = { 2, 1, 1 }, .width = 2, .height = 2 };
        LkPlanesMap map = lk_planes_map_new (0.299, 0.114, full, NULL);
        double codes[3];

        if (full && (colors[i][0] == 255 || colors[i][2] == 255) && colors[i][1] == 0)
          continue; /* 0.5 is past the last code there */
        memset (luma, (int)lround (full ? y * 255 : 16 + y * 219), sizeof luma);
        g_assert_false (lk_planes_map_is_identity (&map));
        lk_planes_map_apply (&map, &planes);
        lk_planes_code (r, g, b, &codes[0], &codes[1], &codes[2]);
        g_assert_cmpfloat_with_epsilon (luma[0], codes[0], 1.6);
        g_assert_cmpint (luma[0], ==, luma[3]);
        g_assert_cmpfloat_with_epsilon (u, codes[1], 1.6);
        g_assert_cmpfloat_with_epsilon (v, codes[2], 1.6);
      }

  {
    LkPlanesMap same = lk_planes_map_new (0.2126, 0.0722, FALSE, NULL);

    g_assert_true (lk_planes_map_is_identity (&same));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_data_func ("/mp4/writer/x264", "x264enc", test_writer);
  g_test_add_data_func ("/mp4/writer/openh264", "openh264enc", test_writer);
  g_test_add_data_func ("/mp4/writer/va", "vah264enc", test_writer);
  g_test_add_func ("/mp4/writer/dropped", test_writer_dropped);
  g_test_add_func ("/mp4/boxes", test_boxes);
  g_test_add_func ("/mp4/boxes/broken", test_boxes_broken);
  g_test_add_func ("/mp4/search", test_search);
  g_test_add_func ("/mp4/search/misled", test_search_misled);
  g_test_add_func ("/mp4/search/bit-rate", test_search_by_bit_rate);
  g_test_add_func ("/mp4/scaler", test_scaler);
  g_test_add_func ("/mp4/map", test_map);

  return g_test_run ();
}
