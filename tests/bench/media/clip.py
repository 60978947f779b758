#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times likeness-render on clips beside ffmpeg, in one run.

    tests/bench/media/clip.py [--build DIR] [--rounds N] [--json]

Rows: ten seconds of 1080p30 cut to a square of 640 px, and of all of its height, which is scaled to 800; a clip that has to
lose quality for 2 MB, beside ffmpeg's two passes to the same size; and ten seconds out of a film of ten minutes. Prints
medians of wall time and of peak memory, the ratios, the bytes, and how like the source each is (SSIM); exits 1 when a
goal of the project is missed. The programs take turns, so that a busy machine is busy for all of them.
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
PRESET = "faster"
GOALS = {"640 px": 0.9, "800 px": 0.9, "2 MB": 0.8}


def measure(*commands):
    """Wall seconds and peak megabytes of commands that run one after the other."""
    peak = 0
    start = time.perf_counter()
    for command in commands:
        with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command[0]} failed")
        peak = max(peak, usage.ru_maxrss / 1024)
    return time.perf_counter() - start, peak


def make_clip(path, noise, seconds=10, rate="14M"):
    """Something that moves as a hand does that holds a camera, over detail and a sensor's noise."""
    photo = path.with_suffix(".png")
    subprocess.run(["convert", "-seed", "7", "-size", "640x640", "plasma:tomato-steelblue", "-resize", "400%",
                    "-attenuate", "0.3", "+noise", "Gaussian", "-unsharp", "0x2", photo], check=True)
    subprocess.run([*FFMPEG, "-f", "lavfi", "-i", "mandelbrot=s=600x340:r=30:end_scale=0.01", "-loop", "1", "-r",
                    "30", "-i", photo, "-filter_complex",
                    "[1]zoompan=z='1.2+0.1*sin(on/40)':x='200+150*sin(on/25)':y='200+100*cos(on/31)':d=1:"
                    "s=1920x1080:fps=30[b];[b][0]overlay=x='200+mod(t*90,900)':y='300+100*sin(t*2)',"
                    f"noise=c0s={noise}:c0f=t,format=yuv420p", "-t", str(seconds), "-c:v", "libx264",
                    "-preset", "veryfast", "-b:v", rate, "-g", "60", "-colorspace", "bt709",
                    "-color_primaries", "bt709", "-color_trc", "bt709", path], check=True)


def ssim(path, source, chain):
    told = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-i", path, "-i", source, "-lavfi",
                           f"[1]{chain}[r];[0][r]ssim", "-f", "null", "-"], check=True,
                          capture_output=True, text=True).stderr
    return float(re.search(r"All:([0-9.]+)", told).group(1))


