import json
from importlib.resources import files

import jsonschema

from devmatrix.delivery.report import Report
from devmatrix.delivery.schema import report_schema
from tests.unit.delivery.samples import break_scenario, make_sample

PUBLISHED = files("devmatrix.delivery") / "report.schema.json"


def test_the_published_schema_is_that_of_the_model() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == report_schema(), (
        "python -m devmatrix.delivery.schema > src/devmatrix/delivery/report.schema.json"
    )


def test_reports_obey_it_and_come_back_whole() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))
    for sample in (make_sample(1), break_scenario(make_sample(2), "R-01.1", "no")):
        report = sample.report()
        text = report.model_dump_json()
        validator.validate(json.loads(text))
        assert Report.model_validate_json(text) == report


def test_it_holds_what_is_promised() -> None:
    promised = {"status", "run_id", "precision", "atoms", "levels", "requirements", "cost_usd", "seconds"}
    assert promised <= set(json.loads(PUBLISHED.read_text(encoding="utf-8"))["required"])
