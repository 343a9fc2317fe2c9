"""Recipes called from Python: what goes in comes out moved alike, in the same form, and errors say why."""

import inspect
import json
import pathlib
import pickle
import unittest
import warnings

import numpy as np

import doppel as dp

IMAGE = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
FLIP = dp.Recipe([dp.HorizontalFlip(p=1)])


def test_of_keras(image):
    return image


def torch_or_skip(test):
    try:
        import torch
    except ImportError:
        test.skipTest("no torch here")
    return torch


class Transforms(unittest.TestCase):
    def test_every_one_of_the_catalogue_is_a_class_with_a_signature_and_bounds(self):
        names = dp._core.transform_names()
        self.assertGreater(len(names), 100)
        for name in names:
            made = getattr(dp, name)
            self.assertIn("only_labels", inspect.signature(made).parameters)
            self.assertTrue(made.__doc__.startswith(dp._core.transform_entry(name)["help"]))
            self.assertIn("Default", made.__doc__)
            self.assertNotIn(" at 0x", made.__doc__)  # where it happened to lie
            whole = made()
            self.assertEqual(made(**whole.fields()), whole)
            self.assertEqual(pickle.loads(pickle.dumps(whole)), whole)
        self.assertIn("-360 to 360 degrees", dp.Rotate.__doc__)

    def test_fields_are_read_as_yaml_reads_them(self):
        self.assertEqual(dp.Rotate(angle=5).angle, (5, 5))
        self.assertEqual(dp.Resize(size=np.int64(64)).size, (64, 64))
        self.assertEqual(dp.Rotate(fill="reflect").fill, "reflect")
        self.assertEqual(dp.Rain(amount="heavy").fields(), dp.Rain(amount=dp.Rain(amount="heavy").amount).fields())
        self.assertEqual(repr(dp.OneOf([dp.Rain()], p=0.25)), "OneOf(of=[Rain()], p=0.25)")

    def test_keras_arguments_become_a_recipe_and_warn_of_what_differs(self):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            made = dp.Recipe.from_keras(rotation_range=40, horizontal_flip=True, rescale=1 / 255, fill_mode="reflect", seed=3)
            self.assertEqual(said, [])
            again = dp.Recipe.from_keras("ImageDataGenerator(rotation_range=40, horizontal_flip=True, rescale=1./255, fill_mode='reflect')")
            self.assertEqual((made.yaml(), made.seed), (again.yaml(), 3))
            self.assertEqual(made.transforms, [dp.Rotate(p=1, angle=(-40, 40), fill="symmetric"), dp.HorizontalFlip()])
            dp.Recipe.from_keras(preprocessing_function=test_of_keras, rescale=1 / 255)
        self.assertIn("preprocessing_function=test_of_keras", str(said[0].message))
        self.assertEqual(said[0].filename, __file__)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            lambda_is_named = dp.Recipe.from_keras(preprocessing_function=lambda x: x, rotation_range=np.float32(40))
        self.assertEqual([t.angle for t in lambda_is_named.transforms], [(-40, 40)])
        self.assertRegex(str(said[0].message), "preprocessing_function=lambda: ...: register it")
        with self.assertRaisesRegex(dp.UsageError, "did you mean 'rotation_range'"):
            dp.Recipe.from_keras(rotation_rnge=3)

    def test_albumentations_pipelines_become_recipes(self):
        class Pipeline:
            def to_dict(self):
                return {"__version__": "2.0.8", "transform": {
                    "__class_fullname__": "Compose", "p": 1.0, "bbox_params": {"format": "coco", "min_area": 9.0},
                    "transforms": [{"__class_fullname__": "HorizontalFlip", "p": 1.0}, {"__class_fullname__": "Mine", "p": 0.5}]}}

        for pipeline in (Pipeline(), Pipeline().to_dict(), json.dumps(Pipeline().to_dict())):
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                made = dp.Recipe.from_albumentations(pipeline, bbox_format="coco")
            self.assertEqual(made.transforms, [dp.HorizontalFlip(p=1)])
            self.assertEqual(len(said), 2)  # of boxes, and Mine
            out = made(image=IMAGE, bboxes=[(10, 5, 20, 10), (1, 1, 2, 2)], labels=["a", "b"])
            self.assertEqual((out["bboxes"][0][0], out["labels"]), (80 - 30, ["a"]))
        with self.assertRaisesRegex(dp.UsageError, "no pipeline of Albumentations'"):
            dp.Recipe.from_albumentations({"image": 3})
        for path in ("pipeline.json", pathlib.Path("pipeline.json")):
            with self.assertRaisesRegex(dp.UsageError, "'pipeline.json' is no text of a pipeline; of a file give its text"):
                dp.Recipe.from_albumentations(path)
        with self.assertRaisesRegex(dp.UsageError, "not valid JSON"):
            dp.Recipe.from_albumentations('{"transform": {"__class_fullname__": "Compose"')

    def test_errors_name_the_field_and_the_near_word(self):
        for make, words in ((lambda: dp.Rotate(angel=3), "Rotate has no field 'angel'; did you mean 'angle'?"),
                            (lambda: dp.Rotate(angle="x"), "Rotate: angle needs a range (low, high), or one number, not 'x'"),
                            (lambda: dp.Rotate(p=2), "p"),
                            (lambda: dp.Rotate(filter="linear"), "must be one of"),
                            (lambda: dp.OneOf(of=[3]), "of needs transforms"),
                            (lambda: dp.Recipe([dp.Rotate]), "is none"),
                            (lambda: dp.Recipe([], min_aria=3), "did you mean 'min_area'?"),
                            (lambda: dp.Recipe.load("stong"), "did you mean 'strong'?"),
                            (lambda: dp.Recipe([], bbox_format="voc"), "pascal_voc")):
            with self.assertRaises(dp.UsageError) as caught:
                make()
            self.assertIn(words, str(caught.exception))
            self.assertIsInstance(caught.exception, ValueError)
        with self.assertRaises(TypeError):
            dp.Rotate(3)
        with self.assertRaisesRegex(AttributeError, "did you mean 'Rotate'"):
            dp.Rotat  # noqa: B018


