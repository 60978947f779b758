/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN_MAX_LENGTH 1024

static gboolean
check_file (int fd, const char *path, GError **error)
{
  struct stat status = { 0 };
  const char *reason = NULL;

  if (fstat (fd, &status) != 0)
    reason = g_strerror (errno);
  else if (!S_ISREG (status.st_mode))
    reason = "not a regular file";
  else if (status.st_uid != geteuid ())
    reason = "not your own";
  else if ((status.st_mode & 077) != 0)
    reason = "open to others; make its mode 0600";
  if (reason != NULL)
    g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE,
                 "The token's file %s cannot be used: %s", path, reason);
  return reason == NULL;
}

static char *
read_line (int fd)
{
  char text[TOKEN_MAX_LENGTH + 2] = { 0 };
  gsize length = 0;
  gssize n_read = 0;

  do
    {
      n_read = read (fd, text + length, sizeof text - 1 - length);
      if (n_read > 0)
        length += (gsize)n_read;
    }
  while (n_read > 0 || (n_read < 0 && errno == EINTR));
  text[strcspn (text, "\r\n")] = '\0';
  g_strstrip (text);
  return *text != '\0' && strlen (text) <= TOKEN_MAX_LENGTH && g_str_is_ascii (text)
             ? g_strdup (text)
             : NULL;
}

char *
lk_token_file_read (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autofree char *token = NULL;

  if (fd < 0)
    {
      g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE,
                   "The token's file %s cannot be opened: %s", path, g_strerror (errno));
      return NULL;
    }
  if (check_file (fd, path, error))
    {
      token = read_line (fd);
      if (token == NULL)
        g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE,
                     "The token's file %s has no token on its first line", path);
    }
  close (fd);
  return g_steal_pointer (&token);
}
