/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-wire.h"

#include <string.h>

#include "lk-error.h"
#include "lk-identifier.h"
#include "lk-json.h"

#define ID_MAX_LENGTH 64
#define TIME_MAX_LENGTH 40
#define CURSOR_MAX_LENGTH 200
#define MAX_IDENTIFIERS 32
#define MAX_LIST 100000

static const char *const delivery_states[] = { "offered", "fetched", "accepted", "declined" };

typedef gpointer (*FromJson) (JsonObject *object, GError **error);

/* {"<member>": [ … ]} → array of what @from_json makes of each element */
static GPtrArray *
list_from_json (JsonObject *object,
                const char *member,
                guint max_elements,
                FromJson from_json,
                GDestroyNotify free_element,
                GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (free_element);
  JsonArray *array;

  if (!lk_json_get_array (object, member, max_elements, &array, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gpointer element;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” holds what is no object",
                       member);
          return NULL;
        }

      element = from_json (json_node_get_object (node), error);
      if (element == NULL)
        return NULL;
      g_ptr_array_add (list, element);
    }

  return g_steal_pointer (&list);
}

typedef JsonObject *(*ToJson) (gconstpointer element);

static void
list_to_json (JsonObject *object, const char *member, GPtrArray *list, ToJson to_json)
{
  JsonArray *array = json_array_sized_new (list->len);

  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (array, to_json (list->pdata[i]));

  json_object_set_array_member (object, member, array);
}

static void
set_strings (JsonObject *object, const char *member, const char *const *strings)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; strings != NULL && strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);

  json_object_set_array_member (object, member, array);
}

static GStrv
get_identifiers (JsonObject *object, guint max_identifiers, GError **error)
{
  g_auto (GStrv) identifiers = NULL;
  JsonArray *array;

  if (!lk_json_get_array (object, "identifiers", max_identifiers, &array, error))
    return NULL;

  identifiers = lk_json_array_dup_strings (array, LK_IDENTIFIER_MAX_LENGTH, error);
  if (identifiers == NULL)
    return NULL;

  for (gsize i = 0; identifiers[i] != NULL; i++)
    {
      if (lk_identifier_get_kind (identifiers[i]) == LK_IDENTIFIER_NONE)
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_IDENTIFIER,
                               "An identifier is not in canonical form");
          return NULL;
        }
    }

  return g_steal_pointer (&identifiers);
}

static gboolean
get_time (JsonObject *object, const char *member, gint64 *unix_seconds, GError **error)
{
  const char *text;

  if (!lk_json_get_string (object, member, TIME_MAX_LENGTH, &text, error))
    return FALSE;

  if (!lk_wire_parse_time (text, unix_seconds))
    {
      g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is not a time", member);
      return FALSE;
    }

  return TRUE;
}

static void
set_time (JsonObject *object, const char *member, gint64 unix_seconds)
{
  g_autofree char *text = lk_wire_format_time (unix_seconds);

  json_object_set_string_member (object, member, text);
}

/**
 * lk_wire_format_time:
 * @unix_seconds: seconds since 1970 (UTC), within the years 1 to 9999
 *
 * Returns: (transfer full): the time after RFC 3339, such as "2026-11-22T20:49:00Z"
 */
char *
lk_wire_format_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (unix_seconds);

  g_return_val_if_fail (time != NULL, NULL);

  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

/**
 * lk_wire_parse_time:
 * @text: (nullable): a time after RFC 3339, with its zone
 * @unix_seconds: (out): seconds since 1970 (UTC)
 *
 * Returns: whether @text is such a time
 */
gboolean
lk_wire_parse_time (const char *text, gint64 *unix_seconds)
{
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || strlen (text) > TIME_MAX_LENGTH
      || strlen (text) < strlen ("2026-01-01T00:00:00Z") || text[4] != '-' || text[10] != 'T')
    return FALSE;

  /* Without a default zone a text that names none is refused. */
  time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL)
    return FALSE;

  *unix_seconds = g_date_time_to_unix (time);
  return TRUE;
}

