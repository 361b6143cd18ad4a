// What a page shows, and what is wrong with it.

import axe from 'axe-core';

// The levels the law asks of public bodies: WCAG 2.2, A and AA.
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function heading(page) {
  const found = page.locator('h1').filter({ visible: true }).first();
  return (await found.count()) === 0 ? '' : (await found.innerText()).trim();
}

// Enough to see where a test stands when it fails, and what it could have done there instead.
export async function describe(page) {
  const main = page.locator('main');
  const whole = (await main.count()) === 0 ? page.locator('body') : main;
  const controls = whole.locator('a, button, label, legend').filter({ visible: true });
  const names = (await controls.allInnerTexts()).map((name) => name.trim().replaceAll(/\s+/g, ' '));
  const errors = await page.locator('.govuk-error-summary__list > li').allInnerTexts();
  return {
    url: page.url(),
    title: await page.title(),
    heading: await heading(page),
    errors,
    offers: [...new Set(names)].slice(0, 30),
  };
}

// Rows of tables, and of lists of answers; the cells of each.
export async function rows(where) {
  const found = [];
  for (const row of await where.locator('tr, .govuk-summary-list__row').all()) {
    const cells = await row.locator('th, td, dt, dd').allInnerTexts();
    found.push(cells.map((cell) => cell.trim().replaceAll(/\s+/g, ' ')));
  }
  return found;
}

// The links in every landmark of this role, in order, and what the landmark is called.
export async function links(page, role) {
  const found = [];
  for (const part of await page.getByRole(role).all()) {
    const landmark = (await part.getAttribute('aria-label')) ?? '';
    for (const link of await part.getByRole('link').filter({ visible: true }).all()) {
      const url = await link.evaluate((element) => element.href);
      found.push({ landmark, name: (await link.innerText()).trim(), url });
    }
  }
  return found;
}

// Run from outside, so the page's security policy stays as it is.
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate((levels) => window.axe.run(document, {
    runOnly: { type: 'tag', values: levels },
    resultTypes: ['violations'],
  }), LEVELS);
  return found.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? 'unknown',
    help,
    at: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  }));
}

// What reaches beyond the right edge, so that a line could be read only by scrolling to and fro.
// What has a scroll bar of its own, such as a wide table, may be wider inside.
export function overflowing(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
    const contained = (element) => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        if (scrolls(at)) return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll('*')].filter((element) => (
      element.getBoundingClientRect().right > clientWidth + 0.5 && !contained(element)
    ));
    const told = wide.map((element) => {
      const right = Math.round(element.getBoundingClientRect().right);
      const name = element.id ? `#${element.id}` : element.className && `.${element.className}`;
      return `${element.localName}${name} ends at ${right} of ${clientWidth} px`;
    });
    return told.length ? told.slice(0, 10) : [`the page is ${scrollWidth} of ${clientWidth} px wide`];
  });
}
