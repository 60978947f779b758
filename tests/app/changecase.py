# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the Change flow share: a server, a session on a display, and the window with the flow in it."""

import json
import os
import pathlib
import subprocess
import unittest

import lkdisplay
import lkserver
import lksession
import window_driver

BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])
PROGRAM = BUILD / "tests" / "app" / "change-window"
GIVER = BUILD / "tests" / "app" / "picture-giver"
TIMEOUT = 30
WIDTH, HEIGHT = 900, 820


class ChangeCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = []
        cls.server = cls.enter(lkserver.Server())
        cls.display = cls.enter(lkdisplay.Display(1300, 900))
        cls.session = cls.enter(lksession.Session(environment=cls.display.environment | {
            "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "GSETTINGS_BACKEND": "memory", "LC_ALL": "C.UTF-8"}))
        cls.window = lkdisplay.open_window(cls.session, cls.display, "change-window")
        cls.photo = cls.session.directory / "photo.jpg"
        subprocess.run(["convert", "-size", "1600x1200", "gradient:red-blue", str(cls.photo)], check=True)

    @classmethod
    def enter(cls, context):
        cls.stack.append(context)
        return context.__enter__()

    @classmethod
    def tearDownClass(cls):
        while cls.stack:
            cls.stack.pop().__exit__(None, None, None)

    def setUp(self):
        """A person of its own for each test, so that what one publishes is not another's."""
        self.account = self.server.sign_in(f"{self._testMethodName.replace('_', '-')}@example.org")

    def tearDown(self):
        """What a test left unfinished is not there for the next."""
        for path in self.draft_folder().glob("*"):
            path.unlink()

    def start(self, program, *arguments, **environment):
        process = subprocess.Popen([program, *map(str, arguments)], env=self.session.environment | environment,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def open(self, *arguments, contacts=6, server=None):
        # A critical message ends it. Warnings do not: GTK 4.8 has one of its own, about a window that goes grey.
        return self.start(PROGRAM, f"--width={WIDTH}", f"--height={HEIGHT}", f"--contacts={contacts}", "--server",
                          server or self.server.address, *arguments, LK_TEST_TOKEN=self.account.token,
                          G_DEBUG="fatal-criticals")

    def end(self, process):
        process.kill()
        process.wait()

    def edit(self, *arguments, **options):
        """The window on its Edit page, with the photo in it."""
        process = self.open(*arguments, self.photo, **options)
        self.wait_edit()
        return process

    def wait_edit(self):
        self.window.find("Edit", "label")
        self.window.focus("Likeness")
        return self.wait_draft(lambda draft: "source-" in draft["source"], "no draft")

    def preview(self, *arguments, **options):
        """The window on its Preview page, with the preview made."""
        process = self.edit(*arguments, **options)
        self.window.press("Next")
        self.window.find_text("This is what is sent")
        return process

    def wait_line(self, process, start):
        """The rest of the next line of the window's that begins so."""
        for line in process.stdout:
            if line.startswith(start):
                return line[len(start):].strip()
        self.fail(f"the window ended before it said “{start}”")

    def pictures(self):
        return self.account.get("/v1/pictures").json()["pictures"]

    def draft_folder(self):
        return pathlib.Path(self.session.environment["XDG_DATA_HOME"]) / "likeness" / "draft"

    def draft(self):
        try:
            return json.loads((self.draft_folder() / "draft.json").read_text())
        except FileNotFoundError:
            return None

    def wait_for(self, what, predicate):
        return window_driver.wait_for(what, predicate, TIMEOUT)

    def wait_draft(self, condition, what):
        """The draft on disk, once it is as it should be."""
        def read():
            draft = self.draft()
            return draft if draft is not None and condition(draft) else None

        try:
            return self.wait_for(what, read)
        except window_driver.NotThere:
            self.fail(f"{what}: {self.draft()}")

    def crop(self, condition, what):
        return self.wait_draft(lambda draft: condition(draft["recipe"]["crop"]), what)["recipe"]["crop"]

    def xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], check=True, env=self.session.environment)

    def click(self, name, *roles):
        """With the pointer: GTK 4.8 gives check buttons no action."""
        x, y = self.middle(self.window.find(name, *roles))
        self.xdotool("mousemove", x, y, "click", 1)

    def middle(self, node):
        x, y, width, height = node.extents()
        return x + width // 2, y + height // 2
