"""Writes a DiscoveryDocument as YAML that people like to read, edit and compare; and its JSON Schema."""

import json
import re
from typing import TYPE_CHECKING, Any

from devmatrix.discovery.document import DiscoveryDocument

if TYPE_CHECKING:
    import yaml

_WIDTH = 118
_LIKE_A_VALUE = re.compile(r"[-+.]*\d|~|(?:null|true|false)$", re.I)
_EXACT = 2**53
_FIRST = ("schema_version", "title", "slug", "request")


def write_document(document: DiscoveryDocument, *, without: frozenset[str] = frozenset(), head: str = "") -> str:
    """The document without what is as by default; `without`: keys of the whole that are left out."""
    import yaml

    values: dict[str, Any] = document.model_dump(mode="json", exclude_defaults=True, exclude=set(without))
    whole = {"schema_version": document.schema_version} | values
    ordered = {name: whole[name] for name in (*_FIRST, *whole) if name in whole}
    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        """Block scalars for texts of many lines, one line for short lists."""

        def ignore_aliases(self, data: object) -> bool:
            """What is there twice is written twice."""
            return True

    Dumper.add_representer(str, _text)
    Dumper.add_representer(float, _number)
    Dumper.add_representer(list, _list)
    Dumper.add_representer(dict, _object)
    body = yaml.dump(ordered, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines()) + body


def _text(dumper: "yaml.SafeDumper", data: str) -> "yaml.Node":
    # A block cannot hold white space at the ends of lines, or characters that YAML escapes.
    plain = all(line == line.rstrip() for line in data.split("\n")) and data.replace("\n", "").isprintable()
    style = "|" if "\n" in data and plain and not data.startswith((" ", "\n")) else None
    if style is None and _LIKE_A_VALUE.match(data):
        style = "'"  # YAML 1.1 and 1.2 differ in what is a number
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _number(dumper: "yaml.SafeDumper", data: float) -> "yaml.Node":
    """Whole ones without a point: limits of whole numbers are kept as floats."""
    return dumper.represent_int(int(data)) if data.is_integer() and abs(data) < _EXACT else dumper.represent_float(data)


def _list(dumper: "yaml.SafeDumper", data: list[Any]) -> "yaml.Node":
    short = all(isinstance(item, str | int | float | None) for item in data) and len(json.dumps(data)) < _WIDTH // 2
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=short)


def _object(dumper: "yaml.SafeDumper", data: dict[str, Any]) -> "yaml.Node":
    """Small objects, as access, defaults and checks are, in one line."""
    flat = all(_is_flat(item) for item in data.values())
    short = flat and len(data) <= _SMALL and len(json.dumps(data)) < _WIDTH // 2
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=short)


_SMALL = 4


def _is_flat(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str | int | float | None) for item in value)
    return isinstance(value, str | int | float | None) and "\n" not in str(value)


def document_schema() -> str:
    """The JSON Schema of a document as people write it, as JSON."""
    schema = DiscoveryDocument.model_json_schema()
    # What may be left out when a person writes it, because it follows from the rest.
    schema["required"] = [name for name in schema["required"] if name not in ("request", "contexts")]
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


if __name__ == "__main__":
    print(document_schema(), end="")
