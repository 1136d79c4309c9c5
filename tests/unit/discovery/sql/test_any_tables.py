"""Properties: any tables give a sound document, and any text statements that cover it, or a RequestError."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devmatrix.errors import RequestError
from tests.unit.discovery.sql.reads import SCHEMAS, require_covered, require_sound_reading, statements_of

_NAMES = """books book Book "Order" "order items" tbl_shelf users user_emails `loan items` class "None" id
name email password title price created_at updated_at
deleted_at version role status "Größe" "имя" is_active limit_ starts ends shelf_id x
book_id "BookId" code""".split("\n")
_WORDS = [word for line in _NAMES for word in line.replace('"order items"', "").replace("`loan items`", "").split()]
_names = st.sampled_from([*_WORDS, '"order items"', '"from"', '"2fa"'])
_types = st.sampled_from(
    """int|bigint|smallint|serial|varchar(20)|varchar|text|char(2)|numeric(8,2)|numeric|decimal(12,10)|money|real|boolean|date
    |timestamp|timestamptz|time|uuid|json|jsonb|bytea|text[]|interval|enum('a','b c')|tinyint(1)|int unsigned|mood|
    |datetime|double precision|blob|point""".replace("\n", "").split("|")
)
_defaults = st.sampled_from(
    ["", "", "default 0", "default 'a'", "default now()", "default current_date", "default true", "default null",
     "default ''", "default (1 + 1)", "default gen_random_uuid()"]
)  # fmt: skip
_marks = st.sampled_from(
    ["", "", "not null", "unique", "primary key", "null", "references books",
     "references shelves (id) on delete cascade",
     "references x on delete set null", "check (x > 0)", "check (length(name) < 9)", "check (title in ('a', 'b'))",
     "check (starts < ends)", "check (f(x))", "collate nocase", "auto_increment"]
)  # fmt: skip
_columns = st.builds(
    lambda *parts: " ".join(parts).strip(), _names, _types, _defaults, st.lists(_marks, max_size=2).map(" ".join)
)
_lists = st.lists(_names, min_size=1, max_size=3).map(", ".join)
_constraints = st.one_of(
    _lists.map("primary key ({})".format),
    _lists.map("unique ({})".format),
    st.tuples(_names, _names).map(lambda pair: f"foreign key ({pair[0]}) references {pair[1]}"),
    st.tuples(_lists, _names, _lists).map(lambda three: f"foreign key ({three[0]}) references {three[1]} ({three[2]})"),
    st.tuples(_names, st.sampled_from(["<", ">=", "<>", "="]), st.one_of(_names, st.just("3"), st.just("'a'"))).map(
        lambda three: f"check ({' '.join(three)})"
    ),
)
_tables = st.tuples(_names, st.lists(_columns, max_size=7), st.lists(_constraints, max_size=3)).map(
    lambda table: f"create table {table[0]} ({', '.join([*table[1], *table[2]])});"
)
_others = st.sampled_from(
    [
        "alter table books add constraint c unique (name, title);",
        "alter table users add column x int not null;",
        "create type mood as enum ('sad', 'ok');",
        "create unique index on books (lower(email));",
        "comment on table books is 'Things to read';",
        "create view v as select 1;",
        "insert into books values (1, 'x;y');",
        "-- a comment",
        "drop table users;",
    ]
)
_scripts = st.lists(st.one_of(_tables, _tables, _others), min_size=1, max_size=8).map(" \n".join)
_PIECES = sorted({piece for text in SCHEMAS.values() for piece in text.replace("(", " ( ").split()})
_garbage = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from([*_PIECES, "(", ")", ",", ";", "'", '"', "`", "/*", "*/", "--", "$$", "\n"]), max_size=60
    ).map(" ".join),
    st.tuples(st.sampled_from(sorted(SCHEMAS.values())), st.integers(0, 4_000), st.integers(0, 40)).map(
        lambda cut: cut[0][: cut[1]] + cut[0][cut[1] + cut[2] :]
    ),
)
_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=200, deadline=None, suppress_health_check=_SLOW)
@given(_scripts)
def test_any_tables_give_a_sound_document(sql: str) -> None:
    last = "\ncreate table at_least_one (id serial primary key, word varchar(9));"
    require_sound_reading(sql + last)


@settings(max_examples=200, deadline=None, suppress_health_check=_SLOW)
@given(_garbage)
def test_any_text_is_covered_by_statements_or_refused(text: str) -> None:
    with contextlib.suppress(RequestError):
        require_covered(text, statements_of(text))
