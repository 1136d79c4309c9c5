import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.atoms import Atom, AtomKind, Candidate, Contract
from devmatrix.authoring.model.answers import read_answer
from devmatrix.llm import Reply, Stop, Usage

FACE = 'def double(value: int) -> int:\n    """Twice the value."""\n    raise NotImplementedError'
CODE = 'def double(value: int) -> int:\n    """Twice the value."""\n    return operator.mul(value, 2)'


def _atom(kind: AtomKind = AtomKind.FUNCTION, name: str = "double") -> Atom:
    contract = Contract(path="app/sums.py", name=name, kind=kind, face=FACE)
    return Atom(contract=contract, task_id="t", requirement_ids=())


def _read(text: str, stop: Stop = Stop.END, atom: Atom | None = None) -> Candidate:
    usage = Usage(input_tokens=10, output_tokens=5)
    reply = Reply(text=text, stop=stop, model="m", usage=usage, cost_usd=0.5, seconds=0.1, key="k")
    return read_answer(atom or _atom(), reply)


def _rules(candidate: Candidate) -> list[str]:
    return [finding.rule for finding in candidate.problems]


@pytest.mark.parametrize(
    "text",
    [
        f"import operator\n\n\n{CODE}\n",
        f"```python\nimport operator\n\n{CODE}\n```",
        f"Here it is:\n\n```py\nimport operator\n{CODE}\n```\n\nIt multiplies by two.",
        f"    import operator\n{chr(10).join('    ' + line for line in CODE.splitlines())}",
        f"```\nprint('how to call it')\n```\n\n```python\nimport operator\n{CODE}\n```",
        f"import operator\r\n{CODE}".replace("\n", "\r\n"),
    ],
    ids=["plain", "fenced", "with prose", "indented", "the block that defines it", "carriage returns"],
)
def test_the_definition_and_its_imports_are_found_in_what_stands_around_them(text: str) -> None:
    candidate = _read(text)
    assert candidate.problems == ()
    assert candidate.code == CODE
    assert candidate.imports == ("import operator",)
    assert (candidate.cost_usd, candidate.tokens) == (0.5, 15)


def test_decorators_belong_to_the_definition_and_imports_are_kept_one_by_one() -> None:
    candidate = _read(f"from functools import cache, lru_cache\nimport operator\n\n@cache\n{CODE}")
    assert candidate.code.startswith("@cache\ndef double")
    assert candidate.imports == ("from functools import cache", "from functools import lru_cache", "import operator")


@pytest.mark.parametrize(
    ("text", "stop", "rule"),
    [
        ("I cannot help with that.", Stop.REFUSAL, "answer.refused"),
        (CODE[:40], Stop.LENGTH, "answer.cut"),
        (" \n", Stop.END, "answer.empty"),
        ("x" * 200_000, Stop.END, "answer.long"),
        (CODE.replace("double", "twice"), Stop.END, "answer.name"),
        (f"{CODE}\n\n\ndef other() -> int:\n    return 1", Stop.END, "answer.extra"),
        (f"LIMIT = 3\n\n\n{CODE}", Stop.END, "answer.extra"),
        (f"{CODE}\n\n\n{CODE}", Stop.END, "answer.extra"),
    ],
)
def test_what_is_no_answer_is_a_finding_that_says_why(text: str, stop: Stop, rule: str) -> None:
    assert _rules(_read(text, stop)) == [rule]


def test_text_that_is_no_python_is_left_to_the_judge_who_names_the_line() -> None:
    candidate = _read("def double(value: int) -> int:\n    return value *")
    assert candidate.problems == ()
    assert candidate.code.endswith("value *")


def test_a_file_is_taken_as_it_is_without_the_fence_around_it() -> None:
    atom = _atom(AtomKind.FILE, "app/sums.py")
    assert _read("```make\nall:\n\ttrue\n```", atom=atom).code == "all:\n\ttrue\n"
    assert _read("# Title\n\n```\ncode\n```\n", atom=atom).code == "# Title\n\n```\ncode\n```\n"


@given(st.text())
def test_no_answer_breaks_the_reader_and_what_it_takes_is_one_definition(text: str) -> None:
    candidate = _read(text)
    if candidate.problems or not candidate.code:
        return
    try:
        nodes = ast.parse(candidate.code).body
    except (SyntaxError, ValueError):
        return  # the judge's
    assert [getattr(node, "name", "") for node in nodes] == ["double"]
