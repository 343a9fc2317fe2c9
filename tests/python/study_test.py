"""Training, predicting and looking at data from Python; what is needed for them is loaded no earlier."""

import contextlib
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import numpy as np

import doppel as dp

try:
    import doppel._nn  # noqa: F401
except ImportError:
    print("built without the program: skipped")
    sys.exit(0)


class Study(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_numbers_are_learned_and_told(self):
        for i in range(32):
            with open(os.path.join(self.folder, f"{i}.pgm"), "wb") as file:
                file.write(b"P5\n8 8\n255\n" + bytes([7 * i] * 64))
        table = os.path.join(self.folder, "t.csv")
        with open(table, "w", encoding="utf-8") as file:
            file.write("path,level\n" + "".join(f"{i}.pgm,{7 * i}\n" for i in range(32)))
        run = dp.train(table, out=os.path.join(self.folder, "run"), net="gap-fc", epochs=40, batch=8, lr=0.05, loss="mse", columns="target=level")
        self.assertEqual(run.model.numbers, ["level"])
        images = [np.full((8, 8), level, np.uint8) for level in (30, 180)]
        np.testing.assert_allclose(run.model(images).ravel(), [30, 180], atol=12)
        with self.assertRaises(TypeError):
            run.predict(images)

    def test_masks_are_learned_and_told(self):
        def png(path, grey):
            def chunk(kind, data):
                return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            rows = b"".join(b"\0" + row.tobytes() for row in grey)
            with open(path, "wb") as file:
                file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *grey.shape[::-1], 8, 0, 0, 0, 0))
                           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        for i in range(16):
            mask = np.zeros((12, 16), np.uint8)
            mask[i % 6:i % 6 + 5, i % 9:i % 9 + 6] = 1
            png(os.path.join(self.folder, "data", "images", f"{i}.png"), 40 + 160 * mask)
            png(os.path.join(self.folder, "data", "masks", f"{i}.png"), mask)
        data = os.path.join(self.folder, "data")
        run = dp.train(data, out=os.path.join(self.folder, "run"), net="conv3x3(4)-relu-conv1x1(classes)", epochs=40, batch=8, lr=0.05,
                       loss="segmentation", recipe="none")
        self.assertEqual(run.model.logits([200 * mask]).shape, (1, 2, 12, 16))
        np.testing.assert_allclose(run.model([200 * mask]).sum(axis=1), 1)
        np.testing.assert_array_equal(run.predict([40 + 160 * mask]), [mask])
        self.assertGreater(run.evaluate(data)["mean_iou"], 0.95)
        told = run.predict(os.path.join(data, "images"), out=os.path.join(self.folder, "told"))
        self.assertEqual(len(told), 16)
        self.assertTrue(os.path.exists(told[0]["mask"]))

    def test_a_run_is_trained_measured_used_and_exported(self):
        out = os.path.join(self.folder, "run")
        run = dp.train("sample:digits", out=out, net="small28", epochs=1, per_class=40, recipe=dp.Recipe.load("digits"), seed=1)
        self.assertEqual([m["epoch"] for m in run.metrics], [1])
        digits = dp.open("sample:digits", "test")
        images = [digits[i]["image"] for i in range(20)]
        shares = run.model(images)
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        self.assertEqual(run.predict(images), [run.model.classes[k] for k in shares.argmax(axis=1)])
        self.assertEqual(run.model.input, (1, 28, 28))
        measured = run.evaluate("sample:digits")
        self.assertIn("accuracy", json.dumps(measured))
        run.export(os.path.join(self.folder, "digits.onnx"))
        self.assertGreater(os.path.getsize(os.path.join(self.folder, "digits.onnx")), 1000)
        self.assertIn("<table>", run._repr_html_())

    def test_what_is_printed_goes_where_python_prints(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            found = dp.inspect("sample:photos")
        self.assertIn("5 samples", said.getvalue())
        self.assertTrue(found)

    def test_a_pack_is_read_again(self):
        pack = os.path.join(self.folder, "pack")
        dp.pack("sample:photos", pack)
        self.assertEqual(len(dp.open(pack)), len(dp.open("sample:photos")))

    def test_options_are_refused_as_the_program_does(self):
        for act in (lambda: dp.train("sample:digits", out=self.folder + "/x", epocs=3), lambda: dp.inspect("no/such"), lambda: dp.command("trian"),
                    lambda: dp.model("resnet19"), lambda: dp.model("resnet18", weights="no.pth")):
            with self.assertRaises(dp.Error):
                act()

    def test_networks_have_names(self):
        net = dp.model("resnet18_cifar", classes=["cat", "dog"], size=32)
        logits = net.logits([np.zeros((40, 50, 3), np.uint8), np.zeros((32, 32), np.uint8)])
        self.assertEqual((logits.shape, net.classes), ((2, 2), ["cat", "dog"]))
        self.assertEqual(net.logits([]).shape, (0, 2))

    def test_it_is_loaded_when_it_is_asked_for(self):
        program = "import sys, doppel; assert 'doppel._nn' not in sys.modules and 'torch' not in sys.modules and 'numpy' not in sys.modules"
        subprocess.run([sys.executable, "-c", program], check=True)


if __name__ == "__main__":
    unittest.main()
