#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the source tree against the rules of the project, as TAP: a case for each rule.

    lint.py [--root DIR] [RULE...]

Exit status: 0 the tree keeps all of them, 1 it breaks one, 2 there is no such rule.
"""

import argparse
import pathlib
import sys

import rules_c
import rules_data
import rules_text
from tree import Skip, Tree

RULES = {**rules_c.RULES, **rules_data.RULES, **rules_text.RULES}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("rules", nargs="*", metavar="RULE", help=", ".join(RULES))
    arguments = parser.parse_args()
    unknown = [name for name in arguments.rules if name not in RULES]
    if unknown:
        parser.error(f"no such rule: {', '.join(unknown)}")

    names = arguments.rules or list(RULES)
    tree = Tree(arguments.root)
    broken = 0
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        rule = RULES[name]
        title = f"{number} {name}: {rule.__doc__}"
        findings = []
        try:
            for finding in rule(tree):
                findings.append(finding)
                print(f"# {finding}")
        except Skip as reason:
            if not findings:
                print(f"ok {title} # SKIP {reason}", flush=True)
                continue
        broken += bool(findings)
        print(f"{'not ok' if findings else 'ok'} {title}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
