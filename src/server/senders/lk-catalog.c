/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-catalog.h"

#include <stdlib.h>
#include <string.h>

/* The language of the texts in the code. */
#define SOURCE_LANGUAGE "en"
/* GNU gettext manual, "The Format of GNU MO Files". */
#define MO_MAGIC 0x950412deu
#define MO_HEADER_WORDS 7
#define MO_MAX_BYTES (8 * 1024 * 1024)
/* More languages than a person speaks are not looked at. */
#define MAX_WANTED 32

struct _LkCatalog
{
  GHashTable *languages; /* (element-type utf8 GHashTable): a table of texts by language tag */
  GPtrArray *tags;       /* (element-type utf8): NULL-terminated, owned by languages */
};

typedef struct
{
  const guint8 *data;
  gsize size;
  gboolean swapped;
} Mo;

static gboolean
read_word (const Mo *mo, gsize offset, guint32 *word)
{
  if (offset > mo->size || mo->size - offset < sizeof *word)
    return FALSE;
  memcpy (word, mo->data + offset, sizeof *word);
  if (mo->swapped)
    *word = GUINT32_SWAP_LE_BE (*word);
  return TRUE;
}

/* The text that the pair of words at @offset describes; it ends with a NUL within the file.
 * (nullable) */
static const char *
read_text (const Mo *mo, gsize offset)
{
  guint32 length;
  guint32 start;

  if (!read_word (mo, offset, &length) || !read_word (mo, offset + sizeof length, &start)
      || start >= mo->size || mo->size - start <= length || mo->data[start + length] != '\0')
    return NULL;
  return (const char *)mo->data + start;
}

static GHashTable *
parse_mo (const guint8 *data, gsize size)
{
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Mo mo = { data, size, FALSE };
  guint32 magic, count, originals, translations;

  if (size < MO_HEADER_WORDS * sizeof magic || !read_word (&mo, 0, &magic))
    return NULL;
  mo.swapped = magic != MO_MAGIC;
  if (!read_word (&mo, 0, &magic) || magic != MO_MAGIC || !read_word (&mo, 8, &count)
      || !read_word (&mo, 12, &originals) || !read_word (&mo, 16, &translations))
    return NULL;
  for (gsize i = 0; i < count; i++)
    {
      const char *original = read_text (&mo, originals + i * 8);
      const char *translation = read_text (&mo, translations + i * 8);

      if (original == NULL || translation == NULL || !g_utf8_validate (translation, -1, NULL))
        return NULL;
      /* The first one, "", is the header. */
      if (*original != '\0' && *translation != '\0')
        g_hash_table_insert (texts, g_strdup (original), g_strdup (translation));
    }
  return g_steal_pointer (&texts);
}

/* "pt_BR" is "pt-br" in Accept-Language. */
static char *
tag_of_locale (const char *locale)
{
  return g_strdelimit (g_ascii_strdown (locale, strcspn (locale, ".@")), "_", '-');
}

static void
load_language (LkCatalog *self, const char *locale_dir, const char *locale, const char *domain)
{
  g_autofree char *file = g_strconcat (domain, ".mo", NULL);
  g_autofree char *path = g_build_filename (locale_dir, locale, "LC_MESSAGES", file, NULL);
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GError) error = NULL;
  GHashTable *texts = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return;
  mapped = g_mapped_file_new (path, FALSE, &error);
  if (mapped == NULL)
    {
      g_warning ("A translation cannot be read: %s", error->message);
      return;
    }
  if (g_mapped_file_get_length (mapped) <= MO_MAX_BYTES)
    texts = parse_mo ((const guint8 *)g_mapped_file_get_contents (mapped),
                      g_mapped_file_get_length (mapped));
  if (texts == NULL)
    {
      g_warning ("%s is not a catalogue of translations", path);
      return;
    }
  g_hash_table_replace (self->languages, tag_of_locale (locale), texts);
}