class RotatedBoxes(unittest.TestCase):
    def test_they_move_along_and_take_their_labels(self):
        given = np.array([[20, 10, 12, 4, 30], [70, 50, 8, 6, -10]], np.float64)
        out = FLIP(image=IMAGE, rotated_bboxes=given, labels=["a", "b"])
        np.testing.assert_allclose(out["rotated_bboxes"][0, :4], [60, 10, 12, 4], atol=1e-6)
        self.assertAlmostEqual(out["rotated_bboxes"][0, 4] % 180, 150)
        self.assertEqual(out["labels"], ["a", "b"])
        cropped = dp.Recipe([dp.CenterCrop(size=(20, 20))])
        left = cropped(image=IMAGE, bboxes=[[0, 0, 79, 59]], rotated_bboxes=given.tolist(), labels=[7])
        self.assertEqual(left["labels"], [7])
        self.assertEqual(len(left["rotated_bboxes"]), len(left["rotated_kept"]))
        self.assertTrue(set(left["rotated_kept"]) <= {0, 1})
        with_labels = FLIP(image=IMAGE, rotated_bboxes=[[20, 10, 12, 4, 30, 5]])
        self.assertEqual(with_labels["rotated_bboxes"][0, 5], 5)
        with self.assertRaisesRegex(dp.UsageError, "rows of 5 to 6 numbers"):
            FLIP(image=IMAGE, rotated_bboxes=[[1, 2, 3, 4]])
        with self.assertRaisesRegex(dp.UsageError, "2 rotated_bboxes have 1 labels"):
            FLIP(image=IMAGE, rotated_bboxes=given, labels=["a"])


