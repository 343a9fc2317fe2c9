"""What torch and NumPy take without a copy, and how loaders get along with torch's DataLoader, forks and signals."""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import unittest

import numpy as np

try:
    import torch
except ImportError:
    print("no torch here: skipped")
    sys.exit(0)

import doppel as dp

TYPES = (("float32", torch.float32), ("uint8", torch.uint8), ("bf16", torch.bfloat16))


def loader(**options):
    return dp.Loader("sample:digits", "digits", **{"batch": 64, "seed": 5, **options})


class DLPack(unittest.TestCase):
    def test_torch_shares_every_type(self):
        for dtype, kind in TYPES:
            mine = next(iter(loader(output="doppel", dtype=dtype)))["image"]
            taken = torch.from_dlpack(mine)
            self.assertEqual((taken.dtype, taken.shape), (kind, mine.shape))
            self.assertEqual(taken.data_ptr(), mine.numpy().ctypes.data)
            self.assertEqual(taken.data_ptr() % 64, 0)
            taken.zero_()
            self.assertFalse(mine.numpy().any())

    def test_sixteen_bits_where_torch_has_them(self):
        if hasattr(torch, "uint16"):
            self.assertEqual(next(iter(loader(dtype="uint16")))["image"].dtype, torch.uint16)
        else:
            with self.assertRaisesRegex(dp.UsageError, "has no uint16 .2.3 and later do.: say dtype=.float16."):
                loader(dtype="uint16")
        self.assertEqual(next(iter(loader(dtype="float16")))["image"].dtype, torch.float16)

    def test_numpy_shares_by_buffers_and_by_dlpack(self):
        mine = next(iter(loader(output="doppel")))["image"]
        view = np.asarray(mine)
        self.assertTrue(view.flags.writeable)
        self.assertTrue(np.shares_memory(view, np.from_dlpack(mine)))
        half = next(iter(loader(output="doppel", dtype="bf16")))["image"]
        self.assertTrue((half.float().numpy() == torch.from_dlpack(half).float().numpy()).all())
        with self.assertRaises(dp.UsageError):
            next(iter(loader(output="doppel", dtype="uint8")))["image"].float()

    def test_capsules_of_both_versions(self):
        mine = next(iter(loader(output="doppel")))["image"]
        self.assertIn('"dltensor"', repr(mine.__dlpack__()))
        self.assertIn('"dltensor"', repr(mine.__dlpack__(max_version=(0, 8))))
        self.assertIn('"dltensor_versioned"', repr(mine.__dlpack__(max_version=(1, 1), dl_device=(1, 0), copy=True)))
        self.assertEqual(mine.__dlpack_device__(), (1, 0))
        with self.assertRaises(BufferError):
            mine.__dlpack__(dl_device=(2, 0))
        capsule = mine.__dlpack__()
        torch.from_dlpack(capsule)
        with self.assertRaises(RuntimeError):
            torch.from_dlpack(capsule)

    def test_tensors_outlive_their_loader_in_any_thread(self):
        mine = loader()
        kept = [b["image"] for b in mine]
        sums = [k.double().sum().item() for k in kept]
        del mine
        gc.collect()
        self.assertEqual([k.double().sum().item() for k in kept], sums)
        letting_go = threading.Thread(target=kept.clear)
        letting_go.start()
        letting_go.join()

    def test_the_last_batch_is_no_reason_for_new_memory(self):
        mine, places = loader(workers=0), set()
        for batch in mine:
            x = batch["image"]
            places.add(x.data_ptr())
        self.assertLessEqual(len(places), 6)
        self.assertEqual(batch["label"].dtype, torch.int64)


