/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** LkByteRange: bytes of a file, @first and @last included. */
typedef struct
{
  gsize first;
  gsize last;
} LkByteRange;

/** LkRangeOutcome: what a Range header asks for. */
typedef enum
{
  LK_RANGE_WHOLE,         /* nothing that we understand, or too much: the whole file */
  LK_RANGE_SOME,          /* these ranges */
  LK_RANGE_UNSATISFIABLE, /* bytes that are not there */
} LkRangeOutcome;

LkRangeOutcome lk_byte_ranges_parse (const char *header, gsize size, GArray **ranges);
GBytes *
lk_byte_ranges_to_multipart (GBytes *bytes, GArray *ranges, const char *type, const char *boundary);
