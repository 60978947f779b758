/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-contact.h"

char *lk_contact_dup_label (LkContact *contact);
