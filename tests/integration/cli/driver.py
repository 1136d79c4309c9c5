"""The real command line over the scripted pipeline: `python -m tests.integration.cli.driver HANG_AFTER ARGUMENTS`."""

import sys

from devmatrix.cli import composition, main
from devmatrix.cli.composition import Orchestration
from devmatrix.settings import Settings
from tests.unit.cli.scripted import ScriptedPipeline, whole_run


class TellingPipeline(ScriptedPipeline):
    """Says on standard error that its run was closed."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "closed" and value:
            print("the run was closed", file=sys.stderr)


def run() -> None:
    hang_after = int(sys.argv[1])
    pipeline = TellingPipeline(whole_run(), hang_after=hang_after if hang_after >= 0 else None)

    def scripted(settings: Settings) -> Orchestration:
        return pipeline

    composition.open_orchestration = scripted
    sys.argv = ["devmatrix", *sys.argv[2:]]
    main()


if __name__ == "__main__":
    run()
