"""Signing in and out."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason, Scheme, Source
from devmatrix.discovery.proofs.imported.bodies import content_of, put
from devmatrix.discovery.proofs.imported.calls import Voice, spoken
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
        scheme = _scheme(subject)
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


def _scheme(subject: Subject) -> Scheme | None:
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


def refreshing(subject: Subject) -> list[Proof]:
    """custom, with a refresh token: it gives new tokens, lets nobody in, and nothing else gives any."""
    part, pointer = subject.part, subject.part.effect.refresh
    content = content_of(part.endpoint)
    if not pointer or content is None:
        return []

    def signed_in(script: Script) -> Record:
        account, scheme = script.an_account(), _scheme(subject)
        for login in subject.parts.find(account.entity.name, OperationKind.LOGIN):
            answer = login.effect.answer
            token = script.token_at(answer, source=Source.REFRESH_TOKEN) if answer is not None else None
            if token is None or scheme is None:
                continue
            script.sign_in(login, account, scheme, capture={"refresh": token})
            return account
        raise UnproducibleError("no login gives a token to refresh by")

    def ask(script: Script, token: str, text: str, account: Record | None = None) -> None:
        body = put(subject.samples.value(content.shape, 1), pointer, token)
        expect = None if account is not None else script.refused(part, Reason.BAD_CREDENTIALS)
        scene = Scene(record=account, caller=account)
        script.call(
            part,
            phase="when",
            text=text,
            body=body,
            scene=scene,
            expect=expect,
            holder=account,
            scheme=_scheme(subject),
        )

    def right(script: Script) -> None:
        account = signed_in(script)
        ask(script, "${refresh}", "new tokens are asked for", account)
        current = subject.parts.first(account.entity.name, OperationKind.CURRENT)
        if current is not None:
            by = Voice(account.credentials, account.query, account)
            about = Scene(record=account, caller=account)
            script.call(current, phase="then", text="the new token lets in", records=[account], by=by, scene=about)

    def wrong(script: Script) -> None:
        account = signed_in(script)
        ask(script, "not-a-token", "something else is shown")
        scheme, current = _scheme(subject), subject.parts.first(account.entity.name, OperationKind.CURRENT)
        if current is not None and scheme is not None:
            script.call(
                current,
                phase="then",
                text="a refresh token lets nobody in",
                records=[account],
                by=spoken(scheme, "${refresh}", account),
                expect=script.refused(current, Reason.UNAUTHENTICATED),
            )

    def other(script: Script) -> None:
        account = signed_in(script)
        ask(script, f"${{{account.name}_token}}", "a token that lets in is shown")

    found = subject.proof(
        f"{subject.route} gives new tokens", subject.draft("new tokens for a refresh token", "happy", right)
    )
    drafts = subject.draft("nothing else gives new tokens", "access", wrong)
    drafts += subject.draft("a token that lets in gives none", "access", other)
    return found + subject.proof(f"{subject.route} refuses what is no refresh token", drafts)
