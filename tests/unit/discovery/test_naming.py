import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.discovery.naming import choice, entity_name, plural, plural_name, singular, snake
from devmatrix.discovery.verbs import base_verb, verb_for_state

PLURALS = """book/books box/boxes category/categories key/keys shelf/shelves person/people child/children
status/statuses
address/addresses bus/buses house/houses course/courses license/licenses analysis/analyses criterion/criteria
quiz/quizzes size/sizes hero/heroes photo/photos movie/movies cookie/cookies roof/roofs leaf/leaves valve/valves
archive/archives menu/menus virus/viruses batch/batches witch/witches cache/caches woman/women specimen/specimens
matrix/matrices axis/axes lens/lenses database/databases warehouse/warehouses response/responses tax/taxes day/days"""
SAME = "sheep series species equipment news information fish aircraft staff feedback data"


@pytest.mark.parametrize("pair", PLURALS.split())
def test_plurals_and_back(pair: str) -> None:
    one, many = pair.split("/")
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one


@pytest.mark.parametrize("word", SAME.split())
def test_words_whose_plural_is_their_singular(word: str) -> None:
    assert plural(word) == singular(word) == word


@pytest.mark.parametrize(
    ("words", "entity", "many"),
    [
        ("parking permits", "ParkingPermit", "parking_permits"),
        ("Laboratory sample", "LaboratorySample", "laboratory_samples"),
        ("OrderItem", "OrderItem", "order_items"),
        ("order_items", "OrderItem", "order_items"),
        ("People", "Person", "people"),
        ("Größe", "Grosse", "grosses"),
        ("HTTP log", "HttpLog", "http_logs"),
    ],
)
def test_names_of_entities(words: str, entity: str, many: str) -> None:
    assert (entity_name(words), plural_name(entity_name(words))) == (entity, many)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("due date", "due_date"),
        ("firstName", "first_name"),
        ("ISBN", "isbn"),
        ("_private", "private"),
        ("2fa", "fa"),
        ("名", ""),
    ],
)
def test_names_of_properties(words: str, name: str) -> None:
    assert snake(words) == name


@given(st.text(max_size=40))
def test_a_property_name_is_an_identifier_or_empty(text: str) -> None:
    name = snake(text)
    assert name == "" or (name.isidentifier() and name.isascii() and name == name.lower())


def test_choices_are_lower_case_unless_capitals_throughout() -> None:
    assert [choice(text) for text in ("Open", "in progress", "S", "USA")] == ["open", "in_progress", "S", "USA"]


@pytest.mark.parametrize(
    "pair",
    """resolved/resolve closed/close cancelled/cancel approved/approve shipped/ship paid/pay
    in_progress/start published/publish
    archived/archive rejected/reject completed/complete lent/lend assigned/assign delivered/deliver done/finish
    blocked/block gone/mark_gone analyzed/analyze copied/copy passed/pass scheduled/schedule""".split(),
)
def test_the_verb_that_leads_to_a_state(pair: str) -> None:
    state, verb = pair.split("/")
    assert verb_for_state(state) == verb


def test_base_forms_of_known_verbs() -> None:
    known = {"borrow", "manage", "carry", "ship"}
    forms = ("borrows", "borrowing", "manages", "managing", "carries", "shipping", "shipped", "book")
    assert [base_verb(form, known) for form in forms] == [
        "borrow", "borrow", "manage", "manage", "carry", "ship", "ship", "book",
    ]  # fmt: skip
