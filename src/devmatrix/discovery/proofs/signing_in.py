"""Accounts: registration, signing in, the current account, roles."""

from itertools import islice

from devmatrix.discovery.document import Account, Level, Operation, OperationKind
from devmatrix.discovery.proofs.payloads import Values
from devmatrix.discovery.proofs.script import Record, Script
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import sample
from devmatrix.discovery.proofs.wording import one, sentence
from devmatrix.discovery.proofs.writing import patched_values

SIGNED_IN: Values = {"access_token": {"$match": "token"}, "token_type": "bearer", "expires_in": {"$match": "integer"}}


def signing_in(subject: Subject) -> list[Proof]:
    """Requirements about the accounts that records of the entity are."""
    account = subject.entity.account
    if account is None:
        return []
    register, login = subject.operation(OperationKind.REGISTER), subject.operation(OperationKind.LOGIN)
    proofs = _registering(subject, account, register) if register else []
    if login is not None:
        proofs += _logging_in(subject, account, login)
    return proofs + _current(subject, account) + _role_writes(subject, account)


def _body(script: Script, subject: Subject) -> Values:
    return script.body(subject.entity, register=True, full=True)


def _registering(subject: Subject, account: Account, register: Operation) -> list[Proof]:
    entity = subject.entity
    who = one(entity)

    def happy(script: Script) -> None:
        body = _body(script, subject)
        headers = {"Location": "*"} | ({"ETag": '"1"'} if entity.versioned else {})
        answer = script.new_answer(entity, body)
        script.call("when", f"{who} registers", register, body=body, answer=answer, answer_headers=headers)

    def refused(script: Script) -> None:
        body = _body(script, subject)
        for name in (account.login_field, account.password_field):
            rest = {key: value for key, value in body.items() if key != name}
            text = f"{who} registers without {name}"
            script.refuse("when", text, register, status=422, blame=[f"/{name}"], body=rest)
        short = {**body, account.password_field: "short"}
        pointer = [f"/{account.password_field}"]
        script.refuse("when", f"{who} registers with a short password", register, status=422, blame=pointer, body=short)
        unknown = {**body, "id": "11111111-2222-4333-8444-555555555555"}
        script.refuse("when", f"{who} registers with an id", register, status=422, blame=["/id"], body=unknown)
        if account.role_field is not None:
            role = entity.attribute(account.role_field).choices[-1]
            greedy = {**body, account.role_field: role}
            text = f"{who} registers as {role}"
            pointer = [f"/{account.role_field}"]
            script.refuse("when", text, register, status=422, blame=pointer, body=greedy)

    def taken(script: Script) -> None:
        body = _body(script, subject)
        script.call("given", f"{who} has registered", register, body=body)
        other = {**_body(script, subject), account.login_field: body[account.login_field]}
        text = f"{who} registers with the same {account.login_field}"
        script.refuse("when", text, register, status=409, body=other)

    return proof(
        Level.MUST,
        f"Anybody can register as {who}",
        [register],
        [
            subject.draft(f"{who} registers", "happy", happy),
            subject.draft(f"{who} does not register with what cannot be", "error", refused),
            subject.draft(f"{who} does not register with a taken {account.login_field}", "error", taken),
        ],
    )


def _logging_in(subject: Subject, account: Account, login: Operation) -> list[Proof]:
    entity = subject.entity
    who = one(entity)
    current = subject.operation(OperationKind.CURRENT)

    def credentials(record: Record, password: str | None = None) -> Values:
        secret = password or record.sent[account.password_field]
        return {account.login_field: record.sent[account.login_field], account.password_field: secret}

    def happy(script: Script) -> None:
        record = script.record(entity)
        capture = {"token": "/access_token"}
        body = credentials(record)
        script.call("when", f"{who} signs in", login, body=body, answer=SIGNED_IN, capture=capture)
        if current is not None:
            headers = {"Authorization": "Bearer ${token}"}
            answer = record.body
            script.call("then", "the token is theirs", current, actor=None, headers=headers, answer=answer)

    def refused(script: Script) -> None:
        record = script.record(entity)
        wrong = credentials(record, "Not-the-password-1")
        script.refuse("when", f"{who} signs in with a wrong password", login, status=401, body=wrong)
        unknown = {**credentials(record), account.login_field: sample(entity.attribute(account.login_field), 41)}
        script.refuse("when", f"{who} signs in who never registered", login, status=401, body=unknown)
        for name in (account.login_field, account.password_field):
            rest = {key: value for key, value in credentials(record).items() if key != name}
            text = f"{who} signs in without {name}"
            script.refuse("when", text, login, status=422, blame=[f"/{name}"], body=rest)

    return proof(
        Level.MUST,
        f"{sentence(who)} can sign in",
        [login],
        [
            subject.draft(f"{who} signs in", "happy", happy),
            subject.draft(f"{who} does not sign in with wrong credentials", "error", refused),
            _gone(subject, current),
        ],
    )


