/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-blur.h"
#include "lk-overlay-task.h"
#include "lk-overlay.h"
#include "lk-resample.h"
#include "lk-test-picture.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIZE 480
/* Seconds of the processor that the most text may take; the sanitizers take their time, too. */
#ifdef __SANITIZE_ADDRESS__
#define SLOWEST 60
#else
#define SLOWEST 10
#endif

/* What is drawn, in columns and rows; empty where right is below left. */
typedef struct
{
  int left;
  int top;
  int right;
  int bottom;
  guint64 coverage; /* sum of alpha */
} Ink;

static guint32
at (LkOverlay *overlay, guint x, guint y)
{
  const guint8 *pixels = g_bytes_get_data (lk_overlay_get_pixels (overlay), NULL);

  return *(const guint32 *)(const void *)(pixels + y * lk_overlay_get_stride (overlay)
                                          + (gsize)x * 4);
}

static Ink
get_ink (LkOverlay *overlay)
{
  guint size = lk_overlay_get_size (overlay);
  Ink ink = { G_MAXINT, G_MAXINT, -1, -1, 0 };

  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      {
        guint alpha = at (overlay, x, y) >> 24;

        ink.coverage += alpha;
        if (alpha < 16)
          continue;
        ink.left = MIN (ink.left, (int)x);
        ink.top = MIN (ink.top, (int)y);
        ink.right = MAX (ink.right, (int)x);
        ink.bottom = MAX (ink.bottom, (int)y);
      }

  return ink;
}

static LkOverlay *
draw_text (const LkTextLayer *text, guint size)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_text_added (plain, text);
  LkOverlay *overlay = lk_overlay_new (recipe, size);

  g_assert_nonnull (overlay);
  g_assert_cmpuint (lk_overlay_get_size (overlay), ==, size);

  return overlay;
}

static LkOverlay *
draw_border (LkBorderKind kind, double width, const char *caption, guint size)
{
  LkBorder border = { kind, { 255, 0, 0 }, width, (char *)caption, NULL };
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_border (plain, &border);

  return lk_overlay_new (recipe, size);
}

static LkTextLayer *
plain_text (const char *content)
{
  LkTextLayer *text = lk_text_layer_new (content);

  text->effect = LK_TEXT_EFFECT_NONE;
  text->y = 0.5;

  return text;
}

static Ink
get_ink_of (const LkTextLayer *text)
{
  g_autoptr (LkOverlay) overlay = draw_text (text, SIZE);

  return get_ink (overlay);
}

static void
test_nothing (void)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkTextLayer) blank = plain_text (" \n ");
  g_autoptr (LkTextLayer) empty = plain_text ("");
  g_autoptr (LkOverlay) over_blank = draw_text (blank, SIZE);
  g_autoptr (LkOverlay) over_empty = draw_text (empty, SIZE);
  guint first, end;

  g_assert_null (lk_overlay_new (plain, SIZE));
  g_assert_cmpuint (get_ink (over_blank).coverage, ==, 0);
  g_assert_cmpuint (get_ink (over_empty).coverage, ==, 0);
  g_assert_false (lk_overlay_get_extent (over_blank, SIZE / 2, &first, &end));
}

/* That the fonts know every letter, not only that something is drawn: what no font knows is drawn
 * as a box. */
static void
assert_known (const char *content)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  g_autoptr (PangoLayout) layout = pango_layout_new (context);

  pango_layout_set_text (layout, content, -1);
  g_assert_cmpint (pango_layout_get_unknown_glyphs_count (layout), ==, 0);
  g_object_unref (context);
}

/* Each script has its own shapes: no two draw the same, and each stays where it was put. */
static void
test_scripts (void)
{
  const char *const contents[]
      = { "Likeness", "Ελλάδα", "Привет", "مرحبا", "שלום", "नमस्ते", "世界你好", "🙂🎈" };
  guint64 seen[G_N_ELEMENTS (contents)];

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (LkTextLayer) text = plain_text (contents[i]);
      Ink ink = get_ink_of (text);

      g_test_message ("%s: %d–%d × %d–%d", contents[i], ink.left, ink.right, ink.top, ink.bottom);
      assert_known (contents[i]);
      g_assert_cmpint (ink.right - ink.left, >, SIZE / 10);
      g_assert_cmpint (abs (ink.left + ink.right - SIZE), <, SIZE / 16);
      g_assert_cmpint (abs (ink.top + ink.bottom - SIZE), <, SIZE / 8);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (seen[j], !=, ink.coverage);
      seen[i] = ink.coverage;
    }
}

