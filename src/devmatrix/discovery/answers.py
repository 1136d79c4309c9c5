"""Answers to open questions: whether each fits a question, and what the valid ones are."""

from collections.abc import Iterable, Mapping

from devmatrix.discovery.document import DiscoveryDocument, Question
from devmatrix.errors import RequestError

_SHOWN = 20


def require_answers(document: DiscoveryDocument, answers: Mapping[str, str]) -> None:
    """Raise RequestError where an answer is to no question, or is none of its options; with all that are wrong."""
    questions = {question.id: question for question in document.questions}
    wrong = []
    for id_, said in answers.items():
        question = questions.get(id_)
        if question is None:
            wrong.append(f"{id_} is no question")
        elif not question.options:
            wrong.append(f"{id_} cannot be answered here: mend the source")
        elif question.answer is None:
            wrong.append(f"{id_} cannot be {said!r}: it is {_choice(question)}")
    if wrong:
        raise RequestError("; ".join(wrong), mend=_valid(document.questions))


def _valid(questions: Iterable[Question]) -> str:
    open_ones = [f"{question.id}: {_choice(question)}" for question in questions if question.options]
    if not open_ones:
        return "this request leaves no question open: take the answers out"
    more = [f"... and {len(open_ones) - _SHOWN} more"] if len(open_ones) > _SHOWN else []
    return "\n".join(["the questions and their answers are", *open_ones[:_SHOWN], *more])


def _choice(question: Question) -> str:
    return " | ".join(question.options)
