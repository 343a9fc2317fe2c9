#!/usr/bin/env python3
"""Tries to break the program for some minutes, and counts.

usage: torture.py DOPPEL SOURCE MINUTES [WHAT…] [--seed N] [--rounds N] [--jobs N]

WHAT: train, launch, gan, pack, augment, generate, study, serve (kills of them), damage, disks, changes, limits or
strangers; without it all in turn. Each round has a seed, which a fault names; WHAT with --seed N and --rounds 1 repeats it.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import random
import shutil
import sys
import tempfile
import time

import damage
import disks
import kills
import moving
from rounds import Bench, Fault

ROUNDS = kills.ROUNDS | damage.ROUNDS | disks.ROUNDS | moving.ROUNDS
UNITS = {name: "kills" for name in kills.ROUNDS} | {"damage": "files", "disks": "full disks"}


def one_round(program, source, kept, what, seed):
    """What was tried in it, and the fault that was found, or ''."""
    bench = Bench(program, source, seed, kept)
    try:
        return ROUNDS[what](bench), ""
    except Fault as fault:
        return 1, str(fault)
    finally:
        bench.close()


def show(counts, faults, seconds):
    print(f"\n{'':<10}{'rounds':>8}{'tried':>8}  {'':<12}{'faults':>6}")
    for what, (rounds, tried) in counts.items():
        print(f"{what:<10}{rounds:>8}{tried:>8}  {UNITS.get(what, 'rounds'):<12}{faults[what]:>6}")
    print(f"{sum(rounds for rounds, _ in counts.values())} rounds in {seconds / 60:.1f} minutes, {sum(faults.values())} faults")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("minutes", type=float)
    parser.add_argument("what", nargs="*", metavar="WHAT")
    parser.add_argument("--seed", type=int, help="of the first round; else another one each time")
    parser.add_argument("--rounds", type=int, help="of each, at most")
    parser.add_argument("--jobs", type=int, default=1, help="rounds at once")
    options = parser.parse_intermixed_args()
    unknown = [what for what in options.what if what not in ROUNDS]
    if unknown:
        parser.error(f"there is no torture '{unknown[0]}'; there are {', '.join(ROUNDS)}")
    program, source = options.program.resolve(), options.source.resolve()
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"seed {first}", flush=True)
    kept = pathlib.Path(tempfile.mkdtemp(prefix="torture-kept-"))
    names = options.what or list(ROUNDS)
    counts = {what: (0, 0) for what in names}
    faults = collections.Counter()
    began = time.monotonic()

    def rounds():
        number = 0
        while options.rounds is None or number < options.rounds * len(names):
            if time.monotonic() - began > 60 * options.minutes:
                return
            yield names[number % len(names)], first + number // len(names)
            number += 1

    def take(what, seed):
        tried, fault = one_round(program, source, kept, what, seed)
        counts[what] = counts[what][0] + 1, counts[what][1] + tried
        if fault:
            faults[what] += 1
            print(f"FAULT {what} --seed {seed} --rounds 1: {fault}", flush=True)

    try:
        if options.jobs == 1:
            for what, seed in rounds():
                take(what, seed)
        else:
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                waiting = set()
                for what, seed in rounds():
                    waiting.add(pool.submit(take, what, seed))
                    if len(waiting) >= options.jobs:
                        done, waiting = concurrent.futures.wait(waiting, return_when="FIRST_COMPLETED")
                        for one in done:
                            one.result()
                for one in waiting:
                    one.result()
    except KeyboardInterrupt:
        print("stopped")
    finally:
        shutil.rmtree(kept, ignore_errors=True)
    show(counts, faults, time.monotonic() - began)
    sys.exit(1 if sum(faults.values()) else 0)


if __name__ == "__main__":
    main()
