# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input through a real socket: each gets a 4xx with its stable code, and nothing is stored."""

import json
import os
import sqlite3
import struct
import time
import unittest
import zipfile

import lkserver
import tap

LIMIT = 12 * 1024 * 1024
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: {type}\r\n{more}\r\n"


class InputTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = lkserver.Server()
        cls.anna = cls.server.sign_in("anna@example.org")
        cls.ben = cls.server.sign_in("ben@example.org")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.before = self.stored()

    def stored(self):
        """Every file and every row of what publishing and sharing write."""
        files = sorted(str(path) for path in (self.server.data_dir / "blobs").rglob("*") if path.is_file())
        with sqlite3.connect(f"file:{self.server.data_dir}/likeness.sqlite?mode=ro", uri=True) as store:
            tables = [name for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                      if not name.startswith(("session", "verification", "sqlite_"))]
            rows = {name: store.execute(f"SELECT count(*) FROM {name}").fetchone() for name in sorted(tables)}
        return files, rows

    def assert_refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertEqual(self.stored(), self.before)

    def raw_head(self, length=None, token=None):
        more = "Transfer-Encoding: chunked\r\n" if length is None else f"Content-Length: {length}\r\n"
        return HEAD.format(path="/v1/pictures", token=token or self.anna.token, type=lkserver.BUNDLE_TYPE,
                           more=more + "Idempotency-Key: k\r\n").encode()

    def send_until_cut(self, connection, chunk, total):
        """Sends @chunk again and again; how much was sent before the server closed, and its answer."""
        sent = 0
        try:
            while sent < total:
                connection.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return sent, lkserver.read_all(connection)

    def test_length_too_large(self):
        """a body that says it is too large is refused before it is sent"""
        with self.server.connect() as connection:
            connection.sendall(self.raw_head(LIMIT + 1))
            answer = lkserver.read_all(connection)
        self.assertRegex(answer, rb"(?s)^HTTP/1.1 413 .*\"code\":\"too-large\"")
        self.assertEqual(self.stored(), self.before)

    def test_expect(self):
        """a client that asks first is told so"""
        with self.server.connect() as connection:
            connection.sendall(self.raw_head(LIMIT + 1).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
            self.assertRegex(lkserver.read_all(connection), rb"^HTTP/1.1 413 ")
        with self.server.connect() as connection:
            connection.sendall(self.raw_head(3).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
            self.assertRegex(connection.recv(100), rb"^HTTP/1.1 100 ")
            connection.sendall(b"zip")
            self.assertRegex(connection.recv(65536), rb"HTTP/1.1 400 ")

    def test_cut_off(self):
        """a body past its limit is cut off as it streams in"""
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        with self.server.connect() as connection:
            connection.sendall(self.raw_head())
            sent, answer = self.send_until_cut(connection, chunk, 20 * LIMIT)
        # What is sent beyond the limit is what sockets hold, and what the server reads to have its answer arrive.
        self.assertLess(sent, 2 * LIMIT)
        self.assertRegex(answer, rb"(?s)^HTTP/1.1 413 .*\"code\":\"too-large\"")
        self.assertEqual(self.stored(), self.before)

    def test_cut_off_stranger(self):
        """a body of somebody who is not signed in is not read at all"""
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        with self.server.connect() as connection:
            connection.sendall(self.raw_head(token="A" * 43))
            sent, answer = self.send_until_cut(connection, chunk, 20 * LIMIT)
        self.assertLess(sent, LIMIT)
        self.assertRegex(answer, rb"(?s)^HTTP/1.1 401 .*\"code\":\"unauthorized\"")

    def test_body_where_none_belongs(self):
        """a body where none belongs is refused"""
        self.assert_refused(self.anna.call("DELETE", "/v1/pictures/x", b"body"), 413, "too-large")

    def test_json(self):
        """malformed JSON, wrong types, unknown members, deep nesting"""
        good = {"contacts": [{"ref": "1", "identifiers": ["ben@example.org"]}]}
        contact = good["contacts"][0]
        bodies = {
            "empty": b"",
            "no JSON": b"nonsense",
            "cut off": json.dumps(good).encode()[:-1],
            "two values": b"{}{}",
            "not UTF-8": b'{"contacts": "\xff"}',
            "NUL": b'{"contacts": "\\u0000"}',
            "array": b"[]",
            "null": b"null",
            "deep": b"[" * 100000,
            "deep object": b'{"contacts":' * 5000,
            "member missing": b"{}",
            "member unknown": json.dumps({**good, "colour": "red"}).encode(),
            "member wrong": b'{"contacts": 5}',
            "element wrong": b'{"contacts": [5]}',
            "element unknown": json.dumps({"contacts": [{**contact, "name": "Ben"}]}).encode(),
            "ref wrong": json.dumps({"contacts": [{**contact, "ref": 1}]}).encode(),
            "ref empty": json.dumps({"contacts": [{**contact, "ref": ""}]}).encode(),
            "ref long": json.dumps({"contacts": [{**contact, "ref": "x" * 65}]}).encode(),
            "ref twice": json.dumps({"contacts": [contact, contact]}).encode(),
            "identifiers wrong": json.dumps({"contacts": [{**contact, "identifiers": "ben@example.org"}]}).encode(),
            "identifier wrong": json.dumps({"contacts": [{**contact, "identifiers": [None]}]}).encode(),
            "too many": json.dumps({"contacts": [{"ref": str(i), "identifiers": []} for i in range(10001)]}).encode(),
        }
        etag = self.anna.get("/v1/contacts").headers["ETag"]
        for name, body in bodies.items():
            with self.subTest(name):
                answer = self.anna.call("PUT", "/v1/contacts", body,
                                        {"If-Match": etag, "Content-Type": "application/json"})
                self.assertIn(answer.code, ("bad-request", "invalid-identifier", "too-large", "conflict"), answer)
                self.assertIn(answer.status // 100, (4,), answer)
                self.assertEqual(self.stored(), self.before)

    def test_sign_in_json(self):
        """what is sent to sign in is as strictly read"""
        for path in ("/v1/verifications", "/v1/verifications/nothing/check"):
            for body in (b"", b"{", b"[]", b'{"identifier": null}', b'{"identifier": {}}', b'{"code": 5, "device": "d"}',
                         b'{"identifier": "a@example.org", "more": 1}', b'{"code": "123456", "device": ""}'):
                with self.subTest(path + repr(body)):
                    answer = self.server.client().call("POST", path, body, {"Content-Type": "application/json"})
                    self.assert_refused(answer, 400, "bad-request")
        for identifier in ("", "anna", "+12", "0151123456", "a@b@c", "@example.org", "a\r\nBcc: b@example.org", "x" * 300):
            with self.subTest(identifier):
                answer = self.server.client().call("POST", "/v1/verifications", {"identifier": identifier})
                self.assertIn(answer.code, ("invalid-identifier", "bad-request"), answer)

    def publish(self, bundle):
        return self.anna.publish(bundle)

    def entries(self, **changes):
        """The entries of a good bundle, and its manifest, to be spoilt."""
        photo = lkserver.make_jpeg()
        manifest = lkserver.make_manifest([lkserver.rendition("photo", photo, 720, 720)], **changes)
        return manifest, photo

    def pack(self, manifest, *files):
        return lkserver.make_zip([("manifest.json", json.dumps(manifest).encode(), zipfile.ZIP_DEFLATED)]
                                 + [(name, data, zipfile.ZIP_STORED) for name, data in files])

    def test_bundle(self):
        """a bundle that breaks the format"""
        manifest, photo = self.entries()
        rendition = manifest["renditions"][0]
        good = self.pack(manifest, ("photo.jpg", photo))
        motion = lkserver.rendition("motion", photo, 480, 480, "image/webp")

        def spoil(**changes):
            return self.pack({**manifest, "renditions": [{**rendition, **changes}]}, ("photo.jpg", photo))

        link = zipfile.ZipInfo("photo.jpg")
        link.external_attr = 0o120777 << 16
        bundles = {
            "empty": b"",
            "no ZIP": b"PK nonsense",
            "cut off": good[:-30],
            "appended to": good + b"x",
            "no manifest": lkserver.make_zip([("photo.jpg", photo, zipfile.ZIP_STORED)]),
            "no photo": self.pack({**manifest, "renditions": []}),
            "file missing": self.pack(manifest),
            "file unknown": self.pack(manifest, ("photo.jpg", photo), ("more.jpg", photo)),
            "traversal": self.pack(manifest, ("../photo.jpg", photo)),
            "absolute": self.pack(manifest, ("/photo.jpg", photo)),
            "folder": self.pack(manifest, ("photo.jpg/", b""), ("photo.jpg", photo)),
            "size that lies": spoil(bytes=len(photo) + 1),
            "hash that lies": spoil(sha256="0" * 64),
            "width that lies": spoil(width=719),
            "type that lies": spoil(type="image/webp"),
            "name unknown": spoil(name="poster"),
            "no JPEG": self.pack({**manifest, "renditions": [lkserver.rendition("photo", b"x" * 500, 720, 720)]},
                                 ("photo.jpg", b"x" * 500)),
            "still with motion": self.pack({**manifest, "renditions": [rendition, motion]}, ("photo.jpg", photo),
                                           ("motion.webp", photo)),
            "expired": self.pack({**manifest, "expires": "2001-01-01T00:00:00Z"}, ("photo.jpg", photo)),
            "kind unknown": self.pack({**manifest, "kind": "poem"}, ("photo.jpg", photo)),
            "member unknown": self.pack({**manifest, "colour": "red"}, ("photo.jpg", photo)),
            "audience unknown": self.pack({**manifest, "audience": {"kind": "friends"}}, ("photo.jpg", photo)),
            "version unknown": self.pack({**manifest, "version": 2}, ("photo.jpg", photo)),
            "alt too long": self.pack({**manifest, "alt": "x" * 2001}, ("photo.jpg", photo)),
            "link": self.pack_link(manifest),
            "duplicate": self.pack_duplicate(manifest, photo),
            "bomb": lkserver.make_zip([("manifest.json", b" " * 900000, zipfile.ZIP_DEFLATED),
                                       ("photo.jpg", photo, zipfile.ZIP_STORED)]),
            "uncompressed size that lies": self.lie_in_directory(good),
        }
        for name, bundle in bundles.items():
            with self.subTest(name):
                self.assert_refused(self.publish(bundle), 400, "invalid-bundle")
        for name, photo in {"too many pixels": lkserver.make_jpeg(721, 720),
                            "too many bytes": lkserver.make_jpeg(size=224 * 1024 + 1)}.items():
            with self.subTest(name):
                width = 721 if "pixels" in name else 720
                manifest = lkserver.make_manifest([lkserver.rendition("photo", photo, width, 720)])
                self.assert_refused(self.publish(self.pack(manifest, ("photo.jpg", photo))), 400, "invalid-bundle")

    def pack_link(self, manifest):
        target = b"/etc/passwd"
        data = self.pack({**manifest, "renditions": [lkserver.rendition("photo", target, 720, 720)]},
                         ("photo.jpg", target))
        # The mode stands in the upper half of the external attributes, 38 bytes into the central directory's entry.
        place = data.rindex(b"PK\x01\x02") + 38
        return data[:place] + struct.pack("<I", 0o120777 << 16) + data[place + 4:]

    def pack_duplicate(self, manifest, photo):
        data = self.pack(manifest, ("photo.jpg", photo), ("photo.jpx", photo))
        return data.replace(b"photo.jpx", b"photo.jpg")

    def lie_in_directory(self, bundle):
        place = bundle.rindex(b"PK\x01\x02") + 24
        size, = struct.unpack_from("<I", bundle, place)
        return bundle[:place] + struct.pack("<I", size + 1) + bundle[place + 4:]

    def test_wrong_owner(self):
        """a bundle of somebody else's"""
        self.assert_refused(self.publish(lkserver.make_bundle(owner="ben@example.org")), 403, "wrong-owner")

    def test_keys(self):
        """idempotency keys of another form"""
        for key in ("", "x" * 129, "a b", "ä".encode().decode("latin-1")):
            with self.subTest(key):
                self.assert_refused(self.anna.publish(lkserver.make_bundle(), key=key), 400, "bad-request")

    def test_paths(self):
        """paths and methods that there are not"""
        for path in ("/", "/v1", "/v1/", "/v1/pictures/", "/v1/pictures/x/y/z", "/v2/account",
                     "/v1/account/", "/v1/pictures/..%2f..%2fetc/photo", "/v1/pictures/%00/photo",
                     "/v1/pictures/" + "x" * 65 + "/photo", "/v1/pictures/x/photo.jpg"):
            with self.subTest(path):
                self.assert_refused(self.anna.call("GET", path), 404, "not-found")
        answer = self.anna.call("PUT", "/v1/account", {})
        self.assert_refused(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["Allow"], "GET, DELETE")
        self.assert_refused(self.anna.call("BREW", "/v1/account"), 405, "method-not-allowed")

    def test_hidden(self):
        """a picture outside the audience is answered like one that is not there"""
        published = self.anna.publish(lkserver.make_bundle())
        self.assertEqual(published.status, 201, published)
        picture = published.json()["id"]
        answers = []
        for each in (picture, "0" * len(picture)):
            answer = self.ben.get(f"/v1/pictures/{each}/photo")
            headers = [(name, value) for name, value in answer.headers.items() if name != "Date"]
            answers.append((answer.status, headers, answer.body))
        self.assertEqual(answers[0][0], 404)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(self.anna.get(f"/v1/pictures/{picture}/photo").status, 200)

    def test_tokens(self):
        """tokens that are none"""
        for value in ("", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer " + "x" * 43, "Bearer " + "x" * 5000):
            with self.subTest(value):
                answer = self.server.client().call("GET", "/v1/account", headers={"Authorization": value})
                self.assert_refused(answer, 401, "unauthorized")

    def test_malformed_requests(self):
        """what is no HTTP is refused, and the server goes on"""
        for data in (b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /v1/account HTTP/1.1\r\n\r\n", b"\x16\x03\x01",
                     b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /v1/pictures HTTP/1.1\r\nHost: x\r\n"
                     b"Transfer-Encoding: rot13\r\n\r\n"):
            with self.subTest(repr(data)):
                with self.server.connect() as connection:
                    connection.sendall(data)
                    connection.shutdown(1)
                    answer = lkserver.read_all(connection)
                if answer:
                    self.assertRegex(answer, rb"^HTTP/1.[01] (400|501|505) ")
        self.assertEqual(self.server.client().get("/healthz").status, 200)

    def test_endless_headers(self):
        """headers without end do not fill the memory"""
        with self.server.connect() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            line = b"X-Filler: " + b"x" * 8000 + b"\r\n"
            before = self.resident()
            deadline = time.monotonic() + 5
            try:
                for _ in range(20000):
                    connection.sendall(line)
                    if time.monotonic() > deadline:
                        break
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(self.resident() - before, 32 * 1024 * 1024)
        self.assertEqual(self.server.client().get("/healthz").status, 200)

    def resident(self):
        with open(f"/proc/{self.server.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    tap.main()
