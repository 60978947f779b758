/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-pixbuf-reader.h"

/* GdkPixbufFormat's signatures */
#define GDK_PIXBUF_ENABLE_BACKEND
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "lk-ico-header.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-plain-header.h"
#include "lk-resample.h"

#define CHUNK (64 * 1024)
/* What the type of a file is told by; an SVG file may start with a comment. */
#define SNIFF_BYTES 4096
/* A format that tells its size tells it within this; one that is read whole before it does may be
 * no larger. */
#define MAX_HEADER_BYTES (16 * 1024 * 1024)
/* A drawing has no pixels of its own: it counts as one whose shorter side is this long, so that a
 * crop of a third still fills a photo, unless its longer side would pass the other limit. */
#define DRAWING_SIDE 2160
#define DRAWING_MAX_SIDE 8192

typedef struct
{
  LkSource *source;
  GCancellable *cancellable;
  GdkPixbufLoader *loader;
  const LkHeader *header;   /* NULL while it is being read */
  const LkRequest *request; /* NULL while the header is being read */
  guint64 fed;
  int width;
  int height;
  gboolean drawing; /* of vectors: width and height are the grid that it counts as */
  gboolean stop;    /* feed no more: it is known, or refused */
  GError *error;
} Feed;

/* What each format costs at its peak, in bytes for each px and for each byte of the file. Reckoned
 * from what the decoders keep (only PNG was measured): WebP and the HEIF family hold the decoder's
 * planes beside the pixels, TIFF and they the whole file. */
static guint64
estimate_memory (LkFormat format, guint64 pixels, guint64 bytes)
{
  switch (format)
    {
    case LK_FORMAT_WEBP:
      return pixels * 8 + bytes;
    case LK_FORMAT_HEIF:
      return pixels * 11 + bytes * 2;
    case LK_FORMAT_TIFF:
      return pixels * 4 + bytes * 2;
    default:
      return pixels * 4 - pixels / 4;
    }
}

/* These hand what they find inside of a file to other loaders without a word about its size; on
 * hostile files icns also reads past its data or never ends, and qtif reads past its buffer. They
 * hold icons, cursors and nothing newer than QuickTime 4. */
static gboolean
is_usable (GdkPixbufFormat *format)
{
  const char *const wrappers[] = { "ani", "icns", "qtif", NULL };
  g_autofree char *name = gdk_pixbuf_format_get_name (format);

  return !gdk_pixbuf_format_is_disabled (format) && !g_strv_contains (wrappers, name);
}

static GdkPixbufFormat *
find_format_of_type (const char *type)
{
  g_autoptr (GSList) formats = gdk_pixbuf_get_formats ();

  for (GSList *l = formats; l != NULL; l = l->next)
    {
      g_auto (GStrv) types = gdk_pixbuf_format_get_mime_types (l->data);

      if (is_usable (l->data) && g_strv_contains ((const char *const *)types, type))
        return l->data;
    }

  return NULL;
}

static gboolean
byte_matches (guint8 byte, char expected, char mask)
{
  switch (mask)
    {
    case ' ':
      return byte == (guint8)expected;
    case '!':
      return byte != (guint8)expected;
    case 'z':
      return byte == 0;
    case 'n':
      return byte != 0;
    default: /* x */
      return TRUE;
    }
}

/* As the documentation of GdkPixbufModulePattern has it; a mask that starts with an asterisk lets
 * the rest stand anywhere. */
static gboolean
pattern_matches (const GdkPixbufModulePattern *pattern, const guint8 *start, gsize n)
{
  gboolean anywhere = pattern->mask != NULL && pattern->mask[0] == '*';
  const char *prefix = pattern->prefix + (anywhere ? 1 : 0);
  const char *mask = pattern->mask != NULL ? pattern->mask + (anywhere ? 1 : 0) : NULL;
  gsize length = strlen (prefix);

  for (gsize i = 0; i + length <= n && (i == 0 || anywhere); i++)
    {
      gsize j = 0;

      while (j < length && byte_matches (start[i + j], prefix[j], mask != NULL ? mask[j] : ' '))
        j++;
      if (j == length)
        return TRUE;
    }

  return FALSE;
}

static int
get_relevance (const GdkPixbufFormat *format, const guint8 *start, gsize n)
{
  for (const GdkPixbufModulePattern *pattern = format->signature;
       pattern != NULL && pattern->prefix != NULL; pattern++)
    if (pattern_matches (pattern, start, n))
      return pattern->relevance;

  return 0;
}

