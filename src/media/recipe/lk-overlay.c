/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-overlay.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* How much of the side a line of text may take before it is wrapped, or a caption before it is cut.
 */
#define LINE_WIDTH 0.94
/* How dark a shadow is. */
#define SHADOW_ALPHA 0.6
/* The font of a caption, as a fraction of the height of a polaroid's foot. */
#define CAPTION_SIZE 0.42
#define DEFAULT_FAMILY "Sans"

/* Which columns of a row are drawn on: from first up to, not including, end. */
typedef struct
{
  guint first;
  guint end;
} Extent;

struct _LkOverlay
{
  gatomicrefcount ref_count;
  GBytes *pixels;
  guint size;
  gsize stride;
  Extent *extents; /* of each row */
};

static void
set_color (cairo_t *cairo, LkColor color, double alpha)
{
  cairo_set_source_rgba (cairo, color.red / 255.0, color.green / 255.0, color.blue / 255.0, alpha);
}

/* Letters are placed and shaped as if there were no pixels, so that every size looks the same. */
static PangoLayout *
create_layout (cairo_t *cairo, const char *text, const char *family, int weight, double size)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();
  cairo_font_options_t *options = cairo_font_options_create ();
  PangoLayout *layout = NULL;

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  layout = pango_cairo_create_layout (cairo);
  pango_cairo_context_set_font_options (pango_layout_get_context (layout), options);
  pango_context_set_round_glyph_positions (pango_layout_get_context (layout), FALSE);
  pango_layout_context_changed (layout);
  cairo_font_options_destroy (options);

  pango_font_description_set_family (font, *family != '\0' ? family : DEFAULT_FAMILY);
  pango_font_description_set_weight (font, (PangoWeight)weight);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static PangoAlignment
to_pango_alignment (LkTextAlign align)
{
  switch (align)
    {
    case LK_TEXT_ALIGN_START:
      return PANGO_ALIGN_LEFT; /* Pango turns it round for a right-to-left paragraph */
    case LK_TEXT_ALIGN_END:
      return PANGO_ALIGN_RIGHT;
    case LK_TEXT_ALIGN_CENTER:
    default:
      return PANGO_ALIGN_CENTER;
    }
}

/* Lines are as wide as the longest, so that they are aligned among each other and not in the
 * picture. */
static void
fit_lines (PangoLayout *layout, double size)
{
  PangoRectangle logical;

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, (int)(LINE_WIDTH * size * PANGO_SCALE));
  pango_layout_get_extents (layout, NULL, &logical);
  pango_layout_set_width (layout, logical.width);
}

static void
draw_effect (cairo_t *cairo, PangoLayout *layout, const LkTextLayer *text, double size)
{
  double width = text->effect_width * size;

  if (text->effect == LK_TEXT_EFFECT_NONE || width <= 0)
    return;

  cairo_save (cairo);
  if (text->effect == LK_TEXT_EFFECT_SHADOW)
    {
      /* Down and to the right on the picture, however the text is turned. */
      double angle = -text->angle * G_PI / 180;

      cairo_rel_move_to (cairo, width * (cos (angle) - sin (angle)),
                         width * (sin (angle) + cos (angle)));
      set_color (cairo, text->effect_color, SHADOW_ALPHA);
      pango_cairo_show_layout (cairo, layout);
    }
  else
    {
      set_color (cairo, text->effect_color, 1);
      pango_cairo_layout_path (cairo, layout);
      cairo_set_line_width (cairo, 2 * width);
      cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cairo);
    }
  cairo_restore (cairo);
}

static void
draw_text (cairo_t *cairo, const LkTextLayer *text, double size)
{
  g_autoptr (PangoLayout) layout
      = create_layout (cairo, text->content, text->family, text->weight, text->size * size);
  PangoRectangle logical;
  double left;
  double top;

  pango_layout_set_alignment (layout, to_pango_alignment (text->align));
  fit_lines (layout, size);
  pango_layout_get_extents (layout, NULL, &logical);
  left = -(logical.x + logical.width / 2.0) / PANGO_SCALE;
  top = -(logical.y + logical.height / 2.0) / PANGO_SCALE;

  cairo_save (cairo);
  cairo_translate (cairo, text->x * size, text->y * size);
  cairo_rotate (cairo, text->angle * G_PI / 180);
  cairo_move_to (cairo, left, top);
  draw_effect (cairo, layout, text, size);
  cairo_move_to (cairo, left, top);
  set_color (cairo, text->color, 1);
  pango_cairo_show_layout (cairo, layout);
  cairo_restore (cairo);
}

