#!/usr/bin/env bash
# What docs/limits.md promises: beyond each limit a file is refused by name, at once and without its memory.
source "$(dirname "$0")/../program.sh"

python3 - "$source" <<'MAKE'
import io, os, struct, sys, tarfile, zipfile, zlib

def png(width, height, name):
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                           chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))

def npy(shape, name, size=100):  # sparse where it's long
    head = ("{'descr': '|u1', 'fortran_order': False, 'shape': %r, }" % (shape,)).encode()
    head += b" " * (117 - len(head)) + b"\n"
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as file:
        file.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head)
        file.truncate(file.tell() + size)

png(16385, 16384, "pictures/a/large.png")
png(8, 8, "pictures/b/small.png")
open("long.yaml", "w").write("# " + "x" * (17 << 20) + "\n- HorizontalFlip\n")
open("deep.yaml", "w").write("- OneOf: " + "[OneOf: " * 40 + "[HorizontalFlip]" + "]" * 40 + "\n")
open("deep.json", "w").write('{"images":' + "[" * 1100 + "]" * 1100 + ',"annotations":[],"categories":[]}')
open("classes.yaml", "w").write("train: images\nnames: [" + ",".join(f"c{i}" for i in range(100001)) + "]\n")
npy((3_000_000_000, 28, 28), "arrays/x_train.npy")
npy((3_000_000_000,), "arrays/y_train.npy")
for name, rows in ("labels", 2**28 + 1), ("many", 2**31), ("more", 2**31 + 1):
    npy((rows, 2, 2), f"{name}/x_train.npy", 4 * rows)
npy((2**28 + 1,), "labels/y_train.npy", 2**28 + 1)
npy((2, 2, 2), "wide/x_train.npy", 8)
npy((2, 1_000_001), "wide/y_train.npy", 2_000_002)
os.makedirs("idx")
open("idx/train-images-idx3-ubyte", "wb").write(struct.pack(">IIII", 2051, 2**31, 28, 28) + bytes(784))
open("idx/train-labels-idx1-ubyte", "wb").write(struct.pack(">II", 2049, 2**31) + bytes(10))

def put(name, data):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, "wb").write(data)

# Headers of each format that promise more than 2^28 pixels.
entry = lambda tag, kind, value: struct.pack("<HHII", tag, kind, 1, value)
put("large/a/x.tif", b"II*\0\x08\0\0\0" + struct.pack("<H", 8) + entry(256, 4, 40000) + entry(257, 4, 40000) + entry(258, 3, 8) +
    entry(259, 3, 1) + entry(262, 3, 1) + entry(273, 4, 8) + entry(278, 4, 40000) + entry(279, 4, 1) + bytes(8))
put("large/a/x.gif", b"GIF89a" + struct.pack("<HH", 40000, 40000) + b"\x80\0\0" + bytes(6) + b"," + struct.pack("<HHHH", 0, 0, 40000, 40000) +
    b"\0\2\2\x4c\1\0;")
put("large/a/x.bmp", b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 40000, 40000, 1, 24, 0, 0, 0, 0, 0, 0))
put("large/a/x.pgm", b"P5 40000 40000 255\n" + bytes(100))
element = lambda group, number, kind, value: struct.pack("<HH", group, number) + kind + struct.pack("<H", len(value)) + value
short = lambda number: struct.pack("<H", number)
dicom = bytes(128) + b"DICM" + element(2, 16, b"UI", b"1.2.840.10008.1.2.1\0")
pixels = element(0x28, 2, b"US", short(1)) + element(0x28, 4, b"CS", b"MONOCHROME2 ") + element(0x28, 16, b"US", short(40000)) + \
    element(0x28, 17, b"US", short(40000)) + element(0x28, 0x100, b"US", short(8)) + element(0x28, 0x101, b"US", short(8)) + \
    element(0x28, 0x102, b"US", short(7)) + element(0x28, 0x103, b"US", short(0)) + struct.pack("<HH2sHI", 0x7fe0, 16, b"OB", 0, 16) + bytes(16)
put("large/a/x.dcm", dicom + pixels)
deep = b""
for _ in range(17):
    deep = struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, len(deep) + 8) + struct.pack("<HHI", 0xfffe, 0xe000, len(deep)) + deep
put("large/a/deep.dcm", dicom + deep + pixels)
for name in ("rgb.avif", "smooth.heic"):
    data = bytearray(open(f"{sys.argv[1]}/tests/augment/data/images/{name}", "rb").read())
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8:at + 16] = struct.pack(">II", 40000, 40000)
        at = data.find(b"ispe", at + 4)
    put(f"large/a/{name}", data)