/* By the signatures that the loaders brought along: GdkPixbuf's own guess asks the shared MIME
 * database first, which may not be installed, and starts the loader at once. */
static GdkPixbufFormat *
find_format_of_start (const guint8 *start, gsize n)
{
  g_autoptr (GSList) formats = gdk_pixbuf_get_formats ();
  GdkPixbufFormat *best = NULL;
  int most = 0;

  for (GSList *l = formats; l != NULL; l = l->next)
    {
      int relevance = is_usable (l->data) ? get_relevance (l->data, start, n) : 0;

      if (relevance > most)
        {
          best = l->data;
          most = relevance;
        }
    }

  return best;
}

/* (transfer none) (nullable): NULL with LK_MEDIA_ERROR_UNSUPPORTED, _UNREADABLE or
 * G_IO_ERROR_CANCELLED */
static GdkPixbufFormat *
find_format (LkSource *source, const LkHeader *header, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *start = g_malloc (SNIFF_BYTES);
  GdkPixbufFormat *format = NULL;

  if (header != NULL)
    {
      format = find_format_of_type (header->type);
    }
  else
    {
      gssize n = lk_source_read (source, 0, start, SNIFF_BYTES, cancellable, error);

      if (n < 0)
        return NULL;
      format = find_format_of_start (start, (gsize)n);
    }
  if (format == NULL)
    g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                 "No loader for files of type %s", header != NULL ? header->type : "unknown");

  return format;
}

static GdkPixbufLoader *
create_loader (GdkPixbufFormat *format, GError **error)
{
  g_autofree char *name = gdk_pixbuf_format_get_name (format);
  g_autoptr (GError) cause = NULL;
  GdkPixbufLoader *loader = gdk_pixbuf_loader_new_with_type (name, &cause);

  if (loader == NULL)
    g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED, cause->message);

  return loader;
}

static gboolean
is_drawing (GdkPixbufFormat *format)
{
  return format != NULL && gdk_pixbuf_format_is_scalable (format);
}

static void
feed_fail (Feed *self, LkMediaError code, const char *message)
{
  self->stop = TRUE;
  if (self->error == NULL)
    g_set_error_literal (&self->error, LK_MEDIA_ERROR, code, message);
}

/* Takes @cause, which is NULL where a loader fails without a word, as that of HEIC does. */
static void
feed_fail_with (Feed *self, GError *cause)
{
  LkMediaError code = LK_MEDIA_ERROR_MALFORMED;

  if (cause == NULL)
    {
      feed_fail (self, code, "The loader cannot make sense of the file");
      return;
    }

  if (g_error_matches (cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE)
      || g_error_matches (cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNSUPPORTED_OPERATION))
    code = LK_MEDIA_ERROR_UNSUPPORTED;
  else if (g_error_matches (cause, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY))
    code = LK_MEDIA_ERROR_NO_MEMORY;

  feed_fail (self, code, cause->message);
  g_error_free (cause);
}

/* A drawing of @width × @height px → the grid of px that it counts as. */
static void
enlarge_drawing (int *width, int *height)
{
  double shorter = MAX (MIN (*width, *height), 1);
  double longer = MAX (MAX (*width, *height), 1);
  double factor = MIN (DRAWING_SIDE / shorter, DRAWING_MAX_SIDE / longer);

  *width = MAX ((int)round (*width * factor), 1);
  *height = MAX ((int)round (*height * factor), 1);
}

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  Feed *self = data;

  self->drawing = is_drawing (gdk_pixbuf_loader_get_format (loader));
  if (self->drawing)
    enlarge_drawing (&width, &height);
  self->width = width;
  self->height = height;

  if (self->stop)
    {
      gdk_pixbuf_loader_set_size (loader, 0, 0);
      return;
    }

  if (!lk_header_check_size ((guint64)MAX (width, 0), (guint64)MAX (height, 0), &self->error))
    {
      self->stop = TRUE;
    }
  else if (self->header == NULL)
    {
      self->stop = TRUE;
    }
  else if (estimate_memory (self->header->format, (guint64)width * (guint64)height,
                            lk_source_get_size (self->source))
           > LK_RAW_MAX_MEMORY)
    {
      feed_fail (self, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                 "The picture is too large to be decoded in 1 GiB");
    }
  else if (self->drawing)
    {
      LkWindow window
          = lk_window_plan (self->request, (guint)width, (guint)height, LK_ORIENTATION_UPRIGHT);

      gdk_pixbuf_loader_set_size (loader, MAX (width / (int)window.shrink, 1),
                                  MAX (height / (int)window.shrink, 1));
    }

  /* Loaders take this as a refusal, before they allocate anything. */
  if (self->stop)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

