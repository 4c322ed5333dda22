"""The nouns: frozen values that cross every seam, and nothing that acts.

- `code`: what is missing and where (`Gap`, `Target`).
- `attempts`: what was thought of and what came of it (`Candidate`, `Verdict`, `Attempt`).
- `mutants`: changes of the code that a test should notice.
- `jobs`: what is asked of a sandbox (`Job`); `answers`: what it says (`Execution`); `varying`: both about
  existing tests with other values.
- `suggestion`: what a person reviews, as it is written to `suggestion.json`.
- `bug`: what a docstring promises and the code does not do, as it is written to `bug.json`.
- `decision`: what people decided, and what a run has finished.
- `changes`: which lines are new or different.
- `run`: one run, as it is written to `run.json`.
- `shard`: a part of a run, for one of several jobs.
"""

from pytest_enrich.data.answers import (
    Answered,
    Collected,
    Execution,
    Explored,
    Failed,
    Finding,
    Item,
    MutantFate,
    Mutated,
    Observation,
    Proved,
    Recorded,
    TestOutcome,
)
from pytest_enrich.data.attempts import (
    Attempt,
    Candidate,
    Dropped,
    Kept,
    NewRow,
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
    Changes,
    Condition,
    Entry,
    Gap,
    NearTest,
    Parameter,
    Placement,
    Target,
    Template,
)
from pytest_enrich.data.jobs import Collect, Explore, Job, Mutate, Program, Prove, Record, World
from pytest_enrich.data.mutants import Grade, Mutant, MutantsPart, Tried
from pytest_enrich.data.report import Report, ReportedSuggestion, SourceLine
from pytest_enrich.data.run import (
    Attempted,
    ChangedPart,
    CoveragePart,
    Decision,
    Finished,
    MadeSuggestion,
    ModelPart,
    Reason,
    RunSummary,
    Scope,
    Shard,
    State,
    Verb,
)
from pytest_enrich.data.suggestion import Promise, Question, Rehearsal, Reproof, Suggestion
from pytest_enrich.data.varying import Hole, Pattern, Point, Sighting, Span, Variant, Varied, Vary

__all__ = [
    "Answered",
    "Argument",
    "Attempt",
    "Attempted",
    "Branch",
    "Call",
    "Candidate",
    "ChangedPart",
    "Changes",
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
    "Hole",
    "Item",
    "Job",
    "Kept",
    "MadeSuggestion",
    "ModelPart",
    "Mutant",
    "MutantFate",
    "MutantsPart",
    "Mutate",
    "Mutated",
    "NearTest",
    "NewRow",
    "NewTest",
    "Observation",
    "Oracle",
    "Origin",
    "Parameter",
    "Pattern",
    "Placement",
    "Point",
    "Program",
    "Promise",
    "Prove",
    "Proved",
    "Question",
    "Reason",
    "Record",
    "Recorded",
    "Rehearsal",
    "Report",
    "ReportedSuggestion",
    "Reproof",
    "RunSummary",
    "Rung",
    "Scope",
    "Shard",
    "Sighting",
    "SourceLine",
    "Span",
    "State",
    "Suggestion",
    "Target",
    "Template",
    "TestOutcome",
    "Tried",
    "Variant",
    "Varied",
    "Vary",
    "Verb",
    "Verdict",
    "World",
]
