"""Keys, uniqueness and relations."""

import pytest

from tests.unit.discovery.sql.reads import document_of, entity, lost

PARENTS = "create table shelves (id serial primary key, name text); create table codes (code char(3) primary key);"


@pytest.mark.parametrize(
    "key",
    [
        "id int",
        "book_id int",
        '"BookID" int',
        "pk bigserial",
        "x uuid",
        "book_uuid varchar(36)",
        "nr serial",
        "id text",
    ],
)
def test_keys_that_mean_nothing_are_left_to_the_service(key: str) -> None:
    assert [
        item.name for item in entity(f"create table books ({key} primary key, title text);", "Book").attributes
    ] == ["title"]


def test_keys_that_mean_something_are_unique() -> None:
    isbn = entity("create table books (isbn varchar(17) primary key, title text);", "Book").attribute("isbn")
    assert isbn.unique
    assert isbn.required
    number = entity("create table books (emp_no int not null, a int, primary key (emp_no));", "Book").attribute(
        "emp_no"
    )
    assert number.unique
    both = entity("create table books (a int, b int, c int, primary key (a, b));", "Book")
    assert both.unique_together == (("a", "b"),)
    assert both.attribute("a").required


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("shelf int references shelves", "shelf_id"),
        ("shelf_id int references shelves(id)", "shelf_id"),
        ('"shelfId" int references shelves(id)', "shelf_id"),
        ("fk_shelf int references shelves", "shelf_id"),
        ("id_shelf int references shelves", "shelf_id"),
        ("old_shelf_id int references shelves", "old_shelf_id"),
        ("from_code char(3) references codes", "from_id"),
        ("code char(3) references codes(code)", "code_id"),
    ],
)
def test_references_are_called_after_what_they_point_to(column: str, name: str) -> None:
    found = entity(f"{PARENTS} create table books (id serial primary key, {column});", "Book")
    assert [item.name for item in found.attributes] == [name]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", "restrict"),
        ("on delete no action", "restrict"),
        ("on delete cascade", "cascade"),
        ("on delete set null", "set_null"),
        ("on delete restrict on update cascade deferrable initially deferred", "restrict"),
    ],
)
def test_deletion(rule: str, expected: str) -> None:
    sql = f"{PARENTS} create table books (id serial primary key, shelf_id int references shelves (id) {rule});"
    assert entity(sql, "Book").attribute("shelf_id").on_delete == expected
    assert lost(sql) == []


def test_deletion_that_cannot_be_is_said() -> None:
    sql = f"{PARENTS} create table b (id serial primary key, s int not null references shelves on delete set null);"
    assert entity(sql, "B").attribute("s_id").on_delete == "restrict"
    assert "deletion is refused" in lost(sql)[0]


def test_tables_that_only_link_are_lists_of_references() -> None:
    sql = """create table books (id serial primary key, t text); create table tags (id serial primary key, t text);
        create table book_tags (book_id int references books, tag_id int references tags, created_at timestamp,
        primary key (book_id, tag_id));"""
    document = document_of(sql)
    assert [item.name for item in document.entities] == ["Book", "Tag"]
    assert document.entity("Book").attribute("tag_ids").target == "Tag"
    assert lost(sql) == []


@pytest.mark.parametrize(
    "extra",
    ["position int,", "joined_at timestamptz default now(),", "unique (book_id),", "check (book_id <> tag_id),"],
)
def test_tables_that_say_more_than_a_link_stay_entities(extra: str) -> None:
    sql = f"""create table books (id serial primary key, t text); create table tags (id serial primary key, t text);
        create table book_tags (book_id int not null references books, tag_id int not null references tags, {extra}
        primary key (book_id, tag_id));"""
    found = document_of(sql).entity("BookTag")
    assert ("book_id", "tag_id") in found.unique_together


def test_two_relations_of_the_same_two_have_names_of_their_own() -> None:
    sql = """create table books (id serial primary key, t text); create table people (id serial primary key, t text);
        create table book_authors (book_id int references books, person_id int references people,
        primary key (book_id, person_id));
        create table editors_of_books (person_id int references people, book_id int references books,
        primary key (person_id, book_id));"""
    book = document_of(sql).entity("Book")
    names = [item.name for item in book.attributes if item.target == "Person"]
    assert len(names) == len(set(names)) == 2


def test_links_of_accounts_are_kept_at_the_other_side() -> None:
    sql = """create table users (id serial primary key, email text, password_hash text);
        create table roles (id serial primary key, name text);
        create table user_roles (user_id int references users, role_id int references roles,
        primary key (user_id, role_id));"""
    document = document_of(sql)
    assert [item.name for item in document.entity("User").attributes] == ["email", "password"]
    assert document.entity("Role").attribute("user_ids").target == "User"


