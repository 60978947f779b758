# SPDX-License-Identifier: GPL-3.0-or-later
<<<<<<< HEAD
"""An SMS gateway (Kannel) on loopback with a pretended operator (fakesmsc), which tells what it was sent.

    with lkkannel.Kannel() as kannel:
        …
        code = kannel.wait_for_code("+4915112345678")
"""

=======
"""A real SMS gateway: Kannel's bearerbox and smsbox, with its fakesmsc as the network.

    with lkkannel.Kannel() as kannel:
        Server(config={"sms": kannel.config()})
        … kannel.wait_for("+4915112345678")
"""

import os
>>>>>>> 203bd63 (wip)
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
<<<<<<< HEAD
import urllib.error
import urllib.request

TIMEOUT = 30
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
USER = "likeness"
PASSWORD = "gateway-secret"

# A blank line between groups: without it bearerbox aborts.
CONFIG = """\
group = core
admin-port = {admin}
admin-password = {password}
admin-interface = 127.0.0.1
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-location = {directory}/store
=======
import urllib.parse
import urllib.request

TIMEOUT = 60
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
USER = "likeness"
PASSWORD = "p&ss wörd"

# A blank line between groups, or Kannel aborts.
CONFIG = """\
group = core
admin-port = {admin}
admin-password = admin
admin-allow-ip = 127.0.0.1
smsbox-port = {smsbox}
box-allow-ip = 127.0.0.1
wdp-interface-name = "*"
log-level = 1
>>>>>>> 203bd63 (wip)

group = smsc
smsc = fake
smsc-id = fake
<<<<<<< HEAD
port = {smsc}
=======
port = {fake}
>>>>>>> 203bd63 (wip)
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
<<<<<<< HEAD
global-sender = 13013

group = sendsms-user
username = {user}
password = {password}

