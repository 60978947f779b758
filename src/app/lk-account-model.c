/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-account-model.h"

#include "lk-app-enums.h"
#include "lk-async.h"
#include "lk-picture-load.h"
#include "lk-reconnect.h"
#include "lk-server-choice.h"

struct _LkAccountModel
{
  GObject parent_instance;

  GSettings *settings;
  LkTokenStore *token_store;
  LkContactSync *sync;
  LkClient *client;
  char *id;
  GStrv identifiers;
  LkAccountState state;
  gboolean online;
  gboolean persistent;
  LkOwnPictures *pictures;
  GCancellable *session; /* of all that is done for who is signed in */
  LkReconnect *reconnect;
};

G_DEFINE_FINAL_TYPE (LkAccountModel, lk_account_model, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ONLINE,
  PROP_PERSISTENT,
  PROP_SERVER,
  PROP_CLIENT,
  PROP_IDENTIFIERS,
  PROP_ADDRESS_BOOK,
  PROP_ADDRESS_BOOK_STATE,
  PROP_SHARING,
  PROP_PICTURES,
  N_PROPS,
};

enum
{
  SIGNAL_SIGNED_OUT,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
notify (LkAccountModel *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_state (LkAccountModel *self, LkAccountState state)
{
  if (self->state == state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
}

static void
set_flag (LkAccountModel *self, gboolean *flag, gboolean value, guint property)
{
  if (*flag == value)
    return;
  *flag = value;
  notify (self, property);
}

static void
report_failure (LkAccountModel *self, const GError *error)
{
  if (lk_error_is_cancelled (error))
    return;
  lk_account_model_report (self, error);
  if (self->state == LK_ACCOUNT_SIGNED_IN && self->online)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

/* The end of a session */

static void
on_clear_token_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!lk_token_store_clear_finish (LK_TOKEN_STORE (source), result, &error))
    g_warning ("The session could not be taken out of the keyring: %s", error->message);
}

static void
replace_client (LkAccountModel *self, LkClient *client)
{
  g_set_object (&self->client, client);
  notify (self, PROP_CLIENT);
}

static void
end_session (LkAccountModel *self, LkSignedOutReason reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkClient) client = lk_client_new (lk_client_get_server (self->client), &error);

  g_cancellable_cancel (self->session);
  g_object_unref (self->session);
  self->session = g_cancellable_new ();
  lk_reconnect_reset (self->reconnect);
  lk_contact_sync_stop (self->sync);
  lk_token_store_clear_async (self->token_store, lk_client_get_server (self->client), NULL,
                              on_clear_token_ready, NULL);
  lk_picture_load_forget ();
  lk_own_pictures_stop (self->pictures);
  g_clear_pointer (&self->identifiers, g_strfreev);
  g_settings_reset (self->settings, "identifiers");

  g_object_freeze_notify (G_OBJECT (self));
  if (client != NULL)
    replace_client (self, client);
  else
    g_critical ("The server’s address was fine before: %s", error->message);
  notify (self, PROP_IDENTIFIERS);
  set_flag (self, &self->online, TRUE, PROP_ONLINE);
  set_state (self, LK_ACCOUNT_SIGNED_OUT);
  g_object_thaw_notify (G_OBJECT (self));

  g_signal_emit (self, signals[SIGNAL_SIGNED_OUT], 0, reason);
  g_clear_pointer (&self->id, g_free);
}

/* The address book */

static void
start_sync (LkAccountModel *self)
{
  if (self->state == LK_ACCOUNT_SIGNED_IN)
    lk_contact_sync_start (self->sync, self->client,
                           lk_account_model_get_sharing (self) == LK_SHARING_ALLOWED);
}

static void
on_address_book_state_changed (LkAccountModel *self)
{
  notify (self, PROP_ADDRESS_BOOK_STATE);
  if (lk_contact_sync_get_state (self->sync) == LK_ADDRESS_BOOK_READY)
    start_sync (self);
}

static void
on_sync_done (LkAccountModel *self, const GError *error)
{
  if (error != NULL)
    report_failure (self, error);
  else
    lk_account_model_report (self, NULL);
}

static void
on_reconnect_due (LkAccountModel *self)
{
  lk_own_pictures_reload (self->pictures);
}

static void
on_pictures_done (LkAccountModel *self, const GError *error)
{
  if (error != NULL)
    {
      report_failure (self, error);
      return;
    }
  lk_account_model_report (self, NULL);
  lk_contact_sync_retry (self->sync);
}

/* Who is signed in */

static void
take_account (LkAccountModel *self, const LkAccount *account)
{
  g_autofree char *known = g_settings_get_string (self->settings, "account");

  /* What was agreed to holds for the account for which it was. */
  if (g_strcmp0 (known, account->id) != 0)
    {
      g_settings_reset (self->settings, "sharing");
      g_settings_set_string (self->settings, "account", account->id);
    }
  g_free (self->id);
  self->id = g_strdup (account->id);
  g_strfreev (self->identifiers);
  self->identifiers = g_strdupv (account->identifiers);
  g_settings_set_strv (self->settings, "identifiers", (const char *const *)self->identifiers);
  notify (self, PROP_IDENTIFIERS);
}

static void
on_get_account_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkAccountModel) self = LK_ACCOUNT_MODEL (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = lk_client_get_account_finish (LK_CLIENT (source), result, &error);

  if (account != NULL)
    take_account (self, account);
  else
    report_failure (self, error);
}

