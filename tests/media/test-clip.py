# SPDX-License-Identifier: GPL-3.0-or-later
"""likeness-render on clips: the file that comes out, its quality beside ffmpeg's, its budget, and what is refused."""

import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import lk_pictures as pictures
import tap
from lk_pictures import run

RENDER = os.path.abspath(sys.argv.pop(1))
BUDGET = 2 * 1024 * 1024


def ffmpeg(*arguments):
    return run("ffmpeg", "-nostdin", "-v", "error", "-y", *arguments)


def ffprobe(path, *arguments):
    return json.loads(run("ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format",
                          *arguments, path).stdout)


def ssim(path, source, chain):
    """How like the frames are to those that the chain of filters makes of the source, 0 to 1."""
    told = run("ffmpeg", "-nostdin", "-hide_banner", "-i", path, "-i", source, "-lavfi",
               f"[1]{chain}[r];[0][r]ssim", "-f", "null", "-").stderr.decode()
    return float(re.search(r"All:([0-9.]+)", told).group(1))


class ClipCase(unittest.TestCase):
    """A private folder, and the program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="likeness-clip-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name):
        return self.folder / name

    def call(self, *arguments, status=0, **options):
        done = subprocess.run([RENDER, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, check=False, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def render(self, path, *options, **more):
        """What is told of the renditions, by name; the clip is then in motion.mp4."""
        out = self.path("out.likeness")
        told = json.loads(self.call(*options, path, out, **more).stdout)
        with zipfile.ZipFile(out) as bundle:
            for name in bundle.namelist():
                self.path(name).write_bytes(bundle.read(name))
        renditions = {rendition["name"]: rendition for rendition in told["renditions"]}
        self.assertEqual(list(renditions), ["photo", "thumbnail", "motion"])
        self.assertLessEqual(renditions["motion"]["bytes"], BUDGET)
        self.assertEqual(renditions["motion"]["bytes"], self.path("motion.mp4").stat().st_size)
        return renditions

    def refuse(self, *arguments, code, **options):
        done = self.call(*arguments, status=3, **options)
        error = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual(error["code"], code)
        self.assertFalse(self.path("refused.likeness").exists())
        return error

    def make_scene(self, name, seconds=2, size="1280x720", noise=4):
        """Something that moves and has edges, colours and a sensor's noise."""
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r=30:d={seconds}", "-vf",
               f"gblur=1.2,noise=c0s={noise}:c0f=t,format=yuv420p", "-c:v", "libx264", "-preset",
               "ultrafast", "-qp", "12", "-colorspace", "bt709", "-color_primaries", "bt709",
               "-color_trc", "bt709", self.path(name))
        return self.path(name)


