#!/usr/bin/env python3
# Makes deep/ by other programs than doppel, and deep_images.txt: images of 16 bits, of floats and of many channels, with what
# was put into them. Run with tifffile 2023.2.3, NumPy 1.24.2, ImageMagick 6.9.11-60 and libtiff 4.5.0 (Debian 12:
# python3-tifffile, python3-numpy, imagemagick, libtiff-tools). Forms that none of them writes are put together here from what
# their specifications say. A line of deep_images.txt: file, frame, width, height, channels, depth, bits, orientation, frames,
# whether the last channel is alpha, the most that a number may be off by, and the numbers as they're stored.
import os
import shutil
import struct
import subprocess
import zlib

import numpy as np
import tifffile

os.chdir(os.path.dirname(os.path.abspath(__file__)))
os.makedirs("deep", exist_ok=True)
os.chdir("deep")
lines = []
rng = np.random.default_rng(22)
W, H = 7, 5
W16 = rng.integers(0, 65536, (H, W), np.uint16)
RGB16 = rng.integers(0, 65536, (H, W, 3), np.uint16)
ALPHA16 = rng.integers(0, 65536, (H, W), np.uint16)
ALPHA16[0, :3] = 0, 65535, 1
RGBA16 = np.dstack([RGB16, ALPHA16])
GA16 = np.dstack([W16, W16, W16, ALPHA16])
F32 = (rng.normal(0, 40, (H, W))).astype(np.float32)
RGBF = (rng.normal(0.5, 1, (H, W, 3))).astype(np.float32)


