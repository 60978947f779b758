/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-rendition-cache.h"
#include "lk-request.h"
#include "lk-response.h"

LkResponse *lk_rendition_response_new (const LkCachedRendition *rendition,
                                       const LkRequest *request);
