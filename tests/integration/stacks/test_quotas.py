"""Quotas when many ask at the same moment, of several processes, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration.stacks.projects import materialise
from tests.integration.stacks.serving import free_port, start, wait_until_ready
from tests.quota_documents import league


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_no_more_than_allowed_get_in_however_many_ask_at_once(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    materialise(tmp_path, league())
    url = "sqlite:///app.db" if backend == "sqlite" else request.getfixturevalue("postgres_url")
    running = [(port, start(tmp_path, port, {"DATABASE_URL": url})) for port in (free_port() for _ in range(2))]
    services = [httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) for port, _ in running]
    try:
        for port, process in running:
            wait_until_ready(tmp_path, port, process)
        full, other = (services[0].post("/teams", json={"name": name}).json()["id"] for name in ("full", "other"))
        there = [services[0].post("/players", json={"name": "x", "team_id": other}).json()["id"] for _ in range(3)]

        def enter(number: int) -> int:
            asked = services[number % 2]
            if number < 12:
                return asked.post(f"/teams/{full}/players", json={"name": f"player {number}"}).status_code
            return asked.patch(f"/players/{there[number % 3]}", json={"team_id": full}).status_code

        with ThreadPoolExecutor(15) as pool:
            seen = Counter(pool.map(enter, range(15)))
        assert seen[201] + seen[200] == 3
        assert seen[409] == 12
        assert services[1].get(f"/teams/{full}/players").json()["total"] == 3
    finally:
        for service in services:
            service.close()
        for _, process in running:
            process.terminate()
            process.wait(timeout=30)
    assert "Traceback" not in "".join(path.read_text() for path in tmp_path.glob("log-*.txt"))
