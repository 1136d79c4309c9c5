"""The last lines of a route: what it answers."""

from typing import TYPE_CHECKING

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Paging, Value
from devmatrix.discovery.interface import Source as Origin
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.collection import selects
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery, answer_shape, item_shape, property_shape
from devmatrix.stacks.fastapi.imported.records.showing import OF_PAGE, Scene, Showing
from devmatrix.stacks.fastapi.imported.wire.contents import reply_content, success_reply

if TYPE_CHECKING:
    from devmatrix.stacks.fastapi.imported.records.effects import Route

_OF_REQUEST = (Origin.NEXT_LINK, Origin.PREVIOUS_LINK, Origin.ADDRESS)
_OF_SETTINGS = (Origin.TOKEN, Origin.REFRESH_TOKEN, Origin.EXPIRES)


class Answers:
    """Writes the answer of one route."""

    def __init__(self, route: "Route", gallery: Gallery) -> None:
        self._route = route
        self._gallery = gallery
        self._records = route.records
        self._showing = Showing(gallery, route.writer)
        self._shape = answer_shape(self._records, route.served.operation.id)

    @property
    def _answer(self) -> Value | None:
        return self._route.served.effect.answer

    def settings(self) -> str:
        """Source of the settings."""
        return "request.app.state.settings"

    def give(self, scene: Scene) -> None:
        """Write the lines that answer."""
        answer = self.prepare(scene)
        if answer:
            self._route.lines.append(f"return {answer}")

    def prepare(self, scene: Scene) -> str:
        """Source of the answer, whose needs the route's lines have loaded; empty where there is none."""
        route = self._route
        if route.plan.answer.text == "None":
            return ""
        if self._answer is None:
            text = self._nothing()
        else:
            route.uses_request |= self._needs_request()
            text = self._showing.value(self._answer, self._shape, scene).whole
            route.lines += scene.lines
        text = self._in_media(text)
        if route.served.operation.kind in (OperationKind.DELETE, OperationKind.NESTED_DELETE) and "await" in text:
            route.lines.append(f"answer = {text}")
            return "answer"
        return text

    def _nothing(self) -> str:
        """What is answered where the interface says nothing of it."""
        return self._showing.neutral(self._shape)

    def _in_media(self, text: str) -> str:
        """The answer; in a Response where it is no JSON."""
        route = self._route
        if route.plan.answer.text != "Response":
            return text
        content = reply_content(success_reply(route.endpoint, route.served.operation.success_status))
        media = content.media_type if content is not None else "text/plain"
        status = route.served.operation.success_status
        code = f", {status}" if status != 200 else ""
        return f"{route.writer.use('Response')}({text}{code}, media_type={literal(media)})"

    def _needs_request(self) -> bool:
        return self._has(*_OF_REQUEST, *_OF_SETTINGS)

    def _has(self, *sources: Origin) -> bool:
        """Whether the answer has values of these sources, in a view too."""
        waiting = [(self._answer, self._shape)] if self._answer else []
        while waiting:
            value, shape = waiting.pop()
            if value.source in sources:
                return True
            if value.view:
                shown = self._gallery.of(value.view, item_shape(self._records, value, shape))
                if any(self._gallery.needs(shown, source) for source in sources):
                    return True
            waiting += [(each.value, property_shape(self._records, shape, each.name)) for each in value.fields]
        return False

    def locate(self, record: str) -> None:
        """Write the line for the header Location, where the document lists it."""
        route = self._route
        reply = success_reply(route.endpoint, route.served.operation.success_status)
        if reply is None or not any(name.lower() == "location" for name in reply.headers):
            return
        path = self._path_of(record)
        if path:
            route.uses_response = True
            route.lines.append(f'response.headers["Location"] = {path}')

    def _path_of(self, record: str) -> str:
        """Source of the path under which the record is read; empty where there is none."""
        home = self._route.collection
        for served in home.served:
            lookups = served.effect.lookups
            if served.operation.kind is OperationKind.READ and len(lookups) == 1 and lookups[0].place == "path":
                field = home.fields.of(lookups[0].attribute)
                before, _, after = served.operation.path.partition(f"{{{lookups[0].name}}}")
                if "{" not in before + after:
                    return f'f"{before}{{{record}.{field.name}}}{after}"'
        return ""

    def of_list(self) -> None:
        """Write the lines that answer a list."""
        route, counts = self._route, self._has(Origin.COUNT)
        scene = Scene("", "", route.collection, route.caller, self.settings(), taken=route.taken)
        if selects(route.served):
            scene.statement = route.statement()
        if counts:
            scene.count = route.local("number")
            route.lines.append(f"{scene.count} = await {route.writer.use('count')}(session, {scene.statement})")
        if self._has(Origin.RECORDS, *OF_PAGE):
            # Unless a parameter of the route is called so.
            scene.page = "current_page" if "page" in route.parameters.values() else "page"
            fetch = f"await {route.writer.use('fetch_page')}(session, {scene.statement}, {self._window()})"
            route.lines.append(f"{scene.page} = {fetch}")
            scene.records = f"{scene.page}.records"
            self._show_records(scene)
            self._link_header(scene.page)
        self.give(scene)

    def _show_records(self, scene: Scene) -> None:
        found = self._records_value()
        if found is None:
            return
        value, shape = found
        shown = self._gallery.of(value.view, item_shape(self._records, value, shape))
        name = "views"
        self._route.lines.append(f"{name} = {self._showing.show(shown, scene, scene.records)}")
        scene.shown = f"list({name}.values())"
        self._route.uses_request |= self._needs_request()

    def _records_value(self) -> tuple[Value, Shape] | None:
        waiting = [(self._answer, self._shape)] if self._answer else []
        while waiting:
            value, shape = waiting.pop()
            if value.source is Origin.RECORDS:
                return value, shape
            waiting += [(each.value, property_shape(self._records, shape, each.name)) for each in value.fields]
        return None

    def _window(self) -> str:
        """Source of the window that is asked for."""
        route, paging = self._route, self._route.served.effect.paging
        if paging is None:
            return f"{route.writer.use('Window')}()"
        size = route.parameters.get(("query", paging.size), "None") if paging.size else "None"
        usual, most = paging.default_size, self._most(paging)
        in_force = f"{route.writer.use('size_in_force')}({size}, {usual}, {most})"
        if paging.style == "limit" or not paging.position:
            return f"{route.writer.use('Window')}({in_force})"
        position = f"{literal(paging.position)}, {route.parameters['query', paging.position]}"
        match paging.style:
            case "offset":
                return f"{route.writer.use('window_at_offset')}({position}, {in_force})"
            case "page":
                return f"{route.writer.use('window_of_page')}({position}, {in_force}, {paging.first})"
            case _:
                return f"{route.writer.use('window_after')}({position}, {in_force})"

    def _most(self, paging: Paging) -> int:
        """The greatest size: as documented, where a bound is."""
        for each in self._route.endpoint.parameters:
            shape = self._records.interface.resolve(each.shape)
            is_size = each.name == paging.size and each.place == "query" and shape.kind is ShapeKind.INTEGER
            if is_size and shape.maximum is not None:
                return int(shape.maximum)
        return max(paging.maximum_size, paging.default_size)

    def _link_header(self, page: str) -> None:
        route = self._route
        reply = success_reply(route.endpoint, route.served.operation.success_status)
        paging = route.served.effect.paging
        if reply is None or paging is None or not any(name.lower() == "link" for name in reply.headers):
            return
        route.uses_request = route.uses_response = True
        route.lines.append(f"if links := {page}.link_header(request):")
        route.lines.append('    response.headers["Link"] = links')

    def of_batch(self, several: str) -> None:
        """Write the lines that answer for several records."""
        answer = self.prepare_batch(several)
        if answer:
            self._route.lines.append(f"return {answer}")

    def prepare_batch(self, several: str) -> str:
        """Source of the answer for several records."""
        route = self._route
        scene = Scene(several, "", route.collection, route.caller, self.settings(), taken=route.taken)
        scene.count = f"len({several})"
        self._show_records(scene)
        if self._answer is None and route.plan.answer.text != "None":
            return self._in_media(self._nothing())
        return self.prepare(scene) if self._answer else ""
