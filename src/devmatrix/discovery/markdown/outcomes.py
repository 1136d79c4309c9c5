"""Given/when/then and answers with a status: what the page expects, against what is built."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devmatrix.discovery.document import DiscoveryDocument, Entity, Operation, OperationKind
from devmatrix.discovery.markdown.blocks import line_of
from devmatrix.discovery.markdown.desk import Claim
from devmatrix.discovery.markdown.endpoints import endpoint_in, judge_endpoint
from devmatrix.discovery.naming import human, singular, snake, split_words
from devmatrix.discovery.phrases import kinds_of
from devmatrix.discovery.verbs import base_verb

Kind = OperationKind
_CONDITIONS = {
    "a body that is too large": r"too\s+large|payload\s+too|exceeds?\s+the\s+(?:size|limit)",
    "a caller who is not signed in": (
        r"not\s+(?:logged|signed|authenticated)(?:[- ]in)?|unauthenticated|unauthori[sz]ed|"
        r"without\s+(?:an?\s+)?(?:valid\s+)?(?:token|login|logging\s+in|"
        r"authentication|credentials|signing\s+in|being\s+(?:logged|signed)\s+in)|anonymous|\bguest|no\s+token|"
        r"(?:missing|invalid|expired)\s+token"
    ),
    "a caller who may not": (
        r"(?:is\s+)?not\s+(?:an?\s+|the\s+)?(?:admin\w*|owner|author|creator)|another\s+(?:user|member|account)|"
        r"someone\s+else|other\s+users?|non-(?:admin|owner)|"
        r"not\s+(?:allowed|permitted)|without\s+(?:the\s+)?(?:permission|rights?)|insufficient|forbidden|"
        r"lacks?\s+(?:the\s+)?(?:permission|role)|wrong\s+role"
    ),
    "invalid input": (
        r"\binvalid\b|without\s+(?:an?\s+|the\s+|any\s+)?\w+|\bempty\b|\bblank\b|too\s+(?:long|short|high|low)|"
        r"negative|malformed|validation|bad\s+request|"
        r"missing\s+(?:required\s+)?(?:fields?|title|name|value|properties|data)|longer\s+than|bad\s+input|"
        r"wrong\s+type|incomplete|required\s+field|leaves?\s+out"
    ),
    "a record that does not exist": (
        r"(?:does\s+not|doesn't|do\s+not|don't)\s+exist|non-?existent|non-?existing|unknown|no\s+such|not\s+found|"
        r"missing|(?:was|been|is)\s+(?:already\s+)?deleted|"
        r"no\s+\w+\s+with\s+th(?:at|is)"
    ),
    "a value that is taken": (
        r"already\s+(?:exists|taken|used|registered|in\s+use)|duplicate|conflict|same\s+\w+|not\s+unique|existing\s+\w+"
    ),
    "a record in the wrong state": (
        r"wrong\s+(?:state|status)|already\s+\w+ed\b|not\s+allowed\s+(?:from|in)|invalid\s+(?:state|transition)|"
        r"still\s+(?:has|have)|has\s+open"
    ),
    "too many requests": r"rate\s+limit|too\s+many",
}  # fmt: skip
_BUILT = {
    "a body that is too large": 413, "a caller who is not signed in": 401, "a caller who may not": 403,
    "invalid input": 422, "a record that does not exist": 404, "a value that is taken": 409,
    "a record in the wrong state": 409,
}  # fmt: skip
_NAMED = {
    "not found": 404, "no content": 204, "conflict": 409, "unauthorized": 401, "unauthorised": 401, "forbidden": 403,
    "access denied": 403, "bad request": 400, "unprocessable": 422, "validation error": 422, "precondition failed": 412,
}  # fmt: skip
_CODE = re.compile(
    r"\b([1-5]\d\d)\b(?:\s+(?:ok|created|no\s+content|not\s+found|conflict|forbidden|unauthori[sz]ed|"
    r"bad\s+request|unprocessable(?:\s+\w+)?))?",
    re.I,
)
_HARMLESS = re.compile(
    r"""\s*(?:(?:i|we|they|it|he|she|(?:the\s+)?(?:api|system|server|service|response|request|answer|user|caller|
    client|status|code))\b\s*)*
    (?:(?:should|must|will|shall)\s+)?(?:be|is|are|has|have|get|gets|receive|receives|see|sees|returns?|responds?|
    answers?|replies|rejects?|fails?|rejected|refused|
    returned|created|deleted|removed|updated|saved|stored|changed|gone|denied|shown|displayed|succeeds?|contains?|
    includes?)?
    (?:\s*(?:a|an|the|with|status|code|http|response|of|error|errors|message|validation|and|it|is|in|not|found|no|
    longer|be|to|me|them|its|new|created|record|
    returned|deleted|updated|location|header|shown|conflict|problem|list|successfully|success|successful|ok|
    forbidden|unauthorized|access|denied))*[\s.:,]*""",
    re.I | re.X,
)


_Wanted = dict[tuple[str, int], list[tuple[int, Claim]]]
"""Condition or operation, and the status that is built -> the statuses that the page wants."""


@dataclass
class Verdict:
    """What became of one claim."""

    claim: Claim
    understood: bool
    became: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A contradiction that the user has to decide."""

    topic: str
    text: str
    default: str
    why: str
    depends: tuple[str, ...]


