"""Signing in and out."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason, Scheme
from devmatrix.discovery.proofs.imported.bodies import put
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def signing_in(subject: Subject) -> list[Proof]:
    """login: with the right password only."""
    part = subject.part

    def right(script: Script) -> None:
        account = script.an_account()
        scheme = token_scheme(subject)
        if scheme is None or not script.gives_token(part):
            _plainly(script, account)
            return
        script.sign_in(part, account, scheme, phase="when")
        current = subject.parts.first(subject.entity, OperationKind.CURRENT)
        if current is not None:
            voice = Voice(account.credentials, account.query, account)
            scene = Scene(record=account, caller=account)
            script.call(current, phase="then", text="the token lets in", records=[account], by=voice, scene=scene)

    def _plainly(script: Script, account: Record) -> None:
        script.call(
            part,
            phase="when",
            text="the account signs in",
            body=script.login_body(part, account.login),
            query=script.login_query(part, account.login),
            scene=Scene(record=account, caller=account),
        )

    def wrong(script: Script, *, name: bool) -> None:
        account = script.an_account()
        values = dict(account.login)
        credentials = part.effect.credentials
        fields = script.account_entity().account
        if credentials is None or fields is None:
            raise UnproducibleError("how to sign in is not known")
        key = credentials.login_attribute if name else fields.password_field
        attribute = account.entity.attribute(key)
        values[key] = "nobody@example.com" if attribute.type == "email" else "Nobody-knows-17"
        body = script.login_body(part, values)
        if body is not None and not name:
            body = put(body, credentials.password, values[key])
        script.call(
            part,
            phase="when",
            text="somebody signs in with a wrong name" if name else "somebody signs in with a wrong password",
            body=body,
            query=script.login_query(part, values),
            expect=script.refused(part, Reason.BAD_CREDENTIALS),
        )

    drafts = subject.draft("the right password lets in", "happy", right)
    found = subject.proof(f"{subject.route} signs in", drafts)
    if any(refusal.reason is Reason.BAD_CREDENTIALS for refusal in part.endpoint.refusals):
        refused = subject.draft("a wrong password is refused", "access", lambda script: wrong(script, name=False))
        refused += subject.draft("an unknown name is refused", "access", lambda script: wrong(script, name=True))
        found += subject.proof(f"{subject.route} refuses wrong credentials", refused)
    return found


def token_scheme(subject: Subject) -> Scheme | None:
    """How tokens that are issued here are shown."""
    return next((one for one in subject.interface.schemes if one.kind == "token"), None)


def signing_out(subject: Subject) -> list[Proof]:
    """logout: the token is void."""
    part = subject.part

    def write(script: Script) -> None:
        by = script.somebody(part) if part.endpoint.schemes else script.voice(part)
        script.call(part, phase="when", text="the account signs out", by=by, scene=Scene(by.account, caller=by.account))
        current = subject.parts.first(by.account.entity.name, OperationKind.CURRENT) if by.account else None
        if current is not None and by.account is not None:
            expected = script.refused(current, Reason.UNAUTHENTICATED)
            script.call(current, phase="then", text="the token is void", records=[by.account], by=by, expect=expected)

    return subject.proof(f"{subject.route} signs out", subject.draft("the token is void afterwards", "happy", write))
