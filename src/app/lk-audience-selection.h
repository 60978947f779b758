/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-audience.h"
#include "lk-contact.h"

/**
 * LkAudienceSelection: an audience as it is being chosen. The people of "except" and those of
 * "only" are two choices, so that trying one of them does not lose the other. Main context only.
 *
 * Properties (explicit-notify, read-only unless said): "contacts" (GListModel of LkContact,
 * construct-only), "people" (GListModel of those of them that have an identifier: the others cannot
 * be reached), "kind" (read/write), "audience" (LkAudience, read/write), "n-chosen" (of the
 * people), "valid" (whether the audience takes anybody at all).
 */
#define LK_TYPE_AUDIENCE_SELECTION (lk_audience_selection_get_type ())
G_DECLARE_FINAL_TYPE (LkAudienceSelection, lk_audience_selection, LK, AUDIENCE_SELECTION, GObject)

LkAudienceSelection *lk_audience_selection_new (GListModel *contacts);
GListModel *lk_audience_selection_get_people (LkAudienceSelection *self);
guint lk_audience_selection_get_n_unreachable (LkAudienceSelection *self);
LkAudienceKind lk_audience_selection_get_kind (LkAudienceSelection *self);
void lk_audience_selection_set_kind (LkAudienceSelection *self, LkAudienceKind kind);
LkAudience *lk_audience_selection_get_audience (LkAudienceSelection *self);
void lk_audience_selection_set_audience (LkAudienceSelection *self, LkAudience *audience);
guint lk_audience_selection_get_n_chosen (LkAudienceSelection *self);
gboolean lk_audience_selection_get_valid (LkAudienceSelection *self);

gboolean lk_audience_selection_is_chosen (LkAudienceSelection *self, LkContact *contact);
void
lk_audience_selection_set_chosen (LkAudienceSelection *self, LkContact *contact, gboolean chosen);
void
lk_audience_selection_set_all (LkAudienceSelection *self, GListModel *contacts, gboolean chosen);
GStrv lk_audience_selection_dup_groups (LkAudienceSelection *self);
