/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkApiError:
 * @LK_API_ERROR_INSECURE: plain HTTP to something else than loopback, or no usable address
 * @LK_API_ERROR_OFFLINE: no network, no such host, refused, reset
 * @LK_API_ERROR_TIMEOUT: no answer in time
 * @LK_API_ERROR_TLS: the server's certificate is not to be trusted
 * @LK_API_ERROR_BAD_ANSWER: an answer that is not the contract's: too large, wrong shape, a
 * redirect, a hash that differs
 * @LK_API_ERROR_KEYRING: the keyring did not do what it was asked: locked, refused, gone
 *
 * What went wrong between here and the server, or here and the keyring. An answer of the server's
 * own is a LK_PROBLEM error instead, what a caller cancelled a G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  LK_API_ERROR_INSECURE,
  LK_API_ERROR_OFFLINE,
  LK_API_ERROR_TIMEOUT,
  LK_API_ERROR_TLS,
  LK_API_ERROR_BAD_ANSWER,
  LK_API_ERROR_KEYRING,
} LkApiError;

#define LK_API_ERROR (lk_api_error_quark ())
GQuark lk_api_error_quark (void);

int lk_api_error_get_retry_after (const GError *error);
int lk_api_error_get_tries_left (const GError *error);
