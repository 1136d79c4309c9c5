"""Whether every value of one shape fits another."""

from collections.abc import Callable, Iterator

from devmatrix.discovery.shapes import Shape, ShapeKind

Resolve = Callable[[Shape], Shape]

_LOWER = ("minimum", "exclusive_minimum", "min_length", "min_items")
_UPPER = ("maximum", "exclusive_maximum", "max_length", "max_items")
_CHECKED = frozenset("date date-time time email uuid uri ipv4 ipv6".split())
_DEEPEST = 12


class Fitting:
    """Compares shapes of two documents, each with the names of its own.

    `as_text`: values travel as text, as in forms: a string takes them all.
    `answers`: what is compared was promised: documented properties must be described, limits of values do not count.
    """

    def __init__(self, inner: Resolve, outer: Resolve, *, answers: bool = False, as_text: bool = False) -> None:
        self._inner, self._outer, self._is_answer, self._as_text = inner, outer, answers, as_text

    def differences(self, inner: Shape, outer: Shape, where: str) -> Iterator[str]:
        """Why some value of `inner` is none of `outer`, a sentence for each place; none where all fit."""
        yield from self._fit(inner, outer, where, ())

    def _fit(self, inner: Shape, outer: Shape, where: str, path: tuple[tuple[str, str], ...]) -> Iterator[str]:
        names = (inner.name, outer.name)
        if (inner.kind is ShapeKind.NAMED and names in path) or len(path) > _DEEPEST:
            return
        path = (*path, names)
        nullable = inner.nullable
        may_be_null = outer.nullable
        inner, outer = self._inner(inner), self._outer(outer)
        if outer.kind is ShapeKind.ANY or (self._as_text and outer.kind in (ShapeKind.STRING, ShapeKind.BINARY)):
            return
        if (nullable or inner.nullable) and not (may_be_null or outer.nullable):
            yield f"{where}: may be null"
        if ShapeKind.UNION in (inner.kind, outer.kind):
            yield from self._unions(inner, outer, where, path)
            return
        if not self._same_kind(inner, outer):
            yield f"{where}: {inner.kind} instead of {outer.kind}"
            return
        yield from self._values(inner, outer, where)
        if outer.kind is ShapeKind.ARRAY and inner.items is not None and outer.items is not None:
            yield from self._fit(inner.items, outer.items, f"{where}[]", path)
        if outer.kind is ShapeKind.OBJECT:
            yield from self._objects(inner, outer, where, path)

    def _same_kind(self, inner: Shape, outer: Shape) -> bool:
        numbers = (ShapeKind.INTEGER, ShapeKind.NUMBER)
        if outer.kind is ShapeKind.NUMBER and inner.kind in numbers:
            return True
        # Nothing but choices says less than it seems: enums of both forms are compared by their values.
        return inner.kind is outer.kind or (inner.kind is ShapeKind.ANY and bool(inner.choices))

    def _unions(self, inner: Shape, outer: Shape, where: str, path: tuple[tuple[str, str], ...]) -> Iterator[str]:
        inners = inner.alternatives if inner.kind is ShapeKind.UNION else (inner,)
        outers = outer.alternatives if outer.kind is ShapeKind.UNION else (outer,)
        for one in inners:
            if self._inner(one).kind is ShapeKind.NULL:
                continue
            if not any(next(self._fit(one, other, where, path), None) is None for other in outers):
                kind = self._inner(one).kind
                yield f"{where}: {one.name or kind} fits none of the {len(outers)} alternatives"

    def _values(self, inner: Shape, outer: Shape, where: str) -> Iterator[str]:
        if outer.choices:
            extra = [choice for choice in inner.choices if choice not in outer.choices]
            if extra or not inner.choices:
                yield f"{where}: {extra[0] if extra else 'any value'!r} is no choice"
        if self._is_answer:
            return
        for name in _LOWER:
            limit, own = getattr(outer, name), getattr(inner, name)
            if limit is not None and (own is None or own < limit) and not self._implied(inner, name, limit):
                yield f"{where}: {name} {limit:g} is stricter"
        for name in _UPPER:
            limit, own = getattr(outer, name), getattr(inner, name)
            if limit is not None and (own is None or own > limit) and not self._implied(inner, name, limit):
                yield f"{where}: {name} {limit:g} is stricter"
        if outer.pattern is not None and outer.pattern != inner.pattern and inner.format not in _CHECKED:
            yield f"{where}: the pattern is stricter"
        if outer.format in _CHECKED and inner.format.replace("url", "uri") != outer.format:
            yield f"{where}: the format {outer.format} is stricter"

    def _implied(self, inner: Shape, name: str, limit: float) -> bool:
        """Whether the shape's own format sets that limit, or a tighter one."""
        if inner.kind is ShapeKind.INTEGER and name in ("minimum", "maximum"):
            bits = 31 if inner.format == "int32" else 53
            return bool(abs(limit) >= 2**bits - 1)
        exclusive = {"minimum": "exclusive_minimum", "maximum": "exclusive_maximum"}.get(name)
        return exclusive is not None and getattr(inner, exclusive) is not None

    def _objects(self, inner: Shape, outer: Shape, where: str, path: tuple[tuple[str, str], ...]) -> Iterator[str]:
        for prop in outer.properties:
            own = inner.property(prop.name)
            ignored = prop.write_only if self._is_answer else prop.read_only
            if ignored:
                continue
            if own is None:
                if prop.required or self._is_answer:
                    yield f"{where}/{prop.name}: is missing"
                continue
            if not self._is_answer and own.read_only:
                continue
            if prop.required and not own.required:
                yield (
                    f"{where}/{prop.name}: is required"
                    if not self._is_answer
                    else f"{where}/{prop.name}: may be left out"
                )
            yield from self._fit(own.shape, prop.shape, f"{where}/{prop.name}", path)
        if outer.closed and not self._is_answer:
            for own in inner.properties:
                if outer.property(own.name) is None and not own.read_only:
                    yield f"{where}/{own.name}: is not accepted"
            if not inner.closed and not inner.properties:
                yield f"{where}: further properties are not accepted"
