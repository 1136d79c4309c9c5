"""The files of a document, and references from anywhere in them to anywhere else."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from devmatrix.discovery.openapi.loading.nodes import Tree, escaped, read_tree
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError

MAX_BYTES = 20_000_000
_MAX_FILES = 500
_MAX_REFERENCES = 100
_REMOTE_SECONDS = 10.0


@dataclass(frozen=True)
class At:
    """A value, and where it stands."""

    tree: Tree
    pointer: str
    value: object

    def fail(self, what: str, mend: str = "mend the document") -> RequestError:
        """The error to raise about this place."""
        line = self.tree.line(self.pointer)
        return RequestError(f"{self.tree.name}:{line}: {self.pointer or '/'}: {what}", mend=mend)

    @property
    def mapping(self) -> dict[str, object]:
        """The value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.fail(f"an object is expected here, not {_kind(self.value)}")
        return self.value

    @property
    def text(self) -> str:
        """The value, which must be a string."""
        if not isinstance(self.value, str):
            raise self.fail(f"a string is expected here, not {_kind(self.value)}")
        return self.value

    def child(self, key: str) -> "At":
        """The value under a key that is there."""
        return At(self.tree, f"{self.pointer}/{escaped(key)}", self.mapping[key])

    def get(self, key: str) -> "At | None":
        """The value under a key; none where it is missing or null."""
        return self.child(key) if self.mapping.get(key) is not None else None

    def text_of(self, key: str, default: str = "") -> str:
        """The string under a key."""
        found = self.get(key)
        return default if found is None else found.text

    def flag(self, key: str) -> bool:
        """Whether true stands under a key."""
        return self.mapping.get(key) is True

    def items(self) -> Iterator[tuple[str, "At"]]:
        """Keys and values of an object."""
        for key in self.mapping:
            yield key, self.child(key)

    def each(self) -> Iterator["At"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            raise self.fail(f"a list is expected here, not {_kind(self.value)}")
        for index, item in enumerate(self.value):
            yield At(self.tree, f"{self.pointer}/{index}", item)

    @property
    def identity(self) -> tuple[str, str]:
        """Tells places apart."""
        return self.tree.name, self.pointer


class Files:
    """The document and what it refers to, read when needed. Files outside its folder are not read."""

    def __init__(self, source: Source, *, allow_remote: bool) -> None:
        self._allow_remote = allow_remote
        self._folder = source.path.resolve().parent if source.path else None
        tree = read_tree(source.text, source.name)
        self.root = At(tree, "", tree.value)
        self._keys: dict[str, Tree] = {}
        self._places: dict[str, str] = {tree.name: str(source.path.resolve()) if source.path else ""}
        if source.path:
            self._keys[str(source.path.resolve())] = tree

    def follow(self, at: At) -> At:
        """What stands at `at`, references followed. Raises RequestError where one leads nowhere or in a circle."""
        seen: list[tuple[str, str]] = []
        while isinstance(at.value, dict) and isinstance(at.value.get("$ref"), str):
            if at.identity in seen or len(seen) > _MAX_REFERENCES:
                raise at.fail("this $ref leads back to itself")
            seen.append(at.identity)
            at = self.target(at)
        return at

    def target(self, at: At) -> At:
        """What the `$ref` at `at` points to."""
        reference = at.child("$ref").text
        address, _, fragment = reference.partition("#")
        tree = self._tree(at, address) if address else at.tree
        found = At(tree, "", tree.value)
        for part in filter(None, unquote(fragment).lstrip("/").split("/")) if fragment else ():
            key = part.replace("~1", "/").replace("~0", "~")
            found = self._step(at, found, key, reference)
        return found

    def _step(self, at: At, found: At, key: str, reference: str) -> At:
        if isinstance(found.value, dict) and "$ref" in found.value and key not in found.value:
            found = self.follow(found)
        if isinstance(found.value, dict) and key in found.value:
            return found.child(key)
        if isinstance(found.value, list) and key.isdigit() and int(key) < len(found.value):
            return At(found.tree, f"{found.pointer}/{int(key)}", found.value[int(key)])
        raise at.child("$ref").fail(f"{reference[:200]} leads nowhere: {found.pointer or '/'} has no {key[:80]!r}")

    def _tree(self, at: At, address: str) -> Tree:
        place = at.child("$ref")
        base = self._places[at.tree.name]
        if urlsplit(address).scheme in ("http", "https") or urlsplit(base).scheme in ("http", "https"):
            return self._remote(place, address, base)
        if urlsplit(address).scheme or address.startswith("//"):
            raise place.fail(f"{address[:200]} is no file beside the document")
        if self._folder is None:
            raise place.fail(
                f"{address[:200]} is another file, and this document came without a folder",
                mend="give the document as a file, with the others beside it",
            )
        path = (Path(base).parent / unquote(address)).resolve()
        if not path.is_relative_to(self._folder):
            raise place.fail(
                f"{address[:200]} lies outside the folder of the document", mend="put it beside the document"
            )
        return self._known(str(path)) or self._add(str(path), unquote(address), _read(path, place))

    def _known(self, key: str) -> Tree | None:
        return self._keys.get(key)

    def _add(self, key: str, name: str, text: str) -> Tree:
        if len(self._keys) >= _MAX_FILES:
            raise RequestError(f"the document is spread over more than {_MAX_FILES} files", mend="bundle it")
        name = name.removeprefix("./")
        while name in self._places:  # two files of one name in different folders
            name = f"./{name}"
        tree = read_tree(text, name)
        self._keys[key] = tree
        self._places[name] = key
        return tree

    def _remote(self, place: At, address: str, base: str) -> Tree:
        from urllib.parse import urljoin

        url = urljoin(base, address) if base.startswith("http") else address
        if not self._allow_remote:
            raise place.fail(
                f"{url[:200]} is somewhere else, and nothing is fetched",
                mend="put it beside the document, or say --allow-remote",
            )
        return self._known(url) or self._add(url, url, _fetch(url, place))


def _read(path: Path, place: At) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise place.fail(f"{path.name} cannot be read: {why}") from error
    return _decoded(content, place, path.name)


def _fetch(url: str, place: At) -> str:
    import httpx

    content = b""
    try:
        with httpx.stream("GET", url, timeout=_REMOTE_SECONDS, follow_redirects=False) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise place.fail(f"{url[:200]} cannot be fetched: {error}") from error
    return _decoded(content, place, url)


def _decoded(content: bytes, place: At, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise place.fail(f"{name[:200]} is longer than {MAX_BYTES:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise place.fail(f"{name[:200]} is not UTF-8 text: byte {error.start}") from error


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
