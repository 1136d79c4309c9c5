"""Answers to open questions: from a file, from whoever sits at the terminal, else the defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from devmatrix.cli.request import read_file, read_sources
from devmatrix.cli.screen import ask, choose
from devmatrix.cli.text import line
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError

if TYPE_CHECKING:
    from devmatrix.cli.composition import Orchestration
    from devmatrix.discovery import Source
    from devmatrix.discovery.document import Question

_MEND = "write one answer a line, such as `who-signs-in: Member`; `devmatrix plan` lists questions and answers"


def read_answers(path: Path | None) -> dict[str, str]:
    """Question -> answer, as the YAML or JSON file says. Raises RequestError where it says anything else."""
    if path is None:
        return {}
    import yaml

    source = read_file(str(path))
    if source.size > MAX_BYTES:
        raise RequestError(f"{source.name} is longer than {MAX_BYTES:,} bytes", mend=_MEND)
    try:
        # This loader makes strings of all scalars: `no` is an answer, and not false.
        said = yaml.load(source.text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source.name}:{mark.line + 1}" if mark else source.name
        raise RequestError(f"{where}: this is neither YAML nor JSON", mend=_MEND) from error
    if not isinstance(said, dict) or not all(isinstance(part, str) for pair in said.items() for part in pair):
        raise RequestError(f"{source.name} is no list of questions with one answer each", mend=_MEND)
    return said


@dataclass(frozen=True)
class Wanted:
    """What was given on the command line."""

    sources: "tuple[Source, ...]"
    answers: Mapping[str, str]
    strict: bool = False
    allow_remote: bool = False
    with_model: bool = False
    """Prose that is not understood whole is read by a model, which may cost money."""

    @classmethod
    def read(cls, arguments: Sequence[str], answers: Path | None, *, strict: bool, allow_remote: bool) -> Self:
        """With all files read. Raises RequestError."""
        return cls(read_sources(arguments), read_answers(answers), strict, allow_remote)


def lets_model_read(service: "Orchestration", wanted: Wanted, model: str, *, yes: bool, asks: bool) -> bool:
    """Whether a model shall read what the rules do not understand: as was said, or as whoever sits there says."""
    if not model or yes or not asks:
        return bool(model) and yes
    from devmatrix.discovery import reads_prose_only

    if not reads_prose_only(wanted.sources):
        return False
    try:
        document, _ = service.plan_from_sources(
            wanted.sources, answers=wanted.answers, strict=False, allow_remote=wanted.allow_remote
        )
    except RequestError as error:
        said = error.message
    else:
        lost = [item for item in document.statements if not item.understood]
        if not lost:
            return False
        said = f"{len(lost)} of {len(document.statements)} sentences are not understood, such as: {lost[0].span.text}"
    return ask(f"{line(said, 300)}\nShall {line(model, 80)} read the request? That costs some cents.")


def ask_open(service: "Orchestration", wanted: Wanted) -> Mapping[str, str]:
    """All answers, after every question that is still open was put to the person at the terminal."""
    said = dict(wanted.answers)
    asked: dict[str, str] = {}
    while True:
        questions = service.questions_of(wanted.sources, answers={**said, **asked}, allow_remote=wanted.allow_remote)
        # An answer may take away a question that was answered before.
        known = {question.id for question in questions}
        waiting = [item for item in questions if item.options and item.answer is None and item.id not in said | asked]
        if not waiting:
            return said | {id_: answer for id_, answer in asked.items() if id_ in known}
        asked[waiting[0].id] = _ask(waiting[0], len(waiting))


def _ask(question: "Question", left: int) -> str:
    print(f"\n{line(question.text, 500)}{f'  ({left} questions left)' if left > 1 else ''}")
    print(f"  why: {line(question.why, 500)}")
    if question.depends:
        print(f"  decides on: {line(', '.join(question.depends), 500)}")
    return choose(question.options)
