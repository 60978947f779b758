# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes through real parts: aiosmtpd takes the email, Kannel and its fakesmsc the SMS."""

import http.server
import re
import statistics
import tempfile
import threading
import time
import unittest
import urllib.parse

import lkkannel
import lkserver
import lksmtp
import tap


def ask(server, identifier, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.client().call("POST", "/v1/verifications", {"identifier": identifier}, headers)


def check(server, asked, code):
    return server.client().call("POST", f"/v1/verifications/{asked.json()['id']}/check", {"code": code, "device": "d"})


class MailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lksenders-")
        cls.certificate = lksmtp.Certificate(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def config(self, mail, **changes):
        config = {"sender": "smtp", "host": "localhost", "port": mail.port, "ca-file": self.certificate.certificate,
                  "from": "Likeness <codes@example.org>", "timeout": 10, **changes}
        return {"email": {key: value for key, value in config.items() if value is not None}}

    def test_starttls(self):
        """email: STARTTLS and a password; the code that arrives signs in"""
        with lksmtp.MailServer(tls=self.certificate, user="u", password="p w") as mail, \
                lkserver.Server(self.config(mail, user="u", password="p w")) as server:
            asked = ask(server, "Anna@Example.org", Accept_Language="fr, de-AT;q=0.8, en;q=0.5")
            self.assertEqual(asked.status, 201, asked)
            message = mail.wait_for("anna@example.org")
            self.assertEqual(mail.sessions, [(True, True)])
            for name in ("Date", "Message-ID", "From", "To", "Subject"):
                self.assertEqual(len(message.get_all(name)), 1, name)
            self.assertEqual(message["Auto-Submitted"], "auto-generated")
            self.assertEqual(message["From"].addresses[0].addr_spec, "codes@example.org")
            self.assertEqual(message["Content-Language"], "de")
            self.assertIn("Ihr Code für die Anmeldung", message.get_content())
            code = re.search(r"^([0-9]{6})\r?$", message.get_content(), re.M).group(1)
            self.assertEqual(message["Subject"], f"{code} ist Ihr Code für Likeness")
            self.assertEqual(check(server, asked, code).status, 201)

    def test_required(self):
        """email: without encryption nothing is sent where it is required"""
        with lksmtp.MailServer() as mail, lkserver.Server(self.config(mail)) as server:
            answer = ask(server, "anna@example.org")
            self.assertEqual((answer.status, answer.code), (502, "cannot-send"))
            self.assertEqual(mail.messages, [])
        for security in ("none", "starttls-optional"):
            with lksmtp.MailServer() as mail, lkserver.Server(self.config(mail, security=security)) as server:
                self.assertEqual(ask(server, "anna@example.org").status, 201)
                mail.wait_for("anna@example.org")

    def test_untrusted(self):
        """email: a certificate that nobody vouches for is not good enough"""
        with lksmtp.MailServer(tls=self.certificate) as mail, \
                lkserver.Server(self.config(mail, **{"ca-file": None})) as server:
            self.assertEqual(ask(server, "anna@example.org").code, "cannot-send")

    def test_again_at_once(self):
        """email: after a failure the person may ask again at once; a wrong password is one"""
        with lksmtp.MailServer(tls=self.certificate, user="u", password="p") as mail, \
                lkserver.Server(self.config(mail, user="u", password="wrong")) as server:
            for _ in range(3):
                self.assertEqual(ask(server, "anna@example.org").code, "cannot-send")
            self.assertNotIn("wrong", server.log())
        with lksmtp.MailServer(tls=self.certificate, refuse=True) as mail, \
                lkserver.Server(self.config(mail)) as server:
            self.assertEqual(ask(server, "anna@example.org").code, "cannot-send")
            mail.refuse = False
            self.assertEqual(ask(server, "anna@example.org").status, 201)
            again = ask(server, "anna@example.org")
            self.assertEqual((again.status, again.code), (429, "too-many-requests"))
            self.assertEqual(again.headers["Retry-After"], str(again.json()["retry_after"]))

    def test_nothing_told(self):
        """asking tells nobody whether an account exists: neither the answer nor its time"""
        with lkserver.Server({"server": {"trusted-proxies": "127.0.0.1"}}) as server:
            people = [f"known{i}@example.org" for i in range(12)]
            for i, person in enumerate(people):
                server.sign_in(person, headers={"X-Forwarded-For": f"10.1.{i}.1"})
            times = {True: [], False: []}
            shapes = set()
            for i in range(12):
                for known in (True, False):
                    started = time.perf_counter()
                    answer = ask(server, people[i] if known else f"unknown{i}@example.org",
                                 X_Forwarded_For=f"10.{2 + known}.{i}.1")
                    times[known].append(time.perf_counter() - started)
                    shapes.add((answer.status, *sorted(answer.json()), answer.json()["resend_in"]))
            self.assertEqual(len(shapes), 1, shapes)
            known, unknown = (statistics.median(times[each]) for each in (True, False))
            self.assertLess(max(known, unknown), 5 * min(known, unknown) + 0.005)


class KannelTest(unittest.TestCase):
    def test_kannel(self):
        """SMS: through Kannel; the code that arrives signs in"""
        with lkkannel.Kannel() as kannel, lkserver.Server({"sms": kannel.config}) as server:
            asked = ask(server, "+4915112345678", Accept_Language="de")
            self.assertEqual(asked.status, 201, asked)
            text = kannel.wait_for_text("+4915112345678")
            self.assertIn("ist Ihr Code", text)
            self.assertEqual(check(server, asked, re.match("[0-9]{6}", text).group()).status, 201)


class Gateway(http.server.BaseHTTPRequestHandler):
    """A gateway of another kind: it wants a POST, and says 299 when it takes it."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.calls.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


class GatewayTest(unittest.TestCase):
    def test_post(self):
        """SMS: a gateway that wants a POST, and its statuses"""
        gateway = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
        gateway.calls, gateway.status = [], 299
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        self.addCleanup(gateway.server_close)
        self.addCleanup(gateway.shutdown)
        config = {"sender": "gateway", "url": f"http://127.0.0.1:{gateway.server_port}/send",
                  "body": "to={to}&text={text}&from={from}&key={password}", "password": "a&b=c", "from": "Me & you",
                  "success": "298-299", "content-type": "application/x-www-form-urlencoded"}
        with lkserver.Server({"sms": config}) as server:
            self.assertEqual(ask(server, "+4915112345678").status, 201)
            path, content_type, body = gateway.calls[0]
            fields = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
            self.assertEqual((path, content_type), ("/send", "application/x-www-form-urlencoded"))
            self.assertEqual((fields["to"], fields["key"], fields["from"]), ("+4915112345678", "a&b=c", "Me & you"))
            gateway.status = 200
            self.assertEqual(ask(server, "+4915112345679").code, "cannot-send")
            self.assertNotIn("a&b=c", server.log())


if __name__ == "__main__":
    tap.main()
