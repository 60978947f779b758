/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"
#include "lk-header.h"

/* What the fuzz targets share. A target is a file fuzz-NAME.c with LLVMFuzzerTestOneInput(), which
 * libFuzzer calls again and again in one process: it leaves nothing behind. */

/** The most pixels that a target decodes: a larger picture costs time and shows nothing new. What
 * large ones cost in time and memory is measured by tests/corpus. */
#define LK_FUZZ_MAX_PIXELS (2 * 1000 * 1000)

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
gsize LLVMFuzzerCustomMutator (guint8 *data, gsize size, gsize max_size, guint seed);
/* libFuzzer's own, for a target with a custom mutator. */
gsize LLVMFuzzerMutate (guint8 *data, gsize size, gsize max_size);

GFile *lk_fuzz_file (const guint8 *data, gsize size);
LkSource *lk_fuzz_source (const guint8 *data, gsize size);
gboolean lk_fuzz_is_video (const guint8 *data, gsize size);
LkHeader *lk_fuzz_header (LkSource *source);
void lk_fuzz_check_refusal (const GError *error);
void lk_fuzz_check_frame (LkFrame *frame);
