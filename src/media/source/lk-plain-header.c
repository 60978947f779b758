/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-plain-header.h"

#include <stdio.h>
#include <string.h>
#include "lk-media-error.h"

/* Sizes of the formats whose GdkPixbuf loaders cannot be asked for one: those of XPM and XBM tell
 * none before they allocate, those of PNM and TGA warn when they are stopped, that of BMP allocates
 * as far as the header says that the pixels are. What is read here is
 * what those loaders read: a file must not show one size to the limits and another to them. */

/* Comments come before the size. */
#define MAX_HEAD_BYTES (64 * 1024)

#define TGA_LENGTH 18
#define TGA_HAS_COLORMAP 1
#define TGA_COLORMAP_BPP 7
#define TGA_WIDTH 12
#define TGA_HEIGHT 14
#define TGA_BPP 16

/* BITMAPFILEHEADER and what follows it: OS/2's BITMAPCOREHEADER, or a BITMAPINFOHEADER or longer.
 */
#define BMP_LENGTH 30
#define BMP_OFFSET 10
#define BMP_HEADER 14
#define BMP_WIDTH 18
#define BMP_HEIGHT 22
#define BMP_CORE_HEIGHT 20
#define BMP_DEPTH 28
#define BMP_CORE_SIZE 12
#define BMP_MAX_SIZE 124

#define XPM_MAX_WORD 1023
#define XPM_MAX_CHARACTERS 31
/* The loader looks each pixel up by GLib's hash of its name, of which a hostile file makes as many
 * alike as it can: that many looks take some seconds. */
#define XPM_MAX_LOOKS (G_GUINT64_CONSTANT (1) << 28)

#define XBM_MAX_LINE 255

typedef struct
{
  const char *at; /* the whole ends in a NUL byte at @end */
  const char *end;
} Text;

typedef struct
{
  const char *loader; /* as GdkPixbuf names it */
  gboolean (*parse) (Text text, guint64 file_size, LkHeader *header);
} Parser;

static guint
clamp (gint64 value)
{
  return (guint)CLAMP (value, 0, G_MAXINT);
}

