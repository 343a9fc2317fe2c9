"""Makes zips/: archives by other programs, for zip_file_test.cpp. Each holds what its name says of
cat/1.txt ("meow\n" 40 times) and "dög/2.txt" ("woof").

Made with Python 3.11.7's zipfile, Info-ZIP's zip 3.0, libarchive's bsdtar 3.6.2 and OpenJDK 17's jar, in a UTF-8 locale.
usage: make_zips.py
"""
import pathlib
import subprocess
import tempfile
import zipfile

out = pathlib.Path(__file__).resolve().parent / "zips"
out.mkdir(exist_ok=True)
cat, dog = b"meow\n" * 40, b"woof"
moment = (2024, 1, 2, 3, 4, 6)


def info(name, method):
    entry = zipfile.ZipInfo(name, moment)
    entry.compress_type = method
    return entry


def by_python(name, method, force_zip64=False, comment=b""):
    with zipfile.ZipFile(out / name, "w") as archive:
        for path, data in (("cat/1.txt", cat), ("dög/2.txt", dog)):
            with archive.open(info(path, method), "w", force_zip64=force_zip64) as member:
                member.write(data)
        archive.comment = comment


class Unseekable:
    """Of which zipfile writes sizes behind the data."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


by_python("python_stored.zip", zipfile.ZIP_STORED, comment=b"a comment with PK\x05\x06 in it, long enough to look like an end")
by_python("python_deflated_zip64.zip", zipfile.ZIP_DEFLATED, force_zip64=True)
by_python("python_bzip2.zip", zipfile.ZIP_BZIP2)
by_python("python_lzma.zip", zipfile.ZIP_LZMA)
with open(out / "python_descriptors.zip", "wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
    for path, data in (("cat/1.txt", cat), ("dög/2.txt", dog)):
        archive.writestr(info(path, zipfile.ZIP_DEFLATED), data)
(out / "prepended.zip").write_bytes(b"#!/bin/sh\nexit\n" + (out / "python_stored.zip").read_bytes())

with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    for path, data in (("cat/1.txt", cat), ("dög/2.txt", dog)):
        (root / path).parent.mkdir()
        (root / path).write_bytes(data)
    for name, words in (("infozip.zip", ["zip", "-q", "-r"]), ("infozip_encrypted.zip", ["zip", "-q", "-r", "-P", "secret"])):
        (out / name).unlink(missing_ok=True)
        subprocess.run([*words, out / name, "cat", "dög"], cwd=root, check=True)
    (root / "cat/link").symlink_to("1.txt")
    (out / "infozip_link.zip").unlink(missing_ok=True)
    subprocess.run(["zip", "-q", "-r", "-y", out / "infozip_link.zip", "cat", "dög"], cwd=root, check=True)
    (root / "cat/link").unlink()
    subprocess.run(["bsdtar", "-c", "--format", "zip", "-f", out / "bsdtar.zip", "cat", "dög"], cwd=root, check=True)
    subprocess.run(["jar", "-c", "-f", out / "jar.zip", "-M", "cat", "dög"], cwd=root, check=True)
    subprocess.run(f"cat cat/1.txt | zip -q - - > {out}/infozip_stream.zip", shell=True, cwd=root, check=True)
