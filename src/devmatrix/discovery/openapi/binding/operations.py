"""Puts each operation together: its effect, its answer, who may call it, how it refuses."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.discovery.interface import Effect, Endpoint, Reason, Refusal, View
from devmatrix.discovery.naming import snake
from devmatrix.discovery.openapi.binding.access import (
    access_of,
    needs_caller,
    schemes_of,
    scopes_of,
    tells_of_caller,
)
from devmatrix.discovery.openapi.binding.accounts import refreshing
from devmatrix.discovery.openapi.binding.answers import Answers, Asked
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.effected import Effected
from devmatrix.discovery.openapi.binding.effects import effect_of
from devmatrix.discovery.openapi.binding.embedded import unlocked
from devmatrix.discovery.openapi.binding.gathering import json_content
from devmatrix.discovery.openapi.binding.listing import values_of
from devmatrix.discovery.openapi.binding.refusals import named_records, refusals_of
from devmatrix.discovery.openapi.binding.telling import sign_of_life
from devmatrix.discovery.openapi.binding.views import ViewBook
from devmatrix.discovery.openapi.classified import Classified

_LISTS = frozenset({OperationKind.LIST, OperationKind.SEARCH, OperationKind.CUSTOM})


@dataclass(frozen=True)
class Bound:
    """One operation, bound."""

    classified: Classified
    operation: Operation
    endpoint: Endpoint

    def about_nothing(self) -> "Bound":
        """The same, of no entity."""
        return replace(self, operation=self.operation.model_copy(update={"entity": ""}))

    def given_up(self, why: str) -> "Bound":
        """The same, for nobody here to write: what was understood of it does not hold together."""
        kept = tuple(one for one in self.endpoint.refusals if one.reason is Reason.UNAUTHENTICATED)
        unwritten = Refusal(reason=Reason.UNWRITTEN, status=501, documented=False)
        changes: dict[str, object] = {"effect": None, "why_not": why, "refusals": (*kept, unwritten)}
        access = self.operation.access.model_copy(update={"owner": False})
        bare = {"access": access, "parent_field": None, "relation": None, "relation_entity": None, "transition": None}
        return replace(
            self,
            operation=self.operation.model_copy(update=bare),
            endpoint=self.endpoint.model_copy(update=changes),
        )


class Operations:
    """Binds operations one after the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = ViewBook(desk)
        self._answers = Answers(desk, self._book)
        self._schemes = schemes_of(desk)
        self._taken: set[str] = set()

    @property
    def views(self) -> tuple[View, ...]:
        """Those that answers use."""
        return self._book.views

    def all(self) -> list[Bound]:
        """In the order of the document."""
        return [self._bind(operation) for operation in self._desk.operations]

    def _bind(self, classified: Classified) -> Bound:
        given = classified.operation
        endpoint = given.endpoint
        draft = self._desk.draft_of(classified)
        kind, effect, why_not = OperationKind.CUSTOM, None, ""
        try:
            kind, effect = self._effect(classified, draft)
        except Unexplained as unexplained:
            why_not = str(unexplained)
        if effect is not None and (kind is not OperationKind.CUSTOM or effect.refresh):
            draft = self._desk.drafts[effect.entity]
        schemes = self._accepted(endpoint, effect)
        if effect is not None and needs_caller(effect) and not schemes:
            kind, effect = OperationKind.CUSTOM, None
            why_not = "it is about the caller, and nothing says how callers show who they are"
        elif effect is not None and needs_caller(effect) and not self._knows_accounts(schemes):
            kind, effect = OperationKind.CUSTOM, None
            why_not = "it is about the caller, and callers show keys that belong to no account"
        access = access_of(self._desk, draft, classified, effect)
        scopes = scopes_of(self._desk, endpoint.scopes, self._schemes)
        endpoint = endpoint.model_copy(update={"schemes": schemes, "scopes": scopes})
        classified = replace(classified, operation=replace(given, endpoint=endpoint))
        refusals = refusals_of(self._desk, draft, classified, effect, access, kind)
        if effect is not None and draft is not None:
            effect = named_records(effect, given.path, refusals)
            bodies = unlocked(self._desk.shapes, draft, effect, endpoint.bodies)
            endpoint = endpoint.model_copy(update={"bodies": bodies})
        identifier = self._identifier(classified)
        success = given.success
        operation = Operation(
            id=identifier,
            kind=kind if effect is not None else classified.kind,
            entity=effect.entity if effect else draft.name if draft else "",
            method=given.method,
            path=self._path(classified),
            success_status=success.status if success and success.status else 200,
            access=access,
            parent_field=_parent(effect),
            relation=effect.association or None if effect else None,
            relation_entity=effect.holder or None if effect else None,
            transition=self._desk.transitions.get(endpoint.pointer) if effect else None,
            summary=given.summary or endpoint.description.partition("\n")[0][:200],
        )
        changes = {"operation": identifier, "refusals": refusals, "effect": effect, "why_not": why_not}
        return Bound(classified, operation, endpoint.model_copy(update=changes))

    def _effect(self, classified: Classified, draft: EntityDraft | None) -> tuple[OperationKind, Effect]:
        given = classified.operation
        success = given.success
        if success is None:
            self._desk.assume(
                f"{given.method} {given.path} answers 200 without a body", "the document lists no success for it"
            )
        elif 300 <= success.status < 400:
            raise Unexplained("it redirects, and nothing says where to")
        effected = self._listed_values(classified, draft)
        if effected is None:
            if classified.kind is OperationKind.LOGIN or classified.kind is OperationKind.LOGOUT:
                draft = self._desk.account or draft
            renewed = refreshing(self._desk, classified)
            if renewed is not None:
                draft = self._desk.account
            elif classified.kind is OperationKind.CUSTOM:
                if (told := sign_of_life(self._desk, classified)) is not None:
                    return OperationKind.CUSTOM, told
                raise Unexplained(classified.why or "what it does is said in words only")
            if draft is None:
                raise Unexplained("it is about nothing that the API keeps")
            effected = (
                effect_of(self._desk, draft, classified) if renewed is None else Effected(OperationKind.CUSTOM, renewed)
            )
        answered = replace(classified, kind=effected.kind)
        if classified.kind in (OperationKind.CREATE, OperationKind.REGISTER, OperationKind.UPLOAD):
            answered = replace(classified, kind=effected.kind)
        answer = None
        if effected.kind is not OperationKind.DOWNLOAD:
            answer = self._answers.of(
                Asked(
                    operation=answered,
                    draft=draft if draft is not None and draft.host else self._desk.drafts[effected.effect.entity],
                    reply=success,
                    status=success.status if success and success.status else 200,
                    paging=effected.effect.paging,
                    related=effected.related,
                    values=effected.values,
                    counted=effected.counted,
                    path=self._path(classified),
                    example=_example(json_content(success.contents) if success else None),
                )
            )
        return effected.kind, effected.effect.model_copy(update={"answer": answer})

    def _listed_values(self, classified: Classified, draft: EntityDraft | None) -> Effected | None:
        """A list of plain values, such as all tags that are in use."""
        given = classified.operation
        if classified.kind not in _LISTS or given.method != "GET" or "{" in given.path:
            return None
        if draft is not None and draft.created:
            return None
        content = json_content(given.success.contents) if given.success else None
        if content is None or not self._holds_plain_list(classified):
            return None
        found = values_of(self._desk, classified)
        if found is None:
            return None
        owner, values = found
        return Effected(OperationKind.LIST, Effect(entity=owner.name), values=values)

    def _holds_plain_list(self, classified: Classified) -> bool:
        shapes = self._desk.shapes
        content = json_content(classified.operation.success.contents) if classified.operation.success else None
        if content is None:
            return False
        shown = [content.shape, *(item.shape for _, item in shapes.walk(content.shape))]
        items = [shapes.items_of(one) for one in shown]
        return any(one is not None and shapes.is_scalar(one) for one in items)

    def _accepted(self, endpoint: Endpoint, effect: Effect | None) -> tuple[str, ...]:
        """The schemes of an endpoint; those of accounts too, where it tells of its caller without saying so."""
        if endpoint.schemes or effect is None:
            return endpoint.schemes
        needs = needs_caller(effect)
        if not needs and not tells_of_caller(self._desk, self._book, effect.answer):
            return ()
        account = self._desk.account
        listed = account is not None and account.account is not None and account.account.listed
        found = tuple(one.name for one in self._schemes if listed or one.kind in ("token", "basic"))
        if found and needs:
            self._desk.assume("Operations about the caller need credentials", "they cannot do without")
        elif found:
            self._desk.assume(
                "Answers that differ by caller accept credentials",
                "the document has no security there, and no account is needed",
            )
        return found

    def _knows_accounts(self, schemes: tuple[str, ...]) -> bool:
        """Whether some scheme's credentials are those of an account."""
        account = self._desk.account
        if account is None or account.account is None:
            return False
        kinds = {one.kind for one in self._schemes if one.name in schemes}
        return account.account.listed or "basic" in kinds or ("token" in kinds and self._desk.issues_tokens)

    def _path(self, classified: Classified) -> str:
        given = classified.operation
        base = given.server if given.server is not None else self._desk.given.base_path
        return f"{base}{given.path}"

    def _identifier(self, classified: Classified) -> str:
        given = classified.operation
        name = snake(given.endpoint.document_id) or snake(f"{given.method} {given.path}") or given.method.lower()
        wished = name[:80].rstrip("_")
        number = 1
        while (identifier := wished if number == 1 else f"{wished}_{number}") in self._taken:
            number += 1
        self._taken.add(identifier)
        return identifier


def _parent(effect: Effect | None) -> str | None:
    if effect is None:
        return None
    return effect.parent or next((write.attribute for write in effect.writes if write.place == "parent"), None)


def _example(content: object) -> dict[str, JsonValue]:
    examples: Iterable[JsonValue] = getattr(content, "examples", ()) or ()
    return next((one for one in examples if isinstance(one, dict)), {})
