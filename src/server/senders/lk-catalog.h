/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkCatalog: the translations of the texts that the server sends, in every language at once.
 * gettext(3) knows one language per process, and needs its locale to be installed; a server answers
 * people of many. Immutable once loaded, so it may be read on any thread.
 */
typedef struct _LkCatalog LkCatalog;

LkCatalog *lk_catalog_load (const char *locale_dir, const char *domain);
void lk_catalog_free (LkCatalog *self);
const char *lk_catalog_choose (LkCatalog *self, const char *accept_language);
const char *lk_catalog_translate (LkCatalog *self, const char *language, const char *text);
const char *const *lk_catalog_get_languages (LkCatalog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkCatalog, lk_catalog_free)
