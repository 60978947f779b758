/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** LkSpan: from @start up to, but not including, @end, in µs. */
typedef struct
{
  gint64 start;
  gint64 end;
} LkSpan;
