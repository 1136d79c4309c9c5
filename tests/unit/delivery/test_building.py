"""The figures of a report are what was executed, and nothing else."""

import hashlib
from dataclasses import replace

import pytest

from devmatrix.atoms import EvidenceLevel
from devmatrix.delivery import AtomOutcome, code_hash
from devmatrix.delivery.page import render_page
from devmatrix.delivery.report import Count
from devmatrix.discovery.document import Question, SourceFile, Span, Statement
from devmatrix.discovery.sources import SourceFormat
from tests.unit.delivery.samples import Sample, break_scenario, evidence, make_sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(2)


def test_everything_proven(sample: Sample) -> None:
    report = sample.report()
    assert report.precision.must == Count(passed=10, total=10)
    assert report.precision.should == Count(passed=2, total=2)
    assert report.precision.all == Count(passed=12, total=12)
    assert all(requirement.proven for requirement in report.requirements)
    assert report.atoms.total == report.atoms.accepted == report.atoms.accepted_first == len(sample.atoms)
    assert report.atoms.by_author == {"blueprint": len(sample.atoms)}
    assert (report.levels["1"].ran, report.levels["1"].passed) == (len(sample.atoms) * 4, len(sample.atoms) * 4)
    assert (report.levels["4"].ran, report.levels["4"].failed) == (12 * 4 + 2, 0)


def test_a_failed_scenario_takes_its_requirement_down(sample: Sample) -> None:
    report = break_scenario(sample, "R-03.1", "expected 200, got 404").report()
    broken = next(requirement for requirement in report.requirements if not requirement.proven)
    assert broken.id == "R-03"
    assert report.precision.must == Count(passed=9, total=10)
    assert [(scenario.ran, scenario.passed) for scenario in broken.scenarios] == [
        (True, False),
        (False, False),
        (True, True),
        (True, True),
    ]
    assert broken.scenarios[0].message == "expected 200, got 404"
    assert broken.levels == {"1": "passed", "2": "passed", "3": "passed", "4": "failed"}


def test_what_did_not_run_is_not_proven(sample: Sample) -> None:
    kept = tuple(found for found in sample.evidence if found.subject != "R-01.4")
    first = replace(sample, evidence=kept).report().requirements[0]
    assert not first.proven
    assert first.levels["4"] == "none"

    nothing = replace(sample, evidence=()).report()
    assert nothing.precision.all == Count(passed=0, total=12)
    assert (nothing.levels["4"].ran, nothing.levels["4"].passed) == (0, 0)
    assert nothing.requirements[0].levels == {"1": "passed", "2": "none", "3": "none", "4": "none"}


def test_a_requirement_without_scenarios_is_not_proven(sample: Sample) -> None:
    bare = tuple(requirement.model_copy(update={"scenarios": ()}) for requirement in sample.document.requirements)
    document = sample.document.model_copy(update={"requirements": bare})
    assert replace(sample, document=document).report().precision.all == Count(passed=0, total=12)


def test_only_a_scenario_verdict_at_level_4_proves(sample: Sample) -> None:
    disguised = tuple(
        found.model_copy(update={"check": "boot"}) if found.subject == "R-01.1" else found for found in sample.evidence
    )
    assert not replace(sample, evidence=disguised).report().requirements[0].proven


def test_the_last_execution_of_a_check_counts(sample: Sample) -> None:
    failed = evidence(EvidenceLevel.SYSTEM, "scenario", "R-01.1", passed=False)
    repaired = replace(sample, evidence=(failed, *sample.evidence)).report()
    assert repaired.requirements[0].proven
    assert (repaired.levels["4"].ran, repaired.levels["4"].executions, repaired.levels["4"].failed) == (50, 51, 0)

    worse = replace(sample, evidence=(*sample.evidence, failed)).report()
    assert not worse.requirements[0].proven
    assert worse.levels["4"].failed == 1


def test_the_trace_leads_from_requirement_to_evidence(sample: Sample) -> None:
    report = sample.report()
    first = report.requirements[0]
    assert first.tasks == ("shelfs.model", "shelfs.schemas", "shelfs.repository", "shelfs.service", "shelfs.router")
    assert "app/shelfs/service.py:create_shelf" in first.atoms
    assert report.shared.atoms == ("app/main.py:create_app", "README.md:README.md")
    assert not set(first.atoms) & set(report.shared.atoms)
    found = {entry.id: entry for entry in report.evidence}
    subjects = {found[entry].subject for entry in first.evidence}
    assert {"R-01.1", "R-01.4", "lending", "app/shelfs/service.py"} <= subjects
    assert not any("book" in subject for subject in subjects)


def test_every_id_that_is_named_is_there(sample: Sample) -> None:
    report = sample.report()
    tasks, atoms = {task.id for task in report.tasks}, {atom.id for atom in report.atoms_detail}
    entries = {entry.id for entry in report.evidence}
    for requirement in report.requirements:
        assert set(requirement.tasks) <= tasks
        assert set(requirement.atoms) <= atoms
        assert set(requirement.evidence) <= entries
    assert {atom.task for atom in report.atoms_detail} <= tasks


