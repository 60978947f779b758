# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads: conditions, ranges, and that whatever ends a right to a picture ends it at once."""

import unittest

import lkserver
import tap


class RenditionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = lkserver.Server()
        cls.anna = cls.server.sign_in("anna@example.org")
        cls.ben = cls.server.sign_in("+4915112345678")
        cls.anna.share({"ben": ["+4915112345678"]})
        cls.ben.share({"anna": ["anna@example.org"]})

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.photo = lkserver.make_jpeg()
        published = self.anna.publish(lkserver.make_bundle(photo=self.photo))
        self.assertEqual(published.status, 201, published)
        self.picture = published.json()["id"]
        self.path = f"/v1/pictures/{self.picture}/photo"

    def tearDown(self):
        self.anna.call("DELETE", f"/v1/pictures/{self.picture}")

    def ask(self, status, client=None, method="GET", path=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = (client or self.ben).call(method, path or self.path, headers=headers)
        self.assertEqual(answer.status, status, answer)
        return answer

    def test_whole(self):
        """the bytes, with what a cache needs to know"""
        answer = self.ask(200)
        self.assertEqual(answer.body, self.photo)
        self.assertEqual(answer.headers["Content-Type"], "image/jpeg")
        self.assertEqual(answer.headers["Content-Length"], str(len(self.photo)))
        self.assertEqual(answer.headers["Accept-Ranges"], "bytes")
        self.assertIn("private", answer.headers["Cache-Control"])
        head = self.ask(200, method="HEAD")
        self.assertEqual(head.body, b"")
        self.assertEqual(head.headers["Content-Length"], str(len(self.photo)))

    def test_conditions(self):
        """If-None-Match, from the store and from memory"""
        etag = self.ask(200).headers["ETag"]
        for value in (etag, f'"x", {etag}', f"W/{etag}", "*"):
            answer = self.ask(304, If_None_Match=value)
            self.assertEqual((answer.body, answer.headers["ETag"]), (b"", etag))
        for value in ('"x"', etag[:-2] + '"', "nonsense", ""):
            self.assertEqual(self.ask(200, If_None_Match=value).body, self.photo)

    def test_ranges(self):
        """ranges: one, from the end, several, too many, not there, of another version"""
        size = len(self.photo)
        for value, first, last in (("bytes=0-9", 0, 9), ("bytes=990-", 990, size - 1), ("bytes=-5", size - 5, size - 1),
                                   ("bytes=5-99999", 5, size - 1), ("bytes=-99999", 0, size - 1)):
            answer = self.ask(206, Range=value)
            self.assertEqual(answer.body, self.photo[first:last + 1])
            self.assertEqual(answer.headers["Content-Range"], f"bytes {first}-{last}/{size}")
        several = self.ask(206, Range="bytes=0-9, 20-29")
        boundary = several.headers.get_param("boundary").encode()
        parts = several.body.split(b"--" + boundary)
        self.assertEqual(parts[1].partition(b"\r\n\r\n")[2], self.photo[0:10] + b"\r\n")
        self.assertIn(b"Content-Range: bytes 20-29/%d\r\n" % size, parts[2])
        self.assertEqual(parts[3], b"--\r\n")
        for value in ("bytes=1000-", "bytes=-0", "bytes=5000-6000"):
            self.assertEqual(self.ask(416, Range=value).headers["Content-Range"], f"bytes */{size}")
        for value in ("bytes=", "bytes=a-b", "bytes=9-0", "lines=1-2", "bytes=0-,0-", "bytes=" + "0-0," * 20 + "1-1"):
            self.assertEqual(self.ask(200, Range=value).body, self.photo)
        etag = self.ask(200).headers["ETag"]
        self.ask(206, Range="bytes=0-9", If_Range=etag)
        self.assertEqual(self.ask(200, Range="bytes=0-9", If_Range='"x"').body, self.photo)
        self.assertEqual(self.ask(200, method="HEAD", Range="bytes=0-9").headers["Content-Length"], str(size))

    def test_range_elsewhere(self):
        """a range of anything else is the whole of it"""
        self.assertEqual(self.ask(200, path="/v1/account", Range="bytes=0-1").json()["identifiers"], ["+4915112345678"])

    def test_withdraw(self):
        """withdrawn is gone at once"""
        self.ask(200)
        self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{self.picture}").status, 204)
        self.ask(404)
        self.ask(404, self.anna)

    def test_audience(self):
        """out of the audience is out at once, and back in"""
        self.ask(200)
        path = f"/v1/pictures/{self.picture}"
        self.anna.call("PATCH", path, {"audience": {"kind": "except", "refs": ["ben"]}})
        self.ask(404)
        self.ask(200, self.anna)
        self.anna.call("PATCH", path, {"audience": {"kind": "only", "refs": ["ben"]}})
        self.ask(200)

    def test_order(self):
        """of several pictures a reader gets the first that takes them"""
        self.ask(200)
        other = self.anna.publish(lkserver.make_bundle()).json()["id"]
        self.ask(404)
        self.ask(200, path=f"/v1/pictures/{other}/photo")
        self.assertEqual(self.anna.call("PATCH", f"/v1/pictures/{other}", {"position": 1}).status, 200)
        self.ask(200)
        self.ask(404, path=f"/v1/pictures/{other}/photo")
        self.anna.call("DELETE", f"/v1/pictures/{other}")

    def test_contacts(self):
        """who leaves the owner's address book, or drops the owner from theirs, loses the picture at once"""
        self.ask(200)
        self.anna.share({})
        self.ask(404)
        self.anna.share({"ben": ["+4915112345678"]})
        self.ask(200)
        self.ben.share({})
        self.ask(404)
        self.ben.share({"anna": ["anna@example.org"]})
        self.ask(200)

    def test_sign_out(self):
        """a token that was signed out is worth nothing at once"""
        other = self.server.sign_in("carl@example.org")
        self.anna.share({"ben": ["+4915112345678"], "carl": ["carl@example.org"]})
        other.share({"anna": ["anna@example.org"]})
        self.ask(200, other)
        self.assertEqual(other.call("DELETE", "/v1/sessions/current").status, 204)
        self.ask(401, other)
        self.anna.share({"ben": ["+4915112345678"]})

    def test_erase(self):
        """an erased account's pictures are gone at once"""
        dora = self.server.sign_in("dora@example.org")
        dora.share({"ben": ["+4915112345678"]})
        self.ben.share({"anna": ["anna@example.org"], "dora": ["dora@example.org"]})
        picture = dora.publish(lkserver.make_bundle()).json()["id"]
        self.ask(200, path=f"/v1/pictures/{picture}/photo")
        self.assertEqual(dora.call("DELETE", "/v1/account").status, 204)
        self.ask(404, path=f"/v1/pictures/{picture}/photo")
        self.ask(401, dora)

    def test_same_key(self):
        """a publish that is sent again gives the same picture"""
        bundle = lkserver.make_bundle()
        first = self.anna.publish(bundle, key="same")
        self.assertEqual(self.anna.publish(bundle, key="same").body, first.body)
        again = self.anna.publish(lkserver.make_bundle(), key="same")
        self.assertEqual((again.status, again.code), (409, "conflict"))
        self.assertEqual(len(self.anna.get("/v1/pictures").json()["pictures"]), 2)
        self.anna.call("DELETE", f"/v1/pictures/{first.json()['id']}")

    def test_keep_alive(self):
        """many requests over one connection"""
        connection = self.ben.connect()
        for _ in range(50):
            self.assertEqual(self.ben.call("GET", self.path, connection=connection).body, self.photo)
        connection.close()


if __name__ == "__main__":
    tap.main()
