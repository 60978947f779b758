# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the real window share: a server, a person's session on a display, and looks at whole screens.

With LK_SHOTS, a folder, each screen that is looked at is also photographed there.
"""

import os
import pathlib
import re
import subprocess
import unittest

import lkdisplay
import lkserver
import lksession
from window_driver import has_size, wait_for

BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])
PROGRAM = BUILD / "src" / "app" / "likeness"
SHOTS = os.environ.get("LK_SHOTS")

NARROW = (360, 640)
WIDE = (1280, 760)
FRAME = 10
# Header bars lie under the window's edge on either side.
MARGIN = 2
# What a person can act on or type into: it has to say what it is.
CONTROLS = {"button", "togglebutton", "checkbox", "radio", "switch", "textbox", "searchbox", "combobox", "slider",
            "spinbutton", "menuitem", "menuitemcheckbox", "menuitemradio", "link", "tab", "list", "listbox"}
# Where nothing else is known GTK gives the name of the widget's type.
NAMELESS = re.compile(r"\s*|(Gtk|Adw|Lk)[A-Z]\w*")


class WindowCase(unittest.TestCase):
    # What another class of tests wants otherwise.
    HAS_KEYRING = True
    CARDS = ()
    STYLE = {}

    @classmethod
    def setUpClass(cls):
        cls.stack = []
        # Another device asks for a code from another network, so it need not wait for the window's.
        cls.server = cls.enter(lkserver.Server({"server": {"trusted-proxies": "127.0.0.1"}}))
        cls.display = cls.enter(lkdisplay.Display(1300, 800))
        environment = cls.display.environment | {
            "LIKENESS_SERVER": cls.server.address, "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"),
            "GSETTINGS_BACKEND": "keyfile", "LC_ALL": "C.UTF-8", **cls.STYLE}
        cls.session = cls.enter(lksession.Session(keyring=cls.HAS_KEYRING, environment=environment))
        for card in cls.CARDS:
            cls.session.add_contact(card)
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
        # Shown where a case failed.
        for line in cls.app_log().splitlines():
            print(f"# likeness: {line}")

    @classmethod
    def app_log(cls):
        return (cls.session.directory / "app.log").read_text(errors="replace")[-4000:]

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
        self.assertIsNone(self.app.poll(), self.app_log())

    def resize(self, width, height, title="^Likeness$"):
        window = self.focus(title)
        self.xdotool("windowmove", window, 0, 0)
        # Without a compositor GTK draws a frame of its own around the window.
        width, height = width + FRAME, height + FRAME
        self.xdotool("windowsize", window, width, height)

        def is_laid_out():
            sizes = self.xdotool("getwindowgeometry", "--shell", window)
            # The X server has the new size before the widgets do; whether they count the frame depends on the version.
            return f"WIDTH={width}" in sizes and any(
                node.extents()[2] in (width - FRAME, width) for node, _ in self.window.windows()
                if re.search(title, node.name))

        wait_for(f"a window of {width} px", is_laid_out)

    def check_names(self, screen, title="^Likeness$"):
        """Of all that is in the windows of that title, or was before."""
        nameless, seen = [], 0
        for window, nodes in self.window.windows():
            for node in nodes if re.search(title, window.name) else ():
                if node.role in CONTROLS and has_size(node):
                    seen += 1
                    if NAMELESS.fullmatch(node.name):
                        nameless.append(self.path(node))
        self.assertGreater(seen, 0, screen)
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
            self.shot(f"{name}-{label}")
            self.check_names(name, title)
            if label == "narrow":
                self.check_fits(name, title)

    def shown(self, title):
        """What shows in the windows of that title, each with its window."""
        for window, nodes in self.window.windows():
            if re.search(title, window.name):
                yield from ((window, node) for node in nodes if node.is_drawn())

    def check_fits(self, screen, title):
        """Nothing that shows lies outside of the window to the left or right."""
        outside, seen = [], 0
        for window, node in self.shown(title):
            # Newer versions of GTK count the frame that they draw as part of the window, where nothing else can be.
            left, _, room, _ = window.extents()
            self.assertLessEqual(room, NARROW[0] + FRAME, screen)
            room = min(room, NARROW[0])
            x, _, width, _ = node.extents()
            seen += 1
            if width > room + MARGIN or (x + width > left + room + MARGIN and not self.scrolls(node)):
                outside.append(f"{self.path(node)}: {x} + {width}")
        self.assertGreater(seen, 1, screen)
        self.assertEqual(outside, [], f"{screen}: does not fit into {NARROW[0]} px")

    def scrolls(self, node):
        return "Previous" in self.path(node)
