/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-probe-file.h"
#include "lk-render.h"
#include "lk-still.h"
#include "lk-test-picture.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Seconds of the processor that one file may take; a wait that never ends is for the runner to
 * stop. */
#define SLOWEST 10

static double
get_processor_seconds (void)
{
  return (double)clock () / CLOCKS_PER_SEC;
}

typedef struct
{
  const char *type; /* for GdkPixbuf */
  const char *media_type;
} Format;

static const Format formats[] = {
  { "jpeg", "image/jpeg" }, { "png", "image/png" },       { "tiff", "image/tiff" },
  { "bmp", "image/bmp" },   { "ico", "image/x-icon" },    { "pnm", "image/x-portable-anymap" },
  { "tga", "image/x-tga" }, { "xpm", "image/x-xpixmap" },
};

static GFile *
file_new (const char *name)
{
  g_autofree char *path = lk_test_path (name);

  return g_file_new_for_path (path);
}

static GFile *
file_with (const char *name, const void *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  GFile *file = file_new (name);

  /* not synced: hundreds of these are written; and not cut to its new length by itself */
  g_unlink (g_file_peek_path (file));
  g_file_set_contents_full (g_file_peek_path (file), data, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                            0600, &error);
  g_assert_no_error (error);

  return file;
}

static GFile *
file_of_picture (const char *type, guint width, guint height)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (width, height, FALSE);
  GFile *file = file_new (type);

  lk_test_frame_save (frame, g_file_peek_path (file), type);

  return file;
}

/* All ways in refuse it, with the same code. */
static void
assert_refused (GFile *file, int code, gboolean by_probe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) load_error = NULL;
  g_autoptr (GError) render_error = NULL;
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  double start = get_processor_seconds ();

  if (by_probe)
    {
      g_assert_null (lk_probe_file (file, NULL, &error));
      g_assert_error (error, LK_MEDIA_ERROR, code);
    }
  g_assert_null (lk_still_load (file, 720, NULL, &load_error));
  g_assert_error (load_error, LK_MEDIA_ERROR, code);
  g_assert_null (lk_render (file, recipe, NULL, NULL, NULL, &render_error));
  g_assert_error (render_error, LK_MEDIA_ERROR, code);
  g_assert_cmpfloat (get_processor_seconds () - start, <, SLOWEST);
}

static void
test_formats (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = file_of_picture (formats[i].type, 240, 160);
      g_autoptr (LkProbe) probe = lk_probe_file (file, NULL, &error);
      g_autoptr (LkFrame) frame = NULL;

      g_assert_no_error (error);
      g_test_message ("%s", formats[i].type);
      g_assert_cmpstr (probe->type, ==, formats[i].media_type);
      g_assert_cmpuint (probe->width, ==, 240);
      g_assert_cmpuint (probe->height, ==, 160);
      g_assert_cmpint (probe->orientation, ==, 1);
      g_assert_cmpint (probe->kind, ==, LK_PICTURE_STILL);

      frame = lk_still_load (file, 160, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lk_frame_get_width (frame), ==, 240);
      lk_test_assert_near (frame, 239, 0, 255, 0, 110, 24);
      lk_test_assert_near (frame, 0, 159, 0, 255, 115, 24);
    }
}

