/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-service.h"

#include <curl/curl.h>
#include <errno.h>
#include <glib/gstdio.h>

#include "lk-config.h"
#include "lk-console-sender.h"
#include "lk-disk-blob-store.h"
#include "lk-server-error.h"
#include "lk-server-key.h"
#include "lk-smtp-sender.h"
#include "lk-sms-sender.h"
#include "lk-sqlite-store.h"

static gboolean
open_data (LkService *self, GError **error)
{
  const char *data_dir = self->config->data_dir;
  g_autofree char *key_path = g_build_filename (data_dir, "server.key", NULL);
  g_autofree char *store_path = g_build_filename (data_dir, "likeness.sqlite", NULL);
  g_autofree char *blob_path = g_build_filename (data_dir, "blobs", NULL);
  g_autoptr (LkServerKey) key = NULL;
  LkSqliteStore *store;
  LkDiskBlobStore *blobs;
  LkCodesLimits limits;

  if (g_mkdir_with_parents (data_dir, 0700) != 0)
    {
      g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_CONFIG, "[server] data-dir: %s: %s",
                   data_dir, g_strerror (errno));
      return FALSE;
    }
  self->lock = lk_data_lock_take (data_dir, error);
  if (self->lock == NULL)
    return FALSE;
  key = lk_server_key_load_or_create (key_path, self->rng, error);
  if (key == NULL)
    return FALSE;
  store = lk_sqlite_store_new (store_path, key, self->clock, self->rng, error);
  if (store == NULL)
    return FALSE;
  self->store = LK_STORE (store);
  blobs = lk_disk_blob_store_new (blob_path, error);
  if (blobs == NULL)
    return FALSE;
  self->blobs = LK_BLOB_STORE (blobs);
  self->publisher = lk_publisher_new (self->store, self->blobs);
  lk_codes_limits_init_default (&limits);
  self->codes = lk_codes_new (self->store, key, self->clock, self->rng, &limits);
  return TRUE;
}

static void
make_senders (LkService *self)
{
  if (self->config->mail.sender == LK_SENDER_SMTP)
    self->mail = lk_smtp_sender_new (&self->config->mail, self->clock);
  else if (self->config->mail.sender == LK_SENDER_CONSOLE)
    self->mail = lk_console_sender_new ();
  if (self->config->sms.sender == LK_SENDER_GATEWAY)
    self->sms = lk_sms_sender_new (&self->config->sms);
  else if (self->config->sms.sender == LK_SENDER_CONSOLE)
    self->sms = lk_console_sender_new ();
}

/* What a crash left behind: blobs that no row names. */
static gboolean
tidy_up (LkService *self, GError **error)
{
  guint removed;

  if (!lk_store_tidy (self->store, error)
      || !lk_publisher_collect (self->publisher, &removed, error))
    return FALSE;
  if (removed > 0)
    g_message ("Removed %u files that no picture names", removed);
  return TRUE;
}

/**
 * lk_service_new:
 * @config: (transfer full): the configuration
 * @error: LK_SERVER_ERROR, LK_STORE_ERROR or G_IO_ERROR
 *
 * Opens the data folder and makes all that handlers work with. To be called before there are
 * threads.
 *
 * Returns: (transfer full): a service
 */
LkService *
lk_service_new (LkServerConfig *config, GError **error)
{
  g_autoptr (LkService) self = g_new0 (LkService, 1);

  self->config = config;
  self->clock = lk_clock_new_system ();
  self->rng = lk_rng_new_system ();
  self->metrics = lk_metrics_new ();
  self->renditions = lk_rendition_cache_new ();
  self->catalog = lk_catalog_load (config->locale_dir, LK_GETTEXT_PACKAGE);
  if (curl_global_init (CURL_GLOBAL_DEFAULT) != CURLE_OK)
    {
      g_set_error_literal (error, LK_SERVER_ERROR, LK_SERVER_ERROR_SEND,
                           "libcurl could not be set up");
      return NULL;
    }
  make_senders (self);
  if (!open_data (self, error) || !tidy_up (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
lk_service_free (LkService *self)
{
  g_clear_object (&self->codes);
  g_clear_object (&self->publisher);
  g_clear_object (&self->blobs);
  g_clear_object (&self->store);
  g_clear_object (&self->mail);
  g_clear_object (&self->sms);
  g_clear_pointer (&self->lock, lk_data_lock_free);
  g_clear_pointer (&self->catalog, lk_catalog_free);
  g_clear_pointer (&self->metrics, lk_metrics_free);
  g_clear_pointer (&self->renditions, lk_rendition_cache_free);
  g_clear_pointer (&self->rng, lk_rng_unref);
  g_clear_pointer (&self->clock, lk_clock_unref);
  g_clear_pointer (&self->config, lk_server_config_free);
  g_free (self);
}
