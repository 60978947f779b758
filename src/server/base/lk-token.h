/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-rng.h"

/** Length in bytes of a session token, without its NUL: 256 bits in base64url without padding (RFC
 * 4648, 5). */
#define LK_TOKEN_LENGTH 43
/** Length in bytes of the hash under which a token is stored. */
#define LK_TOKEN_HASH_LENGTH 32

char *lk_token_generate (LkRng *rng);
gboolean lk_token_hash (const char *token, guint8 *hash);
