"""From sources to a DiscoveryDocument, without a model: each is read in its format, into one draft."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from devmatrix.discovery.answers import require_answers
from devmatrix.discovery.clashes import break_cycles, settle_names
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import DiscoveryDocument, Question, SourceFile, Span, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.formats import FORMATS, format_of, require_size
from devmatrix.discovery.naming import enumerate_words
from devmatrix.discovery.passages import Passage
from devmatrix.discovery.proving import prove
from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.discovery.text import checked
from devmatrix.discovery.titles import slug_of, title_of
from devmatrix.errors import RequestError

if TYPE_CHECKING:
    from devmatrix.llm import Asks

NOTATION = """say it in English ("a REST API to track books, members and loans; a member borrows a book for 14 days"),
or in the notation, one entity a line (all of it: docs/notation.md):
    Book: title, isbn unique, published date?, copies int >= 0, shelf -> Shelf, tags -> Tag[]
    Loan: due date = today + 14, book -> Book, states open -(return)-> returned, delete by admin"""
_GAP = "\n\n"
"""Between the texts of a request."""
_PROSE = (SourceFormat.TEXT, SourceFormat.MARKDOWN)
_BASES = (SourceFormat.OPENAPI, SourceFormat.DOCUMENT)


def discover(
    request: str | Sequence[Source], *, answers: Mapping[str, str] | None = None, allow_remote: bool = False
) -> DiscoveryDocument:
    """The whole document for a request, with questions answered by their ids.

    Raises RequestError where a source cannot be read, nothing was understood, or an answer fits no question.
    `allow_remote`: references of OpenAPI documents to other hosts are fetched.
    """
    composer = _Composer(request, answers or {}, allow_remote=allow_remote)
    document = composer.document()
    require_answers(document, answers or {})
    return prove(document, amended=composer.amends)


def read(request: str | Sequence[Source], *, answers: Mapping[str, str] | None = None) -> DiscoveryDocument:
    """The document without what is derived. Raises RequestError as `discover` does, but for answers."""
    return _Composer(request, answers or {}).document()


def questions_of(
    request: Sequence[Source], *, answers: Mapping[str, str], allow_remote: bool = False
) -> tuple[Question, ...]:
    """What the sources leave open, with the answers so far. Raises RequestError as `read` does."""
    return _Composer(request, answers, allow_remote=allow_remote).document().questions


def reads_prose_only(request: str | Sequence[Source]) -> bool:
    """Whether every source is text or Markdown: what a model may read in place of the rules."""
    return _Composer(request, {}).is_prose


async def discover_with_model(
    request: str | Sequence[Source], gateway: "Asks", *, run_id: str, answers: Mapping[str, str] | None = None
) -> DiscoveryDocument:
    """The whole document for prose in any language, as a model reads it and the rules judge it.

    Raises RequestError where its answers stay unsound or an answer fits no question, BudgetReached, ModelError.
    """
    from devmatrix.discovery.modelled import read_with_model

    composer = _Composer(request, {})
    document = await read_with_model(composer.passages(), composer.request(), gateway, run_id=run_id)
    document = document.model_copy(update={"sources": composer.files()})
    require_answers(document, answers or {})
    return prove(document, amended=True)


def _known(source: Source, number: int) -> Source:
    """The source with its format, and with a name where it is read as a file."""
    kind = format_of(source)
    require_size(source, kind)
    text = checked(source.text, source.name or "the request") if kind in _PROSE else source.text
    free = kind is SourceFormat.TEXT
    return Source(text, source.name or ("" if free else f"source {number}"), source.path, kind, source.content)


class _Composer:
    """Puts sources together."""

    def __init__(
        self, request: str | Sequence[Source], answers: Mapping[str, str], *, allow_remote: bool = False
    ) -> None:
        given = [Source(request)] if isinstance(request, str) else list(request)
        self._sources = [_known(source, number) for number, source in enumerate(given, start=1)]
        self._draft = Draft(answers)
        self._allow_remote = allow_remote
        self._statements: list[Statement] = []

    @property
    def amends(self) -> bool:
        """Whether there is a document, and more than that."""
        return bool(self._of(*_BASES)) and len(self._sources) > 1

    @property
    def is_prose(self) -> bool:
        """Whether there is nothing but prose."""
        return all(source.format in _PROSE for source in self._sources)

    def files(self) -> tuple[SourceFile, ...]:
        """The files among the sources."""
        return _files(self._sources)

    def document(self) -> DiscoveryDocument:
        """What the sources say, read together."""
        if not any(source.text.strip() for source in self._sources):
            raise RequestError("the request is empty", mend=NOTATION)
        bases = self._of(*_BASES)
        if not bases:
            return self._from_scratch()
        if len(bases) > 1:
            names = ", ".join(source.name for source in bases)
            raise RequestError(f"there are several documents: {names}", mend="give one OpenAPI or DiscoveryDocument")
        base = self._base(bases[0])
        return self._amended(base, bases[0]) if self.amends else self._whole(base, bases[0], base)

    def _of(self, *kinds: SourceFormat) -> list[Source]:
        return [source for source in self._sources if source.format in kinds]

    def _from_scratch(self) -> DiscoveryDocument:
        # English takes longer to import than most documents to read.
        from devmatrix.discovery.reading import Reader

        self._read_tables()
        reader = Reader(self._draft, self.passages())
        reader.read()
        if not self._draft.entities:
            raise RequestError("nothing was understood that the API should keep", mend=NOTATION)
        document = self._frozen()
        # Pages say things of the finished API: whether they hold is seen only now.
        self._statements += reader.judged(document)
        return document.model_copy(update={"statements": self._ordered(), "questions": tuple(self._draft.questions)})

    def _base(self, source: Source) -> DiscoveryDocument:
        if source.format is SourceFormat.OPENAPI:
            from devmatrix.discovery.openapi import read_openapi

            return read_openapi(source, allow_remote=self._allow_remote)
        from devmatrix.discovery.given import read_document

        document = read_document(source)
        counted = f"{len(document.entities)} entities and {len(document.operations)} operations"
        span = Span(start=0, end=len(source.text), text=f"{document.title}: {counted}", source=source.name, line=1)
        self._statements.append(Statement(span=span, understood=True, became="taken as it is"))
        return (
            document if document.contexts else document.model_copy(update={"contexts": contexts_of(document.entities)})
        )

    def _amended(self, base: DiscoveryDocument, source: Source) -> DiscoveryDocument:
        # What only amends comes with its own imports: a plain request does not pay for them.
        from devmatrix.discovery.amending import Amendment, Keeper, amend_imported, seed
        from devmatrix.discovery.reading import Reader

        offset = len(base.request) + len(_GAP) if base.request else 0
        keeper: Keeper | None = None
        finish: Callable[[], DiscoveryDocument]
        if base.interface is None:
            finish = Amendment(base, self._draft).amended
            self._read_tables()
        else:
            seed(base, self._draft)
            keeper = Keeper(base, self._draft)
            finish = lambda: amend_imported(base, self._draft)  # noqa: E731
            self._refuse_tables(source)
        reader = Reader(self._draft, self.passages(offset), keeper)
        reader.read()
        if keeper is None:
            settle_names(self._draft)
            break_cycles(self._draft)
        document = finish()
        self._statements += reader.judged(document)
        return self._whole(base, source, document)

    def _whole(self, base: DiscoveryDocument, source: Source, document: DiscoveryDocument) -> DiscoveryDocument:
        """With what the base brought along, and what came to it."""
        self._statements += base.statements
        free = [item.text for item in self._sources if not item.name]
        request = _GAP.join([*([base.request] if base.request else []), *free]) or self._in_few_words()
        others = [file for file in base.sources if file.name != source.name]
        return document.model_copy(
            update={
                "request": request,
                "sources": (*_files(self._sources), *others),
                "statements": self._ordered(),
                "assumptions": tuple(dict.fromkeys((*base.assumptions, *self._draft.assumptions))),
                "questions": (*base.questions, *self._draft.questions),
            }
        )

    def _read_tables(self) -> None:
        from devmatrix.discovery.sql import read_sql

        for source in self._of(SourceFormat.SQL):
            self._statements += read_sql(source, self._draft)

    def _refuse_tables(self, base: Source) -> None:
        for source in self._of(SourceFormat.SQL):
            span = Span(start=0, end=len(source.text), text=source.text[:80], source=source.name, line=1)
            why = f"not understood: {base.name} decides what is kept; say limits that it does not give in words"
            self._statements.append(Statement(span=span, understood=False, became=why))

    def passages(self, offset: int = 0) -> list[Passage]:
        """What is read as prose: free text at its place in the request, files at theirs."""
        from devmatrix.discovery.markdown import is_markdown

        passages, at = [], offset
        for source in self._of(*_PROSE):
            page = source.format is SourceFormat.MARKDOWN or is_markdown(source.text)
            if source.name:
                passages.append(Passage(source.text, source.name, 0, 1, page))
            else:
                passages.append(Passage(source.text, start=at, markdown=page))
                at += len(source.text) + len(_GAP)
        return passages

    def request(self) -> str:
        """The free text; where there is none, what was given in a few words."""
        return _GAP.join(source.text for source in self._sources if not source.name) or self._in_few_words()

    def _in_few_words(self) -> str:
        return ", ".join(f"{source.name} ({FORMATS[_kind(source)]})" for source in self._sources)

    def _ordered(self) -> tuple[Statement, ...]:
        order = {source.name: number for number, source in enumerate(self._sources)}
        return tuple(sorted(self._statements, key=lambda item: (order.get(item.span.source, -1), item.span.start)))

    def _frozen(self) -> DiscoveryDocument:
        from devmatrix.discovery.freeze import Freezer
        from devmatrix.discovery.operations import Endpoints

        draft = self._draft
        settle_names(draft)
        break_cycles(draft)
        entities = Freezer(draft).entities()
        operations = Endpoints(draft, entities).all()
        if draft.renamed:
            draft.assume(
                f"Properties are in snake_case: {enumerate_words(draft.renamed)}", "one style throughout the API"
            )
        title = draft.title or title_of(draft)
        return DiscoveryDocument(
            title=title,
            slug=slug_of(title),
            request=self.request(),
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
