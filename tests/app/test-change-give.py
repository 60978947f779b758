#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the Change flow a picture from another program, by clipboard and by drag, and walks it by keys alone."""

import subprocess

import changecase
import tap
import window_driver

# In px of the screen: the other program's window stands beside the flow's.
GIVER_X = changecase.WIDTH + 100
STEPS = 8


class GiveTest(changecase.ChangeCase):
    def give(self, *arguments):
        giver = self.start(changecase.GIVER, *arguments)
        self.wait_line(giver, "ready")
        return giver

    def source(self):
        """The file that the draft was begun with, once there is one."""
        draft = self.wait_draft(lambda draft: "source-" in draft["source"], "no draft")
        path = draft["source"].removeprefix("file://")
        with open(path, "rb") as file:
            return file.read()

    def paste(self, *arguments):
        self.open()
        self.give(*arguments)
        self.window.find("Choose File…", "button")
        self.window.focus("Likeness")
        self.window.keys("ctrl+v")
        self.wait_edit()
        self.assertEqual(self.source(), self.photo.read_bytes())

    def test_paste_image(self):
        """An image on the clipboard is pasted, byte for byte"""
        self.paste(self.photo)

    def test_paste_file(self):
        """A file that was copied is pasted"""
        self.paste("--file", self.photo)

    def test_paste_nothing(self):
        """Where there is no picture to paste, the page says so"""
        self.open()
        text = self.session.directory / "words.txt"
        text.write_text("no picture")
        self.give(text)
        self.window.find("Choose File…", "button")
        self.window.focus("Likeness")
        self.window.keys("ctrl+v")
        self.window.find_text("There is no picture to paste")

    def paste_button(self, sensitive):
        def ready():
            button = self.window.look("Paste", "button")
            return button if button is not None and button.has("sensitive") == sensitive else None

        return self.wait_for(f"a button to paste that is {'' if sensitive else 'not '}sensitive", ready)

    def test_paste_button(self):
        """There is a button to paste while there is a picture to paste, of any kind"""
        words = self.session.directory / "words.txt"
        words.write_text("no picture")
        self.open()
        for arguments, is_picture in (((words,), False), ((self.photo,), True), ((words,), False),
                                      (("--file", self.photo), True)):
            giver = self.give(*arguments)
            self.paste_button(is_picture)
            self.end(giver)
        self.give(self.photo)
        self.paste_button(True)
        self.window.press("Paste")
        self.wait_edit()
        self.assertEqual(self.source(), self.photo.read_bytes())

    def test_paste_mnemonic(self):
        """Alt and the underlined letter paste, too"""
        self.open()
        self.give(self.photo)
        self.paste_button(True)
        self.window.focus("Likeness")
        self.window.keys("alt+p")
        self.wait_edit()

    def drag(self):
        """With the pointer, at a person's pace: the programs agree while it moves."""
        x, y = changecase.WIDTH // 2, changecase.HEIGHT // 2
        self.xdotool("mousemove", GIVER_X + 100, 100, "mousedown", 1)
        for step in range(1, STEPS + 1):
            self.xdotool("mousemove", GIVER_X + 100 + (x - GIVER_X - 100) * step // STEPS,
                         100 + (y - 100) * step // STEPS)

        def is_heard():
            # A hand never holds still; a program that was slow to answer is asked again with each move.
            nonlocal x
            x += 1 if x <= changecase.WIDTH // 2 else -1
            self.xdotool("mousemove", x, y)
            return self.is_hovered()

        window_driver.wait_for("the other program to hear of the drag", is_heard, changecase.TIMEOUT)
        self.xdotool("mouseup", 1)

    def is_hovered(self):
        """Whether the drop target is lit, which is what a person goes by."""
        done = subprocess.run(
            ["import", "-window", "root", "-crop", "1x1+300+300", "-depth", "8", "txt:"], check=True,
            env=self.session.environment, capture_output=True, text=True)
        return done.stdout.split("#")[-1][:6] not in self.unlit

    def drop(self, *arguments):
        self.open()
        self.give(*arguments)
        self.xdotool("search", "--sync", "--onlyvisible", "--name", "Giver", "windowmove", GIVER_X, 0)
        self.window.find("Choose File…", "button")
        self.window.shoot(self.session.directory / "unlit.png")
        self.unlit = subprocess.run(
            ["convert", self.session.directory / "unlit.png", "-crop", "1x1+300+300", "-depth", "8", "txt:"],
            check=True, capture_output=True, text=True).stdout
        self.drag()
        self.window.find("Edit", "label")
        self.assertEqual(self.source(), self.photo.read_bytes())

    def test_drop_file(self):
        """A file is dropped"""
        self.drop("--file", self.photo)

    def test_keys(self):
        """From the source to the end with Tab, Enter, arrows and the name of a file"""
        window = self.open()
        self.window.find("Choose File…", "button")
        self.window.focus("Likeness")
        self.window.walk_to("Choose File…")
        self.window.keys("Return")
        self.window.find("Open", "button")
        self.window.focus("Choose a Picture")
        self.window.name_file(self.photo)
        self.wait_edit()

        self.window.keys("plus", "Left")
        self.crop(lambda crop: crop["size"] < 1 and crop["x"] > 0.5, "the keys do not crop")
        self.window.walk_to("Next")
        self.window.keys("Return")
        self.window.find_text("This is what is sent")
        self.window.walk_to("Everyone Who Has My Number", "Up")
        self.window.keys("Return")
        self.wait_draft(lambda draft: draft["audience"]["kind"] == "everyone", "nobody is chosen by keys")
        self.window.walk_to("Publish")
        self.window.keys("Return")
        self.window.find("Done", "button")
        self.window.walk_to("Done")
        self.window.keys("Return")
        self.wait_line(window, "published")
        picture, = self.pictures()
        self.assertEqual(picture["audience"], {"kind": "everyone"})


if __name__ == "__main__":
    tap.main()
