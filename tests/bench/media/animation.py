#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times likeness-render on animations beside ffmpeg, in one run.

    tests/bench/media/animation.py [--build DIR] [--rounds N] [--json]

The row: a GIF of 90 frames and 640×360 px, cut to a square of 320 px, with a text, to animated WebP, photo and thumbnail;
beside ffmpeg's libwebp_anim at the same quality, without text. Then what 1, 10, 100 and 1,000 frames cost. Prints medians
of wall time and of peak memory, the ratios, the bytes, and how like the source each is (SSIM, ours without its text);
exits 1 when a goal of the project is missed. The programs take turns, so that a busy machine is busy for both.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y")
SIDE = 320
RATE = 25
FRAMES = 90
GOALS = {"wall": 0.8, "bytes": 1.05, "memory": 1.0, "ssim": -0.005}
GROWTH = (1, 10, 100, 1000)


def measure(command):
    """Wall seconds and peak megabytes."""
    start = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def make_film(path):
    """A GIF as they are made of films: a camera that moves over something, in 256 dithered colours."""
    photo = path.with_suffix(".png")
    subprocess.run(["convert", "-seed", "7", "-size", "640x640", "plasma:tomato-steelblue", "-resize", "200%",
                    "-unsharp", "0x2", photo], check=True)
    subprocess.run([*FFMPEG, "-loop", "1", "-r", str(RATE), "-i", photo, "-f", "lavfi", "-i",
                    f"testsrc2=s=160x120:r={RATE}", "-filter_complex",
                    "[0]zoompan=z='1.2+0.1*sin(on/40)':x='200+90*sin(on/25)':y='200+60*cos(on/31)':d=1:"
                    f"s=640x360:fps={RATE}[b];[b][1]overlay=x='200+40*sin(t)':y='120+30*cos(t)',trim=end_frame={FRAMES},"
                    "split[c][d];[c]palettegen[p];[d][p]paletteuse=dither=bayer", path], check=True)


def make_drawing(path, frames):
    """A GIF in which little changes, so that a thousand frames fit."""
    subprocess.run([*FFMPEG, "-f", "lavfi", "-i", f"testsrc=s=320x180:r={RATE}", "-filter_complex",
                    f"trim=end_frame={frames},split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none", path], check=True)


class Bench:
    """The programs, and what they are given."""

    def __init__(self, build, folder):
        self.program = build / "src" / "media" / "likeness-render"
        self.dump = build / "tests" / "media" / "dump-webp"
        self.folder = folder
        self.bundle = folder / "out.likeness"
        self.peer = folder / "peer.webp"
        self.motion = folder / "motion.webp"

    def recipe(self, **members):
        path = self.folder / "recipe.json"
        path.write_text(json.dumps({"version": 2, "crop": {"x": 0.5, "y": 0.5, "size": SIDE / 360}, **members}),
                        encoding="utf-8")
        return path

    def ours(self, source, *options):
        return [self.program, *options, source, self.bundle]

    def theirs(self, source, quality):
        return [*FFMPEG, "-i", source, "-vf", f"crop={SIDE}:{SIDE}", "-c:v", "libwebp_anim", "-quality",
                str(round(quality)), "-loop", "0", self.peer]

    def render(self, source, *options):
        """What the motion is, which then is in a file."""
        told = subprocess.run(self.ours(source, *options), check=True, capture_output=True, text=True).stdout
        with zipfile.ZipFile(self.bundle) as bundle:
            self.motion.write_bytes(bundle.read("motion.webp"))
        return next(one for one in json.loads(told)["renditions"] if one["name"] == "motion")

    def ssim(self, path, source):
        raw = self.folder / "shown.rgba"
        subprocess.run([self.dump, path, raw], check=True, stdout=subprocess.DEVNULL)
        told = subprocess.run(
            ["ffmpeg", "-nostdin", "-hide_banner", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{SIDE}x{SIDE}", "-r",
             str(RATE), "-i", raw, "-r", str(RATE), "-i", source, "-lavfi",
             f"[1]crop={SIDE}:{SIDE},format=yuv420p[r];[0]format=yuv420p[m];[m][r]ssim", "-f", "null", "-"],
            check=True, capture_output=True, text=True).stderr
        raw.unlink()
        return float(re.search(r"All:([0-9.]+)", told).group(1))


def run_row(bench, rounds):
    source = bench.folder / "film.gif"
    make_film(source)
    plain = bench.render(source, "--recipe", bench.recipe())
    similar = bench.ssim(bench.motion, source)
    text = bench.recipe(texts=[{"content": "Hello from the sea"}])
    motion = bench.render(source, "--recipe", text)
    quality = motion["quality"]
    samples = {"likeness-render": [], "ffmpeg": []}
    for number in range(rounds + 1):
        for name, command in (("likeness-render", bench.ours(source, "--recipe", text)),
                              ("ffmpeg", bench.theirs(source, quality))):
            sample = measure(command)
            if number > 0:  # the first round warms the cache
                samples[name].append(sample)
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
    ours, theirs = medians["likeness-render"], medians["ffmpeg"]
    peer_bytes = bench.peer.stat().st_size
    return {"medians": medians, "quality": quality, "bytes": [motion["bytes"], peer_bytes],
            "bytes_without_text": plain["bytes"],
            "ratios": {"wall": ours[0] / theirs[0], "memory": ours[1] / theirs[1],
                       "bytes": motion["bytes"] / peer_bytes,
                       "ssim": similar - bench.ssim(bench.peer, source)}}


def run_growth(bench, rounds):
    rows = []
    for frames in GROWTH:
        source = bench.folder / f"{frames}.gif"
        make_drawing(source, frames)
        samples = [measure(bench.ours(source)) for _ in range(max(rounds // 2, 1))]
        wall, peak = [statistics.median(column) for column in zip(*samples)]
        rows.append({"frames": frames, "wall": wall, "memory": peak})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="likeness-bench-") as name:
        bench = Bench(options.build, pathlib.Path(name))
        row = run_row(bench, options.rounds)
        growth = run_growth(bench, options.rounds)
    ratios = row["ratios"]
    # Ten times the frames may not cost more than ten times the time, nor more memory than a frame or two.
    linear = all(more["wall"] <= 10.5 * less["wall"] for less, more in zip(growth, growth[1:]))
    level = growth[-1]["memory"] <= growth[-2]["memory"] * 1.1
    good = linear and level and ratios["ssim"] >= GOALS["ssim"] and all(
        ratios[what] <= GOALS[what] for what in ("wall", "bytes", "memory"))
    if options.json:
        print(json.dumps({"row": row, "growth": growth, "good": good}))
    else:
        print(f"GIF of {FRAMES} frames to WebP, quality {row['quality']:.0f}, {options.rounds} rounds, medians")
        for program, (wall, peak) in row["medians"].items():
            print(f"{program:20} {wall:8.3f} s {peak:8.1f} MB")
        print(f"bytes {row['bytes'][0]} / {row['bytes'][1]} (without text {row['bytes_without_text']})")
        print(", ".join(f"{what} {value:.3f} (goal {GOALS[what]})" for what, value in ratios.items()))
        for step in growth:
            print(f"{step['frames']:6} frames {step['wall']:8.3f} s {step['memory']:8.1f} MB")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
