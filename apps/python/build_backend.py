"""PEP 517: a wheel by CMake. Nothing is fetched."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def _version():
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        return re.search(r"project\(doppel VERSION ([\d.]+)", file.read())[1]


def _metadata():
    return (f"Metadata-Version: 2.1\nName: doppel\nVersion: {_version()}\nSummary: Training images that go further\n"
            "License: Apache-2.0\nRequires-Python: >=3.9\n")


def _tag():
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def _install(prefix):
    build = os.environ.get("DOPPEL_BUILD", os.path.join(ROOT, "build-wheel"))
    subprocess.run(["cmake", "-S", ROOT, "-B", build, "-DDOPPEL_PYTHON=ON", f"-DPython_EXECUTABLE={sys.executable}",
                    "-DDOPPEL_PYTHON_DIR=.", *([] if os.path.exists(os.path.join(build, "CMakeCache.txt")) else ["-DDOPPEL_BUILD_TESTS=OFF"])], check=True)
    subprocess.run(["cmake", "--build", build, "--parallel", str(os.cpu_count()), "--target", "doppel_python", "doppel_python_plug_ins"],
                   check=True)
    for component in ("python", "wheel"):
        subprocess.run(["cmake", "--install", build, "--component", component, "--prefix", prefix, "--strip"], check=True)
    subprocess.run(["cp", "-r", os.path.join(ROOT, "dataset/sample"), os.path.join(prefix, "doppel/sample")], check=True)


def _add(wheel, inside, data, moment, runs=False):
    """A file of the wheel, the same wherever and by whomever it's made."""
    entry = zipfile.ZipInfo(inside, moment)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o100755 if runs else 0o100644) << 16
    wheel.writestr(entry, data)


def write_wheel(tree, out, tag):
    """Zips a folder that has its dist-info, with the list of what is in it."""
    info = f"doppel-{_version()}.dist-info"
    with open(os.path.join(tree, info, "WHEEL"), "w", encoding="utf-8") as file:
        file.write(f"Wheel-Version: 1.0\nGenerator: doppel\nRoot-Is-Purelib: false\nTag: {tag}\n")
    name = f"doppel-{_version()}-{tag}.whl"
    moment = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), 315532800))[:6]  # ZIP's years begin in 1980
    record = []
    with zipfile.ZipFile(os.path.join(out, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for folder, _, files in sorted(os.walk(tree)):
            for path in sorted(os.path.join(folder, f) for f in files if f != "RECORD"):
                with open(path, "rb") as file:
                    data = file.read()
                inside = os.path.relpath(path, tree)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                record.append(f"{inside},sha256={digest},{len(data)}\n")
                _add(wheel, inside, data, moment, os.stat(path).st_mode & 0o111)
        _add(wheel, f"{info}/RECORD", "".join(record) + f"{info}/RECORD,,\n", moment)
    return name


def build_tree(tree):
    """What the wheel has, unpacked."""
    _install(tree)
    info = os.path.join(tree, f"doppel-{_version()}.dist-info")
    os.makedirs(info)
    with open(os.path.join(info, "METADATA"), "w", encoding="utf-8") as file:
        file.write(_metadata())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as tree:
        build_tree(tree)
        return write_wheel(tree, wheel_directory, _tag())


def build_sdist(sdist_directory, config_settings=None):
    name = f"doppel-{_version()}"
    subprocess.run(["git", "-C", ROOT, "archive", "--format=tar.gz", f"--prefix={name}/", "-o",
                    os.path.join(os.path.abspath(sdist_directory), f"{name}.tar.gz"), "HEAD"], check=True)
    return f"{name}.tar.gz"
