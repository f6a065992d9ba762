import { Decoding } from "./decoding";
import type { Order } from "./order";

const decoding = new Decoding((result, transfer) => postMessage(result, { transfer }));
addEventListener("message", ({ data }: MessageEvent<Order>) => decoding.take(data));
