#!/usr/bin/env python3
"""How much of what reads files the tests run: lines by file, as gcov counted them.

usage: coverage.py BUILD SOURCE [--files] [--missed FILE…]

Prints a table of the readers' folders, for docs/testing.md, and names the files below 85 %. --files: each file's share; --missed: the lines
of these files that no test ran. Fails where the readers of a folder are below.
"""
import argparse
import json
import pathlib
import subprocess
import sys

LEAST = 85  # percent of the lines of every reader
READERS = {
    "augment/src/base": ["deflate", "files", "pickle", "place", "random_file", "yaml_fields", "zip_"],
    "augment/src/codec": [""],
    "augment/src/codec/jpeg": [""],
    "dataset/src/sources": [""],
    "dataset/src/pack": [""],
    "dataset/src/open": [""],
    "nn/src/formats": [""],
    "nn/src/formats/onnx": [""],
    "nn/src/formats/torch": [""],
    "nn/src/distributed": ["frame", "greeting", "meeting"],
}


def reader_of(name):
    """The folder of READERS that a file belongs to, or nothing."""
    folder, _, file = name.rpartition("/")
    begins = READERS.get(folder, [])
    return folder if any(file.startswith(begin) for begin in begins) else ""


def counted(build, source):
    """By file, {line: whether anything ran it}."""
    lines = {}
    for data in sorted(build.rglob("*.gcda")):
        made = subprocess.run(["gcov", "--json-format", "--stdout", str(data)], cwd=build, capture_output=True, text=True, check=True)
        for text in made.stdout.splitlines():
            for file in json.loads(text)["files"]:
                path = (build / file["file"]).resolve()
                if not path.is_relative_to(source):
                    continue
                name = str(path.relative_to(source))
                if not reader_of(name):
                    continue
                of_file = lines.setdefault(name, {})
                for line in file["lines"]:
                    number = line["line_number"]
                    of_file[number] = of_file.get(number, False) or line["count"] > 0
    return {name: of for name, of in lines.items() if of}  # some are declarations alone


def share(lines):
    return 100 * sum(lines.values()) / len(lines)


def table(files):
    """Prints it; whether all folders have enough."""
    enough = True
    print("| readers in | files | lines | run | least of a file |\n|---|--:|--:|--:|---|")
    for folder in READERS:
        there = {name: lines for name, lines in files.items() if reader_of(name) == folder}
        if not there:
            continue
        ran, lines = sum(sum(of.values()) for of in there.values()), sum(map(len, there.values()))
        enough = enough and 100 * ran >= LEAST * lines
        least = min(there, key=lambda name: share(there[name]))
        print(f"| {folder} | {len(there)} | {lines:,} | {100 * ran / lines:.1f} % | {least.rpartition('/')[2]} {share(there[least]):.0f} % |")
    return enough


def spans(numbers):
    """'3-5, 9' of 3, 4, 5, 9."""
    said = []
    for number in sorted(numbers):
        if said and said[-1][1] == number - 1:
            said[-1][1] = number
        else:
            said.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in said)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--missed", nargs="+", default=[], metavar="FILE")
    options = parser.parse_args()
    files = counted(options.build.resolve(), options.source.resolve())
    if not files:
        sys.exit(f"coverage.py: nothing was counted in {options.build}: its programs weren't built by --coverage, or haven't run")
    for name in options.missed:
        if name not in files:
            sys.exit(f"coverage.py: {name} is no reader that was run")
        print(f"{name}: {spans(line for line, ran in files[name].items() if not ran)}")
    if options.missed:
        return
    enough = table(files)
    below = sorted((share(lines), name) for name, lines in files.items() if share(lines) < (100 if options.files else LEAST))
    for percent, name in below:
        print(f"{percent:6.1f} %  {name} ({sum(not ran for ran in files[name].values())} lines)")
    sys.exit(0 if enough else 1)


if __name__ == "__main__":
    main()
