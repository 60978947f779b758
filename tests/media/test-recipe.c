/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-json.h"
#include "lk-media-error.h"
#include "lk-recipe.h"

#include <math.h>
#include <string.h>

static LkRecipe *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (JsonObject) object = lk_json_parse_object (bytes, 4096, error);

  return object != NULL ? lk_recipe_from_json (object, error) : NULL;
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) fresh = lk_recipe_new ();
  g_autoptr (LkRecipe) parsed = parse ("{\"version\":1}", &error);

  g_assert_no_error (error);
  g_assert_true (lk_recipe_equal (fresh, parsed));
  g_assert_cmpfloat (lk_recipe_get_crop (fresh).size, ==, 1);
  g_assert_cmpint (lk_recipe_get_rotation (fresh), ==, 0);
  g_assert_cmpint (lk_recipe_get_background (fresh).green, ==, 0xff);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, (LkCrop){ 1.0 / 3, 0.7, 0.123456789 });
  g_autoptr (LkRecipe) turned = lk_recipe_with_rotation (cropped, -90);
  g_autoptr (LkRecipe) flipped = lk_recipe_with_flips (turned, TRUE, FALSE);
  g_autoptr (LkRecipe) recipe = lk_recipe_with_background (flipped, (LkColor){ 1, 0xab, 0xff });
  g_autoptr (JsonObject) object = lk_recipe_to_json (recipe);
  g_autoptr (GBytes) text = lk_json_object_to_bytes (object);
  g_autoptr (JsonObject) again = lk_json_parse_object (text, 4096, &error);
  g_autoptr (LkRecipe) back = NULL;

  g_assert_no_error (error);
  back = lk_recipe_from_json (again, &error);
  g_assert_no_error (error);
  g_assert_true (lk_recipe_equal (recipe, back));
  g_assert_cmpint (lk_recipe_get_rotation (back), ==, 270);
  g_assert_true (lk_recipe_get_flip_horizontal (back));
  g_assert_cmpint (lk_recipe_get_background (back).green, ==, 0xab);
}

/* Undo keeps the recipes themselves. */
static void
test_immutable (void)
{
  g_autoptr (LkRecipe) before = lk_recipe_new ();
  g_autoptr (LkRecipe) same = lk_recipe_new ();
  g_autoptr (LkRecipe) after = lk_recipe_with_rotation (before, 450);

  g_assert_true (lk_recipe_equal (before, same));
  g_assert_false (lk_recipe_equal (before, after));
  g_assert_cmpint (lk_recipe_get_rotation (after), ==, 90);
}

