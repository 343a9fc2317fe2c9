#!/usr/bin/env python3
"""What a build is made of, as SPDX 2.3.    sbom.py SOURCE BUILD OUT

Libraries are those that the program, the plug-ins and the Python modules in BUILD are linked with; licences are those of docs/licences.md, and
what isn't there is an error. The same build gives the same bytes: the time is that of $SOURCE_DATE_EPOCH, or of the last commit.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tables(source):
    """Rows of docs/licences.md by their heading, without the lines that head tables."""
    rows, heading = {}, ""
    for line in (source / "docs/licences.md").read_text().splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("| ") and heading:
            rows.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {heading: lines[1:] for heading, lines in rows.items()}


def binaries(build):
    """The program, the plug-ins and the Python modules."""
    found = [build / "apps/doppel", *build.glob("libdoppel_*.so"), *build.glob("apps/python/**/*.so")]
    return sorted(file for file in found if file.is_file() and not file.is_symlink())


def needed(binary):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", said("readelf", "-d", str(binary)))


def stem(name):
    return name.split(".so")[0]


def linked(build):
    """Where each library that is linked was found, by its name; empty where nobody knows."""
    places = {}
    for binary in binaries(build):
        found = dict(re.findall(r"^\s*(\S+) => (/\S+)", said("ldd", str(binary)), re.M))
        for name in needed(binary):
            if not stem(name).startswith("libdoppel"):
                places[name] = found.get(name, places.get(name, ""))
    return places


def debian_package(place):
    """Name and version of the package that a file belongs to; of others nothing."""
    real = os.path.realpath(place)
    for path in (place, real, re.sub("^/usr", "", real), "/usr" + real):
        told = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if told.returncode == 0 and told.stdout:
            package = told.stdout.split("\n")[0].rsplit(": ", 1)[0].split(",")[0]
            return package.split(":")[0], installed_version(package)
    return "", ""


def installed_version(package):
    told = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return told.stdout if told.returncode == 0 else ""


def licences_of_libraries(source):
    return {name.strip(): row[2] for row in tables(source)["Linked"] for name in row[0].split(",")}


def unlisted(source, build):
    """Libraries that are linked and that docs/licences.md doesn't name."""
    known = licences_of_libraries(source)
    return sorted(name for name in linked(build) if stem(name) not in known)


def component(kind, name, version, licence):
    identity = re.sub(r"[^A-Za-z0-9.-]", "-", f"{kind}-{name}")
    return {"SPDXID": f"SPDXRef-{identity}", "name": name, "versionInfo": version or "unknown", "downloadLocation": "NOASSERTION",
            "licenseConcluded": "NOASSERTION", "licenseDeclared": licence, "copyrightText": "NOASSERTION", "filesAnalyzed": False}


def components(source, build):
    """All that the build is made of but itself, by what it is to it."""
    licences = licences_of_libraries(source)
    libraries = []
    for name, place in sorted(linked(build).items()):
        package, version = debian_package(place) if place else ("", "")
        one = component("library", name, version, licences[stem(name)])
        if package:
            one["comment"] = f"of Debian's package {package}"
        libraries.append(one)
    headers = [component("header", row[0], installed_version(row[0]), row[2]) for row in tables(source)["Included while compiling"]]
    lock = json.loads((source / "apps/serve/page/package-lock.json").read_text())["packages"]
    page = [component("page", name.removeprefix("node_modules/"), facts["version"], facts["license"])
            for name, facts in sorted(lock.items()) if name]
    return {"DYNAMIC_LINK": libraries, "BUILD_DEPENDENCY_OF": headers, "CONTAINS": page}


def created(source):
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or said("git", "-C", str(source), "log", "-1", "--format=%ct").strip()
    return datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(source, build):
    version = re.search(r"project\(doppel VERSION (\S+)", (source / "CMakeLists.txt").read_text())[1]
    doppel = component("package", "doppel", version, "Apache-2.0")
    parts = components(source, build)
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", doppel["SPDXID"])]
    for kind, ones in parts.items():
        for one in ones:
            ends = (one["SPDXID"], doppel["SPDXID"]) if kind.endswith("_OF") else (doppel["SPDXID"], one["SPDXID"])
            relations.append((ends[0], kind, ends[1]))
    packages = [doppel, *(one for ones in parts.values() for one in ones)]
    digest = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"doppel-{version}",
            "documentNamespace": f"https://spdx.org/spdxdocs/doppel-{version}-{digest}",
            "creationInfo": {"created": created(source), "creators": ["Tool: cmake/sbom.py"]}, "packages": packages,
            "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations]}


def main():
    source, build, out = (pathlib.Path(word) for word in sys.argv[1:4])
    missing = unlisted(source, build)
    if missing:
        raise SystemExit(f"docs/licences.md doesn't name {', '.join(missing)}")
    out.write_text(json.dumps(document(source, build), indent=1) + "\n")


if __name__ == "__main__":
    main()
