"""The data of a small IT department: thirteen months of security, reliability and spend, made from a seed.

    python examples/it-department/data/generate.py [FOLDER]

writes its CSV files into FOLDER, by default the one this file lies in: the same bytes on every machine.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import sys
from collections.abc import Iterable
from pathlib import Path

SEED = 20261103
MONTHS = [dt.date(2025 + m // 12, m % 12 + 1, 1) for m in range(9, 22)]
EXPORTED = dt.datetime(2026, 11, 3, 6)
DEPARTMENTS = {"sales": 38, "logistics": 45, "office": 27}
SERVICES = ("mail", "erp", "web shop")
SYSTEMS = ("erp", "files", "mail")
PRODUCTS = {"office suite": (110, 0.92), "drawing": (20, 0.55), "crm": (45, 0.84)}
COSTS = {"staff": 9800, "licences": 3900, "hardware": 2600, "network": 1400}
CLASSES = {"printer": (12, 380), "switch": (9, 2900), "server": (6, 4100)}
LAST = MONTHS[-1]

Row = dict[str, object]


def at(day: dt.date, hours: float) -> dt.datetime:
    """An instant: so many hours into the day, to the minute."""
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=int(hours * 60))


def known(moment: dt.datetime | None) -> dt.datetime | str:
    """What the export knows of it."""
    return moment if moment is not None and moment < EXPORTED else ""


def days_of(month: dt.date) -> int:
    """How many days a month has."""
    return ((month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - month).days


def patches(dice: random.Random) -> Iterable[Row]:
    """Two critical and two other patches a month on 60 devices; a few laptops are never online."""
    for month in MONTHS:
        for number in range(4):
            released = at(month + dt.timedelta(days=7 * number + 1), 18)
            severity = "critical" if number % 2 == 0 else "medium"
            for device in range(60):
                slow = device in (17, 41) or dice.random() < 0.001
                wait = dice.randint(33, 80) if slow else dice.randint(1, 24)
                yield {
                    "patch_id": f"KB{month:%y%m}{number}", "device_id": f"PC{device:03d}", "severity": severity,
                    "released_at": released,
                    "installed_at": known(at(released.date() + dt.timedelta(days=wait), dice.uniform(7, 21))),
                    "device_class": "laptop" if device % 3 else "desktop",
                }  # fmt: skip


def accounts(dice: random.Random) -> Iterable[Row]:
    """The directory on the last day of each month: more and more have a second factor."""
    for age, month in enumerate(MONTHS):
        share = min(0.86 + 0.012 * age, 0.985)
        for number in range(110):
            enrolled = dice.random() < share
            yield {
                "account_id": f"user{number:03d}", "seen_on": month.replace(day=days_of(month)),
                "sensitive_access": number % 9 == 0, "cloud_access": number % 10 != 0,
                "mfa_enrolled": enrolled, "mfa_used": enrolled and dice.random() < 0.99,
                "kind": "admin" if number % 25 == 0 else "staff",
            }  # fmt: skip


def phishing(dice: random.Random) -> Iterable[Row]:
    """One mail a month to everybody; the training works."""
    number = 0
    for age, month in enumerate(MONTHS):
        for department, people in DEPARTMENTS.items():
            for person in range(people):
                number += 1
                sent = at(month + dt.timedelta(days=9), 9 + person % 6)
                clicks = dice.random() < max(0.19 - 0.012 * age, 0.05) * (1.5 if department == "sales" else 0.8)
                yield {
                    "mail_id": f"M{number:05d}", "campaign": f"{month:%Y-%m}", "sent_at": sent,
                    "clicked_at": sent + dt.timedelta(minutes=dice.randint(1, 300)) if clicks else "",
                    "department": department, "recipient": f"{department}{person:02d}",
                }  # fmt: skip


def incidents(dice: random.Random) -> Iterable[Row]:
    """None to three a month."""
    for month in MONTHS:
        for number in range(dice.choice((0, 1, 1, 2, 3))):
            found = at(month + dt.timedelta(days=dice.randint(0, days_of(month) - 1)), dice.uniform(7, 20))
            yield {
                "incident_id": f"S{month:%y%m}{number}", "detected_at": found,
                "severity": dice.choice(("high", "medium", "low")),
                "category": dice.choice(("phishing", "access", "loss")),
                "contained_at": known(found + dt.timedelta(minutes=dice.randint(30, 3000))),
            }  # fmt: skip


def sensors() -> Iterable[Row]:
    """The mail filter and the endpoint protection report every Monday."""
    for month in MONTHS:
        for day in (month + dt.timedelta(days=n) for n in range(days_of(month))):
            if day.weekday() == 0:
                yield from (
                    {"sensor": sensor, "reported_at": at(day, 6), "healthy": True}
                    for sensor in ("endpoint protection", "mail filter")
                )


def services() -> Iterable[Row]:
    """All of them have to be up around the clock."""
    for month in MONTHS:
        for service in SERVICES:
            yield {"service": service, "month": month, "critical": True, "service_minutes": days_of(month) * 1440}


def outages(dice: random.Random) -> Iterable[Row]:
    """Short ones in most months; in the last one the ERP's storage failed on a Friday."""
    number = 0
    for month in MONTHS:
        for service in SERVICES:
            if dice.random() < 0.55:
                number += 1
                begin = at(month + dt.timedelta(days=dice.randint(1, 25)), dice.uniform(6, 22))
                yield outage(number, service, begin, dice.randint(8, 95), dice.random() < 0.25)
    yield outage(number + 1, "erp", at(LAST + dt.timedelta(days=15), 14.5), 1470, planned=False)


