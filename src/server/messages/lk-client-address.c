/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-address.h"

#include <string.h>

/* More hops than any set-up has. */
#define MAX_HOPS 32

/**
 * lk_address_is_in:
 * @address: an address; of IPv6 also one that stands for an IPv4 address
 * @masks: (element-type GInetAddressMask): networks
 *
 * Returns: whether one of the networks holds it
 */
gboolean
lk_address_is_in (GInetAddress *address, GPtrArray *masks)
{
  for (guint i = 0; i < masks->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (masks, i), address))
      return TRUE;
  return FALSE;
}

/* A client may come over an IPv6 socket with its IPv4 address (RFC 4291, 2.5.5.2). */
static GInetAddress *
unmap (GInetAddress *address)
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && memcmp (bytes, prefix, sizeof prefix) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof prefix, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

/* "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", with or without quotes; NULL for anything else.
 */
static GInetAddress *
parse_hop (const char *text)
{
  g_autofree char *host = g_strstrip (g_strdup (text));
  g_autoptr (GInetAddress) address = NULL;
  char *start = host;
  char *end;

  if (*start == '"')
    start++;
  if (*start == '[')
    {
      start++;
      end = strchr (start, ']');
    }
  else if (strchr (start, ':') == strrchr (start, ':'))
    end = start + strcspn (start, ":\"");
  else
    end = start + strcspn (start, "\"");
  if (end == NULL)
    return NULL;
  *end = '\0';
  address = g_inet_address_new_from_string (start);
  return address != NULL ? unmap (address) : NULL;
}

/* The value of "for" in an element of Forwarded (RFC 7239, 4); (nullable). */
static const char *
find_for (const char *element)
{
  g_auto (GStrv) pairs = g_strsplit (element, ";", 0);
  gsize offset = 0;

  for (gsize i = 0; pairs[i] != NULL; i++)
    {
      const char *pair = pairs[i] + strspn (pairs[i], " \t");

      if (g_ascii_strncasecmp (pair, "for=", strlen ("for=")) == 0)
        return element + offset + (pair - pairs[i]) + strlen ("for=");
      offset += strlen (pairs[i]) + 1;
    }
  return NULL;
}

static char *
dup_for (const char *element)
{
  const char *value = find_for (element);

  return value != NULL ? g_strndup (value, strcspn (value, ";")) : NULL;
}

/* The last hop of a header that is not one of our proxies; @peer where there is none. */
static GInetAddress *
find_in_header (GInetAddress *peer, GPtrArray *proxies, const char *header, gboolean standard)
{
  g_autoptr (GInetAddress) client = g_object_ref (peer);
  g_auto (GStrv) hops = g_strsplit (header, ",", 0);
  guint n_hops = g_strv_length (hops);

  for (guint i = n_hops; i > 0 && n_hops - i < MAX_HOPS; i--)
    {
      g_autofree char *text = standard ? dup_for (hops[i - 1]) : g_strdup (hops[i - 1]);
      g_autoptr (GInetAddress) hop = text != NULL ? parse_hop (text) : NULL;

      if (hop == NULL)
        break;
      g_set_object (&client, hop);
      if (!lk_address_is_in (client, proxies))
        break;
    }
  return g_steal_pointer (&client);
}

/**
 * lk_client_address_find:
 * @peer: who is connected
 * @proxies: (element-type GInetAddressMask): whose word is taken
 * @forwarded: (nullable): the header Forwarded (RFC 7239)
 * @x_forwarded_for: (nullable): the header X-Forwarded-For
 *
 * Finds whom a request comes from: the last hop that is not one of our proxies. A header that comes
 * from anybody else counts for nothing, or every client could choose its own address and with it
 * escape the limits. Nor does either where they disagree: a proxy writes one of them and may hand
 * on the other as the client wrote it.
 *
 * Returns: (transfer full): the client's address
 */
GInetAddress *
lk_client_address_find (GInetAddress *peer,
                        GPtrArray *proxies,
                        const char *forwarded,
                        const char *x_forwarded_for)
{
  g_autoptr (GInetAddress) client = unmap (peer);
  g_autoptr (GInetAddress) standard = NULL;
  g_autoptr (GInetAddress) customary = NULL;

  if (!lk_address_is_in (client, proxies))
    return g_steal_pointer (&client);
  if (forwarded != NULL)
    standard = find_in_header (client, proxies, forwarded, TRUE);
  if (x_forwarded_for != NULL)
    customary = find_in_header (client, proxies, x_forwarded_for, FALSE);
  if (standard != NULL && customary != NULL && !g_inet_address_equal (standard, customary))
    return g_steal_pointer (&client);
  if (standard != NULL)
    return g_steal_pointer (&standard);
  if (customary != NULL)
    return g_steal_pointer (&customary);
  return g_steal_pointer (&client);
}