static void
test_refused (void)
{
  const char *const cases[] = {
    "{}",
    "{\"version\":3}",
    "{\"version\":0}",
    "{\"version\":1,\"straighten\":3}",
    "{\"version\":1,\"background\":\"blur\"}",
    "{\"version\":\"1\"}",
    "{\"version\":1,\"sparkle\":true}",
    "{\"version\":1,\"crop\":{\"x\":0.5,\"y\":0.5}}",
    "{\"version\":1,\"crop\":{\"x\":0.5,\"y\":0.5,\"size\":0}}",
    "{\"version\":1,\"crop\":{\"x\":0.5,\"y\":0.5,\"size\":1.01}}",
    "{\"version\":1,\"crop\":{\"x\":-0.1,\"y\":0.5,\"size\":1}}",
    "{\"version\":1,\"crop\":{\"x\":1e999,\"y\":0.5,\"size\":1}}",
    "{\"version\":1,\"crop\":{\"x\":null,\"y\":0.5,\"size\":1}}",
    "{\"version\":1,\"crop\":{\"x\":0.5,\"y\":0.5,\"size\":1,\"z\":0}}",
    "{\"version\":1,\"crop\":[0.5,0.5,1]}",
    "{\"version\":1,\"rotation\":45}",
    "{\"version\":1,\"rotation\":360}",
    "{\"version\":1,\"rotation\":\"90\"}",
    "{\"version\":1,\"flip\":true}",
    "{\"version\":1,\"flip\":{\"horizontal\":1,\"vertical\":false}}",
    "{\"version\":1,\"background\":\"white\"}",
    "{\"version\":1,\"background\":\"#fff\"}",
    "{\"version\":1,\"background\":\"#12345g\"}",
    "{\"version\":1,\"background\":\"#1234567\"}",
    "{\"version\":2,\"straighten\":45.1}",
    "{\"version\":2,\"straighten\":null}",
    "{\"version\":2,\"adjust\":{\"brightness\":1.1}}",
    "{\"version\":2,\"adjust\":{\"hue\":0}}",
    "{\"version\":2,\"adjust\":0}",
    "{\"version\":2,\"background\":\"blurred\"}",
    "{\"version\":2,\"texts\":{}}",
    "{\"version\":2,\"texts\":[\"hello\"]}",
    "{\"version\":2,\"texts\":[{}]}",
    "{\"version\":2,\"texts\":[{\"content\":7}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"size\":0}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"weight\":99}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"weight\":400.5}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"effect\":\"glow\"}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"effect_width\":1}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"align\":\"left\"}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"color\":\"red\"}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"x\":-0.1}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"angle\":181}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"blink\":true}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\\u0007b\"}]}",
    "{\"version\":2,\"texts\":[{\"content\":\"a\",\"family\":\"Sa\\rns\"}]}",
    "{\"version\":2,\"border\":\"ring\"}",
    "{\"version\":2,\"border\":{\"kind\":\"polaroid\",\"caption\":\"\\u007f\"}}",
    "{\"version\":2,\"border\":{}}",
    "{\"version\":2,\"border\":{\"kind\":\"frame\"}}",
    "{\"version\":2,\"border\":{\"kind\":\"ring\",\"width\":0.3}}",
    "{\"version\":2,\"border\":{\"kind\":\"ring\",\"color\":0}}",
    "{\"version\":2,\"border\":{\"kind\":\"polaroid\",\"caption\":1}}",
    "{\"version\":2,\"motion\":[]}",
    "{\"version\":2,\"motion\":{\"start\":-1}}",
    "{\"version\":2,\"motion\":{\"start\":0.5}}",
    "{\"version\":2,\"motion\":{\"speed\":0.4}}",
    "{\"version\":2,\"motion\":{\"speed\":3.1}}",
    "{\"version\":2,\"motion\":{\"loops\":65536}}",
    "{\"version\":2,\"motion\":{\"boomerang\":1}}",
    "{\"version\":2,\"motion\":{\"reverse\":true}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) json_error = NULL;
      g_autoptr (GBytes) bytes = g_bytes_new (cases[i], strlen (cases[i]));
      g_autoptr (JsonObject) object = lk_json_parse_object (bytes, 4096, &json_error);

      g_test_message ("%s", cases[i]);
      if (object == NULL) /* 1e999 is for the parser to refuse, where it does */
        continue;
      g_assert_null (lk_recipe_from_json (object, &error));
      g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE);
    }
}

/* Whoever writes a recipe by hand is told where it is wrong, and what would be right. */
static void
test_messages (void)
{
  const char *const cases[][2] = {
    { "\"sparkle\":1", "“sparkle” is not known; what is known: version, crop, rotation, flip, "
                       "background, straighten, adjust, texts, border, motion" },
    { "\"crop\":{\"x\":0.5,\"y\":0.5,\"size\":7}", "crop: “size” is not from 0.01 to 1" },
    { "\"rotation\":45", "“rotation” is not 0, 90, 180 or 270" },
    { "\"background\":\"transparent\"", "“background” is not none, blur or of the form #rrggbb" },
    { "\"motion\":{\"speed\":4}", "motion: “speed” is not from 0.5 to 3" },
    { "\"motion\":{\"loops\":-2}", "motion: “loops” is not from -1 to 65535" },
    { "\"border\":{\"kind\":\"a frame of wood or tin\"}",
      "border: “kind” is none of none, ring, square, rounded, polaroid" },
    { "\"texts\":[{\"content\":\"a\"},{\"content\":\"b\",\"size\":2}]",
      "texts[1]: “size” is not from 0.02 to 1" },
    { "\"texts\":[{\"content\":\"a\",\"color\":\"dark red\"}]",
      "texts[0]: “color” is not of the form #rrggbb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"version\":2,%s}", cases[i][0]);
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (text, &error));
      g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE);
      g_assert_cmpstr (error->message, ==, cases[i][1]);
    }
}

