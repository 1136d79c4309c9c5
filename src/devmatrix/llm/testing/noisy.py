"""An author that knows the right answers and gets them wrong now and then, as models do."""

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from devmatrix.llm.testing.calls import FakeReply, NoReply, ReceivedCall, Replier, StopReason
from devmatrix.llm.testing.defects import DEFECTS, Defect

RIGHT = "right"
_CONTRACT = re.compile(r"^[#* ]*Contract:\W*?(\S+)[ \t]*$", re.MULTILINE)


def fenced(code: str) -> str:
    """Code as models like to hand it over."""
    return f"```python\n{code.rstrip()}\n```"


def named_contract(call: ReceivedCall) -> str | None:
    """What the first line `Contract: ...` of the last message names, as a heading or not."""
    found = _CONTRACT.search(call.question)
    return found.group(1) if found else None


class NoisyAuthor:
    """Answers rightly with probability `p`, otherwise with a defect in the right code.

    `answers` holds the right code of each atom (imports first), by whatever `atom_of` finds in a call. An atom that is
    asked again is drawn anew; all draws follow from the seed, the atom and how often it was asked. `p` may differ by
    model.
    Replies are labelled `right` or with the defect's name. `otherwise` answers what is about no atom.
    """

    def __init__(
        self,
        answers: Mapping[str, str],
        p: float | Mapping[str, float],
        seed: int = 0,
        *,
        atom_of: Callable[[ReceivedCall], str | None] = named_contract,
        wrap: Callable[[str], str] = fenced,
        defects: Sequence[Defect] = DEFECTS,
        thinking_tokens: int = 0,
        otherwise: Replier | None = None,
    ) -> None:
        self._answers = answers
        self._p = p
        self._seed = seed
        self._atom_of = atom_of
        self._wrap = wrap
        self._defects = tuple(defects)
        self._thinking_tokens = thinking_tokens
        self._otherwise = otherwise
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reply(self, call: ReceivedCall) -> FakeReply:
        """Code for the atom that is asked. Raises NoReply for an atom without an answer."""
        atom = self._atom_of(call)
        if atom is None or atom not in self._answers:
            if self._otherwise is not None:
                return self._otherwise.reply(call)
            raise NoReply(f"no answer for {atom!r}" if atom else f"no atom is named in: {call.question[:200]!r}")
        with self._lock:
            self._asked[atom] += 1
            attempt = self._asked[atom]
        rng = random.Random(f"author {self._seed} {atom} {attempt}")
        p = self._p if isinstance(self._p, int | float) else self._p[call.model]
        code = self._answers[atom]
        if rng.random() < p:
            return FakeReply(self._wrap(code), thinking_tokens=self._thinking_tokens, label=RIGHT)
        return self._spoiled(code, rng)

    def _spoiled(self, code: str, rng: random.Random) -> FakeReply:
        fitting = [defect for defect in self._defects if defect.applies(code)]
        if not fitting:
            raise NoReply(f"none of the defects applies to:\n{code}")
        defect = rng.choice(fitting)
        flawed = defect.inject(code, rng)
        if defect.bare:
            text = flawed
        elif defect.stop is StopReason.LENGTH:  # cut off: what follows the code in a whole reply does not come
            text = _agreeing(self._wrap(code), self._wrap(flawed))
        else:
            text = self._wrap(flawed)
        return FakeReply(text, stop=defect.stop, thinking_tokens=self._thinking_tokens, label=defect.name)


def _agreeing(whole: str, other: str) -> str:
    """The beginning that two texts share."""
    differing = (place for place, (one, two) in enumerate(zip(whole, other, strict=False)) if one != two)
    return whole[: next(differing, min(len(whole), len(other)))]
