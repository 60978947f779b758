/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkCachedRendition:
 * @type: its media type
 * @etag: its entity tag, without quotes
 * @bytes: its bytes
 *
 * A rendition that somebody was given. Immutable and reference-counted.
 */
typedef struct
{
  char *type;
  char *etag;
  GBytes *bytes;
} LkCachedRendition;

/**
 * LkRenditionCache: which renditions were given to whom lately, so that the same question is
 * answered without asking the store again. Whatever may change an answer forgets all of them first,
 * and none is older than a second, so that a picture that expires is gone in time. Safe on any
 * thread.
 */
typedef struct _LkRenditionCache LkRenditionCache;

LkCachedRendition *lk_cached_rendition_new (const char *type, const char *etag, GBytes *bytes);
LkCachedRendition *lk_cached_rendition_ref (LkCachedRendition *self);
void lk_cached_rendition_unref (LkCachedRendition *self);

LkRenditionCache *lk_rendition_cache_new (void);
void lk_rendition_cache_free (LkRenditionCache *self);
guint lk_rendition_cache_get_generation (LkRenditionCache *self);
void lk_rendition_cache_forget (LkRenditionCache *self);
void lk_rendition_cache_add (LkRenditionCache *self,
                             guint generation,
                             const char *token,
                             const char *picture,
                             const char *name,
                             LkCachedRendition *rendition);
LkCachedRendition *lk_rendition_cache_find (LkRenditionCache *self,
                                            const char *token,
                                            const char *picture,
                                            const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkCachedRendition, lk_cached_rendition_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRenditionCache, lk_rendition_cache_free)
