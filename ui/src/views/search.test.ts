import { expect, test } from "vitest";
import { fold, search } from "./search";

/** `3 Gate` is a camera, `Gate` something else. */
function check(query: string, things: string[], expected: string[]) {
  const all = things.map((each) => {
    const [, number, text] = /^(?:(\d+) )?(.*)$/u.exec(each) ?? [];
    return { each, number: number === undefined ? null : Number(number), text: text ?? "" };
  });
  expect(search(query, all).map(({ each }) => each)).toEqual(expected);
}

test.each<[string, string, string[], string[]]>([
  [
    "the exact number before all",
    "3",
    ["1 Hall 3", "3 Yard", "31 Gate", "3rd floor"],
    ["3 Yard", "31 Gate", "3rd floor", "1 Hall 3"],
  ],
  ["leading zeros count for nothing", "007", ["7 Dock", "70 Gate"], ["7 Dock"]],
  [
    "the exact name before longer ones",
    "gate",
    ["1 Gate north", "2 Gate"],
    ["2 Gate", "1 Gate north"],
  ],
  ["a beginning before a word within", "do", ["1 Back door", "2 Dock"], ["2 Dock", "1 Back door"]],
  [
    "a word before a part of one",
    "art",
    ["1 Smart lock", "2 Fine art"],
    ["2 Fine art", "1 Smart lock"],
  ],
  ["words in any order", "north gate", ["1 Gate south", "2 Gate north"], ["2 Gate north"]],
  [
    "first letters of words",
    "ldn",
    ["1 Landing", "2 Loading dock north"],
    ["2 Loading dock north", "1 Landing"],
  ],
  [
    "number and name together",
    "12 ga",
    ["12 Gate", "1 Gate 12", "2 Gate"],
    ["12 Gate", "1 Gate 12"],
  ],
  [
    "letters in order, close ones first",
    "gte",
    ["1 Great tree", "2 Gate"],
    ["2 Gate", "1 Great tree"],
  ],
  ["nothing where letters are missing", "xyz", ["1 Gate"], []],
  ["as good ones in order", "cam", ["2 Camera", "10 Camera"], ["2 Camera", "10 Camera"]],
  ["markup as it is", "<b>", ["1 <b>bold</b>", "2 b"], ["1 <b>bold</b>"]],
  ["emoji", "🚚", ["1 🚚 dock", "2 dock"], ["1 🚚 dock"]],
  ["right to left", "مدخ", ["1 مَدخل", "2 ساحة"], ["1 مَدخل"]],
  ["a number in other digits", "٣", ["1 Gate", "3 Yard"], ["3 Yard"]],
])("%s: %s", (_, query, things, expected) => {
  check(query, things, expected);
});

test.each([
  ["Ångström", "angstrom"],
  ["ŁÓDŹ", "lodz"],
  ["Straße", "strasse"],
  ["ΣΊΣΥΦΟΣ", "σισυφοσ"],
  ["İstanbul", "istanbul"],
  ["ﬁre", "fire"],
  ["gate\u202E\u200B", "gate"],
  ["مـــدخل", "مدخل"],
])("%s is typed as %s", (text, folded) => {
  expect(fold(text)).toBe(folded);
});