static void
add_rounded_rectangle (cairo_t *cairo, double inset, double size, double radius)
{
  double near = inset + radius;
  double far = size - inset - radius;

  cairo_new_sub_path (cairo);
  cairo_arc (cairo, far, near, radius, -G_PI / 2, 0);
  cairo_arc (cairo, far, far, radius, 0, G_PI / 2);
  cairo_arc (cairo, near, far, radius, G_PI / 2, G_PI);
  cairo_arc (cairo, near, near, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cairo);
}

/* One line in the middle of the foot, in black or white, whichever is further from the colour. */
static void
draw_caption (cairo_t *cairo, const LkBorder *border, double foot, double size)
{
  double luma
      = 0.2126 * border->color.red + 0.7152 * border->color.green + 0.0722 * border->color.blue;
  guint8 ink = luma > 127 ? 0x1a : 0xff;
  g_autoptr (PangoLayout) layout = NULL;
  PangoRectangle logical;

  if (*border->caption == '\0' || foot <= 0)
    return;

  layout = create_layout (cairo, border->caption, border->family, PANGO_WEIGHT_NORMAL,
                          CAPTION_SIZE * foot);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_width (layout, (int)(LINE_WIDTH * size * PANGO_SCALE));
  pango_layout_get_extents (layout, NULL, &logical);
  set_color (cairo, (LkColor){ ink, ink, ink }, 1);
  cairo_move_to (cairo, size * (1 - LINE_WIDTH) / 2,
                 size - foot / 2 - (logical.y + logical.height / 2.0) / PANGO_SCALE);
  pango_cairo_show_layout (cairo, layout);
}

static void
draw_border (cairo_t *cairo, const LkBorder *border, double size)
{
  double width = border->width * size;
  double foot = width;

  cairo_rectangle (cairo, 0, 0, size, size);
  switch (border->kind)
    {
    case LK_BORDER_RING:
      cairo_new_sub_path (cairo);
      cairo_arc (cairo, size / 2, size / 2, size / 2 - width, 0, 2 * G_PI);
      cairo_close_path (cairo);
      break;
    case LK_BORDER_ROUNDED:
      add_rounded_rectangle (cairo, width, size, LK_BORDER_RADIUS * size);
      break;
    case LK_BORDER_POLAROID:
      foot = LK_BORDER_POLAROID_FOOT * width;
      cairo_rectangle (cairo, width, width, size - 2 * width, size - width - foot);
      break;
    case LK_BORDER_SQUARE:
    case LK_BORDER_NONE:
    default:
      cairo_rectangle (cairo, width, width, size - 2 * width, size - 2 * width);
      break;
    }
  cairo_set_fill_rule (cairo, CAIRO_FILL_RULE_EVEN_ODD);
  set_color (cairo, border->color, 1);
  cairo_fill (cairo);

  if (border->kind == LK_BORDER_POLAROID)
    draw_caption (cairo, border, foot, size);
}

static void
draw (cairo_t *cairo, LkRecipe *recipe, guint size)
{
  const LkBorder *border = lk_recipe_get_border (recipe);

  for (guint i = 0; i < lk_recipe_get_n_texts (recipe); i++)
    draw_text (cairo, lk_recipe_get_text (recipe, i), size);
  if (border->kind != LK_BORDER_NONE)
    draw_border (cairo, border, size);
}

static void
measure (LkOverlay *self)
{
  const guint8 *pixels = g_bytes_get_data (self->pixels, NULL);

  self->extents = g_new0 (Extent, self->size);
  for (guint y = 0; y < self->size; y++)
    {
      const guint32 *row = (const guint32 *)(const void *)(pixels + y * self->stride);
      guint first = 0;
      guint end = self->size;

      while (first < end && row[first] == 0)
        first++;
      while (end > first && row[end - 1] == 0)
        end--;
      self->extents[y] = (Extent){ first, end };
    }
}

