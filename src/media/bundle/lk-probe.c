/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-probe.h"

LkProbe *
lk_probe_copy (const LkProbe *self)
{
  LkProbe *copy = g_memdup2 (self, sizeof *self);

  copy->type = g_strdup (self->type);

  return copy;
}

void
lk_probe_free (LkProbe *self)
{
  g_free (self->type);
  g_free (self);
}
