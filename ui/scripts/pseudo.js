// Writes the pseudo-locale: every text longer and accented, so that what does
// not come from the messages, or does not fit, is seen at once.
import { readFileSync, writeFileSync } from "node:fs";

const ACCENTED = new Map(
  [..."aeiouyAEIOUYcnszCNSZ"].map((it, i) => [it, [..."áéíóúýÁÉÍÓÚÝçñšžÇÑŠŽ"][i]]),
);

/** @param {string} text */
export function pseudo(text) {
  const accented = text.replace(/\{[^}]*\}|./gu, (part) => ACCENTED.get(part) ?? part);
  return `[${accented}${"·".repeat(Math.ceil(text.length / 3))}]`;
}

/** @param {Record<string, string>} messages */
export function pseudoLocale(messages) {
  const entries = Object.entries(messages).map(([key, text]) => [
    key,
    key === "$schema" ? text : pseudo(text),
  ]);
  return Object.fromEntries(entries);
}

if (process.argv[1]?.endsWith("pseudo.js")) {
  const messages = JSON.parse(readFileSync("messages/en.json", "utf8"));
  writeFileSync("messages/en-XA.json", `${JSON.stringify(pseudoLocale(messages), null, 2)}\n`);
}
