"""Python names for what the document names: wire names stay as they are, code gets identifiers that cannot clash."""

import keyword
from functools import cache
from itertools import pairwise

from devmatrix.discovery.document import DiscoveryDocument, Entity

FOUNDATION_MODULES = frozenset(
    """main settings database models problems pages types concurrency limits health security authentication seed
    tests refusals routing schemas routers listing relating keeping numbering jsonlists""".split()
)
"""Modules of `app` that no entity's package may hide."""

_CLASSES_TAKEN = frozenset(
    """Account Annotated Any APIRouter AsyncSession Base BaseModel Check Database Decimal Depends Enum Exception False
    Field ForeignKey Header Index Literal Mapped None Page PageQuery Path Problem Query Record Refusal Request
    RevokedToken Response Router Select Session Settings String Symbol Table Text True UUID Uuid Unset""".split()
)

_SCHEMA_SUFFIXES = ("Create", "Replace", "Patch", "Read", "Query", "Register", "Sort")

_ATTRIBUTES_TAKEN = frozenset(
    """metadata registry awaitable_attrs id created_at updated_at version deleted_at
    copy json dict schema schema_json construct validate parse_obj parse_raw parse_file from_orm update_forward_refs
    fields
    now today mapped_column relationship model_validator
    select insert update delete selectinload between equals fetch_slice matches ordered
    str int float bool list set tuple type object bytes property classmethod staticmethod super sorted
    dt uuid self cls session""".split()
)
"""Would shadow what SQLAlchemy, pydantic or the module itself uses inside the class."""


def attribute_name(name: str) -> str:
    """The Python identifier of an attribute; differs from the wire name where that is a keyword or taken."""
    if name.startswith("model_"):
        return f"the_{name}"
    if keyword.iskeyword(name) or name in _ATTRIBUTES_TAKEN or name.startswith("_"):
        return f"{name.strip('_')}_"
    return name


class Names:
    """Class, package, table and variable names for the entities of one document; all distinct."""

    def __init__(self, document: DiscoveryDocument) -> None:
        self._classes: dict[str, str] = {}
        self._packages: dict[str, str] = {}
        taken = set(_CLASSES_TAKEN)
        for entity in document.entities:
            name = _free(entity.name, taken, "Record")
            taken |= {name, *(f"{name}{suffix}" for suffix in _SCHEMA_SUFFIXES)}
            self._classes[entity.name] = name
        packages: set[str] = set(FOUNDATION_MODULES)
        for entity in document.entities:
            package = _free(entity.plural, packages | set(keyword.kwlist), "_records")
            packages.add(package)
            self._packages[entity.name] = package

    def class_name(self, entity: Entity) -> str:
        """PascalCase name of the model class; schemas are that + Create, Replace, Patch, Read, Query."""
        return self._classes[entity.name]

    def package(self, entity: Entity) -> str:
        """snake_case name of its package under `app`, and of its table."""
        return self._packages[entity.name]

    def variable(self, entity: Entity) -> str:
        """snake_case singular for variables, functions and path parameters: `loan_item`."""
        name = snake(entity.name)
        return f"{name}_" if keyword.iskeyword(name) else name


@cache
def snake(name: str) -> str:
    """LoanItem -> loan_item, as the conventions' path parameters have it."""
    starts = (letter.isupper() and not before.isupper() for before, letter in pairwise(f"X{name}"))
    return "".join(
        f"_{letter.lower()}" if start else letter.lower() for start, letter in zip(starts, name, strict=True)
    )


def _free(name: str, taken: set[str], suffix: str) -> str:
    while name in taken:
        name += suffix
    return name
