"""Contracts and atoms: the face of every unit before its body exists."""

import hashlib
import json
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AtomKind(StrEnum):
    """What is written. Only a `function` has the limit of 15 lines: the others declare, a line per thing declared."""

    FUNCTION = "function"
    CLASS = "class"  # a model, a schema: one line per field
    TEST = "test"  # a test function
    TABLE = "table"  # a migration step: one line per column
    FILE = "file"  # a whole file that is not Python code: README, Dockerfile, ...


MAX_BODY_LINES = 15
"""Lines of a function's body, its docstring left out."""


class Example(_Part):
    """What a call must give, both as Python source, where the unit is pure enough to say so."""

    call: str
    gives: str


class Contract(_Part):
    """The declared face of one symbol. `path` and `name` identify it."""

    path: str
    """File inside the project, such as app/books/service.py."""
    name: str
    """Name of the function or class; the path again for a file."""
    kind: AtomKind
    face: str
    """Source of the declaration as it stands in the skeleton: signature, docstring, fields; a body that raises."""
    raises: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def id(self) -> str:
        """`path:name`, unique in the project."""
        return f"{self.path}:{self.name}"


class Module(_Part):
    """One file of the contract tree. A Python file: docstring, imports, preamble, its symbols in order, postamble."""

    path: str
    task_id: str
    docstring: str = ""
    imports: tuple[str, ...] = ()
    """Import statements that the faces need, one name or module each."""
    preamble: str = ""
    """Statements between imports and symbols that are part of the face: `router = APIRouter(...)`."""
    contracts: tuple[Contract, ...] = ()
    postamble: str = ""
    """Statements after the symbols that belong to the face and use them: `app = create_app()`."""


class Atom(_Part):
    """One body to write, for exactly one contract."""

    contract: Contract
    task_id: str
    requirement_ids: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    """Ids of the atoms whose contracts its body uses; all earlier in the graph."""

    @property
    def id(self) -> str:
        """The contract's id."""
        return self.contract.id

    @computed_field  # type: ignore[prop-decorator]
    @property
    def content_hash(self) -> str:
        """SHA-256 over the contract and the ids it may use: equal hash, equal question."""
        question = [self.contract.model_dump(mode="json"), sorted(self.depends_on)]
        return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
