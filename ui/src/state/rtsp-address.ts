/** Host and port of an RTSP address without user and password. */
export function hostOf(address: string): string {
  return /^(?:rtsp:\/\/)?([^/?#]*)/i.exec(address)?.[1] ?? "";
}

/** Host and port of one as typed: all before an `@` may be a password, and is not to be seen. */
export function typedHost(typed: string): string {
  return hostOf(typed.slice(typed.lastIndexOf("@") + 1).trim());
}
