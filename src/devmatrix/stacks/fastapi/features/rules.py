"""Blueprint of `rules.py`: contracts of the rules of an entity that only words say, and the functions that ask them."""

from devmatrix.discovery.document import Rule
from devmatrix.stacks.fastapi.features.feature import Feature
from devmatrix.stacks.fastapi.features.procedures import REFUSALS, described, offered, offered_imports
from devmatrix.stacks.fastapi.features.text import function, literal, words
from devmatrix.stacks.fastapi.source import Source, Symbol


def rules_source(feature: Feature) -> Source:
    """The module with the rules of an entity."""
    moments = tuple(dict.fromkeys(moment for rule in feature.entity.rules for moment in rule.before))
    return Source(
        path=feature.path("rules"),
        task_id=f"{feature.package}.rules",
        docstring=f"Rules of {feature.collection}.",
        symbols=(
            *(_rule(feature, rule) for rule in feature.entity.rules),
            *(_moment(feature, moment) for moment in moments),
        ),
        imports=("import logging", "from sqlalchemy.ext.asyncio import AsyncSession", *offered_imports(feature)),
        preamble="logger = logging.getLogger(__name__)",
    )


def asking(feature: Feature, moment: str) -> list[str]:
    """The line of the service that asks the rules of a moment, where there are any."""
    if not any(moment in rule.before for rule in feature.entity.rules):
        return []
    return [f"await rules.before_{moment}(session, {feature.local})"]


def _rule(feature: Feature, rule: Rule) -> Symbol:
    said = f"{words(rule.name).capitalize()}, asked before {', '.join(map(words, rule.before))}"
    unwritten = f"The rule {rule.name} of {feature.collection} is not written: nothing is done."
    return Symbol(
        rule.name,
        function(
            _head(feature, rule.name),
            described(said, rule.does, rule.refuses),
            [f"logger.warning({literal(unwritten)})"],
        ),
        operations=(f"{feature.entity.name}.{rule.name}",),
        raises=tuple(dict.fromkeys(REFUSALS[item.status] for item in rule.refuses)),
        is_open=True,
        offers=tuple(name for name in offered(feature) if name != "commit"),
    )


def _moment(feature: Feature, moment: str) -> Symbol:
    asked = [rule.name for rule in feature.entity.rules if moment in rule.before]
    body = [f"await {name}(session, {feature.local})" for name in asked]
    doc = f"Ask all rules that hold before {words(moment)}."
    return Symbol(f"before_{moment}", function(_head(feature, f"before_{moment}"), doc, body))


def _head(feature: Feature, name: str) -> str:
    return f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
