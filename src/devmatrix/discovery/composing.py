"""From sources to a DiscoveryDocument, without a model: each is read in its format, into one draft."""

from collections.abc import Mapping, Sequence

from devmatrix.discovery.answers import require_answers
from devmatrix.discovery.clashes import break_cycles, settle_names
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import Assumption, DiscoveryDocument, SourceFile, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.formats import FORMATS, format_of, require_size
from devmatrix.discovery.freeze import Freezer
from devmatrix.discovery.markdown import is_markdown
from devmatrix.discovery.naming import enumerate_words, human
from devmatrix.discovery.operations import Endpoints
from devmatrix.discovery.passages import Passage
from devmatrix.discovery.reading import Reader
from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.discovery.text import checked
from devmatrix.errors import RequestError

NOTATION = """say it in English ("a REST API to track books, members and loans; a member borrows a book for 14 days"),
or in the notation, one entity a line (all of it: docs/notation.md):
    Book: title, isbn unique, published date?, copies int >= 0, shelf -> Shelf, tags -> Tag[]
    Loan: due date = today + 14, book -> Book, states open -(return)-> returned, delete by admin"""
_GAP = "\n\n"
"""Between the texts of a request."""


def discover(request: str | Sequence[Source], *, answers: Mapping[str, str] | None = None) -> DiscoveryDocument:
    """The whole document for a request, with questions answered by their ids.

    Raises RequestError where a source cannot be read, nothing was understood, or an answer fits no question.
    """
    document = read(request, answers=answers)
    require_answers(document, answers or {})
    return prove(document)


def prove(document: DiscoveryDocument) -> DiscoveryDocument:
    """The document with the actors and requirements that follow from it."""
    from devmatrix.discovery.proofs.derive import derive

    derived = derive(document)
    # What no scenario could be made up for is built and not proven: that must be seen.
    unproven = tuple(
        Assumption(text=f"Not proven: {omission}", why="no scenario for it could be made up")
        for omission in derived.omissions
    )
    return document.model_copy(
        update={
            "actors": derived.actors,
            "requirements": derived.requirements,
            "assumptions": (*document.assumptions, *unproven),
        }
    )


def read(request: str | Sequence[Source], *, answers: Mapping[str, str] | None = None) -> DiscoveryDocument:
    """The document without actors and requirements. Raises RequestError as `discover` does, but for answers."""
    given = [Source(request)] if isinstance(request, str) else list(request)
    known = [_known(source, number) for number, source in enumerate(given, start=1)]
    return _Composer(known, answers or {}).document()


def _known(source: Source, number: int) -> Source:
    """The source with its format, and with a name where it is read as a file."""
    kind = format_of(source)
    require_size(source, kind)
    text = (
        checked(source.text, source.name or "the request")
        if kind in (SourceFormat.TEXT, SourceFormat.MARKDOWN)
        else source.text
    )
    free = kind is SourceFormat.TEXT
    return Source(text, source.name or ("" if free else f"source {number}"), source.path, kind, source.content)


class _Composer:
    """Puts sources together."""

    def __init__(self, sources: Sequence[Source], answers: Mapping[str, str]) -> None:
        self._sources = sources
        self._draft = Draft(answers)
        self._statements: list[Statement] = []

    def document(self) -> DiscoveryDocument:
        if not any(source.text.strip() for source in self._sources):
            raise RequestError("the request is empty", mend=NOTATION)
        self._read_tables()
        self._reader = Reader(self._draft, self._passages())
        self._reader.read()
        if not self._draft.entities:
            raise RequestError("nothing was understood that the API should keep", mend=NOTATION)
        return self._judged(self._frozen())

    def _judged(self, document: DiscoveryDocument) -> DiscoveryDocument:
        """With statements on what pages say of the finished API."""
        self._statements += self._reader.judged(document)
        return document.model_copy(update={"statements": self._ordered(), "questions": tuple(self._draft.questions)})

    def _of(self, *kinds: SourceFormat) -> list[Source]:
        return [source for source in self._sources if source.format in kinds]

    def _read_tables(self) -> None:
        from devmatrix.discovery.sql import read_sql

        for source in self._of(SourceFormat.SQL):
            self._statements += read_sql(source, self._draft)

    def _passages(self) -> list[Passage]:
        """What is read as prose: free text at its place in the request, files at theirs."""
        passages, at = [], 0
        for source in self._of(SourceFormat.TEXT, SourceFormat.MARKDOWN):
            page = source.format is SourceFormat.MARKDOWN or is_markdown(source.text)
            if source.name:
                passages.append(Passage(source.text, source.name, 0, 1, page))
            else:
                passages.append(Passage(source.text, start=at, markdown=page))
                at += len(source.text) + len(_GAP)
        return passages

    def _request(self) -> str:
        free = [source.text for source in self._sources if not source.name]
        return _GAP.join(free) or ", ".join(f"{source.name} ({FORMATS[_kind(source)]})" for source in self._sources)

    def _ordered(self) -> tuple[Statement, ...]:
        order = {source.name: number for number, source in enumerate(self._sources)}
        return tuple(sorted(self._statements, key=lambda item: (order[item.span.source], item.span.start)))

    def _frozen(self) -> DiscoveryDocument:
        draft = self._draft
        settle_names(draft)
        break_cycles(draft)
        entities = Freezer(draft).entities()
        operations = Endpoints(draft, entities).all()
        if draft.renamed:
            draft.assume(
                f"Properties are in snake_case: {enumerate_words(draft.renamed)}", "one style throughout the API"
            )
        title = draft.title or _title(draft)
        return DiscoveryDocument(
            title=title,
            slug=_slug(title),
            request=self._request(),
            sources=_files(self._sources),
            contexts=contexts_of(entities),
            entities=entities,
            operations=operations,
            assumptions=tuple(draft.assumptions),
            questions=tuple(draft.questions),
        )


def _kind(source: Source) -> SourceFormat:
    return source.format or format_of(source)


def _files(sources: Sequence[Source]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(name=source.name, format=_kind(source), sha256=source.sha256, size=source.size)
        for source in sources
        if source.name
    )


def _title(draft: Draft) -> str:
    names = [human(entity.plural) for entity in draft.entities.values() if not entity.account]
    names = names or [human(entity.plural) for entity in draft.entities.values()]
    text = enumerate_words(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and more"
    return text[0].upper() + text[1:]


def _slug(title: str) -> str:
    from devmatrix.discovery.naming import split_words

    slug = "-".join(split_words(title))[:60].strip("-")
    return slug if slug[:1].isalpha() else f"api-{slug}".strip("-")
