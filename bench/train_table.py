#!/usr/bin/env python3
"""Writes the training part of bench/README.md.

usage: train_table.py DOPPEL OUT

Each network is measured in doppel and, where Debian's python3-torch is installed, in PyTorch right after.
"""
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sections import cpu, place, write_section

NETS = [
    ("lenet", "1x28x28", 128),
    ("vgg_small", "3x32x32", 128),
    ("resnet18_cifar", "3x32x32", 128),
    ("mobilenet_v3_small", "3x224x224", 32),
    ("efficientnet_b0", "3x224x224", 16),
    ("resnet50", "3x224x224", 16),
    ("vgg16", "3x224x224", 8),
]
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
TCMALLOC, OPENBLAS = LIBRARIES / "libtcmalloc_minimal.so.4", LIBRARIES / "openblas-openmp"


def doppel_rate(doppel, what, net, shape, batch, precision, threads=2, more=()):
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "result.json"
        run = subprocess.run(
            [doppel, "bench", what, "--net", net, "--shape", shape, "--batch", str(batch), "--precision", precision,
             "--threads", str(threads), "--seconds", "6", "--json", out, *more], capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stderr, file=sys.stderr)
            return None
        return json.loads(out.read_text())["images_per_second"]


def torch_rates(net, batch, mode):
    here = os.environ | ({"LD_PRELOAD": str(TCMALLOC)} if TCMALLOC.exists() else {})
    if OPENBLAS.exists():
        here["LD_LIBRARY_PATH"] = str(OPENBLAS)
    run = subprocess.run(["/usr/bin/python3", Path(__file__).parent / "peers/train_torch.py", net, mode, str(batch)],
                         capture_output=True, text=True, env=here)
    return json.loads(run.stdout) if run.returncode == 0 else None


def augmented_share(doppel, net, precision, rounds=5):
    """Training on augmented images over training on the same ones as they are: 2,560 of noise, 32x32, in CIFAR's files."""
    with tempfile.TemporaryDirectory() as folder:
        noise = random.Random(1)
        for name in (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"):
            rows = (bytes([i % 10]) + noise.randbytes(3072) for i in range(512))
            (Path(folder) / name).write_bytes(b"".join(rows))
        rate = lambda recipe: doppel_rate(doppel, "train", net, "3x32x32", 128, precision,
                                          more=("--data", folder, "--recipe", recipe))
        return statistics.median(rate("standard") / rate("none") for _ in range(rounds))


def threads_share(doppel, precision, rounds=7):
    """Two threads over one."""
    rate = lambda threads: doppel_rate(doppel, "train", "vgg_small", "3x32x32", 128, precision, threads)
    return statistics.median(rate(2) / rate(1) for _ in range(rounds))


def cell(number, best=False):
    if number is None:
        return ""
    text = f"{number:,.0f}" if number >= 100 else f"{number:.1f}"
    return f"**{text}**" if best else text


def rows(ours, theirs):
    """A line per network: f32 and bf16 of doppel, of PyTorch, and best over best."""
    lines = []
    for net, _, batch in NETS:
        own = [ours[net, p] for p in ("f32", "bf16")]
        peer = [theirs.get((net, p)) for p in ("f32", "bf16")]
        known = [p for p in peer if p]
        ratio = f"{max(o for o in own if o) / max(known):.2f}" if known else ""
        lines.append(f"| {net} | {batch} | {cell(own[0])} | {cell(own[1])} | {cell(peer[0])} | {cell(peer[1])} | {ratio} |")
    return lines


def main():
    doppel, out = sys.argv[1], sys.argv[2]
    train, predict, peer_train, peer_predict, version = {}, {}, {}, {}, None
    for net, shape, batch in NETS:
        for precision in ("f32", "bf16"):
            train[net, precision] = doppel_rate(doppel, "train", net, shape, batch, precision)
            predict[net, precision] = doppel_rate(doppel, "predict", net, shape, 64, precision)
            if peer := torch_rates(net, batch, precision):
                version = peer["version"]
                peer_train[net, precision], peer_predict[net, precision] = peer["train"], peer["predict"]
    head = "| network | batch | f32 | bf16 | PyTorch f32 | PyTorch bf16 | best over best |\n|---|--:|--:|--:|--:|--:|--:|"
    best = (f"PyTorch {version} beside it, the faster of its two layouts"
            f"{', tcmalloc preloaded' if TCMALLOC.exists() else ''}"
            f"{', OpenBLAS on OpenMP' if OPENBLAS.exists() else ''}." if version else "")
    fastest = "bf16" if train["vgg_small", "bf16"] else "f32"  # not every processor has both
    shares = [f"{threads_share(doppel, precision):.2f} in {precision}" for precision in dict.fromkeys(("f32", fastest))]
    write_section(out, "training", "\n".join([
        f"## Training, {place()}", "",
        f"Images/s of `doppel bench train` with two threads: forward, loss, backward and SGD with momentum on resident "
        f"random images; 10 classes. {best} {cpu()}.", "", head, *rows(train, peer_train), "",
        f"Two threads over one (vgg_small, medians of seven pairs): {', '.join(shares)}. With images of a data set, augmented "
        f"by `standard` while it trains, over the same images as they are (vgg_small, {fastest}): "
        f"{augmented_share(doppel, 'vgg_small', fastest):.2f}.", "",
        "`doppel bench predict`, in batches of 64 (the column `batch` is that of training):", "",
        head, *rows(predict, peer_predict)]))


main()
