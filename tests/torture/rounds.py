"""What all rounds of torture share: running the program, judging how it ended, and comparing folders."""
import hashlib
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

# Words of libraries, or of C++ itself, that tell a user nothing.
FOREIGN_WORDS = re.compile(
    r"json\.exception|OpenCV\(|yaml-cpp|std::|bad_alloc|terminate called|Assertion|basic_string|vector::|"
    r"AddressSanitizer|runtime error:|simdjson|unordered_map|stoi|stod|filesystem error|boost::|JXL_|\.(cc|cpp|h):\d+: "
)
MAKING = threading.RLock()  # what several rounds need is made once
# What differs between two runs that did the same.
CLOCKS = re.compile(r'"(images_per_second|seconds|time|wall|started|waited|rate_per_second)":[^,}]*')


class Fault(Exception):
    """Something that must not be, with what was seen."""


class Ended:
    """How a command ended."""

    def __init__(self, command, code, text):
        self.command, self.code, self.text = command, code, text

    def shown(self):
        return f"{' '.join(map(str, self.command))} -> {self.code}: {self.text.strip()[-400:]}"


class Bench:
    """A round's folder, its random numbers and the program."""

    def __init__(self, program, source, seed, kept):
        self.program, self.source, self.seed, self.kept = program, source, seed, kept
        self.random = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="torture-"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, extra=None):
        """Without what this machine has timed: kernels are chosen once, and kept for all rounds."""
        return os.environ | {"XDG_CACHE_HOME": str(self.kept / "cache"), "DOPPEL_THREADS": "2"} | (extra or {})

    def start(self, command, environment=None, **options):
        return subprocess.Popen(
            [self.program, *map(str, command)], cwd=self.folder, env=self.environment(environment),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace", process_group=0, **options)

    def run(self, command, environment=None, limit=300, **options):
        """Runs a command to its end. A Fault where it hangs or dies by a signal."""
        process = self.start(command, environment, **options)
        try:
            _, text = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Fault(f"hangs: {' '.join(map(str, command))} was still running after {limit} s") from None
        ended = Ended(command, process.returncode, text)
        if ended.code < 0 or ended.code > 2:
            raise Fault("dies: " + ended.shown())
        return ended

    def succeeds(self, command, **options):
        ended = self.run(command, **options)
        if ended.code != 0:
            raise Fault("fails: " + ended.shown())
        return ended

    def once(self, name, make):
        """A folder that `make(Bench of it)` fills, kept for later rounds."""
        folder = self.kept / name
        with MAKING:
            if folder.exists():
                return folder
            maker = Bench(self.program, self.source, 0, self.kept)
            try:
                make(maker)
                shutil.copytree(maker.folder, folder, symlinks=True)
            except Fault as fault:
                sys.exit(f"what the rounds need can't be made: {fault}")
            finally:
                maker.close()
        return folder


def says_no_foreign_words(ended):
    found = FOREIGN_WORDS.search(ended.text)
    if found:
        raise Fault(f"a library's words ({found[0]}): {ended.shown()}")


def content(folder):
    """Digests of a folder's files by name; clocks in .jsonl don't count."""
    digests = {}
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if not file.is_file():
            continue
        data = file.read_bytes()
        if name.endswith(".jsonl"):
            data = CLOCKS.sub("", data.decode(errors="replace")).encode()
        digests[name] = hashlib.sha256(data).hexdigest()
    return digests


def expect_same(what, wanted, got):
    if wanted == got:
        return
    missing, more = sorted(wanted.keys() - got.keys()), sorted(got.keys() - wanted.keys())
    other = sorted(name for name in wanted.keys() & got.keys() if wanted[name] != got[name])
    raise Fault(f"{what}: missing {missing[:4]}, more {more[:4]}, other bytes {other[:4]}")


def nothing_unfinished(folder):
    left = [str(file.relative_to(folder)) for file in folder.rglob("*") if file.name.endswith(".tmp")]
    if left:
        raise Fault(f"left behind: {left[:4]}")
