// Somebody at a computer of their own: cookies, window, habits.

// A window that is 1280 by 1024 pixels at 100 %. Magnified, a page has fewer CSS pixels to do with:
// at 400 % it is 320 wide, which is where WCAG 1.4.10 has a page still read in one direction.
function magnified(percent) {
  const size = (pixels) => Math.round((pixels * 100) / percent);
  return { width: size(1280), height: size(1024) };
}

export class Visitor {
  static async of(browser, { settings }, limit) {
    const context = await browser.newContext({
      viewport: magnified(settings.percent),
      javaScriptEnabled: settings.script,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
      // A look taken half way through a movement would be another each time.
      reducedMotion: 'reduce',
      // Behind a gate that opens TLS, pages carry the council's own certificate.
      ignoreHTTPSErrors: settings.proxy !== null,
      proxy: settings.proxy ?? undefined,
    });
    context.setDefaultTimeout(limit);
    return new Visitor(context, settings, limit);
  }

  constructor(context, settings, limit) {
    this.context = context;
    this.settings = settings;
    this.limit = limit;
  }

  window(percent) {
    return magnified(percent ?? this.settings.percent);
  }

  // A tab, and what went wrong in it: errors of scripts, of the security policy, missing files.
  async tab() {
    const page = await this.context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // Those about files are told below, with the status.
      const isAboutFile = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAboutFile) problems.push(message.text());
    });
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest();
      if (response.status() >= 400 && !isPage) problems.push(`${response.status()} ${response.url()}`);
    });
    return { page, problems, visitor: this, hands: this.settings.hands, limit: this.limit };
  }
}
