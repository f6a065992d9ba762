import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");
const dimmed = block(":root[data-dimmed]");
const THEMES = {
  dark: block(":root"),
  light: { ...block(":root"), ...block(':root[data-theme="light"]') },
  highContrast: { ...block(":root"), ...block(':root[data-theme="highContrast"]') },
};
const GROUNDS = ["bg-0", "bg-1", "bg-2"];
const TEXTS = ["text-1", "text-2", "text-3", "accent", "note"];
const PRIORITIES = ["priority-1", "priority-2", "priority-3"];

const cases = (Object.keys(THEMES) as (keyof typeof THEMES)[]).flatMap((theme) =>
  [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4].map((dim) => [theme, dim] as const),
);

test.each(cases)("in the %s theme, dimmed to %f, all can be read", (theme, dim) => {
  for (const ground of GROUNDS) {
    for (const text of [...TEXTS, ...PRIORITIES]) {
      const ratio = contrast(shown(theme, text, dim), shown(theme, ground, dim));
      expect(ratio, `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    const ratio = contrast(shown(theme, "control", dim), shown(theme, ground, dim));
    expect(ratio, `control on ${ground}`).toBeGreaterThanOrEqual(3);
  }
  expect(
    contrast(shown(theme, "on-accent", dim), shown(theme, "accent", dim)),
  ).toBeGreaterThanOrEqual(4.5);
});

test("dimmed to 40 %, no theme gives more than 40 % of the light it has", () => {
  for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    for (const token of [...GROUNDS, "text-1"]) {
      const [dim, full] = [shown(theme, token, 0.4), shown(theme, token, 1)];
      expect(dim).toBeCloseTo(0.4 * full, 6);
    }
  }
});

/** The luminance of a token, which mixing with black in linear light multiplies. */
function shown(theme: keyof typeof THEMES, token: string, dim: number): number {
  const lit = luminance(THEMES[theme][`--lit-${token}`] ?? "");
  if (dim === 1) return lit;
  const by = /^color-mix\(in srgb-linear, var\((.+)\) calc\(var\((.+)\) \* 100%\), black\)$/.exec(
    dimmed[`--${token}`] ?? "",
  );
  expect(by?.[1], token).toBe(`--lit-${token}`);
  return lit * share(theme, by?.[2] ?? "", dim);
}

function share(theme: keyof typeof THEMES, name: string, dim: number): number {
  if (name === "--dim") return dim;
  const text = THEMES[theme][name] ?? "";
  const thirds = /^calc\(\((\d) \+ (?:(\d) \* )?var\(--dim\)\) \/ 3\)$/.exec(text);
  if (thirds !== null) return (Number(thirds[1]) + Number(thirds[2] ?? 1) * dim) / 3;
  if (text === "calc(var(--dim) * var(--dim))") return dim * dim;
  return share(theme, /^var\((.+)\)$/.exec(text)?.[1] ?? "", dim);
}

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const code = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The custom properties of the first rule with this selector. */
function block(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`);
  const rule = css.slice(css.indexOf("{", from) + 1, css.indexOf("}", from));
  const declarations = [...rule.matchAll(/(--[\w-]+):\s*([^;]+);/g)];
  return Object.fromEntries(
    declarations.map(([, name, value]) => [
      name,
      value?.replace(/\s+/g, " ").replace(/\( /g, "(").replace(/ \)/g, ")"),
    ]),
  );
}
