# SPDX-License-Identifier: GPL-3.0-or-later
"""An SMS gateway (Kannel) on loopback with a pretended operator (fakesmsc), which tells what it was sent.

    with lkkannel.Kannel() as kannel:
        …
        code = kannel.wait_for_code("+4915112345678")
"""

import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
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

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
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
        except BaseException:
            self.__exit__()
            raise
        return self

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
