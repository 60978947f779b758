/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-catalog.h"
#include "lk-code-sender.h"
#include "lk-codes.h"
#include "lk-data-lock.h"
#include "lk-metrics.h"
#include "lk-publisher.h"
#include "lk-rendition-cache.h"
#include "lk-server-config.h"

/**
 * LkService:
 * @config: the configuration
 * @lock: keeps the data folder to this process
 * @clock: what time it is
 * @rng: where tokens come from
 * @store: what is remembered
 * @blobs: the bytes of renditions
 * @publisher: keeps the two in step
 * @codes: codes and their limits
 * @mail: (nullable): sends codes by email
 * @sms: (nullable): sends codes by SMS
 * @catalog: the texts of codes
 * @metrics: the operator's figures
 * @renditions: what was answered lately
 *
 * What handlers work with. Set up before the first request and not changed; each member may be used
 * on any thread.
 */
typedef struct
{
  LkServerConfig *config;
  LkDataLock *lock;
  LkClock *clock;
  LkRng *rng;
  LkStore *store;
  LkBlobStore *blobs;
  LkPublisher *publisher;
  LkCodes *codes;
  LkCodeSender *mail;
  LkCodeSender *sms;
  LkCatalog *catalog;
  LkMetrics *metrics;
  LkRenditionCache *renditions;
} LkService;

/**
 * LkCaller:
 * @account: the handle of the account that is signed in
 * @session: the id of its session
 */
typedef struct
{
  gint64 account;
  char *session;
} LkCaller;

LkService *lk_service_new (LkServerConfig *config, GError **error);
void lk_service_free (LkService *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkService, lk_service_free)
