"""What a person should decide: where the document contradicts itself."""

from devmatrix.discovery.document import Question
from devmatrix.discovery.openapi.binding.drafts import Desk
from devmatrix.discovery.openapi.binding.operations import Bound
from devmatrix.discovery.openapi.binding.refusals import note_differences

_REASONS = {
    "unauthenticated": "callers without valid credentials",
    "bad_credentials": "logins with a wrong name or password",
    "forbidden": "callers who may not do it",
    "invalid_path": "malformed path parameters",
    "invalid_query": "malformed query parameters",
    "invalid_body": "malformed bodies",
    "missing": "records that are not there",
    "duplicate": "values that are taken",
    "state": "records whose state stands against it",
}


def ask(desk: Desk, bound: list[Bound]) -> None:
    """One question for each reason that is answered with several statuses."""
    by_pointer = {one.endpoint.pointer: f"{one.operation.method} {one.operation.path}" for one in bound}
    ids = {one.endpoint.pointer: one.operation.id for one in bound}
    found = note_differences([(one.endpoint.pointer, one.endpoint.refusals) for one in bound if one.endpoint.effect])
    for reason, places in found:
        said = " and ".join(f"{status} at {by_pointer[pointer]}" for status, pointer in places.items())
        desk.questions.append(
            Question(
                id=f"status-of-{reason.replace('_', '-')}",
                text=f"The document answers {_REASONS[reason]} with {said}: is that meant?",
                default="as documented",
                why="one reason has several statuses; each operation answers as the document says for it",
                depends=tuple(dict.fromkeys(ids[pointer] for pointer in places.values())),
            )
        )
