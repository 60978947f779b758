/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-rgb.h"

/* What the parts of a recipe's JSON are made of: colours and choices. Errors are those of the
 * domain LK_ERROR, which lk_recipe_from_json() turns into its own. */

double lk_recipe_sanitize (double value, double minimum, double maximum, double otherwise);
char *lk_recipe_cut_text (const char *text, gsize length);
gboolean lk_recipe_read_text (JsonObject *object,
                              const char *member,
                              gsize max_length,
                              const char **text,
                              GError **error);
gboolean
lk_recipe_read_color (JsonObject *object, const char *member, LkColor *color, GError **error);
void lk_recipe_write_color (JsonObject *object, const char *member, LkColor color);
gboolean lk_recipe_read_choice (JsonObject *object,
                                const char *member,
                                const char *const *choices,
                                guint *choice,
                                GError **error);
gboolean lk_recipe_parse_color (const char *text, LkColor *color);
