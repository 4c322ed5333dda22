"""The nouns: frozen values that cross every seam, and nothing that acts.

- `code`: what is missing and where (`Gap`, `Target`).
- `attempts`: what was thought of and what came of it (`Candidate`, `Verdict`, `Attempt`).
- `mutants`: changes of the code that a test should notice.
- `jobs`: what is asked of a sandbox and what it answers (`Job`, `Execution`).
- `suggestion`: what a person reviews, as it is written to `suggestion.json`.
- `decision`: what people decided, and what a run has finished.
- `run`: one run, as it is written to `run.json`.
"""

from pytest_enrich.data.attempts import (
    Attempt,
    Candidate,
    Dropped,
    Kept,
    NewTest,
    Oracle,
    Origin,
    Rung,
    Verdict,
)
from pytest_enrich.data.code import (
    Argument,
    Branch,
    Call,
    Condition,
    Entry,
    Gap,
    NearTest,
    Parameter,
    Placement,
    Target,
    Template,
)
from pytest_enrich.data.decision import Attempted, Decision, Finished, Reason, Scope, State, Verb
from pytest_enrich.data.jobs import (
    Answered,
    Collect,
    Collected,
    Execution,
    Explore,
    Explored,
    Failed,
    Finding,
    Item,
    Job,
    MutantFate,
    Mutate,
    Mutated,
    Observation,
    Prove,
    Proved,
    Record,
    Recorded,
    TestOutcome,
)
from pytest_enrich.data.mutants import Grade, Mutant, MutantsPart, Tried
from pytest_enrich.data.run import CoveragePart, MadeSuggestion, RunSummary
from pytest_enrich.data.suggestion import Suggestion

__all__ = [
    "Answered",
    "Argument",
    "Attempt",
    "Attempted",
    "Branch",
    "Call",
    "Candidate",
    "Collect",
    "Collected",
    "Condition",
    "CoveragePart",
    "Decision",
    "Dropped",
    "Entry",
    "Execution",
    "Explore",
    "Explored",
    "Failed",
    "Finding",
    "Finished",
    "Gap",
    "Grade",
    "Item",
    "Job",
    "Kept",
    "MadeSuggestion",
    "Mutant",
    "MutantFate",
    "MutantsPart",
    "Mutate",
    "Mutated",
    "NearTest",
    "NewTest",
    "Observation",
    "Oracle",
    "Origin",
    "Parameter",
    "Placement",
    "Prove",
    "Proved",
    "Reason",
    "Record",
    "Recorded",
    "RunSummary",
    "Rung",
    "Scope",
    "State",
    "Suggestion",
    "Target",
    "Template",
    "TestOutcome",
    "Tried",
    "Verb",
    "Verdict",
]