def judge(claims: Sequence[Claim], document: DiscoveryDocument, source: str) -> tuple[list[Verdict], list[Doubt]]:
    """What became of each claim, and the contradictions."""
    verdicts: list[Verdict] = []
    doubts: list[Doubt] = []
    groups: dict[int, list[Claim]] = defaultdict(list)
    wanted: _Wanted = defaultdict(list)
    for claim in claims:
        if claim.kind in {"given", "when", "then"}:
            groups[claim.group].append(claim)
        elif claim.kind == "endpoint":
            endpoint = endpoint_in(claim.text)
            understood, became, entities = (
                judge_endpoint(endpoint, document) if endpoint else (False, "not understood", ())
            )
            verdicts.append(Verdict(claim, understood, became, entities))
        else:
            verdicts.append(_status(claim, wanted))
    for group in groups.values():
        verdicts += _scenario(group, document, wanted)
    for (condition, built), places in wanted.items():
        doubts += _doubts(condition, built, places, document, source)
    return verdicts, doubts


def _doubts(
    condition: str, built: int, places: list[tuple[int, Claim]], document: DiscoveryDocument, source: str
) -> Iterator[Doubt]:
    if all(status == built for status, _ in places):
        return
    said = sorted({(line_of(source, claim.start), status) for status, claim in places})
    where = ", ".join(f"{status} in line {line}" for line, status in said)
    yield Doubt(
        f"status for {condition}",
        f"With which status is {condition} answered? The page says {where}",
        f"{built}",
        "one status for one kind of refusal, throughout the API (docs/conventions.md)",
        tuple(entity.name for entity in document.entities),
    )


def _condition(text: str) -> str | None:
    return next((name for name, words in _CONDITIONS.items() if re.search(words, text, re.I)), None)


def _expected(text: str) -> int | None:
    code = _CODE.search(text)
    if code is not None:
        return int(code[1])
    return next((status for words, status in _NAMED.items() if words in text.lower()), None)


def _status(claim: Claim, wanted: _Wanted) -> Verdict:
    """A sentence such as "Invalid input returns 422", or a row of a table of errors."""
    status, condition = _expected(claim.text), _condition(claim.text)
    built = _BUILT.get(condition or "")
    if status is None or built is None:
        if status in {200, 201, 204} and re.search(
            r"\b(?:ok|success|created?|deleted?|no\s+content|updated?)\b", claim.text, re.I
        ):
            return Verdict(claim, True, f"{status}: as every operation of its kind answers")
        if status == 400:
            wanted["invalid input", 422].append((status, claim))
            return Verdict(claim, False, "contradicts what is built: invalid requests are answered with 422")
        return Verdict(claim, False, "not understood: no refusal that every built API has")
    wanted[str(condition), built].append((status, claim))
    if status == built:
        return Verdict(claim, True, f"{condition}: {built}, as every operation answers it")
    return Verdict(claim, False, f"contradicts what is built: {condition} is answered with {built}, not {status}")


def _scenario(steps: list[Claim], document: DiscoveryDocument, wanted: _Wanted) -> list[Verdict]:
    given = " ".join(step.text for step in steps if step.kind == "given")
    when = " ".join(step.text for step in steps if step.kind == "when")
    then = [step for step in steps if step.kind == "then"]
    operation, entity = _operation(when, given, document)
    if operation is None or not then:
        reason = (
            "not understood: which operation is meant was not read" if then else "not understood: no outcome is given"
        )
        return [Verdict(step, False, reason, (entity.name,) if entity else ()) for step in steps]
    condition = _condition(f"{given} {when}".replace("with no ", "without "))
    names = (entity.name,) if entity else ()
    built, unfounded = _built(operation, condition, f"{given} {when}", document)
    verdicts: list[Verdict] = []
    holds = True
    for step in then:
        verdict = _outcome(step, operation, condition, built, names)
        if not verdict.understood and verdict.became.startswith("contradicts"):
            wanted[condition or operation.id, built].append((_expected(step.text) or 0, step))
        holds = holds and verdict.understood
        verdicts.append(verdict)
    if unfounded:
        return [Verdict(step, False, f"not understood: {unfounded}", names) for step in steps]
    for step in steps:
        if step.kind != "then":
            became = f"{operation.id}, {condition}" if condition else operation.id
            verdicts.append(
                Verdict(step, holds, became if holds else f"not understood: {became}, with another outcome", names)
            )
    return verdicts


