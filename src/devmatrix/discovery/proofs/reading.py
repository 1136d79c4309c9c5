"""Reading one record, and lists of them: whole, in pages."""

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Level, Operation, OperationKind
from devmatrix.discovery.proofs.cast import maker_of
from devmatrix.discovery.proofs.script import UNKNOWN_ID, Script, page
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.wording import many, one, sentence, snake


def reading(subject: Subject) -> list[Proof]:
    """Requirements about reading and listing records of the entity."""
    return _reading_one(subject) + _listing(subject)


def refuse_unknown(script: Script, operation: Operation, text: str, parameter: str) -> None:
    """Two calls on a record that does not exist: an unknown id, and what is no id."""
    script.refuse("when", f"{text} that does not exist", operation, [UNKNOWN_ID], status=404)
    blame = [f"path:{parameter}"]
    script.refuse("when", f"{text} by what is no id", operation, ["no-id"], status=422, blame=blame)


def _reading_one(subject: Subject) -> list[Proof]:
    entity, read = subject.entity, subject.operation(OperationKind.READ)
    if read is None:
        return []

    def happy(script: Script) -> None:
        record = script.usable(entity, read)
        script.further(entity, record.maker)
        script.call("when", f"{one(entity)} is read", read, record=record, answer=record.body)

    def missing(script: Script) -> None:
        refuse_unknown(script, read, f"{one(entity)} is read", f"{snake(entity.name)}_id")

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can be read",
        [read],
        [
            subject.draft(f"{one(entity)} is read as it was created", "happy", happy),
            subject.draft(f"{one(entity)} that does not exist cannot be read", "error", missing),
        ],
    )


def seeded(subject: Subject, operation: Operation) -> int:
    """How many records the list holds before a scenario makes any: the accounts of the actors."""
    if subject.entity.account is None:
        return 0
    alone = operation.access.owner and not any(subject.cast.of_role(role) for role in operation.access.roles)
    return 1 if alone else len(subject.cast.roles)


def _listing(subject: Subject) -> list[Proof]:
    entity, listed = subject.entity, subject.operation(OperationKind.LIST)
    if listed is None:
        return []
    happy = _list_of_accounts(subject, listed) if entity.account else _whole_list(subject, listed)
    proofs = proof(Level.MUST, f"{sentence(many(entity))} can be listed", [listed], [happy])
    pages = [] if entity.account else _pages(subject, listed)
    return proofs + proof(
        Level.SHOULD,
        f"{sentence(many(entity))} are listed in pages",
        [listed],
        [pages, _parameters(subject, listed)],
    )


def _whole_list(subject: Subject, listed: Operation) -> list[Draft]:
    entity = subject.entity

    def whole(script: Script) -> None:
        if maker_of(subject.document, entity) is None:
            # Whoever else makes them, a rule or a procedure, may have done so already.
            some: JsonValue = {"$open": {"limit": 20, "offset": 0}}
            found = some if has_rules(subject.document) else page([])
            script.call("when", f"{many(entity)} are listed", listed, answer=found)
            return
        script.call("given", "there are none at first", listed, answer=page([]))
        first = script.record(entity)
        second = script.further(entity, first.maker)
        actor = script.cast.caller(listed, first.maker)
        answer = page([record.body for record in (first, second) if record is not None])
        script.call("when", f"{many(entity)} are listed", listed, actor=actor, answer=answer)

    return subject.draft(f"{many(entity)} are listed in the order of their creation", "happy", whole)


def has_rules(document: DiscoveryDocument) -> bool:
    """Whether anything is done that only words say."""
    return any(entity.rules for entity in document.entities) or any(item.procedure for item in document.operations)


def _list_of_accounts(subject: Subject, listed: Operation) -> list[Draft]:
    entity = subject.entity
    before = seeded(subject, listed)
    narrowed = listed.access.owner and before == 1

    def whole(script: Script) -> None:
        if narrowed:
            total, items = 1, []
            script.call("when", f"{many(entity)} are listed", listed, answer={"$open": {"total": total}})
            return
        records = [script.record(entity), script.record(entity)]
        items = [record.body for record in records]
        answer = {"items": {"$contains": items}, "total": before + 2, "limit": 20, "offset": 0}
        script.call("when", f"{many(entity)} are listed", listed, answer=answer)

    return subject.draft(f"{many(entity)} are listed", "happy", whole)


def _pages(subject: Subject, listed: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        first = script.record(entity)
        others = [script.record(entity, maker=first.maker) for _ in range(2)]
        items = [record.body for record in (first, *others)]
        actor = script.cast.caller(listed, first.maker)
        for text, limit, offset in (("first", 2, 0), ("last", 2, 2), ("middle", 1, 1)):
            query = f"limit={limit}&offset={offset}"
            answer = page(list(items[offset : offset + limit]), total=3, limit=limit, offset=offset)
            script.call("when", f"the {text} page is asked for", listed, query=query, actor=actor, answer=answer)
        answer = page([], total=3, offset=3)
        script.call("when", "a page after the last is asked for", listed, query="offset=3", actor=actor, answer=answer)

    return subject.draft(f"{many(entity)} are listed page by page", "happy", write)


def _parameters(subject: Subject, listed: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        for limit in (1, 100):
            answer = {"$open": {"limit": limit, "offset": 0}}
            script.call("when", f"pages of {limit} are asked for", listed, query=f"limit={limit}", answer=answer)
        for name, value in (
            ("limit", "0"),
            ("limit", "101"),
            ("offset", "-1"),
            ("limit", "many"),
            ("sort", "a_property_that_is_not_there"),
            ("a_parameter_that_is_not_there", "1"),
        ):
            blame = [f"query:{name}"]
            text = f"{many(entity)} are listed with {name}={value}"
            script.refuse("when", text, listed, status=422, blame=blame, query=f"{name}={value}")

    return subject.draft(f"{many(entity)} are only listed with parameters that there are", "boundary", write)
