"""From the lines of a bill to what the report says of money: per attempt, atom, task, model and run."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from devmatrix.delivery.report import (
    AtomOutcome,
    CostFigures,
    Count,
    ForecastFigures,
    ModelFigures,
    PaidAttempt,
    TokenFigures,
)
from devmatrix.llm import Charge, ChargeKind, Forecast


class Bill:
    """What a run's models were asked, what that cost, and what it was to cost."""

    def __init__(self, charges: Iterable[Charge] = (), forecast: Forecast | None = None) -> None:
        self._charges = tuple(charges)
        self._forecast = forecast
        self._by_atom: dict[str, list[Charge]] = defaultdict(list)
        self._by_task: dict[str, list[Charge]] = defaultdict(list)
        for charge in self._charges:
            self._by_atom[charge.atom_id].append(charge)
            self._by_task[charge.task_id].append(charge)

    def of_run(self, atoms: int, outcomes: Sequence[AtomOutcome]) -> CostFigures:
        """The whole account; `atoms`: how many the run has."""
        by_model: dict[str, list[Charge]] = defaultdict(list)
        for charge in self._charges:
            by_model[charge.model].append(charge)
        told = self._forecast
        return CostFigures(
            usd=_usd(self._charges),
            uncertain_usd=sum(charge.usd for charge in self._charges if charge.kind is ChargeKind.UNCERTAIN),
            tokens=_tokens(self._charges),
            calls=_number(self._charges, ChargeKind.PAID),
            reused=_number(self._charges, ChargeKind.REUSED),
            broken_off=_number(self._charges, ChargeKind.FAULT, ChargeKind.UNCERTAIN),
            models=tuple(
                ModelFigures(model=model, calls=_number(own, ChargeKind.PAID), tokens=_tokens(own), usd=_usd(own))
                for model, own in sorted(by_model.items())
            ),
            atoms=Count(passed=sum(one.accepted and one.author == "model" for one in outcomes), total=atoms),
            forecast=ForecastFigures(low=told.low_usd, likely=told.likely_usd, high=told.high_usd) if told else None,
        )

    def of_task(self, task_id: str) -> tuple[TokenFigures, float]:
        """Tokens and USD of a task."""
        own = self._by_task.get(task_id, ())
        return _tokens(own), _usd(own)

    def of_atom(self, atom_id: str) -> tuple[TokenFigures, float]:
        """Tokens and USD of all attempts at an atom."""
        own = self._by_atom.get(atom_id, ())
        return _tokens(own), _usd(own)

    def of_attempts(self, outcome: AtomOutcome) -> tuple[PaidAttempt, ...]:
        """The attempts at an atom for which a model was asked."""
        own: dict[int, list[Charge]] = defaultdict(list)
        for charge in self._by_atom.get(outcome.atom_id, ()):
            own[charge.attempt].append(charge)
        return tuple(
            PaidAttempt(
                number=asked.number,
                model=asked.model,
                tier=asked.tier,
                accepted=asked.accepted,
                reused=not _number(own[asked.number], ChargeKind.PAID)
                and _number(own[asked.number], ChargeKind.REUSED) > 0,
                tokens=_tokens(own[asked.number]),
                usd=_usd(own[asked.number]),
            )
            for asked in outcome.asked
        )


def _usd(charges: Iterable[Charge]) -> float:
    return sum(charge.usd for charge in charges)


def _number(charges: Iterable[Charge], *kinds: ChargeKind) -> int:
    return sum(charge.kind in kinds for charge in charges)


def _tokens(charges: Sequence[Charge]) -> TokenFigures:
    return TokenFigures(
        input=sum(charge.usage.input_tokens for charge in charges),
        cache_read=sum(charge.usage.cache_read_tokens for charge in charges),
        cache_write=sum(charge.usage.cache_write_tokens for charge in charges),
        output=sum(charge.usage.output_tokens for charge in charges),
    )
