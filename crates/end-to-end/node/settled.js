// Doing something that may lead to another page, and being there when it is done.

// What a key sets off comes a task or two later, and the word of it another: in milliseconds, twice.
const TURN = 20;

export async function settled({ page, limit }, act) {
  let begun = false;
  let land;
  const landed = new Promise((resolve) => { land = resolve; });
  const isOurs = (request) => request.isNavigationRequest() && request.frame() === page.mainFrame();
  const listeners = {
    request: (request) => { begun ||= isOurs(request); },
    framenavigated: (frame) => { if (frame === page.mainFrame()) land(); },
    // Neither a file to save nor a broken connection leads anywhere.
    download: () => land(),
    requestfailed: (request) => { if (isOurs(request)) land(); },
  };
  for (const [event, listener] of Object.entries(listeners)) page.on(event, listener);
  let timer;
  try {
    await act();
    // What the page was told to do it has begun once it answers again. It may be gone by then.
    for (let turn = 0; turn < 2 && !begun; turn += 1) {
      await page.evaluate((turn) => new Promise((done) => { setTimeout(done, turn); }), TURN)
        .catch(() => { begun = true; });
    }
    if (begun) {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no page came within ${limit} ms`)), limit);
      });
      await Promise.race([landed, late]);
      await page.waitForLoadState('load');
    }
  } finally {
    clearTimeout(timer);
    for (const [event, listener] of Object.entries(listeners)) page.off(event, listener);
  }
}
