/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "lk-bundle.h"
#include "lk-config.h"
#include "lk-hash.h"
#include "lk-json.h"
#include "lk-loader-remarks.h"
#include "lk-media-error.h"
#include "lk-renderer.h"
#include "lk-worker-main.h"
#include "lk-worker-process.h"
#include "lk-worker-values.h"
#include "lk-worker.h"

#define EXIT_USAGE 2
#define EXIT_REFUSED 3
/* A recipe is some hundred bytes. */
#define MAX_RECIPE_BYTES (64 * 1024)
/* As many as Linux follows. */
#define MAX_LINKS 40

typedef struct
{
  char *recipe;
  char *alt;
  char *frame; /* where the one frame goes */
  double frame_time;
  char *start_text; /* as it was given */
  char *duration_text;
  double start; /* seconds; NAN where it is not given, as is the other */
  double duration;
  gboolean probe;
  gboolean version;
  GStrv paths;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->recipe);
  g_free (self->alt);
  g_free (self->frame);
  g_free (self->start_text);
  g_free (self->duration_text);
  g_strfreev (self->paths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
print_json (FILE *to, JsonObject *object)
{
  g_autoptr (GBytes) text = lk_json_object_to_bytes (object);

  fprintf (to, "%.*s\n", (int)g_bytes_get_size (text), (const char *)g_bytes_get_data (text, NULL));
}

static int
usage (const char *message)
{
  fprintf (stderr, "%s\nRun “likeness-render --help” to see how it is used.\n", message);
  return EXIT_USAGE;
}

/* As [[start, end], …] in seconds. */
static JsonArray *
spans_to_json (const LkSpan *spans, guint n)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    {
      JsonArray *pair = json_array_new ();

      json_array_add_double_element (pair, (double)spans[i].start / G_USEC_PER_SEC);
      json_array_add_double_element (pair, (double)spans[i].end / G_USEC_PER_SEC);
      json_array_add_array_element (array, pair);
    }

  return array;
}

static int
refused (const GError *error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const char *code = "unreadable";
  guint n;
  const LkSpan *spans = lk_media_error_get_spans (error, &n);

  if (error->domain == LK_MEDIA_ERROR)
    code = lk_media_error_to_code (error->code);
  json_object_set_string_member (object, "code", code);
  json_object_set_string_member (object, "message", error->message);
  if (n > 0)
    json_object_set_array_member (object, "seconds", spans_to_json (spans, n));
  print_json (stderr, object);

  return EXIT_REFUSED;
}

static JsonObject *
rendered_to_json (const LkRendered *rendered, GBytes *bundle)
{
  g_autofree char *sha256 = lk_hash_sha256_hex (bundle);
  JsonObject *object = json_object_new ();
  JsonObject *whole = json_object_new ();
  JsonArray *renditions = json_array_new ();

  for (guint i = 0; i < rendered->encoded->len; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (rendered->encoded, i);
      JsonObject *rendition = lk_rendition_to_json (encoded->rendition);

      json_object_set_double_member (rendition, "quality", encoded->quality);
      if (encoded->frame_rate > 0)
        json_object_set_double_member (rendition, "frame_rate", encoded->frame_rate);
      json_array_add_object_element (renditions, rendition);
    }

  json_object_set_int_member (whole, "bytes", (gint64)g_bytes_get_size (bundle));
  json_object_set_string_member (whole, "sha256", sha256);
  json_object_set_object_member (object, "source", lk_probe_to_json (rendered->probe));
  json_object_set_array_member (object, "renditions", renditions);
  json_object_set_object_member (object, "bundle", whole);

  return object;
}

/* Seconds as a person types them → µs. */
static gint64
to_time (double seconds)
{
  return (gint64)llround (seconds * G_USEC_PER_SEC);
}

/* What @text (nullable) says; nothing where it is not given. "nan" and "inf" are numbers to C. */
static gboolean
read_time (const char *text, double *seconds)
{
  char *end;

  if (text == NULL)
    return TRUE;

  *seconds = g_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (*seconds) && *seconds >= 0
         && *seconds <= G_MAXINT32;
}

