# SPDX-License-Identifier: GPL-3.0-or-later
"""likeness-render on real files: formats, orientations, colours, and what it prints and returns."""

import hashlib
import io
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import lk_pictures as pictures
import tap
from lk_pictures import run

RENDER = sys.argv.pop(1)
SANITIZED = b"__asan_init" in pathlib.Path(RENDER).read_bytes()
P3 = ((200, 60, 40), (60, 180, 80), (40, 70, 190), (128, 128, 128))


class RenderCase(unittest.TestCase):
    """A private folder, and the program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="likeness-render-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name):
        return self.folder / name

    def call(self, *arguments, status=0, timeout=60):
        """Runs it; gives what it printed: JSON on standard output, or on standard error when it was refused."""
        done = subprocess.run([RENDER, *map(str, arguments)], capture_output=True, text=True,
                              timeout=timeout, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        if status == 0:
            self.assertEqual(done.stderr, "")
        return done.stdout if status == 0 else done.stderr

    def frame(self, path, *options):
        out = self.path("frame.png")
        self.call(*options, "--frame", 0, out, path)
        return pictures.Pixels(out)

    def photo(self, path, *options):
        """The photo as it is sent: of the bundle."""
        out = self.path("out.likeness")
        self.call(*options, path, out)
        with zipfile.ZipFile(out) as bundle:
            self.path("photo.jpg").write_bytes(bundle.read("photo.jpg"))
        return pictures.Pixels(self.path("photo.jpg"))

    def refuse(self, path, *codes):
        error = json.loads(self.call(path, self.path("refused.likeness"), status=3))
        self.assertEqual(sorted(error), ["code", "message"])
        self.assertIn(error["code"], codes)
        self.assertFalse(self.path("refused.likeness").exists())
        return error

    def assert_near(self, colors, expected, tolerance):
        for color, wanted in zip(colors, expected, strict=True):
            for one, other in zip(color, wanted, strict=True):
                if abs(one - other) > tolerance:
                    self.fail(f"{colors} is not {expected}")

    def assert_quarters(self, path, tolerance=4):
        """Upright, in the preview and in what is sent."""
        self.assert_near(self.frame(path).quarters(), pictures.QUARTERS, tolerance)
        self.assert_near(self.photo(path).quarters(), pictures.QUARTERS, tolerance + 4)


class Formats(RenderCase):
    """Every format that a photo comes in."""

    def check(self, name, media_type, tolerance=4):
        probe = json.loads(self.call("--probe", self.path(name)))
        self.assertEqual((probe["type"], probe["width"], probe["height"], probe["frames"]),
                         (media_type, 240, 160, 1))
        self.assertEqual(probe["bytes"], self.path(name).stat().st_size)
        self.assert_quarters(self.path(name), tolerance)

    def setUp(self):
        super().setUp()
        pictures.make_quarters(self.path("in.png"))

    def test_by_imagemagick(self):
        """JPEG, progressive JPEG, PNG, GIF, TIFF and BMP load"""
        for name, media_type, options in (
                ("a.jpg", "image/jpeg", []), ("p.jpg", "image/jpeg", ["-interlace", "JPEG"]),
                ("a.png", "image/png", []), ("i.png", "image/png", ["-interlace", "PNG"]),
                ("a.gif", "image/gif", []), ("a.tif", "image/tiff", []), ("a.bmp", "image/bmp", [])):
            with self.subTest(name):
                run("convert", self.path("in.png"), *options, self.path(name))
                self.check(name, media_type)

    def test_by_any_loader(self):
        """PNM, binary and plain, and ICO load: whatever GdkPixbuf has a loader for"""
        for name, media_type, options in (
                ("a.ppm", "image/x-portable-anymap", []),
                ("p.ppm", "image/x-portable-anymap", ["-compress", "none"]),
                ("a.ico", "image/x-icon", [])):
            with self.subTest(name):
                run("convert", self.path("in.png"), *options, self.path(name))
                self.check(name, media_type)

    def test_bitmaps(self):
        """PBM, PGM and XBM load"""
        for name in ("a.pbm", "a.pgm", "a.xbm"):
            with self.subTest(name):
                run("convert", "-size", "240x160", "xc:white", "-fill", "black",
                    "-draw", "rectangle 0,0 119,159", self.path(name))
                self.assert_near(self.frame(self.path(name)).quarters(),
                                 [(0, 0, 0), (255, 255, 255)] * 2, 0)

    def test_webp(self):
        """WebP loads, with loss and without"""
        run("cwebp", "-quiet", "-lossless", self.path("in.png"), "-o", self.path("a.webp"))
        run("cwebp", "-quiet", "-q", "95", self.path("in.png"), "-o", self.path("b.webp"))
        self.check("a.webp", "image/webp")
        self.check("b.webp", "image/webp", 6)

    def test_heic(self):
        """HEIC loads"""
        run("heif-enc", "-q", "95", "-o", self.path("a.heic"), self.path("in.png"))
        self.check("a.heic", "image/heic", 8)

    def test_avif(self):
        """AVIF loads"""
        run("avifenc", "--lossless", self.path("in.png"), self.path("a.avif"))
        self.check("a.avif", "image/avif")

    def test_gray_and_palette(self):
        """Gray and palette pictures load"""
        for name, options in (("g.jpg", ["-colorspace", "Gray"]),
                              ("g.png", ["-colorspace", "Gray", "-depth", "16"]),
                              ("p.png", ["-type", "Palette"])):
            with self.subTest(name):
                run("convert", self.path("in.png"), *options, self.path(name))
                colors = self.frame(self.path(name)).quarters()
                self.assert_near(colors[3:], [(255, 255, 255)], 3)
                if name.startswith("g"):
                    self.assertEqual(len(set(colors[0])), 1)

    def test_animations(self):
        """GIF, animated WebP and APNG are animations, with their frames and duration"""
        run("ffmpeg", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1.2", self.path("a.gif"))
        run("ffmpeg", "-i", self.path("a.gif"), "-f", "apng", self.path("a.png"))
        run("gif2webp", "-quiet", self.path("a.gif"), "-o", self.path("a.webp"))
        for name, media_type in (("a.gif", "image/gif"), ("a.png", "image/png"), ("a.webp", "image/webp")):
            probe = json.loads(self.call("--probe", self.path(name)))
            self.assertEqual((probe["kind"], probe["type"], probe["width"], probe["height"], probe["frames"],
                              probe["duration"]), ("animation", media_type, 64, 48, 12, 1_200_000))

    def test_gif_first_frame(self):
        """The first frame of an animation is the still"""
        run("convert", "-delay", "10", self.path("in.png"), "-size", "240x160", "xc:black", "xc:gray",
            self.path("a.gif"))
        self.assert_quarters(self.path("a.gif"))

    def test_svg(self):
        """SVG is drawn at the size that is needed, and never loads another file"""
        self.path("secret.png").write_bytes(self.path("in.png").read_bytes())
        self.path("a.svg").write_text(
            '<!-- drawn by hand --><svg xmlns="http://www.w3.org/2000/svg" '
            'xmlns:xlink="http://www.w3.org/1999/xlink" width="24" height="16">'
            '<rect width="24" height="16" fill="#fff"/><rect width="12" height="8" fill="#f00"/>'
            '<rect x="12" width="12" height="8" fill="#0f0"/>'
            '<rect y="8" width="12" height="8" fill="#00f"/>'
            f'<image xlink:href="file://{self.path("secret.png")}" width="24" height="16"/>'
            '<image xlink:href="secret.png" width="24" height="16" transform="rotate(180 12 8)"/>'
            '</svg>', encoding="utf-8")
        photo = self.photo(self.path("a.svg"))
        self.assertEqual((photo.width, photo.height), (720, 720))
        self.assert_quarters(self.path("a.svg"))

    def test_huge_svg(self):
        """An SVG of a million px a side is drawn, not refused: its size is the drawer's to choose"""
        self.path("a.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="1000000" height="1000000">'
            '<rect width="1000000" height="1000000" fill="#f00"/></svg>', encoding="utf-8")
        photo = self.photo(self.path("a.svg"))
        self.assertEqual(photo.width, 720)
        self.assert_near([photo.at(0.5, 0.5)], [(255, 0, 0)], 3)


