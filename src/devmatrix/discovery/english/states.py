"""Sentences about states: "a ticket can be open -> in progress -> resolved", "a loan is open, returned or lost"."""

import re

from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.english.attributes import choice_list, set_choices
from devmatrix.discovery.english.clauses import Reading
from devmatrix.discovery.english.nouns import whole_noun
from devmatrix.discovery.naming import snake
from devmatrix.discovery.notation.marks import read_chain
from devmatrix.discovery.notation.tokens import NotationError

_WORDS = r"[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*)"
_SUBJECT = (
    rf"(?:the\s+)?(?P<field>status|state|stage|phase)\s+of\s+(?P<one>{_WORDS}{{0,3}}?)|"
    rf"(?P<two>{_WORDS}{{0,3}}?)['’]s?\s+(?P<field2>status|state|stage|phase)|"
    rf"(?P<three>{_WORDS}{{0,4}}?)(?:\s+(?P<field3>status|state|stage|phase))?"
)
_CHAIN = re.compile(
    rf"(?:{_SUBJECT})(?:\s+(?:life\s?cycle|workflow|flow|transitions))?\s*(?::|\s(?:can\s+be|is|are|goes|go|"
    rf"moves?|passes|changes?|transitions?|flows?|"
    rf"has\s+(?:the\s+)?(?:states|statuses)|"
    rf"(?:states|statuses)(?:\s+are)?)(?:\s+(?:from|through))?:?)\s+(?P<chain>.+)",
    re.I | re.S,
)
_CHOICES = re.compile(
    rf"(?:{_SUBJECT})\s+(?:(?:can|may|must)\s+(?:only\s+)?be|is\s+always|is|are)\s+(?:either\s+|"
    rf"one\s+of:?\s+)?(?P<choices>.+)",
    re.I | re.S,
)


def read_chain_sentence(text: str, draft: Draft) -> Reading | None:
    """States in order, with arrows or "from ... to ... to"."""
    plain = re.sub(r"\s*(?:→|=>|⟶|➔)\s*", " -> ", text.strip())
    match = _CHAIN.fullmatch(plain)
    if match is None:
        return None
    chain = match["chain"]
    if "->" not in chain:
        if not re.search(r"\bfrom\b", plain[: match.start("chain")], re.I) or " to " not in chain:
            return None
        chain = re.sub(r",?\s+(?:and\s+)?(?:then\s+)?to\s+", " -> ", chain)
    if not any(character.isalpha() for character in chain.replace("->", "")):
        return None  # "from 1 to 5" bounds a number
    entity, field = _about(match, draft, declare=True)
    if entity is None:
        return None
    try:
        became = read_chain(chain, field, entity, draft)
    except NotationError:
        return None
    return Reading(len(text), became, (entity.name,), not became.startswith("contradicts"))


def _about(match: re.Match[str], draft: Draft, *, declare: bool) -> tuple[EntityDraft | None, str]:
    words = match["one"] or match["two"] or match["three"] or ""
    field = match["field"] or match["field2"] or match["field3"]
    if words.lower() in {"it", "they", "the", "its", "their"} or (
        words.lower() in {"status", "state", "stage"} and not field
    ):
        known = draft.entities.get(str(draft.topic))
        return known, snake(field or (words if words.lower() in {"status", "state", "stage"} else "status"))
    noun = whole_noun(words)
    if noun is None:
        return None, ""
    entity = draft.resolve(noun.words) or (draft.declare(noun.words) if declare else None)
    return entity, snake(field or "status")


def read_choices(text: str, draft: Draft) -> Reading | None:
    """ "The status of a ticket is open, in progress or closed"."""
    match = _CHOICES.fullmatch(text.strip())
    choices = choice_list(match["choices"]) if match else ()
    if match is None or len(choices) < 2:
        return None
    entity, name = _about(match, draft, declare=False)
    if entity is None:
        return None
    field = FieldDraft(name=name)
    set_choices(field, choices)
    if entity.states is not None and entity.states.field == name and set(choices) <= set(entity.states.states):
        return Reading(len(text), f"the states of {entity.name}, as given before", (entity.name,))
    problem = draft.add_field(entity, field)
    return Reading(
        len(text), problem or f"{entity.name}.{name} is one of {', '.join(choices)}", (entity.name,), not problem
    )