/* Letters that join: Arabic ones apart take more room than together. */
static void
test_shaping (void)
{
  g_autoptr (LkTextLayer) joined = plain_text ("ببب");
  g_autoptr (LkTextLayer) apart = plain_text ("ب‌ب‌ب");

  Ink one = get_ink_of (joined);
  Ink three = get_ink_of (apart);

  g_assert_cmpint (one.right - one.left, <, three.right - three.left);
}

/* An emoji keeps its own colours, whatever the text's, and has no outline. */
static void
test_emoji (void)
{
  g_autoptr (LkTextLayer) text = lk_text_layer_new ("🙂");
  g_autoptr (LkOverlay) overlay = NULL;
  g_autoptr (LkOverlay) bare = NULL;
  guint yellow = 0;

  text->y = 0.5;
  text->size = 0.5;
  text->color = (LkColor){ 0, 0, 255 };
  text->effect_width = 0.04;
  overlay = draw_text (text, SIZE);
  text->effect = LK_TEXT_EFFECT_NONE;
  bare = draw_text (text, SIZE);
  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        guint32 pixel = at (overlay, x, y);

        g_assert_cmpuint (pixel, ==, at (bare, x, y));
        if (pixel >> 24 == 255 && (pixel >> 16 & 0xff) > 200 && (pixel >> 8 & 0xff) > 150
            && (pixel & 0xff) < 110)
          yellow++;
      }
  g_assert_cmpuint (yellow, >, SIZE * SIZE / 40);
}

/* The start of a line is on the right where one reads to the left. */
static void
test_alignment (void)
{
  const struct
  {
    const char *content;
    LkTextAlign align;
    int side; /* where the short last line is: −1 left, 0 middle, 1 right */
  } cases[] = {
    { "a long line\n\ni", LK_TEXT_ALIGN_START, -1 },
    { "a long line\n\ni", LK_TEXT_ALIGN_CENTER, 0 },
    { "a long line\n\ni", LK_TEXT_ALIGN_END, 1 },
    { "שורה ארוכה\n\nו", LK_TEXT_ALIGN_START, 1 },
    { "שורה ארוכה\n\nו", LK_TEXT_ALIGN_CENTER, 0 },
    { "שורה ארוכה\n\nו", LK_TEXT_ALIGN_END, -1 },
    { "سطر طويل جدا\n\nا", LK_TEXT_ALIGN_START, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LkTextLayer) text = plain_text (cases[i].content);
      g_autoptr (LkOverlay) overlay = NULL;
      Ink ink;
      int left = SIZE;
      int right = -1;

      text->align = cases[i].align;
      overlay = draw_text (text, SIZE);
      ink = get_ink (overlay);
      for (guint y = SIZE / 2; y < SIZE; y++)
        {
          guint first, end;

          if (!lk_overlay_get_extent (overlay, y, &first, &end))
            continue;
          left = MIN (left, (int)first);
          right = MAX (right, (int)end);
        }
      g_test_message ("%s: %d–%d in %d–%d", cases[i].content, left, right, ink.left, ink.right);
      g_assert_cmpint (right - left, <, (ink.right - ink.left) / 3);
      if (cases[i].side < 0)
        g_assert_cmpint (left, <, ink.left + SIZE / 40);
      else if (cases[i].side > 0)
        g_assert_cmpint (right, >, ink.right - SIZE / 40);
      else
        g_assert_cmpint (abs (left + right - ink.left - ink.right), <, SIZE / 20);
    }
}

