"""Which reader understands a clause; and where a sentence falls apart into clauses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from devmatrix.discovery.drafts import Draft


@dataclass(frozen=True)
class Reading:
    """What the first `end` characters of a clause became."""

    end: int
    became: str
    entities: tuple[str, ...] = ()
    understood: bool = True


class Stage(Enum):
    """The order of reading: later stages need what earlier ones found."""

    DECLARE = auto()
    DESCRIBE = auto()
    RELATE = auto()
    RULE = auto()


Reader = Callable[[str, Draft], Reading | None]
_LEAD = re.compile(
    r"\s*(?:(?:and|but|also|then|so|please|where|while|plus|however|moreover|furthermore|finally|"
    r"additionally)\b[\s,]*)+",
    re.I,
)
_LABEL = re.compile(r"\s*[^\W\d][\w-]*(?: [\w-]+){0,3}:\s+", re.I)
_BREAK = re.compile(
    r",\s*(?:and|but|where|which|while)\s|;|,\s|\s(?:and|but|where|while|with|if)\s|:\s|\s[-–—]\s", re.I
)
_MAX_BREAKS = 12


def _readers(stage: Stage) -> tuple[Reader, ...]:
    from devmatrix.discovery.english import (
        access,
        accounts,
        attributes,
        decisions,
        deeds,
        events,
        features,
        ownership,
        quotas,
        relations,
        resources,
        rules,
        states,
    )

    return {
        Stage.DECLARE: (
            accounts.read_accounts,
            features.read_feature,
            ownership.read_own,
            deeds.read_deeds,
            resources.read_resources,
        ),
        Stage.DESCRIBE: (
            relations.read_many_to_many,
            states.read_chain_sentence,
            relations.read_belongs,
            attributes.read_attributes,
            states.read_choices,
        ),
        Stage.RELATE: (events.read_period, events.read_event, decisions.read_decision, relations.read_relation),
        Stage.RULE: (quotas.read_quota, rules.read_rule, access.read_access),
    }[stage]


def _whole_readers(stage: Stage) -> tuple[Reader, ...]:
    """Readers of clauses so short that the beginning of any sentence looks like one."""
    from devmatrix.discovery.english.resources import read_bare

    return (read_bare,) if stage is Stage.DECLARE else ()


def read_clause(text: str, draft: Draft, stage: Stage) -> Reading | None:
    """What the clause, or its beginning, became at this stage; None where no reader understands it."""
    from devmatrix.discovery.english.counting import is_quota

    if stage is not Stage.RULE and any(is_quota(text[start:]) for start in _starts(text)):
        return None  # it needs to know all that is kept
    readers = _readers(stage)
    for start in _starts(text):
        reading = _try((*readers, *_whole_readers(stage)), text[start:], draft)
        if reading is not None:
            return replace(reading, end=start + reading.end)
    for index, match in enumerate(_BREAK.finditer(text)):
        if index == _MAX_BREAKS:
            break
        left = text[: match.start()]
        for start in _starts(left):
            reading = _try(readers, left[start:], draft)
            if reading is not None and start + reading.end == len(left):
                end = match.end() if not match[0].strip(" ,;:–—-") else match.start()
                return replace(reading, end=end)
    return None


def _starts(text: str) -> Iterator[int]:
    """Where reading may begin: at once, after connecting words, after a label such as `tags:`."""
    yield 0
    lead = _LEAD.match(text)
    if lead is not None and lead.end():
        yield lead.end()
    label = _LABEL.match(text)
    if label is not None:
        yield label.end()


def _try(readers: tuple[Reader, ...], text: str, draft: Draft) -> Reading | None:
    for reader in readers:
        reading = reader(text, draft)
        if reading is not None:
            return reading
    return None
