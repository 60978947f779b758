#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times likeness-render on clips beside ffmpeg, in one run.

    tests/bench/media/clip.py [--build DIR] [--rounds N] [--json]

Rows: ten seconds of 1080p30 cut to a square of 640 px, with a text and a ring, beside ffmpeg's crop, overlay of the same
picture, and x264 at the same preset and quality; all of the clip's height, scaled to 800 px, beside crop and scale; a clip
that has to lose quality for 2 MB, beside ffmpeg's two passes to the same size; and what ten seconds out of a film of ten
minutes take. ffmpeg makes no poster. Told are wall time, peak memory, bytes, and how like the frames each is before they
were encoded (SSIM; of the first row's clip without text and ring, since the two scale these differently). Exits 1 when a
goal is missed.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import zipfile

import lkbench

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y")
PRESET = "faster"
SECONDS = 10
EDITS = {"texts": [{"content": "Hello from Likeness", "family": "DejaVu Sans", "size": 0.07, "y": 0.8}],
         "border": {"kind": "ring", "width": 0.03}}


def make_clip(path, noise, rate="14M"):
    """Something that moves as a hand does that holds a camera, over detail and a sensor's noise."""
    photo = path.with_suffix(".png")
    subprocess.run([lkbench.find_convert(), "-seed", "7", "-size", "640x640", "plasma:tomato-steelblue", "-resize",
                    "400%", "-attenuate", "0.3", "+noise", "Gaussian", "-unsharp", "0x2", photo], check=True)
    subprocess.run([*FFMPEG, "-f", "lavfi", "-i", "mandelbrot=s=600x340:r=30:end_scale=0.01", "-loop", "1", "-r",
                    "30", "-i", photo, "-filter_complex",
                    "[1]zoompan=z='1.2+0.1*sin(on/40)':x='200+150*sin(on/25)':y='200+100*cos(on/31)':d=1:"
                    "s=1920x1080:fps=30[b];[b][0]overlay=x='200+mod(t*90,900)':y='300+100*sin(t*2)',"
                    f"noise=c0s={noise}:c0f=t,format=yuv420p", "-t", str(SECONDS), "-c:v", "libx264",
                    "-preset", "veryfast", "-b:v", rate, "-g", "60", "-colorspace", "bt709",
                    "-color_primaries", "bt709", "-color_trc", "bt709", path], check=True)


class Clip:
    """Both programs on one clip. Chain is what ffmpeg does to the first input, and to the second where there is one."""

    def __init__(self, bench, folder, source, chain, recipe=None, overlay=None):
        self.bench = bench
        self.folder = folder
        self.source = source
        self.chain = chain
        self.inputs = ["-i", source] + (["-i", overlay] if overlay else [])
        self.bundle = folder / "out.likeness"
        self.peer = folder / "peer.mp4"
        self.ours = [bench.options.program, *(["--recipe", recipe] if recipe else []), source, self.bundle]
        told = json.loads(subprocess.run([str(part) for part in self.ours], check=True, capture_output=True,
                                         text=True).stdout)
        self.motion = next(one for one in told["renditions"] if one["name"] == "motion")

    def encode(self, *options):
        return [*FFMPEG, *self.inputs, "-filter_complex", self.chain, "-an", "-c:v", "libx264", "-preset", PRESET,
                *options]

    def one_pass(self):
        return self.encode("-crf", str(self.motion["quality"]), self.peer)

    def two_passes(self):
        rate = ["-b:v", str(int(self.motion["bytes"] * 8 / SECONDS)), "-passlogfile", self.folder / "log"]
        return [self.encode(*rate, "-pass", "1", "-f", "null", "-"), self.encode(*rate, "-pass", "2", self.peer)]

    def ssim(self, path):
        shift = len(self.inputs) // 2
        told = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", *self.inputs, "-i", path, "-filter_complex",
                               f"{self.chain},format=yuv420p[r];[{shift}][r]ssim", "-f", "null", "-"], check=True,
                              capture_output=True, text=True).stderr
        return float(re.search(r"All:([0-9.]+)", told).group(1))

    def compare(self, title, peer, wall):
        self.bench.compare(title, {"likeness-render": self.ours, "ffmpeg": peer},
                           [("ffmpeg", "wall", wall), ("ffmpeg", "memory", 1.0)])
        size = self.peer.stat().st_size
        self.bench.say(f"quality {self.motion['quality']:.2f}; bytes: {self.motion['bytes']}; ffmpeg {size}")
        self.bench.hold(f"{title}: bytes ÷ ffmpeg ≤ 1.05", self.motion["bytes"] / size, 1.05)

    def compare_quality(self, title):
        """Of what both programs made last."""
        path = self.folder / "motion.mp4"
        with zipfile.ZipFile(self.bundle) as bundle:
            path.write_bytes(bundle.read("motion.mp4"))
        similar, theirs = self.ssim(path), self.ssim(self.peer)
        self.bench.say(f"SSIM {similar:.4f}; ffmpeg {theirs:.4f}")
        self.bench.hold(f"{title}: SSIM below ffmpeg's ≤ 0.005", theirs - similar, 0.005)


