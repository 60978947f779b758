# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the server (kill -9) at random points in 200 publishes: each one that was acknowledged is whole afterwards, and
none is there by half."""

import hashlib
import http.client
import random
import threading
import unittest

import lkserver
import tap

PUBLISHES = 200
# How many requests are under way when it is killed.
THREADS = 2
KILLS = 12


class CrashTest(unittest.TestCase):
    def setUp(self):
        self.server = lkserver.Server()
        self.addCleanup(self.server.close)
        self.anna = self.server.sign_in("anna@example.org")
        self.acknowledged = {}
        self.refused = []
        self.lock = threading.Lock()
        self.random = random.Random(20260102)

    def publish_some(self, bundles, changed, may_go):
        """Publishes until there is nothing left or the server, which @may_go, is gone; @bundles: [(key, bytes), …]."""
        while True:
            with self.lock:
                if not bundles:
                    return
                key, bundle = bundles[-1]
                bundles.pop()
            try:
                answer = self.anna.publish(bundle, key=key)
            except (OSError, http.client.HTTPException) as error:
                with self.lock:
                    bundles.append((key, bundle))
                    if not may_go:
                        self.refused.append(f"{key}: {error!r}")
                return
            with self.lock:
                if answer.status != 201:
                    # An assertion of this thread's would be seen by nobody.
                    self.refused.append(f"{key}: {answer}")
                    return
                self.acknowledged[key] = answer.json()
                changed.set()

    def run_until_killed(self, bundles, kill_after):
        changed = threading.Event()
        threads = [threading.Thread(target=self.publish_some, args=(bundles, changed, kill_after is not None))
                   for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        if kill_after is not None:
            # A random point within a publish: after the first acknowledgement, a fraction of what one takes.
            changed.wait(lkserver.TIMEOUT)
            threading.Event().wait(kill_after)
            self.server.kill()
        for thread in threads:
            thread.join(lkserver.TIMEOUT * 4)
            self.assertFalse(thread.is_alive())
        self.assertEqual(self.refused, [])

    def check_whole(self):
        """What is listed is whole, by what its owner gets; what was acknowledged is listed."""
        pictures = self.anna.get("/v1/pictures").json()["pictures"]
        listed = {picture["id"] for picture in pictures}
        for key, picture in self.acknowledged.items():
            self.assertIn(picture["id"], listed, f"{key} was acknowledged and is gone")
        self.assertEqual([picture["position"] for picture in pictures], list(range(len(pictures))))
        for picture in pictures:
            self.assertEqual({each["name"] for each in picture["renditions"]}, {"photo", "thumbnail"})
            for rendition in picture["renditions"]:
                answer = self.anna.get(f"/v1/pictures/{picture['id']}/{rendition['name']}")
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(hashlib.sha256(answer.body).hexdigest(), rendition["sha256"])
        return pictures

    def test_kill(self):
        """200 publishes, killed at random points"""
        bundles = [(f"key-{i}", lkserver.make_bundle(alt=str(i))) for i in range(PUBLISHES)]
        for _ in range(KILLS):
            self.run_until_killed(bundles, self.random.uniform(0, 0.05))
            self.server.start()
            self.anna.address = self.server.address
            self.check_whole()
        self.run_until_killed(bundles, None)
        pictures = self.check_whole()
        # Each was tried again with its key until it was acknowledged: it is there once.
        self.assertEqual(len(self.acknowledged), PUBLISHES)
        self.assertEqual(sorted(picture["alt"] for picture in pictures), sorted(str(i) for i in range(PUBLISHES)))
        hashes = {rendition["sha256"] for picture in pictures for rendition in picture["renditions"]}
        self.server.stop()
        self.server.start()
        files = {path.name for path in (self.server.data_dir / "blobs").rglob("*") if path.is_file()}
        self.assertEqual(files, hashes)


if __name__ == "__main__":
    tap.main()
