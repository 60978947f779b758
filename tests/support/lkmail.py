# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server (aiosmtpd) on loopback which keeps what it receives.

    with lkmail.MailServer() as mail:
        …
        code = mail.wait_for_code("anna@example.org")
"""

import email
import email.policy
import re
import threading
import time

from aiosmtpd.controller import Controller

TIMEOUT = 30


class _Handler:
    def __init__(self, take):
        self._take = take

    async def handle_DATA(self, server, session, envelope):
        self._take(envelope.rcpt_tos, envelope.content)
        return "250 OK"


class _Controller(Controller):
    """Like Controller, for port 0: it has to ask for the port which it got before it can try it."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    def __init__(self):
        self._changed = threading.Condition()
        self._messages = []
        self._controller = _Controller(_Handler(self._take), hostname="127.0.0.1", port=0)

    def _take(self, recipients, content):
        message = email.message_from_bytes(content, policy=email.policy.default)
        with self._changed:
            self._messages.append((recipients, message))
            self._changed.notify_all()

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *exception):
        self._controller.stop()

    @property
    def port(self):
        return self._controller.port

    @property
    def config(self):
        """The server's group for it."""
        return {"sender": "smtp", "host": "127.0.0.1", "port": self.port, "security": "none",
                "from": "Likeness <codes@example.org>"}

    def wait_for_message(self, recipient):
        """The oldest message to @recipient that was not asked for yet."""
        deadline = time.monotonic() + TIMEOUT
        with self._changed:
            while True:
                for i, (recipients, message) in enumerate(self._messages):
                    if recipient in recipients:
                        del self._messages[i]
                        return message
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no mail to {recipient}")
                self._changed.wait(left)

    def wait_for_code(self, recipient):
        text = self.wait_for_message(recipient).get_body(("plain",)).get_content()
        return re.search(r"\b([0-9]{6})\b", text).group(1)
