/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-codes.h"

#include <string.h>
#include "lk-hash.h"
#include "lk-identifier.h"
#include "lk-problem.h"
#include "lk-send-history.h"

/* How long to wait after the first wrong guess, the second and so on, in seconds. */
static const guint guess_waits[LK_CODE_TRIES - 1] = { 0, 0, 60, 120 };

/* The bucket of what has no key of its own. */
#define ALL "all"

struct _LkCodes
{
  GObject parent_instance;

  LkStore *store;
  LkServerKey *key;
  LkClock *clock;
  LkRng *rng;

  GMutex mutex; /* held from asking all limits to taking from all */
  LkSendHistory *history;
  LkRateLimiter *identifiers;
  LkRateLimiter *addresses;
  LkRateLimiter *countries;
  LkRateLimiter *overall;
};

G_DEFINE_FINAL_TYPE (LkCodes, lk_codes, G_TYPE_OBJECT)

/* What a request counts against. */
typedef struct
{
  const char *identifier;
  char *network;
  char *country; /* NULL for an email address */
  char *asker;   /* the identifier and the network together */
  guint8 network_mac[LK_SERVER_KEY_LENGTH];
} Request;

/* A guess, and what came of it. */
typedef struct
{
  LkCodes *codes;
  const char *code;
  LkCodesRefusal *refusal;
  LkProblem problem;
  char *identifier;
} Guess;

/* A verification that is taken back, and who had asked for it. */
typedef struct
{
  char *asker;
} TakingBack;

static char *
make_asker (const char *identifier, const guint8 *network_mac)
{
  g_autofree char *network = g_base64_encode (network_mac, LK_SERVER_KEY_LENGTH);

  return g_strconcat (network, " ", identifier, NULL);
}

static void
request_init (Request *request, LkCodes *self, const char *identifier, GInetAddress *address)
{
  request->identifier = identifier;
  request->network = lk_codes_dup_network (address);
  if (lk_identifier_get_kind (identifier) == LK_IDENTIFIER_PHONE)
    {
      request->country = lk_identifier_dup_calling_code (identifier);
      /* Numbers of no known country share a bucket rather than go without. */
      if (request->country == NULL)
        request->country = g_strdup (ALL);
    }
  lk_server_key_mac (self->key, LK_KEY_PURPOSE_NETWORK, request->network, request->network_mac);
  request->asker = make_asker (identifier, request->network_mac);
}

