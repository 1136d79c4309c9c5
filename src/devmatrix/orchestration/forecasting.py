"""What the atoms that are for a model will cost: from the prompts that will be sent, before any is."""

from collections.abc import Sequence
from dataclasses import replace

from devmatrix.atoms import Atom, AtomKind, AuthorKind
from devmatrix.authoring import Briefing, strategies
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import SettingsError
from devmatrix.llm import CallSizes, Expected, Forecast, Tier, forecast, models_of, tokens_of
from devmatrix.orchestration.splitting import is_long
from devmatrix.orchestration.writers import make_briefing, open_atoms
from devmatrix.planning import Estimate, MasterPlan, Range
from devmatrix.settings import Settings
from devmatrix.stacks.stack import Design, Stack

ACCEPTANCE = {Tier.CHEAP: 0.75, Tier.STANDARD: 0.85, Tier.STRONG: 0.92}
"""Share of attempts that level 1 accepts, and no later level sends back: assumed, within a wide range."""
BODY_TOKENS = 80
"""Of a function's body: few lines as often as ten."""
THINKING_TOKENS = 150
"""What models think before they write, with little effort: paid as output."""
SPLIT_TOKENS = 400
"""What a model answers that names helpers."""
HELPERS = 1
"""That a long contract comes to stand on, as a guess."""
MOST_SAMPLED = 200
"""Atoms whose prompts are made for it; of more, a fair choice stands for all."""


def forecast_atoms(
    settings: Settings, briefing: Briefing, atoms: Sequence[Atom], *, long: Sequence[Atom] = ()
) -> Forecast:
    """The forecast for `atoms`, with the models and the first tier of the settings. Raises SettingsError.

    `long`: those of them that are split first, and bring helpers to write.
    """
    models = models_of(settings)
    ways = strategies(Tier(settings.model_start))[: settings.max_attempts]
    sample = atoms[:: len(atoms) // MOST_SAMPLED + 1]
    requests = [briefing.request(atom, ways[0], ()) for atom in sample]
    contexts = {request.context for request in requests if request.context}
    number = max(1, len(requests))
    sizes = CallSizes(
        shared=tokens_of(briefing.shared),
        context=sum(tokens_of(request.context) for request in requests) // number,
        question=sum(tokens_of(request.question) for request in requests) // number,
        answer=sum(_answer(atom) for atom in sample) // number,
    )
    places = len({atom.contract.path for atom in atoms}) if contexts else 0
    written = forecast(
        [models[way.tier] for way in ways],
        atoms=len(atoms) + len(long) * HELPERS,
        places=places,
        sizes=sizes,
        acceptance=[ACCEPTANCE[way.tier] for way in ways],
    )
    if not long:
        return written
    asked = replace(sizes, answer=SPLIT_TOKENS)
    split = forecast([models[Tier.STANDARD]], atoms=len(long), places=places, sizes=asked, acceptance=[1.0])
    return Forecast(
        low=split.low + written.low,
        likely=split.likely + written.likely,
        high=split.high + written.high,
        known=split.known and written.known,
    )


def long_ones(design: Design, atoms: Sequence[Atom]) -> list[Atom]:
    """Those of the atoms that will be split."""
    return [atom for atom in atoms if atom.id in design.stand_ins and is_long(atom)]


def forecast_plan(settings: Settings, stack: Stack, document: DiscoveryDocument, plan: MasterPlan) -> MasterPlan:
    """The plan, with the forecast for what is for a model; as it is where nothing is, or no model can be asked."""
    authors = tuple(AuthorKind(name) for name in settings.authors.split(","))
    if not settings.model or AuthorKind.MODEL not in authors:
        return plan
    design = stack.design(document, plan)
    atoms = open_atoms(design, authors)
    if not atoms:
        return plan
    briefing = make_briefing(document, design, stack.guide(), lambda _: None)
    try:
        told = forecast_atoms(settings, briefing, atoms, long=long_ones(design, atoms))
    except SettingsError:  # a key is missing: nobody needs it to plan
        return plan
    return plan.model_copy(update={"estimate": with_forecast(plan.estimate, told)})


def with_forecast(estimate: Estimate, told: Forecast) -> Estimate:
    """The estimate of a plan, with what is forecast in place of what was assumed."""
    return estimate.model_copy(
        update={
            "tokens_in": _range(told, "tokens_in", 0),
            "tokens_out": _range(told, "tokens_out", 0),
            "usd": _range(told, "usd", 6),
        }
    )


def _range(told: Forecast, what: str, digits: int) -> Range:
    low, likely, high = (_rounded(one, what, digits) for one in (told.low, told.likely, told.high))
    return Range(low=low, likely=likely, high=high)


def _rounded(expected: Expected, what: str, digits: int) -> float:
    return round(float(getattr(expected, what)), digits)


def _answer(atom: Atom) -> int:
    body = 0 if atom.contract.kind is AtomKind.CLASS else BODY_TOKENS
    return tokens_of(atom.contract.face) + body + THINKING_TOKENS
