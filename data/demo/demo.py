#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a server with sample people and the application on it; data/demo/run installs, builds and calls it."""

import argparse
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent.parent / "tests/support"))

import lkdisplay  # noqa: E402
import lkserver  # noqa: E402
import lksession  # noqa: E402
import people  # noqa: E402

# Where the screen is, for a window that a person looks at; the session is the demo's own.
SCREEN = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY")


class Demo:
    """The server, Anna's session with the window in it, and Bert's with the agent."""

    def __init__(self, build: pathlib.Path, display: lkdisplay.Display | None):
        self.build = build
        self.directory = build / "demo"
        self.display = display
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> "Demo":
        os.environ["LK_BUILD_DIR"] = str(self.build)
        with contextlib.ExitStack() as stack:
            self.server = stack.enter_context(
                lkserver.Server(data_dir=self.directory / "server", on_line=lambda line: print(line, flush=True)))
            self.anna = stack.enter_context(lksession.Session(keyring=True, environment=self.environment()))
            self.bert = stack.enter_context(lksession.Session(environment=self.environment()))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception) -> None:
        self._stack.close()

    def environment(self) -> dict[str, str]:
        environment = {
            "LIKENESS_SERVER": self.server.address,
            "LIKENESS_RENDER": self.program("likeness-render"),
            "GSETTINGS_SCHEMA_DIR": str(self.build / "data"),
            "GSETTINGS_BACKEND": "keyfile",
        }
        if self.display is not None:
            return environment | self.display.environment | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        environment |= {name: os.environ[name] for name in SCREEN if name in os.environ}
        if "WAYLAND_DISPLAY" in environment:
            # The compositor's socket is in the caller's runtime folder; an absolute name finds it from another.
            environment["WAYLAND_DISPLAY"] = os.path.join(
                os.environ.get("XDG_RUNTIME_DIR", "/"), environment["WAYLAND_DISPLAY"])
        return environment

    @contextlib.contextmanager
    def step(self, name: str):
        print(f"→ {name}", flush=True)
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 3)

    def program(self, name: str) -> str:
        folder = {"likeness": "app", "likeness-agent": "agent", "likeness-render": "media"}[name]
        return str(self.build / "src" / folder / name)

    def prepare_people(self) -> None:
        """Bert has an account and Anna in his address book; Greta has published a picture."""
        self.anna.add_contacts([people.vcard(person) for person in people.CONTACTS])
        self.anna_at_bert, = self.bert.add_contacts([people.vcard(people.ANNA)])
        self.bert_token = self.directory / "bert.token"
        self.bert_token.touch(0o600)
        self.bert_token.write_text(self.server.sign_in(people.BERT.email).token)
        # Bert shares his address book before Anna publishes, so that publishing tells him.
        self.receive()

        for person in people.CONTACTS:
            if not person.picture or not (people.FACES / person.picture).is_file():
                continue
            bundle = self.directory / f"{person.email}.likeness"
            subprocess.run([self.program("likeness-render"), people.FACES / person.picture, bundle],
                           check=True, stdout=subprocess.DEVNULL)
            client = self.server.sign_in(person.email)
            client.share({"anna": [people.ANNA.email, people.ANNA.phone]})
            answer = client.publish(bundle.read_bytes())
            if answer.status != 201:
                raise RuntimeError(f"{person.name}'s picture was refused: {answer}")

    def receive(self) -> str:
        """Runs Bert's agent once; Anna's contact as it is in his address book then."""
        done = self.bert.run(self.program("likeness-agent"), "--once", "--share-contacts", "--server",
                             self.server.address, "--token-file", str(self.bert_token))
        print("Bert's agent: " + done.stdout.strip(), flush=True)
        return self.bert.read_contact(self.anna_at_bert)


def photo_of(card: str) -> bytes | None:
    """The inlined photo of a vCard."""
    unfolded = re.sub(r"\r?\n[ \t]", "", card)
    found = re.search(r"^PHOTO;[^:]*ENCODING=b[^:]*:(\S+)", unfolded, re.MULTILINE | re.IGNORECASE)
    return base64.b64decode(found.group(1)) if found else None


