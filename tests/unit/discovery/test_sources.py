"""Requests of several sources: formats, spans, coverage; and answers that change what is built."""

import pytest

from devmatrix.discovery import Source, SourceFormat, discover
from devmatrix.discovery.composing import read
from devmatrix.discovery.coverage import lost_by_source, place_of, require_all_understood
from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.formats import format_of
from devmatrix.errors import RequestError

TABLE = "CREATE TABLE shelf (id integer PRIMARY KEY, label varchar(40) NOT NULL);"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Book: title", "", SourceFormat.TEXT),
        ("Book: title", "rules.txt", SourceFormat.TEXT),
        ("# Books", "rules.md", SourceFormat.MARKDOWN),
        (TABLE, "", SourceFormat.SQL),
        ("-- nothing", "x.sql", SourceFormat.SQL),
        ("openapi: 3.1.0\npaths: {}", "x.yaml", SourceFormat.OPENAPI),
        ('{"paths": {}, "openapi": "3.0.0"}', "", SourceFormat.OPENAPI),
        ("swagger: '2.0'", "x.yml", SourceFormat.OPENAPI),
        ("schema_version: 1\nentities: []", "x.yaml", SourceFormat.DOCUMENT),
        ('{"schema_version": 1, "entities": []}', "", SourceFormat.DOCUMENT),
    ],
)
def test_the_format_follows_from_name_and_content(text: str, name: str, kind: SourceFormat) -> None:
    assert format_of(Source(text, name)) is kind


def test_a_file_that_promises_structure_and_has_none_is_refused() -> None:
    with pytest.raises(RequestError, match=r"x\.json is neither an OpenAPI document nor a DiscoveryDocument"):
        format_of(Source('{"a": 1}', "x.json"))


def test_texts_files_and_tables_fill_one_document() -> None:
    document = read(
        [
            Source("Book: title, shelf -> Shelf"),
            Source(TABLE, "db.sql"),
            Source("The title has at most 80 characters.\nIt feels fresh.", "rules.txt"),
            Source("Only admins may delete books. It feels warm."),
        ]
    )
    assert [entity.name for entity in document.entities] == ["Shelf", "Book", "User"]
    assert document.entity("Book").attribute("title").max_length == 80
    assert document.entity("Shelf").attribute("label").max_length == 40
    delete = next(item for item in document.operations if (item.entity, item.kind) == ("Book", OperationKind.DELETE))
    assert delete.access.roles == ("admin",)
    assert [(file.name, file.format) for file in document.sources] == [("db.sql", "sql"), ("rules.txt", "text")]
    assert document.sources[0].size == len(TABLE)


def test_spans_of_free_text_lie_in_the_request_and_those_of_files_in_their_lines() -> None:
    texts = ["Book: title. It feels cold.", "It feels warm."]
    document = read([Source(texts[0]), Source("\n\nIt feels fresh.", "rules.txt"), Source(texts[1])])
    assert document.request == "\n\n".join(texts)
    free = [item.span for item in document.statements if not item.span.source]
    assert [document.request[span.start : span.end] for span in free] == [span.text for span in free]
    lost = lost_by_source(document)
    assert {name: [item.span.text for item in items] for name, items in lost.items()} == {
        "": ["It feels cold.", "It feels warm."],
        "rules.txt": ["It feels fresh."],
    }
    assert place_of(lost["rules.txt"][0].span) == "rules.txt:3"
    with pytest.raises(RequestError, match=r"3 of 4 parts[^$]*rules\.txt:3 'It feels fresh\.'"):
        require_all_understood(document)


def test_what_every_part_was_understood_of_passes_the_strict() -> None:
    require_all_understood(read("Book: title"))


