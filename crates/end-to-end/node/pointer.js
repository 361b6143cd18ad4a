// How somebody with a mouse uses a page.

export const pointer = {
  fill: (_page, field, text) => field.fill(text),
  choose: (_page, choice) => choice.check(),
  select: (_page, list, option) => list.selectOption({ label: option }).then(() => null),
  press: (_page, control) => control.click(),
};
