/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"
#include "lk-test-picture.h"
#include "lk-test-video.h"

#include <stdlib.h>
#include <string.h>

/* What a frame looks like: each codec in each container, sizes, colours, held against ffmpeg. */

/* Of a time stamp, in µs: Matroska counts in milliseconds. */
#define NEAR_TIME 1000
/* How ffmpeg is to make RGB of what it decodes: exactly, as a player with care would. */
#define EXACTLY "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp"

typedef struct
{
  const char *name;
  const char *type;
  const char *arguments; /* of ffmpeg */
} Format;

static const Format formats[] = {
  { "h264.mp4", "video/mp4", "-c:v libx264 -pix_fmt yuv420p" },
  { "h264.mov", "video/quicktime", "-c:v libx264 -pix_fmt yuv420p" },
  { "h264.mkv", "video/x-matroska", "-c:v libx264 -pix_fmt yuv420p" },
  { "h264-422.mp4", "video/mp4", "-c:v libx264 -pix_fmt yuv422p" },
  { "h264-10.mp4", "video/mp4", "-c:v libx264 -pix_fmt yuv420p10le" },
  { "h265.mp4", "video/mp4",
    "-c:v libx265 -x265-params log-level=none -tag:v hvc1 -pix_fmt yuv420p" },
  { "h265.mkv", "video/x-matroska", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p" },
  { "vp8.webm", "video/webm", "-c:v libvpx -deadline realtime -pix_fmt yuv420p" },
  { "vp9.webm", "video/webm", "-c:v libvpx-vp9 -deadline realtime -pix_fmt yuv420p" },
  { "vp9.mp4", "video/mp4", "-c:v libvpx-vp9 -deadline realtime -pix_fmt yuv420p" },
  { "av1.mp4", "video/mp4", "-c:v libsvtav1 -preset 10 -pix_fmt yuv420p" },
  { "av1.webm", "video/webm", "-c:v libsvtav1 -preset 10 -pix_fmt yuv420p" },
  { "mjpeg.avi", "video/x-msvideo", "-c:v mjpeg -pix_fmt yuvj420p" },
  { "mpeg4.avi", "video/x-msvideo", "-c:v mpeg4 -pix_fmt yuv420p" },
  { "prores.mov", "video/quicktime", "-c:v prores_ks -pix_fmt yuv422p10le" },
};

static void
assert_frames (const char *path, LkTestVideo *video, const char *filter, double tolerance)
{
  const LkMotionInfo *info = lk_motion_get_info (video->motion);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  g_autoptr (GArray) times = lk_test_video_times (path);
  g_autoptr (GPtrArray) wanted = lk_test_video_frames (path, filter, info->width, info->height);

  g_assert_cmpuint (frames->len, ==, wanted->len);
  g_assert_cmpuint (frames->len, ==, times->len);
  for (guint i = 0; i < frames->len; i++)
    {
      const LkMotionFrame *frame = frames->pdata[i];
      gint64 time = g_array_index (times, gint64, i);
      double difference = lk_test_frame_difference (frame->frame, wanted->pdata[i]);

      if (difference > tolerance)
        g_error ("%s: frame %u differs by %.2f", path, i, difference);
      g_assert_cmpint (llabs (frame->time - time), <=, NEAR_TIME);
      if (i + 1 < frames->len)
        g_assert_cmpint (frame->time + frame->duration, ==,
                         ((const LkMotionFrame *)frames->pdata[i + 1])->time);
    }
}

static void
test_format (gconstpointer data)
{
  const Format *format = data;
  g_autofree char *arguments
      = g_strdup_printf ("-f lavfi -i testsrc2=s=160x90:r=25:d=1 -g 10 %s", format->arguments);
  g_autofree char *path = lk_test_video_make (format->name, arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  const LkMotionInfo *info = lk_motion_get_info (video->motion);

  g_assert_cmpstr (video->header->type, ==, format->type);
  g_assert_cmpint (video->header->kind, ==, LK_PICTURE_CLIP);
  g_assert_cmpuint (video->header->width, ==, 160);
  g_assert_cmpuint (video->header->height, ==, 90);
  g_assert_cmpuint (video->header->frames, ==, 25);
  g_assert_cmpint (llabs (video->header->duration - G_USEC_PER_SEC), <=, NEAR_TIME);
  g_assert_cmpuint (info->width, ==, 160);
  g_assert_cmpuint (info->height, ==, 90);
  g_assert_cmpuint (info->loops, ==, 1);
  g_assert_cmpint (info->duration, ==, video->header->duration);
  g_assert_false (info->has_alpha);
  assert_frames (path, video, EXACTLY ":in_color_matrix=bt601", 2.5);
}

/* Turned by what a player turns by, and that is what ffmpeg does unasked. */
static void
test_rotation (gconstpointer data)
{
  int degrees = GPOINTER_TO_INT (data);
  g_autofree char *plain = lk_test_video_make (
      "plain.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p");
  g_autofree char *arguments
      = g_strdup_printf ("-i '%s' -c copy -metadata:s:v:0 rotate=%d", plain, degrees);
  g_autofree char *path = lk_test_video_make ("turned.mp4", arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  const LkMotionInfo *info = lk_motion_get_info (video->motion);

  g_assert_cmpuint (info->width, ==, degrees == 180 ? 160 : 90);
  g_assert_cmpuint (info->height, ==, degrees == 180 ? 90 : 160);
  g_assert_cmpuint (video->header->width, ==, 160);
  g_assert_cmpint (video->header->orientation, ==, degrees == 90 ? 8 : degrees == 180 ? 3 : 6);
  assert_frames (path, video, EXACTLY ":in_color_matrix=bt601", 2.5);
}

/* Smooth, since ffmpeg stretches the colour of an odd width where it should lay it on: on edges
 * that shows. */
static void
test_odd_size (gconstpointer data)
{
  const char *size = data;
  g_autofree char *vp9 = g_strdup_printf (
      "-f lavfi -i gradients=s=160x90:r=25:d=0.2:seed=5 -vf scale=%s,setsar=1 -c:v "
      "libvpx-vp9 -deadline realtime -pix_fmt yuv420p",
      size);
  g_autofree char *h264 = g_strdup_printf ("-f lavfi -i gradients=s=160x90:r=25:d=0.2:seed=5 -vf "
                                           "scale=%s,setsar=1 -c:v libx264 -pix_fmt yuv444p",
                                           size);
  g_autofree char *first = lk_test_video_make ("odd.webm", vp9);
  g_autofree char *second = lk_test_video_make ("odd.mp4", h264);
  const char *paths[] = { first, second };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (LkTestVideo) video = lk_test_video_open (paths[i], 0);
      g_autofree char *got = g_strdup_printf ("%ux%u", video->header->width, video->header->height);

      g_assert_cmpstr (got, ==, size);
      assert_frames (paths[i], video, EXACTLY ":in_color_matrix=bt601", 4);
    }
}

static void
test_pixel_aspect (void)
{
  g_autofree char *wide = lk_test_video_make (
      "wide.mp4",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -vf setsar=4/3 -c:v libx264 -pix_fmt yuv420p");
  g_autofree char *narrow = lk_test_video_make (
      "narrow.mkv",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -vf setsar=1/2 -c:v libx264 -pix_fmt yuv420p");
  const char *paths[] = { wide, narrow };
  const guint widths[] = { 213, 80 };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (LkTestVideo) video = lk_test_video_open (paths[i], 0);
      const LkMotionInfo *info = lk_motion_get_info (video->motion);
      g_autofree char *filter = g_strdup_printf (
          "scale=%u:90:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=bt601",
          widths[i]);

      g_assert_cmpuint (info->width, ==, widths[i]);
      g_assert_cmpuint (info->height, ==, 90);
      assert_frames (paths[i], video, filter, 4);
    }
}

/* The shorter side is what was asked for, and never more than there is. */
static void
test_min_side (void)
{
  g_autofree char *path = lk_test_video_make (
      "scaled.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p");
  g_autoptr (GPtrArray) wanted = lk_test_video_frames (
      path, "scale=128:72:flags=lanczos+accurate_rnd+full_chroma_int:in_color_matrix=bt601", 128,
      72);
  g_autoptr (LkTestVideo) small = lk_test_video_open (path, 72);
  g_autoptr (LkTestVideo) large = lk_test_video_open (path, 720);
  g_autoptr (GPtrArray) frames = lk_test_video_read (small);
  g_autoptr (LkMotionFrame) whole = lk_test_video_at (large, 0);

  g_assert_cmpuint (lk_motion_get_info (small->motion)->width, ==, 320);
  g_assert_cmpuint (lk_frame_get_width (whole->frame), ==, 320);
  g_assert_cmpuint (frames->len, ==, wanted->len);
  for (guint i = 0; i < frames->len; i++)
    g_assert_cmpfloat (
        lk_test_frame_difference (((LkMotionFrame *)frames->pdata[i])->frame, wanted->pdata[i]), <,
        3);
}

typedef struct
{
  const char *matrix; /* of ffmpeg's scale */
  const char *name;   /* of its options */
  const char *range;
  const char *size;
} Colors;

static const Colors colors[] = {
  { "bt601", "smpte170m", "tv", "64x64" },   { "bt601", "bt470bg", "pc", "64x64" },
  { "bt709", "bt709", "tv", "64x64" },       { "bt709", "bt709", "pc", "64x64" },
  { "bt2020", "bt2020nc", "tv", "64x64" },   { "bt2020", "bt2020nc", "pc", "64x64" },
  { "bt601", "unspecified", "tv", "64x64" }, { "bt709", "unspecified", "tv", "720x640" },
};

/* Patches of known colours come out as they went in, whatever matrix and range carried them. */
static void
test_colors (gconstpointer data)
{
  const Colors *how = data;
  const guint32 patches[]
      = { 0xffffff, 0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0x808080, 0xc06030 };

  for (guint i = 0; i < G_N_ELEMENTS (patches); i++)
    {
      g_autofree char *arguments
          = g_strdup_printf ("-f lavfi -i color=c=0x%06x:s=%s:r=25:d=0.04,format=gbrp -vf "
                             "scale=out_color_matrix=%s:out_range=%s:flags=accurate_rnd+full_"
                             "chroma_int,format=yuv444p "
                             "-c:v libx264 -qp 0 -colorspace %s -color_range %s",
                             patches[i], how->size, how->matrix, how->range, how->name, how->range);
      g_autofree char *path = lk_test_video_make ("patch.mp4", arguments);
      g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
      g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, 0);

      lk_test_assert_near (frame->frame, 20, 20, patches[i] >> 16, patches[i] >> 8 & 0xff,
                           patches[i] & 0xff, 3);
    }
}

/* A source of wide gamut is brought to sRGB; zimg, which ffmpeg has, does the same. */
static void
test_wide_gamut (void)
{
  g_autofree char *path = lk_test_video_make (
      "wide-gamut.mp4",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2,format=gbrp -vf "
      "scale=out_color_matrix=bt2020:out_range=tv,format=yuv444p10le -c:v libx264 -qp 0 "
      "-colorspace bt2020nc -color_primaries bt2020 -color_trc iec61966-2-1 -color_range tv");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);

  assert_frames (path, video,
                 "zscale=m=gbr:r=full:t=linear,format=gbrpf32le,zscale=p=709,zscale=t=iec61966-2-1,"
                 "format=gbrp",
                 2.5);
}

typedef struct
{
  const char *transfer;
  const char *filter;
  int tolerance; /* of what is coloured */
} Hdr;

static const Hdr hdrs[] = {
  { "smpte2084",
    "zscale=t=linear:npl=203:m=gbr:r=full,format=gbrpf32le,zscale=p=709,"
    "zscale=t=iec61966-2-1,format=gbrp",
    4 },
  /* zimg takes each channel to the power that is luminance's */
  { "arib-std-b67",
    "zscale=t=linear:npl=203:m=gbr:r=full,format=gbrpf32le,zscale=p=709,"
    "zscale=t=iec61966-2-1,format=gbrp",
    10 },
};

/* sRGB of the knee below which light is left as it is. */
#define KNEE 186

/* What is no brighter than the knee is what zimg makes of it too; what is brighter grows no darker
 * and ends in white, without a hue of its own. */
static void
test_hdr (gconstpointer data)
{
  const Hdr *hdr = data;
  g_autofree char *arguments = g_strdup_printf (
      "-f lavfi -i \"color=c=black:s=256x64:r=25:d=0.04,format=gbrp,geq=r='if(lt(Y,32),X,X*0.7)':"
      "g='if(lt(Y,32),X,X*0.5)':b='if(lt(Y,32),X,X*0.6)'\" -vf "
      "scale=out_color_matrix=bt2020:out_range=tv:flags=accurate_rnd,format=yuv444p10le -c:v "
      "libx265 "
      "-x265-params log-level=none:lossless=1 -tag:v hvc1 -colorspace bt2020nc -color_primaries "
      "bt2020 -color_trc %s -color_range tv",
      hdr->transfer);
  g_autofree char *path = lk_test_video_make ("hdr.mp4", arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  g_autoptr (GPtrArray) wanted = lk_test_video_frames (path, hdr->filter, 256, 64);
  g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, 0);
  guint below = 0;

  for (guint x = 0; x < 256; x++)
    {
      const guint8 *gray = lk_test_frame_at (frame->frame, x, 16);

      for (guint y = 16; y < 64; y += 32)
        {
          const guint8 *got = lk_test_frame_at (frame->frame, x, y);
          const guint8 *other = lk_test_frame_at (wanted->pdata[0], x, y);

          if (MAX (other[0], MAX (other[1], other[2])) >= KNEE)
            continue;
          below++;
          for (guint c = 0; c < 3; c++)
            if (abs (got[c] - other[c]) > (y < 32 ? 4 : hdr->tolerance))
              g_error ("%s at %u, %u: %d %d %d, zimg says %d %d %d", hdr->transfer, x, y, got[0],
                       got[1], got[2], other[0], other[1], other[2]);
        }
      g_assert_cmpint (abs (gray[0] - gray[1]), <=, 1);
      g_assert_cmpint (abs (gray[0] - gray[2]), <=, 1);
      if (x > 0)
        g_assert_cmpint (gray[1], >=, lk_test_frame_at (frame->frame, x - 1, 16)[1]);
    }
  g_assert_cmpuint (below, >, 200);
  lk_test_assert_near (frame->frame, 255, 16, 255, 255, 255, 1);
}

static void
test_hdr_unsupported (void)
{
  g_autofree char *path = lk_test_video_make (
      "log.mp4",
      "-f lavfi -i testsrc2=s=160x90:r=25:d=0.2 -c:v libx264 -pix_fmt yuv420p -color_trc "
      "log100 -colorspace bt709 -color_primaries bt709");
  g_autoptr (GError) error = NULL;

  g_assert_null (lk_test_video_try (path, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_HDR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "logarithmic"));
}

static void
test_alpha (void)
{
  g_autofree char *path = lk_test_video_make (
      "alpha.webm", "-f lavfi -i color=c=red@0.5:s=160x90:r=25:d=0.2,format=yuva420p -c:v "
                    "libvpx-vp9 -auto-alt-ref 0");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, 0);

  g_assert_true (video->header->has_alpha);
  g_assert_true (lk_motion_get_info (video->motion)->has_alpha);
  g_assert_true (lk_frame_has_alpha (frame->frame));
  g_assert_cmpint (abs (lk_test_frame_at (frame->frame, 80, 45)[3] - 128), <=, 4);
  g_assert_cmpint (lk_test_frame_at (frame->frame, 80, 45)[0], >, 240);
}

