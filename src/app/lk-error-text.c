/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error-text.h"

#include <glib/gi18n.h>
#include "lk-address-book.h"
#include "lk-client.h"
#include "lk-media-error.h"

static char *
wrong_code_text (const GError *error)
{
  int tries_left = lk_api_error_get_tries_left (error);
  int retry_after = lk_api_error_get_retry_after (error);
  g_autofree char *wait = NULL;
  g_autofree char *tries = NULL;

  if (tries_left < 0)
    return g_strdup (_ ("That code is not right. Check the message and type it again."));
  if (tries_left == 0)
    return g_strdup (_ ("That code is not right, and there are no tries left. Send a new code."));
  tries = g_strdup_printf (ngettext ("That code is not right. %d try left.",
                                     "That code is not right. %d tries left.", tries_left),
                           tries_left);
  if (retry_after <= 0)
    return g_steal_pointer (&tries);
  wait = lk_error_text_wait (retry_after);
  /* Translators: the first %s says how many tries are left, the second is a wait like “30 seconds”.
   */
  return g_strdup_printf (_ ("%s The next is possible in %s."), tries, wait);
}

static char *
too_many_text (const GError *error)
{
  int retry_after = lk_api_error_get_retry_after (error);
  g_autofree char *wait = NULL;

  if (retry_after <= 0)
    return g_strdup (_ ("That was tried too often. Wait a little, then try again."));
  wait = lk_error_text_wait (retry_after);
  return g_strdup_printf (_ ("That was tried too often. Try again in %s."), wait);
}

static char *
problem_text (const GError *error)
{
  switch ((LkProblem)error->code)
    {
    case LK_PROBLEM_INVALID_IDENTIFIER:
      return g_strdup (_ ("That is neither a phone number nor an email address. Check it for a "
                          "missing digit or a typing mistake."));
    case LK_PROBLEM_INVALID_BUNDLE:
    case LK_PROBLEM_UNSUPPORTED_TYPE:
      return g_strdup (_ ("The server did not take the picture. Update Likeness, then publish it "
                          "again."));
    case LK_PROBLEM_UNAUTHORIZED:
      return g_strdup (_ ("You were signed out. Sign in again to go on."));
    case LK_PROBLEM_WRONG_OWNER:
      return g_strdup (_ ("The picture was made for another account. Publish it again from this "
                          "one."));
    case LK_PROBLEM_NOT_FOUND:
      return g_strdup (_ ("It is not on the server any more."));
    case LK_PROBLEM_CONFLICT:
      return g_strdup (_ ("Another account holds that already."));
    case LK_PROBLEM_CODE_EXPIRED:
      return g_strdup (_ ("That code is not valid any more. Send a new one."));
    case LK_PROBLEM_PRECONDITION_FAILED:
    case LK_PROBLEM_PRECONDITION_REQUIRED:
      return g_strdup (_ ("It was changed on another device at the same time. Try again."));
    case LK_PROBLEM_TOO_LARGE:
      return g_strdup (_ ("That is more than the server takes. Choose something smaller."));
    case LK_PROBLEM_WRONG_CODE:
      return wrong_code_text (error);
    case LK_PROBLEM_TOO_MANY_REQUESTS:
      return too_many_text (error);
    case LK_PROBLEM_CANNOT_SEND:
      return g_strdup (_ ("The code could not be sent there. Check the number or address, or try "
                          "again in a few minutes."));
    case LK_PROBLEM_UNAVAILABLE:
      return g_strdup (_ ("The server is busy. Try again in a minute."));
    case LK_PROBLEM_BAD_REQUEST:
    case LK_PROBLEM_METHOD_NOT_ALLOWED:
    case LK_PROBLEM_RANGE_NOT_SATISFIABLE:
      return g_strdup (_ ("The server did not understand. Update Likeness, then try again."));
    case LK_PROBLEM_INTERNAL:
    case LK_PROBLEM_N:
    default:
      return g_strdup (_ ("Something went wrong on the server. Try again in a few minutes."));
    }
}

static char *
api_text (const GError *error)
{
  switch ((LkApiError)error->code)
    {
    case LK_API_ERROR_INSECURE:
      return g_strdup (_ ("That address is not safe to use. It has to start with https://."));
    case LK_API_ERROR_OFFLINE:
      return g_strdup (_ ("The server cannot be reached. Check your connection, then try again."));
    case LK_API_ERROR_TIMEOUT:
      return g_strdup (_ ("The server takes too long to answer. Try again in a moment."));
    case LK_API_ERROR_TLS:
      return g_strdup (_ ("The connection is not safe: the server could not prove who it is. Check "
                          "its address and the clock of this computer."));
    case LK_API_ERROR_BAD_ANSWER:
    default:
      return g_strdup (_ ("The answer made no sense. Check the server’s address, or update "
                          "Likeness."));
    }
}

static char *
contacts_text (const GError *error)
{
  switch ((LkContactsError)error->code)
    {
    case LK_CONTACTS_ERROR_NOT_FOUND:
      return g_strdup (_ ("That contact is not in the address book any more."));
    case LK_CONTACTS_ERROR_READ_ONLY:
      return g_strdup (_ ("This address book cannot be changed. Choose another one in Contacts."));
    case LK_CONTACTS_ERROR_CONFLICT:
      return g_strdup (_ ("The contact was changed at the same time. Try again."));
    case LK_CONTACTS_ERROR_INVALID:
      return g_strdup (_ ("There are no contacts in that file. Choose a vCard file; its name ends "
                          "in .vcf."));
    case LK_CONTACTS_ERROR_TOO_LARGE:
      return g_strdup (_ ("That file holds too much. Export fewer contacts at a time."));
    case LK_CONTACTS_ERROR_UNAVAILABLE:
    default:
      return g_strdup (_ ("The address book does not answer. Try again in a moment."));
    }
}

