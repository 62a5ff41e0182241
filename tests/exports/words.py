"""Words of statuses (new, open, resolved, closed) and priorities (critical to low) in eight languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