int
main (int argc, char *argv[])
{
  const char *sizes[] = { "161x91", "33x17", "16x3", "2x2" };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strconcat ("/video/format/", formats[i].name, NULL);

      g_test_add_data_func (path, &formats[i], test_format);
    }
  g_test_add_data_func ("/video/rotation/90", GINT_TO_POINTER (90), test_rotation);
  g_test_add_data_func ("/video/rotation/180", GINT_TO_POINTER (180), test_rotation);
  g_test_add_data_func ("/video/rotation/270", GINT_TO_POINTER (270), test_rotation);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strconcat ("/video/odd-size/", sizes[i], NULL);

      g_test_add_data_func (path, sizes[i], test_odd_size);
    }
  g_test_add_func ("/video/pixel-aspect", test_pixel_aspect);
  g_test_add_func ("/video/min-side", test_min_side);
  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    {
      g_autofree char *path = g_strconcat ("/video/colors/", colors[i].name, "-", colors[i].range,
                                           "-", colors[i].size, NULL);

      g_test_add_data_func (path, &colors[i], test_colors);
    }
  g_test_add_func ("/video/wide-gamut", test_wide_gamut);
  for (guint i = 0; i < G_N_ELEMENTS (hdrs); i++)
    {
      g_autofree char *path = g_strconcat ("/video/hdr/", hdrs[i].transfer, NULL);

      g_test_add_data_func (path, &hdrs[i], test_hdr);
    }
  g_test_add_func ("/video/hdr-unsupported", test_hdr_unsupported);
  g_test_add_func ("/video/alpha", test_alpha);

  return g_test_run ();
}