static guint32
get_le32 (const char *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint16
get_le16 (const char *at)
{
  guint16 value;

  memcpy (&value, at, sizeof value);
  return GUINT16_FROM_LE (value);
}

/* A number in decimal after white space; FALSE where there is none. */
static gboolean
take_number (Text *text, gint64 *value)
{
  char *end = NULL;

  *value = g_ascii_strtoll (text->at, &end, 10);
  if (end == text->at)
    return FALSE;

  text->at = end;
  return TRUE;
}

/* Netpbm, ppm(5): numbers apart by white space, and comments from # to the end of the line. */
static gboolean
parse_pnm (Text text, guint64 file_size, LkHeader *header)
{
  gint64 size[2];

  text.at += 2;
  for (guint i = 0; i < G_N_ELEMENTS (size); i++)
    {
      while (g_ascii_isspace (*text.at) || *text.at == '#')
        text.at += *text.at == '#' ? strcspn (text.at, "\n") : 1;
      if (!g_ascii_isdigit (*text.at) || !take_number (&text, &size[i]))
        return FALSE;
    }
  header->width = clamp (size[0]);
  header->height = clamp (size[1]);

  return TRUE;
}

/* Truevision TGA, version 2.0, fields 2 to 5; the loader takes 16 bits as gray with alpha. */
static gboolean
parse_tga (Text text, guint64 file_size, LkHeader *header)
{
  const guint8 *data = (const guint8 *)text.at;

  if (text.end - text.at < TGA_LENGTH)
    return FALSE;

  header->width = (guint)(data[TGA_WIDTH] | data[TGA_WIDTH + 1] << 8);
  header->height = (guint)(data[TGA_HEIGHT] | data[TGA_HEIGHT + 1] << 8);
  header->has_alpha = data[TGA_BPP] == 16 || data[TGA_BPP] == 32
                      || (data[TGA_HAS_COLORMAP] != 0 && data[TGA_COLORMAP_BPP] == 32);

  return TRUE;
}

/* Goes behind the first word that is XPM. */
static gboolean
xpm_skip_word (Text *text)
{
  while (text->at < text->end)
    {
      gsize length = 0;

      while (text->at < text->end && g_ascii_isspace (*text->at))
        text->at++;
      while (text->at + length < text->end && length < XPM_MAX_WORD
             && !g_ascii_isspace (text->at[length]))
        length++;
      text->at += length;
      if (length == 3 && memcmp (text->at - 3, "XPM", 3) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Goes behind the first @wanted that is not in a comment; a slash hides what follows it. */
static gboolean
xpm_skip_to (Text *text, char wanted)
{
  while (text->at < text->end)
    {
      char c = *text->at++;

      if (c == wanted)
        return TRUE;
      if (c == '/' && text->at < text->end && *text->at++ == '*')
        {
          const char *close = memmem (text->at, (gsize)(text->end - text->at), "*/", 2);

          if (close == NULL)
            return FALSE;
          text->at = close + 2;
        }
    }

  return FALSE;
}

/* How many names of @characters bytes may have the same hash (h = 33 h + c): the last character is
 * told by the others, whose hash is one of eight at most; and so on. */
static guint64
xpm_count_alike (gint64 colors, gint64 characters)
{
  guint bits = 3 * (guint)(characters - 1);

  return bits < 32 ? MIN ((guint64)colors, G_GUINT64_CONSTANT (1) << bits) : (guint64)colors;
}

/* X PixMap 3: width, height, colours and characters for each px in the first string. */
static gboolean
parse_xpm (Text text, guint64 file_size, LkHeader *header)
{
  gint64 value[4];
  const char *close;
  guint64 alike;
  guint64 pixels;

  if (!xpm_skip_word (&text) || !xpm_skip_to (&text, '{') || !xpm_skip_to (&text, '"'))
    return FALSE;

  close = memchr (text.at, '"', (gsize)(text.end - text.at));
  if (close == NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (value); i++)
    if (!take_number (&text, &value[i]) || text.at > close || value[i] <= 0)
      return FALSE;

  header->width = clamp (value[0]);
  header->height = clamp (value[1]);
  header->has_alpha = TRUE;

  /* What is larger than any still is told as that. */
  if (!lk_header_check_size (header->width, header->height, NULL))
    return TRUE;
  if (value[3] > XPM_MAX_CHARACTERS)
    return FALSE;

  /* Every px and every colour is written out. */
  pixels = (guint64)header->width * header->height;
  if (pixels * (guint64)value[3] > file_size || (guint64)value[2] > file_size)
    return FALSE;

  alike = xpm_count_alike (value[2], value[3]);
  return alike * (pixels + (guint64)value[2]) <= XPM_MAX_LOOKS;
}

/* Whether @line starts the bits: the loader takes several spellings. */
static gboolean
xbm_is_bits (const char *line, char *name)
{
  return sscanf (line, "static short %254s", name) == 1
         || sscanf (line, "static const unsigned char %254s", name) == 1
         || sscanf (line, "static unsigned char %254s", name) == 1
         || sscanf (line, "static const char %254s", name) == 1
         || sscanf (line, "static char %254s", name) == 1;
}

static const char *
xbm_last_part (const char *name)
{
  const char *underline = strrchr (name, '_');

  return underline != NULL ? underline + 1 : name;
}

/* X BitMap (XReadBitmapFile(3)): C with #define NAME_width and NAME_height before NAME_bits[]. */
static gboolean
parse_xbm (Text text, guint64 file_size, LkHeader *header)
{
  while (text.at < text.end)
    {
      const char *newline = memchr (text.at, '\n', (gsize)(text.end - text.at));
      gsize length = (gsize)((newline != NULL ? newline + 1 : text.end) - text.at);
      char line[XBM_MAX_LINE] = { 0 };
      char name[XBM_MAX_LINE] = { 0 };
      int value;

      if (length >= XBM_MAX_LINE - 1)
        return FALSE;

      memcpy (line, text.at, length);
      text.at += length;
      if (sscanf (line, "#define %254s %d", name, &value) == 2)
        {
          if (g_str_equal (xbm_last_part (name), "width"))
            header->width = clamp (value);
          else if (g_str_equal (xbm_last_part (name), "height"))
            header->height = clamp (value);
        }
      else if (xbm_is_bits (line, name) && g_str_equal (xbm_last_part (name), "bits[]"))
        {
          return header->width > 0 && header->height > 0;
        }
    }

  return FALSE;
}

/* Rows stand upside down unless the height is negative. */
static gboolean
parse_bmp (Text text, guint64 file_size, LkHeader *header)
{
  gint64 height;

  if (text.end - text.at < BMP_LENGTH || get_le32 (text.at + BMP_OFFSET) > file_size
      || get_le32 (text.at + BMP_HEADER) > BMP_MAX_SIZE)
    return FALSE;

  if (get_le32 (text.at + BMP_HEADER) == BMP_CORE_SIZE)
    {
      header->width = get_le16 (text.at + BMP_WIDTH);
      header->height = get_le16 (text.at + BMP_CORE_HEIGHT);
      return TRUE;
    }

  height = (gint32)get_le32 (text.at + BMP_HEIGHT);
  header->width = clamp ((gint32)get_le32 (text.at + BMP_WIDTH));
  header->has_alpha = get_le16 (text.at + BMP_DEPTH) == 32;
  header->height = clamp (ABS (height));
  return TRUE;
}

static const Parser parsers[] = {
  { "bmp", parse_bmp }, { "pnm", parse_pnm }, { "tga", parse_tga },
  { "xpm", parse_xpm }, { "xbm", parse_xbm },
};

static const Parser *
find_parser (const char *loader)
{
  for (guint i = 0; i < G_N_ELEMENTS (parsers); i++)
    if (g_str_equal (parsers[i].loader, loader))
      return &parsers[i];

  return NULL;
}

/**
 * lk_plain_header_knows:
 * @loader: as GdkPixbuf names it
 *
 * Returns: whether lk_plain_read_header() reads the format
 */
gboolean
lk_plain_header_knows (const char *loader)
{
  return find_parser (loader) != NULL;
}

/**
 * lk_plain_read_header:
 * @loader: one that lk_plain_header_knows(); the file has its signature
 * @type: media type
 *
 * Returns: (transfer full) (nullable): the header, or NULL with LK_MEDIA_ERROR_MALFORMED,
 * _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_plain_read_header (LkSource *source,
                      const char *loader,
                      const char *type,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_OTHER, type);
  g_autofree char *head = g_malloc (MAX_HEAD_BYTES + 1);
  gssize n = lk_source_read (source, 0, head, MAX_HEAD_BYTES, cancellable, error);

  if (n < 0)
    return NULL;

  head[n] = '\0';
  if (!find_parser (loader)->parse ((Text){ head, head + n }, lk_source_get_size (source), self))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The file does not tell a size");
      return NULL;
    }

  return g_steal_pointer (&self);
}
