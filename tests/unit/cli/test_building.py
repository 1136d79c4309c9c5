import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.cli import building, composition
from devmatrix.cli.building import build_command, plan_command, resume_command
from devmatrix.discovery.document import Question
from devmatrix.errors import OutputError, RequestError, UserError
from tests.unit.cli.scripted import ScriptedPipeline, document, finished, plan, whole_run

Use = Callable[[ScriptedPipeline], ScriptedPipeline]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def install(pipeline: ScriptedPipeline) -> ScriptedPipeline:
        monkeypatch.setattr(composition, "open_orchestration", lambda _: pipeline)
        return pipeline

    return install


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "is_attended", lambda: True)


def build(out: Path | None = Path("x"), *, yes: bool = True, json: bool = False, strict: bool = False) -> int:
    return build_command(["Shelf: name"], out=out, yes=yes, json=json, strict=strict)


@pytest.mark.parametrize(("status", "code"), [("succeeded", 0), ("failed", 1), ("incomplete", 3), ("cancelled", 130)])
def test_the_exit_code_is_the_status_of_the_run(
    use: Use, status: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = use(ScriptedPipeline(whole_run(finished(status=status))))
    assert build(strict=True) == code
    assert pipeline.planned == [(("Shelf: name",), {}, True)]
    assert [out for _, out in pipeline.built] == [Path("x")]
    assert f"\n{status}: Shelf keeping\n" in capsys.readouterr().out


def test_a_run_is_resumed_by_what_its_id_begins_with(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = use(ScriptedPipeline())
    assert resume_command("20261124", budget=2.0) == 0
    assert pipeline.resumed == ["20261124"]
    assert pipeline.built == []
    assert "\nsucceeded: Shelf keeping\n" in capsys.readouterr().out


def test_json_is_all_there_is_on_standard_output(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    use(ScriptedPipeline())
    assert build(json=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["type"] for line in lines] == [event.type for event in whole_run()]


def test_without_yes_and_without_a_terminal_nothing_begins(use: Use) -> None:
    pipeline = use(ScriptedPipeline())
    with pytest.raises(UserError) as refused:
        build(yes=False)
    assert refused.value.exit_code == 2
    assert "--yes" in refused.value.mend
    assert not pipeline.built


@pytest.mark.usefixtures("attended")
def test_json_cannot_ask(use: Use) -> None:
    use(ScriptedPipeline())
    with pytest.raises(UserError, match="nobody can be asked"):
        build(yes=False, json=True)


@pytest.mark.usefixtures("attended")
@pytest.mark.parametrize(
    ("answer", "builds"), [("y", True), ("YES ", True), ("", False), ("n", False), ("yellow", False)]
)
def test_on_a_terminal_the_plan_is_shown_and_only_yes_builds(
    use: Use, answer: str, builds: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = use(ScriptedPipeline())
    asked: list[str] = []

    def reply(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", reply)
    assert build(None, yes=False) == (0 if builds else 130)
    assert asked == ["Build it in shelf-keeping? [y/N] "]
    assert bool(pipeline.built) is builds
    shown = capsys.readouterr()
    assert "Names are unique." in shown.out
    assert ("nothing was built" in shown.err) is not builds


def test_the_output_folder_has_the_name_of_the_project(use: Use) -> None:
    pipeline = use(ScriptedPipeline())
    assert build(None) == 0
    assert pipeline.built[0][1] == Path("shelf-keeping")


@pytest.mark.parametrize("name", ["na\udcffme", "a\0b", " "])
def test_a_folder_that_cannot_be_is_refused(use: Use, name: str) -> None:
    pipeline = use(ScriptedPipeline())
    with pytest.raises(OutputError):
        build(Path(name))
    assert not pipeline.built


def test_an_error_of_the_run_reaches_the_boundary_and_closes_the_run(use: Use) -> None:
    pipeline = use(ScriptedPipeline(whole_run()[:4], error=RequestError("nothing was understood", mend="see")))
    with pytest.raises(RequestError, match="nothing was understood"):
        build()
    assert pipeline.closed


def test_a_run_that_ends_without_an_outcome_is_an_error(use: Use) -> None:
    use(ScriptedPipeline(whole_run()[:4]))
    with pytest.raises(RuntimeError, match="without saying how"):
        build()


def test_a_plan_is_shown_and_nothing_is_built(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = use(ScriptedPipeline())
    assert plan_command(["Shelf: name"]) == 0
    assert "1 task in 1 milestone" in capsys.readouterr().out
    assert not pipeline.built


def test_a_plan_as_json_holds_document_and_plan(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    use(ScriptedPipeline())
    assert plan_command(["Shelf: name"], json=True) == 0
    assert json.loads(capsys.readouterr().out) == {
        "document": document().model_dump(mode="json"),
        "plan": plan().model_dump(mode="json"),
    }


ASKED = (
    Question(
        id="who-signs-in",
        text="Who signs in?",
        default="Member",
        why="one does",
        depends=("Member",),
        options=("Member", "User"),
    ),
    Question(id="to-be-mended", text="400 or 422?", default="422", why="the document says both"),
)


@pytest.mark.usefixtures("attended")
@pytest.mark.parametrize(
    ("typed", "answer"), [([""], "Member"), (["2"], "User"), (["user"], "User"), (["3", "x", "1"], "Member")]
)
def test_each_open_question_that_has_options_is_put_on_a_terminal(
    use: Use,
    typed: list[str],
    answer: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = use(ScriptedPipeline(understood=document(questions=ASKED)))
    waiting = iter(typed)
    monkeypatch.setattr("builtins.input", lambda _: next(waiting))
    assert plan_command(["Shelf: name"]) == 0
    assert pipeline.planned == [(("Shelf: name",), {"who-signs-in": answer}, False)]
    shown = capsys.readouterr().out
    assert "decides on: Member" in shown
    assert f"- Who signs in? {answer}" in shown
    assert "- 400 or 422? Until then: 422" in shown


def test_without_a_terminal_the_defaults_hold_and_are_listed(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline = use(ScriptedPipeline(understood=document(questions=ASKED)))
    assert plan_command(["Shelf: name"]) == 0
    assert pipeline.planned[0][1] == {}
    assert "- who-signs-in: Who signs in? Until then: Member (or: User)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["who-signs-in: User\n", '{"who-signs-in": "User"}'])
@pytest.mark.usefixtures("attended")
def test_what_a_file_answers_is_not_asked(use: Use, text: str, tmp_path: Path) -> None:
    pipeline = use(ScriptedPipeline(understood=document(questions=ASKED)))
    (tmp_path / "answers.yaml").write_text(text)
    assert build_command(["Shelf: name"], answers=tmp_path / "answers.yaml", out=Path("x"), yes=True) == 0
    assert plan_command(["Shelf: name"], answers=tmp_path / "answers.yaml") == 0
    assert [answers for _, answers, _ in pipeline.planned] == [{"who-signs-in": "User"}] * 2


@pytest.mark.parametrize("text", ["- User", "who-signs-in: [User]", "a: b: c", "just words", "a: &x\n b: *x"])
def test_a_file_that_holds_no_answers_is_refused(use: Use, text: str, tmp_path: Path) -> None:
    use(ScriptedPipeline())
    (tmp_path / "answers.yaml").write_text(text)
    with pytest.raises(RequestError, match=r"answers\.yaml") as refused:
        plan_command(["Shelf: name"], answers=tmp_path / "answers.yaml")
    assert "one answer a line" in refused.value.mend