static int
compare_tags (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/**
 * lk_catalog_load:
 * @locale_dir: where translations are installed, such as /usr/share/locale
 * @domain: name of the catalogues there
 *
 * Reads the catalogues of all languages; where there is none, every text stays English.
 *
 * Returns: (transfer full): a catalogue
 */
LkCatalog *
lk_catalog_load (const char *locale_dir, const char *domain)
{
  LkCatalog *self = g_new0 (LkCatalog, 1);
  g_autoptr (GDir) dir = g_dir_open (locale_dir, 0, NULL);
  const char *locale;
  GHashTableIter iter;
  gpointer tag;

  self->languages
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  g_hash_table_replace (self->languages, g_strdup (SOURCE_LANGUAGE),
                        g_hash_table_new (g_str_hash, g_str_equal));
  while (dir != NULL && (locale = g_dir_read_name (dir)) != NULL)
    load_language (self, locale_dir, locale, domain);
  self->tags = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    g_ptr_array_add (self->tags, tag);
  g_ptr_array_sort (self->tags, compare_tags);
  g_ptr_array_add (self->tags, NULL);
  return self;
}

void
lk_catalog_free (LkCatalog *self)
{
  g_ptr_array_unref (self->tags);
  g_hash_table_unref (self->languages);
  g_free (self);
}

/* The language for one wanted tag: itself, or what is left when it is cut from the right (RFC
 * 4647, 3.4). (nullable) */
static const char *
look_up (LkCatalog *self, const char *wanted)
{
  g_autofree char *range = g_ascii_strdown (wanted, -1);
  gpointer tag;
  char *dash;

  while (*range != '\0')
    {
      if (g_hash_table_lookup_extended (self->languages, range, &tag, NULL))
        return tag;
      dash = strrchr (range, '-');
      if (dash == NULL)
        return NULL;
      *dash = '\0';
    }
  return NULL;
}

/* "de;q=0.5" becomes "de" and 500; what is no quality (RFC 9110, 12.4.2) counts as 0. */
static int
cut_quality (char *wanted)
{
  char *semicolon = strchr (wanted, ';');
  char *value;

  if (semicolon == NULL)
    return 1000;
  *semicolon = '\0';
  g_strchomp (wanted);
  value = g_strstrip (semicolon + 1);
  if (g_ascii_strncasecmp (value, "q=", 2) != 0)
    return 0;
  return (int)(CLAMP (g_ascii_strtod (value + 2, NULL), 0.0, 1.0) * 1000.0);
}

/**
 * lk_catalog_choose:
 * @accept_language: (nullable): the header
 *
 * Returns: the language that the reader likes best among those there are
 */
const char *
lk_catalog_choose (LkCatalog *self, const char *accept_language)
{
  g_auto (GStrv) wanted
      = g_strsplit (accept_language != NULL ? accept_language : "", ",", MAX_WANTED);
  const char *best = SOURCE_LANGUAGE;
  int best_quality = 0;

  for (gsize i = 0; wanted[i] != NULL; i++)
    {
      int quality = cut_quality (g_strstrip (wanted[i]));
      const char *language = look_up (self, wanted[i]);

      if (language == NULL || quality <= best_quality)
        continue;
      best = language;
      best_quality = quality;
    }
  return best;
}

/**
 * lk_catalog_translate:
 * @language: one of lk_catalog_get_languages()
 * @text: the text in the code
 *
 * Returns: the translation, or @text where there is none
 */
const char *
lk_catalog_translate (LkCatalog *self, const char *language, const char *text)
{
  GHashTable *texts = g_hash_table_lookup (self->languages, language);
  const char *translation = texts != NULL ? g_hash_table_lookup (texts, text) : NULL;

  return translation != NULL ? translation : text;
}

const char *const *
lk_catalog_get_languages (LkCatalog *self)
{
  return (const char *const *)self->tags->pdata;
}
