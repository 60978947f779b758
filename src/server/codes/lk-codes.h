/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-clock.h"
#include "lk-rate-limiter.h"
#include "lk-store.h"

/* Proving an identifier by a one-time code. A stranger never locks its owner out: wrong guesses
 * count against the verification that they were made on and nothing else, a new code voids an older
 * one only when the same network asked for both, and a network that has not asked for an identifier
 * within the hour may always have one code sent to it, whatever others did, as long as the limits
 * by address, country and overall allow it. No call here looks at whether an account exists. Every
 * call is synchronous and may be made on any thread. */

/** Digits of a code. */
#define LK_CODE_LENGTH 6
/** How long a code is good for, in seconds. */
#define LK_CODE_LIFETIME 600
/** How many guesses a verification takes. */
#define LK_CODE_TRIES 5

/**
 * LkCodesLimits:
 * @identifier: codes to one identifier
 * @address: codes asked for from one network (/24 of IPv4, /48 of IPv6)
 * @country: codes to phone numbers of one country calling code
 * @overall: codes altogether
 * @max_keys: how many networks, identifiers and pairs of them are remembered at most, each
 */
typedef struct
{
  LkRate identifier;
  LkRate address;
  LkRate country;
  LkRate overall;
  guint max_keys;
} LkCodesLimits;

/**
 * LkSentCode:
 * @verification: what the asker is told
 * @code: the code to send; for nobody's eyes but the sender's
 */
typedef struct
{
  LkVerification *verification;
  char *code;
} LkSentCode;

/**
 * LkCodesRefusal:
 * @tries_left: tries left, or -1
 * @retry_after: seconds until the next try is allowed, or -1
 *
 * Goes with an error, as the members of a problem answer.
 */
typedef struct
{
  int tries_left;
  int retry_after;
} LkCodesRefusal;

#define LK_TYPE_CODES (lk_codes_get_type ())
G_DECLARE_FINAL_TYPE (LkCodes, lk_codes, LK, CODES, GObject)

void lk_codes_limits_init_default (LkCodesLimits *limits);
LkCodes *lk_codes_new (LkStore *store,
                       LkServerKey *key,
                       LkClock *clock,
                       LkRng *rng,
                       const LkCodesLimits *limits);
LkSentCode *lk_codes_request (LkCodes *self,
                              const char *identifier,
                              GInetAddress *address,
                              LkCodesRefusal *refusal,
                              GError **error);
gboolean lk_codes_take_back (LkCodes *self, const char *id, GError **error);
char *lk_codes_check (LkCodes *self,
                      const char *id,
                      const char *code,
                      LkCodesRefusal *refusal,
                      GError **error);
char *lk_codes_dup_network (GInetAddress *address);

void lk_sent_code_free (LkSentCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSentCode, lk_sent_code_free)
