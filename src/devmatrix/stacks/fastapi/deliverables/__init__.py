"""Deliverables: takes a document, gives what surrounds the code: README, Makefile, container, CI, requirements."""

from devmatrix.stacks.fastapi.deliverables.facts import DeliveryFacts, Endpoint
from devmatrix.stacks.fastapi.deliverables.files import LOCKS, delivery_outline, delivery_sources

__all__ = ["LOCKS", "DeliveryFacts", "Endpoint", "delivery_outline", "delivery_sources"]