class Files(ClipCase):
    """What comes out, as another program reads it."""

    def test_format(self):
        """H.264 High at a level that phones have, 4:2:0 BT.709, square, no sound, its header in front"""
        self.make_scene("video.mp4", 1)
        ffmpeg("-i", self.path("video.mp4"), "-f", "lavfi", "-i", "sine=duration=1.2", "-c:v", "copy",
               "-c:a", "aac", self.path("sound.mp4"))
        told = self.render(self.path("sound.mp4"))
        data = self.path("motion.mp4").read_bytes()
        boxes, at = [], 0
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            boxes.append(kind)
            at += size
        self.assertEqual(boxes, [b"ftyp", b"moov", b"mdat"])
        probe = ffprobe(self.path("motion.mp4"))
        self.assertEqual(len(probe["streams"]), 1)
        stream = probe["streams"][0]
        wanted = {"codec_name": "h264", "profile": "High", "pix_fmt": "yuv420p", "width": 720,
                  "height": 720, "color_range": "tv", "color_space": "bt709",
                  "color_transfer": "bt709", "color_primaries": "bt709", "r_frame_rate": "30/1",
                  "nb_frames": "30"}
        self.assertEqual({key: stream[key] for key in wanted}, wanted)
        self.assertLessEqual(stream["level"], 31)
        self.assertAlmostEqual(float(probe["format"]["duration"]), 1, delta=0.002)
        self.assertEqual((told["motion"]["width"], told["motion"]["height"]), (720, 720))
        self.assertAlmostEqual(told["motion"]["duration"], 1000000, delta=1)
        self.assertAlmostEqual(told["motion"]["frame_rate"], 30, delta=0.01)
        self.assertEqual((told["photo"]["width"], told["thumbnail"]["width"]), (720, 96))

    def test_sources(self):
        """VP9, HEVC of 10 bits, 4:4:4, odd sizes, BT.601, full range: the same picture comes out"""
        for name, options in (
                ("a.webm", ["-c:v", "libvpx-vp9", "-crf", "10", "-b:v", "0", "-deadline", "realtime"]),
                ("b.mkv", ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "12", "-pix_fmt",
                           "yuv420p10le", "-x265-params", "log-level=none"]),
                ("c.mp4", ["-c:v", "libx264", "-qp", "10", "-pix_fmt", "yuv444p"]),
                ("d.mkv", ["-c:v", "libx264", "-qp", "10", "-vf", "crop=321:239,format=yuv444p"]),
                ("e.mp4", ["-c:v", "libx264", "-qp", "10", "-vf", "scale=out_color_matrix=bt601",
                           "-pix_fmt", "yuv420p", "-colorspace", "smpte170m"]),
                ("f.mov", ["-c:v", "libx264", "-qp", "10", "-vf", "scale=out_range=pc", "-color_range",
                           "pc", "-pix_fmt", "yuvj420p"])):
            with self.subTest(name):
                ffmpeg("-f", "lavfi", "-i", "testsrc=s=400x300:r=10:d=0.5", *options, self.path(name))
                self.render(self.path(name))
                # Colours come through in RGB, by whatever matrix each of the two names.
                for out, source in (("out.png", "motion.mp4"), ("in.png", name)):
                    chain = "crop='min(iw,ih)':'min(iw,ih)',scale=200:200:flags=bilinear,format=rgb24"
                    ffmpeg("-i", self.path(source), "-vf", chain, "-frames:v", "1", self.path(out))
                got, wanted = pictures.Pixels(self.path("out.png")), pictures.Pixels(self.path("in.png"))
                # The bars are 50 px wide, and two meet in the middle.
                side = 239 if name == "d.mkv" else 300
                for x in (0.5 - 75 / side, 0.5 - 25 / side, 0.5 + 25 / side, 0.5 + 75 / side):
                    for one, other in zip(got.at(x, 0.2), wanted.at(x, 0.2), strict=True):
                        self.assertLessEqual(abs(one - other), 16, f"{x}: {got.at(x, 0.2)}, "
                                             f"{wanted.at(x, 0.2)}")

    def test_quality(self):
        """As like the source as what ffmpeg makes of it with the same encoder and rate factor, and no larger"""
        source = self.make_scene("a.mp4")
        for crop, chain in (((0.5, 0.5, 1), "crop={}:720:0"), ((0.31328125, 0.5, 0.9), "crop={}:648:36"),
                            ((0.6, 0.55, 0.625), "crop={}:450:171")):
            with self.subTest(chain):
                _, side, y = re.split("[=:]", chain.replace("{}:", ""))
                x = round(crop[0] * 1280 - int(side) / 2)
                # Of 4:4:4, since ffmpeg cuts 4:2:0 at even px only.
                chain = "format=yuv444p,crop={0}:{0}:{1}:{2},format=yuv420p"
                wanted, moved = chain.format(side, x, y), chain.format(side, x + 2, y)
                self.path("recipe.json").write_text(json.dumps(
                    {"version": 1, "crop": dict(zip(("x", "y", "size"), crop))}), encoding="utf-8")
                told = self.render(source, "--recipe", self.path("recipe.json"))["motion"]
                self.assertEqual(told["width"], int(side))
                ffmpeg("-i", source, "-vf", wanted, "-c:v", "libx264", "-preset", "faster", "-crf",
                       told["quality"], self.path("peer.mp4"))
                ours = ssim(self.path("motion.mp4"), source, wanted)
                self.assertGreaterEqual(ours, ssim(self.path("peer.mp4"), source, wanted) - 0.005)
                self.assertLessEqual(told["bytes"], 1.05 * self.path("peer.mp4").stat().st_size)
                self.assertLess(ssim(self.path("motion.mp4"), source, moved), ours - 0.01)

    def test_scaled(self):
        """What is scaled is as like ffmpeg's crop and scale as its own encode"""
        source = self.make_scene("a.mp4", size="1920x1080")
        told = self.render(source)["motion"]
        chain = "crop=1080:1080,scale=800:800:flags=bicubic"
        self.assertEqual(told["width"], 800)
        ffmpeg("-i", source, "-vf", chain, "-c:v", "libx264", "-preset", "faster", "-crf",
               told["quality"], self.path("peer.mp4"))
        self.assertGreaterEqual(ssim(self.path("motion.mp4"), source, chain),
                                ssim(self.path("peer.mp4"), source, chain) - 0.005)
        self.assertLessEqual(told["bytes"], 1.05 * self.path("peer.mp4").stat().st_size)


