/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-hash.h"

#include <string.h>

/**
 * lk_hash_sha256_hex:
 * @bytes: what to hash
 *
 * Thread: any.
 *
 * Returns: (transfer full): the SHA-256 (FIPS 180-4) in lower-case hexadecimal, 64 characters
 */
char *
lk_hash_sha256_hex (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

/**
 * lk_hash_is_sha256_hex:
 * @text: (nullable): a text
 *
 * Returns: whether @text is a SHA-256 as lk_hash_sha256_hex() writes it
 */
gboolean
lk_hash_is_sha256_hex (const char *text)
{
  if (text == NULL)
    return FALSE;

  gsize length = strspn (text, "0123456789abcdef");

  return length == LK_SHA256_HEX_LENGTH && text[length] == '\0';
}

/**
 * lk_hash_equal_constant_time:
 * @a: (array length=length): bytes
 * @b: (array length=length): bytes
 * @length: how many
 *
 * Compares secrets. The time it takes depends on @length only.
 *
 * Returns: whether all bytes are the same
 */
gboolean
lk_hash_equal_constant_time (const guint8 *a, const guint8 *b, gsize length)
{
  volatile guint8 difference = 0;

  for (gsize i = 0; i < length; i++)
    difference |= a[i] ^ b[i];

  return difference == 0;
}
