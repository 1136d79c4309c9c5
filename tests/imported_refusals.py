"""How the reference interpreter of imported APIs refuses."""

# ruff: noqa: ANN401 - JSON comes as it comes

import json
from typing import Any

from devmatrix.discovery.interface import Fault, FaultValue
from tests.reference_api import Answer, Headers


def fault(value: FaultValue, status: int, name: str) -> Any:
    match value.source:
        case Fault.OBJECT:
            return {one.name: fault(one.value, status, name) for one in value.fields}
        case Fault.STATUS:
            return status
        case Fault.STATUS_TEXT:
            return str(status)
        case Fault.DETAILS:
            return ["it is so"]
        case Fault.BY_FIELD:
            return {name: ["it is so"]}
        case Fault.FIELDS:
            return [{one.name: fault(one.value, status, name) for one in value.fields}]
        case Fault.FIELD:
            return name
        case Fault.DETAIL | Fault.NOW | Fault.PATH:
            return "it is so"
        case _:
            return value.constant


def problem(status: int) -> Answer:
    body = {"type": "/problems/not-found", "title": "Not found", "status": status, "detail": "it is so"}
    return json_answer(status, body, "application/problem+json")


def json_answer(status: int, body: Any, media_type: str = "application/json") -> Answer:
    return Answer(status, Headers({"content-type": media_type}), json.dumps(body).encode())