class Commands(ClipCase):
    """The options."""

    def make_longer_sound(self, name, seconds):
        """Eight seconds of frames beside sound of that length, as a recorder leaves it that was late to stop."""
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=8", "-f", "lavfi", "-i", f"sine=duration={seconds}",
               "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", self.path(name))
        return self.path(name)

    def test_longer_sound(self):
        """A clip is as long as its frames, however long the sound goes on"""
        told = self.render(self.make_longer_sound("a.mp4", 12))
        self.assertEqual(told["motion"]["duration"], 8000000)
        self.assertEqual(ffprobe(self.path("motion.mp4"))["streams"][0]["nb_frames"], "80")
        told = self.render(self.path("a.mp4"), "--start", 7.9)
        self.assertEqual(told["motion"]["duration"], 100000)

    def test_shortest(self):
        """A part of a moment is one frame, and no faster than anything can be"""
        source = self.make_longer_sound("a.mp4", 8)
        told = self.render(source, "--start", 0.5, "--duration", 0.001)
        self.assertEqual((told["motion"]["duration"], told["motion"]["frame_rate"]), (1000, 1000))

    def test_part(self):
        """--start and --duration keep that part"""
        source = self.make_scene("a.mp4", size="320x240")
        told = self.render(source, "--start", "0.5", "--duration", "0.9")
        self.assertEqual(told["motion"]["duration"], 900000)
        self.assertEqual(ffprobe(self.path("motion.mp4"))["streams"][0]["nb_frames"], "27")
        self.assertGreater(ssim(self.path("motion.mp4"), source,
                                "trim=start_frame=15:end_frame=42,setpts=PTS-STARTPTS,crop=240:240"), 0.95)

    def test_frame(self):
        """--frame writes the frame of that time"""
        ffmpeg("-f", "lavfi", "-i", "nullsrc=s=64x64:r=10:d=2,geq=lum=16+10*N:cb=128:cr=128,format=yuv420p",
               "-c:v", "libx264", "-qp", "4", self.path("a.mp4"))
        for time, number in ((0, 0), (0.05, 0), (1, 10), (1.39, 13), (1.9, 19), (77, 19)):
            self.call("--frame", time, self.path("f.png"), self.path("a.mp4"))
            gray = pictures.Pixels(self.path("f.png")).at(0.5, 0.5)
            for value in gray:
                self.assertLessEqual(abs(value - 10 * number * 255 / 219), 3, time)
        # The input may stand anywhere.
        self.call(self.path("a.mp4"), "--frame", 1, self.path("g.png"))
        self.assertEqual(pictures.Pixels(self.path("g.png")).width, 720)


