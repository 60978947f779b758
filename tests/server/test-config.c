/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include "lk-server-config.h"

/* --check-config through the program, and the example, are test_life.py's. */

static LkServerConfig *
load_bytes (const char *bytes, gsize length, guint *n_complaints)
{
  g_autoptr (LkServerConfig) config = lk_server_config_new ();
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "server.conf", NULL);
  g_autoptr (GError) error = NULL;
  gboolean good;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_config_dir (), 0700), ==, 0);
  g_file_set_contents_full (path, bytes, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                            &error);
  g_assert_no_error (error);
  good = lk_server_config_load (config, path, complaints);
  g_assert_cmpint (good, ==, complaints->len == 0);
  for (guint i = 0; i < complaints->len; i++)
    {
      g_assert_true (g_str_has_prefix (complaints->pdata[i], path));
      g_assert_null (strstr (complaints->pdata[i], "hunter2"));
    }
  *n_complaints = complaints->len;
  return g_steal_pointer (&config);
}

static LkServerConfig *
load (const char *text, guint *n_complaints)
{
  return load_bytes (text, strlen (text), n_complaints);
}

static void
test_defaults (void)
{
  guint n;
  g_autoptr (LkServerConfig) config = load ("", &n);

  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (config->listen->len, ==, 1);
  g_assert_cmpuint (config->timeouts.headers, ==, 20);
  g_assert_cmpuint (config->timeouts.idle, ==, 75);
  g_assert_cmpuint (config->proxies->len, ==, 0);
  g_assert_cmpint (config->mail.sender, ==, LK_SENDER_NONE);
  g_assert_null (config->certificate);
}

/* Each number at its ends, and one past them. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *key;
    guint minimum, maximum;
  } keys[] = { { "workers", 1, 64 },
               { "senders", 1, 64 },
               { "max-connections", 8, 100000 },
               { "max-pending", 1, 100000 },
               { "max-body-memory", 16, 65536 },
               { "headers-timeout", 1, 3600 },
               { "stall-timeout", 1, 3600 },
               { "slow-timeout", 1, 3600 },
               { "idle-timeout", 1, 3600 } };
  static const char *const nonsense[]
      = { "-1", "0x10", "1e1", "1.5", "", "ten", "99999999999999999999" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const guint64 numbers[]
          = { keys[i].minimum, keys[i].maximum, keys[i].minimum - 1, keys[i].maximum + 1 };

      for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
        {
          guint n;
          g_autofree char *text
              = g_strdup_printf ("[server]\n%s=%" G_GUINT64_FORMAT "\n", keys[i].key, numbers[j]);
          g_autoptr (LkServerConfig) config = load (text, &n);

          g_test_message ("%s", text);
          g_assert_cmpint (n == 0, ==, j < 2);
        }
      for (guint j = 0; j < G_N_ELEMENTS (nonsense); j++)
        {
          guint n;
          g_autofree char *text = g_strdup_printf ("[server]\n%s=%s\n", keys[i].key, nonsense[j]);
          g_autoptr (LkServerConfig) config = load (text, &n);

          g_assert_cmpuint (n, ==, 1);
        }
    }
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "[server]\nlisten=:80\n",
                                     "[server]\nlisten=[]:80\n",
                                     "[server]\nlisten=[::1:80\n",
                                     "[server]\nlisten=1.2.3.4\n",
                                     "[server]\nlisten=1.2.3.4:65536\n",
                                     "[server]\nlisten=1.2.3.4:-1\n",
                                     "[server]\nlisten=]:80\n",
                                     "[server]\nlisten=;\n",
                                     "[server]\ntrusted-proxies=1.2.3.4/33\n",
                                     "[server]\ntrusted-proxies=1.2.3.4/8\n",
                                     "[server]\nmetrics-from=everybody\n" };
  guint n;
  g_autoptr (LkServerConfig) config
      = load ("[server]\nlisten=0.0.0.0:80; [::1]:443\n"
              "trusted-proxies=10.0.0.0/8;2001:db8::/32\nmetrics-from=\n",
              &n);

  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (config->listen->len, ==, 2);
  g_assert_cmpuint (g_inet_socket_address_get_port (config->listen->pdata[1]), ==, 443);
  g_assert_cmpuint (config->proxies->len, ==, 2);
  g_assert_cmpuint (config->metrics_from->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (LkServerConfig) other = load (bad[i], &n);

      g_test_message ("%s", bad[i]);
      g_assert_cmpuint (n, ==, 1);
    }
}

/* All that is wrong is told at once, and a password in no complaint. */
static void
test_all_at_once (void)
{
  guint n;
  g_autoptr (LkServerConfig) config
      = load ("[server]\nworkers=0\nlisten=x\n[email]\nsender=smtp\npassword=hunter2\nhost=h\n"
              "from=a@b.c\\r\\nBcc: d@e.f\n[sms]\nsuccess=2xx;99;300-200\n[log]\nlevel=hunter\n",
              &n);

  g_assert_cmpuint (n, ==, 8);
}

/* What is no key file, and what is one with nonsense in it. */
static void
test_garbage (void)
{
  static const char nul[] = "[email]\npassword=hun\0ter2\n";
  g_autofree char *long_line = g_strnfill (1 << 20, 'x');
  g_autofree char *long_value = g_strconcat ("[server]\nlisten=", long_line, "\n", NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260102);
  guint n;

  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *text
          = g_strdup ("[server]\nworkers=4\nlisten=[::1]:80;1.2.3.4:5\n[sms]\nsuccess=1-2\n");
      gsize length = strlen (text);
      g_autoptr (LkServerConfig) config = NULL;

      for (guint j = 0; j < 4; j++)
        text[g_rand_int_range (rand, 0, (gint32)length)] = (char)g_rand_int_range (rand, 0, 256);
      config = load_bytes (text, length, &n);
      g_assert_cmpuint (config->listen->len, >, 0);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LkServerConfig) config = i == 0 ? load_bytes (nul, sizeof nul - 1, &n)
                                                 : load (i == 1 ? long_line : long_value, &n);

      g_assert_cmpuint (n, >, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/server/config/defaults", test_defaults);
  g_test_add_func ("/server/config/numbers", test_numbers);
  g_test_add_func ("/server/config/addresses", test_addresses);
  g_test_add_func ("/server/config/all-at-once", test_all_at_once);
  g_test_add_func ("/server/config/garbage", test_garbage);
  return g_test_run ();
}
