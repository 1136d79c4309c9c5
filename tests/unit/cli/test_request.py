import io
import sys
from pathlib import Path

import pytest

from devmatrix.cli.request import read_sources
from devmatrix.discovery.formats import MAX_FILE_BYTES
from devmatrix.discovery.sources import Source
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError


def read(argument: str) -> Source:
    (source,) = read_sources([argument])
    return source


def test_text_is_taken_as_it_is() -> None:
    assert read("Book: title\nShelf: name") == Source("Book: title\nShelf: name")


@pytest.mark.parametrize("prefix", ["", "@"])
def test_a_file_is_read(tmp_path: Path, prefix: str) -> None:
    file = tmp_path / "wish.txt"
    file.write_bytes("\ufeffBücher: Titel".encode())
    source = read(f"{prefix}{file}")
    assert (source.text, source.name, source.path) == ("Bücher: Titel", str(file), file)
    assert source.size == len("\ufeffBücher: Titel".encode())


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Book: title\n")))
    assert (read("-").text, read_sources(["x y"])[0].name) == ("Book: title\n", "")


def test_a_table_on_standard_input_is_read_as_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"CREATE TABLE book (id int);")))
    assert read("-").name == "standard input"


def test_several_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("Only admins may delete.")
    found = read_sources(["Book: title", str(tmp_path / "rules.md"), "and it is small"])
    assert [source.text for source in found] == ["Book: title", "Only admins may delete.", "and it is small"]


def test_standard_input_is_given_once() -> None:
    with pytest.raises(RequestError, match="once"):
        read_sources(["-", "-"])


def test_text_longer_than_a_file_name_can_be_is_text() -> None:
    assert read("b" * 100_000).text == "b" * 100_000


@pytest.mark.parametrize("text", ["Book:title", "v1.0", "Make an API from spec.yaml", "and/or", "Book: title, url"])
def test_what_is_no_path_is_text(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize("path", ["spec.yaml", "./x", "no/such/rules.MD", "~/nowhere/x", "/no/such", "wish.txt"])
def test_what_can_only_be_a_path_and_is_not_there_is_an_error(path: str) -> None:
    with pytest.raises(RequestError, match="cannot be read: no such file"):
        read(path)


def test_a_folder_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is a directory"):
        read(str(tmp_path))


@pytest.mark.parametrize(
    ("argument", "what"),
    [
        ("", "the request is empty"),
        (" \n\t", "the request is empty"),
        ("a\0b", "binary"),
        ("na\udcffme", "not UTF-8 text: character 3"),
        ("x" * (MAX_BYTES + 1), "longer than 200,000 bytes"),
        ("@no-such-file.txt", "no-such-file.txt cannot be read: no such file"),
        ("@", "cannot be read"),
    ],
)
def test_what_is_no_request_is_refused_with_the_reason(argument: str, what: str) -> None:
    with pytest.raises(RequestError, match=what) as refused:
        read(argument)
    assert refused.value.mend


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8 text: line 1, byte 0"),
        (b"fine\nfine\n\xe9t\xe9", "not UTF-8 text: line 3"),
        (b"\0\0\0", "binary"),
        (b"", "is empty"),
    ],
)
def test_a_file_that_holds_no_request_is_refused_with_the_reason(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "wish.bin"
    file.write_bytes(content)
    with pytest.raises(RequestError, match=what):
        read(str(file))


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as sparse:
        sparse.truncate(10 * MAX_FILE_BYTES)
    with pytest.raises(RequestError, match="longer than 20,000,000 bytes"):
        read(str(file))
