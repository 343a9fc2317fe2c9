#!/usr/bin/env python3
"""Writes bench/README.md's part on augmented data sets as files.

usage: write_table.py DOPPEL WRITE_AUGMENTED OUT [FOLDER]

FOLDER holds class folders of JPEGs of about 500x375; without it, there is nothing to measure and the part stays as it is.
All rows are measured in turn, `ROUNDS` times, and the medians are written.
"""
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from loader_table import RECIPE
from sections import cpu, place, write_section

ROUNDS, COPIES = 3, 4


def doppel_rate(doppel, photos, recipe, out, threads):
    shutil.rmtree(out, ignore_errors=True)
    start = time.monotonic()
    subprocess.run([doppel, "augment", photos, "--recipe", recipe, "--copies", str(COPIES), "--no-originals", "--only-part", "train",
                    "--images", "jpeg:92", "--threads", str(threads), "--out", out], check=True, capture_output=True)
    return sum(1 for _ in out.rglob("*.jpg")) / (time.monotonic() - start)


def plain_rate(loop, photos, out):
    shutil.rmtree(out, ignore_errors=True)
    return float(subprocess.run([loop, photos, out, str(COPIES)], check=True, capture_output=True, text=True).stdout)


def main():
    doppel, loop, out = sys.argv[1], sys.argv[2], sys.argv[3]
    if len(sys.argv) < 5 or not Path(sys.argv[4]).is_dir():
        return print("files: no folder of photographs given, their part stays as it is")
    photos = sys.argv[4]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        recipe = work / "recipe.yaml"
        recipe.write_text("".join(line for line in RECIPE.splitlines(True) if "Normalize" not in line))
        rows = {
            "a plain loop over OpenCV": lambda: plain_rate(loop, photos, work / "plain"),
            "`doppel augment`, 1 thread": lambda: doppel_rate(doppel, photos, recipe, work / "one", 1),
            "`doppel augment`, 2 threads": lambda: doppel_rate(doppel, photos, recipe, work / "two", 2),
        }
        seen = {row: [] for row in rows}
        for _ in range(ROUNDS):
            for row, measure in rows.items():
                seen[row].append(measure())
    rates = {row: statistics.median(all) for row, all in seen.items()}
    base = rates["a plain loop over OpenCV"]
    text = f"## Augmented data sets as files, {place()}\n\n{cpu()}; images/s, the median of {ROUNDS} rounds. Every image gets {COPIES} " \
           "copies: a random part as 224x224, a flip, other brightness, contrast and saturation, written as JPEG of quality 92.\n\n" \
           "| what | images/s | of the loop |\n|---|--:|--:|\n"
    text += "".join(f"| {row} | {rate:,.0f} | {rate / base:.2f} |\n" for row, rate in rates.items())
    write_section(out, "files", text)
    print(text)


if __name__ == "__main__":
    main()
