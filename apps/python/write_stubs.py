#!/usr/bin/env python3
"""Writes _transforms.pyi: a class for each transform, as the catalogue describes it.    write_stubs.py OUT"""

import sys
from typing import Any

from doppel import _core, _transforms

TYPES = {"bool": "bool", "number": "float", "whole": "int", "text": "str", "range": "_Range", "whole range": "_WholeRange", "size": "_Size",
         "fill": "_Fill", "numbers": "float | _Many[float]", "texts": "str | _Many[str]", "transforms": "Transform | _Many[Transform]"}
HEAD = '''# Made from the catalogue.
from collections.abc import Mapping as _Mapping
from collections.abc import Sequence as _Many
from typing import Any, Literal

from . import _core

_Range = float | _Many[float]
_WholeRange = int | _Many[int]
_Size = int | _Many[int]
_Fill = float | _Many[float] | Literal["reflect", "replicate", "wrap", "symmetric"]
_NAMES: tuple[str, ...]

class Transform(_core.Transform):
    def fields(self) -> dict[str, Any]: ...
    def __getattr__(self, name: str) -> Any: ...

def class_of(name: str) -> type[Transform]: ...
def wrapped(transform: _core.Transform) -> Transform: ...
'''


def type_of(field: dict[str, Any]) -> str:
    words = ", ".join(repr(word) for word in field["words"])
    if field["type"] == "choice":
        return f"Literal[{words}]"
    return TYPES[field["type"]] + (f" | Literal[{words}]" if words else "")


def stub_of(entry: dict[str, Any]) -> str:
    lines = [f"class {entry['name']}(Transform):", f'    """{_transforms.doc_of(entry)}"""'.replace("\n", "\n    "), "    def __init__(self"]
    rest = []
    for field in entry["fields"]:
        if field["type"] == "transforms":
            lines[-1] += f", {field['name']}: {type_of(field)}"
        else:
            rest.append(f"{field['name']}: {type_of(field)} = ...")
    rest += ["only_labels: _Many[str | int] = ...", "except_labels: _Many[str | int] = ...", "relabel: _Mapping[Any, Any] = ...",
             "from_: float = ...", "until: float = ...", "start: _Mapping[str, Any] = ..."]
    lines[-1] += ", *, " + ", ".join(rest) + ") -> None: ..."
    return "\n".join(lines) + "\n"


def main(out: str) -> None:
    with open(out, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for name in _core.transform_names():
            file.write("\n" + stub_of(_core.transform_entry(name)))


if __name__ == "__main__":
    main(sys.argv[1])
