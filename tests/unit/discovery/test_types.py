"""Types that names suggest."""

import pytest

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.types import inferred


@pytest.mark.parametrize(
    ("name", "kind"),
    [("date_of_birth", FieldType.DATE), ("price_per_unit", FieldType.DECIMAL), ("of_of_it", FieldType.STRING)],
)
def test_what_stands_before_a_preposition_decides(name: str, kind: FieldType) -> None:
    assert inferred(name) is kind