static GBytes *
read_small_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GFileInputStream) input = g_file_read (file, NULL, error);

  return input != NULL
             ? g_input_stream_read_bytes (G_INPUT_STREAM (input), MAX_RECIPE_BYTES + 1, NULL, error)
             : NULL;
}

static LkRecipe *
read_recipe (const char *path, GError **error)
{
  g_autoptr (GBytes) text = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) cause = NULL;

  if (path == NULL)
    return lk_recipe_new ();

  text = read_small_file (path, error);
  if (text == NULL)
    return NULL;

  object = lk_json_parse_object (text, MAX_RECIPE_BYTES, &cause);
  if (object == NULL)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE, cause->message);
      return NULL;
    }

  return lk_recipe_from_json (object, error);
}

/* Now, or what reproducible builds say it is (reproducible-builds.org, SOURCE_DATE_EPOCH). */
static gint64
get_time (void)
{
  const char *text = g_getenv ("SOURCE_DATE_EPOCH");
  gint64 time;

  if (text != NULL && g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &time, NULL))
    return time;

  return g_get_real_time () / G_USEC_PER_SEC;
}

/* GLib has no code of its own for a quota that is used up, only the system's words. */
static gboolean
is_disk_full (const GError *error)
{
  return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
         || g_str_has_suffix (error->message, g_strerror (EDQUOT));
}

/* (transfer full): where @path leads to, whether or not a file is there yet. Renaming over a link
 * would leave the file that people look at as it was. */
static char *
follow_links (const char *path)
{
  g_autofree char *target = g_strdup (path);

  for (guint i = 0; i < MAX_LINKS; i++)
    {
      g_autofree char *next = g_file_read_link (target, NULL);
      g_autofree char *folder = NULL;

      if (next == NULL)
        break;
      folder = g_path_get_dirname (target);
      g_free (target);
      target = g_path_is_absolute (next) ? g_steal_pointer (&next)
                                         : g_build_filename (folder, next, NULL);
    }

  return g_steal_pointer (&target);
}

/* Asked before anything is decoded. (transfer full): the file that is written; or NULL where @path
 * is none, such as a device, which would be replaced by one. */
static char *
find_output (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return follow_links (path);

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_WRITE_FAILED,
               "The output is a %s: name a file instead",
               g_file_test (path, G_FILE_TEST_IS_DIR) ? "folder" : "device or pipe");
  return NULL;
}

/* Writes aside and renames: a failure leaves what was there. */
static gboolean
write_file (const char *path, const void *data, gsize length, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                &cause))
    return TRUE;

  g_set_error_literal (error, LK_MEDIA_ERROR,
                       is_disk_full (cause) ? LK_MEDIA_ERROR_DISK_FULL
                                            : LK_MEDIA_ERROR_WRITE_FAILED,
                       cause->message);
  return FALSE;
}

static gboolean
write_png (const char *path, LkFrame *frame, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *data = NULL;
  gsize length;

  pixbuf = gdk_pixbuf_new_from_bytes (
      lk_frame_get_pixels (frame), GDK_COLORSPACE_RGB, TRUE, 8, (int)lk_frame_get_width (frame),
      (int)lk_frame_get_height (frame), (int)lk_frame_get_stride (frame));
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", &cause, NULL))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_WRITE_FAILED, cause->message);
      return FALSE;
    }

  return write_file (path, data, length, error);
}

static int
run_probe (LkWorker *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkProbe) probe = lk_worker_probe (input, NULL, &error);
  g_autoptr (JsonObject) object = NULL;

  if (probe == NULL)
    return refused (error);

  object = lk_probe_to_json (probe);
  print_json (stdout, object);

  return EXIT_SUCCESS;
}

/* The whole picture, as it is shown at @time where it moves; what lies behind the end is the last
 * frame. */
static LkFrame *
load_at (LkWorker *input, const LkProbe *probe, gint64 time, GError **error)
{
  g_autoptr (LkMotionFrame) shown = NULL;

  if (probe->kind == LK_PICTURE_STILL)
    return lk_worker_load (input, LK_PHOTO_SIZE, NULL, NULL, error);

  if (probe->duration > 0)
    time = MIN (time, probe->duration - 1);
  shown = lk_worker_frame (input, time, LK_PHOTO_SIZE, NULL, error);

  return shown != NULL ? lk_frame_ref (shown->frame) : NULL;
}

