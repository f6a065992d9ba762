/** Which elements can be seen, as a test says: all of them, until it says otherwise. */
export class FakeSight {
  isSeen: (element: Element) => boolean = () => true;
  readonly #watched = new Map<Element, (isSeen: boolean) => void>();

  /** To stand for the browser's `IntersectionObserver`. */
  readonly Observer = ((sight: FakeSight) =>
    class {
      readonly #told: (entries: { isIntersecting: boolean }[]) => void;
      #element: Element | null = null;

      constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
        this.#told = told;
      }

      observe(element: Element) {
        this.#element = element;
        const told = (isIntersecting: boolean) => this.#told([{ isIntersecting }]);
        sight.#watched.set(element, told);
        queueMicrotask(() => told(sight.isSeen(element)));
      }

      disconnect() {
        if (this.#element !== null) sight.#watched.delete(this.#element);
      }
    })(this);

  /** Says of each what can be seen by now. */
  look(): void {
    for (const [element, told] of this.#watched) told(this.isSeen(element));
  }
}
