"""Bodies of requests: values at JSON pointers, and how each media type is written."""

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import quote_plus

from pydantic import JsonValue

from devmatrix.discovery.interface import Content, Endpoint

_BOUNDARY = "boundary-of-the-parts"


def content_of(endpoint: Endpoint) -> Content | None:
    """The one of the bodies that is taken: JSON before forms, multipart, anything else."""
    ranks = ("json", "x-www-form-urlencoded", "multipart/")
    for rank in ranks:
        for content in endpoint.bodies:
            if rank in content.media_type:
                return content
    return next(iter(endpoint.bodies), None)


def parts(pointer: str) -> list[str]:
    """The keys of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def place(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def has(body: JsonValue, pointer: str) -> bool:
    """Whether something stands there."""
    for key in parts(pointer):
        if not isinstance(body, dict) or key not in body:
            return False
        body = body[key]
    return True


def at(body: JsonValue, pointer: str) -> JsonValue:
    """What stands there; none where nothing does."""
    for key in parts(pointer):
        if not isinstance(body, dict) or key not in body:
            return None
        body = body[key]
    return body


def put(body: JsonValue, pointer: str, value: JsonValue) -> JsonValue:
    """The body with a value there."""
    keys = parts(pointer)
    if not keys:
        return value
    rest = "".join(f"/{place(key)}" for key in keys[1:])
    if isinstance(body, list) and keys[0].isdecimal():
        return [put(one, rest, value) if index == int(keys[0]) else one for index, one in enumerate(body)]
    found = dict(body) if isinstance(body, dict) else {}
    found[keys[0]] = put(found.get(keys[0]), rest, value)
    return found


def without(body: JsonValue, pointer: str) -> JsonValue:
    """The body without what stands there."""
    keys = parts(pointer)
    rest = "".join(f"/{place(key)}" for key in keys[1:])
    if isinstance(body, list) and len(keys) > 1:
        return [without(one, rest) if str(index) == keys[0] else one for index, one in enumerate(body)]
    if not keys or not isinstance(body, dict) or keys[0] not in body:
        return body
    if len(keys) == 1:
        return {key: value for key, value in body.items() if key != keys[0]}
    return {**body, keys[0]: without(body[keys[0]], rest)}


def sent_as(
    content: Content | None, body: JsonValue, file_type: str = "", files: Collection[str] = ()
) -> tuple[dict[str, str], str | None]:
    """(headers, text) of a body that is no plain JSON; ({}, None) where the step sends it as JSON.

    `file_type`: the media type of a file, where the content leaves it open; `files`: the parts that are files.
    """
    file_type = file_type or "application/octet-stream"
    if content is None or content.media_type == "application/json":
        return {}, None
    if "json" in content.media_type:
        return {"Content-Type": content.media_type}, json.dumps(body, ensure_ascii=False)
    if "x-www-form-urlencoded" in content.media_type and isinstance(body, dict):
        pairs = [
            (name, _text(one))
            for key, value in body.items()
            if value is not None
            for name, one in _entries(key, value, deep=key in content.deep)
        ]
        return {"Content-Type": content.media_type}, "&".join(
            f"{quote_plus(key)}={_quoted(text)}" for key, text in pairs
        )
    if content.media_type.startswith("multipart/") and isinstance(body, dict):
        return {"Content-Type": f"{content.media_type}; boundary={_BOUNDARY}"}, _multipart(body, file_type, files)
    return {"Content-Type": concrete(content.media_type, file_type)}, _text(body)


def in_range(media_type: str, media_range: str) -> bool:
    """Whether a media type is within a range: `image/*` has `image/png`, `*/*` has all."""
    kind, _, rest = media_range.partition(";")[0].strip().lower().partition("/")
    given, _, special = media_type.partition(";")[0].strip().lower().partition("/")
    return kind in ("*", given) and rest in ("*", special)


def concrete(media_range: str, wanted: str = "application/octet-stream") -> str:
    """A media type within a range: the wanted one, where it is in it."""
    if "*" not in media_range:
        return media_range
    if in_range(wanted, media_range):
        return wanted
    usual = {"image": "image/png", "audio": "audio/mpeg", "video": "video/mp4", "text": "text/plain"}
    kind = media_range.partition("/")[0].strip().lower()
    return usual.get(kind, f"{kind}/octet-stream")


def _entries(name: str, value: JsonValue, *, deep: bool) -> Iterator[tuple[str, JsonValue]]:
    """What stands in a form for a property: lists item by item; the parts of an object by themselves, or it as JSON."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _entries(f"{name}[{index}]" if deep else name, one, deep=deep)
    elif isinstance(value, dict) and deep:
        for key, one in value.items():
            yield from _entries(f"{name}[{key}]", one, deep=True)
    else:
        yield name, value


def _multipart(body: dict[str, JsonValue], file_type: str, files: Collection[str]) -> str:
    text = ""
    parts = [entry for name, value in body.items() for entry in _entries(name, value, deep=False)]
    for name, value in parts:
        file = f'; filename="{name}.bin"\r\nContent-Type: {file_type}' if name in files else ""
        text += f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{_text(value)}\r\n'
    return f"{text}--{_BOUNDARY}--\r\n"


def _quoted(text: str) -> str:
    """As forms have it; captures stay as they are."""
    return text if re.fullmatch(r"\$\{\w+\}", text) else quote_plus(text)


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
