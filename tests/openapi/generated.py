"""Hostile documents that are too large, or too broken, to lie about as files. Each is written into a folder."""

from collections.abc import Callable, Mapping
from pathlib import Path

Make = Callable[[Path], Path]

_HEAD = 'openapi: 3.0.3\ninfo: {title: Made, version: "1"}\n'
_PATHS = """paths:
  /things:
    get:
      responses:
        "200":
          description: all
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
components:
  schemas:
"""
_THING = "    Thing: {type: object, properties: {id: {type: integer, readOnly: true}, name: {type: string}}}\n"
_PLAIN = _HEAD + _PATHS + _THING


def _of(content: bytes | str, name: str = "api.yaml") -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def _with(schemas: str) -> Make:
    return _of(_HEAD + _PATHS + schemas)


def _deep_schema(depth: int) -> str:
    inner = "{type: array, items: " * depth + "{type: string}" + "}" * depth
    return f"    Thing: {{type: object, properties: {{id: {{type: integer}}, name: {inner}}}}}\n"


def _deep_allof(depth: int) -> str:
    inner = "{allOf: [" * depth + "{type: object, properties: {name: {type: string}}}" + "]}" * depth
    return f"    Thing: {inner}\n"


def _long_allof(length: int) -> str:
    parts = ", ".join(f"{{type: object, properties: {{p{number}: {{type: string}}}}}}" for number in range(length))
    return f"    Thing: {{allOf: [{parts}]}}\n"


def _chain(length: int) -> str:
    links = [f'    Link{number}: {{$ref: "#/components/schemas/Link{number + 1}"}}\n' for number in range(length)]
    return (
        '    Thing: {$ref: "#/components/schemas/Link0"}\n' + "".join(links) + f"    Link{length}: {{type: object}}\n"
    )


def _many_properties(count: int) -> str:
    properties = "".join(
        f"        property{number}: {{type: string, maxLength: {number + 1}}}\n" for number in range(count)
    )
    return f"    Thing:\n      type: object\n      properties:\n        id: {{type: integer}}\n{properties}"


def _many_choices(count: int) -> str:
    choices = ", ".join(f"choice{number}" for number in range(count))
    name = f"{{type: string, enum: [{choices}]}}"
    return f"    Thing: {{type: object, properties: {{id: {{type: integer}}, name: {name}}}}}\n"


def _circle_of_files(folder: Path) -> Path:
    count = 40
    for number in range(count):
        following = f"part{(number + 1) % count}.yaml"
        text = f'Node: {{type: object, properties: {{name: {{type: string}}, next: {{$ref: "{following}#/Node"}}}}}}\n'
        (folder / f"part{number}.yaml").write_text(text, "utf-8")
    schema = '{type: array, items: {$ref: "part0.yaml#/Node"}}'
    paths = (
        f'paths: {{/nodes: {{get: {{responses: {{"200": {{description: ok, content: {{application/json: '
        f"{{schema: {schema}}}}}}}}}}}}}}}\n"
    )
    return _of(_HEAD + paths)(folder)


def _invalid_beside(folder: Path) -> Path:
    (folder / "beside.yaml").write_bytes(b'Thing: {type: object, description: "\xff\xfe"}\n')
    return _with('    Thing: {$ref: "beside.yaml#/Thing"}\n')(folder)


def _link_out(folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    (folder / "secret.yaml").write_text("Thing: {type: object}\n", "utf-8")
    (inside / "linked.yaml").symlink_to(folder / "secret.yaml")
    return _with('    Thing: {$ref: "linked.yaml#/Thing"}\n')(inside)


GENERATED: Mapping[str, Make] = {
    "byte-order-mark": _of(b"\xef\xbb\xbf" + _PLAIN.encode()),
    "carriage-returns": _of(_PLAIN.replace("\n", "\r\n")),
    "utf-16": _of(_PLAIN.encode("utf-16")),
    "invalid-utf-8": _of(_HEAD.encode() + b'x-note: "\xff\xfe\xc3("\n' + (_PATHS + _THING).encode()),
    "invalid-utf-8-beside": _invalid_beside,
    "nul": _of(_HEAD + 'x-note: "a\x00b"\n' + _PATHS + _THING),
    "empty": _of(""),
    "only-a-comment": _of("# openapi: 3.0.3\n"),
    "deep-brackets": _of(_HEAD + "x-deep: " + "[" * 100_000 + "]" * 100_000 + "\n" + _PATHS + _THING),
    "deep-json": _of('{"openapi": "3.0.3", "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}", "api.json"),
    "deep-schema": _with(_deep_schema(500)),
    "deep-allof": _with(_deep_allof(500)),
    "long-allof": _with(_long_allof(500)),
    "long-chain-of-references": _with(_chain(2_000)),
    "many-properties": _with(_many_properties(10_000)),
    "many-choices": _with(_many_choices(5_000)),
    "long-name": _with(_THING.replace("name:", "n" * 900 + ":")),
    "many-files-in-a-circle": _circle_of_files,
    "link-out-of-the-folder": _link_out,
    "hundred-megabytes": lambda folder: _of(_PLAIN + "# " + "x" * 100_000_000 + "\n")(folder),
}
"""Name -> what writes it into a folder and gives its path."""
