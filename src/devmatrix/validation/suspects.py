"""Takes all that was executed, gives the atoms that are likely to blame for what failed, the most likely first.

Three things speak against an atom: a check that names it (its place, a stack trace); that what serves the same
requirements fails rather than passes (the spectrum, after Ochiai); and that its code speaks of what failing scenarios
speak of, and passing ones do not.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from devmatrix.atoms.contract import Atom, AtomKind
from devmatrix.atoms.evidence import Evidence
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.scenario import Scenario
from devmatrix.validation.precision import SCENARIO_CHECK

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d{3}")
_JUDGED = frozenset({AtomKind.FUNCTION, AtomKind.CLASS})
_MESSAGE_CHARACTERS = 1_500
_NAMED = 2.0
"""What it weighs to be the first that a check names: more than serving nothing but what fails, and speaking of it."""
_UNHEARD = 0.05
"""Share of the scenarios that even a word counts for which none of them has."""


@dataclass(frozen=True)
class Suspect:
    """One atom, and how much speaks against it: the more, the surer."""

    atom_id: str
    score: float


def suspects_of(
    evidence: Sequence[Evidence], atoms: Iterable[Atom], document: DiscoveryDocument, code: Mapping[str, str]
) -> tuple[Suspect, ...]:
    """All atoms that anything speaks against; `code` is what was judged, by atom id."""
    judged = [atom for atom in atoms if atom.contract.kind in _JUDGED]
    named = _named(evidence)
    spectrum = _spectrum(evidence, judged, document)
    alike = _alike(evidence, judged, document, code)
    most = max(alike.values(), default=0.0) or 1.0
    scores = {
        atom.id: named.get(atom.id, 0.0) + spectrum[atom.id] * (0.5 + alike[atom.id] / most)
        for atom in judged
        if spectrum[atom.id] or atom.id in named
    }
    scores |= {atom_id: score for atom_id, score in named.items() if atom_id not in scores}
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return tuple(Suspect(atom_id, score) for atom_id, score in ordered)


def _named(evidence: Iterable[Evidence]) -> dict[str, float]:
    """Of what failed other than scenarios: who is named there, the first the most."""
    named: dict[str, float] = defaultdict(float)
    for entry in evidence:
        for finding in () if entry.check == SCENARIO_CHECK else entry.findings:
            for place, atom_id in enumerate(finding.atom_ids):
                named[atom_id] = max(named[atom_id], _NAMED / (1 + place))
    return named


def _spectrum(evidence: Iterable[Evidence], atoms: Iterable[Atom], document: DiscoveryDocument) -> dict[str, float]:
    owner = {each.id: requirement.id for requirement in document.requirements for each in requirement.scenarios}
    passed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for entry in evidence:
        if entry.check == SCENARIO_CHECK and entry.subject in owner:
            (passed if entry.passed else failed)[owner[entry.subject]] += 1
    scores = {}
    for atom in atoms:
        hits = sum(failed[each] for each in atom.requirement_ids)
        misses = sum(passed[each] for each in atom.requirement_ids)
        scores[atom.id] = hits / math.sqrt(failed.total() * (hits + misses)) if hits else 0.0
    return scores


def _alike(
    evidence: Iterable[Evidence], atoms: Sequence[Atom], document: DiscoveryDocument, code: Mapping[str, str]
) -> dict[str, float]:
    scenarios = {each.id: each for requirement in document.requirements for each in requirement.scenarios}
    failing: list[frozenset[str]] = []
    passing: list[frozenset[str]] = []
    for entry in evidence:
        if entry.check == SCENARIO_CHECK and entry.subject in scenarios:
            told = "".join(finding.message[:_MESSAGE_CHARACTERS] for finding in entry.findings)
            (passing if entry.passed else failing).append(_words(f"{_text(scenarios[entry.subject])} {told}"))
    weights = _telling(failing, passing)
    held = {atom.id: _words(f"{atom.contract.face} {code.get(atom.id, '')}") for atom in atoms}
    spread = Counter(word for words in held.values() for word in words)
    rarity = {word: math.log(1 + len(held) / count) for word, count in spread.items()}
    return {
        atom_id: sum(weights.get(word, 0.0) * rarity[word] for word in words)
        / math.sqrt(sum(rarity[word] for word in words) or 1.0)
        for atom_id, words in held.items()
    }


def _telling(failing: Sequence[frozenset[str]], passing: Sequence[frozenset[str]]) -> dict[str, float]:
    """Words that failing scenarios have rather than passing ones."""
    in_failing = Counter(word for words in failing for word in words)
    in_passing = Counter(word for words in passing for word in words)
    weights = {}
    for word, count in in_failing.items():
        often = count / len(failing)
        seldom = in_passing[word] / len(passing) if passing else 0.0
        weights[word] = max(0.0, often * math.log((often + _UNHEARD) / (seldom + _UNHEARD)))
    return weights


def _text(scenario: Scenario) -> str:
    steps = (f"{step.text} {step.method} {step.path} {step.expect.status}" for step in scenario.steps)
    return f"{scenario.title} {' '.join(steps)}"


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text) if len(word) > 2)
