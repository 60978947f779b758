/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-manifest.h"

gboolean lk_bundle_rules_check (const LkManifest *manifest, gint64 now, GError **error);
