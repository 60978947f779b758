# SPDX-License-Identifier: GPL-3.0-or-later
"""How the server is run: configuration, TLS, proxies, limits, logs, metrics, and how it stops."""

import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import lkserver
import lksmtp
import tap

FORWARDED = {"server": {"trusted-proxies": "127.0.0.1"}}


def ask(server, identifier, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.client().call("POST", "/v1/verifications", {"identifier": identifier}, headers)


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lklife-")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name, "server.conf")

    def check(self, text, mode=0o600):
        self.path.write_text(text, encoding="utf-8")
        self.path.chmod(mode)
        return subprocess.run([lkserver.find_program(), "--config", self.path, "--check-config"], capture_output=True,
                              text=True, timeout=lkserver.TIMEOUT, check=False)

    def test_good(self):
        """--check-config has nothing to say about what is right, nor about the example"""
        example = pathlib.Path(os.environ["LK_SOURCE_DIR"], "data", "server", "likeness-server.conf")
        for text in ("", "[server]\nlisten=127.0.0.1:0;[::1]:0\n", example.read_text(encoding="utf-8")):
            outcome = self.check(text)
            self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))

    def test_example_complete(self):
        """the example names every key, with its default where it has one"""
        example = pathlib.Path(os.environ["LK_SOURCE_DIR"], "data", "server", "likeness-server.conf")
        text = re.sub(r"^#(\[|[a-z-]+=)", r"\1", example.read_text(encoding="utf-8"), flags=re.M)
        outcome = self.check(text)
        for line in outcome.stderr.splitlines():
            # The files that it names are not there; everything else is to be right.
            self.assertRegex(line, r"\[(tls|email|sms)\] (certificate|key|password-file|ca-file):")

    def test_wrong(self):
        """--check-config says what is wrong, and where: all of it at once"""
        cases = {
            "[servers]\n": r"\[servers\]: there is no such group",
            "[server]\ncolour=red\n": r"\[server\] colour: there is no such key",
            "[server]\nlisten=localhost\n": r"\[server\] listen: .*not an address",
            "[server]\nlisten=\n": r"\[server\] listen:",
            "[server]\nworkers=none\n": r"\[server\] workers: .*whole number from 1 to 64",
            "[server]\nworkers=0\n": r"\[server\] workers:",
            "[server]\nheaders-timeout=0\n": r"\[server\] headers-timeout:",
            "[server]\ntrusted-proxies=here\n": r"\[server\] trusted-proxies:",
            "[tls]\nkey=/nonexistent\n": r"\[tls\] certificate: is missing",
            "[tls]\nkey=/nonexistent\ncertificate=/nonexistent\n": r"\[tls\] certificate:",
            "[email]\nsender=pigeon\n": r"\[email\] sender: “pigeon” is none of none, console, smtp",
            "[email]\nsender=smtp\n": r"\[email\] host: is missing",
            "[email]\nsender=smtp\nhost=h\nfrom=me\n": r"\[email\] from:",
            "[email]\nsender=smtp\nhost=h\nfrom=a@b.c\nuser=u\n": r"\[email\] password: is missing",
            "[email]\nsender=smtp\nhost=h\nfrom=a@b.c\nuser=u\npassword=p\nsecurity=none\n": r"\[email\] security:",
            "[email]\npassword-file=/nonexistent\n": r"\[email\] password-file: /nonexistent",
            "[email]\npassword-file=%d/p\n": r"\[email\] password-file:.*credentials",
            "[sms]\nsender=gateway\n": r"\[sms\] url: is missing",
            "[sms]\nsender=gateway\nurl=ftp://x/{to}{text}\n": r"\[sms\] url: is neither http nor https",
            "[sms]\nsender=gateway\nurl=http://x/?{to}\n": r"\[sms\] url: lacks",
            "[sms]\nsuccess=2xx\n": r"\[sms\] success:",
            "[log]\nlevel=loud\n": r"\[log\] level:",
            "no group\n": r"server.conf: ",
        }
        for text, pattern in cases.items():
            with self.subTest(text):
                outcome = self.check(text)
                self.assertEqual(outcome.returncode, 2)
                self.assertRegex(outcome.stderr, pattern)
        both = self.check("[server]\nworkers=0\n[log]\nlevel=loud\n").stderr
        self.assertEqual(len(both.splitlines()), 2)

    def test_secrets(self):
        """a secret that everybody may read is refused"""
        text = "[email]\nsender=smtp\nhost=h\nfrom=a@b.c\nuser=u\npassword=p\n"
        self.assertEqual(self.check(text).returncode, 0)
        self.assertRegex(self.check(text, 0o644).stderr, "can be read by everybody")
        secret = pathlib.Path(self.folder.name, "secret")
        secret.write_text("p\n", encoding="ascii")
        text = text.replace("password=p", f"password-file={secret}")
        secret.chmod(0o604)
        self.assertRegex(self.check(text, 0o644).stderr, r"password-file: .* can be read by everybody")
        secret.chmod(0o600)
        self.assertEqual(self.check(text, 0o644).returncode, 0)

    def test_command_line(self):
        """the command line is read as strictly"""
        for arguments in (["--nonsense"], ["more"], ["--port", "70000"], ["--listen", "nowhere"]):
            outcome = subprocess.run([lkserver.find_program(), *arguments, "--check-config"], capture_output=True,
                                     timeout=lkserver.TIMEOUT, check=False)
            self.assertEqual(outcome.returncode, 2, arguments)
            self.assertTrue(outcome.stderr)


