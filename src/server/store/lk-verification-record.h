/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-server-key.h"

/**
 * LkVerificationRecord:
 * @id: its name on the wire, 128 random bits; knowing it is what lets somebody guess
 * @identifier: what is being proven. In clear, because an account is made of it; the row lives no
 * longer than the code
 * @network: MAC of the network that asked
 * @code: MAC of @id and the code
 * @expires: seconds since 1970
 * @wrong: how many guesses were wrong
 * @next_guess: seconds since 1970 before which no guess is looked at
 *
 * A code that was sent, as it is kept.
 */
typedef struct
{
  char *id;
  char *identifier;
  guint8 network[LK_SERVER_KEY_LENGTH];
  guint8 code[LK_SERVER_KEY_LENGTH];
  gint64 expires;
  guint wrong;
  gint64 next_guess;
} LkVerificationRecord;

LkVerificationRecord *lk_verification_record_new (const char *id, const char *identifier);
LkVerificationRecord *lk_verification_record_copy (const LkVerificationRecord *self);
void lk_verification_record_free (LkVerificationRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVerificationRecord, lk_verification_record_free)
