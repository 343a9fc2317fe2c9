#!/usr/bin/env bash
# docs/licences.md names all that is linked, included and carried, and the list of materials holds it.
# usage: licences_test.sh SOURCE BUILD; skipped without dpkg, readelf or Python
set -euo pipefail
source=$1 build=$2
for tool in python3 readelf dpkg; do command -v $tool >/dev/null || exit 77; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Twice the same, at the time that is said.
for k in 1 2; do SOURCE_DATE_EPOCH=86400 python3 "$source/cmake/sbom.py" "$source" "$build" "$work/$k.json"; done
cmp "$work/1.json" "$work/2.json"
python3 - "$source" "$build" "$work/1.json" <<'CHECK'
import json, pathlib, subprocess, sys
source, build = (pathlib.Path(word) for word in sys.argv[1:3])
sys.path.insert(0, str(source / "cmake"))
sys.dont_write_bytecode = True
import sbom
listed = json.load(open(sys.argv[3]))
names = {one["name"]: one for one in listed["packages"]}
assert listed["spdxVersion"] == "SPDX-2.3" and listed["creationInfo"]["created"] == "1970-01-02T00:00:00Z"
assert len(sbom.binaries(build)) >= 1
for binary in sbom.binaries(build):
    for name in sbom.needed(binary):
        assert name in names or name.startswith("libdoppel"), f"{name} of {binary.name} isn't listed"
identities = [one["SPDXID"] for one in listed["packages"]]
assert len(identities) == len(set(identities))
related = {end for one in listed["relationships"] for end in (one["spdxElementId"], one["relatedSpdxElement"])}
assert related == {*identities, "SPDXRef-DOCUMENT"}
# The page's packages, with the licences that the document gives them.
lock = json.loads((source / "apps/serve/page/package-lock.json").read_text())["packages"]
carried = {row[0]: row[1] for row in sbom.tables(source)["Carried"]}
for name, facts in lock.items():
    if name:
        short = name.removeprefix("node_modules/")
        assert any(what.startswith(short) and licence == facts["license"] for what, licence in carried.items()), f"{short} isn't in docs/licences.md"
# It sees what is missing.
sbom.linked = lambda build: {"libunheardof.so.1": ""}
assert sbom.unlisted(source, build) == ["libunheardof.so.1"]
CHECK
