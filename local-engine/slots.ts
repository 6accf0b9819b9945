/** A bound on how many things happen at once. Those that wait begin in the order in which they asked. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];
  readonly #count: number;
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#count) {
      this.#taken += 1;
    } else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  /** Resolves once nothing runs and nothing waits. */
  async idle(): Promise<void> {
    if (this.#taken > 0) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
      });
    }
  }

  /** The slot passes straight to the next in line, so that nobody can slip in between. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#taken -= 1;
    if (this.#taken === 0) {
      for (const resolve of this.#idle.splice(0)) {
        resolve();
      }
    }
  }
}
