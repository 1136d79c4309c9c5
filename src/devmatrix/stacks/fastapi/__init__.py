"""The stack `fastapi`: takes a document, gives the contracts, atoms and blueprints of a FastAPI project."""

from devmatrix.stacks.fastapi.stack import FastAPIStack

__all__ = ["FastAPIStack"]
