/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error-text.h"

#include <glib/gi18n.h>

#include "lk-error-text.h"
#include "lk-media-error.h"

/* Formats that GdkPixbuf loads once a package is installed. */
typedef struct
{
  const char *suffix;
  const char *name;
  const char *debian;
  const char *fedora;
} Loader;

static const Loader LOADERS[] = {
  { ".heic", "HEIC", "heif-gdk-pixbuf", "heif-pixbuf-loader" },
  { ".heif", "HEIF", "heif-gdk-pixbuf", "heif-pixbuf-loader" },
  { ".avif", "AVIF", "libavif-gdk-pixbuf", "avif-pixbuf-loader" },
  { ".webp", "WebP", "webp-pixbuf-loader", "webp-pixbuf-loader" },
  { ".jxl", "JPEG XL", "libjxl-gdk-pixbuf", "jxl-pixbuf-loader" },
};

static const Loader *
find_loader (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base != NULL ? g_ascii_strdown (base, -1) : NULL;

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (LOADERS); i++)
    if (g_str_has_suffix (name, LOADERS[i].suffix))
      return &LOADERS[i];
  return NULL;
}

/**
 * lk_media_error_text:
 * @error: why a source was refused
 * @file: (nullable): the source
 *
 * As lk_error_text(), and names the package to install where that is what is missing.
 *
 * Returns: (transfer full): a sentence for a person, with a way on
 */
char *
lk_media_error_text (const GError *error, GFile *file)
{
  const Loader *loader = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (file != NULL && g_error_matches (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED))
    loader = find_loader (file);
  if (loader == NULL)
    return lk_error_text (error);
  /* Translators: the first and second %s are a format such as HEIC, the others are names of
   * packages. */
  return g_strdup_printf (
      _ ("%s pictures cannot be opened on this computer yet. Choose a JPEG or PNG, or install "
         "what opens %s: the package is called “%s” on Debian and Ubuntu and “%s” on Fedora."),
      loader->name, loader->name, loader->debian, loader->fedora);
}
