"""Why each endpoint may refuse, with the status and the body that the document gives for it."""

import re

from devmatrix.discovery.document import Access, OperationKind
from devmatrix.discovery.interface import (
    RECORD_KEY,
    STANDARD_STATUSES,
    Content,
    Effect,
    Endpoint,
    FaultValue,
    Lookup,
    Reason,
    Refusal,
    Reply,
)
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.faults import Faults
from devmatrix.discovery.openapi.binding.gathering import CREATES, DELETES
from devmatrix.discovery.openapi.binding.words import TAKEN, singular_key
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import ShapeKind

_PREFERRED: dict[Reason, tuple[int, ...]] = {
    Reason.UNAUTHENTICATED: (401,),
    Reason.BAD_CREDENTIALS: (401, 400, 403, 422),
    Reason.FORBIDDEN: (403, 404),
    Reason.INVALID_PATH: (400, 422),
    Reason.INVALID_QUERY: (400, 422),
    Reason.INVALID_BODY: (422, 400),
    Reason.MISSING: (404,),
    Reason.DUPLICATE: (409, 422, 400),
    Reason.STATE: (409, 422, 400),
    Reason.UNWRITTEN: (),
}
_SAID: dict[Reason, re.Pattern[str]] = {
    Reason.BAD_CREDENTIALS: re.compile(
        r"\b(invalid|wrong|incorrect|bad)\b.*\b(user\w*|e-?mail|password|credentials?|login)", re.I
    ),
    Reason.DUPLICATE: TAKEN,
    Reason.INVALID_BODY: re.compile(
        r"\b(invalid (?:input|body|data|request)|validation|malformed|unprocessable)", re.I
    ),
    Reason.INVALID_PATH: re.compile(r"\binvalid (?:\w+ )?(?:id|identifier|uuid|path|slug)\b", re.I),
    Reason.INVALID_QUERY: re.compile(
        r"\binvalid (?:\w+ )?(?:query|parameters?|filters?|status|tag|values?|limit|input)\b", re.I
    ),
}
_AT_ALL = frozenset({400, 401, 402, 403, 404, 405, 406, 409, 410, 412, 422, 423})
_SPECIAL = frozenset({Reason.BAD_CREDENTIALS, Reason.DUPLICATE})
"""Reasons for which words count more than the usual status."""


def refusals_of(
    desk: Desk,
    draft: EntityDraft | None,
    operation: Classified,
    effect: Effect | None,
    access: Access,
    kind: OperationKind,
) -> tuple[Refusal, ...]:
    """One for every reason that can occur."""
    return _chosen(desk, operation, _reasons(desk, draft, operation, effect, access, kind))


def refusals_of_unwritten(
    desk: Desk, operation: Classified, finds: tuple[Lookup, ...], *, is_limited: bool
) -> tuple[Refusal, ...]:
    """Those of an operation without an effect: what its form says, what its path finds, what the document lists.

    `is_limited`: it takes a role, or a key with a scope.
    """
    endpoint = operation.operation.endpoint
    listed = {reply.status for reply in endpoint.replies}
    occurs = {
        Reason.UNAUTHENTICATED: bool(endpoint.schemes),
        Reason.FORBIDDEN: is_limited or (bool(endpoint.schemes) and {401, 403} <= listed),
        **_of_form(endpoint),
        Reason.MISSING: bool(finds) or 404 in listed,
        Reason.STATE: 409 in listed,
        Reason.UNWRITTEN: True,
    }
    return _chosen(desk, operation, [reason for reason, holds in occurs.items() if holds])


def _of_form(endpoint: Endpoint) -> dict[Reason, bool]:
    """What is refused as malformed."""
    places = {one.place for one in endpoint.parameters}
    return {
        Reason.INVALID_PATH: "path" in places,
        Reason.INVALID_QUERY: bool(places - {"path"}),
        Reason.INVALID_BODY: bool(endpoint.bodies),
    }