static void
begin_session (LkAccountModel *self)
{
  set_state (self, LK_ACCOUNT_SIGNED_IN);
  lk_own_pictures_start (self->pictures, self->client);
  if (lk_contact_sync_get_state (self->sync) == LK_ADDRESS_BOOK_READY)
    start_sync (self);
  else
    lk_contact_sync_open (self->sync);
}

static char *
dup_known_account (LkAccountModel *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "account");

  return *id != '\0' ? g_steal_pointer (&id) : NULL;
}

static void
on_load_token_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkAccountModel) self = LK_ACCOUNT_MODEL (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = lk_token_store_load_finish (LK_TOKEN_STORE (source), result, &error);

  if (error != NULL)
    {
      g_message ("The keyring did not give the session: %s", error->message);
      set_flag (self, &self->persistent, FALSE, PROP_PERSISTENT);
    }
  if (token == NULL)
    {
      set_state (self, LK_ACCOUNT_SIGNED_OUT);
      return;
    }
  self->id = dup_known_account (self);
  self->identifiers = g_settings_get_strv (self->settings, "identifiers");
  notify (self, PROP_IDENTIFIERS);
  lk_client_set_token (self->client, token);
  lk_client_get_account_async (self->client, self->session, on_get_account_ready,
                               g_object_ref (self));
  begin_session (self);
}

static void
load_token (LkAccountModel *self)
{
  set_flag (self, &self->persistent, lk_token_store_is_persistent (self->token_store),
            PROP_PERSISTENT);
  lk_token_store_load_async (self->token_store, lk_client_get_server (self->client), NULL,
                             on_load_token_ready, g_object_ref (self));
}

static void
on_open_token_store_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkAccountModel) self = LK_ACCOUNT_MODEL (data);
  g_autoptr (GError) error = NULL;

  self->token_store = lk_token_store_open_finish (result, &error);
  if (self->token_store == NULL)
    {
      g_message ("There is no keyring: %s", error->message);
      self->token_store = lk_token_store_memory_new ();
    }
  load_token (self);
}

static void
on_save_token_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  LkAccountModel *self = LK_ACCOUNT_MODEL (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;

  /* The person is signed in all the same, and the window says for how long. */
  if (!lk_token_store_save_finish (LK_TOKEN_STORE (source), result, &error))
    {
      g_message ("The keyring did not take the session: %s", error->message);
      set_flag (self, &self->persistent, FALSE, PROP_PERSISTENT);
    }
  begin_session (self);
  g_task_return_boolean (task, TRUE);
}

