import { expect, test, vi } from "vitest";
import { BrowserDoor, type Page } from "./browser";

function page(hash: string, key: string | null, answer: () => Promise<Response>) {
  const kept = new Map(key === null ? [] : [["tessera.session", key]]);
  const replaceState = vi.fn();
  const fetch = vi.fn(answer);
  const stub: Page = {
    location: { hash, host: "server:7117", pathname: "/", protocol: "http:", search: "" },
    history: { replaceState },
    localStorage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => kept.set(name, value),
      removeItem: (name) => kept.delete(name),
    },
    fetch,
  };
  return { stub, kept, replaceState, fetch };
}

const granted = async () => Response.json({ ticket: "second" });
const silent = async () => Promise.reject(new TypeError("Failed to fetch"));

test("takes the ticket out of the address at once, and uses it once", async () => {
  const { stub, replaceState } = page("#ticket=first", null, granted);
  const door = new BrowserDoor(stub);
  expect(replaceState).toHaveBeenCalledWith(null, "", "/");
  const url = "ws://server:7117/api/session";
  expect(await door.open()).toEqual({ kind: "open", url, ticket: "first" });
  expect(await door.open()).toEqual({ kind: "needsAddress" });
});

test("asks for a ticket with the key the last session left", async () => {
  const { stub, fetch } = page("", "key", granted);
  const door = new BrowserDoor(stub);
  expect(await door.open()).toMatchObject({ kind: "open", ticket: "second" });
  expect(fetch).toHaveBeenCalledWith("/api/ticket", {
    method: "POST",
    headers: { Authorization: "Bearer key" },
  });
});

test("forgets a key that is not good any more", async () => {
  const { stub, kept } = page("", "old", async () => new Response(null, { status: 401 }));
  expect(await new BrowserDoor(stub).open()).toEqual({ kind: "needsAddress" });
  expect(kept.size).toBe(0);
});

test("keeps the key while the server is away", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const { stub, kept } = page("", "key", silent);
  const entrance = await new BrowserDoor(stub).open();
  expect(entrance).toMatchObject({ kind: "closed", failure: { code: "noEngine" } });
  expect(kept.get("tessera.session")).toBe("key");
});

test("dials securely from a secure page", async () => {
  const { stub } = page("#ticket=t", null, granted);
  stub.location.protocol = "https:";
  const entrance = await new BrowserDoor(stub).open();
  expect(entrance).toMatchObject({ url: "wss://server:7117/api/session" });
});