def _gone(subject: Subject, current: Operation | None) -> list[Draft]:
    delete = subject.operation(OperationKind.DELETE)
    if delete is None or current is None:
        return []

    def write(script: Script) -> None:
        record = script.sign_in(script.record(subject.entity))
        token, record.headers = record.headers, {}
        actor = script.cast.of_role(delete.access.roles[0]) if delete.access.roles else None
        if actor is None and delete.access.owner:
            script.call("given", "the account is deleted", delete, record=record, actor=None, headers=token)
        else:
            script.call("given", "the account is deleted", delete, record=record)
        script.refuse("then", "its token is worth nothing", current, status=401, actor=None, headers=token)

    return subject.draft("a deleted account cannot go on", "access", write)


def _current(subject: Subject, account: Account) -> list[Proof]:
    entity = subject.entity
    current, patch = subject.operation(OperationKind.CURRENT), subject.operation(OperationKind.CURRENT_PATCH)
    if current is None:
        return []

    def happy(script: Script) -> None:
        record = script.sign_in(script.record(entity))
        text = f"{one(entity)} asks who they are"
        script.call("when", text, current, actor=None, headers=record.headers, answer=record.body)

    def patched(script: Script) -> None:
        if patch is None:
            return
        record = script.sign_in(script.record(entity, full=True))
        for attribute, change in islice(patched_values(subject, record), 3):
            record.values.update(change)
            text = f"they change their {attribute.name}"
            answer = {"$open": {"id": record.id, **record.values}}
            script.call("when", text, patch, actor=None, headers=record.headers, body=change, answer=answer)
        script.refuse(
            "when",
            "they change their id",
            patch,
            actor=None,
            headers=record.headers,
            status=422,
            blame=["/id"],
            body={"id": "11111111-2222-4333-8444-555555555555"},
        )
        if account.role_field is not None:
            body: Values = {account.role_field: entity.attribute(account.role_field).choices[-1]}
            text, pointer = "they change their role", [f"/{account.role_field}"]
            script.refuse("when", text, patch, actor=None, headers=record.headers, status=422, blame=pointer, body=body)

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can see and change the own account",
        [current, patch],
        [
            subject.draft(f"{one(entity)} sees the own account", "happy", happy),
            subject.draft(f"{one(entity)} changes the own account", "happy", patched) if patch else [],
            _new_password(subject, account, current, patch) if patch else [],
        ],
    )


def _new_password(subject: Subject, account: Account, current: Operation, patch: Operation) -> list[Draft]:
    login = subject.operation(OperationKind.LOGIN)

    def write(script: Script) -> None:
        record = script.sign_in(script.record(subject.entity))
        if login is None:
            raise UnproducibleError("nobody can sign in")
        fresh = sample(subject.entity.attribute(account.password_field), 51)
        body: Values = {account.password_field: fresh}
        script.call("when", "they change their password", patch, actor=None, headers=record.headers, body=body)
        script.refuse("then", "the old token is worth nothing", current, status=401, actor=None, headers=record.headers)
        old = {name: record.sent[name] for name in (account.login_field, account.password_field)}
        script.refuse("then", "the old password is worth nothing", login, status=401, body=old)
        script.call("then", "the new one is", login, body={**old, account.password_field: fresh}, answer=SIGNED_IN)

    return subject.draft("a changed password ends what the old one began", "access", write)


def _role_writes(subject: Subject, account: Account) -> list[Proof]:
    entity, patch = subject.entity, subject.operation(OperationKind.PATCH)
    if account.role_field is None or patch is None or account.admin_role is None:
        return []
    role = account.role_field
    other = next((item for item in entity.attribute(role).choices[::-1] if item != account.admin_role), None)

    def happy(script: Script) -> None:
        admin = script.cast.of_role(account.admin_role or "")
        if admin is None or account.admin_role not in patch.access.roles:
            raise UnproducibleError("no administrator may patch accounts")
        record = script.record(entity)
        record.values[role] = other
        answer = {"$open": {"id": record.id, **record.values}}
        body: Values = {role: other}
        script.call(
            "when", "an administrator gives another role", patch, record=record, actor=admin, body=body, answer=answer
        )

    def refused(script: Script) -> None:
        if not patch.access.owner:
            raise UnproducibleError("only roles decide")
        record = script.sign_in(script.record(entity))
        text = "they give themselves another role"
        script.refuse("when", text, patch, record=record, status=403, body={role: account.admin_role})

    return proof(
        Level.MUST,
        f"Only an administrator gives roles to {one(entity)}",
        [patch],
        [
            subject.draft("an administrator gives a role", "happy", happy),
            subject.draft("nobody gives a role to themselves", "access", refused) if patch.access.owner else [],
        ],
    )