/* Every member of a text does what it says. */
static void
test_members (void)
{
  g_autoptr (LkTextLayer) text = plain_text ("mmm");
  Ink plain = get_ink_of (text);
  Ink changed;

  text->size *= 2;
  changed = get_ink_of (text);
  g_assert_cmpint (abs ((changed.right - changed.left) - 2 * (plain.right - plain.left)), <, 6);
  text->size /= 2;

  text->weight = 200;
  g_assert_cmpuint (get_ink_of (text).coverage, <, plain.coverage * 8 / 10);
  text->weight = 700;

  g_free (text->family);
  text->family = g_strdup ("DejaVu Sans Mono");
  g_assert_cmpuint (get_ink_of (text).coverage, !=, plain.coverage);
  g_free (text->family);
  text->family = g_strdup ("");

  text->x = 0.7;
  text->y = 0.25;
  changed = get_ink_of (text);
  g_assert_cmpint (abs (changed.left - plain.left - SIZE / 5), <=, 1);
  g_assert_cmpint (abs (changed.top - plain.top + SIZE / 4), <=, 1);
  text->x = text->y = 0.5;

  text->angle = 90;
  changed = get_ink_of (text);
  g_assert_cmpint (abs ((changed.bottom - changed.top) - (plain.right - plain.left)), <=, 2);
  g_assert_cmpint (abs ((changed.right - changed.left) - (plain.bottom - plain.top)), <=, 2);
}

/* Clockwise: what was on the left is above after a quarter. */
static void
test_angle (void)
{
  g_autoptr (LkTextLayer) text = plain_text ("■   .");
  g_autoptr (LkOverlay) overlay = NULL;
  guint64 above = 0, below = 0;

  text->angle = 90;
  overlay = draw_text (text, SIZE);
  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      *(y < SIZE / 2 ? &above : &below) += at (overlay, x, y) >> 24;
  g_assert_cmpuint (above, >, 4 * below);
}

static void
test_wrapping (void)
{
  g_autofree char *word = g_strnfill (60, 'm');
  g_autoptr (LkTextLayer) text = plain_text (word);
  Ink ink = get_ink_of (text);

  g_assert_cmpint (ink.left, >=, SIZE * 2 / 100);
  g_assert_cmpint (ink.right, <=, SIZE * 98 / 100);
  g_assert_cmpint (ink.bottom - ink.top, >, SIZE / 2);
}

/* How much of each colour is drawn. */
static guint64
count_color (LkOverlay *overlay, guint shift)
{
  guint64 sum = 0;

  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      sum += at (overlay, x, y) >> shift & 0xff;

  return sum;
}

/* The outline goes as far out of the letters on all sides as it is wide. */
static void
test_outline (void)
{
  g_autoptr (LkTextLayer) text = plain_text ("oo");
  g_autoptr (LkOverlay) plain = NULL;
  g_autoptr (LkOverlay) outlined = NULL;
  Ink from, to;
  int width = SIZE / 40;

  text->color = (LkColor){ 255, 0, 0 };
  text->effect_color = (LkColor){ 0, 0, 255 };
  text->effect_width = 1.0 / 40;
  plain = draw_text (text, SIZE);
  text->effect = LK_TEXT_EFFECT_OUTLINE;
  outlined = draw_text (text, SIZE);
  from = get_ink (plain);
  to = get_ink (outlined);
  g_assert_cmpint (abs (from.left - width - to.left), <=, 1);
  g_assert_cmpint (abs (from.top - width - to.top), <=, 1);
  g_assert_cmpint (abs (to.right - width - from.right), <=, 1);
  g_assert_cmpint (abs (to.bottom - width - from.bottom), <=, 1);
  g_assert_cmpuint (count_color (plain, 0), ==, 0);
  g_assert_cmpuint (count_color (outlined, 0), >, 0);
  /* The letters lie over it, whole. */
  g_assert_cmpuint (count_color (outlined, 16), >=, count_color (plain, 16));
}

