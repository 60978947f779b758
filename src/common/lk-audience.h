/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/** The most refs that an audience names; as many as an account may share. */
#define LK_AUDIENCE_MAX_REFS 10000
/** The longest ref in bytes, without its NUL. */
#define LK_REF_MAX_LENGTH 64

/**
 * LkAudienceKind:
 * @LK_AUDIENCE_EVERYONE: whoever has one of the owner's identifiers
 * @LK_AUDIENCE_CONTACTS: of these, whoever the owner's shared address book holds (the default)
 * @LK_AUDIENCE_EXCEPT: the owner's contacts without those named
 * @LK_AUDIENCE_ONLY: those of the owner's contacts that are named
 */
typedef enum
{
  LK_AUDIENCE_EVERYONE,
  LK_AUDIENCE_CONTACTS,
  LK_AUDIENCE_EXCEPT,
  LK_AUDIENCE_ONLY,
} LkAudienceKind;

/** LkAudience: who may have a picture. Immutable and reference-counted; safe on any thread. */
#define LK_TYPE_AUDIENCE (lk_audience_get_type ())
typedef struct _LkAudience LkAudience;

GType lk_audience_get_type (void);

LkAudience *lk_audience_new (LkAudienceKind kind, const char *const *refs);
LkAudience *lk_audience_ref (LkAudience *self);
void lk_audience_unref (LkAudience *self);
LkAudienceKind lk_audience_get_kind (LkAudience *self);
const char *const *lk_audience_get_refs (LkAudience *self, gsize *n_refs);
gboolean lk_audience_has_ref (LkAudience *self, const char *ref);
gboolean lk_audience_equal (LkAudience *a, LkAudience *b);
const char *lk_audience_kind_to_string (LkAudienceKind kind);
gboolean lk_audience_kind_from_string (const char *text, LkAudienceKind *kind);
JsonObject *lk_audience_to_json (LkAudience *self);
LkAudience *lk_audience_from_json (JsonObject *object, GError **error);

gboolean
lk_audience_takes (LkAudience *self, gboolean viewer_has_owner, const char *const *viewer_refs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkAudience, lk_audience_unref)