/* A text as long as it may be, in letters of several bytes, and one more of them. */
static void
test_bounds_of_texts (void)
{
  g_autofree char *long_text = g_strnfill (LK_TEXT_MAX_LENGTH + 1, 'x');
  g_autofree char *json
      = g_strdup_printf ("{\"version\":2,\"texts\":[{\"content\":\"%s\"}]}", long_text);
  g_autoptr (GString) many = g_string_new ("{\"version\":2,\"texts\":[");
  g_autoptr (LkTextLayer) text = NULL;
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (json, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE);
  g_clear_error (&error);

  for (guint i = 0; i < LK_RECIPE_MAX_TEXTS + 1; i++)
    g_string_append_printf (many, "%s{\"content\":\"a\"}", i > 0 ? "," : "");
  g_string_append (many, "]}");
  g_assert_null (parse (many->str, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE);

  memcpy (long_text + LK_TEXT_MAX_LENGTH - 1, "\303\251", 2); /* é over the limit */
  text = lk_text_layer_new (long_text);
  g_assert_cmpuint (strlen (text->content), ==, LK_TEXT_MAX_LENGTH - 1);
  g_assert_true (g_utf8_validate (text->content, -1, NULL));

  for (guint i = 0; i < LK_RECIPE_MAX_TEXTS + 1; i++)
    {
      LkRecipe *more = lk_recipe_with_text_added (recipe, text);

      lk_recipe_unref (recipe);
      recipe = more;
    }
  g_assert_cmpuint (lk_recipe_get_n_texts (recipe), ==, LK_RECIPE_MAX_TEXTS);
}

/* Drafts of the first version are on people's disks. */
static void
test_version_1 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) untouched
      = parse ("{\"version\":1,\"crop\":{\"x\":0.4,\"y\":0.5,\"size\":0.5},\"rotation\":90,"
               "\"flip\":{\"horizontal\":true,\"vertical\":false},\"background\":\"#ffffff\"}",
               &error);
  g_autoptr (LkRecipe) chosen = parse ("{\"version\":1,\"background\":\"#00ff00\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpint (lk_recipe_get_rotation (untouched), ==, 90);
  g_assert_cmpfloat (lk_recipe_get_crop (untouched).x, ==, 0.4);
  g_assert_cmpint (lk_recipe_get_background_kind (untouched), ==, LK_BACKGROUND_NONE);
  g_assert_cmpint (lk_recipe_get_background_kind (chosen), ==, LK_BACKGROUND_COLOR);
  g_assert_cmpint (lk_recipe_get_background (chosen).green, ==, 0xff);
}

/* The largest recipe, each byte of it escaped, is read again by all who read one: at most 64 KB for
 * likeness-render, and a draft of some megabytes holds a hundred. */
static void
test_largest (void)
{
  g_autofree char *quotes = g_strnfill (LK_TEXT_MAX_LENGTH, '"');
  g_autoptr (GError) error = NULL;
  g_autoptr (LkTextLayer) text = lk_text_layer_new (quotes);
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (LkRecipe) framed = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autoptr (JsonObject) again = NULL;
  g_autoptr (LkRecipe) back = NULL;
  LkBorder border = { LK_BORDER_POLAROID, { 1, 2, 3 }, 1.0 / 7, quotes, quotes };

  g_free (text->family);
  text->family = g_strdup (quotes);
  text->size = text->x = text->y = 1.0 / 3;
  text->effect_width = 1.0 / 30;
  text->angle = -100.0 / 3;
  for (guint i = 0; i < LK_RECIPE_MAX_TEXTS; i++)
    {
      LkRecipe *more = lk_recipe_with_text_added (recipe, text);

      lk_recipe_unref (recipe);
      recipe = more;
    }
  framed = lk_recipe_with_border (recipe, &border);
  object = lk_recipe_to_json (framed);
  json = lk_json_object_to_bytes (object);
  g_test_message ("%" G_GSIZE_FORMAT " bytes", g_bytes_get_size (json));
  g_assert_cmpuint (g_bytes_get_size (json), <, 32 * 1024);

  again = lk_json_parse_object (json, 64 * 1024, &error);
  g_assert_no_error (error);
  back = lk_recipe_from_json (again, &error);
  g_assert_no_error (error);
  g_assert_true (lk_recipe_equal (framed, back));
}

