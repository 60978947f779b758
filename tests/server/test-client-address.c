/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-client-address.h"

/* More hops than are looked at. */
#define MANY_HOPS 40

static GPtrArray *
make_proxies (void)
{
  static const char *const masks[] = { "127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48" };
  GPtrArray *proxies = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (masks[i], NULL);

      g_assert_nonnull (mask);
      g_ptr_array_add (proxies, mask);
    }
  return proxies;
}

static void
assert_client (const char *peer,
               const char *forwarded,
               const char *x_forwarded_for,
               const char *expected)
{
  g_autoptr (GPtrArray) proxies = make_proxies ();
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (peer);
  g_autoptr (GInetAddress) client = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (address);
  client = lk_client_address_find (address, proxies, forwarded, x_forwarded_for);
  text = g_inet_address_to_string (client);
  g_assert_cmpstr (text, ==, expected);
}

/* Whoever is no proxy of ours is believed nothing. */
static void
test_spoof (void)
{
  assert_client ("192.0.2.1", NULL, NULL, "192.0.2.1");
  assert_client ("192.0.2.1", NULL, "198.51.100.1", "192.0.2.1");
  assert_client ("192.0.2.1", "for=198.51.100.1", "198.51.100.1", "192.0.2.1");
  assert_client ("2001:db8::1", "for=198.51.100.1", NULL, "2001:db8::1");
  /* What the client wrote itself stands before what the proxy added. */
  assert_client ("127.0.0.1", NULL, "198.51.100.1, 192.0.2.1", "192.0.2.1");
  assert_client ("127.0.0.1", NULL, "10.0.0.1, 127.0.0.1, 192.0.2.1", "192.0.2.1");
  assert_client ("127.0.0.1", "for=198.51.100.1, for=192.0.2.1", NULL, "192.0.2.1");
  assert_client ("127.0.0.1", "for=\"198.51.100.1, for=192.0.2.1", NULL, "192.0.2.1");
  /* A proxy that writes one header and hands on the other. */
  assert_client ("127.0.0.1", "for=198.51.100.1", "192.0.2.1", "127.0.0.1");
  assert_client ("127.0.0.1", "for=192.0.2.1", "198.51.100.1", "127.0.0.1");
  assert_client ("127.0.0.1", "for=192.0.2.1", "198.51.100.1, 192.0.2.1", "192.0.2.1");
  assert_client ("127.0.0.1", "nonsense", "192.0.2.1", "127.0.0.1");
}

static void
test_proxies (void)
{
  assert_client ("127.0.0.1", NULL, "192.0.2.1", "192.0.2.1");
  assert_client ("127.0.0.1", NULL, "192.0.2.1, 10.1.2.3, 10.9.9.9", "192.0.2.1");
  assert_client ("127.0.0.1", "For=192.0.2.1;proto=https, by=_x; for=10.1.2.3", NULL, "192.0.2.1");
  assert_client ("127.0.0.1", NULL, "10.1.2.3", "10.1.2.3");
  assert_client ("127.0.0.1", NULL, " 192.0.2.1:4711 ", "192.0.2.1");
  assert_client ("127.0.0.1", "for=\"192.0.2.1:4711\"", NULL, "192.0.2.1");
}

static void
test_ipv6 (void)
{
  assert_client ("2001:db8:ffff::1", NULL, "2001:db8::1", "2001:db8::1");
  assert_client ("127.0.0.1", NULL, "[2001:db8::1]:80", "2001:db8::1");
  assert_client ("127.0.0.1", "for=\"[2001:db8::1]:80\";proto=https", NULL, "2001:db8::1");
  assert_client ("127.0.0.1", "for=\"[2001:db8::1]\"", NULL, "2001:db8::1");
  /* An IPv4 address in the clothes of IPv6 is the same one, as proxy and as client. */
  assert_client ("::ffff:127.0.0.1", NULL, "192.0.2.1", "192.0.2.1");
  assert_client ("::ffff:192.0.2.9", NULL, "192.0.2.1", "192.0.2.9");
  assert_client ("127.0.0.1", NULL, "::ffff:192.0.2.1", "192.0.2.1");
  assert_client ("127.0.0.1", NULL, "192.0.2.1, ::ffff:10.0.0.1", "192.0.2.1");
}

static void
test_nonsense (void)
{
  static const char *const hops[] = { "",
                                      ",",
                                      " , ",
                                      "unknown",
                                      "_hidden",
                                      "localhost",
                                      "[",
                                      "]",
                                      "[2001:db8::1",
                                      "\"",
                                      "\"\"",
                                      ":",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "999.1.1.1",
                                      "for=1.2.3.4",
                                      "1.2.3.4 5.6.7.8",
                                      "\xff\xfe",
                                      "%s%n" };
  GString *many = g_string_new ("192.0.2.1");

  for (guint i = 0; i < G_N_ELEMENTS (hops); i++)
    {
      g_autofree char *standard = g_strdup_printf ("for=%s", i < 2 ? "" : hops[i]);

      g_test_message ("hop %u", i);
      assert_client ("127.0.0.1", NULL, hops[i], "127.0.0.1");
      if (strchr (hops[i], '=') == NULL)
        assert_client ("127.0.0.1", standard, NULL, "127.0.0.1");
    }
  assert_client ("127.0.0.1", "proto=https;by=192.0.2.1", NULL, "127.0.0.1");
  /* Nobody has us follow hops without end. */
  for (guint i = 0; i < MANY_HOPS; i++)
    g_string_append (many, ",10.0.0.1");
  assert_client ("127.0.0.1", NULL, many->str, "10.0.0.1");
  g_string_free (many, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/client-address/spoof", test_spoof);
  g_test_add_func ("/server/client-address/proxies", test_proxies);
  g_test_add_func ("/server/client-address/ipv6", test_ipv6);
  g_test_add_func ("/server/client-address/nonsense", test_nonsense);
  return g_test_run ();
}
