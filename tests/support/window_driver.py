# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses a window as a person with a screen reader does: finds what is there by role and name, and presses it."""

import pathlib
import subprocess

from gi.repository import GLib

import lkaccess

POLL_MS = 40
MOST_STOPS = 40
# How often GTK's dialog is told the name of a file, and how long it has to take it.
FILE_TRIES = 3
FILE_SECONDS = 5


class NotThere(Exception):
    """What was waited for did not come."""


def wait_for(what: str, predicate, seconds: float = 20):
    """Runs the main loop until `predicate()` gives something true, and returns that; bounded by `seconds`."""
    loop = GLib.MainLoop()
    state = {"value": None}
    deadline = GLib.get_monotonic_time() + int(seconds * 1e6)

    def poll():
        try:
            state["value"] = predicate()
        except GLib.Error:
            # A widget went away between being found and being asked.
            state["value"] = None
        if state["value"] or GLib.get_monotonic_time() > deadline:
            loop.quit()
            return GLib.SOURCE_REMOVE
        return GLib.SOURCE_CONTINUE

    if poll() == GLib.SOURCE_CONTINUE:
        GLib.timeout_add(POLL_MS, poll)
        loop.run()
    if not state["value"]:
        raise NotThere(what)
    return state["value"]


def is_called(node, name: str) -> bool:
    """GTK 4.8 tells a name twice where a widget has a label of its own and one that labels it, once with mnemonics."""
    return node.name.replace("_", "") in (name, f"{name} {name}")


def has_size(node) -> bool:
    """GTK 4.8 lists the pages of a stack that are not shown, too; what was never shown has no size."""
    _, _, width, height = node.extents()
    return width > 0 and height > 0


class Window:
    """The application's window, found by the application's name on the accessibility bus."""

    def __init__(self, application: str, session, display: str):
        self.display = display
        self.application = application
        self._desktop = lkaccess.desktop(session.environment["DBUS_SESSION_BUS_ADDRESS"])

    def _all(self, node):
        for child in node.children:
            try:
                if not child.has("visible"):
                    continue
                yield child
                yield from self._all(child)
            except GLib.Error:
                # It went away between being listed and being asked.
                continue

    def all(self):
        """Everything that is in the window, one after the other."""
        for application in self._desktop.children:
            if self._is_ours(application):
                yield from self._all(application)

    def windows(self):
        """Each window that the application has open, with everything that is in it."""
        for application in self._desktop.children:
            if self._is_ours(application):
                for window in application.children:
                    yield window, self._all(window)

    def _is_ours(self, application) -> bool:
        try:
            return application.name == self.application
        except GLib.Error:
            # It has ended, and the registry has not heard of it yet.
            return False

    def look(self, name: str, *roles: str):
        """The first widget of that name (and one of those roles) that can be seen, or None."""
        for node in self.all():
            if is_called(node, name) and (not roles or node.role in roles) and has_size(node):
                return node
        return None

    def find(self, name: str, *roles: str, seconds: float = 20):
        try:
            return wait_for(name, lambda: self.look(name, *roles), seconds)
        except NotThere:
            raise NotThere(f"“{name}” is not in the window, but:\n{self.describe()}") from None

    def find_text(self, text: str, seconds: float = 20):
        """Waits until something in the window says `text`."""
        return wait_for(text, lambda: next(
            (node for node in self.all() if text in node.name), None), seconds)

    def press(self, name: str, *roles: str, seconds: float = 20) -> None:
        """Presses a button, once it can be pressed."""
        roles = roles or ("button", "togglebutton", "checkbox", "radio", "menuitem", "link")

        def ready():
            node = self.look(name, *roles)
            if node is not None and node.has("sensitive"):
                return node
            return None

        try:
            node = wait_for(name, ready, seconds)
        except NotThere:
            raise NotThere(f"“{name}” cannot be pressed:\n{self.describe()}") from None
        if not node.press():
            raise NotThere(f"“{name}” does nothing when it is pressed")

    def fill(self, name: str, text: str, *roles: str) -> None:
        """Puts a text into an entry."""
        node = self.find(name, *(roles or ("textbox", "searchbox")))
        if not node.set_text(text):
            raise NotThere(f"“{name}” takes no text")

    def keys(self, *keys: str) -> None:
        """Presses keys, as on a keyboard, in the window that has the focus."""
        subprocess.run(["xdotool", "key", "--delay", "20", *keys], check=True, env=self._env())

    def type(self, text: str) -> None:
        subprocess.run(["xdotool", "type", "--delay", "20", text], check=True, env=self._env())

    def name_file(self, path: pathlib.Path) -> None:
        """Gives the name of a file to GTK's own dialog that has the keyboard, and opens that file. All of the name at
        once: letter by letter, the dialog of GTK 4.18 leaves pieces of what it completed and complains of itself.
        Once more where it does not take it: on a busy machine that of GTK 4.8 was seen to stay open."""
        for _ in range(FILE_TRIES):
            self.keys("ctrl+l")
            if not wait_for("an entry for the name of a file", self._focused_entry).set_text(str(path)):
                raise NotThere("the entry takes no name of a file")
            self.keys("Return")
            try:
                wait_for("the dialog to go", lambda: self.look("Open", "button") is None, FILE_SECONDS)
                return
            except NotThere:
                continue
        raise NotThere(f"the dialog does not open {path}")

    def _focused_entry(self):
        node = self.focused()
        return node if node is not None and node.role == "textbox" else None

    def focused(self):
        """What the keyboard would act on, or None."""
        return next((node for node in self.all() if node.has("focused")), None)

    def walk_to(self, name: str, key: str = "Tab") -> None:
        """Presses a key until the focus is there, as a person without a pointer does."""
        seen = []
        for _ in range(MOST_STOPS):
            node = self.focused()
            if node and is_called(node, name):
                return
            seen.append(node.name if node else "")
            self.keys(key)
            try:
                wait_for("the focus to move", lambda: self.focused() != node, 1)
            except NotThere:
                # On something that accessibility does not tell of, such as the window's frame.
                continue
        raise NotThere(f"“{name}” cannot be reached by {key}: {seen}")

    def focus(self, title: str) -> None:
        """Gives the keyboard to a window: without a window manager nobody else does."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title],
                               check=True, env=self._env(), capture_output=True, text=True).stdout.split()
        subprocess.run(["xdotool", "windowfocus", "--sync", found[-1]], check=True, env=self._env())

    def shoot(self, path: pathlib.Path, seconds: float = 3) -> None:
        """Takes a picture of the screen once it stands still, two in a row being the same, or `seconds` are over."""
        previous = b""
        deadline = GLib.get_monotonic_time() + int(seconds * 1e6)
        while GLib.get_monotonic_time() < deadline:
            subprocess.run(["import", "-window", "root", "-trim", "+repage", f"png:{path}"], check=True, env=self._env())
            current = path.read_bytes()
            if current == previous:
                return
            previous = current

    def describe(self) -> str:
        return "\n".join(f"  {'' if node.is_drawn() else '(not shown) '}{node.role} “{node.name}”"
                         for node in self.all() if node.name)

    def _env(self):
        return {"DISPLAY": self.display, "PATH": "/usr/bin:/bin"}