def describe_photo(data: bytes | None) -> dict | None:
    if data is None:
        return None
    size = subprocess.run(["identify", "-format", "%w %h", "-"], input=data, check=True,
                          capture_output=True).stdout.decode().split()
    return {"width": int(size[0]), "height": int(size[1]), "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest()}


def walk(demo: Demo, photo: pathlib.Path, output: pathlib.Path, summary: dict) -> None:
    """Goes from sign-in to published in the real window, by name and role; notes in `summary` how far it got."""
    window = lkdisplay.open_window(demo.anna, demo.display)
    settings = pathlib.Path(demo.anna.environment["XDG_CONFIG_HOME"]) / "gtk-4.0/settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n")
    log = open(demo.directory / "likeness.log", "wb")
    application = subprocess.Popen([demo.program("likeness")], env=demo.anna.environment, stdout=log, stderr=log)
    try:
        with demo.step("start"):
            window.find("Phone number or email")
        with demo.step("ask for a code"):
            window.shoot(output / "sign-in.png")
            window.fill("Phone number or email", people.ANNA.email)
            window.press("Continue")
            window.find("Code digit 1")
            code = demo.server.code_for(people.ANNA.email)
            window.shoot(output / "code.png")
        with demo.step("sign in"):
            for number, digit in enumerate(code, 1):
                window.fill(f"Code digit {number}", digit)
            window.press("Share Address Book")
            window.find("Change Picture")
            summary["signed_in"] = True
            window.shoot(output / "my-picture-empty.png")
        with demo.step("choose the photo"):
            window.press("Change Picture")
            window.find("Choose File…")
            window.shoot(output / "source.png")
            # A second start hands the file to the window that is there, as a file manager does.
            demo.anna.run(demo.program("likeness"), str(photo))
            window.find("Crop")
        with demo.step("crop"):
            window.press("Zoom In")
            window.press("Zoom In")
            window.shoot(output / "edit.png")
            window.press("Next")
        with demo.step("preview"):
            window.find("Publish")
            window.find_text("Incoming call")
            window.shoot(output / "preview.png")
        with demo.step("publish"):
            window.press("Publish")
            window.find("Done")
            summary["published"] = True
            window.shoot(output / "published.png")
            window.press("Done")
            window.find_text("Your contacts")
            window.shoot(output / "my-picture.png")
    except Exception:
        window.shoot(output / "failed.png")
        raise
    finally:
        application.terminate()
        application.wait(20)
        log.close()


def run_headless(demo: Demo, photo: pathlib.Path, output: pathlib.Path) -> int:
    output.mkdir(parents=True, exist_ok=True)
    summary = {"signed_in": False, "published": False, "delivered": False, "photo": None,
               "seconds": demo.seconds}
    try:
        with demo.step("prepare sample people"):
            demo.prepare_people()
        walk(demo, photo, output, summary)
        with demo.step("deliver"):
            card = demo.receive()
        (output / "contact.vcf").write_text(card, newline="")
        summary["photo"] = describe_photo(photo_of(card))
        summary["delivered"] = summary["photo"] is not None
    finally:
        # However far it got.
        text = json.dumps(summary, indent=2)
        (output / "summary.json").write_text(text + "\n")
        print(text)
    print(f"Screenshots, summary.json and contact.vcf: {output}")
    return 0 if summary["delivered"] else 1


def run_on_screen(demo: Demo, photo: pathlib.Path) -> int:
    with demo.step("prepare sample people"):
        demo.prepare_people()
    print(f"""
The window opens on {demo.server.address}. You are Anna: sign in as {people.ANNA.email} or {people.ANNA.phone};
the code appears here. A photo to try: {photo}
When you close the window, Bert's agent asks for your picture.
""", flush=True)
    subprocess.run([demo.program("likeness")], env=demo.anna.environment, check=False)
    found = describe_photo(photo_of(demo.receive()))
    print("Your picture in Bert's address book:", json.dumps(found) if found else "none")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="data/demo/run", description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--headless", action="store_true", help="walk the main job in a virtual screen")
    parser.add_argument("--output", type=pathlib.Path, help="where the screenshots and summary.json go")
    parser.add_argument("--photo", type=pathlib.Path, default=people.DEFAULT_PHOTO, help="the photo to publish")
    options = parser.parse_args()

    if not options.photo.is_file():
        parser.error(f"{options.photo} is not a file")
    has_display = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    headless = options.headless or not has_display
    build = options.build.resolve()
    shutil.rmtree(build / "demo", ignore_errors=True)
    (build / "demo").mkdir(parents=True)

    with contextlib.ExitStack() as stack:
        display = stack.enter_context(lkdisplay.Display()) if headless else None
        demo = stack.enter_context(Demo(build, display))
        if not headless:
            return run_on_screen(demo, options.photo.resolve())
        return run_headless(demo, options.photo.resolve(), (options.output or build / "demo/output").resolve())


if __name__ == "__main__":
    sys.exit(main())
