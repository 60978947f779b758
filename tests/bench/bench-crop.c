/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long frames take while a picture is moved and zoomed in the crop area: bench-crop FILE.
 * Prints JSON: of each frame the interval to the one before and the time spent on making it, as
 * median and 95th percentile, in ms. */

#include <adwaita.h>
#include <stdlib.h>
#include <time.h>

#include "lk-crop-area.h"
#include "lk-mipmap.h"

#define WARM_UP 30
#define FRAMES 600

typedef struct
{
  GMainLoop *loop;
  LkCropArea *area;
  int frame;
  gint64 began; /* the frame's work, in µs */
  gint64 before;
  gint64 cpu_began;
  GArray *intervals;
  GArray *works;
  GArray *cpus;
} Bench;

/* In µs. */
static gint64
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
percentile (GArray *values, double fraction)
{
  return g_array_index (values, double, (guint)(fraction * (values->len - 1)));
}

static void
on_before_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->began = g_get_monotonic_time ();
  bench->cpu_began = get_thread_time ();
}

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  gint64 now = g_get_monotonic_time ();
  double work = (now - bench->began) / 1000.0;
  double cpu = (get_thread_time () - bench->cpu_began) / 1000.0;
  double interval = (bench->began - bench->before) / 1000.0;

  bench->before = bench->began;
  if (bench->frame++ < WARM_UP)
    return;
  g_array_append_val (bench->works, work);
  g_array_append_val (bench->intervals, interval);
  g_array_append_val (bench->cpus, cpu);
  if (bench->frame >= WARM_UP + FRAMES)
    g_main_loop_quit (bench->loop);
}

/* What a drag with a little zoom does at each frame. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bench *bench = data;
  double step = bench->frame % 200 / 200.0;
  g_autoptr (LkRecipe) recipe
      = lk_recipe_with_crop (lk_crop_area_get_recipe (bench->area),
                             (LkCrop){ 0.3 + 0.4 * step, 0.7 - 0.4 * step, 0.9 - 0.4 * step });

  lk_crop_area_set_recipe (bench->area, recipe);
  return G_SOURCE_CONTINUE;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Bench *bench = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkMipmap) mipmap = lk_mipmap_load_finish (result, &error);
  GtkWidget *window = gtk_window_new ();
  GdkFrameClock *clock;

  if (mipmap == NULL)
    {
      g_printerr ("%s\n", error->message);
      exit (1);
    }
  bench->area = LK_CROP_AREA (lk_crop_area_new ());
  lk_crop_area_set_mipmap (bench->area, mipmap);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (bench->area));
  gtk_window_set_default_size (GTK_WINDOW (window), 880, 680);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_add_tick_callback (GTK_WIDGET (bench->area), on_tick, bench, NULL);
  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), bench);
}

int
main (int argc, char **argv)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (LkWorker) worker = NULL;
  Bench bench = { 0 };

  if (argc != 2)
    {
      g_printerr ("Usage: bench-crop FILE\n");
      return 2;
    }
  adw_init ();
  file = g_file_new_for_commandline_arg (argv[1]);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.intervals = g_array_new (FALSE, FALSE, sizeof (double));
  bench.works = g_array_new (FALSE, FALSE, sizeof (double));
  bench.cpus = g_array_new (FALSE, FALSE, sizeof (double));
  worker = lk_worker_new (file);
  lk_mipmap_load_async (worker, NULL, on_loaded, &bench);
  g_main_loop_run (bench.loop);

  g_array_sort (bench.intervals, compare);
  g_array_sort (bench.works, compare);
  g_array_sort (bench.cpus, compare);
  g_print ("{\"frames\": %u, \"interval\": {\"median\": %.2f, \"p95\": %.2f}, "
           "\"work\": {\"median\": %.2f, \"p95\": %.2f}, "
           "\"main_thread\": {\"median\": %.2f, \"p95\": %.2f}}\n",
           bench.works->len, percentile (bench.intervals, 0.5), percentile (bench.intervals, 0.95),
           percentile (bench.works, 0.5), percentile (bench.works, 0.95),
           percentile (bench.cpus, 0.5), percentile (bench.cpus, 0.95));
  g_array_unref (bench.intervals);
  g_array_unref (bench.works);
  g_array_unref (bench.cpus);
  g_main_loop_unref (bench.loop);
  return 0;
}
