"""Target technologies: takes a document and a plan, gives the design of a project, and how to run it."""

from devmatrix.stacks.stack import Boot, Design, Stack

__all__ = ["Boot", "Design", "Stack"]
