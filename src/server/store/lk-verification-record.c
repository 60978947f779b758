/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-verification-record.h"

#include <string.h>

/**
 * lk_verification_record_new:
 *
 * Returns: (transfer full): a record of nothing but @id and @identifier
 */
LkVerificationRecord *
lk_verification_record_new (const char *id, const char *identifier)
{
  LkVerificationRecord *self = g_new0 (LkVerificationRecord, 1);

  self->id = g_strdup (id);
  self->identifier = g_strdup (identifier);
  return self;
}

LkVerificationRecord *
lk_verification_record_copy (const LkVerificationRecord *self)
{
  LkVerificationRecord *copy = lk_verification_record_new (self->id, self->identifier);

  memcpy (copy->network, self->network, sizeof copy->network);
  memcpy (copy->code, self->code, sizeof copy->code);
  copy->expires = self->expires;
  copy->wrong = self->wrong;
  copy->next_guess = self->next_guess;
  return copy;
}

void
lk_verification_record_free (LkVerificationRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->identifier);
  g_free (self);
}
