import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  // The desktop window and the server both serve the bundle, at addresses not known here.
  base: "./",
  define: { TESSERA_VERSION: JSON.stringify(version) },
  plugins: [svelte({ configFile: false })],
  worker: { format: "es" },
  build: {
    target: ["chrome120", "safari17.4"],
    // The content security policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // Svelte's state reacts only where it believes to be in a browser; such tests ask for jsdom.
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: { include: ["src/**/*.test.ts"] },
});
