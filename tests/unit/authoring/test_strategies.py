from devmatrix.atoms import AuthorKind, Candidate, EvidenceLevel, Finding
from devmatrix.authoring import Rejected
from devmatrix.authoring.model.strategies import Strategy, choose, strategies
from devmatrix.llm import Tier


def _rejected(code: str, message: str) -> Rejected:
    candidate = Candidate(atom_id="a", code=code, author=AuthorKind.MODEL)
    return Rejected(candidate=candidate, findings=(Finding(level=EvidenceLevel.ATOM, rule="r", message=message),))


def _tiers(*rejected: Rejected) -> Strategy | None:
    return choose(strategies(Tier.CHEAP), rejected)


def test_each_attempt_is_asked_in_another_way_and_the_tier_only_rises() -> None:
    for start in Tier:
        ways = strategies(start)
        assert len(set(ways)) == len(ways) == 4
        order = [list(Tier).index(way.tier) for way in ways]
        assert order == sorted(order)
        assert ways[0].tier is start
        assert not ways[0].shows_last


def test_without_progress_a_way_is_left_out() -> None:
    ways = strategies(Tier.CHEAP)
    one, two, same_findings = _rejected("a", "x"), _rejected("b", "y"), _rejected("c", "x")
    assert _tiers() == ways[0]
    assert _tiers(one) == ways[1]
    assert _tiers(one, two) == ways[2]
    assert _tiers(one, same_findings) == ways[3]
    assert _tiers(one, one) == ways[3]


def test_it_gives_up_when_all_ways_were_tried_or_none_helped() -> None:
    one = _rejected("a", "x")
    assert _tiers(one, one, one) is None
    assert _tiers(*(_rejected(str(number), str(number)) for number in range(4))) is None
