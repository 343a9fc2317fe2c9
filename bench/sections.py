"""Parts of a Markdown file that programs write."""
import re
from pathlib import Path


def write_section(path, name, text):
    """Puts `text` between the markers of `name` and this place in the file, or at its end where it has none."""
    path, name = Path(path), f"{name}, {place()}"
    before = path.read_text() if path.exists() else "# Speed\n"
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    if begin in before:
        head, rest = before.split(begin, 1)
        tail = rest.split(end, 1)[1]
    else:
        head, tail = before.rstrip("\n") + "\n\n", ""
    path.write_text(head + begin + text.strip("\n") + "\n" + end + tail)


# Virtual machines often hide the model's name: by vendor, family and model.
MODELS = {("GenuineIntel", 6, 143): "Sapphire Rapids", ("GenuineIntel", 6, 207): "Emerald Rapids",
          ("GenuineIntel", 6, 173): "Granite Rapids", ("GenuineIntel", 6, 106): "Ice Lake"}


def cpu():
    """The processor, as Intel Xeon (Emerald Rapids)."""
    text = Path("/proc/cpuinfo").read_text()
    entry = lambda key: (re.search(rf"^{key}\s*: (.*)$", text, re.M) or [None, ""])[1]
    family, model = (int(entry(key) or 0) for key in ("cpu family", "model"))
    name = MODELS.get((entry("vendor_id"), family, model))
    if entry("vendor_id") == "AuthenticAMD":
        name = {25: "Zen 4" if " avx512f " in entry("flags") else "Zen 3", 26: "Zen 5"}.get(family)
    shown = re.sub(r"\(R\)|\(TM\)| Processor", "", entry("model name") or "unknown processor")
    return f"{shown} ({name})" if name else shown


def place():
    """The system and the processor, as Debian 13, Emerald Rapids: figures of one place alone can be held against each other."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.M))
    system = f"{release.get('ID', 'Linux').capitalize()} {release.get('VERSION_ID', '')}".strip()
    codename = re.search(r"\((.*)\)", cpu())
    return f"{system}, {codename[1] if codename else cpu()}"


def opencv():
    """The version of the OpenCV that is compiled against."""
    for folder in ("/usr/include/opencv4", "/usr/local/include/opencv4"):
        header = Path(folder) / "opencv2/core/version.hpp"
        if header.exists():
            numbers = dict(re.findall(r"#define CV_VERSION_(MAJOR|MINOR)\s+(\d+)", header.read_text()))
            return f"{numbers['MAJOR']}.{numbers['MINOR']}"
    return "unknown"
