"""Decorators of routes: path, identifier, statuses, answers and security, as the document has them."""

from http import HTTPStatus

from devmatrix.discovery.document import Operation
from devmatrix.discovery.interface import Endpoint, Reply
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.annotations import Writing, import_of
from devmatrix.stacks.fastapi.imported.wire.classes import Classes
from devmatrix.stacks.fastapi.imported.wire.contents import (
    essence,
    is_binary,
    is_json,
    json_contents,
    reply_content,
    status_phrase,
    success_reply,
)
from devmatrix.stacks.fastapi.imported.wire.parameters import served_path
from devmatrix.stacks.fastapi.imported.wire.plans import Annotation, Guard, RoutePlan

_RESPONSE = Annotation("Response", ("from fastapi import Response",))


class Routes:
    """Plans of routes."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes

    def plan(self, endpoint: Endpoint, operation: Operation, guard: Guard) -> RoutePlan:
        """The decorator, and what the function returns."""
        reply = success_reply(endpoint, operation.success_status)
        content = reply_content(reply)
        answer = self._answer(reply)
        imports = [*answer.imports]
        lines = [f"{literal(served_path(operation.path, endpoint))},"]
        lines.append(f"operation_id={literal(endpoint.document_id or endpoint.operation)},")
        if operation.success_status != HTTPStatus.OK:
            lines.append(f"status_code={operation.success_status},")
        if endpoint.deprecated:
            lines.append("deprecated=True,")
        if operation.summary:
            lines.append(f"summary={literal(' '.join(operation.summary.split()))},")
        if reply is not None and reply.description:
            lines.append(f"response_description={literal(' '.join(reply.description.split()))},")
        if content is None or answer is _RESPONSE:
            lines.append("response_class=Response,")
            imports.append("from fastapi import Response")
        else:
            media = essence(content.media_type)
            if media.startswith("application/") and media.endswith("+json"):
                lines.append(f"response_class=json_as({literal(media)}),")
                imports.append("from app.routing import json_as")
            lines.append("response_model_exclude_unset=True,")
        replies = self._replies(endpoint, operation, imports)
        lines += ["responses={", *(f"    {line}" for line in replies), "},"] if replies else []
        if endpoint.schemes:
            optional = "" if operation.access.authenticated else ", optional=True"
            lines.append(f"openapi_extra=secured({', '.join(map(literal, endpoint.schemes))}{optional}),")
            imports.append("from app.routing import secured")
        if guard.dependencies:
            lines.append(f"dependencies=[{', '.join(guard.dependencies)}],")
            imports += guard.imports
        decorator = (f"@router.{operation.method.lower()}(", *(f"    {line}" for line in lines), ")")
        return RoutePlan(decorator, answer, tuple(dict.fromkeys(imports)))

    def _answer(self, reply: Reply | None) -> Annotation:
        content = reply_content(reply)
        if content is None:
            return Annotation("None")
        if is_binary(content) or not is_json(content.media_type):
            return _RESPONSE
        writing = Writing()
        text = self._classes.annotations.write(content.shape, "answer", writing)
        classes = (self._classes.import_of(name) for name in sorted(writing.classes))
        return Annotation(text, (*(import_of(name) for name in sorted(writing.names)), *classes))

    def _replies(self, endpoint: Endpoint, operation: Operation, imports: list[str]) -> list[str]:
        success = success_reply(endpoint, operation.success_status)
        lines: list[str] = []
        for reply in endpoint.replies:
            is_success = reply is success and reply.status != 0
            text = self._reply(reply, imports, documented=is_success)
            if text:
                key = literal("default") if reply.status == 0 else str(reply.status)
                lines.append(f"{key}: {text},")
        listed = {reply.status for reply in endpoint.replies}
        missing = {each.status: each for each in endpoint.refusals if each.status not in listed}
        for status in sorted(status for status, each in missing.items() if each.body is not None):
            lines.append(f"{status}: reply({literal(status_phrase(status, 'Otherwise'))}),")
            imports.append("from app.routing import reply")
        standard = sorted(status for status, each in missing.items() if each.body is None)
        if standard:
            lines.append(f"**problems({', '.join(map(str, standard))}),")
            imports.append("from app.problems import problems")
        return lines

    def _reply(self, reply: Reply, imports: list[str], *, documented: bool) -> str:
        """`reply(...)`; of the reply that the framework describes by itself only what it leaves out."""
        content = reply_content(reply)
        arguments = []
        if content is not None and (is_binary(content) or not is_json(content.media_type)):
            arguments.append(f"media_type={literal(content.media_type)}")
        elif content is not None and not documented:
            writing = Writing()
            for each in json_contents(reply):
                arguments.append(self._classes.annotations.write(each.shape, "answer", writing))
            if content.media_type not in ("application/json", "*/*"):
                arguments.append(f"media_type={literal(content.media_type)}")
            imports += [import_of(name) for name in sorted(writing.names)]
            imports += [self._classes.import_of(name) for name in sorted(writing.classes)]
        if reply.headers:
            arguments.append(f"headers=[{', '.join(map(literal, reply.headers))}]")
        if documented and not arguments:
            return ""
        imports.append("from app.routing import reply")
        description = " ".join(reply.description.split()) or status_phrase(reply.status, "Otherwise")
        return f"reply({', '.join([literal(description), *arguments])})"
