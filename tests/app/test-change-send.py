#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes from the Change flow where something is in the way: nothing is lost, and nothing goes out twice."""

import hashlib
import socket
import threading
from urllib.parse import urlsplit

import changecase
import tap


class Gate:
    """A way to the server that lets everything through but pictures: these it holds back until it is closed."""

    def __init__(self, address):
        self._target = (urlsplit(address).hostname, urlsplit(address).port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.held = threading.Event()
        self._connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._connections += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source, sink):
        try:
            while data := source.recv(65536):
                if data.startswith(b"POST /v1/pictures"):
                    self.held.set()
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # The other side has gone, or close() has ended both.
            return

    def close(self):
        self._listener.close()
        for connection in self._connections:
            connection.close()


class SendTest(changecase.ChangeCase):
    def test_exact(self):
        """What the preview shows is, byte for byte, what the server has"""
        process = self.preview()
        self.window.press("Publish")
        shown = self.wait_line(process, "shown").split()
        self.window.press("Done")
        self.wait_line(process, "published")
        picture, = self.pictures()
        served = [hashlib.sha256(self.account.get(f"/v1/pictures/{picture['id']}/{name}").body).hexdigest()
                  for name in ("photo", "thumbnail")]
        self.assertEqual(shown, served)

    def test_offline(self):
        """A server that is away is waited for, and the picture goes out once when it is back"""
        port = urlsplit(self.server.address).port
        process = self.preview()
        self.server.stop()
        self.window.press("Publish")
        self.window.find_text("Waiting for the Server")
        self.window.find_text("Your picture is kept")
        self.window.find("Try Again", "button")
        self.server.start(port)
        self.window.find("Published", "label")
        self.window.press("Done")
        self.wait_line(process, "published")
        self.assertEqual(len(self.pictures()), 1)
        self.wait_for("no draft any more", lambda: self.draft() is None)

    def test_failed(self):
        """A failure is told with its way on, Back keeps everything, and Try Again goes on from there"""
        process = self.preview()
        source, = self.draft_folder().glob("source-*")
        away = source.with_name("away")
        source.rename(away)
        self.window.press("Publish")
        self.window.find("Not Published", "label")
        self.window.find_text("Your picture and your edits are kept.")
        self.window.press("Back")
        self.window.find_text("This is what is sent")
        self.window.press("Publish")
        self.window.find("Not Published", "label")
        self.assertEqual(self.pictures(), [])
        away.rename(source)
        self.window.press("Try Again")
        self.window.press("Done")
        self.wait_line(process, "published")
        self.assertEqual(len(self.pictures()), 1)

    def test_cancel(self):
        """Cancel while it is sent: back in the preview, nothing on the server, and Publish works again"""
        gate = Gate(self.server.address)
        self.addCleanup(gate.close)
        process = self.preview(server=gate.address)
        self.window.press("Publish")
        self.window.find_text("Publishing…")
        self.assertTrue(gate.held.wait(changecase.TIMEOUT))
        # It has the focus, and another page has a button of that name.
        self.window.keys("Return")
        self.window.find("Publish", "button")
        self.assertEqual(self.pictures(), [])
        self.assertIsNotNone(self.draft())
        self.wait_for("nothing waits to be sent", lambda: not list(self.outbox().glob("*.likeness")))
        self.end(process)

        # Another day, on a better network.
        process = self.open()
        self.window.press("Continue Editing")
        self.window.press("Next")
        self.window.find_text("This is what is sent")
        self.window.press("Publish")
        self.window.press("Done")
        self.wait_line(process, "published")
        self.assertEqual(len(self.pictures()), 1)

    def test_nobody(self):
        """An empty address book offers the import of a vCard"""
        process = self.preview(contacts=0)
        self.window.find_text("Your address book is empty")
        self.window.press("Import vCard File…")
        self.wait_line(process, "import")

    def outbox(self):
        return self.draft_folder().parents[1] / "outbox"


if __name__ == "__main__":
    tap.main()
