"""A wheel's bytes are those of what is in it: no time, place or order of its making."""
import os
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["DOPPEL_SOURCE"], "apps/python"))
import build_backend  # noqa: E402


def wheel_of(folder, files, moment):
    """The bytes of a wheel of files that were written in this order, at that moment."""
    tree, out = pathlib.Path(folder, "tree"), pathlib.Path(folder, "out")
    out.mkdir()
    (tree / f"doppel-{build_backend._version()}.dist-info").mkdir(parents=True)
    for name in files:
        (tree / "doppel" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "doppel" / name).write_text(name)
        os.utime(tree / "doppel" / name, (moment, moment))
    (tree / "doppel/_core.so").chmod(0o775)
    return (out / build_backend.write_wheel(str(tree), str(out), "py3-none-any")).read_bytes()


class Wheel(unittest.TestCase):
    def test_is_the_same_wherever_and_whenever_it_is_made(self):
        files = ["__init__.py", "_core.so", "sample/digits/a.gz"]
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, \
                unittest.mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": "1700000000"}):
            first = wheel_of(one, files, 1_500_000_000)
            self.assertEqual(first, wheel_of(two, files[::-1], 1_600_000_000))
        with tempfile.TemporaryDirectory() as three, unittest.mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": "1800000000"}):
            self.assertNotEqual(first, wheel_of(three, files, 1_500_000_000))  # it is the time that is said


if __name__ == "__main__":
    unittest.main()
