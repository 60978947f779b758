/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Choosing an audience: what is chosen is what the audience says. */

#include "lk-audience-selection.h"

static LkContact *
make_contact (const char *ref, const char *name, const char *identifier, const char *group)
{
  const char *const identifiers[] = { identifier, NULL };
  const char *const groups[] = { group, NULL };

  return lk_contact_new (ref, ref, name, identifiers, groups, NULL);
}

static void
add (GListStore *store, const char *ref, const char *identifier, const char *group)
{
  g_autoptr (LkContact) contact = make_contact (ref, ref, identifier, group);

  g_list_store_append (store, contact);
}

static GListStore *
make_contacts (void)
{
  GListStore *store = g_list_store_new (LK_TYPE_CONTACT);

  add (store, "anna", "anna@example.org", "Family");
  add (store, "bert", "bert@example.org", "Work");
  add (store, "cleo", NULL, "Family");
  add (store, "dora", "+4915112345678", "Work");
  return store;
}

static LkContact *
get_person (LkAudienceSelection *selection, guint position)
{
  LkContact *contact
      = g_list_model_get_item (lk_audience_selection_get_people (selection), position);

  g_object_unref (contact); /* the model keeps it */
  return contact;
}

static void
count_notify (GObject *object, GParamSpec *pspec, int *count)
{
  (*count)++;
}

static void
test_kinds (void)
{
  g_autoptr (GListStore) contacts = make_contacts ();
  LkAudienceSelection *selection = lk_audience_selection_new (G_LIST_MODEL (contacts));
  LkAudience *audience = lk_audience_selection_get_audience (selection);
  int notified = 0;

  g_signal_connect (selection, "notify::audience", G_CALLBACK (count_notify), &notified);
  g_assert_cmpint (lk_audience_get_kind (audience), ==, LK_AUDIENCE_CONTACTS);
  g_assert_true (lk_audience_selection_get_valid (selection));

  lk_audience_selection_set_kind (selection, LK_AUDIENCE_ONLY);
  g_assert_cmpint (notified, ==, 1);
  g_assert_false (lk_audience_selection_get_valid (selection));
  lk_audience_selection_set_chosen (selection, get_person (selection, 1), TRUE);
  lk_audience_selection_set_chosen (selection, get_person (selection, 1), TRUE);
  g_assert_cmpint (notified, ==, 2);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 1);
  g_assert_true (lk_audience_selection_get_valid (selection));
  audience = lk_audience_selection_get_audience (selection);
  g_assert_true (lk_audience_has_ref (audience, "bert"));
  g_assert_false (lk_audience_has_ref (audience, "anna"));

  /* Two choices, so that trying one does not turn the other round. */
  lk_audience_selection_set_kind (selection, LK_AUDIENCE_EXCEPT);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 0);
  g_assert_true (lk_audience_selection_get_valid (selection));
  lk_audience_selection_set_kind (selection, LK_AUDIENCE_ONLY);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 1);
  lk_audience_selection_set_kind (selection, LK_AUDIENCE_EVERYONE);
  g_assert_cmpint (lk_audience_get_kind (lk_audience_selection_get_audience (selection)), ==,
                   LK_AUDIENCE_EVERYONE);
  g_assert_finalize_object (selection);
}

static void
test_unreachable (void)
{
  g_autoptr (GListStore) contacts = make_contacts ();
  g_autoptr (LkAudienceSelection) selection = lk_audience_selection_new (G_LIST_MODEL (contacts));
  GListModel *people = lk_audience_selection_get_people (selection);

  g_assert_cmpuint (g_list_model_get_n_items (people), ==, 3);
  g_assert_cmpuint (lk_audience_selection_get_n_unreachable (selection), ==, 1);
  lk_audience_selection_set_kind (selection, LK_AUDIENCE_ONLY);
  lk_audience_selection_set_all (selection, people, TRUE);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 3);
  g_assert_false (lk_audience_has_ref (lk_audience_selection_get_audience (selection), "cleo"));
  lk_audience_selection_set_all (selection, people, FALSE);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 0);
}

/* An address book that is not read yet must not make a draft forget whom it names. */
static void
test_people_come_and_go (void)
{
  const char *const refs[] = { "anna", "somebody-else", NULL };
  g_autoptr (LkAudience) audience = lk_audience_new (LK_AUDIENCE_ONLY, refs);
  g_autoptr (GListStore) contacts = g_list_store_new (LK_TYPE_CONTACT);
  g_autoptr (LkAudienceSelection) selection = lk_audience_selection_new (G_LIST_MODEL (contacts));

  lk_audience_selection_set_audience (selection, audience);
  g_assert_false (lk_audience_selection_get_valid (selection));
  add (contacts, "anna", "anna@example.org", NULL);
  g_assert_true (lk_audience_selection_get_valid (selection));
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 1);
  g_assert_true (lk_audience_equal (lk_audience_selection_get_audience (selection), audience));
  g_list_store_remove_all (contacts);
  g_assert_cmpuint (lk_audience_selection_get_n_chosen (selection), ==, 0);
  g_assert_true (lk_audience_equal (lk_audience_selection_get_audience (selection), audience));
}

static void
test_groups (void)
{
  g_autoptr (GListStore) contacts = make_contacts ();
  g_autoptr (LkAudienceSelection) selection = lk_audience_selection_new (G_LIST_MODEL (contacts));
  g_auto (GStrv) groups = lk_audience_selection_dup_groups (selection);

  g_assert_cmpstrv (groups, ((const char *const[]){ "Family", "Work", NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/audience-selection/kinds", test_kinds);
  g_test_add_func ("/audience-selection/unreachable", test_unreachable);
  g_test_add_func ("/audience-selection/people-come-and-go", test_people_come_and_go);
  g_test_add_func ("/audience-selection/groups", test_groups);
  return g_test_run ();
}
