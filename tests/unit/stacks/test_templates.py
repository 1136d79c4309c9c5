"""Python modules, read into their symbols."""

import pytest

from devmatrix.atoms.contract import AtomKind
from devmatrix.errors import ContractError
from devmatrix.stacks.fastapi.templates import module_source

TEXT = '''"""Says what it is."""

import datetime as dt
from typing import Any, Generic as Base

# Why it is so.
LIMIT = 3


@decorated
def one() -> Any:
    """First."""
    return dt


class Two(Base):
    """Second."""


def test_three() -> None:
    assert one()


app = one()
'''


def test_a_module_is_taken_apart() -> None:
    source = module_source("app/x.py", "some.task", TEXT)
    assert source.docstring == "Says what it is."
    assert source.imports == ("import datetime as dt", "from typing import Any", "from typing import Generic as Base")
    assert source.preamble == "# Why it is so.\nLIMIT = 3"
    assert [(symbol.name, symbol.kind) for symbol in source.symbols] == [
        ("one", AtomKind.FUNCTION),
        ("Two", AtomKind.CLASS),
        ("test_three", AtomKind.TEST),
    ]
    assert source.symbols[0].source.startswith("@decorated\ndef one")
    assert source.postamble == "app = one()"


def test_a_module_without_symbols_keeps_all_its_imports() -> None:
    source = module_source("app/x.py", "some.task", '"""Doc."""\n\nfrom a import B\n\n__all__ = ["B"]\n')
    assert source.preamble == 'from a import B\n\n__all__ = ["B"]'


def test_a_statement_between_symbols_is_refused() -> None:
    with pytest.raises(ContractError, match="between"):
        module_source("app/x.py", "t", "def a() -> None:\n    pass\n\nX = 1\n\ndef b() -> None:\n    pass\n")