def run(*words, data=None):
    return subprocess.run(words, check=True, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def expect(name, pixels, bits, frame=0, orientation=1, frames=1, alpha=False, off=0):
    pixels = np.atleast_3d(np.asarray(pixels))
    depth = {"uint8": "8U", "uint16": "16U", "float32": "32F"}[pixels.dtype.name]
    h, w, c = pixels.shape
    lines.append(f"{name} {frame} {w} {h} {c} {depth} {bits} {orientation} {frames} {int(alpha)} {off} "
                 f"{' '.join(repr(number) for number in pixels.ravel().tolist())}\n")


def to16(numbers, most):
    return ((numbers.astype(np.int64) * 65535 + most // 2) // most).astype(np.uint16)


def chunk(name, content):
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png16(name, pixels, color, *chunks):
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", W, H, 16, color, 0, 0, 0)
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", zlib.compress(rows)) +
                   chunk(b"IEND", b""))


# PNG: ImageMagick's, and those that it doesn't write.
run("convert-im6.q16", "-size", f"{W}x{H}", "-depth", "16", "-endian", "MSB", "rgb:-", "-define", "png:bit-depth=16", "-define",
    "png:color-type=2", "-define", "png:exclude-chunk=date,tIME", "magick_rgb16.png", data=RGB16.astype(">u2").tobytes())
expect("magick_rgb16.png", RGB16, 16)
png16("grey16.png", W16, 0)
expect("grey16.png", W16, 16)
png16("grey_alpha16.png", np.dstack([W16, ALPHA16]), 4)
expect("grey_alpha16.png", GA16, 16, alpha=True)
png16("rgba16.png", RGBA16, 6)
expect("rgba16.png", RGBA16, 16, alpha=True)
key = RGB16.copy()
key[2, 3] = 1000, 2000, 3000
png16("key16.png", key, 2, chunk(b"tRNS", struct.pack(">HHH", 1000, 2000, 3000)))
opaque = np.full((H, W), 65535, np.uint16)
opaque[2, 3] = 0
expect("key16.png", np.dstack([key, opaque]), 16, alpha=True)
twelve = W16 >> 4
png16("twelve_bits.png", twelve << 4, 0, chunk(b"sBIT", b"\x0c"))  # the lower bits zeros, as some encoders leave them
expect("twelve_bits.png", to16(twelve, 4095), 16)
png16("twelve_bits_spread.png", to16(twelve, 4095), 0, chunk(b"sBIT", b"\x0c"))
expect("twelve_bits_spread.png", to16(twelve, 4095), 16)


# Portable maps.
def write(name, header, content):
    with open(name, "wb") as file:
        file.write(header.encode() + content)


run("convert-im6.q16", "-size", f"{W}x{H}", "-depth", "16", "-endian", "MSB", "rgb:-", "magick16.ppm", data=RGB16.astype(">u2").tobytes())
expect("magick16.ppm", RGB16, 16)
write("grey16.pgm", f"P5\n{W} {H}\n65535\n", W16.astype(">u2").tobytes())
expect("grey16.pgm", W16, 16)
write("thousand.pgm", f"P5\n{W} {H}\n1000\n", (W16 % 1001).astype(">u2").tobytes())
expect("thousand.pgm", to16(W16 % 1001, 1000), 10)
write("bands.pam", f"P7\nWIDTH {W}\nHEIGHT {H}\nDEPTH 5\n# five\nMAXVAL 255\nTUPLTYPE SPECTRUM\nENDHDR\n", BANDS := rng.bytes(W * H * 5))
expect("bands.pam", np.frombuffer(BANDS, np.uint8).reshape(H, W, 5), 8)
write("grey_alpha16.pam", f"P7\nWIDTH {W}\nHEIGHT {H}\nDEPTH 2\nMAXVAL 65535\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n",
      np.dstack([W16, ALPHA16]).astype(">u2").tobytes())
expect("grey_alpha16.pam", GA16, 16, alpha=True)
write("four_bands.pam", f"P7\nWIDTH {W}\nHEIGHT {H}\nDEPTH 4\nMAXVAL 255\nENDHDR\n", BANDS[:W * H * 4])
expect("four_bands.pam", np.frombuffer(BANDS[:W * H * 4], np.uint8).reshape(H, W, 4), 8)
write("grey.pfm", f"Pf\n{W} {H}\n-1.0\n", F32[::-1].astype("<f4").tobytes())
expect("grey.pfm", F32, 32)
run("convert-im6.q16", "-size", f"{W}x{H}", "-depth", "16", "-endian", "MSB", "rgb:-", "magick.pfm",
    data=RGB16.astype(">u2").tobytes())
expect("magick.pfm", (RGB16 / 65535).astype(np.float32), 32, off=1e-6)
write("big.pfm", f"PF\n{W} {H}\n1\n", RGBF[::-1].astype(">f4").tobytes())
expect("big.pfm", RGBF, 32)


# TIFF: tifffile's; libtiff packs what tifffile doesn't.
def tiff(name, pixels, **options):
    options.setdefault("photometric", "minisblack")
    options.setdefault("planarconfig", "contig" if pixels.ndim == 3 and pixels.shape[2] != H else None)
    if pixels.ndim == 2 or options["planarconfig"] is None:
        options.pop("planarconfig")
    tifffile.imwrite(name, pixels, metadata=None, software=None, **options)


def repack(name, *options):
    run("tiffcp", *options, name, "t.tif")
    os.replace("t.tif", name)


def bands(dtype, count):
    return rng.integers(0, np.iinfo(dtype).max + 1, (H, W, count)).astype(dtype)


tiff("grey16.tif", W16)
expect("grey16.tif", W16, 16)
tiff("big_endian16.tif", RGB16, photometric="rgb", byteorder=">")
expect("big_endian16.tif", RGB16, 16)
tiff("white_is_zero16.tif", W16, photometric="miniswhite")
expect("white_is_zero16.tif", 65535 - W16, 16)
tiff("rgba16.tif", RGBA16, photometric="rgb", extrasamples=["unassalpha"])
expect("rgba16.tif", RGBA16, 16, alpha=True)
tiff("grey_alpha16.tif", np.dstack([W16, ALPHA16]), planarconfig="contig", extrasamples=["unassalpha"])
expect("grey_alpha16.tif", GA16, 16, alpha=True)
five, four, two, all64 = bands("uint8", 5), bands("uint16", 4), bands("uint8", 2), bands("uint8", 64)
tiff("five.tif", five, planarconfig="contig")
expect("five.tif", five, 8)
tiff("turned_five.tif", five, planarconfig="contig", extratags=[(274, 3, 1, 6, True)])
expect("turned_five.tif", five.swapaxes(0, 1)[:, ::-1], 8, orientation=6)
tiff("four16.tif", four, planarconfig="contig")
expect("four16.tif", four, 16)
tiff("rgb_and_infrared16.tif", four, photometric="rgb", extrasamples=["unspecified"])
expect("rgb_and_infrared16.tif", four, 16)
tiff("two.tif", two, planarconfig="contig")
expect("two.tif", two, 8)
tiff("sixty_four.tif", all64, planarconfig="contig", compression=None)
repack("sixty_four.tif", "-c", "lzw:2")
expect("sixty_four.tif", all64, 8)
six = rng.normal(0, 9, (H, W, 6)).astype(np.float32)
tiff("planes_f32.tif", np.ascontiguousarray(np.moveaxis(six, 2, 0)), planarconfig="separate")
expect("planes_f32.tif", six, 32)
large = rng.normal(0, 9, (20, 33, 3)).astype(np.float32)
tiff("predicted_f32.tif", large, photometric="rgb")
repack("predicted_f32.tif", "-c", "zip:3", "-r", "6")
expect("predicted_f32.tif", large, 32)
large16 = rng.integers(0, 65536, (20, 33, 7)).astype(np.uint16)
tiff("tiles16.tif", large16, planarconfig="contig", tile=(16, 16))
repack("tiles16.tif", "-c", "zip:2", "-t", "-w", "16", "-l", "16")
expect("tiles16.tif", large16, 16)
tiff("plane_tiles16.tif", np.ascontiguousarray(np.moveaxis(large16, 2, 0)), planarconfig="separate", tile=(16, 16))
expect("plane_tiles16.tif", large16, 16)
tiff("bigtiff.tif", six, planarconfig="contig", bigtiff=True)
expect("bigtiff.tif", six, 32)
tiff("bigtiff_big_endian.tif", W16, bigtiff=True, byteorder=">")
expect("bigtiff_big_endian.tif", W16, 16)
half = F32.astype(np.float16)
tiff("half.tif", half)
expect("half.tif", half.astype(np.float32), 16)
tiff("double.tif", F32.astype(np.float64) / 3)
expect("double.tif", (F32.astype(np.float64) / 3).astype(np.float32), 64)
for kind in ("int8", "int16", "int32", "uint32", "int64"):
    info = np.iinfo(kind)
    numbers = rng.integers(info.min, info.max, (H, W), dtype=kind, endpoint=True)
    tiff(f"{kind}.tif", numbers)
    expect(f"{kind}.tif", numbers.astype(np.float32), info.bits)
tifffile.imwrite("pages16.tif", np.stack([W16, W16[::-1], W16 // 2]), photometric="minisblack", metadata=None, software=None)
for k, page in enumerate([W16, W16[::-1], W16 // 2]):
    expect("pages16.tif", page, 16, frame=k, frames=3)
with tifffile.TiffWriter("unlike_pages.tif", bigtiff=True) as file:
    file.write(five, photometric="minisblack", planarconfig="contig", metadata=None, software=None)
    file.write(RGBF[:, :4], photometric="rgb", metadata=None, software=None)
expect("unlike_pages.tif", five, 8, frame=0, frames=2)
expect("unlike_pages.tif", RGBF[:, :4], 32, frame=1, frames=2)


def packed_tiff(name, pixels, bits):
    """Numbers of 9 to 15 bits, high bits first, each row from a byte on."""
    h, w, c = np.atleast_3d(pixels).shape
    rows = b""
    for row in pixels.reshape(h, -1):
        text = "".join(f"{number:0{bits}b}" for number in row)
        text += "0" * (-len(text) % 8)
        rows += int(text, 2).to_bytes(len(text) // 8, "big")
    tags = [(256, 4, w), (257, 4, h), (258, 3, bits), (259, 3, 1), (262, 3, 1 if c == 1 else 2), (273, 4, 8), (277, 3, c), (278, 4, h),
            (279, 4, len(rows))]
    place = 8 + len(rows) + len(rows) % 2
    extra = b""
    directory = struct.pack("<H", len(tags))
    for tag, kind, value in tags:
        if tag == 258 and c > 1:
            extra = struct.pack(f"<{c}H", *[bits] * c)
            directory += struct.pack("<HHII", tag, kind, c, place + 2 + 12 * len(tags) + 4)
        else:
            directory += struct.pack("<HHII", tag, kind, 1, value)
    with open(name, "wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, place) + rows + b"\0" * (len(rows) % 2) + directory + struct.pack("<I", 0) + extra)


packed_tiff("twelve.tif", twelve, 12)
expect("twelve.tif", to16(twelve, 4095), 12)
packed_tiff("ten.tif", RGB16 >> 6, 10)
expect("ten.tif", to16(RGB16 >> 6, 1023), 10)

# One of each form is a seed of the fuzzers.
for name in ("grey_alpha16.png key16.png twelve_bits.png thousand.pgm bands.pam grey.pfm big.pfm five.tif planes_f32.tif predicted_f32.tif "
             "plane_tiles16.tif bigtiff.tif half.tif int16.tif pages16.tif twelve.tif").split():
    shutil.copy(name, f"../../../fuzz/seeds/deep_image/{name}")

with open("../deep_images.txt", "w") as file:
    file.writelines(lines)
