#!/usr/bin/env python3
"""A wheel that carries its libraries, as auditwheel makes them.    make_wheel.py OUT

What manylinux promises on every system stays outside; the rest is copied to doppel.libs/ under names with a hash, so that a second copy of the
same library in the process (torch's, OpenCV's) is another one. Needs patchelf and readelf. Names the oldest glibc that it runs with.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import build_backend  # noqa: E402

# PEP 600's list, without X11 and GLib, which nothing of ours needs.
PROMISED = re.compile(r"^(libc|libm|libdl|librt|libpthread|libutil|libresolv|libgcc_s|libstdc\+\+|libz|ld-linux-.*)\.so\.\d+$|^linux-vdso")

# libheif's libraries are under the GPL (libx265), which a wheel would have to be as well: HEIC is read where doppel was built on the machine.
NOT_CARRIED = ("libdoppel_format_heif.so",)


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(path):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", said("readelf", "-d", path))


def found(path):
    """The libraries that the loader takes for a file, by name."""
    return dict(re.findall(r"^\s*(\S+) => (/\S+)", said("ldd", path), re.M))


def carried(path):
    """Everything below a file that isn't promised, by name."""
    places, wanted = found(path), {}
    open_ones = [path]
    while open_ones:
        for name in needed(open_ones.pop()):
            if PROMISED.match(name) or name in wanted:
                continue
            if name not in places:
                raise SystemExit(f"{path} needs {name}, which isn't found")
            wanted[name] = os.path.realpath(places[name])
            open_ones.append(wanted[name])
    return wanted


def new_name(name, place):
    with open(place, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:8]
    stem, ending = name.split(".so", 1)
    return f"{stem}-{digest}.so{ending}"


def oldest_glibc(paths):
    versions = [tuple(map(int, v.split("."))) for path in paths for v in re.findall(r"GLIBC_(\d+\.\d+)", said("readelf", "-V", path))]
    return max(versions)


def carry(tree):
    """Gives the modules in `tree` their libraries; returns all that is carried."""
    folder = os.path.join(tree, "doppel")
    formats = os.path.join(folder, "formats")
    for name in NOT_CARRIED:
        if os.path.exists(os.path.join(formats, name)):
            os.remove(os.path.join(formats, name))
    modules = [os.path.join(place, f) for place in (folder, formats) if os.path.isdir(place) for f in os.listdir(place) if ".so" in f]
    libraries = {}
    for module in modules:
        libraries.update(carried(module))
    names = {name: new_name(name, place) for name, place in libraries.items()}
    os.makedirs(os.path.join(tree, "doppel.libs"))
    copies = []
    for name, place in libraries.items():
        copy = os.path.join(tree, "doppel.libs", names[name])
        shutil.copy(place, copy)
        os.chmod(copy, 0o755)
        said("patchelf", "--set-soname", names[name], copy)
        copies.append(copy)
    for path in modules + copies:
        swaps = [word for name in needed(path) if name in names for word in ("--replace-needed", name, names[name])]
        origin = "$ORIGIN" if path in copies else os.path.join("$ORIGIN", os.path.relpath(os.path.join(tree, "doppel.libs"), os.path.dirname(path)))
        if swaps:
            said("patchelf", *swaps, path)
        said("patchelf", "--force-rpath", "--set-rpath", origin, path)  # in one call patchelf 0.14 mixes the two up
    return modules + copies


def check(paths):
    """auditwheel's rule: what is needed is carried or promised."""
    carried_names = {os.path.basename(p) for p in paths}
    for path in paths:
        for name in needed(path):
            if name not in carried_names and not PROMISED.match(name):
                raise SystemExit(f"{os.path.basename(path)} still needs {name}")


def main(out):
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as tree:
        build_backend.build_tree(tree)
        paths = carry(tree)
        check(paths)
        major, minor = oldest_glibc(paths)
        machine = sysconfig.get_platform().split("-", 1)[1].replace("-", "_")
        python = f"cp{sys.version_info.major}{sys.version_info.minor}"
        name = build_backend.write_wheel(tree, out, f"{python}-{python}-manylinux_{major}_{minor}_{machine}")
    print(f"{os.path.join(out, name)}: {len(paths)} libraries, glibc {major}.{minor}, {os.path.getsize(os.path.join(out, name)) / 1e6:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dist")
