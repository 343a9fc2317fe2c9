#!/usr/bin/env python3
"""Images per second of a loop over doppel.Loader.    python_loop.py DATA RECIPE WORKERS EPOCHS [TYPE [OUTPUT]]

Prints the rate after the first epoch, as `doppel bench load` counts it, and the seconds that the loop waited.
"""
import sys
import time

import doppel as dp


def main(data, recipe, workers, epochs, dtype="float32", output="torch"):
    loader = dp.Loader(data, recipe, batch=64, workers=int(workers), dtype=dtype, output=output, epochs=int(epochs) + 1)
    images = 0
    for _ in loader:
        pass
    start = time.perf_counter()
    for _ in range(int(epochs)):
        for batch in loader:
            image = batch["image"]
            images += len(batch["label"])
    seconds = time.perf_counter() - start
    print(f"{images / seconds:.1f} {loader.report()['waiting']:.2f}", image.shape[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
