"""Where the operations are served, from `servers`; and how callers show who they are, from `securitySchemes`."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from devmatrix.discovery.interface import Scheme
from devmatrix.discovery.openapi.loading.files import At, Files
from devmatrix.discovery.openapi.loading.prefixes import prefix_in, prefix_of_header

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_CHALLENGES = ("digest", "negotiate", "ntlm", "mutual", "hoba", "vapid", "dpop", "gnap")
"""HTTP schemes that are more than a text behind the name of the scheme."""


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
    info = root.get("info")
    general = info.text_of("description") if info else ""
    found = []
    for name, one in listed.items() if listed else ():
        scheme = _scheme(name, files.follow(one), general)
        if scheme is None:
            note(one, f"the security scheme {name} is not served")
        else:
            found.append(scheme)
    return tuple(found)


def _scheme(name: str, at: At, general: str) -> Scheme | None:
    match at.text_of("type"), at.text_of("scheme").lower():
        case "http", "basic":
            return Scheme(name=name, kind="basic", prefix="Basic ")
        case "http", "bearer":
            return Scheme(name=name, kind="token", prefix="Bearer ")
        case "http", word if re.fullmatch(r"[a-z][a-z0-9-]*", word) and not word.startswith(("scram-", *_CHALLENGES)):
            return Scheme(name=name, kind="token", prefix=f"{at.text_of('scheme')} ")
        case (("oauth2" | "openIdConnect"), _):
            return Scheme(name=name, kind="token", prefix="Bearer ")
        case "apiKey", _:
            place, parameter = at.text_of("in", "header"), at.text_of("name", "Authorization")
            if place not in ("header", "query", "cookie"):
                raise at.fail(f"an API key stands in a header, query or cookie, not in {place[:40]!r}")
            prefix = prefix_in(at.text_of("description")) if place == "header" else ""
            if parameter.lower() == "authorization" and place == "header":
                prefix = prefix or prefix_of_header(general)
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
