import { tick } from "svelte";
import { partsOf } from "./shortcut";

/** Does with keys what a browser does, where nobody prevents it. */
export class FakeKeyboard {
  /** A stroke as shortcuts write it. */
  async press(stroke: string): Promise<void> {
    const parts = partsOf(stroke);
    const name = parts.at(-1) ?? "";
    const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
    const event = new KeyboardEvent("keydown", {
      key: name === "Space" ? " " : name,
      ctrlKey: has("Ctrl"),
      shiftKey: has("Shift"),
      bubbles: true,
      cancelable: true,
    });
    const before = document.activeElement ?? document.body;
    const isFree = before.dispatchEvent(event);
    await tick();
    // Like a browser, which goes on with what has the focus by now.
    if (isFree && !event.ctrlKey) goOn(document.activeElement ?? document.body, event);
    await tick();
  }
}

/** Dialogs that jsdom does not have: shown they take the focus, and on Escape they are closed. */
export function fakeDialogs(): void {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
    const wanted = [...this.querySelectorAll<HTMLElement>("*")].find(({ autofocus }) => autofocus);
    (wanted ?? this.querySelector("button"))?.focus();
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
}

function goOn(target: Element, { key, shiftKey }: KeyboardEvent): void {
  if (key === "Tab") return tab(target, shiftKey ? -1 : 1);
  if (key === "Escape") return cancel();
  if (target instanceof HTMLButtonElement && /^(Enter| )$/.test(key)) return target.click();
  if (!(target instanceof HTMLInputElement)) return;
  if (target.type === "radio") turn(target, { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0);
  else if (target.type === "checkbox") key === " " && target.click();
  else if (key === "Enter") target.form?.requestSubmit();
  else if (key.length === 1 && !target.readOnly) write(target, key);
}

function tab(from: Element, by: number): void {
  const place = document.querySelector("dialog[open]") ?? document;
  const stops = [...place.querySelectorAll<HTMLElement>("button, input, select, [tabindex]")];
  const isStop = (it: HTMLElement) =>
    it === from ||
    (it.tabIndex >= 0 && !it.matches(":disabled") && it.closest("[hidden]") === null);
  const isChecked = (it: HTMLElement) =>
    !(it instanceof HTMLInputElement) || it.type !== "radio" || it.checked;
  const order = stops.filter((it) => isStop(it) && isChecked(it));
  order.at((order.indexOf(from as HTMLElement) + by) % order.length)?.focus();
}

function cancel(): void {
  const dialog = document.querySelector("dialog[open]");
  dialog?.dispatchEvent(new Event("cancel", { cancelable: true }));
}

function turn(radio: HTMLInputElement, by: number): void {
  const group = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")].filter(
    ({ name }) => name === radio.name,
  );
  const next = group.at((group.indexOf(radio) + by) % group.length);
  next?.focus();
  next?.click();
}

function write(field: HTMLInputElement, letter: string): void {
  field.setRangeText(letter, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
