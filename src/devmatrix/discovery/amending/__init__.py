"""Takes a document and the draft into which further sources were read, gives the amended document."""

from devmatrix.discovery.amending.conventional import Amendment
from devmatrix.discovery.amending.imported import amend_imported
from devmatrix.discovery.amending.keeping import Keeper
from devmatrix.discovery.amending.seeding import seed

__all__ = ["Amendment", "Keeper", "amend_imported", "seed"]
