/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What a person reads when something failed: a translated sentence made from the error's domain and
 * code, never from its message, that says what happened and what to do next. (transfer full) */
char *lk_error_text (const GError *error);
/* A wait as people say it: "30 seconds", "2 minutes". (transfer full) */
char *lk_error_text_wait (int seconds);
