# SPDX-License-Identifier: GPL-3.0-or-later
"""likeness-render on animations as people have them: what comes out, held against ffmpeg and ImageMagick."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import tap
from lk_pictures import run

RENDER = sys.argv.pop(1)
DUMP = sys.argv.pop(1)
BUDGET = 2 * 1024 * 1024


class AnimateCase(unittest.TestCase):
    """A private folder, and the program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="likeness-animate-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name):
        return self.folder / name

    def make(self, name, *filters, source="testsrc2=s=320x180:r=25:d=1.2"):
        """An animation of ffmpeg's; a GIF with a palette of its own."""
        chain = ",".join(filters) or "null"
        options = {"gif": ["-filter_complex", f"{chain},split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"],
                   "apng": ["-vf", chain, "-f", "apng", "-plays", "0"],
                   "webp": ["-vf", chain, "-c:v", "libwebp_anim", "-lossless", "1", "-loop", "0"]}
        run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options[name.rsplit(".", 1)[1]], self.path(name))
        return self.path(name)

    def recipe(self, **members):
        self.path("recipe.json").write_text(json.dumps({"version": 2, **members}), encoding="utf-8")
        return "--recipe", self.path("recipe.json")

    def render(self, path, *options, status=0):
        """What it printed, and the motion that it made, if any."""
        out = self.path("out.likeness")
        done = subprocess.run([str(part) for part in (RENDER, *options, path, out)], capture_output=True,
                              text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        if status != 0:
            self.assertFalse(out.exists())
            return json.loads(done.stderr)
        answer = json.loads(done.stdout)
        with zipfile.ZipFile(out) as bundle:
            names = [name for name in bundle.namelist() if name.startswith("motion")]
            if names:
                self.path("motion.webp").write_bytes(bundle.read(names[0]))
        return {rendition["name"]: rendition for rendition in answer["renditions"]}

    def play(self):
        """Side, loops, and until when each frame is shown in ms, as libwebp has them; its pixels are in a file."""
        self.assertIn("No error detected", run("webpinfo", self.path("motion.webp")).stdout.decode())
        shown = run(DUMP, self.path("motion.webp"), self.path("shown.rgba")).stdout.decode().split()
        self.assertEqual(shown[0], shown[1])
        return int(shown[0]), int(shown[2]), [int(end) for end in shown[3:]]

    def ssim(self, side, reference, *filters):
        """The motion beside an animation edited by ffmpeg."""
        graph = f"[1:v]{','.join(filters)},format=yuv420p[r];[0:v]format=yuv420p[m];[m][r]ssim"
        done = run("ffmpeg", "-v", "info", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{side}x{side}", "-r", "25",
                   "-i", self.path("shown.rgba"), "-r", "25", "-i", reference, "-filter_complex", graph, "-f", "null",
                   "-")
        return float(re.search(r"All:([0-9.]+)", done.stderr.decode()).group(1))


class Formats(AnimateCase):
    """Every format that an animation comes in."""

    def check(self, name):
        path = self.make(name)
        made = self.render(path)
        self.assertEqual(list(made), ["photo", "thumbnail", "motion"])
        motion = made["motion"]
        self.assertEqual((motion["type"], motion["width"], motion["height"], motion["duration"]),
                         ("image/webp", 180, 180, 1_200_000))
        self.assertAlmostEqual(motion["frame_rate"], 25, 1)
        side, loops, ends = self.play()
        self.assertEqual((side, loops, ends), (180, 0, list(range(40, 1201, 40))))
        # ffmpeg cannot read animated WebP
        self.assertGreater(self.ssim(side, path if name != "a.webp" else self.make("b.apng"), "crop=180:180"), 0.96)

    def test_gif(self):
        """GIF becomes animated WebP, frame for frame"""
        self.check("a.gif")

    def test_webp(self):
        """Animated WebP becomes animated WebP within the limits"""
        self.check("a.webp")

    def test_apng(self):
        """APNG becomes animated WebP"""
        self.check("a.apng")

    def test_alpha(self):
        """What is transparent stays so, to the last step of alpha"""
        path = self.make("a.apng", "format=rgba", "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='mod(X+4*N,180)+40'",
                         source="color=teal:s=180x180:r=10:d=1")
        self.render(path)
        self.assertEqual(self.play(), (180, 0, list(range(100, 1001, 100))))
        theirs = run("ffmpeg", "-v", "error", "-i", path, "-vf", "alphaextract", "-f", "rawvideo", "-pix_fmt", "gray",
                     "-").stdout
        self.assertEqual(self.path("shown.rgba").read_bytes()[3::4], theirs)

    def test_frame(self):
        """--frame keeps what is transparent, as the motion does; a background is laid under both"""
        path = self.make("a.apng", "format=rgba", "geq=r=200:g=100:b=50:a='if(lt(X,90),0,128)'",
                         source="color=teal:s=180x180:r=10:d=0.2")
        for edits, left, right in (({}, 0, 128), ({"background": "#102030"}, 255, 255)):
            run(RENDER, *self.recipe(**edits), "--frame", 0, self.path("frame.png"), path)
            alpha = run("ffmpeg", "-v", "error", "-i", self.path("frame.png"), "-vf", "format=rgba,alphaextract", "-f",
                        "rawvideo", "-pix_fmt", "gray", "-").stdout
            self.assertEqual(len(alpha), 720 * 720)
            self.assertEqual((alpha[360 * 720 + 90], alpha[360 * 720 + 630]), (left, right))


class Edits(AnimateCase):
    """The recipe's edits of time, on a file."""

    def test_time(self):
        """Trim, speed, boomerang and loops are in the file"""
        path = self.make("a.gif")
        made = self.render(path, *self.recipe(motion={
            "start": 200_000, "duration": 800_000, "speed": 2, "boomerang": True, "loops": 3}))
        self.assertEqual(made["motion"]["duration"], 800_000)
        side, loops, ends = self.play()
        self.assertEqual((loops, ends[-1]), (3, 800))
        self.assertEqual(ends, list(range(20, 400, 20)) + list(range(420, 801, 20)))
        pixels = self.path("shown.rgba").read_bytes()
        frames = [pixels[start:start + side * side * 4:61] for start in range(0, len(pixels), side * side * 4)]
        for there, back in zip(frames, reversed(frames)):
            self.assertLess(sum(abs(a - b) for a, b in zip(there, back)) / len(there), 4)

    def test_still(self):
        """A part with one frame is a still"""
        made = self.render(self.make("a.gif"), *self.recipe(motion={"start": 410_000, "duration": 20_000}))
        self.assertEqual(list(made), ["photo", "thumbnail"])


class Refused(AnimateCase):
    """What may not be sent, or cannot."""

    def test_flashing(self):
        """A strobe is refused with its seconds; slowed down it is not"""
        path = self.make("a.gif", "geq=lum='if(mod(floor(N/3),2)*gte(T,1)*lt(T,2.5),255,0)':cb=128:cr=128",
                         source="color=black:s=64x64:r=25:d=4")
        error = self.render(path, status=3)
        self.assertEqual(error["code"], "flashing")
        self.assertEqual(len(error["seconds"]), 1)
        start, end = error["seconds"][0]
        self.assertAlmostEqual(start, 1, delta=0.2)
        self.assertAlmostEqual(end, 2.5, delta=0.2)
        self.render(path, *self.recipe(motion={"speed": 0.5}))
        self.render(path, *self.recipe(motion={"start": 0, "duration": 1_200_000}))

    def test_too_long(self):
        """Ten minutes are sent; what lasts longer, slowed down or there and back, is refused with its length and a way on"""
        path = self.make("a.gif", source="testsrc2=s=64x64:r=10:d=0.2")
        delay = (30_000).to_bytes(2, "little")
        data, patched = re.subn(rb"(?s)(\x21\xf9\x04.)..", lambda found: found[1] + delay, path.read_bytes())
        self.assertEqual(patched, 2)
        path.write_bytes(data)
        self.assertEqual(self.render(path)["motion"]["duration"], 600_000_000)
        self.path("out.likeness").unlink()
        for edits, seconds in (({"speed": 0.5}, "1200.00"), ({"boomerang": True}, "1200.00"),
                               ({"speed": 0.8, "duration": 500_000_000}, "625.00")):
            error = self.render(path, *self.recipe(motion=edits), status=3)
            self.assertEqual(error["code"], "cannot-fit-budget")
            for part in ("600 s", f"{seconds} s", "trim"):
                self.assertIn(part, error["message"])
        self.render(path, *self.recipe(motion={"speed": 2, "boomerang": True}))

    def test_budget(self):
        """Noise is brought into the budget, and what was chosen is told"""
        path = self.make("a.apng", "noise=alls=90:allf=t", source="testsrc2=s=480x480:r=25:d=3")
        motion = self.render(path)["motion"]
        self.assertLessEqual(motion["bytes"], BUDGET)
        self.assertEqual(motion["bytes"], self.path("motion.webp").stat().st_size)
        self.assertLess((motion["quality"], motion["frame_rate"], motion["width"]), (80, 25, 480))
        self.assertEqual(self.play()[2][-1], 3000)

    @unittest.skipUnless(shutil.which("unshare") and subprocess.run(
        ["unshare", "-rm", "true"], check=False, capture_output=True).returncode == 0,
                         "no small disk can be made without user namespaces")
    def test_disk_full(self):
        """A full disk is told by its code, and nothing is left on it"""
        path = self.make("a.gif")
        self.path("disk").mkdir()
        script = ('mount -t tmpfs -o size=16k none "$1/disk" && { "$2" "$3" "$1/disk/out.likeness"; '
                  'echo $? > "$1/status"; ls -A "$1/disk" > "$1/left"; }')
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", self.folder, RENDER, path],
                              capture_output=True, text=True, timeout=120, check=False)
        if not self.path("status").exists():
            self.skipTest("no small disk can be mounted here")
        self.assertEqual(self.path("status").read_text(encoding="utf-8"), "3\n")
        self.assertEqual(json.loads(done.stderr)["code"], "disk-full")
        self.assertEqual(self.path("left").read_text(encoding="utf-8"), "")


if __name__ == "__main__":
    for tool in ("ffmpeg", "webpinfo"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is needed: see tests/support/packages.sh")
    tap.main()
