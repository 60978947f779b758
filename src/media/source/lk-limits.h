/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Limits of a source, checked before anything of its size is allocated. */

/** Of a still. Everything but a video is read whole. */
#define LK_STILL_MAX_PIXELS (G_GUINT64_CONSTANT (256) * 1000 * 1000)
#define LK_STILL_MAX_BYTES (G_GUINT64_CONSTANT (512) * 1000 * 1000)
/** Of an animation: its canvas, its frames, and both together, since each frame is a canvas to copy
 * and to scale, whatever little changes in it: 580 frames of full HD, 2,000 of 775 × 775. A patch
 * that is larger than the canvas counts as what it is. */
#define LK_ANIMATION_MAX_PIXELS (G_GUINT64_CONSTANT (36) * 1000 * 1000)
#define LK_ANIMATION_MAX_FRAMES 2000
#define LK_ANIMATION_MAX_TOTAL_PIXELS (G_GUINT64_CONSTANT (1200) * 1000 * 1000)
/** The most pixels of a video's frame: 8K. A video may have any length. */
#define LK_VIDEO_MAX_PIXELS (G_GUINT64_CONSTANT (36) * 1000 * 1000)
