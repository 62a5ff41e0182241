"use strict";
// Which `kpi` to start: the one that the settings name, that of the folder's own environment, or the one on PATH.

const fs = require("node:fs");
const path = require("node:path");

const ENVIRONMENTS = [".venv", "venv"];

/**
 * The command to start in a folder.
 * @param {string} folder the folder that is open
 * @param {string} setting the path that the person set; empty: none
 * @param {NodeJS.Platform} platform where it runs
 * @param {(file: string) => boolean} exists whether a file is there
 * @returns {string} a path, or `kpi` where only PATH can know
 */
function findKpi(folder, setting, platform = process.platform, exists = fs.existsSync) {
  const { join, isAbsolute } = platform === "win32" ? path.win32 : path.posix;
  if (setting) {
    return isAbsolute(setting) ? setting : join(folder, setting);
  }
  const inside = platform === "win32" ? ["Scripts", "kpi.exe"] : ["bin", "kpi"];
  const candidates = ENVIRONMENTS.map((name) => join(folder, name, ...inside));
  return candidates.find(exists) ?? "kpi";
}

/**
 * The folders in which a server is needed: each that holds or contains a project, once.
 * @param {{ uri: { scheme: string, fsPath: string } }[] | undefined} folders the folders that are open
 * @returns {string[]} their paths
 */
function localFolders(folders) {
  return [...new Set((folders ?? []).filter((f) => f.uri.scheme === "file").map((f) => f.uri.fsPath))];
}

/**
 * What to tell a person whose server did not start.
 * @param {string} command what was started
 * @param {unknown} error why it failed
 * @returns {string} a sentence with the remedy
 */
function whyNot(command, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return `\`${command} lsp\` did not start: ${reason}. Run \`pip install "kpi-framework[editor]"\` in the folder's environment, or set kpi.path.`;
}

module.exports = { findKpi, localFolders, whyNot };