/* The smallest scale that has the px that are asked for. */
static void
test_reduced (void)
{
  g_autoptr (GFile) jpeg = file_of_picture ("jpeg", 2000, 1600);
  g_autoptr (GFile) png = file_of_picture ("png", 2000, 1600);
  const struct
  {
    guint min_side;
    guint jpeg_height;
    guint png_height;
  } cases[] = {
    { 1, 200, 1 },     { 200, 200, 200 },   { 201, 400, 229 },
    { 720, 800, 800 }, { 801, 1600, 1600 }, { 4000, 1600, 1600 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFrame) from_jpeg = lk_still_load (jpeg, cases[i].min_side, NULL, &error);
      g_autoptr (LkFrame) from_png = lk_still_load (png, cases[i].min_side, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (lk_frame_get_height (from_jpeg), ==, cases[i].jpeg_height);
      g_assert_cmpuint (lk_frame_get_height (from_png), ==, cases[i].png_height);
    }
}

/* What the preview shows is what is sent. */
static void
test_preview_agrees (void)
{
  const char *const types[] = { "jpeg", "png" };
  const LkCrop crops[] = { { 0.5, 0.5, 1 }, { 0.3, 0.6, 0.7 }, { 0.81, 0.2, 0.5 } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (crops); j++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GFile) file = file_of_picture (types[i], 2400, 1600);
        g_autoptr (LkRecipe) plain = lk_recipe_new ();
        g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, crops[j]);
        g_autoptr (LkRecipe) recipe = lk_recipe_with_rotation (cropped, 90);
        g_autoptr (LkFrame) source = lk_still_load (file, 900, NULL, &error);
        g_autoptr (LkFrame) preview = lk_render_frame (source, recipe, 720, &error);
        g_autoptr (LkRendered) rendered = lk_render (file, recipe, NULL, NULL, NULL, &error);
        g_autoptr (GFile) sent = NULL;
        g_autoptr (LkFrame) photo = NULL;
        const LkEncoded *encoded;

        g_assert_no_error (error);
        encoded = lk_rendered_get (rendered, "photo");
        sent = file_with ("sent", g_bytes_get_data (encoded->bytes, NULL),
                          g_bytes_get_size (encoded->bytes));
        photo = lk_still_load (sent, 720, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (lk_frame_get_width (photo), ==, 720);
        for (guint y = 3; y < 720; y += 31)
          for (guint x = 3; x < 720; x += 31)
            {
              const guint8 *pixel = lk_test_frame_at (preview, x, y);

              lk_test_assert_near (photo, x, y, pixel[0], pixel[1], pixel[2], 12);
            }
      }
}

/* Never larger than the crop. */
static void
test_not_enlarged (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = file_of_picture ("png", 400, 300);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_crop (plain, (LkCrop){ 0.5, 0.5, 0.25 });
  g_autoptr (LkRendered) whole = lk_render (file, plain, NULL, NULL, NULL, &error);
  g_autoptr (LkRendered) part = lk_render (file, recipe, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (lk_rendered_get (whole, "photo")->rendition->width, ==, 300);
  g_assert_cmpuint (lk_rendered_get (whole, "thumbnail")->rendition->width, ==, 96);
  g_assert_cmpuint (lk_rendered_get (part, "photo")->rendition->width, ==, 75);
  g_assert_cmpuint (lk_rendered_get (part, "thumbnail")->rendition->width, ==, 75);
  g_assert_null (lk_rendered_get (part, "motion"));
}

/* Of one px, and of one row. */
static void
test_tiny (void)
{
  const guint sizes[][2] = { { 1, 1 }, { 3000, 1 }, { 1, 3000 }, { 2, 2 } };
  const char *const types[] = { "jpeg", "png" };

  for (guint i = 0; i < G_N_ELEMENTS (sizes) * 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = file_of_picture (types[i % 2], sizes[i / 2][0], sizes[i / 2][1]);
      g_autoptr (LkRecipe) plain = lk_recipe_new ();
      g_autoptr (LkRecipe) recipe = lk_recipe_with_crop (plain, (LkCrop){ 1, 1, 0.01 });
      g_autoptr (LkRendered) rendered = lk_render (file, recipe, NULL, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (lk_rendered_get (rendered, "photo")->rendition->width, ==, 1);
    }
}

static void
test_not_files (void)
{
  g_autoptr (GFile) missing = file_new ("missing");
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_user_data_dir ());
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (GFile) fifo = file_new ("fifo");
  g_autoptr (GFile) empty = file_with ("empty", "", 0);

  g_assert_cmpint (mkfifo (g_file_peek_path (fifo), 0600), ==, 0);
  assert_refused (missing, LK_MEDIA_ERROR_UNREADABLE, TRUE);
  assert_refused (folder, LK_MEDIA_ERROR_UNREADABLE, TRUE);
  assert_refused (device, LK_MEDIA_ERROR_UNREADABLE, TRUE);
  assert_refused (fifo, LK_MEDIA_ERROR_UNREADABLE, TRUE);
  assert_refused (empty, LK_MEDIA_ERROR_MALFORMED, TRUE);
  g_unlink (g_file_peek_path (fifo));

  if (geteuid () != 0)
    {
      g_autoptr (GFile) locked = file_with ("locked", "x", 1);

      g_chmod (g_file_peek_path (locked), 0);
      assert_refused (locked, LK_MEDIA_ERROR_UNREADABLE, TRUE);
    }
}

/* A file that says it is larger than a still may be, but takes no room on the disk. */
static void
test_too_many_bytes (void)
{
  g_autoptr (GFile) file = file_with ("large", "\xff\xd8\xff", 3);

  g_assert_cmpint (truncate (g_file_peek_path (file), LK_STILL_MAX_BYTES + 1), ==, 0);
  assert_refused (file, LK_MEDIA_ERROR_TOO_MANY_BYTES, TRUE);
  g_unlink (g_file_peek_path (file));
}

static void
test_not_pictures (void)
{
  const char *const texts[] = {
    "hello", "<html><body>", "%PDF-1.7 ", "PK\3\4", "icns\0\0\0\x10", "RIFF\x20\0\0\0ACONanih",
  };
  const guint8 video[] = "\0\0\0\x18"
                         "ftypisom\0\0\0\0isomiso2\0\0\0\x08mdat";
  g_autoptr (GFile) file = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GFile) text = file_with ("text", texts[i], strlen (texts[i]));

      g_test_message ("%s", texts[i]);
      assert_refused (text, LK_MEDIA_ERROR_UNSUPPORTED, TRUE);
    }

  file = file_with ("video", video, sizeof video - 1);
  assert_refused (file, LK_MEDIA_ERROR_MALFORMED, TRUE);
}

