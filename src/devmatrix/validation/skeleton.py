"""Takes the contract tree; gives what is wrong with its types, before any body exists."""

from pathlib import Path

from devmatrix.atoms.assembly import assemble
from devmatrix.atoms.contract import Module
from devmatrix.atoms.evidence import EvidenceLevel, Finding
from devmatrix.validation.atom_judge import Tree
from devmatrix.validation.checkers import run_ty


def check_skeleton(modules: tuple[Module, ...], environment: Path, workspace: Path) -> tuple[Finding, ...]:
    """Type-check the faces of all modules together, written below `workspace`. Empty: they are sound.

    A checker that fails is a finding `checker.ty`.
    """
    tree = Tree(modules, workspace)
    report = run_ty(tree.folder, environment)
    if report.failure:
        return (Finding(level=EvidenceLevel.ATOM, rule="checker.ty", message=f"ty {report.failure}"),)
    files = {module.path: module for module in modules}
    findings = []
    for diagnostic in report.diagnostics:
        module = files.get(diagnostic.path)
        owner = assemble(module, {}).atom_at(diagnostic.line) if module is not None else None
        findings.append(
            Finding(
                level=EvidenceLevel.ATOM,
                rule=f"ty.{diagnostic.rule}",
                path=diagnostic.path,
                line=diagnostic.line,
                message=diagnostic.message,
                atom_ids=(owner,) if owner else (),
            )
        )
    return tuple(findings)
