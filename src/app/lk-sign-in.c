/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sign-in.h"

#include "lk-app-enums.h"
#include "lk-async.h"
#include "lk-phone.h"

#define DEFAULT_CODE_LENGTH 6

struct _LkSignIn
{
  GObject parent_instance;

  LkAccountModel *account;
  LkSignInStep step;
  char *identifier;
  LkVerification *verification;
  GError *error;
  GCancellable *cancellable; /* of the call that is under way */
  gint64 resend_at;          /* of the monotonic clock, in µs */
  gint64 check_at;
  guint resend_wait;
  guint check_wait;
  guint tick;
};

G_DEFINE_FINAL_TYPE (LkSignIn, lk_sign_in, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STEP,
  PROP_BUSY,
  PROP_IDENTIFIER,
  PROP_CODE_LENGTH,
  PROP_RESEND_WAIT,
  PROP_CHECK_WAIT,
  N_PROPS,
};

enum
{
  SIGNAL_ERROR_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
notify (LkSignIn *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_error (LkSignIn *self, const GError *error)
{
  if (error == NULL && self->error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_signal_emit (self, signals[SIGNAL_ERROR_CHANGED], 0);
}

static void
set_step (LkSignIn *self, LkSignInStep step)
{
  if (self->step == step)
    return;
  self->step = step;
  notify (self, PROP_STEP);
}

/* Waiting */

static guint
seconds_until (gint64 at)
{
  gint64 left = at - g_get_monotonic_time ();

  return left > 0 ? (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC : 0;
}

static void
set_wait (LkSignIn *self, guint *wait, guint value, guint property)
{
  if (*wait == value)
    return;
  *wait = value;
  notify (self, property);
}

static gboolean
on_tick (gpointer data)
{
  LkSignIn *self = LK_SIGN_IN (data);

  set_wait (self, &self->resend_wait, seconds_until (self->resend_at), PROP_RESEND_WAIT);
  set_wait (self, &self->check_wait, seconds_until (self->check_at), PROP_CHECK_WAIT);
  if (self->resend_wait > 0 || self->check_wait > 0)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
start_waiting (LkSignIn *self, gint64 *at, int seconds)
{
  *at = g_get_monotonic_time () + MAX (seconds, 0) * G_USEC_PER_SEC;
  g_clear_handle_id (&self->tick, g_source_remove);
  if (on_tick (self) == G_SOURCE_CONTINUE)
    self->tick = g_timeout_add_seconds (1, on_tick, self);
}

/* Asking the server */

static GCancellable *
begin (LkSignIn *self)
{
  set_error (self, NULL);
  self->cancellable = g_cancellable_new ();
  notify (self, PROP_BUSY);
  return self->cancellable;
}

static void
end (LkSignIn *self)
{
  g_clear_object (&self->cancellable);
  notify (self, PROP_BUSY);
}

static void
take_verification (LkSignIn *self, LkVerification *verification)
{
  guint before = lk_sign_in_get_code_length (self);

  g_clear_pointer (&self->verification, lk_verification_free);
  self->verification = verification;
  if (before != lk_sign_in_get_code_length (self))
    notify (self, PROP_CODE_LENGTH);
  start_waiting (self, &self->resend_at, verification->resend_in);
  start_waiting (self, &self->check_at, 0);
}

static void
on_send_code_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSignIn) self = LK_SIGN_IN (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkVerification) verification
      = lk_client_send_code_finish (LK_CLIENT (source), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  end (self);
  if (verification == NULL)
    {
      if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS))
        start_waiting (self, &self->resend_at, lk_api_error_get_retry_after (error));
      set_error (self, error);
      return;
    }
  take_verification (self, g_steal_pointer (&verification));
  set_step (self, LK_SIGN_IN_CODE);
}

static void
send_code (LkSignIn *self)
{
  LkClient *client = lk_account_model_get_client (self->account);
  GCancellable *cancellable = begin (self);

  lk_client_send_code_async (client, self->identifier, cancellable, on_send_code_ready,
                             g_object_ref (self));
}

static void
reset (LkSignIn *self)
{
  g_clear_pointer (&self->verification, lk_verification_free);
  set_step (self, LK_SIGN_IN_IDENTIFIER);
}

static void
on_check_code_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSignIn) self = LK_SIGN_IN (data);
  g_autoptr (GError) error = NULL;
  gboolean checked = lk_account_model_check_code_finish (LK_ACCOUNT_MODEL (source), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  end (self);
  if (checked)
    {
      reset (self);
      return;
    }
  start_waiting (self, &self->check_at, lk_api_error_get_retry_after (error));
  set_error (self, error);
}

static void
lk_sign_in_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkSignIn *self = LK_SIGN_IN (object);

