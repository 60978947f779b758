/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-flash.h"
#include "lk-media-error.h"

#include <math.h>

#define FRAME_TIME 20000

/* A colour, red << 16 | green << 8 | blue, at a moment; @side px wide. */
typedef guint32 (*Draw) (double seconds, guint x, guint y, guint side, gconstpointer data);

static LkFrame *
draw_frame (Draw draw, double seconds, guint side, gboolean has_alpha, gconstpointer data)
{
  guint8 *pixel = g_malloc ((gsize)side * side * 4);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixel, (gsize)side * side * 4);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++, pixel += 4)
      {
        guint32 color = draw (seconds, x, y, side, data);

        pixel[0] = color >> 16 & 0xff;
        pixel[1] = color >> 8 & 0xff;
        pixel[2] = color & 0xff;
        pixel[3] = has_alpha ? (guint8)(255 - (color >> 24)) : 255;
      }

  return lk_frame_new (bytes, side, side, (gsize)side * 4, has_alpha);
}

static LkFlash *
watch (Draw draw,
       guint side,
       gboolean has_alpha,
       gint64 duration,
       gboolean loops,
       gconstpointer data)
{
  LkFlash *flash = lk_flash_new ();

  for (gint64 time = 0; time < duration; time += FRAME_TIME)
    {
      g_autoptr (LkFrame) frame
          = draw_frame (draw, (double)time / G_USEC_PER_SEC, side, has_alpha, data);

      lk_flash_add (flash, frame, time);
    }
  lk_flash_end (flash, duration, loops);

  return flash;
}

static gboolean
fails_at (Draw draw, guint side, gconstpointer data)
{
  g_autoptr (LkFlash) flash = watch (draw, side, FALSE, 3 * G_USEC_PER_SEC, FALSE, data);

  return !lk_flash_check (flash, NULL);
}

static gboolean
fails (Draw draw, gconstpointer data)
{
  return fails_at (draw, 160, data);
}

/* sRGB of a relative luminance. */
static guint32
gray (double luminance)
{
  double value
      = luminance <= 0.0031308 ? luminance * 12.92 : 1.055 * pow (luminance, 1 / 2.4) - 0.055;

  return (guint32)lround (value * 255) * 0x010101;
}

/* A square wave between two colours, in the upper left part of the picture. */
typedef struct
{
  double hertz;
  guint32 on;
  guint32 off;
  double area;
} Strobe;

static guint32
draw_strobe (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  const Strobe *strobe = data;
  gboolean on = fmod (seconds * strobe->hertz + 1e-9, 1) < 0.5;

  return on && y < side * strobe->area ? strobe->on : strobe->off;
}

static void
test_rate (void)
{
  Strobe strobe = { .on = 0xffffff, .off = 0, .area = 1 };

  for (strobe.hertz = 1; strobe.hertz <= 3; strobe.hertz += 0.5)
    g_assert_false (fails (draw_strobe, &strobe));
  for (strobe.hertz = 4; strobe.hertz <= 25; strobe.hertz += 3)
    g_assert_true (fails (draw_strobe, &strobe));
}

