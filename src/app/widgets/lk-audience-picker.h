/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-audience-selection.h"

/**
 * LkAudiencePicker: shows an LkAudienceSelection and lets a person choose: one of the four kinds,
 * and people by search, by group or all of these.
 *
 * Properties (explicit-notify): "selection" (LkAudienceSelection, nullable).
 */
#define LK_TYPE_AUDIENCE_PICKER (lk_audience_picker_get_type ())
G_DECLARE_FINAL_TYPE (LkAudiencePicker, lk_audience_picker, LK, AUDIENCE_PICKER, AdwBin)

LkAudienceSelection *lk_audience_picker_get_selection (LkAudiencePicker *self);
void lk_audience_picker_set_selection (LkAudiencePicker *self, LkAudienceSelection *selection);
