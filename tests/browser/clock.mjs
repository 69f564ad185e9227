// Devices whose clock is wrong.

/** A device whose clock can be wrong: `skew` in its storage for pages to come, or as a variable at once. */
export const skewable = (screen) =>
  screen.page.context().addInitScript(() => {
    const Right = Date;
    globalThis.skew = Number(globalThis.localStorage?.getItem("skew") ?? 0);
    globalThis.Date = class extends Right {
      constructor(...given) {
        if (given.length > 0) super(...given);
        else super(Right.now() + globalThis.skew);
      }
      static now() {
        return Right.now() + globalThis.skew;
      }
    };
  });

/** How far the clock of pages to come is off, ms. */
export const setClock = (screen, skew) => screen.page.evaluate((skew) => localStorage.setItem("skew", String(skew)), skew);
