import { CONTEXT, FlatSurface } from "./flat-surface";
import { GlSurface } from "./gl-surface";
import { isDrawnBySoftware } from "./renderer";
import type { Surface } from "./surface";

/**
 * WebGL where a GPU draws it, and a 2D canvas elsewhere, which is faster there
 * (docs/decisions/0006-software-compositing.md). Browsers tell which it is,
 * except WebKit on Linux: the window says it in the page's address, where
 * `surface=flat` or `surface=gl` decides.
 */
export function openSurface(
  canvas: HTMLCanvasElement,
  wanted = new URLSearchParams(location.search).get("surface"),
): Surface | null {
  // Looked into with another canvas: one that was WebGL's takes nothing else.
  const isFlat = wanted === null ? isDrawnBySoftware() : wanted === "flat";
  if (!isFlat) {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      stencil: false,
      powerPreference: "high-performance",
      // Only dirty tiles are drawn, so the rest must stay.
      preserveDrawingBuffer: true,
    });
    if (gl !== null) return new GlSurface(gl);
  }
  const context = canvas.getContext("2d", CONTEXT);
  return context === null ? null : new FlatSurface(context);
}