def _chosen(desk: Desk, operation: Classified, reasons: list[Reason]) -> tuple[Refusal, ...]:
    chosen = {reason: _reply(operation, reason) for reason in reasons}
    if chosen.get(Reason.INVALID_PATH, ...) is None and chosen.get(Reason.MISSING) is not None:
        # A malformed key finds nothing: where only that is documented, it is answered like that.
        del chosen[Reason.INVALID_PATH]
    found = []
    for reason, reply in chosen.items():
        status = _status(reason, reply)
        alone = sum(1 for other, one in chosen.items() if _status(other, one) == status) == 1
        found.append(_refusal(desk, operation, reason, reply, alone=alone))
    return tuple(found)


def _reasons(
    desk: Desk,
    draft: EntityDraft | None,
    operation: Classified,
    effect: Effect | None,
    access: Access,
    kind: OperationKind,
) -> list[Reason]:
    endpoint = operation.operation.endpoint
    reasons = [Reason.UNAUTHENTICATED] if endpoint.schemes else []
    if effect is None or draft is None:
        return reasons if effect is not None else [*reasons, Reason.UNWRITTEN]
    if kind is OperationKind.LOGIN or effect.refresh:
        reasons.append(Reason.BAD_CREDENTIALS)
    listed = any(reply.status == 403 for reply in endpoint.replies)
    if access.owner or access.roles or endpoint.scopes or (access.authenticated and listed):
        reasons.append(Reason.FORBIDDEN)
    reasons += [reason for reason, holds in _of_form(endpoint).items() if holds]
    if any(one.place not in ("caller", "only") for one in effect.lookups) or kind is OperationKind.DOWNLOAD:
        reasons.append(Reason.MISSING)
    if _may_repeat(draft, effect, kind):
        reasons.append(Reason.DUPLICATE)
    if _may_be_in_the_way(desk, draft, operation, effect, kind):
        reasons.append(Reason.STATE)
    return reasons


def _may_repeat(draft: EntityDraft, effect: Effect, kind: OperationKind) -> bool:
    if effect.association or kind is OperationKind.LOGIN:
        return False
    return any(
        write.attribute in draft.attributes and draft.attributes[write.attribute].unique
        for write in effect.writes
        if write.place in ("body", "query")
    )


def _may_be_in_the_way(
    desk: Desk, draft: EntityDraft, operation: Classified, effect: Effect, kind: OperationKind
) -> bool:
    if effect.status_of_repeat is not None:
        return True
    if kind is OperationKind.TRANSITION and draft.states is not None:
        return operation.operation.endpoint.pointer in desk.transitions
    if kind not in DELETES | {OperationKind.BULK_DELETE} or draft.soft_delete:
        return False
    return _restricted(desk, draft.name, set())


def _restricted(desk: Desk, name: str, seen: set[str]) -> bool:
    """Whether other records may stand against deletion: directly, or through those that would go with it."""
    seen.add(name)
    for other, attribute in desk.referred.get(name, ()):
        if attribute.on_delete == "restrict":
            return True
        if attribute.on_delete == "cascade" and other not in seen and _restricted(desk, other, seen):
            return True
    return False


def _reply(operation: Classified, reason: Reason) -> Reply | None:
    """The documented answer for a reason: by its words, by its status, else `default`."""
    replies = operation.operation.endpoint.replies
    refused = [one for one in replies if one.status in _AT_ALL]
    if reason is Reason.UNWRITTEN:
        return None
    if reason in _SPECIAL:
        said = _by_words(refused, reason)
        if said is not None:
            return said
    for status in _PREFERRED[reason]:
        usual = next((one for one in refused if one.status == status), None)
        if usual is not None:
            return usual
    if reason is Reason.UNAUTHENTICATED and operation.kind not in CREATES:
        alone = next((one for one in refused if one.status == 403), None)
        if alone is not None:
            return alone
    said = _by_words([one for one in refused if one.status not in (401, 403, 404)], reason)
    return said or next((one for one in replies if one.status == 0 and not _is_success(operation, one)), None)


