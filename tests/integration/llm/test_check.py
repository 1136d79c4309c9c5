"""Before any work: can the models be asked? One sentence where not."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from devmatrix.errors import SettingsError
from devmatrix.llm import check_model
from devmatrix.llm.testing import FakeModelServer
from devmatrix.settings import Settings
from tests.integration.llm.gateways import Echo, settings

MODELS = ["anthropic:claude-sonnet-5-5", "openai:local-model"]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer(Echo()) as server:
        yield server


def refusal(chosen: Settings) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        check_model(chosen)
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 2
    assert caught.value.mend
    return caught.value


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_can_be_asked(model: str, server: FakeModelServer, tmp_path: Path) -> None:
    check_model(settings(server, tmp_path, DEVMATRIX_MODEL=model))
    assert server.cost_usd == 0


@pytest.mark.parametrize("model", MODELS)
def test_a_wrong_key(model: str, server: FakeModelServer, tmp_path: Path) -> None:
    variable = "ANTHROPIC_API_KEY" if model.startswith("anthropic") else "OPENAI_API_KEY"
    error = refusal(settings(server, tmp_path, DEVMATRIX_MODEL=model, **{variable: "sk-wrong-123"}))
    assert f"refuses the key for {model}" in error.message
    assert variable in error.mend
    assert "wrong-123" not in error.message + error.mend


@pytest.mark.parametrize("model", ["anthropic:claude-nobody", "openai:nobody"])
def test_an_unknown_model(model: str, server: FakeModelServer, tmp_path: Path) -> None:
    error = refusal(settings(server, tmp_path, DEVMATRIX_MODEL=model))
    assert f"has no model {model.split(':')[1]!r}" in error.message
    assert "DEVMATRIX_MODEL" in error.mend
    if model.startswith("openai"):
        assert "local-model" in error.message


def test_every_tier_is_looked_at(server: FakeModelServer, tmp_path: Path) -> None:
    error = refusal(settings(server, tmp_path, DEVMATRIX_MODEL_STRONG="anthropic:claude-nobody"))
    assert "claude-nobody" in error.message
    assert "DEVMATRIX_MODEL_STRONG" in error.mend


@pytest.mark.parametrize("model", [*MODELS, "ollama:small"])
def test_nobody_there(model: str, server: FakeModelServer, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    elsewhere = {"ANTHROPIC_BASE_URL": url, "OPENAI_BASE_URL": url, "OLLAMA_BASE_URL": url}
    error = refusal(settings(server, tmp_path, DEVMATRIX_MODEL=model, **elsewhere))
    assert f"the server of {model} at {url}" in error.message
    assert "cannot be reached" in error.message
    assert "_BASE_URL" in error.mend


def test_an_address_that_is_none(server: FakeModelServer, tmp_path: Path) -> None:
    error = refusal(settings(server, tmp_path, ANTHROPIC_BASE_URL="http://[oops"))
    assert "ANTHROPIC_BASE_URL" in error.message + error.mend
    other = refusal(settings(server, tmp_path, ANTHROPIC_BASE_URL="no address at all"))
    assert "ANTHROPIC_BASE_URL" in other.message + other.mend


class Mute(BaseHTTPRequestHandler):
    """Knows how to generate, but lists nothing."""

    def do_GET(self) -> None:
        self.send_error(404, "Not Found")

    def log_message(self, *_: object) -> None:
        return


@pytest.mark.parametrize("model", MODELS)
def test_a_server_that_tells_nothing_is_given_the_benefit_of_the_doubt(model: str, tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Mute) as mute:
        threading.Thread(target=mute.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{mute.server_port}"
        variables = {"ANTHROPIC_BASE_URL": url, "OPENAI_BASE_URL": url, "ANTHROPIC_API_KEY": "x"}
        check_model(Settings.read({"DEVMATRIX_MODEL": model, "DEVMATRIX_HOME": str(tmp_path), **variables}))
        mute.shutdown()
