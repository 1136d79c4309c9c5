"""The seam to a target technology."""

from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from devmatrix.atoms.candidate import Candidate
from devmatrix.atoms.contract import Atom, Module
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import MasterPlan, TaskOutline


class Design(BaseModel):
    """A project before it is written: its contract tree, its atoms, and what the blueprints know to write.

    `atoms` come in an order in which each follows all that it depends on. `blueprints` maps atom ids to candidates;
    an atom without one is open: for another author, and where none can write it, `stand_ins` holds what says so at run
    time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: tuple[Module, ...]
    atoms: tuple[Atom, ...]
    blueprints: dict[str, Candidate]
    stand_ins: dict[str, Candidate] = {}


class WrongStart(BaseModel):
    """Settings with which a project must not start: it ends by itself, and names each of `named` in a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: dict[str, str]
    """Besides, or in place of, those of Boot.environment."""
    named: tuple[str, ...]


class Boot(BaseModel):
    """How to start and test a finished project, exactly as its README says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    serve: tuple[str, ...]
    """argv; serves on 127.0.0.1:`port`."""
    port: int
    ready_path: str
    test: tuple[str, ...]
    install: tuple[str, ...] = ()
    """Commands of the README that make `Stack.environment`, as they stand there."""
    commands: tuple[tuple[str, ...], ...] = ()
    """What else the README tells to type, in an order in which each can be run."""
    seed: tuple[str, ...] = ()
    """That of `commands` which fills an empty database with examples."""
    requirements: dict[str, Path] = {}
    """Files that pin what the project runs with, then what its tests run with, and the lock that each must equal."""
    environment: dict[str, str]
    """What the scenarios expect of the project's settings: the administrator's login, test speed of hashing."""
    database_file: str
    """The SQLite file, inside the project folder, that it uses without DATABASE_URL."""
    secrets: tuple[str, ...] = ()
    """Names in `environment` whose values may stand in no answer and in no log."""
    token_key: str = ""
    """Where JSON Web Tokens are signed with HS256: the key that `environment` sets, to make expired ones."""
    wrong_starts: tuple[WrongStart, ...] = ()


class Stack(Protocol):
    """A target technology."""

    name: str

    def outline(self, document: DiscoveryDocument) -> tuple[TaskOutline, ...]:
        """The tasks that a project for `document` takes."""
        ...

    def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
        """Contracts, atoms and blueprints for the planned tasks."""
        ...

    def guide(self) -> str:
        """What an author who knows the technology, but not how this stack uses it, must be told: Markdown, a page."""
        ...

    def environment(self) -> Path:
        """Folder of a virtual environment with just what a project of this stack declares; made on first use.

        Raises StackError where it cannot be made.
        """
        ...

    def boot(self, document: DiscoveryDocument) -> Boot:
        """How to start and test the project."""
        ...