static void
put_32 (guint8 *to, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    to[i] = (guint8)(value >> (24 - 8 * i));
}

/* Headers that say 30,000 × 30,000 and stop: the limit speaks, not the memory. */
static void
test_too_many_pixels (void)
{
  guint8 png[]
      = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0IEND\0\0\0\0";
  guint8 jpeg[]
      = "\xff\xd8\xff\xc0\0\x0b\x08\x75\x30\x75\x30\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0";
  guint8 webp[] = "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x7f\0\xff\x7f\0";
  guint8 tiff[] = "MM\0*"
                  "\0\0\0\x08\0\x02\x01\0\0\x04\0\0\0\x01\0\0\x75\x30\x01\x01\0\x04\0\0\0\x01\0\0"
                  "\x75\x30\0\0\0\0";
  guint8 bmp[] = "BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x30\x75\0\0\x30\x75\0\0\x01\0\x18\0\0\0"
                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
  guint8 gif[] = "GIF89a\x30\x75\x30\x75\x80\0\0\0\0\0\xff\xff\xff,"
                 "\0\0\0\0\x30\x75\x30\x75\0\x02\x02\x44\x01\0;";
  guint8 avif[] = "\0\0\0\x14"
                  "ftypavif\0\0\0\0mif1"
                  "\0\0\0\x4e"
                  "meta\0\0\0\0\0\0\0\x0epitm\0\0\0\0\0\x01"
                  "\0\0\0\x34iprp\0\0\0\x1cipco\0\0\0\x14ispe\0\0\0\0\0\0\x75\x30\0\0\x75\x30"
                  "\0\0\0\x10ipma\0\0\0\0\0\0\0\0";
  guint8 tga[] = "\0\0\x02\0\0\0\0\0\0\0\0\0\x30\x75\x30\x75\x18\0";
  guint8 pnm[] = "P6\n# 1 1\n30000 30000\n255\n";
  guint8 xpm[] = "/* XPM */\nstatic char *x[] = { /* \"1 1 1 1\" */ \"30000 30000 1 1\"};";
  guint8 xbm[] = "#define a_width 30000\n#define a_height 30000\nstatic char a_bits[] = {";
  const struct
  {
    const char *name;
    const guint8 *data;
    gsize length;
  } cases[] = {
    { "tga", tga, sizeof tga - 1 },    { "pnm", pnm, sizeof pnm - 1 },
    { "xpm", xpm, sizeof xpm - 1 },    { "xbm", xbm, sizeof xbm - 1 },
    { "png", png, sizeof png - 1 },    { "jpeg", jpeg, sizeof jpeg - 1 },
    { "webp", webp, sizeof webp - 1 }, { "tiff", tiff, sizeof tiff - 1 },
    { "bmp", bmp, sizeof bmp - 1 },    { "gif", gif, sizeof gif - 1 },
    { "avif", avif, sizeof avif - 1 },
  };

  put_32 (png + 16, 30000);
  put_32 (png + 20, 30000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) file = file_with (cases[i].name, cases[i].data, cases[i].length);

      g_test_message ("%s", cases[i].name);
      assert_refused (file, LK_MEDIA_ERROR_TOO_MANY_PIXELS, TRUE);
    }
}

