#!/usr/bin/env python3
# Makes the GIFs, HEICs, AVIFs and JPEG XLs of images/ by other programs than doppel, and plugin_images.txt: what was put
# into those without loss, and what heif-convert sees in the others; lines as in make_images.py. Run with Pillow 9.4.0,
# NumPy 1.24.2, ImageMagick 6.9.11-60, gifsicle 1.93, heif-enc 1.15.1 (x265 3.5), avifenc 0.11.1 (libaom 3.6.0), cjxl 0.7.0
# and exiftool 12.57 (Debian 12: python3-pil, python3-numpy, imagemagick, gifsicle, libheif-examples, libavif-bin, libjxl-tools,
# libimage-exiftool-perl).
import os
import shutil
import subprocess

import numpy as np
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/images")
lines = []
rng = np.random.default_rng(21)
W, H = 7, 5
RGB = rng.integers(0, 256, (H, W, 3), np.uint8)
GREY = rng.integers(0, 256, (H, W), np.uint8)
ALPHA = rng.integers(1, 256, (H, W), np.uint8)
ALPHA[0, :2] = 255, 128
WIDE = rng.integers(0, 65536, (H, W), np.uint16)
WIDE3 = rng.integers(0, 65536, (H, W, 3), np.uint16)
SMOOTH = np.dstack([np.add.outer(np.arange(48) * 2, np.arange(64)) + k for k in (0, 20, 40)]).astype(np.uint8)


