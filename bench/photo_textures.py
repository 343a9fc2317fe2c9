#!/usr/bin/env python3
"""Real colour pictures with labels that Debian ships: the photographs of surfaces and things in ufoai-textures (2.5-2; mostly
GPL-2+, some CC-BY; its copyright file names each author). Fetches the package into a temporary folder, and writes the
pictures as class folders, OUT/train/CLASS and OUT/test/CLASS, every fifth of a class for testing. A label is the word
that a file's name begins with. Square pictures of 128 pixels and more are cut into four, which stay in one part.

usage: photo_textures.py OUT [--whole]        (needs apt-get, dpkg-deb and python3-pil)
"""
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

from PIL import Image

PACKAGE = "ufoai-textures"
ARCHIVE = "usr/share/games/ufoai/base/0textures.pk3"
# The class of a word; several words are one class.
CLASSES = {"wall": "wall", "japwall": "wall", "floor": "floor", "wood": "wood", "concrete": "concrete", "grass": "grass",
           "carpet": "carpet", "metal": "metal", "metall": "metal", "mtl": "metal", "rock": "rock", "stone": "rock",
           "bricks": "bricks", "brick": "bricks", "roof": "roof", "dirt": "ground", "ground": "ground", "desert": "ground",
           "land": "ground", "tiles": "tiles", "tile": "tiles", "door": "door"}
MAPS = re.compile(r"_(nm|sm|gm|rm)\.")  # normals, specular and other maps, which are no photographs


def fetched(folder):
    subprocess.run(["apt-get", "-q", "download", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["dpkg-deb", "-x", next(folder.glob("*.deb")), folder / "files"], check=True)
    return zipfile.ZipFile(folder / "files" / ARCHIVE)


def pictures(archive):
    """The names of each class's pictures, in order."""
    found = defaultdict(list)
    for name in sorted(archive.namelist()):
        word = re.match(r"[a-z]+", name.rsplit("/", 1)[1].lower())
        if word and word[0] in CLASSES and re.search(r"\.(png|jpg)$", name) and not MAPS.search(name):
            found[CLASSES[word[0]]].append(name)
    return found


def parts(picture, whole):
    width, height = picture.size
    if whole or min(width, height) < 128 or width != height:
        return [picture]
    half = width // 2
    return [picture.crop((x, y, x + half, y + half)) for y in (0, half) for x in (0, half)]


def main():
    out = Path(sys.argv[1])
    whole = "--whole" in sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        archive = fetched(Path(folder))
        for label, names in sorted(pictures(archive).items()):
            count = 0
            for i, name in enumerate(names):
                place = out / ("test" if i % 5 == 4 else "train") / label
                place.mkdir(parents=True, exist_ok=True)
                picture = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
                for k, part in enumerate(parts(picture, whole)):
                    part.resize((128, 128), Image.LANCZOS).save(place / f"{Path(name).stem}_{i}_{k}.png")
                    count += 1
            print(f"{label}: {count} of {len(names)} pictures")


main()
