/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>
#include "lk-flash.h"

void lk_clip_flash_add (LkFlash *flash, GstBuffer *buffer, guint size, gint64 time);
