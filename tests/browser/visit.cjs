// Opens pages in a real browser and writes, as JSON, what went wrong in each: visit.cjs BROWSER JOB.json
"use strict";

const fs = require("node:fs");
const { chromium } = require("playwright-core");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

async function visit(browser, { address, width, scheme, script }) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: script !== false,
  });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address);
  const words = (await page.locator("main").innerText()).length;
  const overflow = script === false ? 0 : await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await context.close();
  const violations = script === false ? [] : await judged(browser, address, width, scheme);
  return { address, width, scheme, complaints, requests, words, overflow, violations };
}

// In a context of its own, whose policy lets the judge's script in.
async function judged(browser, address, width, scheme) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(AXE);
  const result = await page.evaluate(() => axe.run({ preload: false }));
  await context.close();
  return result.violations.map((v) => ({ id: v.id, impact: v.impact, where: v.nodes.map((n) => n.html.slice(0, 200)) }));
}

// By keyboard alone: to the first filter, a choice, then to a heading, which sorts.
async function filtered(browser, address) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  const rows = () => page.locator("tbody tr:visible").count();
  const before = await rows();
  await page.keyboard.press("Tab");
  const skip = await page.evaluate(() => document.activeElement.textContent);
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("satisfaction");
  const searched = await rows();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Tab");
  await page.keyboard.type("missed");
  const missed = await page.locator("tbody tr:visible td:nth-child(1)").allInnerTexts();
  await page.keyboard.press("Home");
  await page.getByRole("button", { name: "Status" }).focus();
  await page.keyboard.press("Enter");
  const sorted = await page.locator("tbody tr:visible td:nth-child(1)").allInnerTexts();
  const state = await page.locator("th").first().getAttribute("aria-sort");
  await page.context().close();
  return { before, skip, searched, missed, sorted, state };
}

async function main(executablePath, job) {
  const browser = await chromium.launch({ executablePath, args: QUIET });
  const visits = [];
  for (const wanted of job.visits) visits.push(await visit(browser, wanted));
  const keyboard = job.filtered ? await filtered(browser, job.filtered) : null;
  for (const { address, width, path } of job.pictures ?? []) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(address);
    await page.screenshot({ path, fullPage: true });
    await page.close();
  }
  await browser.close();
  process.stdout.write(JSON.stringify({ visits, keyboard }));
}

main(process.argv[2], JSON.parse(fs.readFileSync(process.argv[3], "utf8"))).catch((error) => {
  process.stderr.write(String(error.stack));
  process.exit(1);
});
