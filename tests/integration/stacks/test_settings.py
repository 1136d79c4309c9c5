"""Settings that are missing or wrong: the service says so, or does without."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.integration.stacks.serving import free_port, serving, start

CREDENTIALS = {"email": "admin@example.com", "password": "Admin-password-1"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL: must start with sqlite:// or postgresql://"),
        ("DATABASE_URL", "postgresql://localhost:port/x", "DATABASE_URL: is no address of a database"),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters"),
        ("TOKEN_SECONDS", "0", "TOKEN_SECONDS: Input should be greater than or equal to 1"),
        ("ADMIN_PASSWORD", "short", "ADMIN_PASSWORD must have at least 10 characters"),
        ("ADMIN_LOGIN", "no-address", "ADMIN_LOGIN: value is not a valid email address"),
    ],
)
def test_a_wrong_setting_ends_the_start(name: str, value: str, said: str, project: Callable[[str], Path]) -> None:
    folder, port = project("accounts"), free_port()
    process = start(folder, port, {name: value})
    assert process.wait(timeout=120) != 0
    log = (folder / f"log-{port}.txt").read_text()
    assert len(log.splitlines()) == 1
    assert log.startswith(said)
    assert "short'" not in log  # a secret is not written to the log


def test_without_a_secret_tokens_end_with_the_process(project: Callable[[str], Path]) -> None:
    folder = project("accounts")
    with serving(folder, {"SECRET_KEY": ""}) as client:
        token = client.post("/auth/login", json=CREDENTIALS).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/auth/me", headers=headers).status_code == 200
    assert any("SECRET_KEY is not set" in log.read_text() for log in folder.glob("log-*.txt"))
    with serving(folder, {"SECRET_KEY": ""}) as client:
        refused = client.get("/auth/me", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_database_that_goes_away_is_told(project: Callable[[str], Path], postgres_url: str) -> None:
    folder = project("library")
    url = make_url(postgres_url)
    admin = create_engine(url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT")
    with serving(folder, {"DATABASE_URL": postgres_url}, trouble=True) as client, admin.connect() as connection:
        assert client.get("/health/ready").json() == {"status": "ok"}
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ended, {"name": url.database})
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["type"] == "/problems/unavailable"
        assert client.get("/health/live").json() == {"status": "ok"}
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
        assert client.get("/health/ready").status_code == 200
    admin.dispose()


def test_tokens_that_are_none_are_refused(project: Callable[[str], Path]) -> None:
    with serving(project("accounts")) as client:
        for token in ("x", "a.b.c", "ü", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."):
            response = client.get("/auth/me", headers=[(b"Authorization", f"Bearer {token}".encode())])
            assert response.status_code == 401
