"use strict";
// The extension itself, with the parts of the editor and of its library that it touches in their place.
const assert = require("node:assert/strict");
const Module = require("node:module");
const { afterEach, test } = require("node:test");

const started = [];
const stopped = [];
const warnings = [];
let fails = false;

class LanguageClient {
  constructor(id, name, server, client) {
    Object.assign(this, { id, name, server, client });
  }

  async start() {
    if (fails) throw new Error("spawn kpi ENOENT");
    started.push(this);
  }

  async stop() {
    stopped.push(this);
  }
}

const listeners = {};
const vscode = {
  Uri: { file: (fsPath) => ({ scheme: "file", fsPath }) },
  window: { showWarningMessage: (text) => warnings.push(text) },
  workspace: {
    workspaceFolders: [{ uri: { scheme: "file", fsPath: "/desk" } }],
    getConfiguration: () => ({ get: (_name, otherwise) => otherwise }),
    getWorkspaceFolder: (uri) => ({ uri }),
    onDidChangeWorkspaceFolders: (listener) => (listeners.folders = listener),
    onDidChangeConfiguration: (listener) => (listeners.configuration = listener),
  },
};

const load = Module._load;
Module._load = function (name, ...others) {
  if (name === "vscode") return vscode;
  return name === "vscode-languageclient/node" ? { LanguageClient } : load.call(this, name, ...others);
};
const { activate, deactivate } = require("../extension.js");

afterEach(async () => {
  await deactivate();
  for (const list of [started, stopped, warnings]) list.length = 0;
  fails = false;
});

test("it starts `kpi lsp` in the folder, for its YAML files", async () => {
  await activate({ subscriptions: [] });
  assert.equal(started.length, 1);
  assert.deepEqual(started[0].server, { command: "kpi", args: ["lsp"], options: { cwd: "/desk" } });
  assert.equal(started[0].client.documentSelector[0].pattern, "/desk/**/*.{yaml,yml}");
});

test("another setting starts it anew, and leaving stops it", async () => {
  await activate({ subscriptions: [] });
  await listeners.configuration({ affectsConfiguration: (name) => name === "kpi" });
  assert.equal(started.length, 2);
  await deactivate();
  assert.equal(stopped.length, 2);
});

test("a server that cannot be started is a sentence, not a crash", async () => {
  fails = true;
  await activate({ subscriptions: [] });
  assert.equal(started.length, 0);
  assert.match(warnings[0], /kpi lsp` did not start: spawn kpi ENOENT/);
});
