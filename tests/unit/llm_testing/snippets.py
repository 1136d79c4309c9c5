"""Python code as authors write it, for the property tests of defects: composed of parts, all of which parse."""

from hypothesis import strategies as st

STATEMENTS = (
    "total = len(rows) + 1",
    "if count < 10:\n        raise ValueError(f'too few: {count!r}')",
    "if not rows:\n        return None",
    "raise NotFound('nothing here: {id}')",
    "await session.commit()",
    "row = await session.get(Row, key)",
    "rows = (await session.scalars(select(Row).where(Row.name == name).limit(20))).all()",
    "session.execute(text(\"SELECT * FROM rows WHERE name = :name AND note <> ':no'\"), {'name': name})",
    "response.status_code = 204",
    "response.status_code = status.HTTP_404_NOT_FOUND",
    "for index in range(1, 5):\n        total += index",
    "name = 'späte Grüße' if total >= 3 else '…'",
    "try:\n        await work()\n    except KeyError as error:\n        raise Conflict('taken') from error",
    "return {'a': [1, 2, (3,)], \"b\": total}",
    "pass",
    "async with open_session() as other:\n        await other.flush()",
    "text_of = lambda value: f'{value:>10}'",
    "assert 200 <= response.status_code < 300, response.text",
)
DOCSTRINGS = ("", '    """One line."""\n', '    """More.\n\n    Raises NotFound: 404.\n    """\n')
DECORATORS = ("", "@router.get('/rows', status_code=200)\n", "@pytest.fixture\n")


@st.composite
def functions(draw: st.DrawFn) -> str:
    """A function with a docstring or none, and one to five statements."""
    kind = draw(st.sampled_from(("def", "async def")))
    name = draw(st.sampled_from(("get_row", "list_rows", "_quiet", "x", "create", "Über")))
    statements = draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=5))
    if kind == "def":
        statements = [line for line in statements if "await" not in line and "async" not in line] or ["pass"]
    body = "".join(f"    {statement}\n" for statement in statements)
    head = f"{draw(st.sampled_from(DECORATORS))}{kind} {name}(session: Session, name: str = 'x') -> object:\n"
    return head + draw(st.sampled_from(DOCSTRINGS)) + body


@st.composite
def classes(draw: st.DrawFn) -> str:
    """A class with fields, some with methods."""
    fields = "".join(f"    field_{number}: int = {number}\n" for number in range(draw(st.integers(1, 4))))
    methods = draw(st.lists(functions().filter(lambda code: not code.startswith("@")), max_size=2))
    indented = "".join("\n" + "".join(f"    {line}\n" for line in method.splitlines()) for method in methods)
    return f"class Row(Base):\n{fields}{indented}"


@st.composite
def modules(draw: st.DrawFn) -> str:
    """Imports and a few definitions, with whatever ends of lines."""
    parts = draw(st.lists(functions() | classes(), min_size=1, max_size=3))
    imports = draw(st.sampled_from(("", "from __future__ import annotations\n\n", '"""About."""\n\nimport os\n\n')))
    code = imports + "\n\n".join(parts)
    return draw(st.sampled_from((code, code.rstrip("\n"), code.replace("\n", "\r\n"))))
