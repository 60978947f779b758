#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one fuzz target over its seeds, and from there on for a time.

    run-target.py PROGRAM NAME WORDS

PROGRAM is the target, NAME that of its folder in tests/fuzz/seeds, WORDS the dictionary NAME.dict beside it.

LIKENESS_FUZZ_SECONDS says how long: 0 runs the seeds only. Without it that is 60 where CI=true, else 0.
LIKENESS_FUZZ_CORPUS names a folder in which NAME/ keeps what was learnt for the next run.

An input that was found is kept in the build folder under fuzz-findings/NAME; `PROGRAM FILE` shows it again. Status 0 when
each seed was run, the time is up and nothing was found, else 1.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SUPPRESSIONS = HERE.parent / "support" / "lsan.supp"
SECONDS_IN_CI = 60
# What a source may take: LkRaw's own bound is below it. Redzones and a small quarantine come on top.
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=1024")
ASAN = "quarantine_size_mb=8:detect_stack_use_after_return=1:strict_string_checks=1:allocator_release_to_os_interval_ms=500"
# What a loader of GdkPixbuf's forgets about a broken file (that of AVIF a picture) goes with the process that decodes
# it: of leaks only our own readers are asked, which the other targets and the unit tests have.
LEAKS_OF_LOADERS = ("still",)
# Beyond the time that it was given: to start, to run the seeds and to report on what was found.
GRACE_SECONDS = 120
# Parts of an artifact's bytes are printed for a log that outlives its machine.
SHOWN_BYTES = 4096


def get_seconds():
    given = os.environ.get("LIKENESS_FUZZ_SECONDS")
    if given is None:
        return SECONDS_IN_CI if os.environ.get("CI") == "true" else 0
    if not given.isdecimal():
        sys.exit(f"run-target.py: LIKENESS_FUZZ_SECONDS is no number of seconds: {given}")
    return int(given)


def make_environment(name):
    return os.environ | {
        "ASAN_OPTIONS": ASAN + (":detect_leaks=0" if name in LEAKS_OF_LOADERS else ""), "UBSAN_OPTIONS": "print_stacktrace=1",
        "LSAN_OPTIONS": f"suppressions={SUPPRESSIONS}:print_suppressions=0",
        # GLib 2.74's own allocator would hide from the sanitizer what is freed.
        "G_SLICE": "always-malloc", "G_DEBUG": "fatal-warnings"}


def run(name, command, seconds):
    """Gives the status and what was said; a target that does not end by itself is ended."""
    try:
        done = subprocess.run(command, env=make_environment(name), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds + GRACE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        return -1, (error.stdout or b"").decode(errors="replace") + "\nIt went on when its time was up.\n"
    return done.returncode, done.stdout.decode(errors="replace")


def show_findings(folder):
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        print(f"{path}: {len(data)} bytes: {data[:SHOWN_BYTES].hex()}")


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    program, name, words = sys.argv[1:]
    seconds = get_seconds()
    seeds = HERE / "seeds" / name
    count = len(list(seeds.iterdir()))
    findings = pathlib.Path(os.environ.get("LK_BUILD_DIR", "."), "fuzz-findings", name)
    shutil.rmtree(findings, ignore_errors=True)
    findings.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="likeness-fuzz-") as scratch:
        learnt = pathlib.Path(os.environ.get("LIKENESS_FUZZ_CORPUS", scratch), name)
        learnt.mkdir(parents=True, exist_ok=True)
        status, said = run(
            name, [program, *LIMITS, f"-dict={HERE / words}.dict", f"-artifact_prefix={findings}/", "-print_final_stats=1",
             f"-max_total_time={seconds}" if seconds > 0 else "-runs=0", learnt, seeds], seconds)
    print(said)
    runs = re.search(r"^stat::number_of_executed_units:\s*(\d+)", said, re.MULTILINE)
    if status == 0 and (runs is None or int(runs[1]) < count):
        print("Not each seed was run.")
        status = 1
    show_findings(findings)
    return 0 if status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
