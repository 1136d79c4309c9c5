"""What of the sources was not understood, by source and line."""

from devmatrix.discovery.document import DiscoveryDocument, Span, Statement
from devmatrix.errors import RequestError

_SHOWN = 20
_QUOTED = 120


def place_of(span: Span) -> str:
    """Where it stands: `spec.yaml:12 /paths/~1x`; empty for text that was given as such."""
    where = span.source if span.line is None or not span.source else f"{span.source}:{span.line}"
    return " ".join(part for part in (where, span.pointer) if part)


def lost_by_source(document: DiscoveryDocument) -> dict[str, tuple[Statement, ...]]:
    """Name of the source ("" for the text itself) -> what was not understood of it, in the order of the sources."""
    found: dict[str, list[Statement]] = {}
    for statement in document.statements:
        if not statement.understood:
            found.setdefault(statement.span.source, []).append(statement)
    return {name: tuple(statements) for name, statements in found.items()}


def reason(statement: Statement) -> str:
    """Why it was not understood, without saying that it was not."""
    return statement.became.removeprefix("not understood: ")


def require_all_understood(document: DiscoveryDocument) -> None:
    """Raise RequestError that lists what was not understood, where there is any."""
    lost = [statement for statement in document.statements if not statement.understood]
    if not lost:
        return
    lines = []
    for statement in lost[:_SHOWN]:
        quoted = " ".join(statement.span.text.split())
        quoted = quoted if len(quoted) <= _QUOTED else f"{quoted[:_QUOTED]}…"
        where = place_of(statement.span)
        lines.append(f"{where + ' ' if where else ''}{quoted!r}: {reason(statement)}")
    more = [f"… and {len(lost) - _SHOWN:,} more"] if len(lost) > _SHOWN else []
    head = f"{len(lost):,} of {len(document.statements):,} parts of the request were not understood"
    raise RequestError(
        "\n  ".join([f"{head}:", *lines, *more]), mend="rewrite or remove them, or go on without --strict"
    )
