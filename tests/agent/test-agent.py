# SPDX-License-Identifier: GPL-3.0-or-later
"""likeness-agent --once against the real server, with a file of vCards for the address book."""

import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

import lkserver
import tap

AGENT = os.path.join(os.environ["LK_BUILD_DIR"], "src", "agent", "likeness-agent")
# A feed of several pages takes a build with sanitizers minutes on a busy machine.
TIMEOUT = 240


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def card(uid, name, *emails):
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"UID:{uid}", f"FN:{name}", "X-KEPT:yes"]
    return "\r\n".join(lines + [f"EMAIL:{email}" for email in emails] + ["END:VCARD", ""])


class Reader:
    """A person whose agent receives: a home, an address book, a session."""

    def __init__(self, server, identifier, cards):
        self.server = server
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="agent-test-"))
        self.book = self.home / "book.vcf"
        self.book.write_bytes("".join(cards).encode())
        self.state = self.home / "state" / "likeness" / "agent.json"
        self.client = server.sign_in(identifier)
        self.token_file = self.home / "token"
        self.token_file.touch(mode=0o600)
        self.token_file.write_text(self.client.token + "\n")

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)

    def environment(self):
        return dict(os.environ, HOME=str(self.home), XDG_STATE_HOME=str(self.home / "state"),
                    XDG_CONFIG_HOME=str(self.home / "config"), XDG_DATA_HOME=str(self.home / "data"),
                    XDG_CACHE_HOME=str(self.home / "cache"), DBUS_SESSION_BUS_ADDRESS="disabled:")

    def command(self, *arguments):
        return [AGENT, "--once", "--json", "--server", self.server.address, "--vcard", str(self.book),
                "--token-file", str(self.token_file), "--share-contacts", *arguments]

    def run(self, *arguments, status=0):
        """Runs the agent; its lines but the summary, and the summary."""
        done = subprocess.run(self.command(*arguments), env=self.environment(), capture_output=True, text=True,
                              timeout=TIMEOUT)
        output = done.stdout + done.stderr
        if self.client.token in output:
            raise AssertionError("the token was printed")
        if done.returncode != status:
            raise AssertionError(f"status {done.returncode}, not {status}: {output}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.errors = done.stderr
        summary = lines.pop()["summary"] if lines else None
        return lines, summary

    def actions(self, *arguments, status=0):
        return sorted(line["action"] for line in self.run(*arguments, status=status)[0])

    def photo(self, uid):
        """The photo of a card, or None."""
        text = self.book.read_bytes().decode()
        text = re.sub(r"\r?\n[ \t]", "", text)
        found = re.search(rf"UID:{uid}\r\n(.*?)END:VCARD", text, re.S).group(1)
        photo = re.search(r"PHOTO;[^:]*:(\S+)", found)
        return base64.b64decode(photo.group(1)) if photo else None

    def set_photo(self, uid, data):
        """The owner chooses a photo, or none, by another program."""
        text = re.sub(r"\r?\n[ \t]", "", self.book.read_bytes().decode())
        head, rest = text.split(f"UID:{uid}\r\n")
        body, tail = rest.split("END:VCARD", 1)
        body = re.sub(r"PHOTO;[^\n]*\n", "", body)
        if data is not None:
            body += f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(data).decode()}\r\n"
        self.book.write_bytes(f"{head}UID:{uid}\r\n{body}END:VCARD{tail}".encode())

    def record(self):
        return json.loads(self.state.read_text())

    def write_record(self, record):
        self.state.write_text(json.dumps(record))


