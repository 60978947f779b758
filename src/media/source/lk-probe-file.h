/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"
#include "lk-probe.h"
#include "lk-raw.h"

LkProbe *lk_probe_file (GFile *file, GCancellable *cancellable, GError **error);
LkProbe *lk_probe_new_from_header (const LkHeader *header, guint64 size);
LkProbe *lk_probe_new_from_raw (const LkHeader *header, const LkRaw *raw, guint64 size);