def _built(operation: Operation, condition: str | None, text: str, document: DiscoveryDocument) -> tuple[int, str]:
    """The status that the operation answers under the condition, and why it does not come about, if so."""
    if condition is None:
        return operation.success_status, ""
    status = _BUILT.get(condition, 0)
    entity = document.entity(operation.entity) if operation.entity else None
    if status == 401 and not operation.access.authenticated:
        return status, f"{operation.id} needs no account"
    if status == 403 and not (operation.access.roles or operation.access.owner):
        return status, f"{operation.id} is open to every account"
    if condition == "a value that is taken" and entity is not None:
        unique = [item.name for item in entity.attributes if item.unique] or entity.unique_together
        if not unique:
            return status, f"{human(entity.plural)} have no unique field"
    left_out = re.search(r"(?:without|missing)\s+(?:an?\s+|the\s+|any\s+)?(\w+)", text, re.I)
    if condition == "invalid input" and left_out is not None and entity is not None:
        found = [item for item in entity.attributes if item.name.removesuffix("_id") == snake(left_out[1])]
        if found and not found[0].required:
            return status, f"{entity.name}.{found[0].name} may be left out"
    return status, "" if status else f"nothing answers {condition}"


def _outcome(step: Claim, operation: Operation, condition: str | None, built: int, names: tuple[str, ...]) -> Verdict:
    status = _expected(step.text)
    if status is not None and status != built:
        about = f"{operation.id} with {condition}" if condition else operation.id
        return Verdict(step, False, f"contradicts what is built: {about} answers {built}, not {status}", names)
    rest = _CODE.sub(" ", re.sub(r"^(?:then|and)\s+", "", step.text, flags=re.I))
    for word in split_words(" ".join(names)):
        rest = re.sub(rf"\b(?:the|an?|that)?\s*{word}s?\b", " it ", rest, flags=re.I)
    refused = re.search(r"\b(?:refused|rejected|fails?|denied|error|not\s+allowed)\b", rest, re.I)
    if refused and built < 400:
        return Verdict(step, False, f"contradicts what is built: {operation.id} succeeds", names)
    if _HARMLESS.fullmatch(rest) is None:
        return Verdict(step, False, f"not understood: the outcome beside the status {built} of {operation.id}", names)
    return Verdict(step, True, f"{operation.id} answers {built}: proven by its scenarios", names)


def _operation(when: str, given: str, document: DiscoveryDocument) -> tuple[Operation | None, Entity | None]:
    """The operation that a step such as "I delete it" means, and its entity."""
    called = re.search(r"\b(?:GET|POST|PUT|PATCH|DELETE)\s+/\S*", when)
    endpoint = endpoint_in(called[0]) if called else None
    if endpoint is not None:
        found = next(
            (
                item
                for item in document.operations
                if judge_endpoint(endpoint, document)[1].split(",")[0] == f"served by {item.id}"
            ),
            None,
        )
        return found, document.entity(found.entity) if found and found.entity else None
    entity = _entity(when, document) or _entity(given, document)
    if re.search(r"\b(?:log|sign)s?\s*in\b", when, re.I):
        return _of_kind(document, Kind.LOGIN, None), entity
    if re.search(r"\b(?:register|sign\s*up|signs\s+up)\w*\b", when, re.I):
        return _of_kind(document, Kind.REGISTER, None), entity
    if entity is None:
        return None, None
    moves = {
        operation.transition: operation
        for operation in document.operations
        if operation.transition and operation.entity == entity.name
    }
    for word in split_words(when):
        name = base_verb(word, set(moves))
        if name in moves:
            return moves[name], entity
        kinds = kinds_of(word)
        if (kinds and word not in {"all", "get", "put", "post", "open", "access", "make"}) or (
            word in {"get", "gets"} and kinds
        ):
            many = re.search(rf"\b(?:list|all|{entity.plural.replace('_', ' ')})\b", when, re.I)
            order = (
                (Kind.LIST, Kind.READ)
                if many
                else (Kind.CREATE, Kind.READ, Kind.PATCH, Kind.REPLACE, Kind.DELETE, Kind.LIST)
            )
            for kind in order:
                if kind in kinds and (operation := _of_kind(document, kind, entity)) is not None:
                    return operation, entity
    return None, entity


def _of_kind(document: DiscoveryDocument, kind: OperationKind, entity: Entity | None) -> Operation | None:
    return next(
        (item for item in document.operations if item.kind is kind and (entity is None or item.entity == entity.name)),
        None,
    )


def _entity(text: str, document: DiscoveryDocument) -> Entity | None:
    words_ = [singular(word) for word in split_words(text)]
    for size in (3, 2, 1):
        for at in range(len(words_) - size, -1, -1):
            name = "_".join(words_[at : at + size])
            found = next((item for item in document.entities if snake(item.name) == name and not item.account), None)
            if found is not None:
                return found
    return next((item for item in document.entities if item.account and snake(item.name) in words_), None)
