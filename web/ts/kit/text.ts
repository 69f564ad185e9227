/** Words, in the page's language, from the catalogue that the page carries. */

const catalogue = JSON.parse(document.getElementById("catalogue")?.textContent ?? "{}") as Record<string, string>;

export const lang: "en" | "ko" = document.documentElement.lang === "en" ? "en" : "ko";

/** A message with its placeholders filled. */
export function t(key: string, args: Record<string, string | number> = {}): string {
  const text = catalogue[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/** A message that may not exist, or another one. */
export function known(key: string, otherwise: string, args: Record<string, string | number> = {}): string {
  return key in catalogue ? t(key, args) : otherwise;
}