/* To the lower right of the picture, however the text is turned. */
static void
test_shadow (void)
{
  const double angles[] = { 0, 90, -150 };

  for (guint i = 0; i < G_N_ELEMENTS (angles); i++)
    {
      g_autoptr (LkTextLayer) text = plain_text ("■");
      g_autoptr (LkOverlay) plain = NULL;
      g_autoptr (LkOverlay) shadowed = NULL;
      Ink from, to;
      int width = SIZE / 40;

      text->angle = angles[i];
      text->size = 0.4;
      text->color = (LkColor){ 255, 0, 0 };
      text->effect_color = (LkColor){ 0, 0, 255 };
      text->effect_width = 1.0 / 40;
      plain = draw_text (text, SIZE);
      text->effect = LK_TEXT_EFFECT_SHADOW;
      shadowed = draw_text (text, SIZE);
      from = get_ink (plain);
      to = get_ink (shadowed);
      g_assert_cmpint (to.left, >=, from.left - 2);
      g_assert_cmpint (to.top, >=, from.top - 2);
      g_assert_cmpint (to.right, >=, from.right + width - 1);
      g_assert_cmpint (to.right, <=, from.right + 3 * width);
      g_assert_cmpint (to.bottom, >=, from.bottom + width - 1);
      g_assert_cmpint (to.bottom, <=, from.bottom + 3 * width);
      g_assert_cmpuint (count_color (shadowed, 0), >, 0);
    }
}

/* The same weight as before, as wide as a Gaussian of that deviation, at any deviation. */
static void
test_blur (void)
{
  const double sigmas[] = { 0.4, 1, 2.7, 6.3, 14 };

  for (guint i = 0; i < G_N_ELEMENTS (sigmas); i++)
    {
      g_autofree guint8 *mask = g_malloc0 (160 * 160);
      double sum = 0, variance = 0;

      for (guint y = 70; y < 90; y++)
        memset (mask + y * 160 + 70, 255, 20);
      lk_blur_mask (mask, 160, 160, 160, sigmas[i]);
      for (guint y = 0; y < 160; y++)
        for (guint x = 0; x < 160; x++)
          {
            sum += mask[y * 160 + x];
            variance += mask[y * 160 + x] * (x - 79.5) * (x - 79.5);
          }
      variance = variance / sum - (20 * 20 - 1) / 12.0;
      g_test_message ("%g: %g", sigmas[i], sqrt (MAX (variance, 0)));
      g_assert_cmpfloat_with_epsilon (sum, 255.0 * 400, 255 * 400 * 0.02);
      g_assert_cmpfloat_with_epsilon (sqrt (MAX (variance, 0)), sigmas[i], 0.05 * sigmas[i] + 0.05);
    }
}

static void
assert_colored (LkOverlay *overlay, double x, double y, gboolean colored)
{
  guint32 pixel = at (overlay, (guint)(x * (SIZE - 1)), (guint)(y * (SIZE - 1)));

  if (pixel != (colored ? 0xffff0000 : 0))
    g_error ("At %g, %g: %08x", x, y, pixel);
}

static void
test_borders (void)
{
  g_autoptr (LkOverlay) ring = draw_border (LK_BORDER_RING, 0.1, NULL, SIZE);
  g_autoptr (LkOverlay) square = draw_border (LK_BORDER_SQUARE, 0.1, NULL, SIZE);
  g_autoptr (LkOverlay) rounded = draw_border (LK_BORDER_ROUNDED, 0.1, NULL, SIZE);
  g_autoptr (LkOverlay) polaroid = draw_border (LK_BORDER_POLAROID, 0.06, NULL, SIZE);
  LkOverlay *const all[] = { ring, square, rounded, polaroid };

  g_assert_null (draw_border (LK_BORDER_NONE, 0.1, "none", SIZE));
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      assert_colored (all[i], 0, 0, TRUE);
      assert_colored (all[i], 1, 1, TRUE);
      assert_colored (all[i], 0.5, 0.03, TRUE);
      assert_colored (all[i], 0.03, 0.5, TRUE);
      assert_colored (all[i], 0.97, 0.5, TRUE);
      assert_colored (all[i], 0.5, 0.97, TRUE);
      assert_colored (all[i], 0.5, 0.5, FALSE);
      assert_colored (all[i], 0.5, 0.12, FALSE);
      assert_colored (all[i], 0.12, 0.5, FALSE);
    }
  assert_colored (ring, 0.2, 0.2, TRUE);
  assert_colored (ring, 0.23, 0.23, FALSE);
  assert_colored (square, 0.12, 0.12, FALSE);
  assert_colored (rounded, 0.12, 0.12, TRUE);
  assert_colored (rounded, 0.17, 0.17, FALSE);
  assert_colored (polaroid, 0.5, 0.8, TRUE);
  assert_colored (polaroid, 0.08, 0.08, FALSE);
  assert_colored (polaroid, 0.5, 0.78, FALSE);
}