def test_a_request_without_free_text_is_told_in_a_few_words() -> None:
    assert read([Source(TABLE, "db.sql")]).request == "db.sql (SQL)"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (Source("x" * 200_001, "a.md"), "a.md is longer than 200,000 bytes"),
        (Source("CREATE TABLE x (y int);" + " " * 20_000_000, "a.sql"), "a.sql is longer than 20,000,000 bytes"),
        (Source("a\x01b", "a.txt"), "a.txt is binary"),
    ],
)
def test_what_is_too_large_or_no_text_is_refused_by_name(source: Source, what: str) -> None:
    with pytest.raises(RequestError, match=what):
        read([source])


ASKED = [
    ("Book: title, pages int\nBook: pages text", "book-pages-type", ("integer", "text")),
    ("Book: title, form old|new\nBook: form new|odd", "book-form-choices", ("old, new", "new, odd", "old, new, odd")),
    ("Ticket: states a -> b\nTicket: states c -> d", "ticket-states", ("a, b", "c, d")),
    ("A recipe has many tags", "tag-many-recipes", ("yes", "no")),
    ("Member: account, name\nUser: account, name", "who-signs-in", ("Member", "User")),
    ("Book: title, copies int 0..5 = 9", "book-copies-default", ("none", "0", "5")),
    ("Anyone can list books. Admins can list books. Book: title", "anyone-list-books", ("no", "yes")),
    ("Ticket: note?, states a -(close requires verdict)-> b", "ticket-close-verdict", ("no guard", "note")),
    ("Event: title, place, unique(title, spot)", "unique-title-spot-of-event", ("none", "title, place")),
    ("Event: start date, end date, check start < ende", "event-start-against-ende", ("none", "start < end")),
]


@pytest.mark.parametrize(("request_", "id_", "options"), ASKED, ids=[item[1] for item in ASKED])
def test_every_question_has_answers_that_change_the_document(request_: str, id_: str, options: tuple[str, ...]) -> None:
    asked = next(question for question in read(request_).questions if question.id == id_)
    assert (asked.options, asked.default, asked.answer) == (options, options[0], None)
    read_as = {}
    for option in options:
        document = read(request_, answers={id_: option.upper()})
        assert next(question for question in document.questions if question.id == id_).answer == option
        unchanged = {"questions": (), "statements": (), "assumptions": ()}
        read_as[option] = document.model_copy(update=unchanged)
    assert read_as[options[0]] == read(request_).model_copy(update=unchanged)
    assert all(read_as[option] != read_as[options[0]] for option in options[1:])


def test_an_id_stays_when_the_request_grows_elsewhere() -> None:
    small = {question.id for question in read(ASKED[0][0]).questions}
    grown = {question.id for question in read(f"Shelf: a int\nShelf: a text\n{ASKED[0][0]}").questions}
    assert small < grown


def test_answers_decide_types() -> None:
    document = discover(ASKED[0][0], answers={"book-pages-type": "text"})
    assert document.entity("Book").attribute("pages").type is FieldType.TEXT


def test_answers_that_fit_no_question_are_refused_with_the_valid_ones() -> None:
    with pytest.raises(RequestError) as refused:
        discover(ASKED[0][0], answers={"book-pages-type": "date", "other": "x"})
    assert refused.value.message == "book-pages-type cannot be 'date': it is integer | text; other is no question"
    assert "book-pages-type: integer | text" in refused.value.mend
    with pytest.raises(RequestError) as refused:
        discover("Book: title", answers={"other": "x"})
    assert "leaves no question open" in refused.value.mend


def test_an_operation_that_no_record_can_be_made_up_for_has_a_requirement_all_the_same() -> None:
    document = discover("Thing: a string(5..10) /^[a-z]{20}$/")
    about = {name: item for item in document.requirements for name in item.operations}
    assert about.keys() == {item.id for item in document.operations}
    (step,) = about["replace_thing"].scenarios[0].steps
    assert (step.method, step.path, step.expect.status) == ("PUT", "/things/no-id", 422)
    assert len({item.id for item in document.requirements}) == len(document.requirements)
