/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-raw.h"

LkHeader *lk_pixbuf_read_header (LkSource *source, GCancellable *cancellable, GError **error);
LkRaw *lk_pixbuf_load (LkSource *source,
                       const LkHeader *header,
                       const LkRequest *request,
                       GCancellable *cancellable,
                       GError **error);