def test_references_to_themselves_and_in_circles() -> None:
    sql = """create table a (id serial primary key, parent int not null references a, b_id int not null);
        create table b (id serial primary key, a_id int not null references a);
        alter table a add constraint x foreign key (b_id) references b (id);"""
    document = document_of(sql)
    required = {item.name: item.required for entity in document.entities for item in entity.attributes}
    assert required["parent_id"] is False
    assert not (required["b_id"] and required["a_id"])


def test_references_to_tables_that_are_not_there_declare_an_entity() -> None:
    sql = """create table books (id serial primary key, x int references items (id), y int references shelf (id));
        create table order_items (id serial primary key, n int); create table shelves (id serial primary key, n int);"""
    document = document_of(sql)
    assert [item.target for item in document.entity("Book").attributes] == ["Item", "Shelf"]
    assert "Item is kept as an entity" in [item.text for item in document.assumptions]
    assert sorted(item.name for item in document.entities) == ["Book", "Item", "OrderItem", "Shelf"]


def test_references_by_several_columns_are_one() -> None:
    sql = """create table orders (id serial primary key);
        create table lines (order_id int references orders, no int, primary key (order_id, no));
        create table notes (id serial primary key, order_id int not null, no int not null, t text,
        foreign key (order_id, no) references lines (order_id, no) on delete cascade, unique (order_id, no));"""
    note = document_of(sql).entity("Note")
    assert [item.name for item in note.attributes] == ["line_id", "t"]
    assert (note.attribute("line_id").required, note.attribute("line_id").unique) == (True, True)
    assert note.attribute("line_id").on_delete == "cascade"


def test_uniqueness() -> None:
    sql = """create table t (id serial primary key, a int unique, b int, c int, email text, d int, e int,
        deleted_at timestamp, unique (b, c), unique (d, deleted_at));
        create unique index on t (lower(email)); create unique index x on t using btree (e) where deleted_at is null;"""
    found = entity(sql, "T")
    unique = [item.name for item in found.attributes if item.unique]
    assert (unique, found.unique_together) == (["a", "email", "d", "e"], (("b", "c"),))
    assert found.soft_delete
    assert lost(sql) == []


@pytest.mark.parametrize(
    "index", ["(a) where b > 0", "(a, coalesce(b, 0))", "(lower(c))", "(a) where b is not null", "(nothing)"]
)
def test_uniqueness_of_less_is_said(index: str) -> None:
    sql = f"create table t (id serial primary key, a int, b int, c text); create unique index x on t {index};"
    assert len(lost(sql)) == 1


def test_soft_deletion_and_versions() -> None:
    found = entity("create table t (a text, is_deleted boolean default false, lock_version int default 0);", "T")
    assert (found.soft_delete, found.versioned) == (True, True)
    other = entity("create table t (a text, deleted boolean, version varchar(9));", "T")
    assert (other.soft_delete, other.versioned) == (True, False)
    assert other.attribute("t_version").max_length == 9


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("email text, password_hash text", ["email", "password"]),
        ('"userEmail" text, pwd char(60), salt text', ["email", "password"]),
        ("username text, encrypted_password text, is_admin boolean default false", ["username", "password", "role"]),
        ("login_name text, passwd text, role varchar(9) default 'x'", ["login", "password", "role"]),
    ],
)
def test_accounts(columns: str, expected: list[str]) -> None:
    found = entity(f"create table members (id serial primary key, {columns});", "Member")
    assert [item.name for item in found.attributes] == expected
    assert found.account is not None
    assert found.attribute(expected[0]).unique


def test_a_password_without_a_name_makes_no_account() -> None:
    document = document_of("create table networks (id serial primary key, ssid text, password text);")
    assert document.account_entity is None


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("tbl_books", "Book"), ("public.books", "Book"), ('"OrderItems"', "OrderItem"), ("ORDER_ITEMS", "OrderItem"),
        ('"order items"', "OrderItem"), ("people", "Person"), ("`tbBooks`", "Book"),
    ],
)  # fmt: skip
def test_entities_are_called_after_tables(table: str, name: str) -> None:
    found = document_of(f"create table {table} (id serial primary key, x int);").entities
    assert [item.name for item in found] == [name]


def test_tables_of_one_name_in_two_schemas_stay_apart() -> None:
    sql = """create table a.items (id serial primary key, x int); create table b.items (id serial primary key, y int);
        create table c (id serial primary key, item_id int references b.items);"""
    document = document_of(sql)
    assert [item.name for item in document.entities] == ["AItem", "BItem", "C"]
    assert document.entity("C").attribute("item_id").target == "BItem"
