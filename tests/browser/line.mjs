// The line between a browser and the service, and all the ways in which it fails.

/** Never gets there. */
const cut = (route) => route.abort("internetdisconnected");
/** The service has it; its answer never comes back. */
const lost = async (route) => {
  await route.fetch();
  await route.abort("connectionreset");
};
/** The service has it; half of its answer comes back. */
const broken = async (route) => {
  const answer = await route.fetch();
  const body = await answer.text();
  await route.fulfill({ response: answer, body: body.slice(0, body.length / 2) });
};
/** Something on the way answers in the service's place. */
const page = (status) => (route) => route.fulfill({ status, contentType: "text/html", body: "<!doctype html><title>Gateway</title><h1>Not here</h1>" });
/** The service has it; something on the way answers that it has failed. */
const disowned = async (route) => {
  await route.fetch();
  await page(502)(route);
};

export const WAYS = { cut, lost, broken, disowned, badGateway: page(502), portal: page(200), wall: page(403), nowhere: page(404), login: page(401) };

/** The line of one browser, whole until it is hurt. */
export function line(screen) {
  const context = screen.page.context();
  let hurt = [];
  const held = [];
  return {
    /** From now on requests such as `GET /v1/nonce` go this way: one of `WAYS`, or a handler; counts them. */
    async hurt(request, way) {
      const [method, path] = request.split(" ");
      const count = { met: 0 };
      const matches = (url) => new RegExp(`^${path.replaceAll("*", "[^/]+")}$`).test(url.pathname);
      const handler = async (route) => {
        if (route.request().method() !== method) return route.fallback();
        count.met += 1;
        // A page that is left takes its requests along.
        await way(route, count).catch(() => undefined);
      };
      await context.route(matches, handler);
      hurt.push([matches, handler]);
      return count;
    },
    /** Requests wait for the line to heal. */
    hold: (route) => new Promise((resolve) => held.push(() => resolve(route.continue()))),
    /** Whole again. */
    async heal() {
      for (const [matches, handler] of hurt) await context.unroute(matches, handler);
      hurt = [];
      await Promise.all(held.splice(0).map((go) => go()));
      await context.setOffline(false);
    },
  };
}
