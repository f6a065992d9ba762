import { expect, test } from "vitest";
import { isDrawnBySoftware } from "./renderer";

/** A canvas whose WebGL is drawn by `name`. */
function drawnBy(name: string, hides = false): HTMLCanvasElement {
  const named = { UNMASKED_RENDERER_WEBGL: 0x9246 };
  const gl = {
    RENDERER: 0x1f01,
    getExtension: (which: string) => (which.includes("renderer_info") && !hides ? named : null),
    getParameter: (what: number) => (what === 0x9246 || hides ? name : "WebKit WebGL"),
  };
  return { getContext: () => gl } as unknown as HTMLCanvasElement;
}

test("renderers without a GPU are known by their names", () => {
  const software = [
    "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)",
    "llvmpipe (LLVM 15.0.6, 256 bits)",
    "ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0, D3D11)",
    "Apple Software Renderer",
  ];
  expect(software.filter((name) => !isDrawnBySoftware(drawnBy(name)))).toEqual([]);
  expect(isDrawnBySoftware(drawnBy("llvmpipe, or similar", true))).toBe(true);
  expect(isDrawnBySoftware(drawnBy("ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)"))).toBe(false);
  expect(isDrawnBySoftware(drawnBy("Apple GPU"))).toBe(false);
});

test("without WebGL the processor draws", () => {
  const canvas = { getContext: () => null } as unknown as HTMLCanvasElement;
  expect(isDrawnBySoftware(canvas)).toBe(true);
});
