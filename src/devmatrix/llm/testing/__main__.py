"""`python -m devmatrix.llm.testing`: the fake server, to try a client by hand."""

import argparse
import sys
import time
from pathlib import Path

from devmatrix.errors import DevMatrixError, UserError
from devmatrix.llm.testing.calls import CallRecord, Replier
from devmatrix.llm.testing.faults import Faults, Latency
from devmatrix.llm.testing.recorded import Recorded, import_spool
from devmatrix.llm.testing.scripted import Sample
from devmatrix.llm.testing.server import FakeModelServer

_LOOK_SECONDS = 0.2


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; a line per call. The exit code."""
    options = _parser().parse_args(arguments)
    try:
        server = FakeModelServer(
            _replier(options),
            api_key=options.api_key,
            faults=Faults.mixed(options.faults, seed=options.seed),
            latency=Latency(options.latency, seed=options.seed),
            port=options.port,
        )
        with server:
            for name, value in server.environment.items():
                print(f"export {name}={value}", flush=True)
            _follow(server)
    except DevMatrixError as error:
        print(f"{error.message}. {error.mend}".rstrip(". ") + ".", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devmatrix.llm.testing", description="A model server that is none.")
    parser.add_argument("--port", type=int, default=8765, help="0 for any free one")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="answer from recorded exchanges, and only those")
    parser.add_argument("--import-spool", type=Path, metavar="SPOOL", help="first record a model relay's spool there")
    parser.add_argument("--api-key", default="fake-key", help="the key that clients must send")
    parser.add_argument("--faults", type=_share, default=0.0, metavar="SHARE", help="of the calls, all kinds alike")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="median of a log-normal")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return share


def _replier(options: argparse.Namespace) -> Replier:
    if options.import_spool and not options.replay:
        raise UserError("--import-spool needs a folder to record into", mend="name it with --replay")
    if options.import_spool:
        print(f"recorded {import_spool(options.import_spool, options.replay)} exchanges in {options.replay}")
    if not options.replay:
        return Sample()
    if not options.replay.is_dir():
        raise UserError(f"{options.replay} is no folder", mend="name one that holds recorded exchanges")
    return Recorded(options.replay)


def _follow(server: FakeModelServer) -> None:
    """Print each call once it is over; ends with an interrupt."""
    shown = 0
    while True:
        calls = server.calls
        for call in calls[shown:]:
            print(_line(call), flush=True)
        shown = len(calls)
        time.sleep(_LOOK_SECONDS)


def _line(call: CallRecord) -> str:
    tokens = call.tokens
    counted = f"in {tokens.uncached_input}+{tokens.cache_write}w+{tokens.cache_read}r out {tokens.output}"
    told = call.error.splitlines()[0] if call.error else f"{counted} ${call.cost_usd:.6f}"
    fault = f" [{call.fault}]" if call.fault else ""
    return f"{call.at:%H:%M:%S} {call.number} {call.path} {call.model} {call.status}{fault} {told}"


if __name__ == "__main__":
    sys.exit(main())
