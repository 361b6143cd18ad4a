// Drives Chromium for the tests. Reads one step per line as JSON, takes it, answers with one line:
// {"done": value}, or {"failed": why, "page": where it happened, "screenshot": file}. Steps are
// taken one after another, in the order they come. Ends when its input does.
//
// Arguments: the browser's program, the folder for screenshots, milliseconds one step may take.

import { createInterface } from 'node:readline';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { describe } from './reading.js';
import { steps } from './steps.js';
import { Visitor } from './visitor.js';

const [program, screenshots, limit] = process.argv.slice(2);

// Nothing here may talk to anybody but the tests' own servers.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browser = await chromium.launch({ executablePath: program, args: flags });
const visitors = new Map();
const pages = new Map();
let number = 0;

function picture(name) {
  number += 1;
  const plain = name.toLowerCase().match(/[a-z0-9]+/g)?.join('-') ?? 'page';
  return path.join(screenshots, `${String(number).padStart(2, '0')}-${plain}.png`);
}

async function take(step) {
  switch (step.do) {
    case 'visitor':
      visitors.set(step.visitor, await Visitor.of(browser, step, Number(limit)));
      return null;
    case 'leave':
      await visitors.get(step.visitor)?.context.close();
      visitors.delete(step.visitor);
      return null;
    case 'tab':
      pages.set(step.page, await visitors.get(step.visitor).tab());
      return null;
    case 'close':
      await pages.get(step.page)?.page.close();
      pages.delete(step.page);
      return null;
    case 'cookies':
      return visitors.get(step.visitor).context.cookies();
    case 'forget-cookies':
      return visitors.get(step.visitor).context.clearCookies();
    default:
      return steps[step.do](pages.get(step.page), step, picture);
  }
}

// The first lines of what went wrong; the rest is the library's own log, but for what it waited on.
function reason(error) {
  const plain = String(error.message ?? error).replaceAll(/\u001b\[\d+m/g, '');
  return plain.split('\n').slice(0, 12).join('\n');
}

async function failure(step, error) {
  const failed = { failed: reason(error) };
  const tab = pages.get(step.page);
  if (tab) {
    failed.page = await describe(tab.page).catch(() => null);
    const file = picture('failure');
    const taken = tab.page.screenshot({ path: file, fullPage: true });
    failed.screenshot = await taken.then(() => file).catch(() => null);
  }
  return failed;
}

function answer(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

answer({ done: browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  answer(await take(step).then((done) => ({ done: done ?? null }), (error) => failure(step, error)));
}
await browser.close();
