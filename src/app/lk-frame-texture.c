/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-frame-texture.h"

GdkTexture *
lk_frame_to_texture (LkFrame *frame)
{
  g_return_val_if_fail (frame != NULL, NULL);

  return gdk_memory_texture_new ((int)lk_frame_get_width (frame), (int)lk_frame_get_height (frame),
                                 GDK_MEMORY_R8G8B8A8, lk_frame_get_pixels (frame),
                                 lk_frame_get_stride (frame));
}
