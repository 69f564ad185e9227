/** Today's sales and their totals. */

import { sentence, serverNow } from "../kit/api.ts";
import { till } from "../kit/client.ts";
import { broken, el, empty, h } from "../kit/dom.ts";
import { digits, fullDay, shortTime, won } from "../kit/format.ts";
import { listen } from "../kit/live.ts";
import type { TillType } from "../kit/routes.ts";
import { lang, t } from "../kit/text.ts";
import { isPaid, orderTime, paidAmount, stateName, type Order } from "./orders.ts";
import { signedIn } from "../pay/resume.ts";

export async function today(): Promise<void> {
  await signedIn();
  await load();
  listen({ paid: () => void load(), refunded: () => void load() });
}

async function load(): Promise<void> {
  try {
    show(await till.get("/v1/sales/today"));
  } catch (error) {
    el("sales").replaceChildren(broken("today", sentence(error), () => void load(), t("retry")));
  }
}

function show(day: TillType<"SalesAnswer">): void {
  const number = h("span", {}, digits(BigInt(day.total)));
  const sign = h("small", {}, lang === "ko" ? "원" : "₩");
  el("today-total").replaceChildren(...(lang === "ko" ? [number, sign] : [sign, number]));
  el("today-total").dataset["amount"] = day.total;
  el("today-date").textContent = fullDay(serverNow());
  el("today-count").textContent = t("today-count", { count: day.count });
  el("today-refunded").textContent = BigInt(day.refunded) > 0n ? t("today-refunded", { amount: won(day.refunded) }) : "";
  const link = h("a", { class: "link", href: "/" }, t("sales-empty-text"));
  el("sales").replaceChildren(
    day.orders.length > 0 ? h("div", { class: "entries" }, ...day.orders.map(row)) : empty("today", t("sales-empty"), link),
  );
}

function row(order: Order): HTMLElement {
  const amount = isPaid(order) ? paidAmount(order) : BigInt(order.amount);
  const back = BigInt(order.refunded);
  const inside = [
    h("span", { class: "entry-what" }, h("span", { class: "entry-name mono" }, order.order_id), h("span", { class: "entry-more" }, shortTime(orderTime(order)))),
    h(
      "span",
      { class: "entry-side" },
      h("span", { class: `entry-amount${isPaid(order) ? "" : " entry-faint"}` }, won(amount)),
      h("span", { class: `tag tag-${order.mismatch ? "mismatch" : order.state}` }, back > 0n ? `${stateName(order)} ${won(-back)}` : stateName(order)),
    ),
  ];
  const about = { class: "entry", "data-testid": "sale", "data-order": order.order_id, "data-state": order.state };
  return isPaid(order)
    ? h("a", { ...about, href: `/refund/${encodeURIComponent(order.order_id)}` }, ...inside)
    : h("div", about, ...inside);
}
