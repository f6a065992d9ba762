import { readdirSync, readFileSync } from "node:fs";
import { type AST, parse } from "svelte/compiler";
import { expect, test } from "vitest";
import { pseudoLocale } from "../../scripts/pseudo.js";

const english = read("en");
const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (path) => /\.(svelte|ts)$/.test(path) && !path.includes("generated"),
);

test("the pseudo-locale is what scripts/pseudo.js makes of English", () => {
  expect(read("en-XA")).toEqual(pseudoLocale(english));
});

test("every message is used, and listed in order", () => {
  const keys = Object.keys(english).filter((key) => key !== "$schema");
  const code = sources.map((path) => readFileSync(`src/${path}`, "utf8")).join();
  expect(keys.filter((key) => !new RegExp(`\\bm\\.${key}\\b`).test(code))).toEqual([]);
  expect(keys).toEqual([...keys].sort());
});

test.each(sources.filter((path) => path.endsWith(".svelte")))(
  "%s has no text of its own",
  (path) => {
    const { fragment } = parse(readFileSync(`src/${path}`, "utf8"), { modern: true });
    expect(textsIn(fragment)).toEqual([]);
  },
);

/** Attributes that are read by people. */
const SPOKEN = new Set(["alt", "aria-label", "label", "placeholder", "title"]);
/** What is typed into a terminal is the same in every language. */
const LITERAL = new Set(["code"]);

function textsIn(node: AST.Fragment | AST.SvelteNode): string[] {
  if (node.type === "Text") return /\p{L}/u.test(node.data) ? [node.data.trim()] : [];
  if (node.type === "RegularElement" && LITERAL.has(node.name)) return [];
  if (node.type === "StyleDirective") return [];
  if (node.type === "Attribute" && !SPOKEN.has(node.name)) return [];
  // Of code, text is only what stands in quotes, which the messages need none of.
  return Object.values(node).flatMap((child) =>
    (Array.isArray(child) ? child : [child]).flatMap((each) =>
      typeof each === "object" && each !== null && "type" in each ? textsIn(each) : [],
    ),
  );
}

function read(locale: string): Record<string, string> {
  return JSON.parse(readFileSync(`messages/${locale}.json`, "utf8"));
}
