/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-text-drawing.h"

#include <hb.h>
#include <math.h>
#include <pango/pangocairo.h>
#include "lk-blur.h"

/* Text is laid out once and for all on a grid of so many units for the picture's side, whatever its
 * size in px: the same letters at the same places, the same line breaks. What is drawn is the
 * letters' outlines, since Cairo (1.16) moves whole letters to the nearest px. */
#define GRID 1024.0
/* How much of the side a line of text may take before it is wrapped, or a caption before it is cut.
 */
#define LINE_WIDTH 0.94
/* How dark a shadow is, and how much of its distance it is blurred by. */
#define SHADOW_ALPHA 0.65
#define SHADOW_SIGMA 0.4
/* A shadow ends this many times its blur beyond the letters. */
#define SHADOW_REACH 3
/* The font of a caption, as a fraction of the height of a polaroid's foot. */
#define CAPTION_SIZE 0.42
#define DEFAULT_FAMILY "Sans"

static void
set_color (cairo_t *cairo, LkColor color, double alpha)
{
  cairo_set_source_rgba (cairo, color.red / 255.0, color.green / 255.0, color.blue / 255.0, alpha);
}

/* Letters are placed and shaped as if there were no pixels. The font map is the thread's own. */
static PangoContext *
create_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);

  return context;
}

/* @size: of the em, in units of the grid */
static PangoLayout *
create_layout (const char *text, const char *family, int weight, double size)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();
  PangoContext *context = create_context ();
  PangoLayout *layout = pango_layout_new (context);

  pango_font_description_set_family (font, *family != '\0' ? family : DEFAULT_FAMILY);
  pango_font_description_set_weight (font, (PangoWeight)weight);
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  g_object_unref (context);

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
static PangoLayout *
lay_out (const LkTextLayer *text)
{
  PangoLayout *layout
      = create_layout (text->content, text->family, text->weight, text->size * GRID);
  PangoRectangle logical;

  pango_layout_set_alignment (layout, to_pango_alignment (text->align));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, (int)(LINE_WIDTH * GRID * PANGO_SCALE));
  pango_layout_get_extents (layout, NULL, &logical);
  pango_layout_set_width (layout, logical.width);

  return layout;
}

static gboolean
has_table (hb_face_t *face, hb_tag_t tag)
{
  hb_blob_t *blob = hb_face_reference_table (face, tag);
  gboolean found = hb_blob_get_length (blob) > 0;

  hb_blob_destroy (blob);

  return found;
}

/* Emoji bring their colours along; of what they look like their outlines say nothing. */
static gboolean
is_colored (PangoFont *font)
{
  const hb_tag_t tags[] = { HB_TAG ('C', 'O', 'L', 'R'), HB_TAG ('C', 'B', 'D', 'T'),
                            HB_TAG ('s', 'b', 'i', 'x'), HB_TAG ('S', 'V', 'G', ' ') };
  hb_face_t *face = hb_font_get_face (pango_font_get_hb_font (font));

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    if (has_table (face, tags[i]))
      return TRUE;

  return FALSE;
}

typedef enum
{
  STROKE,
  FILL,
} Pass;

static void
draw_run (cairo_t *cairo, PangoGlyphItem *run, Pass pass)
{
  PangoFont *font = run->item->analysis.font;

  if (font == NULL) /* there is not a single font */
    return;

  if (is_colored (font))
    {
      if (pass == FILL)
        pango_cairo_show_glyph_string (cairo, font, run->glyphs);
      cairo_new_path (cairo);
      return;
    }

  pango_cairo_glyph_string_path (cairo, font, run->glyphs);
  if (pass == FILL)
    cairo_fill (cairo);
  else
    cairo_stroke (cairo);
}

/* With the layout's top left corner at the origin. */
static void
draw_layout (cairo_t *cairo, PangoLayout *layout, Pass pass)
{
  PangoLayoutIter *iter = pango_layout_get_iter (layout);

  do
    {
      PangoGlyphItem *run = pango_layout_iter_get_run_readonly (iter);
      PangoRectangle logical;

      if (run == NULL)
        continue;

      pango_layout_iter_get_run_extents (iter, NULL, &logical);
      cairo_new_path (cairo);
      cairo_move_to (cairo, (double)logical.x / PANGO_SCALE,
                     (double)pango_layout_iter_get_run_baseline (iter) / PANGO_SCALE);
      draw_run (cairo, run, pass);
    }
  while (pango_layout_iter_next_run (iter));

  pango_layout_iter_free (iter);
}

/* Makes the middle of the text the origin, and the grid the unit. */
static void
move_to_text (cairo_t *cairo, const LkTextLayer *text, PangoLayout *layout, double size)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  cairo_translate (cairo, text->x * size, text->y * size);
  cairo_rotate (cairo, text->angle * G_PI / 180);
  cairo_scale (cairo, size / GRID, size / GRID);
  cairo_translate (cairo, -(logical.x + logical.width / 2.0) / PANGO_SCALE,
                   -(logical.y + logical.height / 2.0) / PANGO_SCALE);
}

