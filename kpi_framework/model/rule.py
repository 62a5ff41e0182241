"""Every rule of the product: its code, its severity, what it finds and what to do. Codes are never renumbered.

Four rooms report findings (load, lint, compile's caller and evaluate), so what a rule means stands here,
once; `kpi explain`, `kpi rules` and the reference page read it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .diagnostic import Diagnostic, Severity, Span
from .quoting import one_line
from .record import Record

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Rule(Record):
    """A rule: `why` explains it, `remedy` says what to do."""

    code: str
    name: str
    severity: Severity
    why: str
    remedy: str

    def finding(self, span: Span, message: str, hint: str = "", kpi: str | None = None) -> Diagnostic:
        """A finding of this rule at a place; whatever it quotes, it is one line that can be printed."""
        hint = one_line(hint or self.remedy)
        return Diagnostic(self.code, self.name, self.severity, one_line(message), hint, span, kpi)


_ALL = (
    Rule("KPI101", "missing-owner", ERROR, "A KPI nobody answers for is a report.", "Add `owner:` with a person or team."),
    Rule("KPI102", "missing-formula", ERROR, "Without a formula the number cannot be computed, or trusted.", "Add `formula:` with one aggregate expression."),
    Rule("KPI103", "missing-baseline", ERROR, "A target means nothing without where one stood before.", "Add `baseline: {from:, to:}` over 30 to 60 days, then run `kpi baseline freeze`."),
    Rule("KPI104", "missing-target", ERROR, "A KPI without a target judges nothing.", "Add `target:` with at_most, at_least or between; or make it `kind: metric`."),
    Rule("KPI105", "missing-review", ERROR, "A KPI nobody looks at again goes stale.", "Add `review: {cadence: monthly}`."),
    Rule("KPI106", "missing-action", ERROR, "A metric that triggers no action is a report, not a KPI.", "Add `action: {do: …}`: what is done when it is missed."),
    Rule("KPI107", "missing-required-kpi", ERROR, "kpi.yaml requires this KPI, and there is no active definition of it.", "Add its file under kpis/, or take it out of `required` in the open."),
    Rule("KPI108", "id-not-file-name", ERROR, "The id and the file's name must agree, so that a definition is found where it is looked for.", "Rename the file or the id."),
    Rule("KPI109", "duplicate-id", ERROR, "Two definitions with one id: nobody knows which number is published.", "Give one of them another id."),
    Rule("KPI110", "unknown-reference", ERROR, "It names a KPI, metric, dataset, column or objective that does not exist.", "Correct the name, or add what it names."),
    Rule("KPI111", "yaml-syntax", ERROR, "The file cannot be read as the YAML its author meant.", "Correct the line as shown."),
    Rule("KPI112", "duplicate-key-in-yaml", ERROR, "A key that stands twice: one of its values would be lost in silence.", "Remove one of the two."),
    Rule("KPI113", "unknown-field", ERROR, "A field the product does not know would be ignored in silence.", "Correct the spelling, or put your own keys under `meta:`."),
    Rule("KPI114", "wrong-type", ERROR, "The value is not of the kind this field takes.", "Write the value as the reference of this field says."),
    Rule("KPI115", "no-definitions", ERROR, "A project without definitions checks nothing, and nothing must not look green.", "Add a definition under kpis/, for example with `kpi init`."),
    Rule("KPI116", "example-failed", ERROR, "The formula does not give what its own example expects.", "Correct the formula, or the example if it is the one that is wrong."),
    Rule("KPI117", "duplicate-formula", WARNING, "Two definitions compute the same number: one of them will drift.", "Keep one, and name it in the other's formula."),
    Rule("KPI118", "example-incomplete", WARNING, "The example leaves out a column the formula needs, so it tests less than it seems to.", "Add the column to `given`, `null` if it is empty there."),
    Rule("KPI119", "unused-ignore", WARNING, "The comment suppresses nothing: the finding is gone, or the rule's name is wrong.", "Remove the comment."),
    Rule("KPI120", "reference-cycle", ERROR, "Derived definitions that need each other have no value.", "Break the cycle: derive one of them from a metric."),
    Rule("KPI121", "period-finer-than-grain", ERROR, "The data come in longer stretches than the period: a month's cost has no value by day.", "Choose a period at least as long as the dataset's grain."),
    Rule("KPI122", "linked-file", ERROR, "git keeps of a symbolic link only the name that it points to: what stands behind it can change without a review, or be any file of the machine that reads it. So links are not followed, and kpi.yaml cannot turn this rule off.", "Put the file or the folder itself in the place of the link."),
    Rule("KPI201", "formula-syntax", ERROR, "The formula is not one SQL expression.", "Correct the expression at the place shown."),
    Rule("KPI202", "forbidden-function", ERROR, "The formula uses something outside the formula language.", "Use the functions listed in docs/formulas.md."),
    Rule("KPI203", "unknown-column", ERROR, "The dataset has no such column.", "Correct the name, or map the column in kpi.yaml."),
    Rule("KPI204", "type-mismatch", ERROR, "The parts of the formula, or the formula and the unit, do not fit together.", "Make the unit or the expression fit."),
    Rule("KPI205", "not-an-aggregate", ERROR, "A formula has to make one number out of many rows.", "Put the column inside an aggregate: count, sum, avg, median, share …"),
    Rule("KPI206", "personal-column", ERROR, "A column that names people may only be counted.", "Use count or count(distinct …), or segment by it in the open under `privacy`."),
    Rule("KPI207", "survivorship", WARNING, "A duration that only finished rows have looks best when the slow ones are still open.", "Date the rows by the end of the duration, or give `settle`, `min_measured`, or a coalesce for the open ones."),
    Rule("KPI208", "unstated-clock", WARNING, "Hours that do not say whether nights and weekends count are two different numbers.", "Say elapsed or working time in `counts`, or use business_minutes or business_hours."),
    Rule("KPI209", "formula-failed", ERROR, "The engine could not compute the formula within its limits.", "Simplify the formula, or cast its parts; `kpi show ID --sql` prints what runs."),
    Rule("KPI301", "target-gap", ERROR, "A target that starts inside a period would judge a part of it.", "Start it on a period's first day."),
    Rule("KPI302", "target-overlap", ERROR, "Two targets from one date: nobody knows which judges.", "Give each its own `from`."),
    Rule("KPI303", "target-unit", ERROR, "The target does not convert to the KPI's unit, or is not a number.", "Write it in the KPI's unit; a percent with its sign."),
    Rule("KPI304", "near-on-wrong-side", ERROR, "The at-risk zone lies on the losing side of the limit.", "Move `near` beyond the limit."),
    Rule("KPI305", "baseline-stale", ERROR, "The baseline was frozen under another definition: it compares two different numbers.", "Run `kpi baseline freeze` and let the change be reviewed."),
    Rule("KPI306", "baseline-drift", ERROR, "The data no longer give the frozen baseline.", "Find out what changed the data; freeze again only with a reason."),
    Rule("KPI307", "baseline-length", WARNING, "A baseline covers 30 to 60 days, or one to two of its periods if those are longer.", "Choose other days."),
    Rule("KPI308", "baseline-unfrozen", WARNING, "The baseline is computed live: a late row moves it in silence.", "Run `kpi baseline freeze` and commit the file."),
    Rule("KPI309", "unknown-segment", WARNING, "A target names a segment value that no row of twelve periods has.", "Correct the value, or remove the target."),
    Rule("KPI401", "review-overdue", WARNING, "The review its owner promised is past its day.", "Hold the review and note it under `review:`."),
    Rule("KPI402", "action-overdue", WARNING, "The action is past its due date.", "Finish it, or give it a new date in the open."),
    Rule("KPI403", "missed-without-action", WARNING, "The KPI is missed, and its action has no owner or no due date.", "Name who does it and by when."),
    Rule("KPI404", "missed-without-cause", WARNING, "A miss whose cause nobody names comes back.", "Add to `notes:` the period, its cause and the fix."),
    Rule("KPI405", "waiver-expired", WARNING, "The waiver has ended, or the value is worse than its limit: it protects nothing.", "Remove it, or have a new one approved."),
    Rule("KPI406", "waiver-too-long", WARNING, "A waiver holds for at most 92 days.", "Shorten it; a lasting exception is another target."),
    Rule("KPI407", "waiver-self-approved", WARNING, "The owner may not waive their own miss.", "Have somebody else approve it."),
    Rule("KPI408", "owner-not-code-owner", WARNING, "CODEOWNERS names others for the file than the owner of the KPI: its changes pass without who answers for it.", "Add the owner to that line of CODEOWNERS, or name as owner who approves its changes."),
    Rule("KPI501", "vanity-alone", NOTE, "A count of effort rises while the work gets worse: it needs an outcome beside it.", "Name under `read_with` an outcome such as a reopened rate, a resolution time or a satisfaction."),
    Rule("KPI502", "too-many-kpis", NOTE, "What is not read in ten minutes is not read.", "Make some of them metrics, or add a view with at most 7: `views: {executive: {kpis: […], limit: 5}}`."),
    Rule("KPI503", "unguarded", NOTE, "Every KPI can be met at the cost of another: its guard shows it.", "Name under `read_with` what would suffer."),
    Rule("KPI504", "unsegmented-average", NOTE, "A blended average hides the urgent tickets behind the easy ones.", "Add `segments:`, such as priority or category."),
    Rule("KPI505", "advanced-before-stable", NOTE, "Advanced KPIs stand on clean categories and on foundational ones that are stable.", "Review the foundational ones first; keep this one a draft until then."),
    Rule("KPI506", "benchmark-old", NOTE, "What others reached years ago says little about today.", "Find a newer source, or remove the benchmark."),
    Rule("KPI701", "unexplained-change", ERROR, "A number that changes its meaning, a goalpost that gives way and a past that is rewritten need a reason.", "Add a `Reason: …` trailer to a commit of the change, or give --reason."),
    Rule("KPI702", "removed-unretired", ERROR, "A KPI that vanishes takes its misses with it.", "Retire it first: `status: retired` with `retired: {since:, because:}`; remove the file in a later change."),
    Rule("KPI703", "silent-restatement", ERROR, "A value of a closed period is not the one that was published.", "Find out what changed it; publish it again with `--reason`, so that it is restated in the open."),
    Rule("KPI704", "ledger-broken", ERROR, "The chain of published values does not hold: a line was changed, lost or added.", "Restore the file from the commit or the anchor in which it was whole: `git log -p` on it shows who wrote what."),
    Rule("KPI601", "source-unreadable", ERROR, "The data cannot be read: every KPI on them is unknown.", "Correct the path or the file."),
    Rule("KPI602", "contract-violation", ERROR, "Cells that do not fit the column's type or contract count as missing.", "Correct the data, or map them under `columns`."),
    Rule("KPI603", "duplicate-key", ERROR, "Rows with one key that differ: nobody knows which is right.", "Add a column to `latest_by` that tells them apart."),
    Rule("KPI604", "impossible-time", WARNING, "Times that cannot be: in an hour that the clocks skip or repeat, or an end before its start.", "Export with an offset or in UTC, or correct the rows."),
    Rule("KPI605", "stale", WARNING, "The data end before the period that should be judged.", "Renew the export."),
    Rule("KPI606", "data-rule", WARNING, "Fewer rows hold a rule of the dataset than it asks for.", "Correct the data, or the rule in the open."),
    Rule("KPI607", "worker-failed", ERROR, "The process that reads the data and computes ended, could not start, or ran out of time: what it should have computed is unknown.", "Run the check again. If it ends again, give it more memory or fewer rows; no file and no definition is to blame."),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every rule by its name."""

OF_DATA = frozenset(
    {r.name for r in _ALL if r.code.startswith("KPI6")}
    | {
        "formula-failed",
        "baseline-stale",
        "baseline-drift",
        "baseline-unfrozen",
        "unknown-segment",
        "missed-without-action",
        "missed-without-cause",
    }
)
"""The rules that only a look at the data can judge."""

OF_CHANGES = frozenset(r.name for r in _ALL if r.code.startswith("KPI7"))
"""The rules that only a comparison with another revision can judge."""
