"""Kills at random moments: what was reported written is there, and who goes on ends with an unbroken run's bits."""
import json
import os
import signal
import subprocess
import time
import urllib.error

from page import PATIENCE, Page
from rounds import Fault, content, expect_same, nothing_unfinished

NET = "conv3x3(4,s2)-bn-relu-gap-fc"
TRAIN = ["train", "sample:digits", "--net", NET, "--epochs", "4", "--batch", "64", "--shards", "4"]
GAN = ["gan", "sample:digits", "--steps", "8", "--every", "2", "--score-steps", "0", "--batch", "16"]
PACK = ["pack", "sample:digits"]
SIGNALS = [signal.SIGKILL] * 4 + [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


def unbroken(bench, name, command):
    """The folder that an unbroken run makes, and how long it took."""
    def make(maker):
        began = time.monotonic()
        maker.succeeds(command)
        (maker.folder / "seconds").write_text(str(time.monotonic() - began))
    folder = bench.once(name, make)
    return folder / "out", float((folder / "seconds").read_text())


def wait_for_the_last(folder):
    """Until nobody works in the folder any more: a launcher's processes end after it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        here = [pid for pid in os.listdir("/proc") if pid.isdigit() and works_in(pid, folder)]
        if not here:
            return
        time.sleep(0.05)
    raise Fault(f"processes {here} are still there {PATIENCE} s after their launcher")


def works_in(pid, folder):
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(folder.resolve())
    except OSError:
        return False


def kill_at_random(bench, command, seconds, group=False):
    """Whether it was killed; else it had ended."""
    process = bench.start(command)
    try:
        process.wait(bench.random.uniform(0, seconds * 1.1))
        ended = True
    except subprocess.TimeoutExpired:
        ended = False
        number = bench.random.choice(SIGNALS)
        (os.killpg if group else os.kill)(process.pid, number)
    try:
        _, text = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Fault(f"hears no signal for {PATIENCE} s: {' '.join(command)}") from None
    if process.returncode in range(3, 129) or process.returncode in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE):
        raise Fault(f"dies of itself: {' '.join(command)} -> {process.returncode}: {text[-300:]}")
    wait_for_the_last(bench.folder)
    return not ended


def broken(bench, again, seconds, group=False):
    """Kills a command, and those that go on, some times over; then lets it end. How many kills there were."""
    kills = 0
    for _ in range(bench.random.randint(1, 3)):
        kills += kill_at_random(bench, again(), seconds, group)
    bench.succeeds(again())
    return kills


def resumed(bench, command):
    """The command that goes on, where there is a checkpoint; else it begins again."""
    return [*command, "--resume"] if any((bench.folder / "out").glob("*.safetensors")) else command


def same_run(bench, wanted, names):
    got = bench.folder / "out"
    expect_same("another network than an unbroken run's",
                {name: digest for name, digest in content(wanted).items() if name in names},
                {name: digest for name, digest in content(got).items() if name in names})
    nothing_unfinished(got)


def train(bench):
    wanted, seconds = unbroken(bench, "train", [*TRAIN, "--out", "out"])
    command = [*TRAIN, "--out", "out"]
    kills = broken(bench, lambda: resumed(bench, command), seconds)
    same_run(bench, wanted, {"model.safetensors"})
    return kills


def launch(bench):
    wanted, seconds = unbroken(bench, "train", [*TRAIN, "--out", "out"])
    command = [*TRAIN, "--out", "out"]

    def several(words):
        return ["launch", "-n", str(bench.random.choice([2, 4])), "--", *words]
    kills = broken(bench, lambda: several(resumed(bench, command)), 2 * seconds, group=True)
    same_run(bench, wanted, {"model.safetensors"})
    return kills


def gan(bench):
    wanted, seconds = unbroken(bench, "gan", [*GAN, "--out", "out"])
    command = [*GAN, "--out", "out"]
    kills = broken(bench, lambda: resumed(bench, command), seconds)
    same_run(bench, wanted, {"gan.safetensors"})
    return kills


def pack(bench):
    wanted, seconds = unbroken(bench, "pack", [*PACK, "out", "--shard", "50"])
    command = [*PACK, "out", "--shard", "50"]
    kills = broken(bench, lambda: command, seconds)
    expect_same("another pack than an unbroken run's", content(wanted), content(bench.folder / "out"))
    bench.succeeds(["verify", "out"])
    return kills


def augment(bench):
    words = ["augment", "sample:digits", "--recipe", "digits", "--copies", "1"]
    wanted, seconds = unbroken(bench, "augment", [*words, "--out", "out"])
    command = [*words, "--out", "out"]
    kills = broken(bench, lambda: command, seconds)
    expect_same("another data set than an unbroken run's", content(wanted), content(bench.folder / "out"))
    return kills


def generate(bench):
    run, _ = unbroken(bench, "gan", [*GAN, "--out", "out"])
    words = ["generate", str(run), "--count", "400", *bench.random.choice([[], ["--pack"]])]
    wanted, seconds = unbroken(bench, "generate" + "-pack" * ("--pack" in words), [*words, "--out", "out"])
    command = [*words, "--out", "out"]
    kills = broken(bench, lambda: command, seconds)
    expect_same("other pictures than an unbroken run's", content(wanted), content(bench.folder / "out"))
    return kills


def study(bench):
    words = ["study", "sample:digits", "--fractions", "100", "--seeds", "2", "--steps", "3", "--gan-steps", "0"]
    wanted, seconds = unbroken(bench, "study", [*words, "--out", "out"])
    command = [*words, "--out", "out"]
    kills = broken(bench, lambda: command, seconds)
    lines = [sorted(json.dumps(json.loads(line), sort_keys=True) for line in (folder / "results.jsonl").open())
             for folder in (wanted, bench.folder / "out")]
    if lines[0] != lines[1]:
        raise Fault("other results than an unbroken study's")
    return kills


def serve(bench):
    """What the page saves is the recipe before or the one after, never a part of one."""
    before, after = "- HorizontalFlip\n", "".join(f"- Rotate: {{angle: [-{n}, {n}]}}\n" for n in range(1, 60))
    recipe = bench.folder / "r.yaml"
    recipe.write_text(before)
    page = Page(bench, "sample:photos", "--recipe", "r.yaml")
    try:
        page.post("/api/recipe", {"yaml": before})
        number = page.post("/api/recipe", {"yaml": after})["hash"]
        delay = bench.random.uniform(0, 0.02)
        if bench.random.random() < 0.5:
            time.sleep(delay)
            page.process.kill()
        else:
            saving = subprocess.Popen(["sh", "-c", f"sleep {delay}; kill -9 {page.process.pid}"])
            try:
                page.post("/api/save", {"hash": number})
            except (urllib.error.URLError, OSError):
                pass
            saving.wait()
    finally:
        page.close()
    text = recipe.read_text()
    if text != before and (text.count("Rotate") != 59 or not text.endswith("\n")):
        raise Fault(f"half a recipe was saved: {text[:200]}")
    bench.succeeds(["preview", "sample:photos", "--recipe", "r.yaml", "--out", "sheet.png"])
    return 1


ROUNDS = {"train": train, "launch": launch, "gan": gan, "pack": pack, "augment": augment, "generate": generate,
          "study": study, "serve": serve}
