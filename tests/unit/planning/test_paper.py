import re

import pytest

from devmatrix.discovery import DiscoveryDocument, Source, discover
from devmatrix.planning import TaskOutline, make_plan
from devmatrix.planning.paper import render_plan
from tests.unit.planning.test_make import _outline

REQUEST = """Book: title string(1..80) unique, kind novel|essay = novel, pages int 1..5000?, tags -> Tag[],
    states new -(lend requires pages)-> lent -> new, soft delete, unique(title, kind)
User: account
Only admins may delete books. A recipe has many tags."""


def paper(document: DiscoveryDocument, outline: list[TaskOutline] | None = None) -> str:
    return render_plan(document, make_plan(document, outline or _outline(document), stack="fastapi"))


def test_the_paper_says_what_is_built_from_what_and_in_which_order() -> None:
    document = discover([Source(REQUEST), Source("It feels | *warm*.", "rules.md")])
    text = paper(document)
    for part in (
        f"# {document.title}",
        "- Read: rules.md (Markdown, 18 bytes)",
        "| lines of code |",
        "How many minutes is not known",
        "| USD at list price | 0.00 | 0.00 | 0.00 |",
        "| `title` | string | unique; 1 to 80 characters |",
        "| `kind` | enum | optional; one of novel, essay; default novel |",
        "| `pages` | integer | optional; >= 1; <= 5000 |",
        "- unique together: title, kind",
        "- lend: new → lent, requires pages",
        "- deleted records are kept, and hidden",
        "- signs in with email and password",
        "| DELETE | `/books/{book_id}` | Delete a book | admin | delete |",
        "- `tag-many-recipes`: Can one tag belong to many recipes? **yes** (default); else: no",
        "`--answers FILE`",
        "## Assumed",
        "**rules.md**: 1",
        "- rules.md:1: “It feels \\| \\*warm\\*.”: ",
        "| `foundation.settings` Settings | `app/s.py` |  | all requirements | 7 to 15 |",
        "### Foundation\n",
    ):
        assert part in text, part
    for need in document.requirements:
        assert f"| {need.id} | {need.level.upper()} |" in text


def test_tables_hold_together_whatever_the_request_says() -> None:
    document = discover("Book: title, kind a/b | c = c")
    odd = document.entities[0].model_copy(update={"description": "a | b\n# c"})
    text = paper(document.model_copy(update={"entities": (odd, *document.entities[1:]), "title": "x\n# y | z"}))
    columns = [len(re.findall(r"(?<!\\)\|", row)) for row in text.splitlines() if row.startswith("|")]
    assert all(columns)
    assert "\n# y" not in text
    assert "a \\| b # c" in text


@pytest.mark.parametrize(("tasks", "drawn"), [(5, "t4 --> t5"), (200, "m0 --> m1")])
def test_the_graph_shows_tasks_and_of_many_milestones(tasks: int, drawn: str) -> None:
    document = discover("Book: title")
    names = [f"x{number}" for number in range(tasks)]
    first = TaskOutline(id="first", title="F", milestone="foundation", files=("f",), estimated_lines=1)
    outline = [
        first,
        *(
            TaskOutline(
                id=name,
                title=name,
                milestone=document.contexts[0].name,
                files=(name,),
                depends_on=("first", *names[:number]),
                estimated_lines=1,
            )
            for number, name in enumerate(names)
        ),
    ]
    graph = paper(document, outline).partition("```mermaid\n")[2]
    assert drawn in graph
    # What follows from another line is not drawn.
    assert "t0 --> t2\n" not in graph
    assert graph.rstrip().endswith("```")
