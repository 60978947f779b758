/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#include "lk-async.h"
#include "lk-config.h"
#include "lk-receiver.h"
#include "lk-token-file.h"
#include "lk-token-store.h"

/** What the program ends with. */
enum
{
  STATUS_OK,
  STATUS_FAILED,
  STATUS_USAGE,
  STATUS_NOT_SIGNED_IN,
};

/**
 * Agent: one run of the program.
 * @status: what it will end with
 */
typedef struct
{
  gboolean once;
  gboolean json;
  gboolean share_contacts;
  gboolean version;
  char *server;
  char *vcard;
  char *token_file;
  GMainLoop *loop;
  GCancellable *cancellable;
  LkAgentState *state;
  LkClient *client;
  LkAddressBook *book;
  LkReceiver *receiver;
  gboolean ended;
  int status;
} Agent;

static void
end (Agent *self, int status, const char *sentence)
{
  self->status = status;
  self->ended = TRUE;
  if (sentence != NULL)
    g_printerr ("likeness-agent: %s\n", sentence);
  g_main_loop_quit (self->loop);
}

static void
end_with_error (Agent *self, const GError *error)
{
  if (lk_error_is_cancelled (error))
    end (self, STATUS_FAILED, "stopped");
  else if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED))
    end (self, STATUS_NOT_SIGNED_IN, "the server does not know this session; sign in again");
  else
    end (self, STATUS_FAILED, error->message);
}

/* The app's settings, where the app is installed. (transfer full) (nullable) */
static GSettings *
open_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source != NULL ? g_settings_schema_source_lookup (source, LK_APP_ID, TRUE) : NULL;

  if (schema == NULL || !g_settings_schema_has_key (schema, "server")
      || !g_settings_schema_has_key (schema, "sharing")
      || !g_settings_schema_has_key (schema, "account"))
    return NULL;
  return g_settings_new_full (schema, NULL, NULL);
}

/* Stable names for those who read the JSON. */
static const char *
get_error_code (const GError *error)
{
  static const char *const contacts_codes[]
      = { "unavailable", "not-found", "read-only", "conflict", "invalid", "too-large" };
  static const char *const api_codes[]
      = { "insecure", "offline", "timeout", "tls", "bad-answer", "keyring" };

  if (error->domain == LK_PROBLEM)
    return lk_problem_to_code ((LkProblem)error->code);
  if (error->domain == LK_CONTACTS_ERROR && error->code < (int)G_N_ELEMENTS (contacts_codes))
    return contacts_codes[error->code];
  if (error->domain == LK_API_ERROR && error->code < (int)G_N_ELEMENTS (api_codes))
    return api_codes[error->code];
  if (g_error_matches (error, LK_AGENT_ERROR, LK_AGENT_ERROR_NO_PHOTO))
    return "no-photo";
  return "internal";
}

static void
print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  g_print ("%s\n", text);
}

static void
on_change_applied (LkReceiver *receiver, const LkApplied *applied, Agent *self)
{
  const char *action = lk_photo_action_to_string (applied->action);

  if (self->json)
    {
      g_autoptr (JsonObject) line = json_object_new ();

      json_object_set_string_member (line, "ref", applied->ref);
      json_object_set_string_member (line, "action", action);
      if (applied->picture != NULL)
        json_object_set_string_member (line, "picture", applied->picture);
      if (applied->error != NULL)
        {
          json_object_set_string_member (line, "code", get_error_code (applied->error));
          json_object_set_string_member (line, "message", applied->error->message);
        }
      print_json (line);
      return;
    }
  g_print ("%s: %s%s%s\n",
           applied->contact != NULL ? lk_contact_get_name (applied->contact) : applied->ref, action,
           applied->error != NULL ? ": " : "",
           applied->error != NULL ? applied->error->message : "");
}

