/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-jpeg-reader.h"
#include "lk-jpeg-writer.h"
#include "lk-media-error.h"
#include "lk-raw.h"
#include "lk-test-picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <jpeglib.h>

/* A window is the same px as that part of the whole, however the file is stored. */

#define WIDTH 403
#define HEIGHT 307
#define N_CROPS 199

typedef struct
{
  const char *name;
  int across; /* px of luma for one of chroma */
  int down;
  gboolean progressive;
} Storage;

static const Storage storages[] = {
  { "4:4:4", 1, 1, FALSE }, { "4:2:2", 2, 1, FALSE },        { "4:2:0", 2, 2, FALSE },
  { "4:4:0", 1, 2, FALSE }, { "4:1:1", 4, 1, FALSE },        { "4:2:0 in scans", 2, 2, TRUE },
  { "gray", 0, 0, FALSE },  { "gray in scans", 0, 0, TRUE },
};

/* Every px differs from its neighbours. */
static void
fill_row (guint8 *row, guint y, guint channels)
{
  for (guint i = 0; i < WIDTH * channels; i++)
    row[i] = (guint8)((i * 2654435761u + y * 40503u * (i % 7 + 1)) >> 13);
}

static GBytes *
encode (const Storage *storage)
{
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  guint channels = storage->across > 0 ? 3 : 1;
  guint8 row[WIDTH * 3];
  guint8 *data = NULL;
  unsigned long length = 0;

  info.err = jpeg_std_error (&errors);
  jpeg_create_compress (&info);
  jpeg_mem_dest (&info, &data, &length);
  info.image_width = WIDTH;
  info.image_height = HEIGHT;
  info.input_components = (int)channels;
  info.in_color_space = channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults (&info);
  if (channels == 3)
    {
      info.comp_info[0].h_samp_factor = storage->across;
      info.comp_info[0].v_samp_factor = storage->down;
    }
  if (storage->progressive)
    jpeg_simple_progression (&info);

  jpeg_start_compress (&info, TRUE);
  while (info.next_scanline < HEIGHT)
    {
      JSAMPROW rows = row;

      fill_row (row, info.next_scanline, channels);
      jpeg_write_scanlines (&info, &rows, 1);
    }
  jpeg_finish_compress (&info);
  jpeg_destroy_compress (&info);

  return g_bytes_new_with_free_func (data, length, free, data);
}

static LkRaw *
load (LkSource *source, const LkHeader *header, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  LkRaw *raw = lk_jpeg_load (source, header, request, NULL, &error);

  g_assert_no_error (error);

  return raw;
}

static void
assert_part (const LkRaw *part, const LkRaw *whole)
{
  guint x = (guint)(part->x * part->scale);
  guint y = (guint)(part->y * part->scale);
  guint width = lk_frame_get_width (part->frame);

  g_assert_cmpfloat (part->scale, ==, whole->scale);
  for (guint row = 0; row < lk_frame_get_height (part->frame); row++)
    g_assert_cmpmem (lk_test_frame_at (part->frame, 0, row), width * 4,
                     lk_test_frame_at (whole->frame, x, y + row), width * 4);
}

/* All over the picture, and so on each place of the grid that it is stored by. */
static LkCrop
get_crop (guint i)
{
  return (LkCrop){
    .x = (i + 0.5) / N_CROPS,
    .y = (i * 17 % N_CROPS + 0.5) / N_CROPS,
    .size = 0.04 + i % 5 * 0.1,
  };
}

static void
test_window (gconstpointer data)
{
  const Storage *storage = data;
  g_autoptr (GBytes) bytes = encode (storage);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = lk_test_path ("window.jpg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LkSource) source = NULL;
  g_autoptr (LkHeader) header = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  source = lk_source_open (file, NULL, &error);
  g_assert_no_error (error);
  header = lk_jpeg_read_header (source, NULL, &error);
  g_assert_no_error (error);

  for (guint denominator = 1; denominator <= 8; denominator *= 2)
    {
      const LkRequest everything = { .whole = TRUE, .min_side = HEIGHT / denominator };
      g_autoptr (LkRaw) whole = load (source, header, &everything);

      g_assert_cmpfloat (whole->scale, ==, 1. / denominator);
      for (guint i = 0; i < N_CROPS; i++)
        {
          LkCrop crop = get_crop (i);
          guint side = (guint)(crop.size * HEIGHT / denominator);
          const LkRequest request = { .crop = crop, .min_side = MAX (side, 1) };
          g_autoptr (LkRaw) part = load (source, header, &request);

          g_test_message ("1/%u, crop %u", denominator, i);
          if (part->scale == whole->scale)
            {
              g_assert_cmpuint (lk_frame_get_width (part->frame), <, WIDTH / denominator + 1);
              assert_part (part, whole);
            }
          else
            g_assert_cmpuint (side, <=, 1);
        }
    }
}

#define NOISE_SIDE 2000
#define MIB (1024 * 1024)
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

static LkFrame *
noise_new (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);
  guint32 *pixels = g_new (guint32, NOISE_SIDE * NOISE_SIDE);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < NOISE_SIDE * NOISE_SIDE; i++)
    pixels[i] = g_rand_int (rand);
  bytes = g_bytes_new_take (pixels, NOISE_SIDE * NOISE_SIDE * 4);

  return lk_frame_new (bytes, NOISE_SIDE, NOISE_SIDE, NOISE_SIDE * 4, FALSE);
}

/* What the process has of the memory that RLIMIT_DATA bounds, in bytes. */
static guint64
get_data_bytes (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmData:");
  g_assert_nonnull (line);

  return g_ascii_strtoull (line + strlen ("VmData:"), NULL, 10) * 1024;
}

/* Memory runs out at one place after the other, also where the file has grown already: that is
 * told, and nothing is freed twice. */
static void
test_no_memory (void)
{
  g_autoptr (LkFrame) frame = noise_new ();
  struct rlimit before;
  gboolean fits = FALSE;
  guint n_refused = 0;

  if (SANITIZED)
    {
      g_test_skip ("The sanitizer needs more memory than any limit that shows something");
      return;
    }
  g_assert_cmpint (getrlimit (RLIMIT_DATA, &before), ==, 0);
  for (guint more = 0; !fits; more++)
    {
      struct rlimit limit
          = { .rlim_cur = get_data_bytes () + more * MIB + MIB / 2, .rlim_max = before.rlim_max };
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      int quality;

      g_assert_cmpint (setrlimit (RLIMIT_DATA, &limit), ==, 0);
      bytes = lk_jpeg_encode (frame, G_MAXSIZE, &quality, &error);
      g_assert_cmpint (setrlimit (RLIMIT_DATA, &before), ==, 0);
      fits = bytes != NULL;
      if (!fits)
        {
          g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY);
          n_refused++;
        }
    }
  g_test_message ("%u refused", n_refused);
  g_assert_cmpuint (n_refused, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (storages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/media/jpeg/window/%s", storages[i].name);

      g_test_add_data_func (path, &storages[i], test_window);
    }
  g_test_add_func ("/media/jpeg/no-memory", test_no_memory);

  return g_test_run ();
}
