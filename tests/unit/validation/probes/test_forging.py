"""Tokens that are made up: none of them is the one that they are made from, and expired ones are rightly signed."""

import jwt
import pytest
from jwt.types import Options

from devmatrix.validation.probes.forging import damaged, forged, outdated, read_token, signed_by_others, write_token

KEY = "a-key-that-is-long-enough-for-everybody"
CLAIMS: dict[str, object] = {"sub": "17", "iat": 1_800_000_000, "exp": 4_000_000_000}
UNCHECKED: Options = {"verify_exp": False, "verify_iat": False, "verify_sub": False}
TEXT = jwt.encode(CLAIMS, KEY, "HS256")


def test_a_token_is_taken_apart_and_put_together_again() -> None:
    token = read_token(TEXT)
    assert token is not None
    assert token.claims == CLAIMS
    again = write_token(token.header, token.claims, KEY)
    assert jwt.decode(again, KEY, algorithms=["HS256"], options={"verify_iat": False}) == CLAIMS


def test_no_forgery_is_valid() -> None:
    token = read_token(TEXT)
    assert token is not None
    made = [*(text for _, text in forged(TEXT, token)), *signed_by_others(TEXT)]
    assert len(made) > 10
    for text in made:
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(text, KEY, algorithms=["HS256"], options={"verify_iat": False})


def test_what_is_outdated_is_rightly_signed() -> None:
    token = read_token(TEXT)
    assert token is not None
    made = dict(outdated(token, KEY))
    for text in made.values():
        unchecked = jwt.decode_complete(text, KEY, algorithms=["HS256"], options=UNCHECKED)
        assert unchecked["header"]["alg"] == "HS256"
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(made["an expired token"], KEY, algorithms=["HS256"])


@pytest.mark.parametrize("text", ["k", "key-of-tests-1", "ABC", "a.b.c", "123"])
def test_other_credentials_are_damaged(text: str) -> None:
    assert read_token(text) is None
    made = [*(other for _, other in damaged(text)), *signed_by_others(text)]
    assert made
    assert text not in made
