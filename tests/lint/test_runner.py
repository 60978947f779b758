#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests what the runner counts (support/summary.py), what it installs (support/packages.sh), and how the suites corpus and
fuzz judge (corpus/corpus.py, fuzz/run-target.py), on made-up input."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / "support"
sys.path.insert(0, str(SUPPORT))

import tap  # noqa: E402 (the path comes first)


class SummaryTest(unittest.TestCase):
    def summarize(self, *programs, arguments=()):
        """Gives the status and the lines for a log of (stdout, result, status of the program)."""
        with tempfile.TemporaryDirectory(prefix="likeness-summary-") as folder:
            log = pathlib.Path(folder, "testlog.json")
            log.write_text("".join(
                json.dumps({"name": f"likeness:unit / p{number}", "stdout": output, "result": result,
                            "returncode": status, "stderr": "what went wrong\n"}) + "\n"
                for number, (output, result, status) in enumerate(programs)), encoding="utf-8")
            outcome = subprocess.run([sys.executable, "-B", SUPPORT / "summary.py", *arguments, log],
                                     stdout=subprocess.PIPE, text=True, check=False)
        return outcome.returncode, outcome.stdout.splitlines()

    def check(self, expected, *programs, **keywords):
        status, lines = self.summarize(*programs, **keywords)
        self.assertEqual(lines[-1], expected)
        self.assertEqual(status, 0 if " 0 failed" in expected else 1)
        return "\n".join(lines)

    def test_counts_cases(self):
        """each line of TAP counts as a case, a program without TAP as one"""
        self.check("4 passed, 0 failed, 1 skipped",
                   ("TAP version 13\n1..4\nok 1 /a\nok 2 /b # SKIP no camera\n# ok 9 no case\nok 3 - c\nok 4 d\n", "OK", 0),
                   ("said\n", "OK", 0))

    def test_shows_failures(self):
        """a failed case is named, and the log of its program shown"""
        text = self.check("1 passed, 1 failed, 0 skipped", ("1..2\nok 1 /a\nnot ok 2 /b\n", "FAIL", 1))
        self.assertIn("=== likeness:unit / p0: /b\n", text)
        self.assertIn("what went wrong", text)

    def test_crash(self):
        """a program that crashes after cases that passed is a failure"""
        self.check("1 passed, 1 failed, 0 skipped", ("1..2\nok 1 /a\n", "ERROR", -11))

    def test_timeout(self):
        """a program that is stopped is a failure besides the case that failed before"""
        self.check("0 passed, 2 failed, 0 skipped", ("1..2\nnot ok 1 /a\n", "TIMEOUT", -15))

    def test_bad_status(self):
        """a program whose cases all passed but whose status is not 0 is a failure: a sanitizer spoke at its end"""
        self.check("1 passed, 1 failed, 0 skipped", ("1..1\nok 1 /a\n", "ERROR", 1))

    def test_skipped_program(self):
        """a program that names its reason, or ends with 77, is skipped"""
        self.check("1 passed, 0 failed, 2 skipped",
                   ("1..0 # SKIP no keyring\n", "SKIP", 0), ("", "SKIP", 77), ("ok 1 /a\n1..1\n", "OK", 0))

    def test_ran_nothing(self):
        """a program that ran no case and gave no reason is a failure"""
        self.check("0 passed, 1 failed, 0 skipped", ("1..0\n", "SKIP", 0))
        self.check("0 passed, 1 failed, 0 skipped", ("", "SKIP", 0))

    def test_no_case_at_all(self):
        """a run in which no case was carried out is a failure"""
        self.check("0 passed, 1 failed, 1 skipped", ("1..0 # SKIP no keyring\n", "SKIP", 0))

    def test_not_built(self):
        """a part that could not be built is a failure"""
        self.check("1 passed, 1 failed, 0 skipped", ("1..1\nok 1 /a\n", "OK", 0), arguments=("--not-run", "1"))


