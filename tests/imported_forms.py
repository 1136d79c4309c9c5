"""Forms as the reference interpreter of imported APIs reads them."""

# ruff: noqa: ANN401 - JSON comes as it comes

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from devmatrix.discovery.interface import Content, Interface
from devmatrix.discovery.shapes import Shape, ShapeKind


def read_form(interface: Interface, content: Content, sent: bytes, media_type: str) -> Any:
    """The body that a form stands for, its values typed as far as they can be."""
    pairs = _parts(sent, media_type) if media_type.startswith("multipart/") else parse_qsl(sent.decode(), True)
    nested: dict[str, Any] = {}
    for name, text in pairs:
        place, *keys = re.split(r"\]?\[", name.removesuffix("]"))
        inner = nested
        for key, following in zip([place, *keys], [*keys, None], strict=True):
            if following is None:
                inner[key] = [*inner.get(key, []), text]
            else:
                inner = inner.setdefault(key, {})
    return _typed(interface, content.shape, [nested])


def _parts(sent: bytes, media_type: str) -> list[tuple[str, str]]:
    boundary = media_type.partition("boundary=")[2]
    found = []
    for part in sent.decode().split(f"--{boundary}")[1:-1]:
        head, _, text = part.removeprefix("\r\n").partition("\r\n\r\n")
        name, kind = re.search(r'name="([^"]*)"', head), re.search(r"Content-Type: (\S+)", head)
        assert name is not None
        if kind is not None:
            found.append(("file type", kind[1]))
        found.append((name[1], text.removesuffix("\r\n")))
    return found


def _typed(interface: Interface, shape: Shape, given: list[Any]) -> Any:
    """What the texts (or one object of them) stand for; a text that is malformed stays."""
    shape = interface.resolve(shape)
    last = given[-1]
    match shape.kind:
        case ShapeKind.OBJECT:
            parts = last if isinstance(last, dict) else _json(last)
            if not isinstance(parts, dict):
                return last
            found = {}
            for name, value in parts.items():
                prop = shape.property(name)
                inner = prop.shape if prop is not None else shape.additional or Shape(kind=ShapeKind.ANY)
                found[name] = _typed(interface, inner, value) if last is parts and isinstance(value, list) else value
                if isinstance(value, dict) and last is parts:
                    found[name] = _typed(interface, inner, [value])
            return found
        case ShapeKind.ARRAY:
            items = shape.items or Shape(kind=ShapeKind.ANY)
            if isinstance(last, dict):
                return [_typed(interface, items, one if isinstance(one, list) else [one]) for one in last.values()]
            return [_typed(interface, items, [one]) for one in given]
        case ShapeKind.INTEGER if re.fullmatch(r"-?\d+", str(last)):
            return int(last)
        case ShapeKind.NUMBER if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", str(last)):
            return float(last)
        case ShapeKind.BOOLEAN:
            return {"true": True, "false": False}.get(last, last)
        case ShapeKind.ANY:
            return _json(last)
        case ShapeKind.UNION:
            objects = any(interface.resolve(one).kind is ShapeKind.OBJECT for one in shape.alternatives)
            return _json(last) if objects else last
        case _:
            return last


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
