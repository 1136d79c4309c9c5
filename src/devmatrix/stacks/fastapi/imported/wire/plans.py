"""What the wire side tells whoever writes routes: text of annotations and parameters, and what they need imported.

The generated modules that these texts speak of:

- `app/schemas/<group>.py`: classes of bodies (base `Input`) and of answers (base `Answer`), from `app.types`.
  A field of an answer that is neither nullable nor required is `Omissible[T] = None`: with None it is left out.
  Routes answer with `response_model_exclude_unset=True`, so a nullable field that was not given is left out as well.
  Answers are built by Python name: `Trail(created_at=..., from_=...)`; their types are wide (`str` for every format and
  enum), so that what is kept is always answered.
- `app/refusals.py`: `Unauthenticated(detail)`, `BadCredentials(detail)`, `Forbidden(detail)`, `InvalidPath(field,
  detail)`, `InvalidQuery(field, detail)`, `InvalidBody(field, detail)`, `Missing(detail)`, `Duplicate(field, detail)`,
  `StateConflict(detail)`, `Unwritten(detail)`. Raise them anywhere; the handlers find the form by the route.
- `app/security.py`: `Caller`, `OptionalCaller` (the account's model), `Admitted`; `create_token(account, settings)` in
  `app/authentication/tokens.py`; `hash_password`, `verify_password` in `app/authentication/passwords.py` (call both in
  a thread); `revoke_token(request, session)` in `app/security.py`,
  where there is a logout.
- Models are expected in `app/<package>/model.py`, class and package as `Names` has them, the password's hash in
  `attribute_name(f"{password}_hash")`; `app/models.py` (written here) imports them, and `RevokedToken` (table
  `revoked_tokens`: token_id String(32) primary key, expires_at) where `wire.guards.revokes`.
- `app/database.py`: `Record`, base of models, has `row_id: Mapped[int]` (primary key, in order of creation).
- `app/types.py`: `plain(value)`, what a validated value is as JSON, keys as on the wire and only what was sent.
- `app/routers/<group>.py` are the routers, one for each group; each defines `router = Router(tags=[...])` with
  `from app.routing import Router`.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["request", "answer", "text"]
"""text: values that come as text, in the path, the query, headers, forms."""


@dataclass(frozen=True)
class Annotation:
    """A type as source."""

    text: str
    imports: tuple[str, ...] = ()
    """Statements, one name each, as `Source.imports` has them."""


@dataclass(frozen=True)
class Declared:
    """One parameter of a route's function."""

    name: str
    """Its Python name."""
    declaration: str
    """`limit: Annotated[Integer, Query(ge=1, le=100)] = 20`; None where it is left out and has no default."""
    imports: tuple[str, ...]
    wire_name: str
    place: str
    """path, query, header, cookie, body (parts of a form)."""
    required: bool
    """False: it may be None, unless the document has a default for it."""


@dataclass(frozen=True)
class BodyPlan:
    """How a route takes its body."""

    media_type: str
    parameters: tuple[Declared, ...]
    """One called `body`; for multipart one for each part."""
    required: bool
    binary: bool
    """`body` is the bytes themselves; their type is in `request.headers`."""


@dataclass(frozen=True)
class Access:
    """Where a JSON pointer into the body leads in Python."""

    expression: str
    """`body.trail.title`. May only be evaluated where `sent` holds."""
    sent: str
    """Whether it was sent: `"title" in body.trail.model_fields_set`; empty: it always is."""
    nullable: bool
    """It may be None."""
    scalar: bool
    """It is a str, int, float or bool; else `plain(expression)` is its JSON."""
    upload: bool = False
    """It is an UploadFile."""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """The parameter that lets callers in, or not."""

    name: str
    """`caller`, or empty where the parameter is of no use to the route."""
    declaration: str
    """`caller: Caller`; empty where there is none (then `dependencies` may hold one for the decorator)."""
    imports: tuple[str, ...]
    dependencies: tuple[str, ...] = ()
    """Arguments for `dependencies=[...]` of the decorator: `Depends(admitted)`; already part of `Route.arguments`."""
    optional: bool = False
    """The caller may be None."""


@dataclass(frozen=True)
class RoutePlan:
    """The decorator of a route."""

    decorator: tuple[str, ...]
    """Lines, whole: `@router.post(`, `    "/api/trails",`, ..., `)`: path, ids, statuses, answers, security."""
    answer: Annotation
    """What the function returns: the class of the answer, or None."""
    imports: tuple[str, ...]
