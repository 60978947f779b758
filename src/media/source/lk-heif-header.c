/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-heif-header.h"

#include <string.h>
#include "lk-color.h"
#include "lk-media-error.h"

/* HEIC and AVIF are ISO base media files (ISO/IEC 14496-12, 4.2: boxes of size and type) whose
 * "meta" box lists items and their properties (ISO/IEC 23008-12, 6.5). Their loaders decode before
 * they tell a size, so the size of the primary item is looked up here, and that of every other
 * picture in the file is held against the limit too. */

#define MAX_TOP_BOXES 1024
#define MAX_META_BYTES (4 * 1024 * 1024)
#define MAX_FTYP_BYTES 1024
/* The index of a property in an association has 15 bits; real files have some tens. */
#define MAX_PROPERTIES 4096

/* A piece of memory that is read from its front and never past its end. */
typedef struct
{
  const guint8 *data;
  gsize length;
} Span;

typedef struct
{
  LkHeader *header;
  Span properties[MAX_PROPERTIES]; /* each with its type in front */
  guint n_properties;
  guint32 primary;
  Span associations; /* body of ipma */
  Span profile;      /* of the primary item; copied once, however often it is associated */
  gboolean turned;
  gboolean found;
} Parser;

static guint64
get (const guint8 *data, guint bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < bytes; i++)
    value = value << 8 | data[i];

  return value;
}

/* Reads a big-endian number of @bytes; 0 past the end. */
static guint64
span_take (Span *span, guint bytes)
{
  guint64 value;

  if (span->length < bytes)
    {
      span->length = 0;
      return 0;
    }

  value = get (span->data, bytes);
  span->data += bytes;
  span->length -= bytes;

  return value;
}

/* The next box inside of @span: its body, with the type still in front of it. */
static gboolean
span_take_box (Span *span, Span *box)
{
  guint64 size;
  gsize header = 4;

  if (span->length < 8)
    return FALSE;

  size = get (span->data, 4);
  if (size == 1 || size == 0 || size < 8 || size > span->length)
    return FALSE;

  box->data = span->data + header;
  box->length = (gsize)size - header;
  span->data += size;
  span->length -= (gsize)size;

  return TRUE;
}

static gboolean
is_type (Span box, const char *type)
{
  return box.length >= 4 && memcmp (box.data, type, 4) == 0;
}

static Span
body (Span box)
{
  return (Span){ .data = box.data + 4, .length = box.length - 4 };
}

static gboolean
contains (Span span, const char *text)
{
  return memmem (span.data, span.length, text, strlen (text)) != NULL;
}

static gboolean
malformed (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, message);
  return FALSE;
}

static void
use_color (Parser *self, Span property)
{
  LkHeader *header = self->header;
  Span span = body (property);
  guint32 kind = (guint32)span_take (&span, 4);

  if (kind == get ((const guint8 *)"prof", 4) || kind == get ((const guint8 *)"rICC", 4))
    {
      self->profile = span;
      header->has_profile = TRUE;
    }
  else if (kind == get ((const guint8 *)"nclx", 4) && header->profile == NULL)
    {
      guint primaries = (guint)span_take (&span, 2);
      guint transfer = (guint)span_take (&span, 2);

      header->profile = lk_color_profile_from_cicp (primaries, transfer);
    }
}

static void
use_property (Parser *self, guint index)
{
  Span property;

  if (index == 0 || index > self->n_properties)
    return;

  property = self->properties[index - 1];
  if (is_type (property, "ispe"))
    {
      Span span = body (property);

      span_take (&span, 4);
      self->header->width = (guint)span_take (&span, 4);
      self->header->height = (guint)span_take (&span, 4);
      self->found = TRUE;
    }
  else if (is_type (property, "irot") && property.length > 4)
    {
      self->turned = (property.data[4] & 1) != 0;
    }
  else if (is_type (property, "colr"))
    {
      use_color (self, property);
    }
}

/* A file may carry both a profile and a name of its colours; the profile is the exact one. */
static void
keep_profile (Parser *self)
{
  LkHeader *header = self->header;

  if (self->profile.length == 0 || self->profile.length > LK_COLOR_MAX_PROFILE_BYTES)
    return;

  g_clear_pointer (&header->profile, g_bytes_unref);
  header->profile = g_bytes_new (self->profile.data, self->profile.length);
}

static void
read_associations (Parser *self)
{
  Span span = self->associations;
  guint32 start = (guint32)span_take (&span, 4);
  guint version = start >> 24;
  gboolean wide = (start & 1) != 0;
  guint32 n = (guint32)span_take (&span, 4);

  for (guint32 i = 0; i < n && span.length > 0; i++)
    {
      guint32 item = (guint32)span_take (&span, version < 1 ? 2 : 4);
      guint count = (guint)span_take (&span, 1);

      for (guint j = 0; j < count; j++)
        {
          guint association = (guint)span_take (&span, wide ? 2 : 1);

          if (item == self->primary)
            use_property (self, association & (wide ? 0x7fff : 0x7f));
        }
    }
}

