"""`python -m devmatrix.llm.testing`, as somebody runs it who wants to try a client."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anthropic
import pytest
from anthropic import Anthropic

COMMAND = (sys.executable, "-m", "devmatrix.llm.testing")


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process, and the variables that it told."""
    process = subprocess.Popen([*COMMAND, "--port", "0", *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = dict(re.findall(r"export (\w+)=(\S+)", "".join(process.stdout.readline() for _ in range(4))))
        yield process, told
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def ask(told: dict[str, str], question: str) -> str:
    with Anthropic(base_url=told["ANTHROPIC_BASE_URL"], api_key=told["ANTHROPIC_API_KEY"], max_retries=0) as client:
        message = client.messages.create(
            model="claude-haiku-5-5", max_tokens=100, messages=[{"role": "user", "content": question}]
        )
    return str(message.content[0].model_dump()["text"])


def test_it_serves_tells_each_call_and_ends_when_interrupted() -> None:
    with running() as (process, told):
        assert ask(told, "What now?") == "You asked: What now?"
        assert process.stdout is not None
        line = process.stdout.readline()
    assert re.fullmatch(r"\d\d:\d\d:\d\d 1 /v1/messages claude-haiku-5-5 200 in 7\+0w\+0r out 9 \$0\.000005\n", line)
    assert process.returncode == 130


def test_it_replays_what_was_answered_by_hand(tmp_path: Path) -> None:
    spool, folder = tmp_path / "spool", tmp_path / "kept"
    spool.mkdir()
    body = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "What now?"}]}
    (spool / "0001.request.json").write_text(json.dumps(body))
    (spool / "0001.reply.md").write_text("This now.")
    with running("--replay", str(folder), "--import-spool", str(spool)) as (_, told):
        pass
    with running("--replay", str(folder)) as (_, told):
        assert ask(told, "What now?") == "This now."
        with pytest.raises(anthropic.BadRequestError, match=r"(?s)not recorded.*-What now\?.*\+What else\?"):
            ask(told, "What else?")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--replay", "/nowhere"), "/nowhere is no folder. name one that holds recorded exchanges.\n"),
        (("--import-spool", "x"), "--import-spool needs a folder to record into. name it with --replay.\n"),
    ],
)
def test_what_cannot_be_is_one_sentence(options: tuple[str, ...], message: str) -> None:
    ended = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (2, message)
