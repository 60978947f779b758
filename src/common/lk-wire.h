/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-picture.h"

/* The wire's structs beside pictures. Field names are those of data/api/openapi.yaml. Times on the
 * wire are RFC 3339 texts in UTC; waits are whole seconds, so that a wrong clock on either side
 * does no harm. */

/** The most contacts an account may share, and the most identifiers of one. */
#define LK_MAX_CONTACTS 10000
#define LK_MAX_CONTACT_IDENTIFIERS 32
/** The most bytes of the body of PUT /v1/contacts and of any other JSON body. */
#define LK_CONTACTS_MAX_BYTES (8 * 1024 * 1024)
#define LK_JSON_BODY_MAX_BYTES (1024 * 1024)
/** The most bytes of a bundle on the wire. */
#define LK_BUNDLE_MAX_BYTES (12 * 1024 * 1024)
/** The longest device name in bytes. */
#define LK_DEVICE_NAME_MAX_LENGTH 100

/** A code that was sent. Waits in seconds. */
typedef struct
{
  char *id;
  guint code_length;
  guint expires_in;
  guint resend_in;
} LkVerification;

/** A signed-in device. Times in seconds since 1970. */
typedef struct
{
  char *id;
  char *name;
  gint64 created;
  gint64 last_seen;
  gboolean current;
} LkSession;

typedef struct
{
  char *id;
  GStrv identifiers;
  gint64 created;
} LkAccount;

/** A contact as it is shared: the client's opaque ref and canonical identifiers. */
typedef struct
{
  char *ref;
  GStrv identifiers;
} LkSharedContact;

/** One entry of the feed; picture is NULL when nothing is to be seen any more. */
typedef struct
{
  char *ref;
  LkPicture *picture;
} LkFeedChange;

/** A page of the feed. */
typedef struct
{
  GPtrArray *changes; /* (element-type LkFeedChange) */
  char *cursor;
  gboolean more;
} LkFeed;

/**
 * LkDeliveryState: how far a picture got with one reader. The order is the one in which a receipt
 * may move it on.
 */
typedef enum
{
  LK_DELIVERY_OFFERED,
  LK_DELIVERY_FETCHED,
  LK_DELIVERY_ACCEPTED,
  LK_DELIVERY_DECLINED,
} LkDeliveryState;

/** How far a picture got with the owner's contact of that ref. */
typedef struct
{
  char *ref;
  LkDeliveryState state;
  gint64 at;
} LkDelivery;

char *lk_wire_format_time (gint64 unix_seconds);
gboolean lk_wire_parse_time (const char *text, gint64 *unix_seconds);

LkVerification *
lk_verification_new (const char *id, guint code_length, guint expires_in, guint resend_in);
void lk_verification_free (LkVerification *self);
JsonObject *lk_verification_to_json (const LkVerification *self);
LkVerification *lk_verification_from_json (JsonObject *object, GError **error);

void lk_session_free (LkSession *self);
JsonObject *lk_session_to_json (const LkSession *self);
LkSession *lk_session_from_json (JsonObject *object, GError **error);

void lk_account_free (LkAccount *self);
JsonObject *lk_account_to_json (const LkAccount *self);
LkAccount *lk_account_from_json (JsonObject *object, GError **error);

LkSharedContact *lk_shared_contact_new (const char *ref, const char *const *identifiers);
void lk_shared_contact_free (LkSharedContact *self);
JsonObject *lk_shared_contacts_to_json (GPtrArray *contacts);
GPtrArray *lk_shared_contacts_from_json (JsonObject *object, GError **error);

LkFeedChange *lk_feed_change_new (const char *ref, LkPicture *picture);
void lk_feed_change_free (LkFeedChange *self);
LkFeed *lk_feed_new (void);
void lk_feed_free (LkFeed *self);
JsonObject *lk_feed_to_json (const LkFeed *self);
LkFeed *lk_feed_from_json (JsonObject *object, GError **error);

const char *lk_delivery_state_to_string (LkDeliveryState state);
gboolean lk_delivery_state_from_string (const char *text, LkDeliveryState *state);
LkDelivery *lk_delivery_new (const char *ref, LkDeliveryState state, gint64 at);
void lk_delivery_free (LkDelivery *self);
JsonObject *lk_deliveries_to_json (GPtrArray *deliveries);
GPtrArray *lk_deliveries_from_json (JsonObject *object, GError **error);

JsonObject *lk_pictures_to_json (GPtrArray *pictures);
GPtrArray *lk_pictures_from_json (JsonObject *object, GError **error);
JsonObject *lk_sessions_to_json (GPtrArray *sessions);
GPtrArray *lk_sessions_from_json (JsonObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVerification, lk_verification_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSession, lk_session_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkAccount, lk_account_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSharedContact, lk_shared_contact_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkFeedChange, lk_feed_change_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkFeed, lk_feed_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkDelivery, lk_delivery_free)
