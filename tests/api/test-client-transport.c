/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-test-async.h"
#include "lk-test-program.h"

/* TLS, proxies and other origins: where a token may go. */

/* A proxy resolver which sends everything to one proxy, as a person's settings could. */
#define TEST_TYPE_PROXY_RESOLVER (test_proxy_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestProxyResolver, test_proxy_resolver, TEST, PROXY_RESOLVER, GObject)

struct _TestProxyResolver
{
  GObject parent_instance;
};

static char *proxy_uri;

static void test_proxy_resolver_iface_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestProxyResolver,
                               test_proxy_resolver,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_proxy_resolver_iface_init))

static gboolean
test_proxy_resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static GStrv
test_proxy_resolver_lookup (GProxyResolver *resolver,
                            const char *uri,
                            GCancellable *cancellable,
                            GError **error)
{
  const char *const uris[] = { proxy_uri != NULL ? proxy_uri : "direct://", NULL };

  return g_strdupv ((GStrv)uris);
}

static void
test_proxy_resolver_lookup_async (GProxyResolver *resolver,
                                  const char *uri,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, data);

  g_task_set_source_tag (task, test_proxy_resolver_lookup_async);
  g_task_return_pointer (task, test_proxy_resolver_lookup (resolver, uri, cancellable, NULL),
                         (GDestroyNotify)g_strfreev);
}

static GStrv
test_proxy_resolver_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_proxy_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_proxy_resolver_is_supported;
  iface->lookup = test_proxy_resolver_lookup;
  iface->lookup_async = test_proxy_resolver_lookup_async;
  iface->lookup_finish = test_proxy_resolver_lookup_finish;
}

static void
test_proxy_resolver_class_init (TestProxyResolverClass *klass)
{
}

static void
test_proxy_resolver_init (TestProxyResolver *self)
{
}

/* A certificate for 127.0.0.1, signed by itself, in a file with its key: (transfer full). */
static char *
make_certificate (const char *directory)
{
  g_autofree char *key = g_build_filename (directory, "key.pem", NULL);
  g_autofree char *certificate = g_build_filename (directory, "certificate.pem", NULL);
  g_autofree char *both = g_build_filename (directory, "both.pem", NULL);
  g_autofree char *key_text = NULL;
  g_autofree char *certificate_text = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_run_program ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                       "/CN=likeness-test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                       key, "-out", certificate, NULL);
  g_file_get_contents (key, &key_text, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (certificate, &certificate_text, NULL, &error);
  g_assert_no_error (error);
  text = g_strconcat (certificate_text, key_text, NULL);
  g_file_set_contents (both, text, -1, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&both);
}

static LkAccount *
get_account (const char *server, GError **error)
{
  LkClient *client = lk_client_new (server, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  LkAccount *account;

  lk_client_set_token (client, OPS_TOKEN);
  lk_client_get_account_async (client, NULL, lk_test_keep_result, &result);
  result = lk_test_wait_result (&result);
  account = lk_client_get_account_finish (client, result, error);
  g_clear_object (&result);
  lk_test_run_pending ();
  g_assert_finalize_object (client);

  return account;
}

static void
answer_account (LkTestServer *server)
{
  lk_test_server_answer_json (
      server, 200, "{\"id\":\"a1\",\"identifiers\":[],\"created\":\"2026-01-02T03:04:05Z\"}");
}

/* One after the other: the database that GIO trusts is the process's. */
static void
test_tls (void)
{
  g_autofree char *directory = g_dir_make_tmp ("likeness-tls-XXXXXX", NULL);
  g_autofree char *file = make_certificate (directory);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = NULL;
  LkTestServer *server;

  certificate = g_tls_certificate_new_from_file (file, &error);
  g_assert_no_error (error);

  /* Not to be trusted: nothing is said to it, the token least of all. */
  server = lk_test_server_new (certificate);
  g_assert_null (get_account (lk_test_server_get_address (server), &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_TLS);
  g_assert_cmpuint (lk_test_server_get_n_requests (server), ==, 0);
  g_clear_error (&error);

  trusted = g_tls_file_database_new (file, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), trusted);
  answer_account (server);
  account = get_account (lk_test_server_get_address (server), &error);
  g_assert_no_error (error);
  g_assert_nonnull (account);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  lk_test_server_free (server);

  lk_test_run_program ("rm", "-r", directory, NULL);
}

static void
test_redirect (void)
{
  g_autoptr (LkTestServer) other = lk_test_server_new (NULL);
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  const guint statuses[] = { 301, 302, 303, 307, 308 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *elsewhere
          = g_strdup_printf ("Location: %s/v1/account\r\n", lk_test_server_get_address (other));
      g_autoptr (GError) error = NULL;

      lk_test_server_answer (server, statuses[i], elsewhere, NULL, 0);
      g_assert_null (get_account (lk_test_server_get_address (server), &error));
      g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
    }
  g_assert_cmpuint (lk_test_server_get_n_requests (other), ==, 0);
}

/* What goes to loopback in plain text goes to no proxy; what goes by TLS does, and only its
 * address. */
static void
test_proxy (void)
{
  g_autoptr (LkTestServer) proxy = lk_test_server_new (NULL);
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  const LkTestRequest *request;

  proxy_uri = g_strdup (lk_test_server_get_address (proxy));

  answer_account (server);
  account = get_account (lk_test_server_get_address (server), &error);
  g_assert_no_error (error);
  g_assert_nonnull (account);
  g_assert_cmpuint (lk_test_server_get_n_requests (proxy), ==, 0);

  lk_test_server_answer (proxy, 502, NULL, NULL, 0);
  g_assert_null (get_account ("https://likeness.example.org", &error));
  g_assert_nonnull (error);
  request = lk_test_server_get_request (proxy, 0);
  g_assert_cmpstr (request->method, ==, "CONNECT");
  g_assert_null (lk_test_request_get_header (request, "authorization"));

  g_clear_pointer (&proxy_uri, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TEST_TYPE_PROXY_RESOLVER,
                                  "likeness-test", 1000);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "likeness-test", TRUE);

  g_test_add_func ("/client/tls", test_tls);
  g_test_add_func ("/client/redirect", test_redirect);
  g_test_add_func ("/client/proxy", test_proxy);

  return g_test_run ();
}
