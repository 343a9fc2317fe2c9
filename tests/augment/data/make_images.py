#!/usr/bin/env python3
# Makes images/ by other programs than doppel, and images.txt: what Pillow sees in each, upright, with what its headers
# say. Run with Pillow 9.4.0, NumPy 1.24.2, ImageMagick 6.9.11-60, libwebp 1.2.4 and libtiff 4.5.0 (Debian 12: python3-pil,
# python3-numpy, imagemagick, webp, libtiff-tools). Where Pillow takes numbers otherwise than doppel, the script does what
# the remark there says. A line of images.txt: file, width, height, channels, bits, orientation, frames, the most that a
# number may be off by, and the numbers.
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin

os.chdir(os.path.dirname(os.path.abspath(__file__)))
os.makedirs("images", exist_ok=True)
os.chdir("images")
lines = []
rng = np.random.default_rng(20)
W, H = 7, 5
RGB = rng.integers(0, 256, (H, W, 3), np.uint8)
GREY = rng.integers(0, 256, (H, W), np.uint8)
ALPHA = rng.integers(0, 256, (H, W), np.uint8)
ALPHA[0, :3] = 0, 255, 128
RGBA = np.dstack([RGB, ALPHA])
WIDE = rng.integers(0, 65536, (H, W), np.uint16)
WIDE3 = rng.integers(0, 65536, (H, W, 3), np.uint16)
SMOOTH = np.dstack([np.add.outer(np.arange(24) * 4, np.arange(32) * 3) + k for k in (0, 20, 40)]).astype(np.uint8)


def run(*words, data=None):
    return subprocess.run(words, check=True, input=data, stdout=subprocess.PIPE).stdout


def expect(name, pixels, bits=8, orientation=1, frames=1, off=0):
    pixels = np.atleast_3d(np.asarray(pixels))
    assert pixels.dtype == np.uint8, name
    numbers = " ".join(map(str, pixels.ravel()))
    h, w, c = pixels.shape
    lines.append(f"{name} {w} {h} {c} {bits} {orientation} {frames} {off} {numbers}\n")


