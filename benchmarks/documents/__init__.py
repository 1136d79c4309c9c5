"""Takes a number of operations and a seed, gives an OpenAPI document of that size as plain data."""

from documents.synthetic import synthetic

__all__ = ["synthetic"]
