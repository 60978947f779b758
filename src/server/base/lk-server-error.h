/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkServerError:
 * @LK_SERVER_ERROR_CONFIG: the configuration cannot be used
 * @LK_SERVER_ERROR_LISTEN: an address could not be listened on
 * @LK_SERVER_ERROR_SEND: the mail server or the SMS gateway did not take a code
 * @LK_SERVER_ERROR_NO_SENDER: no sender is configured for this kind of identifier
 * @LK_SERVER_ERROR_TLS: the certificate or its key cannot be used
 * @LK_SERVER_ERROR_IN_USE: another server has the data folder
 *
 * What running the server can fail with. What a caller did wrong is a LK_PROBLEM error instead.
 */
typedef enum
{
  LK_SERVER_ERROR_CONFIG,
  LK_SERVER_ERROR_LISTEN,
  LK_SERVER_ERROR_SEND,
  LK_SERVER_ERROR_NO_SENDER,
  LK_SERVER_ERROR_TLS,
  LK_SERVER_ERROR_IN_USE,
} LkServerError;

#define LK_SERVER_ERROR (lk_server_error_quark ())
GQuark lk_server_error_quark (void);
