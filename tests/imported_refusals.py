"""How the reference interpreter of imported APIs refuses."""

# ruff: noqa: ANN401 - JSON comes as it comes

import json
from typing import Any

from devmatrix.discovery.interface import RECORD_KEY, Fault, FaultValue
from tests.reference_api import Answer, Headers


def fault(value: FaultValue, status: int, name: str, record: str = "") -> Any:
    match value.source:
        case Fault.OBJECT:
            return {one.name: fault(one.value, status, name, record) for one in value.fields}
        case Fault.STATUS:
            return status
        case Fault.STATUS_TEXT:
            return str(status)
        case Fault.DETAILS:
            return ["it is so"]
        case Fault.BY_FIELD:
            return {
                name or (record if value.key == RECORD_KEY else value.key) or "body": [value.sentence or "it is so"]
            }
        case Fault.FIELDS:
            return [{one.name: fault(one.value, status, name, record) for one in value.fields}]
        case Fault.FIELD:
            return name or "body"
        case Fault.DETAIL | Fault.NOW | Fault.PATH:
            return "it is so"
        case _:
            return value.constant


def problem(status: int) -> Answer:
    body = {"type": "/problems/not-found", "title": "Not found", "status": status, "detail": "it is so"}
    return json_answer(status, body, "application/problem+json")


def json_answer(status: int, body: Any, media_type: str = "application/json") -> Answer:
    text = body if media_type.startswith("text/") else json.dumps(body)
    return Answer(status, Headers({"content-type": media_type}), text.encode())
