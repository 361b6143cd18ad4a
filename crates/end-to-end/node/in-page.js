// Functions that run inside a page, so each stands alone; what one leaves for the next is under one
// name on `window`.

// Before the walk, while nothing has the focus: what everything looks like.
export function remember() {
  const isSolid = (colour) => colour !== 'transparent' && !/, 0\)$/.test(colour);
  const look = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const hasOutline = style.outlineStyle !== 'none' && isSolid(style.outlineColor);
    return [
      hasOutline && [style.outlineStyle, style.outlineWidth, style.outlineColor, style.outlineOffset],
      style.boxShadow, style.backgroundColor, style.backgroundImage, style.color,
      style.borderColor, style.borderWidth, style.borderStyle,
      style.textDecorationLine, style.textDecorationThickness, style.clipPath, style.position,
    ].join();
  };
  // A radio button's own look is often drawn on its label.
  const looks = (element) => [element, ...(element.labels ?? [])]
    .flatMap((part) => [look(part), look(part, '::before'), look(part, '::after')]).join('|');
  const before = new Map([...document.body.querySelectorAll('*')].map((e) => [e, looks(e)]));
  window.probityWalk = { looks, before, met: new Set() };
}

// At each stop: is it new, does the page show that it has the focus, does anything lie over it?
export function lookAtFocus() {
  const walk = window.probityWalk;
  const element = document.activeElement;
  const again = walk.met.has(element);
  walk.met.add(element);
  const shows_focus = walk.looks(element) !== walk.before.get(element);
  const isOurs = (found) => found && (element.contains(found)
    || [...(element.labels ?? [])].some((label) => label.contains(found)));
  const points = [...element.getClientRects()].flatMap(({ left, top, right, bottom }) => [
    [(left + right) / 2, (top + bottom) / 2], [left + 1, top + 1], [right - 1, top + 1],
    [left + 1, bottom - 1], [right - 1, bottom - 1],
  ]);
  const obscured = !points.some(([x, y]) => isOurs(document.elementFromPoint(x, y)));
  return { again, shows_focus, obscured };
}

// After the walk: what a mouse can work and the walk never came to. One radio button stands for its
// group; what only a script moves the focus to is no control.
export function unreached() {
  const WORKED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, '
    + '[contenteditable=true], [tabindex]:not([tabindex="-1"]), [role=button], [role=link]';
  const { met } = window.probityWalk;
  delete window.probityWalk;
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true })
    && element.getClientRects().length > 0 && !element.closest('[inert]');
  const isMet = (element) => met.has(element) || (element.type === 'radio'
    && [...met].some((other) => other.name === element.name && other.form === element.form));
  const missed = [...document.querySelectorAll(WORKED)]
    .filter((element) => !element.matches(':disabled') && isShown(element) && !isMet(element));
  return missed.map((element) => {
    const said = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText;
    return `${element.localName} \`${(said ?? '').trim().slice(0, 60)}\``;
  });
}
