"""Damage that knows the format: fields that are read are exchanged, and the checksums around them made right again."""
import json
import re
import struct
import zlib

EXTREMES = [0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
WORDS = ["", "0", "-1", "nan", "1e999", "18446744073709551616", "null", "true", "[]", "{}", '"', "\\u0000", "..", "/",
         "\xff", "9" * 400, "a" * 5000, "- ", ": ", "&a", "*a", "\t", ","]


def anywhere(random, data):
    """Bits, bytes and stretches, without a word about the format."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 8])):
        at, length = random.randrange(len(data) + 1), random.choice([1, 2, 4, 16, 100])
        kind = random.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << random.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at:at + length]
        elif kind == 3:
            data[at:at] = data[at // 2:at // 2 + length]
        elif kind == 4:
            data[at:at + length] = bytes(length)
        else:
            data[at:at + length] = random.randbytes(length)
    return bytes(data)


def numbers(random, data, first=0):
    """An integer of 1 to 8 bytes, little or big, becomes an extreme one."""
    data = bytearray(data)
    width, order = random.choice([1, 2, 4, 8]), random.choice("<>")
    at = random.randrange(first, max(first + 1, min(len(data) - width, first + 4096)))
    value = random.choice([*EXTREMES, 2**63 - 1, 2**64 - 1, len(data), len(data) + 1]) % 256**width
    data[at:at + width] = value.to_bytes(width, "little" if order == "<" else "big")
    return bytes(data)


def png(random, data):
    """A chunk's field is exchanged and its checksum is right; or chunks go, come twice or change places."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        size = struct.unpack(">I", data[at:at + 4])[0]
        chunks.append((data[at + 4:at + 8], data[at + 8:at + 8 + size]))
        at += 12 + size
    index = random.randrange(len(chunks))
    kind = random.randrange(4)
    if kind == 0:
        del chunks[index]
    elif kind == 1:
        chunks.insert(random.randrange(len(chunks)), chunks[index])
    elif kind == 2:
        name, body = chunks[index]
        if name == b"IDAT":
            body = zlib.compress(anywhere(random, zlib.decompress(body))) if random.random() < 0.5 else anywhere(random, body)
        elif body:
            body = numbers(random, body)
        chunks[index] = (name, body)
    else:
        other = random.randrange(len(chunks))
        chunks[index], chunks[other] = chunks[other], chunks[index]
    return data[:8] + b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
                               for name, body in chunks)


def jpeg(random, data):
    """A number of a segment: lengths, sizes, sampling, tables, the scan's parameters."""
    segments, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = struct.unpack(">H", data[at + 2:at + 4])[0]
        segments.append((at, size + 2))
        at += size + 2
    segments.append((at, 14))
    start, size = random.choice(segments)
    data = bytearray(data)
    if random.random() < 0.2:
        return bytes(data[:start] + data[start + size:])
    place = min(len(data) - 1, random.randrange(start + 2, start + max(size, 3)))
    data[place] = random.choice([0, 1, 2, 0x11, 0x22, 0x44, 0x7F, 0x80, 0xFF, random.randrange(256)])
    return bytes(data)