static void
request_clear (Request *request)
{
  g_free (request->network);
  g_free (request->country);
  g_free (request->asker);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

/* In seconds. The cap by identifier binds only networks that had their code within the hour:
 * whoever runs it down by asking from elsewhere does not take the owner's first code from the
 * owner. */
static guint
get_wait (LkCodes *self, const Request *request, gint64 now)
{
  guint wait = lk_send_history_get_wait (self->history, request->asker, now);

  if (lk_send_history_knows (self->history, request->asker, now))
    wait = MAX (wait, lk_rate_limiter_peek (self->identifiers, request->identifier));
  if (request->country != NULL)
    wait = MAX (wait, lk_rate_limiter_peek (self->countries, request->country));
  wait = MAX (wait, lk_rate_limiter_peek (self->addresses, request->network));
  return MAX (wait, lk_rate_limiter_peek (self->overall, ALL));
}

/* Takes from every bucket, after get_wait() has said that each has one; that by identifier may be
 * empty, see there. */
static void
take (LkCodes *self, const Request *request, gint64 now)
{
  lk_rate_limiter_take (self->identifiers, request->identifier);
  if (request->country != NULL)
    lk_rate_limiter_take (self->countries, request->country);
  lk_rate_limiter_take (self->addresses, request->network);
  lk_rate_limiter_take (self->overall, ALL);
  lk_send_history_add (self->history, request->asker, now);
}

/* Returns: FALSE with the wait in @refusal; else the wait for the next one is in @resend_in. */
static gboolean
pass_limits (LkCodes *self, const Request *request, guint *resend_in, LkCodesRefusal *refusal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = lk_clock_get_microseconds (self->clock);
  guint wait = get_wait (self, request, now);

  if (wait > 0)
    {
      refusal->retry_after = (int)wait;
      return FALSE;
    }
  take (self, request, now);
  *resend_in = get_wait (self, request, now);
  return TRUE;
}

/* The id takes part, so that the same code twice does not look the same in the store. */
static void
make_code_mac (LkCodes *self, const char *id, const char *code, guint8 *mac)
{
  g_autofree char *text = g_strconcat (id, " ", code, NULL);

  lk_server_key_mac (self->key, LK_KEY_PURPOSE_CODE, text, mac);
  explicit_bzero (text, strlen (text));
}

static char *
make_code (LkRng *rng)
{
  guint32 bound = 1;

  for (guint i = 0; i < LK_CODE_LENGTH; i++)
    bound *= 10;
  return g_strdup_printf ("%0*u", LK_CODE_LENGTH, lk_rng_below (rng, bound));
}

static LkVerificationFate
judge_wrong_guess (LkVerificationRecord *record, Guess *guess, gint64 now)
{
  record->wrong++;
  guess->problem = LK_PROBLEM_WRONG_CODE;
  guess->refusal->tries_left = LK_CODE_TRIES - (int)record->wrong;
  if (guess->refusal->tries_left <= 0)
    return LK_VERIFICATION_DELETE;
  guess->refusal->retry_after = (int)guess_waits[record->wrong - 1];
  record->next_guess = now + guess_waits[record->wrong - 1];
  return LK_VERIFICATION_WRITE;
}

static LkVerificationFate
judge_guess (LkVerificationRecord *record, gpointer data)
{
  Guess *guess = data;
  gint64 now = lk_clock_get_seconds (guess->codes->clock);
  guint8 mac[LK_SERVER_KEY_LENGTH];

  if (now >= record->expires)
    return LK_VERIFICATION_DELETE;
  if (now < record->next_guess)
    {
      guess->problem = LK_PROBLEM_TOO_MANY_REQUESTS;
      guess->refusal->tries_left = LK_CODE_TRIES - (int)record->wrong;
      guess->refusal->retry_after = (int)(record->next_guess - now);
      return LK_VERIFICATION_KEEP;
    }
  make_code_mac (guess->codes, record->id, guess->code, mac);
  if (!lk_hash_equal_constant_time (mac, record->code, sizeof mac))
    return judge_wrong_guess (record, guess, now);
  guess->identifier = g_strdup (record->identifier);
  return LK_VERIFICATION_DELETE;
}

static LkVerificationFate
take_back_record (LkVerificationRecord *record, gpointer data)
{
  TakingBack *taking_back = data;

  taking_back->asker = make_asker (record->identifier, record->network);
  return LK_VERIFICATION_DELETE;
}

static void
lk_codes_finalize (GObject *object)
{
  LkCodes *self = LK_CODES (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->key, lk_server_key_unref);
  g_clear_pointer (&self->clock, lk_clock_unref);
  g_clear_pointer (&self->rng, lk_rng_unref);
  g_clear_pointer (&self->history, lk_send_history_free);
  g_clear_pointer (&self->identifiers, lk_rate_limiter_free);
  g_clear_pointer (&self->addresses, lk_rate_limiter_free);
  g_clear_pointer (&self->countries, lk_rate_limiter_free);
  g_clear_pointer (&self->overall, lk_rate_limiter_free);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (lk_codes_parent_class)->finalize (object);
}

static void
lk_codes_class_init (LkCodesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_codes_finalize;
}

static void
lk_codes_init (LkCodes *self)
{
  g_mutex_init (&self->mutex);
}

/**
 * lk_codes_limits_init_default:
 * @limits: (out caller-allocates): by identifier 5 and then one an hour, and by country 50 and then
 * one a minute (both as Matrix's sydent has them); by network 30 and then one a minute, overall 300
 * and then one a second
 */
void
lk_codes_limits_init_default (LkCodesLimits *limits)
{
  *limits = (LkCodesLimits){
    .identifier = { 5, 3600 },
    .address = { 30, 60 },
    .country = { 50, 60 },
    .overall = { 300, 1 },
    .max_keys = 65536,
  };
}

/**
 * lk_codes_new:
 * @limits: copied
 *
 * Returns: (transfer full): a giver of codes; there must be no other for the same store, or the
 * limits count twice
 */
LkCodes *
lk_codes_new (LkStore *store,
              LkServerKey *key,
              LkClock *clock,
              LkRng *rng,
              const LkCodesLimits *limits)
{
  LkCodes *self = g_object_new (LK_TYPE_CODES, NULL);

  self->store = g_object_ref (store);
  self->key = lk_server_key_ref (key);
  self->clock = lk_clock_ref (clock);
  self->rng = lk_rng_ref (rng);
  self->history = lk_send_history_new (limits->max_keys);
  self->identifiers = lk_rate_limiter_new (clock, limits->identifier, limits->max_keys);
  self->addresses = lk_rate_limiter_new (clock, limits->address, limits->max_keys);
  self->countries = lk_rate_limiter_new (clock, limits->country, limits->max_keys);
  self->overall = lk_rate_limiter_new (clock, limits->overall, 1);
  return self;
}

/**
 * lk_codes_request:
 * @identifier: canonical
 * @address: (nullable): the asker's; NULL for one that has none, such as over a local socket
 * @refusal: (out caller-allocates): with LK_PROBLEM_TOO_MANY_REQUESTS, when to ask again
 * @error: return location for LK_PROBLEM_TOO_MANY_REQUESTS or a LK_STORE_ERROR
 *
 * Makes a code; the caller sends it. Asking again is how a code is resent.
 *
 * Returns: (transfer full): the code and what the asker is told
 */
LkSentCode *
lk_codes_request (LkCodes *self,
                  const char *identifier,
                  GInetAddress *address,
                  LkCodesRefusal *refusal,
                  GError **error)
{
  g_auto (Request) request = { 0 };
  g_autoptr (LkVerificationRecord) record = NULL;
  g_autoptr (LkSentCode) sent = g_new0 (LkSentCode, 1);
  g_autofree char *id = lk_rng_dup_id (self->rng);
  guint resend_in;

  *refusal = (LkCodesRefusal){ -1, -1 };
  request_init (&request, self, identifier, address);
  if (!pass_limits (self, &request, &resend_in, refusal))
    {
      g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS,
                           "Too many codes were asked for");
      return NULL;
    }
  sent->code = make_code (self->rng);
  record = lk_verification_record_new (id, identifier);
  memcpy (record->network, request.network_mac, sizeof record->network);
  make_code_mac (self, id, sent->code, record->code);
  record->expires = lk_clock_get_seconds (self->clock) + LK_CODE_LIFETIME;
  if (!lk_store_add_verification (self->store, record, error))
    return NULL;
  sent->verification = lk_verification_new (id, LK_CODE_LENGTH, LK_CODE_LIFETIME, resend_in);
  return g_steal_pointer (&sent);
}

