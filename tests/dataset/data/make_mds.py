#!/usr/bin/env python3
# Makes mds/ and seeds of the fuzzers, byte by byte as Mosaic Streaming's format version 2 says, and packs one shard with
# zstd (1.5.4). Images are PNGs of one colour, 8 wide and 6 high.
# usage: make_mds.py, in this folder; needs zstd
import json
import os
import struct
import subprocess
import zlib

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mds")
SEEDS = os.path.join(OUT, "../../../fuzz/seeds/mds")


def png(grey):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * 8) * 6
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pil(grey):
    return struct.pack("<III", 8, 6, 3) + b"RGB" + bytes([grey]) * 8 * 6 * 3


def shard(columns, samples):
    """Columns: (name, encoding, size or None); samples: lists of bytes, a column each."""
    rows = []
    for sample in samples:
        sizes = [len(value) for value, column in zip(sample, columns) if column[2] is None]
        rows.append(struct.pack("<%dI" % len(sizes), *sizes) + b"".join(sample))
    note = json.dumps({"column_encodings": [c[1] for c in columns], "column_names": [c[0] for c in columns],
                       "column_sizes": [c[2] for c in columns], "compression": None, "format": "mds", "hashes": [],
                       "size_limit": 67108864}, sort_keys=True).encode()
    begin = 4 + 4 * (len(rows) + 1) + len(note)
    offsets = [begin]
    for row in rows:
        offsets.append(offsets[-1] + len(row))
    return struct.pack("<I", len(rows)) + struct.pack("<%dI" % len(offsets), *offsets) + note + b"".join(rows)


def facts(columns, name, body, samples, packed=None):
    return {"column_encodings": [c[1] for c in columns], "column_names": [c[0] for c in columns],
            "column_sizes": [c[2] for c in columns], "compression": "zstd:7" if packed else None, "format": "mds", "hashes": [],
            "raw_data": {"basename": name, "bytes": len(body), "hashes": {}}, "samples": samples, "size_limit": 67108864,
            "version": 2, "zip_data": {"basename": name + ".zstd", "bytes": len(packed), "hashes": {}} if packed else None}


def put(folder, name, body):
    os.makedirs(os.path.join(OUT, folder), exist_ok=True)
    with open(os.path.join(OUT, folder, name), "wb") as file:
        file.write(body)


FILES = [("image", "png", None), ("label", "int", 8), ("note", "str", None)]
PIXELS = [("image", "pil", None), ("label", "str", None)]
a = shard(FILES, [[png(10), struct.pack("<q", 2), b"x"], [png(20), struct.pack("<q", 0), b""]])
b = shard(FILES, [[png(30), struct.pack("<q", 1), b"yy"]])
put("train", "shard.00000.mds", a)
put("train", "shard.00001.mds", b)
put("train", "index.json", json.dumps({"shards": [facts(FILES, "shard.00000.mds", a, 2), facts(FILES, "shard.00001.mds", b, 1)],
                                       "version": 2}).encode())
c = shard(PIXELS, [[pil(40), b"cat"], [pil(50), b"dog"]])
packed = subprocess.run(["zstd", "-7", "-q", "-c"], input=c, stdout=subprocess.PIPE, check=True).stdout
put("packed", "shard.00000.mds.zstd", packed)
put("packed", "index.json", json.dumps({"shards": [facts(PIXELS, "shard.00000.mds", c, 2, packed)], "version": 2}).encode())

# The shard, behind an index that fits it.
os.makedirs(SEEDS, exist_ok=True)
for name, body in (("files", a), ("one", b)):
    with open(os.path.join(SEEDS, name), "wb") as file:
        file.write(body)