/* Headers of formats that are words, and that make no sense or hide a size that does not. */
static void
test_words (void)
{
  const char *const texts[] = {
    "P6",
    "P6\n# no end",
    "P6\n10",
    "P6\n10 x\n255\n",
    "P5\n-1 10\n255\n",
    "P3\n0 0\n255\n",
    "/* XPM */",
    "/* XPM */ { /* no end",
    "/* XPM */ { \"10 10 1\"",
    "/* XPM */ { \"10 10 1 1",
    "/* XPM */ { \"10 10 1 0\"",
    "/* XPM */ { \"10 10 1 32\"",
    "/* XPM */ { \"10 10 -1 1\"",
    "/* XPM */ { \"10000 10000 1 1\" };",
    "/* XPM */ { \"1 1 99999 1\" };",
    "#define a_width 10\n",
    "#define a_width 10\n#define a_height -10\nstatic char a_bits[] = {",
    "#define a_width 10\n#define a_height 10\nstatic char a_other[] = {",
    "#define a_width 10\n#define a_height 10\nstatic char a_bits[] = { 0x00",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GFile) file = file_with ("words", texts[i], strlen (texts[i]));

      g_test_message ("%s", texts[i]);
      assert_refused (file, LK_MEDIA_ERROR_MALFORMED, i < G_N_ELEMENTS (texts) - 1);
    }
}

/* Names of colours that all have one hash would make the loader look for minutes. */
static void
test_alike (void)
{
  g_autoptr (GString) text = g_string_new ("/* XPM */ { \"1000 1000 1000 8\"");
  g_autoptr (GFile) file = NULL;

  g_string_set_size (text, 9 * 1000 * 1000);
  memset (text->str + 32, ' ', text->len - 32);
  file = file_with ("alike", text->str, text->len);
  assert_refused (file, LK_MEDIA_ERROR_MALFORMED, TRUE);
}

/* A box of ISO/IEC 14496-12 that holds @body. */
static void
put_box (GByteArray *to, const char *type, const GByteArray *body)
{
  guint8 head[8];

  put_32 (head, 8 + body->len);
  memcpy (head + 4, type, 4);
  g_byte_array_append (to, head, sizeof head);
  g_byte_array_append (to, body->data, body->len);
}

/* A HEIC file without a picture, whose primary item has a profile of 3 MB, 255 · @n times. */
static GFile *
file_of_profiles (guint n)
{
  static const guint8 start[] = "\0\0\0\x18"
                                "ftypheic\0\0\0\0mif1heic";
  static const guint8 primary[] = "\0\0\0\0\0\0\0\x0epitm\0\0\0\0\0\1";
  static const guint8 size[] = "\0\0\0\x14ispe\0\0\0\0\0\0\0\x40\0\0\0\x40";
  g_autoptr (GByteArray) color = g_byte_array_new ();
  g_autoptr (GByteArray) properties = g_byte_array_new ();
  g_autoptr (GByteArray) associations = g_byte_array_new ();
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (GByteArray) meta = g_byte_array_new ();
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint8 entry[3 + 255] = { 0, 1, 255 };

  g_byte_array_append (color, (const guint8 *)"prof", 4);
  g_byte_array_set_size (color, 3 * 1000 * 1000);
  g_byte_array_append (properties, size, sizeof size - 1);
  put_box (properties, "colr", color);

  memset (entry + 3, 2, 255);
  entry[3] = 1;
  g_byte_array_set_size (associations, 8);
  memset (associations->data, 0, 8);
  put_32 (associations->data + 4, n);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (associations, entry, sizeof entry);

  put_box (both, "ipco", properties);
  put_box (both, "ipma", associations);
  g_byte_array_append (meta, primary, sizeof primary - 1);
  put_box (meta, "iprp", both);
  g_byte_array_append (whole, start, sizeof start - 1);
  put_box (whole, "meta", meta);

  return file_with ("profiles", whole->data, whole->len);
}

