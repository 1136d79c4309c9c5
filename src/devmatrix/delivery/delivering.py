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
        "report.json": report.model_dump_json(indent=1) + "\n",
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
    _check_not_in_the_way(out, changed, tracked, removed)
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
    """One change per milestone that has any. What no task names goes with the last, removals with the first."""
    fresh = changed.keys() == parcel.contents.keys()
    rest = dict(changed)
    changes: list[Change] = []
    milestones = parcel.plan.milestones
    for milestone in milestones:
        named = [path for task in milestone.tasks for path in task.files if path in rest]
        put = {path: rest.pop(path) for path in dict.fromkeys(named)}
        last = milestone is milestones[-1]
        if last:
            put |= rest
        if put or (last and removed and not changes):
            titles = [task.title for task in milestone.tasks if not put.keys().isdisjoint(task.files)]
            subject = milestone.title if fresh else f"Update: {milestone.title}"
            gone = () if changes else tuple(removed)
            changes.append(Change(_message(subject, titles, parcel.report.run_id), put, gone))
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


def _check_not_in_the_way(out: Path, changed: Iterable[str], tracked: Iterable[str], removed: Iterable[str]) -> None:
    """No file of the user's (untracked) may be overwritten, and no link followed out of the folder."""
    ours, going = set(tracked), set(removed)
    in_the_way = []
    for path in changed:
        parents = [str(parent) for parent in PurePosixPath(path).parents if parent.name]
        odd = [
            parent
            for parent in reversed(parents)
            if parent not in going and os.path.lexists(out / parent) and not _is_folder(out / parent)
        ]
        if odd:
            in_the_way.append(odd[0])
        elif path not in ours and os.path.lexists(out / path) and not _only_holds(out, path, going):
            in_the_way.append(path)
    if in_the_way:
        names = listed(sorted(set(in_the_way)))
        mend = f"move them away, or {ANOTHER}"
        raise OutputError(f"files of yours are where new ones of the project belong: {names}", mend=mend)


def _is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()


def _only_holds(out: Path, folder: str, going: set[str]) -> bool:
    """Whether it is a folder that is gone when those files are."""
    inside = [place for place in (out / folder).rglob("*") if not _is_folder(place)]
    return _is_folder(out / folder) and all(place.relative_to(out).as_posix() in going for place in inside)


def _apply(out: Path, contents: Mapping[str, bytes | None]) -> None:
    """Remove the files without content, with the folders that they leave empty; then write the others."""
    for path in (path for path, content in contents.items() if content is None):
        (out / path).unlink(missing_ok=True)
        with suppress(OSError):
            for folder in PurePosixPath(path).parents[:-1]:
                (out / folder).rmdir()
    for path, content in contents.items():
        if content is not None:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            _replace(out / path, content)


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
