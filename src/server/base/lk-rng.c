/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rng.h"

#include <errno.h>
#include <sys/random.h>

struct _LkRng
{
  gatomicrefcount ref_count;
  LkRngFunc func;
  gpointer data;
  GDestroyNotify destroy;
};

static void
fill_from_system (guint8 *buffer, gsize length, gpointer data)
{
  gsize filled = 0;

  while (filled < length)
    {
      gssize n = getrandom (buffer + filled, length - filled, 0);

      if (n > 0)
        filled += (gsize)n;
      else if (errno != EINTR)
        g_error ("getrandom: %s", g_strerror (errno));
    }
}

/**
 * lk_rng_new_system:
 *
 * Returns: (transfer full): the kernel's generator, getrandom(2)
 */
LkRng *
lk_rng_new_system (void)
{
  return lk_rng_new (fill_from_system, NULL, NULL);
}

/**
 * lk_rng_new:
 * @func: gives random bytes
 * @data: for @func
 * @destroy: (nullable): frees @data
 *
 * Returns: (transfer full): a generator
 */
LkRng *
lk_rng_new (LkRngFunc func, gpointer data, GDestroyNotify destroy)
{
  LkRng *self = g_new0 (LkRng, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->func = func;
  self->data = data;
  self->destroy = destroy;
  return self;
}

LkRng *
lk_rng_ref (LkRng *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
lk_rng_unref (LkRng *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

/**
 * lk_rng_fill:
 * @buffer: (out caller-allocates): where @length bytes go
 */
void
lk_rng_fill (LkRng *self, guint8 *buffer, gsize length)
{
  self->func (buffer, length, self->data);
}

/**
 * lk_rng_below:
 * @bound: above 0
 *
 * Returns: a number of 0 to @bound - 1, each as likely as any other
 */
guint32
lk_rng_below (LkRng *self, guint32 bound)
{
  /* The last, incomplete run of @bound numbers would make its members likelier: draw again. */
  guint32 limit = G_MAXUINT32 - (G_MAXUINT32 % bound);
  guint32 number;

  g_return_val_if_fail (bound > 0, 0);
  do
    lk_rng_fill (self, (guint8 *)&number, sizeof number);
  while (number >= limit);
  return number % bound;
}

/**
 * lk_rng_dup_id:
 *
 * Returns: (transfer full): LK_ID_LENGTH hexadecimal digits that nobody can guess
 */
char *
lk_rng_dup_id (LkRng *self)
{
  guint8 bytes[LK_ID_LENGTH / 2];
  GString *id = g_string_sized_new (LK_ID_LENGTH + 1);

  lk_rng_fill (self, bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (id, "%02x", bytes[i]);
  return g_string_free (id, FALSE);
}
