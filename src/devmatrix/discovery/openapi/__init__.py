"""Takes an OpenAPI document, gives a DiscoveryDocument with its interface: the API exactly as the document has it."""

from devmatrix.discovery.openapi.reading import read_openapi

__all__ = ["read_openapi"]
