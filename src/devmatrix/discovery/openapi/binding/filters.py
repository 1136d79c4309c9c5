"""What query parameters narrow: attributes by name, what references lead to, lists, ranges, links, text."""

import re
from dataclasses import dataclass
from typing import Literal

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.interface import Filter, Parameter, Source
from devmatrix.discovery.naming import singular, split_words
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.words import PEOPLE, SEARCH, key, same_verb, singular_key
from devmatrix.discovery.shapes import Shape, ShapeKind

Operator = Literal[
    "equals",
    "one_of",
    "contains",
    "search",
    "member",
    "minimum",
    "maximum",
    "after",
    "before",
    "links",
    "linked_by",
    "of_caller",
]
_RANGES: tuple[tuple[Operator, str], ...] = (
    ("minimum", "min minimum from gte ge since start at_least starting"),
    ("maximum", "max maximum to lte le until end at_most till ending"),
    ("after", "after gt above newer_than later_than"),
    ("before", "before lt below older_than earlier_than"),
)
_CONTAINS = frozenset("like contains search query match matches".split())
_PARTLY = re.compile(r"\b(partial|contain\w*|substring|case.insensitive|fuzzy|matching|includes?|part of)\b", re.I)
_SEVERAL = re.compile(r"\b(comma|multiple|several|one or more|separated)\b", re.I)
_COMPARED = frozenset({FieldType.INTEGER, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME, FieldType.TIME})
_TEXTS = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL})


@dataclass(frozen=True)
class Asked:
    """A parameter that is matched."""

    parameter: Parameter
    words: tuple[str, ...]
    shape: Shape
    several: bool
    """It may have more than one value."""

    @property
    def name(self) -> str:
        """In snake_case."""
        return "_".join(self.words)


