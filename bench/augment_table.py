#!/usr/bin/env python3
"""Writes bench/README.md: every transform beside OpenCV, torchvision and Albumentations.

usage: augment_table.py AUGMENT_BENCH OUT

doppel and OpenCV are measured in one program, torchvision right after. Albumentations' figures come from
bench/peers/albumentations.json, scaled to this machine by OpenCV's own call of the same transform then and now, or by the
median of those ratios where there is none. torchvision is left out where python3-torchvision is missing.
"""
import json
import statistics
import subprocess
import sys
from pathlib import Path

from sections import cpu, opencv, place, write_section

here = Path(__file__).parent
program, out = sys.argv[1], Path(sys.argv[2])
SIDES = (256, 512)


def measured(which, seconds, runs=5):
    """Rates by name of the benchmarks whose name matches `which` ("-" before it: doesn't); medians of the runs."""
    text = subprocess.run(
        [program, f"--benchmark_filter={which}", f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={runs}",
         "--benchmark_enable_random_interleaving=true",
         "--benchmark_report_aggregates_only=true", "--benchmark_format=json"],
        check=True, capture_output=True, text=True).stdout
    unit = {"ns": 1e9, "us": 1e6, "ms": 1e3}
    return {b["run_name"]: unit[b["time_unit"]] / b["real_time"]
            for b in json.loads(text)["benchmarks"] if b.get("aggregate_name") == "median"}


def torchvision(side):
    run = subprocess.run(["/usr/bin/python3", here / "peers" / "augment_torchvision.py", str(side)], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else {"version": "not installed", "rates": {}}


def number(value):
    return f"{value:,.0f}" if value else ""


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs else ""


def main():
    # What is held against each other is measured close together: the machine's other guests come and go.
    rates = measured("-^(threads|step)", 0.08) | measured("^step", 0.2, 15) | measured("^threads", 0.3, 9)
    peers = {side: torchvision(side) for side in SIDES}
    recorded = json.loads((here / "peers" / "albumentations.json").read_text())
    scales = {name: rates[f"opencv/{name}/256"] / then
              for name, (_, then) in recorded["rates"].items() if then and f"opencv/{name}/256" in rates}
    typical = statistics.median(scales.values())
    lines, best, five = [], [], []
    for side in SIDES:
        lines += [f"\n### {side}x{side}\n", "| transform | doppel | OpenCV | torchvision | Albumentations, scaled | doppel / best |",
                  "|---|--:|--:|--:|--:|--:|"]
        names = sorted(name for name in rates if name.endswith(f"/{side}") and not name.startswith("opencv/"))
        for full in names:
            name = full.rsplit("/", 1)[0]
            ours, theirs = rates[full], [rates.get("opencv/" + full), peers[side]["rates"].get(name)]
            if side == 256 and name in recorded["rates"]:
                theirs.append(recorded["rates"][name][0] * scales.get(name, typical))
            else:
                theirs.append(None)
            top = max((t for t in theirs if t), default=None)
            if top and side == 256:
                best.append((name, ours / top))
            if side == 256 and name in recorded["at_least_five_times"]:
                five.append(f"{name} {ours / theirs[2]:.1f}")
            lines.append(f"| {name} | {number(ours)} | " + " | ".join(map(number, theirs)) + f" | {ratio(ours, top)} |")
    slower = [f"{name} {r:.2f}" for name, r in sorted(best, key=lambda b: b[1]) if r < 0.9]
    steps = {name.removeprefix("step/"): r for name, r in rates.items() if name.startswith("step/")}
    slowest = min(r for name, r in steps.items() if name != "whole")
    two = rates["threads/2/real_time"] / rates["threads/1/real_time"]
    heavy = rates["heavy/256"] / (recorded["rates"]["heavy"][0] * typical)
    write_section(out, "augmentation", f"""
## Augmentation, {place()}

Images/s on one thread, 8-bit RGB, a photograph, drawing the plan included; medians of five
interleaved runs. {cpu()}, OpenCV {opencv()}, torchvision {peers[256]["version"]}. The machine is shared: ratios within one run mean
something, the figures alone don't. *Albumentations, scaled*: {recorded["source"]}, times this run's OpenCV over that one's
(the typical factor is {typical:.2f}).

- **The median transform runs at {statistics.median(r for _, r in best):.2f} times its best peer.**
- Slower than 0.9 of the best peer: {", ".join(slower) or "none"}.
- Against Albumentations: {", ".join(five)}.
- The heavy chain (flip, affine, perspective, jitter, noise, blur, weather, dropout, brightness and contrast, normalise; most
  by chance one half): {rates["heavy/256"]:,.0f}/s at 256x256, {heavy:.1f} times Albumentations.
- Crop, flip, rotate, perspective, jitter and normalise to floats in one plan cost {slowest / steps["whole"]:.2f} times their slowest
  single step.
- Two threads do {two:.2f} times the heavy chains of one.
""" + "\n".join(lines) + "\n")


main()