class Values(unittest.TestCase):
    def test_recipes_are_values(self):
        strong = dp.Recipe.load("strong")
        again = dp.Recipe.from_yaml(strong.yaml())
        self.assertEqual(strong, again)
        self.assertEqual(hash(strong), hash(again))
        self.assertNotEqual(strong, dp.Recipe.load("light"))
        self.assertNotEqual(strong, 3)
        self.assertEqual(dp.Recipe(strong.transforms), dp.Recipe(again.transforms))

    def test_pickles_go_on_counting(self):
        noise = dp.Recipe([dp.GaussianNoise(p=1)], seed=4)
        noise(IMAGE)
        copy = pickle.loads(pickle.dumps(noise))
        self.assertEqual(copy, noise)
        self.assertTrue((copy(IMAGE) == noise(IMAGE)).all())

    def test_a_newer_versions_pickle_is_refused(self):
        make, (cls, state) = FLIP.__reduce__()
        with self.assertRaisesRegex(dp.UsageError, "pickled by a newer doppel, in format 2; this one reads 1"):
            make(cls, (2, *state[1:]))


class Calls(unittest.TestCase):
    def test_what_is_given_comes_out_moved_alike(self):
        out = FLIP(image=IMAGE, mask=IMAGE[..., 0], masks=[IMAGE[..., 1] > 100, IMAGE[..., 2].astype(np.int64)],
                   bboxes=[[10, 10, 30, 40]], keypoints=[[5, 6]], labels=["cat"], seed=1)
        self.assertTrue((out["image"] == IMAGE[:, ::-1]).all())
        self.assertTrue((out["mask"] == IMAGE[:, ::-1, 0]).all())
        self.assertEqual([m.dtype for m in out["masks"]], [np.bool_, np.int64])
        self.assertTrue((out["masks"][1] == IMAGE[:, ::-1, 2]).all())
        self.assertEqual(out["bboxes"].tolist(), [[50, 10, 70, 40]])
        self.assertEqual(out["keypoints"].tolist(), [[75, 6]])
        self.assertEqual(out["labels"], ["cat"])
        self.assertEqual(out["plan"].words(), "flip horizontal")

    def test_boxes_in_every_form(self):
        for form, box, moved in (("pascal_voc", [8, 6, 24, 30], [56, 6, 72, 30]), ("coco", [8, 6, 16, 24], [56, 6, 16, 24]),
                                 ("yolo", [.2, .3, .2, .4], [.8, .3, .2, .4]), ("relative", [.1, .1, .3, .5], [.7, .1, .9, .5])):
            out = dp.Recipe([dp.HorizontalFlip(p=1)], bbox_format=form)(image=IMAGE, bboxes=[box])
            np.testing.assert_allclose(out["bboxes"], [moved])

    def test_dropped_boxes_drop_their_labels_and_say_which_stayed(self):
        crop = dp.Recipe([dp.CenterCrop(size=(20, 20), p=1)], classes=["cat", "dog"])
        boxes = np.array([[0, 0, 5, 5], [35, 25, 45, 35], [70, 50, 80, 60]], np.float32)
        for labels, left in ((["dog", "cat", "dog"], ["cat"]), (np.array([4, 5, 6]), [5]), ([7, 8, 9], [8])):
            out = crop(image=IMAGE, bboxes=boxes, labels=labels)
            self.assertEqual(out["bboxes"].dtype, np.float32)
            self.assertEqual(out["bboxes"].tolist(), [[5, 5, 15, 15]])
            self.assertEqual(list(out["labels"]), left)
            self.assertEqual(out["kept"].tolist(), [1])
        out = crop(image=IMAGE, bboxes=[], labels=[])
        self.assertEqual((out["bboxes"].shape, out["labels"]), ((0, 4), []))
        self.assertEqual(crop(image=IMAGE, bboxes=[[35, 25, 45, 35, 3]])["bboxes"].tolist(), [[5, 5, 15, 15, 3]])

    def test_maps_and_polygons_move_along(self):
        recipe = dp.Recipe([dp.HorizontalFlip(p=1)])
        out = recipe(image=np.zeros((4, 6, 3), np.uint8), maps={"flow": np.ones((4, 6, 2)), "depth": np.arange(24).reshape(4, 6)},
                     polygons=[{"points": [[0, 0], [2, 0], [2, 2]], "label": 3}], polylines=[])
        self.assertEqual(out["maps"]["flow"][1, 1].tolist(), [-1, 1])
        self.assertEqual(out["maps"]["depth"][0].tolist(), [5, 4, 3, 2, 1, 0])
        self.assertEqual(out["polygons"][0]["points"].tolist(), [[6, 0], [4, 0], [4, 2]])
        self.assertEqual((out["polygons"][0]["label"], out["polylines"]), (3, []))

    def test_keypoints_outside_are_flagged_or_dropped(self):
        points = [[1, 1], [40, 30, ]]
        out = dp.Recipe([dp.CenterCrop(size=(20, 20), p=1)])(image=IMAGE, keypoints=points)
        self.assertEqual(out["keypoints_visible"].tolist(), [0, 1])
        out = dp.Recipe([dp.CenterCrop(size=(20, 20), p=1)], keypoints="drop")(image=IMAGE, keypoints=points)
        self.assertEqual((out["keypoints"].tolist(), out["keypoints_kept"].tolist()), ([[10, 10]], [1]))

    def test_a_call_is_a_function_of_seed_epoch_and_index(self):
        strong = dp.Recipe.load("strong")
        first = strong(image=IMAGE, seed=3, epoch=1, index=7)
        strong(IMAGE)
        self.assertTrue((strong(image=IMAGE, seed=3, epoch=1, index=7)["image"] == first["image"]).all())
        self.assertNotEqual(strong(image=IMAGE, seed=3, epoch=2, index=7)["plan"], first["plan"])
        one, two = dp.Recipe.load("strong", seed=5), dp.Recipe.load("strong", seed=5)
        self.assertTrue(all((one(IMAGE) == two(IMAGE)).all() for _ in range(3)))

    def test_plans_are_replayed_on_what_belongs_together(self):
        strong = dp.Recipe.load("strong")
        out = strong(image=IMAGE, bboxes=[[10, 10, 50, 50]], seed=2)
        for plan in (out["plan"], dp.Plan.from_yaml(out["plan"].yaml()), dp.Plan.from_yaml(out["plan"].json()),
                     pickle.loads(pickle.dumps(out["plan"]))):
            again = strong.replay(plan, image=IMAGE, bboxes=[[10, 10, 50, 50]])
            self.assertTrue((again["image"] == out["image"]).all())
            self.assertEqual(again["bboxes"].tolist(), out["bboxes"].tolist())
        with self.assertRaisesRegex(dp.UsageError, "drawn for an image of 60x80"):
            strong.replay(out["plan"], image=IMAGE[:50])

    def test_a_preview_shows_itself(self):
        page = dp.Recipe.load("light").preview([IMAGE], count=2)._repr_html_()
        self.assertEqual(page.count("data:image/png;base64,"), 3)

    def test_examples_of_hugging_face_are_changed_by_column(self):
        changed = FLIP.on_examples("pixels", mask="annotation")({"pixels": [IMAGE], "annotation": [IMAGE[..., 0]], "id": [3]})
        self.assertTrue((changed["annotation"][0] == IMAGE[:, ::-1, 0]).all())
        self.assertEqual(changed["id"], [3])


