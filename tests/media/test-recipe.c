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
    "{\"version\":2}",
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
  g_test_add_func ("/media/recipe/sanitized", test_sanitized);
  g_test_add_func ("/media/recipe/clamp", test_clamp);

  return g_test_run ();
}