def seen(name):
    """By Pillow: the first frame as grey, RGB or RGBA, upright."""
    image = Image.open(name)
    image.load()  # turns a TIFF, which exif_transpose() would turn again
    if image.format != "TIFF":
        image = ImageOps.exif_transpose(image)
    if image.mode == "1":
        image = image.convert("L")
    if image.mode in ("P", "LA", "RGBa", "PA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode != "P" else "RGB")
    if image.mode in ("RGBX", "CMYK", "YCbCr"):
        image = image.convert("RGB")
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    assert image.mode in ("L", "RGB", "RGBA"), (name, image.mode)
    return np.array(image)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "a camera"
    return block.tobytes()


# PNG, by Pillow.
for name, pixels in {"rgb": RGB, "grey": GREY, "rgba": RGBA, "la": np.dstack([GREY, ALPHA])}.items():
    Image.fromarray(pixels).save(f"{name}.png")
    expect(f"{name}.png", seen(f"{name}.png"))
palette = Image.fromarray(GREY % 5, "P")
palette.putpalette([200, 10, 20, 30, 220, 40, 50, 60, 240, 0, 0, 0, 255, 255, 255])
palette.save("palette.png")
expect("palette.png", seen("palette.png"))
palette.save("palette_alpha.png", transparency=bytes([255, 0, 100]))
expect("palette_alpha.png", seen("palette_alpha.png"))
Image.fromarray(RGB).save("rgb_key.png", transparency=tuple(int(v) for v in RGB[1, 2]))
expect("rgb_key.png", seen("rgb_key.png"))
Image.fromarray(GREY).save("grey_key.png", transparency=int(GREY[2, 1]))
expect("grey_key.png", seen("grey_key.png"))
Image.fromarray(GREY > 100).save("grey1.png")
expect("grey1.png", seen("grey1.png"), 1)
# 16 bits: the upper 8, where Pillow clips.
Image.fromarray(WIDE).save("grey16.png")
expect("grey16.png", (WIDE >> 8).astype(np.uint8), 16)
raw = WIDE3.astype(">u2").tobytes()
run("convert-im6.q16", "-size", f"{W}x{H}", "-depth", "16", "-endian", "MSB", "rgb:-", "-strip", "-interlace", "PNG",
    "PNG48:rgb16_interlaced.png", data=raw)
expect("rgb16_interlaced.png", (WIDE3 >> 8).astype(np.uint8), 16)

# Orientation: eXIf by Pillow, the text profile as ImageMagick and exiftool write it, WebP's EXIF by webpmux.
for k in range(1, 9):
    Image.fromarray(RGB).save(f"orientation{k}.png", exif=exif(k))
    expect(f"orientation{k}.png", seen(f"orientation{k}.png"), 8, k)
Image.fromarray(RGB).save("plain.webp", lossless=True)
expect("plain.webp", RGB)
for k in (3, 6, 7):
    open("exif.bin", "wb").write(exif(k))
    run("webpmux", "-set", "exif", "exif.bin", "plain.webp", "-o", f"orientation{k}.webp")
    expect(f"orientation{k}.webp", seen(f"orientation{k}.webp"), 8, k)
open("exif.bin", "wb").write(exif(6)[6:])  # without "Exif" before it, as libwebp's own tools write it
run("webpmux", "-set", "exif", "exif.bin", "plain.webp", "-o", "bare_exif.webp")
expect("bare_exif.webp", np.rot90(RGB, -1), 8, 6)
os.remove("exif.bin")


def with_chunk(name, kind, content):
    data = open(name, "rb").read()
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data[:33] + chunk + data[33:]


block = exif(8)
hexadecimal = "\n".join(block.hex()[i : i + 72] for i in range(0, 2 * len(block), 72))
profile = f"\nexif\n{len(block):8}\n{hexadecimal}\n".encode()
open("profile_text.png", "wb").write(with_chunk("rgb.png", b"tEXt", b"Raw profile type exif\0" + profile))
packed = b"Raw profile type exif\0\0" + zlib.compress(profile)
open("profile_packed.png", "wb").write(with_chunk("rgb.png", b"zTXt", packed))
for name in ("profile_text.png", "profile_packed.png"):
    expect(name, seen(name), 8, 8)

# WebP by cwebp, and animations by webpmux and Pillow.
run("cwebp", "-quiet", "-lossless", "-exact", "rgba.png", "-o", "rgba.webp")
expect("rgba.webp", seen("rgba.webp"))
Image.fromarray(SMOOTH).save("smooth.png")
run("cwebp", "-quiet", "-q", "90", "smooth.png", "-o", "lossy.webp")
expect("smooth.png", SMOOTH)
expect("lossy.webp", seen("lossy.webp"))
frames = [Image.fromarray(np.roll(RGB, k, 1)) for k in range(3)]
frames[0].save("animated.webp", save_all=True, append_images=frames[1:], lossless=True, duration=50)
expect("animated.webp", seen("animated.webp"), 8, 1, 3)
over = [Image.fromarray(np.roll(RGBA, k, 1)) for k in range(2)]
over[0].save("animated_alpha.webp", save_all=True, append_images=over[1:], lossless=True, exact=True, duration=50)
expect("animated_alpha.webp", seen("animated_alpha.webp"), 8, 1, 2)
Image.fromarray(SMOOTH).crop((0, 0, 12, 8)).save("part.png")
run("cwebp", "-quiet", "-q", "90", "part.png", "-o", "part.webp")
run("webpmux", "-frame", "lossy.webp", "+50+0+0+0+b", "-frame", "part.webp", "+50+4+2+0+b", "-o", "animated_lossy.webp")
expect("animated_lossy.webp", seen("animated_lossy.webp"), 8, 1, 2)
# The first frame is smaller than the canvas: what lies around it is transparent. Pillow has no alpha there, and black.
run("webpmux", "-frame", "part.webp", "+50+4+2+0+b", "-frame", "lossy.webp", "+50+0+0+0+b", "-o", "animated_part.webp")
part = np.array(Image.open("animated_part.webp").convert("RGB"))
opaque = np.zeros(part.shape[:2], np.uint8)
opaque[2:10, 4:16] = 255
expect("animated_part.webp", np.dstack([part, opaque]), 8, 1, 2)
os.remove("part.png"), os.remove("part.webp")

# APNG: the default image, which is the first frame or none of them.
frames[0].save("animated.png", save_all=True, append_images=frames[1:], duration=50)
expect("animated.png", seen("animated.png"), 8, 1, 3)
frames[1].save("default_image.png", save_all=True, append_images=frames, default_image=True, duration=50)
expect("default_image.png", seen("default_image.png"), 8, 1, 4)


# TIFF by Pillow and libtiff's tools. Pillow sees RGBX where nothing is said of the fourth sample.
def tiff(name, pixels, compression=None, tags=(), command=(), want=None, **expected):
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags:
        info[tag] = value
    Image.fromarray(pixels).save("first.tif", compression=compression, tiffinfo=info)
    if command:
        run(*command, "first.tif", f"{name}.tif")
        os.remove("first.tif")
    else:
        os.rename("first.tif", f"{name}.tif")
    expect(f"{name}.tif", seen(f"{name}.tif") if want is None else want, **expected)


def say(name, tag, value):
    """Writes another value for one of a little-endian TIFF's tags."""
    data = bytearray(open(f"{name}.tif", "rb").read())
    first = struct.unpack_from("<I", data, 4)[0]
    for k in range(struct.unpack_from("<H", data, first)[0]):
        if struct.unpack_from("<H", data, first + 2 + 12 * k)[0] == tag:
            struct.pack_into("<H", data, first + 2 + 12 * k + 8, value)
    open(f"{name}.tif", "wb").write(data)


tiff("rgb", RGB)
tiff("grey_lzw", GREY, "tiff_lzw")
tiff("big_endian", RGB, None, (), ("tiffcp", "-B", "-c", "zip"))
tiff("tiles", SMOOTH, None, (), ("tiffcp", "-t", "-w", "16", "-l", "16", "-c", "lzw:2"))
tiff("planes", RGB, None, (), ("tiffcp", "-p", "separate", "-r", "2"))
tiff("packbits", GREY, "packbits")
tiff("g4", GREY > 100, "group4", bits=1)
tiff("rgba", RGBA)
tiff("la", np.dstack([GREY, ALPHA]))
tiff("one_bit", GREY > 100, bits=1)
tiff("jpeg", SMOOTH, None, (), ("tiffcp", "-c", "jpeg:95", "-r", "16"))
for k in range(1, 9):
    tiff(f"orientation{k}", RGB, "tiff_lzw", [(274, k)], orientation=k)
tiff("orientation6_planes", RGB, None, [(274, 6)], ("tiffcp", "-p", "separate"), orientation=6)
tiff("orientation7_one_bit", GREY > 100, "group4", [(274, 7)], bits=1, orientation=7)
# 16 bits: the upper 8, as in PNG.
tiff("grey16", WIDE, "tiff_adobe_deflate", bits=16, want=(WIDE >> 8).astype(np.uint8))
tiff("orientation8_grey16", WIDE, None, [(274, 8)], bits=16, orientation=8, want=np.rot90((WIDE >> 8).astype(np.uint8)))
tiff("white_is_zero", GREY, None, want=255 - GREY)
say("white_is_zero", 262, 0)
assert (seen("white_is_zero.tif") == 255 - GREY).all()
# Pillow leaves 16 bits as they are here; ImageMagick inverts them.
tiff("white_is_zero16", WIDE, None, bits=16, want=((65535 - WIDE) >> 8).astype(np.uint8))
say("white_is_zero16", 262, 0)
run("convert-im6.q16", "-size", f"{W}x{H}", "-depth", "16", "-endian", "MSB", "rgb:-", "-strip", "-define", "tiff:rows-per-strip=2",
    "TIFF:rgb16.tif", data=raw)
expect("rgb16.tif", (WIDE3 >> 8).astype(np.uint8), 16)
palette_image = palette.copy()
palette_image.save("palette.tif")
expect("palette.tif", seen("palette.tif"))
Image.fromarray(RGBA, "CMYK").save("cmyk.tif")
expect("cmyk.tif", seen("cmyk.tif"), off=1)
# Premultiplied: colours are divided by their alpha, rounded; Pillow cuts.
multiplied = np.dstack([((RGB * ALPHA[..., None].astype(int) + 127) // 255).astype(np.uint8), ALPHA])
divided = np.where(ALPHA[..., None] > 0, np.minimum(255, (multiplied[..., :3].astype(int) * 255 + ALPHA[..., None] // 2)
                                                    // np.maximum(1, ALPHA[..., None].astype(int))), 0)
tiff("premultiplied", multiplied, want=np.dstack([divided.astype(np.uint8), ALPHA]))
say("premultiplied", 338, 1)
assert abs(divided - seen("premultiplied.tif")[..., :3]).max() <= 1
# A fourth sample of which is said that it's no alpha.
tiff("fourth_sample", RGBA, None, want=RGB)
say("fourth_sample", 338, 0)
pages = [Image.fromarray(np.roll(GREY, k, 1)) for k in range(3)]
pages[0].save("pages.tif", save_all=True, append_images=pages[1:])
expect("pages.tif", GREY, frames=3)
Image.fromarray(WIDE.astype(np.float32)).save("floating.tif")  # refused

# BMP by Pillow and ImageMagick, some headers by hand.
for name, pixels in {"rgb": RGB, "grey": GREY, "one_bit": GREY > 100}.items():
    Image.fromarray(pixels).save(f"{name}.bmp")
    expect(f"{name}.bmp", seen(f"{name}.bmp"))
palette.save("palette.bmp")
expect("palette.bmp", seen("palette.bmp"))


def bmp(name, *options, source="rgb.png", prefix="BMP3"):
    run("convert-im6.q16", source, "-strip", *options, f"{prefix}:{name}.bmp")
    return open(f"{name}.bmp", "rb").read()


bmp("runs8", "-compress", "RLE", source="palette.png")
expect("runs8.bmp", seen("palette.png"))
bmp("os2", prefix="BMP2")
expect("os2.bmp", RGB)
bmp("alpha", source="rgba.png", prefix="BMP")
expect("alpha.bmp", RGBA)
# 5 and 6 bits: v of most as v * 255 / most, rounded. Pillow cuts that, ImageMagick repeats the bits: both are within 1.
FIVE = rng.integers(0, 32, (H, W, 3))
FIVE[0, 0] = 31


def rounded(values, most):
    return ((2 * 255 * values + most) // (2 * most)).astype(np.uint8)


def header(bits, compression, size, height=H, extra=b""):
    return (b"BM" + struct.pack("<IHHI", 54 + len(extra) + size, 0, 0, 54 + len(extra)) +
            struct.pack("<IiiHHIIiiII", 40, W, height, 1, bits, compression, size, 2835, 2835, 0, 0) + extra)


def rows(pixels, kind):
    lines_ = [np.ascontiguousarray(row).astype(kind).tobytes() for row in pixels]
    return b"".join(line + bytes(-len(line) % 4) for line in lines_)


def by_hand(name, data, pixels, bits, off=1):
    open(f"{name}.bmp", "wb").write(data)
    magick = run("convert-im6.q16", f"{name}.bmp", "-depth", "8", "rgb:-")
    assert abs(np.frombuffer(magick, np.uint8).reshape(H, W, 3) - pixels.astype(int)).max() <= off, name
    assert abs(seen(f"{name}.bmp").astype(int) - pixels).max() <= off, name
    expect(f"{name}.bmp", pixels, bits)


words = FIVE[..., 0] << 10 | FIVE[..., 1] << 5 | FIVE[..., 2]
data = rows(words[::-1], "<u2")
by_hand("rgb555", header(16, 0, len(data)) + data, rounded(FIVE, 31), 5)
six = FIVE.copy()
six[..., 1] = FIVE[..., 1] * 2 + (FIVE[..., 1] % 3 == 1)
six[0, 0, 1] = 63
words = six[..., 0] << 11 | six[..., 1] << 5 | six[..., 2]
data, masks = rows(words[::-1], "<u2"), struct.pack("<III", 0xF800, 0x7E0, 0x1F)
by_hand("rgb565", header(16, 3, len(data), H, masks) + data,
        np.dstack([rounded(six[..., 0], 31), rounded(six[..., 1], 63), rounded(six[..., 2], 31)]), 6)
data = rows(RGB[..., ::-1].reshape(H, -1), "u1")
by_hand("from_top", header(24, 0, len(data), -H) + data, RGB, 8)
data = rows(np.dstack([RGB[..., ::-1], np.full((H, W, 1), 77, np.uint8)])[::-1].reshape(H, -1), "u1")
by_hand("rgbx", header(32, 0, len(data)) + data, RGB, 8)

# Runs of 4 bits: a run, numbers as they are, a jump, the ends of rows and of the image. Pillow reads none; ImageMagick
# warns of an early end, and sees the same.
colors = bytes([9, 8, 7, 0, 30, 20, 10, 0, 60, 50, 40, 0, 255, 255, 255, 0])
packed = bytes([7, 0x12, 0, 0, 0, 4, 0x31, 0x20, 2, 0x33, 0, 2, 1, 2, 0, 0, 2, 0x11, 0, 1])
open("runs4.bmp", "wb").write(
    b"BM" + struct.pack("<IHHI", 70 + len(packed), 0, 0, 70) +
    struct.pack("<IiiHHIIiiII", 40, W, H, 1, 4, 2, len(packed), 2835, 2835, 4, 0) + colors + packed)
numbers = np.zeros((H, W), int)
numbers[4] = [1, 2, 1, 2, 1, 2, 1]
numbers[3, :6] = [3, 1, 2, 0, 3, 3]
numbers[0, :2] = 1
table = np.array([[7, 8, 9], [10, 20, 30], [40, 50, 60], [255, 255, 255]], np.uint8)
magick = subprocess.run(["convert-im6.q16", "runs4.bmp", "-depth", "8", "rgb:-"], stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL).stdout
assert magick == table[numbers].tobytes()
expect("runs4.bmp", table[numbers])

# PNM by Pillow; numbers up to 100 and to 1023 by hand.
Image.fromarray(RGB).save("rgb.ppm")
expect("rgb.ppm", RGB)
Image.fromarray(GREY).save("grey.pgm")
expect("grey.pgm", GREY)
hundred = (GREY % 101).astype(np.uint8)
open("hundred.pgm", "wb").write(f"P5\n{W} {H}\n100\n".encode() + hundred.tobytes())
expect("hundred.pgm", rounded(hundred.astype(int), 100), 7)
thousand = WIDE % 1024
open("thousand.pgm", "wb").write(f"P5\n{W} {H}\n1023\n".encode() + thousand.astype(">u2").tobytes())
expect("thousand.pgm", rounded(thousand.astype(int), 1023), 10)

# JPEG by Pillow, whose libjpeg-turbo is Debian's as well.
Image.fromarray(SMOOTH).save("smooth.jpg", quality=90)
expect("smooth.jpg", seen("smooth.jpg"))
Image.fromarray(SMOOTH).save("orientation6.jpg", quality=90, exif=exif(6))
expect("orientation6.jpg", seen("orientation6.jpg"), 8, 6)
# ImageMagick puts eXIf behind the pixels.
run("convert-im6.q16", "orientation6.jpg", "-define", "png:exclude-chunk=date,tIME", "magick_exif.png")
expect("magick_exif.png", seen("magick_exif.png"), 8, 6)
luma = Image.open("smooth.jpg")
luma.draft("L", luma.size)
expect("smooth.jpg:grey", np.array(luma))

# One of each form is a seed of the fuzzers.
for name in ("orientation6.png profile_packed.png animated.png palette_alpha.png orientation6.webp animated_alpha.webp "
             "animated_part.webp orientation6.tif tiles.tif planes.tif white_is_zero16.tif premultiplied.tif palette.tif g4.tif "
             "pages.tif rgb.bmp palette.bmp runs8.bmp runs4.bmp rgb565.bmp alpha.bmp os2.bmp").split():
    shutil.copy(name, "../../../fuzz/seeds/image/")

with open("../images.txt", "w") as file:
    file.writelines(lines)
