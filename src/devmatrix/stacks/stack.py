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


class Boot(BaseModel):
    """How to start and test a finished project, exactly as its README says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    serve: tuple[str, ...]
    """argv; serves on 127.0.0.1:`port`."""
    port: int
    ready_path: str
    test: tuple[str, ...]
    environment: dict[str, str]
    """What the scenarios expect of the project's settings: the administrator's login, test speed of hashing."""
    database_file: str
    """The SQLite file, inside the project folder, that it uses without DATABASE_URL."""


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