/* On the lower edge only, in the middle, and cut where it is too long. */
static void
test_caption (void)
{
  const char *const captions[]
      = { "Holidays", "שלום 2026", "a caption that is much too long for one line of it" };
  g_autoptr (LkOverlay) bare = draw_border (LK_BORDER_POLAROID, 0.06, NULL, SIZE);

  for (guint i = 0; i < G_N_ELEMENTS (captions); i++)
    {
      g_autoptr (LkOverlay) overlay = draw_border (LK_BORDER_POLAROID, 0.06, captions[i], SIZE);
      int left = SIZE, right = -1;

      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          if (at (overlay, (guint)x, (guint)y) != at (bare, (guint)x, (guint)y))
            {
              g_assert_cmpint (y, >, SIZE * 79 / 100);
              left = MIN (left, x);
              right = MAX (right, x);
            }
      g_test_message ("%s: %d–%d", captions[i], left, right);
      g_assert_cmpint (right - left, >, SIZE / 6);
      g_assert_cmpint (left, >=, SIZE / 100);
      g_assert_cmpint (abs (left + right - (SIZE - 1)), <=, 2);
    }
}

/* A text is seen on the border, too. */
static void
test_order (void)
{
  LkBorder border = { LK_BORDER_SQUARE, { 255, 0, 0 }, 0.2, NULL, NULL };
  g_autoptr (LkTextLayer) text = plain_text ("■");
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) framed = lk_recipe_with_border (plain, &border);
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (LkOverlay) overlay = NULL;

  text->y = 0.1;
  text->size = 0.2;
  text->color = (LkColor){ 0, 255, 0 };
  recipe = lk_recipe_with_text_added (framed, text);
  overlay = lk_overlay_new (recipe, SIZE);
  g_assert_cmphex (at (overlay, SIZE / 2, SIZE / 10), ==, 0xff00ff00);
}

static LkFrame *
blend_over (LkOverlay *overlay, guint8 gray, guint8 alpha)
{
  guint size = lk_overlay_get_size (overlay);
  gsize length = (gsize)size * size * 4;
  guint8 *pixels = g_malloc (length);
  g_autoptr (GBytes) bytes = NULL;

  memset (pixels, gray, length);
  for (gsize i = 3; i < length; i += 4)
    pixels[i] = alpha;
  lk_overlay_blend (overlay, pixels, (gsize)size * 4);
  bytes = g_bytes_new_take (pixels, length);

  return lk_frame_new (bytes, size, size, (gsize)size * 4, alpha != 255);
}

static LkRecipe *
make_everything (void)
{
  LkBorder border
      = { LK_BORDER_POLAROID, { 240, 240, 230 }, 0.05, (char *)"Ω and שלום 🙂", NULL };
  g_autoptr (LkTextLayer) outlined = lk_text_layer_new ("Hello, wide world 🎈");
  g_autoptr (LkTextLayer) shadowed = lk_text_layer_new ("مرحبا\nनमस्ते");
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) framed = lk_recipe_with_border (plain, &border);
  g_autoptr (LkRecipe) one = lk_recipe_with_text_added (framed, outlined);

  shadowed->effect = LK_TEXT_EFFECT_SHADOW;
  shadowed->effect_width = 0.015;
  shadowed->angle = -17;
  shadowed->y = 0.3;
  shadowed->color = (LkColor){ 255, 220, 0 };

  return lk_recipe_with_text_added (one, shadowed);
}

