#!/usr/bin/env python3
"""Nanoseconds of recipe(image=image): the least and the median.    python_call.py RECIPE SIDE TIMES"""
import sys
import time

import numpy as np

import doppel as dp


def main(name, side, times):
    recipe, side = dp.Recipe.load(name), int(side)
    y, x = np.mgrid[:side, :3 * side]
    image = (x * 7 + y * 3).astype(np.uint8).reshape(side, side, 3)
    took = []
    for i in range(int(times)):
        start = time.perf_counter_ns()
        recipe(image=image, seed=1, index=i)
        took.append(time.perf_counter_ns() - start)
    took.sort()
    print(took[0], took[len(took) // 2])


if __name__ == "__main__":
    main(*sys.argv[1:])
