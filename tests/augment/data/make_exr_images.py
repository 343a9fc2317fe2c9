#!/usr/bin/env python3
# Makes the OpenEXR files of deep/, and exr_images.txt, as make_deep_images.py does. Plain ones are put together here from what
# the format's specification says; exrmaketiled and exrmultipart (OpenEXR 3.1.5) pack them. Debian 12: python3-numpy, openexr.
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/deep")
lines = []
rng = np.random.default_rng(23)
W, H = 7, 5
FLOATS = rng.normal(0.5, 2, (H, W, 9)).astype(np.float32)
HALVES = rng.normal(0.5, 2, (H, W, 4)).astype(np.float16)


def expect(name, pixels, bits, alpha=False, off=0):
    pixels = np.atleast_3d(pixels).astype(np.float32)
    h, w, c = pixels.shape
    lines.append(f"{name} 0 {w} {h} {c} 32F {bits} 1 1 {int(alpha)} {off} {' '.join(repr(number) for number in pixels.ravel().tolist())}\n")


def attribute(name, kind, content):
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(content)) + content


def packed(rows):
    """ZIP's: odd bytes behind the even ones, each but the first as its difference from the one before, plus 128."""
    data = np.frombuffer(rows, np.uint8)
    data = np.concatenate([data[0::2], data[1::2]]).astype(int)
    data[1:] = (data[1:] - data[:-1] + 128) % 256
    deflated = zlib.compress(data.astype(np.uint8).tobytes())
    return deflated if len(deflated) < len(rows) else rows


def exr(name, channels, zipped=False, left=0, top=0):
    """`channels`: names and planes of np.float16, np.float32 or np.uint32."""
    channels = sorted(channels, key=lambda one: one[0].encode())
    kinds = {"uint32": 0, "float16": 1, "float32": 2}
    h, w = channels[0][1].shape
    chlist = b"".join(n.encode() + b"\0" + struct.pack("<IIII", kinds[p.dtype.name], 0, 1, 1) for n, p in channels) + b"\0"
    window = struct.pack("<4i", left, top, left + w - 1, top + h - 1)
    head = struct.pack("<II", 20000630, 2) + attribute("channels", "chlist", chlist)
    head += attribute("compression", "compression", b"\3" if zipped else b"\0") + attribute("dataWindow", "box2i", window)
    head += attribute("displayWindow", "box2i", window) + attribute("lineOrder", "lineOrder", b"\0")
    head += attribute("pixelAspectRatio", "float", struct.pack("<f", 1)) + attribute("screenWindowCenter", "v2f", struct.pack("<ff", 0, 0))
    head += attribute("screenWindowWidth", "float", struct.pack("<f", 1)) + b"\0"
    step = 16 if zipped else 1
    blocks = []
    for y in range(0, h, step):
        rows = b"".join(p[k].tobytes() for k in range(y, min(h, y + step)) for _, p in channels)
        data = packed(rows) if zipped else rows
        blocks.append(struct.pack("<iI", top + y, len(data)) + data)
    place = len(head) + 8 * len(blocks)
    table = b""
    for block in blocks:
        table += struct.pack("<Q", place)
        place += len(block)
    with open(name, "wb") as file:
        file.write(head + table + b"".join(blocks))


def planes(pixels, names):
    return [(name, np.ascontiguousarray(pixels[..., k])) for k, name in enumerate(names)]


def straight(pixels):
    alpha = pixels[..., -1:].astype(np.float32)
    return np.concatenate([np.where(alpha == 0, pixels[..., :-1], pixels[..., :-1] / np.where(alpha == 0, 1, alpha)), alpha], 2)


exr("half.exr", planes(HALVES[..., :3], "RGB"))
expect("half.exr", HALVES[..., :3], 16)
exr("float_zip.exr", planes(FLOATS[..., :3], "RGB"), zipped=True, left=-3, top=20)
expect("float_zip.exr", FLOATS[..., :3], 32)
rgba = FLOATS[..., :4].copy()
rgba[..., 3] = rng.uniform(0.1, 1, (H, W))
rgba[0, 0, 3] = 0
exr("rgba.exr", planes(rgba, "RGBA"))
expect("rgba.exr", straight(rgba), 32, alpha=True, off=1e-5)
exr("grey.exr", planes(FLOATS[..., :1], "Y"))
expect("grey.exr", FLOATS[..., :1], 32)
exr("grey_alpha.exr", planes(rgba[..., 2:], "YA"))
both = straight(rgba[..., 2:])
expect("grey_alpha.exr", both[..., [0, 0, 0, 1]], 32, alpha=True, off=1e-5)
ids = rng.integers(0, 1000, (H, W)).astype(np.uint32)
exr("bands.exr", planes(FLOATS[..., :3], "RGB") + [("id", ids), ("Z", FLOATS[..., 4].copy()), ("depth.near", HALVES[..., 0].copy())])
# In the order of their bytes: capitals come first.
expect("bands.exr", np.dstack([FLOATS[..., :3], FLOATS[..., 4], HALVES[..., 0], ids]), 32)
exr("four_bands.exr", planes(FLOATS[..., :4], ["a1", "a2", "a3", "a4"]))
expect("four_bands.exr", FLOATS[..., :4], 32)
large = rng.normal(0, 1, (40, 37, 3)).astype(np.float16)
exr("large.exr", planes(large, "RGB"), zipped=True)
subprocess.run(["exrmaketiled", "-t", "16", "16", "-z", "piz", "large.exr", "tiles.exr"], check=True)
expect("tiles.exr", large, 16)
subprocess.run(["exrmaketiled", "-m", "-t", "16", "16", "-z", "zip", "large.exr", "levels.exr"], check=True)
expect("levels.exr", large, 16)
subprocess.run(["exrmultipart", "-combine", "-i", "half.exr:0::first", "rgba.exr:0::second", "-o", "parts.exr"], check=True, stdout=subprocess.DEVNULL)
expect("parts.exr", HALVES[..., :3], 16)
os.remove("large.exr")

for name in ("half.exr float_zip.exr grey_alpha.exr bands.exr tiles.exr levels.exr parts.exr").split():
    shutil.copy(name, f"../../../fuzz/seeds/deep_image/{name}")
with open("../exr_images.txt", "w") as file:
    file.writelines(lines)
