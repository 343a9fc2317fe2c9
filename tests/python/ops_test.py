"""Operations of one's own, and images that aren't 8-bit grey or RGB."""

import unittest

import numpy as np

import doppel as dp

BANDS = np.random.default_rng(1).integers(0, 4096, (40, 50, 6), np.uint16)


@dp.op
def halve(image, arguments, seed):
    return (image * np.asarray(arguments[0], np.float32)).astype(image.dtype)


@dp.op(map=lambda x, y, size, arguments: (x, size[0] - y), mask=lambda mask, arguments, seed: mask[::-1])
def topple(image, arguments, seed):
    return image[::-1]


@dp.op
def broken(image, arguments, seed):
    raise KeyError("what is wanted")


class Ops(unittest.TestCase):
    def test_a_function_of_arrays_is_part_of_recipes(self):
        recipe = dp.Recipe([dp.Custom(op="halve", arguments=[0.5])])
        out = recipe(image=BANDS)["image"]
        np.testing.assert_array_equal(out, BANDS // 2)
        self.assertEqual(out.dtype, np.uint16)
        self.assertIn("halve", recipe.yaml())

    def test_targets_follow_its_map(self):
        out = dp.Recipe([dp.Custom(op="topple")])(
            image=BANDS, bboxes=[(2, 3, 10, 9)], labels=[1], mask=np.eye(40, 50, dtype=np.uint8))
        np.testing.assert_array_equal(out["image"], BANDS[::-1])
        np.testing.assert_array_equal(out["mask"], np.eye(40, 50, dtype=np.uint8)[::-1])
        np.testing.assert_allclose(out["bboxes"], [(2, 31, 10, 37)])

    def test_loaders_run_it_for_any_number_of_workers(self):
        recipe = dp.Recipe([dp.Custom(op="halve", arguments=[0.2], to=[0.9]), dp.HorizontalFlip()])
        source = dp.arrays(np.stack([BANDS] * 8))
        batches = [np.concatenate([np.array(b["image"].numpy()) for b in dp.Loader(source, recipe, batch=4, seed=3, workers=w, output="doppel", epochs=1)])
                   for w in (0, 2)]
        self.assertEqual(batches[0].shape, (8, 6, 40, 50))
        np.testing.assert_array_equal(*batches)

    def test_what_it_raises_is_said(self):
        with self.assertRaisesRegex(dp.Error, "the operation broken: KeyError: 'what is wanted'"):
            dp.Recipe([dp.Custom(op="broken")])(image=BANDS)
        with self.assertRaisesRegex(dp.UsageError, "no operation 'halv' is registered; did you mean 'halve'"):
            dp.Custom(op="halv")

    def test_saying_it_again_changes_it(self):
        dp.op("again")(lambda image, arguments, seed: image)
        dp.op("again")(lambda image, arguments, seed: 0 * image)
        self.assertEqual(dp.Recipe([dp.Custom(op="again")])(image=BANDS)["image"].max(), 0)
        with self.assertRaisesRegex(dp.UsageError, "may only be replaced"):
            dp.op("again", map=lambda *_: (0, 0))(lambda image, arguments, seed: image)


class Images(unittest.TestCase):
    def test_any_depth_and_any_bands_come_back_as_they_were(self):
        flip = dp.Recipe([dp.HorizontalFlip(p=1)])
        for image in (BANDS, BANDS[..., :3].copy(), BANDS[..., 0].copy(), (BANDS / 4095).astype(np.float32),
                      BANDS[..., :5].astype(np.uint8)):
            np.testing.assert_array_equal(flip(image=image)["image"], image[:, ::-1])

    def test_what_looks_turned_is_refused(self):
        flip = dp.Recipe([dp.HorizontalFlip(p=1)])
        with self.assertRaisesRegex(ValueError, "may be .C, H, W.: array.transpose"):
            flip(image=np.zeros((3, 32, 32), np.uint8))
        for shape in ((13, 64, 64), (6, 224, 224)):
            with self.assertRaisesRegex(ValueError, "may be .C, H, W.: array.transpose"):
                flip(image=np.zeros(shape, np.uint8))
        self.assertEqual(flip(image=np.zeros((9, 9, 30), np.uint8))["image"].shape, (9, 9, 30))  # a patch of many bands
        with self.assertRaisesRegex(ValueError, "65 channels; an image is .H, W, C. with 1 to 64"):
            flip(image=np.zeros((8, 8, 65), np.uint8))

    def test_colours_are_named(self):
        hue = [dp.HueSaturationValue(p=1)]
        with self.assertRaisesRegex(dp.Error, "needs red, green and blue; an image with 6 channels has bands"):
            dp.Recipe(hue)(image=BANDS)
        out = dp.Recipe(hue, rgb=[2, 1, 0])(image=BANDS * 16)["image"]
        np.testing.assert_array_equal(out[..., 3:], BANDS[..., 3:] * 16)

    def test_batches_may_be_16_bits_and_halves(self):
        source = dp.arrays(np.stack([BANDS[..., :3]] * 4))
        for kind, dtype in (("uint16", np.uint16), ("float16", np.float16)):
            batch = next(iter(dp.Loader(source, None, batch=4, dtype=kind, output="numpy", epochs=1)))
            self.assertEqual(batch["image"].dtype, dtype)
        ranged = source.ranged(0, 4095)
        batch = next(iter(dp.Loader(ranged, None, batch=4, output="numpy", epochs=1)))
        np.testing.assert_allclose(batch["image"][0].transpose(1, 2, 0), BANDS[..., :3] / 4095, atol=1e-4)
        low, high = source.measured_range()
        self.assertEqual((low, high), (BANDS[..., :3].min(), BANDS[..., :3].max()))


if __name__ == "__main__":
    unittest.main()
