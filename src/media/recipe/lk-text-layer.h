/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-rgb.h"

/** The most texts of one recipe. */
#define LK_RECIPE_MAX_TEXTS 16
/** The longest content of a text in bytes, without its NUL. */
#define LK_TEXT_MAX_LENGTH 500
/** The longest name of a font family in bytes. */
#define LK_TEXT_MAX_FAMILY 100
/** Smallest and largest size of a text, as a fraction of the picture's side. */
#define LK_TEXT_MIN_SIZE 0.02
#define LK_TEXT_MAX_SIZE 1.0
/** The widest outline and the furthest shadow, as a fraction of the picture's side. */
#define LK_TEXT_MAX_EFFECT 0.05

typedef enum
{
  LK_TEXT_EFFECT_NONE,
  LK_TEXT_EFFECT_OUTLINE,
  LK_TEXT_EFFECT_SHADOW,
} LkTextEffect;

/** LkTextAlign: of lines among each other; the start is on the right in a right-to-left script. */
typedef enum
{
  LK_TEXT_ALIGN_START,
  LK_TEXT_ALIGN_CENTER,
  LK_TEXT_ALIGN_END,
} LkTextAlign;

/**
 * LkTextLayer:
 * @content: UTF-8, may have several lines; what is wider than the picture is wrapped
 * @family: of the font; "" for the system's sans-serif; a family that is not installed gives the
 * nearest one
 * @weight: 100 to 1000, as CSS has it: 400 regular, 700 bold
 * @size: of the font (the height of its em), as a fraction of the picture's side
 * @color: of the letters
 * @effect: what sets them off from the picture
 * @effect_color: of outline or shadow
 * @effect_width: the outline's width outside of the letters, or how far the shadow falls to the
 * lower right, as a fraction of the picture's side
 * @x: the middle of the text, as a fraction of the picture's side from the left
 * @y: the middle of the text, from the top
 * @angle: degrees clockwise about that middle, −180 to 180
 * @align: of its lines
 *
 * One text on the picture; "the picture" is what is left of the source after crop and rotation.
 */
typedef struct
{
  char *content;
  char *family;
  int weight;
  double size;
  LkColor color;
  LkTextEffect effect;
  LkColor effect_color;
  double effect_width;
  double x;
  double y;
  double angle;
  LkTextAlign align;
} LkTextLayer;

LkTextLayer *lk_text_layer_new (const char *content);
LkTextLayer *lk_text_layer_copy (const LkTextLayer *self);
void lk_text_layer_free (LkTextLayer *self);
void lk_text_layer_sanitize (LkTextLayer *self);
gboolean lk_text_layer_equal (const LkTextLayer *a, const LkTextLayer *b);
JsonObject *lk_text_layer_to_json (const LkTextLayer *self);
LkTextLayer *lk_text_layer_from_json (JsonObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkTextLayer, lk_text_layer_free)
