"""Lines of code as text: what they name, and what is left of them."""

import re


def tidied(lines: list[str]) -> list[str]:
    """Without variables that nothing reads, or that are only answered."""
    found: list[str] = []
    for index, line in enumerate(lines):
        name, is_assignment, value = line.partition(" = ")
        rest = "\n".join(lines[index + 1 :])
        if is_assignment and name.isidentifier() and not re.search(rf"\b{name}\b", rest) and value.startswith("await "):
            found.append(value)
        else:
            found.append(line)
    if len(found) > 1:
        name, _, value = found[-2].partition(" = ")
        if name.isidentifier() and found[-1] == f"return {name}":
            found[-2:] = [f"return {value}"]
    return found


def outside_brackets(text: str) -> str:
    """The text without what stands in brackets."""
    depth, kept = 0, []
    for letter in text:
        depth += (letter in "[(") - (letter in "])")
        if depth == 0:
            kept.append(letter)
    return "".join(kept)


def without_default(declaration: str) -> str:
    """The parameter's name and type."""
    depth = 0
    for position, letter in enumerate(declaration):
        depth += (letter in "[(") - (letter in "])")
        if depth == 0 and declaration[position : position + 3] == " = ":
            return declaration[:position]
    return declaration


def mentions(name: str, text: str) -> bool:
    """Whether the code names the variable."""
    return re.search(rf"(?<![\w.\"']){re.escape(name)}\b", text) is not None
