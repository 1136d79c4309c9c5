"""Exchanges kept as files, and replayed: one YAML file each, made to be read and compared.

    request:          what counts: system, messages, tools, schema. Not the model, nor limits, nor cache marks.
    reply:            text or tool, stop, and the label: who wrote it
    model: ...        for the reader

The file's name begins with the key, a hash of `request`. A question that was changed by a letter has another key, and
is refused, with a comparison to the nearest one that is known.
"""

import difflib
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from devmatrix.errors import RequestError
from devmatrix.llm.testing.calls import FakeReply, NoReply, ReceivedCall, Replier, StopReason, ToolUse
from devmatrix.llm.testing.catalog import CLAUDE_SONNET, FakeModel
from devmatrix.llm.testing.dialect import Body, Dialect
from devmatrix.llm.testing.messages_dialect import MessagesDialect
from devmatrix.llm.testing.refusals import Refused
from devmatrix.llm.testing.tokens import canonical

DIFF_LINES = 60
OTHER_BREAKS = "\r\x85\u2028\u2029"
"""What YAML takes for the end of a line, beside \\n."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedTurn(_Part):
    """One message."""

    role: str
    text: str


class Asked(_Part):
    """What makes a question the same question, whichever model is asked and however the prompt is cut into blocks."""

    system: str
    turns: tuple[AskedTurn, ...]
    tools: dict[str, dict[str, JsonValue]] = {}
    reply_schema: dict[str, JsonValue] | None = None

    @property
    def key(self) -> str:
        """SHA-256 over all of it."""
        return hashlib.sha256(canonical(self.model_dump(mode="json")).encode(errors="surrogatepass")).hexdigest()

    @classmethod
    def by(cls, call: ReceivedCall) -> "Asked":
        """What a call asks."""
        return cls(
            system=call.system,
            turns=tuple(AskedTurn(role=turn.role, text=turn.text) for turn in call.turns),
            tools={name: dict(schema) for name, schema in call.tools.items()},
            reply_schema=dict(call.schema) if call.schema is not None else None,
        )

    @property
    def lines(self) -> list[str]:
        """For comparisons."""
        text = "\n".join([f"# system\n{self.system}", *(f"# {turn.role}\n{turn.text}" for turn in self.turns)])
        schema = ["# schema", *json.dumps(self.reply_schema, indent=1).splitlines()] if self.reply_schema else []
        return [*text.splitlines(), *schema, *(f"# tool {name}" for name in self.tools)]


class Given(_Part):
    """What was answered."""

    text: str = ""
    tool: str = ""
    arguments: dict[str, JsonValue] = {}
    stop: StopReason = StopReason.END
    label: str = ""

    def as_reply(self) -> FakeReply:
        """Ready to be sent."""
        tool = ToolUse(self.tool, self.arguments) if self.tool else None
        return FakeReply(self.text, tool, self.stop, label=self.label)

    @classmethod
    def of(cls, reply: FakeReply) -> "Given":
        """What a reply says."""
        return cls(
            text=reply.text,
            tool=reply.tool.name if reply.tool else "",
            arguments=dict(reply.tool.arguments) if reply.tool else {},
            stop=reply.stop,
            label=reply.label,
        )


class Exchange(_Part):
    """A question and its answer."""

    request: Asked
    reply: Given
    model: str = ""


class Recorded:
    """Answers what is kept in `folder`, and nothing else. With `otherwise`, asks that one and keeps what it says."""

    def __init__(self, folder: Path, otherwise: Replier | None = None) -> None:
        self._folder = folder
        self._otherwise = otherwise
        self._known = {exchange.request.key: exchange for exchange in read_exchanges(folder)}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def reply(self, call: ReceivedCall) -> FakeReply:
        """The kept answer. Raises NoReply, with a comparison, for a question that is not known."""
        asked = Asked.by(call)
        known = self._known.get(asked.key)
        if known:
            return known.reply.as_reply()
        if self._otherwise is None:
            raise NoReply(_unknown(asked, [exchange.request for exchange in self._known.values()], self._folder))
        reply = self._otherwise.reply(call)
        exchange = Exchange(request=asked, reply=Given.of(reply), model=call.model)
        with self._lock:
            keep(self._folder, exchange)
            self._known[asked.key] = exchange
        return reply


def keep(folder: Path, exchange: Exchange) -> Path:
    """Write an exchange into the folder; the file's path."""
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{exchange.request.key[:16]}.yaml"

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as they are read."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        # Other breaks than \n survive only between quotes.
        quoted = any(mark in value for mark in OTHER_BREAKS)
        style = '"' if quoted else "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    shown = exchange.model_dump(mode="json", exclude_defaults=True)
    path.write_text(yaml.dump(shown, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    return path


def read_exchanges(folder: Path) -> Iterator[Exchange]:
    """All that is kept in a folder. Raises RequestError for a file that is none of ours."""
    import yaml

    for path in sorted(folder.glob("*.yaml")):
        try:
            yield Exchange.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            raise RequestError(
                f"{path} holds no recorded exchange: {str(error).splitlines()[0]}",
                mend="record it again, or take it out of the folder",
            ) from error


def import_spool(spool: Path, folder: Path, models: tuple[FakeModel, ...] = (CLAUDE_SONNET,)) -> int:
    """Keep what a model relay's spool holds (NNNN.request.json with NNNN.reply.md or .json); how many exchanges.

    Requests that have no reply, or that were answered with an error, are left out. Of equal questions the last answer
    counts. Raises RequestError for a request that no model would take.
    """
    count = 0
    for request in sorted(spool.glob("*.request.json")):
        number = request.name.removesuffix(".request.json")
        body: Body = json.loads(request.read_text(encoding="utf-8"))
        reply = _spooled_reply(spool, number, body)
        if reply is not None:
            keep(folder, Exchange(request=_asked(body, request, models), reply=reply, model=str(body.get("model", ""))))
            count += 1
    return count


def _asked(body: Body, path: Path, models: tuple[FakeModel, ...]) -> Asked:
    dialect: Dialect = MessagesDialect()
    try:
        # Whichever model was asked: it is no part of what is kept.
        question = dialect.read({**body, "model": models[0].id}, {model.id: model for model in models})
    except Refused as refused:
        raise RequestError(
            f"{path}: the Messages API would not take this request: {refused.message}",
            mend="take it out of the spool, and mend the client that sent it",
        ) from refused
    return Asked(
        system=question.system,
        turns=tuple(AskedTurn(role=turn.role, text=turn.text) for turn in question.turns),
        tools={name: dict(schema) for name, schema in question.tools.items()},
        reply_schema=dict(question.schema) if question.schema is not None else None,
    )


def _spooled_reply(spool: Path, number: str, body: Body) -> Given | None:
    structured, text = spool / f"{number}.reply.json", spool / f"{number}.reply.md"
    if structured.exists() and structured.stat().st_size:
        value: JsonValue = json.loads(structured.read_text(encoding="utf-8"))
        match value:
            case {"error": _, **rest} if not rest:
                return None
            case {"tool": str(name), "input": dict(arguments), **rest} if not rest:
                return Given(tool=name, arguments=arguments, stop=StopReason.TOOL, label=number)
        name = _single_tool(body)
        if name and isinstance(value, dict):
            return Given(tool=name, arguments=value, stop=StopReason.TOOL, label=number)
        return Given(text=json.dumps(value), label=number)
    if text.exists() and text.stat().st_size:
        return Given(text=text.read_text(encoding="utf-8"), label=number)
    return None


def _single_tool(body: Mapping[str, JsonValue]) -> str:
    match body:
        case {"tool_choice": {"name": str(name)}}:
            return name
        case {"tools": [{"name": str(name)}, *_]}:
            return name
    return ""


def _unknown(asked: Asked, known: list[Asked], folder: Path) -> str:
    if not known:
        return f"no exchange is recorded in {folder}"
    lines = asked.lines
    nearest = max(known, key=lambda other: _likeness(Counter(other.lines), Counter(lines)))
    comparison = list(
        difflib.unified_diff(
            nearest.lines, lines, f"recorded {nearest.key[:16]}", f"asked {asked.key[:16]}", lineterm="", n=1
        )
    )
    more = len(comparison) - DIFF_LINES
    shown = [*comparison[:DIFF_LINES], *([f"... and {more} lines more"] if more > 0 else [])]
    return f"this question is not recorded in {folder}; the nearest one differs so:\n" + "\n".join(shown)


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Share of lines that two texts have in common, whatever their order: a few long prompts are compared at once."""
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)