class Filters:
    """Matches the parameters of lists of one kind of record."""

    def __init__(self, desk: Desk, draft: EntityDraft) -> None:
        self._desk = desk
        self._draft = draft
        self._by_name = {key(name): name for name in (*draft.meanings, *draft.attributes)}

    def of(self, parameter: Parameter) -> Filter | None:
        """What the parameter narrows; none where nothing says so."""
        asked = self._asked(parameter)
        for match in (self._attribute, self._flag, self._association, self._range, self._partly, self._search):
            found = match(asked)
            if found is not None:
                return found
        return self._loosely(asked)

    def _asked(self, parameter: Parameter) -> Asked:
        name = re.sub(r"^(filter|where|f)\W+", "", parameter.name)
        words = split_words(name)
        if len(words) > 1 and words[0] in ("filter", "by"):
            words = words[2:] if words[1:2] == ("by",) and len(words) > 2 else words[1:]
        resolved = self._desk.shapes.resolve(parameter.shape)
        several = resolved.kind is ShapeKind.ARRAY
        if not several and resolved.kind is ShapeKind.STRING and not resolved.choices:
            several = bool(_SEVERAL.search(parameter.description)) and "comma" in parameter.description.lower()
        return Asked(parameter, words, resolved, several)

    def _filter(self, asked: Asked, operator: Operator, *path: str) -> Filter:
        return Filter(parameter=asked.parameter.name, path=path, operator=operator)

    def _attribute(self, asked: Asked) -> Filter | None:
        """The name of a property, in singular or plural; or of what a reference leads to."""
        for name in dict.fromkeys((asked.name, singular_key(asked.name))):
            found = self._by_name.get(name)
            if found is not None:
                return self._by_property(asked, found)
        if asked.name in PEOPLE and self._draft.owner is not None:
            return self._to_reference(asked, self._draft.attributes[self._draft.owner])
        return self._through(asked)

    def _by_property(self, asked: Asked, name: str) -> Filter | None:
        draft = self._draft
        meaning = draft.meanings.get(name)
        attribute = draft.attributes.get(meaning.attribute if meaning and meaning.attribute else name)
        if attribute is None or (meaning is not None and meaning.source in (Source.LINKED, Source.LINK_COUNT)):
            return None
        if attribute.type is FieldType.REFERENCE:
            said = meaning.target_attribute if meaning else ""
            return self._to_reference(asked, attribute, said)
        if attribute.type is FieldType.REFERENCES:
            target = self._desk.drafts[attribute.target or ""]
            leads = self._key_of(target, asked)
            return self._filter(asked, "links", attribute.name, leads) if leads else None
        if attribute.type is FieldType.JSON:
            return self._member(asked, attribute)
        if attribute.type in (FieldType.PASSWORD, FieldType.BINARY) or self._has_more(asked, attribute):
            return None
        text = attribute.type in _TEXTS and name not in draft.keys and not asked.several
        if text and _PARTLY.search(asked.parameter.description):
            return self._filter(asked, "contains", attribute.name)
        return self._filter(asked, "one_of" if asked.several else "equals", attribute.name)

    def _has_more(self, asked: Asked, attribute: Attribute) -> bool:
        """Whether it has values that no record has, such as `all`: they mean something else."""
        choices = {str(one) for one in asked.shape.choices}
        return bool(choices & {"all", "any", "*"}) and not choices <= set(attribute.choices)

    def _to_reference(self, asked: Asked, attribute: Attribute, said: str = "") -> Filter | None:
        leads = said or self._key_of(self._desk.drafts[attribute.target or ""], asked)
        operator: Operator = "one_of" if asked.several else "equals"
        return self._filter(asked, operator, attribute.name, leads) if leads else None

    def _key_of(self, target: EntityDraft, asked: Asked) -> str:
        """What of a referred record a plain value means: its key, an account's name, a title."""
        shape = asked.shape
        if shape.kind is ShapeKind.ARRAY and shape.items is not None:
            shape = self._desk.shapes.resolve(shape.items)
        whole = shape.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER)
        uuid = shape.format == "uuid"
        for name in target.keys:
            kind = target.attributes[name].type
            if (kind is FieldType.INTEGER) is whole and uuid is (kind is FieldType.UUID):
                return name
        usual = (
            (target.account.login_field, "username", "login") if target.account else ("slug", "name", "title", "code")
        )
        for wanted in usual:
            for name, attribute in target.attributes.items():
                if key(name) == key(wanted) and attribute.type in (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL):
                    return name if not whole else ""
        return ""

    def _member(self, asked: Asked, attribute: Attribute) -> Filter | None:
        shapes = self._desk.shapes
        items = shapes.items_of(attribute.shape) if attribute.shape is not None else None
        if items is None:
            return None
        if shapes.is_scalar(items):
            return self._filter(asked, "member", attribute.name)
        owner = shapes.object_of(items)
        for wanted in ("name", "slug", "label", "title", "key", "value", "code", "id"):
            if owner is not None and owner.property(wanted) is not None:
                return self._filter(asked, "member", attribute.name, wanted)
        return None

    def _through(self, asked: Asked) -> Filter | None:
        """author_name, categoryId, author.username: a reference, and an attribute of what it leads to."""
        for name, attribute in self._draft.attributes.items():
            if attribute.type not in (FieldType.REFERENCE, FieldType.REFERENCES) or attribute.target is None:
                continue
            target = self._desk.drafts.get(attribute.target)
            bases = {split_words(name), split_words(name)[:-1], split_words(attribute.target)}
            for cut in range(1, len(asked.words)) if target is not None else ():
                base, rest = asked.words[:cut], "_".join(asked.words[cut:])
                if base not in bases and (*base[:-1], singular(base[-1])) not in bases:
                    continue
                for leads in target.attributes if target else ():
                    if key(leads) == rest and target and target.attributes[leads].type is not FieldType.PASSWORD:
                        operator: Operator = "one_of" if asked.several else "equals"
                        listed = attribute.type is FieldType.REFERENCES
                        return self._filter(asked, "links" if listed else operator, name, leads)
            if attribute.type is FieldType.REFERENCE and asked.words in bases and asked.words:
                return self._to_reference(asked, attribute)
        return None

    def _flag(self, asked: Asked) -> Filter | None:
        """`favorited=name`: what the account of that name has linked."""
        account = self._desk.account
        if account is None or account.account is None or asked.shape.kind is not ShapeKind.STRING:
            return None
        words = asked.words[:-1] if asked.words[-1:] == ("by",) else asked.words
        for one in self._desk.associations:
            verb = one.verb or one.attribute
            if one.target == self._draft.name and one.holder == account.name and same_verb("_".join(words), verb):
                leads = self._key_of(account, asked)
                named = next((name for name in account.attributes if key(name) in ("username", "login", "handle")), "")
                return self._filter(asked, "linked_by", one.attribute, named or leads)
        return None

    def _association(self, asked: Asked) -> Filter | None:
        """`tag=x`: records whose list has the one of that name."""
        for attribute in self._draft.attributes.values():
            names = {singular_key(attribute.name), singular_key(singular_key(attribute.name).removesuffix("_id"))}
            if attribute.type is FieldType.REFERENCES and singular_key(asked.name) in names:
                return self._by_property(asked, attribute.name)
            if attribute.type is FieldType.JSON:
                words = split_words(attribute.name)
                bare = words[:-1] if words[-1:] in (("list",), ("names",)) else words
                if bare and "_".join((*bare[:-1], singular(bare[-1]))) == singular_key(asked.name):
                    return self._member(asked, attribute)
        return None

    def _range(self, asked: Asked) -> Filter | None:
        if asked.shape.kind is ShapeKind.BOOLEAN:
            return None  # `below_minimum=true`: a question of its own, nothing to compare with
        for operator, names in _RANGES:
            for word in names.split():
                mark = tuple(word.split("_"))
                for rest in (asked.words[len(mark) :], asked.words[: -len(mark)]):
                    if rest and mark in (asked.words[: len(mark)], asked.words[-len(mark) :]):
                        found = self._compared(rest)
                        if found is not None:
                            return self._filter(asked, operator, found)
        if asked.name in {name for _, names in _RANGES for name in names.split()}:
            return self._bare_range(asked)
        return None

    def _bare_range(self, asked: Asked) -> Filter | None:
        """`since`, `from`, `until`: of the only moment that there is, else of the creation."""
        if asked.shape.format not in ("date", "date-time"):
            return None
        moments = [one for one in self._draft.attributes.values() if one.type in (FieldType.DATE, FieldType.DATETIME)]
        own = [one for one in moments if one.generated is None]
        chosen = own[0] if len(own) == 1 else next((one for one in moments if one.generated == "now"), None)
        operator = next(operator for operator, names in _RANGES if asked.name in names.split())
        return self._filter(asked, operator, chosen.name) if chosen else None

    def _compared(self, words: tuple[str, ...]) -> str | None:
        """The attribute that a range is about: its name, or the name without `at`, `date`."""
        wanted = "_".join(words)
        for name, attribute in self._draft.attributes.items():
            if attribute.type not in _COMPARED:
                continue
            parts = split_words(name)
            short = "_".join(parts[:-1]) if len(parts) > 1 and parts[-1] in ("at", "on", "date", "time") else ""
            if wanted in ("_".join(parts), short) or (wanted == "date" and attribute.type is FieldType.DATE):
                return name
        return None

    def _partly(self, asked: Asked) -> Filter | None:
        if len(asked.words) > 1 and asked.words[-1] in _CONTAINS:
            name = self._by_name.get("_".join(asked.words[:-1]))
            attribute = self._draft.attributes.get(name or "")
            if attribute is not None and attribute.type in _TEXTS:
                return self._filter(asked, "contains", attribute.name)
        return None

    def _search(self, asked: Asked) -> Filter | None:
        if asked.name not in SEARCH or asked.shape.kind is not ShapeKind.STRING or asked.several:
            return None
        names = tuple(
            one.name
            for one in self._draft.attributes.values()
            if one.type in (FieldType.STRING, FieldType.TEXT) and one.generated != "text" and one.name not in ("id",)
        )
        return self._filter(asked, "search", *names) if names else None

    def _loosely(self, asked: Asked) -> Filter | None:
        """`type` for `book_type`, `genre` for `genres`: the only attribute whose name ends so."""
        found = [
            name
            for name, attribute in self._draft.attributes.items()
            if attribute.type in (FieldType.ENUM, FieldType.BOOLEAN)
            and split_words(name)[-len(asked.words) :] == asked.words
        ]
        return self._by_property(asked, found[0]) if len(found) == 1 and asked.words else None