class Orientations(RenderCase):
    """A picture that was stored turned stands upright, once."""

    def test_jpeg(self):
        """EXIF orientation in JPEG, all eight, and the crop is on the upright picture"""
        recipe = self.path("recipe.json")
        recipe.write_text('{"version": 1, "crop": {"x": 0.8, "y": 0.75, "size": 0.4}}', encoding="utf-8")
        for orientation, operations in pictures.UNDONE_BY.items():
            with self.subTest(orientation):
                path = pictures.make_quarters(self.path("a.jpg"), *operations)
                pictures.put_exif(path, orientation)
                probe = json.loads(self.call("--probe", path))
                self.assertEqual((probe["width"], probe["height"], probe["orientation"]),
                                 (240, 160, orientation))
                self.assert_quarters(path)
                photo = self.photo(path, "--recipe", recipe)
                self.assertEqual((photo.width, photo.height), (64, 64))
                self.assert_near(photo.quarters(), [(255, 255, 255)] * 4, 4)

    def test_tiff(self):
        """Orientation in TIFF, all eight: libtiff does a part of it"""
        for orientation, operations in pictures.UNDONE_BY.items():
            with self.subTest(orientation):
                path = pictures.make_quarters(self.path("a.tif"), *operations)
                run("exiftool", "-q", "-overwrite_original", "-n", f"-Orientation={orientation}", path)
                self.assert_quarters(path)

    def test_png(self):
        """EXIF orientation in PNG, all eight"""
        for orientation, operations in pictures.UNDONE_BY.items():
            with self.subTest(orientation):
                path = pictures.make_quarters(self.path("a.png"), *operations)
                run("exiftool", "-q", "-overwrite_original", "-n", f"-Orientation={orientation}", path)
                self.assert_quarters(path)

    def test_webp(self):
        """EXIF orientation in WebP, all eight"""
        for orientation, operations in pictures.UNDONE_BY.items():
            with self.subTest(orientation):
                path = pictures.make_quarters(self.path("a.png"), *operations)
                self.path("exif").write_bytes(pictures.exif_block(orientation))
                run("cwebp", "-quiet", "-lossless", path, "-o", self.path("plain.webp"))
                run("webpmux", "-set", "exif", self.path("exif"), self.path("plain.webp"),
                    "-o", self.path("a.webp"))
                self.assert_quarters(self.path("a.webp"))

    def test_avif(self):
        """Rotation and mirror of AVIF are applied once: its loader does that"""
        turned = {0: [], 1: ["-rotate", "90"], 2: ["-rotate", "180"], 3: ["-rotate", "270"]}
        for angle, operations in turned.items():
            with self.subTest(angle=angle):
                path = pictures.make_quarters(self.path("a.png"), *operations)
                run("avifenc", "--lossless", "--irot", angle, path, self.path("a.avif"))
                probe = json.loads(self.call("--probe", self.path("a.avif")))
                self.assertEqual((probe["width"], probe["height"]), (240, 160))
                self.assert_quarters(self.path("a.avif"))
        for axis, operation in ((0, "-flip"), (1, "-flop")):
            with self.subTest(axis=axis):
                path = pictures.make_quarters(self.path("a.png"), operation)
                run("avifenc", "--lossless", "--imir", axis, path, self.path("a.avif"))
                self.assert_quarters(self.path("a.avif"))

    def test_heic(self):
        """EXIF orientation in HEIC is not applied on top of its own"""
        path = pictures.make_quarters(self.path("a.png"))
        for orientation in (3, 6, 8):
            with self.subTest(orientation):
                run("heif-enc", "-q", "95", "-o", self.path("a.heic"), path)
                run("exiftool", "-q", "-overwrite_original", "-n", f"-Orientation={orientation}",
                    self.path("a.heic"))
                self.assert_quarters(self.path("a.heic"), 8)

    def test_heic_turned(self):
        """Rotation of HEIC is applied once: its loader does that"""
        turned = {1: ["-rotate", "90"], 2: ["-rotate", "180"], 3: ["-rotate", "270"]}
        for angle, operations in turned.items():
            with self.subTest(angle=angle):
                path = pictures.make_quarters(self.path("a.png"), *operations)
                run("heif-enc", "-q", "95", "-o", self.path("plain.heic"), path)
                self.path("a.heic").write_bytes(
                    pictures.turn_heic(self.path("plain.heic").read_bytes(), angle))
                probe = json.loads(self.call("--probe", self.path("a.heic")))
                self.assertEqual((probe["width"], probe["height"]), (240, 160))
                self.assert_quarters(self.path("a.heic"), 8)

    def test_nonsense(self):
        """An orientation that does not exist counts as upright"""
        path = pictures.make_quarters(self.path("a.jpg"))
        run("exiftool", "-q", "-overwrite_original", "-n", "-Orientation=1", path)
        data = path.read_bytes()
        self.assertEqual(data.count(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01"), 1)
        for value in (b"\x00\x00", b"\x00\x09", b"\xff\xff"):
            path.write_bytes(data.replace(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01",
                                          b"\x01\x12\x00\x03\x00\x00\x00\x01" + value))
            self.assert_quarters(path)


class Colors(RenderCase):
    """What leaves is sRGB."""

    def setUp(self):
        super().setUp()
        self.path("p3.icc").write_bytes(pictures.display_p3_profile())
        pictures.make_quarters(self.path("plain.png"), colors=P3)
        run("convert", self.path("plain.png"), "-profile", self.path("p3.icc"), "-depth", "8",
            "-define", "png:color-type=2", self.path("p3.png"))
        self.expected = [pictures.p3_to_srgb(color) for color in P3]

    def check(self, name, tolerance):
        probe = json.loads(self.call("--probe", self.path(name)))
        self.assertTrue(probe["has_profile"])
        self.assert_near(self.frame(self.path(name)).quarters(), self.expected, tolerance)
        self.assert_near(self.photo(self.path(name)).quarters(), self.expected, tolerance + 2)

    def test_png_jpeg_tiff(self):
        """Display P3 in PNG, JPEG and TIFF becomes sRGB, within 2 (JPEG: 4) of 255"""
        self.check("p3.png", 2)
        for name, tolerance in (("p3.jpg", 4), ("p3.tif", 2)):
            with self.subTest(name):
                run("convert", self.path("p3.png"), "-quality", "98", self.path(name))
                self.check(name, tolerance)

    def test_webp(self):
        """Display P3 in WebP becomes sRGB"""
        run("cwebp", "-quiet", "-lossless", "-metadata", "icc", self.path("p3.png"),
            "-o", self.path("p3.webp"))
        self.check("p3.webp", 2)

    def test_avif(self):
        """Display P3 in AVIF becomes sRGB, by profile and by code points"""
        run("avifenc", "--lossless", "--icc", self.path("p3.icc"), self.path("plain.png"),
            self.path("p3.avif"))
        self.check("p3.avif", 3)
        run("avifenc", "--min", "0", "--max", "4", "--yuv", "444", "--cicp", "12/13/6",
            self.path("plain.png"), self.path("cicp.avif"))
        self.assert_near(self.frame(self.path("cicp.avif")).quarters(), self.expected, 5)

    def test_heic(self):
        """Display P3 in HEIC becomes sRGB"""
        run("heif-enc", "-q", "98", "-o", self.path("p3.heic"), self.path("p3.png"))
        self.check("p3.heic", 6)

    def test_broken_profile(self):
        """A broken profile counts as none"""
        self.path("broken.icc").write_bytes(pictures.display_p3_profile()[:200])
        run("avifenc", "--lossless", "--icc", self.path("broken.icc"), self.path("plain.png"),
            self.path("broken.avif"))
        self.assert_near(self.frame(self.path("broken.avif")).quarters(), P3, 3)

    def test_cmyk(self):
        """CMYK in JPEG, without a profile, shows its colours"""
        pictures.make_quarters(self.path("rgb.png"))
        run("convert", self.path("rgb.png"), "-colorspace", "CMYK", self.path("cmyk.jpg"))
        self.assert_quarters(self.path("cmyk.jpg"), 6)

    def test_alpha(self):
        """Transparent pixels show the recipe's background, white unless it is set"""
        self.path("recipe.json").write_text('{"version": 1, "background": "#102030"}', encoding="utf-8")
        run("convert", "-size", "200x200", "xc:rgba(255,0,0,0)", self.path("clear.png"))
        run("convert", "-size", "200x200", "xc:rgba(255,0,0,0.5)", self.path("half.png"))
        run("cwebp", "-quiet", "-lossless", "-exact", self.path("clear.png"),
            "-o", self.path("clear.webp"))
        for name in ("clear.png", "clear.webp"):
            self.assertEqual(self.frame(self.path(name)).at(0.5, 0.5), (255, 255, 255))
            self.assertEqual(self.frame(self.path(name), "--recipe", self.path("recipe.json"))
                             .at(0.5, 0.5), (0x10, 0x20, 0x30))
        self.assert_near([self.frame(self.path("half.png")).at(0.5, 0.5)], [(255, 127, 127)], 1)


class Edits(RenderCase):
    """The recipe."""

    def test_turns(self):
        """Rotation and flips give the quarters their places"""
        path = pictures.make_quarters(self.path("a.png"))
        red, green, blue, white = pictures.QUARTERS
        for edit, expected in (
                ('"rotation": 90', (blue, red, white, green)),
                ('"rotation": 180', (white, blue, green, red)),
                ('"rotation": 270', (green, white, red, blue)),
                ('"flip": {"horizontal": true, "vertical": false}', (green, red, white, blue)),
                ('"flip": {"horizontal": false, "vertical": true}', (blue, white, red, green)),
                ('"rotation": 90, "flip": {"horizontal": true, "vertical": false}',
                 (red, blue, green, white))):
            with self.subTest(edit):
                self.path("recipe.json").write_text('{"version": 1, %s}' % edit, encoding="utf-8")
                self.assert_near(self.frame(path, "--recipe", self.path("recipe.json")).quarters(),
                                 expected, 2)
                self.assert_near(self.photo(path, "--recipe", self.path("recipe.json")).quarters(),
                                 expected, 6)

    def test_straightened(self):
        """As ImageMagick turns it, clockwise about the crop's middle; and the same from a file that EXIF turns."""
        upright = self.path("upright.png")
        run("convert", "-seed", "7", "-size", "600x400", "plasma:red-blue", "-blur", "0x6", upright)
        recipe = self.path("recipe.json")
        for angle, size in ((12, 0.5), (-33, 0.7), (45, 0.3)):
            recipe.write_text(json.dumps({"version": 2, "crop": {"x": 0.5, "y": 0.5, "size": size},
                                          "straighten": angle}), encoding="utf-8")
            run("convert", upright, "-virtual-pixel", "edge", "-set", "option:distort:viewport", "720x720+0+0",
                "-distort", "SRT", f"300,200 {720 / (400 * size)} {angle} 360,360", self.path("wanted.png"))
            wanted = pictures.Pixels(self.path("wanted.png"))
            for orientation in (1, 5, 6):
                stored = self.path("stored.jpg")
                run("convert", upright, *pictures.UNDONE_BY[orientation], "-quality", "98", stored)
                pictures.put_exif(stored, orientation)
                photo = self.photo(stored, "--recipe", recipe)
                for x, y in ((0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9), (0.3, 0.7)):
                    self.assert_near([photo.at(x, y)], [wanted.at(x, y)], 8)

    def test_documented(self):
        """The recipe that the help shows is one, and its text is drawn."""
        source = pictures.make_quarters(self.path("source.png"))
        text = self.call("--help").partition("Recipe (all")[2].partition("\n  crop:")[0].partition("\n")[2]
        recipe = json.loads(text)
        self.assertEqual(recipe["version"], 2)
        self.path("recipe.json").write_text(text, encoding="utf-8")
        with_text = self.frame(source, "--recipe", self.path("recipe.json")).all()
        del recipe["texts"]
        self.path("recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
        self.assertEqual(self.frame(source, "--recipe", self.path("recipe.json")).all(), self.frame(source).all())
        self.assertNotEqual(with_text, self.frame(source).all())

    def test_refused(self):
        """A recipe that makes no sense is refused with its code"""
        path = pictures.make_quarters(self.path("a.png"))
        for text in ("", "[]", "{}", '{"version": 9}', '{"version": 1, "rotation": 7}', "{" * 100,
                     '{"version": 1, "crop": {"x": NaN, "y": 0, "size": 1}}', " " * 100000):
            self.path("recipe.json").write_text(text, encoding="utf-8")
            error = json.loads(self.call("--recipe", self.path("recipe.json"), path,
                                         self.path("out"), status=3))
            self.assertEqual(error["code"], "invalid-recipe")
        error = json.loads(self.call("--recipe", self.path("none"), path, self.path("out"), status=3))
        self.assertEqual(error["code"], "unreadable")


class Program(RenderCase):
    """What it prints, returns and leaves."""

    def test_json(self):
        """The JSON tells source and renditions, and the bundle holds just those"""
        path = pictures.make_quarters(self.path("a.png"), width=2000, height=1600)
        out = self.path("out.likeness")
        told = json.loads(self.call("--alt", "Four colours", path, out))
        self.assertEqual(told["source"], {
            "kind": "still", "type": "image/png", "width": 2000, "height": 1600, "frames": 1,
            "duration": 0, "orientation": 1, "has_profile": False, "has_alpha": False,
            "bytes": path.stat().st_size})
        self.assertEqual([(r["name"], r["type"], r["width"], r["height"]) for r in told["renditions"]],
                         [("photo", "image/jpeg", 720, 720), ("thumbnail", "image/jpeg", 96, 96)])
        data = out.read_bytes()
        self.assertEqual(told["bundle"], {"bytes": len(data),
                                          "sha256": hashlib.sha256(data).hexdigest()})
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            self.assertEqual(bundle.namelist(), ["manifest.json", "photo.jpg", "thumbnail.jpg"])
            self.assertEqual([entry.compress_type for entry in bundle.infolist()], [8, 0, 0])
            manifest = json.loads(bundle.read("manifest.json"))
            self.assertEqual(manifest["alt"], "Four colours")
            for rendition in told["renditions"]:
                content = bundle.read(rendition["name"] + ".jpg")
                self.assertEqual(rendition["bytes"], len(content))
                self.assertEqual(rendition["sha256"], hashlib.sha256(content).hexdigest())
                self.assertTrue(20 <= rendition.pop("quality") <= 92)
                self.assertIn(rendition, manifest["renditions"])

    def test_reproducible(self):
        """The same input at the same time gives the same bytes"""
        path = pictures.make_quarters(self.path("a.jpg"))
        for name, zone in (("one", "UTC"), ("two", "Asia/Kathmandu")):
            run(RENDER, path, self.path(name),
                env={**os.environ, "SOURCE_DATE_EPOCH": "1795380540", "TZ": zone})
        self.assertEqual(self.path("one").read_bytes(), self.path("two").read_bytes())

    def test_budgets(self):
        """Noise fits into the budgets at a lower quality"""
        run("convert", "-size", "1000x1000", "xc:gray", "-seed", "7", "+noise", "Random",
            self.path("noise.png"))
        told = json.loads(self.call(self.path("noise.png"), self.path("out")))
        photo, thumbnail = told["renditions"]
        self.assertLessEqual(photo["bytes"], 224 * 1024)
        self.assertLess(photo["quality"], 92)
        self.assertLessEqual(thumbnail["bytes"], 8 * 1024)

    def test_no_metadata(self):
        """No EXIF, XMP, IPTC, position, comment or profile leaves"""
        path = pictures.make_quarters(self.path("a.jpg"), width=1600, height=1600)
        self.path("p3.icc").write_bytes(pictures.display_p3_profile())
        run("exiftool", "-q", "-overwrite_original", "-Artist=Anna", "-GPSLatitude=52.5",
            "-GPSLatitudeRef=N", "-GPSLongitude=13.4", "-GPSLongitudeRef=E", "-XMP:Title=Secret",
            "-IPTC:City=Berlin", "-Comment=Secret", f"-ICC_Profile<={self.path('p3.icc')}", path)
        self.photo(path)
        told = json.loads(run("exiftool", "-j", "-G1", "-a", self.path("photo.jpg")).stdout)[0]
        groups = {key.split(":")[0] for key in told} - {"SourceFile"}
        self.assertLessEqual(groups, {"ExifTool", "System", "File", "JFIF", "Composite"})
        self.assertEqual(told["File:EncodingProcess"], "Baseline DCT, Huffman coding")
        self.assertNotIn("File:Comment", told)
        before = json.loads(run("exiftool", "-j", "-G1", path).stdout)[0]
        self.assertIn("GPS:GPSLatitude", before)

    def test_usage(self):
        """Called in a wrong way: status 2, and nothing on standard output"""
        path = pictures.make_quarters(self.path("a.png"))
        before = path.read_bytes()
        for arguments in ([], [path], [path, "a", "b"], ["--nonsense", path, "a"],
                          ["--probe"], ["--probe", path, "a"], ["--probe", "--alt", "x", path],
                          ["--frame", self.path("f.png"), path], ["--frame", 0, self.path("f.png")], ["--frame", -1, self.path("f.png"), path],
                          ["--start", -1, path, self.path("a")], ["--duration", 0, path, self.path("a")], ["--duration", 1e-9, path, self.path("a")],
                          *([option, value, path, self.path("a")] for option in ("--start", "--duration")
                            for value in ("nan", "-nan", "inf", "-inf", "", "1s", "1e99")),
                          *(["--frame", value, self.path("f.png"), path] for value in ("nan", "inf", "", "1s")),
                          ["--start", 1, "--probe", path], [path, path], ["--frame", 0, path, path],
                          ["--frame", 0, f"{self.folder}/./a.png", path.as_uri()], ["--frame", 0, "ftp://a/f.png", path],
                          ["--alt", "x" * 2001, path, self.path("a")]):
            with self.subTest(arguments):
                self.assertIn("likeness-render --help", self.call(*arguments, status=2))
        self.assertEqual(path.read_bytes(), before)
        self.assertIn("Exit status", self.call("--help"))
        self.assertIn("likeness-render", self.call("--version"))

    def test_atomic(self):
        """A failure leaves what was there; no temporary file stays"""
        out = self.path("out.likeness")
        out.write_text("old", encoding="utf-8")
        self.path("bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
        error = json.loads(self.call(self.path("bad.jpg"), out, status=3))
        self.assertEqual(error["code"], "malformed")
        self.assertEqual(out.read_text(encoding="utf-8"), "old")
        path = pictures.make_quarters(self.path("a.png"))
        error = json.loads(self.call(path, self.path("no/such/folder/out"), status=3))
        self.assertEqual(error["code"], "write-failed")
        self.call(path, out)
        self.assertTrue(zipfile.is_zipfile(out))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["a.png", "bad.jpg", "out.likeness"])


    @unittest.skipUnless(shutil.which("unshare") and subprocess.run(
        ["unshare", "-rm", "true"], check=False, capture_output=True).returncode == 0,
                         "no small disk can be made without user namespaces")
    def test_put_aside(self):
        """A file that has no path is copied first; where the disk is too small for that, its code says so"""
        self.path("files").mkdir()
        run("convert", "-size", "300x300", "xc:gray", "-seed", "7", "+noise", "Random", self.path("files/a.png"))
        self.assertGreater(self.path("files/a.png").stat().st_size, 64 * 1024)
        self.path("disk").mkdir()
        script = ('mount -t tmpfs -o "$2" none "$1/disk" && { TMPDIR="$1/disk" "$3" --probe resource:///files/a.png; '
                  'echo $? > "$1/status"; ls -A "$1/disk" > "$1/left"; }')
        for size, status in (("size=2m", 0), ("size=16k", 3), ("nr_inodes=1", 3)):
            with self.subTest(size):
                self.path("status").unlink(missing_ok=True)
                done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", self.folder, size, RENDER],
                                      env={**os.environ, "G_RESOURCE_OVERLAYS": f"/files={self.path('files')}"},
                                      capture_output=True, text=True, timeout=120, check=False)
                if not self.path("status").exists():
                    self.skipTest("no small disk can be mounted here")
                self.assertEqual(self.path("status").read_text(encoding="utf-8"), f"{status}\n", done.stderr)
                self.assertEqual(self.path("left").read_text(encoding="utf-8"), "")
                # GLib says on standard error that it was given the folder.
                told = json.loads((done.stderr if status else done.stdout).splitlines()[-1])
                self.assertEqual(told.get("code"), "disk-full" if status else None)

    def test_no_gstreamer(self):
        """GStreamer is started for a video, and not for HEIC and AVIF, which begin alike"""
        source = pictures.make_quarters(self.path("in.png"))
        run("heif-enc", "-o", self.path("a.heic"), source)
        run("avifenc", "-s", "8", source, self.path("a.avif"))
        run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:duration=1", self.path("a.mp4"))
        for name in ("a.heic", "a.avif", "a.mp4"):
            registry = self.path(f"registry-{name}")
            run(RENDER, "--probe", self.path(name), env={**os.environ, "GST_REGISTRY": str(registry)})
            self.assertEqual(registry.exists(), name == "a.mp4", name)

    def test_no_file(self):
        """A pipe or folder as output is refused before the input is decoded, and stays"""
        path = pictures.make_quarters(self.path("a.png"))
        self.path("bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
        os.mkfifo(self.path("pipe"))
        self.path("folder").mkdir()
        self.path("link").symlink_to("pipe")
        for name, kind in (("pipe", "pipe"), ("link", "pipe"), ("folder", "folder")):
            for source in (path, self.path("bad.jpg")):
                for arguments in ([source, self.path(name)], ["--frame", 0, self.path(name), source]):
                    with self.subTest(arguments):
                        error = json.loads(self.call(*arguments, status=3))
                        self.assertEqual(error["code"], "write-failed")
                        self.assertIn(kind, error["message"])
        self.assertTrue(self.path("pipe").is_fifo())
        self.assertTrue(self.path("link").is_symlink())
        self.assertEqual(list(self.path("folder").iterdir()), [])

    def test_link(self):
        """Of a symbolic link the file it leads to is written, old or new, but never the input"""
        path = pictures.make_quarters(self.path("a.png"))
        (self.path("one") / "two").mkdir(parents=True)
        self.path("old").write_text("old", encoding="utf-8")
        self.path("to-old").symlink_to("old")
        self.path("to-link").symlink_to(self.path("to-old"))
        (self.path("one") / "to-new").symlink_to("two/new")
        self.path("to-input").symlink_to("a.png")
        for link, target in (("to-link", "old"), ("one/to-new", "one/two/new")):
            self.call(path, self.path(link))
            self.assertTrue(self.path(link).is_symlink())
            self.assertFalse(self.path(target).is_symlink())
            self.assertTrue(zipfile.is_zipfile(self.path(target)))
        self.call("--frame", 0, self.path("to-link"), path)
        self.assertEqual(pictures.Pixels(self.path("old")).width, 720)
        before = path.read_bytes()
        self.call(path, self.path("to-input"), status=2)
        self.call("--frame", 0, self.path("to-input"), path, status=2)
        self.assertEqual(path.read_bytes(), before)


class Hostile(RenderCase):
    """Files that want to do harm."""

    def run_bounded(self, path, **options):
        """Renders it within the 10 s of the promise: of the processor, since other tests share the machine."""
        seconds = 40 if SANITIZED else 10

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

        return subprocess.run([RENDER, path, self.path("out")], timeout=120, capture_output=True,
                              check=False, preexec_fn=limit, **options)

    def test_kinds(self):
        """What is no picture is refused with its code"""
        os.mkfifo(self.path("fifo"))
        self.path("folder").mkdir()
        self.path("empty").touch()
        self.path("text").write_text("hello", encoding="utf-8")
        self.refuse(self.path("missing"), "unreadable")
        self.refuse(self.path("fifo"), "unreadable")
        self.refuse(self.path("folder"), "unreadable")
        self.refuse(self.path("empty"), "malformed")
        self.refuse(self.path("text"), "unsupported")

    def test_truncated(self):
        """HEIC, AVIF, WebP and GIF, cut at every twentieth: refused or rendered, soon, never a crash"""
        source = pictures.make_quarters(self.path("in.png"))
        run("heif-enc", "-q", "50", "-o", self.path("a.heic"), source)
        run("avifenc", "-s", "8", source, self.path("a.avif"))
        run("cwebp", "-quiet", source, "-o", self.path("a.webp"))
        run("convert", source, self.path("a.gif"))
        for name in ("a.heic", "a.avif", "a.webp", "a.gif"):
            data = self.path(name).read_bytes()
            for cut in range(20):
                self.path("cut").write_bytes(data[:len(data) * cut // 20])
                done = self.run_bounded(self.path("cut"))
                self.assertIn(done.returncode, (0, 3), f"{name} at {cut}: {done.stderr}")
                if done.returncode == 3:
                    self.assertIn("code", json.loads(done.stderr))
                if name != "a.gif":
                    self.assertEqual(done.returncode, 3, f"{name} at {cut}")

    def test_bomb(self):
        """A PNG file of 250 megapixels in 40 KB is rendered, within 10 s of work and 1 GiB"""
        self.path("bomb.png").write_bytes(pictures.blank_png(15800, 15800))
        self.assertLess(self.path("bomb.png").stat().st_size, 100 * 1000)
        with subprocess.Popen([RENDER, self.path("bomb.png"), self.path("out")],
                              stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        if not SANITIZED:
            self.assertLess(usage.ru_utime + usage.ru_stime, 10)
            self.assertLess(usage.ru_maxrss, 1024 * 1024)

    def test_never_ends(self):
        """A drawing whose lines cross a billion times is refused in time: its loader looks at nothing else"""
        self.path("path.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900">'
            f'<path d="M0 0{" L9 9 L0 5" * 300000}z"/></svg>', encoding="utf-8")
        done = self.run_bounded(self.path("path.svg"))
        self.assertEqual(done.returncode, 3, done.stderr)
        # The decoder gives up by its own processor time; on a busy machine its patience may end before.
        self.assertIn(json.loads(done.stderr)["code"], ("malformed", "decoder-crashed"))
        self.assertFalse(self.path("out").exists())

    def test_remarks(self):
        """What GStreamer remarks on a bad file does not get into the answer"""
        run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:duration=1", "-metadata:s:v", "language=swe",
            self.path("a.mkv"))
        data = self.path("a.mkv").read_bytes()
        self.assertEqual(data.count(b"swe"), 1)
        self.path("a.mkv").write_bytes(data.replace(b"swe", b"\xff\xfe\xfd"))
        done = self.run_bounded(self.path("a.mkv"))
        self.assertIn(done.returncode, (0, 3), done.stderr)
        if done.returncode == 3:
            self.assertIn("code", json.loads(done.stderr))
        else:
            self.assertEqual(done.stderr, b"")

    def test_entities(self):
        """An SVG that swells by entities, or that uses itself a billion times, is refused"""
        lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
        self.path("lol.svg").write_text(
            f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">{lol}]>'
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&l9;</text></svg>',
            encoding="utf-8")
        uses = "".join(f'<g id="g{i}">' + f'<use href="#g{i - 1}"/>' * 10 + "</g>" for i in range(1, 10))
        self.path("use.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect id="g0" width="1" '
            f'height="1"/>{uses}</svg>', encoding="utf-8")
        # Without slow unwinding and the leak check, which take longer than the bound on what librsvg allocates.
        environment = os.environ | {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=1:detect_leaks=0"}
        for name in ("lol.svg", "use.svg"):
            done = self.run_bounded(self.path(name), env=environment)
            self.assertIn(done.returncode, (0, 3), done.stderr)


if __name__ == "__main__":
    for tool in ("convert", "exiftool", "cwebp", "webpmux", "gif2webp", "ffmpeg", "heif-enc", "avifenc"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is needed: see tests/support/packages.sh")
    tap.main()
