"""Recorded exchanges: kept in files that can be read, replayed strictly, imported from a relay's spool."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from devmatrix.errors import RequestError
from devmatrix.llm.testing import (
    FakeReply,
    NoReply,
    ReceivedCall,
    Recorded,
    Scripted,
    StopReason,
    ToolUse,
    Turn,
    Wire,
    import_spool,
)
from devmatrix.llm.testing.recorded import Asked, Exchange, Given, keep, read_exchanges

CALL = ReceivedCall(
    number=1,
    wire=Wire.MESSAGES,
    model="claude-haiku-5-5",
    system="You write code.\n\nRules:\n- none",
    turns=(Turn("user", "Contract: a.py:f\n\n    def f() -> int: ...\n"),),
    max_tokens=4_000,
    body={},
    schema={"type": "object", "properties": {"code": {"type": "string"}}},
)


def test_what_is_asked_once_is_answered_from_then_on(tmp_path: Path) -> None:
    reply = FakeReply('{"code": "x"}', stop=StopReason.LENGTH, label="right")
    assert Recorded(tmp_path, Scripted([reply])).reply(CALL) == reply
    kept = Recorded(tmp_path)
    assert len(kept) == 1
    assert kept.reply(CALL) == reply
    assert kept.reply(replace(CALL, model="claude-opus-5-5", max_tokens=9, wire=Wire.CHAT)) == reply


def test_the_file_is_made_to_be_read(tmp_path: Path) -> None:
    Recorded(tmp_path, Scripted([FakeReply("def f() -> int:\n    return 1\n")])).reply(CALL)
    (path,) = tmp_path.iterdir()
    text = path.read_text()
    assert path.stem == Asked.by(CALL).key[:16]
    assert "  system: |-\n    You write code.\n\n    Rules:\n    - none\n" in text
    assert "      Contract: a.py:f\n\n          def f() -> int: ...\n" in text
    assert "  text: |\n    def f() -> int:\n        return 1\n" in text
    assert "model: claude-haiku-5-5\n" in text


def test_an_unknown_question_is_compared_to_the_nearest_one(tmp_path: Path) -> None:
    recorder = Recorded(tmp_path, Scripted(["a", "b"]))
    recorder.reply(CALL)
    recorder.reply(replace(CALL, system="Something else.", turns=(Turn("user", "What?"),)))
    changed = replace(CALL, turns=(Turn("user", CALL.question.replace("int", "str")),))
    with pytest.raises(NoReply) as raised:
        Recorded(tmp_path).reply(changed)
    told = str(raised.value)
    assert "this question is not recorded" in told
    assert "-    def f() -> int: ..." in told
    assert "+    def f() -> str: ..." in told
    assert "What?" not in told


def test_schema_and_tools_are_part_of_the_question(tmp_path: Path) -> None:
    Recorded(tmp_path, Scripted(["a"])).reply(CALL)
    for changed in (replace(CALL, schema=None), replace(CALL, tools={"look": {"type": "object"}})):
        with pytest.raises(NoReply):
            Recorded(tmp_path).reply(changed)


def test_an_empty_folder_says_that_it_is_empty(tmp_path: Path) -> None:
    with pytest.raises(NoReply, match="no exchange is recorded in"):
        Recorded(tmp_path / "nowhere").reply(CALL)


@pytest.mark.parametrize("text", ["request: [", "a: 1", "- x", "request: {system: x}", "\x00"])
def test_a_file_of_another_kind_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(RequestError, match=r"x\.yaml holds no recorded exchange") as raised:
        Recorded(tmp_path)
    assert raised.value.mend


TEXTS = st.text(st.characters(codec="utf-8"))


@given(text=TEXTS, prompt=TEXTS)
def test_every_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str, prompt: str) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    exchange = Exchange(request=Asked.by(replace(CALL, system=prompt)), reply=Given(text=text))
    keep(folder, exchange)
    assert list(read_exchanges(folder)) == [exchange]


def spooled(spool: Path, number: str, question: str, **more: JsonValue) -> None:
    spool.mkdir(exist_ok=True)
    body: dict[str, JsonValue] = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "system": [{"type": "text", "text": "Rules.", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": question}],
        "stream": True,
        **more,
    }
    (spool / f"{number}.request.json").write_text(json.dumps(body))


def test_a_spool_is_imported(tmp_path: Path) -> None:
    spool, folder = tmp_path / "spool", tmp_path / "kept"
    tools: JsonValue = [{"name": "look", "input_schema": {"type": "object"}}]
    spooled(spool, "0001", "By text?")
    (spool / "0001.reply.md").write_text("def f(): ...\n")
    spooled(spool, "0002", "By tool?", tools=tools)
    (spool / "0002.reply.json").write_text('{"at": 1}')
    spooled(spool, "0003", "By name?", tools=tools)
    (spool / "0003.reply.json").write_text('{"tool": "look", "input": {"at": 2}}')
    spooled(spool, "0004", "Failed?")
    (spool / "0004.reply.json").write_text('{"error": 529}')
    spooled(spool, "0005", "Waiting?")
    spooled(spool, "0006", "By JSON?")
    (spool / "0006.reply.json").write_text('{"code": "x"}')
    spooled(spool, "0007", "By text?")
    (spool / "0007.reply.md").write_text("better")

    assert import_spool(spool, folder) == 5
    recorded = Recorded(folder)
    assert len(recorded) == 4
    look: dict[str, dict[str, JsonValue]] = {"look": {"type": "object"}}

    def answer(question: str, tools: dict[str, dict[str, JsonValue]] | None = None) -> FakeReply:
        turns = (Turn("user", question),)
        return recorded.reply(replace(CALL, system="Rules.", turns=turns, schema=None, tools=tools or {}))

    assert answer("By text?") == FakeReply("better", label="0007")
    assert answer("By tool?", look) == FakeReply(tool=ToolUse("look", {"at": 1}), stop=StopReason.TOOL, label="0002")
    assert answer("By name?", look).tool == ToolUse("look", {"at": 2})
    assert json.loads(answer("By JSON?").text) == {"code": "x"}
    for question in ("Failed?", "Waiting?"):
        with pytest.raises(NoReply):
            answer(question)


def test_a_spooled_request_that_no_model_would_take_is_named(tmp_path: Path) -> None:
    spooled(tmp_path / "spool", "0001", "x", temperature=0.5)
    (tmp_path / "spool" / "0001.reply.md").write_text("y")
    with pytest.raises(RequestError, match=r"0001\.request\.json: the Messages API would not take this request"):
        import_spool(tmp_path / "spool", tmp_path / "kept")
