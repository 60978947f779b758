/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-h264-encoder.h"

#include <math.h>
#include "lk-gst.h"
#include "lk-media-error.h"

/* The encoders that a desktop may have, best first. x264 is in GStreamer's “ugly” plugins, which
 * some distributions do not ship; OpenH264 takes its place there. VA is the graphics card's: fast,
 * and worse at the bit rates of a small clip. */

/* Good for 2 MB: within 2 % of the bytes of “medium” for the same picture, in 4/5 of the time. */
#define X264_PRESET "faster"
/* What of it a small square does not show: on eight clips (films, filmed by hand, drawn) at most 4
 * % more bytes for the same picture, SSIM within 0.001, in 2/3 to 4/5 of the processor's time.
 * Drawn ones need both reference frames. To look 14 frames ahead instead of 20 saves 14 MB, and a
 * pass that is broken off that much of its time; on a clip of hand-held noise it made 3 % fewer
 * bytes, SSIM 0.002 lower, and under a budget the same picture. */
#define X264_ECONOMY "rc-lookahead=14:partitions=p8x8,i8x8,i4x4:me=dia:subme=3"
/* One half of the processors decodes meanwhile. Each thread has a frame of its own, and with many a
 * small frame is cut into too narrow strips. */
#define MAX_THREADS 2
/* Seconds from one key frame to the next. */
#define GOP_SECONDS 5
/* Where a bit rate is asked for, a clip that needs less is not made better than this. */
#define MIN_QUANTIZER 20

typedef struct
{
  const char *name;
  gboolean has_rate_factor;
  gboolean copies;
  void (*set_up) (GstElement *element, const LkH264Settings *settings);
} Encoder;

static guint
get_gop (const LkH264Settings *settings)
{
  return (guint)MAX (GOP_SECONDS * settings->rate_n / settings->rate_d, 1);
}

/* The element takes the rate factor as a whole number, so the fraction is left to a zone over the
 * whole clip, whose factor divides the quantizer's scale; that doubles with each 6. */
static void
set_up_x264 (GstElement *element, const LkH264Settings *settings)
{
  double whole = CLAMP (ceil (settings->rate_factor), 1, 50);
  char factor[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *options = NULL;

  g_ascii_formatd (factor, sizeof factor, "%.4f", exp2 ((whole - settings->rate_factor) / 6));
  options = g_strdup_printf (X264_ECONOMY ":zones=0,1000000,b=%s", factor);

  gst_util_set_object_arg (G_OBJECT (element), "pass", "qual");
  gst_util_set_object_arg (G_OBJECT (element), "speed-preset", X264_PRESET);
  g_object_set (element, "quantizer", (guint)whole, "vbv-buf-capacity", 0, "key-int-max",
                get_gop (settings), "option-string", options, "sync-lookahead", 0, "threads",
                CLAMP (g_get_num_processors () / 2, 1, MAX_THREADS), NULL);
}

static void
set_up_openh264 (GstElement *element, const LkH264Settings *settings)
{
  gst_util_set_object_arg (G_OBJECT (element), "rate-control", "bitrate");
  gst_util_set_object_arg (G_OBJECT (element), "complexity", "high");
  g_object_set (element, "bitrate", settings->bit_rate, "max-bitrate", settings->bit_rate * 2,
                "gop-size", get_gop (settings), "qp-min", MIN_QUANTIZER, "enable-frame-skip", FALSE,
                NULL);
}

/* Which properties there are depends on the card and its driver. */
static void
set_if_there (GstElement *element, const char *property, const char *value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property) != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, value);
}

static void
set_up_va (GstElement *element, const LkH264Settings *settings)
{
  g_autofree char *kilobits = g_strdup_printf ("%u", MAX (settings->bit_rate / 1000, 1));
  g_autofree char *gop = g_strdup_printf ("%u", get_gop (settings));

  set_if_there (element, "rate-control", "vbr");
  set_if_there (element, "bitrate", kilobits);
  set_if_there (element, "key-int-max", gop);
  set_if_there (element, "keyframe-period", gop);
  set_if_there (element, "min-qp", G_STRINGIFY (MIN_QUANTIZER));
}

static const Encoder encoders[] = {
  { "x264enc", TRUE, TRUE, set_up_x264 },      { "openh264enc", FALSE, TRUE, set_up_openh264 },
  { "vah264enc", FALSE, FALSE, set_up_va },    { "vah264lpenc", FALSE, FALSE, set_up_va },
  { "vaapih264enc", FALSE, FALSE, set_up_va },
};

static const Encoder *
get_encoder (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    if (g_str_equal (encoders[i].name, name))
      return &encoders[i];

  g_return_val_if_reached (NULL);
}

/**
 * lk_h264_encoder_find:
 *
 * GStreamer has to be started. Any thread.
 *
 * Returns: (transfer none) (nullable): the name of the best encoder that is installed; NULL where
 * none is
 */
const char *
lk_h264_encoder_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    {
      g_autoptr (GstElementFactory) factory = gst_element_factory_find (encoders[i].name);

      if (factory != NULL)
        return encoders[i].name;
    }

  return NULL;
}

/**
 * lk_h264_encoder_has_rate_factor:
 * @name: of an encoder
 *
 * Returns: whether it holds a quality; otherwise it is given a bit rate
 */
gboolean
lk_h264_encoder_has_rate_factor (const char *name)
{
  return get_encoder (name)->has_rate_factor;
}

/**
 * lk_h264_encoder_copies:
 * @name: of an encoder
 *
 * Returns: whether it is done with a frame's px when it takes the next frame, though it may hold on
 * to the memory: x264 copies them into its lookahead (x264.h, x264_encoder_encode), OpenH264
 * encodes at once; its element holds all of them for some 30 frames
 */
gboolean
lk_h264_encoder_copies (const char *name)
{
  return get_encoder (name)->copies;
}

/**
 * lk_h264_encoder_add:
 * @pipeline: takes the element
 * @name: of an encoder
 *
 * Returns: (transfer none) (nullable): the encoder, or NULL with LK_MEDIA_ERROR_NO_ENCODER where it
 * cannot be made
 */
GstElement *
lk_h264_encoder_add (GstElement *pipeline,
                     const char *name,
                     const LkH264Settings *settings,
                     GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstElement *element = lk_gst_add (pipeline, name, &cause);

  if (element == NULL)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_ENCODER, cause->message);
      return NULL;
    }

  get_encoder (name)->set_up (element, settings);

  return element;
}
