"""Takes a loaded OpenAPI document and its classification, gives the DiscoveryDocument: records, effects, refusals."""

from devmatrix.discovery.openapi.binding.binding import bind
from devmatrix.discovery.openapi.binding.checking import check_bound

__all__ = ["bind", "check_bound"]
