#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# private-session.sh PROGRAM ARGUMENT…
#
# Runs a program in a session bus, a home and a runtime directory of its own, which end with it. What the bus starts
# (Evolution Data Server) does not get G_DEBUG: its warnings are not ours.

set -eu

directory=$(mktemp -d "${TMPDIR:-/tmp}/likeness-session-XXXXXX")
trap 'rm -rf "$directory"' EXIT
mkdir -m 700 "$directory/home" "$directory/run"

status=0
env -u G_DEBUG -u DBUS_SESSION_BUS_ADDRESS -u DISPLAY -u WAYLAND_DISPLAY \
  HOME="$directory/home" \
  XDG_CONFIG_HOME="$directory/home/.config" \
  XDG_DATA_HOME="$directory/home/.local/share" \
  XDG_CACHE_HOME="$directory/home/.cache" \
  XDG_STATE_HOME="$directory/home/.local/state" \
  XDG_RUNTIME_DIR="$directory/run" \
  dbus-run-session -- env G_DEBUG="${G_DEBUG:-}" "$@" || status=$?
exit "$status"