/* Tells the first place; when that is mended the next one is told. */
static char *
flashing_text (const GError *error)
{
  guint n;
  const LkSpan *spans = lk_media_error_get_spans (error, &n);

  if (n == 0)
    return g_strdup (_ ("It flashes more than three times a second, which can make people ill. "
                        "Choose another one."));

  /* Translators: both numbers are seconds from the start, like “1.5”. */
  return g_strdup_printf (_ ("It flashes more than three times a second, which can make people "
                             "ill. Cut out what is between %.1f and %.1f seconds, or slow it "
                             "down."),
                          (double)spans[0].start / G_USEC_PER_SEC,
                          (double)spans[0].end / G_USEC_PER_SEC);
}

static char *
media_text (const GError *error)
{
  switch ((LkMediaError)error->code)
    {
    case LK_MEDIA_ERROR_UNREADABLE:
      return g_strdup (_ ("The file could not be read. Check that it is still there and that you "
                          "may open it."));
    case LK_MEDIA_ERROR_UNSUPPORTED:
      return g_strdup (_ ("This kind of file is not known here. Choose a JPEG, PNG or WebP."));
    case LK_MEDIA_ERROR_MALFORMED:
      return g_strdup (_ ("The file is damaged. Choose another one, or save it anew."));
    case LK_MEDIA_ERROR_CRASHED:
      return g_strdup (_ ("The file could not be opened: what reads such files stopped working. "
                          "Nothing is lost. Choose another one, or save it anew."));
    case LK_MEDIA_ERROR_TOO_MANY_PIXELS:
      return g_strdup (_ ("The picture has more pixels than can be handled here. Choose a smaller "
                          "one."));
    case LK_MEDIA_ERROR_TOO_MANY_FRAMES:
      return g_strdup (_ ("The animation has more than 2,000 frames. Choose a shorter one."));
    case LK_MEDIA_ERROR_TOO_MANY_BYTES:
      return g_strdup (_ ("The file is larger than 512 MB. Choose a smaller one."));
    case LK_MEDIA_ERROR_CANNOT_FIT_BUDGET:
      return g_strdup (_ ("The picture could not be made small enough to send. Crop it "
                          "differently, or trim it if it moves."));
    case LK_MEDIA_ERROR_NO_VIDEO:
      return g_strdup (_ ("The file has sound but no video. Choose another one."));
    case LK_MEDIA_ERROR_HDR_UNSUPPORTED:
      return g_strdup (_ ("This kind of HDR video is not known here. Save it without HDR."));
    case LK_MEDIA_ERROR_CLIP_TOO_LONG:
      return g_strdup (_ ("A clip may last ten seconds. Trim it."));
    case LK_MEDIA_ERROR_FLASHING:
      return flashing_text (error);
    case LK_MEDIA_ERROR_NO_ENCODER:
      return g_strdup (
          _ ("Clips cannot be made on this computer yet. Install what makes H.264: the "
             "package is called “gstreamer1.0-plugins-ugly” on Debian and Ubuntu and "
             "“gstreamer1-plugin-openh264” on Fedora."));
    case LK_MEDIA_ERROR_DISK_FULL:
      return g_strdup (_ ("There is no room left on the disk. Delete something, and try again."));
    case LK_MEDIA_ERROR_WRITE_FAILED:
      return g_strdup (_ ("The picture could not be saved. Check that there is room on the disk."));
    case LK_MEDIA_ERROR_NO_MEMORY:
      return g_strdup (_ ("There is not enough memory for this picture. Close something else, or "
                          "choose a smaller one."));
    case LK_MEDIA_ERROR_INVALID_RECIPE:
    case LK_MEDIA_ERROR_INVALID_BUNDLE:
    default:
      return g_strdup (_ ("The picture could not be made ready. Start again with the file."));
    }
}

static char *
io_text (const GError *error)
{
  switch (error->code)
    {
    case G_IO_ERROR_NOT_FOUND:
      return g_strdup (_ ("The file is not there any more."));
    case G_IO_ERROR_PERMISSION_DENIED:
      return g_strdup (_ ("You may not open that file."));
    case G_IO_ERROR_NO_SPACE:
      return g_strdup (_ ("The disk is full. Make some room, then try again."));
    default:
      return g_strdup (_ ("That did not work. Try again."));
    }
}

/**
 * lk_error_text:
 * @error: of any domain
 *
 * Returns: (transfer full): a sentence for a person, with a way on
 */
char *
lk_error_text (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == LK_PROBLEM)
    return problem_text (error);
  if (error->domain == LK_API_ERROR)
    return api_text (error);
  if (error->domain == LK_CONTACTS_ERROR)
    return contacts_text (error);
  if (error->domain == LK_MEDIA_ERROR)
    return media_text (error);
  return io_text (error);
}

/**
 * lk_error_text_wait:
 * @seconds: how long
 *
 * Returns: (transfer full): such as "45 seconds", "2 minutes", "1 hour", rounded up
 */
char *
lk_error_text_wait (int seconds)
{
  int minutes = (seconds + 59) / 60;
  int hours = (minutes + 59) / 60;

  if (seconds < 90)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", seconds), seconds);
  if (minutes < 90)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", minutes), minutes);
  return g_strdup_printf (ngettext ("%d hour", "%d hours", hours), hours);
}
