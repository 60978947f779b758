/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-code-entry.h"

typedef struct
{
  GtkWidget *window;
  LkCodeEntry *entry;
  guint n_complete;
} Fixture;

static void
on_complete (Fixture *fixture)
{
  fixture->n_complete++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->window = gtk_window_new ();
  fixture->entry = LK_CODE_ENTRY (lk_code_entry_new ());
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->entry));
  g_signal_connect_swapped (fixture->entry, "complete", G_CALLBACK (on_complete), fixture);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->entry), (gpointer *)&fixture->entry);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (fixture->entry);
}

static GtkEditable *
get_box (Fixture *fixture, guint index)
{
  GtkWidget *box = gtk_widget_get_first_child (GTK_WIDGET (fixture->entry));

  for (guint i = 0; i < index; i++)
    box = gtk_widget_get_next_sibling (box);
  return GTK_EDITABLE (box);
}

static void
insert (Fixture *fixture, guint index, const char *text)
{
  GtkEditable *delegate = gtk_editable_get_delegate (get_box (fixture, index));
  int position = 0;

  gtk_editable_delete_text (delegate, 0, -1);
  gtk_editable_insert_text (delegate, text, -1, &position);
}

static void
assert_code (Fixture *fixture, const char *expected)
{
  g_autofree char *code = lk_code_entry_dup_code (fixture->entry);

  g_assert_cmpstr (code, ==, expected);
}

static gboolean
has_focus (Fixture *fixture, guint index)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (get_box (fixture, index)));
}

static void
test_advances (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 0, "1");
  assert_code (fixture, "1");
  g_assert_true (has_focus (fixture, 1));
  g_assert_cmpuint (fixture->n_complete, ==, 0);
}

static void
test_completes_once (Fixture *fixture, gconstpointer data)
{
  const char *digits[] = { "1", "2", "3", "4", "5", "6" };

  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    insert (fixture, i, digits[i]);
  assert_code (fixture, "123456");
  g_assert_cmpuint (fixture->n_complete, ==, 1);
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 0, "Your code: 123-456.");
  assert_code (fixture, "123456");
  g_assert_cmpuint (fixture->n_complete, ==, 1);
}

static void
test_paste_in_the_middle (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 3, "654321");
  assert_code (fixture, "654321");
  lk_code_entry_clear (fixture->entry);
  insert (fixture, 4, "789");
  assert_code (fixture, "78");
  g_assert_cmpuint (fixture->n_complete, ==, 1);
}

static void
test_other_scripts (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 0, "١٢٣४५६");
  assert_code (fixture, "123456");
}

static void
test_no_digits (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 0, "abc");
  assert_code (fixture, "");
  g_assert_cmpuint (fixture->n_complete, ==, 0);
}

static void
test_clear (Fixture *fixture, gconstpointer data)
{
  insert (fixture, 0, "123456");
  lk_code_entry_clear (fixture->entry);
  assert_code (fixture, "");
}

static void
test_length (Fixture *fixture, gconstpointer data)
{
  lk_code_entry_set_length (fixture->entry, 8);
  insert (fixture, 0, "12345678");
  assert_code (fixture, "12345678");
  lk_code_entry_set_length (fixture->entry, 4);
  assert_code (fixture, "1234");
  g_assert_cmpuint (lk_code_entry_get_length (fixture->entry), ==, 4);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/code-entry/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("advances", test_advances);
  ADD ("completes-once", test_completes_once);
  ADD ("paste", test_paste);
  ADD ("paste-in-the-middle", test_paste_in_the_middle);
  ADD ("other-scripts", test_other_scripts);
  ADD ("no-digits", test_no_digits);
  ADD ("clear", test_clear);
  ADD ("length", test_length);
#undef ADD

  return g_test_run ();
}
