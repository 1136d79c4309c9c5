"""A whole project by hand, as small as can be judged at every level: one thing with a name, kept in SQLite."""

from pathlib import Path

from devmatrix.atoms.contract import Atom, AtomKind, Contract, Module
from devmatrix.discovery.document import (
    Attribute,
    Context,
    DiscoveryDocument,
    Entity,
    FieldType,
    Level,
    Operation,
    OperationKind,
    Requirement,
)
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.planning.plan import MasterPlan, TaskOutline
from devmatrix.stacks.fastapi.environment import REQUIREMENTS
from devmatrix.stacks.stack import Boot, Design

MAIN = '''"""The service."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from alembic import command
from alembic.config import Config
from fastapi import FastAPI, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy.orm import Session

from app.database import Thing, make_engine

engine = make_engine()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Migrate at start."""
    command.upgrade(Config("alembic.ini"), "head")
    yield


app = FastAPI(lifespan=lifespan)


@app.middleware("http")
async def limit(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what is too large."""
    if len(await request.body()) > 1024 * 1024:
        return JSONResponse({"detail": "too large"}, 413)
    return await proceed(request)


@app.exception_handler(RequestValidationError)
async def refuse(request: Request, error: RequestValidationError) -> Response:
    """Say that it is not valid, and not what was sent."""
    return JSONResponse({"detail": []}, 422)


class ThingIn(BaseModel):
    """What a caller gives."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str

    @field_validator("name")
    @classmethod
    def keepable(cls, name: str) -> str:
        """Refuse what a database cannot keep."""
        name.encode()
        return name


class ThingOut(ThingIn):
    """What is answered."""

    id: int


@app.get("/health/ready")
def ready() -> dict[str, str]:
    """Whether it can serve."""
    return {"status": "ok"}


@app.post("/things", status_code=201, responses={400: {}})
def create_thing(given: ThingIn) -> ThingOut:
    """Keep a thing."""
    with Session(engine) as session:
        thing = Thing(name=given.name)
        session.add(thing)
        session.commit()
        return ThingOut(id=thing.id, name=thing.name)


@app.get("/things/{thing_id}", responses={404: {}})
def read_thing(thing_id: Annotated[int, Path(ge=1, le=1_000_000)]) -> ThingOut:
    """Give a thing."""
    with Session(engine) as session:
        thing = session.get(Thing, thing_id)
        if thing is None:
            raise HTTPException(404)
        return ThingOut(id=thing.id, name=thing.name)
'''

DATABASE = '''"""The database."""

from sqlalchemy import Engine, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Thing(Base):
    """One of the things."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


def make_engine() -> Engine:
    """The engine of the file beside the project."""
    return create_engine("sqlite:///app.db")
'''

ENVIRONMENT = '''"""How Alembic reaches the database."""

from alembic import context

from app.database import Base, make_engine

with make_engine().connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
'''

REVISION = '''"""Things."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("things")
'''

CONFTEST = '''"""A client of the service in this process."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import app


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """The service, started."""
    with TestClient(app) as client:
        yield client
'''

SCENARIOS = '''"""R-01."""

from fastapi.testclient import TestClient


def test_r_01_1_a_thing_is_kept(client: TestClient) -> None:
    """It can be read back."""
    made = client.post("/things", json={"name": "lamp"})
    assert made.status_code == 201
    assert client.get(f"/things/{made.json()['id']}").json() == made.json()
'''

UNIT = '''"""The tables."""

from app.database import Thing


def test_a_thing_has_a_table() -> None:
    """Under its plural."""
    assert Thing.__tablename__ == "things"
'''

FILES = {
    "app/__init__.py": '"""The service."""\n',
    "app/main.py": MAIN,
    "app/database.py": DATABASE,
    "migrations/env.py": ENVIRONMENT,
    "migrations/versions/r0001_things.py": REVISION,
    "tests/__init__.py": "",
    "tests/conftest.py": CONFTEST,
    "tests/scenarios/__init__.py": "",
    "tests/scenarios/test_r_01.py": SCENARIOS,
    "tests/unit/__init__.py": "",
    "tests/unit/test_database.py": UNIT,
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "pyproject.toml": '[tool.ruff]\nline-length = 100\n\n[tool.ruff.lint]\nselect = ["E", "F", "I", "B"]\n',
    "Makefile": "test:\n\tpython -m pytest -q\n",
    "README.md": "# Things\n\n```sh\npython -m uvicorn app.main:app\nmake test\n```\n",
    "requirements.txt": (REQUIREMENTS / "runtime.txt").read_text(encoding="utf-8"),
    "requirements-dev.txt": (REQUIREMENTS / "dev.txt").read_text(encoding="utf-8"),
}

