"""Where the operations are served, from `servers`; and how callers show who they are, from `securitySchemes`."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from devmatrix.discovery.interface import Scheme
from devmatrix.discovery.openapi.loading.files import At, Files

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_WORD_BEFORE = re.compile(
    r"""(?:^|[\s"'`:=(])([A-Z][A-Za-z]{1,20})[ ]+"""
    r"(?:[<{\[]?(?:[a-z_.-]*(?:token|key|jwt)[a-z_.-]*|xxx+|\.\.\.|eyJ\S*)[>}\]]?)"
)
"""A word before something that stands for a credential: "Token jwt.token.here"."""


def base_path(at: At) -> str | None:
    """The path of the first server, without / at the end; none where no server is given."""
    listed = at.get("servers")
    servers = list(listed.each()) if listed else []
    if not servers:
        return None
    server = servers[0]
    variables = server.get("variables")

    def value(found: re.Match[str]) -> str:
        chosen = variables.get(found[1]) if variables else None
        given = chosen.mapping.get("default", "") if chosen else ""
        return str(given)

    url = _VARIABLE.sub(value, server.text_of("url", "/"))
    path = urlsplit(url).path if "://" in url or url.startswith("//") else url
    path = "/" + path.split("?")[0].strip("/")
    if re.search(r"[\s\\{}#\x00-\x1f]", path) or any(part in (".", "..") for part in path.split("/")):
        raise server.fail(f"{url[:80]!r} has no path that can be served")
    return path.rstrip("/")


def schemes(root: At, files: Files, note: Callable[[At, str], None]) -> tuple[Scheme, ...]:
    """The security schemes that can be served."""
    components = root.get("components")
    listed = components.get("securitySchemes") if components else None
    found = []
    for name, one in listed.items() if listed else ():
        scheme = _scheme(name, files.follow(one))
        if scheme is None:
            note(one, f"the security scheme {name} is not served")
        else:
            found.append(scheme)
    return tuple(found)


def _scheme(name: str, at: At) -> Scheme | None:
    match at.text_of("type"), at.text_of("scheme").lower():
        case "http", "basic":
            return Scheme(name=name, kind="basic", prefix="Basic ")
        case "http", "bearer":
            return Scheme(name=name, kind="token", prefix="Bearer ")
        case (("oauth2" | "openIdConnect"), _):
            return Scheme(name=name, kind="token", prefix="Bearer ")
        case "apiKey", _:
            place, parameter = at.text_of("in", "header"), at.text_of("name", "Authorization")
            if place not in ("header", "query", "cookie"):
                raise at.fail(f"an API key stands in a header, query or cookie, not in {place[:40]!r}")
            word = _WORD_BEFORE.search(at.text_of("description")) if place == "header" else None
            prefix = f"{word[1]} " if word else ""
            is_token = parameter.lower() == "authorization" and bool(prefix)
            return Scheme(
                name=name,
                kind="token" if is_token else "key",
                place=place,
                parameter=parameter,
                prefix=prefix,
            )
        case _:
            return None
