#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the seeds of the fuzz targets anew: small files of each format, by the tools that people have.

    tests/fuzz/make-seeds.py RENDER [FOLDER]

RENDER is likeness-render, for the bundle; FOLDER is tests/fuzz/seeds unless it is named. The seeds are in the tree, so that
each machine starts from the same. What was found stands beside them, named regression-*, and stays.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

RECIPES = {
    "empty": {"version": 1},
    "whole": {"version": 1, "crop": {"x": 0.25, "y": 0.75, "size": 0.5}, "rotation": 270,
              "flip": {"horizontal": True, "vertical": False}, "background": "#1e90ff"},
    "numbers": {"version": 1, "crop": {"x": 1e-300, "y": 1, "size": 0.010000000000000002}, "rotation": 0},
    "unknown": {"version": 1, "filter": "sepia"},
    "edits": {"version": 2, "straighten": -12.5, "background": "blur", "crop": {"x": 0.5, "y": 0.5, "size": 1},
              "adjust": {"brightness": 0.1, "contrast": -0.2, "saturation": 1, "warmth": -1}},
    "texts": {"version": 2, "texts": [
        {"content": "A face \U0001f600", "family": "Cantarell", "weight": 700, "size": 0.1, "color": "#ff8000", "effect": "outline",
         "effect_color": "#000000", "effect_width": 0.01, "x": 0.5, "y": 0.9, "angle": -15, "align": "center"},
        {"content": "\u05d0\u05d1\n2", "effect": "shadow", "align": "end"}]},
    "polaroid": {"version": 2, "background": "none",
                 "border": {"kind": "polaroid", "color": "#ffffff", "width": 0.04, "caption": "Us", "family": ""}},
    "motion": {"version": 2, "border": {"kind": "ring", "color": "#1e90ff", "width": 0.1},
               "motion": {"start": 1500000, "duration": 3000000, "poster": 0, "speed": 1.5, "boomerang": True, "loops": -1}},
}
RENDITION = {"type": "image/jpeg", "width": 96, "height": 96, "bytes": 100, "sha256": "0123456789abcdef" * 4}
MANIFEST = {"version": 1, "owner": "+4915112345678", "kind": "still", "alt": "A face \U0001f600",
            "created": "2026-11-22T10:09:00Z",
            "renditions": [{"name": "photo", **RENDITION}, {"name": "thumbnail", **RENDITION}]}
MANIFESTS = {
    "still": MANIFEST,
    "owned": {**MANIFEST, "owner": "anna@example.org", "expires": "2027-01-01T00:00:00Z",
              "audience": {"kind": "only", "refs": ["anna", "ben"]}},
    "clip": {**MANIFEST, "owner": "", "kind": "clip", "audience": {"kind": "everyone"},
             "renditions": [*MANIFEST["renditions"],
                            {"name": "motion", **RENDITION, "type": "video/mp4", "duration": 1500000}]},
}
# What one frame differs from the next by, so that each has a rectangle of its own.
DOTS = ("2,2 5,4", "8,3 12,9", "0,0 15,11")


def run(*command):
    subprocess.run([str(part) for part in command], check=True, timeout=60, stdout=subprocess.DEVNULL)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def exif_block(orientation):
    return (b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0))