ENTITY = Entity(name="Thing", plural="things", attributes=(Attribute(name="name", type=FieldType.STRING),))
OPERATIONS = (
    Operation(
        id="create_thing",
        kind=OperationKind.CREATE,
        entity="Thing",
        method="POST",
        path="/things",
        success_status=201,
    ),
    Operation(
        id="read_thing",
        kind=OperationKind.READ,
        entity="Thing",
        method="GET",
        path="/things/{thing_id}",
        success_status=200,
    ),
)


def tiny_document() -> DiscoveryDocument:
    step = Step(
        phase="when",
        text="a thing is created",
        method="POST",
        path="/things",
        body={"name": "lamp"},
        has_body=True,
        expect=Expectation(status=201, body={"id": {"$match": "integer"}, "name": "lamp"}),
    )
    requirement = Requirement(
        id="R-01",
        level=Level.MUST,
        text="Things can be kept.",
        span=None,
        entities=("Thing",),
        operations=("create_thing", "read_thing"),
        scenarios=(Scenario(id="R-01.1", title="a thing is kept", kind="happy", steps=(step,)),),
    )
    return DiscoveryDocument(
        title="Things",
        slug="things",
        request="keep things",
        contexts=(Context(name="things", entities=("Thing",)),),
        entities=(ENTITY,),
        operations=OPERATIONS,
        requirements=(requirement,),
    )


def write_tiny(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """The project in `folder`, with `changes` (path -> text) in it."""
    for path, text in (FILES | (changes or {})).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def tiny_design() -> Design:
    """Atoms for what blame can fall on."""
    named = {
        "app/main.py": ("create_thing", "read_thing", "ready", "lifespan"),
        "app/database.py": ("Thing", "make_engine"),
        "migrations/versions/r0001_things.py": ("upgrade", "downgrade"),
        "tests/unit/test_database.py": ("test_a_thing_has_a_table",),
        "Makefile": ("Makefile",),
    }
    modules = tuple(
        Module(
            path=path,
            task_id="all",
            contracts=tuple(Contract(path=path, name=name, kind=_kind(path, name), face="") for name in names),
        )
        for path, names in named.items()
    )
    atoms = tuple(
        Atom(contract=contract, task_id="all", requirement_ids=("R-01",))
        for module in modules
        for contract in module.contracts
    )
    return Design(modules=modules, atoms=atoms, blueprints={})


def _kind(path: str, name: str) -> AtomKind:
    if name == path:
        return AtomKind.FILE
    if path.startswith("tests/"):
        return AtomKind.TEST
    return AtomKind.CLASS if name[0].isupper() else AtomKind.FUNCTION


class TinyStack:
    """How the tiny project runs."""

    name = "tiny"

    def __init__(self, environment: Path) -> None:
        self._environment = environment

    def outline(self, document: DiscoveryDocument) -> tuple[TaskOutline, ...]:
        raise AssertionError("judging plans nothing")

    def design(self, document: DiscoveryDocument, plan: MasterPlan) -> Design:
        raise AssertionError("judging designs nothing")

    def guide(self) -> str:
        raise AssertionError("judging asks no author")

    def environment(self) -> Path:
        return self._environment

    def boot(self, document: DiscoveryDocument) -> Boot:
        return Boot(
            serve=("python", "-m", "uvicorn", "app.main:app", "--port", "8000"),
            port=8000,
            ready_path="/health/ready",
            test=("make", "test"),
            requirements={
                "requirements.txt": REQUIREMENTS / "runtime.txt",
                "requirements-dev.txt": REQUIREMENTS / "dev.txt",
            },
            environment={},
            database_file="app.db",
        )