/* 10 % of the maximum, with the darker image below 0.80. */
static void
test_luminance (void)
{
  const struct
  {
    double on;
    double off;
    gboolean fails;
  } cases[] = {
    { 0.56, 0.45, TRUE }, { 0.54, 0.46, FALSE }, { 0.11, 0, TRUE },     { 0.08, 0, FALSE },
    { 0.95, 0.78, TRUE }, { 0.95, 0.82, FALSE }, { 1.00, 0.81, FALSE }, { 1.00, 0.1, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Strobe strobe = { 5, gray (cases[i].on), gray (cases[i].off), 1 };

      g_assert_cmpint (fails (draw_strobe, &strobe), ==, cases[i].fails);
    }
}

static void
test_area (void)
{
  Strobe strobe = { .hertz = 5, .on = 0xffffff, .off = 0 };

  strobe.area = 0.22;
  g_assert_false (fails (draw_strobe, &strobe));
  g_assert_false (fails_at (draw_strobe, 480, &strobe));
  strobe.area = 0.28;
  g_assert_true (fails (draw_strobe, &strobe));
  g_assert_true (fails_at (draw_strobe, 480, &strobe));
}

/* Too little luminance changes for a general flash: only its colour is too much. */
static void
test_red (void)
{
  Strobe strobe = { .hertz = 5, .on = 0x8c0000, .off = 0, .area = 1 };

  g_assert_true (fails (draw_strobe, &strobe));

  strobe.hertz = 3;
  g_assert_false (fails (draw_strobe, &strobe));

  strobe.hertz = 5;
  strobe.area = 0.2;
  g_assert_false (fails (draw_strobe, &strobe));

  /* not saturated: R/(R + G + B) is 0.76 */
  strobe = (Strobe){ .hertz = 5, .on = 0x8c3b3b, .off = 0x103b3b, .area = 1 };
  g_assert_false (fails (draw_strobe, &strobe));

  /* saturated, but it changes by 16 of 320 only */
  strobe = (Strobe){ .hertz = 5, .on = 0x3f0000, .off = 0, .area = 1 };
  g_assert_false (fails (draw_strobe, &strobe));

  /* blue of the same luminance may */
  strobe = (Strobe){ .hertz = 5, .on = 0x0000ff, .off = 0, .area = 1 };
  g_assert_false (fails (draw_strobe, &strobe));
}

/* Brightness as a sine: a fade is a transition as well, however many frames it takes. */
static guint32
draw_fade (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  const double *hertz = data;

  return gray (0.5 + 0.4 * sin (2 * G_PI * *hertz * seconds));
}

static void
test_fade (void)
{
  const double rates[] = { 0.2, 1, 3, 4.2, 6 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    g_assert_cmpint (fails (draw_fade, &rates[i]), ==, rates[i] > 4);
}

/* Stripes that flash one after another: each for itself is small, and they are never all in step.
 */
static guint32
draw_out_of_phase (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  const double *hertz = data;

  return fmod (seconds * *hertz + (double)(x * 8 / side) / 8 + 1e-9, 1) < 0.5 ? 0xffffff : 0;
}

static void
test_out_of_phase (void)
{
  const double rates[] = { 3, 5 };

  g_assert_false (fails (draw_out_of_phase, &rates[0]));
  g_assert_true (fails (draw_out_of_phase, &rates[1]));
}

/* Each quarter in its turn is lit up: none of them flashes often, the picture does. */
static guint32
draw_hopping (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  guint number = (guint)(seconds * 5 + 1e-6);
  gboolean on = fmod (seconds * 5 + 1e-6, 1) < 0.5;
  guint quarter = x / ((side + 1) / 2) + 2 * (y / ((side + 1) / 2));

  return on && number % 4 == quarter ? 0xffffff : 0;
}

static void
test_hopping (void)
{
  g_assert_true (fails (draw_hopping, NULL));
}

/* Something bright that moves makes nothing flash. */
static guint32
draw_moving (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  double at = fabs (fmod (seconds, 2) - 1) * side / 2;

  return x >= at && x < at + side / 2.0 ? 0xffffff : 0;
}

static void
test_moving (void)
{
  g_assert_false (fails (draw_moving, NULL));
}

/* The definition exempts fine and balanced patterns: noise, and a checkerboard with squares of less
 * than 0.1°, that is of 1 % of the picture. */
static guint32
draw_noise (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  GRand *random = (GRand *)data;

  return (guint32)g_rand_int_range (random, 0, 256) * 0x010101;
}

static guint32
draw_checkerboard (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  const guint *square = data;

  return (x / *square + y / *square + (guint)(seconds * 25 + 1e-6)) % 2 != 0 ? 0xffffff : 0;
}

static void
test_fine_patterns (void)
{
  const guint sides[] = { 120, 320 };
  const guint fine = 2;
  const guint coarse = 20;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_assert_false (fails_at (draw_noise, sides[i], random));
      g_assert_false (fails_at (draw_checkerboard, sides[i], &fine));
      g_assert_true (fails_at (draw_checkerboard, sides[i], &coarse));
    }
}

static guint32
draw_late_strobe (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  static const Strobe strobe = { 6, 0xffffff, 0, 1 };
  gboolean inside = (seconds >= 1 && seconds < 2) || (seconds >= 4 && seconds < 5.5);

  return inside ? draw_strobe (seconds, x, y, side, &strobe) : 0x404040;
}

static void
test_seconds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;
  g_autoptr (LkFlash) flash = watch (draw_late_strobe, 64, FALSE, 8 * G_USEC_PER_SEC, FALSE, NULL);
  const LkSpan *spans;
  guint n;

  g_assert_false (lk_flash_check (flash, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_FLASHING);
  g_assert_cmpstr (lk_media_error_to_code (error->code), ==, "flashing");

  copy = g_error_copy (error);
  g_clear_error (&error);
  spans = lk_media_error_get_spans (copy, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpfloat_with_epsilon ((double)spans[0].start / 1e6, 1, 0.1);
  g_assert_cmpfloat_with_epsilon ((double)spans[0].end / 1e6, 2, 0.1);
  g_assert_cmpfloat_with_epsilon ((double)spans[1].start / 1e6, 4, 0.1);
  g_assert_cmpfloat_with_epsilon ((double)spans[1].end / 1e6, 5.5, 0.1);
  g_assert_nonnull (strstr (copy->message, " s, "));
}

/* Half a second with two flashes is harmless once, and four a second for ever. */
static void
test_loop (void)
{
  const Strobe strobe = { 4, 0xffffff, 0, 1 };
  g_autoptr (LkFlash) once = watch (draw_strobe, 64, FALSE, G_USEC_PER_SEC / 2, FALSE, &strobe);
  g_autoptr (LkFlash) looped = watch (draw_strobe, 64, FALSE, G_USEC_PER_SEC / 2, TRUE, &strobe);
  const LkSpan *spans;
  guint n;

  g_assert_true (lk_flash_check (once, NULL));
  g_assert_false (lk_flash_check (looped, NULL));
  spans = lk_flash_get_spans (looped, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (spans[0].start, >=, 0);
  g_assert_cmpint (spans[0].end, ==, G_USEC_PER_SEC / 2);
}

/* Black and nothing in turn: on white it flashes. White and nothing: on black. */
static guint32
draw_transparent (double seconds, guint x, guint y, guint side, gconstpointer data)
{
  const guint32 *color = data;

  return fmod (seconds * 5 + 1e-9, 1) < 0.5 ? *color : 0xff000000;
}

static void
test_transparent (void)
{
  const guint32 colors[] = { 0, 0xffffff };

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      g_autoptr (LkFlash) flash
          = watch (draw_transparent, 64, TRUE, 3 * G_USEC_PER_SEC, FALSE, &colors[i]);

      g_assert_false (lk_flash_check (flash, NULL));
    }
}

/* It becomes transparent only after a while. */
static void
test_later_transparent (void)
{
  const guint32 white = 0xffffff;
  g_autoptr (LkFlash) flash = lk_flash_new ();
  const LkSpan *spans;
  guint n;

  for (gint64 time = 0; time < 4 * G_USEC_PER_SEC; time += FRAME_TIME)
    {
      gboolean late = time >= 2 * G_USEC_PER_SEC;
      g_autoptr (LkFrame) frame
          = draw_frame (draw_transparent, late ? (double)time / 1e6 : 0, 64, late, &white);

      lk_flash_add (flash, frame, time);
    }
  lk_flash_end (flash, 4 * G_USEC_PER_SEC, FALSE);

  spans = lk_flash_get_spans (flash, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpfloat_with_epsilon ((double)spans[0].start / 1e6, 2, 0.2);
}

static void
test_tiny (void)
{
  const Strobe strobe = { 5, 0xffffff, 0, 1 };
  g_autoptr (LkFlash) nothing = lk_flash_new ();

  for (guint side = 1; side < 12; side++)
    g_assert_true (fails_at (draw_strobe, side, &strobe));

  lk_flash_end (nothing, 0, TRUE);
  g_assert_true (lk_flash_check (nothing, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/flash/rate", test_rate);
  g_test_add_func ("/flash/luminance", test_luminance);
  g_test_add_func ("/flash/area", test_area);
  g_test_add_func ("/flash/red", test_red);
  g_test_add_func ("/flash/fade", test_fade);
  g_test_add_func ("/flash/out-of-phase", test_out_of_phase);
  g_test_add_func ("/flash/hopping", test_hopping);
  g_test_add_func ("/flash/moving", test_moving);
  g_test_add_func ("/flash/fine-patterns", test_fine_patterns);
  g_test_add_func ("/flash/seconds", test_seconds);
  g_test_add_func ("/flash/loop", test_loop);
  g_test_add_func ("/flash/transparent", test_transparent);
  g_test_add_func ("/flash/later-transparent", test_later_transparent);
  g_test_add_func ("/flash/tiny", test_tiny);

  return g_test_run ();
}
