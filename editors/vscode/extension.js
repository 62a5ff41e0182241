"use strict";
// The client of `kpi lsp`: it starts one server for each folder that is open, and asks for a reason where one is needed.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { findKpi, localFolders, whyNot } = require("./find.js");

/** @type {LanguageClient[]} */
let clients = [];

async function activate(context) {
  await start();
  context.subscriptions.push(
    vscode.workspace.onDidChangeWorkspaceFolders(restart),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration("kpi") && restart()),
  );
}

async function start() {
  const setting = vscode.workspace.getConfiguration("kpi").get("path", "");
  for (const folder of localFolders(vscode.workspace.workspaceFolders)) {
    const command = findKpi(folder, setting);
    const client = new LanguageClient(
      "kpi",
      "KPIs as code",
      { command, args: ["lsp"], options: { cwd: folder } },
      {
        documentSelector: [{ scheme: "file", language: "yaml", pattern: `${folder.replaceAll("\\", "/")}/**/*.{yaml,yml}` }],
        workspaceFolder: vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)),
      },
    );
    try {
      await client.start();
      clients.push(client);
    } catch (error) {
      vscode.window.showWarningMessage(whyNot(command, error));
    }
  }
}

async function restart() {
  await deactivate();
  await start();
}

async function deactivate() {
  const stopping = clients;
  clients = [];
  await Promise.all(stopping.map((client) => client.stop()));
}

module.exports = { activate, deactivate };