class PackagesTest(unittest.TestCase):
    """packages.sh in a PATH that holds only made-up package tools, which write down how they were called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="likeness-packages-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.calls = self.folder / "calls"
        self.calls.touch()
        for tool in ("bash", "sed", "grep", "tr", "env"):
            (self.folder / tool).symlink_to(f"/usr/bin/{tool}")
        self.add_tool("npm", "exit 0")

    def add_tool(self, name, body):
        tool = self.folder / name
        tool.write_text(f"#!/usr/bin/bash\n{body}\n", encoding="utf-8")
        tool.chmod(0o755)

    def make_debian(self, installed, available, user=0):
        """A system with apt that has some packages and can get others."""
        self.add_tool("id", f"echo {user}")
        self.add_tool("dpkg-query", f'case " {installed} " in *" ${{@: -1}} "*) echo -n installed ;; *) exit 1 ;; esac')
        self.add_tool("apt-cache", f'case " {available} " in *" $2 "*) echo "  Candidate: 1.0" ;; '
                                   '*) echo "  Candidate: (none)" ;; esac')
        self.add_tool("apt-get", f'echo "apt-get $* ($DEBIAN_FRONTEND)" >> {self.calls}')

    def install(self, *groups):
        outcome = subprocess.run(["/usr/bin/bash", SUPPORT / "packages.sh", *groups], env={"PATH": str(self.folder)},
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 check=False)
        return outcome.returncode, outcome.stderr, self.calls.read_text(encoding="utf-8")

    def list(self, *groups):
        outcome = subprocess.run(["/usr/bin/bash", SUPPORT / "packages.sh", "--list", *groups],
                                 env={"PATH": str(self.folder)}, stdout=subprocess.PIPE, text=True, check=True)
        return outcome.stdout.split()

    def names(self, *groups):
        """The first of each entry's alternatives."""
        return [entry.lstrip("?").split("|")[0] for entry in self.list(*groups)]

    def test_nothing_missing(self):
        """apt is not called where nothing is missing"""
        self.make_debian(" ".join(self.names("build", "run", "screen", "test")), "")
        self.assertEqual(self.install("build", "run", "screen", "test"), (0, "", ""))

    def test_installs_what_is_missing(self):
        """what is missing is installed, and nothing else, without a question"""
        names = self.names("bench")
        self.make_debian(" ".join(names[1:]), names[0])
        status, _, calls = self.install("bench")
        self.assertEqual(status, 0)
        self.assertEqual(calls, "apt-get update -qq (noninteractive)\n"
                                f"apt-get install -y -qq --no-install-recommends {names[0]} (noninteractive)\n")

    def test_takes_the_alternative(self):
        """where a release names a package in another way, that one is installed, and counts as installed"""
        others = [name for name in self.names("screen") if "control-center" not in name]
        self.make_debian(" ".join(others), "gnome-control-center-data")
        self.assertIn("--no-install-recommends gnome-control-center-data ", self.install("screen")[2])
        self.calls.write_text("", encoding="utf-8")
        self.make_debian(" ".join([*others, "gnome-control-center-data"]), "")
        self.assertEqual(self.install("screen"), (0, "", ""))

    def test_leaves_out_what_the_release_lacks(self):
        """a package that may be left out is left out where the release has none"""
        others = [name for name in self.names("test") if name != "clang-format-14"]
        self.make_debian(" ".join(others), "")
        self.assertEqual(self.install("test"), (0, "", ""))

    def test_failed_install(self):
        """status 1 where apt cannot install"""
        self.make_debian("", "")
        self.add_tool("apt-get", "exit 100")
        self.assertEqual(self.install("bench")[0], 1)

    def test_nobody(self):
        """without root or sudo the command to run as root is named"""
        self.make_debian("", "", user=1000)
        status, said, calls = self.install("bench")
        self.assertEqual((status, calls), (1, ""))
        self.assertIn("apt-get install --no-install-recommends hyperfine wrk ", said)

    def test_fedora(self):
        """with dnf the packages are named, and nothing is done"""
        self.add_tool("dnf", "exit 1")
        status, said, _ = self.install("build", "run")
        self.assertEqual(status, 1)
        self.assertIn("dnf install meson ", said)

    def test_arch(self):
        """with pacman the packages are named, and nothing is done"""
        self.add_tool("pacman", "exit 1")
        status, said, _ = self.install("build", "run")
        self.assertEqual(status, 1)
        self.assertIn("pacman -S --needed meson ", said)

    def test_another_system(self):
        """on yet another system the packages are named for both"""
        status, said, _ = self.install("build")
        self.assertEqual(status, 1)
        self.assertRegex(said, r"(?s)dnf: meson.*pacman: meson")

    def test_unknown_group(self):
        """status 2 for a group that is not there"""
        self.make_debian("", "")
        self.assertEqual(self.install("everything")[0], 2)
        self.assertEqual(self.install()[0], 2)


