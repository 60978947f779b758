#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times likeness-render on animations beside ffmpeg, in one run.

    tests/bench/media/animation.py [--build DIR] [--rounds N] [--json]

A GIF of 90 frames and 640×360 px, cut to a square of 320 px, with a text, to animated WebP, photo and thumbnail; beside
ffmpeg's libwebp_anim at the same quality, without text. Then what 1, 10, 100 and 1,000 frames cost. Told are wall time,
peak memory, bytes, and how like the source each is (SSIM, ours without its text). Exits 1 when a goal is missed.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import zipfile

import lkbench

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y")
SIDE = 320
RATE = 25
FRAMES = 90
TEXT = "Hello"
GROWTH = (1, 10, 100, 1000)


def make_film(path):
    """A GIF as they are made of films: a camera that moves over something, in 256 dithered colours."""
    photo = path.with_suffix(".png")
    subprocess.run([lkbench.find_convert(), "-seed", "7", "-size", "640x640", "plasma:tomato-steelblue", "-resize",
                    "200%", "-unsharp", "0x2", photo], check=True)
    subprocess.run([*FFMPEG, "-loop", "1", "-r", str(RATE), "-i", photo, "-f", "lavfi", "-i",
                    f"testsrc2=s=160x120:r={RATE}", "-filter_complex",
                    "[0]zoompan=z='1.2+0.1*sin(on/40)':x='200+90*sin(on/25)':y='200+60*cos(on/31)':d=1:"
                    f"s=640x360:fps={RATE}[b];[b][1]overlay=x='200+40*sin(t)':y='120+30*cos(t)',"
                    f"trim=end_frame={FRAMES},split[c][d];[c]palettegen[p];[d][p]paletteuse=dither=bayer", path],
                   check=True)


def make_drawing(path, frames):
    """A GIF in which little changes, so that a thousand frames fit."""
    subprocess.run([*FFMPEG, "-f", "lavfi", "-i", f"testsrc=s=320x180:r={RATE}", "-filter_complex",
                    f"trim=end_frame={frames},split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none", path],
                   check=True)


class Animation:
    """Both programs on one film."""

    def __init__(self, options, folder):
        self.program = options.program
        self.dump = options.build / "tests" / "media" / "dump-webp"
        self.folder = folder
        self.source = folder / "film.gif"
        self.bundle = folder / "out.likeness"
        self.peer = folder / "peer.webp"
        make_film(self.source)

    def recipe(self, **members):
        path = self.folder / f"{len(members)}.json"
        path.write_text(json.dumps({"version": 2, "crop": {"x": 0.5, "y": 0.5, "size": SIDE / 360}, **members}),
                        encoding="utf-8")
        return path

    def ours(self, recipe):
        return [self.program, "--recipe", recipe, self.source, self.bundle]

    def theirs(self, quality):
        return [*FFMPEG, "-i", self.source, "-vf", f"crop={SIDE}:{SIDE}", "-c:v", "libwebp_anim", "-quality",
                str(round(quality)), "-loop", "0", self.peer]

    def render(self, recipe):
        """What is told of the motion, and where it is."""
        told = subprocess.run(self.ours(recipe), check=True, capture_output=True, text=True).stdout
        path = self.folder / "motion.webp"
        with zipfile.ZipFile(self.bundle) as bundle:
            path.write_bytes(bundle.read("motion.webp"))
        return next(one for one in json.loads(told)["renditions"] if one["name"] == "motion"), path

    def ssim(self, path):
        raw = self.folder / "shown.rgba"
        subprocess.run([self.dump, path, raw], check=True, stdout=subprocess.DEVNULL)
        told = subprocess.run(
            ["ffmpeg", "-nostdin", "-hide_banner", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{SIDE}x{SIDE}", "-r",
             str(RATE), "-i", raw, "-r", str(RATE), "-i", self.source, "-lavfi",
             f"[1]crop={SIDE}:{SIDE},format=yuv420p[r];[0]format=yuv420p[m];[m][r]ssim", "-f", "null", "-"],
            check=True, capture_output=True, text=True).stderr
        raw.unlink()
        return float(re.search(r"All:([0-9.]+)", told).group(1))


def bench_film(bench, folder):
    film = Animation(bench.options, folder)
    plain, path = film.render(film.recipe())
    similar = film.ssim(path)
    text = film.recipe(texts=[{"content": TEXT}])
    motion, _ = film.render(text)
    bench.compare(f"GIF of {FRAMES} frames to WebP, quality {motion['quality']:.0f}",
                  {"likeness-render": film.ours(text), "ffmpeg": film.theirs(motion["quality"])},
                  [("ffmpeg", "wall", 0.8), ("ffmpeg", "memory", 1.0)])
    peer = film.peer.stat().st_size
    bench.say(f"bytes: {motion['bytes']} with text, {plain['bytes']} without; ffmpeg {peer}")
    bench.hold("GIF: bytes ÷ ffmpeg ≤ 1.05", motion["bytes"] / peer, 1.05)
    bench.hold("GIF: SSIM below ffmpeg's ≤ 0.005", film.ssim(film.peer) - similar, 0.005)


def bench_growth(bench, folder):
    """Ten times the frames may not cost more than ten times the time; of memory, no more than what is made of them, which
    the budget bounds and which is there twice while it is put together."""
    commands = {}
    for frames in GROWTH:
        make_drawing(folder / f"{frames}.gif", frames)
        commands[str(frames)] = [bench.options.program, folder / f"{frames}.gif", folder / "growth.likeness"]
    medians = bench.run(commands)
    bench.figures["frames"] = medians
    for name, (wall, memory) in medians.items():
        bench.say(f"{name:>6} frames {wall:8.3f} s {memory:8.1f} MB")
    bench.hold("1,000 frames: wall ÷ that of 100 ≤ 10", medians["1000"][0] / medians["100"][0], 10)
    bench.hold("1,000 frames: MB more than 100 ≤ 6", medians["1000"][1] - medians["100"][1], 6)


def main():
    bench = lkbench.Bench(lkbench.parse_options(__doc__))
    with tempfile.TemporaryDirectory(prefix="likeness-bench-") as name:
        bench_film(bench, pathlib.Path(name))
        bench_growth(bench, pathlib.Path(name))
    bench.finish()


if __name__ == "__main__":
    main()