def test_atoms_are_counted_by_what_became_of_them(sample: Sample) -> None:
    def outcome(index: int, author: str | None, attempts: int) -> AtomOutcome:
        return sample.outcomes[index].model_copy(
            update={
                "author": author,
                "attempts": attempts,
                "accepted": author is not None,
                "accepted_first": author is not None and attempts == 1,
            }
        )

    outcomes = (outcome(0, "model", 3), outcome(1, None, 4), *sample.outcomes[2:-1])
    report = replace(sample, outcomes=outcomes).report()
    total = len(sample.atoms)
    assert (report.atoms.total, report.atoms.accepted, report.atoms.accepted_first) == (total, total - 2, total - 3)
    assert report.atoms.by_author == {"blueprint": total - 3, "model": 1}
    assert [detail.accepted for detail in report.atoms_detail][:2] == [True, False]
    assert report.atoms_detail[-1].attempts == 0
    ground = next(task for task in report.tasks if task.id == "delivery.readme")
    assert ground.atoms == Count(passed=0, total=1)


def test_an_atoms_level_1_evidence_is_summed_up_and_only_failures_are_listed(sample: Sample) -> None:
    atom = sample.atoms[0].id
    failed = evidence(EvidenceLevel.ATOM, "ty", atom, passed=False)
    report = replace(sample, evidence=(*sample.evidence, failed)).report()
    detail = report.atoms_detail[0]
    assert (detail.outcome, detail.checks) == ("failed", 4)
    assert [(entry.check, entry.subject) for entry in report.evidence if entry.level == 1] == [("ty", atom)]


def test_each_sentence_says_what_became_of_it(sample: Sample) -> None:
    report = sample.report()
    assert [(said.understood, said.requirements) for said in report.statements] == [
        (True, ("R-01", "R-07")),
        (False, ()),
    ]
    assert [said.why for said in report.not_understood] == ["no rule reads this sentence"]
    assert report.assumptions[0].text == "Anyone may read."
    assert report.questions[0].default == "yes"


def test_the_code_hash_is_that_of_paths_and_contents() -> None:
    assert code_hash({}) == hashlib.sha256().hexdigest()
    assert code_hash({"b": "2", "a": "1"}) == hashlib.sha256(b"1:a1:11:b1:2").hexdigest()
    different = [{"a": "bc"}, {"ab": "c"}, {"a": "b", "c": ""}, {"a": "", "b": "c"}]
    assert len({code_hash(files) for files in different}) == 4


def test_reports_of_the_same_run_differ_in_the_time_only(sample: Sample) -> None:
    one, other = sample.report(), sample.report()
    assert one.model_dump(exclude={"created_at"}) == other.model_dump(exclude={"created_at"})


def test_a_requirement_without_atoms_of_its_own_is_judged_by_what_all_share(sample: Sample) -> None:
    health = sample.document.requirements[0].model_copy(update={"id": "R-99", "entities": (), "operations": ()})
    document = sample.document.model_copy(update={"requirements": (*sample.document.requirements, health)})
    ids = tuple(requirement.id for requirement in document.requirements)
    everything = {"R-99", *(requirement.id for requirement in sample.document.requirements)}
    atoms = tuple(
        atom.model_copy(update={"requirement_ids": ids}) if len(atom.requirement_ids) == 12 else atom
        for atom in sample.atoms
    )
    report = replace(sample, document=document, atoms=atoms).report()
    assert {requirement.id for requirement in report.requirements} == everything
    last = report.requirements[-1]
    assert (last.atoms, last.levels["1"], last.levels["4"]) == ((), "passed", "passed")

    first = sample.outcomes[0].model_copy(update={"accepted": False, "author": None})
    refused = replace(sample, document=document, atoms=atoms, outcomes=(first, *sample.outcomes[1:])).report()
    assert refused.requirements[-1].levels["1"] == "failed"
    assert refused.requirements[0].levels["1"] == "passed"


def test_what_was_not_understood_is_told_by_source_and_place(sample: Sample) -> None:
    document = sample.document
    files = tuple(
        Statement(
            span=Span(start=0, end=4, text="Hm.", source=name, line=3, pointer="/x"),
            understood=False,
            became="not understood: vague",
        )
        for name in ("a.md", "b.yaml")
    )
    answered = Question(
        id="q", text="So?", default="no", why="x", options=("no", "yes"), answer="yes", depends=("Shelf",)
    )
    source = SourceFile(name="a.md", format=SourceFormat.MARKDOWN, sha256="0" * 64, size=3)
    changed = document.model_copy(
        update={
            "statements": (*document.statements, *files),
            "questions": (answered,),
            "sources": (source,),
        }
    )
    report = replace(sample, document=changed).report()
    assert [(said.source, said.place) for said in report.not_understood][-2:] == [
        ("a.md", "a.md:3 /x"),
        ("b.yaml", "b.yaml:3 /x"),
    ]
    # Spans in files lie elsewhere than those of the request, whatever their offsets.
    assert [said.requirements for said in report.statements[-2:]] == [(), ()]
    assert (report.questions[0].answer, report.questions[0].options) == ("yes", ("no", "yes"))
    assert (report.sources[0].name, report.sources[0].format) == ("a.md", "markdown")
    page = render_page(report, sample.plan)
    for part in ("a.md (markdown, 3 bytes)", "b.yaml: 1", "as you said", "decides on Shelf", "a.md:3 /x"):
        assert part in page
