"""The error tree.

DevMatrixError
├── UserError               the person at the keyboard can mend it        exit 2
│   ├── RequestError        the request or document cannot be read
│   ├── OutputError         the output folder cannot be used
│   └── SettingsError       a setting, tool or key is missing or wrong
└── RunError                the run could not go on                       exit 1
    ├── SandboxError        the sandbox itself failed, not what ran in it
    ├── StackError          a target technology cannot be used
    ├── ContractError       the contract tree is not sound
    ├── ModelError          a language model gave no answer
    └── BudgetReached       what may be spent is spent          exit 4

What a model (or any other author) must be told is no exception: it is an `atoms.Finding`.
"""


class DevMatrixError(Exception):
    """Anything that DevMatrix reports in one clear sentence, with what to do about it.

    `message` says what happened and where, `mend` what to do; both are shown to the user.
    """

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class UserError(DevMatrixError):
    """The person at the keyboard can mend it."""

    exit_code = 2


class RequestError(UserError):
    """The request or document cannot be read."""


class OutputError(UserError):
    """The output folder cannot be used."""


class SettingsError(UserError):
    """A setting, a tool or a key is missing or wrong."""


class RunError(DevMatrixError):
    """The run could not go on."""


class SandboxError(RunError):
    """The sandbox itself failed: never to be mistaken for a failure of what ran in it."""


class StackError(RunError):
    """A target technology cannot be used: its environment is missing or broken."""


class ContractError(RunError):
    """The contract tree is not sound: a cycle, a missing dependency, a skeleton that does not type-check."""


class ModelError(RunError):
    """A language model gave no answer, after all tries. `lasting`: no other question would get one."""

    def __init__(self, message: str, *, mend: str = "", lasting: bool = False) -> None:
        super().__init__(message, mend=mend)
        self.lasting = lasting


class BudgetReached(RunError):
    """What may be spent is spent. The run can be resumed with a higher budget; nothing is paid twice."""

    exit_code = 4
