# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of the media engine share: programs take turns, so that a busy machine is busy for all of them;
the first round warms the cache and does not count; what is told are medians, and ratios within one run."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time


def find_convert():
    """The distribution's ImageMagick, of version 7 or 6."""
    for name in ("magick", "convert"):
        path = shutil.which(name, path=os.defpath) or shutil.which(name)
        if path:
            return path
    sys.exit("ImageMagick is needed")


def parse_options(description, rounds=5):
    """The options that every benchmark has; program is likeness-render."""
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default="build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.program = options.build / "src" / "media" / "likeness-render"
    return options


def measure(work):
    """Wall seconds and peak megabytes of a command, or of several that run one after the other."""
    peak = 0
    start = time.perf_counter()
    for command in work if isinstance(work[0], list) else [work]:
        with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{command[0]} failed")
        peak = max(peak, usage.ru_maxrss / 1024)
    return time.perf_counter() - start, peak


class Bench:
    """Commands that are measured in turn, what is told about them, and whether a goal was missed."""

    def __init__(self, options):
        self.options = options
        self.figures = {}
        self.missed = []

    def run(self, commands):
        """Medians of seconds and megabytes by the commands' names."""
        samples = {name: [] for name in commands}
        for number in range(self.options.rounds + 1):
            for name, work in commands.items():
                sample = measure(work)
                if number > 0:
                    samples[name].append(sample)
        return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in samples.items()}

    def say(self, text):
        """A line for people."""
        if not self.options.json:
            print(text)

    def compare(self, title, commands, goals):
        """The first command beside the others; goals: (peer, "wall" or "memory", the most that the ratio may be)."""
        medians = self.run(commands)
        ours = medians[next(iter(commands))]
        ratios = {name: {"wall": ours[0] / wall, "memory": ours[1] / memory}
                  for name, (wall, memory) in medians.items()}
        self.figures[title] = {"medians": medians, "ratios": ratios}
        self.say(f"\n{title}: medians of {self.options.rounds}\n"
                 f"{'':34} {'wall s':>8} {'peak MB':>8} {'ours ÷ wall':>12} {'ours ÷ peak':>12}")
        for name, (wall, memory) in medians.items():
            self.say(f"{name:34} {wall:8.3f} {memory:8.1f} {ratios[name]['wall']:12.2f} {ratios[name]['memory']:12.2f}")
        for name, what, most in goals:
            self.hold(f"{title}: {what} ÷ {name} ≤ {most}", ratios[name][what], most)

    def hold(self, goal, value, most):
        """Notes whether a figure is within its goal."""
        fits = value <= most
        self.figures.setdefault("goals", {})[goal] = {"value": value, "met": fits}
        self.say(f"goal {goal}: {value:.2f}, {'met' if fits else 'MISSED'}")
        if not fits:
            self.missed.append(goal)

    def finish(self):
        """Ends the program: 1 where a goal was missed."""
        if self.options.json:
            print(json.dumps(self.figures))
        sys.exit(1 if self.missed else 0)
