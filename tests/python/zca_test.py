"""ZCA whitening against Keras' formula."""

import pathlib
import tempfile
import unittest

import numpy as np

import doppel as dp

RANDOM = np.random.default_rng(1)
IMAGES = (RANDOM.random((200, 4, 5, 3)) @ RANDOM.random((3, 3))).astype(np.float32)  # channels that correlate


def keras_whitened(images, epsilon):
    """keras/src/legacy/preprocessing/image.py: fit() and standardize() with zca_whitening."""
    x = images.astype(np.float64) - images.astype(np.float64).mean((0, 1, 2), keepdims=True)
    flat = x.reshape(len(x), -1)
    u, s, _ = np.linalg.svd(flat.T, full_matrices=False)
    matrix = (u * (np.sqrt(len(x)) / (s + epsilon))).dot(u.T)
    return (flat @ matrix).reshape(x.shape)


class Zca(unittest.TestCase):
    def test_it_is_that_of_keras(self):
        for epsilon in (1e-6, 0.5):
            white = dp.ZcaWhitening.fit(IMAGES, epsilon=epsilon, layout="NHWC")
            self.assertLess(abs(white(IMAGES) - keras_whitened(IMAGES, epsilon)).max(), 2e-3)
        self.assertEqual(white(IMAGES[:3]).dtype, np.float32)

    def test_numbers_are_uncorrelated(self):
        flat = dp.ZcaWhitening.fit(IMAGES, layout="NHWC")(IMAGES).reshape(200, -1)
        self.assertLess(abs(flat.T @ flat / 200 - np.eye(60)).max(), 1e-3)

    def test_layouts_and_loaders_give_the_same(self):
        bytes_ = (IMAGES / IMAGES.max() * 255).astype(np.uint8)
        whole = dp.ZcaWhitening.fit(bytes_.transpose(0, 3, 1, 2) / np.float32(255))
        loader = dp.Loader(dp.arrays(bytes_), batch=30, order="sequential", output="numpy")
        self.assertLess(abs(dp.ZcaWhitening.fit(loader).matrix - whole.matrix).max(), 1e-3 * abs(whole.matrix).max())
        batch = next(iter(loader.map(whole)))
        self.assertLess(abs(batch["image"] - whole(bytes_[:30].transpose(0, 3, 1, 2) / np.float32(255))).max(), 1e-3)
        self.assertIn("index", batch)

    def test_what_never_varies_becomes_0(self):
        images = IMAGES.copy()
        images[:, 0] = 0.25
        white = dp.ZcaWhitening.fit(images, layout="NHWC")(images)
        self.assertTrue(np.isfinite(white).all())

    def test_it_is_kept_in_a_file(self):
        white = dp.ZcaWhitening.fit(IMAGES, layout="NHWC")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "white.npz")
            white.save(path)
            again = dp.ZcaWhitening.load(path)
            self.assertTrue((again(IMAGES) == white(IMAGES)).all())
            self.assertEqual((again.shape, again.epsilon), (white.shape, white.epsilon))
            path.write_bytes(b"nothing")
            with self.assertRaisesRegex(dp.Error, "white.npz: this is no whitening"):
                dp.ZcaWhitening.load(path)

    def test_what_is_wrong_is_named(self):
        white = dp.ZcaWhitening.fit(IMAGES, layout="NHWC")
        for make, words in ((lambda: dp.ZcaWhitening.fit(np.zeros((2, 3, 65, 64), np.float32)), "12288 .64x64x3. are the most"),
                            (lambda: dp.ZcaWhitening.fit(np.zeros((2, 3, 4, 4), np.uint8)), "needs floats, not uint8"),
                            (lambda: dp.ZcaWhitening.fit(np.zeros((3, 4, 4), np.float32)), "needs images"),
                            (lambda: dp.ZcaWhitening.fit(IMAGES[:1], layout="NHWC"), "2 images or more"),
                            (lambda: dp.ZcaWhitening.fit(IMAGES, layout="HWC"), "layout is 'NCHW' or 'NHWC'"),
                            (lambda: dp.ZcaWhitening.fit(IMAGES, epsilon=-1), "epsilon"),
                            (lambda: white(IMAGES[:, :3]), "the whitening is of images")):
            with self.assertRaisesRegex(dp.UsageError, words):
                make()


if __name__ == "__main__":
    unittest.main()
