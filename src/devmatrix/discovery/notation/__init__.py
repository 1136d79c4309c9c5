"""The compact notation: takes one piece of the request, gives what each of its items became, or None if it is no notation."""

from devmatrix.discovery.notation.lines import Item, read_block_item, read_line

__all__ = ["Item", "read_block_item", "read_line"]