static void
print_summary (Agent *self)
{
  if (self->json)
    {
      g_autoptr (JsonObject) line = json_object_new ();
      JsonObject *summary = json_object_new ();

      for (int i = 0; i < LK_PHOTO_N_ACTIONS; i++)
        json_object_set_int_member (summary, lk_photo_action_to_string ((LkPhotoAction)i),
                                    lk_receiver_get_count (self->receiver, (LkPhotoAction)i));
      json_object_set_object_member (line, "summary", summary);
      print_json (line);
      return;
    }
  for (int i = 0; i < LK_PHOTO_N_ACTIONS; i++)
    g_print ("%s%u %s", i > 0 ? ", " : "", lk_receiver_get_count (self->receiver, (LkPhotoAction)i),
             lk_photo_action_to_string ((LkPhotoAction)i));
  g_print ("\n");
}

static void
on_run_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Agent *self = data;
  g_autoptr (GError) error = NULL;
  guint n_failed = 0;

  if (!lk_receiver_run_finish (self->receiver, result, &error))
    {
      end_with_error (self, error);
      return;
    }
  print_summary (self);
  n_failed = lk_receiver_get_count (self->receiver, LK_PHOTO_FAILED);
  if (n_failed > 0)
    end (self, STATUS_FAILED, "not every contact could be brought up to date");
  else
    end (self, STATUS_OK, NULL);
}

static void
on_book_problem (LkAddressBook *book, const char *name, const GError *error, gpointer data)
{
  g_printerr ("likeness-agent: the address book “%s”: %s\n", name, error->message);
}

static void
on_book_open (GObject *source, GAsyncResult *result, gpointer data)
{
  Agent *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettings) settings = NULL;

  if (!lk_address_book_open_finish (self->book, result, &error))
    {
      end_with_error (self, error);
      return;
    }
  self->receiver = lk_receiver_new (self->client, self->book, self->state);
  g_signal_connect (self->receiver, "applied", G_CALLBACK (on_change_applied), self);

  /* Consent is what the person said in the app, to that account; or what is said here and now. */
  settings = open_settings ();
  if (self->share_contacts)
    lk_receiver_set_sharing (self->receiver, TRUE, NULL);
  else if (settings != NULL)
    {
      g_autofree char *sharing = g_settings_get_string (settings, "sharing");
      g_autofree char *account = g_settings_get_string (settings, "account");

      lk_receiver_set_sharing (self->receiver, g_strcmp0 (sharing, "allowed") == 0, account);
    }
  lk_receiver_run_async (self->receiver, self->cancellable, on_run_ready, self);
}

static void
open_book (Agent *self)
{
  if (self->vcard != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->vcard);

      self->book = lk_address_book_file_new (file);
    }
  else
    self->book = lk_address_book_eds_new ();
  if (self->book == NULL)
    {
      end (self, STATUS_USAGE, "built without Evolution Data Server; name a file with --vcard");
      return;
    }
  g_signal_connect (self->book, "problem", G_CALLBACK (on_book_problem), NULL);
  lk_address_book_open_async (self->book, self->cancellable, on_book_open, self);
}

static void
on_token_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Agent *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = lk_token_store_load_finish (LK_TOKEN_STORE (source), result, &error);

  if (error != NULL)
    end_with_error (self, error);
  else if (token == NULL)
    end (self, STATUS_NOT_SIGNED_IN, "not signed in to this server; sign in with likeness");
  else
    {
      lk_client_set_token (self->client, token);
      open_book (self);
    }
}

static void
on_store_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Agent *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkTokenStore) store = lk_token_store_open_finish (result, &error);

  if (store == NULL)
    end_with_error (self, error);
  else if (!lk_token_store_is_persistent (store))
    end (self, STATUS_NOT_SIGNED_IN, "there is no keyring with a session in it; use --token-file");
  else
    lk_token_store_load_async (store, lk_client_get_server (self->client), self->cancellable,
                               on_token_ready, self);
}

