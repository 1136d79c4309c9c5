import pytest

from devmatrix.atoms import AtomKind, Written, assemble
from devmatrix.errors import ContractError
from devmatrix.planning import Estimate, MasterPlan, Milestone, Phase, Range, Task
from devmatrix.stacks.fastapi.source import Source, Symbol, build_design, file_source
from tests.documents import library

NOTHING = Range(low=0, likely=0, high=0)


def _plan(*task_ids: str) -> MasterPlan:
    tasks = tuple(
        Task(id=name, title=name, files=(), depends_on=(), requirement_ids=("R-01",), lines=NOTHING)
        for name in task_ids
    )
    milestone = Milestone(id="foundation", title="Foundation", tasks=tasks)
    return MasterPlan(
        title="T",
        stack="fastapi",
        phases=(Phase(id="foundation", title="Foundation", milestones=(milestone,)),),
        estimate=Estimate(lines=NOTHING, tokens_in=NOTHING, tokens_out=NOTHING, usd=NOTHING, minutes=None),
    )


LOW = Source(
    "app/low.py",
    "low",
    "Low.",
    (Symbol("area", "def area(r: float) -> float:\n    return math.pi * r"),),
    ("import math",),
)
HIGH = Source(
    "app/high.py",
    "high",
    "High.",
    (
        Symbol(
            "total",
            "def total(parts: Sequence[float]) -> float:\n    return sum(half(low.area(part)) for part in parts)",
        ),
        Symbol("half", "def half(x: float) -> float:\n    return x / 2"),
    ),
    ("from collections.abc import Sequence", "from app import low", "import os"),
)


def test_dependencies_follow_from_the_text_and_put_the_atoms_in_order() -> None:
    design = build_design([HIGH, LOW], library(), _plan("low", "high"))
    assert [atom.contract.name for atom in design.atoms] == ["half", "area", "total"]
    assert design.atoms[2].depends_on == ("app/high.py:half", "app/low.py:area")


def test_imports_go_where_they_are_needed_and_unused_ones_nowhere() -> None:
    design = build_design([HIGH, LOW], library(), _plan("low", "high"))
    high = design.modules[0]
    assert high.imports == ("from collections.abc import Sequence",)
    assert design.blueprints["app/high.py:total"].imports == ("from app import low",)
    written = {name: Written(candidate.code, candidate.imports) for name, candidate in design.blueprints.items()}
    assert "import os" not in assemble(high, written).text


def test_atoms_that_need_each_other_are_refused() -> None:
    circle = Source(
        "app/c.py",
        "c",
        "C.",
        (Symbol("a", "def a() -> int:\n    return b()"), Symbol("b", "def b() -> int:\n    return a()")),
    )
    with pytest.raises(ContractError, match="need each other"):
        build_design([circle], library(), _plan("c"))


def test_a_function_may_call_itself() -> None:
    source = Source("app/c.py", "c", "C.", (Symbol("a", "def a(n: int) -> int:\n    return n and a(n - 1)"),))
    assert build_design([source], library(), _plan("c")).atoms[0].depends_on == ()


def test_a_file_is_one_atom() -> None:
    design = build_design([file_source("README.md", "d", "# Hi\n")], library(), _plan("d"))
    assert design.atoms[0].contract.kind is AtomKind.FILE
    assert design.blueprints["README.md:README.md"].code == "# Hi\n"


def test_one_name_an_import() -> None:
    source = Source(
        "app/c.py", "c", "C.", (Symbol("a", "def a() -> int:\n    return 1"),), ("from os import path, sep",)
    )
    with pytest.raises(ContractError, match="one name an import"):
        build_design([source], library(), _plan("c"))
