/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkError:
 * @LK_ERROR_INVALID_IDENTIFIER: neither an E.164 phone number nor an email address
 * @LK_ERROR_INVALID_JSON: not JSON, nested too deeply, or of the wrong shape
 * @LK_ERROR_INVALID_MANIFEST: a bundle's manifest that breaks the format
 * @LK_ERROR_TOO_LARGE: a value past its limit
 *
 * What the common library can fail with.
 */
typedef enum
{
  LK_ERROR_INVALID_IDENTIFIER,
  LK_ERROR_INVALID_JSON,
  LK_ERROR_INVALID_MANIFEST,
  LK_ERROR_TOO_LARGE,
} LkError;

#define LK_ERROR (lk_error_quark ())
GQuark lk_error_quark (void);
