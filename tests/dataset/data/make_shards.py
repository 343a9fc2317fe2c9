#!/usr/bin/env python3
# Makes shards/, and seeds of the fuzzers, with GNU tar, bsdtar (libarchive) and Python's tarfile: hard links, long
# names, sparse files and headers for all members, as each of them writes these. Images are PNGs of one colour, and a
# PGM of mostly zeros.
# usage: make_shards.py, in this folder; needs tar and bsdtar (libarchive-tools)
import io
import os
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zlib

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shards")
LONG = "n" * 90 + "/" + "m" * 50  # beyond the 100 characters of a header


def png(grey):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * 8) * 6
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def npy(shape, count):
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + struct.pack(f"<{count}f", *range(count))


def put_holed(name):
    """A PGM of 2 x 9209 whose blocks of 512 bytes are zero in turn, in ten pieces, and zero to its end, which the disk hasn't."""
    head = b"P5\n2 9209\n255\n"
    blocks = b"".join((b"\0" if k % 2 else bytes([k + 1])) * 512 for k in range(20))
    put(name, head + blocks[len(head):])
    os.truncate(name, 36 * 512)


def put(name, body):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as file:
        file.write(body)


def run(*words):
    subprocess.run([str(w) for w in words], check=True)


def gnu(out, *words):
    if "--format=pax" in words:
        words = ("--pax-option=delete=atime,delete=ctime,exthdr.name=x", *words)
    run("tar", "-b1", "--owner=0", "--group=0", "--mtime=@0", *words[:-1], "-cf", f"{OUT}/{out}", *words[-1])


shutil.rmtree(OUT, ignore_errors=True)
os.makedirs(OUT)
with tempfile.TemporaryDirectory() as work:
    os.chdir(work)
    for k, name in enumerate(["a", "b", LONG]):
        put(f"s/{name}.png", png(10 * (k + 1)))
        put(f"s/{name}.cls", b"%d\n" % k)
    put("s/c.cls", b"1")
    os.link("s/a.png", "s/c.png")
    os.symlink("a.png", "s/d.png")
    put("s/._a.png", b"\0\5\x16\7")
    put("s/a.txt", b"a caption")
    for folder, _, files in os.walk("s"):
        for name in [folder, *(os.path.join(folder, f) for f in files)]:
            os.utime(name, (0, 0), follow_symlinks=False)
    # A folder's own order, as tar would write it: samples broken apart.
    names = ["s", "s/a.png", "s/b.cls", "s/c.cls", f"s/{LONG}.png", "s/c.png", "s/d.png", "s/._a.png", "s/a.txt", "s/b.png",
             f"s/{LONG}.cls", "s/a.cls"]
    for kind in ("gnu", "pax", "ustar", "v7"):
        short = [n for n in names if LONG not in n] if kind == "v7" else names
        gnu(f"gnu_tar_{kind}.tar", f"--format={kind}", "--no-recursion", short)
    run("bsdtar", "-b1", "--no-recursion", "--uid=0", "--gid=0", "--no-mac-metadata", "-cf", f"{OUT}/bsdtar.tar", *names)
    run("bsdtar", "-b1", "--format=pax", "--no-recursion", "--uid=0", "--gid=0", "-cf", f"{OUT}/bsdtar_pax.tar", *names)

    put_holed("s/holes.pgm")
    put("s/holes.cls", b"3")
    sparse = ["s/holes.pgm", "s/holes.cls", "s/a.png", "s/a.cls"]
    gnu("sparse_old.tar", "--format=gnu", "-S", "--hole-detection=raw", sparse)
    for version in ("0.0", "0.1", "1.0"):
        gnu(f"sparse_{version}.tar", "--format=pax", "-S", f"--sparse-version={version}", "--hole-detection=raw", sparse)
    run("bsdtar", "-b1", "--format=pax", "-cf", f"{OUT}/sparse_bsdtar.tar", f"@{OUT}/sparse_old.tar")

    for name, form in (("python_pax", tarfile.PAX_FORMAT), ("python_gnu", tarfile.GNU_FORMAT)):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=form, pax_headers={"comment": "for all members"}) as tar:
            for n in names:
                tar.add(n, recursive=False)
        body = stream.getvalue().rstrip(b"\0")
        put(f"{OUT}/{name}.tar", body + b"\0" * (-len(body) % 512 + 1024))

    seeds = os.path.join(OUT, "../../../fuzz/seeds/tar")
    for name in ("gnu_tar_gnu", "python_pax", "sparse_old", "sparse_0.0", "sparse_0.1", "sparse_1.0"):
        shutil.copy(f"{OUT}/{name}.tar", seeds)
    kinds = {"1.image.png": png(10), "1.png": png(20), "1.mask.png": png(1), "1.mask2.png": png(2), "1.CLS": b"\xef\xbb\xbf3.0\r\n",
             "1.cls2": b"4", "1.json": b'{"label": 3, "score": NaN, "boxes": [[1, 2, 3, 4], [1, 2, 3, 4, 5]]}', "1.txt": b"a caption",
             "__MACOSX/._1.png": b"\0\5\x16\7", "2.v2.png": png(30), "2.json": b'{"class": "cat"}'}
    maps = {"a.png": png(10), "a.cls": b"1", "a.map0.npy": npy("(6, 8)", 48), "a.map1.npy": npy("(6, 8, 2)", 96),
            "a.json": b'{"maps": {"depth": "map0.npy", "m": {"file": "map1.npy", "kind": "flow", "fill": "nan"}}, "polygons": '
                      b'[{"points": [[0, 0], [2, 0], [2, 1]], "label": 1, "instance": 3}], "polylines": [[0, 0, 1, 1]]}'}
    for seed, members in (("kinds", kinds), ("maps", maps)):
        with tarfile.open(f"{seeds}/{seed}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, body in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
