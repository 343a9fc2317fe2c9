#!/usr/bin/env python3
"""A day's work by time-lapse: memory, descriptors and threads stay flat, and the numbers are a fresh run's.

usage: endurance.py DOPPEL SOURCE [WHAT…] [--share S]

WHAT: epochs (5,000 of a loader), previews (10,000 tiles of the page), resumes (1,000 of one run), steps (200,000 of a
GAN) or memory (50 configurations of a loader); without it all. --share 0.01 does a hundredth of each.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from page import Page
from rounds import Bench, Fault, content, expect_same

EPOCHS, PREVIEWS, RESUMES, STEPS, CONFIGURATIONS = 5_000, 10_000, 1_000, 200_000, 50
FLAT_BYTES = 8 << 20  # by which memory may differ between the beginning and the end


class Watch(threading.Thread):
    """What a process holds, several times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.seen, self.over = pid, [], threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.05):
            try:
                status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
                held = [1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{self.pid}/fd")),
                        int(re.search(r"Threads:\s+(\d+)", status)[1])]
            except (OSError, TypeError):  # it has ended
                return
            self.seen.append(held)

    def flat(self, per_unit=0, units=0):
        """What it held at most, of the second half as of the first, but for a tenth at the beginning and the end.
        per_unit: bytes that each unit of work may leave, as a line of a report."""
        self.over.set()
        self.join()
        edge = len(self.seen) // 10
        middle = self.seen[edge:len(self.seen) - edge]
        if len(middle) < 20:
            return f"{len(self.seen)} looks are too few to say that anything is flat"
        halves = (middle[:len(middle) // 2], middle[len(middle) // 2:])
        # A file is open for a moment now and then: what leaks is never closed again.
        early, late = ((max(look[0] for look in half), min(look[1] for look in half), min(look[2] for look in half)) for half in halves)
        grown = late[0] - early[0]
        if grown > FLAT_BYTES + per_unit * units:
            raise Fault(f"memory grows: {early[0] / 2**20:.1f} MB in the first half, {late[0] / 2**20:.1f} MB in the second")
        if late[1] > early[1] or late[2] > early[2]:
            raise Fault(f"descriptors and threads grow: from {early[1:]} to {late[1:]}")
        return f"{early[0] / 2**20:.0f} then {late[0] / 2**20:.0f} MB, {late[1]} descriptors, {late[2]} threads"


def few_digits(maker):
    """40 images of 28x28 in each part."""
    maker.succeeds(["augment", "sample:digits", "--recipe", "none", "--copies", "0", "--format", "folder", "--out", "few"])
    for file in (maker.folder / "few").rglob("*.png"):
        if int(re.search(r"(\d+)\.png$", file.name)[1]) % 50:
            file.unlink()


def watched(bench, command):
    """Runs it to its end; what it printed, and what it held."""
    process = subprocess.Popen([bench.program, *map(str, command)], cwd=bench.folder, env=bench.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watch = Watch(process.pid)
    text, _ = process.communicate()
    if process.returncode:
        raise Fault(f"{' '.join(map(str, command))} -> {process.returncode}: {text[-400:]}")
    return text, watch


def epochs(bench, share):
    few = bench.once("few", few_digits) / "few"
    count = max(2, round(EPOCHS * share))
    command = ["bench", "load", few, "--recipe", "digits", "--batch", "16", "--epochs", count, "--json"]
    _, watch = watched(bench, [*command, "many.json"])
    bench.succeeds([*command, "alone.json", "--workers", "0"], limit=7200)
    digests = [[epoch["hash"] for epoch in json.loads((bench.folder / name).read_text())["epochs"]]
               for name in ("many.json", "alone.json")]
    if digests[0] != digests[1] or len(set(digests[0])) != count:
        raise Fault("epochs repeat themselves, or are others without workers")
    return f"{count} epochs of 40 images: {watch.flat(200, count)}"


def previews(bench, share):
    count = max(2, round(PREVIEWS * share))
    recipe = "- Rotate: {angle: [-30, 30]}\n- HueSaturationValue\n- GaussianBlur: {p: 0.3}\n- CutMix: {p: 0.3}\n"
    page = Page(bench, "sample:digits")
    try:
        number = page.post("/api/recipe", {"yaml": recipe.replace("HueSaturationValue", "HorizontalFlip")})["hash"]
        tile = lambda k: page.ask(f"/api/tile/{number}/{k}/{k % 7}/{k % 2000}?size=96")
        first = [tile(k) for k in range(10)]
        watch = Watch(page.process.pid)
        for k in range(count):
            tile(k)
        held = watch.flat()
        if [tile(k) for k in range(10)] != first:
            raise Fault("the first tiles are others in the end")
    finally:
        page.close()
    return f"{count} tiles: {held}"


def resumes(bench, share):
    """A run that is stopped after each epoch ends with an unbroken run's weights, and leaves no more behind."""
    few = bench.once("few", few_digits) / "few"
    count = max(2, round(RESUMES * share))
    command = ["train", few, "--net", "conv3x3(4,s2)-bn-relu-gap-fc", "--recipe", "digits", "--epochs", count,
               "--batch", "8", "--shards", "2", "--out"]
    bench.succeeds([*command, "unbroken"], limit=7200)
    metrics = bench.folder / "broken" / "metrics.jsonl"
    done = starts = 0
    while done < count:
        process = bench.start([*command, "broken", *(["--resume"] if starts else [])])
        starts += 1
        while process.poll() is None and lines_in(metrics) <= done:
            time.sleep(0.002)
        if process.poll() is None and lines_in(metrics) < count:  # the last one measures, and reports
            process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=300)
        if process.returncode < 0 or process.returncode > 1 or process.returncode and "stopped" not in text:
            raise Fault(f"start {starts} ends with {process.returncode}: {text[-400:]}")
        done = lines_in(metrics)
    whole, broken = (content(bench.folder / name) for name in ("unbroken", "broken"))
    if whole["model.safetensors"] != broken["model.safetensors"]:
        raise Fault("other weights than an unbroken run's")
    expect_same("the run's files", {name: "" for name in whole}, {name: "" for name in broken})
    return f"{starts} starts of a run of {count} epochs: the same weights, the same {len(whole)} files"


def lines_in(file):
    return file.read_bytes().count(b"\n") if file.exists() else 0


def steps(bench, share):
    few = bench.once("few", few_digits) / "few"
    count = max(4, round(STEPS * share) // 2 * 2)
    command = ["gan", few, "--preset", "dcgan", "--generator", "fc(196)-picture14x14-relu-resize(2)-conv3x3(1)-tanh",
               "--discriminator", "conv3x3(4,s4)-lrelu(0.2)-fc", "--latent", "4", "--batch", "4", "--score-steps", "0",
               "--every", count // 2, "--out"]
    _, watch = watched(bench, [*command, "unbroken", "--steps", count])
    half = bench.start([*command, "half", "--steps", count])
    while half.poll() is None and not (bench.folder / "half" / "gan.safetensors").exists():
        time.sleep(0.002)
    half.send_signal(signal.SIGINT)
    _, text = half.communicate(timeout=300)
    if half.returncode < 0 or half.returncode > 1:
        raise Fault(f"a GAN that was stopped ends with {half.returncode}: {text[-400:]}")
    bench.succeeds([*command, "half", "--steps", count, "--resume"], limit=7200)
    whole, again = (content(bench.folder / name)["gan.safetensors"] for name in ("unbroken", "half"))
    if whole != again:
        raise Fault("other networks than those of a run that a fresh process ended")
    return f"{count} steps of a GAN: {watch.flat(50, count)}"


def peak_of(bench, command):
    """The most bytes that it held."""
    process = bench.start(command)
    _, status, usage = os.wait4(process.pid, 0)
    text = process.stderr.read()
    process.stderr.close()
    if status:
        raise Fault(f"{' '.join(map(str, command))}: {text[-400:]}")
    return 1024 * usage.ru_maxrss


def memory(bench, share):
    """What docs/limits.md says that a loader takes, within a tenth."""
    few = bench.once("few", few_digits) / "few"
    worst, count = 0.0, max(3, round(CONFIGURATIONS * share))
    for k in range(count):
        data, channels = bench.random.choice([(few, 1), ("sample:photos", 3)])
        height, width = bench.random.randrange(32, 513, 8), bench.random.randrange(32, 513, 8)
        kind, number = bench.random.choice([("f32", 4), ("bf16", 2), ("u8", 1), ("u16", 2)])
        batch = 1 if channels == 3 else bench.random.choice([4, 5, 8, 10, 20])
        prefetch, workers = bench.random.randint(1, 5), bench.random.randint(0, 3)
        (bench.folder / "r.yaml").write_text(f"- Resize: {{size: [{height}, {width}]}}\n- HorizontalFlip\n")
        command = ["bench", "load", data, "--recipe", "r.yaml", "--type", kind, "--workers", workers, "--no-hash"]
        image = height * width * channels * number
        # A consumer that is slow, so that as many batches are made ahead as may be. What threads take is among what
        # batches of one image take.
        command += ["--step-ms", 10]
        alone = peak_of(bench, [*command, "--batch", 1, "--prefetch", 5, "--epochs", 1]) - 6 * image
        expected = alone + (prefetch + 1) * batch * image
        command += ["--batch", batch, "--prefetch", prefetch, "--epochs", 10]
        off = peak_of(bench, command) / expected - 1
        worst = max(worst, abs(off))
        if abs(off) > 0.1:
            raise Fault(f"{off:+.1%} of what is promised: {' '.join(map(str, command))}, {height}x{width}")
    return f"{count} configurations of a loader: {worst:.1%} from what is promised at most"


WORK = {"epochs": epochs, "previews": previews, "resumes": resumes, "steps": steps, "memory": memory}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("what", nargs="*", metavar="WHAT")
    parser.add_argument("--share", type=float, default=1)
    options = parser.parse_intermixed_args()
    unknown = [what for what in options.what if what not in WORK]
    if unknown:
        parser.error(f"there is no work '{unknown[0]}'; there is {', '.join(WORK)}")
    kept = pathlib.Path(tempfile.mkdtemp(prefix="endurance-"))
    faults = 0
    for what in options.what or WORK:
        bench = Bench(options.program.resolve(), options.source.resolve(), 1, kept)
        began = time.monotonic()
        try:
            said = WORK[what](bench, options.share)
        except Fault as fault:
            faults, said = faults + 1, f"FAULT: {fault}"
        finally:
            bench.close()
        print(f"{what}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    shutil.rmtree(kept, ignore_errors=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
