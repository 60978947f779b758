# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's session: home, runtime directory and bus of their own, on the bus a real Evolution Data Server and,
where asked for, a real gnome-keyring.

    with lksession.Session(keyring=True) as session:
        session.keep_token(server, token)
        uid = session.add_contact(vcard)
        session.run("likeness-agent", "--once")
        print(session.read_contact(uid))
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TIMEOUT = 60
BOOK_TOOL = pathlib.Path(__file__).parent / "lkbook.py"
TOKEN_SCHEMA = "app.likeness.Likeness.Token"

# What would lead out of the session.
OUTSIDE = ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SESSION_BUS_PID", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL",
           "SSH_AUTH_SOCK")


class Session:
    def __init__(self, keyring=False, environment=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="likeness-session-"))
        self._keyring = keyring
        self._processes = []
        self.environment = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
        home = self.directory / "home"
        self.environment.update({
            "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"), "XDG_STATE_HOME": str(home / ".local/state"),
            "XDG_RUNTIME_DIR": str(self.directory / "run"), "TMPDIR": str(self.directory / "tmp"),
            **(environment or {})})
        for name in ("home", "run", "tmp"):
            (self.directory / name).mkdir(mode=0o700)
        if not keyring:
            self._refuse_service("org.freedesktop.secrets")

    def _refuse_service(self, name):
        """The bus would start the computer's own, which waits for somebody to type a password."""
        services = pathlib.Path(self.environment["XDG_DATA_HOME"], "dbus-1/services")
        services.mkdir(parents=True)
        (services / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec=/bin/false\n")

    def _spawn(self, *arguments, **options):
        # A warning is to end our program, not the services of the session.
        environment = {name: value for name, value in self.environment.items()
                       if name not in ("G_DEBUG", "MALLOC_PERTURB_")}
        with open(self.directory / "services.log", "ab") as log:
            process = subprocess.Popen(arguments, env=environment, cwd=self.directory, stderr=log, **options)
        self._processes.append(process)
        return process

    def __enter__(self):
        try:
            bus = self._spawn("dbus-daemon", "--session", "--nofork", "--print-address=1",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            address = bus.stdout.readline().decode().strip()
            if not address:
                raise RuntimeError("no session bus")
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
            if self._keyring:
                daemon = self._spawn("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets",
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
                daemon.stdin.write(b"password")
                daemon.stdin.close()
                self.run("gdbus", "wait", "--session", "--timeout", "20", "org.freedesktop.secrets")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        # The bus last: what it had started ends with it.
        for process in reversed(self._processes):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(TIMEOUT)
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def services_log(self):
        return (self.directory / "services.log").read_text(errors="replace")

    def run(self, *arguments, input=None, check=True, timeout=TIMEOUT):
        """Runs a program in the session; its CompletedProcess, with stdout and stderr as text."""
        done = subprocess.run(arguments, env=self.environment, cwd=self.directory, input=input, text=True,
                              stdin=subprocess.DEVNULL if input is None else None, capture_output=True, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments[0]}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
                                 f"\n{self.services_log()[-4000:]}")
        return done

    def keep_token(self, server, token):
        """Puts a token into the keyring where LkTokenStore looks for it."""
        self.run("secret-tool", "store", f"--label=Likeness: {server}", "xdg:schema", TOKEN_SCHEMA, "server", server,
                 input=token)

    def _book(self, *arguments, input=None):
        return self.run(sys.executable, BOOK_TOOL, *arguments, input=input).stdout

    def add_contact(self, vcard):
        """Adds a vCard to the session's own address book; (uid of the address book, uid of the contact)."""
        return tuple(self._book("add", input=vcard).split())

    def add_contacts(self, vcards):
        """Adds several vCards at once; the uids of the contacts."""
        return [line.split()[1] for line in self._book("add", input="".join(vcards)).splitlines()]

    def read_contact(self, uid):
        """The contact's vCard as the address book has it, photo inline."""
        return self._book("show", uid)

    def read_photo(self, uid):
        """The bytes of the contact's photo, or None."""
        text = self._book("photo", uid)
        return bytes.fromhex(text) if text else None

    def set_photo(self, uid, path):
        """Chooses a photo as the owner of the address book would."""
        self._book("set-photo", uid, str(path))