# A text of a PNG, and a volume, that unpack to 320 MB; the volume's header promises 8 KB of them.
def zeros(packer, first):
    zero = bytes(1 << 24)
    some = packer.compress(zero) + packer.flush(zlib.Z_FULL_FLUSH)  # what a full flush ends can be repeated
    crc = zlib.crc32(first)
    for _ in range(20):
        crc = zlib.crc32(zero, crc)
    return some * 20 + packer.flush(), crc
chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
small = open("pictures/b/small.png", "rb").read()
text, _ = zeros(zlib.compressobj(1), b"")
put("texts/a/x.png", small[:33] + chunk(b"zTXt", b"Raw profile type exif\0\0" + text) + small[33:])
head = bytearray(352)
struct.pack_into("<i8h", head, 0, 348, *[0] * 8)
struct.pack_into("<8h", head, 40, 3, 64, 64, 2, 1, 1, 1, 1)
struct.pack_into("<hh", head, 70, 2, 8)
struct.pack_into("<f", head, 108, 352)
head[344:348] = b"n+1\0"
packer = zlib.compressobj(1, zlib.DEFLATED, -15)
begun = packer.compress(bytes(head)) + packer.flush(zlib.Z_FULL_FLUSH)
body, crc = zeros(packer, bytes(head))
put("volumes/a/x.nii.gz", b"\x1f\x8b\x08" + bytes(7) + begun + body + struct.pack("<II", crc, len(head) + (20 << 24)))

# An array of 140 MB, packed: it is in memory once.
os.makedirs("packed")
head = b"{'descr': '|u1', 'fortran_order': False, 'shape': (100, 1000, 1400), }"
with zipfile.ZipFile("packed/x.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
    with file.open("x_train.npy", "w") as member:
        member.write(b"\x93NUMPY\x01\0" + struct.pack("<H", 118) + head.ljust(117) + b"\n")
        for _ in range(140):
            member.write(bytes(1_000_000))

def tar(name, member, data):
    with tarfile.open(name, "w") as file:
        info = tarfile.TarInfo(member)
        info.size = len(data)
        file.addfile(info, io.BytesIO(data))
tar("json.tar", "1.json", b"{" + b" " * (17 << 20) + b"}")
tar("class.tar", "1.cls", b" " * (17 << 20) + b"1")
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
# As little of what can be read, or only in part.
bounded() {  # COMMAND…
  python3 - "$doppel" "$@" <<'PEAK' >out 2>&1 || fail "$* took more than 256 MB, or was killed: $(cat out)"
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
sys.exit(code < 0 or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 262144)
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
limit "more/x_train.npy: 2147483649 images are too many" inspect more
limit "labels/y_train.npy: 268435457 labels are too many" inspect labels
limit "wide/y_train.npy: 1000001 numbers for each image are too many" inspect wide
ulimit -Sv 4000000
expect 1 "doppel: there isn't the memory for that" inspect many
ulimit -Sv unlimited
for size in 65536 20000; do
  echo "- Resize: {size: [$size, $size]}" >huge.yaml
  expect 2 "above 2^28 pixels" preview sample:photos --recipe huge.yaml --out x.png
done
printf '[%.0s' {1..101} >deep.net
expect 2 "brackets are nested deeper than 100" train sample:digits --net "$(cat deep.net)relu" --epochs 1 --out o
expect 2 "a repeat must be a whole number from 0 to 1000" train sample:digits --net "[relu]*1001-fc" --epochs 1 --out o
expect 2 "1 MB of memory aren't enough: two batches of 313.6 MB and an image" bench load sample:digits --memory 1 --batch 100000
for name in tif gif bmp pgm dcm; do
  mkdir -p "one$name"
  cp "large/a/x.$name" "one$name"
  bounded inspect "one$name"
  grep -qE "40000x40000 pixels are more than the limit of 268435456|plug-in that reads it isn't there" out || { fail "a $name beyond the limit isn't told"; cat out; }
done
limit "none of its 8 images can be read" inspect large
bounded inspect texts
grep -q "sizes (height x width): all 8x8" out || { fail "a long text keeps a PNG from being read"; cat out; }
bounded preview packed/x.npz --count 2 --out x.png
[ -s x.png ] || { fail "a packed array isn't read"; cat out; }
bounded inspect volumes
grep -q "2 samples" out || { fail "a volume that unpacks to more than it promises isn't read"; cat out; }
limit "17825794 bytes of JSON; at most 16777216 can be read" inspect json.tar
limit "17825793 bytes for a class" inspect class.tar
mkdir -p circle/a/b
cp pictures/b/small.png circle/a
cp pictures/b/small.png circle/a/b
ln -s ../.. circle/a/b/up
quietly inspect circle
grep -q "2 samples" out || { fail "a link that leads back is followed more than once, or not at all"; cat out; }
expect 2 "more than 100000 layers" train sample:digits --net '[[relu]*1000]*1000-fc' --epochs 1 --out o
