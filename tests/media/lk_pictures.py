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

# What has to be done to an upright picture so that EXIF's orientation undoes it; angles as ImageMagick has them.
UNDONE_BY = {1: [], 2: ["-flop"], 3: ["-rotate", "180"], 4: ["-flip"], 5: ["-rotate", "90", "-flop"],
             6: ["-rotate", "270"], 7: ["-rotate", "270", "-flop"], 8: ["-rotate", "90"]}


def run(*command, **options):
    """Runs a tool that has to work."""
    return subprocess.run([str(part) for part in command], check=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def make_quarters(path, *operations, colors=QUARTERS, width=240, height=160):
    """A picture of four colours, turned and flipped by operations named like ImageMagick's, which takes half a second
    only to start."""
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, width, height)
    half = (width // 2, height // 2)
    for i, (red, green, blue) in enumerate(colors):
        pixbuf.new_subpixbuf(i % 2 * half[0], i // 2 * half[1], *half).fill(
            red << 24 | green << 16 | blue << 8 | 255)
    for i, operation in enumerate(operations):
        if operation == "-rotate":
            pixbuf = pixbuf.rotate_simple(-int(operations[i + 1]) % 360)
        elif operation in ("-flop", "-flip"):
            pixbuf = pixbuf.flip(operation == "-flop")
    kind = path.suffix.removeprefix(".").replace("jpg", "jpeg").replace("tif", "tiff")
    options = {"quality": "95"} if kind == "jpeg" else {}
    pixbuf.savev(str(path), kind, list(options), list(options.values()))
    return path


def exif_block(orientation):
    """A TIFF header with one directory that holds the orientation."""
    return (b"MM\0*\0\0\0\x08" + struct.pack(">H", 1)
            + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(">I", 0))


def put_exif(path, orientation):
    """Gives a JPEG file the orientation, in a segment of its own behind the start of the image."""
    block = b"Exif\0\0" + exif_block(orientation)
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block + data[2:])


def _replace_box(data, start, end, body):
    """The bytes with another body in the box that spans start to end (ISO/IEC 14496-12, 4.2)."""
    return data[:start] + struct.pack(">I", 8 + len(body)) + data[start + 4:start + 8] + body + data[end:]


def _find_box(data, kind):
    """Where the box is, its 8-byte header included."""
    start = data.index(kind) - 4
    return start, start + struct.unpack(">I", data[start:start + 4])[0]


def turn_heic(data, angle):
    """A HEIC file of heif-enc's, as turned by a quarter counter-clockwise each (irot: ISO/IEC 23008-12, 6.5.10).

    The property goes to the end of ipco, the association to the end of the only entry of ipma; boxes outside grow, and
    what iloc says about places in the file moves with them."""
    grown = 9 + 1
    ipco = _find_box(data, b"ipco")
    body = data[ipco[0] + 8:ipco[1]]
    count = 0
    at = 0
    while at < len(body):
        at += struct.unpack(">I", body[at:at + 4])[0]
        count += 1
    data = _replace_box(data, *ipco, body + struct.pack(">I", 9) + b"irot" + bytes([angle]))
    ipma = _find_box(data, b"ipma")
    body = bytearray(data[ipma[0] + 8:ipma[1]])
    assert body[:8] == b"\0\0\0\0\0\0\0\1" and len(body) == 11 + body[10], "one item, narrow associations"
    body[10] += 1
    data = _replace_box(data, *ipma, bytes(body) + bytes([0x80 | count + 1]))
    for kind in (b"iprp", b"meta"):
        start, end = _find_box(data, kind)
        data = data[:start] + struct.pack(">I", end - start + grown) + data[start + 4:]
    start, end = _find_box(data, b"iloc")
    offset, moved = struct.unpack(">I", data[end - 8:end - 4])[0], b""
    moved = struct.pack(">I", offset + grown)
    return data[:end - 8] + moved + data[end - 4:]


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

    def all(self):
        """Every byte."""
        return self._bytes

    def quarters(self):
        """The colours in the middle of the quarters, in the order of QUARTERS."""
        return tuple(self.at(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75))
