#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from end to end, through real parts: codes by a mail server and by an SMS gateway, a phone's photo
rendered and published to one of two people, and address books in Evolution Data Server."""

import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import lkkannel
import lkphoto
import lkserver
import lksession
import lksmtp
import tap

ANNA, BEN, CLEO, STRANGER = "anna@example.org", "+4915112345678", "cleo@example.org", "stranger@example.org"
# The part of the photo that is published: 0.8 of 900 px.
SIDE = 720
RECIPE = {"version": 1, "crop": {"x": 0.5, "y": 0.5, "size": 0.8}}
# How far a colour may be off after JPEG.
TOLERANCE = 4
QUADRANTS = {(0.25, 0.25): lkphoto.TOP_LEFT, (0.75, 0.25): lkphoto.TOP_RIGHT, (0.25, 0.75): lkphoto.BOTTOM_LEFT,
             (0.75, 0.75): lkphoto.BOTTOM_RIGHT}

ANNA_CARD = ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna Ek\r\nN:Ek;Anna;;;\r\nEMAIL;TYPE=HOME:Anna@Example.org\r\n"
             "NOTE:From the climbing hall\r\nEND:VCARD\r\n")


def program(folder, name):
    return os.path.join(os.environ["LK_BUILD_DIR"], "src", folder, name)


def distance(one, other):
    return max(abs(a - b) for a, b in zip(one, other))


def address(bundle, owner, audience):
    """The bundle as the window would have written it: with its owner and its audience."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        entries = [(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]
    manifest = {**json.loads(entries[0][1]), "owner": owner, "audience": audience}
    return lkserver.make_zip([(entries[0][0], json.dumps(manifest).encode(), entries[0][2]), *entries[1:]])


class Person:
    """Somebody with a session of their own, in whose address book Anna is."""

    def __init__(self, client):
        self.client = client
        self.session = lksession.Session(keyring=True)

    def __enter__(self):
        self.session.__enter__()
        self.session.keep_token(self.client.address, self.client.token)
        _, self.anna = self.session.add_contact(ANNA_CARD)
        return self

    def __exit__(self, *exception):
        self.session.__exit__(*exception)

    def receive(self):
        """Runs the agent once; what it printed."""
        return self.session.run(program("agent", "likeness-agent"), "--once", "--share-contacts",
                                "--server", self.client.address)

    def card(self):
        return self.session.read_contact(self.anna)

    def photo(self):
        return self.session.read_photo(self.anna)