LkVerification *
lk_verification_new (const char *id, guint code_length, guint expires_in, guint resend_in)
{
  LkVerification *self = g_new0 (LkVerification, 1);

  self->id = g_strdup (id);
  self->code_length = code_length;
  self->expires_in = expires_in;
  self->resend_in = resend_in;

  return self;
}

void
lk_verification_free (LkVerification *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self);
}

JsonObject *
lk_verification_to_json (const LkVerification *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", self->id);
  json_object_set_int_member (object, "code_length", self->code_length);
  json_object_set_int_member (object, "expires_in", self->expires_in);
  json_object_set_int_member (object, "resend_in", self->resend_in);

  return object;
}

LkVerification *
lk_verification_from_json (JsonObject *object, GError **error)
{
  const char *id;
  gint64 code_length, expires_in, resend_in;

  if (!lk_json_get_string (object, "id", ID_MAX_LENGTH, &id, error)
      || !lk_json_get_int (object, "code_length", 4, 12, &code_length, error)
      || !lk_json_get_int (object, "expires_in", 0, G_MAXINT32, &expires_in, error)
      || !lk_json_get_int (object, "resend_in", 0, G_MAXINT32, &resend_in, error))
    return NULL;

  return lk_verification_new (id, (guint)code_length, (guint)expires_in, (guint)resend_in);
}

void
lk_session_free (LkSession *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

JsonObject *
lk_session_to_json (const LkSession *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", self->id);
  json_object_set_string_member (object, "name", self->name);
  set_time (object, "created", self->created);
  set_time (object, "last_seen", self->last_seen);
  json_object_set_boolean_member (object, "current", self->current);

  return object;
}

LkSession *
lk_session_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkSession) self = g_new0 (LkSession, 1);
  const char *id, *name;

  if (!lk_json_get_string (object, "id", ID_MAX_LENGTH, &id, error)
      || !lk_json_get_string (object, "name", LK_DEVICE_NAME_MAX_LENGTH, &name, error)
      || !get_time (object, "created", &self->created, error)
      || !get_time (object, "last_seen", &self->last_seen, error)
      || !lk_json_get_boolean (object, "current", &self->current, error))
    return NULL;

  self->id = g_strdup (id);
  self->name = g_strdup (name);

  return g_steal_pointer (&self);
}

void
lk_account_free (LkAccount *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_strfreev (self->identifiers);
  g_free (self);
}

JsonObject *
lk_account_to_json (const LkAccount *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", self->id);
  set_strings (object, "identifiers", (const char *const *)self->identifiers);
  set_time (object, "created", self->created);

  return object;
}

LkAccount *
lk_account_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkAccount) self = g_new0 (LkAccount, 1);
  const char *id;

  if (!lk_json_get_string (object, "id", ID_MAX_LENGTH, &id, error)
      || !get_time (object, "created", &self->created, error))
    return NULL;

  self->id = g_strdup (id);
  self->identifiers = get_identifiers (object, MAX_IDENTIFIERS, error);
  if (self->identifiers == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

LkSharedContact *
lk_shared_contact_new (const char *ref, const char *const *identifiers)
{
  LkSharedContact *self = g_new0 (LkSharedContact, 1);

  self->ref = g_strdup (ref);
  self->identifiers = g_strdupv ((GStrv)identifiers);

  return self;
}

void
lk_shared_contact_free (LkSharedContact *self)
{
  if (self == NULL)
    return;

  g_free (self->ref);
  g_strfreev (self->identifiers);
  g_free (self);
}

static JsonObject *
shared_contact_to_json (gconstpointer element)
{
  const LkSharedContact *self = element;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "ref", self->ref);
  set_strings (object, "identifiers", (const char *const *)self->identifiers);

  return object;
}

