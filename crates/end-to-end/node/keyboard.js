// How somebody without a mouse uses a page: Tab to a thing, then the keys that work it.

// How many times Tab is pressed at most to get to a thing.
const FARTHEST = 300;

// Whether the element has the focus, or is a radio button of the group that has it.
const isThere = (element) => {
  const focus = document.activeElement;
  return focus === element
    || (focus?.type === 'radio' && focus.name === element.name && focus.form === element.form);
};

async function reach(page, locator) {
  const element = await locator.elementHandle();
  for (let pressed = 0; pressed < FARTHEST; pressed += 1) {
    if (await element.evaluate(isThere)) return element;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key never gets to ${locator}`);
}

export const keyboard = {
  async fill(page, locator, text) {
    await reach(page, locator);
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    for (const [n, line] of text.split('\n').entries()) {
      if (n > 0) await page.keyboard.press('Enter');
      await page.keyboard.insertText(line);
    }
  },

  async choose(page, locator) {
    const choice = await reach(page, locator);
    const isRadio = await choice.evaluate((element) => element.type === 'radio');
    const isFocused = () => choice.evaluate((element) => document.activeElement === element);
    for (let pressed = 0; isRadio && !(await isFocused()); pressed += 1) {
      if (pressed === FARTHEST) throw new Error(`the arrow keys never get to ${locator}`);
      await page.keyboard.press('ArrowDown');
    }
    if (!(await choice.isChecked())) await page.keyboard.press('Space');
    if (!(await choice.isChecked())) throw new Error(`the Space bar does not choose ${locator}`);
  },

  // By typing what it says, as long as that is not what another begins with.
  async select(page, locator, option) {
    const list = await reach(page, locator);
    await page.keyboard.type(option);
    const shown = await list.evaluate((element) => element.selectedOptions[0]?.label);
    if (shown !== option) throw new Error(`typing \`${option}\` chooses \`${shown}\` in ${locator}`);
  },

  async press(page, locator) {
    await reach(page, locator);
    await page.keyboard.press('Enter');
  },
};