/* The way of the app's preview: the whole picture loaded, then the recipe applied. Of what is sent
 * only an animation keeps what is transparent. */
static int
run_frame (LkWorker *input, LkRecipe *recipe, double time, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkProbe) probe = lk_worker_probe (input, NULL, &error);
  g_autoptr (LkRenderer) renderer = NULL;
  g_autoptr (LkFrame) source = NULL;
  g_autoptr (LkFrame) frame = NULL;

  if (probe != NULL)
    source = load_at (input, probe, to_time (time), &error);
  if (source == NULL)
    return refused (error);

  renderer = lk_renderer_new (recipe, LK_PHOTO_SIZE, probe->kind == LK_PICTURE_ANIMATION);
  frame = lk_renderer_apply (renderer, source, &error);
  if (frame == NULL || !write_png (path, frame, &error))
    return refused (error);

  return EXIT_SUCCESS;
}

static int
run_render (LkWorker *input, LkRecipe *recipe, const char *alt, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) manifest = lk_manifest_new ();
  g_autoptr (LkRendered) rendered = lk_worker_render (input, recipe, NULL, NULL, NULL, &error);
  g_autoptr (GBytes) bundle = NULL;
  g_autoptr (JsonObject) object = NULL;
  gsize length = 0;
  const void *data;

  if (rendered == NULL)
    return refused (error);

  manifest->created = get_time ();
  if (alt != NULL)
    {
      g_free (manifest->alt);
      manifest->alt = g_strdup (alt);
    }

  bundle = lk_bundle_write (manifest, rendered, &error);
  if (bundle == NULL)
    return refused (error);

  data = g_bytes_get_data (bundle, &length);
  if (!write_file (path, data, length, &error))
    return refused (error);

  object = rendered_to_json (rendered, bundle);
  print_json (stdout, object);

  return EXIT_SUCCESS;
}

/* --frame takes two arguments, which GOption does not know of: they are taken out before it looks.
 */
static gboolean
take_frame (Options *options, int *argc, char **argv)
{
  for (int i = 1; i < *argc && !g_str_equal (argv[i], "--"); i++)
    {
      const char *time = argv[i + 1];

      if (!g_str_equal (argv[i], "--frame"))
        continue;
      if (i + 2 >= *argc)
        return FALSE;

      options->frame = g_strdup (argv[i + 2]);
      for (int j = i; j + 3 <= *argc; j++)
        argv[j] = argv[j + 3];
      *argc -= 3;

      return read_time (time, &options->frame_time);
    }

  return TRUE;
}

/* The part that is kept, where the command says so: what the recipe says of it is not looked at. */
static LkRecipe *
trim (LkRecipe *recipe, const Options *options)
{
  LkMotionEdits motion = lk_recipe_get_motion (recipe);

  if (!isnan (options->start))
    motion.start = to_time (options->start);
  if (!isnan (options->duration))
    motion.duration = to_time (options->duration);

  return lk_recipe_with_motion (recipe, motion);
}

