import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  // The desktop window and the server both serve the bundle, at addresses not known here.
  base: "./",
  define: { TESSERA_VERSION: JSON.stringify(version) },
  plugins: [svelte()],
  build: {
    target: ["chrome120", "safari17.4"],
    // The content security policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ["src/**/*.test.ts"],
    // Svelte's reactivity needs its browser build.
    alias: [{ find: /^svelte$/, replacement: "svelte" }],
  },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
});
