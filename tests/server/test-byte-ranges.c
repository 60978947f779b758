/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-byte-ranges.h"

#define SIZE 10

/* As "first-last first-last", or "whole" or "unsatisfiable". */
static char *
parse (const char *header, gsize size)
{
  g_autoptr (GArray) ranges = NULL;
  LkRangeOutcome outcome = lk_byte_ranges_parse (header, size, &ranges);
  GString *text = g_string_new (NULL);

  g_assert_cmpint (ranges != NULL, ==, outcome == LK_RANGE_SOME);
  if (outcome != LK_RANGE_SOME)
    g_string_append (text, outcome == LK_RANGE_WHOLE ? "whole" : "unsatisfiable");
  for (guint i = 0; ranges != NULL && i < ranges->len; i++)
    {
      const LkByteRange *range = &g_array_index (ranges, LkByteRange, i);

      g_assert_cmpuint (range->first, <=, range->last);
      g_assert_cmpuint (range->last, <, size);
      g_string_append_printf (text, "%s%" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT, i > 0 ? " " : "",
                              range->first, range->last);
    }
  return g_string_free (text, FALSE);
}

static void
test_ranges (void)
{
  static const char *const cases[][2] = {
    { "bytes=0-0", "0-0" },
    { "bytes=2-5", "2-5" },
    { "BYTES=2-5", "2-5" },
    { "bytes=2-", "2-9" },
    { "bytes=-3", "7-9" },
    { "bytes=-99", "0-9" },
    { "bytes=5-99", "5-9" },
    { "bytes=5-9223372036854775807", "5-9" },
    { "bytes=0-1, 4-5 ,-1", "0-1 4-5 9-9" },
    { "bytes=0-1,99-", "0-1" },
    { "bytes=10-", "unsatisfiable" },
    { "bytes=-0", "unsatisfiable" },
    { "bytes=99-,-0", "unsatisfiable" },
    /* More than the file. */
    { "bytes=0-9,0-9", "whole" },
    { "bytes=0-,0-0", "whole" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = parse (cases[i][0], SIZE);

      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (text, ==, cases[i][1]);
    }
}

static void
test_nonsense (void)
{
  static const char *const headers[] = { "",
                                         "bytes",
                                         "bytes=",
                                         "bytes=-",
                                         "bytes=,",
                                         "bytes=x",
                                         "bytes=1",
                                         "bytes=5-2",
                                         "bytes=--1",
                                         "bytes=-1-",
                                         "bytes=1--2",
                                         "bytes=+1-2",
                                         "bytes=1-+2",
                                         "bytes=1 -2",
                                         "bytes=0x1-2",
                                         "lines=0-1",
                                         "bytes=0-1;2-3",
                                         "bytes=18446744073709551615-",
                                         "bytes=18446744073709551616-",
                                         "bytes=-18446744073709551616",
                                         "bytes=0-99999999999999999999",
                                         "bytes=\xff-1",
                                         "bytes 0-1" };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *text = parse (headers[i], SIZE);

      g_test_message ("header %u", i);
      g_assert_cmpstr (text, ==, "whole");
    }
}

static void
test_empty_file (void)
{
  static const char *const headers[]
      = { "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=5-9" };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *text = parse (headers[i], 0);

      g_assert_cmpstr (text, ==, "unsatisfiable");
    }
}

/* Sixteen ranges are honoured, one more is not (CVE-2011-3192). */
static void
test_many (void)
{
  for (guint n = 16; n <= 17; n++)
    {
      GString *header = g_string_new ("bytes=0-0");
      g_autofree char *text = NULL;

      for (guint i = 1; i < n; i++)
        g_string_append_printf (header, ",%u-%u", i, i);
      text = parse (header->str, 1000);
      g_assert_cmpint (g_str_equal (text, "whole"), ==, n > 16);
      g_string_free (header, TRUE);
    }
}

static void
test_multipart (void)
{
  g_autoptr (GBytes) file = g_bytes_new_static ("0123456789", SIZE);
  g_autoptr (GArray) ranges = NULL;
  g_autoptr (GBytes) body = NULL;
  static const char expected[]
      = "\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
        "\r\n--b\r\nContent-Type: image/jpeg\r\nContent-Range: bytes 9-9/10\r\n\r\n9"
        "\r\n--b--\r\n";

  g_assert_cmpint (lk_byte_ranges_parse ("bytes=0-1,-1", SIZE, &ranges), ==, LK_RANGE_SOME);
  body = lk_byte_ranges_to_multipart (file, ranges, "image/jpeg", "b");
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected,
                   sizeof expected - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/byte-ranges/ranges", test_ranges);
  g_test_add_func ("/server/byte-ranges/nonsense", test_nonsense);
  g_test_add_func ("/server/byte-ranges/empty-file", test_empty_file);
  g_test_add_func ("/server/byte-ranges/many", test_many);
  g_test_add_func ("/server/byte-ranges/multipart", test_multipart);
  return g_test_run ();
}
