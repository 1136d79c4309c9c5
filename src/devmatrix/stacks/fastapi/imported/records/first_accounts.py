"""Blueprint of `app/first_accounts.py`: the accounts that the settings name, made when the service starts."""

from collections.abc import Iterable

from devmatrix.discovery.document import Account, FieldType
from devmatrix.discovery.proofs.imported.seeds import role_of
from devmatrix.stacks.fastapi.features.text import function, literal
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Records
from devmatrix.stacks.fastapi.imported.records.fields import Field
from devmatrix.stacks.fastapi.imported.records.samples import sample_value
from devmatrix.stacks.fastapi.imported.records.writing import Writer, broken
from devmatrix.stacks.fastapi.naming import attribute_name
from devmatrix.stacks.fastapi.source import Source, Symbol

TASK = "foundation.first_accounts"
PATH = "app/first_accounts.py"


def first_accounts_source(records: Records) -> Source | None:
    """The module; none where operations make all accounts."""
    collection = records.account
    marks = collection.account if collection is not None else None
    if collection is None or marks is None or not records.wire.guards.makes_accounts:
        return None
    return _FirstAccounts(collection, marks).source()


class _FirstAccounts:
    """Writes the module."""

    def __init__(self, collection: Collection, marks: Account) -> None:
        self._collection = collection
        self._marks = marks
        self._writer = Writer()
        self._login = self._named(marks.login_field)

    def source(self) -> Source:
        """The module."""
        values = self._of_keys() if self._marks.listed else self._of_passwords()
        return Source(
            path=PATH,
            task_id=TASK,
            docstring="The first accounts: those that the settings name.",
            symbols=(values, self._create()),
            imports=tuple(self._writer.imports),
            preamble=self._roles(),
        )

    def _named(self, attribute: str) -> str:
        """The name under which a value is given: a password is not hashed yet."""
        name = self._collection.fields.names[attribute]
        secret = self._collection.attribute(attribute).type is FieldType.PASSWORD
        return name.removesuffix("_hash") if secret else name

    def _roles(self) -> str:
        if not (self._marks.listed and self._marks.role_field):
            return ""
        choices = self._collection.attribute(self._marks.role_field).choices
        return f"# The first is that of accounts without another.\nROLES = ({', '.join(map(literal, choices))},)"

    def _of_keys(self) -> Symbol:
        """What an account is made of, from its key."""
        key = self._writer.imported("app.security", "Key")
        items = [f"{literal(self._login)}: key.name", *self._needed("key.name")]
        if self._marks.role_field:
            role = "next((word for word in key.words if word in ROLES), ROLES[0])"
            items.append(f"{literal(self._named(self._marks.role_field))}: {role}")
        head = f"def values_of(key: {key}) -> {self._mapping()}"
        doc = "What the account behind a key of the setting API_KEYS is made of."
        return Symbol("values_of", function(head, doc, broken(f"return {{{', '.join(items)}}}")))

    def _of_passwords(self) -> Symbol:
        """What the accounts are made of."""
        settings = self._writer.use("Settings")
        roles = [role_of(self._collection.entity, self._marks, name) for name in self._marks.seeded]
        with_roles = self._marks.role_field is not None
        body = ["named = ("]
        for name, role in zip(self._marks.seeded, roles, strict=True):
            prefix = attribute_name(name)
            last = f", {literal(role) if role else None}" if with_roles else ""
            body.append(f"    (settings.{prefix}_login, settings.{prefix}_password{last}),")
        body += [")", "found = []"]
        body.append(f"for login, password{', role' if with_roles else ''} in named:")
        body.append("    if login is None or password is None:")
        body.append("        continue")
        items = [f"{literal(self._login)}: login", *self._needed("login")]
        items.append(f"{literal(self._named(self._marks.password_field))}: password.get_secret_value()")
        body += broken(f"    values: {self._mapping()} = {{{', '.join(items)}}}")
        if self._marks.role_field is not None:
            body += ["    if role is not None:"]
            body += [f"        values[{literal(self._named(self._marks.role_field))}] = role"]
        body += ["    found.append(values)", "return found"]
        head = f"def first_accounts(settings: {settings}) -> list[{self._mapping()}]"
        return Symbol("first_accounts", function(head, "What the accounts that the settings name are made of.", body))

    def _needed(self, login: str) -> Iterable[str]:
        """Items for what accounts cannot be without."""
        given = {self._marks.login_field, self._marks.password_field, self._marks.role_field}
        for field in self._collection.fields.all:
            attribute = field.attribute
            made = attribute.generated is not None or attribute.default is not None
            if attribute.name in given or made or field.table or not (attribute.required or not field.nullable):
                continue
            yield f"{literal(self._named(attribute.name))}: {self._value(field, login)}"

    def _value(self, field: Field, login: str) -> str:
        match field.attribute.type:
            case FieldType.EMAIL:
                return f'f"{{{login}}}@example.com"'
            case FieldType.URL:
                return '"https://example.com/"'
            case FieldType.UUID:
                return f"{self._writer.use('new_uuid')}()"
            case _:
                return sample_value(field, self._writer, self._collection.records.interface)

    def _create(self) -> Symbol:
        collection, writer = self._collection, self._writer
        model, variable = writer.model(collection), collection.variable
        add = writer.imported(f"app.{collection.package}.changes", f"add_{variable}")
        settings, engine = writer.use("Settings"), writer.imported("sqlalchemy.ext.asyncio", "AsyncEngine")
        login = f"{model}.{collection.fields.of(self._marks.login_field).name}"
        alive = f", {model}.deleted_at.is_(None)" if collection.entity.soft_delete else ""
        find = f"{writer.use('select')}({model}).where({login} == values[{literal(self._login)}]{alive})"
        if self._marks.listed:
            several = f"map(values_of, {writer.imported('app.security', 'listed_keys')}(settings))"
        else:
            several = "first_accounts(settings)"
        duplicate = writer.imported("app.refusals", "Duplicate")
        body = [
            f"async with {writer.imported('app.database', 'open_session')}(engine) as session:",
            f"    for values in {several}:",
            *(f"        {line}" for line in broken(f"account = await session.scalar({find})")),
            "        # Another process that starts at the same time may be faster.",
            f"        with {writer.imported('contextlib', 'suppress')}({duplicate}):",
            "            if account is None:",
            f"                await {add}(session, values)",
        ]
        if self._marks.listed and self._marks.role_field:
            role = collection.fields.of(self._marks.role_field).name
            body += ["            else:", f"                account.{role} = values[{literal(role)}]"]
        body += ["            await session.commit()"]
        head = f"async def create_first_accounts(engine: {engine}, settings: {settings}) -> None"
        doc = "Make the accounts that the settings name, and that are not there yet."
        return Symbol("create_first_accounts", function(head, doc, body))

    def _mapping(self) -> str:
        return f"dict[str, {self._writer.use('Any')}]"
