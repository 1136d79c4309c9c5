"""Reads an OpenAPI document: loads it, classifies its operations, binds them to records."""

from devmatrix.discovery.document import DiscoveryDocument, SourceFile
from devmatrix.discovery.sources import Source, SourceFormat


def read_openapi(source: Source, *, allow_remote: bool = False) -> DiscoveryDocument:
    """The document without actors and requirements. Raises RequestError with file, line and pointer where it cannot.

    `allow_remote`: references to other addresses are fetched, instead of refused.
    """
    # Reading YAML and thousands of schemas takes its time to import as well.
    from devmatrix.discovery.openapi.binding import bind
    from devmatrix.discovery.openapi.classifying import classify, tell_tokens
    from devmatrix.discovery.openapi.loading import load, refuse_blanks

    given = refuse_blanks(load(source, allow_remote=allow_remote))
    classification = classify(given)
    told = tell_tokens(given, classification)
    document = bind(told, classification if told is given else classify(told))
    name = source.name or given.file
    file = SourceFile(name=name, format=SourceFormat.OPENAPI, sha256=source.sha256, size=source.size)
    return document.model_copy(update={"sources": (file,)})
