"""Takes the accepted project and what was proven of it; gives a git repository with the report beside the code."""

from devmatrix.delivery.building import build_report, code_hash
from devmatrix.delivery.costing import Bill
from devmatrix.delivery.delivering import Delivered, deliver
from devmatrix.delivery.output import OutputPlan, check_output
from devmatrix.delivery.page import render_page
from devmatrix.delivery.report import AskedAttempt, AtomOutcome, Report

__all__ = [
    "AskedAttempt",
    "AtomOutcome",
    "Bill",
    "Delivered",
    "OutputPlan",
    "Report",
    "build_report",
    "check_output",
    "code_hash",
    "deliver",
    "render_page",
]
