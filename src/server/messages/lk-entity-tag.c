/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-entity-tag.h"

#include <string.h>

/**
 * lk_entity_tag_parse:
 * @header: If-Match or If-Range
 * @etag: (out) (nullable) (transfer full): the tag without its quotes; NULL for "*", which is any
 *
 * Returns: whether it is "*" or one strong tag, which is all that can match
 */
gboolean
lk_entity_tag_parse (const char *header, char **etag)
{
  gsize length = strlen (header);

  *etag = NULL;
  if (g_str_equal (header, "*"))
    return TRUE;
  if (length < 2 || header[0] != '"' || strchr (header + 1, '"') != header + length - 1)
    return FALSE;
  *etag = g_strndup (header + 1, length - 2);
  return TRUE;
}

/**
 * lk_entity_tag_matches:
 * @header: If-None-Match
 * @etag: a tag without quotes, which holds no comma
 *
 * Compares weakly (RFC 9110, 13.1.2).
 *
 * Returns: whether the header names the tag or is "*"
 */
gboolean
lk_entity_tag_matches (const char *header, const char *etag)
{
  gsize length = strlen (etag);
  const char *start = header;

  while (*start != '\0')
    {
      const char *end = start + strcspn (start, ",");

      while (start < end && (*start == ' ' || *start == '\t'))
        start++;
      if (*start == '*')
        return TRUE;
      if (g_str_has_prefix (start, "W/"))
        start += strlen ("W/");
      if (end >= start + length + 2 && *start == '"' && strncmp (start + 1, etag, length) == 0
          && start[length + 1] == '"')
        return TRUE;
      start = *end == ',' ? end + 1 : end;
    }
  return FALSE;
}

void
lk_response_add_entity_tag (LkResponse *response, const char *etag)
{
  g_autofree char *quoted = g_strconcat ("\"", etag, "\"", NULL);

  lk_response_add_header (response, "ETag", quoted);
}
