"""Blueprint of `views.py`: how records of an entity look in answers."""

from collections.abc import Iterable

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.discovery.interface import Source as Origin
from devmatrix.stacks.fastapi.features.text import function, with_article
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery, Shown, needs_settings
from devmatrix.stacks.fastapi.imported.records.showing import Scene, Showing
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer, broken
from devmatrix.stacks.fastapi.imported.wire.identifiers import free
from devmatrix.stacks.fastapi.source import Source, Symbol


def views_source(collection: Collection, gallery: Gallery) -> Source | None:
    """The module, if any answer shows its records."""
    shown = [each for each in gallery.all if each.view.entity == collection.entity.name]
    if not shown:
        return None
    writer = Writer(collection.records.answers)
    views = Views(collection, gallery, writer)
    symbols = tuple(symbol for each in shown for symbol in views.symbols(each))
    return Source(
        path=collection.path("views"),
        task_id=f"{collection.package}.views",
        docstring=f"How {collection.label_of_many} look in answers.",
        symbols=symbols,
        imports=tuple(writer.imports),
    )


class Views:
    """The functions that show records of one collection."""

    def __init__(self, collection: Collection, gallery: Gallery, writer: Writer) -> None:
        self._collection = collection
        self._gallery = gallery
        self._writer = writer
        self._showing = Showing(gallery, writer, collection)
        self._singles = gallery.singles

    def symbols(self, shown: Shown) -> Iterable[Symbol]:
        """For many records by row, and for one where that is asked for."""
        yield self._each(shown)
        if shown.name in self._singles:
            yield self._one(shown)

    def _parameters(self, shown: Shown, first: str) -> list[str]:
        writer = self._writer
        found = [f"session: {writer.use('AsyncSession')}", first]
        account = self._gallery.records.account
        if self._gallery.needs(shown, Origin.LINKED) and account is not None:
            found.append(f"caller: {self._showing.model(account)} | None")
        if needs_settings(self._gallery, shown):
            found.append(f"settings: {writer.use('Settings')}")
        if self._gallery.needs(shown, Origin.ADDRESS):
            found.append("base_url: str")
        return found

    def _type(self, shown: Shown) -> str:
        if shown.class_import:
            self._writer.imports[shown.class_import] = None
        else:
            self._writer.use("Any")
        return shown.type

    def _each(self, shown: Shown) -> Symbol:
        collection, writer = self._collection, self._writer
        record = free(collection.variable, RESERVED)
        several = free(f"{record}_list" if collection.package == record else collection.package, {*RESERVED, record})
        model = self._showing.model(collection)
        scene = Scene(several, record, collection, "caller", taken={record, several, *self._gallery.records.modules})
        built = self._showing.build(shown.view.members, shown.shape, scene)
        # A tree ends where there is nothing more.
        body = [f"if not {several}:", "    return {}"] if self._gallery.is_recursive(shown) else []
        body += [piece for line in scene.lines for piece in broken(line)]
        body += broken(f"return {{{record}.row_id: {built} for {record} in {several}}}")
        sequence = f"{several}: {writer.use('Sequence')}[{model}]"
        head = (
            f"async def {shown.each}({', '.join(self._parameters(shown, sequence))}) -> dict[int, {self._type(shown)}]"
        )
        source = function(head, f"{collection.label_of_many.capitalize()} as `{shown.view.name}`, by row.", body)
        is_long = len(body) > MAX_BODY_LINES
        return Symbol(shown.each, source, AtomKind.TABLE if is_long else AtomKind.FUNCTION)

    def _one(self, shown: Shown) -> Symbol:
        record = free(self._collection.variable, RESERVED)
        model = self._showing.model(self._collection)
        parameters = self._parameters(shown, f"{record}: {model}")
        arguments = ["session", f"[{record}]", *(each.partition(":")[0] for each in parameters[2:])]
        body = [f"views = await {shown.each}({', '.join(arguments)})", f"return views[{record}.row_id]"]
        head = f"async def {shown.one}({', '.join(parameters)}) -> {self._type(shown)}"
        return Symbol(
            shown.one,
            function(head, f"{with_article(self._collection.label).capitalize()} as `{shown.view.name}`.", body),
        )
