"""Tables: which kind one is, by its head; and those that list fields or entities."""

import re

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import EntityDraft, FieldDraft
from devmatrix.discovery.markdown.blocks import Block, Cell, Row
from devmatrix.discovery.markdown.described import describe, named, required_cell
from devmatrix.discovery.markdown.desk import Desk
from devmatrix.discovery.markdown.inline import words
from devmatrix.discovery.markdown.kinds import read_type
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.notation import read_line
from devmatrix.discovery.notation.fields import bound
from devmatrix.discovery.text import Piece

_COLUMNS = {
    word: meaning
    for meaning, group in {
        "name": """field/name/attribute/property/column/key/field name/feld/feldname/attribut/spalte/eigenschaft/champ/
        nom/campo/nombre/propriété/propiedad/parameter/element/data element/variable/column name/property name""",
        "type": "type/data type/datatype/typ/datentyp/format/kind/tipo/tipo de dato/field type",
        "required": """required/mandatory/req/req'd/pflicht/pflichtfeld/erforderlich/obligatoire/obligatorio/requerido/
        not null/required on create""",
        "optional": "optional/nullable/null/optionnel/opcional",
        "unique": "unique/eindeutig/unique?/único/unicité",
        "default": "default/default value/standard/standardwert/vorgabe/défaut/defecto/predeterminado",
        "description": """description/notes/note/comment/comments/remarks/remark/constraints/constraint/validation/
        rules/
        rule/details/meaning/purpose/beschreibung/bemerkung/bemerkungen/bedeutung/regeln/regel/hinweis/remarques/
        descripción/descripcion/notas/business rules/limits/definition/definición/restricciones/contraintes/
        validation rules/restrictions/what/explanation/when/einschränkungen/einschränkung/observaciones""",
        "choices": """values/allowed values/possible values/enum/options/choices/domain/werte/erlaubte werte/valeurs/
        valores/value/wert""",
        "length": "length/size/max length/max/max size/länge/longueur/longitud/max. length/maxlength/max chars/maximum",
        "min": "min/minimum/min length/min.",
        "example": "example/examples/sample/example value/beispiel/exemple/ejemplo/e.g",
        "entity": """entity/table/resource/object/model/tabelle/entität/collection/entity name/table name/resource name/
        objekt/ressource/class/entidad/entité/tabla""",
        "fields": "fields/attributes/properties/columns/key fields/felder/attribute list/main fields/champs/campos",
        "method": "method/verb/http method/http verb/methode/méthode/método/http",
        "path": "path/url/uri/endpoint/route/pfad/url path/ruta/chemin/endpunkt",
        "status": "status code/http status/statuscode/code/http code/success/response/response code/returns/status",
        "from": "from/from state/current state/source/von/de/current/from status/state/source state/aktueller zustand",
        "to": "to/to state/next state/target/nach/new state/to status/next/target state/nächster zustand/vers/a",
        "event": """event/trigger/action/transition/via/triggered by/aktion/verb/operation/übergang/événement/evento/
        command""",
        "role": "role/actor/user/user role/rolle/who/allowed/permission/rôle/rol/by/allowed for/roles/access/auth/wer",
    }.items()
    for word in (" ".join(part.split()) for part in group.split("/"))
}  # fmt: skip
_FIELD_COLUMNS = ("type", "required", "optional", "choices", "default", "unique", "length")


def meanings(row: Row) -> list[str]:
    """What each column of a head holds; the empty word where it says nothing known."""
    result: list[str] = []
    for cell in row.cells:
        text = words(cell.text).lower().strip(" ?*:")
        parts = [text, *(part.strip(" ?*:.") for part in re.split(r"\s*(?:[/,&(]|\band\b|\bor\b|\bund\b)\s*", text))]
        found = next((_COLUMNS[part] for part in parts if part in _COLUMNS), "")
        result.append(found if found not in result or found == "description" else "")
    return result


def reads_fields(columns: list[str], *, scoped: bool) -> bool:
    """Whether such columns list the fields of an entity (or of several, each row naming its own)."""
    if "name" not in columns or "method" in columns or {"from", "to"} <= set(columns):
        return False
    return any(column in columns for column in _FIELD_COLUMNS) or (scoped and "description" in columns)


def read_field_table(block: Block, columns: list[str], desk: Desk) -> None:
    """Take one field from each row."""
    fallback = None if "entity" in columns else desk.entity()
    entity = fallback
    heads = tuple(item.name for item in (fallback,) if item)
    desk.state(block.rows[0].start, block.rows[0].end, True, "the head of a table of fields", *heads)
    for row in block.rows[1:]:
        cells = dict(zip(columns, row.cells, strict=False))
        own = words(cells["entity"].text) if "entity" in cells else ""
        if own and split_words(own):
            entity = desk.draft.resolve(own) or desk.draft.declare(own)
        if entity is None:
            desk.state(row.start, row.end, False, "not understood: a field, and nothing says of what")
        else:
            _read_field_row(row, columns, entity, desk)


