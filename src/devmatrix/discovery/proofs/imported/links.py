"""Links: associations on and off."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, link, target
from devmatrix.discovery.proofs.imported.world import Record
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def linking(subject: Subject) -> list[Proof]:
    """link and unlink: as often as one likes."""
    part = subject.part
    on = part.operation.kind is OperationKind.LINK

    def write(script: Script) -> None:
        by, records, holder = _cast(subject, script)
        if not on:
            other = _counterpart(subject)
            _switch(script, other, by, records, holder, on=True, text="it has been linked", given=True)
        _switch(script, part, by, records, holder, on=on, text="it is linked" if on else "the link is taken away")
        subject.show(script, records[-1], by, "it shows")

    def repeat(script: Script) -> None:
        by, records, holder = _cast(subject, script)
        if on:
            _switch(script, part, by, records, holder, on=True, text="it is linked")
        status = part.effect.status_of_repeat
        text = "it is linked again" if on else "a link that is not there is taken away"
        if status is None:
            _switch(script, part, by, records, holder, on=on, text=text)
            return
        script.call(part, phase="when", text=text, records=records, by=by, expect=script.refused(part, Reason.STATE))

    drafts = subject.draft("the link is there afterwards" if on else "the link is gone afterwards", "happy", write)
    drafts += subject.draft("and once more", "boundary", repeat)
    return subject.proof(f"{subject.route} {'links' if on else 'unlinks'}", drafts)


def _cast(subject: Subject, script: Script) -> tuple[Voice, list[Record], Record]:
    part = subject.part
    by = script.voice(part)
    account = subject.document.account_entity
    of_caller = account is not None and part.effect.holder == account.name
    if of_caller and by.account is None:
        raise UnproducibleError("keys have no links")
    maker = script.somebody(part, 2) if of_caller else by
    records = target(script, part, maker)
    if of_caller and by.account is not None:
        return by, records, by.account
    if len(records) < 2:
        raise UnproducibleError("who has the link is not known")
    if records[-1] in records[-2].links.get(part.effect.association, []) and part.effect.lookups[-1].within is None:
        # It was made with that link already: another one has none.
        records = [*records[:-1], script.make(records[-1].entity.name, by=maker if maker is not NOBODY else None)]
    return by, records, records[-2]


def _counterpart(subject: Subject) -> Part:
    for part in subject.parts.find(subject.entity, OperationKind.LINK):
        same = part.effect.association == subject.part.effect.association
        if same and len(part.effect.lookups) == len(subject.part.effect.lookups):
            return part
    raise UnproducibleError("no operation links anything")


def _switch(
    script: Script,
    part: Part,
    by: Voice,
    records: list[Record],
    holder: Record,
    *,
    on: bool,
    text: str,
    given: bool = False,
) -> None:
    linked = holder.links.setdefault(part.effect.association, [])
    if on and records[-1] not in linked:
        linked.append(records[-1])
    if not on and records[-1] in linked:
        linked.remove(records[-1])
    link(script, part, records, by, text, "given" if given else "when")
