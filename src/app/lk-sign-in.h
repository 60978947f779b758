/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-account-model.h"

/**
 * LkSignInStep:
 * @LK_SIGN_IN_IDENTIFIER: the person says who they are
 * @LK_SIGN_IN_CODE: a code was sent, and is waited for
 */
typedef enum
{
  LK_SIGN_IN_IDENTIFIER,
  LK_SIGN_IN_CODE,
} LkSignInStep;

/**
 * LkSignIn: how far signing in got. Main context only.
 *
 * Properties (explicit-notify, read-only): "step", "busy" (the server is asked), "identifier"
 * (canonical, nullable: to where the code went), "code-length", "resend-wait" (seconds until the
 * code may be sent again, counting down), "check-wait" (seconds until a code may be tried again,
 * counting down). lk_sign_in_get_error() changes with the signal "error-changed".
 */
#define LK_TYPE_SIGN_IN (lk_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (LkSignIn, lk_sign_in, LK, SIGN_IN, GObject)

LkSignIn *lk_sign_in_new (LkAccountModel *account);
void lk_sign_in_send_code (LkSignIn *self, const char *text);
void lk_sign_in_resend (LkSignIn *self);
void lk_sign_in_check (LkSignIn *self, const char *code);
void lk_sign_in_back (LkSignIn *self);

LkSignInStep lk_sign_in_get_step (LkSignIn *self);
gboolean lk_sign_in_get_busy (LkSignIn *self);
const char *lk_sign_in_get_identifier (LkSignIn *self);
guint lk_sign_in_get_code_length (LkSignIn *self);
guint lk_sign_in_get_resend_wait (LkSignIn *self);
guint lk_sign_in_get_check_wait (LkSignIn *self);
const GError *lk_sign_in_get_error (LkSignIn *self);
