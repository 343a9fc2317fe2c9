#!/usr/bin/env python3
# Makes lmdb/ and seeds of the fuzzers with python3-lmdb 1.4.0 (LMDB 0.9.24): databases as Caffe, text recognition, LSUN,
# BasicSR and StyleGAN2's preparation write them. Images are PNGs of one colour, 8 wide and 6 high. Caffe's Datum is
# written byte by byte as its caffe.proto says.
# usage: /usr/bin/python3 make_lmdb.py, in this folder
import os
import pickle
import shutil
import struct
import zlib

import lmdb

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lmdb")
SEEDS = os.path.join(OUT, "../../../fuzz/seeds/lmdb")


def png(grey, more=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * 8) * 6
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0))
            + (chunk(b"tEXt", b"x\0" + b"y" * more) if more else b"") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def datum(data, label=None, shape=None, encoded=False):
    out = b""
    for number, size in zip((1, 2, 3), shape or ()):
        out += varint(number << 3) + varint(size)
    out += varint(4 << 3 | 2) + varint(len(data)) + data
    if label is not None:
        out += varint(5 << 3) + varint(label)
    return out + (varint(7 << 3) + b"\1" if encoded else b"")


def write(name, pairs, subdir=True, database=None, **how):
    path = os.path.join(OUT, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with lmdb.open(path, map_size=1 << 26, subdir=subdir, max_dbs=4) as env:
        db = env.open_db(database, **how) if database or how else None
        with env.begin(write=True, db=db) as transaction:
            for key, value in pairs:
                transaction.put(key, value)
    lock = os.path.join(path, "lock.mdb") if subdir else path + "-lock"
    os.remove(lock)


# Long values lie on pages of their own.
write("caffe_train_lmdb", [(b"%08d" % i, datum(bytes(range(i, i + 72)), [2, 0, 1][i % 3], (3, 4, 6))) for i in range(6)])
write("caffe_test_lmdb", [(b"%08d_cat/%d.png" % (i, i), datum(png(10 * i, more), 1 - i, encoded=True))
                          for i, more in enumerate((0, 6000))])
write("text", [(b"image-%09d" % (i + 1), png(20 * i, 5000 * (i % 2))) for i in range(3)]
      + [(b"label-%09d" % (i + 1), text) for i, text in enumerate((b"shop", "caf\u00e9".encode(), b"shop"))]
      + [(b"num-samples", b"3")])
write("lsun/bedroom_train_lmdb", [(bytes([97 + i]) * 40, png(i)) for i in range(2)])
write("lsun/tower_train_lmdb", [(bytes([98 + i]) * 40, png(i)) for i in range(2)])
write("lsun/tower_val_lmdb", [(b"c" * 40, png(9))])
write("sizes.lmdb", [(b"%d-%05d" % (size, i), png(i + size % 100)) for size in (128, 256) for i in range(2)]
      + [(b"length", b"2")], subdir=False)
write("set.lmdb", [(b"0801", png(3)), (b"0802_s001", png(4))])
with open(os.path.join(OUT, "set.lmdb/meta_info.txt"), "w") as file:
    file.write("0801.png (6,8,1) 1\n0802_s001.png (6,8,1) 1\n")
write("pickled", [(b"0", pickle.dumps((png(1), 1))), (b"__keys__", pickle.dumps([b"0"]))])
write("several", [(b"a", png(1)), (b"a", png(2))], database=b"pictures", dupsort=True)
write("named", [(struct.pack("=Q", i), png(i % 256)) for i in (300, 2)], database=b"pictures", integerkey=True)


def page(number, flags, nodes):
    """A page of 256 bytes, with nodes from its end on."""
    body, places, at = bytearray(256), [], 256
    for node in nodes:
        at -= len(node) + len(node) % 2
        body[at:at + len(node)] = node
        places.append(at)
    body[:16] = struct.pack("<QHHHH", number, 0, flags, 16 + 2 * len(nodes), at)
    struct.pack_into("<%dH" % len(places), body, 16, *places)
    return bytes(body)


def leaf(key, value, flags=0, size=None):
    size = len(value) if size is None else size
    return struct.pack("<IHH", size, flags, len(key)) + key + value


def meta(number, written, depth, entries, root):
    none = (1 << 64) - 1
    return (struct.pack("<QHHI", number, 0, 8, 0) + struct.pack("<IIQQ", 0xbeefc0de, 1, 0, 1 << 20)
            + struct.pack("<IHHQQQQQ", 256, 0, 0, 0, 0, 0, 0, none) + struct.pack("<IHHQQQQQ", 0, 0, depth, 1, 1, 1, entries, root)
            + struct.pack("<QQ", 9, written)).ljust(256, b"\0")


# Small pages, so that few bytes hold a tree with a branch, two leaves and a value on pages of its own.
far = datum(png(5), 1, encoded=True)
far = struct.pack("<QHHI", 5, 0, 4, 1) + far
small = (meta(0, 1, 0, 0, (1 << 64) - 1) + meta(1, 2, 2, 4, 2)
         + page(2, 1, [struct.pack("<IHH", 3, 0, 0), struct.pack("<IHH", 4, 0, 11) + b"label-00002"])
         + page(3, 2, [leaf(b"image-00001", struct.pack("<Q", 5), 1, len(far) - 16), leaf(b"image-00002", png(7))])
         + page(4, 2, [leaf(b"label-00002", b"cat"), leaf(b"num-samples", b"2")]) + far.ljust(256, b"\0"))
os.makedirs(SEEDS, exist_ok=True)
for name, body in (("tree", small), ("datum", meta(0, 1, 1, 1, 2) + meta(1, 0, 0, 0, (1 << 64) - 1)
                                     + page(2, 2, [leaf(b"0", datum(bytes(range(12)), 3, (3, 2, 2)))]))):
    with open(os.path.join(SEEDS, name), "wb") as file:
        file.write(body)