def outage(number: int, service: str, begin: dt.datetime, minutes: int, planned: bool) -> Row:
    """One outage."""
    end = begin + dt.timedelta(minutes=minutes)
    return {
        "outage_id": f"O{number:03d}", "service": service, "critical": True, "started_at": begin, "ended_at": end,
        "planned": planned, "cause": "maintenance" if planned else "storage" if minutes > 1000 else "other",
    }  # fmt: skip


def backups(dice: random.Random) -> Iterable[Row]:
    """Every night, every system; since the middle of the last month the tape of `files` is full."""
    number = 0
    for month in MONTHS:
        for day in (month + dt.timedelta(days=n) for n in range(days_of(month))):
            for system in SYSTEMS:
                number += 1
                full = system == "files" and day >= LAST + dt.timedelta(days=19) and day.day % 3 == 0
                result = "failed" if full else "warning" if dice.random() < 0.004 else "success"
                begin = at(day, 23)
                yield {
                    "job_id": f"B{number:05d}", "scheduled_at": begin, "system": system, "result": result,
                    "finished_at": known(begin + dt.timedelta(minutes=dice.randint(20, 110))),
                }  # fmt: skip


def restores(dice: random.Random) -> Iterable[Row]:
    """One system a month is restored for practice."""
    for number, month in enumerate(MONTHS):
        planned = at(month + dt.timedelta(days=14), 10)
        yield {
            "test_id": f"T{number:02d}", "planned_at": planned,
            "done_at": planned + dt.timedelta(hours=dice.randint(1, 60)),
            "restored": True, "system": SYSTEMS[number % 3],
        }  # fmt: skip


def spend(dice: random.Random) -> Iterable[Row]:
    """What a month cost, in dollars."""
    for month in MONTHS:
        for kind, usual in COSTS.items():
            yield {"month": month, "cost": f"{usual * dice.uniform(0.95, 1.06):.2f}", "kind": kind}


def users() -> Iterable[Row]:
    """The house grows by a person a month or so."""
    for age, month in enumerate(MONTHS):
        for department, people in DEPARTMENTS.items():
            yield {
                "month": month,
                "users": people + (age // 2 if department == "sales" else 0),
                "department": department,
            }


def licences(dice: random.Random) -> Iterable[Row]:
    """The drawing programme is hardly used."""
    for month in MONTHS:
        for product, (bought, used) in PRODUCTS.items():
            in_use = int(bought * used) + dice.randint(-1, 1)
            yield {"product": product, "month": month, "purchased": bought, "in_use": in_use}


def assets() -> Iterable[Row]:
    """Everything runs around the clock."""
    for month in MONTHS:
        for name, (count, _) in CLASSES.items():
            yield {"asset_class": name, "month": month, "assets": count, "operating_hours": count * days_of(month) * 24}


def failures(dice: random.Random) -> Iterable[Row]:
    """Printers fail most."""
    number = 0
    for month in MONTHS:
        for name, (count, hours) in CLASSES.items():
            usual = count * days_of(month) * 24 / hours / (1 if name == "printer" else 2)
            for _ in range(max(int(dice.gauss(usual, usual / 8) + 0.5), 1)):
                number += 1
                failed = at(month + dt.timedelta(days=dice.randint(0, days_of(month) - 1)), dice.uniform(0, 23))
                yield {
                    "failure_id": f"F{number:04d}", "failed_at": failed, "asset_class": name,
                    "repaired_at": known(failed + dt.timedelta(minutes=dice.randint(15, 2000))),
                }  # fmt: skip


def cell(value: object) -> str:
    """A value as the files spell it."""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as CSV."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(listed[0])
        writer.writerows([cell(value) for value in row.values()] for row in listed)


def generate(folder: Path) -> None:
    """Write all files."""
    dice = random.Random(SEED)  # noqa: S311 - made-up data needs no secret dice
    made = {
        "patches": patches(dice), "accounts": accounts(dice), "phishing": phishing(dice),
        "security_incidents": incidents(dice), "detection_sensors": sensors(), "services": services(),
        "outages": outages(dice), "backup_jobs": backups(dice), "restore_tests": restores(dice), "costs": spend(dice),
        "users": users(), "licences": licences(dice), "assets": assets(), "failures": failures(dice),
    }  # fmt: skip
    for name, rows in made.items():
        write(folder / f"{name}.csv", rows)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
