#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a server with sample people and the application on it; data/demo/run installs, builds and calls it."""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent.parent / "tests/support"))

import people  # noqa: E402
import lkserver  # noqa: E402
from private_session import PrivateSession  # noqa: E402

ADDRESS_BOOK = HERE / "address_book.py"


class Demo:
    """The server, Anna's session with the window in it, and Bert's with the agent."""

    def __init__(self, build: pathlib.Path, runtime: pathlib.Path, display: str | None):
        self.build = build
        self.directory = build / "demo"
        self.runtime = runtime
        self.display = display
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, name: str):
        print(f"→ {name}", flush=True)
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 3)

    def program(self, name: str) -> pathlib.Path:
        folder = {"likeness": "app", "likeness-agent": "agent", "likeness-render": "media"}[name]
        return self.build / "src" / folder / name

    def session(self, name: str) -> PrivateSession:
        session = PrivateSession(self.directory / name, self.runtime / name, self.display)
        session.env |= {
            "LIKENESS_SERVER": self.server.address,
            "GSETTINGS_SCHEMA_DIR": str(self.build / "data"),
            "LIKENESS_LOCALEDIR": str(self.build / "po"),
        }
        return session

    def prepare_people(self) -> None:
        """Bert has an account and Anna in his address book; Greta has published a picture."""
        self.bert_token = self.directory / "bert.token"
        self.bert_token.touch(0o600)
        self.bert_token.write_text(self.server.sign_in(people.BERT.email).token)

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

    def fill_address_book(self, session: PrivateSession, cards: list[str], name: str) -> None:
        path = self.directory / f"{name}.vcf"
        path.write_text("".join(cards), newline="")
        session.run(ADDRESS_BOOK, "import", path, check=True, stdout=subprocess.DEVNULL)

    def start_server(self) -> lkserver.Server:
        os.environ["LK_BUILD_DIR"] = str(self.build)
        self.server = lkserver.Server(data_dir=self.directory / "server", on_line=print)
        return self.server

    def receive(self, session: PrivateSession) -> str:
        """Runs Bert's agent once, and returns Anna's contact as it is in his address book then."""
        session.run(self.program("likeness-agent"), "--once", "--share-contacts", "--server", self.server.address,
                    "--token-file", self.bert_token, check=True, stdout=None)
        return session.run(ADDRESS_BOOK, "export", people.ANNA.email, check=True,
                           stdout=subprocess.PIPE).stdout.decode()


def photo_of(card: str) -> bytes | None:
    """The inlined photo of a vCard."""
    import base64

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


def walk(demo: Demo, anna: PrivateSession, photo: pathlib.Path, output: pathlib.Path) -> dict:
    """Goes from sign-in to published in the real window, by name and role."""
    os.environ.update(anna.env)
    from window_driver import Window

    window = Window("likeness", demo.display)
    summary = {"signed_in": False, "published": False, "delivered": False, "photo": None,
               "seconds": demo.seconds}
    application = anna.start(demo.program("likeness"))
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
            window.shoot(output / "my-picture.png")
        with demo.step("choose the photo"):
            window.press("Change Picture")
            window.find("Choose File…")
            window.shoot(output / "source.png")
            # A second start hands the file to the window that is there, as a file manager does.
            anna.run(demo.program("likeness"), photo, check=True, stdout=None)
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
            window.find("Change Picture")
    except Exception:
        window.shoot(output / "failed.png")
        raise
    finally:
        application.terminate()
        application.wait(20)
    return summary


@contextlib.contextmanager
def virtual_screen():
    """Xvfb on a display that is free."""
    reader, writer = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            yield ":" + number.readline().strip()
    finally:
        screen.terminate()
        screen.wait(10)


def run_headless(demo: Demo, photo: pathlib.Path, output: pathlib.Path) -> int:
    output.mkdir(parents=True, exist_ok=True)
    with demo.start_server(), demo.session("anna") as anna, demo.session("bert") as bert:
        with demo.step("prepare sample people"):
            demo.prepare_people()
            demo.fill_address_book(anna, [people.vcard(person) for person in people.CONTACTS], "anna")
            demo.fill_address_book(bert, [people.vcard(people.ANNA)], "bert")
            # Bert shares his address book before Anna publishes, so that publishing tells him.
            demo.receive(bert)
        summary = walk(demo, anna, photo, output)
        with demo.step("deliver"):
            card = demo.receive(bert)
        (output / "contact.vcf").write_text(card, newline="")
        summary["photo"] = describe_photo(photo_of(card))
        summary["delivered"] = summary["photo"] is not None
        (output / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
        print(json.dumps(summary, indent=2))
    return 0 if summary["delivered"] else 1


def run_on_screen(demo: Demo, photo: pathlib.Path) -> int:
    with demo.start_server(), demo.session("anna") as anna, demo.session("bert") as bert:
        with demo.step("prepare sample people"):
            demo.prepare_people()
            demo.fill_address_book(anna, [people.vcard(person) for person in people.CONTACTS], "anna")
            demo.fill_address_book(bert, [people.vcard(people.ANNA)], "bert")
            demo.receive(bert)
        print(f"""
The window opens on {demo.server.address}. You are Anna: sign in as {people.ANNA.email} or {people.ANNA.phone};
the code appears here. A photo to try: {photo}
When you close the window, Bert's agent asks for your picture.
""", flush=True)
        anna.run(demo.program("likeness"), stdout=None)
        photo_of_anna = describe_photo(photo_of(demo.receive(bert)))
        print("In Bert's address book:", json.dumps(photo_of_anna) if photo_of_anna else "no picture of you")
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

    # Socket names are short (108 bytes), so what holds sockets is not below the build folder.
    with tempfile.TemporaryDirectory(prefix="likeness-") as runtime, contextlib.ExitStack() as stack:
        display = stack.enter_context(virtual_screen()) if headless else None
        demo = Demo(build, pathlib.Path(runtime), display)
        if not headless:
            return run_on_screen(demo, options.photo.resolve())
        output = (options.output or build / "demo/output").resolve()
        status = run_headless(demo, options.photo.resolve(), output)
        print(f"Screenshots, summary.json and contact.vcf: {output}")
        return status


if __name__ == "__main__":
    sys.exit(main())
