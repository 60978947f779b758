/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-publisher.h"

/**
 * LkPublishPage: how far the publisher got, and what can be done about it.
 *
 * Signals:
 *  "cancelled" (): the person stopped it; nothing was published
 *  "done" (): the person has seen that it is published, or that it waits for the server and goes
 * out by itself
 */
#define LK_TYPE_PUBLISH_PAGE (lk_publish_page_get_type ())
G_DECLARE_FINAL_TYPE (LkPublishPage, lk_publish_page, LK, PUBLISH_PAGE, AdwBin)

void lk_publish_page_set_publisher (LkPublishPage *self, LkPublisher *publisher);
void lk_publish_page_set_photo (LkPublishPage *self, GdkTexture *photo);
