/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkAgentError:
 * @LK_AGENT_ERROR_STATE: the record of what was received cannot be read or written
 * @LK_AGENT_ERROR_BUSY: another program is receiving with the same record
 * @LK_AGENT_ERROR_TOKEN_FILE: the file of the token is not there, not private, or has no token
 * @LK_AGENT_ERROR_NO_PHOTO: a picture has no photo that an address book can take
 */
typedef enum
{
  LK_AGENT_ERROR_STATE,
  LK_AGENT_ERROR_BUSY,
  LK_AGENT_ERROR_TOKEN_FILE,
  LK_AGENT_ERROR_NO_PHOTO,
} LkAgentError;

#define LK_AGENT_ERROR (lk_agent_error_quark ())
GQuark lk_agent_error_quark (void);