static LkRecipe *
make_full (void)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) straight = lk_recipe_with_straighten (plain, -12.5);
  g_autoptr (LkRecipe) adjusted
      = lk_recipe_with_adjust (straight, (LkAdjust){ 0.1, -0.2, 0.3, -0.4 });
  g_autoptr (LkRecipe) blurred = lk_recipe_with_background_kind (adjusted, LK_BACKGROUND_BLUR);
  g_autoptr (LkTextLayer) text = lk_text_layer_new ("שלום\n“hi” 🙂");
  g_autoptr (LkRecipe) one = NULL;
  g_autoptr (LkRecipe) two = NULL;
  g_autoptr (LkRecipe) framed = NULL;
  LkBorder border = { LK_BORDER_POLAROID, { 1, 2, 3 }, 0.05, (char *)"Ω", (char *)"Serif" };

  one = lk_recipe_with_text_added (blurred, text);
  text->effect = LK_TEXT_EFFECT_SHADOW;
  text->align = LK_TEXT_ALIGN_END;
  text->angle = -30;
  two = lk_recipe_with_text_added (one, text);
  framed = lk_recipe_with_border (two, &border);

  return lk_recipe_with_motion (framed, (LkMotionEdits){ 1500000, 3000000, 2000000, 1.5, TRUE, 3 });
}

static void
test_round_trip_of_all (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) recipe = make_full ();
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (JsonObject) object = lk_recipe_to_json (recipe);
  g_autoptr (GBytes) text = lk_json_object_to_bytes (object);
  g_autoptr (JsonObject) again = lk_json_parse_object (text, 16384, &error);
  g_autoptr (LkRecipe) back = NULL;

  g_assert_no_error (error);
  back = lk_recipe_from_json (again, &error);
  g_assert_no_error (error);
  g_assert_true (lk_recipe_equal (recipe, back));
  g_assert_false (lk_recipe_equal (recipe, plain));
  g_assert_cmpstr (lk_recipe_get_text (back, 0)->content, ==, "שלום\n“hi” 🙂");
  g_assert_cmpint (lk_recipe_get_text (back, 1)->align, ==, LK_TEXT_ALIGN_END);
  g_assert_cmpstr (lk_recipe_get_border (back)->caption, ==, "Ω");
  g_assert_cmpint (lk_recipe_get_motion (back).start, ==, 1500000);
  g_assert_cmpint (lk_recipe_get_motion (back).loops, ==, 3);
}

/* Each edit makes another recipe. */
static void
test_every_edit_counts (void)
{
  g_autoptr (LkRecipe) full = make_full ();
  g_autoptr (LkTextLayer) text = lk_text_layer_copy (lk_recipe_get_text (full, 0));
  LkMotionEdits motion = lk_recipe_get_motion (full);
  LkBorder border = *lk_recipe_get_border (full);
  LkRecipe *edited[8];

  text->weight = 400;
  border.width = 0.06;
  motion.loops = 4;
  edited[0] = lk_recipe_with_straighten (full, 3);
  edited[1] = lk_recipe_with_adjust (full, (LkAdjust){ 0.1, -0.2, 0.3, 0.4 });
  edited[2] = lk_recipe_with_background_kind (full, LK_BACKGROUND_NONE);
  edited[3] = lk_recipe_with_background (full, (LkColor){ 0, 0, 0 });
  edited[4] = lk_recipe_with_text_replaced (full, 0, text);
  edited[5] = lk_recipe_with_text_removed (full, 1);
  edited[6] = lk_recipe_with_border (full, &border);
  edited[7] = lk_recipe_with_motion (full, motion);
  for (guint i = 0; i < G_N_ELEMENTS (edited); i++)
    {
      g_assert_false (lk_recipe_equal (full, edited[i]));
      lk_recipe_unref (edited[i]);
    }
}

static void
test_clamp_turned (void)
{
  LkCrop crop = lk_crop_clamp_turned ((LkCrop){ 0, 0, 1 }, 45, 400, 200);
  double reach = lk_crop_get_reach (45);

  g_assert_cmpfloat_with_epsilon (reach, sqrt (2), 1e-9);
  g_assert_cmpfloat_with_epsilon (crop.size, 1 / sqrt (2), 1e-9);
  g_assert_cmpfloat_with_epsilon (crop.x, 0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (crop.y, 0.5, 1e-9);
  g_assert_cmpfloat (lk_crop_get_reach (0), ==, 1);
}

static void
test_sanitized (void)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_crop (plain, (LkCrop){ NAN, 7, -INFINITY });
  LkCrop crop = lk_recipe_get_crop (recipe);

  g_assert_cmpfloat (crop.x, ==, 0.5);
  g_assert_cmpfloat (crop.y, ==, 1);
  g_assert_cmpfloat (crop.size, ==, LK_RECIPE_MIN_CROP);
}

