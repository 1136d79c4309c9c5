"""Atoms and graphs for tests that need no project."""

from hypothesis import strategies as st

from devmatrix.atoms import Atom, AtomGraph, AtomKind, Contract


def atom(name: str, *needs: str) -> Atom:
    face = f"def {name}() -> int:\n    raise NotImplementedError"
    contract = Contract(path="app/m.py", name=name, kind=AtomKind.FUNCTION, face=face)
    return Atom(
        contract=contract,
        task_id="m",
        requirement_ids=("R-01",),
        depends_on=tuple(f"app/m.py:{need}" for need in needs),
    )


@st.composite
def graphs(draw: st.DrawFn) -> AtomGraph:
    size = draw(st.integers(min_value=0, max_value=30))
    graph = AtomGraph()
    for index in range(size):
        earlier = [f"f{number}" for number in range(index)]
        graph.add(
            atom(f"f{index}", *draw(st.sets(st.sampled_from(earlier), max_size=4) if earlier else st.just(set())))
        )
    return graph
