"""Well-known entities as data files: what is meant by one that the request only names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from devmatrix.discovery.naming import singular, split_words


@dataclass(frozen=True)
class Archetype:
    """Fields, marks and references of a well-known entity, as items of the notation."""

    name: str
    items: tuple[str, ...]
    references: tuple[str, ...] = ()
    """Only those count whose target the request names."""
    shared: bool = False


def archetype_for(entity: str, *, whole: bool = False) -> Archetype | None:
    """The archetype of an entity, by its whole name or its last word (ParkingPermit is a permit) unless `whole`."""
    words = split_words(entity)
    if not words:
        return None
    words = (*words[:-1], singular(words[-1]))
    synonyms = _mapping("_synonyms.yaml")
    for name in dict.fromkeys(("_".join(words), "_".join(words) if whole else words[-1])):
        found = _load(name) or (_load(synonyms[name]) if name in synonyms else None)
        if found is not None:
            return found
    return None


def event_for(verb: str) -> tuple[str, ...]:
    """Entities that a verb between two others may mean: borrow -> (loan, ...). Empty for other verbs."""
    return tuple(_mapping("_verbs.yaml").get(verb, "").split())


def verbs() -> Mapping[str, str]:
    """The verbs that `event_for` knows."""
    return _mapping("_verbs.yaml")


def domain_entities(words: str) -> tuple[str, ...]:
    """What is kept in a well-known domain, such as a help desk; empty for others."""
    return tuple(part.strip() for part in _mapping("_domains.yaml").get(words, "").split(",") if part.strip())


@cache
def _load(name: str) -> Archetype | None:
    if not name.isidentifier() or name.startswith("_"):
        return None
    source = files("devmatrix.discovery") / "archetypes" / f"{name}.yaml"
    if not source.is_file():
        return None
    import yaml

    data = yaml.safe_load(source.read_text("utf-8"))
    return Archetype(
        name=name,
        items=tuple(data["items"]),
        references=tuple(data.get("references", ())),
        shared=bool(data.get("shared", False)),
    )


@cache
def _mapping(file: str) -> Mapping[str, str]:
    import yaml

    source = files("devmatrix.discovery") / "archetypes" / file
    return MappingProxyType(yaml.safe_load(source.read_text("utf-8")))
