"""Damaged files of every format: no crash, no hang, no library's words; every message names the file."""
import json
import pathlib
import shutil

import mutators
from rounds import Fault, says_no_foreign_words

MOST_SECONDS = 20
FORMS = ["coco", "yolo", "voc", "csv", "jsonl"]


def make_samples(bench):
    """Whole files of each format, from the program itself and from the kept seeds."""
    out = bench.folder
    photos = sorted((bench.source / "dataset/sample/photos").glob("*.jpg"))
    for index, photo in enumerate(photos):
        put(out / f"jpeg.set/{'ab'[index % 2]}/{photo.name}", photo.read_bytes())
    for kind in ("jpeg", "png", "webp"):
        bench.succeeds(["augment", "jpeg.set", "--recipe", "light", "--images", kind, "--out", f"{kind}.made"])
        shutil.copy(sorted(out.glob(f"{kind}.made/train/*/*"))[0], out / f"whole.{kind.replace('jpeg', 'jpg')}")
    put(out / "boxes/annotations/instances_train.json", json.dumps(coco(photos)).encode())
    for photo in photos:
        put(out / f"boxes/train/{photo.name}", photo.read_bytes())
    for form in FORMS:
        bench.succeeds(["augment", "boxes", "--recipe", "light", "--format", form, "--out", f"{form}.set"])
    bench.succeeds(["pack", "sample:digits", "digits.pack", "--images", "raw", "--shard", "30"])
    bench.succeeds(["pack", "sample:photos", "photos.pack"])
    bench.succeeds(["train", "sample:digits", "--net", "conv3x3(4,s2)-bn-relu-gap-fc", "--epochs", "1", "--out", "run"])
    bench.succeeds(["export", "run", "whole.onnx"])


def coco(photos):
    """A box and an outline in each photograph."""
    return {"categories": [{"id": 1, "name": "thing"}, {"id": 2, "name": "other"}],
            "images": [{"id": index, "file_name": photo.name, **size_of(photo.read_bytes())} for index, photo in enumerate(photos)],
            "annotations": [{"id": index, "image_id": index, "category_id": 1 + index % 2, "bbox": [20, 30, 80, 60], "area": 4800,
                             "iscrowd": 0, "segmentation": [[20, 30, 100, 30, 100, 90, 20, 90]]} for index in range(len(photos))]}


