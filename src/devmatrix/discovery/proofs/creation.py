"""Creating records: with all and with only the required attributes, and what is refused."""

from devmatrix.discovery.document import Entity, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.edges import wrong_values
from devmatrix.discovery.proofs.payloads import Values, settable
from devmatrix.discovery.proofs.script import Script
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.wording import many, one, sentence


def creation(subject: Subject) -> list[Proof]:
    """Requirements about creating records of the entity."""
    create = subject.operation(OperationKind.CREATE)
    if create is None:
        return []
    entity = subject.entity
    proofs = proof(
        Level.MUST,
        f"{sentence(one(entity))} can be created",
        [create],
        [_all_attributes(subject, create), _only_required(subject, create)],
    )
    proofs += proof(
        Level.MUST,
        f"{sentence(one(entity))} is not created from an incomplete or malformed body",
        [create],
        [_required(subject, create), _wrong_types(subject, create), _not_json(subject, create)],
    )
    return proofs + proof(
        Level.MUST,
        f"What the service sets on {many(entity)}, and what they do not have, cannot be sent",
        [create],
        [_not_settable(subject, create)],
    )


def expected_headers(entity: Entity) -> dict[str, str]:
    """Headers of an answer that creates a record."""
    return {"Location": "*"} | ({"ETag": '"1"'} if entity.versioned else {})


def create_and_follow(script: Script, operation: Operation, entity: Entity, text: str, body: Values) -> None:
    """Create, compare the answer, and where the records can be read, follow its Location."""
    read = next(
        (item for item in script.document.operations if item.kind is OperationKind.READ and item.entity == entity.name),
        None,
    )
    capture = {"created": "", "created_id": "/id"}
    actor = script.cast.caller(operation)
    script.call(
        "when",
        text,
        operation,
        body=body,
        actor=actor,
        answer=script.new_answer(entity, body),
        answer_headers=expected_headers(entity),
        capture=capture | {"location": "header:Location"},
    )
    # Accounts that only their owners may read are read when they have signed in.
    readable = read is not None and not (entity.account and read.access.owner and not read.access.roles)
    if read is not None and readable:
        reader = script.cast.caller(read, actor)
        followed = read.model_copy(update={"path": "${location}"})
        script.call("then", "it is found where the answer says", followed, answer="${created}", actor=reader)


def _all_attributes(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        body = script.body(entity, full=True, by=script.cast.caller(create))
        create_and_follow(script, create, entity, f"{one(entity)} is created with all attributes", body)

    return subject.draft(f"{one(entity)} is created with all attributes", "happy", write)


def _only_required(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity
    if all(attribute.required for attribute in settable(entity)):
        return []

    def write(script: Script) -> None:
        body = script.body(entity, by=script.cast.caller(create))
        script.call(
            "when",
            f"{one(entity)} is created with only what is required",
            create,
            body=body,
            answer=script.new_answer(entity, body),
            answer_headers=expected_headers(entity),
        )

    return subject.draft(f"{one(entity)} is created with only what is required", "happy", write)


def _required(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity
    names = [attribute.name for attribute in settable(entity) if attribute.required]

    def write(script: Script, part: list[str]) -> None:
        body = script.body(entity, by=script.cast.caller(create))
        for name in part:
            rest = {key: value for key, value in body.items() if key != name}
            script.refuse(
                "when", f"{one(entity)} is created without {name}", create, status=422, blame=[f"/{name}"], body=rest
            )
        if len(part) < 4:
            for name in part:
                text = f"{one(entity)} is created with {name} null"
                script.refuse("when", text, create, status=422, blame=[f"/{name}"], body={**body, name: None})

    return subject.chunked(f"{one(entity)} needs its required attributes", "error", names, write)


def _wrong_types(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity
    edges = [(attribute, edge) for attribute in settable(entity) for edge in wrong_values(attribute)]

    def write(script: Script) -> None:
        body = script.body(entity, by=script.cast.caller(create))
        for attribute, edge in edges:
            text = f"{one(entity)} is created with {edge.text}"
            pointer = f"/{attribute.name}"
            script.refuse("when", text, create, status=422, blame=[pointer], body={**body, attribute.name: edge.value})

    return subject.draft(f"{one(entity)} is not created from values of the wrong form", "error", write)


def _not_json(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity
    creates = (item for item in subject.document.operations if item.kind is OperationKind.CREATE)
    if next(creates, create).id != create.id:
        # All bodies come through one door: it is tried once.
        return []

    def write(script: Script) -> None:
        text = f"{one(entity)} is created from"
        json = {"Content-Type": "application/json"}
        script.refuse("when", f"{text} what is no JSON", create, status=422, blame=[""], raw="{not json", headers=json)
        script.refuse("when", f"{text} a list", create, status=422, blame=[""], raw="[]", headers=json)
        plain = {"Content-Type": "text/plain"}
        script.refuse("when", f"{text} plain text", create, status=422, blame=[""], raw="{}", headers=plain)

    return subject.draft(f"{one(entity)} is not created from what is no JSON object", "error", write)


def _not_settable(subject: Subject, create: Operation) -> list[Draft]:
    entity = subject.entity
    sent: list[tuple[str, object]] = [
        ("id", "11111111-2222-4333-8444-555555555555"),
        ("created_at", "2026-01-31T09:30:00Z"),
        ("a_property_that_it_does_not_have", True),
    ]
    if entity.versioned:
        sent.append(("version", 7))
    sent += [
        (attribute.name, _server_value(entity, attribute.name))
        for attribute in entity.attributes
        if attribute.server_set
    ]

    def write(script: Script) -> None:
        body = script.body(entity, by=script.cast.caller(create))
        for name, value in sent:
            extra = Values(body)
            extra[name] = value  # type: ignore[assignment]
            text = f"{one(entity)} is created with {name}"
            script.refuse("when", text, create, status=422, blame=[f"/{name}"], body=extra)

    return subject.draft(f"{one(entity)} is not created with what only the service sets", "error", write)


def _server_value(entity: Entity, name: str) -> object:
    attribute = entity.attribute(name)
    if attribute.type is FieldType.ENUM:
        return attribute.choices[-1]
    return "11111111-2222-4333-8444-555555555555" if attribute.type is FieldType.REFERENCE else "2026-01-31"
