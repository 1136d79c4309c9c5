"""States, and the transitions between them."""

from devmatrix.discovery.document import Entity, FieldType, Level, Operation, OperationKind, StateMachine, Transition
from devmatrix.discovery.proofs.payloads import Values
from devmatrix.discovery.proofs.script import UNKNOWN_ID, Record, Script
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import sample
from devmatrix.discovery.proofs.wording import one, words


def states(subject: Subject) -> list[Proof]:
    """Requirements about the entity's state machine: one for each transition."""
    machine = subject.entity.states
    if machine is None:
        return []
    proofs: list[Proof] = []
    for transition in machine.transitions:
        operation = _operation(subject, transition)
        if operation is not None:
            proofs += _transition(subject, machine, transition, operation)
    return proofs


def _operation(subject: Subject, transition: Transition) -> Operation | None:
    wanted = (item for item in subject.operations if item.kind is OperationKind.TRANSITION)
    return next((item for item in wanted if item.transition == transition.name), None)


def path_to(machine: StateMachine, state: str) -> list[Transition] | None:
    """The shortest way from the initial state; None where there is none."""
    ways: dict[str, list[Transition]] = {machine.initial: []}
    frontier = [machine.initial]
    while frontier:
        here = frontier.pop(0)
        for transition in machine.transitions:
            if here in transition.sources and transition.target not in ways:
                ways[transition.target] = [*ways[here], transition]
                frontier.append(transition.target)
    return ways.get(state)


def _required_values(entity: Entity, transitions: list[Transition]) -> Values:
    """What the record must hold so that these transitions may happen."""
    names = [name for transition in transitions for name in transition.requires]
    values: Values = {}
    for name in names:
        attribute = entity.attribute(name)
        if attribute.server_set:
            raise UnproducibleError(f"{name} is set by the service only")
        if attribute.type is not FieldType.REFERENCE:
            values[name] = sample(attribute, 1)
    return values


def nearest(machine: StateMachine, transition: Transition) -> str:
    """The source of the transition that is the fewest steps away; UnproducibleError where none can be reached."""
    ways = {source: path_to(machine, source) for source in transition.sources}
    reached = [(len(way), source) for source, way in ways.items() if way is not None]
    if not reached:
        raise UnproducibleError(f"no way leads to a state from which {transition.name} starts")
    return min(reached)[1]


def in_state(
    script: Script,
    subject: Subject,
    machine: StateMachine,
    state: str,
    later: list[Transition],
    fixed: Values | None = None,
) -> Record:
    """A record in that state, ready for the `later` transitions, with the attributes that are `fixed`."""
    way = path_to(machine, state)
    if way is None:
        raise UnproducibleError(f"no way leads to {state}")
    operations = [_operation(subject, transition) for transition in way]
    needs = _required_values(subject.entity, [*way, *later])
    references = {
        item.name: script.parent(subject.entity, item, subject.document.entity(item.target or "")).id
        for item in (subject.entity.attribute(name) for step in [*way, *later] for name in step.requires)
        if item.type is FieldType.REFERENCE
    }
    called = [*operations, *(_operation(subject, transition) for transition in later)]
    record = script.usable(subject.entity, *called, fixed={**needs, **references, **(fixed or {})})
    for transition, operation in zip(way, operations, strict=True):
        if operation is None:
            raise UnproducibleError(f"no operation makes {transition.name}")
        script.call("given", f"it went to {transition.target}", operation, record=record)
        record.values[machine.field] = transition.target
    return record


def _transition(subject: Subject, machine: StateMachine, transition: Transition, operation: Operation) -> list[Proof]:
    entity, verb = subject.entity, words(transition.name)
    read = subject.operation(OperationKind.READ)

    def from_source(source: str) -> list[Draft]:
        def write(script: Script) -> None:
            record = in_state(script, subject, machine, source, [transition])
            record.values[machine.field] = transition.target
            record.version += 1
            answer = script.answer(record)
            record.version -= 1
            script.call("when", f"{verb} is called", operation, record=record, answer=answer)
            if read is not None:
                answer = script.answer(record)
                script.call("then", f"it is {transition.target}", read, record=record, answer=answer)

        return subject.draft(f"{one(entity)} goes from {source} to {transition.target} by {verb}", "happy", write)

    reachable = [state for state in entity.attribute(machine.field).choices if path_to(machine, state) is not None]
    wrong = [state for state in reachable if state not in transition.sources]

    def from_elsewhere(state: str) -> list[Draft]:
        def write(script: Script) -> None:
            record = in_state(script, subject, machine, state, [transition])
            script.refuse("when", f"{verb} is called", operation, record=record, status=409)
            if read is not None:
                answer = script.answer(record)
                script.call("then", f"it is still {state}", read, record=record, answer=answer)

        return subject.draft(f"{one(entity)} that is {state} refuses to {verb}", "error", write)

    def missing(script: Script) -> None:
        script.refuse("when", f"{verb} is called on what does not exist", operation, [UNKNOWN_ID], status=404)

    drafts = [from_source(source) for source in transition.sources if source in reachable][:3]
    drafts += [from_elsewhere(state) for state in wrong][:3]
    drafts += [_guarded(subject, machine, transition, operation, name) for name in transition.requires]
    drafts.append(subject.draft(f"{one(entity)} that does not exist cannot {verb}", "error", missing))
    sources = " or ".join(transition.sources)
    text = f"{verb.capitalize()} moves {one(entity)} from {sources} to {transition.target}, and from nowhere else"
    return proof(Level.MUST, text, [operation], drafts)


def _guarded(
    subject: Subject, machine: StateMachine, transition: Transition, operation: Operation, name: str
) -> list[Draft]:
    entity = subject.entity
    attribute = entity.attribute(name)
    if attribute.required:
        return []

    others = transition.model_copy(update={"requires": tuple(item for item in transition.requires if item != name)})

    def write(script: Script) -> None:
        source = nearest(machine, transition)
        record = in_state(script, subject, machine, source, [others], {name: None})
        text = f"{words(transition.name)} is called"
        script.refuse("when", text, operation, record=record, status=409)

    title = f"{words(transition.name)} needs {words(name)}"
    return subject.draft(title, "error", write)
