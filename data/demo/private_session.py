# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's session that touches nothing of the caller's: own home, own session bus, own keyring."""

import os
import pathlib
import subprocess

# What of the caller's environment a private session keeps: what says where programs and the screen are.
KEPT = (
    "PATH", "DISPLAY", "XAUTHORITY", "LANG", "LC_ALL", "LANGUAGE", "TERM", "GI_TYPELIB_PATH",
    "LD_LIBRARY_PATH", "GSK_RENDERER", "GDK_BACKEND", "GDK_SCALE",
)


class PrivateSession:
    """Started by `with`; ends every program of its bus when it is left."""

    def __init__(self, directory: pathlib.Path, runtime: pathlib.Path, display: str | None = None):
        self.home = directory
        self.runtime = runtime
        self.env = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env.setdefault("LANG", "C.UTF-8")
        self.env |= {
            "HOME": str(directory),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(directory / ".config"),
            "XDG_DATA_HOME": str(directory / ".local/share"),
            "XDG_STATE_HOME": str(directory / ".local/state"),
            "XDG_CACHE_HOME": str(directory / ".cache"),
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "NO_AT_BRIDGE": "0",
        }
        if display is not None:
            self.env["DISPLAY"] = display
            self.env["GDK_BACKEND"] = "x11"
        elif "WAYLAND_DISPLAY" in os.environ and "XDG_RUNTIME_DIR" in os.environ:
            # The compositor's socket is in the caller's runtime folder; an absolute name finds it from ours.
            self.env["WAYLAND_DISPLAY"] = os.path.join(
                os.environ["XDG_RUNTIME_DIR"], os.environ["WAYLAND_DISPLAY"])
        self._bus: subprocess.Popen | None = None

    def __enter__(self) -> "PrivateSession":
        self.home.mkdir(parents=True, exist_ok=True)
        self.runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._log = open(self.home / "session.log", "ab")
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            env=self.env, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True)
        address = self._bus.stdout.readline().decode().strip()
        if not address:
            raise RuntimeError("dbus-daemon did not start; see " + str(self.home / "session.log"))
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        self._unlock_keyring()
        return self

    def __exit__(self, *_exception) -> None:
        # Programs on a bus end when their bus does.
        self._bus.terminate()
        try:
            self._bus.wait(10)
        except subprocess.TimeoutExpired:
            self._bus.kill()
            self._bus.wait()
        self._log.close()

    def _unlock_keyring(self) -> None:
        subprocess.run(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets", f"--control-directory={self.runtime}/keyring"],
            input=b"demo", env=self.env, stdout=subprocess.DEVNULL, stderr=self._log, check=True)

    def run(self, *command: str, **options) -> subprocess.CompletedProcess:
        """Runs a command to its end; its messages go to the session's log."""
        options.setdefault("stderr", self._log)
        return subprocess.run([str(part) for part in command], env=self.env, **options)

    def start(self, *command: str, **options) -> subprocess.Popen:
        """Starts a command; its messages go to the session's log."""
        options.setdefault("stdout", self._log)
        options.setdefault("stderr", self._log)
        return subprocess.Popen([str(part) for part in command], env=self.env, **options)