static gboolean
is_empty (LkRecipe *recipe)
{
  return lk_recipe_get_n_texts (recipe) == 0
         && lk_recipe_get_border (recipe)->kind == LK_BORDER_NONE;
}

/**
 * lk_overlay_new:
 * @size: px of the side, at least 1
 *
 * Blocks for some milliseconds; longer for the first on a thread, which looks for fonts.
 *
 * Returns: (transfer full) (nullable): what @recipe draws; NULL where that is nothing
 */
LkOverlay *
lk_overlay_new (LkRecipe *recipe, guint size)
{
  cairo_surface_t *surface = NULL;
  cairo_t *cairo = NULL;
  LkOverlay *self = NULL;

  g_return_val_if_fail (recipe != NULL && size > 0, NULL);

  if (is_empty (recipe))
    return NULL;

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)size, (int)size);
  cairo = cairo_create (surface);
  draw (cairo, recipe, size);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);

  self = g_new0 (LkOverlay, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->stride = (gsize)cairo_image_surface_get_stride (surface);
  self->pixels
      = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), self->stride * size,
                                    (GDestroyNotify)cairo_surface_destroy, surface);
  measure (self);

  return self;
}

LkOverlay *
lk_overlay_ref (LkOverlay *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
lk_overlay_unref (LkOverlay *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->pixels);
  g_free (self->extents);
  g_free (self);
}

guint
lk_overlay_get_size (LkOverlay *self)
{
  return self->size;
}

gsize
lk_overlay_get_stride (LkOverlay *self)
{
  return self->stride;
}

GBytes *
lk_overlay_get_pixels (LkOverlay *self)
{
  return self->pixels;
}

/**
 * lk_overlay_get_extent:
 * @row: below the size
 * @first: (out): the first column that is drawn on
 * @end: (out): the column after the last one
 *
 * Returns: whether anything is drawn on that row
 */
gboolean
lk_overlay_get_extent (LkOverlay *self, guint row, guint *first, guint *end)
{
  *first = self->extents[row].first;
  *end = self->extents[row].end;

  return *end > *first;
}

/* Exact for all values that occur (Blinn, "Three Wrongs Make a Right", 1995). */
static guint
divide_by_255 (guint value)
{
  value += 128;

  return (value + (value >> 8)) >> 8;
}

/* Over an opaque px: what it was, as far as it still shows, and the premultiplied colour. */
static void
blend_opaque (guint32 over, guint8 *pixel)
{
  guint rest = 255 - (over >> 24);

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)MIN ((over >> (16 - 8 * c) & 0xff) + divide_by_255 (pixel[c] * rest), 255);
}

static void
blend_transparent (guint32 over, guint8 *pixel)
{
  guint alpha = over >> 24;
  guint rest = (255 - alpha) * pixel[3];
  guint total = alpha * 255 + rest;

  if (total == 0)
    return;

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)MIN (
        ((over >> (16 - 8 * c) & 0xff) * 255 * 255 + pixel[c] * rest + total / 2) / total, 255);
  pixel[3] = (guint8)((total + 127) / 255);
}

/**
 * lk_overlay_blend:
 * @pixels: size × size px of R, G, B, A, not premultiplied; what is drawn is laid over them
 * @stride: of @pixels in bytes
 */
void
lk_overlay_blend (LkOverlay *self, guint8 *pixels, gsize stride)
{
  const guint8 *source = g_bytes_get_data (self->pixels, NULL);

  for (guint y = 0; y < self->size; y++)
    {
      const guint32 *over = (const guint32 *)(const void *)(source + y * self->stride);
      Extent extent = self->extents[y];
      guint8 *pixel = pixels + y * stride + (gsize)extent.first * 4;

      for (guint x = extent.first; x < extent.end; x++, pixel += 4)
        if (over[x] == 0)
          continue;
        else if (pixel[3] == 255)
          blend_opaque (over[x], pixel);
        else
          blend_transparent (over[x], pixel);
    }
}
