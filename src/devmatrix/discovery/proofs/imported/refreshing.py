"""Tokens that give new tokens."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason, Source
from devmatrix.discovery.proofs.imported.accounts import token_scheme
from devmatrix.discovery.proofs.imported.bodies import content_of, put
from devmatrix.discovery.proofs.imported.calls import Voice, spoken
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError

_TOKEN = "refresh"


def refreshing(subject: Subject) -> list[Proof]:
    """custom, with a refresh token: it gives new tokens, lets nobody in, and nothing else gives any."""

    def right(script: Script) -> None:
        account = _signed_in(subject, script)
        _ask(subject, script, f"${{{_TOKEN}}}", "new tokens are asked for", account)
        current = subject.parts.first(account.entity.name, OperationKind.CURRENT)
        if current is not None:
            by = Voice(account.credentials, account.query, account)
            about = Scene(record=account, caller=account)
            script.call(current, phase="then", text="the new token lets in", records=[account], by=by, scene=about)

    def wrong(script: Script) -> None:
        account, scheme = _signed_in(subject, script), token_scheme(subject)
        _ask(subject, script, "not-a-token", "something else is shown")
        current = subject.parts.first(account.entity.name, OperationKind.CURRENT)
        if current is not None and scheme is not None:
            script.call(
                current,
                phase="then",
                text="a refresh token lets nobody in",
                records=[account],
                by=spoken(scheme, f"${{{_TOKEN}}}", account),
                expect=script.refused(current, Reason.UNAUTHENTICATED),
            )

    def other(script: Script) -> None:
        account = _signed_in(subject, script)
        _ask(subject, script, f"${{{account.name}_token}}", "a token that lets in is shown")

    happy = subject.draft("new tokens for a refresh token", "happy", right)
    refused = subject.draft("nothing else gives new tokens", "access", wrong)
    refused += subject.draft("a token that lets in gives none", "access", other)
    return [
        *subject.proof(f"{subject.route} gives new tokens", happy),
        *subject.proof(f"{subject.route} refuses what is no refresh token", refused),
    ]


def _signed_in(subject: Subject, script: Script) -> Record:
    """An account with a refresh token, which is captured."""
    account, scheme = script.an_account(), token_scheme(subject)
    for login in subject.parts.find(account.entity.name, OperationKind.LOGIN):
        answer = login.effect.answer
        token = script.token_at(answer, source=Source.REFRESH_TOKEN) if answer is not None else None
        if token is not None and scheme is not None:
            script.sign_in(login, account, scheme, capture={_TOKEN: token})
            return account
    raise UnproducibleError("no login gives a token to refresh by")


def _ask(subject: Subject, script: Script, token: str, text: str, account: Record | None = None) -> None:
    """Show a token, which is that of an account, or refused."""
    part = subject.part
    content = content_of(part.endpoint)
    if content is None:
        raise UnproducibleError("nothing takes the token")
    script.call(
        part,
        phase="when",
        text=text,
        body=put(subject.samples.value(content.shape, 1), part.effect.refresh, token),
        scene=Scene(record=account, caller=account),
        expect=None if account is not None else script.refused(part, Reason.BAD_CREDENTIALS),
        holder=account,
        scheme=token_scheme(subject),
    )
