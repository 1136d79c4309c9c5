from importlib.resources import files

import pytest

from devmatrix.discovery.archetype import archetype_for, domain_entities, event_for
from devmatrix.discovery.composing import read
from devmatrix.discovery.naming import plural_name, split_words
from tests.unit.discovery.reads import require_sound

FOLDER = files("devmatrix.discovery") / "archetypes"
NAMES = sorted(item.name.removesuffix(".yaml") for item in FOLDER.iterdir() if item.name[0] not in "_.")


def test_there_are_many() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_each_makes_a_sound_entity_without_open_questions(name: str) -> None:
    document = read(f"Track {plural_name(name).replace('_', ' ')}.")
    require_sound(document)
    assert document.questions == ()
    assert document.entities[0].attributes
    assert any("the request lists none; these are usual" in item.why for item in document.assumptions)


def test_all_together_refer_to_one_another() -> None:
    request = "\n".join(f"Track {plural_name(name).replace('_', ' ')}." for name in NAMES)
    document = read(request)
    require_sound(document)
    assert document.questions == ()
    assert document.entity("Loan").attribute("member_id").target == "Member"
    assert "order_id" in [field.name for field in document.entity("OrderItem").attributes]


def test_only_targets_that_are_named_count() -> None:
    assert all(field.target is None for field in read("Track loans").entity("Loan").attributes)


def test_a_last_word_and_a_synonym_will_do() -> None:
    for words in ("parking permits", "ParkingPermit", "permit"):
        known = archetype_for(words)
        assert known is not None
        assert known.name == "permit"
    client = archetype_for("Clients")
    assert client is not None
    assert client.name == "customer"
    assert archetype_for("parking permits", whole=True) is None
    assert archetype_for("../user") is not archetype_for("zeppelin") or archetype_for("zeppelin") is None


def test_domains_name_entities() -> None:
    assert domain_entities("help desk") == ("tickets", "customers", "agents")
    assert domain_entities("zeppelin port") == ()
    for words in ("help desk", "library", "blog", "shop", "clinic", "school", "hotel"):
        document = read(f"Create an API for a {words}")
        require_sound(document)
        assert document.title == " ".join(split_words(words)).capitalize()


def test_verbs_name_events() -> None:
    assert event_for("borrow")[0] == "loan"
    assert event_for("explode") == ()
