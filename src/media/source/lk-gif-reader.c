/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-gif-reader.h"

#include <gif_lib.h>
#include <string.h>
#include "lk-limits.h"
#include "lk-media-error.h"

#define CHUNK (64 * 1024)
#define MAX_BLOCK 255
/* GIF counts time in hundredths of a second. */
#define DELAY_UNIT 10000
/* Sub-blocks of the extension that tells how often to repeat: its name, then which part it is. */
#define LOOP_NAME_LENGTH 11
#define LOOP_PART 1
/* The value 4 is none of the standard's, but the one that some encoders write for 3, and browsers
 * know it. */
#define DISPOSE_PREVIOUS_TOO 4

struct _LkGif
{
  GifFileType *file;
  LkSource *source;
  GCancellable *cancellable; /* of the call that is going on */
  GError *error;             /* why that could not read */
  GraphicsControlBlock control;
  guint loops;
  guint64 offset;
  gsize at; /* in chunk */
  gsize filled;
  guint8 chunk[CHUNK];
};

/* @to: NULL where they are not wanted
 *
 * Returns: how many bytes there were */
static gsize
take (LkGif *self, guint8 *to, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gsize n = MIN (length - done, self->filled - self->at);
      gssize got;

      if (to != NULL)
        memcpy (to + done, self->chunk + self->at, n);
      self->at += n;
      done += n;
      if (done == length)
        break;

      got = lk_source_read (self->source, self->offset, self->chunk, CHUNK, self->cancellable,
                            &self->error);
      if (got <= 0)
        break;
      self->offset += (guint64)got;
      self->filled = (gsize)got;
      self->at = 0;
    }

  return done;
}

static int
on_read (GifFileType *file, GifByteType *to, int length)
{
  LkGif *self = file->UserData;

  return self->error == NULL ? (int)take (self, to, (gsize)length) : 0;
}

/* A sub-block: its length, then as many bytes; 0 ends a list of them.
 *
 * @block: room for MAX_BLOCK, or NULL
 *
 * Returns: the length; -1 where the file ends */
static int
take_block (LkGif *self, guint8 *block)
{
  guint8 length;

  if (take (self, &length, 1) != 1 || take (self, block, length) != length)
    return -1;

  return length;
}

static gboolean
skip_blocks (LkGif *self)
{
  int length;

  while ((length = take_block (self, NULL)) > 0)
    ;

  return length == 0;
}

/* Where giflib cannot go on: the file ends or makes no sense there, unless it could not be read. */
static LkStep
stop (LkGif *self, GError **error)
{
  if (self->error == NULL)
    return LK_STEP_END;

  g_propagate_error (error, g_steal_pointer (&self->error));
  return LK_STEP_FAILED;
}

/**
 * lk_gif_open:
 * @source: (transfer none): the open file; outlives the result
 *
 * Returns: (transfer full) (nullable): the file, in front of its first patch, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkGif *
lk_gif_open (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkGif) self = g_new0 (LkGif, 1);

  self->source = source;
  self->cancellable = cancellable;
  self->loops = 1;
  self->file = DGifOpen (self, on_read, NULL);
  if (self->file != NULL)
    return g_steal_pointer (&self);

  if (stop (self, error) == LK_STEP_END)
    g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                         "The GIF file does not start as one");
  return NULL;
}

void
lk_gif_close (LkGif *self)
{
  if (self->file != NULL)
    DGifCloseFile (self->file, NULL);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
is_loop_extension (const guint8 *name, int length)
{
  return length == LOOP_NAME_LENGTH
         && (memcmp (name, "NETSCAPE2.0", LOOP_NAME_LENGTH) == 0
             || memcmp (name, "ANIMEXTS1.0", LOOP_NAME_LENGTH) == 0);
}

/* The file says how often to come back to the start; 0 is for ever. */
static void
read_loops (LkGif *self, const guint8 *block, int length)
{
  guint again;

  if (length < 3 || (block[0] & 7) != LOOP_PART)
    return;

  again = block[1] | (guint)block[2] << 8;
  self->loops = again == 0 ? 0 : again + 1;
}

/* Not by giflib, which would copy each block, and a hostile file is made of little else.
 *
 * Returns: FALSE where the file ends */
static gboolean
read_extension (LkGif *self)
{
  guint8 block[MAX_BLOCK];
  guint8 code;
  gboolean loops;
  int length;

  if (take (self, &code, 1) != 1)
    return FALSE;
  if (code != GRAPHICS_EXT_FUNC_CODE && code != APPLICATION_EXT_FUNC_CODE)
    return skip_blocks (self);

  length = take_block (self, block);
  if (code == GRAPHICS_EXT_FUNC_CODE && length > 0)
    {
      DGifExtensionToGCB ((size_t)length, block, &self->control);
      return skip_blocks (self);
    }

  loops = is_loop_extension (block, length);
  while (length > 0)
    {
      length = take_block (self, block);
      if (loops)
        read_loops (self, block, length);
    }

  return length == 0;
}

static LkDispose
dispose_of_mode (int mode)
{
  switch (mode)
    {
    case DISPOSE_BACKGROUND:
      return LK_DISPOSE_BACKGROUND;
    case DISPOSE_PREVIOUS:
    case DISPOSE_PREVIOUS_TOO:
      return LK_DISPOSE_PREVIOUS;
    default:
      return LK_DISPOSE_NONE;
    }
}

