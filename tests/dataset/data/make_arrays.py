#!/usr/bin/env python3
# Makes arrays/ with NumPy 1.24.2 and h5py 3.7.0 (HDF5 1.10.8), Debian 12's python3-numpy and python3-h5py, and seeds of the
# fuzzers. Image n of each set has at row y, column x, channel c the value (40 n + 10 y + x + 3 c) % 251.
import pathlib

import h5py
import numpy as np


def images(n, height=5, width=7, channels=3):
    n, y, x, c = np.ogrid[:n, :height, :width, :channels]
    return ((40 * n + 10 * y + x + 3 * c) % 251).astype(np.uint8)


def save(path, array, **options):
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array, **options)


grey, colour = images(4, channels=1)[..., 0], images(4)
labels = np.array([2, 0, 1, 2])

# Each is the same four images, with the labels 2, 0, 1, 2.
forms = {
    "bytes": colour,
    "fortran": np.asfortranarray(colour),
    "planes": colour.transpose(0, 3, 1, 2).copy(),
    "big": colour.astype(">i4"),
    "shares": (colour / 255).astype("f4"),
    "half": (colour / 255).astype(">f2"),
    "double": colour.astype("f8"),
    "sixteen": colour.astype("u2") * 257,
    "upper": colour.astype(">u2") * 256,
}
label_forms = {
    "bytes": labels,
    "fortran": labels[:, None].astype("u1"),
    "planes": labels.astype(">i2"),
    "big": labels.astype("f4"),
    "shares": np.eye(3)[labels],
    "half": np.eye(3, dtype=bool)[labels],
    "double": np.array(["2", "0", "1", "2"]),
    "sixteen": np.array([b"2", b"0", b"1", b"2"]),
    "upper": np.asfortranarray(np.eye(3, dtype="u1")[labels]),
}
for form, array in forms.items():
    save(f"arrays/{form}/images.npy", array)
    save(f"arrays/{form}/labels.npy", label_forms[form])
save("arrays/grey/x_train.npy", grey)
save("arrays/grey/y_train.npy", np.array(["bär", "猫", "bär", "z"]))
save("arrays/grey/x_test.npy", grey[:2] > 20)
save("arrays/grey/y_test.npy", np.array(["z", "bär"], dtype=">U9"))

# Others.
save("arrays/objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
save("arrays/fields.npy", np.zeros(2, dtype=[("a", "u1"), ("b", "f4", (2,))]))
save("arrays/complex.npy", np.zeros((2, 3, 3), dtype="c8"))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"arrays/version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, grey, version=version)

# HDF5: chunks of one image and of several, packed or not; parts by names and by groups; texts and attributes.
with h5py.File("arrays/parts.h5", "w") as file:
    file.create_dataset("train/images", data=colour, chunks=(1, 5, 7, 3), compression="gzip", shuffle=True)
    file.create_dataset("train/labels", data=labels[:, None, None, None].astype("u1"))
    file.create_dataset("test/images", data=colour[:2], chunks=(2, 3, 4, 3), fletcher32=True, compression="gzip")
    file.create_dataset("test/labels", data=labels[:2])
    file.attrs["class_names"] = ["cat", "dog", "owl"]
with h5py.File("arrays/studiogan.hdf5", "w") as file:
    file.create_dataset("imgs", data=colour.transpose(0, 3, 1, 2), chunks=(3, 3, 5, 7), maxshape=(None, 3, 5, 7))
    file.create_dataset("labels", data=labels)
with h5py.File("arrays/lzf.h5", "w") as file:
    file.create_dataset("x", data=colour.astype(">f4") / np.float32(255), chunks=(2, 5, 4, 3), compression="lzf")
    file.create_dataset("y", data=np.array(["2", "0", "1", "2"], dtype=object), dtype=h5py.string_dtype())
    file.create_dataset("mean", data=np.zeros(3))
with h5py.File("arrays/together.h5", "w") as file:  # twelve images in a chunk
    file.create_dataset("x", data=np.concatenate([colour] * 3)[:12], chunks=(12, *colour.shape[1:]), compression="gzip")
    file.create_dataset("y", data=np.arange(12) % 3)
with h5py.File("arrays/plain.h5", "w") as file:
    file.create_dataset("x_train", data=grey)
    file.create_dataset("y_train", data=labels).attrs["classes"] = np.array([b"cat", b"dog", b"owl"])
    file.create_dataset("x_test", data=grey > 20)
    file.create_dataset("y_test", data=np.eye(3, dtype=bool)[labels])
# 2 x 1 pixels: (200, 0, 0) and (0, 0, 90).
png = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000d49444154789c6338c1000451000511012374a08d77"
    "0000000049454e44ae426082"
)
with h5py.File("arrays/files.h5", "w") as file:
    images = file.create_dataset("images", (2,), dtype=h5py.vlen_dtype(np.uint8))
    images[0], images[1] = np.frombuffer(png, np.uint8), np.frombuffer(png, np.uint8)
    file.create_dataset("labels", data=np.array([b"a", b"b"]))

train = {"x_train": grey, "y_train": labels}
np.savez_compressed("arrays/keras.npz", **train, x_test=grey[:2], y_test=labels[:2])
column = labels[:, None].astype("u1")
medmnist = {"train_images": grey, "train_labels": column, "val_images": grey[:1], "val_labels": column[1:2]}
np.savez("arrays/medmnist.npz", **medmnist, test_images=grey[:2], test_labels=column[2:])
np.savez("arrays/unnamed.npz", grey, labels)

seeds = pathlib.Path("../../fuzz/seeds")
save(seeds / "npy/bytes.npy", colour)
save(seeds / "npy/fortran.npy", np.asfortranarray(grey))
save(seeds / "npy/shares.npy", (grey / 255).astype("f4"))
save(seeds / "npy/texts.npy", np.array(["a", "bb"]))
for name in ["npz", "hdf5_chunk"]:
    (seeds / name).mkdir(parents=True, exist_ok=True)
np.savez_compressed(seeds / "npz/keras.npz", **train, x_test=grey, y_test=labels)
np.savez(seeds / "npz/pair.npz", images=colour, labels=np.eye(3)[labels])
# A chunk as h5py packed it, behind the number of its packing in the fuzzer's list.
for packing, options in [(4, {"compression": "gzip", "shuffle": True}), (3, {"compression": "lzf"})]:
    with h5py.File("chunk", "w", driver="core", backing_store=False) as file:
        made = file.create_dataset("x", data=colour[:1].astype("i4"), chunks=(1, 5, 7, 3), **options)
        chunk = made.id.read_direct_chunk((0, 0, 0, 0))[1]
    (seeds / f"hdf5_chunk/{packing}").write_bytes(bytes([packing]) + chunk)
