"""Check an audit bundle without `kpi`: python3 check_bundle.py --repository CLONE [--sample 25 --seed 1]

It needs Python 3.9 and git, reads and never writes, and trusts no number of the bundle: each is counted again. Without
--repository it checks the bundle alone, which shows a slip, and no forgery that was made throughout.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROBLEMS: list[str] = []
Json = dict[str, Any]
Row = dict[str, str]


def expect(is_right: bool, problem: str) -> None:
    """Note a problem unless something is right."""
    if not is_right and problem not in PROBLEMS:
        PROBLEMS.append(problem)


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def table(name: str) -> list[Row]:
    """The rows of a table of the bundle. A leading ' only keeps a spreadsheet from reading a formula."""
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{k: v[1:] if v[:2] in ("'=", "'+", "'-", "'@") else v for k, v in row.items()} for row in rows]


def document(name: str) -> Any:  # noqa: ANN401
    """A JSON file of the bundle."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def check_files() -> None:
    """1. The files of the bundle are those of SHA256SUMS, to the byte."""
    lines = (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    there = {p.relative_to(HERE).as_posix() for p in HERE.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    for name in sorted(there ^ listed.keys()):
        expect(False, f"{name} is " + ("not listed in SHA256SUMS" if name in there else "missing"))
    for name in sorted(there & listed.keys()):
        expect(sha256((HERE / name).read_bytes()) == listed[name], f"{name} is not the file that SHA256SUMS lists")


def chain(path: Path) -> list[Json]:
    """2. A ledger is a chain: each line holds its own hash and that of the line before."""
    lines, bodies, previous = path.read_bytes().split(b"\n"), list[Json](), ""
    expect(lines.pop() == b"", f"{path.name}: the last line is incomplete")
    for number, line in enumerate(lines, 1):
        body, at = json.loads(line), f"{path.name}:{number}"
        before = previous or sha256(f"kpi ledger 1 {body['kpi']}".encode())
        expect((body["seq"], body["previous"]) == (number, before), f"{at}: it does not continue the line before")
        content = {k: v for k, v in body.items() if k != "hash"}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        expect(body["hash"] == sha256(text.encode()), f"{at}: its content is not what was hashed")
        previous = body["hash"]
        bodies.append(body)
    return bodies


def check_ledgers(audit: Json) -> dict[str, list[Json]]:
    """The chains of all ledgers, and their last hashes."""
    ledgers = {p.stem: chain(p) for p in sorted((HERE / "ledgers").glob("*.jsonl"))}
    last = {kpi: b[-1]["hash"] if b else sha256(f"kpi ledger 1 {kpi}".encode()) for kpi, b in ledgers.items()}
    heads = {kpi: {"lines": len(bodies), "hash": last[kpi]} for kpi, bodies in ledgers.items()}
    verification = document("verification.json")
    expect(audit["heads"] == heads, "audit.json: the heads are not those of the ledgers")
    expect(verification["heads"] == heads, "verification.json: the heads are not those of the ledgers")
    checked = verification["counts"]["checked"]
    expect(checked == sum(map(len, ledgers.values())), "verification.json: not every line was checked")
    return ledgers


def check_tables(audit: Json, ledgers: dict[str, list[Json]], changes: list[Row], commits: dict[str, Row]) -> None:
    """3. The counts are those of the tables, and the tables agree with each other."""
    published, lines = document("published.json"), [body for bodies in ledgers.values() for body in bodies]
    counts = {"commits": len(commits), "changes": len(changes), "published": len(published), "lines": len(lines)}
    for name, number in counts.items():
        stated = audit["counts"][name]
        expect(stated == number, f"audit.json: {stated} {name}, and the bundle has {number}")
    moments = [dt.datetime.fromisoformat(body["as_of"]).timestamp() for body in lines]
    wanted = [body for body, at in zip(lines, moments) if audit["from_instant"] < at <= audit["until_instant"]]  # noqa: B905
    same = all(body in wanted for body in published) and len(wanted) == len(published)
    expect(same, "published.json: the values of these days are not those of the ledgers")
    for number, change in enumerate(changes, 1):
        commit = commits.get(change["commit"], {})
        same = all(change[name] == commit.get(name) for name in ("author", "email", "committed_at", "subject"))
        same = same and (change["signed"] == "none") == (commit.get("signed") == "no")
        expect(same, f"changes.csv: change {number} does not say what commits.csv says of its commit")
    for name, row in commits.items():
        number = sum(change["commit"] == name for change in changes)
        expect(row["changes"] == str(number), f"commits.csv: {name[:12]} has another number of changes")
    for row in table("approvals.csv"):
        expect(row["commit"] in commits, "approvals.csv: an approval is of a commit that commits.csv does not have")
    found = next((sha256(path.read_bytes()) for path in HERE.glob("approvals.json")), None)
    expect(audit["approvals"] == found, "approvals.json is not the file that was audited")


class Clone:
    """4. The repository, read without what its settings could put in the place of its objects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *words: str, stdin: bytes | None = None) -> bytes:
        """What a command of git prints."""
        command = ["git", "-C", str(self.folder), "--no-replace-objects", "-c", "core.commitGraph=false", *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout  # noqa: S603

    def objects(self, wanted: Iterable[str]) -> dict[str, bytes]:
        """The bytes of objects by their names."""
        names, contents, at = sorted({n for n in wanted if n.strip("0")}), dict[str, bytes](), 0
        answer = self.git("cat-file", "--batch", stdin="".join(f"{n}\n" for n in names).encode()) if names else b""
        for name in names:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[2])
            contents[name] = answer[end + 1 : end + 1 + size]
            at = end + size + 2
        return contents

    def refuse_illusions(self) -> None:
        """What makes git tell another history than that of its objects."""
        expect(not self.git("for-each-ref", "refs/replace/").strip(), "the clone has replace refs")
        grafts = self.git("rev-parse", "--git-path", "info/grafts").decode().strip()
        expect(not (self.folder / grafts).exists(), "the clone has grafts")
        expect(self.git("rev-parse", "--is-shallow-repository").strip() == b"false", "the clone is shallow")


