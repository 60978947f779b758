/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token.h"

#include <string.h>

/**
 * lk_token_generate:
 *
 * Returns: (transfer full): a session token of LK_TOKEN_LENGTH characters; it is told to its device
 * once and kept nowhere
 */
char *
lk_token_generate (LkRng *rng)
{
  guint8 bytes[32];
  char *token;

  lk_rng_fill (rng, bytes, sizeof bytes);
  token = g_base64_encode (bytes, sizeof bytes);
  explicit_bzero (bytes, sizeof bytes);
  g_strdelimit (token, "+", '-');
  g_strdelimit (token, "/", '_');
  token[LK_TOKEN_LENGTH] = '\0';
  return token;
}

/**
 * lk_token_hash:
 * @token: what a client sent
 * @hash: (out caller-allocates): LK_TOKEN_HASH_LENGTH bytes, its SHA-256
 *
 * Returns: FALSE when @token does not look like a token at all
 */
gboolean
lk_token_hash (const char *token, guint8 *hash)
{
  g_autoptr (GChecksum) checksum = NULL;
  gsize length = LK_TOKEN_HASH_LENGTH;

  if (strlen (token) != LK_TOKEN_LENGTH)
    return FALSE;
  for (const char *c = token; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *)token, LK_TOKEN_LENGTH);
  g_checksum_get_digest (checksum, hash, &length);
  return TRUE;
}