static void
on_check_code_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  LkAccountModel *self = LK_ACCOUNT_MODEL (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = lk_client_check_code_finish (LK_CLIENT (source), result, &error);

  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;
  take_account (self, account);
  lk_token_store_save_async (self->token_store, lk_client_get_server (self->client),
                             lk_client_get_token (self->client), NULL, on_save_token_ready,
                             g_object_ref (task));
}

static void
on_delete_session_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* Signed out here in any case; the server ends a session that is not used by itself. */
  if (!lk_client_delete_session_finish (LK_CLIENT (source), result, &error))
    g_message ("The server was not told of the sign-out: %s", error->message);
}

static void
on_delete_account_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  LkAccountModel *self = LK_ACCOUNT_MODEL (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;

  if (!lk_client_delete_account_finish (LK_CLIENT (source), result, &error))
    {
      lk_account_model_report (self, error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_settings_reset (self->settings, "account");
  g_settings_reset (self->settings, "sharing");
  end_session (self, LK_SIGNED_OUT_DELETED);
  g_task_return_boolean (task, TRUE);
}

static void
lk_account_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkAccountModel *self = LK_ACCOUNT_MODEL (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ONLINE:
      g_value_set_boolean (value, self->online);
      break;
    case PROP_PERSISTENT:
      g_value_set_boolean (value, self->persistent);
      break;
    case PROP_SERVER:
      g_value_set_string (value, lk_account_model_get_server (self));
      break;
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_IDENTIFIERS:
      g_value_set_boxed (value, self->identifiers);
      break;
    case PROP_ADDRESS_BOOK:
      g_value_set_object (value, lk_account_model_get_address_book (self));
      break;
    case PROP_ADDRESS_BOOK_STATE:
      g_value_set_enum (value, lk_contact_sync_get_state (self->sync));
      break;
    case PROP_SHARING:
      g_value_set_enum (value, lk_account_model_get_sharing (self));
      break;
    case PROP_PICTURES:
      g_value_set_object (value, self->pictures);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_account_model_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkAccountModel *self = LK_ACCOUNT_MODEL (object);

  switch (id)
    {
    case PROP_SHARING:
      lk_account_model_set_sharing (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_account_model_dispose (GObject *object)
{
  LkAccountModel *self = LK_ACCOUNT_MODEL (object);

  g_cancellable_cancel (self->session);
  lk_reconnect_reset (self->reconnect);
  lk_contact_sync_stop (self->sync);
  lk_own_pictures_stop (self->pictures);

  G_OBJECT_CLASS (lk_account_model_parent_class)->dispose (object);
}

static void
lk_account_model_finalize (GObject *object)
{
  LkAccountModel *self = LK_ACCOUNT_MODEL (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->token_store);
  g_clear_object (&self->sync);
  g_clear_object (&self->client);
  g_clear_object (&self->pictures);
  g_clear_object (&self->session);
  g_clear_object (&self->reconnect);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->identifiers, g_strfreev);

  G_OBJECT_CLASS (lk_account_model_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  properties[PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, LK_TYPE_ACCOUNT_STATE, LK_ACCOUNT_STARTING, flags);
  properties[PROP_ONLINE] = g_param_spec_boolean ("online", NULL, NULL, TRUE, flags);
  properties[PROP_PERSISTENT] = g_param_spec_boolean ("persistent", NULL, NULL, TRUE, flags);
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  properties[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, LK_TYPE_CLIENT, flags);
  properties[PROP_IDENTIFIERS] = g_param_spec_boxed ("identifiers", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_ADDRESS_BOOK]
      = g_param_spec_object ("address-book", NULL, NULL, LK_TYPE_ADDRESS_BOOK, flags);
  properties[PROP_ADDRESS_BOOK_STATE] = g_param_spec_enum (
      "address-book-state", NULL, NULL, LK_TYPE_ADDRESS_BOOK_STATE, LK_ADDRESS_BOOK_OPENING, flags);
  properties[PROP_SHARING] = g_param_spec_enum ("sharing", NULL, NULL, LK_TYPE_SHARING,
                                                LK_SHARING_UNDECIDED, flags | G_PARAM_WRITABLE);
  properties[PROP_PICTURES]
      = g_param_spec_object ("pictures", NULL, NULL, LK_TYPE_OWN_PICTURES, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_account_model_class_init (LkAccountModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lk_account_model_get_property;
  object_class->set_property = lk_account_model_set_property;
  object_class->dispose = lk_account_model_dispose;
  object_class->finalize = lk_account_model_finalize;

  install_properties (object_class);
  signals[SIGNAL_SIGNED_OUT]
      = g_signal_new ("signed-out", LK_TYPE_ACCOUNT_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, LK_TYPE_SIGNED_OUT_REASON);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", LK_TYPE_ACCOUNT_MODEL, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_account_model_init (LkAccountModel *self)
{
  self->online = TRUE;
  self->persistent = TRUE;
  self->reconnect = lk_reconnect_new ();
  g_signal_connect_object (self->reconnect, "due", G_CALLBACK (on_reconnect_due), self,
                           G_CONNECT_SWAPPED);
  self->pictures = lk_own_pictures_new ();
  g_signal_connect_object (self->pictures, "done", G_CALLBACK (on_pictures_done), self,
                           G_CONNECT_SWAPPED);
  self->session = g_cancellable_new ();
}

/**
 * lk_account_model_new:
 * @settings: of the schema app.likeness.Likeness
 * @address_book: not opened yet; it is when somebody signs in
 * @token_store: (nullable): NULL for the best that there is, which is found out by
 *   lk_account_model_start()
 *
 * The server is LIKENESS_SERVER of the environment, else that of the settings, else the built-in
 * one.
 */
LkAccountModel *
lk_account_model_new (GSettings *settings, LkAddressBook *address_book, LkTokenStore *token_store)
{
  LkAccountModel *self = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (LK_IS_ADDRESS_BOOK (address_book), NULL);

  self = g_object_new (LK_TYPE_ACCOUNT_MODEL, NULL);
  self->settings = g_object_ref (settings);
  self->sync = lk_contact_sync_new (address_book);
  g_signal_connect_object (self->sync, "notify::state", G_CALLBACK (on_address_book_state_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sync, "done", G_CALLBACK (on_sync_done), self, G_CONNECT_SWAPPED);
  g_set_object (&self->token_store, token_store);
  self->client = lk_server_choice_open (settings);
  return self;
}

/**
 * lk_account_model_start:
 *
 * Looks for a session that was kept: call it once, after the first frame.
 */
void
lk_account_model_start (LkAccountModel *self)
{
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));
  g_return_if_fail (self->state == LK_ACCOUNT_STARTING);

  if (self->token_store != NULL)
    load_token (self);
  else
    lk_token_store_open_async (NULL, on_open_token_store_ready, g_object_ref (self));
}

LkAccountState
lk_account_model_get_state (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), LK_ACCOUNT_STARTING);

  return self->state;
}

gboolean
lk_account_model_get_online (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), FALSE);

  return self->online;
}

gboolean
lk_account_model_get_persistent (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), FALSE);

  return self->persistent;
}

const char *
lk_account_model_get_server (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return lk_client_get_server (self->client);
}

/**
 * lk_account_model_set_server:
 * @server: an address; "" for the built-in one
 *
 * Changes the server while nobody is signed in, and keeps it in the settings.
 *
 * Returns: whether it is an address that may be used, else LK_API_ERROR_INSECURE
 */
gboolean
lk_account_model_set_server (LkAccountModel *self, const char *server, GError **error)
{
  g_autoptr (LkClient) client = NULL;

  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), FALSE);
  g_return_val_if_fail (self->state == LK_ACCOUNT_SIGNED_OUT, FALSE);

  client = lk_server_choice_set (self->settings, server, error);
  if (client == NULL)
    return FALSE;
  replace_client (self, client);
  notify (self, PROP_SERVER);
  return TRUE;
}

