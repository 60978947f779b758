/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-account-model.h"
#include "lk-recipe.h"

/**
 * LkPublishPhase:
 * @LK_PUBLISH_IDLE: nothing to publish
 * @LK_PUBLISH_ENCODING: the renditions are being made and packed
 * @LK_PUBLISH_UPLOADING: the bundle is on its way
 * @LK_PUBLISH_QUEUED: kept on disk until the server can be reached
 * @LK_PUBLISH_DONE: the server has it; "told" says how many were told
 * @LK_PUBLISH_FAILED: "error" says why; lk_publisher_retry() tries again
 */
typedef enum
{
  LK_PUBLISH_IDLE,
  LK_PUBLISH_ENCODING,
  LK_PUBLISH_UPLOADING,
  LK_PUBLISH_QUEUED,
  LK_PUBLISH_DONE,
  LK_PUBLISH_FAILED,
} LkPublishPhase;

/**
 * LkPublisher: takes an edited source to the server, once, through a broken network and a restart
 * of the application. One for the application; main context only.
 *
 * Properties (explicit-notify, read-only): "phase", "progress" (0 to 1 within the phase; only
 * encoding and uploading have one), "told" (-1 unless done and known).
 */
#define LK_TYPE_PUBLISHER (lk_publisher_get_type ())
G_DECLARE_FINAL_TYPE (LkPublisher, lk_publisher, LK, PUBLISHER, GObject)

LkPublisher *lk_publisher_new (LkAccountModel *account, const char *directory);

/* Ends what is under way unless it is queued already, and starts on this one. Nothing happens until
 * the main context runs; watch "phase". */
void lk_publisher_publish (LkPublisher *self,
                           GFile *source,
                           LkRecipe *recipe,
                           const char *alt,
                           LkAudience *audience);
/* Stops encoding or uploading, or takes what waits off the queue, and goes back to idle. */
void lk_publisher_cancel (LkPublisher *self);
/* Tries again after a failure, or at once instead of when the network is back. */
void lk_publisher_retry (LkPublisher *self);
/* Goes back to idle from done or failed: what the window does once it was shown. */
void lk_publisher_dismiss (LkPublisher *self);

LkPublishPhase lk_publisher_get_phase (LkPublisher *self);
double lk_publisher_get_progress (LkPublisher *self);
gint64 lk_publisher_get_told (LkPublisher *self);
const GError *lk_publisher_get_error (LkPublisher *self);