/* The profile is copied once: for each time that it is named would take minutes. */
static void
test_profiles (void)
{
  g_autoptr (GFile) file = file_of_profiles (3000);
  g_autoptr (GError) error = NULL;
  double start = get_processor_seconds ();
  g_autoptr (LkProbe) probe = lk_probe_file (file, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (probe->width, ==, 64);
  g_assert_true (probe->has_profile);
  g_assert_cmpfloat (get_processor_seconds () - start, <, SLOWEST);
}

/* Within the limits by its header, and nothing behind it. */
static void
test_promises (void)
{
  guint8 jpeg[] = "\xff\xd8\xff\xc0\0\x0b\x08\x27\x10\x27\x10\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0"
                  "\0\x3f\0\x12\x34";
  g_autoptr (GFile) file = file_with ("promise", jpeg, sizeof jpeg - 1);

  assert_refused (file, LK_MEDIA_ERROR_MALFORMED, FALSE);
}

/* The loaders of BMP and ICO allocate as far as the header says that the pixels are. */
static void
test_offsets (void)
{
  static const struct
  {
    const char *type;
    gsize at;
  } cases[] = { { "bmp", 10 }, { "bmp", 14 }, { "ico", 18 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) picture = file_of_picture (cases[i].type, 80, 60);
      g_autoptr (GFile) file = NULL;
      g_autofree char *data = NULL;
      gsize length;

      g_file_get_contents (g_file_peek_path (picture), &data, &length, &error);
      g_assert_no_error (error);
      memset (data + cases[i].at, 0xee, 4);
      file = file_with ("offset", data, length);
      assert_refused (file, LK_MEDIA_ERROR_MALFORMED, TRUE);
    }
}

/* An icon of one picture, 8×8 px: @offset says where its header stands, and it stands there. */
static GFile *
file_of_icon (gsize offset, guint32 width, guint16 depth, guint32 colors)
{
  const gsize length = offset + 40 + 4 * 256 + 8 * 8 * 4 + 8 * 4;
  g_autofree guint8 *data = g_malloc0 (length);
  const guint32 entry[] = { GUINT32_TO_LE (1000), GUINT32_TO_LE ((guint32)offset) };
  const guint32 info[] = { GUINT32_TO_LE (40), GUINT32_TO_LE (width), GUINT32_TO_LE (16),
                           GUINT32_TO_LE ((guint32)depth << 16 | 1) };

  data[2] = 1;
  data[4] = 1;
  data[6] = data[7] = 8;
  memcpy (data + 14, entry, sizeof entry);
  memcpy (data + offset, info, sizeof info);
  colors = GUINT32_TO_LE (colors);
  memcpy (data + offset + 32, &colors, sizeof colors);

  return file_with ("icon", data, length);
}

/* What the loader of icons would take at its word, to the end of the program or past its buffer. */
static void
test_icons (void)
{
  static const struct
  {
    gsize offset;
    guint32 width;
    guint16 depth;
    guint32 colors;
    gboolean good;
  } cases[] = {
    { 22, 8, 32, 0, TRUE },        { 22, 8, 8, 0, TRUE },        { 22, 8, 8, 5, TRUE },
    { 4000, 8, 8, 256, TRUE },     { 4000, 8, 24, 5, TRUE },     { 4000, 8, 8, 0, TRUE },
    { 22, 0x80000000u, 32, 0, 0 }, { 22, 0x7fffffff, 32, 0, 0 }, { 22, 8, 32, 0x9eff0000u, 0 },
    { 22, 8, 32, 0x1e9eff00, 0 },  { 22, 8, 8, 0xc0000001u, 0 }, { 4000, 8, 8, 5, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) file
          = file_of_icon (cases[i].offset, cases[i].width, cases[i].depth, cases[i].colors);
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFrame) frame = NULL;

      g_test_message ("%u", i);
      if (!cases[i].good)
        {
          assert_refused (file, LK_MEDIA_ERROR_MALFORMED, TRUE);
          continue;
        }

      frame = lk_still_load (file, 8, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lk_frame_get_width (frame), ==, 8);
      g_assert_cmpuint (lk_frame_get_height (frame), ==, 8);
    }
}

