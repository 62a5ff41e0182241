"""How products and people of several countries write the same tickets: headers, words, times, delimiters."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping, Sequence

from kpi_framework.model.record import Record, field
from tests.exports.desk import Ticket

Cell = Callable[[Ticket], object]
WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "status": {"en": ("New", "In Progress", "Resolved", "Closed"),
               "de": ("Neu", "In Bearbeitung", "Gelöst", "Geschlossen"),
               "fr": ("Nouveau", "En cours", "Résolu", "Fermé"), "es": ("Nuevo", "En curso", "Resuelto", "Cerrado"),
               "pt": ("Novo", "Em andamento", "Resolvido", "Fechado"), "it": ("Nuovo", "In corso", "Risolto", "Chiuso"),
               "nl": ("Nieuw", "In behandeling", "Opgelost", "Gesloten"),
               "pl": ("Nowy", "W toku", "Rozwiązany", "Zamknięty")},
    "priority": {"en": ("Critical", "High", "Medium", "Low"), "de": ("Kritisch", "Hoch", "Mittel", "Niedrig"),
                 "fr": ("Critique", "Haute", "Moyenne", "Basse"), "es": ("Crítica", "Alta", "Media", "Baja"),
                 "pt": ("Crítica", "Alta", "Média", "Baixa"), "it": ("Critica", "Alta", "Media", "Bassa"),
                 "nl": ("Kritiek", "Hoog", "Normaal", "Laag"), "pl": ("Krytyczny", "Wysoki", "Średni", "Niski")},
}  # fmt: skip
STATUSES, PRIORITIES = ("new", "open", "resolved", "closed"), ("critical", "high", "medium", "low")


class Shape(Record):
    """One way to write tickets, and what has to be understood of it."""

    header: Mapping[str, str]
    """The canonical columns that it has, and what it calls them."""
    times: str = "%Y-%m-%d %H:%M"
    language: str = "en"
    delimiter: str = ","
    encoding: str = "utf-8"
    empty: str = ""
    """What stands where a time is none."""
    trailing: str = ""
    """What ends each line, the header's too."""
    is_shuffled: bool = False
    """Whether headers are col1 … colN, and the columns in no order."""
    repeats: bool = False
    """Whether each ticket stands there once for each of its changes."""
    preset: str | None = None
    ends: str = "resolved"
    """What stands for the end of a ticket."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Words of its own: canonical → written."""
    extra: Mapping[str, Cell] = field(default_factory=dict)
    """Columns of its own beside these."""
    ending: str = "csv"


def written(shape: Shape, desk: Sequence[Ticket]) -> tuple[str, dict[str, str]]:
    """The file, and the header of each canonical column in it."""
    columns = {**{name: (header, _cell(shape, name)) for name, header in shape.header.items()}}
    table: list[tuple[str | None, str, Cell]] = [(name, header, cell) for name, (header, cell) in columns.items()]
    table += [(None, header, cell) for header, cell in shape.extra.items()]
    if shape.is_shuffled:
        random.Random(3).shuffle(table)  # noqa: S311 - nothing secret
        table = [(name, f"col{place}", cell) for place, (name, _, cell) in enumerate(table, 1)]
    rows = [t for ticket in desk for t in (_states(ticket) if shape.repeats else [ticket])]
    lines = [[header for _, header, _ in table], *([_text(cell(ticket)) for _, _, cell in table] for ticket in rows)]
    text = "".join(
        shape.delimiter.join(_quoted(c, shape.delimiter) for c in line) + shape.trailing + "\n" for line in lines
    )
    return text, {name: header for name, header, _ in table if name is not None}


def _states(ticket: Ticket) -> list[Ticket]:
    """A ticket as it stood at its creation and at its end, the latter last."""
    first = Ticket(
        ticket.number, ticket.created, None, None, None, ticket.created, ticket.priority, ticket.kind,
        ticket.agent, ticket.requester,
    )  # fmt: skip
    return [first, ticket] if ticket.updated > ticket.created else [ticket]


def _cell(shape: Shape, name: str) -> Cell:
    times = {"created_at": "created", "first_response_at": "replied", "resolved_at": "resolved",
             "closed_at": "closed", "updated_at": "updated"}  # fmt: skip
    if name in times:
        return lambda ticket: _time(shape, getattr(ticket, times[name]))
    return {
        "ticket_id": lambda ticket: f"T-{ticket.number}",
        "status": lambda ticket: _word(shape, "status", ticket.status, STATUSES),
        "priority": lambda ticket: _word(shape, "priority", ticket.priority, PRIORITIES),
        "type": lambda ticket: ticket.kind.capitalize(),
        "agent": lambda ticket: ticket.agent,
        "requester": lambda ticket: ticket.requester,
        "subject": lambda ticket: f"Something is wrong with {ticket.number % 17}, please help",
    }[name]


def _time(shape: Shape, moment: dt.datetime | None) -> str:
    return shape.empty if moment is None else moment.strftime(shape.times)


def _word(shape: Shape, column: str, word: str, words: Sequence[str]) -> str:
    own = shape.words.get(column)
    return own[word] if own else WORDS[column][shape.language][words.index(word)]


