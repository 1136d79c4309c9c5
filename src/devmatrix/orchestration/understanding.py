"""From sources to a DiscoveryDocument: by rules, and where they do not do and it is wanted, by a language model."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from devmatrix.discovery import DiscoveryDocument, Source, discover, discover_with_model, reads_prose_only
from devmatrix.discovery.coverage import require_all_understood
from devmatrix.discovery.given import require_sound
from devmatrix.discovery.proving import prove
from devmatrix.errors import RequestError
from devmatrix.settings import Settings


def understand(
    settings: Settings,
    sources: Sequence[Source],
    answers: Mapping[str, str] | None,
    *,
    strict: bool,
    allow_remote: bool,
    with_model: bool,
) -> DiscoveryDocument:
    """What the sources ask for; `with_model`: prose that the rules do not understand whole is read by a model.

    Raises RequestError; what a model costs, and how it may fail, is as `discovery.discover_with_model` says.
    """
    try:
        document: DiscoveryDocument | None = discover(sources, answers=answers, allow_remote=allow_remote)
    except RequestError as error:
        if not (settings.model and reads_prose_only(sources)):
            raise
        if not with_model:
            raise RequestError(
                error.message, mend=f"{error.mend}\nor let {settings.model} read it: add --yes"
            ) from error
        document = None
    is_whole = document is not None and all(item.understood for item in document.statements)
    if with_model and not is_whole and reads_prose_only(sources):
        document = asyncio.run(_ask(settings, sources, answers))
    if document is None:
        raise RuntimeError("nothing was read, and nobody said why")
    if strict:
        require_all_understood(document)
    return document


def complete(document: DiscoveryDocument) -> DiscoveryDocument:
    """A document that was given, with what follows from it. Raises RequestError where it is not sound."""
    require_sound(document)
    return prove(document)


async def _ask(settings: Settings, sources: Sequence[Source], answers: Mapping[str, str] | None) -> DiscoveryDocument:
    from devmatrix.llm import check_model, open_gateway
    from devmatrix.storage import open_store

    await asyncio.to_thread(check_model, settings)
    store = await asyncio.to_thread(open_store, settings.database)
    gateway = open_gateway(settings, store)
    run_id = f"discovery-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    try:
        return await discover_with_model(sources, gateway, run_id=run_id, answers=answers)
    finally:
        await gateway.close()
        store.close()
