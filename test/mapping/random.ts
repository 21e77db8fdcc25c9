import type { Quaternion, Vector3 } from '@farsim/core';

/** Numbers that are the same for the same seed (mulberry32, public domain, Tommy Ettinger). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Both ends may come. */
  integer(low: number, high: number): number {
    return Math.min(high, Math.floor(this.between(low, high + 1)));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  direction(): Vector3 {
    for (;;) {
      const [x, y, z] = [this.between(-1, 1), this.between(-1, 1), this.between(-1, 1)];
      const length = Math.hypot(x, y, z);
      if (length > 0.1 && length <= 1) return [x / length, y / length, z / length];
    }
  }

  /** Any direction, no longer than `most`, no shorter than `least`. */
  vector(most: number, least: number): Vector3 {
    const length = this.between(least, most);
    return this.direction().map((value) => value * length) as unknown as Vector3;
  }

  /** Any rotation, with either sign. */
  quaternion(): Quaternion {
    const [axis, half] = [this.direction(), this.between(-Math.PI, Math.PI)];
    return [Math.cos(half), ...axis.map((value) => value * Math.sin(half))] as unknown as Quaternion;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const k = this.integer(0, i);
      [shuffled[i], shuffled[k]] = [shuffled[k]!, shuffled[i]!];
    }
    return shuffled;
  }
}
