"""What a careful reader of the prompts answered, kept as files: a folder for each build.

`request.txt` is the request. `reading.1.txt` is the first answer to the question what it asks for, `reading.2.txt` the
second, given when the first was sent back; `<symbol>.1.txt` likewise for each symbol that was asked for. Some first
answers are wrong on purpose: they are what was, or might well have been, answered at first sight. `<symbol>.split.txt`
holds the helpers that a symbol stands on, where it has some.
"""

import re
from collections import Counter
from pathlib import Path

from devmatrix.llm.testing import FakeReply, NoReply, ReceivedCall

BOOKS = Path(__file__).parent / "recorded"
NO_HELPERS = '{"helpers": []}'
_CONTRACT = re.compile(r"^# Contract: \S+:(\w+)$", re.M)


class AnswerBook:
    """Answers from the files of one build, whatever the words around the question."""

    def __init__(self, name: str) -> None:
        self.folder = BOOKS / name
        self.request = (self.folder / "request.txt").read_text(encoding="utf-8")
        self.asked: Counter[str] = Counter()

    def reply(self, call: ReceivedCall) -> FakeReply:
        """The next answer about what is asked."""
        named = _CONTRACT.findall(call.question)
        subject = named[-1] if named else "reading"
        if named and call.schema is not None:  # which helpers should it stand on?
            path = self.folder / f"{subject}.split.txt"
            return FakeReply(path.read_text(encoding="utf-8") if path.is_file() else NO_HELPERS, label="split")
        self.asked[subject] += 1
        path = self.folder / f"{subject}.{self.asked[subject]}.txt"
        if not path.is_file():
            raise NoReply(f"{subject} was asked for {self.asked[subject]} times")
        return FakeReply(path.read_text(encoding="utf-8"), label=subject)
