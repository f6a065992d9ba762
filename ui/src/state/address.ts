import type { CameraAddress, StreamAddress } from "../protocol";

/** One string for one camera, to look it up by. */
export function keyOf({ server, camera }: CameraAddress): string {
  return `${server}/${camera}`;
}

/** One string for one stream. */
export function streamKeyOf({ camera, role }: StreamAddress): string {
  return `${keyOf(camera)}/${role}`;
}

export function isSameCamera(one: CameraAddress | null, other: CameraAddress | null): boolean {
  return one === other || (one !== null && other !== null && keyOf(one) === keyOf(other));
}

export function isSameStream(one: StreamAddress, other: StreamAddress): boolean {
  return one.role === other.role && isSameCamera(one.camera, other.camera);
}
