// What the page may weigh, and what its content security policy forbids.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const page = readFileSync("dist/index.html", "utf8");
const entry = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path);
const all = readdirSync("dist/assets").map((name) => `assets/${name}`);

const problems = [
  ...overweight("entry JavaScript", weigh(entry, ".js"), 110),
  ...overweight("style sheets", weigh(all, ".css"), 15),
  ...overweight("JavaScript", weigh(all, ".js"), 300),
];
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/.test(page)) {
  problems.push("index.html has scripts or styles inline");
}
for (const path of all.filter((path) => path.endsWith(".js"))) {
  const code = readFileSync(`dist/${path}`, "utf8");
  if (/\beval\(|\bnew Function\(/.test(code)) problems.push(`${path} makes code from text`);
}
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

/**
 * @param {(string | undefined)[]} paths
 * @param {string} ending
 */
function weigh(paths, ending) {
  const chosen = paths.filter((path) => path?.endsWith(ending));
  return chosen.reduce(
    (sum, path) => sum + gzipSync(readFileSync(`dist/${path}`)).length / 1000,
    0,
  );
}

/**
 * @param {string} what
 * @param {number} weight in kB, gzipped
 * @param {number} limit
 */
function overweight(what, weight, limit) {
  console.log(`${what}: ${weight.toFixed(1)} of ${limit} kB, gzipped`);
  return weight > limit ? [`${what} may weigh ${limit} kB, gzipped`] : [];
}
