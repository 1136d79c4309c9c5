"""Puts a finished project into its folder: a git repository with a commit per milestone, and the report beside it."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from devmatrix.delivery.git import Change, Repository, blob_hash
from devmatrix.delivery.output import ANOTHER, OWN, STAGING, OutputPlan, check_output, listed
from devmatrix.delivery.page import render_page
from devmatrix.delivery.paths import check_paths
from devmatrix.delivery.report import Report
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import OutputError, RunError
from devmatrix.planning.plan import MasterPlan


@dataclass(frozen=True)
class Delivered:
    """What was put where."""

    out: Path
    commits: tuple[str, ...]
    """New commits, oldest first; none when nothing differs from what was there."""
    head: str
    report_json: Path
    report_html: Path


def deliver(
    output: OutputPlan, *, files: Mapping[str, str], document: DiscoveryDocument, plan: MasterPlan, report: Report
) -> Delivered:
    """Deliver `files` (path -> text, formatted) as `output` says; what fails or is interrupted undoes itself.

    Raises OutputError if the folder is no longer what `check_output` saw, RunError for a path that no project may have.
    """
    check_paths(files)
    if not files:
        raise RunError("there is nothing to deliver: the project has no files")
    if check_output(output.path) != output:
        raise OutputError(f"{output.path} changed while the run went on", mend=ANOTHER)
    contents = {path: text.encode() for path, text in files.items()}
    own = {
        ".gitignore": "*\n",
        "document.json": document.model_dump_json(indent=2) + "\n",
        "plan.json": plan.model_dump_json(indent=2) + "\n",
        "report.json": report.model_dump_json(indent=2) + "\n",
        "report.html": render_page(report, plan),
    }
    parcel = _Parcel(contents, plan, report, own)
    try:
        if output.delivered is None:
            commits = _deliver_fresh(output.path, parcel)
        else:
            commits = _deliver_update(output.path, output.delivered, parcel)
    except OSError as error:
        what = f"{output.path} cannot be written: {error.strerror or error}"
        raise OutputError(what, mend=f"see that the disk is not full, or {ANOTHER}") from error
    head = commits[-1] if commits else str(output.delivered)
    return Delivered(output.path, commits, head, output.path / OWN / "report.json", output.path / OWN / "report.html")


@dataclass(frozen=True)
class _Parcel:
    contents: Mapping[str, bytes]
    plan: MasterPlan
    report: Report
    own: Mapping[str, str]


def _deliver_fresh(out: Path, parcel: _Parcel) -> tuple[str, ...]:
    inside = out.exists()  # an empty folder may be a mount point or somebody's working directory: it stays
    parent = out if inside else out.parent
    with _made_folders(parent):
        staging = parent / f"{STAGING}-{secrets.token_hex(4)}"
        try:
            commits = _build(staging, parcel)
            if inside:
                _move_all(staging, out)
            else:
                staging.rename(out)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    return commits


def _build(folder: Path, parcel: _Parcel) -> tuple[str, ...]:
    folder.mkdir()
    repository = Repository(folder)
    repository.init()
    commits = repository.prepare(_changes(parcel, parcel.contents, ()), on=None)
    for path, content in parcel.contents.items():
        place = folder / PurePosixPath(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    repository.move_to(commits[-1])
    _write_own(folder, parcel, commits[-1])
    return commits


def _deliver_update(out: Path, delivered: str, parcel: _Parcel) -> tuple[str, ...]:
    repository = Repository(out)
    tracked = repository.tracked()
    changed = {path: text for path, text in parcel.contents.items() if tracked.get(path) != blob_hash(text)}
    removed = tuple(sorted(tracked.keys() - parcel.contents.keys()))
    _check_not_in_the_way(out, changed, tracked)
    if not changed and not removed:
        _write_own(out, parcel, delivered)
        return ()
    commits = repository.prepare(_changes(parcel, changed, removed), on=delivered)
    before = {path: _content(out / path) for path in (*changed, *removed)}
    try:
        _apply(out, {**changed, **dict.fromkeys(removed)})
        repository.move_to(commits[-1])
        _write_own(out, parcel, commits[-1])
    except BaseException:
        _apply(out, before)
        repository.move_to(delivered)
        raise
    return commits


def _changes(parcel: _Parcel, changed: Mapping[str, bytes], removed: Sequence[str]) -> list[Change]:
    """One change per milestone that has any; the last one also has what no task names, and the removals."""
    fresh = changed.keys() == parcel.contents.keys()
    rest = dict(changed)
    changes: list[Change] = []
    milestones = parcel.plan.milestones
    for milestone in milestones:
        last = milestone is milestones[-1]
        named = [path for task in milestone.tasks for path in task.files if path in rest]
        put = {path: rest.pop(path) for path in dict.fromkeys(named)}
        if last:
            put |= rest
        if put or (last and removed):
            titles = [task.title for task in milestone.tasks if not put.keys().isdisjoint(task.files)]
            subject = milestone.title if fresh else f"Update: {milestone.title}"
            changes.append(Change(_message(subject, titles, parcel.report.run_id), put, tuple(removed) if last else ()))
    return changes


def _message(subject: str, titles: Iterable[str], run_id: str) -> str:
    body = "".join(f"- {_line(title)}\n" for title in titles)
    return "\n".join(part for part in (f"{_line(subject)}\n", body, f"DevMatrix-Run: {run_id}\n") if part)


def _line(text: str) -> str:
    return " ".join(text.split()).replace("\0", "")


def _write_own(folder: Path, parcel: _Parcel, head: str) -> None:
    own = folder / OWN
    own.mkdir(exist_ok=True)
    known = {
        "schema_version": 1,
        "commit": head,
        "run_id": parcel.report.run_id,
        "code_hash": parcel.report.code_hash,
        "delivered_at": datetime.now(UTC).isoformat(),
        "devmatrix_version": parcel.report.devmatrix_version,
    }
    for name, text in {**parcel.own, "delivery.json": json.dumps(known, indent=2) + "\n"}.items():
        _replace(own / name, text.encode())


def _check_not_in_the_way(out: Path, changed: Iterable[str], tracked: Mapping[str, str]) -> None:
    """No file of the user's (untracked) may be overwritten, and no link followed out of the folder."""
    in_the_way = []
    for path in changed:
        parents = [out / part for part in PurePosixPath(path).parents if part.name]
        odd = [folder for folder in parents if folder.is_symlink() or (folder.exists() and not folder.is_dir())]
        if odd or (path not in tracked and os.path.lexists(out / path)):
            in_the_way.append(str((odd[0] if odd else out / path).relative_to(out)))
    if in_the_way:
        names = listed(sorted(set(in_the_way)))
        mend = f"move them away, or {ANOTHER}"
        raise OutputError(f"files of yours are where new ones of the project belong: {names}", mend=mend)


