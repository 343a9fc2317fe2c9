#!/usr/bin/env python3
# Makes cifar_python/ with NumPy, as CIFAR's files were made: the images as an array of bytes by planes. Protocol 3 has
# bytes as Python 2 wrote them, protocol 2 has them as text that is to be encoded. And a seed of the fuzzers.
import pickle

import numpy as np


def save(name, what, protocol=2):
    with open(name, "wb") as file:
        pickle.dump(what, file, protocol=protocol)


for number, name in enumerate(["data_batch_1", "test_batch"]):
    data = np.zeros((2, 3, 32, 32), np.uint8)
    data[0, 0], data[1, 2, :, 16:] = 200 + number, 90
    batch = {"batch_label": name, "labels": [3, 9], "data": data.reshape(2, 3072), "filenames": ["a.png", "b.png"]}
    save(f"cifar_python/{name}", batch, 3 - number)
names = "airplane automobile bird cat deer dog frog horse ship truck".split()
save("cifar_python/batches.meta", {"num_cases_per_batch": 2, "label_names": names, "num_vis": 3072})
hundred = {"fine_labels": [7], "coarse_labels": [1], "data": np.zeros((1, 3072), np.uint8), "filenames": ["a.png"]}
save("../../fuzz/seeds/cifar_python/train", hundred, 3)
