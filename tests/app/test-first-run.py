#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first run without contacts and without a keyring, in the dark style, from signing in to a published picture, by the
keyboard alone.

Every screen on the way is looked at narrow and wide.
"""

import subprocess

import tap
import windowcase
from window_driver import wait_for

CARDS = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\nEMAIL:{email}\r\nEND:VCARD\r\n"
    for name, email in [("Bert Ogawa", "bert@example.org"), ("Chiara Rossi", "chiara@example.com"),
                        ("Zoë Ångström", "zoe@example.org")])

PURPOSE = "Set the picture that other people’s address books show for you"


class FirstRunTest(windowcase.WindowCase):
    HAS_KEYRING = False
    STYLE = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}

    def activate(self, name, key="Tab"):
        """Goes to a button and presses it."""
        self.focus()
        self.window.walk_to(name, key)
        self.window.keys("Return")

    def choose_file(self, dialog, path):
        self.window.find("Open", "button")
        self.focus(dialog)
        self.window.name_file(path)

    def check_dark(self):
        """The picture of a corner of the page, which has nothing in it."""
        done = subprocess.run(["import", "-window", "root", "-crop", "1x1+100+100", "-colorspace", "Gray", "-format",
                               "%[fx:mean]", "info:"], env=self.session.environment, check=True, capture_output=True)
        self.assertLess(float(done.stdout), 0.3)

    def test_sign_in(self):
        """says that there is no keyring, and signs in all the same"""
        self.window.find_text("No keyring was found")
        self.check_screen("first-sign-in")
        self.check_dark()
        self.focus()
        self.window.type("anna@example.org")
        self.window.keys("Return")
        self.window.find("Code digit 1")
        self.check_screen("first-code")
        self.focus()
        self.window.type(self.server.code_for("anna@example.org"))
        self.window.find_text("No Contacts Yet")

    def test_no_contacts(self):
        """explains itself where there are no contacts, and imports a vCard file into the address book"""
        self.window.find_text("Your picture goes to the people in your address book, and nobody is in it.")
        self.check_screen("first-no-contacts")
        path = self.session.directory / "people.vcf"
        path.write_text(CARDS, newline="")
        self.activate("Import vCard File…")
        self.choose_file("Import Contacts", path)
        self.window.find_text("Phone numbers and email addresses of 3 contacts")
        self.activate("Share Address Book")
        self.window.find_text("No Picture Yet")

    def test_about(self):
        """tells of itself"""
        self.focus()
        self.window.keys("F10")
        self.window.find("About Likeness", "menuitem")
        self.window.walk_to("About Likeness", "Down")
        self.window.keys("Return")
        self.window.find("Details")
        if not self.says(PURPOSE):
            # GTK 4.18 lists only the page that is turned to; the one before takes the focus back.
            self.window.walk_to("Details")
            self.window.keys("Return")
            self.window.find_text(PURPOSE)
            self.window.keys("Escape")
            wait_for("the first page", lambda: not self.says(PURPOSE))
        # The window is libadwaita's own, and so are its names.
        self.shot("about")
        self.window.keys("Escape")
        wait_for("the window alone", lambda: len(list(self.window.windows())) == 1 and not self.window.look("Details"))

    def says(self, text):
        return any(text in node.name for node in self.window.all())

    def test_source(self):
        """takes a picture by its name"""
        self.activate("Change Picture")
        self.window.find("Choose File…")
        self.check_screen("source")
        photo = self.session.directory / "photo.jpg"
        subprocess.run(["convert", "-size", "1600x1200", "gradient:tomato-gold", photo], check=True)
        self.activate("Choose File…")
        self.choose_file("Choose a Picture", photo)
        self.window.find("Crop")

    def test_edit(self):
        """shows every tool at any width"""
        self.check_screen("edit")
        self.activate("Next")
        self.window.find_text("This is what is sent")

    def test_audience(self):
        """picks people by a search"""
        self.check_screen("preview")
        self.activate("Everyone Who Has My Number", "Up")
        self.window.keys("Down", "Down", "space")
        self.window.find_text("0 of 3 chosen")
        self.check_screen("preview-except")
        self.focus()
        self.window.walk_to("Search People")
        self.window.type("ANGSTR")
        wait_for("one person", lambda: not self.window.look("Bert Ogawa", "checkbox"))
        self.window.walk_to("Zoë Ångström")
        self.window.keys("space")
        self.window.find_text("1 of 3 chosen")

    def test_publish(self):
        """publishes to those that were not picked, and shows it"""
        self.activate("Publish")
        self.window.find("Done", "button")
        self.check_screen("published")
        self.activate("Done")
        self.window.find_text("Your contacts except 1")
        self.check_screen("first-my-picture")


if __name__ == "__main__":
    tap.main()