def draw_overlay(program, folder, side):
    """What likeness-render draws over a picture, alone, its colours multiplied by how opaque they are: that is how it
    looks on black; and it is transparent where it looks otherwise on white."""
    nothing, path = folder / "nothing.png", folder / "overlay.png"
    subprocess.run([lkbench.find_convert(), "-size", "1080x1080", "xc:none", f"png32:{nothing}"], check=True)
    for name, color in (("black", "#000000"), ("white", "#ffffff")):
        recipe = write_recipe(folder / f"{name}.json", background=color, **EDITS)
        subprocess.run([program, "--recipe", recipe, "--frame", "0", folder / f"{name}.png", nothing], check=True)
    subprocess.run([lkbench.find_convert(), folder / "black.png", "(", folder / "white.png", folder / "black.png",
                    "-compose", "difference", "-composite", "-negate", "-colorspace", "gray", ")", "-alpha", "off",
                    "-compose", "CopyOpacity", "-composite", "-resize", f"{side}x{side}", f"png32:{path}"], check=True)
    return path


def write_recipe(path, **members):
    path.write_text(json.dumps({"version": 2, **members}), encoding="utf-8")
    return path


def bench_film(bench, folder, clip):
    """Memory may not grow with what is around the part."""
    film = folder / "film.mp4"
    (folder / "list").write_text(f"file '{clip}'\n" * 60, encoding="utf-8")
    subprocess.run([*FFMPEG, "-f", "concat", "-safe", "0", "-i", folder / "list", "-c", "copy", film], check=True)
    part = [bench.options.program, "--start", "300", "--duration", str(SECONDS), film, folder / "part.likeness"]
    whole = [bench.options.program, clip, folder / "whole.likeness"]
    bench.compare("ten seconds of ten minutes", {"of a film": part, "the clip alone": whole},
                  [("the clip alone", "wall", 1.1), ("the clip alone", "memory", 1.1)])


def main():
    bench = lkbench.Bench(lkbench.parse_options(__doc__))
    with tempfile.TemporaryDirectory(prefix="likeness-bench-") as name:
        folder = pathlib.Path(name)
        calm, wild = folder / "calm.mp4", folder / "wild.mp4"
        make_clip(calm, 3)
        make_clip(wild, 14, rate="30M")
        square = {"x": 0.5, "y": 0.5, "size": 640 / 1080}
        cut = Clip(bench, folder, calm, "[0]crop=640:640[c];[c][1]overlay=alpha=premultiplied",
                   write_recipe(folder / "edits.json", crop=square, **EDITS),
                   draw_overlay(bench.options.program, folder, 640))
        cut.compare("640 px of 1080p, text, ring", cut.one_pass(), 0.9)
        plain = Clip(bench, folder, calm, "[0]crop=640:640", write_recipe(folder / "crop.json", crop=square))
        subprocess.run([str(part) for part in plain.one_pass()], check=True)
        plain.compare_quality("640 px of 1080p")

        scaled = Clip(bench, folder, calm, "[0]crop=1080:1080,scale=800:800")
        scaled.compare("1080 px to 800", scaled.one_pass(), 0.9)
        scaled.compare_quality("1080 px to 800")
        lossy = Clip(bench, folder, wild, "[0]crop=1080:1080,scale=800:800")
        lossy.compare("down to 2 MB", lossy.two_passes(), 0.8)
        lossy.compare_quality("down to 2 MB")
        bench_film(bench, folder, calm)
    bench.finish()


if __name__ == "__main__":
    main()
