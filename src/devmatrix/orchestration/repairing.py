"""Repairs what fails at levels 2 to 4: the atoms to blame are asked for anew, with the failing evidence in hand."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

from devmatrix.atoms import Evidence, EvidenceLevel, Finding, Written
from devmatrix.execution import Attempt, Attempts
from devmatrix.orchestration.proving import Proven
from devmatrix.orchestration.writers import Writers
from devmatrix.validation import Suspect

MOST_ROUNDS = 4
"""Each builds and judges the whole project once more."""
MOST_FINDINGS = 3
"""Failing checks that are shown to the author of one atom."""

Prove = Callable[[Mapping[str, Written]], Awaitable[Proven]]
Rank = Callable[[Proven, Mapping[str, Written]], Sequence[Suspect]]
"""The atoms that are likely to blame for what failed, the most likely first."""
Tell = Callable[[Attempts, Sequence[Attempt]], None]


class Repairer:
    """Repairs one project. `may_change`: ids of the atoms that a model writes; all others stay as they are."""

    def __init__(
        self,
        attempts: dict[str, Attempts],
        writers: Writers,
        may_change: Collection[str],
        prove: Prove,
        rank: Rank,
        tell: Tell,
    ) -> None:
        self._attempts = attempts
        self._writers = writers
        self._may_change = frozenset(may_change)
        self._prove = prove
        self._rank = rank
        self._tell = tell

    async def repair(self, proven: Proven) -> Proven:
        """The best state that could be reached. A repair is kept only if nothing that passed before fails now."""
        for _ in range(MOST_ROUNDS):
            if not proven.failing or self._writers.stopped is not None:
                break
            suspects = self._suspects(proven)
            if not suspects:
                break
            better = await self._round(proven, suspects)
            proven = better or proven
        return proven

    def _suspects(self, proven: Proven) -> dict[str, tuple[Finding, ...]]:
        """The atom most to blame for each failing check, with what it is blamed for; the most suspicious first."""
        ranked = self._rank(proven, written_of(self._attempts))
        scores = {suspect.atom_id: suspect.score for suspect in ranked}
        blamed: dict[str, list[Finding]] = defaultdict(list)
        for finding in _findings(proven.failing):
            atoms = self._changeable(finding)
            if atoms:
                blamed[max(atoms, key=lambda atom_id: scores.get(atom_id, 0.0))].append(finding)
        ordered = sorted(blamed, key=lambda atom_id: -scores.get(atom_id, 0.0))
        return {atom_id: tuple(blamed[atom_id][:MOST_FINDINGS]) for atom_id in ordered}

    def _changeable(self, finding: Finding) -> list[str]:
        return [
            atom_id
            for atom_id in finding.atom_ids
            if atom_id in self._may_change
            and self._attempts[atom_id].accepted is not None
            and len(self._attempts[atom_id].made) < self._writers.max_attempts
        ]

    async def _round(self, proven: Proven, suspects: Mapping[str, tuple[Finding, ...]]) -> Proven | None:
        """Ask for the suspects anew; the new state, if it is better."""
        before = {atom_id: self._attempts[atom_id] for atom_id in suspects}
        tried = await asyncio.gather(
            *(self._writers.rewrite(before[atom_id], findings) for atom_id, findings in suspects.items())
        )
        changed = [each.atom.id for each in tried if each.accepted is not before[each.atom.id].accepted]
        # All together; then the most suspicious alone, as one of the others may have spoiled what it mended.
        better, kept, lost = None, [], 0
        for group in (changed, changed[:1]) if len(changed) > 1 else (changed,) if changed else ():
            self._attempts |= {each.atom.id: each if each.atom.id in group else before[each.atom.id] for each in tried}
            found = await self._prove(written_of(self._attempts))
            lost = len(proven.passed - found.passed)
            if not lost and len(found.failing) < len(proven.failing):
                better, kept = found, group
                break
        for each in tried:
            atom_id, number = each.atom.id, len(before[each.atom.id].made)
            self._attempts[atom_id] = each if atom_id in kept else _put_back(before[atom_id], each, lost)
            self._tell(self._attempts[atom_id], self._attempts[atom_id].made[number:])
        return better


def written_of(attempts: Mapping[str, Attempts]) -> dict[str, Written]:
    """The accepted code, by atom id."""
    accepted = ((atom_id, each.accepted) for atom_id, each in attempts.items())
    return {atom_id: Written(one.candidate.code, one.candidate.imports) for atom_id, one in accepted if one}


def _findings(failing: Sequence[Evidence]) -> list[Finding]:
    return [finding for entry in failing for finding in entry.findings]


def _put_back(before: Attempts, tried: Attempts, lost: int) -> Attempts:
    """What stood before, with the attempts that did not help."""
    why = f"{lost} checks that passed before failed with it" if lost else "not one more check passed with it"
    finding = Finding(level=EvidenceLevel.SYSTEM, rule="repair.kept", message=why, atom_ids=(before.atom.id,))
    useless = (
        replace(attempt, accepted=False, findings=(*attempt.findings, finding))
        for attempt in tried.made[len(before.made) :]
    )
    return Attempts(before.atom, (*before.made, *useless))
