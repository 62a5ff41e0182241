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


class RuleExample(Record):
    """How a rule is shown: `says` is what a bad project is told, in excerpts like the good one's; `when` may be empty."""

    bad: str
    says: str
    good: str
    when: str = ""


_ALL = (
    Rule("KPI101", "missing-owner", ERROR, "Nobody is responsible for this KPI.", "Add `owner:` with a person or team."),
    Rule("KPI102", "missing-formula", ERROR, "Without a formula the value cannot be computed.", "Add `formula:` with one aggregate expression."),
    Rule("KPI103", "missing-baseline", ERROR, "Without a baseline nobody can tell whether the target is an improvement.", "Add `baseline: {from:, to:}` over 30 to 60 days, then run `kpi baseline freeze`."),
    Rule("KPI104", "missing-target", ERROR, "A KPI without a target cannot be judged.", "Add `target:` with `at_most`, `at_least` or `between`, or write `kind: metric`."),
    Rule("KPI105", "missing-review", ERROR, "Without a review date, nobody notices when a KPI is no longer useful.", "Add `review: {cadence: monthly}`."),
    Rule("KPI106", "missing-action", ERROR, "A KPI needs an action for the case that it misses its target.", "Add `action: {do: …}`: what you will do when the target is missed."),
    Rule("KPI107", "missing-required-kpi", ERROR, "kpi.yaml requires this KPI, but it has no active definition.", "Add its file under kpis/, or remove it from `required` in a reviewed change."),
    Rule("KPI108", "id-not-file-name", ERROR, "The id and the file name must be the same, so that people find the definition.", "Rename the file or the id."),
    Rule("KPI109", "duplicate-id", ERROR, "Two definitions have the same id, so it is not clear which number is published.", "Give one of them another id."),
    Rule("KPI110", "unknown-reference", ERROR, "It names a KPI, metric, dataset, column or objective that does not exist.", "Correct the name, or add what it names."),
    Rule("KPI111", "yaml-syntax", ERROR, "The file is not valid YAML, or YAML reads it differently than it looks.", "Correct the line as shown."),
    Rule("KPI112", "duplicate-key-in-yaml", ERROR, "The same key appears twice, and YAML would silently drop one of the values.", "Remove one of the two."),
    Rule("KPI113", "unknown-field", ERROR, "There is no field with this name. It would be ignored silently.", "Correct the spelling, or put your own keys under `meta:`."),
    Rule("KPI114", "wrong-type", ERROR, "The value has the wrong type for this field.", "Write the value as the reference describes it."),
    Rule("KPI115", "no-definitions", ERROR, "A project without definitions checks nothing, so it must not pass.", "Add a definition under kpis/, for example with `kpi init`."),
    Rule("KPI116", "example-failed", ERROR, "The formula does not give the value that its example expects.", "Correct the formula, or the example if the example is wrong."),
    Rule("KPI117", "duplicate-formula", WARNING, "Two definitions compute the same number. Sooner or later they will differ.", "Keep one, and use its name in the formula of the other."),
    Rule("KPI118", "example-incomplete", WARNING, "The example leaves out a column that the formula needs, so it tests less than it seems to.", "Add the column to `given`; write `null` if it is empty."),
    Rule("KPI119", "unused-ignore", WARNING, "The comment has no effect: the finding is gone, or the rule name is wrong.", "Remove the comment."),
    Rule("KPI120", "reference-cycle", ERROR, "These derived definitions need each other, so none of them has a value.", "Break the cycle: derive one of them from a metric."),
    Rule("KPI121", "period-finer-than-grain", ERROR, "The period is shorter than the grain of the data: monthly costs have no value for a day.", "Choose a period at least as long as the dataset's grain."),
    Rule("KPI122", "linked-file", ERROR, "git stores only the target path of a symbolic link. The content behind it can change without a review, and can be any file of the machine that reads it. So links are not followed, and kpi.yaml cannot turn this rule off.", "Replace the link with the file or the folder itself."),
    Rule("KPI123", "hidden-file", ERROR, "git does not show what this file decides: it is ignored, or lies in a submodule, or git was told to overlook its changes. So its changes pass without a review. kpi.yaml cannot turn this rule off.", "Commit the file to the repository of the project."),
    Rule("KPI124", "not-tracked", WARNING, "What decides a number is not in the history yet, so nobody can review it or compute the number again.", "Commit the files with `git add` and `git commit`."),
    Rule("KPI201", "formula-syntax", ERROR, "The formula is not one SQL expression.", "Correct the expression at the place shown."),
    Rule("KPI202", "forbidden-function", ERROR, "The formula uses something that the formula language does not have.", "Use the functions that `kpi functions` lists."),
    Rule("KPI203", "unknown-column", ERROR, "The dataset has no such column.", "Correct the name, or map the column in kpi.yaml."),
    Rule("KPI204", "type-mismatch", ERROR, "The types in the formula do not fit together, or do not fit the unit.", "Change the unit or the expression."),
    Rule("KPI205", "not-an-aggregate", ERROR, "A formula must make one number out of many rows.", "Put the column inside an aggregate: count, sum, avg, median, share …"),
    Rule("KPI206", "personal-column", ERROR, "A column that names people may only be counted.", "Use count or count(distinct …), or allow it as a segment under `privacy`."),
    Rule("KPI207", "survivorship", WARNING, "Only finished rows have this duration. It looks too good while the slow ones are still open.", "Date the rows by the end of the duration, or give `settle`, `min_measured`, or a `coalesce` for the open rows."),
    Rule("KPI208", "unstated-clock", WARNING, "It is not clear whether these hours include nights and weekends.", "Say elapsed or working time in `counts`, or use business_minutes or business_hours."),
    Rule("KPI209", "formula-failed", ERROR, "The engine could not compute the formula within its limits.", "Simplify the formula, or cast its parts; `kpi show ID --sql` prints what runs."),
    Rule("KPI210", "uneven-ratio", WARNING, "A row with an empty cell counts on one side of the ratio only: four of five points and four of an unknown number give 160 %.", "Add the filter as shown, so that each row counts on both sides or on neither."),
    Rule("KPI211", "unstated-end", NOTE, "A ticket that is closed without being resolved counts as resolved there, and a cancelled one is not bound; the policy does not say so.", "Name those that stop it: `[resolved, closed]`, or `[resolved, closed, cancelled]` if a cancelled ticket is bound, too."),
    Rule("KPI301", "target-gap", ERROR, "The target starts inside a period, so it would judge only part of that period.", "Start it on a period's first day."),
    Rule("KPI302", "target-overlap", ERROR, "Two targets start on the same day, so it is not clear which one judges.", "Give each its own `from`."),
    Rule("KPI303", "target-unit", ERROR, "The target is not a number, or does not convert to the unit of the KPI.", "Write it in the unit of the KPI; write a percent with its sign."),
    Rule("KPI304", "near-on-wrong-side", ERROR, "The `near` zone must lie on the losing side of the limit.", "Move `near` beyond the limit."),
    Rule("KPI305", "baseline-stale", ERROR, "The baseline was frozen with another definition, so the two numbers cannot be compared.", "Run `kpi baseline freeze`, and let somebody review the change."),
    Rule("KPI306", "baseline-drift", ERROR, "The data no longer give the frozen baseline.", "Find out what changed the data. Freeze again only with a reason."),
    Rule("KPI307", "baseline-length", WARNING, "A baseline covers 30 to 60 days, or one to two periods if those are longer.", "Choose other days."),
    Rule("KPI308", "baseline-unfrozen", WARNING, "The baseline is computed in each run, so late rows change it silently.", "Run `kpi baseline freeze` and commit the file."),
    Rule("KPI310", "baseline-unproven", WARNING, "The data no longer reach the days of this baseline, so nobody can compute it again.", "Keep the older data with the project, or state from when they are complete: `complete_from`."),
    Rule("KPI309", "unknown-segment", WARNING, "A target names a segment value that no row of the last twelve periods has.", "Correct the value, or remove the target."),
    Rule("KPI311", "target-finer-than-volume", NOTE, "So few rows are measured in a period that one miss is more than the target allows: chance decides.", "Choose a longer period or another target, or ask for a larger sample with `min_sample`."),
    Rule("KPI401", "review-overdue", WARNING, "The day of the review has passed.", "Hold the review, and note it under `review:`."),
    Rule("KPI402", "action-overdue", WARNING, "The action is past its due date.", "Finish the action, or give it a new due date."),
    Rule("KPI403", "missed-without-action", WARNING, "The KPI missed its target, but its action has no owner or no due date.", "Name who does it, and by when."),
    Rule("KPI404", "missed-without-cause", WARNING, "The KPI missed its target, but no note explains why.", "Add the period, its cause and the fix to `notes:`."),
    Rule("KPI405", "waiver-expired", WARNING, "The waiver has ended, so it no longer excuses anything.", "Remove the waiver, or have a new one approved."),
    Rule("KPI406", "waiver-too-long", WARNING, "A waiver may cover at most 92 days.", "Shorten it. If the exception lasts longer, change the target."),
    Rule("KPI407", "waiver-self-approved", WARNING, "The owner of a KPI may not waive its missed target.", "Have somebody else approve the waiver."),
    Rule("KPI408", "owner-not-code-owner", WARNING, "CODEOWNERS does not name the owner of this KPI for its file, so the definition can change without the owner's approval.", "Add the owner to that line of CODEOWNERS, or name the person who approves changes as the owner."),
    Rule("KPI501", "vanity-alone", NOTE, "A count of effort can rise while the results get worse. It needs an outcome beside it.", "Name an outcome under `read_with`, such as a reopen rate, a resolution time or a satisfaction score."),
    Rule("KPI502", "too-many-kpis", NOTE, "A long list of KPIs is not read.", "Make some of them metrics, or add a view with at most 7: `views: {executive: {kpis: […], limit: 5}}`."),
    Rule("KPI503", "unguarded", NOTE, "A KPI can be met at the cost of another. A guard shows that.", "Under `read_with`, name the KPI that would suffer."),
    Rule("KPI504", "unsegmented-average", NOTE, "An overall average hides the urgent tickets behind the easy ones.", "Add `segments:`, such as priority or category."),
    Rule("KPI505", "advanced-before-stable", NOTE, "Advanced KPIs need clean categories and stable foundational KPIs first.", "Review the foundational KPIs first. Keep this one a draft until then."),
    Rule("KPI506", "benchmark-old", NOTE, "A benchmark that is years old says little about today.", "Find a newer source, or remove the benchmark."),
    Rule("KPI701", "unexplained-change", ERROR, "A change to the meaning of a number, a looser target, or a change to the past needs a reason.", "Add a line `Reason: …` to the message of the commit that makes the change, or `Reason ID: …` to a later one, or give --reason."),
    Rule("KPI702", "removed-unretired", ERROR, "A KPI was deleted without being retired first, so its history ends without a reason.", "Retire it first: `status: retired` with `retired: {since:, because:}`. Remove the file in a later change."),
    Rule("KPI703", "silent-restatement", ERROR, "The value of a closed period differs from the published value.", "Find out what changed it. Then publish it again with `--reason`, so that readers see the restatement."),
    Rule("KPI704", "ledger-broken", ERROR, "The ledger is broken: a line was changed, lost or added.", "Restore the file from the last commit or anchor in which it was intact. `git log -p` on the file shows who changed what."),
    Rule("KPI601", "source-unreadable", ERROR, "The data cannot be read, so every KPI that uses them is unknown.", "Correct the path or the file."),
    Rule("KPI602", "contract-violation", ERROR, "These cells do not fit the type of their column or the contract. They count as missing.", "Correct the data, or map them under `columns`."),
    Rule("KPI603", "duplicate-key", ERROR, "Several different rows have the same key, and it is not clear which one is right.", "Add a column to `latest_by` that puts them in order."),
    Rule("KPI604", "impossible-time", WARNING, "These times are impossible: in an hour that a clock change skips or repeats, or an end before its start.", "Export with an offset or in UTC, or correct the rows."),
    Rule("KPI605", "stale", WARNING, "The data end before the reporting period does.", "Export the data again."),
    Rule("KPI606", "data-rule", WARNING, "Fewer rows satisfy a rule of the dataset than it requires; or rows that last, such as outages, go on past the one period in which a definition counts all their time.", "Correct the data, or change the rule in a reviewed change."),
    Rule("KPI608", "data-begin", NOTE, "Before the first row nobody knows whether nothing happened or nothing was recorded. Values there are unknown.", "If nothing happened before it, say from when the data are complete: `complete_from`."),
    Rule("KPI609", "left-cut", WARNING, "The export begins with its oldest row. What began earlier is not in it, but would count in these periods.", "Export from an earlier day, or say from when the data are complete: `complete_from`."),
    Rule("KPI611", "unfinished-ticket", WARNING, "These tickets are done by their status, but nothing says since when, so they count as open.", "Map the time at which they were done to `resolved_at`, or fill it in the product."),
    Rule("KPI612", "opening-unknown", WARNING, "Nothing says whether the product keeps a ticket's opening text among its comments, so a first reply may be taken for it.", "Write under the history `opening: comment` if the text is the first comment, or `opening: none` if the product keeps it elsewhere."),
    Rule("KPI607", "worker-failed", ERROR, "The process that reads the data and computes the values ended, could not start, or ran out of time. Its values are unknown.", "Run the check again. If it fails again, give it more memory or fewer rows. No file and no definition is the cause."),
    Rule("KPI610", "header-drift", ERROR, "One file of the source lacks a column that its other files have. In periods with rows of that file, the KPIs that use the column are unknown.", "Correct the header of the file, or write `optional: true` in the column's mapping if the file rightly lacks it."),
    Rule("KPI619", "mixed-currency", ERROR, "Amounts of two currencies are not added: there is no conversion, so the value is unknown.", "Take the rows of one currency with `where`, or convert the amounts before they are exported."),
    Rule("KPI620", "unmatched-word", WARNING, "A word of a definition, or a value of a segment, is written in another way in the data, so rows are counted apart or not at all.", "Map the values of the source to one spelling each under `values:` in kpi.yaml."),
    Rule("KPI630", "reported-differs", WARNING, "Somebody else reported another figure for the same period, and none of the other readings that were tried gives it.", "Find out how that figure is computed, and correct the definition or the columns. If both are right, say why: `# kpi: ignore[reported-differs] reason`."),
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
        "baseline-unproven",
        "unknown-segment",
        "target-finer-than-volume",
        "missed-without-action",
        "missed-without-cause",
    }
)
"""The rules that only a look at the data can judge."""

OF_FORMULAS = frozenset(r.name for r in _ALL if r.code.startswith("KPI2")) - OF_DATA
"""The rules that a formula breaks whatever the data are."""

OF_CHANGES = frozenset(r.name for r in _ALL if r.code.startswith("KPI7"))
"""The rules that only a comparison with another revision can judge."""