/**
 * lk_codes_take_back:
 * @id: a verification whose code could not be sent
 *
 * The code is void, and the asker may ask again at once as far as the waits for resending go. What
 * was taken from the limits stays taken: it was tried.
 */
gboolean
lk_codes_take_back (LkCodes *self, const char *id, GError **error)
{
  TakingBack taking_back = { 0 };

  if (!lk_store_update_verification (self->store, id, take_back_record, &taking_back, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  lk_send_history_take_back (self->history, taking_back.asker);
  g_mutex_unlock (&self->mutex);
  g_free (taking_back.asker);
  return TRUE;
}

/**
 * lk_codes_check:
 * @id: of a verification
 * @code: a guess
 * @refusal: (out caller-allocates): with an error, the tries left and the wait, where they apply
 * @error: return location for LK_PROBLEM_WRONG_CODE; LK_PROBLEM_TOO_MANY_REQUESTS for a guess that
 * came too early, was not looked at and costs no try; LK_PROBLEM_CODE_EXPIRED when the verification
 * is over, used, voided, out of tries or never was; or a LK_STORE_ERROR
 *
 * A code that was right is used up.
 *
 * Returns: (transfer full): the identifier that is proven
 */
char *
lk_codes_check (LkCodes *self,
                const char *id,
                const char *code,
                LkCodesRefusal *refusal,
                GError **error)
{
  Guess guess
      = { .codes = self, .code = code, .refusal = refusal, .problem = LK_PROBLEM_CODE_EXPIRED };
  g_autoptr (GError) store_error = NULL;

  *refusal = (LkCodesRefusal){ -1, -1 };
  if (!lk_store_update_verification (self->store, id, judge_guess, &guess, &store_error))
    {
      /* A right guess whose use could not be noted has proven nothing. */
      g_free (guess.identifier);
      if (!g_error_matches (store_error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND))
        {
          *refusal = (LkCodesRefusal){ -1, -1 };
          g_propagate_error (error, g_steal_pointer (&store_error));
          return NULL;
        }
      guess.identifier = NULL;
    }
  if (guess.identifier == NULL)
    g_set_error_literal (error, LK_PROBLEM, guess.problem, lk_problem_get_title (guess.problem));
  return guess.identifier;
}

/**
 * lk_codes_dup_network:
 * @address: (nullable): an address
 *
 * Returns: (transfer full): the network that counts as one asker: /24 of IPv4, also where it is
 * mapped into IPv6, or /48 of IPv6, as text
 */
char *
lk_codes_dup_network (GInetAddress *address)
{
  static const guint8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes;

  if (address == NULL)
    return g_strdup ("local");
  bytes = g_inet_address_to_bytes (address);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    {
      if (memcmp (bytes, mapped_prefix, sizeof mapped_prefix) != 0)
        return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x::/48", bytes[0], bytes[1], bytes[2],
                                bytes[3], bytes[4], bytes[5]);
      bytes += sizeof mapped_prefix;
    }
  return g_strdup_printf ("%u.%u.%u.0/24", bytes[0], bytes[1], bytes[2]);
}

void
lk_sent_code_free (LkSentCode *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->verification, lk_verification_free);
  if (self->code != NULL)
    explicit_bzero (self->code, strlen (self->code));
  g_free (self->code);
  g_free (self);
}