/* What is blended is what the formula of Porter and Duff gives, in floating point. */
static void
test_blend (void)
{
  const guint8 alphas[] = { 255, 254, 128, 1, 0 };
  g_autoptr (LkRecipe) recipe = make_everything ();
  g_autoptr (LkOverlay) overlay = lk_overlay_new (recipe, SIZE);
  guint partly = 0;

  for (guint i = 0; i < G_N_ELEMENTS (alphas); i++)
    {
      g_autoptr (LkFrame) frame = blend_over (overlay, 100, alphas[i]);

      for (guint y = 0; y < SIZE; y++)
        for (guint x = 0; x < SIZE; x++)
          {
            guint32 over = at (overlay, x, y);
            double rest = (1 - (over >> 24) / 255.0) * alphas[i] / 255.0;
            double total = (over >> 24) / 255.0 + rest;
            const guint8 *pixel = lk_test_frame_at (frame, x, y);

            partly += over >> 24 > 0 && over >> 24 < 255;
            g_assert_cmpfloat_with_epsilon (pixel[3], total * 255, 0.51);
            if (over == 0)
              g_assert_cmpint (pixel[0], ==, 100);
            else
              for (guint c = 0; c < 3; c++)
                g_assert_cmpfloat_with_epsilon (
                    pixel[c], MIN (((over >> (16 - 8 * c) & 0xff) + rest * 100) / total, 255),
                    0.51);
          }
    }
  g_assert_cmpuint (partly, >, 1000);
}

/* Extents hold all that is drawn, and are not wider. */
static void
test_extents (void)
{
  g_autoptr (LkTextLayer) text = plain_text ("i   i");
  g_autoptr (LkOverlay) overlay = draw_text (text, SIZE);
  guint rows = 0;

  for (guint y = 0; y < SIZE; y++)
    {
      guint first, end;
      gboolean any = lk_overlay_get_extent (overlay, y, &first, &end);

      rows += any;
      for (guint x = 0; x < SIZE; x++)
        if (at (overlay, x, y) != 0)
          g_assert_true (any && x >= first && x < end);
      if (any)
        {
          g_assert_cmphex (at (overlay, first, y), !=, 0);
          g_assert_cmphex (at (overlay, end - 1, y), !=, 0);
        }
    }
  g_assert_cmpuint (rows, >, 10);
  g_assert_cmpuint (rows, <, SIZE / 4);
}

/* What is drawn at 720 px and then scaled is what is drawn at 480 px. */
static void
test_sizes_agree (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) recipe = make_everything ();
  g_autoptr (LkOverlay) small = lk_overlay_new (recipe, 480);
  g_autoptr (LkOverlay) large = lk_overlay_new (recipe, 720);
  g_autoptr (LkFrame) from_small = blend_over (small, 128, 255);
  g_autoptr (LkFrame) from_large = blend_over (large, 128, 255);
  g_autoptr (LkFrame) scaled
      = lk_resample_square (from_large, (LkSquare){ .side = 720 }, 480, &error);
  double sum = 0;

  for (guint y = 0; y < 480; y++)
    for (guint x = 0; x < 480; x++)
      for (guint c = 0; c < 3; c++)
        sum += abs (lk_test_frame_at (from_small, x, y)[c] - lk_test_frame_at (scaled, x, y)[c]);
  g_test_message ("mean difference %.3f", sum / (480 * 480 * 3));
  g_assert_cmpfloat (sum / (480 * 480 * 3), <, 1);
}

/* The smallest, and the largest that the editor may ask for. */
static void
test_extreme_sizes (void)
{
  const guint sizes[] = { 1, 2, 7, 2000 };
  g_autoptr (LkRecipe) recipe = make_everything ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (LkOverlay) overlay = lk_overlay_new (recipe, sizes[i]);

      g_assert_cmpuint (get_ink (overlay).coverage, >, 0);
    }
}

