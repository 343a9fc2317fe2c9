"""Batches in Python are C++'s, without a copy; epochs, states and errors are as users of torch expect them."""

import copy
import gc
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import threading
import unittest

import numpy as np

import doppel as dp

os.environ.pop("RANK", None)


def loader(data="sample:digits", recipe="digits", **options):
    return dp.Loader(data, recipe, **{"batch": 64, "seed": 5, "output": "numpy", **options})


class Batches(unittest.TestCase):
    def test_an_epoch_is_cpps(self):
        program = os.environ.get("DOPPEL_PROGRAM", "")
        if not os.path.exists(program):
            self.skipTest("the program isn't built")
        said = subprocess.run([program, "bench", "load", "sample:digits", "--recipe", "digits", "--batch", "64", "--seed", "5", "--epochs", "1"],
                              capture_output=True, text=True, check=True).stdout
        for workers in (0, 2):
            mine = loader(workers=workers)
            digest = 0
            for batch in mine:
                digest = mine._here().digest(digest)
                self.assertEqual(batch["image"].shape[1:], (1, 28, 28))
            self.assertIn(f"{digest:016x}", said)

    def test_batches_are_the_same_for_any_workers_and_output(self):
        expected = [b["image"].tobytes() for b in loader(workers=0)]
        self.assertEqual([b["image"].tobytes() for b in loader(workers=3, prefetch=1)], expected)
        self.assertEqual([np.asarray(b["image"]).tobytes() for b in loader(output="doppel")], expected)

    def test_epochs_follow_each_other(self):
        mine = loader()
        first = [b["image"].tobytes() for b in mine]
        second = [b["image"].tobytes() for b in mine]
        self.assertEqual((len(first), len(mine)), (32, 32))
        self.assertNotEqual(first, second)
        mine.set_epoch(0)
        self.assertEqual([b["image"].tobytes() for b in mine], first)
        batch = next(iter(mine))
        self.assertEqual((batch.epoch, batch.step, batch.valid), (1, 0, 64))
        self.assertEqual(batch["image"].tobytes(), second[0])
        self.assertEqual(mine.peek(1, 3)["image"].tobytes(), second[3])
        self.assertIn("epoch 1, step 0, row 2: train-images", mine.explain(batch, 2))

    def test_states_go_on_where_they_were(self):
        mine = loader()
        at = iter(mine)
        for _ in range(3):
            next(at)
        state = mine.state_dict()
        rest = [b["image"].tobytes() for b in at]
        self.assertEqual(len(rest), 29)
        for other in (loader(workers=0), pickle.loads(pickle.dumps(mine))):
            other.load_state_dict(pickle.loads(pickle.dumps(state)))
            other.set_epoch(0)
            self.assertEqual([b["image"].tobytes() for b in other], rest)
            self.assertEqual(next(iter(other)).epoch, 1)
        with self.assertRaisesRegex(dp.UsageError, "saved with seed 5"):
            loader(seed=6).load_state_dict(state)
        with self.assertRaisesRegex(dp.UsageError, "isn't a loader's"):
            mine.load_state_dict({})

    def test_types_layouts_and_labels(self):
        for dtype, layout, shape, kind in (("uint8", "NHWC", (64, 28, 28, 1), np.uint8), ("bf16", "NCHW", (64, 1, 28, 28), np.uint16)):
            batch = next(iter(loader(dtype=dtype, layout=layout)))
            self.assertEqual((batch["image"].shape, batch["image"].dtype), (shape, kind))
        self.assertEqual(batch["label"].dtype, np.int64)
        for dtype in (np.uint16, np.dtype("uint16")):
            self.assertEqual(next(iter(loader(dtype=dtype)))["image"].dtype, np.uint16)
        with self.assertRaisesRegex(dp.UsageError, "dtype is 'float64', but must be one of"):
            loader(dtype=np.float64)
        with self.assertRaisesRegex(dp.UsageError, "recipe must be a recipe, a preset's name or a YAML file, not 3"):
            dp.Loader("sample:digits", 3)
        with self.assertRaisesRegex(dp.UsageError, "range is the data set's: Loader.doppel.open.data, range="):
            loader(range=(0, 4095))
        for wrong in ((1, 2, 3), 4095, "all", ("a", "b")):
            with self.assertRaisesRegex(dp.UsageError, "range is .low, high., as .0, 4095., or 'measured', not"):
                dp.open("sample:digits", range=wrong)
        self.assertEqual(batch["label"].tolist(), [loader().source.label(i) for i in batch["index"]])

    def test_kept_batches_stay_unharmed_and_writable(self):
        kept = [b["image"] for b in loader()]
        again = loader(workers=0)
        for image, other in zip(kept, again):
            self.assertTrue((image == other["image"]).all())
        kept[0][:] = 3
        self.assertTrue(kept[0].flags.writeable)

    @unittest.skipIf("libasan" in os.environ.get("LD_PRELOAD", ""), "the sanitizer keeps what is freed")
    def test_memory_is_flat(self):
        for keep in (False, True):
            mine, held, start = loader(dp.open("sample:digits").subset(range(640)), None, dtype="uint8"), None, 0
            for epoch in range(50):
                for batch in mine:
                    held = batch["image"] if keep else None
                if epoch == 10:
                    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start, 3000)
            del held

    def test_what_the_data_has_comes_along(self):
        image = np.zeros((8, 8, 3), np.uint8)
        source = dp.Source(6, lambda i: {"image": image, "bboxes": [[0, 0, 4, 4]] * (i % 2), "labels": [1] * (i % 2),
                                         "mask": image[..., 0] + i, "label": [0, 2]}, classes=["a", "b", "c"])
        batch = next(iter(loader(source, None, batch=6, order="sequential")))
        self.assertEqual([len(b) for b in batch["boxes"]], [0, 1, 0, 1, 0, 1])
        self.assertEqual(batch["box_labels"][1].tolist(), [1])
        self.assertEqual(batch["mask"].shape, (6, 8, 8))
        self.assertEqual(batch["mask"][:, 0, 0].tolist(), [0, 1, 2, 3, 4, 5])
        self.assertEqual(batch["soft_label"].tolist(), [[1, 0, 1]] * 6)

    def test_numbers_weights_and_fields_come_along(self):
        image = np.zeros((8, 8, 3), np.uint8)
        source = dp.Source(4, lambda i: {"image": image, "target": [i, 0.5], "weight": i / 2,
                                         "fields": {"id": 2**60 + i, "note": f"n{i}", "size": 0.1, "list": [1, i]} | ({"odd": 1} if i % 2 else {})})
        batch = next(iter(loader(source, None, batch=4, order="sequential")))
        self.assertEqual(batch["target"].tolist(), [[i, 0.5] for i in range(4)])
        self.assertEqual((batch["target"].dtype, batch["weight"].tolist()), (np.float32, [0, 0.5, 1, 1.5]))
        fields = batch["fields"]
        self.assertEqual((fields["id"].dtype, fields["id"].tolist()), (np.int64, [2**60 + i for i in range(4)]))
        self.assertEqual(fields["note"], ["n0", "n1", "n2", "n3"])
        self.assertEqual((fields["size"], fields["list"][3], fields["odd"]), ([0.1] * 4, [1, 3], [None, 1, None, 1]))
        with self.assertRaisesRegex(dp.Error, "a weight of -1"):
            next(iter(loader(dp.Source(1, lambda _: {"image": image, "weight": -1}), None, batch=1)))
        for more, said in (({"target": "old"}, "target is 'old', which is no number"), ({"weight": [1]}, r"weight is \[1\], which is no number"),
                           ({"lable": 1}, "a dict with 'lable'; a sample has image, label, ")):
            with self.assertRaisesRegex(dp.Error, said):
                next(iter(loader(dp.Source(1, lambda _, more=more: {"image": image, **more}), None, batch=1)))

    def test_maps_polygons_and_lines_come_along(self):
        def sample(i):
            return {"image": np.full((6, 8, 3), i, np.uint8), "maps": {"depth": np.full((6, 8), i + 0.5), "flow": np.full((6, 8, 2), i, np.float32),
                                                                       "seen": {"values": np.ones((6, 8), np.uint8), "filter": "nearest", "fill": -1}},
                    "polygons": [[[1, 1], [7, 1], [7, 5]]], "polylines": [{"points": [[0, 0], [8, 6]], "label": 1, "instance": 4}]}
        mine = dp.Loader(dp.Source(4, sample), dp.Recipe([dp.HorizontalFlip(p=1)]), batch=4, order="sequential", output="numpy")
        batch = next(iter(mine))
        self.assertEqual({name: m.shape for name, m in batch["maps"].items()}, {"depth": (4, 1, 6, 8), "flow": (4, 2, 6, 8), "seen": (4, 1, 6, 8)})
        self.assertEqual(batch["maps"]["depth"][:, 0, 0, 0].tolist(), [0.5, 1.5, 2.5, 3.5])
        self.assertEqual(batch["maps"]["flow"][3, :, 2, 2].tolist(), [-3, 3])
        self.assertEqual(batch["polygons"][2][0].tolist(), [[7, 1], [1, 1], [1, 5]])
        self.assertEqual(batch["polylines"][0][0].tolist(), [[8, 0], [0, 6]])
        self.assertEqual((batch["polyline_labels"][0].tolist(), batch["polyline_instances"][0].tolist()), ([1], [4]))

    def test_a_pack_keeps_maps_polygons_and_lines(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = []
            for i in range(12):
                image = np.full((6, 8, 3), 9 * i, np.uint8)
                with open(os.path.join(folder, f"{i}.ppm"), "wb") as file:
                    file.write(b"P6\n8 6\n255\n" + image.tobytes())
                rough = np.random.default_rng(i).normal(size=(6, 8, 2)).astype(np.float32)
                rough[i % 6, 3] = np.nan
                np.save(os.path.join(folder, f"rough{i}.npy"), rough)
                np.save(os.path.join(folder, f"depth{i}.npy"), np.arange(48, dtype=np.uint16).reshape(6, 8) * 900)
                rows.append({"path": f"{i}.ppm", "maps": {"depth": {"file": f"depth{i}.npy", "scale": 0.001}, "flow": {"file": f"rough{i}.npy", "filter": "nearest", "fill": 2}},
                             "polygons": [[0.1, 0.2, 7, 1, 7, 5 + i / 7]], "polylines": [{"points": [[0, 0], [8, 6]], "instance": i}]})
            table = os.path.join(folder, "all.jsonl")
            with open(table, "w") as file:
                file.write("".join(json.dumps(row) + "\n" for row in rows))
            pack = os.path.join(folder, "pack")
            dp.pack(table, pack, shard=4)
            recipe = dp.Recipe([dp.HorizontalFlip(p=0.5), dp.Rotate(angle=(-20, 20))])

            def batches(data):
                return [batch for batch in dp.Loader(data, recipe, batch=5, seed=4, output="numpy")]
            for mine, theirs in zip(batches(pack), batches(table), strict=True):
                self.assertEqual(set(mine["maps"]), {"depth", "flow"})
                for name in mine["maps"]:
                    self.assertEqual(mine["maps"][name].tobytes(), theirs["maps"][name].tobytes())
                for name in ("polygons", "polylines", "polygon_labels", "polyline_instances"):
                    for one, other in zip(mine[name], theirs[name], strict=True):
                        self.assertEqual([np.asarray(part).tolist() for part in one], [np.asarray(part).tolist() for part in other])
                self.assertEqual(mine["image"].tobytes(), theirs["image"].tobytes())

    def test_wrong_maps_and_polygons_are_refused(self):
        image = np.zeros((6, 8, 3), np.uint8)
        for more, said in (({"maps": {"depth": np.ones((5, 8))}}, "map 'depth' is 5x8, but its image is 6x8"),
                           ({"maps": {"flow": np.ones((6, 8))}}, "needs two channels"),
                           ({"maps": {"x": {"values": np.ones((6, 8)), "kind": "deep"}}}, "must be one of values, depth, heatmap, flow, image"),
                           ({"polygons": [[[1, 1], [2, 2]]]}, "2 points; a polygon has 3 or more"),
                           ({"maps": [np.ones((6, 8))]}, "maps must be a dict"),
                           ({"maps": {"depth": "deep"}}, r"maps\['depth'\] must be numbers .H, W. or .H, W, C., not 'deep'"),
                           ({"maps": {"depth": {"values": np.ones((6, 8)), "fill": "no"}}}, "fill must be a number, not 'no'"),
                           ({"polygons": 3}, "polygons must be a list"),
                           ({"polygons": [{"points": [[0, 0], [5, 0], [5, 5]], "label": "cat"}]}, r"polygons\[0\]'s label must be a whole number, not 'cat'"),
                           ({"polygons": [[1, 2, 3]]}, r"polygons\[0\] must be rows of x and y")):
            with self.assertRaisesRegex(Exception, said):
                next(iter(dp.Loader(dp.Source(1, lambda i, more=more: {"image": image, **more}), batch=1, output="numpy")))

    def test_views_are_a_tensor_each_from_one_decoding(self):
        views = [{"recipe": dp.Recipe([dp.RandomResizedCrop(size=(24, 24)), dp.HorizontalFlip()]), "size": 24},
                 dp.Recipe([dp.RandomResizedCrop(size=(24, 24))]), {"size": (8, 12)}]
        mine = dp.Loader("sample:photos", batch=4, views=views, seed=2, output="numpy", workers=0)
        batch = next(iter(mine))
        self.assertEqual([v.shape[2:] for v in batch["views"]], [(24, 24), (24, 24), (8, 12)])
        self.assertEqual(batch["views"][0].tobytes(), batch["image"].tobytes())
        self.assertNotEqual(batch["views"][0].tobytes(), batch["views"][1].tobytes())
        again = next(iter(dp.Loader("sample:photos", batch=4, views=views, seed=2, output="numpy", workers=2)))
        self.assertEqual([v.tobytes() for v in again["views"]], [v.tobytes() for v in batch["views"]])
        for wrong, said in (([], "views is empty"), (3, "must be a list"), ([{"recipes": None}], "not 'recipes'"),
                            ([None, 3], r"views\[1\] must be a recipe, a preset's name or a YAML file, not 3"),
                            ([{"size": "big"}], r"views\[0\]: size is .height, width. or a side"), ([{"size": (1, 2, 3)}], "size is"),
                            ([{"size": (0, 4)}], "view 0 is to be 0x4")):
            with self.assertRaisesRegex(dp.UsageError, said):
                dp.Loader("sample:photos", views=wrong)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "views.yaml")
            with open(path, "w") as file:
                file.write("views:\n- recipe: [{RandomResizedCrop: {size: [24, 24]}}]\n- {size: 8}\n")
            batch = next(iter(dp.Loader("sample:photos", batch=4, views=path, output="numpy")))
            self.assertEqual([v.shape[2:] for v in batch["views"]], [(24, 24), (8, 8)])
        with self.assertRaisesRegex(dp.UsageError, "there is a recipe and there are views"):
            dp.Loader("sample:photos", dp.Recipe([dp.HorizontalFlip()]), views=[None])

    def test_a_tables_columns_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            for i in range(4):
                with open(os.path.join(folder, f"{i}.pgm"), "wb") as file:
                    file.write(b"P5\n8 8\n255\n" + bytes([i] * 64))
            table = os.path.join(folder, "t.csv")
            with open(table, "w", encoding="utf-8") as file:
                file.write("path,age,w,place\n" + "".join(f"{i}.pgm,{i}.5,{i},p{i}\n" for i in range(4)))
            source = dp.open(table, columns={"target": "age", "weight": "w"})
            self.assertEqual(source[2]["target"], [2.5])
            batch = next(iter(loader(source, None, batch=4, order="sequential")))
            self.assertEqual(batch["target"].ravel().tolist(), [0.5, 1.5, 2.5, 3.5])
            self.assertEqual(batch["fields"], {"place": ["p0", "p1", "p2", "p3"]})
            self.assertEqual(batch["weight"].tolist(), [0, 1, 2, 3])

    def test_copies_keep_where_they_are_from_and_pickles_are_plain_dicts(self):
        mine = loader()
        batch = next(iter(mine))
        copied = copy.copy(batch)
        self.assertEqual((copied.epoch, copied.step, list(copied)), (batch.epoch, batch.step, list(batch)))
        self.assertEqual(mine.explain(copied, 2), mine.explain(batch, 2))
        pickled = pickle.loads(pickle.dumps(batch))
        self.assertIs(type(pickled), dict)
        self.assertTrue((pickled["image"] == batch["image"]).all())

    def test_turned_boxes_come_along(self):
        image = np.zeros((8, 8, 3), np.uint8)
        source = dp.Source(4, lambda i: {"image": image, "rotated_bboxes": [[4, 4, 4, 2, 30, i]] * (i % 2), "label": 0}, classes=["a", "b", "c", "d"])
        batch = next(iter(loader(source, None, batch=4, order="sequential")))
        self.assertEqual([len(b) for b in batch["rotated_boxes"]], [0, 1, 0, 1])
        np.testing.assert_allclose(batch["rotated_boxes"][1], [[4, 4, 4, 2, 30]], atol=1e-5)
        self.assertEqual(batch["rotated_box_labels"][3].tolist(), [3])

    def test_map_is_done_to_each_batch(self):
        mapped = loader().map(lambda batch: batch["label"].sum()).map(int)
        self.assertEqual(len(list(mapped)), len(mapped))
        mapped.set_epoch(3)
        self.assertEqual(mapped.state_dict().keys(), {"doppel"})


