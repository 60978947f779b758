#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes through the application's publisher to a real server, over a network that fails: never twice, never lost."""

import os
import pathlib
import queue
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
import unittest
from urllib.parse import urlsplit

import lkserver
import tap

BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])
TOOL = BUILD / "tests" / "app" / "publish-tool"
TIMEOUT = 30


class Tool:
    """The publisher in a process of its own."""

    def __init__(self, home, server, token, photo=None):
        self.outbox = home / "outbox"
        environment = dict(os.environ)
        environment.pop("LIKENESS_SERVER", None)
        environment.update({"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"),
                            "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
                            "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "GSETTINGS_BACKEND": "memory"})
        arguments = [TOOL, server, token, self.outbox] + ([photo] if photo else [])
        self.process = subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def expect(self, *phases):
        """Waits for a phase; gives all that came before it."""
        seen = []
        while True:
            line = self.lines.get(timeout=TIMEOUT)
            seen.append(line)
            if line is None or line.split(":")[0] in phases:
                return seen

    def kill(self):
        self.process.kill()
        self.close()

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(TIMEOUT)
        self.reader.join(TIMEOUT)
        self.process.stdout.close()
        return status


class Cutter:
    """A proxy that takes a whole request on to the server and then closes on the client without the answer."""

    def __init__(self, address):
        self.target = (urlsplit(address).hostname, urlsplit(address).port)
        self.cut = threading.Event()
        self.was_cut = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(self.target)
        except OSError:
            client.close()
            return
        state = {"publish": False}

        def up():
            while data := self._receive(client):
                state["publish"] = state["publish"] or b"POST /v1/pictures" in data
                server.sendall(data)
            self._end(server)

        threading.Thread(target=up, daemon=True).start()
        while data := self._receive(server):
            if state["publish"] and self.cut.is_set():
                self.was_cut.set()
                break
            client.sendall(data)
        # Closing alone leaves it open for the thread that reads from it.
        for connection in (client, server):
            self._end(connection, socket.SHUT_RDWR)
            connection.close()

    @staticmethod
    def _receive(connection):
        try:
            return connection.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _end(connection, how=socket.SHUT_WR):
        try:
            connection.shutdown(how)
        except OSError:
            pass

    def close(self):
        self._listener.close()


class PublisherTest(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="publisher-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.photo = self.home / "photo.jpg"
        subprocess.run(["convert", "-size", "800x600", "plasma:", self.photo], check=True)
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        self.anna = self.server.sign_in("anna@example.org")

    def tool(self, photo=None, server=None, token=None):
        tool = Tool(self.home, server or self.server.address, token or self.anna.token, photo)
        self.addCleanup(lambda: tool.process.poll() is None and tool.kill())
        return tool

    def pictures(self):
        return self.anna.get("/v1/pictures").json()["pictures"]

    def outbox(self):
        return sorted(path.name for path in (self.home / "outbox").iterdir()) if (self.home / "outbox").is_dir() else []

    def check_left(self, n_files):
        """So many files are left on the disk, which is tidied up on another thread."""
        deadline = time.monotonic() + TIMEOUT
        while len(self.outbox()) != n_files and time.monotonic() < deadline:
            # sleep: nothing tells of a file that is gone; looked at again within a bound
            time.sleep(0.02)
        self.assertEqual(len(self.outbox()), n_files)

    def test_done(self):
        """publishes, and leaves nothing behind"""
        tool = self.tool(self.photo)
        self.assertEqual(tool.expect("done"), ["encoding", "uploading", "done"])
        self.assertEqual([picture["alt"] for picture in self.pictures()], ["A photo"])
        self.check_left(0)
        self.assertEqual(tool.close(), 0)

    def test_not_a_photo(self):
        """fails for a file that is no picture, and keeps nothing"""
        text = self.home / "text.jpg"
        text.write_text("not a picture")
        tool = self.tool(text)
        self.assertEqual([line.split(":")[0] for line in tool.expect("failed")], ["encoding", "failed"])
        self.check_left(0)
        tool.close()

    def queue_one(self):
        """A tool whose picture waits, for the server went away once it was signed in."""
        cutter = Cutter(self.server.address)
        self.addCleanup(cutter.close)
        cutter.cut.set()
        tool = self.tool(self.photo, cutter.address)
        tool.expect("uploading")
        self.assertTrue(cutter.was_cut.wait(TIMEOUT))
        self.server.stop()
        tool.expect("queued")
        return tool, cutter

    def test_restart(self):
        """keeps what waits through kill -9, private, and publishes it once although the first answer was lost"""
        tool, cutter = self.queue_one()
        tool.kill()
        self.assertEqual(len(self.outbox()), 2)
        for name in self.outbox():
            mode = stat.S_IMODE((self.home / "outbox" / name).stat().st_mode)
            self.assertEqual(mode, 0o600, name)
        self.assertEqual(stat.S_IMODE((self.home / "outbox").stat().st_mode), 0o700)
        # A bundle of which no job tells is what a crash leaves while it is written.
        (self.home / "outbox" / "00000000000000000001-left.likeness").write_bytes(b"half")
        cutter.cut.clear()
        self.server.start(cutter.target[1])
        tool = self.tool(server=cutter.address)
        self.assertEqual(tool.expect("done")[-1], "done")
        self.check_left(0)
        tool.close()
        self.assertEqual(len(self.pictures()), 1)

    def test_back_online(self):
        """sends by itself when the server is back, once"""
        tool, cutter = self.queue_one()
        cutter.cut.clear()
        self.server.start(cutter.target[1])
        self.assertEqual(tool.expect("done")[-1], "done")
        self.check_left(0)
        tool.close()
        self.assertEqual(len(self.pictures()), 1)

    def test_cancel_queued(self):
        """takes what waits off the queue"""
        tool, _cutter = self.queue_one()
        tool.process.stdin.write("cancel\n")
        tool.process.stdin.flush()
        tool.expect("idle")
        self.check_left(0)
        tool.close()

    def test_other_account(self):
        """leaves what waits alone when somebody else is signed in"""
        tool, cutter = self.queue_one()
        tool.kill()
        cutter.cut.clear()
        self.server.start(cutter.target[1])
        bert = self.server.sign_in("bert@example.org")
        photo = self.home / "other.jpg"
        shutil.copy(self.photo, photo)
        other = self.tool(photo, cutter.address, bert.token)
        self.assertEqual(other.expect("done")[-1], "done")
        self.check_left(2)
        other.close()
        self.assertEqual(len(bert.get("/v1/pictures").json()["pictures"]), 1)


if __name__ == "__main__":
    tap.main()
