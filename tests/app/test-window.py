#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens each screen of the real window on a real server and address book, by the keyboard and through accessibility.

On each: every control has a name, and nothing lies outside of a window of 360 px. With LK_SHOTS, a folder, each screen is
also photographed wide, narrow, light and dark.
"""

import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

import lkdisplay
import lkserver
import lksession
import tap
from window_driver import wait_for

BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])
PROGRAM = BUILD / "src" / "app" / "likeness"
FACES = pathlib.Path("/usr/share/pixmaps/faces")
SHOTS = os.environ.get("LK_SHOTS")

NARROW = (360, 640)
WIDE = (1280, 760)
FRAME = 10
# What a person can act on or type into: it has to say what it is.
CONTROLS = {"button", "togglebutton", "checkbox", "radio", "switch", "textbox", "searchbox", "combobox", "slider",
            "spinbutton", "menuitem", "menuitemcheckbox", "menuitemradio", "link", "tab", "list", "listbox"}
# Where nothing else is known GTK gives the name of the widget's type.
NAMELESS = re.compile(r"\s*|(Gtk|Adw|Lk)[A-Z]\w*")
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


class WindowTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = []
        # Another device asks for a code from another network, so it need not wait for the window's.
        cls.server = cls.enter(lkserver.Server({"server": {"trusted-proxies": "127.0.0.1"}}))
        cls.display = cls.enter(lkdisplay.Display(1300, 800))
        environment = cls.display.environment | {
            "LIKENESS_SERVER": cls.server.address, "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"),
            "GSETTINGS_BACKEND": "keyfile", "LC_ALL": "C.UTF-8"}
        cls.session = cls.enter(lksession.Session(keyring=True, environment=environment))
        for number, (name, email) in enumerate(CONTACTS):
            photo = make_jpeg(colour="tomato") if number % 2 else None
            cls.session.add_contact(make_vcard(name, email, photo))
        cls.window = lkdisplay.open_window(cls.session, cls.display)
        cls.start()

    @classmethod
    def enter(cls, manager):
        value = manager.__enter__()
        cls.stack.append(manager)
        cls.addClassCleanup(manager.__exit__, None, None, None)
        return value

    @classmethod
    def start(cls, *arguments, **environment):
        cls.log = open(cls.session.directory / "app.log", "ab")
        cls.app = subprocess.Popen([PROGRAM, *arguments], env=cls.session.environment | environment,
                                   stdin=subprocess.DEVNULL, stdout=cls.log, stderr=cls.log)
        # Who looks through accessibility before there is a window sees an application without any, and goes on to.
        cls.focus()

    @classmethod
    def stop(cls):
        """Closes the window as a person does."""
        cls.focus()
        cls.window.keys("ctrl+q")
        status = cls.app.wait(lkdisplay.TIMEOUT)
        cls.log.close()
        return status

    @classmethod
    def tearDownClass(cls):
        if cls.app.poll() is None:
            cls.app.terminate()
            cls.app.wait(lkdisplay.TIMEOUT)
        cls.log.close()

    @classmethod
    def xdotool(cls, *arguments):
        return subprocess.run(["xdotool", *map(str, arguments)], env={"DISPLAY": cls.display.name, "PATH": "/usr/bin:/bin"},
                              check=True, capture_output=True, text=True, timeout=lkdisplay.TIMEOUT).stdout.split()

    @classmethod
    def focus(cls, title="^Likeness$"):
        found = cls.xdotool("search", "--sync", "--onlyvisible", "--name", title)
        cls.xdotool("windowfocus", "--sync", found[-1])
        return found[-1]

    def tearDown(self):
        self.assertIsNone(self.app.poll(), (self.session.directory / "app.log").read_text(errors="replace")[-4000:])

    def resize(self, width, height, title="^Likeness$"):
        window = self.focus(title)
        self.xdotool("windowmove", window, 0, 0)
        # Without a compositor GTK draws a frame of its own around the window.
        width, height = width + FRAME, height + FRAME
        self.xdotool("windowsize", window, width, height)

        def has_size():
            sizes = self.xdotool("getwindowgeometry", "--shell", window)
            return f"WIDTH={width}" in sizes

        wait_for(f"a window of {width} px", has_size)

    def check_names(self, screen):
        nameless = []
        for node in self.window.all():
            if node.role in CONTROLS and node.has("showing") and NAMELESS.fullmatch(node.name):
                nameless.append(self.path(node))
        self.assertEqual(nameless, [], f"{screen}: controls without a name")

    def path(self, node):
        parts = []
        while node.role != "application":
            parts.insert(0, f"{node.role} “{node.name}”")
            node = node.parent
        return " › ".join(parts)

    def shot(self, name):
        if SHOTS:
            pathlib.Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.window.shoot(pathlib.Path(SHOTS) / f"{name}.png")

    def check_screen(self, name, title="^Likeness$"):
        """The names, and the layout at both widths."""
        for label, size in (("narrow", NARROW), ("wide", WIDE)):
            if title != "^Likeness$" and label == "wide":
                continue
            self.resize(*size, title)
            self.check_names(name)
            self.shot(f"{name}-{label}")
            if label == "narrow":
                self.check_fits(name, title)

    def check_fits(self, screen, title):
        """Nothing that shows lies outside of the window to the left or right."""
        outside = []
        for node in self.window.all():
            window = self.window_of(node)
            if not node.has("showing") or not re.search(title, window.name):
                continue
            # Newer versions of GTK count the frame that they draw as part of the window.
            left, _, room, _ = window.extents()
            self.assertLessEqual(room, NARROW[0] + FRAME, screen)
            x, _, width, _ = node.extents()
            if width > room or (x + width > left + room and not self.scrolls(node)):
                outside.append(f"{self.path(node)}: {x} + {width}")
        self.assertEqual(outside, [], f"{screen}: does not fit into {NARROW[0]} px")

    def window_of(self, node):
        while node.role not in ("frame", "dialog", "window", "application"):
            node = node.parent
        return node

    def scrolls(self, node):
        return "Previous" in self.path(node)

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
        type(self).code = self.server.code_for("anna@example.org")
        self.check_screen("code")
        wrong = "000000" if self.code != "000000" else "111111"
        self.focus()
        self.window.type(wrong)
        self.window.find_text("tries left")
        self.window.find_text("Send a New Code in")
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
        self.shot("brought-back")
        self.window.press("Undo")
        wait_for("the picture that was there before", lambda: first() == "Picture 2")

    def test_withdraw(self):
        """says what stays before a picture is withdrawn"""
        self.window.press("Withdraw…")
        self.window.find_text("A copy that someone accepted")
        self.shot("withdraw")
        self.window.press("Withdraw This One")
        wait_for("one picture less", lambda: len(self.sharer().get("/v1/pictures").json()["pictures"]) == 2)

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
        self.session.run(str(PROGRAM), str(photo))
        self.window.find("Crop")
        self.check_names("edit")

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
