const MINUTE_MS = 60_000;

/** As a field for day and time holds it, by the second, in the viewer's zone. */
export function toLocal(ms: number): string {
  const shifted = ms - new Date(ms).getTimezoneOffset() * MINUTE_MS;
  return new Date(shifted).toISOString().slice(0, "2000-01-01T00:00:00".length);
}

export function fromLocal(local: string): number {
  return new Date(local).getTime();
}
