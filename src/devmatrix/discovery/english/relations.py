"""Sentences about how entities hang together: "each recipe belongs to a category", "many to many"."""

import re

from devmatrix.discovery.complete import LIKELY_ACCOUNTS, reference_to, relate_many
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import Noun, familiar, is_familiar, noun_list, whole_noun
from devmatrix.discovery.naming import singular, snake, split_words
from devmatrix.discovery.verbs import base_verb

_NOUN = r"(?:[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,4}?)"
_BELONGS = re.compile(
    rf"""(?:(?P<subject>{_NOUN})\s+)?(?P<may>(?:(?:can|may|optionally|must|should|always|might)\s+)*)
    (?:(?:belongs?\s+(?:to|in|on)|(?:is|are|be)\s+part\s+of|(?:is|are|be)\s+(?:optionally\s+)?(?:assigned|linked|
    attached|related|tied)\s+to|
    (?:is|are|be)\s+(?:filed|kept|stored|placed|grouped)\s+(?:in|on|under)|refers?\s+to|references|
    points?\s+to))\s+(?P<rest>.+)""",
    re.I | re.X | re.S,
)
_BOTH = re.compile(
    rf"(?P<one>{_NOUN})\s+(?:can|may)?\s*(?:has|have)\s+(?:many|several|"
    rf"multiple)\s+(?P<two>{_NOUN}),?\s+and\s+(?P<three>{_NOUN})\s+"
    rf"(?:(?:can|may)\s+)?(?:(?:has|have|belongs?\s+to|be\s+in)\s+)?(?:many|several|multiple)\s+(?P<four>{_NOUN})",
    re.I,
)
_MANY_TO_MANY = (
    re.compile(
        rf"(?P<one>{_NOUN})\s+and\s+(?P<two>{_NOUN})\s+(?:are|have|is|has|form)?\s*(?:in\s+)?(?:an?"
        rf"\s+)?many[- ]to[- ]many(?:\s+\w+)?", re.I),
    re.compile(
        rf"(?:there\s+is\s+)?(?:an?\s+)?many[- ]to[- ]many\s+(?:\w+\s+)?(?:between|of|:)?\s*(?P<one>{_NOUN})"
        rf"\s+(?:and|with|to)\s+(?P<two>{_NOUN})", re.I),
    re.compile(
        rf"(?P<one>{_NOUN})\s+(?:has|have)\s+an?\s+many[- ]to[- ]many\s+\w+\s+(?:with|to)\s+(?P<two>{_NOUN})", re.I),
    re.compile(rf"(?P<one>{_NOUN})\s*(?:<->|↔)\s*(?P<two>{_NOUN})", re.I),
)  # fmt: skip
_LINKED = re.compile(
    rf"""(?P<subject>{_NOUN})\s+(?P<may>(?:(?:can|may|must|should|optionally)\s+)*)(?P<verb>(?:is|are|be)\s+\w+|\w+)\s+
    (?P<preposition>in|on|to|by|of|for|at|from|under|with|inside)\s+(?P<object>[\w'’, -]+)""",
    re.I | re.X,
)
_DOES = re.compile(r"\s+(?:(?:can|may|must|should)\s+)?(?P<verb>[a-z]+)(?=\s)", re.I)
_MAKES = frozenset(
    """place write make create submit own post upload open file send publish organise organize host teach
    lead manage produce
    supply offer author give hold run register issue sell record perform take keep maintain""".split()
)
_CREATED = re.compile(
    r"(?:is|are|be)\s+(?:written|created|owned|made|posted|submitted|opened|filed|uploaded|published)", re.I
)


def read_many_to_many(text: str, draft: Draft) -> Reading | None:
    """A relation with many on both sides."""
    both = _BOTH.fullmatch(text.strip())
    if both is not None:
        one, two, three, four = (whole_noun(both[name]) for name in ("one", "two", "three", "four"))
        if one and two and three and four and _same(one, four) and _same(two, three):
            return _join(text, one, two, draft)
        return None
    for pattern in _MANY_TO_MANY:
        match = pattern.fullmatch(text.strip())
        one, two = (whole_noun(match[name]) for name in ("one", "two")) if match else (None, None)
        if one is not None and two is not None:
            return _join(text, one, two, draft)
    return None


def _same(one: Noun, two: Noun) -> bool:
    first, second = split_words(one.words), split_words(two.words)
    return singular(first[-1]) == singular(second[-1])


