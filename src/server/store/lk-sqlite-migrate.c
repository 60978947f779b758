/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite.h"

#include "lk-store.h"

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

/* The files are numbered without gaps from 0001, so the highest number is also their count. */
static gboolean
check_numbers (const char *const *names, GError **error)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("%04u-", i + 1);

      if (!g_str_has_prefix (names[i], prefix))
        {
          g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED,
                       "Migration %s should begin with %s", names[i], prefix);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
get_version (LkSqlite *self, gint64 *version, GError **error)
{
  return lk_sqlite_get_int (self, version, NULL, error, "PRAGMA user_version", "");
}

static gboolean
apply (LkSqlite *self, GBytes *script, gint64 version, GError **error)
{
  g_autofree char *set_version
      = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version);

  return lk_sqlite_execute_script (self, g_bytes_get_data (script, NULL), error)
         && lk_sqlite_execute_script (self, set_version, error);
}

static gboolean
apply_missing (LkSqlite *self,
               GResource *resource,
               const char *folder,
               const char *const *names,
               GError **error)
{
  gint64 version = 0, known = g_strv_length ((GStrv)names);

  if (!get_version (self, &version, error))
    return FALSE;
  if (version > known)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER,
                   "The database is of version %" G_GINT64_FORMAT
                   ", this program knows up to %" G_GINT64_FORMAT,
                   version, known);
      return FALSE;
    }
  for (; version < known; version++)
    {
      g_autofree char *path = g_build_path ("/", folder, names[version], NULL);
      g_autoptr (GBytes) script
          = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

      if (script == NULL)
        return FALSE;
      if (!apply (self, script, version + 1, error))
        {
          g_prefix_error (error, "%s: ", names[version]);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * lk_sqlite_migrate:
 * @resource: holds the migrations
 * @folder: where in it: files "NNNN-name.sql", numbered from 1 without gaps
 *
 * Brings the database to the newest version in one transaction: on failure it is what it was. The
 * version is SQLite's user_version. LK_STORE_ERROR_NEWER for a database that a newer program has
 * written.
 */
gboolean
lk_sqlite_migrate (LkSqlite *self, GResource *resource, const char *folder, GError **error)
{
  g_auto (GStrv) names
      = g_resource_enumerate_children (resource, folder, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (names == NULL)
    return FALSE;
  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  if (!check_numbers ((const char *const *)names, error)
      || !lk_sqlite_execute_script (self, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (apply_missing (self, resource, folder, (const char *const *)names, error)
      && lk_sqlite_execute_script (self, "COMMIT", error))
    return TRUE;
  /* Some failures have rolled back by themselves, which makes this one fail: either way nothing is
   * left. */
  lk_sqlite_execute_script (self, "ROLLBACK", NULL);
  return FALSE;
}
