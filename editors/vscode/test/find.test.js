"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { findKpi, localFolders, whyNot } = require("../find.js");

const only = (...files) => (file) => files.includes(file);

test("the folder's own environment comes before PATH", () => {
  assert.equal(findKpi("/w", "", "linux", only("/w/.venv/bin/kpi", "/w/venv/bin/kpi")), "/w/.venv/bin/kpi");
  assert.equal(findKpi("/w", "", "darwin", only("/w/venv/bin/kpi")), "/w/venv/bin/kpi");
  assert.equal(findKpi("/w", "", "linux", only()), "kpi");
});

test("Windows has its programs elsewhere", () => {
  const there = "C:\\w\\.venv\\Scripts\\kpi.exe";
  assert.equal(findKpi("C:\\w", "", "win32", only(there)), there);
});

test("what a person set is taken at its word", () => {
  assert.equal(findKpi("/w", "/programs/kpi", "linux", only("/w/.venv/bin/kpi")), "/programs/kpi");
  assert.equal(findKpi("/w", "env/bin/kpi", "linux", only()), "/w/env/bin/kpi");
});

test("a folder on another machine has no server here, and none has two", () => {
  const folder = (scheme, fsPath) => ({ uri: { scheme, fsPath } });
  assert.deepEqual(localFolders([folder("file", "/a"), folder("vscode-vfs", "/b"), folder("file", "/a")]), ["/a"]);
  assert.deepEqual(localFolders(undefined), []);
});

test("a server that does not start says what to do", () => {
  assert.match(whyNot("kpi", new Error("spawn kpi ENOENT")), /pip install "kpi-framework\[editor\]"/);
});