/* As much text as a recipe may hold, as large as it may be, with the widest effect. */
static void
test_most (void)
{
  const LkTextEffect effects[] = { LK_TEXT_EFFECT_OUTLINE, LK_TEXT_EFFECT_SHADOW };
  g_autofree char *many = g_strnfill (LK_TEXT_MAX_LENGTH, 'W');
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (LkOverlay) overlay = NULL;
  clock_t start = clock ();
  double seconds;

  for (guint i = 0; i < LK_RECIPE_MAX_TEXTS; i++)
    {
      g_autoptr (LkTextLayer) text
          = lk_text_layer_new (i % 4 == 3 ? "🙂🎈🙂🎈🙂🎈🙂🎈" : many);
      LkRecipe *more;

      text->size = i % 3 == 0 ? LK_TEXT_MAX_SIZE : 0.1;
      text->effect = effects[i % 2];
      text->effect_width = LK_TEXT_MAX_EFFECT;
      text->angle = 13 * i;
      more = lk_recipe_with_text_added (recipe, text);
      lk_recipe_unref (recipe);
      recipe = more;
    }
  overlay = lk_overlay_new (recipe, 720);
  g_assert_cmpuint (get_ink (overlay).coverage, >, 0);
  seconds = (double)(clock () - start) / CLOCKS_PER_SEC;
  g_test_message ("%.2f s", seconds);
  g_assert_cmpfloat (seconds, <, SLOWEST);
}

static gpointer
draw_in_thread (gpointer recipe)
{
  LkOverlay *last = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_clear_pointer (&last, lk_overlay_unref);
      last = lk_overlay_new (recipe, 200);
    }

  return last;
}

/* Several threads at once draw the same. */
static void
test_threads (void)
{
  g_autoptr (LkRecipe) recipe = make_everything ();
  g_autoptr (LkOverlay) here = lk_overlay_new (recipe, 200);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("draws", draw_in_thread, recipe);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (LkOverlay) there = g_thread_join (threads[i]);

      g_assert_true (g_bytes_equal (lk_overlay_get_pixels (here), lk_overlay_get_pixels (there)));
    }
}

/* Drawn meanwhile is drawn the same; and who does not want it any more need not wait for it. */
static void
test_task (void)
{
  g_autoptr (LkRecipe) recipe = make_everything ();
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkOverlay) here = lk_overlay_new (recipe, 100);
  g_autoptr (LkOverlayTask) task = lk_overlay_task_new (recipe, 100);
  g_autoptr (LkOverlayTask) unwanted = lk_overlay_task_new (recipe, 100);
  g_autoptr (LkOverlay) there = lk_overlay_task_wait (task);

  g_assert_nonnull (unwanted);
  g_assert_null (lk_overlay_task_new (plain, 100));
  g_assert_true (g_bytes_equal (lk_overlay_get_pixels (here), lk_overlay_get_pixels (there)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/overlay/nothing", test_nothing);
  g_test_add_func ("/media/overlay/scripts", test_scripts);
  g_test_add_func ("/media/overlay/shaping", test_shaping);
  g_test_add_func ("/media/overlay/emoji", test_emoji);
  g_test_add_func ("/media/overlay/alignment", test_alignment);
  g_test_add_func ("/media/overlay/members", test_members);
  g_test_add_func ("/media/overlay/angle", test_angle);
  g_test_add_func ("/media/overlay/wrapping", test_wrapping);
  g_test_add_func ("/media/overlay/outline", test_outline);
  g_test_add_func ("/media/overlay/shadow", test_shadow);
  g_test_add_func ("/media/overlay/blur", test_blur);
  g_test_add_func ("/media/overlay/borders", test_borders);
  g_test_add_func ("/media/overlay/caption", test_caption);
  g_test_add_func ("/media/overlay/order", test_order);
  g_test_add_func ("/media/overlay/blend", test_blend);
  g_test_add_func ("/media/overlay/extents", test_extents);
  g_test_add_func ("/media/overlay/sizes-agree", test_sizes_agree);
  g_test_add_func ("/media/overlay/extreme-sizes", test_extreme_sizes);
  g_test_add_func ("/media/overlay/most", test_most);
  g_test_add_func ("/media/overlay/threads", test_threads);
  g_test_add_func ("/media/overlay/task", test_task);

  return g_test_run ();
}
