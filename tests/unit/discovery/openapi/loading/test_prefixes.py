"""What stands before a credential, from the descriptions of security schemes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devmatrix.discovery.openapi.loading.prefixes import prefix_in


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ('Token-based authentication with required prefix "Token"', "Token "),
        ("prefix: Token", "Token "),
        ("Prefix: `Api-Key`", "Api-Key "),
        ("The value must be prefixed with `Api-Key `", "Api-Key "),
        ("The value must be prefixed with Api-Key.", "Api-Key "),
        ("The key, prefixed by the word “Apikey”.", "Apikey "),
        ("Prefix your token with 'Token', such as 'Token 123'", "Token "),
        ("Prefix the JWT with Bearer.", "Bearer "),
        ("Must start with `Key ` followed by the key", "Key "),
        ("Begins with JWT, then the token", "JWT "),
        ("Use the `Token` prefix", "Token "),
        ('A token. Put "JWT" in front of it.', "JWT "),
        ("Authorization: Token abc", "Token "),
        ("Send the header `Authorization: token abc`", "token "),
        ("Example: 'Authorization: Api-Key 7a6b'", "Api-Key "),
        ("Authorization: <Prefix> <token>", ""),
        ("curl -H 'Authorization: Apikey {key}'", "Apikey "),
        ('Use `{"Authorization": "JWT eyJhbGciOi..."}`', "JWT "),
        ("Token <your token>", "Token "),
        ("The header holds:\n\n    Token xxxxxx.yyyyyyy.zzzzzz\n", "Token "),
        ("Token jwt.token.here", "Token "),
        ("Enter **Bearer YOUR_TOKEN**", "Bearer "),
        ("'Bearer token'", "Bearer "),
        ("Bearer token", "Bearer "),
        ("A valid JWT token, made by /login. In the 'Authorization' header:\n\n    Token xxx.yyy.zzz", "Token "),
        ("API key", ""),
        ("Your API key, from the settings page.", ""),
        ("A JWT token must be sent.", ""),
        ("Keys have the prefix `sk_live_`.", ""),
        ("The prefix of the key says which account it is for.", ""),
        ("Session token of the browser", ""),
        ("Format: API_KEY", ""),
        ("", ""),
    ],
)
def test_the_prefix_is_read(text: str, prefix: str) -> None:
    assert prefix_in(text) == prefix


@given(st.text(alphabet="Authorizatn: TokenBearprfixwh\"'`<>{}.\n", max_size=200))
def test_a_prefix_is_one_word_of_the_text(text: str) -> None:
    found = prefix_in(text)
    assert found == "" or (found.endswith(" ") and " " not in found[:-1] and found[:-1] in text)