static gboolean
on_signal (gpointer data)
{
  Agent *self = data;

  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static char *
choose_server (Agent *self)
{
  g_autoptr (GSettings) settings = open_settings ();
  g_autofree char *server = settings != NULL ? g_settings_get_string (settings, "server") : NULL;

  if (self->server != NULL)
    return g_strdup (self->server);
  return server != NULL && *server != '\0' ? g_steal_pointer (&server)
                                           : g_strdup (LK_DEFAULT_SERVER);
}

/* What needs no waiting; FALSE where the program ends with its status. */
static gboolean
prepare (Agent *self)
{
  g_autofree char *server = choose_server (self);
  g_autofree char *path = lk_agent_state_dup_default_path ();
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  self->client = lk_client_new (server, &error);
  if (self->client == NULL)
    {
      self->status = STATUS_USAGE;
      g_printerr ("likeness-agent: %s\n", error->message);
      return FALSE;
    }
  if (self->vcard != NULL && !g_file_test (self->vcard, G_FILE_TEST_EXISTS))
    {
      self->status = STATUS_USAGE;
      g_printerr ("likeness-agent: there is no file %s\n", self->vcard);
      return FALSE;
    }
  if (self->token_file != NULL)
    {
      token = lk_token_file_read (self->token_file, &error);
      if (token == NULL)
        {
          self->status = STATUS_NOT_SIGNED_IN;
          g_printerr ("likeness-agent: %s\n", error->message);
          return FALSE;
        }
      lk_client_set_token (self->client, token);
    }
  self->state = lk_agent_state_open (path, &error);
  if (self->state == NULL)
    {
      self->status = STATUS_FAILED;
      g_printerr ("likeness-agent: %s\n", error->message);
      return FALSE;
    }
  return TRUE;
}

static void
run (Agent *self)
{
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, self);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, self);

  if (self->token_file != NULL)
    open_book (self);
  else
    lk_token_store_open_async (self->cancellable, on_store_ready, self);
  /* What ends before it has to wait ends before the loop. */
  if (!self->ended)
    g_main_loop_run (self->loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

static gboolean
parse_options (Agent *self, int argc, char *argv[])
{
  const GOptionEntry entries[] = {
    { "once", 0, 0, G_OPTION_ARG_NONE, &self->once, "Ask the feed once, and end", NULL },
    { "server", 0, 0, G_OPTION_ARG_STRING, &self->server, "The server's address", "URL" },
    { "vcard", 0, 0, G_OPTION_ARG_FILENAME, &self->vcard,
      "Use a file of vCards for the address book", "FILE" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
      "Read the session's token from a file of mode 0600, not from the keyring", "FILE" },
    { "share-contacts", 0, 0, G_OPTION_ARG_NONE, &self->share_contacts,
      "Share the address book's numbers and email addresses, whatever the settings say", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print a JSON object for each contact", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean parsed = FALSE;

  g_option_context_set_summary (
      context, "Brings the photos of the address book to what their owners publish.");
  g_option_context_set_description (
      context, "Status: 0 done, 1 something failed, 2 usage, 3 not signed in.\n\nA photo that was "
               "not written by Likeness is never overwritten.");
  g_option_context_add_main_entries (context, entries, NULL);
  parsed = g_option_context_parse (context, &argc, &argv, &error);
  if (parsed && argc == 1 && (self->once || self->version))
    return TRUE;
  if (!parsed)
    g_printerr ("likeness-agent: %s\n", error->message);
  else if (argc > 1)
    g_printerr ("likeness-agent: “%s” is not an option\n", argv[1]);
  else
    g_printerr ("likeness-agent: say --once\n");
  return FALSE;
}

int
main (int argc, char *argv[])
{
  Agent agent = { .status = STATUS_USAGE };

  setlocale (LC_ALL, "");
  g_set_prgname ("likeness-agent");
  agent.loop = g_main_loop_new (NULL, FALSE);
  agent.cancellable = g_cancellable_new ();

  if (parse_options (&agent, argc, argv))
    {
      if (agent.version)
        {
          g_print ("likeness-agent %s\n", LK_VERSION);
          agent.status = STATUS_OK;
        }
      else if (prepare (&agent))
        run (&agent);
    }

  g_clear_object (&agent.receiver);
  g_clear_object (&agent.book);
  g_clear_object (&agent.client);
  g_clear_object (&agent.state);
  g_clear_object (&agent.cancellable);
  g_clear_pointer (&agent.loop, g_main_loop_unref);
  g_free (agent.server);
  g_free (agent.vcard);
  g_free (agent.token_file);
  return agent.status;
}
