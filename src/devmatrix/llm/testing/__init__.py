"""Takes who knows the answers, gives a model server on loopback: real APIs, real strictness, no provider, no bill.

For whoever tests a program that talks to language models, with whatever client it uses:

    from devmatrix.llm.testing import Faults, FakeModelServer, FaultKind, Scripted

    with FakeModelServer(Scripted(["Hello.", "Good-bye."]), faults=Faults(planned={1: FaultKind.OVERLOADED})) as server:
        client = anthropic.Anthropic(base_url=server.base_url, api_key=server.api_key)
        ...
        assert server.calls[0].status == 529
        assert server.calls[1].tokens.output == 5
        print(server.cost_usd, server.calls_completed_twice())

What it speaks: POST /v1/messages (and count_tokens) and POST /v1/chat/completions, streamed or not, and GET /v1/models.
It refuses what the real APIs refuse, in their words; counts tokens (near enough) and caches prompts by the published
rules; prices at list price. A reply longer than `max_tokens` is cut there.

Who answers is a `Replier`:

- `Scripted(["...", FakeReply(...)])`: one after the other;
- `Recorded(folder)`: exchanges kept as files, strictly; `Recorded(folder, otherwise)` keeps what `otherwise` says,
  and `import_spool(spool, folder)` keeps what was answered by hand through a model relay;
- `NoisyAuthor(answers, p, seed)`: right with probability p, else one of `DEFECTS` in the right code;
- `Sample()`: the plainest value of the schema that is asked for;
- anything with `reply(call: ReceivedCall) -> FakeReply`.

`Faults`, `Latency` and `RateLimits` make the way there as bad as one likes; all of it follows from seeds.

By hand: `python -m devmatrix.llm.testing --port 8765 [--replay FOLDER] [--faults 0.2] [--latency 1.5]`.
"""

from devmatrix.llm.testing.calls import (
    CallRecord,
    FakeReply,
    NoReply,
    ReceivedCall,
    Replier,
    StopReason,
    Tokens,
    ToolUse,
    Turn,
)
from devmatrix.llm.testing.catalog import MODELS, FakeModel, Wire
from devmatrix.llm.testing.defects import DEFECTS, Defect
from devmatrix.llm.testing.faults import FaultKind, Faults, Latency
from devmatrix.llm.testing.noisy import NoisyAuthor, fenced, named_contract
from devmatrix.llm.testing.rate_limits import RateLimits
from devmatrix.llm.testing.recorded import Recorded, import_spool
from devmatrix.llm.testing.scripted import Sample, Scripted
from devmatrix.llm.testing.server import FakeModelServer
from devmatrix.llm.testing.tokens import count_tokens

__all__ = [
    "DEFECTS",
    "MODELS",
    "CallRecord",
    "Defect",
    "FakeModel",
    "FakeModelServer",
    "FakeReply",
    "FaultKind",
    "Faults",
    "Latency",
    "NoReply",
    "NoisyAuthor",
    "RateLimits",
    "ReceivedCall",
    "Recorded",
    "Replier",
    "Sample",
    "Scripted",
    "StopReason",
    "Tokens",
    "ToolUse",
    "Turn",
    "Wire",
    "count_tokens",
    "fenced",
    "import_spool",
    "named_contract",
]
