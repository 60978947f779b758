#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a set of hostile files of every format that the tools here can write.

    hostile.py FOLDER

Real files first, each then cut off at several points, with flipped bits, and under a wrong name; and what no tool writes: sizes
that lie, bombs, animations of nothing, tables that go round in circles. The same each time, but for the tools' versions.
"""

import gzip
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

CUTS = (0.02, 0.1, 0.3, 0.6, 0.9, 0.995)
FLIPS = 5
SEEDS = pathlib.Path(__file__).resolve().parents[1] / "fuzz" / "seeds"
# Of the fuzz targets, those whose seeds are pictures.
PICTURES = ("header", "still", "gif", "webp", "apng")
MOVING = "testsrc=size=96x64:rate=10:duration=1"
# The same bytes each time.
UNDATED = ("-define", "png:exclude-chunks=date,time")
SAME = ("-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact")
# What ffmpeg makes of that, by its options.
CLIPS = {
    "h264.mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p"],
    "h264.mkv": ["-c:v", "libx264", "-pix_fmt", "yuv420p"],
    "h264-10.mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p10le"],
    "h265.mov": ["-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1"],
    "vp8.webm": ["-c:v", "libvpx"],
    "vp9.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime"],
    "av1.mp4": ["-c:v", "libaom-av1", "-cpu-used", "8"],
    "mpeg4.avi": ["-c:v", "mpeg4"],
}
# What ImageMagick makes of a picture.
STILLS = {
    "plain.jpg": [], "progressive.jpg": ["-interlace", "JPEG"], "cmyk.jpg": ["-colorspace", "CMYK"],
    "gray.jpg": ["-colorspace", "Gray"], "plain.png": [], "interlaced.png": ["-interlace", "PNG"], "deep.png": ["-depth", "16"],
    "palette.png": ["-colors", "64", "-type", "Palette"], "plain.gif": [], "plain.bmp": [], "lzw.tif": ["-compress", "LZW"],
    "zip.tif": ["-compress", "Zip"], "plain.ppm": [], "text.ppm": ["-compress", "none"], "plain.tga": [], "plain.ico": [],
    "plain.xpm": ["-colors", "16"], "plain.xbm": ["-monochrome"],
}


def run(*command):
    subprocess.run([str(part) for part in command], check=True, timeout=60, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, depth=1, color=0):
    """A PNG file of these chunks; without them of white rows."""
    rows = b"".join(chunks) or png_chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * ((width + 7) // 8)) * height, 9))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
            + rows + png_chunk(b"IEND", b""))


def gif(width, height, *blocks):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + b"".join(blocks) + b";"


def gif_frame(width, height, x=0, y=0, data=None):
    """A frame; its pixels are those of the first code unless there are other data: a GIF frame may end early."""
    data = data if data is not None else b"\2\x44\1"
    return (b"\x21\xf9\4\0\0\0\0\0\x2c" + struct.pack("<HHHHB", x, y, width, height, 0)
            + b"\2" + bytes([len(data)]) + data + b"\0")


def gif_rows(pixels):
    """LZW data of so many pixels of one colour: each code stands for one pixel more than the one before."""
    bits, used, size, following, left = 4, 3, 3, 6, pixels
    out = bytearray()

    def put(code):
        nonlocal bits, used
        bits |= code << used
        used += size
        while used >= 8:
            out.append(bits & 0xff)
            bits >>= 8
            used -= 8

    run_length = 1
    while left > 0:
        put(0 if run_length == 1 else following - 1)
        left -= run_length
        run_length += 1
        if run_length > 2:
            following += 1
        if following > 1 << size and size < 12:
            size += 1
        if following >= 4094:
            put(4)
            size, following, run_length = 3, 6, 1
    put(5)
    out.append(bits & 0xff)
    blocks = b"".join(bytes([len(out[i:i + 255])]) + out[i:i + 255] for i in range(0, len(out), 255))
    return b"\2" + blocks + b"\0"


def riff(*chunks):
    data = b"WEBP" + b"".join(kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1) for kind, body in chunks)
    return b"RIFF" + struct.pack("<I", len(data)) + data


def vp8x(width, height, flags=2):
    return b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def anmf(x, y, width, height, data=b""):
    numbers = (x // 2, y // 2, width - 1, height - 1, 100)
    return b"ANMF", b"".join(number.to_bytes(3, "little") for number in numbers) + b"\0" + data


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


class Hostile:
    """The folder, and the files that it is filled with."""

    def __init__(self, folder, scratch):
        self.folder = folder
        self.scratch = scratch

    def add(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def make_stills(self):
        source = self.scratch / "source.png"
        run("convert", "-seed", "7", "-size", "96x64", "plasma:red-blue", *UNDATED, source)
        sources = [source]
        for name, options in STILLS.items():
            run("convert", source, *options, *UNDATED, self.scratch / name)
            sources.append(self.scratch / name)
        for name, command in (("lossy.webp", ("cwebp", "-quiet", source, "-o")),
                              ("lossless.webp", ("cwebp", "-quiet", "-lossless", source, "-o")),
                              ("plain.avif", ("avifenc", "-s", "10", source)), ("plain.heic", ("heif-enc", source, "-o"))):
            run(*command, self.scratch / name)
            sources.append(self.scratch / name)
        return sources

    def make_moving(self):
        frames = self.scratch / "frame%d.png"
        run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", MOVING, frames)
        frames = sorted(self.scratch.glob("frame*.png"))
        files = {"moving.gif": ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", MOVING),
                 "moving.apng": ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", MOVING, "-plays", "0"),
                 "moving.webp": ("img2webp", "-lossy", "-d", "100", *frames, "-o"),
                 "lossless-moving.webp": ("img2webp", "-lossless", "-d", "100", *frames, "-o")}
        for name, command in files.items():
            run(*command, self.scratch / name)
        for name, options in CLIPS.items():
            run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", MOVING, *options, *SAME, self.scratch / name)
        run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", self.scratch / "sound.m4a")
        return [self.scratch / name for name in (*files, *CLIPS, "sound.m4a")]

    @staticmethod
    def flip(data, name):
        chance = random.Random(name)
        data = bytearray(data)
        for _ in range(max(4, len(data) // 400)):
            # Headers stand at the start: every other flip goes there.
            end = chance.choice((min(len(data), 200), len(data)))
            data[chance.randrange(end)] ^= 1 << chance.randrange(8)
        return bytes(data)

    def harm(self, sources):
        endings = sorted({path.suffix for path in sources})
        for path in sources:
            data = path.read_bytes()
            self.add(f"whole/{path.name}", data)
            for cut in CUTS:
                self.add(f"cut/{path.stem}-{cut}{path.suffix}", data[:int(len(data) * cut)])
            for number in range(FLIPS):
                name = f"flipped/{path.stem}-{number}{path.suffix}"
                self.add(name, self.flip(data, name))
            wrong = endings[(endings.index(path.suffix) + 1) % len(endings)]
            self.add(f"misnamed/{path.name}{wrong}", data)

    def add_no_pictures(self):
        self.add("none/empty.jpg", b"")
        self.add("none/text.png", b"hello\n" * 100)
        self.add("none/zeros.gif", bytes(100000))
        self.add("none/noise.webp", random.Random(7).randbytes(100000))
        self.add("none/long name " + "x" * 200 + ".jpg", b"\xff\xd8\xff")
        self.add("none/new\nline é.png", b"\x89PNG\r\n\x1a\n")
        self.add("none/zip.heic", b"PK\3\4" + bytes(100))
        (self.folder / "none/nowhere.jpg").symlink_to("no-such-file")
        (self.folder / "none/circle.jpg").symlink_to("circle.jpg")

    def add_pngs(self):
        bomb = zlib.compress(bytes(64 << 20), 9)
        pixel = png_chunk(b"IDAT", zlib.compress(b"\0\xff"))
        self.add("png/bomb.png", png(15800, 15800))
        self.add("png/huge.png", png(0x7fffffff, 0x7fffffff, pixel))
        self.add("png/wide.png", png(0x7fffffff, 1, pixel))
        self.add("png/empty-size.png", png(0, 0, pixel))
        self.add("png/promise.png", png(15000, 15000, pixel))
        self.add("png/profile-bomb.png", png(1, 1, png_chunk(b"iCCP", b"p\0\0" + bomb), pixel))
        self.add("png/text-bomb.png", png(1, 1, png_chunk(b"zTXt", b"p\0\0" + bomb), pixel))
        self.add("png/words.png", png(1, 1, *[png_chunk(b"tEXt", b"p\0" + bytes([97]) * 10)] * 50000, pixel))

    def add_apngs(self):
        def frame(number, x, y, width, height):
            return png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, x, y, 0, 0, 0, 0))

        rows = zlib.compress((b"\0" + bytes(8)) * 8)
        pixels = png_chunk(b"IDAT", rows)
        for name, chunks in {
                "nothing": [png_chunk(b"acTL", bytes(8)), pixels],
                "many": [png_chunk(b"acTL", struct.pack(">II", 0x7fffffff, 0)), frame(0, 0, 0, 8, 8), pixels],
                "outside": [png_chunk(b"acTL", struct.pack(">II", 2, 0)), frame(0, 0, 0, 8, 8), pixels,
                            frame(1, 0x7ffffff0, 4, 8, 8), png_chunk(b"fdAT", struct.pack(">I", 2) + rows)],
                "no-data": [png_chunk(b"acTL", struct.pack(">II", 2, 0)), frame(0, 0, 0, 8, 8), pixels, frame(1, 0, 0, 8, 8)],
                "order": [png_chunk(b"acTL", struct.pack(">II", 2, 0)), frame(9, 0, 0, 8, 8), pixels, frame(3, 0, 0, 8, 8),
                          png_chunk(b"fdAT", struct.pack(">I", 1) + rows)]}.items():
            self.add(f"apng/{name}.png", png(8, 8, *chunks, depth=8))
        frames = b"".join(frame(2 * i + 1, 0, 0, 8, 8) + png_chunk(b"fdAT", struct.pack(">I", 2 * i + 2) + rows)
                          for i in range(2500))
        self.add("apng/long.png", png(8, 8, png_chunk(b"acTL", struct.pack(">II", 2501, 0)), frame(0, 0, 0, 8, 8), pixels, frames,
                                      depth=8))
        large = zlib.compress((b"\0" + bytes(750)) * 6000, 9)
        frames = b"".join(frame(2 * i + 1, 0, 0, 6000, 6000) + png_chunk(b"fdAT", struct.pack(">I", 2 * i + 2) + large)
                          for i in range(60))
        self.add("apng/bomb.png", png(6000, 6000, png_chunk(b"acTL", struct.pack(">II", 61, 0)), frame(0, 0, 0, 6000, 6000),
                                      png_chunk(b"IDAT", large), frames))

    def add_gifs(self):
        self.add("gif/nothing.gif", gif(10, 10))
        self.add("gif/empty-size.gif", gif(0, 0, gif_frame(1, 1)))
        self.add("gif/empty-frame.gif", gif(10, 10, gif_frame(0, 0), gif_frame(10, 10)))
        self.add("gif/huge.gif", gif(65535, 65535, gif_frame(1, 1), gif_frame(65535, 65535)))
        self.add("gif/outside.gif", gif(10, 10, gif_frame(5, 5, 65000, 65000), gif_frame(65000, 65000)))
        self.add("gif/many.gif", gif(2, 2, *[gif_frame(1, 1)] * 5000))
        self.add("gif/comments.gif", gif(10, 10, *[b"\x21\xfe\1x\0"] * 200000, gif_frame(1, 1)))
        body = gif_rows(6000 * 6000)
        frame = b"\x21\xf9\4\0\0\0\0\0\x2c" + struct.pack("<HHHHB", 0, 0, 6000, 6000, 0) + body
        self.add("gif/bomb.gif", gif(6000, 6000, *[frame] * 60))

    def add_webps(self):
        data = (self.scratch / "lossless.webp").read_bytes()[12:]
        head = [(b"ANIM", bytes(6))]
        for name, chunks in {
                "nothing": [vp8x(16, 16), *head], "nothing-at-all": [vp8x(16, 16)],
                "huge": [vp8x(1 << 24, 1 << 24), *head, anmf(0, 0, 96, 64, data)],
                "large": [vp8x(16000, 16000), *head, anmf(0, 0, 96, 64, data), anmf(0, 0, 96, 64, data)],
                "outside": [vp8x(100, 100), *head, anmf(90, 90, 96, 64, data), anmf(0, 0, 96, 64, data)],
                "no-data": [vp8x(100, 100), *head, anmf(0, 0, 96, 64), anmf(0, 0, 96, 64)],
                "lie": [vp8x(100, 100), *head, anmf(0, 0, 10, 10, data), anmf(0, 0, 100, 100, data)],
                "many": [vp8x(96, 64), *head, *[anmf(0, 0, 96, 64, data[:200])] * 5000],
                "one": [vp8x(96, 64), *head, anmf(0, 0, 96, 64, data)],
                "promise": [(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(20))]}.items():
            self.add(f"webp/{name}.webp", riff(*chunks))

    def add_jpegs(self):
        plain = bytearray((self.scratch / "plain.jpg").read_bytes())
        at = plain.index(b"\xff\xc0") + 5
        self.add("jpeg/huge.jpg", bytes(plain[:at] + struct.pack(">HH", 65535, 65535) + plain[at + 4:]))
        self.add("jpeg/promise.jpg", bytes(plain[:at] + struct.pack(">HH", 15000, 15000) + plain[at + 4:]))
        self.add("jpeg/empty-size.jpg", bytes(plain[:at] + bytes(4) + plain[at + 4:]))
        run("convert", "-size", "3000x3000", "xc:gray", "-interlace", "JPEG", self.scratch / "scans.jpg")
        scans = (self.scratch / "scans.jpg").read_bytes()
        last = scans.rindex(b"\xff\xda")
        self.add("jpeg/scans.jpg", scans[:last] + scans[last:-2] * 400 + b"\xff\xd9")
        self.add("jpeg/segments.jpg", b"\xff\xd8" + (b"\xff\xe1" + struct.pack(">H", 65535) + bytes(65533)) * 1000
                 + bytes(plain[2:]))
        self.add("jpeg/profiles.jpg", b"\xff\xd8" + b"".join(
            b"\xff\xe2" + struct.pack(">H", 65535) + b"ICC_PROFILE\0" + bytes([i + 1, 255]) + bytes(65519) for i in range(255))
                 + bytes(plain[2:]))

    def add_others(self):
        for name, size in (("huge", b"100000 100000"), ("long", b"99999999999999999999 1"), ("negative", b"-5 5"),
                           ("promise", b"16000 16000")):
            self.add(f"plain/{name}.ppm", b"P6 " + size + b" 255\n" + bytes(100))
        bmp = bytearray((self.scratch / "plain.bmp").read_bytes())
        for name, at, value in (("width", 18, 0x7fffffff), ("negative", 22, 0x80000000), ("offset", 10, 0x7fffffff),
                                ("colors", 46, 0x7fffffff)):
            self.add(f"plain/{name}.bmp", bytes(bmp[:at] + struct.pack("<I", value) + bmp[at + 4:]))
        ico = bytearray((self.scratch / "plain.ico").read_bytes())
        offset = struct.unpack_from("<I", ico, 18)[0]
        for name, at, value in (("width", offset + 4, 0x80000000), ("colors", offset + 32, 0x1fffffff), ("offset", 18, 0x7ffffff0)):
            self.add(f"plain/{name}.ico", bytes(ico[:at] + struct.pack("<I", value) + ico[at + 4:]))
        self.add("plain/huge.tga", bytes(2) + b"\2" + bytes(9) + struct.pack("<HHBB", 65535, 65535, 32, 0))
        self.add("plain/huge.xpm", b'/* XPM */\nstatic char *a[] = {\n"100000 100000 1 1",\n"  c None",\n"" };\n')
        self.add("plain/huge.xbm", b"#define a_width 100000\n#define a_height 100000\nstatic char a_bits[] = {\n0x00 };\n")
        entries = [(256, 4, 1, 100000), (257, 4, 1, 100000), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
        table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        self.add("plain/huge.tif", b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4))
        self.add("plain/circle.tif", b"II*\0" + struct.pack("<IH", 8, 0) + struct.pack("<I", 8))
        self.add("plain/strips.tif", b"II*\0" + struct.pack("<IH", 8, 7) + b"".join(
            struct.pack("<HHII", *entry) for entry in (
                (256, 4, 1, 10), (257, 4, 1, 10), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 0x3fffffff, 8), (278, 4, 1, 1),
                (279, 4, 0x3fffffff, 8))) + bytes(4))

    def add_drawings(self):
        start = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="900" height="900">'
        swell = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
        uses = "".join(f'<g id="g{i}">' + f'<use xlink:href="#g{i - 1}"/>' * 10 + "</g>" for i in range(1, 10))
        blurs = '<feGaussianBlur stdDeviation="500"/>' * 60
        for name, body in {
                "entities": f'<!DOCTYPE svg [<!ENTITY l0 "lol">{swell}]>{start}<text>&l9;</text></svg>',
                "uses": f'{start}<rect id="g0" width="1" height="1"/>{uses}</svg>',
                "self": f'{start}<g id="a"><use xlink:href="#a"/></g><use xlink:href="#a"/></svg>',
                "deep": start + "<g>" * 100000,
                "blur": f'{start}<filter id="f">{blurs}</filter><rect width="900" height="900" filter="url(#f)"/></svg>',
                "huge": start.replace("900", "99999999999") + "</svg>",
                "nan": start.replace("900", "NaN") + "</svg>",
                "empty-size": start.replace("900", "0") + "</svg>",
                "file": f'{start}<image xlink:href="file:///dev/zero" width="9" height="9"/></svg>',
                "path": f'{start}<path d="M0 0{" L9 9 L0 5" * 300000}z"/></svg>'}.items():
            self.add(f"svg/{name}.svg", body.encode())
        self.add("svg/packed.svgz", gzip.compress((start + " " * (300 << 20) + "</svg>").encode(), 9, mtime=0))

    def add_boxes(self):
        """ISO base media files: HEIF and MP4."""
        for ending in (".heic", ".avif"):
            data = (self.scratch / ("plain" + ending)).read_bytes()
            at = data.index(b"ispe") + 8
            for name, size in (("huge", 0x7fffffff), ("promise", 15000), ("empty", 0)):
                self.add(f"boxes/{name}{ending}", data[:at] + struct.pack(">II", size, size) + data[at + 8:])
            for number, kind in enumerate((b"meta", b"iprp", b"ipco", b"iloc", b"iinf")):
                at = data.index(kind) - 4
                for size in (0, 1, 7, 0xffffffff):
                    self.add(f"boxes/size{number}-{size}{ending}", data[:at] + struct.pack(">I", size) + data[at + 4:])
        data = (self.scratch / "h264.mp4").read_bytes()
        for number, kind in enumerate((b"moov", b"trak", b"stbl", b"stsd", b"stts", b"stsz", b"mdat")):
            at = data.index(kind)
            for size in (0, 7, 0xffffffff):
                self.add(f"boxes/size{number}-{size}.mp4", data[:at - 4] + struct.pack(">I", size) + data[at:])
            self.add(f"boxes/gone{number}.mp4", data[:at] + b"free" + data[at + 4:])
        for name, kind, at, value in (("samples", b"stsz", 12, b"\x7f\xff\xff\xff"), ("times", b"stts", 8, b"\x7f\xff\xff\xff"),
                                      ("long", b"stts", 16, b"\x7f\xff\xff\xff"), ("size", b"avc1", 28, b"\xff\xff\xff\xff")):
            place = data.index(kind) + at
            self.add(f"boxes/{name}.mp4", data[:place] + value + data[place + len(value):])
        nested = b""
        for _ in range(2000):
            nested = box(b"moov", nested)
        self.add("boxes/nested.mp4", box(b"ftyp", b"isom\0\0\0\0isom") + nested)
        self.add("boxes/only-type.mp4", box(b"ftyp", b"isom\0\0\0\0isom"))
        self.add("boxes/only-type.webm", b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 7 + bytes(100))

    def add_seeds(self):
        for target in PICTURES:
            for path in sorted((SEEDS / target).iterdir()):
                self.add(f"seeds/{target}-{path.name}", path.read_bytes())


def make(folder):
    """Fills a folder that is there."""
    with tempfile.TemporaryDirectory(prefix="likeness-sources-") as scratch:
        hostile = Hostile(folder, pathlib.Path(scratch))
        hostile.harm(hostile.make_stills() + hostile.make_moving())
        hostile.add_no_pictures()
        hostile.add_pngs()
        hostile.add_apngs()
        hostile.add_gifs()
        hostile.add_webps()
        hostile.add_jpegs()
        hostile.add_others()
        hostile.add_drawings()
        hostile.add_boxes()
        hostile.add_seeds()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    if shutil.which("ffmpeg") is None:
        sys.exit("hostile.py: ffmpeg is needed: see tests/support/packages.sh")
    make(pathlib.Path(sys.argv[1]))
