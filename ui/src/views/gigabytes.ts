const GIGABYTE = 1e9;

/** As a limit is typed. */
export function toGigabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / GIGABYTE;
}

export function fromGigabytes(gigabytes: number | null): number | null {
  return gigabytes === null ? null : Math.round(gigabytes * GIGABYTE);
}
