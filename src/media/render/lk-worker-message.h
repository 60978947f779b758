/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* What the app and its worker say to each other: one packet of a SOCK_SEQPACKET socket pair for
 * each message, a JSON object and up to LK_WORKER_MAX_FDS descriptors.
 *
 * worker: {"ready": true, "hides-files": true}    once, when it is confined
 * app:    {"operation": "open"} and the open file; has no answer
 *         {"operation": "probe"}
 *         {"operation": "load", "min-side": 1024}    and another file, where it is not the open one
 *         {"operation": "frame", "time": 0, "near": false, "min-side": 480}
 *         {"operation": "filmstrip", "start": 0, "stop": 1000, "frames": 8, "min-side": 64}
 *         {"operation": "render", "recipe": {…}}
 * worker: {"progress": 0.7}                        none or more
 *         {"index": 0, "frame": {…}} and the pixels     of a filmstrip, as each is there
 *         then one of these:
 *         {"probe": {…}}
 *         {"frame": {…}, "probe": {…}} and the pixels;  of what moves, "frame" has "time",
 * "duration"
 *         {"done": true}                            of a filmstrip
 *         {"rendered": {…}, "probe": {…}} and the bytes of each rendition
 *         {"error": {"code": "malformed", "message": "…"}}; with "last": true its last words
 *
 * It is answered one request after the other. */

/** The most bytes of a message: a recipe and some. */
#define LK_WORKER_MAX_MESSAGE (96 * 1024)
/** The most descriptors of a message: a file for each rendition. */
#define LK_WORKER_MAX_FDS 8
/** The most frames of a filmstrip. */
#define LK_WORKER_MAX_STRIP 1000
/** The descriptor that a worker finds its socket at. */
#define LK_WORKER_SOCKET 0

/**
 * LkWorkerMessage:
 * @object: what it says
 * @fds: what came with it, owned
 * @n_fds: how many they are
 */
typedef struct
{
  JsonObject *object;
  int *fds;
  guint n_fds;
} LkWorkerMessage;

LkWorkerMessage *lk_worker_message_new (void);
void lk_worker_message_take_fd (LkWorkerMessage *self, int fd);
gboolean lk_worker_message_send (GSocket *socket, const LkWorkerMessage *self, GError **error);
LkWorkerMessage *lk_worker_message_receive (GSocket *socket, GError **error);
void lk_worker_message_free (LkWorkerMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkWorkerMessage, lk_worker_message_free)
