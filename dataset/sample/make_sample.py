#!/usr/bin/env python3
"""Makes digits/ from the published MNIST files: the first 200 images of every class from each split, in their order.

usage: make_sample.py MNIST_FOLDER OUT_FOLDER
"""
import gzip
import pathlib
import struct
import sys


def read(path):
    data = gzip.open(path).read()
    rank = data[3]
    dims = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return dims, data[4 + 4 * rank :]


def write(path, dims, data):
    header = bytes([0, 0, 8, len(dims)]) + struct.pack(f">{len(dims)}I", *dims)
    path.write_bytes(gzip.compress(header + data, 9, mtime=0))


def main(source, out):
    for split in ("train", "t10k"):
        (_, h, w), pixels = read(source / f"{split}-images-idx3-ubyte.gz")
        _, labels = read(source / f"{split}-labels-idx1-ubyte.gz")
        counts, chosen = [0] * 10, []
        for i, label in enumerate(labels):
            if counts[label] < 200:
                counts[label] += 1
                chosen.append(i)
        images = b"".join(pixels[i * h * w : (i + 1) * h * w] for i in chosen)
        write(out / f"{split}-images-idx3-ubyte.gz", (len(chosen), h, w), images)
        write(out / f"{split}-labels-idx1-ubyte.gz", (len(chosen),), bytes(labels[i] for i in chosen))


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