def _read_field_row(row: Row, columns: list[str], entity: EntityDraft, desk: Desk) -> None:
    desk.turn_to(row.start)
    pairs = [(column, cell) for column, cell in zip(columns, row.cells, strict=False) if cell.text.strip()]
    name = next((cell for column, cell in pairs if column == "name"), None)
    item = named(words(name.text), desk.draft) if name else None
    if item is None:
        empty = not any(character.isalnum() for cell in row.cells for character in cell.text)
        reason = "an empty row" if empty else "not understood: no field's name stands in this row"
        desk.state(row.start, row.end, empty, reason)
        return
    unread: list[tuple[int, str]] = []
    order = ("type", "choices", "length", "min", "description", "default", "unique", "required", "optional")
    for column in order:
        for found, cell in pairs:
            if found == column:
                unread += _take(item, column, cell, desk)
    # A column "Required" that marks some rows says of the others that they are optional.
    if item.required is None and item.default is None and item.raw_default is None and "required" in columns:
        item.required = False
    problem = add(item, entity, desk)
    if problem:
        desk.state(row.start, row.end, False, problem, entity.name)
    else:
        desk.state_parts(row.start, row.end, f"{entity.name}.{item.name}", (entity.name,), unread)


def add(item: FieldDraft, entity: EntityDraft, desk: Desk) -> str:
    """Give the entity the field; says what contradicts."""
    entity.declared = True
    desk.draft.topic = entity.name
    return desk.draft.add_field(entity, item)


def _take(item: FieldDraft, column: str, cell: Cell, desk: Desk) -> list[tuple[int, str]]:
    text = cell.text.strip()
    shown = words(text)
    if column in {"required", "optional"}:
        if required_cell(item, text, means=column == "required"):
            return []
    elif column == "unique":
        trial = FieldDraft("trial")
        if required_cell(trial, text):
            item.unique = bool(trial.required)
            return []
    elif column == "type":
        if read_type(item, shown, desk.draft):
            return []
        return _shift(cell, describe(item, shown, desk.draft, first_is_type=True) or _no_type(item, shown))
    elif column == "length" and shown.replace(" ", "").isdigit():
        return _shift(cell, describe(item, f"max {shown.replace(' ', '')}", desk.draft))
    elif column == "min" and re.fullmatch(r"-?\d+(?:\.\d+)?", shown):
        bound(item, ">=", float(shown))
        return []
    elif column == "default":
        if shown in {"-", "–", "—", "none", "n/a", "null", "NULL"}:
            return []
        return _shift(cell, describe(item, f"default: {shown}", desk.draft))
    elif column == "choices":
        return _shift(cell, describe(item, f"one of: {shown}" if re.search(r"[,|/]", shown) else shown, desk.draft))
    else:
        return _shift(cell, describe(item, shown, desk.draft))
    return _shift(cell, describe(item, shown, desk.draft) or [(0, shown)])


def _no_type(item: FieldDraft, text: str) -> list[tuple[int, str]]:
    """A column of types that names none: JSON, files and the like are not kept."""
    known = item.type is not None or item.target is not None or item.choices
    if known or not text.strip(" -–—"):
        return []
    if item.description == text:
        item.description = ""
    item.type = FieldType.STRING
    return [(0, text)]


def _shift(cell: Cell, unread: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(cell.start + offset, phrase) for offset, phrase in unread]


def read_entity_table(block: Block, columns: list[str], desk: Desk) -> None:
    """Take one entity from each row, with its fields where a column lists them."""
    desk.state(block.rows[0].start, block.rows[0].end, True, "the head of a table of entities")
    column = columns.index("entity") if "entity" in columns else columns.index("name")
    for row in block.rows[1:]:
        name = words(row.cells[column].text) if column < len(row.cells) else ""
        if not 1 <= len(split_words(name)) <= 4:
            desk.state(row.start, row.end, False, "not understood: no entity's name stands in this row")
            continue
        entity = desk.draft.resolve(name) or desk.draft.declare(name)
        cells = dict(zip(columns, row.cells, strict=False))
        listed = words(cells["fields"].text) if "fields" in cells else ""
        items = _read_listed(name, listed, desk) if listed else []
        if items and not all(understood for understood, _ in items):
            reason = next(became for understood, became in items if not understood)
            desk.state(row.start, row.end, False, reason, entity.name)
        else:
            fields = "; ".join(became for _, became in items)
            desk.state(row.start, row.end, True, fields or f"{entity.name} is kept", entity.name)


def _read_listed(name: str, listed: str, desk: Desk) -> list[tuple[bool, str]]:
    line = f"{name}: {listed.rstrip('.').replace(';', ',')}"
    items = read_line(Piece(0, len(line), line, 0), desk.draft)
    if items is None:
        return [(False, f"not understood: `{listed[:80]}` is no list of fields")]
    return [(item.understood, item.became) for item in items]
