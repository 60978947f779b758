# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's first command, without a display: from sign-in in the real window to the friend's address book."""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import lkphoto
import tap

SOURCE = pathlib.Path(os.environ["LK_SOURCE_DIR"])
SCREENS = ("sign-in", "code", "my-picture", "source", "edit", "preview", "published")


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="likeness-demo-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.photo = cls.directory / "phone.jpg"
        lkphoto.make_phone_photo(cls.photo)
        environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        cls.environment = environment
        cls.output = cls.directory / "out"
        cls.done = cls.run_demo(cls.photo, cls.output)

    @classmethod
    def run_demo(cls, photo, output):
        return subprocess.run(
            [sys.executable, SOURCE / "data/demo/demo.py", "--build", os.environ["LK_BUILD_DIR"], "--headless",
             "--photo", photo, "--output", output],
            env=cls.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280)

    def test_it_delivers(self):
        """ends with status 0 and says that the picture was delivered"""
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)
        summary = json.loads((self.output / "summary.json").read_text())
        self.assertGreater(min(summary["seconds"].values()), 0)
        for name in ("signed_in", "published", "delivered"):
            self.assertIs(summary[name], True)
        for name, kind in (("width", int), ("height", int), ("bytes", int), ("sha256", str)):
            self.assertIs(type(summary["photo"][name]), kind)

    def test_every_screen_is_there(self):
        """leaves a picture of each screen"""
        for screen in SCREENS:
            self.assertEqual((self.output / f"{screen}.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n", screen)

    def test_the_contact_has_the_photo(self):
        """leaves the friend's contact, with the photo that summary.json describes, upright"""
        card = re.sub(r"\r?\n[ \t]", "", (self.output / "contact.vcf").read_text())
        photo = base64.b64decode(re.search(r"^PHOTO;[^:]*:(\S+)", card, re.MULTILINE).group(1))
        described = json.loads((self.output / "summary.json").read_text())["photo"]
        self.assertEqual(hashlib.sha256(photo).hexdigest(), described["sha256"])
        self.assertEqual(len(photo), described["bytes"])
        self.assertLessEqual(described["bytes"], 224 * 1024)
        path = self.directory / "photo.jpg"
        path.write_bytes(photo)
        pixels = lkphoto.read_pixels(path)
        self.assertEqual((pixels.width, pixels.height), (described["width"], described["height"]))
        for x, y, expected in ((0.1, 0.1, lkphoto.TOP_LEFT), (0.9, 0.1, lkphoto.TOP_RIGHT),
                               (0.1, 0.9, lkphoto.BOTTOM_LEFT)):
            found = pixels.at(x, y)
            self.assertEqual(max(range(3), key=expected.__getitem__), max(range(3), key=found.__getitem__))

    def test_a_photo_that_is_none(self):
        """says how far it got with a file that is no picture, and ends with another status than 0"""
        words = self.directory / "words.jpg"
        words.write_text("no picture\n")
        done = self.run_demo(words, self.directory / "refused")
        self.assertEqual(done.returncode, 1, done.stderr)
        summary = json.loads((self.directory / "refused/summary.json").read_text())
        self.assertEqual([summary[name] for name in ("signed_in", "published", "delivered", "photo")],
                         [True, False, False, None])
        self.assertTrue((self.directory / "refused/failed.png").is_file())


if __name__ == "__main__":
    tap.main()
