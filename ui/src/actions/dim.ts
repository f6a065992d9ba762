import { m, number } from "../messages";
import { FULL, LEAST } from "../state/dim.svelte";
import type { Action } from "./action";

const STEP = 10;

export const darker: Action = step("darker", "<", () => m.action_darker(), -STEP);
export const brighter: Action = step("brighter", ">", () => m.action_brighter(), STEP);

function step(name: string, shortcut: string, label: () => string, by: number): Action {
  const isPossible = (percent: number) => percent >= LEAST && percent <= FULL;
  return {
    id: `dim.${name}`,
    label,
    shortcut,
    repeats: true,
    enabled: ({ dim }) => isPossible(dim.percent + by) || m.no_further(),
    run: ({ dim, screen }) => {
      dim.percent += by;
      screen.toast = { text: m.dim_set({ percent: number(dim.percent) }) };
    },
  };
}
