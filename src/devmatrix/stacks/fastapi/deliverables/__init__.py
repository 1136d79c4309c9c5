"""Deliverables: takes a document, gives what surrounds the code: README, Makefile, container, CI, requirements."""

from devmatrix.stacks.fastapi.deliverables.files import delivery_outline, delivery_sources

__all__ = ["delivery_outline", "delivery_sources"]
