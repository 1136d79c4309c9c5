"""What a run cost, told by attempt, atom, task, model and run: each sum is the sum of its parts."""

from dataclasses import replace

from devmatrix.delivery import AskedAttempt, Bill, Report, render_page
from devmatrix.llm import Charge, ChargeKind, Expected, Forecast, Usage
from tests.unit.delivery.samples import Sample, make_sample

CHEAP, DEAR = "anthropic:claude-haiku-5-5", "anthropic:claude-sonnet-5-5"
NOTHING = Usage()
FORECAST = Forecast(low=Expected(0.01), likely=Expected(0.05), high=Expected(0.25), known=True)


def _sample() -> tuple[Sample, str, Bill]:
    """A run in which a model wrote one atom: badly at first, and after a call that broke off."""
    sample = make_sample(2)
    atom = sample.atoms[3]

    def charge(kind: ChargeKind, attempt: int, model: str, usd: float, usage: Usage = NOTHING) -> Charge:
        return Charge(kind, atom.task_id, atom.id, attempt, model, usage, usd)

    bill = Bill(
        (
            charge(ChargeKind.PAID, 1, CHEAP, 0.001, Usage(400, 0, 2_000, 90)),
            charge(ChargeKind.UNCERTAIN, 2, DEAR, 0.02),
            charge(ChargeKind.PAID, 2, DEAR, 0.004, Usage(600, 2_000, 0, 110)),
            charge(ChargeKind.REUSED, 1, CHEAP, 0.0),
            charge(ChargeKind.REUSED, 3, DEAR, 0.0),
        ),
        FORECAST,
    )
    asked = (
        AskedAttempt(number=1, model=CHEAP, tier="cheap", accepted=False),
        AskedAttempt(number=2, model=DEAR, tier="standard", accepted=False),
        AskedAttempt(number=3, model=DEAR, tier="standard", accepted=True),
    )
    outcomes = tuple(
        outcome.model_copy(update={"author": "model", "attempts": 3, "accepted_first": False, "asked": asked})
        if outcome.atom_id == atom.id
        else outcome
        for outcome in sample.outcomes
    )
    return replace(sample, outcomes=outcomes), atom.id, bill


def _report() -> tuple[Report, Sample, str]:
    sample, atom_id, bill = _sample()
    return replace(sample, bill=bill).report(), sample, atom_id


def test_the_account_of_a_run_is_the_sum_of_its_calls() -> None:
    report, sample, _ = _report()
    cost = report.cost
    assert (round(cost.usd, 6), cost.uncertain_usd) == (0.025, 0.02)
    assert (cost.calls, cost.reused, cost.broken_off) == (2, 2, 1)
    assert cost.tokens.model_dump() == {"input": 1_000, "cache_read": 2_000, "cache_write": 2_000, "output": 200}
    assert [(one.model, one.calls, one.tokens.input, round(one.usd, 6)) for one in cost.models] == [
        (CHEAP, 1, 400, 0.001),
        (DEAR, 1, 600, 0.024),
    ]
    assert (cost.atoms.passed, cost.atoms.total) == (1, len(sample.atoms))
    assert cost.forecast is not None
    assert (cost.forecast.low, cost.forecast.likely, cost.forecast.high) == (0.01, 0.05, 0.25)


def test_attempts_add_up_to_their_atom_and_atoms_to_their_task() -> None:
    report, _, atom_id = _report()
    atom = next(one for one in report.atoms_detail if one.id == atom_id)
    assert [(one.number, one.tier, one.accepted, one.reused, round(one.usd, 6)) for one in atom.asked] == [
        (1, "cheap", False, False, 0.001),
        (2, "standard", False, False, 0.024),
        (3, "standard", True, True, 0.0),
    ]
    assert atom.cost_usd == sum(one.usd for one in atom.asked)
    assert atom.tokens.output == sum(one.tokens.output for one in atom.asked) == 200
    (task,) = (one for one in report.tasks if one.cost_usd)
    assert (task.id, task.cost_usd, task.tokens) == (atom.task, atom.cost_usd, atom.tokens)
    assert sum(one.cost_usd for one in report.atoms_detail) == report.cost.usd
    assert all(not one.asked for one in report.atoms_detail if one.id != atom_id)


def test_without_a_model_nothing_is_told_of_one() -> None:
    sample = make_sample(1)
    report = sample.report()
    assert (report.cost.usd, report.cost.calls, report.cost.models, report.cost.forecast) == (0, 0, (), None)
    page = render_page(report, sample.plan)
    assert "no paid model" in page
    assert "What language models took" not in page


def test_the_page_shows_what_was_paid_for_what() -> None:
    report, sample, _ = _report()
    page = render_page(report, sample.plan)
    for told in (
        "2 model calls, 2 answers used again; forecast $0.01 to $0.25",
        "A model wrote 1 of",
        "1 call broke off; at most $0.02 of the cost",
        f"1. {CHEAP} (cheap), rejected: 2,400 tokens in, 90 out, $0.0010",
        f"3. {DEAR} (standard): answered before",
    ):
        assert told in page
