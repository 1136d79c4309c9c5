"""Whether a sentence is English, told by the small words that every sentence of a language has."""

import re
import unicodedata

_ENGLISH = frozenset(
    """the a an of is are and to must can may has have be with for only by or it its in on at that which when if
    not every
    each any all should will shall than from as this these user users api""".split()
)
_FOREIGN = frozenset(
    """der das dem ein eine einen einem einer ist sind und oder nicht mit für wird werden können kann müssen muss darf
    dürfen haben hat nur jeder jede jedes auf bei nach sich als auch zum zur wenn durch über soll sollen zwischen
    le les une est sont et ou avec dans qui que peut peuvent doit doivent chaque pas du aux cette être avoir leur leurs
    el los las unos unas y con para por puede pueden debe deben cada del al su sus cuando tiene tienen son está están
    il gli della delle degli nel sono può possono deve devono ogni anche quando
    os as um uma são não pode podem devem cada também seu sua têm tem
    het een zijn niet moet moeten mag mogen hebben heeft elke alleen wordt worden
    och inte ska måste har endast""".split()
)
_WORD = re.compile(r"[^\W\d_]+")


def is_foreign(text: str) -> bool:
    """Whether a text is surely not English: most letters are not Latin, or small words of other languages prevail."""
    words = [word.lower() for word in _WORD.findall(text)]
    letters = [character for word in words for character in word if ord(character) > 0x24F]
    if len(letters) > len("".join(words)) / 2:
        return not all("LATIN" in unicodedata.name(character, "") for character in letters[:20])
    foreign = {word for word in words if word in _FOREIGN and word not in _ENGLISH}
    english = [word for word in words if word in _ENGLISH]
    accents = any(character in "äöüßéèêàçñóíúáãõåøæ¿¡" for character in text.lower())
    return len(foreign) >= (1 if accents and not english else 2) and len(foreign) > len(english)