/* Gives the file to the loader, piece by piece, until it ends or enough is known. */
static void
feed_run (Feed *self)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  GError *cause = NULL;
  gulong handler
      = g_signal_connect (self->loader, "size-prepared", G_CALLBACK (on_size_prepared), self);

  while (!self->stop)
    {
      gssize n
          = lk_source_read (self->source, self->fed, chunk, CHUNK, self->cancellable, &self->error);

      if (n <= 0)
        break;

      self->fed += (guint64)n;
      if (!gdk_pixbuf_loader_write (self->loader, chunk, (gsize)n, &cause))
        {
          /* A loader that was told to stop says so. */
          if (!self->stop)
            feed_fail_with (self, g_steal_pointer (&cause));
          g_clear_error (&cause);
          break;
        }
      if (self->header == NULL && self->fed > MAX_HEADER_BYTES)
        feed_fail (self, LK_MEDIA_ERROR_MALFORMED, "The file does not tell a size");
    }

  /* Closing what was stopped would decode what is there; and what was refused says so a second
   * time. */
  if (self->error != NULL)
    self->stop = TRUE;
  if (!gdk_pixbuf_loader_close (self->loader, &cause))
    {
      if (!self->stop)
        feed_fail_with (self, g_steal_pointer (&cause));
      g_clear_error (&cause);
    }

  g_signal_handler_disconnect (self->loader, handler);
}

static GBytes *
decode_profile (GdkPixbuf *pixbuf)
{
  const char *text = gdk_pixbuf_get_option (pixbuf, "icc-profile");
  guint8 *data;
  gsize size;

  /* base64 takes four characters for three bytes */
  if (text == NULL || strlen (text) / 4 * 3 > LK_COLOR_MAX_PROFILE_BYTES)
    return NULL;

  data = g_base64_decode (text, &size);

  return g_bytes_new_take (data, size);
}

static int
find_orientation (const LkHeader *header, GdkPixbuf *pixbuf)
{
  const char *text = gdk_pixbuf_get_option (pixbuf, "orientation");
  int orientation = text != NULL ? atoi (text) : LK_ORIENTATION_UPRIGHT;

  /* libtiff does a part of it (the flips) by itself; its loader tells what is left. */
  if (header->format == LK_FORMAT_TIFF)
    return lk_orientation_is_valid (orientation) ? orientation : LK_ORIENTATION_UPRIGHT;

  /* A loader that has turned the picture already. */
  if (lk_orientation_swaps (header->orientation) && header->width != header->height
      && (guint)gdk_pixbuf_get_width (pixbuf) == header->height)
    return LK_ORIENTATION_UPRIGHT;

  return header->orientation;
}

static LkRaw *
raw_from_pixbuf (GdkPixbuf *pixbuf,
                 const LkHeader *header,
                 const LkRequest *request,
                 GError **error)
{
  g_autoptr (LkFrame) frame = NULL;
  guint width = (guint)gdk_pixbuf_get_width (pixbuf);
  guint height = (guint)gdk_pixbuf_get_height (pixbuf);
  gboolean has_alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  int orientation = find_orientation (header, pixbuf);
  LkWindow window = lk_window_plan (request, width, height, orientation);
  LkRaw *raw;

  /* Whole blocks are averaged as far as the finer filter that follows has something left to do. */
  window.shrink = request->whole ? window.shrink : MAX (window.shrink / 2, 1);
  frame = lk_resample_shrink (gdk_pixbuf_read_pixels (pixbuf),
                              (gsize)gdk_pixbuf_get_rowstride (pixbuf), has_alpha ? 4 : 3,
                              has_alpha, &window, error);
  if (frame == NULL)
    return NULL;

  raw = g_new0 (LkRaw, 1);
  raw->frame = g_steal_pointer (&frame);
  raw->model = LK_COLOR_MODEL_RGB;
  raw->profile = decode_profile (pixbuf);
  if (raw->profile == NULL && header->profile != NULL)
    raw->profile = g_bytes_ref (header->profile);
  raw->orientation = orientation;
  raw->width = width;
  raw->height = height;
  raw->x = window.x;
  raw->y = window.y;
  raw->scale = 1.0 / window.shrink;

  return raw;
}

