"""The commands: what each takes. What each does is imported when it runs, so that `devmatrix --help` stays quick."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from devmatrix import __version__
from devmatrix.cli.boundary import CANCELLED, run_guarded, tell

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE",
        help="What to build: text, files (or @file), - for standard input; several are read together.",
        show_default=False,
    ),
]
Answers = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Answers to open questions: YAML or JSON, id: answer.", show_default=False),
]
Remote = Annotated[
    bool, typer.Option("--allow-remote", help="Fetch what an OpenAPI document refers to on other hosts.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse a request of which any part was not understood.")]
Budget = Annotated[
    float | None,
    typer.Option(
        metavar="USD", min=0, help="What the run may cost at most; default: DEVMATRIX_BUDGET_USD.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there.")]

# Typer's Rich help costs 0.25 s of imports; the plain one says the same.
application = typer.Typer(
    name="devmatrix",
    help="Turns a request into a backend project that runs, is tested and is proven.",
    epilog="Exit codes: 0 succeeded, 1 failed, 2 usage, 3 incomplete, 4 budget reached, 130 cancelled.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line on the process's arguments, and exit."""
    # Documents are very many small objects that stay: looking for garbage among them takes a sixth of a large plan.
    gc.set_threshold(100_000)
    run_guarded(application)


def _finish(command: Callable[[], int]) -> NoReturn:
    try:
        code = command()
    except KeyboardInterrupt:  # Typer would end with the same code, but silently
        tell("cancelled")
        code = CANCELLED
    raise typer.Exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"devmatrix {__version__}")
        raise typer.Exit


@application.callback()
def _options(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None: ...


@application.command()
def build(
    sources: Sources = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the project; default: its name, here.", show_default=False),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Build a plan that plan --out wrote, edited or not.", show_default=False),
    ] = None,
    answers: Answers = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Build without asking first.")] = False,
    budget: Budget = None,
    authors: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Who may write code: blueprint,recorded,model.", show_default=False),
    ] = None,
    json: Json = False,
    strict: Strict = False,
    allow_remote: Remote = False,
) -> None:
    """Build a project from what the sources say, and prove it.

    Puts open questions, shows what was understood and asks before anything is written, unless --yes is given.
    """
    from devmatrix.cli.building import build_command, build_planned_command

    if plan is not None:
        if sources or answers:
            raise typer.BadParameter("--plan takes neither sources nor answers: they are in the plan")
        _finish(
            lambda: build_planned_command(
                plan, out=out, yes=yes, json=json, strict=strict, budget=budget, authors=authors
            )
        )
    given = _required(sources)
    _finish(
        lambda: build_command(
            given,
            out=out,
            answers=answers,
            yes=yes,
            json=json,
            strict=strict,
            allow_remote=allow_remote,
            budget=budget,
            authors=authors,
        )
    )


@application.command()
def resume(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, or enough of its beginning.")],
    budget: Budget = None,
    json: Json = False,
) -> None:
    """Go on with a run that stopped, such as at its budget; what was paid is not paid again."""
    from devmatrix.cli.building import resume_command

    _finish(lambda: resume_command(run, budget=budget, json=json))


@application.command()
def plan(
    sources: Sources = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the plan: to read, edit and build later.", show_default=False),
    ] = None,
    answers: Answers = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Let a model read what the rules do not understand, without asking.")
    ] = False,
    json: Json = False,
    strict: Strict = False,
    allow_remote: Remote = False,
) -> None:
    """Show what was understood and what building it takes. Nothing is built."""
    from devmatrix.cli.building import plan_command

    given = _required(sources)
    _finish(
        lambda: plan_command(
            given, out=out, answers=answers, json=json, strict=strict, allow_remote=allow_remote, yes=yes
        )
    )


def _required(sources: list[str] | None) -> list[str]:
    if not sources:
        raise typer.BadParameter("nothing says what to build: give text, files, or - for standard input")
    return sources


@application.command()
def runs(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the latest first.")] = 20,
    json: Json = False,
) -> None:
    """List the runs, the latest first."""
    from devmatrix.cli.history import runs_command

    _finish(lambda: runs_command(limit=limit, json=json))


@application.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, or enough of its beginning.")],
    json: Json = False,
) -> None:
    """Show a run: its result, what is not proven, evidence per level, atoms that took more than one attempt."""
    from devmatrix.cli.history import show_command

    _finish(lambda: show_command(run, json=json))


@application.command()
def doctor(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Make what can be made: the environment of generated projects.")
    ] = False,
    json: Json = False,
) -> None:
    """Check that everything needed is there and works; says how to mend what is not."""
    from devmatrix.cli.doctor import doctor_command

    _finish(lambda: doctor_command(prepare=prepare, json=json))
