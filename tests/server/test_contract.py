# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds every answer of the running server against data/api/openapi.yaml, and sees to it that each one that the contract
names is given."""

import os
import pathlib
import re
import unittest

import jsonschema
import yaml

import lkserver
import tap

CONTRACT = pathlib.Path(os.environ["LK_SOURCE_DIR"], "data", "api", "openapi.yaml")

# Overload, a full disk, draining and a broken parser's input cannot be had at each call: they come before a route is
# chosen, or out of the store. test_connections.py, test_input.py and test_life.py show them where they can be had.
NOT_EXERCISED = {"503": None, "400": {("get", "/healthz"), ("get", "/metrics")}}


class Contract:
    """The description, with its references followed."""

    def __init__(self):
        self._root = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
        self.missing = set()
        for path, item in self._root["paths"].items():
            for method, operation in item.items():
                if method == "parameters":
                    continue
                for status in operation["responses"]:
                    self.missing.add((method, path, status))
        self._all = set(self.missing)

    def _follow(self, node):
        while "$ref" in node:
            target = self._root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _find_path(self, method, path):
        for pattern, item in self._root["paths"].items():
            expression = re.sub(r"\{[^}]*\}", "[^/]+", pattern)
            if method in item and re.fullmatch(expression, path) and not (
                    path.endswith("/deliveries") and pattern.endswith("{rendition}")):
                return pattern
        raise AssertionError(f"{method} {path} is not in the contract")

    def check(self, method, path, answer):
        """Fails unless the answer is one that the contract describes; notes that it was given."""
        method, status = method.lower(), str(answer.status)
        pattern = self._find_path(method, path.split("?")[0])
        responses = self._root["paths"][pattern][method]["responses"]
        if status not in responses:
            raise AssertionError(f"{method} {pattern} answered {answer}, which the contract does not know")
        response = self._follow(responses[status])
        for name, header in response.get("headers", {}).items():
            header = self._follow(header)
            if answer.headers[name] is None:
                raise AssertionError(f"{method} {pattern} {status} lacks {name}")
            self._validate(answer.headers[name], header["schema"])
        self._check_body(method, response.get("content"), answer)
        self.missing.discard((method, pattern, status))

    def _check_body(self, method, content, answer):
        if content is None or method == "head":
            if answer.body:
                raise AssertionError(f"a body where none should be: {answer}")
            return
        media_type = answer.headers.get_content_type()
        described = content.get(media_type) or content.get("*/*")
        if described is None:
            raise AssertionError(f"{media_type} is none of {list(content)}")
        if media_type.endswith("json"):
            self._validate(answer.json(), described["schema"])

    def _validate(self, value, schema):
        schema = {**schema, "components": self._root["components"]}
        jsonschema.Draft202012Validator(
            schema, resolver=jsonschema.RefResolver("", schema),
            format_checker=jsonschema.FormatChecker()).validate(value)

    def left(self):
        return {each for each in self.missing
                if not (each[2] in NOT_EXERCISED
                        and (NOT_EXERCISED[each[2]] is None or each[:2] in NOT_EXERCISED[each[2]]))}


class ContractTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()
        cls.server = lkserver.Server({"server": {"trusted-proxies": "127.0.0.1"}})
        cls.anna = cls.server.sign_in("anna@example.org")
        cls.ben = cls.server.sign_in("+4915112345678")
        cls.stranger = cls.server.client("A" * 43)
        cls.nobody = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def call(self, status, client, method, path, body=None, headers=None):
        answer = client.call(method, path, body, headers)
        self.assertEqual(answer.status, status, answer)
        self.contract.check(method, path, answer)
        return answer

    def test_verifications(self):
        """verifications: asking for a code"""
        path = "/v1/verifications"
        self.call(201, self.nobody, "POST", path, {"identifier": "carl@example.org"})
        self.call(429, self.nobody, "POST", path, {"identifier": "carl@example.org"})
        self.call(400, self.nobody, "POST", path, {"identifier": "nothing"})
        self.call(400, self.nobody, "POST", path, {"identifier": 5})
        self.call(413, self.nobody, "POST", path, {"identifier": "x" * 2000000})
        self.call(415, self.nobody, "POST", path, b"identifier=x", {"Content-Type": "application/x-www-form-urlencoded"})

    def test_check(self):
        """verifications: exchanging a code"""
        asked = self.call(201, self.nobody, "POST", "/v1/verifications", {"identifier": "dora@example.org"}).json()
        code = self.server.code_for("dora@example.org")
        wrong = "000000" if code != "000000" else "111111"
        path = f"/v1/verifications/{asked['id']}/check"
        self.call(400, self.nobody, "POST", path, {"code": code})
        self.call(413, self.nobody, "POST", path, {"code": code, "device": "x" * 2000000})
        self.call(415, self.nobody, "POST", path, b"{}", {"Content-Type": "text/plain"})
        self.call(422, self.nobody, "POST", path, {"code": wrong, "device": "d"})
        self.call(201, self.nobody, "POST", path, {"code": code, "device": "d"})
        self.call(410, self.nobody, "POST", path, {"code": code, "device": "d"})

    def test_check_too_often(self):
        """verifications: guessing must wait"""
        asked = self.call(201, self.nobody, "POST", "/v1/verifications", {"identifier": "emil@example.org"}).json()
        code = self.server.code_for("emil@example.org")
        wrong = "000000" if code != "000000" else "111111"
        statuses = [self.nobody.call("POST", f"/v1/verifications/{asked['id']}/check", {"code": wrong, "device": "d"})
                    for _ in range(4)]
        self.assertEqual([each.status for each in statuses], [422, 422, 422, 429])
        for each in statuses:
            self.contract.check("POST", f"/v1/verifications/{asked['id']}/check", each)

    def test_account(self):
        """account: reading and erasing"""
        self.call(200, self.anna, "GET", "/v1/account")
        self.call(401, self.nobody, "GET", "/v1/account")
        self.call(401, self.stranger, "GET", "/v1/account")
        self.call(401, self.stranger, "DELETE", "/v1/account")
        gone = self.server.sign_in("gone@example.org")
        self.call(204, gone, "DELETE", "/v1/account")
        self.call(401, gone, "GET", "/v1/account")

    def test_identifiers(self):
        """account: another identifier"""
        path = "/v1/account/identifiers"
        fred = self.server.sign_in("fred@example.org")

        def ask(identifier):
            asked = self.nobody.call("POST", "/v1/verifications", {"identifier": identifier},
                                     {"X-Forwarded-For": "192.0.2.77"})
            self.assertEqual(asked.status, 201, asked)
            return asked.json()["id"], self.server.code_for(identifier)

        verification, code = ask("+4915199999999")
        wrong = "000000" if code != "000000" else "111111"
        self.call(401, self.nobody, "POST", path, {"verification": verification, "code": code})
        self.call(400, fred, "POST", path, {"verification": verification})
        self.call(413, fred, "POST", path, {"verification": verification, "code": "x" * 2000000})
        self.call(415, fred, "POST", path, b"{}", {"Content-Type": "text/plain"})
        self.call(422, fred, "POST", path, {"verification": verification, "code": wrong})
        account = self.call(200, fred, "POST", path, {"verification": verification, "code": code}).json()
        self.assertEqual(account["identifiers"], ["fred@example.org", "+4915199999999"])
        self.call(410, fred, "POST", path, {"verification": verification, "code": code})
        verification, code = ask("anna@example.org")
        self.call(409, fred, "POST", path, {"verification": verification, "code": code})
        verification, code = ask("fritz@example.org")
        wrong = "000000" if code != "000000" else "111111"
        for status in (422, 422, 422, 429):
            self.call(status, fred, "POST", path, {"verification": verification, "code": wrong})

    def test_sessions(self):
        """sessions: listing and signing out"""
        gina = self.server.sign_in("gina@example.org")
        self.call(200, gina, "GET", "/v1/sessions")
        self.call(401, self.nobody, "GET", "/v1/sessions")
        self.call(401, self.nobody, "DELETE", "/v1/sessions/current")
        self.call(404, gina, "DELETE", f"/v1/sessions/{self.anna.session}")
        self.call(204, gina, "DELETE", "/v1/sessions/current")
        self.call(401, gina, "GET", "/v1/sessions")

    def test_contacts(self):
        """contacts: sharing the address book"""
        path = "/v1/contacts"
        book = {"contacts": [{"ref": "1", "identifiers": ["+4915112345678"]}]}
        etag = self.call(200, self.anna, "GET", path).headers["ETag"]
        self.call(401, self.nobody, "GET", path)
        self.call(401, self.nobody, "PUT", path, book, {"If-Match": etag})
        self.call(428, self.anna, "PUT", path, book)
        self.call(412, self.anna, "PUT", path, book, {"If-Match": '"other"'})
        self.call(400, self.anna, "PUT", path, {"contacts": [{"ref": 1}]}, {"If-Match": etag})
        self.call(413, self.anna, "PUT", path, b" " * (8 * 1024 * 1024 + 1),
                  {"If-Match": etag, "Content-Type": "application/json"})
        self.call(415, self.anna, "PUT", path, b"{}", {"If-Match": etag, "Content-Type": "text/plain"})
        changed = self.call(204, self.anna, "PUT", path, book, {"If-Match": etag})
        self.assertEqual(self.call(200, self.anna, "GET", path).headers["ETag"], changed.headers["ETag"])

    def test_pictures(self):
        """pictures: publishing, changing, withdrawing, and what a reader sees"""
        self.anna.share({"1": ["+4915112345678"]})
        self.ben.share({"a": ["anna@example.org"]})
        publish = {"Content-Type": lkserver.BUNDLE_TYPE, "Idempotency-Key": "one"}
        bundle = lkserver.make_bundle()
        path = "/v1/pictures"
        self.call(401, self.nobody, "POST", path, bundle, publish)
        self.call(400, self.anna, "POST", path, bundle, {"Content-Type": lkserver.BUNDLE_TYPE})
        self.call(400, self.anna, "POST", path, b"no zip", publish)
        self.call(403, self.anna, "POST", path, lkserver.make_bundle(owner="ben@example.org"), publish)
        self.call(413, self.anna, "POST", path, bytes(12 * 1024 * 1024 + 1), publish)
        self.call(415, self.anna, "POST", path, bundle, {"Idempotency-Key": "one", "Content-Type": "application/zip"})
        published = self.call(201, self.anna, "POST", path, bundle, publish)
        picture = published.json()["id"]
        self.assertEqual(published.headers["Location"], f"/v1/pictures/{picture}")
        self.assertEqual(published.json()["told"], 1)
        self.assertEqual(self.call(201, self.anna, "POST", path, bundle, publish).body, published.body)
        self.call(409, self.anna, "POST", path, lkserver.make_bundle(), publish)
        self.call(200, self.anna, "GET", path)
        self.call(401, self.nobody, "GET", path)
        self.reader(picture)
        self.renditions(picture)
        self.changes(picture)

    def reader(self, picture):
        feed = self.call(200, self.ben, "GET", "/v1/feed").json()
        self.assertEqual(feed["changes"][0]["picture"]["id"], picture)
        self.call(200, self.ben, "GET", f"/v1/feed?cursor={feed['cursor']}")
        self.call(400, self.ben, "GET", "/v1/feed?colour=red")
        self.call(401, self.nobody, "GET", "/v1/feed")
        path = f"/v1/receipts/{picture}"
        self.call(204, self.ben, "PUT", path, {"state": "accepted"})
        self.call(400, self.ben, "PUT", path, {"state": "offered"})
        self.call(401, self.nobody, "PUT", path, {"state": "accepted"})
        self.call(404, self.ben, "PUT", "/v1/receipts/nothing", {"state": "accepted"})
        self.call(413, self.ben, "PUT", path, {"state": "x" * 2000000})
        self.call(415, self.ben, "PUT", path, b"{}", {"Content-Type": "text/plain"})

    def renditions(self, picture):
        path = f"/v1/pictures/{picture}/thumbnail"
        etag = self.call(200, self.ben, "GET", path).headers["ETag"]
        self.call(206, self.ben, "GET", path, None, {"Range": "bytes=0-9"})
        self.call(206, self.ben, "GET", path, None, {"Range": "bytes=0-9,20-29"})
        self.call(304, self.ben, "GET", path, None, {"If-None-Match": etag})
        self.call(416, self.ben, "GET", path, None, {"Range": "bytes=9999-"})
        self.call(401, self.nobody, "GET", path)
        self.call(404, self.ben, "GET", f"/v1/pictures/{picture}/motion")
        self.call(200, self.ben, "HEAD", path)
        self.call(304, self.ben, "HEAD", path, None, {"If-None-Match": etag})
        self.call(401, self.nobody, "HEAD", path)
        self.call(404, self.ben, "HEAD", f"/v1/pictures/{picture}/motion")

    def changes(self, picture):
        path = f"/v1/pictures/{picture}"
        self.call(200, self.anna, "PATCH", path, {"alt": "Another", "position": 0, "expires": "2199-01-01T00:00:00Z",
                                                  "audience": {"kind": "only", "refs": ["1"]}})
        self.call(200, self.anna, "PATCH", path, {"expires": None})
        self.call(400, self.anna, "PATCH", path, {})
        self.call(400, self.anna, "PATCH", path, {"colour": "red"})
        self.call(401, self.nobody, "PATCH", path, {"alt": "x"})
        self.call(404, self.ben, "PATCH", path, {"alt": "x"})
        self.call(413, self.anna, "PATCH", path, {"alt": "x" * 2000000})
        self.call(415, self.anna, "PATCH", path, b"{}", {"Content-Type": "text/plain"})
        self.call(200, self.anna, "GET", f"{path}/deliveries")
        self.call(401, self.nobody, "GET", f"{path}/deliveries")
        self.call(404, self.ben, "GET", f"{path}/deliveries")
        self.call(401, self.nobody, "DELETE", path)
        self.call(404, self.ben, "DELETE", path)
        self.call(204, self.anna, "DELETE", path)
        self.call(404, self.anna, "DELETE", path)
        gone = self.call(200, self.ben, "GET", "/v1/feed").json()
        self.assertEqual([change["picture"] for change in gone["changes"]], [None])

    def test_operation(self):
        """operation: health and metrics"""
        self.call(200, self.nobody, "GET", "/healthz")
        self.call(200, self.nobody, "GET", "/metrics")
        self.call(404, self.nobody, "GET", "/metrics", None, {"X-Forwarded-For": "192.0.2.1"})

    def test_cannot_send(self):
        """verifications: a sender that fails"""
        with lkserver.Server({"email": {"sender": "none"}}) as server:
            answer = server.client().call("POST", "/v1/verifications", {"identifier": "anna@example.org"})
            self.assertEqual(answer.status, 502, answer)
            self.contract.check("POST", "/v1/verifications", answer)

    def test_malformed(self):
        """400: what no handler refuses is refused by the parser"""
        # A request that cannot be parsed is answered before a route is chosen, so one stands for all of them.
        for method, path, status in sorted(self.contract.left()):
            if status != "400":
                continue
            with self.server.connect() as raw:
                raw.sendall(f"{method.upper()} {path} HTTP/1.1\r\nHost: a/b\r\n\r\n".encode())
                head, _, body = lkserver.read_all(raw).partition(b"\r\n\r\n")
            self.assertRegex(head, rb"^HTTP/1.[01] 400 ")
            if method != "head":
                self.assertIn(b'"code":"bad-request"', body)
            self.contract.missing.discard((method, path, status))

    def test_nothing_left(self):
        """every answer that the contract names was given, but those that are listed"""
        self.assertEqual(self.contract.left(), set())


if __name__ == "__main__":
    tap.main()
