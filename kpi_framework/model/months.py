"""The names of months in the languages that presets ship, as exports write them."""

from __future__ import annotations

MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "january", "jän", "jänner", "januar", "janv", "janvier", "ene", "enero", "janeiro", "gen", "gennaio",
     "januari", "sty", "styczeń", "stycznia"),
    ("feb", "february", "februar", "fév", "févr", "février", "febrero", "fev", "fevereiro", "febbraio", "februari",
     "lut", "luty", "lutego"),
    ("mar", "march", "mär", "märz", "mrz", "mars", "marzo", "março", "mrt", "maart", "marzec", "marca"),
    ("apr", "april", "avr", "avril", "abr", "abril", "aprile", "kwi", "kwiecień", "kwietnia"),
    ("may", "mai", "mayo", "maio", "mag", "maggio", "mei", "maj", "maja"),
    ("jun", "june", "juni", "juin", "junio", "junho", "giu", "giugno", "cze", "czerwiec", "czerwca"),
    ("jul", "july", "juli", "juil", "juillet", "julio", "julho", "lug", "luglio", "lip", "lipiec", "lipca"),
    ("aug", "august", "aoû", "août", "ago", "agosto", "augustus", "sie", "sierpień", "sierpnia"),
    ("sep", "sept", "september", "septembre", "septiembre", "set", "setembro", "settembre", "wrz", "wrzesień",
     "września"),
    ("oct", "october", "okt", "oktober", "octobre", "octubre", "out", "outubro", "ott", "ottobre", "paź",
     "październik", "października"),
    ("nov", "november", "novembre", "noviembre", "novembro", "lis", "listopad", "listopada"),
    ("dec", "december", "dez", "dezember", "déc", "décembre", "dic", "diciembre", "dezembro", "dicembre", "gru",
     "grudzień", "grudnia"),
)  # fmt: skip
"""January to December: short and long, in English, German, French, Spanish, Portuguese, Italian, Dutch and Polish.

No name means two months. A dot may follow a short one.
"""
