"""The JSON Schema of report.json. Write it anew: python -m devmatrix.delivery.schema > .../report.schema.json."""

import json
import sys

from devmatrix.delivery.report import Report


def report_schema() -> str:
    """The schema that report.schema.json publishes, as text."""
    schema = Report.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:devmatrix:report:1"}
    return json.dumps(head | schema, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report_schema())
