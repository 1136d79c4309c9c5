"""What the filters of a list ask for, as conditions of a query."""

from collections.abc import Callable

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Filter
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.errors import ContractError
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.records.fields import Field
from devmatrix.stacks.fastapi.imported.records.writing import Writer

_OPERATORS = {"minimum": ">=", "maximum": "<=", "after": ">", "before": "<"}
_Test = Callable[[Collection, str], str]
"""A condition on an attribute of a collection."""


class Conditions:
    """Writes conditions on the records of one collection."""

    def __init__(self, collection: Collection, writer: Writer) -> None:
        self._root = collection
        self._records = collection.records
        self._writer = writer

    def of(self, one: Filter, value: str, shape: Shape | None) -> str:
        """The condition of a filter whose parameter is called `value`; it has one."""
        writer = self._writer
        many = shape is not None and shape.kind is ShapeKind.ARRAY
        match one.operator:
            case "of_caller":
                return self._of_caller(one.path)
            case "links":
                association = self._records.association(self._root.entity.name, one.path[0])
                target = self._records.of(association.target.name)
                test = self._equal(target, one.path[1], value, shape)
                return self._through(association.class_name, "holder", target, test)
            case "linked_by":
                account = self._account()
                association = self._records.association(account.entity.name, one.path[0])
                test = self._equal(account, one.path[1], value, shape)
                return self._through(association.class_name, "target", account, test)
            case "search":
                columns = ", ".join(f"{self._model(self._root)}.{self._name(name)}" for name in one.path)
                return f"{writer.use('contains')}({value}, {columns})"
            case "member":
                values = value if many else f"[{value}]"
                column = f"{self._model(self._root)}.{self._name(one.path[0])}"
                if len(one.path) > 1:
                    return f"{writer.use('holds_with')}({column}, {literal(one.path[1])}, {values})"
                return f"{writer.use('holds')}({column}, {values})"
            case operator:
                return self._along(self._root, one.path, self._test(operator, value, shape))

    def _test(self, operator: str, value: str, shape: Shape | None) -> _Test:
        def test(owner: Collection, attribute: str) -> str:
            if operator in ("equals", "one_of"):
                return self._equal(owner, attribute, value, shape)
            if operator == "contains":
                return f"{self._writer.use('contains')}({value}, {self._model(owner)}.{self._name(attribute, owner)})"
            column, adapted = self._comparable(owner, owner.fields.of(attribute), value, shape)
            return f"{column} {_OPERATORS[operator]} {adapted}"

        return test

    def _along(self, owner: Collection, path: tuple[str, ...], test: _Test) -> str:
        if len(path) == 1:
            return test(owner, path[0])
        if owner.attribute(path[0]).type is FieldType.REFERENCES:
            association = self._records.association(owner.entity.name, path[0])
            target = self._records.of(association.target.name)
            return self._through(association.class_name, "holder", target, self._along(target, path[1:], test), owner)
        target = owner.target(path[0])
        inner = self._along(target, path[1:], test)
        select, row = self._writer.use("select"), f"{self._model(target)}.row_id"
        column = f"{self._model(owner)}.{self._name(path[0], owner)}"
        return f"{column}.in_({select}({row}).where({inner}){self._apart(target)})"

    def _equal(self, owner: Collection, attribute: str, value: str, shape: Shape | None) -> str:
        return self.equal(owner, attribute, value, shape)

    def equal(self, owner: Collection, attribute: str, value: str, shape: Shape | None) -> str:
        """That the attribute has the value, or one of them."""
        many = shape is not None and shape.kind is ShapeKind.ARRAY
        inner = shape.items if shape is not None and many else shape
        if inner is not None:
            inner = self._records.interface.resolve(inner)
        if not many:
            column, adapted = self._comparable(owner, owner.fields.of(attribute), value, inner)
            return f"{column} == {adapted}"
        column, adapted = self._comparable(owner, owner.fields.of(attribute), "each", inner)
        values = value if adapted == "each" else f"[{adapted} for each in {value}]"
        return f"{column}.in_({values})"

    def _comparable(self, owner: Collection, field: Field, value: str, shape: Shape | None) -> tuple[str, str]:
        """Column and value, as far as they must be changed to be compared."""
        column = f"{self._model(owner)}.{field.name}"
        if field.moment:
            return f"{self._model(owner)}.{field.moment}", f"{self._writer.use('moment')}({value})"
        kind = shape.kind if shape is not None else ShapeKind.STRING
        is_text = kind not in (ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.BOOLEAN)
        if is_text and field.python_type != "str":
            return f"{self._writer.use('as_text')}({column})", value
        if not is_text and field.python_type == "str":
            return column, f"str({value})"
        return column, value

    def _through(self, link: str, own: str, other: Collection, test: str, owner: Collection | None = None) -> str:
        """That a record at the other end of an association passes the test; `own`: at which end this one is."""
        end = "holder" if own == "target" else "target"
        writer, holder = self._writer, (owner or self._root) if own == "holder" else other
        name = writer.imported(f"app.{holder.package}.model", link)
        joined = f"{self._model(other)}, {self._model(other)}.row_id == {name}.{end}_row_id"
        rows = f"{writer.use('select')}({name}.{own}_row_id).join({joined}).where({test}){self._apart(other)}"
        return f"{self._model(owner or self._root)}.row_id.in_({rows})"

    def _of_caller(self, path: tuple[str, ...]) -> str:
        account = self._account()
        association = self._records.association(account.entity.name, path[-1])
        name = self._writer.imported(f"app.{account.package}.model", association.class_name)
        column = f"{self._model(self._root)}.{self._name(path[0]) if len(path) > 1 else 'row_id'}"
        rows = f"{self._writer.use('select')}({name}.target_row_id).where({name}.holder_row_id == caller_row_id)"
        return f"{column}.in_({rows})"

    def _apart(self, other: Collection) -> str:
        """A query on the same table within another is one of its own."""
        return ".correlate(None)" if other is self._root else ""

    def _account(self) -> Collection:
        account = self._records.account
        if account is None:
            raise ContractError("a filter speaks of the caller, but nobody signs in")
        return account

    def _model(self, collection: Collection) -> str:
        return self._writer.model(collection)

    def _name(self, attribute: str, owner: Collection | None = None) -> str:
        return (owner or self._root).fields.of(attribute).name
