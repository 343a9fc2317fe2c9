"""Arrays in memory, as NumPy, Keras or h5py give them: read where they lie, handed over where they were made.

    python3 from_arrays.py
"""

import numpy as np

import doppel as dp


def main() -> None:
    random = np.random.default_rng(1)
    x = random.integers(0, 255, (256, 32, 32, 3), np.uint8)
    y = random.integers(0, 10, 256)
    recipe = dp.Recipe([dp.HorizontalFlip(p=0.5), dp.CoarseDropout(p=0.5)])
    loader = dp.Loader(dp.arrays(x, y), recipe, batch=32, seed=1, dtype="uint8", layout="NHWC", output="numpy")
    for batch in loader:
        assert batch["image"].shape == (32, 32, 32, 3) and (batch["label"] == y[batch["index"]]).all()
    print(loader.explain(batch, 0))

    # The state of a run is a line: it goes on in any number of workers and processes.
    epoch = iter(loader)
    next(epoch)
    state = loader.state_dict()
    rest = [b["image"].tobytes() for b in epoch]
    again = dp.Loader(dp.arrays(x, y), recipe, batch=32, seed=1, dtype="uint8", layout="NHWC", output="numpy", workers=1)
    again.load_state_dict(state)
    print("resumed to the same bytes:", rest == [b["image"].tobytes() for b in again])


if __name__ == "__main__":
    main()