def size_of(jpeg):
    """What its frame header says."""
    at = 2
    while jpeg[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(jpeg[at + 2:at + 4], "big")
    return {"height": int.from_bytes(jpeg[at + 5:at + 7], "big"), "width": int.from_bytes(jpeg[at + 7:at + 9], "big")}


def put(file, data):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def try_out(bench, command, named):
    """Whether it was refused. `named`: words of which one has to be in a message."""
    ended = bench.run(command, limit=MOST_SECONDS)
    says_no_foreign_words(ended)
    if ended.code and not any(name in ended.text for name in named):
        raise Fault(f"the file isn't named: {ended.shown()}")
    return ended.code != 0


def pictures(bench, samples):
    """Twenty damaged pictures at once: inspect, and a batch of what can still be read."""
    seeds = list((bench.source / "tests/fuzz/seeds/image").iterdir()) + \
        list((bench.source / "tests/fuzz/seeds/jpeg").iterdir()) + \
        list((bench.source / "tests/fuzz/seeds/deep_image").iterdir()) + list(samples.glob("whole.*g"))
    seeds = [seed for seed in seeds if seed.suffix]
    for index in range(20):
        seed = bench.random.choice(seeds)
        put(bench.folder / f"d/{'ab'[index % 2]}/{index:02}{seed.suffix}",
            mutators.damaged(bench.random, seed.read_bytes(), seed.suffix[1:]))
    try_out(bench, ["inspect", "d"], ["d"])
    try_out(bench, bench.random.choice([["pack", "d", "packed"], ["preview", "d", "--recipe", "light", "--out", "x.png"],
                                        ["augment", "d", "--out", "made"]]), ["d"])
    return 20


def exchanged(bench, folder, pick, kind):
    """A copy of a folder of which one file is damaged; its name."""
    shutil.copytree(folder, bench.folder / "d")
    files = [file for file in sorted((bench.folder / "d").rglob("*")) if file.is_file() and pick(file)]
    file = bench.random.choice(files)
    file.write_bytes(mutators.damaged(bench.random, file.read_bytes(), kind(file)))
    return file.name


def data_sets(bench, samples):
    """Annotations, tables and packs of which one file is damaged."""
    form = bench.random.choice([*FORMS, "digits.pack", "photos.pack"])
    folder = samples / (form if form.endswith("pack") else f"{form}.set")
    is_text = (lambda file: file.suffix in {".json", ".jsonl", ".csv", ".txt", ".xml", ".yaml"}) if form in FORMS \
        else (lambda file: True)
    name = exchanged(bench, folder, is_text, lambda file: "pack" if form.endswith("pack") else file.suffix[1:])
    try_out(bench, ["inspect", "d"], [name, "d"])
    if form.endswith("pack"):
        try_out(bench, ["verify", "d"], [name, "d"])
    return 1


def seeds_of_readers(bench, samples):
    """The kept seeds of containers, each as the data set that it is a part of."""
    names = {"npz": "d.npz", "zip": "d.zip", "tar": "d.tar", "parquet": "d.parquet", "coco": "d.json", "labelme": "d/a.json",
             "label_studio": "d/export.json", "cvat": "d/annotations.xml", "tfrecord": "d/x.tfrecord", "jsonl": "d.jsonl",
             "csv": "d.csv", "recipe": "d.yaml", "notation": "d.net", "torch": "d.pth", "safetensors": "d.safetensors",
             "onnx": "d.onnx"}
    reader = bench.random.choice(sorted(names))
    seed = bench.random.choice(sorted((bench.source / "tests/fuzz/seeds" / reader).iterdir()))
    name = names[reader]
    put(bench.folder / name, mutators.damaged(bench.random, seed.read_bytes(), name.rsplit(".")[-1].replace("net", "notation")))
    inner = pathlib.Path(name).name
    if reader == "recipe":
        try_out(bench, ["preview", "sample:photos", "--recipe", name, "--out", "x.png"], [inner])
    elif reader == "notation":
        try_out(bench, ["train", "sample:digits", "--net", name, "--epochs", "0", "--out", "o"], [inner, "--epochs", "network"])
    elif reader in {"torch", "safetensors", "onnx"}:
        try_out(bench, ["import", name, "--net", "mlp", "--out", "o"], [inner, "o", "--"])
    else:
        try_out(bench, ["inspect", "d" if "/" in name else name], [inner, "d"])
    return 1


def models(bench, samples):
    """A run's files: the network, its settings, its lines."""
    name = exchanged(bench, samples / "run",
                     lambda file: file.suffix in {".safetensors", ".yaml", ".jsonl"}, lambda file: file.suffix[1:])
    command = bench.random.choice([["eval", "d", "sample:digits"], ["export", "d", "x.onnx"],
                                   ["train", "sample:digits", "--epochs", "2", "--out", "d", "--resume"]])
    try_out(bench, command, [name, "d"])
    return 1


def flipped(bench, samples):
    """One bit, where there is a checksum: it is seen."""
    kind = bench.random.choice(["png", "pack"])
    if kind == "png":
        data = bytearray((samples / "whole.png").read_bytes())
        at = bench.random.randrange(8, len(data) - 12)
        data[at] ^= 1 << bench.random.randrange(8)
        put(bench.folder / "d/a/x.png", data)
        put(bench.folder / "d/b/y.png", (samples / "whole.png").read_bytes())
        bench.run(["inspect", "d", "--json", "found.json"], limit=MOST_SECONDS)
        if "x.png" not in (bench.folder / "found.json").read_text():
            raise Fault(f"a flipped bit at byte {at} of a PNG is accepted")
        return 1
    shutil.copytree(samples / "digits.pack", bench.folder / "d")
    file = bench.random.choice(sorted((bench.folder / "d").rglob("*.tar")))
    data = bytearray(file.read_bytes())
    at = bench.random.randrange(len(data))
    data[at] ^= 1 << bench.random.randrange(8)
    file.write_bytes(data)
    ended = bench.run(["verify", "d"], limit=MOST_SECONDS)
    if ended.code == 0:
        raise Fault(f"a flipped bit at byte {at} of {file.name} passes verify")
    return 1


def damage(bench):
    samples = bench.once("samples", make_samples)
    return bench.random.choices([pictures, data_sets, seeds_of_readers, models, flipped], [4, 4, 5, 3, 2])[0](bench, samples)


ROUNDS = {"damage": damage}
