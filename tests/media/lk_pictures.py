# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that the tests of the media engine are made of, by the tools that people have: ImageMagick, ExifTool, cwebp,
webpmux, heif-enc, avifenc; and their pixels as GdkPixbuf reads them from a PNG file."""

import struct
import subprocess
import zlib

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

# What the four quarters of the picture are: top left, top right, bottom left, bottom right.
QUARTERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))

# What ImageMagick has to do to an upright picture so that EXIF's orientation undoes it.
UNDONE_BY = {1: [], 2: ["-flop"], 3: ["-rotate", "180"], 4: ["-flip"], 5: ["-transpose"],
             6: ["-rotate", "270"], 7: ["-transverse"], 8: ["-rotate", "90"]}


def run(*command, **options):
    """Runs a tool that has to work."""
    return subprocess.run([str(part) for part in command], check=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def make_quarters(path, *operations, colors=QUARTERS, width=240, height=160):
    """A picture of four colours, changed by ImageMagick's operations."""
    half = f"{width // 2}x{height // 2}"
    names = [f"xc:rgb({r},{g},{b})" for r, g, b in colors]
    run("convert", "-size", half, "(", *names[:2], "+append", ")", "(", *names[2:], "+append", ")",
        "-append", *operations, "-type", "TrueColor", "-depth", "8", "-define", "png:color-type=2",
        path)
    return path


def exif_block(orientation):
    """A TIFF header with one directory that holds the orientation."""
    return (b"MM\0*\0\0\0\x08" + struct.pack(">H", 1)
            + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(">I", 0))


def blank_png(width, height):
    """A white PNG of one bit a px: nothing packs better."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xff" * ((width + 7) // 8)) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def display_p3_profile():
    """An ICC profile, version 4, of Display P3 (ICC.1:2010; the matrix is that of CSS Color 4, adapted to D50)."""
    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(*values):
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    curve = b"para\0\0\0\0\0\3\0\0" + b"".join(
        map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    text = "P3".encode("utf-16-be")
    name = b"mluc\0\0\0\0" + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, len(text), 28) + text
    tags = [(b"desc", name), (b"cprt", name), (b"wtpt", xyz(0.9642, 1, 0.8249)),
            (b"rXYZ", xyz(0.515102, 0.241182, -0.001050)),
            (b"gXYZ", xyz(0.291965, 0.692236, 0.041882)),
            (b"bXYZ", xyz(0.157153, 0.066582, 0.784378)),
            (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)]
    offset = 128 + 4 + 12 * len(tags)
    table = struct.pack(">I", len(tags))
    data = b""
    for tag, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", offset + len(data), len(content))
        data += content
    header = (struct.pack(">I", offset + len(data)) + b"lcms\x04\x30\0\0mntrRGB XYZ "
              + struct.pack(">6H", 2026, 11, 22, 0, 0, 0) + b"acspAPPL").ljust(68, b"\0")
    header += fixed(0.9642) + fixed(1) + fixed(0.8249)
    return header.ljust(128, b"\0") + table + data


def p3_to_srgb(color):
    """What a Display P3 colour is in sRGB, clipped: by the matrix of CSS Color 4, 17, not by Little CMS."""
    matrix = ((1.2249401762805598, -0.2249401762805597, 0),
              (-0.0420569547096881, 1.0420569547096881, 0),
              (-0.0196375545903344, -0.0786360455506319, 1.0982736001409663))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
              for c in (v / 255 for v in color)]
    result = []
    for row in matrix:
        value = min(max(sum(a * b for a, b in zip(row, linear)), 0), 1)
        value = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
        result.append(round(value * 255))
    return tuple(result)


class Pixels:
    """The pixels of a PNG or JPEG file."""

    def __init__(self, path):
        self._pixbuf = GdkPixbuf.Pixbuf.new_from_file(str(path))
        self._bytes = self._pixbuf.get_pixels()
        self.width = self._pixbuf.get_width()
        self.height = self._pixbuf.get_height()

    def at(self, x, y):
        """The colour at a fraction of the width and of the height."""
        start = (int(y * self.height) * self._pixbuf.get_rowstride()
                 + int(x * self.width) * self._pixbuf.get_n_channels())
        return tuple(self._bytes[start:start + 3])

    def quarters(self):
        """The colours in the middle of the quarters, in the order of QUARTERS."""
        return tuple(self.at(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75))