def _is_success(operation: Classified, reply: Reply) -> bool:
    """Whether `default` is what the operation answers when all is well."""
    return operation.operation.success is reply or "success" in reply.description.lower()


def _by_words(refused: list[Reply], reason: Reason) -> Reply | None:
    pattern = _SAID.get(reason)
    if pattern is None:
        return None
    return next((one for one in refused if one.status not in (401, 404) and pattern.search(one.description)), None)


def _status(reason: Reason, reply: Reply | None) -> int:
    return reply.status if reply is not None and reply.status else STANDARD_STATUSES[reason]


def _refusal(desk: Desk, operation: Classified, reason: Reason, reply: Reply | None, *, alone: bool) -> Refusal:
    status = _status(reason, reply)
    if reply is None:
        return Refusal(reason=reason, status=status, documented=False)
    if not reply.contents:
        return Refusal(reason=reason, status=status, documented=True, media_type="")
    for content in reply.contents:
        media = content.media_type.split(";")[0].strip().lower()
        if media == "application/json" or media.endswith("+json") or media == "*/*":
            shown = "application/json" if media == "*/*" else media
            body = _faults(desk, reason, status, reply, content, alone=alone).of(content)
            return Refusal(reason=reason, status=status, documented=True, media_type=shown, body=body)
    plain = next((one for one in reply.contents if one.media_type.startswith("text/plain")), None)
    if plain is not None and desk.shapes.resolve(plain.shape).kind is ShapeKind.STRING:
        body = _faults(desk, reason, status, reply, plain, alone=alone).of(plain)
        return Refusal(reason=reason, status=status, documented=True, media_type="text/plain", body=body)
    return Refusal(reason=reason, status=status, documented=True, media_type="")


def _faults(desk: Desk, reason: Reason, status: int, reply: Reply, content: Content, *, alone: bool) -> Faults:
    shared = len(desk.error_statuses.get(desk.shapes.name_of(content.shape), ())) > 1
    return Faults(desk.shapes, reason, status, alone=alone, said=reply.description, shared=shared)


def named_records(effect: Effect, path: str, refusals: tuple[Refusal, ...]) -> Effect:
    """The effect with what errors call its records, where one of the refusals has a key for that."""
    return effect.model_copy(update={"lookups": named_lookups(effect.lookups, path, refusals)})


def named_lookups(lookups: tuple[Lookup, ...], path: str, refusals: tuple[Refusal, ...]) -> tuple[Lookup, ...]:
    """The lookups, likewise."""
    if not any(refusal.body is not None and _has_record_key(refusal.body) for refusal in refusals):
        return lookups
    return tuple(one.model_copy(update={"called": _called(one, path)}) for one in lookups)


def _has_record_key(value: FaultValue) -> bool:
    return value.key == RECORD_KEY or any(_has_record_key(one.value) for one in value.fields)


def _called(lookup: Lookup, path: str) -> str:
    """The singular of the part of the path before the parameter, else of the entity."""
    parts = path.split("/")
    at = parts.index(f"{{{lookup.name}}}") if lookup.place == "path" and f"{{{lookup.name}}}" in parts else 0
    before = parts[at - 1] if at else ""
    return singular_key(before if before and "{" not in before else lookup.entity)


def note_differences(endpoints: list[tuple[str, tuple[Refusal, ...]]]) -> list[tuple[Reason, dict[int, str]]]:
    """Reasons that one document answers with several statuses, each with the first place where it does."""
    found: dict[Reason, dict[int, str]] = {}
    for pointer, refusals in endpoints:
        for refusal in refusals:
            if refusal.documented:
                found.setdefault(refusal.reason, {}).setdefault(refusal.status, pointer)
    return [(reason, places) for reason, places in found.items() if len(places) > 1]
