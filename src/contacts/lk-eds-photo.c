/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-eds-photo.h"

/* Regular files of up to the limit; anything else (a device, a pipe) could keep the thread for
 * ever. */
static GBytes *
read_file (const char *uri, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *data = NULL;
  gsize size = 0;

  if (!g_file_is_native (file))
    return NULL;
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || g_file_info_get_size (info) > LK_CONTACT_PHOTO_MAX_BYTES)
    return NULL;
  stream = g_file_read (file, cancellable, NULL);
  if (stream == NULL)
    return NULL;
  /* One byte more than the limit, in case it grew meanwhile: then it counts as too large. */
  size = MIN ((gsize)g_file_info_get_size (info), LK_CONTACT_PHOTO_MAX_BYTES) + 1;
  data = g_malloc (size);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data, size, &size, cancellable, NULL)
      || size == 0 || size > (gsize)g_file_info_get_size (info))
    return NULL;
  return g_bytes_new (data, size);
}

LkPhoto *
lk_eds_photo_read (EContact *econtact, GCancellable *cancellable)
{
  EContactPhoto *photo = e_contact_get (econtact, E_CONTACT_PHOTO);
  LkPhoto *result = NULL;

  if (photo == NULL)
    return NULL;
  if (photo->type == E_CONTACT_PHOTO_TYPE_INLINED)
    {
      gsize length = 0;
      const guchar *data = e_contact_photo_get_inlined (photo, &length);

      if (length > 0)
        {
          g_autoptr (GBytes) bytes = g_bytes_new (data, length);

          result = lk_photo_new (bytes);
        }
    }
  else
    {
      const char *uri = e_contact_photo_get_uri (photo);
      g_autoptr (GBytes) bytes = uri != NULL ? read_file (uri, cancellable) : NULL;

      if (bytes != NULL)
        result = lk_photo_new (bytes);
      else if (uri != NULL && *uri != '\0')
        result = lk_photo_new_unavailable (uri, strlen (uri));
    }
  e_contact_photo_free (photo);
  return result;
}

void
lk_eds_photo_set (EContact *econtact, GBytes *jpeg, const char *type)
{
  EContactPhoto *photo = NULL;
  gsize length = 0;
  const guchar *data = NULL;

  if (jpeg == NULL)
    {
      e_contact_set (econtact, E_CONTACT_PHOTO, NULL);
      return;
    }
  data = g_bytes_get_data (jpeg, &length);
  photo = e_contact_photo_new ();
  photo->type = E_CONTACT_PHOTO_TYPE_INLINED;
  e_contact_photo_set_inlined (photo, data, length);
  e_contact_photo_set_mime_type (photo, type);
  e_contact_set (econtact, E_CONTACT_PHOTO, photo);
  e_contact_photo_free (photo);
}
