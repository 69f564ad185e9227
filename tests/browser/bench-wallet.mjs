// The wallet as a person meets it, on the real demo: prints {"page_home_kb": …, "pin_to_paid_p50_ms": …, …}.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import lighthouse from "lighthouse";

import { growth } from "./bench-streams.mjs";
import { freePort, startDemo } from "./demo.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { launch, launchPerson, open, screenIn } from "./screen.mjs";

const PIN = "258036";
const TILL_PIN = "741963";
const PAYMENTS = Number(process.argv[2] ?? 20);
const ASKED = 300;

const percentile = (times, share) => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];

/** Bytes over the line for a first visit of `path`, in units of 1,000. */
async function weight(phone, path) {
  const line = await phone.page.context().newCDPSession(phone.page);
  await line.send("Network.enable");
  await line.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  line.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await phone.go(path);
  await phone.page.waitForLoadState("load");
  await phone.sees("balance-card");
  await line.detach();
  return bytes / 1000;
}

/** Milliseconds from the PIN's last digit to *paid* on the payer's screen. */
async function pinToPaid(phone, till, demo) {
  const times = [];
  for (let count = 0; count < PAYMENTS; count += 1) {
    await till.go("/");
    await propose(phone, await ask(till, demo, 100));
    await phone.tap("confirm-go");
    await phone.sees("pin-sheet");
    for (const digit of PIN.slice(0, -1)) await phone.tap(`pin-key-${digit}`);
    times.push(
      await phone.page.evaluate(
        (digit) =>
          new Promise((resolve) => {
            const begun = performance.now();
            const seen = () => document.querySelector("[data-testid=result-done]") && resolve(performance.now() - begun);
            new MutationObserver(seen).observe(document.body, { subtree: true, childList: true, attributes: true });
            document.querySelector(`[data-testid=pin-key-${digit}]`).click();
          }),
        PIN.at(-1),
      ),
    );
  }
  return times;
}

/** Milliseconds of the same question, asked one after the other. */
async function asked(url, headers) {
  const times = [];
  for (let count = 0; count < ASKED; count += 1) {
    const begun = performance.now();
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    times.push(performance.now() - begun);
  }
  return times;
}

/** What the wallet's service adds to the node's own answer. */
async function added(phone, demo) {
  const cookies = await phone.page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const me = await (await fetch(`${demo.wallet}/v1/me`, { headers: { cookie } })).json();
  const node = await asked(`${demo.nodes[0]}/v1/certificates/${me.certificate}`, {});
  const wallet = await asked(`${demo.wallet}/v1/nonce`, { cookie });
  return [percentile(wallet, 0.5), percentile(node, 0.5)];
}

/** Looks at a page until Lighthouse has seen all of it: now and then the browser's last paint does not reach it. */
async function looked(port, url) {
  const options = { port, onlyCategories: ["performance", "accessibility", "best-practices"], disableStorageReset: true, logLevel: "error" };
  for (let tries = 1; tries <= 3; tries += 1) {
    const { lhr } = await lighthouse(url, options);
    if (Object.values(lhr.categories).every(({ score }) => score !== null)) return lhr;
    console.error(`Lighthouse has not seen ${url}: ${lhr.runtimeError?.message ?? "a score is missing"}`);
  }
  throw new Error(`Lighthouse cannot see ${url}`);
}

/** Lighthouse's scores, 0 to 100, the lowest of the three pages. */
async function scores(port, base) {
  const found = {};
  for (const path of ["/", "/pay", "/history"]) {
    const lhr = await looked(port, base + path);
    for (const [name, { score }] of Object.entries(lhr.categories)) {
      const key = `lighthouse_${name.replace("-", "_")}`;
      found[key] = Math.min(found[key] ?? 100, Math.round(score * 100));
    }
  }
  return found;
}

const demo = await startDemo();
const profile = mkdtempSync(join(tmpdir(), "dure-wallet-bench-"));
const port = await freePort();
const person = await launchPerson(profile, PHONE, `--remote-debugging-port=${port}`);
const shop = await launch();
try {
  const phone = await screenIn(person, demo.wallet);
  const till = await open(shop, demo.till, TABLET);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(shop, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, TILL_PIN, BAKERY);
  const home = await weight(phone, "/");
  const paid = await pinToPaid(phone, till, demo);
  const [through, direct] = await added(phone, demo);
  const figures = {
    page_home_kb: home,
    pin_to_paid_p50_ms: percentile(paid, 0.5),
    pin_to_paid_p95_ms: percentile(paid, 0.95),
    api_p50_ms: through,
    node_p50_ms: direct,
    api_added_p50_ms: through - direct,
    ...(await scores(port, demo.wallet)),
    sse_200_rss_growth_mib: await growth(demo, [SEOYEON["enrol-email"]]),
  };
  console.log(JSON.stringify(figures));
} finally {
  await person.close();
  await shop.close();
  await demo.stop();
  rmSync(profile, { recursive: true, force: true });
}
