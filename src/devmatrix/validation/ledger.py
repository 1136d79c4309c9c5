"""Collects the evidence of one level."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from devmatrix.atoms.evidence import Evidence, EvidenceLevel, Finding
from devmatrix.validation.blame import Blame

_IGNORED_FOLDERS = frozenset({".git", ".devmatrix", ".venv", "__pycache__"})


class Ledger:
    """Evidence of one level, in the order in which checks ended. Knows the hash of each judged file and of them all."""

    def __init__(self, level: EvidenceLevel, project: Path, blame: Blame) -> None:
        self._level = level
        self._hashes = {
            path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in project_files(project)
        }
        text = "\n".join(f"{value} {path}" for path, value in sorted(self._hashes.items()))
        self._project_hash = hashlib.sha256(text.encode()).hexdigest()
        self.blame = blame
        self.evidence: list[Evidence] = []

    def record(
        self, check: str, subject: str, findings: Iterable[Finding], *, seconds: float = 0.0, detail: str = ""
    ) -> None:
        """A check was executed on `subject` (a path, or anything of the whole project); no findings: it passed."""
        found = tuple(findings)
        self.evidence.append(
            Evidence(
                level=self._level,
                check=check,
                subject=subject,
                passed=not found,
                content_hash=self._hashes.get(subject, self._project_hash),
                at=datetime.now(UTC),
                seconds=seconds,
                findings=found,
                detail=detail[:1000],
            )
        )

    def finding(
        self,
        rule: str,
        message: str,
        *,
        path: str = "",
        line: int = 0,
        trace: str = "",
        scenario: str = "",
        words: str = "",
    ) -> Finding:
        """A finding, with the atoms to blame for it: by place, by what it names, by stack trace, by scenario."""
        atoms = dict.fromkeys(
            (
                *self.blame.by_place(path, line),
                *(self.blame.by_words(words) if words else ()),
                *self.blame.by_trace(trace),
                *self.blame.by_scenario(scenario),
            )
        )
        return Finding(
            level=self._level, rule=rule, path=path, line=line, message=message[:4000], atom_ids=tuple(atoms)
        )


def project_files(project: Path) -> list[Path]:
    """The files of a project that are its own, in order."""
    return sorted(
        path
        for path in project.rglob("*")
        if path.is_file() and not _IGNORED_FOLDERS.intersection(path.relative_to(project).parts)
    )
