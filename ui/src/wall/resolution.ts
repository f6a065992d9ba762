/**
 * Calls whenever a CSS pixel has another number of device pixels, as on another
 * monitor. To be undone with what is returned.
 */
export function onResolution(changed: () => void): () => void {
  let query: MediaQueryList;
  const watch = () => {
    // It tells only that it is this number no more.
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", next, { once: true });
  };
  const next = () => {
    watch();
    changed();
  };
  watch();
  return () => query.removeEventListener("change", next);
}