class Budget(ClipCase):
    """Two megabytes, from several sides."""

    def test_fits(self):
        """What fits has the best quality"""
        told = self.render(self.make_scene("a.mp4", 1))["motion"]
        self.assertEqual(told["quality"], 23)

    def test_quality_gives_way(self):
        """What is too much loses quality and nothing else, and comes out below, but not far"""
        source = self.make_scene("a.mp4", 4, size="800x800", noise=20)
        told = self.render(source)["motion"]
        self.assertGreater(told["quality"], 23)
        self.assertEqual((told["width"], round(told["frame_rate"])), (800, 30))
        self.assertGreater(told["bytes"], 0.55 * BUDGET)

    def test_all_gives_way(self):
        """Noise loses frames and size as well, and still comes out"""
        ffmpeg("-f", "lavfi", "-i", "nullsrc=s=640x640:r=30:d=3,format=yuv420p", "-vf",
               "noise=c0s=100:c0f=t:c1s=100:c1f=t:c2s=100:c2f=t", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "20",
               self.path("a.mp4"))
        told = self.render(self.path("a.mp4"))["motion"]
        self.assertGreater(told["quality"], 23)
        self.assertLess(told["width"] * told["frame_rate"], 640 * 30)
        self.assertGreater(told["bytes"], 0.5 * BUDGET)