class TlsTest(unittest.TestCase):
    def test_tls(self):
        """TLS by certificate and key; the large body that is cut off, too"""
        with tempfile.TemporaryDirectory(prefix="lklife-") as folder:
            made = lksmtp.Certificate(folder)
            with lkserver.Server({"tls": {"certificate": made.certificate, "key": made.key}}) as server:
                self.assertRegex(server.address, "^https://")
                anna = server.sign_in("anna@example.org")
                published = anna.publish(lkserver.make_bundle())
                self.assertEqual(published.status, 201)
                picture = published.json()["id"]
                self.assertEqual(anna.get(f"/v1/pictures/{picture}/photo").status, 200)
                self.assertEqual(anna.publish(bytes(13 * 1024 * 1024)).status, 413)
                with self.assertRaises(ssl.SSLCertVerificationError):
                    lkserver.Client(server.address, context=ssl.create_default_context()).get("/healthz")
                with server.connect() as plain:
                    plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertNotIn(b"200", lkserver.read_all(plain))
                self.assertEqual(anna.get("/healthz").status, 200)
                self.assertEqual(server.stop(), 0)


class LockTest(unittest.TestCase):
    def start_second(self, folder):
        """Starts another server on @folder, and waits until it has ended."""
        return subprocess.run([lkserver.find_program(), "--data-dir", folder, "--port", "0"], capture_output=True,
                              text=True, timeout=lkserver.TIMEOUT, check=False)

    def test_second(self):
        """a second server on the same folder says so and ends, and does the first no harm"""
        with lkserver.Server() as server:
            anna = server.sign_in("anna@example.org")
            outcome = self.start_second(server.data_dir)
            self.assertEqual(outcome.returncode, 1, outcome)
            self.assertEqual(outcome.stdout, "")
            message = json.loads(outcome.stderr.splitlines()[-1])["message"]
            self.assertIn(f"{server.data_dir}: another likeness-server is using it", message)
            self.assertEqual(anna.publish(lkserver.make_bundle()).status, 201)
            # What ended, however it ended, keeps nobody out.
            server.kill()
            server.start()
            anna.address = server.address
            self.assertEqual(len(anna.get("/v1/pictures").json()["pictures"]), 1)

    def test_link(self):
        """a link in place of the lock is not followed"""
        with tempfile.TemporaryDirectory(prefix="lklife-") as folder:
            pathlib.Path(folder, "lock").symlink_to("elsewhere")
            outcome = self.start_second(folder)
            self.assertEqual(outcome.returncode, 1, outcome)
            self.assertEqual(os.listdir(folder), ["lock"])


class LimitsTest(unittest.TestCase):
    def test_identifier(self):
        """a code may be sent again after a while that is told"""
        with lkserver.Server() as server:
            asked = ask(server, "anna@example.org")
            self.assertEqual(asked.json()["resend_in"], 30)
            again = ask(server, "anna@example.org")
            self.assertEqual((again.status, again.code), (429, "too-many-requests"))
            self.assertIn(again.json()["retry_after"], range(1, 31))
            self.assertEqual(again.headers["Retry-After"], str(again.json()["retry_after"]))

    def test_address(self):
        """one network may ask for so many codes; a client cannot choose its network by a header"""
        with lkserver.Server() as server:
            statuses = [ask(server, f"p{i}@example.org", X_Forwarded_For=f"192.0.{i}.1", Forwarded=f"for=192.0.{i}.1").status
                        for i in range(31)]
            self.assertEqual(statuses, [201] * 30 + [429])

    def test_proxy(self):
        """behind a proxy that is named, its word counts: the last hop that is no proxy"""
        with lkserver.Server(FORWARDED) as server:
            for i in range(31):
                self.assertEqual(ask(server, f"a{i}@example.org", X_Forwarded_For=f"6.6.6.6, 192.0.{i}.1").status, 201)
            statuses = [ask(server, f"b{i}@example.org", X_Forwarded_For=f"10.{i}.0.1, 198.51.100.{i}").status
                        for i in range(31)]
            self.assertEqual(statuses, [201] * 30 + [429])
            statuses = [ask(server, f"c{i}@example.org", Forwarded=f'for=1.2.3.4, for="[2001:db8:1::{i:x}]:80";proto=https')
                        .status for i in range(31)]
            self.assertEqual(statuses, [201] * 30 + [429])

    def test_owner_not_locked_out(self):
        """a stranger's requests do not lock the owner of a number out"""
        with lkserver.Server(FORWARDED) as server:
            for i in range(8):
                ask(server, "+4915112345678", X_Forwarded_For=f"10.0.{i}.1")
            self.assertEqual(ask(server, "+4915112345678", X_Forwarded_For="192.0.2.1").status, 201)


