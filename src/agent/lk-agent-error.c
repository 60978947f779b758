/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-agent-error.h"

G_DEFINE_QUARK (lk - agent - error - quark, lk_agent_error)
