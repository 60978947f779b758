#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times likeness-render on photos, beside vipsthumbnail and ImageMagick, in one run.

    tests/bench/media/still.py [--build DIR] [--rounds N] [--json]

Rows: a JPEG of 24 megapixels, cropped, with a text and a ring, to a bundle of photo and thumbnail, beside vipsthumbnail
that only makes it small and ImageMagick that does the same edits; the same photo with every edit; and what photos of 1, 6,
24 and 96 megapixels cost. Exits 1 when a goal of the project is missed.
"""

import json
import pathlib
import subprocess
import tempfile

import lkbench

CROP = {"x": 0.5, "y": 0.5, "size": 0.9}
TEXT = {"content": "Hello from Likeness", "family": "DejaVu Sans", "size": 0.07, "y": 0.8}
RING = {"kind": "ring", "width": 0.03}
EVERYTHING = {"straighten": 8, "rotation": 90, "adjust": {"contrast": 0.2, "saturation": 0.2, "warmth": 0.3},
              "texts": [TEXT, TEXT | {"y": 0.3, "effect": "shadow", "angle": -10, "content": "مرحبا 🙂"}],
              "border": {"kind": "polaroid", "width": 0.05, "caption": "A caption"}}


def make_photos(folder):
    """By megapixels; with the detail of a photo: clouds of plasma, edges, and a sensor's noise; 4:2:0 as cameras do."""
    photos = {size: folder / f"{size}.jpg" for size in (1, 6, 24, 96)}
    subprocess.run([lkbench.find_convert(), "-seed", "24", "-size", "1500x1000", "plasma:tomato-steelblue", "-resize",
                    "400%", "-attenuate", "0.25", "+noise", "Gaussian", "-sampling-factor", "2x2", "-quality", "90",
                    photos[24]], check=True)
    for size, width in ((1, 1224), (6, 3000)):
        subprocess.run(["vips", "thumbnail", photos[24], f"{photos[size]}[Q=90]", str(width)], check=True)
    subprocess.run(["vips", "replicate", photos[24], f"{photos[96]}[Q=90]", "2", "2"], check=True)
    return photos


def same_edits(photo, folder):
    """ImageMagick's way to the same picture and thumbnail."""
    side, x, y = 3600, 1200, 200
    return [lkbench.find_convert(), photo, "-crop", f"{side}x{side}+{x}+{y}", "+repage", "-resize", "720x720",
            "(", "-size", "720x720", "xc:white", "(", "-size", "720x720", "xc:white", "-fill", "black", "-draw",
            "circle 359.5,359.5 359.5,21.6", ")", "-alpha", "off", "-compose", "CopyOpacity", "-composite", ")",
            "-compose", "Over", "-composite", "-font", "DejaVu-Sans-Bold", "-pointsize", "50", "-gravity", "center",
            "-stroke", "black", "-strokewidth", "12", "-annotate", "+0+216", TEXT["content"],
            "-stroke", "none", "-fill", "white", "-annotate", "+0+216", TEXT["content"], "-quality", "90",
            "-write", folder / "same.jpg", "-resize", "96x96", folder / "same-thumbnail.jpg"]


def measure_growth(bench, photos, ours):
    """Twice the pixels may take twice the time, and some for the clock's own error."""
    medians = bench.run({str(size): ours(photo) for size, photo in photos.items()})
    bench.figures["growth"] = medians
    bench.say(f"\n{'megapixels':>10} {'wall s':>8} {'ms/MP':>8} {'peak MB':>8}")
    before = None
    for size in photos:
        wall, memory = medians[str(size)]
        bench.say(f"{size:10} {wall:8.3f} {wall / size * 1000:8.2f} {memory:8.1f}")
        if before:
            bench.hold(f"{before} → {size} MP: seconds ÷ linear ≤ 1.1",
                       wall / size / (medians[str(before)][0] / before), 1.1)
        before = size


def main():
    options = lkbench.parse_options(__doc__)
    with tempfile.TemporaryDirectory(prefix="likeness-bench-") as name:
        folder = pathlib.Path(name)
        photos = make_photos(folder)
        recipes = {}
        for kind, edits in (("edited", {"texts": [TEXT], "border": RING}), ("everything", EVERYTHING)):
            recipes[kind] = folder / f"{kind}.json"
            recipes[kind].write_text(json.dumps({"version": 2, "crop": CROP} | edits), encoding="utf-8")

        def ours(photo, kind="edited"):
            return [options.program, "--recipe", recipes[kind], photo, folder / "out.likeness"]

        bench = lkbench.Bench(options)
        vips = ["vipsthumbnail", "-s", "720x720", "-o", folder / "vips.jpg", photos[24]]
        bench.compare("24 MP, crop, text, ring",
                      {"likeness-render": ours(photos[24]), "vipsthumbnail alone": vips,
                       "ImageMagick, the same edits": same_edits(photos[24], folder)},
                      [("vipsthumbnail alone", "wall", 0.8), ("ImageMagick, the same edits", "wall", 0.15),
                       ("vipsthumbnail alone", "memory", 1.0), ("ImageMagick, the same edits", "memory", 1.0)])
        bench.compare("24 MP, every edit", {"likeness-render": ours(photos[24], "everything"),
                                            "vipsthumbnail alone": vips}, [])
        measure_growth(bench, photos, ours)
        bench.finish()


if __name__ == "__main__":
    main()