/* Whatever a gesture computes, a recipe holds only what its own reader takes. */
static void
test_all_sanitized (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) straight = lk_recipe_with_straighten (plain, -INFINITY);
  g_autoptr (LkRecipe) adjusted
      = lk_recipe_with_adjust (straight, (LkAdjust){ NAN, 2, -2, INFINITY });
  g_autoptr (LkRecipe) moved = lk_recipe_with_motion (
      adjusted, (LkMotionEdits){ G_MININT64, G_MAXINT64, G_MAXINT64, NAN, 7, 1 << 20 });
  g_autoptr (LkTextLayer) text = lk_text_layer_new ("a\tb\xff");
  LkBorder border = { LK_BORDER_RING, { 0 }, NAN, NULL, NULL };
  g_autoptr (LkRecipe) framed = lk_recipe_with_border (moved, &border);
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (LkRecipe) back = NULL;

  text->size = NAN;
  text->x = -7;
  text->y = INFINITY;
  text->angle = 1e300;
  text->weight = 0;
  text->effect_width = 1;
  text->effect = (LkTextEffect)77;
  text->align = (LkTextAlign)-1;
  recipe = lk_recipe_with_text_added (framed, text);
  g_assert_cmpfloat (lk_recipe_get_straighten (recipe), ==, -45);
  g_assert_cmpfloat (lk_recipe_get_adjust (recipe).brightness, ==, 0);
  g_assert_cmpfloat (lk_recipe_get_adjust (recipe).contrast, ==, 1);
  g_assert_cmpstr (lk_recipe_get_text (recipe, 0)->content, ==, "a b\357\277\275");

  object = lk_recipe_to_json (recipe);
  back = lk_recipe_from_json (object, &error);
  g_assert_no_error (error);
  g_assert_true (lk_recipe_equal (recipe, back));

  g_clear_pointer (&back, lk_recipe_unref);
  back = lk_recipe_with_straighten (plain, 0.0001);
  g_assert_cmpfloat (lk_recipe_get_straighten (back), ==, 0);
}

static void
test_clamp (void)
{
  /* 400 × 200: the whole height is half of the width */
  LkCrop crop = lk_crop_clamp ((LkCrop){ 0, 0, 1 }, 400, 200);

  g_assert_cmpfloat_with_epsilon (crop.x, 0.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (crop.y, 0.5, 1e-12);

  crop = lk_crop_clamp ((LkCrop){ 1, 0.9, 0.5 }, 200, 400);
  g_assert_cmpfloat_with_epsilon (crop.x, 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (crop.y, 0.875, 1e-12);
  g_assert_cmpfloat (crop.size, ==, 0.5);

  crop = lk_crop_clamp ((LkCrop){ NAN, NAN, NAN }, 1, 1);
  g_assert_cmpfloat (crop.x, ==, 0.5);
  g_assert_cmpfloat (crop.size, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/recipe/defaults", test_defaults);
  g_test_add_func ("/media/recipe/round-trip", test_round_trip);
  g_test_add_func ("/media/recipe/immutable", test_immutable);
  g_test_add_func ("/media/recipe/refused", test_refused);
  g_test_add_func ("/media/recipe/messages", test_messages);
  g_test_add_func ("/media/recipe/sanitized", test_sanitized);
  g_test_add_func ("/media/recipe/all-sanitized", test_all_sanitized);
  g_test_add_func ("/media/recipe/clamp", test_clamp);
  g_test_add_func ("/media/recipe/clamp-turned", test_clamp_turned);
  g_test_add_func ("/media/recipe/version-1", test_version_1);
  g_test_add_func ("/media/recipe/round-trip-of-all", test_round_trip_of_all);
  g_test_add_func ("/media/recipe/every-edit-counts", test_every_edit_counts);
  g_test_add_func ("/media/recipe/bounds-of-texts", test_bounds_of_texts);
  g_test_add_func ("/media/recipe/largest", test_largest);

  return g_test_run ();
}
