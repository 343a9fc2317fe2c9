"""One class a transform, made from the catalogue when it is first asked for."""

from __future__ import annotations

from . import _core

TYPE_CHECKING = False  # typing's, without what importing it takes
if TYPE_CHECKING:
    from typing import Any

_NAMES: tuple[str, ...] = tuple(_core.transform_names())
__all__ = ["Transform", *_NAMES]
_RULES = ("only_labels", "except_labels", "relabel", "from_", "until", "start")


class Transform(_core.Transform):
    """A random transform. Equal to others with the same fields; they can be pickled."""

    _entry: dict[str, Any]  # what the catalogue says

    def __init__(self, *parts: Any, **fields: Any) -> None:
        if type(self) is Transform:
            raise TypeError("use one of doppel's classes, as doppel.Rotate()")
        if parts:
            of = next((f["name"] for f in self._entry["fields"] if f["type"] == "transforms"), None)
            if of is None or len(parts) > 1 or of in fields:
                name = self._entry["name"]
                raise TypeError(f"{name} takes its fields as keywords, as {name}({self._entry['fields'][0]['name']}=…)")
            fields[of] = parts[0]
        super().__init__(self._entry["name"], fields)

    def __getattr__(self, name: str) -> Any:
        fields = self.fields() if not name.startswith("_") else {}
        if name in fields:
            return fields[name]
        raise AttributeError(f"{type(self).__name__} has no field '{name}'")

    def fields(self) -> dict[str, Any]:
        """Every field with its value, as keywords that make the same transform."""
        return {k: [wrapped(c) for c in v] if v and isinstance(v, list) and isinstance(v[0], _core.Transform) else v
                for k, v in super().fields().items()}

    def __repr__(self) -> str:
        default = {f["name"]: f["default"] for f in self._entry["fields"]}
        shown = [f"{k}={v!r}" for k, v in self.fields().items() if k in _RULES or v != default.get(k)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _core.Transform) and self._yaml() == other._yaml()

    def __hash__(self) -> int:
        return hash(self._yaml())

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self._entry["name"], self.fields())


def _made(name: str, fields: dict[str, Any]) -> Transform:
    made: Transform = class_of(name)(**fields)
    return made


def wrapped(transform: _core.Transform) -> Transform:
    """One of C++'s as one of ours."""
    return _made(transform.name, _core.Transform.fields(transform))


def field_text(field: dict[str, Any]) -> str:
    """What a docstring says of a field."""
    parts = [p for p in (field["help"], " ".join(p for p in (field["values"], field["unit"]) if p)) if p]
    words = f" (or {', '.join(field['words'])})" if field["words"] and field["type"] != "choice" else ""
    default = "" if field["type"] == "transforms" else f" Default {field['default']!r}."
    return f"{field['name']}: {'; '.join(parts)}{words}.{default}"


def doc_of(entry: dict[str, Any]) -> str:
    """A transform's docstring."""
    lines = [entry["help"], ""] + [field_text(f) for f in entry["fields"]]
    return "\n".join(lines + ["only_labels, except_labels, relabel: which classes it touches, and what they become.",
                              "from_, until: the part of training in which it is applied, 0 to 1; start: the fields that it grows from."])


_classes: dict[str, type[Transform]] = {}


def class_of(name: str) -> type[Transform]:
    """The class of that name. Raises UsageError with the near one."""
    if name not in _classes:
        import inspect

        entry = _core.transform_entry(name)
        names = [f["name"] for f in entry["fields"]] + list(_RULES)
        default = {f["name"]: f["default"] for f in entry["fields"]}
        parameters = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=default.get(n)) for n in names]
        _classes[name] = type(name, (Transform,), {
            "__module__": "doppel", "__doc__": doc_of(entry), "_entry": entry,
            "__signature__": inspect.Signature(parameters)})
    return _classes[name]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return class_of(name)
    raise AttributeError(f"module 'doppel' has no '{name}'")
