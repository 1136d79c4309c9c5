"""Seeds: takes a document, gives `app/seed.py`, which fills an empty database with a few examples."""

from devmatrix.stacks.fastapi.seeds.module import seed_outline, seed_sources

__all__ = ["seed_outline", "seed_sources"]
