/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-catalog.h"
#include "lk-code-sender.h"

LkCodeText *lk_code_text_new (LkCatalog *catalog, const char *accept_language, const char *code);
gboolean lk_sms_text_is_gsm7 (const char *text, gsize *n_septets);
gboolean lk_sms_text_fits (const char *text);
