// What a test may ask of a page, by name. Things are found by what a person sees or hears: labels,
// names of buttons and links, legends; never by class or id.

import { writeFile } from 'node:fs/promises';
import { keyboard } from './keyboard.js';
import { pointer } from './pointer.js';
import { describe, heading, links, overflowing, rows, violations } from './reading.js';
import { settled } from './settled.js';
import { tabThrough } from './tab-order.js';

const hands = { pointer, keyboard };

// The page, or the part of it a step is about: a set of fields by its legend, a region by its
// name, or the row of a table or list that has the text.
function part({ page }, { within }) {
  if (within === null) return page;
  const named = page.getByRole('group', { name: within, exact: true })
    .or(page.getByRole('radiogroup', { name: within, exact: true }))
    .or(page.getByRole('region', { name: within, exact: true }));
  const row = page.locator('tr, .govuk-summary-list__row, li').filter({ hasText: within });
  return named.or(row).first();
}

const labelled = (tab, step) => part(tab, step).getByLabel(step.label, { exact: true });
const named = (tab, step, role) => part(tab, step).getByRole(role, { name: step.name, exact: true });
const using = (tab) => hands[tab.hands];

export const steps = {
  async open(tab, { url }) {
    const response = await tab.page.goto(url, { timeout: tab.limit });
    return response?.status() ?? 0;
  },
  back: (tab) => tab.page.goBack().then(() => null),
  reload: (tab) => tab.page.reload().then((response) => response?.status() ?? 0),

  fill: (tab, step) => using(tab).fill(tab.page, labelled(tab, step), step.text),
  choose: (tab, step) => using(tab).choose(tab.page, labelled(tab, step)),
  select: (tab, step) => using(tab).select(tab.page, labelled(tab, step), step.option),
  attach: (tab, step) => labelled(tab, step).setInputFiles(step.file),
  // Of several of one name the first: what is called the same does the same.
  press: (tab, step) => settled(tab, () => using(tab).press(tab.page, named(tab, step, 'button').first())),
  follow: (tab, step) => settled(tab, () => using(tab).press(tab.page, named(tab, step, 'link').first())),
  key: (tab, { key }) => settled(tab, () => tab.page.keyboard.press(key)),

  where: ({ page }) => describe(page),
  heading: ({ page }) => heading(page),
  title: ({ page }) => page.title(),
  url: ({ page }) => page.url(),
  html: ({ page }) => page.content(),
  text: (tab, step) => (step.within === null ? tab.page.locator('body') : part(tab, step)).innerText(),
  rows: (tab, step) => rows(part(tab, step)),
  links: ({ page }, { role }) => links(page, role),
  value: (tab, step) => labelled(tab, step).inputValue(),
  chosen: (tab, step) => labelled(tab, step).isChecked(),
  async count(tab, step) {
    return named(tab, step, step.role).filter({ visible: true }).count();
  },
  problems: (tab) => tab.problems.splice(0),

  async screenshot({ page }, { name }, picture) {
    const file = picture(name);
    // A whole policy is a long picture, which takes a busy machine longer than any page takes to come.
    await page.screenshot({ path: file, fullPage: true, timeout: 60_000 });
    return file;
  },
  // What a link leads to, kept as a file, as with "save link as".
  async download(tab, step) {
    const link = await named(tab, step, 'link').getAttribute('href');
    const response = await tab.visitor.context.request.get(new URL(link, tab.page.url()).href);
    await writeFile(step.file, await response.body());
    return { status: response.status(), media_type: response.headers()['content-type'] ?? '' };
  },

  axe: ({ page }) => violations(page),
  tab_through: ({ page }) => tabThrough(page),
  overflowing: ({ page }) => overflowing(page),
  // Without a percentage, back to what the visitor is used to.
  zoom: ({ page, visitor }, { percent }) => page.setViewportSize(visitor.window(percent)),
};
