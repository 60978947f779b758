#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes the picture as a person does: keys, wheel and pointer on the crop area, an audience, and out to a real server.

What the crop area did is read from the draft on disk, so each step also shows that it was kept.
"""

import changecase
import tap


class ChangeTest(changecase.ChangeCase):
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
        self.end(process)
        self.open()
        self.window.press("Continue Editing")
        self.window.find("Edit", "label")
        self.window.press("Undo")
        self.wait_draft(lambda draft: draft["recipe"]["rotation"] == 270, "the steps were not kept")

    def test_2_publish(self):
        process = self.preview()
        self.window.find("Choose a Person", "label")
        self.assertIsNone(self.window.look("(None)"))
        self.click("Only…", "checkbox", "radio")
        self.window.find_text("Nobody is chosen yet")
        publish = self.window.find("Publish", "button")
        self.assertFalse(publish.has("sensitive"))
        self.click("Bert Brecht", "checkbox")
        self.window.find_text("1 of 5 chosen")
        self.window.press("Publish")
        self.window.press("Done")
        self.wait_line(process, "published")

        pictures = self.pictures()
        self.assertEqual(len(pictures), 1)
        self.assertEqual(pictures[0]["audience"], {"kind": "only", "refs": ["ref-1"]})
        self.wait_for("no draft any more", lambda: self.draft() is None)

    def test_3_refused(self):
        unknown = self.session.directory / "photo.jxl"
        unknown.write_bytes(b"no picture at all")
        self.open(str(unknown))
        self.window.find_text("JPEG XL pictures cannot be opened")
        self.window.find("Choose File…", "button")


if __name__ == "__main__":
    tap.main()