class Wrong(unittest.TestCase):
    def test_options_are_refused_with_the_near_word(self):
        for make, words in ((lambda: loader(wrokers=3), "did you mean 'workers'?"), (lambda: loader(dtype="float64"), "float32"),
                            (lambda: loader(layout="HWC"), "NHWC"), (lambda: loader(output="tensorflow"), "must be one of"),
                            (lambda: loader(batch=0), "batch"), (lambda: loader(order="random"), "shuffled"),
                            (lambda: loader(3), "a int is no data"), (lambda: loader("no/such/folder"), "no/such/folder"),
                            (lambda: loader(part="val"), "train, valid or test"), (lambda: loader(recipe="digit"), "did you mean 'digits'?"),
                            (lambda: loader()[0], "IterableDataset"), (lambda: loader(rank=3, world=2), "rank 3")):
            with self.assertRaises(dp.Error) as caught:
                make()
            self.assertIn(words, str(caught.exception))

    def test_one_iterator_at_a_time(self):
        mine = loader()
        first = iter(mine)
        next(first)
        next(iter(mine))
        with self.assertRaisesRegex(dp.UsageError, "one at a time"):
            next(first)

    def test_a_second_thread_is_refused(self):
        started, go_on = threading.Event(), threading.Event()

        def slow(index):
            started.set()
            go_on.wait(20)
            return np.zeros((4, 4), np.uint8)

        go_on.set()
        mine = loader(dp.Source(16, slow), None, batch=4)
        go_on.clear()
        started.clear()
        mine.set_epoch(7)  # what was prepared is of no use
        at = iter(mine)
        other = threading.Thread(target=lambda: next(at))
        other.start()
        started.wait(20)
        with self.assertRaisesRegex(dp.UsageError, "another thread"):
            mine._here().next()
        go_on.set()
        other.join()

    def test_closed_loaders_say_so(self):
        mine = loader()
        batch = next(iter(mine))
        mine.close()
        with self.assertRaisesRegex(dp.UsageError, "closed"):
            len(mine)
        self.assertEqual(batch["image"].shape, (64, 1, 28, 28))

    def test_live_tensors_and_threads_at_exit(self):
        program = ("import doppel as dp, numpy as np\n"
                   "mine = dp.Loader(dp.Source(999, lambda i: np.zeros((64, 64), np.uint8)), batch=8, output='doppel')\n"
                   "kept = [next(iter(mine)) for _ in range(3)]\n")
        done = subprocess.run([sys.executable, "-c", program], timeout=60, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Ranks(unittest.TestCase):
    def test_they_come_from_the_environment_and_share_batches(self):
        whole = [b["index"].tolist() for b in loader(workers=0)]
        parts = []
        for rank in range(2):
            os.environ.update(RANK=str(rank), WORLD_SIZE="2")
            try:
                parts.append([b["index"].tolist() for b in loader(workers=0)])
            finally:
                del os.environ["RANK"], os.environ["WORLD_SIZE"]
        self.assertEqual([a + b for a, b in zip(*parts)], whole)


class Sources(unittest.TestCase):
    def test_arrays_are_read_without_a_copy(self):
        x = np.random.default_rng(1).integers(0, 255, (20, 6, 5, 3), np.uint8)
        source = dp.arrays(x, np.arange(20) % 4)
        self.assertEqual((len(source), source.classes), (20, ["0", "1", "2", "3"]))
        batch = next(iter(loader(source, None, batch=20, dtype="uint8", layout="NHWC")))
        self.assertTrue((batch["image"] == x[batch["index"]]).all())
        x[3] = 7
        self.assertTrue((source[3]["image"] == 7).all())
        self.assertEqual(dp.arrays(np.ascontiguousarray(x[..., 0]))[0]["image"].shape, (6, 5))
        for make in (lambda: dp.arrays(x, [1]), lambda: dp.arrays(x[:0]), lambda: dp.arrays(x.astype(float)),
                     lambda: dp.arrays(x, np.full(20, 9), classes=["a"]), lambda: dp.arrays(x[::-1]), lambda: dp.arrays(x[0, 0])):
            with self.assertRaises(dp.UsageError):
                make()

    def test_what_a_function_may_give(self):
        image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
        png = dp._core.encode_png(image)
        path = os.path.join(os.environ.get("DOPPEL_SOURCE", "."), "dataset/sample/photos/chelsea.jpg")
        for given in (image, (image, 2), {"image": image, "label": 2}, png, (png, np.int64(2))):
            self.assertTrue((dp.Source(1, lambda i: given)[0]["image"] == image).all())
        if os.path.exists(path):
            self.assertEqual(dp.Source(1, lambda i: path)[0]["image"].shape, (300, 451, 3))
        for given in (None, {"label": 3}, (1, 2, 3), b"abc", "no.jpg", image.astype(float)):
            with self.assertRaises(dp.Error):
                loader(dp.Source(1, lambda i: given), None)

    def test_a_source_that_raises_is_heard_once_with_its_index(self):
        def get(index):
            if index == 13:
                raise KeyError("not here")
            return np.zeros((4, 4), np.uint8)

        mine = loader(dp.Source(20, get), None, batch=5, order="sequential")
        at, raised, batches = iter(mine), [], 0
        for _ in range(4):
            try:
                batches += len(next(at)["label"]) == 5
            except KeyError as error:
                raised.append(error)
        self.assertEqual(batches, 3)
        self.assertEqual(len(raised), 1)
        self.assertEqual(raised[0].args, ("not here",))
        if sys.version_info >= (3, 11):
            self.assertEqual(raised[0].__notes__, ["raised for sample 13 of the source"])
        names = []
        frame = raised[0].__traceback__
        while frame:
            names.append(frame.tb_frame.f_code.co_name)
            frame = frame.tb_next
        self.assertIn("get", names)
        skipping = loader(dp.Source(20, get), None, batch=5, on_error="skip")
        self.assertEqual(sum(len(b["label"]) for b in skipping), 19)
        self.assertEqual(skipping.report()["skipped"], 1)

        def always(index):
            raise OSError("gone")

        with self.assertRaisesRegex(OSError, "gone"):
            loader(dp.Source(5, always), None)

    def test_sources_are_let_go_of(self):
        class Get:
            def __call__(self, index):
                return np.zeros((4, 4), np.uint8)

        import weakref
        get = Get()
        gone = weakref.ref(get)
        mine = loader(dp.Source(9, get), None)
        list(mine)
        del get, mine
        gc.collect()
        self.assertIsNone(gone())

    def test_subsets_and_sums(self):
        digits = dp.open("sample:digits")
        both = digits.subset([3, 5]) + digits.subset([7])
        self.assertEqual([both.name(i) for i in range(3)], [digits.name(i) for i in (3, 5, 7)])
        self.assertEqual(len(dp.open("sample:digits", "test")), 2000)


if __name__ == "__main__":
    unittest.main()