/**
 * lk_account_model_get_client:
 *
 * Returns: (transfer none): the client of the server that is set; another one after signing out
 */
LkClient *
lk_account_model_get_client (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return self->client;
}

/**
 * lk_account_model_get_id:
 *
 * Returns: (nullable): the server's name for the account
 */
const char *
lk_account_model_get_id (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return self->id;
}

/**
 * lk_account_model_get_identifiers:
 *
 * Returns: (nullable): the account's verified phone numbers and email addresses
 */
const char *const *
lk_account_model_get_identifiers (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return (const char *const *)self->identifiers;
}

LkAddressBook *
lk_account_model_get_address_book (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return lk_contact_sync_get_address_book (self->sync);
}

LkAddressBookState
lk_account_model_get_address_book_state (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), LK_ADDRESS_BOOK_FAILED);

  return lk_contact_sync_get_state (self->sync);
}

LkOwnPictures *
lk_account_model_get_pictures (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return self->pictures;
}

LkSharing
lk_account_model_get_sharing (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), LK_SHARING_UNDECIDED);

  return g_settings_get_enum (self->settings, "sharing");
}

/**
 * lk_account_model_set_sharing:
 * @sharing: what the person said; refusing what was allowed has the server forget the address book
 */
void
lk_account_model_set_sharing (LkAccountModel *self, LkSharing sharing)
{
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));

  if (lk_account_model_get_sharing (self) == sharing)
    return;
  g_settings_set_enum (self->settings, "sharing", sharing);
  notify (self, PROP_SHARING);
  if (self->state == LK_ACCOUNT_SIGNED_IN)
    lk_contact_sync_set_shared (self->sync, sharing == LK_SHARING_ALLOWED);
}

