/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-response.h"

/* Entity tags (RFC 9110, 8.8.3). Ours are strong; their quotes are on the wire only. */

gboolean lk_entity_tag_parse (const char *header, char **etag);
gboolean lk_entity_tag_matches (const char *header, const char *etag);
void lk_response_add_entity_tag (LkResponse *response, const char *etag);
