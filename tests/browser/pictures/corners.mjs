// The wallet's seldom screens.

import { WAYS, line } from "../line.mjs";
import { PHONE, SEOYEON, enrol } from "../people.mjs";
import { open } from "../screen.mjs";
import { ready } from "./steps.mjs";

/** What is seldom seen: empty answers, dialogs, other devices, pages that are not there. */
export async function corners(phone, browser, demo, shot) {
  const ways = line(phone);
  await ways.hurt("GET /v1/account", WAYS.cut);
  await phone.go("/");
  await phone.sees("recent-error");
  await shot("home-no-line");
  await ways.heal();
  await ready(phone, "/");
  await phone.page.context().setOffline(true);
  await phone.sees("offline");
  await shot("home-offline");
  await phone.page.context().setOffline(false);
  await ready(phone, "/history");
  await phone.fill("history-search", "없는 가게");
  await phone.sees("history-all");
  await shot("history-none");
  await phone.fill("history-search", "빵집");
  await phone.at("entry").first().waitFor();
  await shot("history-found");
  for (const kind of ["charge", "refund"]) {
    await ready(phone, "/history");
    await phone.page.locator(`[data-testid=entry][data-kind=${kind}]`).first().click();
    await phone.sees("receipt-verify");
    await shot(`receipt-${kind}`, { full: true });
  }
  await ways.hurt("GET /v1/transactions/*/proof", async (route) => {
    const answer = await route.fetch();
    const evidence = await answer.json();
    evidence.proof.record = evidence.proof.record.replace(/[AB]/, (letter) => (letter === "A" ? "B" : "A"));
    await route.fulfill({ response: answer, json: evidence });
  });
  await phone.tap("receipt-verify");
  await phone.sees("receipt-unproven");
  await shot("receipt-unproven", { full: true });
  await ways.heal();
  await phone.go(`/receipt/${"0".repeat(64)}`);
  await phone.page.locator("[data-skeleton]").waitFor({ state: "detached" });
  await shot("receipt-none");
  await ready(phone, "/send");
  await phone.fill("send-who", "nobody@sebyeol.example");
  await phone.tap("send-who-next");
  await phone.says("send-error", /./);
  await shot("send-unknown");

  const other = await open(browser, demo.wallet, PHONE);
  await enrol(other, demo, "369258", SEOYEON);
  await other.close();
  await ready(phone, "/me");
  await phone.sees("other-device");
  await shot("me-others", { full: true });
  await phone.tap("other-rename");
  await phone.sees("naming-sheet");
  await shot("rename");
  await phone.fill("naming-name", " ");
  await phone.tap("naming-go");
  await phone.says("naming-error", /./);
  await shot("rename-bad");
  await phone.tap("naming-no");
  await phone.tap("other-revoke");
  await phone.sees("revoke-sheet");
  await shot("revoke-other");
  await phone.tap("revoke-no");
  await phone.tap("revoke");
  await phone.sees("revoke-sheet");
  await shot("revoke-this");
  await phone.tap("revoke-no");
  await ready(phone, "/charge");
  await phone.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await phone.tap("charge-code-copy");
  await phone.says("toast", /./);
  await shot("charge-copied");
  await phone.go("/nowhere");
  await phone.sees("not-found");
  await shot("not-found");
}