class Delivery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="likeness-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.mail = cls.enterClassContext(lksmtp.MailServer())
        cls.kannel = cls.enterClassContext(lkkannel.Kannel())
        cls.server = cls.enterClassContext(lkserver.Server({
            "email": {"sender": "smtp", "host": "127.0.0.1", "port": cls.mail.port, "security": "none",
                      "from": "Likeness <codes@example.org>"},
            "sms": cls.kannel.config}))
        cls.anna = cls.sign_in(ANNA, cls.wait_for_mail)
        cls.ben = cls.enterClassContext(Person(cls.sign_in(BEN, cls.kannel.wait_for_code)))
        cls.cleo = cls.enterClassContext(Person(cls.sign_in(CLEO, cls.wait_for_mail)))
        cls.stranger = cls.sign_in(STRANGER, cls.wait_for_mail)
        cls.anna.share({"ben": [BEN], "cleo": [CLEO]})
        cls.source = cls.directory / "phone.jpg"
        lkphoto.make_phone_photo(cls.source)
        cls.picture = None

    @classmethod
    def enterClassContext(cls, context):
        """As of Python 3.11, for older ones too."""
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    @classmethod
    def wait_for_mail(cls, recipient):
        return re.search(r"\b[0-9]{6}\b", cls.mail.wait_for(recipient).get_content()).group()

    @classmethod
    def sign_in(cls, identifier, wait_for_code):
        client = cls.server.client()
        asked = client.call("POST", "/v1/verifications", {"identifier": identifier})
        assert asked.status == 201, asked
        checked = client.call("POST", f"/v1/verifications/{asked.json()['id']}/check",
                              {"code": wait_for_code(identifier), "device": "Test"})
        assert checked.status == 201, checked
        client.token = checked.json()["token"]
        assert checked.json()["account"]["identifiers"] == [identifier]
        return client

    def restart(self):
        """kill -9, and the same server on the same port."""
        port = int(self.server.address.rsplit(":", 1)[1])
        self.server.kill()
        self.server.start(port)

    def render(self, source):
        """A bundle of likeness-render's, and its photo as it says."""
        recipe, output = self.directory / "recipe.json", self.directory / "picture.likeness"
        recipe.write_text(json.dumps(RECIPE))
        done = subprocess.run([program("media", "likeness-render"), "--recipe", recipe, "--alt", "Anna, laughing",
                               source, output], check=True, capture_output=True, timeout=60)
        said = json.loads(done.stdout)
        self.assertEqual(said["source"]["orientation"], 6)
        self.assertTrue(said["source"]["has_profile"])
        photo = next(each for each in said["renditions"] if each["name"] == "photo")
        return output.read_bytes(), photo

    def publish(self, source):
        bundle, photo = self.render(source)
        answer = self.anna.publish(address(bundle, ANNA, {"kind": "only", "refs": ["ben"]}))
        self.assertEqual(answer.status, 201, answer)
        return answer.json()["id"], photo

    def write_delivered(self):
        path = self.directory / "delivered.jpg"
        path.write_bytes(self.ben.photo())
        return path

    def test_01_nothing_yet(self):
        """before anything is published, both agents share their books and change nothing"""
        before = self.ben.card(), self.cleo.card()
        self.ben.receive()
        self.cleo.receive()
        self.assertEqual(before, (self.ben.card(), self.cleo.card()))

    def test_02_published_to_one(self):
        """a phone's photo published to one of two reaches that one's address book, over a kill -9"""
        type(self).picture, type(self).photo = self.publish(self.source)
        self.restart()
        self.ben.receive()
        delivered = self.ben.photo()
        self.assertIsNotNone(delivered)
        self.assertEqual(hashlib.sha256(delivered).hexdigest(), self.photo["sha256"])
        self.assertIn("NOTE:From the climbing hall", self.ben.card())

    def test_03_upright_in_srgb(self):
        """it is upright and in sRGB, as an independent conversion has it"""
        path = self.write_delivered()
        lkphoto.convert_independently(self.source, self.directory / "independent.png", SIDE)
        pixels = lkphoto.read_pixels(path)
        independent = lkphoto.read_pixels(self.directory / "independent.png")
        self.assertEqual((pixels.width, pixels.height), (SIDE, SIDE))
        self.assertEqual((independent.width, independent.height), (SIDE, SIDE))
        for point, stored in QUADRANTS.items():
            self.assertLessEqual(distance(pixels.at(*point), independent.at(*point)), TOLERANCE, point)
            # The numbers of the other colour space would be far off.
            self.assertGreater(distance(pixels.at(*point), stored), 2 * TOLERANCE, point)

    def test_04_no_metadata(self):
        """nothing of the phone's is left in it, and it is a baseline JPEG within its budget"""
        tags = lkphoto.read_tags(self.write_delivered())
        self.assertEqual({group for group, _ in tags} & {"IFD0", "ExifIFD", "GPS", "ICC-header", "XMP"}, set())
        self.assertEqual(tags["File", "EncodingProcess"], "Baseline DCT, Huffman coding")
        self.assertLessEqual(len(self.ben.photo()), 224 * 1024)

    def test_05_owner_is_told(self):
        """the publisher sees that it arrived with that one, and with nobody else"""
        deliveries = self.anna.get(f"/v1/pictures/{self.picture}/deliveries").json()["deliveries"]
        states = {each["ref"]: each["state"] for each in deliveries}
        self.assertEqual(states, {"ben": "accepted"})

    def test_06_the_other_gets_nothing(self):
        """the other person's agent gets nothing"""
        before = self.cleo.card()
        self.cleo.receive()
        self.assertIsNone(self.cleo.photo())
        self.assertEqual(self.cleo.card(), before)
        self.assertEqual(self.cleo.client.feed()["changes"], [])

    def test_07_strangers_get_nothing(self):
        """a stranger's token, and none, get an empty feed and the same 404 as for what is not there"""
        self.stranger.share({"anna": [ANNA]})
        self.assertEqual(self.stranger.feed()["changes"], [])
        missing = self.stranger.get("/v1/pictures/00000000000000000000000000000000/photo")
        for client in (self.stranger, self.cleo.client):
            for rendition in ("photo", "thumbnail"):
                answer = client.get(f"/v1/pictures/{self.picture}/{rendition}")
                self.assertEqual((answer.status, answer.body), (404, missing.body))
        self.assertEqual(self.server.client().get(f"/v1/pictures/{self.picture}/photo").status, 401)
        self.assertEqual(self.ben.client.get(f"/v1/pictures/{self.picture}/photo").status, 200)

    def test_08_second_run(self):
        """a second run writes nothing"""
        before = self.ben.card()
        self.ben.receive()
        self.restart()
        self.ben.receive()
        self.assertEqual(self.ben.card(), before)

    def test_09_withdrawn(self):
        """what is withdrawn leaves the address book, and nothing else does"""
        self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{self.picture}").status, 204)
        self.restart()
        self.ben.receive()
        self.assertIsNone(self.ben.photo())
        self.assertIn("NOTE:From the climbing hall", self.ben.card())

    def test_10_own_choice(self):
        """a photo that the owner of the address book chose is never overwritten, nor taken away"""
        own = self.directory / "own.jpg"
        own.write_bytes(lkserver.make_jpeg())
        self.ben.session.set_photo(self.ben.anna, own)
        before = self.ben.card()
        type(self).picture, _ = self.publish(self.source)
        self.ben.receive()
        self.assertEqual(self.ben.photo(), own.read_bytes())
        self.assertEqual(self.ben.card(), before)
        self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{self.picture}").status, 204)
        self.ben.receive()
        self.assertEqual(self.ben.card(), before)

    def test_11_no_secrets_logged(self):
        """the server's log holds no token, code or full identifier"""
        log = self.server.log()
        for client in (self.anna, self.ben.client, self.cleo.client, self.stranger):
            self.assertNotIn(client.token, log)
        for identifier in (ANNA, BEN, CLEO, STRANGER):
            self.assertNotIn(identifier, log)


if __name__ == "__main__":
    tap.main()