class DataLoaders(unittest.TestCase):
    def run_it(self, workers):
        loader_of_torch = torch.utils.data.DataLoader(dp.torch.IterableDataset(loader()), batch_size=None, num_workers=workers)
        return [b["image"].numpy().tobytes() for b in loader_of_torch], len(loader_of_torch)

    def test_with_no_worker_or_one(self):
        expected = [b["image"].numpy().tobytes() for b in loader()]
        for workers in (0, 1):
            self.assertEqual(self.run_it(workers), (expected, 32))

    def test_more_workers_are_refused_with_the_line_to_write(self):
        with self.assertRaisesRegex(ValueError, r"num_workers=0"):
            self.run_it(2)

    def test_batches_of_batches_are_refused_with_the_line_to_write(self):
        for options in ({}, {"batch_size": 4}, {"num_workers": 1}):
            with self.assertRaisesRegex(ValueError, r"batch_size must be None"):
                next(iter(torch.utils.data.DataLoader(dp.torch.IterableDataset(loader()), **options)))

    def test_a_loader_in_place_of_a_dataset_is_refused_with_the_line_to_write(self):
        with self.assertRaisesRegex(ValueError, r"batch_size=None"):
            next(iter(torch.utils.data.DataLoader(loader())))

    def test_a_recipe_is_a_transform(self):
        class Digits(torch.utils.data.Dataset):
            classes = [str(k) for k in range(10)]
            transform = dp.Recipe.load("digits")

            def __len__(self):
                return 40

            def __getitem__(self, index):
                from PIL import Image

                return self.transform(Image.fromarray(np.full((28, 28), index, np.uint8))), index % 10

        mine = dp.Loader(Digits(), batch=8, order="sequential")
        self.assertEqual(mine.classes, Digits.classes)
        self.assertEqual(torch.cat([b["label"] for b in mine]).tolist(), [i % 10 for i in range(40)])

    def test_spawned_processes_make_their_own(self):
        mine = loader()
        next(iter(mine))
        again = pickle.loads(pickle.dumps(mine))
        self.assertEqual(next(iter(again)).epoch, 1)


class Forks(unittest.TestCase):
    def in_child(self, act):
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            try:
                os._exit(act())
            except BaseException:  # noqa: BLE001
                os._exit(99)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def test_an_inherited_iterator_refuses_and_a_loader_makes_itself_anew(self):
        mine = loader()
        at = iter(mine)
        next(at)
        expected = mine.peek(1, 0)["image"].numpy().tobytes()

        def act():
            try:
                next(at)
            except dp.UsageError as error:
                if "before fork; make it in the worker" not in str(error):
                    return 4
                fresh = next(iter(mine))
                # Not by torch, whose OpenMP has no threads in a child and waits for them.
                return 3 if fresh["image"].numpy().tobytes() == expected else 5
            return 6

        for _ in range(3):
            self.assertEqual(self.in_child(act), 3)
        next(at)

    def test_it_can_be_destroyed_in_the_child(self):
        mine = [loader()]
        next(iter(mine[0]))
        self.assertEqual(self.in_child(lambda: mine.clear() or gc.collect() and 3 or 3), 3)


class Signals(unittest.TestCase):
    def test_ctrl_c_is_answered_while_waiting(self):
        program = ("import doppel as dp, numpy as np, signal, time, sys\n"
                   "signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run in the background\n"
                   "slow = lambda i: (time.sleep(0 if i == 0 and first.pop() else 1.5), np.zeros((4, 4), np.uint8))[1]\n"
                   "first = [False] * 50 + [True] * 6\n"
                   "mine = dp.Loader(dp.Source(64, slow), batch=64, output='doppel', order='sequential')\n"
                   "print('waiting', flush=True)\n"
                   "try:\n    next(iter(mine))\n"
                   "except KeyboardInterrupt:\n    print('interrupted', time.time(), flush=True)\n    import os; os._exit(0)\n")
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "waiting\n")
        time.sleep(0.3)
        sent = time.time()
        child.send_signal(signal.SIGINT)
        said = child.stdout.readline().split()
        child.wait()
        child.stdout.close()
        self.assertEqual(said[0], "interrupted")
        self.assertLess(float(said[1]) - sent, 1.0)  # 0.05 on a quiet machine

    def test_other_threads_run_while_one_waits(self):
        ticks = []
        mine = dp.Loader(dp.Source(8, lambda i: (time.sleep(0.05), np.zeros((4, 4), np.uint8))[1]), batch=8, output="doppel")
        waiting = threading.Thread(target=lambda: next(iter(mine)))
        waiting.start()
        while waiting.is_alive():
            ticks.append(1)
            time.sleep(0.005)
        self.assertGreater(len(ticks), 3)


if __name__ == "__main__":
    unittest.main()
