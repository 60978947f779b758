/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-receipt.h"

/**
 * lk_receipt_moves_on:
 *
 * Receipts come late and out of order: none leads back to offered or fetched. Accepted and declined
 * replace each other.
 *
 * Returns: whether a picture that got as far as @from is now @to
 */
gboolean
lk_receipt_moves_on (LkDeliveryState from, LkDeliveryState to)
{
  return to != from && (to > from || to == LK_DELIVERY_ACCEPTED);
}

/**
 * lk_receipt_add_delivery:
 * @deliveries: (element-type LkDelivery): ordered by ref
 * @ref: not before the last one's
 *
 * Adds a delivery. Where two readers are behind one ref, the one that got further stands for it.
 */
void
lk_receipt_add_delivery (GPtrArray *deliveries, const char *ref, LkDeliveryState state, gint64 at)
{
  LkDelivery *last = deliveries->len > 0 ? deliveries->pdata[deliveries->len - 1] : NULL;

  if (last == NULL || g_strcmp0 (last->ref, ref) != 0)
    {
      g_ptr_array_add (deliveries, lk_delivery_new (ref, state, at));
      return;
    }
  if (state > last->state)
    {
      last->state = state;
      last->at = at;
    }
}