/* A drawing was rasterised at the size that is needed; its px count as those of the grid. */
static void
count_in_grid (LkRaw *raw, guint width, guint height)
{
  double factor = (double)width / raw->width;

  raw->x = (guint)round (raw->x * factor);
  raw->y = (guint)round (raw->y * factor);
  raw->scale /= factor;
  raw->width = width;
  raw->height = height;
}

static gboolean
format_has_alpha (const char *name)
{
  return !g_str_equal (name, "bmp");
}

/* Asks the loader, which is stopped as soon as it knows a size. One that tells it last has decoded
 * the picture by then: what it may take to do so is bounded by MAX_HEADER_BYTES of the file. */
static LkHeader *
ask_loader (LkSource *source,
            GdkPixbufFormat *format,
            const char *type,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = create_loader (format, error);
  g_autofree char *name = gdk_pixbuf_format_get_name (format);
  GdkPixbuf *pixbuf;
  LkHeader *header;
  Feed feed = { .source = source, .cancellable = cancellable, .loader = loader };

  if (loader == NULL)
    return NULL;

  feed_run (&feed);
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (feed.width <= 0 && pixbuf != NULL)
    {
      feed.width = gdk_pixbuf_get_width (pixbuf);
      feed.height = gdk_pixbuf_get_height (pixbuf);
    }
  if (feed.error == NULL && feed.width <= 0)
    feed_fail (&feed, LK_MEDIA_ERROR_MALFORMED, "The file does not tell a size");
  if (feed.error != NULL)
    {
      g_propagate_error (error, feed.error);
      return NULL;
    }

  header = lk_header_new (LK_FORMAT_OTHER, type);
  header->width = (guint)feed.width;
  header->height = (guint)feed.height;
  header->has_alpha = pixbuf != NULL ? gdk_pixbuf_get_has_alpha (pixbuf) : format_has_alpha (name);

  return header;
}

/**
 * lk_pixbuf_read_header:
 *
 * For formats that have no reader of their own: any that a GdkPixbuf loader is installed for.
 *
 * Returns: (transfer full) (nullable): type and size, or NULL with LK_MEDIA_ERROR_UNSUPPORTED,
 * _MALFORMED, _TOO_MANY_PIXELS, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_pixbuf_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  GdkPixbufFormat *format = find_format (source, NULL, cancellable, error);
  g_autofree char *name = NULL;
  g_auto (GStrv) types = NULL;

  if (format == NULL)
    return NULL;

  name = gdk_pixbuf_format_get_name (format);
  types = gdk_pixbuf_format_get_mime_types (format);

  if (lk_plain_header_knows (name))
    return lk_plain_read_header (source, name, types[0], cancellable, error);
  if (g_str_equal (name, "ico") && !lk_ico_check (source, cancellable, error))
    return NULL;

  return ask_loader (source, format, types[0], cancellable, error);
}

/**
 * lk_pixbuf_load:
 * @header: what lk_header_read() gave
 * @request: what is wanted
 *
 * Returns: (transfer full) (nullable): the window, averaged down in whole blocks, or NULL with an
 * error as lk_raw_load() says
 */
LkRaw *
lk_pixbuf_load (LkSource *source,
                const LkHeader *header,
                const LkRequest *request,
                GCancellable *cancellable,
                GError **error)
{
  GdkPixbufFormat *format = find_format (source, header, cancellable, error);
  g_autoptr (GdkPixbufLoader) loader = format != NULL ? create_loader (format, error) : NULL;
  GdkPixbuf *pixbuf;
  LkRaw *raw;
  Feed feed = { .source = source,
                .cancellable = cancellable,
                .loader = loader,
                .header = header,
                .request = request };

  if (loader == NULL)
    return NULL;

  /* Loaders that decode before they tell a size are held to what the header said. */
  if (estimate_memory (header->format, (guint64)header->width * header->height,
                       lk_source_get_size (source))
      > LK_RAW_MAX_MEMORY)
    feed_fail (&feed, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
               "The picture is too large to be decoded in 1 GiB");

  feed_run (&feed);
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (feed.error == NULL && pixbuf == NULL)
    feed_fail (&feed, LK_MEDIA_ERROR_MALFORMED, "The file holds no picture");
  if (feed.error != NULL)
    {
      g_propagate_error (error, feed.error);
      return NULL;
    }

  raw = raw_from_pixbuf (pixbuf, header, request, error);
  if (raw != NULL && feed.drawing)
    count_in_grid (raw, (guint)feed.width, (guint)feed.height);

  return raw;
}