def _text(value: object) -> str:
    return str(value)


def _quoted(cell: str, delimiter: str) -> str:
    return f'"{cell}"' if delimiter in cell else cell


_NAMES = (
    "ticket_id", "created_at", "first_response_at", "resolved_at", "closed_at", "status", "priority", "agent",
    "requester", "subject",
)  # fmt: skip


def _named(headers: str) -> dict[str, str]:
    return dict(zip(_NAMES, headers.split("|"), strict=True))


SHAPES: dict[str, Shape] = {
    "english": Shape(
        _named(
            "Ticket ID|Created At|First Response At|Resolved At|Closed At|Status|Priority|Assignee|Requester|Subject"
        )
    ),
    "german": Shape(
        _named(
            "Ticketnummer|Erstellt am|Erste Antwort|Gelöst am|Geschlossen am|Status|Priorität|Bearbeiter|Melder|Betreff"
        ),
        "%d.%m.%Y %H:%M",
        "de",
        ";",
        "latin-1",
    ),
    "french": Shape(
        _named(
            "Numéro|Date de création|Première réponse|Date de résolution|"
            "Date de clôture|Statut|Priorité|Technicien|Demandeur|Objet"
        ),
        "%d/%m/%Y %H:%M",
        "fr",
        ";",
    ),
    "spanish": Shape(
        _named(
            "Folio|Fecha de creación|Primera respuesta|Fecha de resolución|Fecha de cierre|"
            "Estado|Prioridad|Asignado a|Solicitante|Asunto"
        ),
        "%d/%m/%Y %H:%M:%S",
        "es",
        ";",
    ),
    "portuguese": Shape(
        _named(
            "Protocolo|Data de abertura|Primeira resposta|Data da solução|Data de encerramento|"
            "Situação|Prioridade|Responsável|Requerente|Assunto"
        ),
        "%d/%m/%Y %H:%M",
        "pt",
        ";",
    ),
    "italian": Shape(
        _named(
            "Numero ticket|Data apertura|Prima risposta|Data risoluzione|"
            "Data chiusura|Stato|Priorità|Operatore|Richiedente|Oggetto"
        ),
        "%d/%m/%Y %H:%M",
        "it",
        ";",
    ),
    "dutch": Shape(
        _named(
            "Meldingnummer|Aangemaakt op|Eerste reactie|Opgelost op|Gesloten op|"
            "Status|Prioriteit|Behandelaar|Melder|Onderwerp"
        ),
        "%d-%m-%Y %H:%M",
        "nl",
        ";",
    ),
    "polish": Shape(
        _named(
            "Nr zgłoszenia|Data utworzenia|Pierwsza odpowiedź|Data rozwiązania|"
            "Data zamknięcia|Stan|Priorytet|Przypisane do|Zgłaszający|Temat"
        ),
        "%d.%m.%Y %H:%M",
        "pl",
        ";",
    ),
    "american": Shape(
        _named("Case #|Date Opened|First Reply|Date Resolved|Date Closed|State|Severity|Technician|Customer|Title"),
        "%m/%d/%Y %I:%M %p",
    ),
    "no_names": Shape(dict(zip(_NAMES, _NAMES, strict=True)), is_shuffled=True),
    "no_names_day_first": Shape(dict(zip(_NAMES, _NAMES, strict=True)), "%d/%m/%Y %H:%M", "de", is_shuffled=True),
    "servicenow": Shape(
        {
            "ticket_id": "number",
            "created_at": "opened_at",
            "resolved_at": "resolved_at",
            "closed_at": "closed_at",
            "updated_at": "sys_updated_on",
            "status": "state",
            "priority": "priority",
            "agent": "assigned_to",
            "requester": "caller_id",
        },
        "%Y-%m-%d %H:%M:%S",
        preset="servicenow",
        words={
            "priority": {"critical": "1 - Critical", "high": "2 - High", "medium": "3 - Moderate", "low": "4 - Low"}
        },
    ),
    "servicenow_labels": Shape(
        {
            "ticket_id": "Number",
            "created_at": "Opened",
            "resolved_at": "Resolved",
            "closed_at": "Closed",
            "updated_at": "Updated",
            "status": "State",
            "requester": "Caller",
        },
        "%m-%d-%Y %H:%M:%S",
        preset="servicenow",
    ),
    "servicenow_log": Shape(
        {
            "ticket_id": "number",
            "created_at": "opened_at",
            "resolved_at": "resolved_at",
            "closed_at": "closed_at",
            "updated_at": "sys_updated_at",
            "status": "incident_state",
        },
        "%d-%m-%Y %H:%M",
        preset="servicenow",
        repeats=True,
    ),
    "jira": Shape(
        {
            "ticket_id": "Issue key",
            "created_at": "Created",
            "updated_at": "Updated",
            "status": "Status",
            "priority": "Priority",
            "agent": "Assignee",
            "requester": "Reporter",
            "subject": "Summary",
        },
        "%d/%b/%y %I:%M %p",
        preset="jira_service_management",
        words={"status": {"new": "To Do", "open": "In Progress", "resolved": "Done", "closed": "Done"}},
        extra={
            "Issue Type": lambda t: "Task",
            "Resolved": lambda t: "",
            "Status Category": lambda t: "Done" if t.resolved else "In Progress",
            "Status Category Changed": lambda t: (t.resolved or t.created).strftime("%d/%b/%y %I:%M %p"),
        },
    ),
    "zendesk": Shape(
        {
            "ticket_id": "Id",
            "created_at": "Created at",
            "updated_at": "Updated at",
            "resolved_at": "Solved at",
            "status": "Status",
            "priority": "Priority",
            "type": "Ticket type",
            "requester": "Requester",
            "agent": "Assignee",
        },
        "%Y-%m-%d %H:%M",
        preset="zendesk",
        empty="1900-01-01 00:00:00",
        words={
            "status": {"new": "New", "open": "Open", "resolved": "Solved", "closed": "Closed"},
            "priority": {"critical": "Urgent", "high": "High", "medium": "Normal", "low": "Low"},
        },
    ),
    "freshdesk": Shape(
        {
            "ticket_id": "Ticket ID",
            "created_at": "Created time",
            "first_response_at": "Initial response time",
            "resolved_at": "Resolved time",
            "closed_at": "Closed time",
            "updated_at": "Last update time",
            "status": "Status",
            "priority": "Priority",
            "agent": "Agent",
        },
        "%Y-%m-%d %H:%M:%S",
        preset="freshdesk",
        words={
            "status": {"new": "Open", "open": "Open", "resolved": "Resolved", "closed": "Closed"},
            "priority": {"critical": "Urgent", "high": "High", "medium": "Medium", "low": "Low"},
        },
    ),
    "glpi_portuguese": Shape(
        {
            "ticket_id": "ID",
            "subject": "Título",
            "created_at": "Data de abertura",
            "resolved_at": "Data da solução",
            "updated_at": "Última atualização",
            "status": "Status",
            "requester": "Requerente - Requerente",
        },
        "%d/%m/%Y %H:%M",
        "pt",
        ";",
        preset="glpi",
        trailing=";",
        words={
            "status": {
                "new": "Novo",
                "open": "Em atendimento (atribuído)",
                "resolved": "Solucionado",
                "closed": "Fechado",
            }
        },
    ),
    "osticket": Shape(
        {
            "ticket_id": "Ticket Number",
            "created_at": "Date Created",
            "resolved_at": "Closed Date",
            "updated_at": "Last Updated",
            "status": "Current Status",
            "requester": "From",
        },
        "%m/%d/%Y %H:%M",
        preset="osticket",
        words={"status": {"new": "Open", "open": "Open", "resolved": "Resolved", "closed": "Closed"}},
    ),
    "otrs": Shape(
        {
            "ticket_id": "Ticket#",
            "created_at": "Created",
            "first_response_at": "FirstResponse",
            "resolved_at": "Close Time",
            "updated_at": "Last Changed",
            "status": "State",
        },
        "%Y-%m-%d %H:%M:%S (UTC)",
        preset="otrs",
        delimiter=";",
        extra={"Queue": lambda t: "Desk", "Age": lambda t: "5 h 34 m"},
        words={
            "status": {"new": "new", "open": "open", "resolved": "closed successful", "closed": "closed successful"}
        },
    ),
    "zammad": Shape(
        {
            "ticket_id": "#",
            "subject": "Title",
            "status": "State",
            "created_at": "Created At",
            "first_response_at": "First Response At",
            "resolved_at": "Closed At",
            "updated_at": "Updated At",
        },
        "%Y-%m-%dT%H:%M:%S.000Z",
        preset="zammad",
        extra={"Close In Min": lambda t: "12"},
        words={"status": {"new": "new", "open": "open", "resolved": "closed", "closed": "closed"}},
    ),
    "unicode_text": Shape(
        _named("Request ID|Submitted|Responded|Completed|Closed|Status|Urgency|Owner|Requestor|Description"),
        "%d %b %Y %H:%M",
        delimiter="\t",
        encoding="utf-16",
        ending="txt",
    ),
    "pipes": Shape(
        _named("Case Number|Opened On|First Contact|Solved On|Closed On|State|Prio|Handled By|Client|Topic"),
        "%Y-%m-%dT%H:%M:%S+00:00",
        delimiter="|",
    ),
    "autotask": Shape(
        {
            "ticket_id": "ticketNumber",
            "created_at": "createDate",
            "first_response_at": "firstResponseDateTime",
            "resolved_at": "resolvedDateTime",
            "status": "status",
            "priority": "priority",
            "subject": "title",
        },
        "%Y-%m-%dT%H:%M:%SZ",
        extra={"id": lambda t: t.number},
    ),
    "city": Shape(
        {"ticket_id": "Unique Key", "created_at": "Created Date", "closed_at": "Closed Date", "status": "Status"},
        "%m/%d/%Y %I:%M:%S %p",
        ends="closed",
        extra={"Agency": lambda t: "DOT", "Complaint Type": lambda t: ("Noise", "Street", "Water")[t.number % 3]},
    ),
}
"""Ways to write the tickets of a desk."""
