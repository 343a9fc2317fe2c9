#!/usr/bin/env python3
"""Writes the loader's part of bench/README.md.

usage: loader_table.py DOPPEL DECODE_WHOLE OUT [FOLDER]

FOLDER holds class folders of JPEGs of about 500x375; without it, there is nothing to measure and the part stays as it is.
All rows are measured in turn, `ROUNDS` times, and the medians are written.
"""
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sections import cpu, place, write_section

ROUNDS, EPOCHS = 3, 4
RECIPE = """- RandomResizedCrop: {size: [224, 224]}
- HorizontalFlip: {p: 0.5}
- ColorJitter: {brightness: [0.6, 1.4], contrast: [0.6, 1.4], saturation: [0.6, 1.4], hue: [0, 0], p: 1}
- Normalize: {preset: imagenet}
"""
CROP = """- RandomResizedCrop: {size: [224, 224]}
- HorizontalFlip: {p: 0.5}
"""


class Loader:
    """`doppel bench load` of one data set."""

    def __init__(self, doppel, work, data, recipe, *options):
        self.command = [doppel, "bench", "load", data, "--recipe", recipe, "--batch", "64", *options]
        self.json = work / "result.json"

    def run(self, workers, epochs=EPOCHS, *more):
        subprocess.run([*self.command, "--workers", str(workers), "--epochs", str(epochs), *more, "--json", self.json],
                       check=True, capture_output=True)
        return json.loads(self.json.read_text())

    def rate(self, workers):
        return self.run(workers, EPOCHS, "--no-hash")["images_per_second"]


def peak_megabytes(loader):
    command = [str(part) for part in loader.command] + ["--workers", "1", "--epochs", "50", "--no-hash"]
    script = "import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); " \
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    run = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True)
    return int(run.stdout) / 1000


def number_of(command):
    run = subprocess.run(command, capture_output=True, text=True)
    return float(run.stdout) if run.returncode == 0 else None


def main():
    doppel, decode, out = sys.argv[1], sys.argv[2], sys.argv[3]
    if len(sys.argv) < 5 or not Path(sys.argv[4]).is_dir():
        return print("loader: no folder of photographs given, its part stays as it is")
    photos, here = sys.argv[4], Path(__file__).parent
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        recipe, crop = work / "recipe.yaml", work / "crop.yaml"
        recipe.write_text(RECIPE)
        crop.write_text(CROP)
        pack = lambda kind, *options: subprocess.run(
            [doppel, "pack", photos, work / kind, "--images", kind, *options], check=True, capture_output=True)
        pack("tiles")
        pack("raw", "--size", "256")
        rows = {
            "JPEG files": Loader(doppel, work, photos, recipe),
            "JPEG files, in bfloat16": Loader(doppel, work, photos, recipe, "--type", "bf16"),
            "pack with restart tiles": Loader(doppel, work, work / "tiles", recipe),
            "pack of raw pixels, 256": Loader(doppel, work, work / "raw", recipe),
            "pack of raw pixels in a cache": Loader(doppel, work, work / "raw", recipe, "--keep", "decoded:2000"),
            "pack of raw pixels, crop and flip to u8": Loader(doppel, work, work / "raw", crop, "--type", "u8"),
        }
        rates = {name: ([], []) for name in rows}
        whole = ([], [])
        for _ in range(ROUNDS):
            for threads in (1, 2):
                whole[threads - 1].append(number_of([decode, photos, str(threads)]))
                for name, loader in rows.items():
                    rates[name][threads - 1].append(loader.rate(threads - 1))
        torchvision = number_of(["/usr/bin/python3", here / "peers/loader_torchvision.py", photos])
        files = rows["JPEG files"]
        hashes = {files.run(w, 1)["hash"] for w in (0, 1, 2, 6, 31)} | {rows["pack with restart tiles"].run(1, 1)["hash"]}
        waited = files.run(1, 2, "--no-hash", "--step-ms", "100")
        first = statistics.median(files.run(1, 1, "--no-hash")["first_batch_seconds"] for _ in range(5))
        peak = peak_megabytes(files)
    middle = lambda pair: [statistics.median(values) for values in pair]
    lines = ["| source | 1 thread | 2 threads | 2 over 1 |", "|---|--:|--:|--:|"]
    for name, pair in [("libjpeg-turbo alone, whole files", whole), *rates.items()]:
        one, two = middle(pair)
        lines.append(f"| {name} | {one:,.0f} | {two:,.0f} | {two / one:.2f} |")
    if torchvision:
        lines.append(f"| torchvision, 2 worker processes | | {torchvision:,.0f} | |")
    files_rate, tiles_rate, whole_rate = (middle(p)[1] for p in (rates["JPEG files"], rates["pack with restart tiles"], whole))
    share = waited["seconds"]["waiting"] / waited["wall_seconds"]
    write_section(out, "loader", f"""
## The loader, {place()}

Images/s of `doppel bench load`: RandomResizedCrop 224, flip, ColorJitter(.4, .4, .4), normalised to f32 planes, batches of 64,
unless the row says otherwise; 1,500 JPEGs of about 500x375, in the page cache. Medians of {ROUNDS} interleaved runs of {EPOCHS}
epochs. {cpu()}.

{chr(10).join(lines)}

- From files: {files_rate / whole_rate:.2f} times what libjpeg-turbo decodes whole; from a pack with tiles
  {tiles_rate / whole_rate:.2f} times that, and {tiles_rate / files_rate:.2f} times as many as from files.
- One hash for the files with 1, 2, 3, 7 and 32 threads and for the pack with tiles: {"yes" if len(hashes) == 1 else "NO"}.
- A training step of 100 ms waits {100 * share:.2f} % of its time. The first batch comes after {1000 * first:.0f} ms.
- The whole process takes {peak:.0f} MB at most over 50 epochs.
""")


if __name__ == "__main__":
    main()
