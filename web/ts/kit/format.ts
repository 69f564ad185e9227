/** Money, days and times as people of this city write them. */

import { serverNow } from "./api.ts";
import { lang, t } from "./text.ts";

/** The city's clock, wherever the phone is: a receipt shows the shop's time. */
const ZONE = "Asia/Seoul";
const DAY_MS = 86_400_000;

const number = new Intl.NumberFormat(lang);
const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(lang, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const clockShort = new Intl.DateTimeFormat(lang, { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const dayName = new Intl.DateTimeFormat(lang, { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
const dayFull = new Intl.DateTimeFormat(lang, { timeZone: ZONE, year: "numeric", month: "long", day: "numeric" });
const dayKey = new Intl.DateTimeFormat("sv", { timeZone: ZONE });

export const digits = (amount: bigint) => number.format(amount);

/** `4,500원` or `₩4,500`; a negative amount keeps its sign in front. */
export function won(amount: bigint | string): string {
  const value = BigInt(amount);
  return (value < 0n ? "−" : "") + t("won", { amount: digits(value < 0n ? -value : value) });
}

/** As `won`, with a plus in front of what came in. */
export const signed = (amount: bigint | string) => (BigInt(amount) > 0n ? "+" : "") + won(amount);

export const rate = (basisPoints: number) => percent.format(basisPoints / 10_000);
export const time = (ms: number) => clock.format(ms);
export const shortTime = (ms: number) => clockShort.format(ms);
export const fullDay = (ms: number) => dayFull.format(ms);
/** As `moment`, where nobody asks for the second. */
export const minute = (ms: number) => `${dayFull.format(ms)} ${clockShort.format(ms)}`;
export const moment = (ms: number) => `${dayFull.format(ms)} ${clock.format(ms)}`;

/** One text per calendar day, for grouping. */
export const sameDay = (ms: number) => dayKey.format(ms);

/** `오늘`, `어제`, or the day's name. */
export function day(ms: number): string {
  const key = sameDay(ms);
  if (key === sameDay(serverNow())) return t("today-word");
  if (key === sameDay(serverNow() - DAY_MS)) return t("yesterday-word");
  return dayName.format(ms);
}

/** Whole days from now until `ms`, 0 on the last day. */
export const daysUntil = (ms: number) => Math.max(0, Math.floor((ms - serverNow()) / DAY_MS));

/** `4:09` until `ms`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil((ms - serverNow()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
