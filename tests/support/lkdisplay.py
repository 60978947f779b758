# SPDX-License-Identifier: GPL-3.0-or-later
"""An X server without a screen, and the window that is driven on it.

    with lkdisplay.Display() as display, lksession.Session(environment=display.environment) as session:
        window = lkdisplay.open_window(session, display)
"""

import os
import subprocess

import window_driver

TIMEOUT = 30


class Display:
    """A running Xvfb on a number that was free."""

    def __init__(self, width=1280, height=800):
        self._size = f"{width}x{height}x24"

    def __enter__(self):
        reader, writer = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"],
            pass_fds=[writer], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            self._process.wait(TIMEOUT)
            raise RuntimeError("Xvfb did not start")
        self.name = ":" + number
        # NO_AT_BRIDGE of the other tests is not for those that look through accessibility.
        self.environment = {"DISPLAY": self.name, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "0", "GIO_USE_VFS": "local"}
        return self

    def __exit__(self, *exception):
        self._process.terminate()
        try:
            self._process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(TIMEOUT)


def open_window(session, display, application="likeness"):
    """The driver of the application's window in that session."""
    return window_driver.Window(application, session, display.name)