class Once(unittest.TestCase):
    def setUp(self):
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        self.anna = self.server.sign_in("anna@example.org")
        self.bert = self.server.sign_in("bert@example.org")
        self.reader = Reader(self.server, "rita@example.org",
                             [card("anna", "Anna", "anna@example.org"), card("bert", "Bert", "bert@example.org"),
                              card("carl", "Carl")])
        self.addCleanup(self.reader.close)
        for owner in (self.anna, self.bert):
            self.assertEqual(owner.share({"r": ["rita@example.org"]}).status, 204)

    def publish(self, owner, photo=None):
        photo = photo or lkserver.make_jpeg(size=5000)
        answer = owner.publish(lkserver.make_bundle(photo=photo))
        self.assertEqual(answer.status, 201, answer)
        return answer.json()["id"], photo

    def deliveries(self, owner, picture):
        return [delivery["state"] for delivery in owner.get(f"/v1/pictures/{picture}/deliveries").json()["deliveries"]]

    def test_delivered(self):
        """a picture becomes the contact's photo, once, and its owner is told"""
        picture, photo = self.publish(self.anna)
        before = self.reader.book.read_bytes()
        lines, summary = self.reader.run()
        self.assertEqual([line["action"] for line in lines], ["updated"])
        self.assertEqual(lines[0]["picture"], picture)
        self.assertEqual(summary, {"updated": 1, "unchanged": 0, "kept": 0, "removed": 0, "failed": 0})
        self.assertEqual(self.reader.photo("anna"), photo)
        self.assertIsNone(self.reader.photo("bert"))
        self.assertEqual(self.deliveries(self.anna, picture), ["accepted"])
        # Nothing else of the file was touched.
        self.reader.set_photo("anna", None)
        self.assertEqual(self.reader.book.read_bytes(), before)

    def test_same_again(self):
        """nothing new: nothing is written, and nothing is said"""
        self.publish(self.anna)
        self.reader.run()
        written = self.reader.book.stat()
        for _ in range(2):
            lines, summary = self.reader.run()
            self.assertEqual(lines, [])
            self.assertEqual(sum(summary.values()), 0)
        self.assertEqual(self.reader.book.stat().st_ino, written.st_ino)

    def test_changed(self):
        """a new picture replaces the one that the agent wrote"""
        self.publish(self.anna)
        self.reader.run()
        _, photo = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), photo)

    def test_owner_s_photo_is_kept(self):
        """a photo that the owner chose is never overwritten: it is left, and reported"""
        mine = lkserver.make_jpeg(size=3000)
        self.reader.set_photo("anna", mine)
        picture, _ = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["kept"])
        self.assertEqual(self.reader.photo("anna"), mine)
        self.assertEqual(self.deliveries(self.anna, picture), ["fetched"])
        # Also over one that the agent had written, and against a withdrawal.
        other, _ = self.publish(self.bert)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.reader.set_photo("bert", mine)
        self.publish(self.bert)
        self.assertEqual(self.reader.actions(), ["kept"])
        for published in self.bert.get("/v1/pictures").json()["pictures"]:
            self.assertEqual(self.bert.call("DELETE", f"/v1/pictures/{published['id']}").status, 204)
        self.assertEqual(self.reader.actions(), ["kept"])
        self.assertEqual(self.reader.photo("bert"), mine)
        self.assertTrue(other)

    def test_owner_s_removal_is_kept(self):
        """a photo that the owner took away does not come back by itself; a new picture may"""
        self.publish(self.anna)
        self.reader.run()
        self.reader.set_photo("anna", None)
        record = self.reader.record()
        del record["cursor"]
        self.reader.write_record(record)
        self.assertEqual(self.reader.actions(), ["kept"])
        self.assertIsNone(self.reader.photo("anna"))
        _, photo = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), photo)

    def test_withdrawn(self):
        """a withdrawn picture goes from the contact"""
        picture, _ = self.publish(self.anna)
        self.reader.run()
        self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{picture}").status, 204)
        self.assertEqual(self.reader.actions(), ["removed"])
        self.assertIsNone(self.reader.photo("anna"))
        self.assertEqual(self.reader.record()["written"], {})
        self.assertEqual(self.reader.actions(), [])

    def test_same_photo_by_hand(self):
        """the same photo, set by the owner, stays the owner's"""
        photo = lkserver.make_jpeg(size=4000)
        self.reader.set_photo("anna", photo)
        picture, _ = self.publish(self.anna, photo)
        self.assertEqual(self.reader.actions(), ["unchanged"])
        self.assertEqual(self.anna.call("DELETE", f"/v1/pictures/{picture}").status, 204)
        self.assertEqual(self.reader.actions(), ["kept"])
        self.assertEqual(self.reader.photo("anna"), photo)

    def test_crash_after_the_write(self):
        """a run that ended between the write and its record: the photo is still known for the agent's"""
        picture, photo = self.publish(self.anna)
        self.reader.run()
        # What the record was like right before the photo was written.
        record = self.reader.record()
        del record["cursor"]
        (ref, written), = record["written"].items()
        record["written"] = {ref: {"intent": written["source"]}}
        self.reader.write_record(record)
        self.assertEqual(self.reader.actions(), ["unchanged"])
        self.assertEqual(self.reader.record()["written"][ref], written)
        _, newer = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), newer)
        self.assertNotEqual(photo, newer)
        self.assertTrue(picture)

    def test_killed(self):
        """killed at any moment, the next run ends where it should"""
        pictures = [self.publish(owner) for owner in (self.anna, self.bert)]
        # A whole run takes about 70 ms.
        for delay in [i * 0.004 for i in range(1, 25)]:
            process = subprocess.Popen(self.reader.command(), env=self.reader.environment(),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
            process.wait(TIMEOUT)
        self.reader.run()
        self.assertEqual(self.reader.photo("anna"), pictures[0][1])
        self.assertEqual(self.reader.photo("bert"), pictures[1][1])
        self.assertEqual(len(self.reader.record()["written"]), 2)
        for owner, (picture, _) in zip((self.anna, self.bert), pictures):
            self.assertEqual(self.deliveries(owner, picture), ["accepted"])

    def test_one_fails(self):
        """a contact that fails does not stop the other, and is tried again after the cursor moved on"""
        picture, photo = self.publish(self.anna)
        _, other = self.publish(self.bert)
        blob, = self.server.data_dir.rglob(sha256(photo))
        aside = blob.with_name("aside")
        blob.rename(aside)
        lines, summary = self.reader.run(status=1)
        self.assertEqual(sorted(line["action"] for line in lines), ["failed", "updated"])
        self.assertEqual(self.reader.photo("bert"), other)
        self.assertIsNone(self.reader.photo("anna"))
        self.assertEqual(len(self.reader.record()["pending"]), 1)
        self.assertIn("not every contact", self.reader.errors)
        self.assertEqual(self.reader.actions(status=1), ["failed"])
        aside.rename(blob)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), photo)
        self.assertEqual(self.reader.record()["pending"], [])
        self.assertEqual(self.deliveries(self.anna, picture), ["accepted"])

    def test_contact_comes_back(self):
        """a contact that is away while its picture comes gets it when it is back"""
        whole = self.reader.book.read_bytes()
        self.reader.run()
        _, photo = self.publish(self.anna)
        record = self.reader.record()
        self.reader.book.write_bytes(card("bert", "Bert", "bert@example.org").encode())
        # The server has not heard of it yet.
        command = [argument for argument in self.reader.command() if argument != "--share-contacts"]
        done = subprocess.run(command, env=self.reader.environment(), capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[0])["code"], "not-found")
        self.reader.book.write_bytes(whole)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), photo)
        self.assertNotEqual(record["cursor"], self.reader.record()["cursor"])

    def test_sharing(self):
        """nothing is shared unless it is allowed; then only what changed"""
        command = [argument for argument in self.reader.command() if argument != "--share-contacts"]
        self.publish(self.anna)
        done = subprocess.run(command, env=self.reader.environment(), capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.reader.client.get("/v1/contacts").json()["count"], 0)
        self.assertIsNone(self.reader.photo("anna"))
        self.reader.run()
        shared = self.reader.client.get("/v1/contacts")
        self.assertEqual(shared.json()["count"], 2)
        self.reader.run()
        self.assertEqual(self.reader.client.get("/v1/contacts").headers["ETag"], shared.headers["ETag"])
        with open(self.reader.book, "ab") as book:
            book.write(card("dora", "Dora", "dora@example.org").encode())
        self.reader.run()
        self.assertEqual(self.reader.client.get("/v1/contacts").json()["count"], 3)

    def test_many_pages(self):
        """a feed of several pages is read to its end"""
        # One owner under the refs of many contacts: a page has a hundred changes at most.
        with open(self.reader.book, "ab") as book:
            for i in range(130):
                book.write(card(f"p{i}", f"Person {i}", "anna@example.org").encode())
        picture, photo = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["updated"] * 131)
        self.assertEqual(self.reader.photo("p129"), photo)
        self.assertEqual(self.deliveries(self.anna, picture), ["accepted"])

    def test_foreign_cursor(self):
        """a cursor that the server does not know begins the feed anew and writes nothing twice"""
        self.publish(self.anna)
        self.reader.run()
        record = self.reader.record()
        record["cursor"] = "of another life"
        self.reader.write_record(record)
        self.assertEqual(self.reader.actions(), ["unchanged"])
        self.assertNotEqual(self.reader.record()["cursor"], "of another life")

    def test_broken_record(self):
        """a record that cannot be read is put aside, and every photo counts as its owner's"""
        self.publish(self.anna)
        self.reader.run()
        self.reader.state.write_text('{"version": 1, "written": [')
        self.assertEqual(self.reader.actions(), ["unchanged"])
        self.assertTrue(self.reader.state.with_name("agent.json.broken").exists())
        self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["kept"])

    def test_another_account(self):
        """another account has a feed of its own; what was written stays known"""
        self.publish(self.anna)
        self.reader.run()
        sven = self.server.sign_in("sven@example.org")
        self.anna.share({"r": ["rita@example.org"], "s": ["sven@example.org"]})
        self.reader.client = sven
        self.reader.token_file.write_text(sven.token)
        self.assertEqual(self.reader.actions(), ["unchanged"])
        _, photo = self.publish(self.anna)
        self.assertEqual(self.reader.actions(), ["updated"])
        self.assertEqual(self.reader.photo("anna"), photo)

    def test_private_files(self):
        """the record is for its owner alone and has neither token nor name"""
        self.publish(self.anna)
        self.reader.run()
        self.assertEqual(stat.S_IMODE(self.reader.state.stat().st_mode), 0o600)
        text = self.reader.state.read_text()
        for secret in (self.reader.client.token, "Anna", "anna@example.org"):
            self.assertNotIn(secret, text)

    def test_signed_out(self):
        """a session that is over, or none: status 3, and a sentence"""
        self.reader.client.call("DELETE", "/v1/sessions/current")
        self.reader.run(status=3)
        self.assertIn("sign in again", self.reader.errors)
        self.reader.token_file.write_text("")
        self.reader.run(status=3)
        self.reader.token_file.unlink()
        self.reader.run(status=3)

    def test_open_token_file(self):
        """a token's file that others may read is refused"""
        self.reader.token_file.chmod(0o644)
        self.reader.run(status=3)
        self.assertIn("0600", self.reader.errors)

    def test_server_away(self):
        """no server: status 1, nothing lost"""
        self.publish(self.anna)
        self.server.stop()
        self.reader.run(status=1)
        self.assertIsNone(self.reader.photo("anna"))

    def test_no_keyring(self):
        """without a keyring and without a file: status 3"""
        done = subprocess.run([AGENT, "--once", "--server", self.server.address, "--vcard", str(self.reader.book)],
                              env=self.reader.environment(), capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("keyring", done.stderr)

    def test_usage(self):
        """wrong usage: status 2, and a sentence"""
        for arguments in ([], ["--what"], ["--once", "more"], ["--once", "--server", "ftp://x/"],
                          ["--once", "--server", "http://example.org/"],
                          ["--once", "--server", self.server.address, "--vcard", "/nonexistent.vcf"]):
            done = subprocess.run([AGENT, *arguments], env=self.reader.environment(), capture_output=True, text=True,
                                  timeout=TIMEOUT)
            self.assertEqual(done.returncode, 2, (arguments, done.stderr))
            self.assertNotEqual(done.stderr, "")

    def test_for_people(self):
        """without --json there are names and words"""
        self.publish(self.anna)
        command = [argument for argument in self.reader.command() if argument != "--json"]
        done = subprocess.run(command, env=self.reader.environment(), capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(done.stdout, "Anna: updated\n1 updated, 0 unchanged, 0 kept, 0 removed, 0 failed\n")


if __name__ == "__main__":
    tap.main()
