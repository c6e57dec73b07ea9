/** Finds out what somebody has had before their eyes. */

/** So that scrolling by tells of many at once, and a glance counts. */
const LOOK_MS = 800;

export class Seen {
  #observer;
  /** @type {Map<Element, string>} */
  #ids = new Map();
  /** @type {Set<string>} */
  #looked = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #onSeen;

  /** @param {(ids: string[]) => void} onSeen */
  constructor(onSeen) {
    this.#onSeen = onSeen;
    this.#observer = new IntersectionObserver((entries) => this.#look(entries), { threshold: 0.5 });
  }

  /** @param {Element} item @param {string} id */
  watch(item, id) {
    this.#ids.set(item, id);
    this.#observer.observe(item);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const id = this.#ids.get(target);
      if (id !== undefined && isIntersecting) {
        this.#looked.add(id);
        this.#ids.delete(target);
        this.#observer.unobserve(target);
      }
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const ids = [...this.#looked];
      this.#looked.clear();
      if (ids.length > 0) {
        this.#onSeen(ids);
      }
    }, LOOK_MS);
  }
}