/* The part of the picture that the letters come within @margin px of. */
static cairo_rectangle_int_t
find_reach (cairo_t *cairo, PangoLayout *layout, double margin, double size)
{
  PangoRectangle ink;
  double left = size, top = size, right = 0, bottom = 0;

  pango_layout_get_extents (layout, &ink, NULL);
  for (guint corner = 0; corner < 4; corner++)
    {
      double x = (double)(ink.x + (corner % 2 == 1 ? ink.width : 0)) / PANGO_SCALE;
      double y = (double)(ink.y + (corner >= 2 ? ink.height : 0)) / PANGO_SCALE;

      cairo_user_to_device (cairo, &x, &y);
      left = MIN (left, x);
      top = MIN (top, y);
      right = MAX (right, x);
      bottom = MAX (bottom, y);
    }
  left = CLAMP (floor (left - margin), 0, size);
  top = CLAMP (floor (top - margin), 0, size);
  right = CLAMP (ceil (right + margin), left, size);
  bottom = CLAMP (ceil (bottom + margin), top, size);

  return (cairo_rectangle_int_t){ (int)left, (int)top, (int)(right - left), (int)(bottom - top) };
}

/* Falls to the lower right of the picture, however the text is turned. */
static void
draw_shadow (cairo_t *cairo, const LkTextLayer *text, PangoLayout *layout, double size)
{
  double distance = text->effect_width * size;
  double sigma = distance * SHADOW_SIGMA;
  cairo_rectangle_int_t reach;
  cairo_matrix_t matrix;
  cairo_surface_t *mask;
  cairo_t *shadow;

  cairo_save (cairo);
  cairo_translate (cairo, distance, distance);
  move_to_text (cairo, text, layout, size);
  reach = find_reach (cairo, layout, SHADOW_REACH * sigma + 2, size);
  mask = cairo_image_surface_create (CAIRO_FORMAT_A8, MAX (reach.width, 1), MAX (reach.height, 1));
  cairo_surface_set_device_offset (mask, -reach.x, -reach.y);
  shadow = cairo_create (mask);
  cairo_get_matrix (cairo, &matrix);
  cairo_set_matrix (shadow, &matrix);
  draw_layout (shadow, layout, FILL);
  cairo_destroy (shadow);
  cairo_restore (cairo);

  cairo_surface_flush (mask);
  if (cairo_surface_status (mask) == CAIRO_STATUS_SUCCESS)
    {
      lk_blur_mask (cairo_image_surface_get_data (mask),
                    (guint)cairo_image_surface_get_width (mask),
                    (guint)cairo_image_surface_get_height (mask),
                    (gsize)cairo_image_surface_get_stride (mask), sigma);
      cairo_surface_mark_dirty (mask);
      set_color (cairo, text->effect_color, SHADOW_ALPHA);
      cairo_mask_surface (cairo, mask, 0, 0);
    }
  cairo_surface_destroy (mask);
}

static void
draw_outline (cairo_t *cairo, const LkTextLayer *text, PangoLayout *layout, double size)
{
  cairo_save (cairo);
  move_to_text (cairo, text, layout, size);
  set_color (cairo, text->effect_color, 1);
  cairo_set_line_width (cairo, 2 * text->effect_width * GRID);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  draw_layout (cairo, layout, STROKE);
  cairo_restore (cairo);
}

/**
 * lk_text_layer_draw:
 * @cairo: whose unit is the px, and whose origin is the picture's top left corner
 * @size: px of the picture's side
 *
 * Any thread.
 */
void
lk_text_layer_draw (const LkTextLayer *self, cairo_t *cairo, double size)
{
  g_autoptr (PangoLayout) layout = lay_out (self);

  if (self->effect == LK_TEXT_EFFECT_SHADOW && self->effect_width > 0)
    draw_shadow (cairo, self, layout, size);
  else if (self->effect == LK_TEXT_EFFECT_OUTLINE && self->effect_width > 0)
    draw_outline (cairo, self, layout, size);

  cairo_save (cairo);
  move_to_text (cairo, self, layout, size);
  set_color (cairo, self->color, 1);
  draw_layout (cairo, layout, FILL);
  cairo_restore (cairo);
}

/**
 * lk_border_draw_caption:
 * @cairo: whose unit is the px, and whose origin is the picture's top left corner
 * @height: px of the lower edge
 * @size: px of the picture's side
 *
 * One line in the middle of the lower edge, in near black or white, whichever is further from the
 * border's colour (luma of ITU-R BT.709). What is too long ends in an ellipsis.
 */
void
lk_border_draw_caption (const LkBorder *self, cairo_t *cairo, double height, double size)
{
  double luma = 0.2126 * self->color.red + 0.7152 * self->color.green + 0.0722 * self->color.blue;
  guint8 gray = luma > 127 ? 0x1a : 0xff;
  g_autoptr (PangoLayout) layout = NULL;
  PangoRectangle ink;
  PangoRectangle logical;

  if (*self->caption == '\0' || height <= 0)
    return;

  layout = create_layout (self->caption, self->family, PANGO_WEIGHT_NORMAL,
                          CAPTION_SIZE * height / size * GRID);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, (int)(LINE_WIDTH * GRID * PANGO_SCALE));
  pango_layout_get_extents (layout, &ink, &logical);

  cairo_save (cairo);
  cairo_translate (cairo, size / 2, size - height / 2);
  cairo_scale (cairo, size / GRID, size / GRID);
  cairo_translate (cairo, -(ink.x + ink.width / 2.0) / PANGO_SCALE,
                   -(logical.y + logical.height / 2.0) / PANGO_SCALE);
  set_color (cairo, (LkColor){ gray, gray, gray }, 1);
  draw_layout (cairo, layout, FILL);
  cairo_restore (cairo);
}
