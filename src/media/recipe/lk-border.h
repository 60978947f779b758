/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-rgb.h"

/** The widest border, as a fraction of the picture's side. */
#define LK_BORDER_MAX_WIDTH 0.2
/** The longest caption in bytes, without its NUL. */
#define LK_BORDER_MAX_CAPTION 200
/** Radius of rounded corners, as a fraction of the picture's side. */
#define LK_BORDER_RADIUS 0.16
/** How many times the width the lower edge of a polaroid has: there the caption is. */
#define LK_BORDER_POLAROID_FOOT 3.5

/**
 * LkBorderKind:
 * @LK_BORDER_RING: everything outside of a circle
 * @LK_BORDER_SQUARE: the four edges
 * @LK_BORDER_ROUNDED: everything outside of a square with round corners
 * @LK_BORDER_POLAROID: the four edges, the lower one wide, with a caption on it
 */
typedef enum
{
  LK_BORDER_NONE,
  LK_BORDER_RING,
  LK_BORDER_SQUARE,
  LK_BORDER_ROUNDED,
  LK_BORDER_POLAROID,
} LkBorderKind;

/**
 * LkBorder:
 * @kind: its shape
 * @color: opaque
 * @width: as a fraction of the picture's side
 * @caption: of a polaroid, one line; never NULL
 * @family: of the caption's font; "" for the system's sans-serif
 */
typedef struct
{
  LkBorderKind kind;
  LkColor color;
  double width;
  char *caption;
  char *family;
} LkBorder;

void lk_border_init (LkBorder *self);
void lk_border_copy_to (const LkBorder *self, LkBorder *copy);
void lk_border_clear (LkBorder *self);
gboolean lk_border_equal (const LkBorder *a, const LkBorder *b);
JsonObject *lk_border_to_json (const LkBorder *self);
gboolean lk_border_read_json (LkBorder *self, JsonObject *object, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LkBorder, lk_border_clear)
