"""From verdicts to evidence: nothing asked is no evidence, and what does not apply is neither passed nor failed."""

from pathlib import Path

from devmatrix.atoms.evidence import EvidenceLevel
from devmatrix.validation.blame import Blame
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.probes.probing import CATALOGUE, Probed, check_probes
from devmatrix.validation.probes.verdict import Found, Verdict
from tests import documents


def ledger(tmp_path: Path) -> Ledger:
    return Ledger(EvidenceLevel.SYSTEM, tmp_path, Blame(tmp_path, (), documents.library()))


def ran(*, found: tuple[Found, ...] = (), skipped: frozenset[str] = frozenset()) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(kind.rule, "project", (), 0.0, skipped="there is none")
        if kind.rule in skipped
        else Verdict(kind.rule, "thing", found, 0.1, asked=3)
        for kind in CATALOGUE
    )


def test_each_probe_is_evidence_and_so_are_all_together(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    check_probes(kept, Probed(ran(), 1.0), "")
    assert [entry.check for entry in kept.evidence] == [*(kind.rule for kind in CATALOGUE), "probes"]
    assert all(entry.passed for entry in kept.evidence)
    assert kept.evidence[-1].detail == f"{len(CATALOGUE)} kinds of probes, {3 * len(CATALOGUE)} requests, 1.0 s"


def test_what_does_not_apply_is_told_and_counts_for_nothing(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    rule = CATALOGUE[3].rule
    check_probes(kept, Probed(ran(skipped=frozenset({rule})), 1.0), "")
    assert rule not in {entry.check for entry in kept.evidence}
    assert kept.evidence[-1].passed
    assert kept.evidence[-1].detail.endswith(f"; not asked: {rule.partition('.')[2]} (there is none)")


def test_all_reasons_fit_into_the_evidence(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    sometimes = [kind for kind in CATALOGUE if kind.nothing != "there is always something to ask"]
    verdicts = tuple(Verdict(kind.rule, "project", (), 0.0, skipped=kind.nothing) for kind in sometimes)
    check_probes(kept, Probed(verdicts, 1.0), "")
    assert len(sometimes) < len(CATALOGUE)
    assert kept.evidence[-1].detail.endswith(")")
    assert all(kind.rule.partition(".")[2] in kept.evidence[-1].detail for kind in sometimes)


def test_nothing_asked_is_no_evidence(tmp_path: Path) -> None:
    for probed in (
        None,
        Probed(failure="the account bob could not be set up"),
        Probed(ran(skipped=frozenset(kind.rule for kind in CATALOGUE)), 1.0),
        Probed(ran()[1:], 1.0),
    ):
        kept = ledger(tmp_path)
        check_probes(kept, probed, "", "it did not boot")
        assert [entry.subject for entry in kept.evidence if not entry.passed] == ["project"]
        assert [entry.check for entry in kept.evidence if not entry.passed] == ["probes"]


def test_what_is_found_fails(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    check_probes(kept, Probed(ran(found=(Found("thing", "open"), Found("thing", "wide open"))), 1.0), "")
    failed = [entry for entry in kept.evidence if not entry.passed]
    assert len(failed) == len(CATALOGUE)
    assert [finding.message for finding in failed[0].findings] == ["open", "wide open"]
    assert failed[0].findings[0].rule == failed[0].check
