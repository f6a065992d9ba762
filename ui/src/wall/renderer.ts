/** What the renderers that need no GPU call themselves: ANGLE's, Mesa's two, Windows' and macOS'. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|microsoft basic render/i;

/**
 * Whether the processor would draw WebGL, or nothing at all. A browser may say so
 * (`failIfMajorPerformanceCaveat`), but Chromium does not: its renderer's name does.
 */
export function isDrawnBySoftware(canvas = document.createElement("canvas")): boolean {
  const gl = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (gl === null) return true;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  // Browsers have room for few contexts, and this one was only to be asked.
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(String(name));
}
