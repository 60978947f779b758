/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-api-error.h"
#include "lk-server-address.h"

static void
test_taken (void)
{
  static const struct
  {
    const char *text;
    const char *address;
    gboolean secure;
  } cases[] = {
    { "https://likeness.example.org", "https://likeness.example.org", TRUE },
    { "https://Likeness.Example.ORG/", "https://likeness.example.org", TRUE },
    { "  likeness.example.org ", "https://likeness.example.org", TRUE },
    { "likeness.example.org:8443", "https://likeness.example.org:8443", TRUE },
    { "HTTPS://likeness.example.org:443", "https://likeness.example.org", TRUE },
    { "https://b\303\274cher.example", "https://xn--bcher-kva.example", TRUE },
    { "https://example.org/faces//", "https://example.org/faces", TRUE },
    { "https://example.org/a%2Fb", "https://example.org/a%2Fb", TRUE },
    { "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", TRUE },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080", FALSE },
    { "http://127.8.9.10", "http://127.8.9.10", FALSE },
    { "http://[::1]:8080/", "http://[::1]:8080", FALSE },
    { "http://LocalHost:80", "http://localhost", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = NULL;
      g_autofree char *again = NULL;
      gboolean secure = !cases[i].secure;

      address = lk_server_address_normalize (cases[i].text, &secure, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (address, ==, cases[i].address);
      g_assert_cmpint (secure, ==, cases[i].secure);
      again = lk_server_address_normalize (address, NULL, NULL);
      g_assert_cmpstr (again, ==, address);
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "https://",
    "http://example.org",
    "http://192.168.1.1",
    "http://10.0.0.1:8080",
    "http://0.0.0.0",
    "http://128.0.0.1",
    "http://127.1",
    "http://2130706433",
    "http://127.0.0.1.example.org",
    "http://localhost.example.org",
    "http://notlocalhost",
    "http://[::]",
    "http://[::ffff:192.168.1.1]",
    "http://[fe80::1]",
    "http://127.0.0.1@example.org",
    "https://anna@example.org",
    "https://anna:secret@example.org",
    "https://example.org/?a=b",
    "https://example.org/#a",
    "https://exam ple.org",
    "https://example.org\r\nX: y",
    "ftp://example.org",
    "file:///etc/passwd",
    "://example.org",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = lk_server_address_normalize (texts[i], NULL, &error);

      g_test_message ("%s", texts[i]);
      g_assert_null (address);
      g_assert_error (error, LK_API_ERROR, LK_API_ERROR_INSECURE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server-address/taken", test_taken);
  g_test_add_func ("/server-address/refused", test_refused);

  return g_test_run ();
}
