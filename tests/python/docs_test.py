"""The Python of docs/python.md and its neighbours runs as it stands, and the examples, which mypy --strict accepts."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("DOPPEL_SOURCE", pathlib.Path(__file__).parents[2]))
EXAMPLES = sorted((SOURCE / "examples/python").glob("*.py"))


def has(module):
    import importlib.util

    return importlib.util.find_spec(module) is not None


class Docs(unittest.TestCase):
    def test_pages_run(self):
        for page in ("README.md", "docs/python.md", "docs/from-albumentations.md", "docs/from-keras.md",
                     "docs/from-torchvision.md"):
            blocks = re.findall(r"^```python\n(.*?)^```", (SOURCE / page).read_text(), re.S | re.M)
            self.assertGreater(len(blocks), 0)
            if not has("torch") and "torch" in "".join(blocks):
                continue
            exec(compile("\n".join(blocks), page, "exec"), {"__name__": page})  # noqa: S102

    def test_every_name_in_the_tables_is_there(self):
        import doppel as dp

        for page in ("from-albumentations.md", "from-keras.md", "from-torchvision.md"):
            for row in re.findall(r"^\| .* \| (.*) \|$", (SOURCE / "docs" / page).read_text(), re.M):
                for name in re.findall(r"`(?:dp\.)?([A-Z]\w+)[`(]", row):
                    self.assertTrue(hasattr(dp, name), f"{page}: {name}")


@unittest.skipUnless(has("torch"), "no torch here")
class Examples(unittest.TestCase):
    def test_they_run(self):
        self.assertGreater(len(EXAMPLES), 4)
        for example in EXAMPLES:
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run([sys.executable, "-B", example], capture_output=True, text=True, cwd=folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                if example.name == "classify.py":
                    self.assertGreater(float(done.stdout.split()[-1]), 0.85)

    def test_mypy_accepts_them(self):
        if not has("mypy"):
            self.skipTest("no mypy here")
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "mypy.ini")
            # Reading all of torch takes minutes.
            config.write_text("[mypy]\nstrict = True\nwarn_unused_ignores = False\ndisallow_subclassing_any = False\n"
                              "[mypy-torch.*]\nfollow_imports = skip\n[mypy-torchvision.*]\nignore_missing_imports = True\n")
            package = pathlib.Path(__import__("doppel").__file__).parent.parent
            # What lies on PYTHONPATH counts as installed, and mypy keeps errors in such packages to itself.
            around = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", config, "--cache-dir", folder, *EXAMPLES],
                                  capture_output=True, text=True, env=dict(around, MYPYPATH=str(package)))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
