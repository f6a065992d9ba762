import { expect, test } from "vitest";
import { fakeCamera } from "../connection/fake";
import type { Layout } from "../protocol";
import { Layouts, withShape, withSwapped } from "./layouts.svelte";

const [one, two, three] = [1, 2, 3].map((number) => fakeCamera(number).address);

function quad(id: number): Layout {
  const tiles = [one ?? null, null, two ?? null, three ?? null];
  return { id, name: `Layout ${id}`, shape: "quad", tiles, spot: null };
}

function known(...ids: number[]): Layouts {
  const layouts = new Layouts();
  layouts.replaceAll(ids.map(quad), ids[0] ?? 0);
  return layouts;
}

test("a smaller shape keeps what it does not show, for a larger one", () => {
  const single = withShape(quad(1), "single");
  expect(single).toEqual({ ...quad(1), shape: "single" });
  const nine = withShape(single, "nine");
  expect(nine.tiles).toEqual([...quad(1).tiles, null, null, null, null, null]);
  expect(withShape(nine, "quad").tiles).toEqual(nine.tiles);
});

test("a spot is one of the tiles that are shown, or none", () => {
  const layout = { ...quad(1), spot: 3 };
  expect(withShape(layout, "nine").spot).toBe(3);
  expect(withShape(layout, "single").spot).toBeNull();
});

test("two tiles in each other's place, the spot among them", () => {
  const layout = { ...quad(1), spot: 2 };
  expect(withSwapped(layout, 0, 1).tiles).toEqual([null, one, two, three]);
  expect(withSwapped(layout, 0, 1).spot).toBe(2);
  expect(withSwapped(layout, 0, 2)).toMatchObject({ tiles: [two, null, one, three], spot: 0 });
  expect(withSwapped(layout, 2, 0).spot).toBe(0);
});

test("after a removal the next layout is shown, and after that of the last the one before", () => {
  const layouts = known(1, 2, 5);
  layouts.show(2);
  layouts.remove(2);
  expect(layouts.current?.id).toBe(5);
  layouts.remove(5);
  expect(layouts.current?.id).toBe(1);
  layouts.remove(7);
  expect(layouts.all).toHaveLength(1);
});

test("a removal elsewhere changes nothing here", () => {
  const layouts = known(1, 2, 5);
  layouts.show(5);
  layouts.remove(1);
  expect(layouts.current?.id).toBe(5);
});

const shape = (layouts: Layouts) => layouts.current?.shape;

test("of changes in quick succession the last is shown, whatever the server has come to", () => {
  const layouts = known(1);
  const [nine, sixteen] = [withShape(quad(1), "nine"), withShape(quad(1), "sixteen")];
  layouts.want(nine);
  layouts.want(sixteen);
  layouts.put(nine);
  layouts.answered(1, true);
  expect(shape(layouts)).toBe("sixteen");
  layouts.put(sixteen);
  layouts.answered(1, true);
  expect(shape(layouts)).toBe("sixteen");
  layouts.put(quad(1));
  expect(shape(layouts)).toBe("quad");
});

test("what the server will not have gives way to what it has", () => {
  const layouts = known(1);
  layouts.want(withShape(quad(1), "nine"));
  layouts.answered(1, false);
  expect(shape(layouts)).toBe("quad");

  layouts.want(withShape(quad(1), "nine"));
  layouts.put(withShape(quad(1), "single"));
  layouts.answered(1, false);
  expect(shape(layouts)).toBe("single");
});

test("a change of a layout that is gone brings it not back", () => {
  const layouts = known(1, 2);
  layouts.want(withShape(quad(2), "nine"));
  layouts.remove(2);
  layouts.answered(2, false);
  layouts.want(quad(2));
  expect(layouts.all.map(({ id }) => id)).toEqual([1]);
});
