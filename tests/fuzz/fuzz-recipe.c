/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz.h"
#include "lk-json.h"
#include "lk-recipe.h"

/* likeness-render reads no longer recipe. */
#define MAX_BYTES (64 * 1024)

static LkRecipe *
parse (GBytes *text)
{
  g_autoptr (JsonObject) object = lk_json_parse_object (text, MAX_BYTES, NULL);
  g_autoptr (GError) error = NULL;
  LkRecipe *recipe;

  if (object == NULL)
    return NULL;

  recipe = lk_recipe_from_json (object, &error);
  if (recipe == NULL)
    lk_fuzz_check_refusal (error);

  return recipe;
}

/* Recipe JSON: what is read is written as JSON that reads as an equal recipe and is written as the
 * same text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) text = g_bytes_new_static (data, size);
  g_autoptr (LkRecipe) recipe = parse (text);
  g_autoptr (LkRecipe) again = NULL;
  g_autoptr (JsonObject) written = NULL;
  g_autoptr (JsonObject) rewritten = NULL;
  g_autoptr (GBytes) once = NULL;
  g_autoptr (GBytes) twice = NULL;

  if (recipe == NULL)
    return 0;

  written = lk_recipe_to_json (recipe);
  once = lk_json_object_to_bytes (written);
  again = parse (once);
  g_assert_nonnull (again);
  g_assert_true (lk_recipe_equal (recipe, again));

  rewritten = lk_recipe_to_json (again);
  twice = lk_json_object_to_bytes (rewritten);
  g_assert_true (g_bytes_equal (once, twice));

  return 0;
}
