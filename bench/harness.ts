/** One way of doing a thing that is measured beside others in the same run. */
export interface Contestant {
  readonly name: string;
  /** Sets everything up and gives one measured operation. */
  open(): Promise<Opened>;
}

export interface Opened extends AsyncDisposable {
  once(): Promise<unknown>;
  /** Operations that one call of `once` does; 1 when left out. */
  readonly operations?: number;
}

export interface Bench {
  readonly name: string;
  readonly link: string;
  readonly bytes: number;
  /** The first is the yardstick: it runs twice, and the second run's ratio is the spread that is noise. */
  readonly contestants: readonly Contestant[];
  /** Measured operations of each contestant. */
  readonly samples: number;
}

export interface Row {
  readonly bench: string;
  readonly contestant: string;
  readonly bytes: number;
  readonly link: string;
  readonly samples: number;
  readonly p50_us: number;
  readonly p99_us: number;
  readonly max_us: number;
  /** How many of the samples took more than 30 ms. */
  readonly over_30ms: number;
  readonly ratio_to_raw: number;
  /** Median of this contestant less the yardstick's, microseconds. */
  readonly above_raw_us: number;
}

const blocks = 20;
const warmUp = 100;

/** Runs the contestants in turns, in a new random order each turn, and gives a row for each. */
export async function runBench(bench: Bench): Promise<Row[]> {
  const yardstick = bench.contestants[0]!;
  const entered = [...bench.contestants, { ...yardstick, name: `${yardstick.name} again` }];
  await using stack = new AsyncDisposableStack();
  const running = [];
  for (const contestant of entered) {
    const opened = stack.use(await contestant.open());
    for (let i = 0; i < Math.min(warmUp, bench.samples); i++) await opened.once();
    running.push({ name: contestant.name, opened, times: [] as number[] });
  }
  const perBlock = Math.ceil(bench.samples / blocks);
  for (let block = 0; block < blocks; block++) {
    for (const contestant of shuffled(running)) {
      const { opened, times } = contestant;
      const operations = opened.operations ?? 1;
      for (let i = 0; i < perBlock; i++) {
        const start = performance.now();
        await opened.once();
        times.push(((performance.now() - start) * 1000) / operations);
      }
    }
  }
  const raw = quantile(running[0]!.times, 0.5);
  return running.map(({ name, times }) => ({
    bench: bench.name,
    contestant: name,
    bytes: bench.bytes,
    link: bench.link,
    samples: times.length,
    p50_us: round(quantile(times, 0.5)),
    p99_us: round(quantile(times, 0.99)),
    max_us: round(Math.max(...times)),
    over_30ms: times.filter((time) => time > 30_000).length,
    ratio_to_raw: Math.round((quantile(times, 0.5) / raw) * 1000) / 1000,
    above_raw_us: round(quantile(times, 0.5) - raw),
  }));
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
