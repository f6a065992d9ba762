/** Shows a dialog over everything until it is taken away; the browser keeps the focus inside. */
export function modal(dialog: HTMLDialogElement): () => void {
  dialog.showModal();
  return () => dialog.close();
}
