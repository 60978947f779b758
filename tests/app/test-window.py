#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens each screen of the real window on a real server and address book, by the keyboard and through accessibility.

On each: every control has a name, and nothing lies outside of a window of 360 px.
"""

import base64
import subprocess

import lkserver
import tap
import windowcase
from window_driver import wait_for

CONTACTS = [("Anna Berg", "anna@example.org"), ("Bert Ogawa", "bert@example.org"), ("Chiara Rossi", "chiara@example.com"),
            ("فاطمة الزهراء", "fatima@example.org")]


def make_jpeg(width=96, height=96, colour="steelblue"):
    return subprocess.run(["convert", "-size", f"{width}x{height}", f"xc:{colour}", "jpg:-"],
                          check=True, capture_output=True).stdout


def make_vcard(name, email, photo=None):
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;", f"EMAIL:{email}"]
    if photo:
        lines.append("PHOTO;ENCODING=b;TYPE=JPEG:" + base64.b64encode(photo).decode())
    return "\r\n".join(lines + ["END:VCARD", ""])


class WindowTest(windowcase.WindowCase):
    CARDS = [make_vcard(name, email, make_jpeg(colour="tomato") if number % 2 else None)
             for number, (name, email) in enumerate(CONTACTS)]

    def test_sign_in(self):
        """asks who it is, and says so where that makes no sense"""
        self.window.find("Phone number or email")
        self.check_screen("sign-in")
        self.window.fill("Phone number or email", "nobody")
        self.window.press("Continue")
        self.window.find_text("neither a phone number nor an email address")
        self.shot("sign-in-wrong")

    def test_code_wrong(self):
        """says how many tries are left after a wrong code"""
        self.window.fill("Phone number or email", "anna@example.org")
        self.window.find_text("will be sent to anna@example.org as an email")
        self.window.press("Continue")
        self.window.find("Code digit 1")
        self.window.find_text("Send a New Code in")
        type(self).code = self.server.code_for("anna@example.org")
        self.check_screen("code")
        wrong = "000000" if self.code != "000000" else "111111"
        self.focus()
        self.window.type(wrong)
        self.window.find_text("tries left")
        self.shot("code-wrong")

    def test_code_right(self):
        """moves on by itself through the boxes and signs in with the last digit"""
        wait_for("boxes that take another code", lambda: self.window.look("Code digit 1").has("sensitive"), 90)
        self.focus()
        self.window.type(self.code)
        self.window.find("Share Address Book")

    def test_consent(self):
        """says what is sent before the address book is shared"""
        self.window.find_text("Phone numbers and email addresses of 4 contacts")
        self.check_screen("welcome")
        self.window.press("Share Address Book")
        self.window.find_text("No Picture Yet")

    def test_empty(self):
        """shows that there is no picture yet"""
        self.check_screen("my-picture-empty")

    def sharer(self):
        if not hasattr(type(self), "anna"):
            type(self).anna = self.server.sign_in(
                "anna@example.org", device="Phone", headers={"X-Forwarded-For": "198.51.100.7"})
        return self.anna

    def test_my_picture(self):
        """shows the pictures that are on the server"""
        anna = self.sharer()
        for number, colour in enumerate(["rosybrown", "seagreen", "goldenrod"]):
            photo = make_jpeg(720, 720, colour)
            bundle = lkserver.make_bundle(photo, make_jpeg(96, 96, colour), alt=f"Picture {number}")
            self.assertEqual(anna.publish(bundle).status, 201)
        self.assertEqual(self.stop(), 0)
        self.start()
        self.window.find("Change Picture", seconds=30)
        self.window.find("Withdraw…")
        wait_for("previous pictures", lambda: [node for node in self.window.all()
                                               if node.name.startswith("Show the Picture of")])
        self.window.find_text("Your contacts")
        self.check_screen("my-picture")

    def test_bring_back(self):
        """brings a previous picture back with one click, and undoes it"""
        previous = [node.name for node in self.window.all() if node.name.endswith("Picture 1")
                    and node.role == "button"]
        self.window.press(previous[0])
        self.window.find("Undo")
        first = lambda: self.sharer().get("/v1/pictures").json()["pictures"][0]["alt"]
        self.assertEqual(first(), "Picture 1")
        self.check_toast_above_bar()
        self.window.press("Undo")
        wait_for("the picture that was there before", lambda: first() == "Picture 2")

    def tabs(self):
        return [(window, node) for window, node in self.shown("^Likeness$") if node.role == "tab"]

    def check_toast_above_bar(self):
        """Where the window is narrow, the views can still be switched while there is something to undo."""
        self.resize(*windowcase.NARROW)

        def top_of_bar():
            for window, node in self.tabs():
                _, y, _, height = node.extents()
                _, _, _, room = window.extents()
                # It slides in from below, and stands once nothing of it is cut off.
                if room // 2 < y <= room - height:
                    return y
            return None

        top = wait_for("a bar at the bottom", top_of_bar)
        _, y, _, height = self.window.find("Undo", "button").extents()
        self.shot("brought-back")
        self.assertLessEqual(y + height, top)

    def test_withdraw(self):
        """says what stays before a picture is withdrawn"""
        self.window.press("Withdraw…")
        self.window.find_text("A copy that someone accepted")
        self.shot("withdraw")
        self.window.press("Withdraw This One")
        wait_for("one picture less", lambda: len(self.sharer().get("/v1/pictures").json()["pictures"]) == 2)
        # Newer versions of libadwaita ask within the window, which takes no keys until the question has slid away.
        wait_for("the question to go", lambda: self.window.look("Withdraw This One") is None)

    def test_people(self):
        """lists the contacts, and finds one"""
        self.focus()
        self.window.keys("ctrl+f")
        self.window.find_text("Chiara Rossi")
        self.check_screen("people")
        self.window.fill("Search people", "chi")
        wait_for("one person", lambda: not any("Anna" in node.name for node in self.window.all()))
        self.window.fill("Search people", "zzz")
        self.window.find_text("Nobody Found")
        self.shot("people-nobody")
        self.window.fill("Search people", "")

    def test_preferences(self):
        """lists the devices, and signs one out"""
        self.focus()
        self.window.keys("ctrl+comma")
        self.window.find("Delete My Account…")
        self.window.find("Sign Out Phone")
        self.check_screen("preferences", "^Preferences$")
        self.window.press("Sign Out Phone")
        wait_for("a phone that is signed out", lambda: self.sharer().get("/v1/account").status == 401)
        self.focus("^Preferences$")
        self.window.keys("Escape")

    def test_shortcuts(self):
        """lists the keyboard shortcuts"""
        self.focus()
        self.window.keys("ctrl+question")
        self.window.find_text("Search People")
        self.check_screen("shortcuts", "^Keyboard Shortcuts$")
        self.focus("^Keyboard Shortcuts$")
        self.window.keys("Escape")

    def test_offline(self):
        """says that the server cannot be reached, and goes on when it can"""
        port = int(self.server.address.rsplit(":", 1)[1].strip("/"))
        self.server.stop()
        self.focus()
        self.window.keys("ctrl+comma")
        self.window.find_text("cannot be reached")
        self.focus("^Preferences$")
        self.window.keys("Escape")
        self.assertEqual(self.stop(), 0)
        self.start()
        self.window.find_text("The server cannot be reached. What is shown may have changed.", seconds=30)
        self.check_screen("offline")
        self.server.start(port)
        self.window.find("Withdraw…", seconds=30)

    def test_file_from_command_line(self):
        """opens a file of the command line in the Change flow"""
        photo = self.session.directory / "photo.jpg"
        photo.write_bytes(make_jpeg(900, 700, "orchid"))
        self.session.run(str(windowcase.PROGRAM), str(photo))
        self.window.find("Crop")
        self.check_names("edit")
        self.resize(*windowcase.NARROW)
        self.assertEqual(self.tabs(), [], "views to switch where there are none")

    def test_unchanged_by_closing(self):
        """keeps the session in the keyring"""
        self.assertEqual(self.stop(), 0)
        self.start()
        self.window.find("Change Picture", seconds=30)

    def test_delete_account(self):
        """deletes the account only after it was typed"""
        self.focus()
        self.window.keys("ctrl+comma")
        self.window.press("Delete My Account…")
        self.window.find("Type anna@example.org to confirm")
        delete = self.window.find("Delete Account")
        self.assertFalse(delete.has("sensitive"))
        self.shot("delete-account")
        self.window.fill("Type anna@example.org to confirm", "anna@example.org")
        self.window.press("Delete Account")
        self.window.find("Phone number or email")


if __name__ == "__main__":
    tap.main()
