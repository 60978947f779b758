#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A codec that crashes takes neither the window nor the draft with it."""

import os
import signal
import subprocess

import changecase
import tap

FAKE = changecase.BUILD / "tests" / "media" / "lk-fake-worker"
WORDS = "what reads such files stopped working"


class CrashTest(changecase.ChangeCase):
    def decoder(self, process):
        """The one process that decodes for the window."""
        def find():
            found = subprocess.run(["pgrep", "--parent", str(process.pid), "--exact", "likeness-render"],
                                   capture_output=True, text=True, check=False).stdout.split()
            return int(found[0]) if len(found) == 1 else None

        return self.wait_for("the decoder's process", find)

    def test_crash_of_preview(self):
        """The decoder crashes while it renders: the page says so, the draft stays, and trying again works"""
        process = self.edit()
        self.window.press("Rotate Left")
        draft = self.wait_draft(lambda draft: draft["recipe"]["rotation"] == 270, "Rotate Left")
        decoder = self.decoder(process)
        # It waits, so that the crash comes in the middle of the work.
        os.kill(decoder, signal.SIGSTOP)
        self.window.press("Next")
        self.window.find_text("Making the preview")
        os.kill(decoder, signal.SIGSEGV)
        os.kill(decoder, signal.SIGCONT)
        self.window.find_text(WORDS)
        self.assertIsNone(process.poll())
        self.assertEqual(self.draft()["recipe"], draft["recipe"])
        self.window.press("Try Again")
        self.window.find_text("This is what is sent")

    def test_crash_on_opening(self):
        """A file at which the decoder crashes is refused with words, and the window goes on"""
        process = self.start(
            changecase.PROGRAM, f"--width={changecase.WIDTH}", f"--height={changecase.HEIGHT}", "--server",
            self.server.address, self.photo, LK_TEST_TOKEN=self.account.token, G_DEBUG="fatal-criticals",
            LIKENESS_RENDER=str(FAKE), LK_TEST_LIE="crash")
        self.window.find_text(WORDS)
        self.window.find("Choose File…", "button")
        self.assertIsNone(process.poll())
        self.assertIsNone(self.draft())


if __name__ == "__main__":
    tap.main()
