"""Stored and sent markup: no browser may take it for the service's own."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from devmatrix.validation.probes.exchanges import Request
from devmatrix.validation.probes.injection import SCRIPT
from devmatrix.validation.probes.probe import PROJECT, Probe, Subject
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_RUN_BY_BROWSERS = ("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "")


class Markup(Probe):
    """All answers that were heard: a script that was sent stands unescaped in none that browsers run."""

    rule = "probe.markup"
    nothing = "there is always something to ask"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project."""
        return [PROJECT]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Send a script in paths and queries; the probes before have stored it."""
        text = quote(SCRIPT, safe="")
        targets = [f"/{text}", *(f"{item.path.partition('{')[0]}{text}" for item in world.document.operations)]
        targets += [f"{item.path}?{text}={text}" for item in world.document.operations if "{" not in item.path]
        for target in dict.fromkeys(targets):
            world.ask(Request("GET", target))
        for exchange in world.journal.exchanges:
            if SCRIPT.encode() in exchange.answered and exchange.media_type in _RUN_BY_BROWSERS:
                where = f"{exchange.method} {exchange.target[:200]}"
                kind = exchange.media_type or "no media type"
                operation = world.situations.operation_at(exchange.method, exchange.target)
                yield Found(operation.id if operation else subject, f"{where} answers a script unescaped, as {kind}")
                return


class Sniffing(Probe):
    """All answers with a JSON body say that they are JSON."""

    rule = "probe.media-type"
    nothing = "nothing was answered"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project."""
        return [PROJECT] if world.journal.exchanges else []

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Look at what was answered: what starts as an object and is called HTML is run by browsers."""
        for exchange in world.journal.exchanges:
            looks = exchange.answered[:1] in (b"{", b"[")
            if looks and exchange.media_type in _RUN_BY_BROWSERS:
                where = f"{exchange.method} {exchange.target[:200]} ({exchange.status})"
                yield Found(subject, f"{where} answers JSON as {exchange.media_type or 'no media type'}")
                return
