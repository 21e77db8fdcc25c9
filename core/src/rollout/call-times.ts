/** Times of one kind of call, seconds. Percentiles are right to 1 %, the others exact. */
export interface CallTimesSummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const shortest = 1e-7;
const ratio = 1.02;
const logRatio = Math.log(ratio);
/** Up to about 3 hours. */
const buckets = 1_280;

/** A histogram of fixed size with logarithmic buckets: adding costs a logarithm and no memory, however long the run. */
export class CallTimes {
  readonly #counts = new Float64Array(buckets);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Adds `times` calls that took `seconds` each. */
  add(seconds: number, times = 1): void {
    const bucket =
      seconds <= shortest ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(seconds / shortest) / logRatio));
    this.#counts[bucket]! += times;
    this.#count += times;
    this.#sum += seconds * times;
    if (seconds > this.#max) this.#max = seconds;
  }

  get count(): number {
    return this.#count;
  }

  /** Seconds of all calls together. */
  get total(): number {
    return this.#sum;
  }

  /** Undefined when nothing was added. */
  summary(): CallTimesSummary | undefined {
    if (this.#count === 0) return undefined;
    return {
      count: this.#count,
      mean: this.#sum / this.#count,
      p50: this.#at(0.5),
      p99: this.#at(0.99),
      max: this.#max,
    };
  }

  #at(share: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= share * this.#count) return Math.min(this.#max, shortest * ratio ** (bucket - 0.5));
    }
    return this.#max;
  }
}
