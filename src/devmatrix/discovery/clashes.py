"""Names of entities and collections that cannot stay as they are, and references that no record could satisfy."""

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.naming import human, snake
from devmatrix.errors import RequestError

MAX_ENTITIES = 200
MAX_FIELDS = 300
_PATHS_TAKEN = frozenset("auth health docs redoc openapi problems".split())
_RECORDS = "records"


def settle_names(draft: Draft) -> None:
    """Give every collection a path of its own. Raises RequestError where there are too many entities or fields."""
    if len(draft.entities) > MAX_ENTITIES:
        raise RequestError(
            f"the request names {len(draft.entities):,} entities, and one project holds at most {MAX_ENTITIES}",
            mend="split it into several requests",
        )
    taken = set(_PATHS_TAKEN)
    for entity in draft.entities.values():
        if len(entity.fields) > MAX_FIELDS:
            raise RequestError(
                f"{entity.name} has {len(entity.fields):,} fields, and one entity holds at most {MAX_FIELDS}",
                mend="split it into several entities",
            )
        wished = entity.plural or snake(entity.name)
        entity.plural = wished
        number = 1
        while entity.plural in taken:
            stem = snake(entity.name)
            entity.plural = f"{stem}_{_RECORDS}" if number == 1 else f"{stem}_{_RECORDS}_{number}"
            number += 1
        if entity.plural != wished:
            draft.assume(
                f"{human(entity.name).capitalize()} records are served under /{entity.plural.replace('_', '-')}",
                f"/{wished.replace('_', '-')} is taken",
            )
        taken.add(entity.plural)


def break_cycles(draft: Draft) -> None:
    """Make references optional that close a circle of required ones: else no first record could ever be made."""
    settled: set[str] = set()
    for name in draft.entities:
        _walk(draft, name, settled)


def _walk(draft: Draft, start: str, settled: set[str]) -> None:
    stack: list[tuple[str, list[str]]] = [(start, [])]
    entered: list[str] = []
    while stack:
        name, todo = stack[-1]
        if name not in entered:
            entered.append(name)
            todo[:] = [
                field.name for field in draft.entities[name].fields.values() if _binds(field.type, field.required)
            ]
        if name in settled or not todo:
            settled.add(name)
            entered.remove(name)
            stack.pop()
            continue
        field = draft.entities[name].fields[todo.pop()]
        target = str(field.target)
        if target in entered:
            field.required = False
            draft.assume(
                f"{name}.{field.name} may be empty",
                "it refers to its own kind"
                if target == name
                else "required references in a circle allow no first record",
            )
        elif target not in settled:
            stack.append((target, []))


def _binds(kind: FieldType | None, required: bool | None) -> bool:
    return kind is FieldType.REFERENCE and required is not False
