"""From marked-up text to the words that a reader sees, each character with its place in the source."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ARROWS = frozenset("→⇒⟶➔➜➝➞➡⟹")
_TYPOGRAPHIC = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "≤": "<=", "≥": ">=", "≠": "!=",
    "\u00a0": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "\u00ad": "", "…": "...",
}  # fmt: skip
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "quot": '"', "ndash": "–", "mdash": "—", "rarr": "->"}
_MARKUP = re.compile(
    r"""(?P<escape>\\[!-/:-@\[-`{-~])
    |(?P<code>(?P<ticks>`+)(?!`)(?P<inner>.+?)(?<!`)(?P=ticks)(?!`))
    |(?P<comment><!--.*?-->)
    |(?P<url><(?P<address>(?:https?://|mailto:)[^\s<>]+)>)
    |(?P<tag></?[a-zA-Z][^<>\n]{0,200}>)
    |(?P<link>!?\[(?P<label>[^\[\]\n]{1,300})\](?:\([^()\s]{0,500}(?:\s"[^"\n]*")?\)|\[[^\[\]\n]{1,80}\]))
    |(?P<entity>&(?P<name>amp|lt|gt|nbsp|quot|ndash|mdash|rarr);)
    |(?P<stars>\*{1,3}|~~)
    |(?P<lines>(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w))
    |(?P<newline>[ \t]*\\?(?:\r\n?|\n)[ \t]*(?:>[ \t]*)*)""",
    re.X | re.S,
)


@dataclass(frozen=True)
class Marked:
    """Words without markup, and the offset in the source of each of their characters."""

    text: str
    places: Sequence[int]

    def part(self, start: int, end: int) -> "Marked":
        """The characters [start, end)."""
        return Marked(self.text[start:end], self.places[start:end])


def plain(source: str, start: int, end: int) -> Marked:
    """The words that stand at [start, end) of the source."""
    characters: list[str] = []
    places: list[int] = []
    for text, place in _seen(source, start, end):
        for character in text:
            if character == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(character)
            places.append(place)
    while characters and characters[-1].isspace():
        characters.pop()
        places.pop()
    return Marked("".join(characters), places)


def words(source: str) -> str:
    """The words of a marked-up text."""
    return plain(source, 0, len(source)).text


def _seen(source: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    at = start
    while at < end:
        match = _MARKUP.match(source, at, end)
        if match is None or (match["stars"] and not _flanks(source, match)):
            yield _shown(source[at]), at
            at += 1
            continue
        if match["code"] is not None:
            inside = match.start("inner")
            yield from ((_shown(source[index]), index) for index in range(inside, match.end("inner")))
        elif match["link"] is not None:
            yield from _seen(source, match.start("label"), match.end("label"))
        else:
            yield _replaced(match), at
        at = match.end()


def _flanks(source: str, match: re.Match[str]) -> bool:
    """Whether stars stand at a word: `**bold**`, not `3 * 4`."""
    before, after = source[match.start() - 1 : match.start()], source[match.end() : match.end() + 1]
    if before.isdigit() and after.isdigit():
        return False
    return bool((before and not before.isspace()) or (after and not after.isspace()))


def _replaced(match: re.Match[str]) -> str:
    if match["escape"] is not None:
        return match["escape"][1]
    if match["url"] is not None:
        return match["address"]
    if match["entity"] is not None:
        return _ENTITIES[match["name"]]
    return " " if match["newline"] is not None or match[0].lower().startswith("<br") else ""


def _shown(character: str) -> str:
    if character in _ARROWS:
        return " -> "
    if character in _TYPOGRAPHIC:
        return _TYPOGRAPHIC[character]
    if character in "\t\n\r\f\v":
        return " "
    # Pictures decorate; what they say is in the words beside them.
    if character > "\u2000" and unicodedata.category(character) in {"So", "Sk", "Cf", "Mn", "Co"}:
        return ""
    return character
