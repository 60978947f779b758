#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs likeness-render on every file of a folder, each in a process of its own: a bundle or a refusal with a code.

    corpus.py RENDER [FOLDER]

Prints a line for each file: its path, "bundle" or the code it was refused by, seconds, and its peak memory in MB; then how many
of each there were. A file that made the program crash, took 10 s or more than 1 GiB, or got an answer without a code has failed,
and is shown in capitals with what was said.

Without FOLDER that is $LIKENESS_CORPUS, and without that a set of hostile files that it makes (hostile.py).
Status 0 when no file failed, 1 when one did or there was none, 2 usage.

Seconds are those since its start, but for those in which it was ready to run and other programs had the processors: a busy
machine makes no file slow. Memory is never less than what this program itself takes, some 20 MB.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

HOSTILE = pathlib.Path(__file__).with_name("hostile.py")
SECONDS = 10
MEGABYTES = 1024
# Not what is promised, which is measured, but what keeps a file that breaks the promise from taking the machine along.
GUARD = ("--data=4294967296", "--core=0", "--fsize=1073741824")
REFUSED = 3
# How often it is looked whether the time is up.
LOOK_MS = 100
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
SHOWN = 2000


@dataclasses.dataclass
class Outcome:
    """What became of one file: what is wrong, or what it was answered with."""

    path: str
    answer: str = ""
    fault: str = ""
    said: str = ""
    seconds: float = 0
    megabytes: float = 0

    def line(self):
        what = f"FAILED: {self.fault}" if self.fault else self.answer
        return f"{self.path}  {what}  {self.seconds:.2f} s  {self.megabytes:.0f} MB"


def read_code(text):
    """The code of a refusal: one JSON object and nothing else, or None."""
    try:
        code = json.loads(text)["code"]
    except (ValueError, TypeError, KeyError):
        return None
    return code if isinstance(code, str) and CODE.fullmatch(code) else None


def is_bundle(path, told):
    """Whether there is a bundle, and the answer tells of it."""
    try:
        with zipfile.ZipFile(path) as bundle:
            names = bundle.namelist()
        renditions = json.loads(told)["renditions"]
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile):
        return False
    return names[:1] == ["manifest.json"] and len(names) == 1 + len(renditions) > 2


def read_delay(pid):
    """Seconds that the first threads of a process and of those that it started were kept from running by others; 0 where
    the kernel does not count them. It waits for what decodes, which is another process, so one waits at a time."""
    folder = pathlib.Path(f"/proc/{pid}")
    try:
        delay = int((folder / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
        children = (folder / "task" / str(pid) / "children").read_text(encoding="ascii").split()
    except (OSError, IndexError, ValueError):
        return 0
    return delay + sum(read_delay(child) for child in children)


def wait(process, limit):
    """Waits until it ends, or its time is up: gives whether it ended, and its seconds. It is not reaped."""
    start = time.monotonic()
    handle = os.pidfd_open(process.pid)
    waiter = select.poll()
    waiter.register(handle, select.POLLIN)
    seconds, delay, ended = 0, 0, False
    while not ended and seconds < limit:
        ended = bool(waiter.poll(LOOK_MS))
        # Of a process that has ended nothing is told any more.
        delay = max(delay, read_delay(process.pid))
        seconds = max(time.monotonic() - start - delay, 0)
    os.close(handle)
    return ended and seconds < limit, seconds


class Corpus:
    """A program and the limits that it is held to."""

    def __init__(self, render, seconds=SECONDS, megabytes=MEGABYTES):
        self.render = os.path.abspath(render)
        self.seconds = seconds
        self.megabytes = megabytes

    def _execute(self, path, out, said):
        """Runs it to its end or to the limit; gives its status, seconds and peak in MB. A status of None: it was ended."""
        command = ["prlimit", *GUARD, self.render, path, out]
        # As people run it: a warning ends nothing, but it spoils the answer.
        environment = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
        with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=said[0], stderr=said[1],
                              start_new_session=True) as process:
            ended, seconds = wait(process, self.seconds)
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode if ended else None, seconds, usage.ru_maxrss / 1024

    def _judge(self, outcome, status, out, told, complained):
        if status is None:
            return f"still running after {self.seconds} s"
        if status < 0:
            return f"ended by {signal.Signals(-status).name}"
        if status == REFUSED:
            outcome.answer = read_code(complained) or ""
            if not outcome.answer:
                return "refused without a code"
            if os.path.exists(out):
                return "refused, but there is a bundle"
        elif status != 0:
            return f"ended with status {status}"
        elif not is_bundle(out, told):
            return "done, but there is no bundle"
        else:
            outcome.answer = "bundle"
        if outcome.megabytes > self.megabytes:
            return f"more than {self.megabytes} MB"
        return ""

    def run_file(self, path, name):
        outcome = Outcome(name)
        with tempfile.TemporaryDirectory(prefix="likeness-corpus-") as scratch, \
                tempfile.TemporaryFile(dir=scratch) as told, tempfile.TemporaryFile(dir=scratch) as complained:
            out = os.path.join(scratch, "out.likeness")
            status, outcome.seconds, outcome.megabytes = self._execute(path, out, (told, complained))
            texts = []
            for said in (told, complained):
                said.seek(0)
                texts.append(said.read().decode(errors="replace"))
            outcome.fault = self._judge(outcome, status, out, *texts)
            outcome.said = texts[1][-SHOWN:]
        return outcome

    def run_folder(self, folder):
        """Gives each file's outcome in the order of their paths, as soon as it is there."""
        paths = sorted(os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda path: self.run_file(path, os.path.relpath(path, folder)), paths)


def run(corpus, folder):
    counts = collections.Counter()
    failed = 0
    for outcome in corpus.run_folder(folder):
        # A name may be any bytes.
        print(outcome.line().encode(errors="backslashreplace").decode(), flush=True)
        if outcome.fault:
            failed += 1
            print("    " + outcome.said.replace("\n", "\n    "), flush=True)
        else:
            counts[outcome.answer] += 1
    bundles = counts.pop("bundle", 0)
    total = bundles + counts.total() + failed
    print("Refused: " + (", ".join(f"{count} {code}" for code, count in counts.most_common()) or "none"))
    print(f"{total} files: {bundles} bundles, {counts.total()} refused, {failed} failed")
    return 0 if total > 0 and failed == 0 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("render", help="likeness-render")
    parser.add_argument("folder", nargs="?", default=os.environ.get("LIKENESS_CORPUS"), help="of the files; else a hostile set")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="that a file may take")
    parser.add_argument("--megabytes", type=float, default=MEGABYTES, help="that a file may take")
    arguments = parser.parse_args()
    corpus = Corpus(arguments.render, arguments.seconds, arguments.megabytes)
    if arguments.folder:
        if not os.path.isdir(arguments.folder):
            parser.error(f"there is no folder {arguments.folder}")
        return run(corpus, arguments.folder)
    with tempfile.TemporaryDirectory(prefix="likeness-hostile-") as scratch:
        # In a process of its own: a child's peak is counted from what its parent had.
        subprocess.run([sys.executable, "-B", HOSTILE, scratch], check=True)
        return run(corpus, scratch)


if __name__ == "__main__":
    sys.exit(main())
