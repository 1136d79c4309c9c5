import ast
import inspect
from textwrap import dedent

import pytest

from devmatrix.atoms.contract import AtomKind
from devmatrix.atoms.faces import face_of
from devmatrix.errors import ContractError


def test_a_function_keeps_decorators_signature_and_docstring_and_raises() -> None:
    source = dedent('''
        @router.get("/x")
        async def read(
            item_id: int,
        ) -> Item:
            """Read one.

            Raises NotFound.
            """
            return await find(item_id)
        ''').strip()
    face = face_of(source, AtomKind.FUNCTION)
    assert face.endswith('Raises NotFound.\n    """\n    raise NotImplementedError')
    assert face.startswith('@router.get("/x")\nasync def read(\n    item_id: int,\n) -> Item:')
    assert "find" not in face


def test_a_function_without_docstring_raises_at_once() -> None:
    assert (
        face_of("def f(a: int) -> int:\n    # why\n    return a", AtomKind.FUNCTION).splitlines()[0]
        == "def f(a: int) -> int:"
    )
    assert (
        face_of("def f() -> int:\n    return 1", AtomKind.FUNCTION) == "def f() -> int:\n    raise NotImplementedError"
    )


def test_a_class_keeps_names_types_and_whether_there_is_a_default() -> None:
    source = dedent('''
        class Thing(Base):
            """A thing."""

            __tablename__ = "things"
            __table_args__ = (Index("a"),)
            model_config = ConfigDict(strict=True)
            title: Mapped[str] = mapped_column(String(200), unique=True)
            size: int = Field(gt=0)
            note: str | None = Field(default=None, max_length=3)
            class_: str = Field(alias="class", max_length=4)
            kind: str = "x"

            def area(self) -> int:
                return self.size
        ''').strip()
    face = face_of(source, AtomKind.CLASS)
    ast.parse(face)
    assert "mapped_column" not in face
    assert "__table_args__" not in face
    assert "model_config" not in face
    assert "__tablename__ = 'things'" in face
    assert "size: int\n" in face
    assert "note: str | None = Field(default=None)" in face
    assert "class_: str = Field(alias='class')" in face
    assert "kind: str = 'x'" in face
    assert "return self.size" not in face


def test_an_enum_is_its_own_face() -> None:
    source = inspect.cleandoc("""
        class Color(StrEnum):
            RED = 'red'
        """)
    assert face_of(source, AtomKind.CLASS) == source


def test_two_definitions_are_no_symbol() -> None:
    with pytest.raises(ContractError, match="one definition"):
        face_of("a = 1\nb = 2", AtomKind.FUNCTION)


def test_a_generator_stays_one() -> None:
    face = face_of("async def f() -> AsyncIterator[int]:\n    async with g():\n        yield 1", AtomKind.FUNCTION)
    assert face.endswith("    raise NotImplementedError\n    yield")
    inner = "def f() -> Callable:\n    def g() -> Iterator[int]:\n        yield 1\n    return g"
    assert "yield" not in face_of(inner, AtomKind.FUNCTION)
