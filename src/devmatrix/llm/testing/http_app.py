"""The desk as an ASGI application under uvicorn. Imported late: it needs starlette and uvicorn."""

import asyncio
import json
import socket
from collections.abc import Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from devmatrix.llm.testing.catalog import Wire
from devmatrix.llm.testing.desk import Desk, Outcome
from devmatrix.llm.testing.refusals import Refused

_TRANSPORT = "devmatrix.transport"


class _Protocol(H11Protocol):
    """Lets the application see the connection, to cut it and to notice that the client has gone."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


class _Generation:
    """POST endpoints: reads a body, sends what the desk says, tells it how that went."""

    def __init__(self, desk: Desk, wire: Wire, *, counting: bool = False) -> None:
        self._desk = desk
        self._wire = wire
        self._counting = counting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        outcome = self._desk.receive(self._wire, scope["path"], _lowered(request.headers), raw, counting=self._counting)
        transport = scope["state"][_TRANSPORT]
        try:
            await self._send(outcome, transport, send)
        except asyncio.CancelledError:  # the server stops
            self._desk.finish(outcome, whole=False)
            transport.abort()
        if transport.is_closing():
            await _gone(receive)

    async def _send(self, outcome: Outcome, transport: asyncio.Transport, send: Send) -> None:
        await asyncio.sleep(outcome.first_seconds)
        self._desk.begin(outcome)
        streamed = len(outcome.chunks) > 1
        headers = dict(outcome.headers)
        if not streamed:
            headers["content-length"] = str(len(outcome.chunks[0]))
            await asyncio.sleep(outcome.rest_seconds)
        listed = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": outcome.status, "headers": listed})
        pause = outcome.rest_seconds / len(outcome.chunks) if streamed else 0.0
        *chunks, last = _first_half(outcome.chunks) if outcome.cut else outcome.chunks
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if pause:
                await asyncio.sleep(pause)
        # Remembered before the last byte goes out: whoever has the answer finds it in the records.
        self._desk.finish(outcome, whole=not transport.is_closing())
        await send({"type": "http.response.body", "body": last, "more_body": outcome.cut})
        if outcome.cut:
            transport.close()


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is over; it complains about half an answer otherwise."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _first_half(chunks: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(chunks) == 1:
        return (chunks[0][: len(chunks[0]) // 2],)
    return chunks[: len(chunks) // 2]


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def build_app(desk: Desk) -> Starlette:
    """All paths. GET /v1/models speaks the Messages API to whoever sends its version header or key, else chat."""

    async def models(request: Request) -> Response:
        headers = _lowered(request.headers)
        wire = Wire.MESSAGES if {"anthropic-version", "x-api-key"} & headers.keys() else Wire.CHAT
        status, body = desk.look_up(wire, headers, request.path_params.get("model"))
        return Response(json.dumps(body), status, media_type="application/json")

    async def unknown(request: Request, error: Exception) -> Response:
        body = Refused(404, "Not found").body(Wire.MESSAGES, "req_nowhere")
        return Response(json.dumps(body), 404, media_type="application/json")

    return Starlette(
        exception_handlers={404: unknown},
        routes=[
            Route("/v1/messages", _Generation(desk, Wire.MESSAGES), methods=["POST"]),
            Route("/v1/messages/count_tokens", _Generation(desk, Wire.MESSAGES, counting=True), methods=["POST"]),
            Route("/v1/chat/completions", _Generation(desk, Wire.CHAT), methods=["POST"]),
            Route("/v1/models", models, methods=["GET"]),
            Route("/v1/models/{model:path}", models, methods=["GET"]),
        ],
    )


def build_server(desk: Desk) -> uvicorn.Server:
    """A server that is to be run on sockets of one's own."""
    return uvicorn.Server(
        uvicorn.Config(
            build_app(desk),
            http=_Protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            backlog=2048,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
    )


def serve(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until `server.should_exit`."""
    server.run(sockets=[listening])