static gpointer
shared_contact_from_json (JsonObject *object, GError **error)
{
  static const char *const members[] = { "ref", "identifiers", NULL };
  g_auto (GStrv) identifiers = NULL;
  const char *ref;

  if (!lk_json_only_members (object, members, error)
      || !lk_json_get_string (object, "ref", LK_REF_MAX_LENGTH, &ref, error))
    return NULL;

  if (*ref == '\0')
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "A ref is empty");
      return NULL;
    }

  identifiers = get_identifiers (object, LK_MAX_CONTACT_IDENTIFIERS, error);
  if (identifiers == NULL)
    return NULL;

  return lk_shared_contact_new (ref, (const char *const *)identifiers);
}

/**
 * lk_shared_contacts_to_json:
 * @contacts: (element-type LkSharedContact): an address book as it is shared
 *
 * Returns: (transfer full): {"contacts": […]}
 */
JsonObject *
lk_shared_contacts_to_json (GPtrArray *contacts)
{
  JsonObject *object = json_object_new ();

  list_to_json (object, "contacts", contacts, shared_contact_to_json);

  return object;
}

/**
 * lk_shared_contacts_from_json:
 * @object: what lk_shared_contacts_to_json() makes
 * @error: return location for a #LkError
 *
 * Returns: (transfer full) (element-type LkSharedContact): the contacts; %NULL where there are more
 * than %LK_MAX_CONTACTS, a ref is there twice, or an identifier is not canonical
 */
GPtrArray *
lk_shared_contacts_from_json (JsonObject *object, GError **error)
{
  static const char *const members[] = { "contacts", NULL };
  g_autoptr (GPtrArray) contacts = NULL;
  g_autoptr (GHashTable) refs = g_hash_table_new (g_str_hash, g_str_equal);

  if (!lk_json_only_members (object, members, error))
    return NULL;

  contacts = list_from_json (object, "contacts", LK_MAX_CONTACTS, shared_contact_from_json,
                             (GDestroyNotify)lk_shared_contact_free, error);
  if (contacts == NULL)
    return NULL;

  for (guint i = 0; i < contacts->len; i++)
    {
      if (!g_hash_table_add (refs, ((LkSharedContact *)contacts->pdata[i])->ref))
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "A ref is there twice");
          return NULL;
        }
    }

  return g_steal_pointer (&contacts);
}

/**
 * lk_feed_change_new:
 * @ref: the reader's own ref
 * @picture: (transfer none) (nullable): what is to be seen now
 *
 * Returns: (transfer full): a change
 */
LkFeedChange *
lk_feed_change_new (const char *ref, LkPicture *picture)
{
  LkFeedChange *self = g_new0 (LkFeedChange, 1);

  self->ref = g_strdup (ref);
  self->picture = picture != NULL ? lk_picture_ref (picture) : NULL;

  return self;
}

void
lk_feed_change_free (LkFeedChange *self)
{
  if (self == NULL)
    return;

  g_free (self->ref);
  g_clear_pointer (&self->picture, lk_picture_unref);
  g_free (self);
}

static JsonObject *
feed_change_to_json (gconstpointer element)
{
  const LkFeedChange *self = element;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "ref", self->ref);
  if (self->picture != NULL)
    json_object_set_object_member (object, "picture", lk_picture_to_json (self->picture));
  else
    json_object_set_null_member (object, "picture");

  return object;
}

static gpointer
feed_change_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkPicture) picture = NULL;
  JsonObject *picture_object;
  const char *ref;

  if (!lk_json_get_string (object, "ref", LK_REF_MAX_LENGTH, &ref, error))
    return NULL;

  if (!json_object_has_member (object, "picture")
      || !json_object_get_null_member (object, "picture"))
    {
      if (!lk_json_get_object (object, "picture", &picture_object, error))
        return NULL;

      picture = lk_picture_from_json (picture_object, error);
      if (picture == NULL)
        return NULL;
    }

  return lk_feed_change_new (ref, picture);
}

LkFeed *
lk_feed_new (void)
{
  LkFeed *self = g_new0 (LkFeed, 1);

  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_feed_change_free);

  return self;
}

void
lk_feed_free (LkFeed *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->changes);
  g_free (self->cursor);
  g_free (self);
}

