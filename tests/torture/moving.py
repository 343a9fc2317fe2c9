"""Files that shrink, grow, vanish and change below a reader; scarce memory, descriptors and file sizes; strangers."""
import os
import resource
import shutil
import socket
import subprocess
import threading
import time

import damage
from kills import PATIENCE
from rounds import Fault, says_no_foreign_words


def changes(bench):
    """Files of a data set change while it is read."""
    samples = bench.once("samples", damage.make_samples)
    source = bench.random.choice(["digits.pack", "photos.pack", "jpeg.set", "coco.set"])
    shutil.copytree(samples / source, bench.folder / "d")
    command = bench.random.choice([
        ["inspect", "d"], ["pack", "d", "packed"], ["augment", "d", "--copies", "4", "--out", "made"],
        ["train", "d", "--net", "conv3x3(4,s2)-gap-fc", "--size", "16", "--batch", "4", "--epochs", "3", "--on-error",
         bench.random.choice(["skip", "stop"]), "--out", "run"]])
    files = [file for file in sorted((bench.folder / "d").rglob("*")) if file.is_file()]
    done = threading.Event()

    def meddle():
        while not done.wait(bench.random.uniform(0, 0.15)):
            file = bench.random.choice(files)
            try:
                kind = bench.random.randrange(5)
                if kind == 0:
                    os.truncate(file, bench.random.randrange(max(1, file.stat().st_size)))
                elif kind == 1:
                    with file.open("ab") as out:
                        out.write(bench.random.randbytes(1000))
                elif kind == 2:
                    file.unlink()
                elif kind == 3:
                    file.rename(file.with_suffix(".gone"))
                else:
                    with file.open("r+b") as out:
                        out.seek(bench.random.randrange(max(1, file.stat().st_size)))
                        out.write(bench.random.randbytes(64))
            except OSError:
                pass
    meddler = threading.Thread(target=meddle)
    meddler.start()
    try:
        ended = bench.run(command)
    finally:
        done.set()
        meddler.join()
    says_no_foreign_words(ended)
    return 1


def limits(bench):
    """Few descriptors, small files: one line, no signal."""
    samples = bench.once("samples", damage.make_samples)
    kind, value = bench.random.choice([
        (resource.RLIMIT_NOFILE, bench.random.choice([12, 16, 24, 64])),
        (resource.RLIMIT_FSIZE, bench.random.choice([0, 100, 5000, 100000]))])
    command = bench.random.choice([
        ["inspect", str(samples / "digits.pack")], ["verify", str(samples / "digits.pack")],
        ["pack", "sample:digits", "packed", "--shard", "20"], ["augment", "sample:digits", "--out", "made"],
        ["train", "sample:digits", "--net", "conv3x3(4,s2)-gap-fc", "--epochs", "1", "--out", "run"]])
    ended = bench.run(command, preexec_fn=lambda: resource.setrlimit(kind, (value, value)))
    says_no_foreign_words(ended)
    if ended.code and not ended.text.strip():
        raise Fault(f"nothing was said: {ended.shown()}")
    return 1


def strangers(bench):
    """Who speaks nonsense, or nothing, to a group that begins holds nobody up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["train", "sample:digits", "--net", "conv3x3(4,s2)-gap-fc", "--epochs", "1", "--batch", "64", "--shards", "2"]
    first = bench.start([*words, "--out", "out", "--group", f"0/2@127.0.0.1:{port}"])
    silent = []
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and first.poll() is None:
            try:
                silent.append(socket.create_connection(("127.0.0.1", port), 1))
                break
            except OSError:
                time.sleep(0.05)
        for _ in range(bench.random.randint(1, 5)):
            one = socket.create_connection(("127.0.0.1", port), 1)
            one.sendall(bench.random.randbytes(bench.random.choice([0, 1, 3, 100, 5000])))
            if bench.random.random() < 0.5:
                one.close()
            else:
                silent.append(one)
        second = bench.start([*words, "--out", "out2", "--group", f"1/2@127.0.0.1:{port}"])
        ends = []
        for process in (first, second):
            try:
                ends.append((process.communicate(timeout=PATIENCE)[1], process.returncode))
            except subprocess.TimeoutExpired:
                raise Fault(f"a stranger held a group up for {PATIENCE} s") from None
            finally:
                if process.poll() is None:
                    process.kill()
        if any(code for _, code in ends):
            raise Fault(f"a stranger ended a group: {ends}")
    finally:
        if first.poll() is None:
            first.kill()
        for one in silent:
            one.close()
    return 1


ROUNDS = {"changes": changes, "limits": limits, "strangers": strangers}