class Seeds:
    """The folder of the seeds, and one for what they are made of."""

    def __init__(self, folder, scratch):
        self.folder = folder
        self.scratch = scratch

    def add(self, target, name, data):
        path = self.folder / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def add_file(self, targets, path, name=None):
        for target in targets:
            self.add(target, name or path.name, path.read_bytes())

    def path(self, name):
        return self.scratch / name

    def add_json(self):
        for name, recipe in RECIPES.items():
            self.add("recipe", name, json.dumps(recipe).encode())
        for name, manifest in MANIFESTS.items():
            self.add("manifest", name, json.dumps(manifest, ensure_ascii=False).encode())

    def add_bundles(self, render):
        """A bundle as it is written, and one whose manifest is stored: a change to it needs no packing."""
        out = self.path("a.likeness")
        run("convert", "-size", "4x4", "xc:gray", self.path("gray.png"))
        run(render, self.path("gray.png"), out)
        self.add_file(["bundle"], out, "written")
        stored = self.path("stored.zip")
        with zipfile.ZipFile(out) as bundle, zipfile.ZipFile(stored, "w") as other:
            for entry in bundle.infolist():
                other.writestr(zipfile.ZipInfo(entry.filename), bundle.read(entry))
        self.add_file(["bundle"], stored, "stored")
        for name, data in (("webp-lossy", b"VP8 \x12\0\0\0\x30\0\0\x9d\x01\x2a\x10\0\x0c\0"),
                           ("webp-lossless", b"VP8L\x12\0\0\0\x2f\x0f\xc0\x02\x10" + bytes(8)),
                           ("webp-extended", b"VP8X\x0a\0\0\0\x10\0\0\0\x0f\0\0\x0b\0\0")):
            self.add("bundle", name, b"RIFF" + struct.pack("<I", 4 + len(data)) + b"WEBP" + data)
        self.add("bundle", "mp4", b"\0\0\0\x18ftypisom\0\0\2\0isomavc1")
        self.add("bundle", "jpeg", b"\xff\xd8\xff\xe0\0\4Lk\xff\xc0\0\x0b\x08\0\x0c\0\x10\1\1\x11\0")

    def make_pictures(self):
        run("convert", "-size", "16x12", "gradient:red-blue", self.path("a.png"))
        run("convert", self.path("a.png"), "-fill", "lime", "-draw", "circle 8,6 11,6", "-alpha", "set", "-channel", "A",
            "-evaluate", "multiply", "0.5", self.path("alpha.png"))

    def add_stills(self):
        source, alpha = self.path("a.png"), self.path("alpha.png")
        for name, options in (
                ("a.jpg", []), ("progressive.jpg", ["-interlace", "JPEG"]), ("gray.jpg", ["-colorspace", "Gray"]),
                ("cmyk.jpg", ["-colorspace", "CMYK"]), ("restart.jpg", ["-define", "jpeg:restart-interval=1"]),
                ("palette.png", ["-type", "Palette", "-interlace", "PNG"]), ("deep.png", ["-depth", "16"]),
                ("a.gif", []), ("a.bmp", []), ("a.tif", ["-compress", "LZW"]), ("a.ppm", []),
                ("plain.ppm", ["-compress", "none"]), ("a.pgm", []), ("a.pbm", []), ("a.xbm", []), ("a.xpm", []),
                ("a.tga", []), ("a.ico", [])):
            run("convert", source, "-strip", *options, self.path(name))
            self.add_file(["header", "still"], self.path(name))
        self.add_file(["header", "still"], alpha)
        jpeg, exif = self.path("a.jpg").read_bytes(), b"Exif\0\0" + exif_block(6)
        jpeg = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + jpeg[2:]
        png = alpha.read_bytes()
        png = png[:33] + png_chunk(b"eXIf", exif_block(8)) + png_chunk(
            b"iCCP", b"none\0\0" + zlib.compress(bytes(132))) + png[33:]
        for target in ("header", "still"):
            self.add(target, "turned.jpg", jpeg)
            self.add(target, "turned.png", png)
            self.add(target, "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="6"><path d="M0 0h9v6z"/></svg>')

    def add_coded_stills(self):
        source, alpha = self.path("a.png"), self.path("alpha.png")
        run("cwebp", "-quiet", "-q", "50", source, "-o", self.path("a.webp"))
        run("cwebp", "-quiet", "-lossless", alpha, "-o", self.path("lossless.webp"))
        run("cwebp", "-quiet", "-q", "50", alpha, "-o", self.path("alpha.webp"))
        self.path("exif").write_bytes(exif_block(6))
        run("webpmux", "-set", "exif", self.path("exif"), self.path("a.webp"), "-o", self.path("turned.webp"))
        run("avifenc", "-s", "10", source, self.path("a.avif"))
        run("heif-enc", "-q", "30", "-o", self.path("a.heic"), source)
        for name in ("a.webp", "lossless.webp", "alpha.webp", "turned.webp", "a.avif", "a.heic"):
            self.add_file(["header", "still"], self.path(name))

    def make_frames(self):
        frames = []
        for number, dots in enumerate(DOTS):
            frames.append(self.path(f"frame{number}.png"))
            run("convert", "-size", "16x12", "xc:none" if number else "xc:navy", "-fill", ("red", "lime", "white")[number],
                "-draw", f"rectangle {dots}", frames[-1])
        return frames

    def add_gifs(self, frames):
        """Each way of disposal, local palettes, interlace, no loop, delays of nothing; one cut short."""
        for name, options in (("none", ["-dispose", "None"]), ("background", ["-dispose", "Background"]),
                              ("previous", ["-dispose", "Previous"]), ("interlaced", ["-interlace", "GIF"]),
                              ("fast", ["-delay", "0", "-loop", "3"])):
            run("convert", "-delay", "10", *options, *frames, "-layers", "OptimizeFrame", self.path(name + ".gif"))
            self.add_file(["gif", "header"], self.path(name + ".gif"))
        data = self.path("none.gif").read_bytes()
        self.add("gif", "cut.gif", data[:len(data) * 2 // 3])

    def add_webps(self, frames):
        run("img2webp", "-loop", "2", "-lossless", "-d", "40", *frames, "-o", self.path("lossless-anim.webp"))
        run("img2webp", "-lossy", "-q", "30", "-d", "100", *frames, "-o", self.path("lossy-anim.webp"))
        for name in ("lossless-anim.webp", "lossy-anim.webp"):
            self.add_file(["webp", "header"], self.path(name))
        data = self.path("lossy-anim.webp").read_bytes()
        self.add("webp", "cut.webp", data[:len(data) * 2 // 3])

    def add_apngs(self):
        """Written by hand, so that each way of disposal and blending is there."""
        def frame(sequence, x, y, width, height, dispose, blend):
            return png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, width, height, x, y, 1, 10, dispose, blend))

        def rows(color, width, height):
            return zlib.compress((b"\0" + color * width) * height, 9)

        start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 6, 0, 0, 0))
        default = png_chunk(b"IDAT", rows(b"\xff\0\0\xff", 8, 6))
        end = png_chunk(b"IEND", b"")
        for dispose in range(3):
            for blend in range(2):
                frames = frame(0, 0, 0, 8, 6, dispose, blend) + default
                for number in (1, 3):
                    data = struct.pack(">I", number + 1) + rows(b"\0\xff\0\x80", 3, 2)
                    frames += frame(number, number, 2, 3, 2, dispose, blend) + png_chunk(b"fdAT", data)
                self.add("apng", f"dispose{dispose}-blend{blend}.png",
                         start + png_chunk(b"acTL", struct.pack(">II", 3, dispose)) + frames + end)
        hidden = struct.pack(">I", 1) + rows(b"\0\0\xff\xff", 8, 6)
        hidden = (start + png_chunk(b"acTL", struct.pack(">II", 1, 0)) + default + frame(0, 0, 0, 8, 6, 0, 0)
                  + png_chunk(b"fdAT", hidden) + end)
        self.add("apng", "default-apart.png", hidden)
        self.add("header", "apng.png", hidden)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else pathlib.Path(__file__).parent / "seeds"
    with tempfile.TemporaryDirectory(prefix="likeness-seeds-") as scratch:
        seeds = Seeds(folder, pathlib.Path(scratch))
        seeds.add_json()
        seeds.add_bundles(pathlib.Path(sys.argv[1]).resolve())
        seeds.make_pictures()
        seeds.add_stills()
        seeds.add_coded_stills()
        frames = seeds.make_frames()
        seeds.add_gifs(frames)
        seeds.add_webps(frames)
        seeds.add_apngs()
    return 0


if __name__ == "__main__":
    sys.exit(main())