def parsed(raw: bytes) -> tuple[Row, str]:
    """A commit's object as commits.csv tells it, and its message."""
    head, _, message = raw.decode("utf-8", "surrogateescape").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in reversed(head.split("\n")) if " " in line and line[0] != " ")
    commit = {"parents": " ".join(line[7:] for line in head.split("\n") if line.startswith("parent "))}
    for role, email, when in (("author", "email", "authored_at"), ("committer", "committer_email", "committed_at")):
        who, _, rest = fields[role].rpartition("> ")
        commit[role], _, commit[email] = who.partition(" <")
        seconds, zone = rest.split()
        minutes = int(zone[-4:-2]) * 60 + int(zone[-2:])
        offset = dt.timezone(dt.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
        commit[when] = dt.datetime.fromtimestamp(int(seconds), offset).isoformat()
    commit["signed"] = "yes" if "gpgsig" in fields or "gpgsig-sha256" in fields else "no"
    commit["subject"] = " ".join(message.strip().split("\n\n")[0].split("\n"))
    return {name: "".join(filter(str.isprintable, text)) for name, text in commit.items()}, message


def check_population(clone: Clone, audit: Json, commits: dict[str, Row], changes: list[Row]) -> Iterable[str]:
    """Every commit of these days, by its date and those before and after it, is in commits.csv; all commits."""
    lines = clone.git("rev-list", "--topo-order", "--reverse", "--parents", audit["commit"]).decode().splitlines()
    parents = {words[0]: words[1:] for words in map(str.split, lines)}
    read = {name: parsed(raw) for name, raw in clone.objects(parents).items()}
    early, late = dict[str, str](), {name: row["committed_at"][:10] for name, (row, _) in read.items()}
    for name, before in parents.items():
        early[name] = max([late[name], *(early[parent] for parent in before)])
    for name in reversed(list(parents)):
        late.update({parent: min(late[parent], late[name]) for parent in parents[name]})
    inside = [name for name in parents if early[name] >= audit["first"] and late[name] <= audit["last"]]
    for name in sorted(set(inside) ^ commits.keys()):
        expect(False, f"commits.csv: {name[:12]} is " + ("missing" if name in inside else "no commit of these days"))
    for name in set(inside) & commits.keys():
        for field, text in read[name][0].items():
            expect(commits[name][field] == text, f"commits.csv: {name[:12]} has another {field} in git")
    ends = [inside[0], inside[-1]] if inside else [None, None]
    expect([audit["first_commit"], audit["last_commit"]] == ends, "audit.json: git has another first or last commit")
    words = {word for _, message in read.values() for word in message.split()}
    for number, change in enumerate(changes, 1):
        expect(words.issuperset(change["reason"].split()), f"changes.csv: no commit has the reason of change {number}")
    return parents


def check_committed_ledgers(clone: Clone, audit: Json, ledgers: dict[str, list[Json]], known: Iterable[str]) -> None:
    """The ledgers of the bundle are those of the commit, and their lines name commits of its history."""
    listed = clone.git("ls-tree", "-r", "-z", "--full-tree", audit["commit"], "--", audit["prefix"] + "ledger")
    pairs = [line.decode().split("\t") for line in listed.split(b"\0") if line.endswith(b".jsonl")]
    names = {Path(path).stem: about.split()[2] for about, path in pairs}
    contents = clone.objects(names.values())
    expect(names.keys() == ledgers.keys(), "the ledgers of the bundle are not those of the commit")
    for kpi in sorted(names.keys() & ledgers.keys()):
        content = (HERE / "ledgers" / f"{kpi}.jsonl").read_bytes()
        expect(contents[names[kpi]] == content, f"ledgers/{kpi}.jsonl is not the file of the commit")
        for body in ledgers[kpi]:
            expect(body["commit"] in known, f"{kpi}:{body['seq']} names a commit that is not in this history")


def check_succession(clone: Clone, audit: Json) -> None:
    """The ledgers of each commit are the beginning of those of each child, line ends apart."""
    words = ("-m", "--raw", "--full-history", "--sparse", "--root", "--no-abbrev", "--no-renames", "-z")
    log = clone.git("log", *words, "--format=%x1e%H%x1f", audit["commit"], "--", audit["prefix"] + "ledger")
    for record in log.decode("utf-8", "surrogateescape").split("\x1e")[1:]:
        commit, _, raw = record.partition("\x1f")
        pieces = raw.strip("\0\n").split("\0")
        states = {p: a.split()[2:4] for a, p in zip(pieces[::2], pieces[1::2]) if p.endswith(".jsonl")}  # noqa: B905
        contents = clone.objects(name for pair in states.values() for name in pair)
        texts = {p: [contents.get(n, b"").replace(b"\r\n", b"\n") for n in pair] for p, pair in states.items()}
        for path, (before, after) in texts.items():
            heirs = [t[1] for p, t in texts.items() if audit["renamed"].get(Path(p).stem) == Path(path).stem]
            goes_on = any(text.startswith(before) for text in (after, *heirs))
            expect(goes_on, f"commit {commit[:12]} lost lines of {path} that its parent has")


def main() -> int:
    """Check all that can be checked, and print a sample to look at by hand; exit 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, help="A full clone of the audited repository.")
    parser.add_argument("--sample", type=int, default=0, help="Print so many changes and values to look at by hand.")
    parser.add_argument("--seed", type=int, default=1, help="Choose them by this number.")
    options = parser.parse_args()
    try:
        check_files()
        audit, changes = document("audit.json"), table("changes.csv")
        commits, ledgers = {row["commit"]: row for row in table("commits.csv")}, check_ledgers(audit)
        check_tables(audit, ledgers, changes, commits)
        if options.repository:
            clone = Clone(options.repository)
            clone.refuse_illusions()
            check_committed_ledgers(clone, audit, ledgers, check_population(clone, audit, commits, changes))
            check_succession(clone, audit)
        items = [f"{c['kpi'] or 'kpi.yaml'} {c['field']}, {c['class']}: git show {c['commit']}" for c in changes]
        items += [f"{kpi}:{b['seq']} {b['value']} {b['status']}" for kpi, bodies in ledgers.items() for b in bodies]
        sample = random.Random(options.seed).sample(items, min(options.sample, len(items)))  # noqa: S311
        print("\n".join(sample) or "No sample was asked for.")
    except (OSError, ValueError, LookupError, TypeError, subprocess.CalledProcessError) as error:
        expect(False, f"the bundle or the clone cannot be read: {error!r}")
    for problem in PROBLEMS:
        print(f"WRONG  {problem}")
    asked = "" if options.repository else " The repository was not asked."
    print(f"{len(PROBLEMS)} problems." if PROBLEMS else f"Nothing wrong was found.{asked}")
    return int(bool(PROBLEMS))


if __name__ == "__main__":
    sys.exit(main())