class Row:
    """One kind of work, ours and ffmpeg's."""

    def __init__(self, program, folder, name, source, chain, recipe=None, options=(), two_passes=False):
        self.name, self.source, self.chain, self.two_passes = name, source, chain, two_passes
        self.folder = folder
        self.peer = folder / "peer.mp4"
        self.bundle = folder / "out.likeness"
        self.command = [program, *(["--recipe", recipe] if recipe else []), *options, source, self.bundle]
        self.ours, self.theirs = [], []

    def run_ours(self):
        sample = measure(self.command)
        with zipfile.ZipFile(self.bundle) as bundle:
            (self.folder / "motion.mp4").write_bytes(bundle.read("motion.mp4"))
        return sample

    def peer_commands(self, quality):
        start = [*FFMPEG, "-i", self.source, "-vf", self.chain, "-an", "-c:v", "libx264", "-preset", PRESET]
        if not self.two_passes:
            return [[*start, "-crf", str(quality), self.peer]]
        rate = ["-b:v", str(int((self.folder / "motion.mp4").stat().st_size * 8 / 10)), "-passlogfile",
                self.folder / "log"]
        return [[*start, *rate, "-pass", "1", "-f", "null", "-"], [*start, *rate, "-pass", "2", self.peer]]

    def run(self, rounds):
        done = subprocess.run([str(part) for part in self.command], check=True, capture_output=True, text=True)
        quality = json.loads(done.stdout)["renditions"][2]["quality"]
        for number in range(rounds + 1):
            ours = self.run_ours()
            theirs = measure(*self.peer_commands(quality))
            if number > 0 or rounds == 0:  # the first round warms the cache
                self.ours.append(ours)
                self.theirs.append(theirs)
        wall, peak = (statistics.median(column) for column in zip(*self.ours))
        their_wall, their_peak = (statistics.median(column) for column in zip(*self.theirs))
        motion = self.folder / "motion.mp4"
        return {"row": self.name, "wall": wall, "peer wall": their_wall, "ratio": wall / their_wall,
                "peak": peak, "peer peak": their_peak, "bytes": motion.stat().st_size,
                "peer bytes": self.peer.stat().st_size, "quality": quality,
                "ssim": ssim(motion, self.source, self.chain), "peer ssim": ssim(self.peer, self.source, self.chain)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    program = pathlib.Path(options.build).resolve() / "src" / "media" / "likeness-render"

    with tempfile.TemporaryDirectory(prefix="likeness-bench-") as name:
        folder = pathlib.Path(name)
        calm, wild, film = folder / "calm.mp4", folder / "wild.mp4", folder / "film.mp4"
        make_clip(calm, 3)
        make_clip(wild, 14, rate="30M")
        (folder / "list").write_text(f"file '{calm}'\n" * 60, encoding="utf-8")
        subprocess.run([*FFMPEG, "-f", "concat", "-safe", "0", "-i", folder / "list", "-c", "copy", film], check=True)
        recipe = folder / "recipe.json"
        recipe.write_text(json.dumps({"version": 1, "crop": {"x": 0.5, "y": 0.5, "size": 640 / 1080}}),
                          encoding="utf-8")
        rows = [Row(program, folder, "640 px", calm, "crop=640:640", recipe).run(options.rounds),
                Row(program, folder, "800 px", calm, "crop=1080:1080,scale=800:800").run(options.rounds),
                Row(program, folder, "2 MB", wild, "crop=1080:1080,scale=800:800",
                    two_passes=True).run(options.rounds)]
        part = Row(program, folder, "of a film", film, "null",
                   options=("--start", "300", "--duration", "10"))
        cut = [measure(part.command) for _ in range(max(options.rounds, 1))]

    rows_ok = all(row["ratio"] <= GOALS[row["row"]] and row["bytes"] <= 1.05 * row["peer bytes"]
                  and row["ssim"] >= row["peer ssim"] - 0.005 and row["peak"] <= row["peer peak"] for row in rows)
    wall, peak = (statistics.median(column) for column in zip(*cut))
    whole = next(row for row in rows if row["row"] == "800 px")
    ok = rows_ok and peak <= 1.1 * whole["peak"]
    if options.json:
        print(json.dumps({"rows": rows, "film": {"wall": wall, "peak": peak}}))
    else:
        print(f"{'row':10} {'wall s':>7} {'ffmpeg':>7} {'ratio':>6} {'goal':>5} {'peak MB':>8} {'ffmpeg':>7} "
              f"{'bytes':>8} {'ffmpeg':>8} {'SSIM':>7} {'ffmpeg':>7}")
        for row in rows:
            print(f"{row['row']:10} {row['wall']:7.2f} {row['peer wall']:7.2f} {row['ratio']:6.2f} "
                  f"{GOALS[row['row']]:5.1f} {row['peak']:8.0f} {row['peer peak']:7.0f} {row['bytes']:8} "
                  f"{row['peer bytes']:8} {row['ssim']:7.4f} {row['peer ssim']:7.4f}")
        print(f"ten seconds of ten minutes: {wall:.2f} s, {peak:.0f} MB (of ten seconds: {whole['wall']:.2f} s, "
              f"{whole['peak']:.0f} MB)")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
