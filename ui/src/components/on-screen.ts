/** Says whether an element can be seen, whenever that changes. */
export function onScreen(told: (isSeen: boolean) => void): (element: Element) => () => void {
  return (element) => {
    const observer = new IntersectionObserver((entries) => {
      const last = entries.at(-1);
      if (last !== undefined) told(last.isIntersecting);
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
