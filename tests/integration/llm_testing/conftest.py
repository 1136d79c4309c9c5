"""The clients of the tests hold sockets; each test closes all that it opened."""

from collections.abc import Iterator

import pytest

from tests.integration.llm_testing.clients import opened


@pytest.fixture(autouse=True)
def _clients_are_closed() -> Iterator[None]:
    yield
    opened.close()
