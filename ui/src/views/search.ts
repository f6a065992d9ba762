/** What can be sought: by its text, and by its number where it has one. */
export interface Sought {
  number: number | null;
  text: string;
}

/** The best first; those that are as good stay in order. */
export function search<Each extends Sought>(query: string, all: Each[]): Each[] {
  const wanted = fold(query).trim().replace(/\s+/g, " ");
  const fits = all.map((each) => ({ each, misfit: misfit(wanted, each) }));
  return fits
    .filter(({ misfit }) => misfit < Infinity)
    .sort((one, other) => one.misfit - other.misfit)
    .map(({ each }) => each);
}

/** Letters that are another one with something through it, or two in one. */
const PLAIN: Record<string, string> = {
  æ: "ae",
  đ: "d",
  ð: "d",
  ı: "i",
  ł: "l",
  ø: "o",
  œ: "oe",
  ß: "ss",
  þ: "th",
  ς: "σ",
};

/** The text as it is typed in haste: small, without marks, without what cannot be seen. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}\u0640]/gu, "")
    .toLowerCase()
    .replace(/[æđðıłøœßþς]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

/** How badly the text fits what is wanted; infinitely where it does not at all. */
function misfit(wanted: string, { number, text }: Sought): number {
  const isNumber = /^\d+$/.test(wanted);
  if (isNumber && number === Number(wanted)) return 0;
  const folded = fold(text);
  if (folded === wanted) return 1;
  if (folded.startsWith(wanted)) return 2;
  if (isNumber && number !== null && String(number).startsWith(wanted)) return 2;
  const words = `${number ?? ""} ${folded}`.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (beginsWords(wanted, words)) return 3;
  if (folded.includes(wanted)) return 4;
  return 5 + spread(wanted.replaceAll(" ", ""), folded);
}

/** Whether each wanted word begins a word, or all letters together begin one after another. */
function beginsWords(wanted: string, words: string[]): boolean {
  const isBegun = wanted.split(" ").every((part) => words.some((word) => word.startsWith(part)));
  return (
    isBegun ||
    words
      .map(([letter]) => letter)
      .join("")
      .includes(wanted)
  );
}

/** How far apart the letters stand, below 1; infinite where they do not all come in order. */
function spread(letters: string, text: string): number {
  let from = -1;
  let last = -1;
  for (const letter of letters) {
    last = text.indexOf(letter, last + 1);
    if (last < 0) return Infinity;
    if (from < 0) from = last;
  }
  return 1 - letters.length / (last - from + 1);
}
