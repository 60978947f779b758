#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows that each rule fails on what it is there to find, and lets the like of it pass that is fine."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import lint  # noqa: E402 (the path comes first)
import tap  # noqa: E402
from samples import SAMPLES  # noqa: E402
from tree import Skip, Tree  # noqa: E402


def write_tree(root, files):
    for path, text in files.items():
        target = pathlib.Path(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


class RuleTest(unittest.TestCase):
    """A case for each sample, made below."""

    def apply(self, rule, files):
        with tempfile.TemporaryDirectory(prefix="likeness-lint-") as root:
            write_tree(root, files)
            try:
                return list(lint.RULES[rule](Tree(root)))
            except Skip as reason:
                self.skipTest(str(reason))


def add_cases():
    for rule, samples in SAMPLES.items():
        for what, (path, files) in samples["fails"].items():
            def test(self, rule=rule, path=path, files=files):
                findings = self.apply(rule, files)
                self.assertTrue(findings, "the rule found nothing")
                for finding in findings:
                    self.assertRegex(finding, rf"^{path}(:\d+){{1,2}}: ")
            test.__doc__ = f"{rule} fails on {what}"
            setattr(RuleTest, f"test_{rule}_fails_{what}", test)
        for what, files in samples["passes"].items():
            def test(self, rule=rule, files=files):
                self.assertEqual(self.apply(rule, files), [])
            test.__doc__ = f"{rule} lets pass {what}"
            setattr(RuleTest, f"test_{rule}_passes_{what}", test)


class ProgramTest(unittest.TestCase):
    def run_lint(self, files, *arguments):
        with tempfile.TemporaryDirectory(prefix="likeness-lint-") as root:
            write_tree(root, files)
            return subprocess.run([sys.executable, "-B", HERE / "lint.py", "--root", root, *arguments],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    def test_every_rule_has_samples(self):
        """each rule has a sample that it fails on and one that it lets pass"""
        self.assertEqual(set(SAMPLES), set(lint.RULES))
        for rule, samples in SAMPLES.items():
            self.assertTrue(samples["fails"] and samples["passes"], rule)

    def test_status_of_a_broken_tree(self):
        """the linter's status is 1 for a tree that breaks a rule, which it names"""
        outcome = self.run_lint({"src/common/lk-a.c": "int a;\n"}, "licence", "goto")
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("# src/common/lk-a.c:1: ", outcome.stdout)
        self.assertIn("\nnot ok 1 licence: ", outcome.stdout)
        self.assertIn("\nok 2 goto: ", outcome.stdout)

    def test_status_of_a_clean_tree(self):
        """the linter's status is 0 for a tree that keeps all rules"""
        outcome = self.run_lint({"COPYING": "A licence\n"})
        self.assertEqual(outcome.returncode, 0, outcome.stdout)
        self.assertNotIn("not ok", outcome.stdout)

    def test_status_of_an_unknown_rule(self):
        """the linter's status is 2 for a rule that is not there"""
        self.assertEqual(self.run_lint({}, "no-such-rule").returncode, 2)


add_cases()

if __name__ == "__main__":
    tap.main()