class LogTest(unittest.TestCase):
    def test_no_secrets(self):
        """logs are JSON by line, and hold no code, token, identifier or id"""
        with lkserver.Server() as server:
            client = server.client()
            asked = ask(server, "+4915112345678")
            code = server.code_for("+4915112345678")
            checked = client.call("POST", f"/v1/verifications/{asked.json()['id']}/check", {"code": code, "device": "My device"})
            client.token = checked.json()["token"]
            picture = client.publish(lkserver.make_bundle()).json()["id"]
            client.get(f"/v1/pictures/{picture}/photo")
            client.call("GET", f"/v1/feed?cursor={client.token}")
            self.assertEqual(server.stop(), 0)
            log = server.log()
            for secret in (code, client.token, "4915112345678", "My device", asked.json()["id"], picture):
                self.assertNotIn(secret, log)
            lines = [json.loads(line) for line in log.splitlines()]
            requests = [line for line in lines if "request" in line]
            self.assertEqual([(each["route"], each["status"]) for each in requests],
                             [("verifications", 201), ("check", 201), ("pictures", 201), ("rendition", 200), ("feed", 200)])
            self.assertEqual([each["request"] for each in requests], [1, 2, 3, 4, 5])

    def test_metrics(self):
        """metrics say what was done, in Prometheus' format"""
        with lkserver.Server() as server:
            anna = server.sign_in("anna@example.org")
            picture = anna.publish(lkserver.make_bundle()).json()["id"]
            anna.get(f"/v1/pictures/{picture}/photo")
            answer = anna.get("/metrics")
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            text = answer.body.decode()
            figures = {}
            for line in text.splitlines():
                self.assertRegex(line, r'^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.]+)$')
                if not line.startswith("#"):
                    name, value = line.rsplit(" ", 1)
                    self.assertNotIn(name, figures)
                    figures[name] = float(value)
            self.assertEqual(figures['likeness_http_requests_total{route="rendition",method="GET",status="200"}'], 1)
            self.assertEqual(figures['likeness_codes_total{way="email",outcome="sent"}'], 1)
            self.assertEqual(figures["likeness_published_total"], 1)
            self.assertEqual(figures["likeness_pictures"], 1)
            self.assertEqual(figures["likeness_rendition_bytes_total"], 1000)
            self.assertEqual(figures['likeness_http_request_seconds_bucket{route="check",le="+Inf"}'], 1)
            self.assertGreater(figures["process_resident_memory_bytes"], 1000000)


class StopTest(unittest.TestCase):
    def setUp(self):
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        self.anna = self.server.sign_in("anna@example.org")

    def begin_upload(self, bundle):
        upload = self.anna.begin_publish(bundle)
        self.addCleanup(upload.close)
        return upload

    def wait_until_closed(self):
        """Waits until nobody can connect any more."""
        deadline = time.monotonic() + lkserver.TIMEOUT
        while time.monotonic() < deadline:
            try:
                self.server.connect().close()
            except ConnectionRefusedError:
                return
            except ConnectionResetError:
                pass  # it was in the queue of the socket that closed
            threading.Event().wait(0.02)
        self.fail("it still listens")

    def test_drain(self):
        """SIGTERM: what is in flight is finished, then it ends with status 0"""
        bundle = lkserver.make_bundle()
        idle = self.anna.connect()
        self.addCleanup(idle.close)
        self.assertEqual(self.anna.call("GET", "/healthz", connection=idle).status, 200)
        upload = self.begin_upload(bundle)
        self.server.signal(signal.SIGTERM)
        self.wait_until_closed()
        self.assertEqual(lkserver.read_all(idle.sock), b"")
        upload.sendall(bundle[len(bundle) // 2:])
        answer = lkserver.read_all(upload)
        self.assertRegex(answer, rb"^HTTP/1.1 201 ")
        self.assertIn(b"Connection: close\r\n", answer)
        self.assertEqual(self.server.wait(), 0)
        self.server.start()
        self.anna.address = self.server.address
        self.assertEqual(len(self.anna.get("/v1/pictures").json()["pictures"]), 1)

    def test_twice(self):
        """told twice it stops at once"""
        self.begin_upload(lkserver.make_bundle())
        self.server.signal(signal.SIGINT)
        self.wait_until_closed()
        self.server.signal(signal.SIGINT)
        self.assertEqual(self.server.wait(), 0)

    def test_idle_stop(self):
        """with nothing to do it stops at once"""
        started = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - started, 5)


if __name__ == "__main__":
    tap.main()
