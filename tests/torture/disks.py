"""A disk that is full from the n-th write on: one clear line, what was whole stays whole, and the run can go on."""
import shutil
import subprocess

import kills
from rounds import Fault, content, expect_same, nothing_unfinished, says_no_foreign_words


def preload(bench):
    def make(maker):
        built = subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", "full_disk.so",
                                str(bench.source / "tests/torture/full_disk.c"), "-ldl"],
                               cwd=maker.folder, capture_output=True, text=True)
        if built.returncode:
            raise Fault("the full disk doesn't compile: " + built.stderr)
    return bench.once("preload", make) / "full_disk.so"


def environment(bench, at, count):
    return {"LD_PRELOAD": str(preload(bench)), "TORTURE_FULL_BELOW": str(bench.folder.resolve() / "out"),
            "TORTURE_FULL_AT": str(at), "TORTURE_FULL_COUNT": str(count)}


def full(bench):
    gan = kills.unbroken(bench, "gan", [*kills.GAN, "--out", "out"])[0]
    name, command, resume, same = bench.random.choice([
        ("train", [*kills.TRAIN, "--out", "out/x"], ["--resume"], {"model.safetensors"}),
        ("gan", [*kills.GAN, "--out", "out/x"], ["--resume"], {"gan.safetensors"}),
        ("pack", [*kills.PACK, "out/x", "--shard", "50"], [], None),
        ("augment", ["augment", "sample:digits", "--recipe", "digits", "--copies", "1", "--out", "out/x"], [], None),
        ("generate", ["generate", str(gan), "--count", "400", "--out", "out/x"], [], None),
        ("generate-pack", ["generate", str(gan), "--count", "400", "--pack", "--out", "out/x"], [], None),
        ("export", ["export", str(kills.unbroken(bench, "train", [*kills.TRAIN, "--out", "out"])[0]), "out/x.onnx"], [], None),
        ("preview", ["preview", "sample:photos", "--out", "out/x.png"], [], None)])

    def make(maker):
        (maker.folder / "out").mkdir()
        maker.succeeds(command, environment=environment(maker, 0, maker.folder / "count"))
    whole = bench.once("disk-" + name, make)
    writes = int((whole / "count").read_text())
    at = bench.random.randint(1, max(writes, 1))
    (bench.folder / "out").mkdir()
    ended = bench.run(command, environment=environment(bench, at, bench.folder / "count"))
    says_no_foreign_words(ended)
    # A run goes on without its log of steps, and says so.
    if ended.code == 0 and "No space left on device; the run goes on without it" not in ended.text:
        raise Fault(f"write {at} of {writes} failed, and nothing was said: {' '.join(command)}")
    if "No space left on device" not in ended.text or ended.text.count("\ndoppel: ") > 1:
        raise Fault(f"the full disk isn't named in one line (write {at} of {writes}): {ended.shown()}")
    nothing_unfinished(bench.folder / "out")
    started = (bench.folder / "out/x").exists()
    if resume and started and not any((bench.folder / "out/x").glob("*.safetensors")):
        shutil.rmtree(bench.folder / "out/x")
        started = False
    bench.succeeds([*command, *(resume if started else [])])
    got, wanted = content(bench.folder / "out"), content(whole / "out")
    if same:
        got, wanted = ({name: digest for name, digest in files.items() if name.rsplit("/")[-1] in same} for files in (got, wanted))
    expect_same(f"after a full disk (write {at} of {writes}), {name}", wanted, got)
    return 1


ROUNDS = {"disks": full}
