# SPDX-License-Identifier: GPL-3.0-or-later
"""unittest that speaks TAP, so that Meson and tests/run count each case.

    if __name__ == "__main__":
        tap.main()

Each test method is a case, named by the first line of its docstring where it has one. One that raises is shown with
its traceback. The cases of a class run in the order of the file. Names on the command line (Class or Class.method) run only those.
"""

import sys
import unittest


class TapResult(unittest.TestResult):
    """Prints each outcome as it comes, so that a program that is stopped still tells how far it got."""

    def __init__(self):
        super().__init__()
        self._number = 0

    def _print(self, state, test, directive=""):
        self._number += 1
        name = (test.shortDescription() or test.id()).replace("#", "")
        print(f"{state} {self._number} {name}{directive}", flush=True)

    def _print_failure(self, test, error):
        for line in self._exc_info_to_string(error, test).splitlines():
            print(f"# {line}")
        self._print("not ok", test)

    def addSuccess(self, test):
        self._print("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._print_failure(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._print_failure(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._print("ok", test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._print_failure(subtest, err)

    def print_plan(self):
        print(f"1..{self._number}", flush=True)


class _FileOrderLoader(unittest.TestLoader):
    """Loads the methods of a class in the order in which they are written."""

    def getTestCaseNames(self, case_class):
        names = super().getTestCaseNames(case_class)
        order = {name: place for place, name in enumerate(
            name for base in reversed(case_class.__mro__) for name in vars(base))}
        return sorted(names, key=order.__getitem__)


def main():
    """Runs the cases of the program's main module, then exits: 1 when one failed, else 0."""
    loader = _FileOrderLoader()
    module = sys.modules["__main__"]
    if len(sys.argv) > 1:
        suite = loader.loadTestsFromNames(sys.argv[1:], module)
    else:
        suite = loader.loadTestsFromModule(module)
    result = TapResult()
    suite.run(result)
    result.print_plan()
    sys.exit(0 if result.wasSuccessful() else 1)