class Refusals(ClipCase):
    """What fails names its rule, and leaves nothing behind."""

    def plugins(self, *without):
        """An environment in which these plugins of GStreamer are not installed."""
        folder = self.path("plugins")
        folder.mkdir()
        installed = pathlib.Path(run("pkg-config", "--variable=pluginsdir", "gstreamer-1.0")
                                 .stdout.decode().strip())
        for plugin in installed.glob("*.so"):
            if not any(name in plugin.name for name in without):
                (folder / plugin.name).symlink_to(plugin)
        return os.environ | {"GST_PLUGIN_SYSTEM_PATH_1_0": str(folder), "GST_PLUGIN_PATH_1_0": "",
                             "GST_REGISTRY_1_0": str(self.path("registry"))}

    def test_too_long(self):
        """More than ten seconds are refused by name, with how long it would be and what to do"""
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=12", "-c:v", "libx264", "-pix_fmt", "yuv420p",
               self.path("a.mp4"))
        error = self.refuse(self.path("a.mp4"), self.path("refused.likeness"), code="clip-too-long")
        for part in ("10 s", "12.00 s", "trim", "faster"):
            self.assertIn(part, error["message"])
        self.refuse("--start", 1, "--duration", 10.5, self.path("a.mp4"), self.path("refused.likeness"),
                    code="clip-too-long")
        self.render(self.path("a.mp4"), "--start", "2")
        # A stream that was never finished does not say how long it is: that is found out.
        with self.path("a.webm").open("wb") as stream:
            stream.write(run("ffmpeg", "-nostdin", "-v", "error", "-i", self.path("a.mp4"), "-c:v", "libvpx", "-f", "webm",
                             "-live", "1", "-").stdout)
        error = self.refuse(self.path("a.webm"), self.path("refused.likeness"), code="clip-too-long")
        self.assertIn("would last 12.00 s: trim", error["message"])
        self.refuse("--start", 20, self.path("a.mp4"), self.path("refused.likeness"), code="invalid-recipe")

    def test_nothing_left(self):
        """A part after the last frame, while there is sound, or of less than a moment, is refused by name"""
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=1", "-f", "lavfi", "-i", "sine=duration=3", "-c:v",
               "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", self.path("a.mp4"))
        for options in (("--start", 2), ("--start", 1.5, "--duration", 1), ("--duration", 0.0005)):
            self.refuse(*options, self.path("a.mp4"), self.path("refused.likeness"), code="invalid-recipe")

    def test_flashing(self):
        """A flashing clip is refused with its seconds, and nothing is left of it; its calm parts are not"""
        ffmpeg("-f", "lavfi", "-i", "color=black:s=320x240:r=30:d=4", "-vf",
               "geq=lum='if(mod(floor(N/3),2)*gte(T,1.5)*lt(T,2.5),235,16)':cb=128:cr=128,format=yuv420p",
               "-c:v", "libx264", "-preset", "ultrafast", "-g", "250", self.path("a.mp4"))
        before = set(self.folder.iterdir())
        error = self.refuse(self.path("a.mp4"), self.path("refused.likeness"), code="flashing")
        self.assertEqual(set(self.folder.iterdir()), before)
        self.assertEqual(len(error["seconds"]), 1)
        start, end = error["seconds"][0]
        self.assertAlmostEqual(start, 1.5, delta=0.2)
        self.assertAlmostEqual(end, 2.5, delta=0.2)
        # They are told as what would be sent has them.
        error = self.refuse("--start", 1, self.path("a.mp4"), self.path("refused.likeness"), code="flashing")
        self.assertAlmostEqual(error["seconds"][0][0], start - 1, delta=0.001)
        self.render(self.path("a.mp4"), "--duration", 1.4)
        self.render(self.path("a.mp4"), "--start", 2.6)

    def test_other_encoder(self):
        """Without x264 OpenH264 takes its place, within the budget"""
        source = self.make_scene("a.mp4", 2, size="640x480")
        told = self.render(source, env=self.plugins("gstx264"))["motion"]
        self.assertEqual(told["quality"], -1)
        self.assertEqual(ffprobe(self.path("motion.mp4"))["streams"][0]["nb_frames"], "60")
        self.assertGreater(ssim(self.path("motion.mp4"), source, "crop=480:480"), 0.85)

    def test_no_encoder(self):
        """Without any encoder the refusal says so"""
        source = self.make_scene("a.mp4", 1, size="320x240")
        self.refuse(source, self.path("refused.likeness"), code="no-encoder",
                    env=self.plugins("gstx264", "gstopenh264", "gstva", "vaapi"))

    def find_confined_copy(self, parent):
        """The process that decodes, once no call is left to it that it could do harm with; or None."""
        for path in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                status = dict(line.split(":\t", 1) for line in path.read_text(encoding="utf-8").splitlines()
                              if ":\t" in line)
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(status["PPid"]) == parent and status["Seccomp"] == "2" and status["NoNewPrivs"] == "1":
                return int(path.parent.name)
        return None

    def wait_for_copy(self, process):
        deadline = time.monotonic() + 60
        copy = None
        while copy is None and process.poll() is None and time.monotonic() < deadline:
            copy = self.find_confined_copy(process.pid)
        self.assertIsNotNone(copy)
        return copy

    def test_killed(self):
        """What decodes is a confined copy of the program; where that is killed, it is told, and nothing is left"""
        source = self.make_scene("a.mp4", 5)
        with subprocess.Popen([RENDER, source, self.path("refused.likeness")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            copy = self.wait_for_copy(process)
            self.assertNotIn(b"--worker", pathlib.Path(f"/proc/{copy}/cmdline").read_bytes())
            os.kill(copy, signal.SIGKILL)
            said, told = process.communicate(timeout=60)
        self.assertEqual((process.returncode, said), (3, ""))
        self.assertEqual(json.loads(told), {"code": "decoder-crashed", "message": "The decoder ended: signal 9"})
        self.assertFalse(self.path("refused.likeness").exists())

    def test_parent_killed(self):
        """What decodes does not outlive the program, whatever it does: here nothing at all"""
        source = self.make_scene("a.mp4", 5)
        with subprocess.Popen([RENDER, source, self.path("refused.likeness")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            copy = self.wait_for_copy(process)
            os.kill(copy, signal.SIGSTOP)
            process.kill()
            process.wait(60)
        deadline = time.monotonic() + 60
        while self.is_running(copy):
            self.assertLess(time.monotonic(), deadline)

    def is_running(self, pid):
        """Whether it is there, and does not only wait for somebody to ask how it ended."""
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def test_disk_full(self):
        """A full disk is told of by name; no part of the bundle and no other file stays"""
        source = self.make_scene("a.mp4", 1, size="640x480")
        script = ('mount -t tmpfs -o size=16k none "$1" && cd "$1" && "$2" "$3" "$1/out.likeness"; '
                  'code=$?; ls -A "$1" >&2; exit $code')
        self.path("small").mkdir()
        self.path("tmp").mkdir()
        if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no user namespaces here")
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", self.path("small"), RENDER, source],
                              capture_output=True, text=True, timeout=60, check=False,
                              env=os.environ | {"TMPDIR": str(self.path("tmp"))})
        self.assertEqual(done.returncode, 3, done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual(json.loads(lines[0])["code"], "disk-full")
        self.assertEqual(lines[1:], [])
        self.assertEqual(list(self.path("tmp").iterdir()), [])


if __name__ == "__main__":
    for tool in ("ffmpeg", "ffprobe", "pkg-config"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is needed: see tests/support/packages.sh")
    tap.main()