/* Refused or rendered, soon, and never a crash or a warning. */
static void
try_render (GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  double start = get_processor_seconds ();
  g_autoptr (LkRendered) rendered = lk_render (file, recipe, NULL, NULL, NULL, &error);

  g_assert_true ((rendered != NULL) == (error == NULL));
  if (error != NULL)
    g_assert_cmpuint (error->domain, ==, LK_MEDIA_ERROR);
  g_assert_cmpfloat (get_processor_seconds () - start, <, SLOWEST);
}

static void
test_truncated (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = file_of_picture (formats[i].type, 160, 120);
      g_autofree char *data = NULL;
      gsize length;

      g_file_get_contents (g_file_peek_path (file), &data, &length, &error);
      g_assert_no_error (error);
      for (guint cut = 0; cut < 50; cut++)
        {
          g_autoptr (GFile) shorter = file_with ("truncated", data, length * cut / 50);

          try_render (shorter);
          if (i < 2) /* what a camera or a browser makes: half a picture is not sent */
            {
              g_autoptr (GError) refusal = NULL;

              g_assert_null (lk_still_load (shorter, 1, NULL, &refusal));
              g_assert_nonnull (refusal);
            }
        }
    }
}

static void
test_flipped (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = file_of_picture (formats[i].type, 80, 60);
      g_autofree char *data = NULL;
      gsize length;

      g_file_get_contents (g_file_peek_path (file), &data, &length, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < 150; j++)
        {
          g_autoptr (GFile) broken = NULL;
          g_autofree char *copy = g_memdup2 (data, length);

          /* headers are where it hurts */
          for (guint k = 0; k < 3; k++)
            copy[g_test_rand_int_range (0, (gint32)MIN (length, j % 2 == 0 ? 200 : length))]
                = (char)g_test_rand_int_range (0, 256);
          broken = file_with ("flipped", copy, length);
          try_render (broken);
        }
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) render_error = NULL;
  g_autoptr (GFile) file = file_of_picture ("png", 160, 120);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (lk_still_load (file, 100, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (lk_render (file, recipe, NULL, NULL, cancellable, &render_error));
  g_assert_error (render_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Cancelled in the middle, at a place that the progress tells. */
static void
on_progress (double fraction, gpointer data)
{
  if (fraction > 0)
    g_cancellable_cancel (data);
}

static void
test_cancelled_between (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = file_of_picture ("jpeg", 800, 600);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();

  g_assert_null (lk_render (file, recipe, on_progress, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/source/formats", test_formats);
  g_test_add_func ("/media/source/reduced", test_reduced);
  g_test_add_func ("/media/source/preview-agrees", test_preview_agrees);
  g_test_add_func ("/media/source/not-enlarged", test_not_enlarged);
  g_test_add_func ("/media/source/tiny", test_tiny);
  g_test_add_func ("/media/source/not-files", test_not_files);
  g_test_add_func ("/media/source/too-many-bytes", test_too_many_bytes);
  g_test_add_func ("/media/source/not-pictures", test_not_pictures);
  g_test_add_func ("/media/source/too-many-pixels", test_too_many_pixels);
  g_test_add_func ("/media/source/words", test_words);
  g_test_add_func ("/media/source/alike", test_alike);
  g_test_add_func ("/media/source/profiles", test_profiles);
  g_test_add_func ("/media/source/promises", test_promises);
  g_test_add_func ("/media/source/offsets", test_offsets);
  g_test_add_func ("/media/source/icons", test_icons);
  g_test_add_func ("/media/source/truncated", test_truncated);
  g_test_add_func ("/media/source/flipped", test_flipped);
  g_test_add_func ("/media/source/cancelled", test_cancelled);
  g_test_add_func ("/media/source/cancelled-between", test_cancelled_between);

  return g_test_run ();
}
