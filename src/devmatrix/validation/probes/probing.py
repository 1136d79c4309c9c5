"""Runs all probes against a service that is up, and makes evidence of what they say."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.stacks.stack import Boot
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.probes.access import NoCredentials, OtherRole, SomebodyElse
from devmatrix.validation.probes.assigning import MassAssignment
from devmatrix.validation.probes.exchanges import Journal, Line
from devmatrix.validation.probes.exhaustion import HugeBodies, HugeQueries, LongPatterns, StillServing, StrangeBodies
from devmatrix.validation.probes.identifiers import GuessableIds
from devmatrix.validation.probes.injection import InjectedPaths, InjectedQueries, InjectedTexts, ServedFiles
from devmatrix.validation.probes.markup import Markup, Sniffing
from devmatrix.validation.probes.probe import PROJECT, LogProbe, Probe
from devmatrix.validation.probes.reaching import FetchedAddresses, UploadedNames
from devmatrix.validation.probes.rows import Remembered, Rows
from devmatrix.validation.probes.secrets import SecretsInAnswers, SecretsInLog
from devmatrix.validation.probes.situations import Situations
from devmatrix.validation.probes.tokens import ExpiredTokens, ForgedCredentials, VoidTokens
from devmatrix.validation.probes.verdict import Found, Verdict
from devmatrix.validation.probes.world import UnplayableError, World
from devmatrix.validation.scenarios.failure import ServiceFailure

# The last ones judge what was answered before; those that may bring the service down come late.
CATALOGUE: tuple[type[Probe], ...] = (
    NoCredentials,
    ForgedCredentials,
    ExpiredTokens,
    VoidTokens,
    OtherRole,
    SomebodyElse,
    MassAssignment,
    InjectedTexts,
    InjectedQueries,
    InjectedPaths,
    ServedFiles,
    UploadedNames,
    FetchedAddresses,
    GuessableIds,
    HugeQueries,
    StrangeBodies,
    LongPatterns,
    HugeBodies,
    Markup,
    Sniffing,
    SecretsInAnswers,
    SecretsInLog,
    StillServing,
)
CHECK = "probes"
_MOST_FOUND = 5
"""For one probe on one subject: more would say the same again."""
_MOST_SILENCES = 3
_SECONDS = 120.0


@dataclass(frozen=True)
class Probed:
    """What the probes said while the service ran; `complete` adds what its log says."""

    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0
    readers: tuple[Callable[[str], Verdict], ...] = ()
    failure: str = ""
    """Why nothing could be asked."""

    def complete(self, log: str) -> tuple[Verdict, ...]:
        """All verdicts, given all that the service printed."""
        return (*self.verdicts, *(read(log) for read in self.readers))


class Prober:
    """Probes one project. Made when the service is up and nothing was asked yet: it remembers the clean rows."""

    def __init__(self, document: DiscoveryDocument, boot: Boot, project: Path, journal: Journal) -> None:
        self._document = document
        self._boot = boot
        self._project = project
        self._journal = journal
        self._rows = Rows(project / boot.database_file)
        self._failure = ""
        self._clean: Remembered = {}
        try:
            self._clean = self._rows.remember()
        except ServiceFailure as failure:
            self._failure = str(failure)

    def probe(self, socket: Path) -> Probed:
        """Ask all questions. What could not be asked is told as found; nothing is raised."""
        began = time.monotonic()
        world = World(
            self._document,
            self._boot,
            self._project,
            Line(socket, self._journal),
            self._rows,
            self._journal,
            Situations(self._document),
            self._clean,
        )
        try:
            if self._failure:
                raise UnplayableError(self._failure)
            world.sign_in()
            verdicts, readers = _run(world, began + _SECONDS)
        except (UnplayableError, ServiceFailure) as error:
            return Probed(seconds=time.monotonic() - began, failure=str(error))
        finally:
            world.line.close()
            world.rows.close()
        return Probed(verdicts, time.monotonic() - began, readers)


def check_probes(ledger: Ledger, probed: Probed | None, log: str, failure: str = "") -> None:
    """Evidence for each probe on each subject, and for all of them together."""
    probed = probed or Probed(failure=failure or "the service did not run")
    if probed.failure:
        ledger.record(CHECK, PROJECT, [ledger.finding(CHECK, f"nothing was asked: {probed.failure}")])
        return
    verdicts = probed.complete(log)
    ran = [verdict for verdict in verdicts if not verdict.skipped]
    for verdict in ran:
        found = [ledger.finding(verdict.rule, item.message, scenario=item.scenario) for item in verdict.found]
        detail = f"{verdict.asked} requests" if verdict.asked else "what was heard of all requests"
        ledger.record(verdict.rule, verdict.subject, found, seconds=verdict.seconds, detail=detail)
    missing = [kind.rule for kind in CATALOGUE if kind.rule not in {verdict.rule for verdict in verdicts}]
    found = [ledger.finding(CHECK, f"{rule} did not run") for rule in missing]
    if not ran:
        found.append(ledger.finding(CHECK, "no probe ran"))
    ledger.record(CHECK, PROJECT, found, detail=_summary(verdicts, probed.seconds))


def _summary(verdicts: tuple[Verdict, ...], seconds: float) -> str:
    """How much was asked, and what was not, with the reason."""
    kinds = {verdict.rule for verdict in verdicts if not verdict.skipped}
    asked = sum(verdict.asked for verdict in verdicts)
    done = f"{len(kinds)} kinds of probes, {asked} requests, {seconds:.1f} s"
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.skipped:
            reasons[verdict.skipped].append(verdict.rule.partition(".")[2])
    left = ", ".join(f"{' '.join(rules)} ({reason})" for reason, rules in reasons.items())
    return f"{done}; not asked: {left}" if left else done


def _run(world: World, until: float) -> tuple[tuple[Verdict, ...], tuple[Callable[[str], Verdict], ...]]:
    verdicts: list[Verdict] = []
    readers: list[Callable[[str], Verdict]] = []
    silences = 0
    for kind in CATALOGUE:
        probe = kind()
        for verdict in _verdicts(world, probe, until):
            silences = silences + 1 if any(item.message.startswith(_SILENT) for item in verdict.found) else 0
            verdicts.append(verdict)
            if silences >= _MOST_SILENCES:
                rest = CATALOGUE[CATALOGUE.index(kind) + 1 :]
                verdicts += [_not_run(other, "the service does not answer any more") for other in rest]
                return tuple(verdicts), tuple(readers)
        if isinstance(probe, LogProbe) and not verdicts[-1].skipped:
            readers.append(_reader(world, probe))
            if not any(verdict.asked or verdict.found for verdict in verdicts if verdict.rule == kind.rule):
                verdicts = [verdict for verdict in verdicts if verdict.rule != kind.rule]  # only the log can tell
    return tuple(verdicts), tuple(readers)


_SILENT = "could not be asked: the service"


def _verdicts(world: World, probe: Probe, until: float) -> Iterator[Verdict]:
    try:
        subjects = tuple(probe.subjects(world))
    except Exception as error:
        yield Verdict(probe.rule, PROJECT, (Found(PROJECT, f"could not be asked: {error}"),), 0.0)
        return
    if not subjects:
        yield Verdict(probe.rule, PROJECT, (), 0.0, skipped=probe.nothing)
    for subject in subjects:
        began, asked = time.monotonic(), world.line.asked
        if began > until:
            yield Verdict(probe.rule, subject, (Found(subject, f"not asked within {_SECONDS:.0f} s"),), 0.0)
            continue
        try:
            found = tuple(islice(probe.ask(world, subject), _MOST_FOUND))
        except (UnplayableError, ServiceFailure) as error:
            found = (Found(subject, f"could not be asked: {error}"),)
        except Exception as error:  # a probe that breaks has not passed
            found = (Found(subject, f"could not be asked: the probe broke: {error!r}"),)
        yield Verdict(probe.rule, subject, found, time.monotonic() - began, world.line.asked - asked)


def _reader(world: World, probe: LogProbe) -> Callable[[str], Verdict]:
    def read(log: str) -> Verdict:
        try:
            found = tuple(islice(probe.read(world, log), _MOST_FOUND))
        except Exception as error:
            found = (Found("log", f"could not be read: the probe broke: {error!r}"),)
        return Verdict(probe.rule, "log", found, 0.0)

    return read


def _not_run(kind: type[Probe], why: str) -> Verdict:
    return Verdict(kind.rule, PROJECT, (Found(PROJECT, f"was not run: {why}"),), 0.0)
