/**
 * Makes the buttons in the rows of a table one stop of the Tab key. Arrows move
 * among them, Home and End to the ends of a row, with Ctrl of the table.
 */
export function roving(table: HTMLTableElement): () => void {
  const rows = [...table.rows]
    .map((row) => [...row.querySelectorAll("button")])
    .filter((buttons) => buttons.length > 0);
  let x = 0;
  let y = 0;

  const tabbable = (tabIndex: number) => {
    const button = rows[y]?.[x];
    if (button !== undefined) button.tabIndex = tabIndex;
    return button;
  };

  const moveTo = (row: number, column: number) => {
    tabbable(-1);
    y = Math.min(Math.max(0, row), rows.length - 1);
    x = Math.min(Math.max(0, column), (rows[y]?.length ?? 1) - 1);
    return tabbable(0);
  };

  const focused = ({ target }: FocusEvent) => {
    const row = rows.findIndex((buttons) => buttons.includes(target as HTMLButtonElement));
    if (row >= 0) moveTo(row, rows[row]?.indexOf(target as HTMLButtonElement) ?? 0);
  };

  const pressed = (event: KeyboardEvent) => {
    const forward = getComputedStyle(table).direction === "rtl" ? -1 : 1;
    const goals: Record<string, [row: number, column: number]> = {
      ArrowDown: [y + 1, x],
      ArrowLeft: [y, x - forward],
      ArrowRight: [y, x + forward],
      ArrowUp: [y - 1, x],
      End: [event.ctrlKey ? Infinity : y, Infinity],
      Home: [event.ctrlKey ? 0 : y, 0],
    };
    const goal = goals[event.key];
    if (goal === undefined || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    moveTo(...goal)?.focus();
  };

  for (const button of rows.flat()) button.tabIndex = -1;
  tabbable(0);
  table.addEventListener("focusin", focused);
  table.addEventListener("keydown", pressed);
  return () => {
    table.removeEventListener("focusin", focused);
    table.removeEventListener("keydown", pressed);
  };
}
