# SPDX-License-Identifier: GPL-3.0-or-later
"""likeness-agent --once with the real Evolution Data Server and the real keyring, in a session of their own."""

import hashlib
import json
import os
import pathlib
import subprocess
import unittest
import urllib.parse
import urllib.request

import gi

gi.require_version("EBook", "1.2")
gi.require_version("EBookContacts", "1.2")
gi.require_version("EDataServer", "1.2")
gi.require_version("Secret", "1")
from gi.repository import EBook, EBookContacts, EDataServer, Secret  # noqa: E402

import lkserver  # noqa: E402
import tap  # noqa: E402

AGENT = os.path.join(os.environ["LK_BUILD_DIR"], "src", "agent", "likeness-agent")
TIMEOUT = 60
NO_WAIT = 0xFFFFFFFF


class Eds(unittest.TestCase):
    def setUp(self):
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        registry = EDataServer.SourceRegistry.new_sync(None)
        self.book = EBook.BookClient.connect_sync(registry.ref_builtin_address_book(), NO_WAIT, None)
        self.addCleanup(self.empty_book)
        self.anna = self.server.sign_in("anna@example.org")
        self.rita = self.server.sign_in("rita@example.org")
        self.anna.share({"r": ["rita@example.org"]})

    def empty_book(self):
        for contact in self.contacts():
            self.book.remove_contact_by_uid_sync(contact.get_property("id"), 0, None)

    def contacts(self):
        everything = EBookContacts.BookQuery.any_field_contains("").to_string()
        return self.book.get_contacts_sync(everything, None)[1]

    def add(self, name, email):
        contact = EBookContacts.Contact.new()
        contact.set_property("full-name", name)
        contact.set_property("email-1", email)
        self.book.add_contact_sync(contact, 0, None)

    def photo(self, name):
        """The bytes of a contact's photo, or None."""
        contact, = (contact for contact in self.contacts() if contact.get_property("full-name") == name)
        photo = contact.get_property("photo")
        if photo is None:
            return None
        if photo.type == EBookContacts.ContactPhotoType.URI:
            path = urllib.request.url2pathname(urllib.parse.urlsplit(photo.get_uri()).path)
            return pathlib.Path(path).read_bytes()
        return bytes(photo.get_inlined())

    def run_agent(self, *arguments, status=0):
        done = subprocess.run([AGENT, "--once", "--json", "--share-contacts", "--server", self.server.address,
                               *arguments], capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn(self.rita.token, done.stdout + done.stderr)
        return [json.loads(line).get("action") for line in done.stdout.splitlines()[:-1]]

    def keep_token(self):
        """Puts the token where the app would put it, found by the attributes that are documented with the store."""
        schema = Secret.Schema.new("app.likeness.Likeness.Token", Secret.SchemaFlags.NONE,
                                   {"server": Secret.SchemaAttributeType.STRING})
        address = self.server.address
        self.assertTrue(Secret.password_store_sync(schema, {"server": address}, Secret.COLLECTION_DEFAULT,
                                                   "Likeness", self.rita.token, None))

    def test_delivered(self):
        """signed in by the keyring: the photo is in Evolution Data Server, replaced, and taken back"""
        self.add("Anna", "Anna@Example.org")
        self.add("Bert", "bert@example.org")
        self.run_agent(status=3)
        self.keep_token()
        published = []
        for _ in range(2):
            photo = lkserver.make_jpeg(size=200_000)
            answer = self.anna.publish(lkserver.make_bundle(photo=photo))
            self.assertEqual(answer.status, 201, answer)
            published.append(answer.json()["id"])
            self.assertEqual(self.run_agent(), ["updated"])
            self.assertEqual(hashlib.sha256(self.photo("Anna")).digest(), hashlib.sha256(photo).digest())
            self.assertEqual(self.run_agent(), [])
        self.assertIsNone(self.photo("Bert"))
        for picture in published:
            self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{picture}").status, 204)
        self.assertEqual(self.run_agent(), ["removed"])
        self.assertIsNone(self.photo("Anna"))


if __name__ == "__main__":
    tap.main()