static gboolean
parse (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[]
      = { { "recipe", 0, 0, G_OPTION_ARG_FILENAME, &options->recipe,
            "The edits to apply, as JSON; without it the largest square in the middle", "FILE" },
          { "alt", 0, 0, G_OPTION_ARG_STRING, &options->alt,
            "What the picture shows, for people who cannot see it", "TEXT" },
          { "probe", 0, 0, G_OPTION_ARG_NONE, &options->probe,
            "Only say what INPUT is, without decoding it", NULL },
          { "start", 0, 0, G_OPTION_ARG_STRING, &options->start_text,
            "Where the part of a clip or animation that is kept begins, in seconds", "S" },
          { "duration", 0, 0, G_OPTION_ARG_STRING, &options->duration_text,
            "How long that part is, in seconds of the source", "D" },
          { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
          { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL },
          { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("INPUT [OUTPUT.likeness]");

  g_option_context_set_summary (
      context,
      "Turns a photo, animation or clip into a bundle: what Likeness sends to address books.\n"
      "\n"
      "  likeness-render [--recipe FILE] [--start S] [--duration D] [--alt TEXT]\n"
      "                  INPUT OUTPUT.likeness\n"
      "  likeness-render --probe INPUT\n"
      "  likeness-render [--recipe FILE] --frame T OUT.png INPUT\n"
      "\n"
      "--frame writes one picture as the preview shows it: that of T seconds from the start of\n"
      "INPUT. Of a photo T does not matter; of an animation what is transparent stays so.");
  g_option_context_set_description (
      context,
      "Output:\n"
      "  JSON: the source as it was found (kind, type, width, height, orientation, …), each\n"
      "  rendition (name, type, width, height, duration, bytes, sha256, what was chosen for it:\n"
      "  quality, frame_rate) and the bundle.\n"
      "  OUTPUT is replaced when all of it is written, never before; of a link the file that it\n"
      "  leads to. A folder, a device and a pipe are refused.\n"
      "\n"
      "Recipe (all but version may be left out):\n"
      "  {\"version\": 2, \"crop\": {\"x\": 0.5, \"y\": 0.5, \"size\": 1}, \"straighten\": 0, "
      "\"rotation\": 0,\n"
      "   \"flip\": {\"horizontal\": false, \"vertical\": false}, \"background\": \"none\",\n"
      "   \"adjust\": {\"brightness\": 0, \"contrast\": 0, \"saturation\": 0, \"warmth\": 0},\n"
      "   \"border\": {\"kind\": \"none\", \"color\": \"#ffffff\", \"width\": 0.04, \"caption\": "
      "\"\", \"family\": \"\"},\n"
      "   \"texts\": [{\"content\": \"Hello\", \"family\": \"\", \"weight\": 700, \"size\": 0.12,\n"
      "              \"color\": \"#ffffff\", \"effect\": \"outline\", \"effect_color\": "
      "\"#000000\",\n"
      "              \"effect_width\": 0.008, \"x\": 0.5, \"y\": 0.82, \"angle\": 0, \"align\": "
      "\"center\"}],\n"
      "   \"motion\": {\"start\": 0, \"duration\": 0, \"poster\": -1, \"speed\": 1, \"boomerang\": "
      "false,\n"
      "              \"loops\": -1}}\n"
      "  crop: the centre of the square, as fractions of the upright picture, and its side, as a\n"
      "  fraction of the shorter one. straighten: −45 to 45° clockwise about that centre; a crop\n"
      "  that would not fit the turned picture becomes smaller. rotation: 0, 90, 180 or 270°\n"
      "  clockwise. adjust: −1 to 1 each. background, where the picture is transparent: none\n"
      "  (white where it cannot stay so), blur (the picture itself), or a colour. border: none,\n"
      "  ring, square, rounded, polaroid (with a caption). effect: none, outline, shadow. align:\n"
      "  start, center, end. Sizes and places of texts and borders are fractions of the\n"
      "  picture's side. motion: times in µs of the source, speed 0.5 to 3, loops 0 for ever and\n"
      "  -1 as the source. Version 1, with crop, rotation, flip and a colour as background, is\n"
      "  read, too.\n"
      "\n"
      "Exit status:\n"
      "  0  done\n"
      "  2  called in a wrong way\n"
      "  3  the input was refused or the output cannot be written; {\"code\", \"message\"} on\n"
      "     standard error. Codes: unreadable, unsupported, malformed, too-many-pixels,\n"
      "     too-many-frames, too-many-bytes, invalid-recipe, cannot-fit-budget, invalid-bundle,\n"
      "     write-failed, no-memory, no-video, hdr-unsupported, clip-too-long, disk-full,\n"
      "     decoder-crashed, no-encoder, flashing (with \"seconds\": [[start, end], …] of the\n"
      "     picture that would be sent)\n"
      "\n"
      "Environment:\n"
      "  SOURCE_DATE_EPOCH  seconds since 1970 to note as the time of creation\n");
  g_option_context_add_main_entries (context, entries, NULL);

  return g_option_context_parse (context, argc, argv, error);
}

/* By whatever name. */
static gboolean
is_same_file (GFile *a, GFile *b)
{
  const char *path = g_file_peek_path (a);
  const char *other = g_file_peek_path (b);
  GStatBuf found;
  GStatBuf found_too;

  if (g_file_equal (a, b))
    return TRUE;

  return path != NULL && other != NULL && g_stat (path, &found) == 0
         && g_stat (other, &found_too) == 0 && found.st_dev == found_too.st_dev
         && found.st_ino == found_too.st_ino;
}

/* As g_file_new_for_commandline_arg() understands it. */
static gboolean
is_elsewhere (const char *file)
{
  const char *scheme = file != NULL ? g_uri_peek_scheme (file) : NULL;

  return scheme != NULL && !g_str_equal (scheme, "file");
}

static int
run (const Options *options, LkWorker *input, const char *output)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (LkRecipe) trimmed = NULL;
  g_autofree char *target = NULL;

  if (options->probe)
    return run_probe (input);

  target = find_output (output, &error);
  if (target == NULL)
    return refused (error);

  recipe = read_recipe (options->recipe, &error);
  if (recipe == NULL)
    return refused (error);

  if (options->frame != NULL)
    return run_frame (input, recipe, options->frame_time, target);

  trimmed = trim (recipe, options);

  return run_render (input, trimmed, options->alt, target);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .start = NAN, .duration = NAN };
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) input = NULL;
  g_autoptr (GFile) output = NULL;
  g_autoptr (LkWorker) worker = NULL;
  int status;
  guint n_paths;
  gboolean renders;

  setlocale (LC_ALL, "");
  /* Standard error holds one JSON object or nothing. */
  lk_loader_remarks_hide ();

  /* Not for people: what LkWorker starts. */
  if (argc > 1 && g_str_equal (argv[1], "--worker"))
    return lk_worker_main (argc > 2 && g_str_equal (argv[2], "--video"));

  if (!take_frame (&options, &argc, argv))
    return usage ("--frame needs a time in seconds and OUT.png.");
  if (!parse (&options, &argc, &argv, &error))
    return usage (error->message);

  if (options.version)
    {
      puts ("likeness-render " LK_VERSION);
      return EXIT_SUCCESS;
    }

  renders = !options.probe && options.frame == NULL;
  n_paths = options.paths != NULL ? g_strv_length (options.paths) : 0;
  if (n_paths != (renders ? 2 : 1))
    return usage (renders ? "INPUT and OUTPUT are needed." : "One INPUT is needed.");
  if (options.probe && (options.frame != NULL || options.recipe != NULL || options.alt != NULL))
    return usage ("--probe goes with no other option.");
  if (!read_time (options.start_text, &options.start)
      || !read_time (options.duration_text, &options.duration)
      || options.duration * G_USEC_PER_SEC < 1)
    return usage ("--start and --duration are seconds.");
  if (!renders && (!isnan (options.start) || !isnan (options.duration)))
    return usage ("--start and --duration go with neither --probe nor --frame.");
  if (options.alt != NULL
      && (!g_utf8_validate (options.alt, -1, NULL) || strlen (options.alt) > LK_ALT_MAX_LENGTH))
    return usage ("The alternative text is too long or not UTF-8.");

  /* What reaches files on other machines starts threads, and then a copy of this program cannot be
   * made. */
  if (!is_elsewhere (options.paths[0]) && !is_elsewhere (options.recipe))
    lk_worker_set_environment ();
  input = g_file_new_for_commandline_arg (options.paths[0]);
  if (!options.probe)
    {
      output = g_file_new_for_commandline_arg (renders ? options.paths[1] : options.frame);
      if (g_file_peek_path (output) == NULL || is_same_file (input, output))
        return usage ("OUTPUT must be a path, and not that of INPUT.");
    }

  /* INPUT is decoded by a copy, confined; here is what reads the command line and writes the
   * output, which a confined process could not. */
  lk_worker_process_use_copies (lk_worker_main);
  worker = lk_worker_new (input);
  status = run (&options, worker, output != NULL ? g_file_peek_path (output) : NULL);
  lk_worker_end (worker);

  return status;
}
