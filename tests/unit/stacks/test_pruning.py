"""What a project does not use is left out."""

from devmatrix.stacks.fastapi.pruning import prune
from devmatrix.stacks.fastapi.source import Source
from devmatrix.stacks.fastapi.templates import module_source

OFFERED = '''"""Offered."""

LIMIT = 3
UNUSED = 4


def used() -> int:
    return helper() + LIMIT


def helper() -> int:
    return 1


def unused() -> int:
    return only_for_unused()


def only_for_unused() -> int:
    return UNUSED


class Base:
    pass


class Derived(Base):
    pass


Alias = used
OtherAlias = unused
'''


def names(sources: tuple[Source, ...], path: str) -> list[str]:
    (source,) = [source for source in sources if source.path == path]
    return [symbol.name for symbol in source.symbols]


def test_only_what_is_reached_stays() -> None:
    offered = module_source("app/types.py", "t", OFFERED)
    user = module_source(
        "app/books/router.py",
        "t",
        'from app.types import Alias, Derived\n\n\ndef route() -> "Derived":\n    return Alias()\n',
    )
    kept = prune((offered, user))
    assert names(kept, "app/types.py") == ["used", "helper", "Base", "Derived"]
    (types,) = [source for source in kept if source.path == "app/types.py"]
    assert types.preamble == "LIMIT = 3"
    assert types.postamble == "Alias = used"


def test_an_import_that_is_not_used_reaches_nothing() -> None:
    offered = module_source("app/types.py", "t", OFFERED)
    user = module_source(
        "app/books/router.py", "t", "from app.types import used\n\n\ndef route() -> int:\n    return 1\n"
    )
    assert names(prune((offered, user)), "app/types.py") == []


def test_a_name_that_is_reached_through_its_module_stays() -> None:
    offered = module_source("app/types.py", "t", OFFERED)
    user = module_source(
        "app/books/x.py", "t", "from app import types\n\n\ndef go() -> int:\n    return types.helper()\n"
    )
    assert names(prune((offered, user)), "app/types.py") == ["helper"]


def test_other_modules_stay_as_they_are() -> None:
    user = module_source("app/books/router.py", "t", "def route() -> int:\n    return 1\n")
    assert prune((user,)) == (user,)
