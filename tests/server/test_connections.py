# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that hold a connection without using it, or go away, and what is said when there are too many."""

import http.client
import os
import socket
import tempfile
import threading
import time
import unittest

import lkserver
import lksmtp
import tap
from test_contract import Contract

# The server looks at its connections once a second. One that is let go of after the timeout of a second is closed
# within this many seconds, also on a busy machine.
SOON = 10


class ConnectionsTest(unittest.TestCase):
    def setUp(self):
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        self.anna = self.server.sign_in("anna@example.org")

    def test_many_connections(self):
        """more connections than are allowed do not shut anybody out for good"""
        with lkserver.Server({"server": {"max-connections": "8"}}) as server:
            held = [server.connect() for _ in range(40)]
            # Those past the limit are closed at once.
            self.assertEqual(lkserver.read_all(held[-1]), b"")
            for each in held:
                each.close()
            deadline = time.monotonic() + lkserver.TIMEOUT
            while True:
                try:
                    self.assertEqual(server.client().get("/healthz").status, 200)
                    break
                except (OSError, http.client.HTTPException):
                    self.assertLess(time.monotonic(), deadline)

    def test_closed_between_requests(self):
        """clients that close between two requests leave no file open"""
        def files():
            return len(os.listdir(f"/proc/{self.server.pid}/fd"))

        before = files()
        for _ in range(50):
            connection = self.anna.connect()
            self.anna.call("GET", "/v1/account", connection=connection)
            self.anna.call("GET", "/v1/account", connection=connection)
            connection.close()
        deadline = time.monotonic() + lkserver.TIMEOUT
        while files() > before + 5:
            self.assertLess(time.monotonic(), deadline)

    def test_vanished(self):
        """clients that go away in the middle leave nothing behind"""
        for _ in range(20):
            upload = self.anna.begin_publish(lkserver.make_bundle())
            upload.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            upload.close()
        self.assertEqual(self.anna.get("/v1/pictures").json(), {"pictures": []})
        self.assertEqual(self.server.stop(), 0)


class DeadlineTest(unittest.TestCase):
    """Each case with one timeout of a second, and the others as they are: it is the one that closes."""

    def serve(self, **config):
        server = lkserver.Server({"server": {name.replace("_", "-"): value for name, value in config.items()}})
        self.addCleanup(server.close)
        return server

    def drip(self, connection, pieces):
        """Sends a piece now and then until the server has closed; what it had answered and how long that took."""
        started = time.monotonic()
        connection.settimeout(0.2)
        answer = b""
        while time.monotonic() < started + SOON:
            try:
                connection.sendall(next(pieces))
                more = connection.recv(65536)
                if not more:
                    return answer, time.monotonic() - started
                answer += more
            except TimeoutError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                return answer, time.monotonic() - started
        self.fail(f"the connection is still there; it answered {answer!r}")

    def assert_alive(self, server):
        self.assertEqual(server.client().get("/healthz").status, 200)

    def test_headers(self):
        """headers that come byte by byte (slow loris), on a new connection and on a used one"""
        server = self.serve(headers_timeout=1)
        with server.connect() as connection:
            answer, took = self.drip(connection, iter(f"GET /healthz HTTP/1.1\r\nX-A: {'a' * 1000}".encode()[i:i + 1]
                                                      for i in range(1000)))
            self.assertNotIn(b"200", answer)
            self.assertGreater(took, 0.9)
        with server.connect() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertRegex(connection.recv(65536), b"^HTTP/1.1 200 ")
            self.drip(connection, iter(b"G E T"[i:i + 1] if i < 5 else b"a" for i in range(1000)))
        self.assert_alive(server)

    def test_silence(self):
        """a connection on which nothing comes, with TLS and without"""
        with tempfile.TemporaryDirectory(prefix="lkconnections-") as folder:
            made = lksmtp.Certificate(folder)
            secure = lkserver.Server({"server": {"headers-timeout": 1},
                                      "tls": {"certificate": made.certificate, "key": made.key}})
            self.addCleanup(secure.close)
            for server in (self.serve(headers_timeout=1), secure):
                with server.connect() as connection:
                    connection.settimeout(SOON)
                    self.assertEqual(lkserver.read_all(connection), b"")
                self.assert_alive(server)

    def test_idle(self):
        """a connection that is not used again"""
        server = self.serve(idle_timeout=1)
        with server.connect() as connection:
            connection.settimeout(SOON)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertRegex(lkserver.read_all(connection), b"^HTTP/1.1 200 ")

    def test_stalled_body(self):
        """a body of which no more comes; nothing of it is stored"""
        server = self.serve(stall_timeout=1)
        anna = server.sign_in("anna@example.org")
        with anna.begin_publish(lkserver.make_bundle()) as connection:
            connection.settimeout(SOON)
            self.assertEqual(lkserver.read_all(connection), b"")
        self.assertEqual(anna.get("/v1/pictures").json(), {"pictures": []})
        self.assertEqual(list((server.data_dir / "blobs").rglob("*.jpg")), [])

    def test_slow_body(self):
        """a body that comes byte by byte"""
        server = self.serve(slow_timeout=1)
        anna = server.sign_in("anna@example.org")
        with anna.begin_publish(lkserver.make_bundle(photo=lkserver.make_jpeg(size=1000))) as connection:
            answer, _ = self.drip(connection, iter(b"x" for _ in range(1000)))
            self.assertEqual(answer, b"")
        self.assertEqual(anna.get("/v1/pictures").json(), {"pictures": []})

    def test_one_in_time(self):
        """whoever sends at a fair pace is not cut"""
        server = self.serve(headers_timeout=3, stall_timeout=3, slow_timeout=3, idle_timeout=3)
        anna = server.sign_in("anna@example.org")
        bundle = lkserver.make_bundle()
        with anna.begin_publish(bundle) as connection:
            connection.sendall(bundle[len(bundle) // 2:])
            self.assertRegex(connection.recv(65536), b"^HTTP/1.1 201 ")


class OverloadTest(unittest.TestCase):
    def test_pending(self):
        """with as many requests waiting as may wait, the next is told when to come again"""
        with socket.create_server(("127.0.0.1", 0)) as mail:
            mail.settimeout(lkserver.TIMEOUT)
            # A mail server that takes the call and says nothing: the request that asked for a code waits.
            config = {"server": {"max-pending": 1},
                      "email": {"sender": "smtp", "host": "127.0.0.1", "port": mail.getsockname()[1],
                                "security": "none", "from": "codes@example.org"}}
            with lkserver.Server(config) as server:
                answers = []
                contract = Contract()
                waiting = threading.Thread(target=lambda: answers.append(server.client().call(
                    "POST", "/v1/verifications", {"identifier": "anna@example.org"})))
                waiting.start()
                call, _ = mail.accept()
                for method, path, body in (("GET", "/healthz", None), ("GET", "/v1/account", None),
                                           ("POST", "/v1/verifications", {"identifier": "ben@example.org"})):
                    answer = server.client(token="A" * 43).call(method, path, body)
                    self.assertEqual((answer.status, answer.code), (503, "unavailable"), answer)
                    contract.check(method, path, answer)
                    self.assertEqual(answer.headers["Retry-After"], str(answer.json()["retry_after"]))
                    self.assertGreater(answer.json()["retry_after"], 0)
                self.assertEqual(answers, [])
                call.close()
                waiting.join(lkserver.TIMEOUT)
                self.assertEqual((answers[0].status, answers[0].code), (502, "cannot-send"), answers)
                self.assertEqual(server.client().get("/healthz").status, 200)


if __name__ == "__main__":
    tap.main()
