/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rendition-response.h"

#include "lk-byte-ranges.h"
#include "lk-entity-tag.h"

static void
add_headers (LkResponse *response, const LkCachedRendition *rendition)
{
  lk_response_add_entity_tag (response, rendition->etag);
  /* Only the caller's own cache may keep it, and must ask before it uses it: it may be withdrawn.
   */
  lk_response_add_header (response, "Cache-Control", "private, no-cache");
}

/* A range of an older version would not fit: If-Range asks for the whole file then. */
static gboolean
wants_ranges (const LkRequest *request, const char *etag)
{
  g_autofree char *held = NULL;

  if (request->range == NULL || !g_str_equal (request->method, "GET"))
    return FALSE;
  if (request->if_range == NULL)
    return TRUE;
  return lk_entity_tag_parse (request->if_range, &held) && g_strcmp0 (held, etag) == 0;
}

static LkResponse *
respond_unsatisfiable (gsize size)
{
  LkResponse *response = lk_response_new_problem (LK_PROBLEM_RANGE_NOT_SATISFIABLE, NULL);
  g_autofree char *content_range = g_strdup_printf ("bytes */%" G_GSIZE_FORMAT, size);

  lk_response_add_header (response, "Content-Range", content_range);
  return response;
}

static LkResponse *
respond_ranges (const LkCachedRendition *rendition, GArray *ranges)
{
  const LkByteRange *first = &g_array_index (ranges, LkByteRange, 0);
  g_autoptr (GBytes) body = NULL;
  LkResponse *response;

  if (ranges->len == 1)
    {
      g_autofree char *content_range
          = g_strdup_printf ("bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT,
                             first->first, first->last, g_bytes_get_size (rendition->bytes));

      body
          = g_bytes_new_from_bytes (rendition->bytes, first->first, first->last - first->first + 1);
      response = lk_response_new_bytes (206, rendition->type, body);
      lk_response_add_header (response, "Content-Range", content_range);
    }
  else
    {
      g_autofree char *boundary = g_uuid_string_random ();
      g_autofree char *type = g_strdup_printf ("multipart/byteranges; boundary=%s", boundary);

      body = lk_byte_ranges_to_multipart (rendition->bytes, ranges, rendition->type, boundary);
      response = lk_response_new_bytes (206, type, body);
    }
  add_headers (response, rendition);
  return response;
}

/**
 * lk_rendition_response_new:
 * @rendition: what the caller is to be given
 * @request: a GET or HEAD with its conditions and ranges (RFC 9110, 13.2.2 and 14)
 *
 * Returns: (transfer full): the answer
 */
LkResponse *
lk_rendition_response_new (const LkCachedRendition *rendition, const LkRequest *request)
{
  g_autoptr (GArray) ranges = NULL;
  gsize size = g_bytes_get_size (rendition->bytes);
  LkRangeOutcome outcome = LK_RANGE_WHOLE;
  LkResponse *response;

  if (request->if_none_match != NULL
      && lk_entity_tag_matches (request->if_none_match, rendition->etag))
    {
      response = lk_response_new (304);
      add_headers (response, rendition);
      return response;
    }
  if (wants_ranges (request, rendition->etag))
    outcome = lk_byte_ranges_parse (request->range, size, &ranges);
  if (outcome == LK_RANGE_UNSATISFIABLE)
    return respond_unsatisfiable (size);
  if (outcome == LK_RANGE_SOME)
    return respond_ranges (rendition, ranges);
  response = lk_response_new_bytes (200, rendition->type, rendition->bytes);
  add_headers (response, rendition);
  lk_response_add_header (response, "Accept-Ranges", "bytes");
  return response;
}