JsonObject *
lk_feed_to_json (const LkFeed *self)
{
  JsonObject *object = json_object_new ();

  list_to_json (object, "changes", self->changes, feed_change_to_json);
  json_object_set_string_member (object, "cursor", self->cursor);
  json_object_set_boolean_member (object, "more", self->more);

  return object;
}

LkFeed *
lk_feed_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkFeed) self = g_new0 (LkFeed, 1);
  const char *cursor;

  self->changes = list_from_json (object, "changes", MAX_LIST, feed_change_from_json,
                                  (GDestroyNotify)lk_feed_change_free, error);
  if (self->changes == NULL)
    {
      self->changes = g_ptr_array_new ();
      return NULL;
    }

  if (!lk_json_get_string (object, "cursor", CURSOR_MAX_LENGTH, &cursor, error)
      || !lk_json_get_boolean (object, "more", &self->more, error))
    return NULL;

  self->cursor = g_strdup (cursor);

  return g_steal_pointer (&self);
}

const char *
lk_delivery_state_to_string (LkDeliveryState state)
{
  g_return_val_if_fail ((gsize)state < G_N_ELEMENTS (delivery_states), NULL);

  return delivery_states[state];
}

gboolean
lk_delivery_state_from_string (const char *text, LkDeliveryState *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (delivery_states); i++)
    {
      if (g_strcmp0 (text, delivery_states[i]) == 0)
        {
          *state = (LkDeliveryState)i;
          return TRUE;
        }
    }

  return FALSE;
}

LkDelivery *
lk_delivery_new (const char *ref, LkDeliveryState state, gint64 at)
{
  LkDelivery *self = g_new0 (LkDelivery, 1);

  self->ref = g_strdup (ref);
  self->state = state;
  self->at = at;

  return self;
}

void
lk_delivery_free (LkDelivery *self)
{
  if (self == NULL)
    return;

  g_free (self->ref);
  g_free (self);
}

static JsonObject *
delivery_to_json (gconstpointer element)
{
  const LkDelivery *self = element;
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "ref", self->ref);
  json_object_set_string_member (object, "state", lk_delivery_state_to_string (self->state));
  set_time (object, "at", self->at);

  return object;
}

static gpointer
delivery_from_json (JsonObject *object, GError **error)
{
  const char *ref, *state_name;
  LkDeliveryState state;
  gint64 at;

  if (!lk_json_get_string (object, "ref", LK_REF_MAX_LENGTH, &ref, error)
      || !lk_json_get_string (object, "state", 16, &state_name, error)
      || !get_time (object, "at", &at, error))
    return NULL;

  if (!lk_delivery_state_from_string (state_name, &state))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "No such state of a delivery");
      return NULL;
    }

  return lk_delivery_new (ref, state, at);
}

JsonObject *
lk_deliveries_to_json (GPtrArray *deliveries)
{
  JsonObject *object = json_object_new ();

  list_to_json (object, "deliveries", deliveries, delivery_to_json);

  return object;
}

GPtrArray *
lk_deliveries_from_json (JsonObject *object, GError **error)
{
  return list_from_json (object, "deliveries", MAX_LIST, delivery_from_json,
                         (GDestroyNotify)lk_delivery_free, error);
}

JsonObject *
lk_pictures_to_json (GPtrArray *pictures)
{
  JsonObject *object = json_object_new ();

  list_to_json (object, "pictures", pictures, (ToJson)lk_picture_to_json);

  return object;
}

GPtrArray *
lk_pictures_from_json (JsonObject *object, GError **error)
{
  return list_from_json (object, "pictures", MAX_LIST, (FromJson)lk_picture_from_json,
                         (GDestroyNotify)lk_picture_unref, error);
}

JsonObject *
lk_sessions_to_json (GPtrArray *sessions)
{
  JsonObject *object = json_object_new ();

  list_to_json (object, "sessions", sessions, (ToJson)lk_session_to_json);

  return object;
}

GPtrArray *
lk_sessions_from_json (JsonObject *object, GError **error)
{
  return list_from_json (object, "sessions", MAX_LIST, (FromJson)lk_session_from_json,
                         (GDestroyNotify)lk_session_free, error);
}