class Forms(unittest.TestCase):
    def test_arrays_that_lie_otherwise(self):
        expected = FLIP(IMAGE)
        frozen = IMAGE.copy()
        frozen.flags.writeable = False
        wide = np.zeros((60, 160, 3), np.uint8)
        wide[:, 40:120] = IMAGE
        for given in (frozen, np.asfortranarray(IMAGE), wide[:, 40:120], np.ascontiguousarray(IMAGE[:, ::-1])[:, ::-1],
                      np.ascontiguousarray(IMAGE.transpose(2, 0, 1)).transpose(1, 2, 0)):
            self.assertTrue((FLIP(given) == expected).all())
        self.assertEqual(FLIP(IMAGE[..., 0]).shape, (60, 80))
        self.assertEqual(FLIP(IMAGE[..., :1]).shape, (60, 80, 1))
        floats = IMAGE.astype(np.float32) / 255
        self.assertTrue((FLIP(floats) == floats[:, ::-1]).all())
        self.assertEqual(dp.Recipe([dp.Normalize()])(IMAGE).dtype, np.float32)

    def test_what_is_no_image_is_refused_with_the_reason(self):
        for given, words in ((IMAGE.astype(float), "float64"), (IMAGE.astype(">f4"), "float32"), (IMAGE[:0], "has no pixels"),
                             (np.zeros((2, 60, 80), np.uint8), "80 channels"), (IMAGE.transpose(2, 0, 1), "transpose"), (IMAGE[None], "4 dimensions"),
                             (None, "NoneType"), ([[1, 2]], "list"), ("a.jpg", "str")):
            with self.assertRaises(dp.UsageError) as caught:
                FLIP(image=given)
            self.assertIn(words, str(caught.exception))
        for keywords, words in (({"bboxes": [[1, 2, 3]]}, "4 to 5 numbers"), ({"bboxes": "abc"}, "rows of numbers"),
                                ({"bboxes": [[1, 2, 3, 4]], "labels": []}, "1 bboxes have 0 labels"),
                                ({"keypoints": [[1]]}, "2 to 4 numbers"), ({"mask": IMAGE}, "[H, W]"),
                                ({"mask": IMAGE[:5, :, 0]}, "5x80"), ({"mask": IMAGE[..., 0] * 0.5}, "class numbers"),
                                ({"bbox": []}, "did you mean 'bboxes'?"), ({"seed": -1}, "seed"), ({"index": 1.5}, "index"),
                                ({"bboxes": [[1, 2, float("nan"), 4]]}, "")):
            with self.assertRaises(dp.Error) as caught:
                FLIP(image=IMAGE, **keywords)
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(dp.UsageError):
            FLIP(IMAGE, IMAGE)
        with self.assertRaises(dp.UsageError):
            FLIP()

    def test_tensors_are_channels_first(self):
        torch = torch_or_skip(self)
        tensor = torch.from_numpy(IMAGE).permute(2, 0, 1)
        self.assertTrue((FLIP(tensor) == tensor.flip(2)).all())
        out = FLIP(image=tensor.float().div(255).requires_grad_(), mask=tensor[0], bboxes=torch.tensor([[1., 2, 3, 4]]), labels=torch.tensor([3]))
        self.assertEqual((out["image"].dtype, out["mask"].dtype, out["labels"].dtype), (torch.float32, torch.uint8, torch.int64))
        self.assertEqual(out["bboxes"].tolist(), [[77, 2, 79, 4]])
        with self.assertRaisesRegex(dp.UsageError, "permute"):
            FLIP(torch.from_numpy(IMAGE))
        with self.assertRaisesRegex(dp.UsageError, "on meta"):
            FLIP(torch.zeros(3, 4, 4, device="meta"))

    def test_pil_images_stay_what_they_are(self):
        try:
            from PIL import Image
        except ImportError:
            self.skipTest("no PIL here")
        out = FLIP(Image.fromarray(IMAGE))
        self.assertTrue((np.asarray(out) == IMAGE[:, ::-1]).all())
        self.assertEqual(FLIP(Image.fromarray(IMAGE).convert("P")).mode, "RGB")

    def test_workers_of_torch_have_streams_of_their_own(self):
        torch = torch_or_skip(self)
        noise = dp.Recipe([dp.GaussianNoise(p=1)])

        class Same(torch.utils.data.Dataset):
            def __len__(self):
                return 4

            def __getitem__(self, index):
                return torch.from_numpy(noise(IMAGE))

        def draw():
            torch.manual_seed(3)
            loader = torch.utils.data.DataLoader(Same(), batch_size=1, num_workers=2)
            return [b for _ in range(2) for b in loader]

        first, again = draw(), draw()
        self.assertTrue(all((a == b).all() for a, b in zip(first, again)))
        self.assertEqual(len({b.numpy().tobytes() for b in first}), 8)


if __name__ == "__main__":
    unittest.main()
