// The texts of the pages, from the files that the pages have them from.

import { readFileSync, readdirSync } from "node:fs";

const LOCALES = new URL("../../web/locales/", import.meta.url);

/** The texts of one language: a key gives a pattern of its text, with anything in the place of what is filled in. */
export function words(lang) {
  const folder = new URL(`${lang}/`, LOCALES);
  const lines = readdirSync(folder).flatMap((name) => readFileSync(new URL(name, folder), "utf8").split("\n"));
  const texts = new Map(lines.map((line) => line.match(/^([\w-]+) = (.+)$/)).filter(Boolean).map(([, key, text]) => [key, text]));
  return (key) => {
    if (!texts.has(key)) throw new Error(`there is no text ${key} in ${lang}`);
    const plain = texts.get(key).split(/\{ \$\w+ \}/);
    return new RegExp(plain.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+"));
  };
}