group = sms-service
keyword = default
text = "There is no service here"
"""


def _free_ports(count):
    """Ports that were free a moment ago: Kannel cannot be told to choose one."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Kannel:
    def __init__(self):
        self._directory = pathlib.Path(tempfile.mkdtemp(prefix="lkkannel-"))
        self._admin, self._smsbox, self._smsc, self._sendsms = _free_ports(4)
        self._processes = []
        self._changed = threading.Condition()
        self._messages = []

    @property
    def config(self):
        """The server's group for it."""
        return {"sender": "gateway", "user": USER, "password": PASSWORD, "from": "Likeness",
                "url": f"http://127.0.0.1:{self._sendsms}/cgi-bin/sendsms"
                       "?username={user}&password={password}&from={from}&to={to}&text={text}"}

    def _run(self, *arguments, **options):
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, cwd=self._directory, **options)
        self._processes.append(process)
        return process

    def _log(self, name):
        return open(self._directory / f"{name}.log", "ab")

    def logs(self):
        return "\n".join(f"{path.name}:\n{path.read_text(errors='replace')[-2000:]}"
                         for path in sorted(self._directory.glob("*.log")))

    def _wait_until(self, what, ready):
        deadline = time.monotonic() + TIMEOUT
        while not ready():
            if time.monotonic() > deadline or any(process.poll() is not None for process in self._processes):
                raise TimeoutError(f"{what} did not come up\n{self.logs()}")
            threading.Event().wait(0.05)

    def _listens(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def _is_online(self):
        """Whether the gateway can hand messages on to the operator, by its own account."""
        url = f"http://127.0.0.1:{self._admin}/status.txt?password={PASSWORD}"
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
                status = answer.read().decode(errors="replace")
        except (urllib.error.URLError, OSError):
            return False
        return "(online" in status and "smsbox:" in status

    def _read_messages(self, stream):
        for line in stream:
            text = line.decode(errors="replace")
            with open(self._directory / "fakesmsc.log", "a") as log:
                log.write(text)
            match = re.search(r"Got message \d+: <(\S+) (\S+) text (.*)>", text)
            if match:
                with self._changed:
                    self._messages.append((match.group(2), match.group(3)))
                    self._changed.notify_all()

    def __enter__(self):
        ports = {"admin": self._admin, "smsbox": self._smsbox, "smsc": self._smsc, "sendsms": self._sendsms}
        path = self._directory / "kannel.conf"
        path.touch(mode=0o600)
        path.write_text(CONFIG.format(directory=self._directory, user=USER, password=PASSWORD, **ports))
        try:
            with self._log("bearerbox") as log:
                self._run("bearerbox", path, stdout=log, stderr=log)
            self._wait_until("bearerbox", lambda: self._listens(self._smsc) and self._listens(self._admin))
            fake = self._run(FAKESMSC, "-H", "127.0.0.1", "-r", str(self._smsc), "-i", "1", "-m", "0",
                             "100 200 text hi", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            threading.Thread(target=self._read_messages, args=(fake.stdout,), daemon=True).start()
            with self._log("smsbox") as log:
                self._run("smsbox", path, stdout=log, stderr=log)
            self._wait_until("smsbox", lambda: self._listens(self._sendsms))
            self._wait_until("the operator", self._is_online)
=======
global-sender = 100
log-level = 1

group = sendsms-user
username = {user}
password = "{password}"
max-messages = 1

group = sms-service
keyword = default
text = "none"
max-messages = 0
"""


def find_programs():
    """Whether Kannel is installed."""
    return shutil.which("bearerbox", path="/usr/sbin:/usr/bin") and os.path.exists(FAKESMSC)


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_for_port(port, process):
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)  # sleep: between two looks at a port that only can be polled
    raise TimeoutError(f"{process.args[0]} does not listen on port {port}")


class Kannel:
    """The gateway, running between enter and exit."""

    def __init__(self):
        self._processes = []
        self._lines = []
        self._changed = threading.Condition()

    def __enter__(self):
        try:
            self._start()
>>>>>>> 203bd63 (wip)
        except BaseException:
            self.__exit__()
            raise
        return self

<<<<<<< HEAD
    def __exit__(self, *exception):
        for process in reversed(self._processes):
            if process.poll() is None:
                process.kill()
            process.wait(TIMEOUT)
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def wait_for_text(self, number):
        """The oldest message to @number that was not asked for yet."""
        deadline = time.monotonic() + TIMEOUT
        with self._changed:
            while True:
                for i, (receiver, text) in enumerate(self._messages):
                    if receiver.lstrip("+") == number.lstrip("+"):
                        del self._messages[i]
                        return text
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no message to {number}\n{self.logs()}")
                self._changed.wait(left)

    def wait_for_code(self, number):
        return re.search(r"\b([0-9]{6})\b", self.wait_for_text(number)).group(1)
=======
    def _start(self):
        self._scratch = pathlib.Path(tempfile.mkdtemp(prefix="lkkannel-"))
        self._admin, smsbox, fake, self._sendsms = _free_ports(4)
        path = self._scratch / "kannel.conf"
        path.touch(mode=0o600)
        path.write_text(CONFIG.format(admin=self._admin, smsbox=smsbox, fake=fake, sendsms=self._sendsms, user=USER,
                                      password=PASSWORD))
        bearerbox = self._run(["/usr/sbin/bearerbox", path])
        _wait_for_port(self._admin, bearerbox)
        _wait_for_port(fake, bearerbox)
        smsbox_process = self._run(["/usr/sbin/smsbox", path])
        _wait_for_port(self._sendsms, smsbox_process)
        self._run([FAKESMSC, "-H", "127.0.0.1", "-r", str(fake), "-i", "1", "-m", "0", "100 200 text hi"],
                  self._read_network)
        self._wait_until_online()

    def _run(self, command, reader=None):
        process = subprocess.Popen(command, cwd=self._scratch, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE if reader else subprocess.DEVNULL,
                                   stderr=subprocess.STDOUT if reader else subprocess.DEVNULL)
        self._processes.append(process)
        if reader:
            threading.Thread(target=reader, args=(process,), daemon=True).start()
        return process

    def _read_network(self, process):
        for line in process.stdout:
            with self._changed:
                self._lines.append(line.decode("utf-8", "replace"))
                self._changed.notify_all()

    def _wait_until_online(self):
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/status.txt?password=admin",
                                        timeout=TIMEOUT) as answer:
                status = answer.read().decode()
            if re.search(r"FAKE:\d+ \(online", status) and re.search(r"smsbox:.*\(on-line", status):
                return
            time.sleep(0.1)  # sleep: between two looks at a status page that only can be polled
        raise TimeoutError(f"Kannel is not online:\n{status}")

    def config(self):
        """Group [sms] of a server that sends through this gateway."""
        return {"sender": "gateway", "user": USER, "password": PASSWORD, "from": "Likeness",
                "url": f"http://127.0.0.1:{self._sendsms}/cgi-bin/sendsms?username={{user}}&password={{password}}"
                       "&from={from}&to={to}&text={text}&charset={charset}&coding={coding}"}

    def wait_for(self, number):
        """Waits for a message to @number that was not waited for yet, and takes it: its text."""
        deadline = time.monotonic() + TIMEOUT
        with self._changed:
            while True:
                for i, line in enumerate(self._lines):
                    match = re.search(r"<(\S+) (\S+) (\S+) (.*)>", line)
                    if match and match.group(2) == number:
                        del self._lines[i]
                        return urllib.parse.unquote_plus(match.group(4))
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no SMS to {number}; the network saw {self._lines}")

    def __exit__(self, *exception):
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
            if process.stdout:
                process.stdout.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
>>>>>>> 203bd63 (wip)
