#!/usr/bin/env python3
# Makes coco_polygons.txt with COCO's own rasteriser: make_coco_polygons.py COCOAPI, a checkout of cocodataset/cocoapi
# (the file was made with commit 8c9bcc3cf640524c4c20a9c40e89cb6a2f2fa0e9, common/maskApi.c, which is pycocotools 2.0's).
# A line is: height, width, polygons (x,y,x,y…, several joined by ;), area of their union, its runs as COCO's text.
import ctypes
import random
import subprocess
import sys
import tempfile


class Code(ctypes.Structure):
    _fields_ = [("h", ctypes.c_ulong), ("w", ctypes.c_ulong), ("m", ctypes.c_ulong), ("counts", ctypes.c_void_p)]


def load(checkout):
    library = tempfile.mkdtemp() + "/mask.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, checkout + "/common/maskApi.c"], check=True)
    api = ctypes.CDLL(library)
    api.rleToString.restype = ctypes.c_void_p
    return api


def drawn(api, height, width, polygons):
    codes = (Code * len(polygons))()
    for code, polygon in zip(codes, polygons):
        numbers = (ctypes.c_double * len(polygon))(*polygon)
        api.rleFrPoly(ctypes.byref(code), numbers, *map(ctypes.c_ulong, (len(polygon) // 2, height, width)))
    union, area = Code(), ctypes.c_uint()
    api.rleMerge(codes, ctypes.byref(union), ctypes.c_ulong(len(polygons)), 0)
    api.rleArea(ctypes.byref(union), ctypes.c_ulong(1), ctypes.byref(area))
    return area.value, ctypes.string_at(api.rleToString(ctypes.byref(union))).decode()


def polygons(random):
    yield 20, 24, [[4, 5, 12, 5, 12, 12, 4, 12]]
    yield 20, 24, [[4.5, 5.5, 12.5, 5.5, 12.5, 12.5, 4.5, 12.5]]
    yield 20, 24, [[4, 5, 14, 5, 4, 15]]
    yield 20, 24, [[4, 5, 12, 12]]
    yield 30, 40, [[2, 2, 22, 2, 22, 22, 2, 22], [6, 6, 12, 6, 12, 12, 6, 12]]
    yield 20, 24, [[-5, -5, 40, -5, 40, 40, -5, 40]]
    yield 20, 24, [[3, 3, 3, 3, 9, 3, 9, 9]]
    while True:
        height, width, step = random.randint(1, 40), random.randint(1, 40), random.choice([1, 0.5, 0.1, 0.01])
        side = random.choice([0, 0, 0.5])  # some reach outside the image

        def corner(length):
            return round(round(random.uniform(-side * length, (1 + side) * length) / step) * step, 2)

        yield height, width, [[corner(length) for _ in range(random.randint(3, 9)) for length in (width, height)]
                              for _ in range(random.choice([1, 1, 1, 2, 3]))]


api = load(sys.argv[1])
source = polygons(random.Random(20))
with open("coco_polygons.txt", "w") as file:
    for _ in range(200):
        height, width, shapes = next(source)
        text = ";".join(",".join(f"{number:g}" for number in shape) for shape in shapes)
        print(height, width, text, *drawn(api, height, width, shapes), file=file)
