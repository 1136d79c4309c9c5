"""Swagger 2.0 as OpenAPI 3: the same document, with bodies, parameters, answers and credentials where 3 has them.

`definitions`, `responses` and `parameters` stay in their places: references and pointers are those of the author.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from devmatrix.discovery.openapi.loading.files import At
from devmatrix.discovery.openapi.loading.nodes import escaped

SWAGGER = "2.0"

_Object = dict[str, object]
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_KEPT = ("name", "in", "required", "description")
_STYLES = {"ssv": "spaceDelimited", "tsv": "spaceDelimited", "pipes": "pipeDelimited"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_JSON = "application/json"
_BYTES = "application/octet-stream"


def converted(root: At) -> At:
    """The document in the form of OpenAPI 3.0. Parts that are no objects stay as they are, for the reader to refuse."""
    return _Conversion(root).made()


class _Conversion:
    def __init__(self, root: At) -> None:
        self._root = root
        self._shared = _object(root.mapping.get("parameters"))
        self._places = dict(root.tree.places)

    def made(self) -> At:
        root = self._root.mapping
        made: _Object = {key: value for key, value in root.items() if key != "swagger"}
        made["openapi"] = "3.0.3"
        if base := root.get("basePath"):
            made["servers"] = [{"url": base}]
            self._put("/servers", "/basePath")
        made["definitions"] = _schema(root.get("definitions"))
        made["parameters"] = {
            name: _parameter(one) if not _is_of_body(_object(one)) else one for name, one in self._shared.items()
        }
        made["responses"] = {
            name: self._response(one, self._types(root, "produces"))
            for name, one in _object(root.get("responses")).items()
        }
        if (paths := root.get("paths")) is not None:
            made["paths"] = self._paths(paths)
        listed = _object(root.get("securityDefinitions"))
        made["components"] = {"securitySchemes": {name: _scheme(one) for name, one in listed.items()}}
        self._put("/components", "/securityDefinitions")
        for name in listed:
            inside = f"/securitySchemes/{escaped(name)}"
            self._put(f"/components{inside}", f"/securityDefinitions/{escaped(name)}")
        # The reader says places of schemas in the words of 3; what stands there is the same.
        for pointer, place in list(self._places.items()):
            if pointer.startswith("/definitions/"):
                self._places[f"/components/schemas{pointer.removeprefix('/definitions')}"] = place
        return At(replace(self._root.tree, value=made, places=self._places), "", made)

    def _put(self, pointer: str, of: str) -> None:
        if of in self._places:
            self._places[pointer] = self._places[of]

    def _paths(self, paths: object) -> object:
        if not isinstance(paths, dict):
            return paths
        made: _Object = {}
        for path, item in paths.items():
            if not isinstance(item, dict) or not isinstance(item.get("parameters", []), list):
                made[path] = item
                continue
            pointer = f"/paths/{escaped(path)}"
            shared = list(self._listed(item))
            made[path] = {
                key: self._operation(value, shared, f"{pointer}/{key}") if key in _METHODS else value
                for key, value in item.items()
                if key != "parameters"
            }
            plain = [_parameter(one) for one, body in shared if body is None]
            if plain:
                made[path]["parameters"] = plain  # type: ignore[index]
        return made

    def _listed(self, holder: _Object) -> Iterator[tuple[object, _Object | None]]:
        """The parameters as they are written, and what those that stand for a body mean."""
        listed = holder.get("parameters")
        for one in listed if isinstance(listed, list) else ():
            reference = str(_object(one).get("$ref", ""))
            meant = self._shared.get(reference.removeprefix("#/parameters/")) if reference else one
            yield one, _object(meant) if _is_of_body(_object(meant)) else None

    def _operation(self, operation: object, shared: list[tuple[object, _Object | None]], pointer: str) -> object:
        if not isinstance(operation, dict) or not isinstance(operation.get("parameters", []), list):
            return operation
        own = list(self._listed(operation))
        names = {_name(body) for _, body in own if body}
        bodies = [body for _, body in own if body]
        bodies += [body for _, body in shared if body and _name(body) not in names]
        made = {key: value for key, value in operation.items() if key not in ("parameters", "consumes", "produces")}
        made["parameters"] = [_parameter(one) for one, body in own if body is None]
        if bodies:
            made["requestBody"] = self._body(bodies, self._types(operation, "consumes"))
            at = next((index for index, (_, body) in enumerate(own) if body), None)
            self._put(f"{pointer}/requestBody", f"{pointer}/parameters/{at}")
        produces = self._types(operation, "produces")
        replies = operation.get("responses")
        if isinstance(replies, dict):
            made["responses"] = {status: self._response(reply, produces) for status, reply in replies.items()}
        return made

    def _types(self, holder: Mapping[str, object], key: str) -> list[str]:
        listed = holder.get(key, self._root.mapping.get(key))
        return [str(one) for one in listed] if isinstance(listed, list) else []

    def _body(self, bodies: list[_Object], types: list[str]) -> _Object:
        whole = next((one for one in bodies if one.get("in") == "body"), None)
        if whole is not None:
            content = {"schema": _schema(whole.get("schema", {}))}
            described = {key: whole[key] for key in ("description", "required") if key in whole}
            fitting = [one for one in types if one not in _FORMS] or [_JSON]
            return described | {"content": dict.fromkeys(fitting, content)}
        fields: _Object = {}
        for one in bodies:
            field = _object(_parameter(one))
            fields[_name(one)] = _object(field["schema"]) | (
                {"description": text} if (text := field.get("description")) else {}
            )
        needed = [_name(one) for one in bodies if one.get("required") is True]
        schema = {"type": "object", "properties": fields} | ({"required": needed} if needed else {})
        files = any(one.get("type") == "file" for one in bodies)
        fitting = [one for one in types if one in _FORMS and not (files and one == _FORMS[0])]
        fitting = fitting or [_FORMS[1] if files else _FORMS[0]]
        return {
            "required": bool(needed),
            "content": {one: {"schema": schema} for one in fitting},
        }

    def _response(self, reply: object, types: list[str]) -> object:
        if not isinstance(reply, dict) or "$ref" in reply:
            return reply
        made = {key: value for key, value in reply.items() if key not in ("schema", "examples")}
        schema = reply.get("schema")
        if schema is None:
            return made
        shown = _object(reply.get("examples"))
        is_file = _object(schema).get("type") == "file"
        fitting = [one for one in types if not (is_file and one == _JSON)] or [_BYTES if is_file else _JSON]
        meant = _schema(schema)
        made["content"] = {
            one: {"schema": meant} | ({"example": shown[one]} if one in shown else {}) for one in fitting
        }
        return made


def _object(value: object) -> _Object:
    return value if isinstance(value, dict) else {}


def _name(parameter: _Object) -> str:
    return str(parameter.get("name", ""))


def _is_of_body(parameter: _Object) -> bool:
    return parameter.get("in") in ("body", "formData")


def _parameter(one: object) -> object:
    """A parameter whose type stands in a schema; references stay."""
    if not isinstance(one, dict) or "$ref" in one:
        return one
    made = {key: value for key, value in one.items() if key in _KEPT or key.startswith("x-")}
    schema = _schema(
        {key: value for key, value in one.items() if key not in (*_KEPT, "collectionFormat", "allowEmptyValue")}
    )
    made["schema"] = _object(schema)
    if one.get("type") == "array":
        written = one.get("collectionFormat", "csv")
        made["explode"] = written == "multi"
        if written in _STYLES:
            made["style"] = _STYLES[str(written)]
    return made


def _schema(value: object) -> object:
    """A schema with what generators of 2.0 add in the words of 3; nothing else differs."""
    if isinstance(value, list):
        return [_schema(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: one if key in ("example", "default", "enum") else _schema(one) for key, one in value.items()}
    if made.get("x-nullable") is True or made.get("x-isnullable") is True:
        made["nullable"] = True
    if isinstance(made.get("discriminator"), str):
        made["discriminator"] = {"propertyName": made["discriminator"]}
    return made


def _scheme(one: object) -> object:
    if not isinstance(one, dict) or one.get("type") != "basic":
        return one
    return {**one, "type": "http", "scheme": "basic"}
