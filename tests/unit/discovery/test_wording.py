"""Rules and procedures of documents by hand: what does not fit together is told with its pointer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import OperationKind
from devmatrix.errors import RequestError

PATH = Path(__file__).parents[2] / "integration" / "orchestration" / "tool_rental.yaml"


def _value() -> dict[str, Any]:
    value: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return value


def _read(value: dict[str, Any]) -> None:
    discover([Source(yaml.safe_dump(value, allow_unicode=True), PATH.name, PATH)])


def test_given_requirements_stay_and_derived_ones_come_to_them() -> None:
    document = discover([Source(PATH.read_text(encoding="utf-8"), PATH.name, PATH)])
    assert [item.id for item in document.requirements[:2]] == ["R-900", "R-901"]
    assert document.requirements[0].rules == ("Rental.sets_fee", "Rental.never_overlaps")
    assert any(item.text == "A tool can be created" for item in document.requirements)
    assert {item.id for item in document.operations if item.kind is OperationKind.CUSTOM} == {
        "quote_tool",
        "busiest_tools",
    }


def _rules(value: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = value["entities"][1]["rules"]
    return rules


def _quote(value: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = next(item for item in value["operations"] if item["id"] == "quote_tool")
    return operation


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        (lambda v: _rules(v)[0].update(name="Sets Fee"), "/entities/1/rules/0/name", "no name of a rule"),
        (lambda v: _rules(v)[1].update(name="sets_fee"), "/entities/1/rules/1/name", "sets_fee"),
        (lambda v: _rules(v)[0].update(before=["burning"]), "/entities/1/rules/0/before/0", "burning"),
        (lambda v: _rules(v)[0].update(before=[]), "/entities/1/rules/0/before", "never asked"),
        (lambda v: _rules(v)[0].update(does=" "), "/entities/1/rules/0/does", "without words"),
        (lambda v: _rules(v).append({"name": "x", "before": ["delete"], "does": "y"}), "/entities/1/rules/2", "x"),
        (lambda v: v["requirements"][0].update(rules=["Rental.nothing"]), "/requirements/0/rules/0", "Rental.nothing"),
        (lambda v: v["requirements"].pop(1), "/operations/", "no requirement is about quote_tool"),
        (lambda v: _quote(v).pop("procedure"), "/operations/5", "without a procedure"),
        (lambda v: _quote(v).update(kind="read"), "/operations/5/kind", "has no procedure"),
        (lambda v: _quote(v).update(path="/tools/{id}/quote"), "/operations/5/path", "{tool_id}"),
        (lambda v: _quote(v).update(success_status=204), "/operations/5/success_status", "204"),
        (lambda v: _quote(v).update(method="HEAD"), "/operations/5/method", "HEAD"),
        (lambda v: _quote(v)["procedure"].update(does=""), "/operations/5/procedure/does", "without words"),
        (
            lambda v: _quote(v)["procedure"]["takes"].append({"name": "secret", "type": "password"}),
            "/operations/5/procedure/takes/1/type",
            "password",
        ),
        (
            lambda v: _quote(v)["procedure"]["gives"].append({"name": "Total Sum", "type": "integer"}),
            "/operations/5/procedure/gives/2/name",
            "no name of a field",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    change: Callable[[dict[str, Any]], object], pointer: str, said: str
) -> None:
    value = _value()
    change(value)
    with pytest.raises(RequestError) as refused:
        _read(value)
    assert pointer in refused.value.message
    assert said in refused.value.message
