#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the test cases in Meson's test logs, and shows the log of each test that failed.

    summary.py [--not-run N] LOG.json...

Meson counts programs; people count cases. A program that speaks TAP counts one for each of its lines, any other
counts one. What Meson's own count is kind to fails here: a program that ended early, crashed or timed out although
each line it printed was "ok", one that ran nothing and said nothing, and a run without one case carried out.

The last line is "N passed, N failed, N skipped". Exit status 0 only when nothing failed.
"""

import argparse
import json
import re
import sys

TAP_LINE = re.compile(r"^(?P<not>not )?ok\b[\s\d]*(?:- )?(?P<name>[^#]*)(?P<directive>#\s*(?:SKIP|TODO)\b.*)?$",
                      re.IGNORECASE)
TAP_PLAN = re.compile(r"^1\.\.(?P<count>\d+)\s*(?P<directive>#\s*SKIP\b.*)?$", re.IGNORECASE)
# What of a log is shown: the end, where it went wrong. The whole of it stays in the build folder.
SHOWN_LINES = 400
# What GLib's test harness repeats of other libraries' talk; it stays in the build folder too.
CHATTER = re.compile(r"^# (GLib|GLib-GIO|GLib-GObject|GdkPixbuf|Gdk|Gtk|dconf)-DEBUG: ")
FINE = {"OK", "SKIP", "EXPECTEDFAIL"}


class Program:
    """One test program's outcome: the numbers of its cases and why it failed, if it did."""

    def __init__(self, entry):
        self.name = entry["name"]
        self.passed = self.failed = self.skipped = 0
        self.reasons = []
        self.log = entry.get("stdout", "") + entry.get("stderr", "")
        self._count_lines(entry)
        self._judge(entry)

    def _count_lines(self, entry):
        self.speaks_tap = self.says_skip = False
        for line in entry.get("stdout", "").splitlines():
            plan = TAP_PLAN.match(line)
            if plan:
                self.speaks_tap = True
                self.says_skip = plan["directive"] is not None
                continue
            case = TAP_LINE.match(line)
            if not case:
                continue
            self.speaks_tap = True
            if case["directive"]:
                self.skipped += 1
            elif case["not"]:
                self.failed += 1
                self.reasons.append(case["name"].strip() or line)
            else:
                self.passed += 1

    def _judge(self, entry):
        result = entry["result"]
        ran = self.passed + self.failed + self.skipped
        if result not in FINE:
            # Cases that failed say it themselves, but for a program that was stopped on top of that.
            if self.failed == 0 or result in ("TIMEOUT", "INTERRUPT"):
                self.failed += 1
                self.reasons.append(f"the program ended as {result} (status {entry.get('returncode')})")
        elif ran == 0:
            if entry.get("returncode") == 77 or self.says_skip:
                self.skipped = 1
            elif result == "OK" and not self.speaks_tap:
                self.passed = 1
            else:
                self.failed = 1
                self.reasons.append("the program ran no case and named no reason to skip")


def read_programs(paths):
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.strip():
                    yield Program(json.loads(line))


def show_failure(program):
    lines = [line for line in program.log.splitlines() if not CHATTER.match(line)]
    print(f"\n=== {program.name}: {'; '.join(program.reasons)}")
    if len(lines) > SHOWN_LINES:
        print(f"[{len(lines) - SHOWN_LINES} lines before these are in the build folder's meson-logs]")
    print("\n".join(lines[-SHOWN_LINES:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--not-run", type=int, default=0, help="parts that could not be run at all: each a failure")
    parser.add_argument("logs", nargs="*", metavar="LOG.json")
    arguments = parser.parse_args()

    programs = list(read_programs(arguments.logs))
    for program in programs:
        if program.failed:
            show_failure(program)
    passed = sum(program.passed for program in programs)
    failed = sum(program.failed for program in programs) + arguments.not_run
    skipped = sum(program.skipped for program in programs)
    if passed + failed == 0:
        print("\n=== no test case was carried out, which is a failure")
        failed = 1
    if failed:
        print("\nFailed: " + (", ".join(program.name for program in programs if program.failed) or "see above"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
