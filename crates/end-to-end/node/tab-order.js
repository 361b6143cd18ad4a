// Where the Tab key goes on a page, and whether a person can see that.

import { lookAtFocus, remember, unreached } from './in-page.js';

// How many times Tab is pressed at most; no page of ours has so many controls.
const MOST = 600;

// How long the first Tab is waited for, in turns of so many milliseconds: on a busy machine it comes after
// the question where it led.
const TURNS = 50;
const TURN = 20;

// Role and name as the browser tells them to a screen reader.
async function announced(devtools) {
  const { result } = await devtools.send('Runtime.evaluate', { expression: 'document.activeElement' });
  const { nodes } = await devtools.send('Accessibility.getPartialAXTree', {
    objectId: result.objectId,
    fetchRelatives: false,
  });
  return { role: nodes[0]?.role?.value ?? '', name: nodes[0]?.name?.value ?? '' };
}

// From the top of the page to its end. `unreached` has what can be worked with a mouse and is
// never got to; `trapped` is true when the page's end is never got to.
export async function tabThrough(page) {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('Accessibility.enable');
    const atEnd = () => page.evaluate(() => [null, document.body].includes(document.activeElement));
    await page.keyboard.press('Tab');
    for (let n = 0; n < TURNS && (await atEnd()); n += 1) await page.waitForTimeout(TURN);
    for (let n = 0; n < MOST && !(await atEnd()); n += 1) await page.keyboard.press('Tab');
    await page.evaluate(remember);

    const stops = [];
    let trapped = true;
    while (stops.length < MOST) {
      await page.keyboard.press('Tab');
      if (await atEnd()) {
        trapped = false;
        break;
      }
      const seen = await page.evaluate(lookAtFocus);
      if (seen.again) break;
      stops.push({ ...(await announced(devtools)), ...seen });
    }
    return { stops, trapped, unreached: await page.evaluate(unreached) };
  } finally {
    await devtools.detach();
  }
}
