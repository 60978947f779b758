# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the real likeness-server on a free port with a private data folder, and speaks to it.

    with lkserver.Server() as server:
        anna = server.sign_in("anna@example.org")
        anna.publish(lkserver.make_bundle())
"""

import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import uuid
import zipfile
from urllib.parse import urlsplit

# Nothing here takes longer, not even on a slow machine with sanitizers.
TIMEOUT = 30
BUNDLE_TYPE = "application/vnd.likeness.bundle+zip"


def find_program():
    """The server under test: $LK_SERVER_PROGRAM, or that of the build folder."""
    if "LK_SERVER_PROGRAM" in os.environ:
        return os.environ["LK_SERVER_PROGRAM"]
    return os.path.join(os.environ["LK_BUILD_DIR"], "src", "server", "likeness-server")


def locale_dir():
    """Where the build leaves the translations."""
    return os.path.join(os.environ.get("LK_BUILD_DIR", "/nonexistent"), "po")


def read_all(connection):
    """Everything that comes until the other side closes."""
    data = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not more:
            return data
        data += more


class Answer:
    """What a server answered."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a problem, or None."""
        if self.headers.get_content_type() != "application/problem+json":
            return None
        return self.json()["code"]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    """A caller, signed in where it has a token. Each call uses a connection of its own."""

    def __init__(self, address, token=None, context=None):
        self.address = address
        self.token = token
        self.context = context

    def connect(self):
        parts = urlsplit(self.address)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=self.context)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)

    def call(self, method, path, body=None, headers=None, connection=None):
        """One request. A body that is neither bytes nor None is sent as JSON."""
        all_headers = {}
        if self.token is not None:
            all_headers["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        used = connection or self.connect()
        try:
            # Apart from the request: where this is reset, there is no answer to read.
            if used.sock is None:
                used.connect()
            try:
                used.request(method, path, body=body, headers=all_headers)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
                pass  # It answered, and closed, before it had all of the body.
            response = used.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            if connection is None:
                used.close()

    def get(self, path, **headers):
        return self.call("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def publish(self, bundle, key=None, **headers):
        return self.call("POST", "/v1/pictures", bundle,
                         {"Content-Type": BUNDLE_TYPE, "Idempotency-Key": str(uuid.uuid4()) if key is None else key, **headers})

    def begin_publish(self, bundle):
        """Sends half of a publish; its socket, once the server has begun to read."""
        parts = urlsplit(self.address)
        connection = socket.create_connection((parts.hostname, parts.port), TIMEOUT)
        connection.sendall((f"POST /v1/pictures HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
                            f"Content-Type: {BUNDLE_TYPE}\r\nIdempotency-Key: {uuid.uuid4()}\r\nExpect: 100-continue\r\n"
                            f"Content-Length: {len(bundle)}\r\n\r\n").encode())
        line = connection.recv(100)
        if not line.startswith(b"HTTP/1.1 100 "):
            raise AssertionError(f"not welcome: {line!r}")
        connection.sendall(bundle[:len(bundle) // 2])
        return connection

    def share(self, contacts):
        """Replaces the shared address book: {ref: [identifier, …]}."""
        etag = self.get("/v1/contacts").headers["ETag"]
        wire = [{"ref": ref, "identifiers": identifiers} for ref, identifiers in contacts.items()]
        return self.call("PUT", "/v1/contacts", {"contacts": wire}, {"If-Match": etag})

    def feed(self, cursor=None):
        return self.get("/v1/feed" + (f"?cursor={cursor}" if cursor else "")).json()


class Server:
    """A running server. @config: {group: {key: value}} beside the console senders that are the default.

    @on_line: called with each line of its standard output, on a thread of its own.
    """

    def __init__(self, config=None, data_dir=None, start=True, on_line=None):
        self._on_line = on_line
        self._scratch = pathlib.Path(tempfile.mkdtemp(prefix="lkserver-"))
        self.data_dir = pathlib.Path(data_dir) if data_dir else self._scratch / "data"
        self.config_path = self._scratch / "server.conf"
        self.log_path = self._scratch / "log"
        self.address = None
        self.context = None
        self._process = None
        self._lines = []
        self._changed = threading.Condition()
        self.configure(config)
        if start:
            self.start()

    def configure(self, config=None):
        groups = {"server": {"locale-dir": locale_dir()}, "email": {"sender": "console"}, "sms": {"sender": "console"}}
        for group, keys in (config or {}).items():
            groups.setdefault(group, {}).update(keys)
        text = "".join(f"[{group}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()) + "\n"
                       for group, keys in groups.items())
        self.config_path.touch(mode=0o600)
        self.config_path.write_text(text)
        certificate = groups.get("tls", {}).get("certificate")
        if certificate:
            self.context = ssl.create_default_context(cafile=certificate)

    def start(self, port=0):
        """Starts it and returns once it listens."""
        environment = dict(os.environ)
        # A warning of the server's is what the operator reads when a gateway is down; a critical one is a bug.
        environment["G_DEBUG"] = "fatal-criticals"
        self._lines = []
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                [find_program(), "--config", self.config_path, "--data-dir", self.data_dir,
                 "--listen", f"127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment)
        threading.Thread(target=self._read_lines, args=(self._process, self._lines), daemon=True).start()
        line = self.wait_for_line(r"listening on (\S+)")
        self.address = line.group(1)
        if self.context:
            self.address = self.address.replace("127.0.0.1", "localhost")

    def _read_lines(self, process, lines):
        # Its own list: the thread of a server that has ended must not tell the next one's reader of an end.
        for line in process.stdout:
            text = line.decode().rstrip("\n")
            if self._on_line:
                self._on_line(text)
            with self._changed:
                lines.append(text)
                self._changed.notify_all()
        with self._changed:
            lines.append(None)
            self._changed.notify_all()

    def wait_for_line(self, pattern, timeout=TIMEOUT):
        """Waits for a line on stdout that was not waited for yet, and takes it."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for i, line in enumerate(self._lines):
                    match = line is not None and re.fullmatch(pattern, line)
                    if match:
                        del self._lines[i]
                        return match
                left = deadline - time.monotonic()
                if None in self._lines or left <= 0:
                    raise TimeoutError(f"no line {pattern!r} from the server; its log:\n{self.log()}")
                self._changed.wait(left)

    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def pid(self):
        return self._process.pid

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, timeout=TIMEOUT):
        """Waits until it has ended; its status."""
        return self._process.wait(timeout)

    def stop(self):
        """Stops it as an operator would; its status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(TIMEOUT + 10)
        finally:
            self.kill()

    def kill(self):
        """Ends it at once, with no chance to tidy up."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait(TIMEOUT)
            self._process.stdout.close()
            self._process = None

    def close(self):
        """Ends it; a test in which it ended by itself before, and badly, has failed, whatever else it saw."""
        status = self._process.poll() if self._process else None
        log = self.log() if status else ""
        self.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)
        if status:
            raise AssertionError(f"the server had ended with status {status}; its log:\n{log}")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def connect(self):
        """A socket that is connected to it."""
        parts = urlsplit(self.address)
        return socket.create_connection((parts.hostname, parts.port), TIMEOUT)

    def client(self, token=None):
        return Client(self.address, token, self.context)

    def code_for(self, identifier):
        """The code that the console sender printed."""
        return self.wait_for_line(f"code for {re.escape(identifier)}: ([0-9]+)").group(1)

    def sign_in(self, identifier, device="Test", headers=None):
        """Signs a person in with a code from the console; a Client that holds the token."""
        client = self.client()
        asked = client.call("POST", "/v1/verifications", {"identifier": identifier}, headers)
        if asked.status != 201:
            raise AssertionError(f"no code: {asked}")
        checked = client.call("POST", f"/v1/verifications/{asked.json()['id']}/check",
                              {"code": self.code_for(identifier), "device": device})
        if checked.status != 201:
            raise AssertionError(f"not signed in: {checked}")
        client.token = checked.json()["token"]
        client.account = checked.json()["account"]["id"]
        client.session = checked.json()["session"]["id"]
        return client


def make_jpeg(width=720, height=720, size=1000, seed=None):
    """A file that is JPEG by its headers: what the server looks at. @size in bytes, at least."""
    seed = seed if seed is not None else uuid.uuid4().bytes
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    head = (b"\xff\xd8" + b"\xff\xfe" + struct.pack(">H", len(seed) + 2) + seed
            + b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
            + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00")
    return head + bytes(max(0, size - len(head) - 2)) + b"\xff\xd9"


def rendition(name, data, width, height, media_type="image/jpeg", duration=0):
    return {"name": name, "type": media_type, "width": width, "height": height, "duration": duration,
            "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def make_manifest(renditions, owner="", audience=None, expires=None, alt="A face", kind="still"):
    manifest = {"version": 1, "owner": owner, "kind": kind, "alt": alt, "created": "2026-01-02T03:04:05Z",
                "renditions": renditions}
    if audience is not None:
        manifest["audience"] = audience
    if expires is not None:
        manifest["expires"] = expires
    return manifest


def make_zip(entries):
    """@entries: (name, bytes, compression) in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data, compression in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def make_bundle(photo=None, thumbnail=None, **manifest):
    """A bundle of a still; keywords as of make_manifest()."""
    photo = photo or make_jpeg()
    thumbnail = thumbnail or make_jpeg(96, 96, 500)
    described = make_manifest([rendition("photo", photo, 720, 720), rendition("thumbnail", thumbnail, 96, 96)],
                              **manifest)
    return make_zip([("manifest.json", json.dumps(described).encode(), zipfile.ZIP_DEFLATED),
                     ("photo.jpg", photo, zipfile.ZIP_STORED), ("thumbnail.jpg", thumbnail, zipfile.ZIP_STORED)])