/**
 * lk_account_model_get_sync:
 *
 * Returns: (transfer none): what keeps the server's copy of the address book in step
 */
LkContactSync *
lk_account_model_get_sync (LkAccountModel *self)
{
  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (self), NULL);

  return self->sync;
}

/**
 * lk_account_model_check_code_async:
 * @verification: the id of the verification
 * @code: what the person typed
 */
void
lk_account_model_check_code_async (LkAccountModel *self,
                                   const char *verification,
                                   const char *code,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));
  g_return_if_fail (self->state == LK_ACCOUNT_SIGNED_OUT);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_account_model_check_code_async);
  lk_client_check_code_async (self->client, verification, code, g_get_host_name (), cancellable,
                              on_check_code_ready, g_object_ref (task));
}

gboolean
lk_account_model_check_code_finish (LkAccountModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lk_account_model_sign_out:
 *
 * Ends the session here at once, and tells the server if it can be reached.
 */
void
lk_account_model_sign_out (LkAccountModel *self)
{
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));
  g_return_if_fail (self->state == LK_ACCOUNT_SIGNED_IN);

  lk_client_delete_session_async (self->client, "current", NULL, on_delete_session_ready, NULL);
  end_session (self, LK_SIGNED_OUT_BY_PERSON);
}

/**
 * lk_account_model_delete_async:
 *
 * Has the server erase everything of the account's, and ends the session.
 */
void
lk_account_model_delete_async (LkAccountModel *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_account_model_delete_async);
  lk_client_delete_account_async (self->client, cancellable, on_delete_account_ready,
                                  g_object_ref (task));
}

gboolean
lk_account_model_delete_finish (LkAccountModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lk_account_model_report:
 * @error: (nullable): how a call to the server ended
 *
 * Every part of the window that talks to the server tells the model here, so that there is one
 * truth on whether it can be reached and whether the session still holds.
 */
void
lk_account_model_report (LkAccountModel *self, const GError *error)
{
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (self));

  if (self->state != LK_ACCOUNT_SIGNED_IN)
    return;
  if (g_error_matches (error, LK_API_ERROR, LK_API_ERROR_OFFLINE)
      || g_error_matches (error, LK_API_ERROR, LK_API_ERROR_TIMEOUT))
    {
      set_flag (self, &self->online, FALSE, PROP_ONLINE);
      lk_reconnect_wait (self->reconnect);
      return;
    }
  if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED))
    {
      end_session (self, LK_SIGNED_OUT_BY_SERVER);
      return;
    }
  lk_reconnect_reset (self->reconnect);
  set_flag (self, &self->online, TRUE, PROP_ONLINE);
}