def run(*words, data=None):
    return subprocess.run(words, check=True, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def expect(name, pixels, bits=8, orientation=1, frames=1, off=0):
    pixels = np.atleast_3d(np.asarray(pixels))
    assert pixels.dtype == np.uint8, name
    h, w, c = pixels.shape
    lines.append(f"{name} {w} {h} {c} {bits} {orientation} {frames} {off} {' '.join(map(str, pixels.ravel()))}\n")


def upright(pixels, k):
    """As EXIF numbers orientations."""
    turned = pixels.swapaxes(0, 1) if k >= 5 else pixels
    if k in (3, 4, 7, 8):
        turned = turned[::-1]
    if k in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return turned


def png16(pixels, name):
    kind = "rgb" if pixels.ndim == 3 else "gray"
    run("convert-im6.q16", "-size", f"{pixels.shape[1]}x{pixels.shape[0]}", "-depth", "16", "-endian", "MSB", f"{kind}:-",
        "-define", "png:bit-depth=16", "-define", f"png:color-type={2 if pixels.ndim == 3 else 0}", name,
        data=pixels.astype(">u2").tobytes())


Image.fromarray(RGB).save("t_rgb.png")
Image.fromarray(GREY).save("t_grey.png")
Image.fromarray(np.dstack([RGB, ALPHA])).save("t_rgba.png")
Image.fromarray(np.dstack([GREY, ALPHA])).save("t_la.png")
Image.fromarray(SMOOTH).save("t_smooth.png")
png16(WIDE, "t_grey16.png")
png16(WIDE3, "t_rgb16.png")

# GIF: by Pillow, ImageMagick and gifsicle.
COLORS = np.array([[200, 10, 20], [30, 220, 40], [50, 60, 240], [0, 0, 0], [255, 255, 255]], np.uint8)
INDEX = GREY % 5
palette = Image.fromarray(INDEX, "P")
palette.putpalette(COLORS.ravel().tolist())
palette.save("plain.gif")
expect("plain.gif", COLORS[INDEX])
palette.save("clear.gif", transparency=1)
clear = np.dstack([COLORS[INDEX], np.full((H, W), 255, np.uint8)])
clear[INDEX == 1] = 0
expect("clear.gif", clear)
run("gifsicle", "--interlace", "plain.gif", "-o", "interlaced.gif")
expect("interlaced.gif", COLORS[INDEX])
other = Image.fromarray((INDEX + 1) % 5, "P")
other.putpalette(COLORS.ravel().tolist())
palette.save("animated.gif", save_all=True, append_images=[other, palette], duration=50)
expect("animated.gif", COLORS[INDEX], frames=3)
run("gifsicle", "--no-warnings", "--logical-screen", "12x9", "--position", "3,2", "plain.gif", "-o", "placed.gif")
placed = np.zeros((9, 12, 4), np.uint8)
placed[2 : 2 + H, 3 : 3 + W] = np.dstack([COLORS[INDEX], np.full((H, W), 255, np.uint8)])
expect("placed.gif", placed)

# JPEG XL without loss; with loss what cjxl was given, nearly.
for name, pixels, bits in (("rgb", RGB, 8), ("grey", GREY, 8), ("rgba", np.dstack([RGB, ALPHA]), 8),
                           ("la", np.dstack([GREY, GREY, GREY, ALPHA]), 8), ("grey16", (WIDE >> 8).astype(np.uint8), 16),
                           ("rgb16", (WIDE3 >> 8).astype(np.uint8), 16)):
    run("cjxl", f"t_{name}.png", f"{name}.jxl", "-d", "0", "-e", "3")
    expect(f"{name}.jxl", pixels, bits)
run("cjxl", "t_rgb.png", "container.jxl", "-d", "0", "-e", "3", "--container=1")
expect("container.jxl", RGB)
run("cjxl", "t_smooth.png", "smooth.jxl", "-d", "0.5", "-e", "3")
expect("smooth.jxl", SMOOTH, off=6)
run("cjxl", "animated.gif", "animated.jxl", "-d", "0", "-e", "3")
opaque = np.full((H, W), 255, np.uint8)
expect("animated.jxl", np.dstack([COLORS[INDEX], opaque]), frames=3)
# A JPEG's EXIF orientation becomes the codestream's own.
for k in (3, 6, 7):
    Image.fromarray(SMOOTH).save("t.jpg", quality=95, subsampling=0)
    run("exiftool", "-q", "-n", "-overwrite_original", f"-Orientation={k}", "t.jpg")
    run("cjxl", "t.jpg", f"orientation{k}.jxl", "-j", "0", "-d", "0.5", "-e", "3")
    expect(f"orientation{k}.jxl", upright(np.array(Image.open("t.jpg")), k), orientation=k, off=8)

# AVIF without loss.
for name, pixels in (("rgb", RGB), ("rgba", np.dstack([RGB, ALPHA]))):
    run("avifenc", "--lossless", "-s", "8", f"t_{name}.png", f"{name}.avif")
    expect(f"{name}.avif", pixels)
run("avifenc", "--min", "0", "--max", "0", "-y", "400", "-r", "full", "-s", "8", "t_grey.png", "grey.avif")
expect("grey.avif", GREY)
for depth in (10, 12):
    run("avifenc", "--lossless", "-d", str(depth), "-s", "8", "t_rgb16.png", f"rgb{depth}.avif")
    most = (1 << depth) - 1
    expect(f"rgb{depth}.avif", ((WIDE3.astype(np.int64) * most + 32767) // 65535 >> (depth - 8)).astype(np.uint8), depth, off=1)
for k, options in {2: ["--imir", "1"], 3: ["--irot", "2"], 4: ["--imir", "0"], 5: ["--irot", "1", "--imir", "0"],
                   6: ["--irot", "3"], 7: ["--irot", "1", "--imir", "1"], 8: ["--irot", "1"]}.items():
    run("avifenc", "--lossless", "-s", "8", *options, "t_rgb.png", f"orientation{k}.avif")
    expect(f"orientation{k}.avif", upright(RGB, k), orientation=k)
run("avifenc", "--lossless", "-s", "8", "--crop", "16,8,32,24", "t_smooth.png", "cropped.avif")
expect("cropped.avif", SMOOTH[8:32, 16:48])
os.makedirs("t_frames", exist_ok=True)
for k in range(3):
    Image.fromarray(np.roll(RGB, k, 1)).save(f"t_frames/{k}.png")
run("avifenc", "--lossless", "-s", "8", "t_frames/0.png", "t_frames/1.png", "t_frames/2.png", "animated.avif")
expect("animated.avif", np.dstack([RGB, opaque]), frames=3)

# HEIC: without loss, and as heif-convert sees it.
def converted(name):
    run("heif-convert", "-q", "100", name, "t_seen.png")
    return np.array(Image.open("t_seen.png"))


run("heif-enc", "-L", "-p", "chroma=444", "--matrix_coefficients=0", "t_smooth.png", "-o", "lossless.heic")
expect("lossless.heic", converted("lossless.heic"))
assert abs(converted("lossless.heic").astype(int) - SMOOTH).max() <= 1
run("heif-enc", "-q", "90", "t_smooth.png", "-o", "smooth.heic")
expect("smooth.heic", converted("smooth.heic"))
Image.fromarray(np.dstack([SMOOTH, SMOOTH[..., 0] // 2 + 100])).save("t_smooth_alpha.png")
run("heif-enc", "-L", "-p", "chroma=444", "--matrix_coefficients=0", "t_smooth_alpha.png", "-o", "alpha.heic")
expect("alpha.heic", converted("alpha.heic"))
assert abs(converted("alpha.heic").astype(int) - np.array(Image.open("t_smooth_alpha.png"))).max() <= 1
smooth16 = SMOOTH.astype(np.uint16) * 257
png16(smooth16, "t_smooth16.png")
run("heif-enc", "-L", "-b", "10", "-p", "chroma=444", "--matrix_coefficients=0", "t_smooth16.png", "-o", "ten_bits.heic")
expect("ten_bits.heic", (smooth16 >> 8).astype(np.uint8), 10, off=1)
# An EXIF block's orientation doesn't count in HEIF.
Image.fromarray(SMOOTH).save("t.jpg", quality=95, subsampling=0)
run("exiftool", "-q", "-n", "-overwrite_original", "-Orientation=6", "t.jpg")
run("heif-enc", "-q", "95", "-p", "chroma=444", "t.jpg", "-o", "exif_orientation6.heic")
expect("exif_orientation6.heic", np.array(Image.open("t.jpg")), off=8)

# Turned by libheif's own encoder: heif-enc has no option for it. It writes the turned size, and after the turn; ISO/IEC 23008-12
# has the size of the pixels as they are stored, before it, and libheif 1.23 refuses anything else.
def size_before_turn(name):
    data = bytearray(open(name, "rb").read())
    last = data.rfind(b"ispe") + 8
    data[last : last + 8] = data[last + 4 : last + 8] + data[last : last + 4]
    ipco, ipma = data.find(b"ipco"), data.find(b"ipma")
    kinds, at = [b""], ipco + 4
    while at < ipma - 4:
        kinds.append(bytes(data[at + 4 : at + 8]))
        at += int.from_bytes(data[at : at + 4], "big")
    at = ipma + 12
    for _ in range(int.from_bytes(data[ipma + 8 : ipma + 12], "big")):
        first, count = at + 3, data[at + 2]
        at = first + count
        data[first:at] = sorted(data[first:at], key=lambda k: kinds[k & 127] != b"ispe")
    open(name, "wb").write(data)


TURN = r"""
#include <libheif/heif.h>
#include <stdlib.h>
int main(int n, char** v) {
  struct heif_context *from = heif_context_alloc(), *to = heif_context_alloc();
  struct heif_image_handle* handle; struct heif_image* image; struct heif_encoder* encoder;
  if (heif_context_read_from_file(from, v[1], 0).code || heif_context_get_primary_image_handle(from, &handle).code ||
      heif_decode_image(handle, &image, heif_colorspace_undefined, heif_chroma_undefined, 0).code ||
      heif_context_get_encoder_for_format(to, heif_compression_HEVC, &encoder).code) return 1;
  heif_encoder_set_lossless(encoder, 1);
  heif_encoder_set_parameter_string(encoder, "chroma", "444");
  struct heif_encoding_options* options = heif_encoding_options_alloc();
  options->image_orientation = (enum heif_orientation)atoi(v[3]);
  if (heif_context_encode_image(to, image, encoder, options, 0).code) return 2;
  return heif_context_write_to_file(to, v[2]).code;
}
"""
open("t_turn.c", "w").write(TURN)
run("gcc", "t_turn.c", "-o", "t_turn", "-lheif")
for k in (3, 6, 7):
    run("./t_turn", "lossless.heic", f"orientation{k}.heic", str(k))
    if k >= 5:
        size_before_turn(f"orientation{k}.heic")
    expect(f"orientation{k}.heic", upright(SMOOTH, k), off=3)

for name in os.listdir("."):
    if name.startswith("t_") or name == "t.jpg":
        (shutil.rmtree if os.path.isdir(name) else os.remove)(name)
for name in ("clear.gif interlaced.gif animated.gif placed.gif grey.jxl la.jxl rgb16.jxl container.jxl animated.jxl orientation6.jxl "
             "rgba.avif grey.avif rgb10.avif cropped.avif animated.avif orientation5.avif smooth.heic alpha.heic ten_bits.heic "
             "orientation6.heic").split():
    shutil.copy(name, "../../../fuzz/seeds/image/")
with open("../plugin_images.txt", "w") as file:
    file.writelines(lines)
