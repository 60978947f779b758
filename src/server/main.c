/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>
#include <gio/gio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "lk-config.h"
#include "lk-http-server.h"
#include "lk-log.h"

/* How long requests that are in flight may take once the server is told to stop. */
#define DRAIN_SECONDS 30
#define TIDY_SECONDS 300
/* Files beside connections: the store, blobs, senders. */
#define SPARE_FILES 256

#define EXIT_USAGE 2

typedef struct
{
  char *config_path;
  char *data_dir;
  char **listen;
  int port;
  gboolean check;
  gboolean version;
} Options;

typedef struct
{
  GMainLoop *loop;
  LkHttpServer *server;
  LkService *service;
  gboolean stopping;
} Program;

static void
options_clear (Options *self)
{
  g_free (self->config_path);
  g_free (self->data_dir);
  g_strfreev (self->listen);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config_path, "Read FILE", "FILE" },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &options->check,
      "Say what is wrong with the configuration, and where, and stop", NULL },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir, "Keep the data in DIR", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->listen,
      "Listen on ADDRESS:PORT; port 0 takes a free one", "ADDRESS:PORT" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "Listen on PORT of this computer only",
      "PORT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Say the version and stop", NULL },
    { NULL },
  };

  options->port = -1;
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "The server of Likeness.");
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "Unexpected argument “%s”",
                   (*argv)[1]);
      return FALSE;
    }
  if (options->port > 65535)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "A port is a number from 0 to 65535");
      return FALSE;
    }
  return TRUE;
}

/* What is on the command line counts more than the file. */
static gboolean
apply_options (LkServerConfig *config, const Options *options, GError **error)
{
  g_autofree char *local = g_strdup_printf ("127.0.0.1:%d", options->port);
  const char *const addresses[] = { local, NULL };

  if (options->data_dir != NULL)
    {
      g_free (config->data_dir);
      config->data_dir = g_strdup (options->data_dir);
    }
  if (options->listen != NULL)
    return lk_server_config_set_listen (config, (const char *const *)options->listen, error);
  if (options->port >= 0)
    return lk_server_config_set_listen (config, addresses, error);
  return TRUE;
}

/* NULL where something is wrong, which was said on stderr. */
static LkServerConfig *
load_config (const Options *options)
{
  g_autoptr (LkServerConfig) config = lk_server_config_new ();
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (options->config_path != NULL
      && !lk_server_config_load (config, options->config_path, complaints))
    {
      for (guint i = 0; i < complaints->len; i++)
        g_printerr ("%s\n", (const char *)g_ptr_array_index (complaints, i));
      return NULL;
    }
  if (!apply_options (config, options, &error))
    {
      g_printerr ("%s\n", error->message);
      return NULL;
    }
  return g_steal_pointer (&config);
}

/* Each connection is a file; where there are none left, none would be accepted ever again. */
static void
fit_connections (LkServerConfig *config)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_warning ("The limit of open files could not be raised");
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
      && limit.rlim_cur < config->max_connections + SPARE_FILES)
    {
      config->max_connections = limit.rlim_cur > 2 * SPARE_FILES
                                    ? (guint)limit.rlim_cur - SPARE_FILES
                                    : SPARE_FILES / 2;
      g_warning ("Only %u connections at a time: the limit of open files is %lu",
                 config->max_connections, (unsigned long)limit.rlim_cur);
    }
}

static void
warn_unprotected (const LkServerConfig *config)
{
  for (guint i = 0; i < config->listen->len; i++)
    {
      GInetAddress *address
          = g_inet_socket_address_get_address (g_ptr_array_index (config->listen, i));

      if (config->certificate == NULL && config->proxies->len == 0
          && !g_inet_address_get_is_loopback (address))
        g_warning ("Neither a certificate nor a proxy is configured: tokens travel in clear");
    }
}

static void
on_drained (gpointer data)
{
  Program *program = data;

  g_main_loop_quit (program->loop);
}

static gboolean
on_stop_signal (gpointer data)
{
  Program *program = data;

  if (program->stopping)
    {
      /* Told twice: whoever asks is in a hurry. */
      g_main_loop_quit (program->loop);
      return G_SOURCE_CONTINUE;
    }
  program->stopping = TRUE;
  g_message ("Stopping");
  lk_http_server_drain (program->server, DRAIN_SECONDS, on_drained, program);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer data)
{
  lk_log_flush ();
  return G_SOURCE_CONTINUE;
}

/* GTaskThreadFunc */
static void
tidy (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  LkService *service = task_data;
  g_autoptr (GError) error = NULL;

  if (lk_store_tidy (service->store, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_tidy_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("The store could not be tidied: %s", error->message);
}

static gboolean
on_tidy_time (gpointer data)
{
  Program *program = data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_tidy_ready, NULL);

  g_task_set_source_tag (task, on_tidy_time);
  g_task_set_task_data (task, program->service, NULL);
  g_task_run_in_thread (task, tidy);
  return G_SOURCE_CONTINUE;
}

static gboolean
listen_all (LkHttpServer *server, const LkServerConfig *config, GError **error)
{
  g_auto (GStrv) addresses = NULL;

  for (guint i = 0; i < config->listen->len; i++)
    {
      GInetSocketAddress *address = g_ptr_array_index (config->listen, i);

      if (!lk_http_server_listen (server, address, error))
        {
          g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

          g_prefix_error (error, "%s: ", text);
          return FALSE;
        }
    }
  addresses = lk_http_server_dup_addresses (server);
  for (gsize i = 0; addresses[i] != NULL; i++)
    printf ("listening on %s\n", addresses[i]);
  fflush (stdout);
  return TRUE;
}

static int
run (LkServerConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkService) service = NULL;
  g_autoptr (LkHttpServer) server = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Program program = { .loop = loop };

  lk_log_start (config->log_level);
  fit_connections (config);
  warn_unprotected (config);
  service = lk_service_new (config, &error);
  if (service == NULL)
    {
      g_critical ("The server cannot start: %s", error->message);
      return EXIT_FAILURE;
    }
  server = lk_http_server_new (service);
  program.server = server;
  program.service = service;
  g_unix_signal_add (SIGTERM, on_stop_signal, &program);
  g_unix_signal_add (SIGINT, on_stop_signal, &program);
  g_timeout_add_seconds (1, on_second, &program);
  g_timeout_add_seconds (TIDY_SECONDS, on_tidy_time, &program);
  if (!listen_all (server, config, &error))
    {
      g_critical ("The server cannot start: %s", error->message);
      return EXIT_FAILURE;
    }
  g_message ("Likeness server %s is ready", LK_VERSION);
  g_main_loop_run (loop);
  g_clear_pointer (&server, lk_http_server_free);
  g_message ("Stopped");
  lk_log_flush ();
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;
  LkServerConfig *config;

  setlocale (LC_ALL, "");
  if (!parse_options (&options, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_USAGE;
    }
  if (options.version)
    {
      printf ("likeness-server %s\n", LK_VERSION);
      return EXIT_SUCCESS;
    }
  /* A client that goes away must not end the server. */
  signal (SIGPIPE, SIG_IGN);
  config = load_config (&options);
  if (config == NULL)
    return EXIT_USAGE;
  if (options.check)
    {
      lk_server_config_free (config);
      return EXIT_SUCCESS;
    }
  return run (config);
}