static gboolean
read_properties (Parser *self, Span container, GError **error)
{
  Span box;

  while (span_take_box (&container, &box))
    {
      if (self->n_properties == MAX_PROPERTIES)
        return malformed (error, "The file has too many properties");

      self->properties[self->n_properties++] = box;
      if (is_type (box, "ispe"))
        {
          Span span = body (box);
          guint64 width;
          guint64 height;

          span_take (&span, 4);
          width = span_take (&span, 4);
          height = span_take (&span, 4);
          if (!lk_header_check_size (width, height, error))
            return FALSE;
        }
      else if (is_type (box, "auxC") && contains (box, "alpha"))
        {
          self->header->has_alpha = TRUE;
        }
    }

  return TRUE;
}

static gboolean
read_meta (Parser *self, Span meta, GError **error)
{
  Span box;

  span_take (&meta, 4);
  while (span_take_box (&meta, &box))
    {
      Span span = body (box);
      Span inner;

      if (is_type (box, "pitm"))
        {
          guint version = (guint)(span_take (&span, 4) >> 24);

          self->primary = (guint32)span_take (&span, version == 0 ? 2 : 4);
        }
      else if (is_type (box, "iprp"))
        {
          while (span_take_box (&span, &inner))
            {
              if (is_type (inner, "ipco") && !read_properties (self, body (inner), error))
                return FALSE;
              if (is_type (inner, "ipma"))
                self->associations = body (inner);
            }
        }
    }

  read_associations (self);
  keep_profile (self);
  if (!self->found)
    return malformed (error, "The primary picture of the file has no size");

  if (self->turned)
    {
      guint width = self->header->width;

      self->header->width = self->header->height;
      self->header->height = width;
    }

  return TRUE;
}

static const char *
type_of_brands (Span brands)
{
  if (contains (brands, "avif") || contains (brands, "avis"))
    return "image/avif";
  if (contains (brands, "heic") || contains (brands, "heix") || contains (brands, "hevc")
      || contains (brands, "heim") || contains (brands, "heis") || contains (brands, "mif1"))
    return "image/heic";

  return NULL;
}

static GBytes *
read_body (LkSource *source,
           guint64 offset,
           guint64 length,
           guint64 limit,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree guint8 *data = NULL;

  if (length == 0 || length > limit)
    {
      malformed (error, "A box of the file has no possible size");
      return NULL;
    }

  data = g_malloc (length);
  if (!lk_source_read_exactly (source, offset, data, length, cancellable, error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static Span
span_of_bytes (GBytes *bytes)
{
  Span span;

  span.data = g_bytes_get_data (bytes, &span.length);

  return span;
}

/* Goes over the boxes of the file to the first of @type; its body is read whole. */
static GBytes *
find_top_box (LkSource *source,
              const char *type,
              guint64 limit,
              GCancellable *cancellable,
              GError **error)
{
  guint64 offset = 0;

  for (guint i = 0; i < MAX_TOP_BOXES; i++)
    {
      guint8 start[16] = { 0 };
      guint64 size;
      guint header = 8;

      if (!lk_source_read_exactly (source, offset, start, 8, cancellable, error))
        return NULL;

      size = get (start, 4);
      if (size == 1)
        {
          if (!lk_source_read_exactly (source, offset, start, 16, cancellable, error))
            return NULL;
          size = get (start + 8, 8);
          header = 16;
        }
      if (size == 0)
        size = lk_source_get_size (source) - offset;
      if (size < header || size > lk_source_get_size (source) - offset)
        break;

      if (memcmp (start + 4, type, 4) == 0)
        return read_body (source, offset + header, size - header, limit, cancellable, error);

      offset += size;
    }

  malformed (error, "A box of the file has no possible size");
  return NULL;
}

/**
 * lk_heif_sniff:
 * @start: the first bytes of a file, which begins with a box “ftyp”
 *
 * Returns: whether its brands, as far as they are among those bytes, are those of a still picture
 */
gboolean
lk_heif_sniff (const guint8 *start, gsize length)
{
  Span brands = { .data = start, .length = MIN (length, get (start, 4)) };

  return type_of_brands (brands) != NULL;
}

/**
 * lk_heif_read_header:
 *
 * Returns: (transfer full) (nullable): size (upright) and profile of the primary picture, or NULL
 * with LK_MEDIA_ERROR_UNSUPPORTED (some other ISO base media file, a video say), _MALFORMED,
 * _TOO_MANY_PIXELS, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_heif_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = NULL;
  g_autoptr (GBytes) brands = NULL;
  g_autoptr (GBytes) meta = NULL;
  g_autofree Parser *parser = NULL;
  const char *type;

  brands = find_top_box (source, "ftyp", MAX_FTYP_BYTES, cancellable, error);
  if (brands == NULL)
    return NULL;

  type = type_of_brands (span_of_bytes (brands));
  if (type == NULL)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                           "A media file, but no still picture");
      return NULL;
    }

  meta = find_top_box (source, "meta", MAX_META_BYTES, cancellable, error);
  if (meta == NULL)
    return NULL;

  self = lk_header_new (LK_FORMAT_HEIF, type);
  parser = g_new0 (Parser, 1);
  parser->header = self;
  if (!read_meta (parser, span_of_bytes (meta), error))
    return NULL;

  return g_steal_pointer (&self);
}
