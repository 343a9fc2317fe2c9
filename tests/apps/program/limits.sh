#!/usr/bin/env bash
# What docs/limits.md promises: beyond each limit a file is refused by name, at once and without its memory.
source "$(dirname "$0")/../program.sh"

python3 - <<'MAKE'
import os, struct, zlib

def png(width, height, name):
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                           chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))

def npy(shape, name):
    head = ("{'descr': '|u1', 'fortran_order': False, 'shape': %r, }" % (shape,)).encode()
    head += b" " * (117 - len(head)) + b"\n"
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, "wb").write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + b"\0" * 100)

png(16385, 16384, "pictures/a/large.png")
png(8, 8, "pictures/b/small.png")
open("long.yaml", "w").write("# " + "x" * (17 << 20) + "\n- HorizontalFlip\n")
open("deep.yaml", "w").write("- OneOf: " + "[OneOf: " * 40 + "[HorizontalFlip]" + "]" * 40 + "\n")
open("deep.json", "w").write('{"images":' + "[" * 1100 + "]" * 1100 + ',"annotations":[],"categories":[]}')
open("classes.yaml", "w").write("train: images\nnames: [" + ",".join(f"c{i}" for i in range(100001)) + "]\n")
npy((3_000_000_000, 28, 28), "arrays/x_train.npy")
npy((3_000_000_000,), "arrays/y_train.npy")
os.makedirs("idx")
open("idx/train-images-idx3-ubyte", "wb").write(struct.pack(">IIII", 2051, 2**31, 28, 28) + bytes(784))
open("idx/train-labels-idx1-ubyte", "wb").write(struct.pack(">II", 2049, 2**31) + bytes(10))
MAKE
mkdir images

# What a file only promises takes no memory: a quarter of a gigabyte is enough for the program and its libraries.
limit() {  # TEXT COMMAND…
  expect 1 "$@"
  python3 - "$doppel" "${@:2}" <<'PEAK' || fail "${*:2} took more than 256 MB"
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True)
sys.exit(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 262144)
PEAK
}
quietly inspect pictures
grep -qF "16385x16384 pixels are more than the limit of 268435456" out || fail "a picture beyond the limit wasn't told"
expect 2 "17825812 bytes are more than a recipe or plan has" preview sample:photos --recipe long.yaml --out x.png
expect 2 "deep.yaml:1" preview sample:photos --recipe deep.yaml --out x.png
limit "deep.json: line 1: lists and objects within each other, more than 1,024 deep" inspect deep.json
limit "classes.yaml: 100001 classes are more than the limit of 100000" inspect classes.yaml
limit "its header promises 2352000000000 bytes" inspect arrays
limit "the header asks for more than 2^40 bytes" inspect idx
for size in 65536 20000; do
  echo "- Resize: {size: [$size, $size]}" >huge.yaml
  expect 2 "above 2^28 pixels" preview sample:photos --recipe huge.yaml --out x.png
done
printf '[%.0s' {1..101} >deep.net
expect 2 "brackets are nested deeper than 100" train sample:digits --net "$(cat deep.net)relu" --epochs 1 --out o
expect 2 "a repeat must be a whole number from 0 to 1000" train sample:digits --net "[relu]*1001-fc" --epochs 1 --out o
expect 2 "1 MB of memory aren't enough: two batches of 313.6 MB and an image" bench load sample:digits --memory 1 --batch 100000
