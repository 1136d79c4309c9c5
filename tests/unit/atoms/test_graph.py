import pytest
from hypothesis import given

from devmatrix.atoms import AtomGraph
from devmatrix.errors import ContractError
from tests.unit.graphs import atom, graphs


@given(graphs())
def test_every_atom_stands_in_a_later_wave_than_all_it_depends_on(graph: AtomGraph) -> None:
    wave_of = {atom_id: number for number, wave in enumerate(graph.waves()) for atom_id in wave}
    assert len(wave_of) == len(graph)
    for member in graph:
        for needed in member.depends_on:
            assert wave_of[needed] < wave_of[member.id]
            assert member.id in graph.dependents(needed)


def test_a_dependency_must_come_before() -> None:
    with pytest.raises(ContractError, match=r"app/m.py:b, which does not come before"):
        AtomGraph.of([atom("a", "b"), atom("b")])


def test_an_atom_cannot_depend_on_itself() -> None:
    with pytest.raises(ContractError, match="does not come before"):
        AtomGraph.of([atom("a", "a")])


def test_an_atom_stands_once() -> None:
    with pytest.raises(ContractError, match="twice"):
        AtomGraph.of([atom("a"), atom("a")])


def test_equal_questions_have_equal_hashes_and_others_do_not() -> None:
    assert atom("a").content_hash == atom("a").content_hash
    assert len({atom("a").content_hash, atom("b").content_hash, atom("a", "b").content_hash}) == 3
