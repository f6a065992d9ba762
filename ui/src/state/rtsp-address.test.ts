import { expect, test } from "vitest";
import { hostOf, typedHost } from "./rtsp-address";

test.each([
  ["rtsp://192.168.1.20/stream1", "192.168.1.20"],
  ["rtsp://door.local:8554/a?b=c", "door.local:8554"],
  ["rtsp://[fe80::1]:554/x", "[fe80::1]:554"],
  ["rtsp://10.0.0.5/cam@1", "10.0.0.5"],
])("the host of %s", (address, host) => {
  expect(hostOf(address)).toBe(host);
});

test.each([
  [" 10.0.0.5 ", "10.0.0.5"],
  ["RTSP://10.0.0.5/s", "10.0.0.5"],
  ["rtsp://admin:secret@10.0.0.5/s", "10.0.0.5"],
  ["rtsp://admin:@:/#%?&+ü@10.0.0.5/s", "10.0.0.5"],
  ["admin:a/b@10.0.0.5/s", "10.0.0.5"],
])("the host of %s as typed, without a letter of the password", (typed, host) => {
  expect(typedHost(typed)).toBe(host);
});