def _apply(out: Path, contents: Mapping[str, bytes | None]) -> None:
    """Write these files; those without content are removed, with the folders that they leave empty."""
    for path, content in contents.items():
        place = out / path
        if content is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            _replace(place, content)
            continue
        place.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in place.parents:
                if folder == out:
                    break
                folder.rmdir()


def _content(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() else None


def _replace(place: Path, content: bytes) -> None:
    new = place.with_name(f"{STAGING}-{secrets.token_hex(4)}")
    try:
        new.write_bytes(content)
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)


def _move_all(source: Path, target: Path) -> None:
    for left in target.glob(f"{STAGING}-*"):  # of a run that was killed
        if left != source:
            shutil.rmtree(left, ignore_errors=True)
    moved: list[Path] = []
    try:
        for entry in sorted(source.iterdir()):
            place = target / entry.name
            if os.path.lexists(place):
                raise OutputError(f"{place} came into being while the run went on", mend=ANOTHER)
            moved.append(place)
            entry.rename(place)
        source.rmdir()
    except BaseException:
        for place in moved:
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink(missing_ok=True)
        raise


@contextmanager
def _made_folders(folder: Path) -> Iterator[None]:
    """Makes the folder with its parents, and takes those that it made away again if what follows fails."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for place in missing:
            with suppress(OSError):
                place.rmdir()
        raise
