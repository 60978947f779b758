# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mail server (aiosmtpd) in this process, and certificates for it.

    with lksmtp.MailServer(user="u", password="p", tls=certificate) as mail:
        … mail.wait_for("anna@example.org")
"""

import email
import email.policy
import pathlib
import ssl
import subprocess
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

TIMEOUT = 30


class Certificate:
    """A certificate for localhost that it signed itself, in @directory."""

    def __init__(self, directory):
        self.certificate = pathlib.Path(directory) / "certificate.pem"
        self.key = pathlib.Path(directory) / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True, timeout=TIMEOUT)
        self.key.chmod(0o600)

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class _AnyPortController(Controller):
    """Its own start tries to reach the port that it was told, which is 0 here."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """Takes mail on a free port of 127.0.0.1. With @tls it offers STARTTLS; with @user it asks for a password."""

    def __init__(self, tls=None, user=None, password=None, refuse=False):
        self.messages = []
        self.sessions = []
        self.refuse = refuse
        self._changed = threading.Condition()
        self._user = user
        self._password = password
        options = {}
        if tls is not None:
            options.update(tls_context=tls.server_context(), require_starttls=False)
        if user is not None:
            options.update(authenticator=self._authenticate, auth_required=True, auth_require_tls=tls is not None)
        self._controller = _AnyPortController(self, hostname="127.0.0.1", port=0, **options)

    def _authenticate(self, server, session, envelope, mechanism, data):
        good = (data.login.decode(), data.password.decode()) == (self._user, self._password)
        return AuthResult(success=good, handled=good)

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 4.3.0 try again later"
        with self._changed:
            self.messages.append((envelope.rcpt_tos,
                                  email.message_from_bytes(envelope.content, policy=email.policy.default)))
            self.sessions.append((session.ssl is not None, bool(session.authenticated)))
            self._changed.notify_all()
        return "250 OK"

    def __enter__(self):
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(self, *exception):
        self._controller.stop()

    def wait_for(self, address):
        """Waits for a message to @address that was not waited for yet, and takes it."""
        deadline = time.monotonic() + TIMEOUT
        with self._changed:
            while True:
                for i, (recipients, message) in enumerate(self.messages):
                    if address in recipients:
                        del self.messages[i]
                        return message
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no mail to {address}")
