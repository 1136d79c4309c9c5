"""The folder of a plan: written to be edited, and read back with what was changed in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from devmatrix import __version__
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.formats import MAX_FILE_BYTES
from devmatrix.discovery.given import read_document
from devmatrix.discovery.proving import UNPROVEN, prove
from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.discovery.writing import write_document
from devmatrix.errors import OutputError, RequestError
from devmatrix.planning.changes import changes_between
from devmatrix.planning.paper import render_plan
from devmatrix.planning.plan import MasterPlan

DOCUMENT, PAPER, PLAN = "document.yaml", "plan.md", "plan.json"
_DERIVED = frozenset({"requirements", "actors"})
_TOLD = frozenset({"statements", "questions", "assumptions", "sources"})
"""What planning found out: it is kept in plan.json, and not for editing."""
_HEAD = """What is to be built. Edit it, then: devmatrix build --plan {folder}
The format: docs/discovery-document.schema.json of DevMatrix. What is left out is as by default.
Requirements and scenarios follow from what stands here; plan.md lists them."""


class _PlanFile(BaseModel):
    """plan.json: the plan, and the document that it was made for (requirements without their scenarios)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    devmatrix_version: str
    document_sha256: str
    """Of document.yaml as it was written."""
    plan: MasterPlan
    document: DiscoveryDocument


@dataclass(frozen=True)
class Planned:
    """A plan as it was read back."""

    document: DiscoveryDocument
    """As it stands in the folder now, with requirements."""
    changes: Sequence[str]
    """What differs from what was planned, in words."""


def write_folder(folder: Path, document: DiscoveryDocument, plan: MasterPlan) -> None:
    """Write document.yaml, plan.md and plan.json. Raises OutputError; an edited document is never overwritten."""
    _require_unedited(folder)
    derived = _DERIVED if _is_derived(document) else frozenset()
    text = write_document(document, without=derived | _TOLD, head=_HEAD.format(folder=folder))
    file = _PlanFile(
        devmatrix_version=__version__,
        document_sha256=_hash(text.encode()),
        plan=plan,
        document=_without_scenarios(document),
    )
    contents = {DOCUMENT: text, PAPER: render_plan(document, plan), PLAN: file.model_dump_json(indent=1) + "\n"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_text(content, encoding="utf-8")
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(
            f"the plan cannot be written to {folder}: {why.lower()}", mend="choose another --out"
        ) from error


def read_folder(folder: Path) -> Planned:
    """The plan in a folder. Raises RequestError where it is no plan, or the edited document is not sound."""
    file = _plan_file(folder)
    content = _read(folder / DOCUMENT)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RequestError(f"{folder / DOCUMENT}:{line}: this is not UTF-8", mend="save it as UTF-8") from error
    edited = read_document(Source(text, str(folder / DOCUMENT)))
    planned = file.document
    said = tuple(item for item in planned.assumptions if item.why != UNPROVEN)
    kept = {
        "statements": edited.statements or planned.statements,
        "questions": edited.questions or planned.questions,
        "assumptions": edited.assumptions or said,
        "sources": edited.sources or planned.sources,
    }
    document = prove(_with_contexts(edited.model_copy(update=kept)))
    changed = () if _hash(content) == file.document_sha256 else changes_between(planned, document)
    return Planned(document, changed)


def _with_contexts(document: DiscoveryDocument) -> DiscoveryDocument:
    if document.contexts:
        return document
    from devmatrix.discovery.contexts import contexts_of

    return document.model_copy(update={"contexts": contexts_of(document.entities)})


def _plan_file(folder: Path) -> _PlanFile:
    if not folder.is_dir():
        raise RequestError(f"{folder} is no folder with a plan", mend="make one: devmatrix plan SOURCE... --out DIR")
    try:
        return _PlanFile.model_validate_json(_read(folder / PLAN))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        raise RequestError(
            f"{folder / PLAN} is damaged: {where + ': ' if where else ''}{first['msg'].lower()}",
            mend=f"it is not for editing: plan again, or build {DOCUMENT} alone: devmatrix build {folder / DOCUMENT}",
        ) from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES * 5 + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise RequestError(
            f"{path} cannot be read: {why}", mend="make it again: devmatrix plan SOURCE... --out DIR"
        ) from error
    if len(content) > MAX_FILE_BYTES * 5:
        raise RequestError(f"{path} is longer than {MAX_FILE_BYTES * 5:,} bytes", mend="plan again")
    return content


def _require_unedited(folder: Path) -> None:
    if not (folder / DOCUMENT).exists():
        return
    mend = f"build it (devmatrix build --plan {folder}), or choose another --out"
    try:
        written = _plan_file(folder).document_sha256
    except RequestError as error:
        raise OutputError(
            f"{folder / DOCUMENT} is there already, without the plan that it belongs to", mend=mend
        ) from error
    if _hash(_read(folder / DOCUMENT)) != written:
        raise OutputError(f"{folder / DOCUMENT} was edited, and would be overwritten", mend=mend)


def _is_derived(document: DiscoveryDocument) -> bool:
    """Whether the requirements follow from the document: a person may have written them into one."""
    if all(source.format is not SourceFormat.DOCUMENT for source in document.sources):
        return True
    bare = document.model_copy(update={"requirements": (), "actors": ()})
    return prove(bare).requirements == document.requirements


def _without_scenarios(document: DiscoveryDocument) -> DiscoveryDocument:
    bare = tuple(item.model_copy(update={"scenarios": ()}) for item in document.requirements)
    return document.model_copy(update={"requirements": bare, "actors": ()})


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
