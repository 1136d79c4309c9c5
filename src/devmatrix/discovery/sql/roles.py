"""Columns that are there for the database's or the service's sake: keys, moments, marks of deletion, passwords."""

from enum import Enum

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.naming import snake, split_words
from devmatrix.discovery.sql.column_types import Reading
from devmatrix.discovery.sql.schema import Column, Table


class Role(Enum):
    """What a column is there for."""

    ORDINARY = "ordinary"
    ID = "id"
    CREATED = "created_at"
    UPDATED = "updated_at"
    DELETED = "deleted_at"
    VERSION = "version"
    PASSWORD = "password"
    SALT = "salt"
    ADMIN = "admin"


_CREATED = frozenset(
    """created_at created created_on created_date created_time created_timestamp create_date create_time date_created
    time_created creation_date creation_time inserted_at insert_time ctime createdat created_datetime""".split()
)
_UPDATED = frozenset(
    """updated_at updated updated_on updated_date updated_time updated_timestamp update_date update_time date_updated
    date_modified modified modified_at modified_on modified_date modified_time last_modified last_modified_at
    last_update last_updated last_updated_at changed_at mtime updatedat updated_datetime""".split()
)
_DELETED = frozenset("deleted_at deleted_on deleted date_deleted deleted_date deletedat is_deleted".split())
_VERSION = frozenset("version lock_version row_version object_version optimistic_lock".split())
_PASSWORDS = frozenset("password passwd passphrase pwd passwordhash".split())
_OF_PASSWORDS = frozenset("hash hashed digest encrypted user account login crypted bcrypt argon2 salted".split())
_SALTS = frozenset("salt password_salt pwd_salt passwordsalt".split())
_ADMINS = frozenset("is_admin admin is_superuser superuser is_administrator is_staff".split())
LOGINS = ("email", "username", "login", "user_name", "email_address", "phone")
"""Names of columns by which accounts sign in, the best first."""
OTHER_LOGINS = {
    **dict.fromkeys(("user_email", "e_mail", "mail", "mail_address", "useremail"), "email"),
    **dict.fromkeys(("login_name", "user_login", "loginname"), "login"),
    "nickname": "username",
}
"""Names that mean the same, and what they are called in an account."""
_KEYS = frozenset("id uuid guid pk oid rowid".split())
_MOMENTS = (FieldType.DATETIME, FieldType.STRING, FieldType.TEXT, FieldType.INTEGER)


def is_password(column: str) -> bool:
    """Whether a column of that name holds passwords, or what is made of them."""
    words = split_words(column)
    return any(word in _PASSWORDS for word in words) and all(word in _PASSWORDS | _OF_PASSWORDS for word in words)


def signs_in(table: Table) -> bool:
    """Whether the records of a table are accounts: they have a password, and a name to sign in with."""
    names = {snake(column.name) for column in table.columns.values()}
    named = names & {*LOGINS, *OTHER_LOGINS}
    return bool(named) and any(is_password(column.name) for column in table.columns.values())


def role_of(table: Table, column: Column, reading: Reading, entity: str, *, account: bool, sqlite: bool) -> Role:
    """What a column is there for."""
    name = snake(column.name)
    if is_own_key(table, column, reading, entity, sqlite=sqlite):
        return Role.ID
    for role, names in ((Role.CREATED, _CREATED), (Role.UPDATED, _UPDATED)):
        if name in names and (reading.kind is FieldType.DATETIME or (name == role.value and reading.kind in _MOMENTS)):
            return role
    if name in _DELETED and _marks_deletion(column, reading):
        return Role.DELETED
    if name in _VERSION and reading.kind is FieldType.INTEGER and column.default is not None:
        return Role.VERSION
    if not account:
        return Role.ORDINARY
    if is_password(column.name):
        return Role.PASSWORD
    if name in _SALTS:
        return Role.SALT
    flag = reading.kind is FieldType.BOOLEAN or (reading.untyped and reading.kind is FieldType.INTEGER)
    return Role.ADMIN if name in _ADMINS and flag else Role.ORDINARY


def is_own_key(table: Table, column: Column, reading: Reading, entity: str, *, sqlite: bool) -> bool:
    """Whether a column is a key that means nothing outside of the database."""
    if tuple(name.casefold() for name in table.primary) != (column.name.casefold(),):
        return False
    if any(key.columns[0].casefold() == column.name.casefold() for key in table.foreign_keys if len(key.columns) == 1):
        return False
    whole = reading.kind is FieldType.INTEGER
    if column.counted or reading.counted or reading.kind is FieldType.UUID:
        return True
    if sqlite and whole and column.written_type.upper() == "INTEGER":
        return True  # the number of the row
    name, words = snake(column.name), split_words(column.name)
    own = {snake(entity), snake(entity).rsplit("_", 1)[-1]}
    named = {f"{stem}{end}" for stem in own for end in ("_id", "id", "_uuid", "_guid", "_pk")}
    return name in _KEYS | named or (whole and words[-1:] == ("id",)) or (whole and words[:1] == ("id",))


def _marks_deletion(column: Column, reading: Reading) -> bool:
    if reading.kind is FieldType.BOOLEAN or snake(column.name) == "is_deleted":
        return reading.kind in (FieldType.BOOLEAN, FieldType.INTEGER)
    return column.nullable and reading.kind in (FieldType.DATETIME, FieldType.STRING, FieldType.INTEGER)
