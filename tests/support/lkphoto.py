# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes and looks at photos with ImageMagick and ExifTool: what the product itself does not touch.

    lkphoto.make_phone_photo("in.jpg")      as a phone held upright takes it: EXIF orientation 6, Display P3
    lkphoto.read_pixels("out.jpg")          its size, and its pixels as they are stored
"""

import os
import pathlib
import struct
import subprocess
import tempfile

TIMEOUT = 60

# The photo as it is to be seen: four colours, so that every way to turn or mirror it shows.
WIDTH, HEIGHT = 1200, 900
TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT = (200, 70, 60), (80, 180, 90), (60, 90, 190), (215, 150, 90)

# Colorants under D50 (ICC.1:2022, annex F): Display P3 and sRGB have white point and curve in common.
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
D50 = (0.96420, 1.0, 0.82491)
# From D65 to D50, after Bradford.
ADAPTATION = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)


def _fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _text(text):
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(text), 28) + text.encode("utf-16-be")


def make_profile(name, colorants):
    """An ICC profile (version 4) of an RGB space with the curve of sRGB."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    xyz = [b"XYZ " + bytes(4) + _fixed(*each) for each in (D50, *colorants)]
    tags = [(b"desc", _text(name)), (b"cprt", _text("No copyright")), (b"wtpt", xyz[0]), (b"rXYZ", xyz[1]),
            (b"gXYZ", xyz[2]), (b"bXYZ", xyz[3]), (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
            (b"chad", b"sf32" + bytes(4) + _fixed(*ADAPTATION))]
    offset = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for signature, content in tags:
        table += struct.pack(">4sII", signature, offset + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s6H4s4sI4s4sQI12s4s16s28s", offset + len(data), bytes(4), 0x04300000, b"mntr",
                         b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp", bytes(4), 0, bytes(4), bytes(4), 0, 0,
                         _fixed(*D50), bytes(4), bytes(16), bytes(28))
    return header + table + data


def _run(*arguments):
    # On a busy machine ImageMagick's threads mostly wait for each other.
    done = subprocess.run([str(argument) for argument in arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=TIMEOUT, env={**os.environ, "MAGICK_THREAD_LIMIT": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _fill(colour, x, y):
    return ("-fill", "rgb({},{},{})".format(*colour), "-draw",
            f"rectangle {x},{y} {x + WIDTH // 2 - 1},{y + HEIGHT // 2 - 1}")


def make_phone_photo(path):
    """Writes a JPEG which is stored lying on its side, says so in EXIF, and whose colours are those of Display P3."""
    with tempfile.TemporaryDirectory(prefix="lkphoto-") as directory:
        profile = pathlib.Path(directory) / "p3.icc"
        profile.write_bytes(make_profile("Display P3", DISPLAY_P3))
        _run("convert", "-size", f"{WIDTH}x{HEIGHT}", "xc:black", *_fill(TOP_LEFT, 0, 0),
             *_fill(TOP_RIGHT, WIDTH // 2, 0), *_fill(BOTTOM_LEFT, 0, HEIGHT // 2),
             *_fill(BOTTOM_RIGHT, WIDTH // 2, HEIGHT // 2), "-rotate", "270", "-sampling-factor", "1x1",
             "-quality", "98", "-profile", profile, path)
    _run("exiftool", "-q", "-overwrite_original", "-n", "-Orientation=6", "-GPSLatitude=52.5", "-GPSLatitudeRef=N",
         "-GPSLongitude=13.4", "-GPSLongitudeRef=E", "-Make=Likeness", path)


def convert_independently(source, path, side):
    """The centre of @source, upright and in sRGB, as ImageMagick sees it: @side × @side px."""
    with tempfile.TemporaryDirectory(prefix="lkphoto-") as directory:
        profile = pathlib.Path(directory) / "srgb.icc"
        profile.write_bytes(make_profile("sRGB", SRGB))
        _run("convert", source, "-auto-orient", "-profile", profile, "-gravity", "center", "-crop",
             f"{side}x{side}+0+0", "+repage", "-strip", path)


def read_tags(path):
    """What ExifTool finds: group and name → value."""
    lines = _run("exiftool", "-G1", "-s", path).decode(errors="replace").splitlines()
    tags = {}
    for line in lines:
        group, rest = line[1:].split("]", 1)
        name, value = rest.split(":", 1)
        tags[group.strip(), name.strip()] = value.strip()
    return tags


class Pixels:
    def __init__(self, width, height, data):
        self.width, self.height, self.data = width, height, data

    def at(self, x, y):
        """The mean colour of 9 × 9 px around a point that is given in fractions of width and height."""
        column, row = round(x * self.width), round(y * self.height)
        total = [0, 0, 0]
        for j in range(row - 4, row + 5):
            for i in range(column - 4, column + 5):
                for channel in range(3):
                    total[channel] += self.data[3 * (j * self.width + i) + channel]
        return tuple(value / 81 for value in total)


def read_pixels(path):
    width, height = (int(word) for word in _run("identify", "-format", "%w %h", path).split())
    return Pixels(width, height, _run("convert", path, "-depth", "8", "rgb:-"))