/* Returns: whether there is one more */
static gboolean
find_image (LkGif *self)
{
  const GraphicsControlBlock none = { .TransparentColor = NO_TRANSPARENT_COLOR };
  GifRecordType type;

  self->control = none;
  while (DGifGetRecordType (self->file, &type) == GIF_OK)
    switch (type)
      {
      case IMAGE_DESC_RECORD_TYPE:
        /* DGifGetImageDesc() would keep something of each image until the file is closed. */
        return DGifGetImageHeader (self->file) == GIF_OK;
      case EXTENSION_RECORD_TYPE:
        if (!read_extension (self))
          return FALSE;
        break;
      default:
        return FALSE;
      }

  return FALSE;
}

/**
 * lk_gif_next:
 * @patch: (out caller-allocates): the next one; its rows have to be read, or skipped, before the
 * one that follows
 *
 * Returns: whether there is one; LK_STEP_FAILED with LK_MEDIA_ERROR_UNREADABLE or
 * G_IO_ERROR_CANCELLED
 */
LkStep
lk_gif_next (LkGif *self, LkPatch *patch, GCancellable *cancellable, GError **error)
{
  const GifImageDesc *image = &self->file->Image;

  self->cancellable = cancellable;
  if (!find_image (self))
    return stop (self, error);

  patch->x = (guint)image->Left;
  patch->y = (guint)image->Top;
  patch->width = (guint)image->Width;
  patch->height = (guint)image->Height;
  patch->duration = lk_patch_shown_for ((gint64)self->control.DelayTime * DELAY_UNIT);
  patch->dispose = dispose_of_mode (self->control.DisposalMode);
  patch->over = TRUE;

  return LK_STEP_PATCH;
}

/**
 * lk_gif_skip_pixels:
 *
 * Goes over the compressed rows of the patch.
 *
 * Returns: LK_STEP_PATCH where they are all there
 */
LkStep
lk_gif_skip_pixels (LkGif *self, GCancellable *cancellable, GError **error)
{
  self->cancellable = cancellable;
  if (!skip_blocks (self))
    return stop (self, error);

  return LK_STEP_PATCH;
}

/**
 * lk_gif_read_row:
 * @row: (out caller-allocates): an index for each px
 * @width: that of the patch
 *
 * Returns: LK_STEP_PATCH where the row is whole
 */
LkStep
lk_gif_read_row (LkGif *self, guint8 *row, guint width, GCancellable *cancellable, GError **error)
{
  self->cancellable = cancellable;
  if (DGifGetLine (self->file, row, (int)width) != GIF_OK)
    return stop (self, error);

  return LK_STEP_PATCH;
}

gboolean
lk_gif_is_interlaced (LkGif *self)
{
  return self->file->Image.Interlace;
}

/**
 * lk_gif_get_transparent:
 *
 * Returns: the index in the patch that leaves what is below, or LK_GIF_NO_INDEX
 */
int
lk_gif_get_transparent (LkGif *self)
{
  return self->control.TransparentColor;
}

/**
 * lk_gif_get_palette:
 * @palette: (out caller-allocates): room for 256 colours of R, G, B
 *
 * Returns: how many colours the patch has; an index past them stands for none
 */
guint
lk_gif_get_palette (LkGif *self, guint8 *palette)
{
  const ColorMapObject *map
      = self->file->Image.ColorMap != NULL ? self->file->Image.ColorMap : self->file->SColorMap;
  guint n = map != NULL ? (guint)map->ColorCount : 0;

  for (guint i = 0; i < n; i++)
    {
      palette[i * 3] = map->Colors[i].Red;
      palette[i * 3 + 1] = map->Colors[i].Green;
      palette[i * 3 + 2] = map->Colors[i].Blue;
    }

  return n;
}

static LkStep
count (LkGif *self, LkHeader *header, LkTally *tally, GCancellable *cancellable, GError **error)
{
  LkPatch patch;
  LkStep step;

  while ((step = lk_gif_next (self, &patch, cancellable, error)) == LK_STEP_PATCH)
    {
      gboolean has_alpha = lk_gif_get_transparent (self) != LK_GIF_NO_INDEX;

      if (!lk_tally_begin (tally, &patch, error))
        return LK_STEP_FAILED;

      step = lk_gif_skip_pixels (self, cancellable, error);
      if (step != LK_STEP_PATCH)
        return step;

      lk_tally_add (tally, &patch, header, has_alpha);
    }

  return step;
}

/**
 * lk_gif_read_header:
 *
 * Goes through the whole file without decompressing it, since only that tells how many frames there
 * are.
 *
 * Returns: (transfer full) (nullable): the header of a still or an animation, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _TOO_MANY_PIXELS, _TOO_MANY_FRAMES, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_gif_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_GIF, "image/gif");
  g_autoptr (LkGif) gif = lk_gif_open (source, cancellable, error);
  LkTally tally = { 0 };

  if (gif == NULL)
    return NULL;

  self->width = (guint)gif->file->SWidth;
  self->height = (guint)gif->file->SHeight;
  if (!lk_header_check_size (self->width, self->height, error)
      || count (gif, self, &tally, cancellable, error) == LK_STEP_FAILED)
    return NULL;

  if (tally.largest == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The GIF file holds no picture");
      return NULL;
    }

  self->has_alpha = tally.has_alpha;
  /* A still may be larger than an animation, and then is the loader's. */
  if (tally.begun == 1 && (guint64)self->width * self->height > LK_ANIMATION_MAX_PIXELS)
    return g_steal_pointer (&self);

  if (!lk_tally_finish (&tally, gif->loops, self, error))
    return NULL;

  if (tally.begun == 1)
    lk_tally_make_still (self);

  return g_steal_pointer (&self);
}