def tar(random, data):
    """A header's field, with its checksum made right: names, sizes, types, links."""
    headers, at = [], 0
    while at + 512 <= len(data) and data[at:at + 512].strip(b"\0"):
        headers.append(at)
        size = int(data[at + 124:at + 135].strip(b"\0 ") or b"0", 8)
        at += 512 + (size + 511) // 512 * 512
    at = random.choice(headers)
    block = bytearray(data[at:at + 512])
    field, width = random.choice([(0, 100), (100, 8), (124, 12), (124, 12), (156, 1), (157, 100), (257, 6), (345, 155)])
    block[field:field + width] = random.choice([
        bytes(width), b"7" * width, b"\xff" * width, b"\x80" + bytes(max(width - 1, 0)), random.randbytes(width),
        b"../" * (width // 3) + bytes(width % 3), b"%0*o" % (max(width - 1, 1), random.randrange(10**6)) + b"\0"])[:width].ljust(width, b"\0")
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return data[:at] + bytes(block) + data[at + 512:]


def doppel_pack(random, data):
    """A number of a shard's header or index, behind right checksums."""
    place = data.find(b"DOPLPACK")
    if place < 0 or len(data) < place + 48:
        return numbers(random, data)
    head = bytearray(data[place:place + 48])
    at, size = struct.unpack("<QQ", head[16:32])
    data = bytearray(data)
    if random.random() < 0.7 and at + size <= len(data):
        data[at:at + size] = numbers(random, data[at:at + size])[:size].ljust(size, b"\0")
    else:
        head[8:44] = numbers(random, head[8:44])[:36].ljust(36, b"\0")
    head[32:36] = struct.pack("<I", zlib.crc32(data[at:at + size]))
    data[place:place + 44], data[place + 44:place + 48] = head[:44], struct.pack("<I", zlib.crc32(head[:44]))
    return bytes(data)


def zip_file(random, data):
    """A field of a local header, the directory or its end."""
    places = [found.start() for found in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06|\x06\x06)", data)]
    return numbers(random, data, random.choice(places or [0]) + 4) if random.random() < 0.3 else \
        near(random, data, random.choice(places or [0]))


def near(random, data, place):
    data = bytearray(data)
    at, width = place + 4 + random.randrange(44), random.choice([1, 2, 4])
    value = random.choice(EXTREMES) % 256**width
    data[at:at + width] = value.to_bytes(width, "little")
    return bytes(data)


def safetensors(random, data):
    """The header's JSON, whose length is right."""
    size = struct.unpack("<Q", data[:8])[0]
    header = text(random, data[8:8 + size])
    return struct.pack("<Q", len(header)) + header + data[8 + size:]


def text(random, data):
    """A word or number of a text becomes another one; lines go or come twice."""
    data = data.decode("utf-8", errors="surrogateescape")
    if random.random() < 0.3:
        lines = data.splitlines(True) or [""]
        at = random.randrange(len(lines))
        lines[at:at + 1] = random.choice([[], [lines[at]] * 2, [lines[at]] * 300])
        return "".join(lines).encode("utf-8", errors="surrogateescape")
    tokens = list(re.finditer(r"-?[\w.]+|[\[\]{}:,\"'-]", data)) or [re.match("", data)]
    token = random.choice(tokens)
    word = random.choice([*WORDS, str(random.choice(EXTREMES)), random.choice(tokens)[0]])
    return (data[:token.start()] + word + data[token.end():]).encode("utf-8", errors="surrogateescape")


def json_file(random, data):
    """A value of a document becomes one of another type or size, or goes."""
    try:
        document = json.loads(data)
    except ValueError:
        return text(random, data)
    places = []

    def walk(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                walk(node[key])
    if isinstance(document, (dict, list)):
        walk(document)
    if not places:
        return text(random, data)
    node, key = random.choice(places)
    if random.random() < 0.2:
        del node[key]
    else:
        node[key] = random.choice([None, True, -1, 0.5, 1e308, 2**63, 2**64, "", "x" * 3000, "../x", [], [[]], {}, [1e9] * 200,
                                   node[key], [node[key]] * 50])
    return json.dumps(document).encode()


BY_FORMAT = {"png": png, "jpg": jpeg, "tar": tar, "pack": doppel_pack, "zip": zip_file, "npz": zip_file, "pth": zip_file,
             "safetensors": safetensors, "json": json_file, "yaml": text, "csv": text, "jsonl": text, "xml": text,
             "txt": text, "notation": text}


def damaged(random, data, kind):
    own = BY_FORMAT.get(kind)
    try:
        if own and random.random() < 0.75:
            return own(random, data)
    except (ValueError, IndexError, struct.error, zlib.error):
        pass
    return numbers(random, data) if random.random() < 0.4 and data else anywhere(random, data)
