import io
import sys
from pathlib import Path

import pytest

from devmatrix.cli.request import read_request
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError


def test_text_is_taken_as_it_is() -> None:
    assert read_request("Book: title\nShelf: name") == "Book: title\nShelf: name"


@pytest.mark.parametrize("prefix", ["", "@"])
def test_a_file_is_read(tmp_path: Path, prefix: str) -> None:
    file = tmp_path / "wish.txt"
    file.write_bytes("\ufeffBücher: Titel".encode())
    assert read_request(f"{prefix}{file}") == "Bücher: Titel"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Book: title\n")))
    assert read_request("-") == "Book: title\n"


def test_text_longer_than_a_file_name_can_be_is_text() -> None:
    assert read_request("b" * 100_000) == "b" * 100_000


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
        read_request(argument)
    assert refused.value.mend


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8 text: line 1, byte 0"),
        (b"fine\nfine\n\xe9t\xe9", "not UTF-8 text: line 3"),
        (b"\0\0\0", "binary"),
        (b"", "is empty"),
        (b"x" * (MAX_BYTES + 1), "longer than"),
    ],
)
def test_a_file_that_holds_no_request_is_refused_with_the_reason(tmp_path: Path, content: bytes, what: str) -> None:
    file = tmp_path / "wish.bin"
    file.write_bytes(content)
    with pytest.raises(RequestError, match=what):
        read_request(str(file))
