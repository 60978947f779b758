/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* Reading JSON that somebody else wrote: size and depth are checked before the parser sees the
 * text, and every member is read with its type and limit named. */

/** The deepest nesting of arrays and objects that is read. */
#define LK_JSON_MAX_DEPTH 16

JsonNode *lk_json_parse (GBytes *bytes, gsize max_bytes, GError **error);
JsonObject *lk_json_parse_object (GBytes *bytes, gsize max_bytes, GError **error);
GBytes *lk_json_to_bytes (JsonNode *node);
GBytes *lk_json_object_to_bytes (JsonObject *object);

gboolean lk_json_get_string (JsonObject *object,
                             const char *member,
                             gsize max_length,
                             const char **value,
                             GError **error);
gboolean lk_json_get_optional_string (JsonObject *object,
                                      const char *member,
                                      gsize max_length,
                                      const char **value,
                                      GError **error);
gboolean lk_json_get_int (JsonObject *object,
                          const char *member,
                          gint64 minimum,
                          gint64 maximum,
                          gint64 *value,
                          GError **error);
gboolean lk_json_get_optional_int (JsonObject *object,
                                   const char *member,
                                   gint64 minimum,
                                   gint64 maximum,
                                   gint64 *value,
                                   GError **error);
gboolean lk_json_get_double (JsonObject *object,
                             const char *member,
                             double minimum,
                             double maximum,
                             double *value,
                             GError **error);
gboolean
lk_json_get_boolean (JsonObject *object, const char *member, gboolean *value, GError **error);
gboolean
lk_json_get_object (JsonObject *object, const char *member, JsonObject **value, GError **error);
gboolean lk_json_get_array (JsonObject *object,
                            const char *member,
                            guint max_elements,
                            JsonArray **value,
                            GError **error);
GStrv lk_json_array_dup_strings (JsonArray *array, gsize max_length, GError **error);
gboolean lk_json_only_members (JsonObject *object, const char *const *allowed, GError **error);
