/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-agent-error.h"

/* Reads the session's token from the first line of a file, on a machine without a keyring. The file
 * has to be the caller's own, a regular one, and closed to everybody else (mode 0600 or less);
 * otherwise fails with LK_AGENT_ERROR_TOKEN_FILE. Blocks. (transfer full) */
char *lk_token_file_read (const char *path, GError **error);