def _join(text: str, one: Noun, two: Noun, draft: Draft) -> Reading:
    left, right = (draft.resolve(noun.words) or draft.declare(noun.words) for noun in (one, two))
    became = relate_many(draft, left, right, many_to_many=True)
    return Reading(len(text), became, (left.name, right.name))


def read_belongs(text: str, draft: Draft) -> Reading | None:
    """Records that belong to one or many of another kind."""
    match = _BELONGS.fullmatch(text.strip())
    if match is None:
        return None
    subject = _subject(match["subject"], draft)
    many = re.match(
        r"(?:one\s+or\s+more|many|several|multiple|any\s+number\s+of|zero\s+or\s+more)\s+", match["rest"], re.I
    )
    start = many.end() if many else 0
    nouns, end = noun_list(match["rest"], start)
    if subject is None or not nouns:
        return None
    optional = bool(
        re.search(r"\b(?:may|can|optionally|might)\b", match["may"] + match[0][: match.start("rest")], re.I)
    )
    targets = []
    for noun in nouns:
        target = draft.resolve_role(noun.words) or draft.declare(noun.words)
        if many is not None and target is not subject:
            relate_many(draft, subject, target, many_to_many=True)
        else:
            _refer(subject, target, noun, required=not optional and target is not subject)
        targets.append(target.name)
    consumed = match.start("rest") + end + len(text) - len(text.lstrip())
    how = "many " if many else "optional " if optional else ""
    return Reading(consumed, f"{subject.name} refers to its {how}{' and '.join(targets)}", (*targets, subject.name))


def _subject(words: str | None, draft: Draft) -> EntityDraft | None:
    if words is None or words.lower() in {"it", "they", "each", "this", "each one", "it also"}:
        return draft.entities.get(str(draft.topic))
    noun = whole_noun(words)
    return None if noun is None else draft.resolve(noun.words) or draft.declare(noun.words)


def _refer(subject: EntityDraft, target: EntityDraft, noun: Noun, *, required: bool) -> None:
    field = reference_to(target, required=required)
    words = split_words(noun.words)
    name = "_".join((*words[:-1], singular(words[-1])))
    if target is subject:
        name = name if name != snake(subject.name) else f"parent_{name}"
    field.name = f"{name}_id"
    subject.fields.setdefault(field.name, field)


def read_relation(text: str, draft: Draft) -> Reading | None:
    """Other verbs between known entities: "an employee works in a department", "a customer places orders"."""
    linked = _LINKED.fullmatch(text.strip())
    if linked is None or not is_familiar(linked["subject"], draft):
        return _read_making(text, draft)
    nouns, end = noun_list(linked["object"], 0)
    if not nouns or linked["object"][end:].strip() or not all(is_familiar(noun.words, draft) for noun in nouns):
        return _read_making(text, draft)
    subject, targets = familiar(linked["subject"], draft), [familiar(noun.words, draft) for noun in nouns]
    names = (*(target.name for target in targets), subject.name)
    made_by = _CREATED.fullmatch(linked["verb"]) and linked["preposition"].lower() == "by"
    if made_by and len(targets) == 1 and (targets[0].account or targets[0].name in LIKELY_ACCOUNTS):
        subject.owner_field = subject.owner_field or f"{snake(targets[0].name)}_id"
        return Reading(len(text), f"{subject.name} belongs to the {targets[0].name} who made it", names)
    optional = bool(re.search(r"\b(?:may|can|optionally)\b", linked["may"], re.I))
    for noun, target in zip(nouns, targets, strict=True):
        _refer(subject, target, noun, required=not optional and target is not subject)
    return Reading(len(text), f"{subject.name} refers to its {' and '.join(names[:-1])}", names)


def _read_making(text: str, draft: Draft) -> Reading | None:
    """ "A customer places orders": what is made refers to who makes it."""
    stripped = text.strip()
    for match in _DOES.finditer(stripped):
        one, two = stripped[: match.start()], stripped[match.end() + 1 :]
        if base_verb(match["verb"].lower(), _MAKES) not in _MAKES or not (
            is_familiar(one, draft) and is_familiar(two, draft)
        ):
            continue
        subject, target = familiar(one, draft), familiar(two, draft)
        if subject is target:
            continue
        if subject.account or subject.name in LIKELY_ACCOUNTS:
            target.owner_field = target.owner_field or f"{snake(subject.name)}_id"
        elif all(field.target != subject.name for field in target.fields.values()):
            field = FieldDraft(f"{snake(subject.name)}_id", FieldType.REFERENCE, subject.name)
            target.fields.setdefault(field.name, field)
        return Reading(len(text), f"{target.name} refers to its {subject.name}", (subject.name, target.name))
    return None
