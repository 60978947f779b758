#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the build into a temporary folder and tries what comes out."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import tap  # noqa: E402 (the path comes first)

APP_ID = "app.likeness.Likeness"
SOURCE = pathlib.Path(os.environ["LK_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["LK_BUILD_DIR"])


def read_options():
    outcome = subprocess.run(["meson", "introspect", "--buildoptions", BUILD], stdout=subprocess.PIPE, text=True,
                             check=True)
    return {option["name"]: option["value"] for option in json.loads(outcome.stdout)}


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.options = read_options()
        cls.folder = tempfile.TemporaryDirectory(prefix="likeness-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        outcome = subprocess.run(
            ["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", cls.folder.name],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if outcome.returncode != 0:
            raise AssertionError(f"meson install failed:\n{outcome.stdout}")
        cls.prefix = pathlib.Path(cls.folder.name + cls.options["prefix"])
        cls.share = cls.prefix / cls.options["datadir"]

    def need(self, *features):
        for feature in features:
            if self.options[feature] == "disabled":
                self.skipTest(f"the build has no {feature}")

    def find_program(self, name):
        for folder in (self.options["bindir"], self.options["libexecdir"]):
            path = self.prefix / folder / name
            if path.is_file():
                self.assertTrue(os.access(path, os.X_OK), path)
                return path
        self.fail(f"{name} is not installed")

    def run_program(self, name, *arguments):
        """Runs an installed program without a display or a bus, and gives its outcome."""
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
        return subprocess.run([self.find_program(name), *arguments], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30, check=False)

    def read(self, *parts):
        path = self.share.joinpath(*parts)
        self.assertTrue(path.is_file(), f"{path.relative_to(self.folder.name)} is not installed")
        return path.read_text(encoding="utf-8")

    def test_desktop_entry(self):
        """the desktop entry is installed, and names a program that is"""
        self.need("app")
        entry = self.read("applications", f"{APP_ID}.desktop")
        command = next(line for line in entry.splitlines() if line.startswith("Exec="))
        self.find_program(pathlib.PurePath(command[len("Exec="):].split()[0]).name)
        self.assertIn(f"\nIcon={APP_ID}\n", entry)
        self.assertNotIn("@", entry.replace("@gmail", ""))

    def test_metainfo(self):
        """the metainfo is installed"""
        self.need("app")
        self.assertIn(f"<id>{APP_ID}</id>", self.read("metainfo", f"{APP_ID}.metainfo.xml"))

    def test_icons(self):
        """the icon and its symbolic form are installed"""
        self.need("app")
        icons = self.share / "icons" / "hicolor"
        self.assertTrue((icons / "scalable" / "apps" / f"{APP_ID}.svg").is_file())
        self.assertTrue((icons / "symbolic" / "apps" / f"{APP_ID}-symbolic.svg").is_file())

    def test_schema(self):
        """the settings schema is installed and compiles"""
        self.need("app")
        self.read("glib-2.0", "schemas", f"{APP_ID}.gschema.xml")
        outcome = subprocess.run(["glib-compile-schemas", "--strict", "--dry-run", self.share / "glib-2.0" / "schemas"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(outcome.returncode, 0, outcome.stdout)

    def test_services(self):
        """D-Bus services and systemd units name programs that are installed, with nothing left to fill in"""
        self.need("server")
        services = [path for path in self.prefix.rglob("*.service")]
        self.assertTrue(any("systemd" in path.parts for path in services), "no systemd unit is installed")
        for path in services:
            text = path.read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if line.startswith(("Exec=", "ExecStart="))]
            self.assertTrue(lines, path)
            for line in lines:
                program = line.split("=", 1)[1].split()[0].lstrip("-@:+!")
                installed = pathlib.Path(self.folder.name + program)
                self.assertTrue(installed.is_file(), f"{path.name}: {program} is not installed")

    def test_migrations(self):
        """the server's numbered migrations are installed, or part of the program"""
        self.need("server")
        migrations = list((SOURCE / "data" / "migrations").glob("*.sql"))
        self.assertTrue(migrations)
        program = self.find_program("likeness-server").read_bytes()
        for migration in migrations:
            in_program = migration.read_bytes().strip() in program
            self.assertTrue(in_program or list(self.share.rglob(migration.name)), migration.name)

    def test_app_says_its_version(self):
        """likeness --version says its version, without a display"""
        self.need("app")
        outcome = self.run_program("likeness", "--version")
        self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))
        self.assertRegex(outcome.stdout, r"\d+\.\d+\.\d+")

    def test_render_helps(self):
        """likeness-render --help says how it is used, and no argument is a mistake in use"""
        outcome = self.run_program("likeness-render", "--help")
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertIn("--recipe", outcome.stdout)
        self.assertEqual(self.run_program("likeness-render").returncode, 2)

    def test_render_renders(self):
        """the installed likeness-render makes a bundle of a photo"""
        if shutil.which("convert") is None:
            self.skipTest("there is no ImageMagick here")
        with tempfile.TemporaryDirectory(prefix="likeness-render-") as folder:
            photo = pathlib.Path(folder, "photo.jpg")
            bundle = pathlib.Path(folder, "photo.likeness")
            subprocess.run(["convert", "-size", "900x900", "plasma:", photo], check=True)
            outcome = self.run_program("likeness-render", photo, bundle)
            self.assertEqual(outcome.returncode, 0, outcome.stderr)
            self.assertTrue(json.loads(outcome.stdout))
            self.assertGreater(bundle.stat().st_size, 1000)

    def test_agent_says_its_version(self):
        """likeness-agent --version says its version, without a bus"""
        self.need("agent")
        outcome = self.run_program("likeness-agent", "--version")
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertRegex(outcome.stdout, r"\d+\.\d+\.\d+")

    def test_server_checks_its_configuration(self):
        """likeness-server --check-config says what is wrong with a configuration, and where"""
        self.need("server")
        with tempfile.TemporaryDirectory(prefix="likeness-config-") as folder:
            wrong = pathlib.Path(folder, "wrong.conf")
            wrong.write_text("[server]\nport = many\n", encoding="utf-8")
            outcome = self.run_program("likeness-server", "--config", wrong, "--check-config")
            self.assertNotEqual(outcome.returncode, 0)
            self.assertIn("wrong.conf", outcome.stderr)

    def test_nothing_of_the_build(self):
        """no installed text names the source or the build folder"""
        for path in self.prefix.rglob("*"):
            if path.is_file() and path.suffix in (".desktop", ".service", ".xml", ".conf", ".svg"):
                text = path.read_text(encoding="utf-8")
                self.assertNotIn(str(SOURCE), text, path)
                self.assertNotIn(str(BUILD), text, path)


if __name__ == "__main__":
    tap.main()