class CorpusTest(unittest.TestCase):
    """corpus.py with made-up programs in the place of likeness-render: $1 is the input, $2 the output."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="likeness-corpus-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.files = self.folder / "files"
        (self.files / "sub").mkdir(parents=True)
        (self.files / "sub" / "a.jpg").write_text("a", encoding="utf-8")
        self.bundle = self.folder / "bundle"
        with zipfile.ZipFile(self.bundle, "w") as bundle:
            for name in ("manifest.json", "photo.jpg", "thumbnail.jpg"):
                bundle.writestr(name, name)

    def run_corpus(self, body, *options):
        render = self.folder / "render"
        render.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        render.chmod(0o755)
        outcome = subprocess.run([sys.executable, "-B", SUPPORT.parent / "corpus" / "corpus.py", *options, render, self.files],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        return outcome.returncode, outcome.stdout

    def check_failed(self, body, what, *options):
        status, said = self.run_corpus(body, *options)
        self.assertEqual(status, 1, said)
        self.assertRegex(said, f"sub/a.jpg  FAILED: {what}")
        self.assertTrue(said.endswith("1 files: 0 bundles, 0 refused, 1 failed\n"), said)

    def test_answers(self):
        """a bundle and a refusal with a code are told apart, with a line for each and a count"""
        (self.files / "b.png").write_text("b", encoding="utf-8")
        status, said = self.run_corpus(
            f'case $1 in *.jpg) cp {self.bundle} "$2"; echo \'{{"renditions":[1,2]}}\' ;; '
            '*) echo \'{"code":"too-many-pixels"}\' >&2; exit 3 ;; esac')
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"^b\.png  too-many-pixels  \d+\.\d\d s  \d+ MB\nsub/a\.jpg  bundle  \d")
        self.assertTrue(said.endswith("Refused: 1 too-many-pixels\n2 files: 1 bundles, 1 refused, 0 failed\n"), said)

    def test_crash(self):
        """a program that crashes has failed"""
        self.check_failed("kill -SEGV $$", "ended by SIGSEGV")

    def test_hang(self):
        """a program that does not end is ended, and has failed"""
        # sleep: it has to outlive the limit of the test, and is ended at that.
        self.check_failed("sleep 600", "still running after 0.5 s", "--seconds", "0.5")

    def test_memory(self):
        """a program that took too much has failed, though it answered"""
        self.check_failed('dd if=/dev/zero of=/dev/null bs=200M count=1 2>/dev/null; echo \'{"code":"malformed"}\' >&2; exit 3',
                          "more than 100.0 MB", "--megabytes", "100")

    def test_no_code(self):
        """a refusal that is not one JSON object with a code has failed"""
        for said in ("", "it is bad", '{"message":"bad"}', '{"code":""}', '{"code":7}', 'warning\n{"code":"malformed"}', "[]"):
            with self.subTest(said):
                self.check_failed(f"cat >&2 <<'END'\n{said}\nEND\nexit 3", "refused without a code")

    def test_no_bundle(self):
        """a program that says that it is done and has no bundle, or none that it tells of, has failed"""
        self.check_failed("echo '{\"renditions\":[1,2]}'", "done, but there is no bundle")
        self.check_failed("echo PK > $2; echo '{\"renditions\":[1,2]}'", "done, but there is no bundle")
        self.check_failed(f"cp {self.bundle} $2; echo '{{\"renditions\":[1]}}'", "done, but there is no bundle")
        self.check_failed(f"cp {self.bundle} $2", "done, but there is no bundle")

    def test_both(self):
        """a refusal that leaves a file has failed"""
        self.check_failed("echo x > $2; echo '{\"code\":\"malformed\"}' >&2; exit 3", "refused, but there is a bundle")

    def test_status(self):
        """another status has failed"""
        self.check_failed("exit 2", "ended with status 2")

    def test_nothing(self):
        """a folder without a file is a failure"""
        (self.files / "sub" / "a.jpg").unlink()
        self.assertEqual(self.run_corpus("exit 0"), (1, "Refused: none\n0 files: 0 bundles, 0 refused, 0 failed\n"))


class FuzzTest(unittest.TestCase):
    """run-target.py with made-up programs in the place of a target."""

    def run_target(self, body, **environment):
        with tempfile.TemporaryDirectory(prefix="likeness-fuzz-test-") as folder:
            program = pathlib.Path(folder, "target")
            program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
            program.chmod(0o755)
            outcome = subprocess.run(
                [sys.executable, "-B", SUPPORT.parent / "fuzz" / "run-target.py", program, "recipe", "recipe"],
                env={"PATH": os.environ["PATH"], "LK_BUILD_DIR": folder, **environment}, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False)
        return outcome.returncode, outcome.stdout

    def test_time(self):
        """seeds only, unless CI or LIKENESS_FUZZ_SECONDS says how long"""
        said = 'echo "$@"; echo stat::number_of_executed_units: 1000'
        for seconds, environment in (("-runs=0", {}), ("-max_total_time=60", {"CI": "true"}),
                                     ("-max_total_time=5", {"CI": "true", "LIKENESS_FUZZ_SECONDS": "5"}),
                                     ("-runs=0", {"CI": "true", "LIKENESS_FUZZ_SECONDS": "0"})):
            with self.subTest(environment):
                status, text = self.run_target(said, **environment)
                self.assertEqual(status, 0, text)
                self.assertIn(f" {seconds} ", text)
        self.assertEqual(self.run_target(said, LIKENESS_FUZZ_SECONDS="long")[0], 1)

    def test_finding(self):
        """what was found is shown, and fails"""
        status, text = self.run_target(
            'for i; do case $i in -artifact_prefix=*) printf bad > "${i#*=}crash-1" ;; esac; done; exit 77')
        self.assertEqual(status, 1)
        self.assertRegex(text, r"fuzz-findings/recipe/crash-1: 3 bytes: 626164\n")

    def test_no_runs(self):
        """a target that ran less than its seeds fails, whatever its status"""
        self.assertEqual(self.run_target("exit 0")[0], 1)
        self.assertEqual(self.run_target("echo stat::number_of_executed_units: 1")[0], 1)


class RunnerTest(unittest.TestCase):
    def test_unknown_suite(self):
        """tests/run refuses a suite that is not there, with status 2, before it does anything"""
        outcome = subprocess.run(["bash", SUPPORT.parent / "run", "no-such-suite"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, check=False, env={"PATH": os.environ["PATH"]})
        self.assertEqual((outcome.returncode, outcome.stdout), (2, ""))
        self.assertIn("no-such-suite", outcome.stderr)

    def test_no_folder(self):
        """tests/run corpus refuses a folder that is not there, with status 2"""
        outcome = subprocess.run(["bash", SUPPORT.parent / "run", "corpus", "/no/such/folder"], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, check=False, env={"PATH": os.environ["PATH"]})
        self.assertEqual((outcome.returncode, outcome.stdout), (2, ""))
        self.assertIn("/no/such/folder", outcome.stderr)

    def test_help(self):
        """tests/run --help says how it is used"""
        outcome = subprocess.run(["bash", SUPPORT.parent / "run", "--help"], stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn("--sanitize", outcome.stdout)
        self.assertTrue(outcome.stdout.startswith("Builds Likeness"))


if __name__ == "__main__":
    tap.main()
