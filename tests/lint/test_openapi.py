#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lints the contract of the wire, data/api/openapi.yaml, and shows that the linter refuses one that is broken."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import tap  # noqa: E402 (the path comes first)

CONTRACT = HERE.parents[1] / "data" / "api" / "openapi.yaml"


class ContractTest(unittest.TestCase):
    def lint(self, path):
        environment = {**os.environ, "LIKENESS_BUILD_DIR": os.environ["LK_BUILD_DIR"]}
        outcome = subprocess.run([HERE / "openapi", path], env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if outcome.returncode == 2:
            # A developer may be offline; CI has no such excuse.
            if os.environ.get("CI") != "true":
                self.skipTest("the linter could not be installed from npm")
            self.fail(f"the linter could not be installed from npm:\n{outcome.stdout}")
        return outcome

    def lint_broken(self, old, new):
        text = CONTRACT.read_text(encoding="utf-8")
        self.assertTrue(old in text, f"the contract has no {old}")
        with tempfile.TemporaryDirectory(prefix="likeness-openapi-") as folder:
            broken = pathlib.Path(folder, "openapi.yaml")
            broken.write_text(text.replace(old, new, 1), encoding="utf-8")
            return self.lint(broken)

    def test_contract(self):
        """the contract is valid OpenAPI, and the linter has nothing to say"""
        outcome = self.lint(CONTRACT)
        self.assertEqual(outcome.returncode, 0, outcome.stdout)

    def test_broken_reference(self):
        """openapi fails on a reference to what is not there"""
        self.assertEqual(self.lint_broken('$ref: "#/components/', '$ref: "#/missing/').returncode, 1)

    def test_broken_member(self):
        """openapi fails on a call without responses"""
        self.assertEqual(self.lint_broken("      responses:", "      answers:").returncode, 1)


if __name__ == "__main__":
    tap.main()
