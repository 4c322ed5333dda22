"""The nouns: frozen values that cross every seam, and nothing that acts.

- `code`: what is missing and where (`Gap`, `Target`), and changes that a test should notice (`Mutant`).
- `attempts`: what was thought of and what came of it (`Candidate`, `Verdict`, `Attempt`).
- `jobs`: what is asked of a sandbox (`Job`); `answers`: what it says (`Execution`).
- `suggestion`: what a person reviews, as it is written to `suggestion.json`.
- `run`: one run, as it is written to `run.json`, what people decided, what is finished, and what a report tells.
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
    Verdict,
)
from pytest_enrich.data.code import (
    Argument,
    Branch,
    Call,
    Changes,
    Entry,
    Gap,
    Grade,
    Mutant,
    MutantsPart,
    NearTest,
    Parameter,
    Placement,
    Target,
    Template,
    Tried,
)
from pytest_enrich.data.jobs import (
    Collect,
    Explore,
    Hole,
    Job,
    Mutate,
    Pattern,
    Point,
    Program,
    Prove,
    Record,
    Running,
    Sighting,
    Span,
    Variant,
    Varied,
    Vary,
    World,
)
from pytest_enrich.data.run import (
    Aim,
    Attempted,
    Begun,
    ChangedPart,
    CoveragePart,
    Decision,
    Finished,
    Judged,
    MadeSuggestion,
    ModelPart,
    Reason,
    Replay,
    Replayed,
    Report,
    ReportedSuggestion,
    RunSummary,
    Scope,
    Shard,
    SourceLine,
    State,
    Tally,
)
from pytest_enrich.data.suggestion import Question, Rehearsal, Reproof, Suggestion
