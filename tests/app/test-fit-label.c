/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fit-label.h"

/* In logical px: a column of the preview in a window of 360, and what any name has room in. */
#define NARROW 132
#define WIDE 1200

typedef struct
{
  GtkWidget *window;
  LkFitLabel *label;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->window = gtk_window_new ();
  fixture->label = g_object_new (LK_TYPE_FIT_LABEL, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (fixture->label), "title-3");
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->label));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->label), (gpointer *)&fixture->label);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_assert_null (fixture->label);
}

static int
measure (Fixture *fixture, GtkOrientation orientation, int for_size)
{
  int natural = 0;

  gtk_widget_measure (GTK_WIDGET (fixture->label), orientation, for_size, NULL, &natural, NULL,
                      NULL);
  return natural;
}

/* It is as wide as it may be, in two lines at most, and each but the first begins with a word. */
static void
assert_sound (Fixture *fixture, PangoLayout *layout, int width)
{
  const char *text = pango_layout_get_text (layout);
  PangoRectangle extents;

  pango_layout_get_pixel_extents (layout, NULL, &extents);
  g_assert_cmpint (extents.width, <=, width);
  g_assert_cmpint (extents.height, ==, measure (fixture, GTK_ORIENTATION_VERTICAL, width));
  g_assert_cmpint (pango_layout_get_line_count (layout), <=, 2);
  for (GSList *line = pango_layout_get_lines_readonly (layout)->next; line != NULL;
       line = line->next)
    {
      int start = ((PangoLayoutLine *)line->data)->start_index;

      g_assert_true (text[start - 1] == ' ' || text[start - 1] == '-');
    }
}

/* An address is written smaller in one line, and not shortened. */
static void
test_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PangoLayout) layout = NULL;

  lk_fit_label_set_text (fixture->label, "anna@example.org");
  g_assert_cmpint (measure (fixture, GTK_ORIENTATION_HORIZONTAL, -1), >, NARROW);
  layout = lk_fit_label_create_layout (fixture->label, NARROW);
  assert_sound (fixture, layout, NARROW);
  g_assert_cmpint (pango_layout_get_line_count (layout), ==, 1);
  g_assert_false (pango_layout_is_ellipsized (layout));
}

/* What no size is small enough for keeps its beginning and its end. */
static void
test_long_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PangoLayout) layout = NULL;

  lk_fit_label_set_text (fixture->label, "anna.katharina.ziegler@mathematics.example.org");
  layout = lk_fit_label_create_layout (fixture->label, NARROW);
  assert_sound (fixture, layout, NARROW);
  g_assert_cmpint (pango_layout_get_line_count (layout), ==, 1);
  g_assert_true (pango_layout_is_ellipsized (layout));
  g_assert_cmpint (pango_layout_get_ellipsize (layout), ==, PANGO_ELLIPSIZE_MIDDLE);
}

/* Words of which each has room go on two lines in the full size. */
static void
test_words (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PangoLayout) layout = NULL;
  int line = 0;

  lk_fit_label_set_text (fixture->label, "Anna");
  line = measure (fixture, GTK_ORIENTATION_VERTICAL, WIDE);
  lk_fit_label_set_text (fixture->label, "Anna Ziegler Montero");
  layout = lk_fit_label_create_layout (fixture->label, NARROW);
  assert_sound (fixture, layout, NARROW);
  g_assert_cmpint (pango_layout_get_line_count (layout), ==, 2);
  /* Each measure is rounded. */
  g_assert_cmpint (measure (fixture, GTK_ORIENTATION_VERTICAL, NARROW), >=, 2 * line - 1);
}

static void
test_any_width (Fixture *fixture, gconstpointer data)
{
  static const char *const TEXTS[] = {
    "anna@example.org", "Anna-Katharina Ziegler-Montero", "+4917012345678",
    "فاطمة الزهراء",    "Donaudampfschifffahrt Wien",     "Anna Ziegler of Three Long Words",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
    {
      lk_fit_label_set_text (fixture->label, TEXTS[i]);
      for (int width = 60; width <= 400; width += 5)
        {
          g_autoptr (PangoLayout) layout = lk_fit_label_create_layout (fixture->label, width);

          assert_sound (fixture, layout, width);
        }
    }
}

/* Where there is room, nothing is made smaller. */
static void
test_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PangoLayout) layout = NULL;
  int width = 0;
  int drawn = 0;

  lk_fit_label_set_text (fixture->label, "anna@example.org");
  width = measure (fixture, GTK_ORIENTATION_HORIZONTAL, -1);
  layout = lk_fit_label_create_layout (fixture->label, width);
  pango_layout_get_pixel_size (layout, &drawn, NULL);
  g_assert_cmpint (drawn, ==, width);
  g_assert_false (pango_layout_is_ellipsized (layout));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/fit-label/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("address", test_address);
  ADD ("long-address", test_long_address);
  ADD ("words", test_words);
  ADD ("any-width", test_any_width);
  ADD ("room", test_room);
#undef ADD

  return g_test_run ();
}