  switch (id)
    {
    case PROP_STEP:
      g_value_set_enum (value, self->step);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, lk_sign_in_get_busy (self));
      break;
    case PROP_IDENTIFIER:
      g_value_set_string (value, self->identifier);
      break;
    case PROP_CODE_LENGTH:
      g_value_set_uint (value, lk_sign_in_get_code_length (self));
      break;
    case PROP_RESEND_WAIT:
      g_value_set_uint (value, self->resend_wait);
      break;
    case PROP_CHECK_WAIT:
      g_value_set_uint (value, self->check_wait);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_sign_in_dispose (GObject *object)
{
  LkSignIn *self = LK_SIGN_IN (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->tick, g_source_remove);

  G_OBJECT_CLASS (lk_sign_in_parent_class)->dispose (object);
}

static void
lk_sign_in_finalize (GObject *object)
{
  LkSignIn *self = LK_SIGN_IN (object);

  g_clear_object (&self->account);
  g_clear_pointer (&self->identifier, g_free);
  g_clear_pointer (&self->verification, lk_verification_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (lk_sign_in_parent_class)->finalize (object);
}

static void
lk_sign_in_class_init (LkSignInClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lk_sign_in_get_property;
  object_class->dispose = lk_sign_in_dispose;
  object_class->finalize = lk_sign_in_finalize;

  properties[PROP_STEP]
      = g_param_spec_enum ("step", NULL, NULL, LK_TYPE_SIGN_IN_STEP, LK_SIGN_IN_IDENTIFIER, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_IDENTIFIER] = g_param_spec_string ("identifier", NULL, NULL, NULL, flags);
  properties[PROP_CODE_LENGTH]
      = g_param_spec_uint ("code-length", NULL, NULL, 1, G_MAXUINT, DEFAULT_CODE_LENGTH, flags);
  properties[PROP_RESEND_WAIT]
      = g_param_spec_uint ("resend-wait", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_CHECK_WAIT]
      = g_param_spec_uint ("check-wait", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_ERROR_CHANGED] = g_signal_new ("error-changed", LK_TYPE_SIGN_IN, G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lk_sign_in_init (LkSignIn *self)
{
}

LkSignIn *
lk_sign_in_new (LkAccountModel *account)
{
  LkSignIn *self = g_object_new (LK_TYPE_SIGN_IN, NULL);

  self->account = g_object_ref (account);
  return self;
}

/**
 * lk_sign_in_send_code:
 * @text: what the person typed: a phone number or an email address
 *
 * Does nothing while the server is asked already.
 */
void
lk_sign_in_send_code (LkSignIn *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *identifier = NULL;

  g_return_if_fail (LK_IS_SIGN_IN (self));

  if (self->cancellable != NULL)
    return;
  identifier = lk_identifier_from_input (text, NULL, &error);
  if (identifier == NULL)
    {
      g_autoptr (GError) invalid
          = g_error_new_literal (LK_PROBLEM, LK_PROBLEM_INVALID_IDENTIFIER, error->message);

      set_error (self, invalid);
      return;
    }
  g_free (self->identifier);
  self->identifier = g_steal_pointer (&identifier);
  notify (self, PROP_IDENTIFIER);
  send_code (self);
}

/**
 * lk_sign_in_resend:
 *
 * Sends another code to the same place. Does nothing before "resend-wait" is over.
 */
void
lk_sign_in_resend (LkSignIn *self)
{
  g_return_if_fail (LK_IS_SIGN_IN (self));
  g_return_if_fail (self->identifier != NULL);

  if (self->cancellable == NULL && self->resend_wait == 0)
    send_code (self);
}

/**
 * lk_sign_in_check:
 * @code: what the person typed
 *
 * Does nothing before "check-wait" is over.
 */
void
lk_sign_in_check (LkSignIn *self, const char *code)
{
  GCancellable *cancellable = NULL;

  g_return_if_fail (LK_IS_SIGN_IN (self));
  g_return_if_fail (self->verification != NULL);

  if (self->cancellable != NULL || self->check_wait > 0)
    return;
  cancellable = begin (self);
  lk_account_model_check_code_async (self->account, self->verification->id, code, cancellable,
                                     on_check_code_ready, g_object_ref (self));
}

/**
 * lk_sign_in_back:
 *
 * Goes back to asking who it is; what is under way is cancelled.
 */
void
lk_sign_in_back (LkSignIn *self)
{
  g_return_if_fail (LK_IS_SIGN_IN (self));

  if (self->cancellable != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      end (self);
    }
  set_error (self, NULL);
  reset (self);
}

LkSignInStep
lk_sign_in_get_step (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), LK_SIGN_IN_IDENTIFIER);

  return self->step;
}

gboolean
lk_sign_in_get_busy (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), FALSE);

  return self->cancellable != NULL;
}

const char *
lk_sign_in_get_identifier (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), NULL);

  return self->identifier;
}

guint
lk_sign_in_get_code_length (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), DEFAULT_CODE_LENGTH);

  return self->verification != NULL ? self->verification->code_length : DEFAULT_CODE_LENGTH;
}

guint
lk_sign_in_get_resend_wait (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), 0);

  return self->resend_wait;
}

guint
lk_sign_in_get_check_wait (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), 0);

  return self->check_wait;
}

/**
 * lk_sign_in_get_error:
 *
 * Returns: (transfer none) (nullable): what went wrong last
 */
const GError *
lk_sign_in_get_error (LkSignIn *self)
{
  g_return_val_if_fail (LK_IS_SIGN_IN (self), NULL);

  return self->error;
}
