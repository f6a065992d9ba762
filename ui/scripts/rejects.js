// A check that finds nothing may just not be looking. This one must find both
// mistakes in broken/, or it fails.
import { spawnSync } from "node:child_process";

const EXPECTED = [/lacks ending return statement/, /Property 'nothing' does not exist/];

const check = "node_modules/svelte-check/bin/svelte-check";
const args = [check, "--workspace", "broken", "--tsconfig", "tsconfig.json"];
const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
const missed = EXPECTED.filter((mistake) => !mistake.test(stdout));
if (status === 0 || missed.length > 0) {
  console.error(`The type check does not see what is wrong in broken/: ${missed.join(", ")}`);
  console.error(stdout);
  process.exit(1);
}
