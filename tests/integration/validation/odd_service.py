"""A service by hand on a Unix socket: as its document says, or with one defect for each thing that fuzzing checks."""

import itertools
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

TOKEN = "a-token-that-nobody-guesses"
SMALL = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
LENGTH = {
    "type": "object",
    "required": ["length"],
    "properties": {"length": {"type": "integer"}},
}
KEPT = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


def _body(**properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _reply(schema: dict[str, Any] | None = None, **headers: dict[str, Any]) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return {
        "description": "-",
        **content,
        "headers": {name.replace("_", "-"): {"required": True, "schema": one} for name, one in headers.items()},
    }


def _operation(operation_id: str, replies: dict[str, Any], *, secured: bool = False, **more: object) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "responses": replies,
        "security": [{"bearer": []}] if secured else [],
        **more,
    }


def _resource(name: str, *methods: str) -> dict[str, Any]:
    parameter = {"name": f"{name}_id", "in": "path", "required": True, "schema": SMALL}
    found = {"200": _reply(KEPT), "404": _reply(), "422": _reply()}
    one = {"get": _operation(f"read_{name}", found), "delete": _operation(f"delete_{name}", found | {"204": _reply()})}
    return {
        f"/{name}": {"post": _operation(f"create_{name}", {"201": _reply(KEPT)})},
        f"/{name}/{{{name}_id}}": {
            "parameters": [parameter],
            **{method: value for method, value in one.items() if method in methods},
        },
    }


OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Odd", "version": "1"},
    "servers": [{"url": "https://somebody-else.example"}],
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/tokens": {"post": _operation("sign_in", {"201": _reply()})},
        "/text": {
            "post": _operation(
                "measure",
                {"200": _reply(LENGTH), "422": _reply()},
                requestBody=_body(text={"type": "string", "maxLength": 20}),
            )
        },
        "/status": {"get": _operation("answer_status", {"200": _reply(LENGTH)})},
        "/body": {"get": _operation("answer_body", {"200": _reply(LENGTH)})},
        "/type": {"get": _operation("answer_type", {"200": _reply(LENGTH)})},
        "/header": {"get": _operation("answer_header", {"200": _reply(LENGTH, X_Rate={"type": "integer"})})},
        "/number": {
            "post": _operation(
                "take_number",
                {"200": _reply(LENGTH), "422": _reply()},
                requestBody=_body(number={"type": "integer", "minimum": 0, "maximum": 10}),
            )
        },
        "/picture": {
            "put": _operation(
                "keep_picture",
                {"200": _reply(LENGTH), "422": _reply()},
                requestBody={
                    "required": True,
                    "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
                },
            )
        },
        "/own": {"get": _operation("read_own", {"200": _reply(LENGTH), "401": _reply()}, secured=True)},
        **_resource("kept", "get", "delete"),
        **_resource("lost", "get"),
    },
}


class Odd:
    """What the operations do; not `sound`: with all defects, each in an operation of its own."""

    def __init__(self, *, sound: bool) -> None:
        self.sound = sound
        self._numbers = itertools.count(1)
        self._kept: set[str] = set()

    async def measure(self, request: Request) -> Response:
        body = await _object(request, "text")
        text = body and body["text"]
        if not isinstance(text, str) or len(text) > 20:
            return Response(status_code=422)
        if not self.sound and not text.isascii():
            raise ValueError(text)
        return _length()

    async def take_number(self, request: Request) -> Response:
        body = await _object(request, "number")
        return Response(status_code=422) if self.sound and not _is_small(body and body["number"]) else _length()

    async def keep_picture(self, request: Request) -> Response:
        """Any bytes are a picture; none are not."""
        return _length() if await request.body() else Response(status_code=422)

    async def read_own(self, request: Request) -> Response:
        shown = request.headers.get("authorization", "").rpartition(" ")[2]
        return Response(status_code=401) if self.sound and shown != TOKEN else _length()

    async def keep(self, request: Request) -> Response:
        number = next(self._numbers)
        if self.sound or "kept" in request.url.path:
            self._kept.add(f"{request.url.path}/{number}")
        return JSONResponse({"id": number}, 201)

    async def use(self, request: Request) -> Response:
        before, _, number = request.url.path.rpartition("/")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 1_000_000):
            return Response(status_code=422)
        path = f"{before}/{int(number)}"
        if path not in self._kept:
            return Response(status_code=404)
        if request.method == "GET":
            return JSONResponse({"id": int(number)})
        if self.sound:
            self._kept.discard(path)
        return Response(status_code=204)


def odd_application(*, sound: bool) -> Starlette:
    """The service."""
    odd = Odd(sound=sound)

    def answers(wrong: Response) -> Callable[[Request], Response]:
        return lambda request: _length() if sound else wrong

    return Starlette(
        routes=[
            Route("/tokens", lambda request: JSONResponse({"token": TOKEN}, 201), methods=["POST"]),
            Route("/text", odd.measure, methods=["POST"]),
            Route("/status", answers(JSONResponse({"length": 3}, 203))),
            Route("/body", answers(JSONResponse({"length": "three"}))),
            Route("/type", answers(PlainTextResponse("3"))),
            Route("/header", answers(JSONResponse({"length": 3}))),
            Route("/number", odd.take_number, methods=["POST"]),
            Route("/picture", odd.keep_picture, methods=["PUT"]),
            Route("/own", odd.read_own),
            Route("/kept", odd.keep, methods=["POST"]),
            Route("/kept/{number}", odd.use, methods=["GET", "DELETE"]),
            Route("/lost", odd.keep, methods=["POST"]),
            Route("/lost/{number}", odd.use, methods=["GET"]),
        ]
    )


def _is_small(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return 0 <= number <= 10 and number == int(number)


async def _object(request: Request, name: str) -> dict[str, Any] | None:
    """The body where it is an object with that property alone."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) and list(body) == [name] else None


def _length() -> Response:
    return JSONResponse({"length": 3}, headers={"X-Rate": "7"})


@contextmanager
def serving(application: Starlette, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Serve it; gives its Unix socket and its (nearly empty) SQLite file."""
    place, database = folder / "http", folder / "app.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY)")
    connection.close()
    server = uvicorn.Server(
        uvicorn.Config(application, uds=str(place), log_level="critical", lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield place, database
    finally:
        server.should_exit = True
        thread.join()
