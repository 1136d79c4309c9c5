"""Counting, bulk, files, and signs of life."""

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Content, Reason
from devmatrix.discovery.proofs.imported.bodies import at, concrete, content_of, in_range, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, sound_items, target
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.scenario import Expectation
from devmatrix.discovery.shapes import Shape


def counting(subject: Subject) -> list[Proof]:
    """count: how many there are, or how many of each value."""
    part = subject.part

    def write(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        maker = by if by is not NOBODY else None
        made = [script.make(part.effect.entity, by=maker, parents=records[-1:]) for _ in range(2)]
        there = [one for one in script.world.of(part.effect.entity) if not part.effect.parent or one in made]
        scene = Scene(records=tuple(there), count=len(there), caller=by.account)
        script.call(part, phase="when", text="they are counted", records=records, by=by, scene=scene)

    return subject.proof(f"{subject.route} counts", subject.draft("two are counted", "happy", write))


def in_bulk(subject: Subject) -> list[Proof]:
    """bulk_create, bulk_delete."""
    part = subject.part
    if part.operation.kind is not OperationKind.BULK_CREATE:
        return subject.proof(
            f"{subject.route} deletes several",
            subject.draft("several go at once", "happy", lambda s: _delete(subject, s)),
        )

    def write(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        content = content_of(part.endpoint)
        if content is None:
            raise UnproducibleError("there is no body")
        body = subject.samples.value(content.shape, 1)
        listed = at(body, part.effect.batch)
        items = [listed[0], _second(subject, content.shape)] if isinstance(listed, list) and listed else []
        items = sound_items(subject, script, put(body, part.effect.batch, items), by)
        made: list[Record] = []
        for item in items:
            record = Record(subject.document.entity(part.effect.entity), f"item{len(made) + 1}", maker=by.account)
            script._defaults(record)
            for one in part.effect.writes:
                script.apply(one, record, item, {}, by, records)
            script.world.records.append(record)
            if record.entity.account is not None:
                record.values.pop(record.entity.account.password_field, None)
            made.append(record)
        scene = Scene(record=made[-1], records=tuple(made), caller=by.account, count=len(made))
        body = put(body, part.effect.batch, items)
        script.call(part, phase="when", text="two are made at once", records=records, by=by, body=body, scene=scene)

    return subject.proof(f"{subject.route} makes several", subject.draft("several are made at once", "happy", write))


def _second(subject: Subject, shape: Shape) -> JsonValue:
    other = at(subject.samples.value(shape, 2), subject.part.effect.batch)
    return other[0] if isinstance(other, list) and other else None


def _clear(subject: Subject, script: Script) -> None:
    part = subject.part
    by = script.voice(part)
    records = target(script, part, by)
    maker = by if by is not NOBODY else None
    made = [script.make(part.effect.entity, by=maker, parents=records[-1:]) for _ in range(2)]
    query = _named(subject, script, made)
    other = script.make(part.effect.entity, by=maker, parents=records[-1:]) if query else None
    scene = Scene(records=tuple(made), caller=by.account, count=len(made))
    text = "both are deleted" if query else "all are deleted"
    script.call(part, phase="when", text=text, records=records, by=by, query=query, scene=scene)
    for one in made:
        found = subject.read_of(one)
        if found is not None:
            reader, path = found
            expected = script.refused(reader, Reason.MISSING)
            script.call(
                reader,
                phase="then",
                text="it is not there any more",
                records=path,
                by=script.suited(by, reader),
                expect=expected,
            )
    if other is not None:
        subject.show(script, other, by, "another one is still there")


def _named(subject: Subject, script: Script, made: list[Record]) -> dict[str, JsonValue]:
    """The query that names the records, where one is needed."""
    effect = subject.part.effect
    needed = {one.name for one in subject.part.endpoint.parameters if one.place == "query" and one.required}
    asked = [one for one in effect.filters if one.parameter in needed]
    if any(one.operator != "one_of" or len(one.path) > 1 for one in asked):
        raise UnproducibleError("which records it deletes is not known")
    return {one.parameter: [script.key(record, one.path[0]) for record in made] for one in asked}


def _delete(subject: Subject, script: Script) -> None:
    part = subject.part
    lookup = next((one for one in part.effect.lookups if one.place in ("body", "query")), None)
    if lookup is None:
        _clear(subject, script)
        return
    by = script.voice(part)
    made = [script.make(part.effect.entity, by=by if by is not NOBODY else None) for _ in range(2)]
    keys = [script.key(one, lookup.attribute) for one in made]
    body = put(None, part.effect.batch or lookup.name, keys) if lookup.place == "body" else None
    query = {lookup.name: keys} if lookup.place == "query" else {}
    expected = script.expectation(part, Scene(records=tuple(made), caller=by.account, count=len(made)))
    script.call(part, phase="when", text="both are deleted", by=by, body=body, query=query, expect=expected)


def files(subject: Subject) -> list[Proof]:
    """upload and download: the same bytes come back."""
    part = subject.part
    up = part.operation.kind is OperationKind.UPLOAD

    def write(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        upload = part if up else subject.parts.first(subject.entity, OperationKind.UPLOAD)
        download = subject.parts.first(subject.entity, OperationKind.DOWNLOAD) if up else part
        if upload is None:
            raise UnproducibleError("nothing can be sent that would come back")
        content = content_of(upload.endpoint)
        kind = _media_type(content, download)
        body = subject.samples.value(content.shape, 3) if content is not None else None
        phase: Phase = "when" if up else "given"
        for one in upload.effect.writes:
            if one.place == "constant":
                script.apply(one, records[-1], body, {}, by, ())
        sender = script.suited(by, upload)
        scene = Scene(record=records[-1], caller=sender.account)
        script.call(
            upload,
            phase=phase,
            text="bytes are sent",
            records=records,
            by=sender,
            body=body,
            scene=scene,
            file_type=kind,
        )
        if download is None:
            return
        shown = _shown_type(kind, download)
        expected = Expectation(status=download.operation.success_status, body="bytes 3", media_type=shown)
        reader = script.suited(by, download)
        script.call(download, phase="then", text="they come back", records=records, by=reader, expect=expected)

    return subject.proof(
        f"{subject.route} {'keeps' if up else 'gives back'} a file",
        subject.draft("the same bytes come back", "happy", write),
    )


def _media_type(content: Content | None, download: Part | None) -> str:
    """The type in which a file is sent: as it is answered, where both documents of it allow that."""
    documented = _documented(download) if download is not None else []
    wanted = concrete(documented[0]) if documented else "application/octet-stream"
    if content is None or content.media_type.startswith("multipart/"):
        return wanted
    return concrete(content.media_type, wanted)


def _shown_type(sent: str, download: Part) -> str:
    """The type in which that file is answered."""
    documented = _documented(download)
    if not documented or any(in_range(sent, one) for one in documented):
        return sent
    return next((one for one in documented if "*" not in one), "application/octet-stream")


def _documented(download: Part) -> list[str]:
    reply = next((one for one in download.endpoint.replies if 200 <= one.status < 300), None)
    return [one.media_type for one in reply.contents] if reply is not None else []


def telling(subject: Subject) -> list[Proof]:
    """custom with an effect: it says that the service is there."""
    part = subject.part

    def write(script: Script) -> None:
        script.call(part, phase="when", text="it is asked for", by=script.voice(part), scene=Scene())

    return subject.proof(
        f"{subject.route} says that the service is there", subject.draft("it answers as documented", "happy", write)
    )
