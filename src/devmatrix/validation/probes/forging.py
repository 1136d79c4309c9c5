"""Tokens that must not let anybody in, made from one that does. Knows JSON Web Tokens; others are only damaged."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

_GUESSES = ("", "secret", "changeme", "another-key-of-32-characters-long")


@dataclass(frozen=True)
class Token:
    """A JSON Web Token, taken apart."""

    header: dict[str, object]
    claims: dict[str, object]
    signature: bytes


def read_token(text: str) -> Token | None:
    """The token; None where it is of another kind."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
        signature = _decoded(parts[2])
    except ValueError:
        return None
    return Token(header, claims, signature) if isinstance(header, dict) and isinstance(claims, dict) else None


def write_token(header: dict[str, object], claims: dict[str, object], key: str | bytes) -> str:
    """Signed with HS256; bytes: the signature itself."""
    text = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
    signature = key if isinstance(key, bytes) else hmac.digest(key.encode(), text.encode(), hashlib.sha256)
    return f"{text}.{_encoded(signature)}"


def damaged(text: str) -> Iterator[tuple[str, str]]:
    """(what it is, the credential): of any kind."""
    yield "a credential with one character more", f"{text}x"
    yield "a credential that was cut", text[: len(text) // 2]
    if text.swapcase() != text:
        yield "a credential with letters of the other case", text.swapcase()


def signed_by_others(text: str) -> Iterator[str]:
    """A credential of the same kind that the service never gave to anybody."""
    token = read_token(text)
    yield damaged_beginning(text) if token is None else write_token(token.header, token.claims, _GUESSES[-1])


def damaged_beginning(text: str) -> str:
    """The credential with another first character."""
    return ("b" if text[:1] == "a" else "a") + text[1:]


def forged(text: str, token: Token) -> Iterator[tuple[str, str]]:
    """Tokens without a valid signature."""
    for spelling in ("none", "None", "NONE"):
        yield (
            f"a token without signature (alg {spelling})",
            write_token({**token.header, "alg": spelling}, token.claims, b""),
        )
    for guess in _GUESSES:
        yield f"a token signed with the key {guess!r}", write_token(token.header, token.claims, guess)
    longer = {**token.claims, "exp": int(time.time()) + 10**8}
    yield "a token with claims that were changed", write_token(token.header, longer, token.signature)
    yield (
        "a token with alg HS512 and the old signature",
        write_token({**token.header, "alg": "HS512"}, token.claims, token.signature),
    )
    yield "a token whose signature was cut", write_token(token.header, token.claims, token.signature[:-1])
    yield "a token without its signature", text.rpartition(".")[0] + "."
    yield from damaged(text)


def outdated(token: Token, key: str) -> Iterator[tuple[str, str]]:
    """Tokens that are rightly signed, and yet not valid."""
    now = int(time.time())
    past: dict[str, object] = {**token.claims, "exp": now - 3600}
    if "iat" in token.claims:
        past["iat"] = now - 7200
    yield "an expired token", write_token(token.header, past, key)
    for claim in ("exp", "sub"):
        if claim in token.claims:
            rest = {name: value for name, value in token.claims.items() if name != claim}
            yield f"a token without {claim}", write_token(token.header, rest, key)
    for sub in ("00000000-0000-4000-8000-000000000000", "-1", "' OR 1=1 --", ""):
        yield f"a token for {sub!r}", write_token(token.header, {**token.claims, "sub": sub}, key)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
