#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes the picture as a person does: keys, wheel and pointer on the crop area, an audience, and out to a real server.

What the crop area did is read from the draft on disk, so each step also shows that it was kept.
"""

import json
import os
import pathlib
import subprocess
import unittest

import lkdisplay
import lkserver
import lksession
import tap

BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])
PROGRAM = BUILD / "tests" / "app" / "change-window"
TIMEOUT = 30


class ChangeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = []
        cls.server = cls.enter(lkserver.Server())
        cls.account = cls.server.sign_in("anna@example.org")
        cls.display = cls.enter(lkdisplay.Display(1300, 900))
        cls.session = cls.enter(lksession.Session(environment=cls.display.environment | {
            "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "GSETTINGS_BACKEND": "memory", "LC_ALL": "C.UTF-8",
            "LK_TEST_TOKEN": cls.account.token}))
        cls.window = lkdisplay.open_window(cls.session, cls.display)
        cls.window._application = "change-window"
        # Only after open_window() has told where the accessibility bus is.
        import window_driver
        cls.driver = window_driver
        cls.Atspi = window_driver.Atspi
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

    def open(self, *arguments):
        environment = {name: value for name, value in self.session.environment.items() if name != "G_DEBUG"}
        process = subprocess.Popen(
            [PROGRAM, "--width=900", "--height=820", "--contacts=6", "--server", self.server.address, *arguments],
            env=environment, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def draft(self):
        path = pathlib.Path(self.session.environment["XDG_DATA_HOME"]) / "likeness" / "draft" / "draft.json"
        try:
            return json.loads(path.read_text())
        except FileNotFoundError:
            return None

    def wait_draft(self, condition, what):
        """The draft on disk, once it is as it should be."""
        def read():
            draft = self.draft()
            return draft if draft is not None and condition(draft) else None

        try:
            return self.driver.wait_for(what, read, TIMEOUT)
        except self.driver.NotThere:
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
        extents = node.get_component_iface().get_extents(self.Atspi.CoordType.WINDOW)
        return extents.x + extents.width // 2, extents.y + extents.height // 2

    def edit(self):
        process = self.open(str(self.photo))
        self.window.find("Edit", "label")
        self.window.focus("Likeness")
        self.wait_draft(lambda draft: "source-" in draft["source"], "no draft")
        return process

    def test_1_crop(self):
        process = self.edit()

        # Keys, on the crop area that has the focus by itself.
        self.window.keys("plus", "plus")
        zoomed = self.crop(lambda crop: abs(crop["size"] - 1 / 1.21) < 1e-6, "plus does not zoom")
        self.window.keys("Right")
        moved = self.crop(lambda crop: crop["x"] < zoomed["x"], "Right does not move to the right")
        self.window.keys("shift+Left")
        finer = self.crop(lambda crop: crop["x"] > moved["x"], "Shift+Left does not move to the left")
        self.assertAlmostEqual((zoomed["x"] - moved["x"]) / (finer["x"] - moved["x"]), 10, places=3)
        self.window.keys("Up")
        self.crop(lambda crop: crop["y"] > zoomed["y"], "Up does not move up")
        self.window.keys("Home")
        self.crop(lambda crop: crop["size"] == 1, "Home does not reset")

        # The wheel zooms, the pointer drags, Control+Z takes the whole drag back.
        x, y = self.middle(self.window.find("Crop", "image"))
        self.xdotool("mousemove", x, y, "click", "--repeat", 5, "--delay", 30, 4)
        before = self.crop(lambda crop: abs(crop["size"] - 1.1 ** -5) < 1e-6, "the wheel does not zoom")
        self.xdotool("mousemove", x, y, "mousedown", 1, "mousemove_relative", 20, 0, "mousemove_relative", 20, 10,
                     "mousemove_relative", 20, 10, "mouseup", 1)
        dragged = self.crop(lambda crop: crop["x"] < before["x"] and crop["y"] < before["y"], "no drag")
        self.assertEqual(dragged["size"], before["size"])
        self.window.keys("ctrl+z")
        self.crop(lambda crop: crop == before, "Control+Z does not take the drag back")
        self.window.keys("ctrl+shift+z")
        self.crop(lambda crop: crop == dragged, "Control+Shift+Z does not bring it back")

        # Tools, through accessibility.
        self.window.press("Rotate Left")
        self.wait_draft(lambda draft: draft["recipe"]["rotation"] == 270, "Rotate Left")
        self.window.press("Flip Horizontally")
        self.window.press("Rotate Left")
        self.wait_draft(lambda draft: draft["recipe"]["rotation"] == 0, "mirrored, left is the other way round")
        self.window.press("Reset")
        self.crop(lambda crop: crop["size"] == 1, "Reset")
        self.window.press("Undo")
        self.crop(lambda crop: crop == dragged, "Reset cannot be undone")

        # Killed, and nothing is lost.
        process.kill()
        process.wait()
        self.open()
        self.window.press("Continue Editing")
        self.window.find("Edit", "label")
        self.window.press("Undo")
        self.wait_draft(lambda draft: draft["recipe"]["rotation"] == 270, "the steps were not kept")

    def test_2_publish(self):
        process = self.edit()
        self.window.press("Next")
        self.window.find_text("This is what is sent")
        self.window.focus("Likeness")
        self.click("Only…", "check box", "radio button")
        self.window.find_text("Nobody is chosen yet")
        publish = self.window.find("Publish", "push button", "button")
        self.assertFalse(publish.get_state_set().contains(self.Atspi.StateType.SENSITIVE))
        self.click("Bert Brecht", "check box")
        self.window.find_text("1 of 5 chosen")
        self.window.press("Publish")
        self.window.press("Done")
        self.assertEqual(process.stdout.readline(), "published\n")

        pictures = self.account.get("/v1/pictures").json()["pictures"]
        self.assertEqual(len(pictures), 1)
        self.assertEqual(pictures[0]["audience"], {"kind": "only", "refs": ["ref-1"]})
        self.driver.wait_for("no draft any more", lambda: self.draft() is None, TIMEOUT)

    def test_3_refused(self):
        unknown = self.session.directory / "photo.jxl"
        unknown.write_bytes(b"no picture at all")
        self.open(str(unknown))
        self.window.find_text("JPEG XL pictures cannot be opened")
        self.window.find("Choose File…", "push button", "button")


if __name__ == "__main__":
    tap.main()
