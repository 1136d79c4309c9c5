"""Requirements of an imported API: for every operation what it does, and each reason for which it refuses."""

from devmatrix.discovery.document import DiscoveryDocument, OperationKind, Requirement, Span
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.proofs.imported.accounts import signing_in, signing_out
from devmatrix.discovery.proofs.imported.bounds import edging
from devmatrix.discovery.proofs.imported.calls import Part, Parts
from devmatrix.discovery.proofs.imported.changes import changing
from devmatrix.discovery.proofs.imported.customs import custom, promising
from devmatrix.discovery.proofs.imported.links import linking
from devmatrix.discovery.proofs.imported.lists import listing
from devmatrix.discovery.proofs.imported.others import counting, files, in_bulk, telling
from devmatrix.discovery.proofs.imported.records import creating, deleting, moving, reading
from devmatrix.discovery.proofs.imported.refreshing import refreshing
from devmatrix.discovery.proofs.imported.refusals import refusing
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.service import service
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.scenario import Scenario

_KIND = OperationKind
_TOPICS = {
    creating: (_KIND.CREATE, _KIND.NESTED_CREATE, _KIND.REGISTER),
    listing: (_KIND.LIST, _KIND.NESTED_LIST, _KIND.SEARCH),
    reading: (_KIND.READ, _KIND.NESTED_READ, _KIND.CURRENT),
    changing: (
        _KIND.REPLACE,
        _KIND.PATCH,
        _KIND.NESTED_REPLACE,
        _KIND.NESTED_PATCH,
        _KIND.CURRENT_REPLACE,
        _KIND.CURRENT_PATCH,
    ),
    deleting: (_KIND.DELETE, _KIND.NESTED_DELETE),
    moving: (_KIND.TRANSITION,),
    signing_in: (_KIND.LOGIN,),
    signing_out: (_KIND.LOGOUT,),
    linking: (_KIND.LINK, _KIND.UNLINK),
    counting: (_KIND.COUNT,),
    in_bulk: (_KIND.BULK_CREATE, _KIND.BULK_DELETE),
    files: (_KIND.UPLOAD, _KIND.DOWNLOAD),
    telling: (_KIND.CUSTOM,),
}
_BY_KIND = {kind: topic for topic, kinds in _TOPICS.items() for kind in kinds}


def derive_imported(
    document: DiscoveryDocument, interface: Interface
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """(requirements, omissions: scenarios that could not be made up, each with the reason)."""
    parts, samples = Parts(document, interface), Samples(interface)
    omissions: list[str] = []
    spans = {item.span.pointer: item.span for item in document.statements if item.span.pointer}
    health = service(document.model_copy(update={"operations": ()}))
    proofs: list[tuple[Part | None, Proof]] = [(None, proof) for proof in health]
    for part in parts.all:
        subject = Subject(document, interface, parts, samples, part, omissions)
        found = _proofs(subject)
        if not found:
            found = promising(subject)
        proofs += [(part, proof) for proof in found]
    width = max(2, len(str(len(proofs))))
    requirements = tuple(
        _requirement(f"R-{number:0{width}}", part, proof, spans).model_copy(
            update={"entities": _about(document, parts, part)}
        )
        for number, (part, proof) in enumerate(proofs, start=1)
    )
    return requirements, tuple(omissions)


def _proofs(subject: Subject) -> list[Proof]:
    if subject.part.endpoint.effect is None:
        return custom(subject)
    topic = _BY_KIND.get(subject.part.operation.kind)
    if subject.part.effect.refresh:
        topic = refreshing
    happy = subject.attempt(topic) if topic is not None else []
    return [*happy, *subject.attempt(edging), *refusing(subject)]


def _about(document: DiscoveryDocument, parts: Parts, part: Part | None) -> tuple[str, ...]:
    """What it is about; with the accounts behind keys, where no operation is about these."""
    if part is None:
        return ()
    account = document.account_entity
    found = (part.operation.entity,) if part.operation.entity else ()
    if account is None or not part.operation.access.authenticated or not part.operation.entity:
        return found
    return found if account.name in parts.entities else (*found, account.name)


def _requirement(id_: str, part: Part | None, proof: Proof, spans: dict[str, Span]) -> Requirement:
    return Requirement(
        id=id_,
        level=proof.level,
        text=proof.text,
        span=spans.get(part.endpoint.pointer) if part is not None else None,
        operations=tuple(operation.id for operation in proof.operations),
        scenarios=tuple(
            Scenario(id=f"{id_}.{number}", title=draft.title, kind=draft.kind, steps=draft.steps)
            for number, draft in enumerate(proof.drafts, start=1)
        ),
    )
