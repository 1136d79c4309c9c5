"""The compact notation: takes a piece of the request, gives what each of its items became, or None for other text."""

from devmatrix.discovery.notation.lines import Item, read_block_item, read_line

__all__ = ["Item", "read_block_item", "read_line"]
