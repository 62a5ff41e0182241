// Adds sorting and filtering to tables; the pages are whole without it.
"use strict";

const WEIGHTS = ["missed", "unknown", "at risk", "met", "informative", "draft", "retired"];
const FILTERED = ["Status", "Family", "Objectives", "Owner", "Class", "Author"];

let number = 0;

for (const frame of document.querySelectorAll(".sortable")) {
  const table = frame.querySelector("table");
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const text = (row, column) => row.cells[column].textContent.trim();

  function key(row, column) {
    const words = text(row, column);
    const weight = WEIGHTS.findIndex((word) => words.endsWith(word) || words.includes(`be ${word}`));
    return heads[column].textContent.trim() === "Status" && weight >= 0 ? String(weight) : words.toLowerCase();
  }

  function sort(column) {
    const head = heads[column];
    const isDown = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const sign = isDown ? -1 : 1;
    const ordered = [...rows].sort((a, b) => sign * key(a, column).localeCompare(key(b, column), "en", { numeric: true }));
    body.append(...ordered);
  }

  heads.forEach((head, column) => {
    if (head.tagName !== "TH") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });

  const fields = document.createElement("form");
  fields.className = "filters";
  fields.addEventListener("submit", (event) => event.preventDefault());
  const chosen = new Map();
  const count = document.createElement("p");
  count.setAttribute("role", "status");

  function apply() {
    let shown = 0;
    for (const row of rows) {
      const fits = [...chosen].every(([column, words]) =>
        !words || (column < 0 ? row.textContent.toLowerCase() : text(row, column).toLowerCase()).includes(words));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `${shown} of ${rows.length} rows`;
  }

  function add(label, field, column) {
    const outer = document.createElement("div");
    const name = document.createElement("label");
    field.id = `filter-${number++}`;
    name.htmlFor = field.id;
    name.append(label);
    outer.append(name, field);
    field.addEventListener("input", () => { chosen.set(column, field.value.toLowerCase()); apply(); });
    fields.append(outer);
  }

  const search = document.createElement("input");
  search.type = "search";
  add("Search", search, -1);
  heads.forEach((head, column) => {
    const name = head.textContent.trim();
    const values = [...new Set(rows.flatMap((row) => text(row, column).split(", ")))].filter(Boolean).sort();
    if (!FILTERED.includes(name) || values.length < 2) return;
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...values.map((value) => new Option(value, value)));
    add(name, select, column);
  });
  if (rows.length) {
    frame.before(fields, count);
    apply();
  }
}
