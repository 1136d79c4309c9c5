"""Python names for what a document calls anything: fields, parameters, classes, modules."""

import keyword
import re
import unicodedata
from collections.abc import Iterable

_FIELDS_TAKEN = frozenset(
    """copy json dict schema schema_json construct validate parse_obj parse_raw parse_file from_orm fields
    update_forward_refs model_config model_fields model_fields_set model_computed_fields model_extra model_construct
    model_copy model_dump model_dump_json model_json_schema model_parametrized_name model_post_init model_rebuild
    model_validate model_validate_json model_validate_strings
    str int float bool list tuple set object type classmethod check_size""".split()
)
"""Would hide what pydantic or the class itself uses."""

_PARAMETERS_TAKEN = frozenset(
    """body caller session request response item router values value statement views links
    str int float bool list dict set tuple type object""".split()
)
"""Are variables of every route, or names that its annotations use."""

_CLASSES_TAKEN = frozenset(
    """Annotated Answer Any BaseModel Body Commas ConfigDict Cookie Date DateTime Decimal Depends Email Exception False
    Field File Flag Form FormInput Formatted Header IPv4 IPv6 Input Integer Json Literal Matches None Number Omissible
    OneOf Path Query ReadFlag ReadInteger ReadNumber Request Response RootModel Router SafeText Self Shown String Text
    Time True UNSET Unique UploadFile Uri Uuid Whole""".split()
)


def snake(name: str) -> str:
    """createdAt, created-at, CreatedAT -> created_at; ASCII, and never empty or with a digit in front."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    found = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if not found:
        return f"u{'_'.join(f'{ord(letter):x}' for letter in name[:8])}" if name else "nameless"
    return f"n{found}" if found[0].isdigit() else found


def pascal(name: str) -> str:
    """new_trail, new trail, api.v1.trail -> NewTrail, NewTrail, ApiV1Trail; letters that are big stay so."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", plain) if part]
    found = "".join(part[0].upper() + part[1:] for part in parts)
    if not found:
        found = "".join(part.capitalize() for part in snake(name).split("_"))
    return f"N{found}" if found[0].isdigit() else found


def field_names(names: Iterable[str]) -> dict[str, str]:
    """Python names of an object's properties, all distinct, by wire name."""
    return _distinct(names, _FIELDS_TAKEN)


def parameter_names(names: Iterable[str]) -> dict[str, str]:
    """Python names of a route's parameters, all distinct, by wire name."""
    return _distinct(names, _PARAMETERS_TAKEN)


def _distinct(names: Iterable[str], taken: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    used = set(taken) | set(keyword.kwlist)
    for name in names:
        python = free(snake(name), used)
        used.add(python)
        found[name] = python
    return found


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or with _, _2, _3, ... behind it the first that is not taken."""
    taken = taken if isinstance(taken, set | frozenset) else set(taken)
    if name not in taken:
        return name
    candidates = (f"{name}_", *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)


def free_class(name: str, taken: Iterable[str]) -> str:
    """The name of a class, or with 2, 3, ... behind it the first that is not taken by another or by an import."""
    taken = set(taken) | _CLASSES_TAKEN
    candidates = (name, *(f"{name}{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)
