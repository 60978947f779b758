# SPDX-License-Identifier: GPL-3.0-or-later
"""What the accessibility bus tells of the widgets of a session, asked anew each time.

Over D-Bus and not by libatspi, whose cache outlives the widgets: it has crashed tests that close and open a window.
"""

from gi.repository import Gio, GLib

INTERFACE = "org.a11y.atspi."
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
TIMEOUT_MS = 10000
# AtspiStateType and AtspiCoordType as they go over the bus.
STATES = {"checked": 4, "focused": 12, "selected": 23, "sensitive": 24, "showing": 25, "visible": 30}
OF_THE_WINDOW = 1
NOTHING = "/org/a11y/atspi/null"
# Of a widget's width: where one is looked for.
POINTS = (0.5, 0.1)


class Node:
    """A widget; anything that is asked raises GLib.Error once it is gone."""

    def __init__(self, bus: Gio.DBusConnection, owner: str, path: str):
        self.bus, self.owner, self.path = bus, owner, path

    def __eq__(self, other):
        return isinstance(other, Node) and (self.owner, self.path) == (other.owner, other.path)

    def _call(self, interface: str, method: str, arguments: GLib.Variant | None = None):
        return self.bus.call_sync(self.owner, self.path, interface, method, arguments, None,
                                  Gio.DBusCallFlags.NO_AUTO_START, TIMEOUT_MS, None).unpack()

    def _get(self, interface: str, name: str):
        return self._call("org.freedesktop.DBus.Properties", "Get",
                          GLib.Variant("(ss)", (INTERFACE + interface, name)))[0]

    @property
    def name(self) -> str:
        return self._get("Accessible", "Name")

    @property
    def role(self) -> str:
        """By the word of WAI-ARIA, such as "textbox": some versions of GTK put spaces into it."""
        return self._call(INTERFACE + "Accessible", "GetRoleName")[0].replace(" ", "")

    def has(self, state: str) -> bool:
        low, high = self._call(INTERFACE + "Accessible", "GetState")[0]
        return bool((low | high << 32) >> STATES[state] & 1)

    @property
    def children(self) -> list["Node"]:
        return [Node(self.bus, *child) for child in self._call(INTERFACE + "Accessible", "GetChildren")[0]]

    @property
    def parent(self) -> "Node":
        return Node(self.bus, *self._get("Accessible", "Parent"))

    def extents(self) -> tuple[int, int, int, int]:
        """x, y, width, height in px of the window."""
        return self._call(INTERFACE + "Component", "GetExtents", GLib.Variant("(u)", (OF_THE_WINDOW,)))[0]

    def is_drawn(self) -> bool:
        """Whether it is on a page that is turned to. GTK 4.18 says "showing" of everything, but of a page that is not
        turned to it lists nothing: neither that page's size nor its place mean anything. GTK 4.8 lists all, says
        "showing" of windows only, and what was drawn once keeps its size: there, by what is under the pointer. Of an
        entry, which consists of widgets that accessibility does not tell of, this is not known to it, and False."""
        if self.has("showing"):
            return self.role != "tabpanel" or bool(self.children)
        x, y, width, height = self.extents()
        if width <= 0 or height <= 0:
            return False
        if not self.has("sensitive"):
            return self.parent.is_drawn()
        return any(self._has_at(int(x + width * part), y + height // 2) for part in POINTS)

    def _has_at(self, x: int, y: int) -> bool:
        point = GLib.Variant("(iiu)", (x, y, OF_THE_WINDOW))
        _, path = self._call(INTERFACE + "Component", "GetAccessibleAtPoint", point)[0]
        return path != NOTHING

    def press(self) -> bool:
        """Whether there was something to press."""
        return self._get("Action", "NActions") > 0 and \
            self._call(INTERFACE + "Action", "DoAction", GLib.Variant("(i)", (0,)))[0]

    def set_text(self, text: str) -> bool:
        return self._call(INTERFACE + "EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]


def desktop(session_bus_address: str) -> Node:
    """The root of all that the session's applications tell of."""
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    session = Gio.DBusConnection.new_for_address_sync(session_bus_address, flags, None, None)
    address, = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                 Gio.DBusCallFlags.NONE, TIMEOUT_MS, None).unpack()
    session.close_sync(None)
    return Node(Gio.DBusConnection.new_for_address_sync(address, flags, None, None), *REGISTRY)
