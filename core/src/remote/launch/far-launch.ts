import { randomBytes } from 'node:crypto';
import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';
import { errorFromReport } from '../../session/far-errors.ts';
import { isLinkLoss, redial } from '../../session/redial.ts';
import { beginLaunch, endLaunch, followLaunch, runLaunch } from './launch-scripts.ts';
import { unlessAborted } from '../../session/unless-aborted.ts';
import { hearWithin } from './heard-within.ts';
import { QueueClock } from './queue-clock.ts';
import { describeEnd, readTold, reasonOf, type Told } from './told-launch.ts';

/** How long `up` takes at most where nothing queues it: a cold interpreter, a home on a network. */
const upMs = 2_000;
const fifthMs = 200;
/** From the supervisor's farewell to the end of the prefix's own program. */
const farewellMs = 5_000;
/** The way to a host, a slow login and its home on a network; then a line comes each second. */
const firstWordMs = 15_000;
const silenceMs = 3_500;
/** An end that is asked for over a link that may just be away. */
const endMs = 15_000;
/** The same for a user who stops a start and waits. */
const stopMs = 5_000;

export interface LaunchOrder {
  /** For progress lines. */
  readonly name: string;
  readonly input: string;
  /** False: it ends soon or says its line, so an abort waits that long for the line. */
  readonly queued: boolean;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * A command behind a prefix that outlives every link: it runs detached on its host, in a session of its own, and what it says is
 * read from files there. It takes a POSIX shell and `setsid` and no Python: a queue's login node may have none.
 */
export class FarLaunch {
  readonly #host: Host;
  readonly #command: readonly string[];
  readonly #name: string;

  /** `kind` begins the names of launches of equal orders, `name` is one of them that was made before. */
  constructor(
    host: Host,
    kind: string,
    command: readonly string[],
    name = `${kind}-${randomBytes(6).toString('hex')}`,
  ) {
    this.#host = host;
    this.#command = command;
    this.#name = name;
  }

  /** Starts it and gives its first line, however long the queue and however often the link is lost. Throws the error that the line holds, or START_FAILED; an abort ends it. */
  async firstLine(order: LaunchOrder): Promise<Record<string, unknown>> {
    const { input, signal } = order;
    const clock = new QueueClock(order.name, order.progress);
    const dial = async (): Promise<Told> => {
      using hearing = hearWithin(firstWordMs, silenceMs, signal);
      try {
        const heard = (said: string): void => {
          hearing.hear();
          clock.tell(said);
        };
        await unlessAborted(this.#begin(input, hearing.signal), hearing.silence);
        return await unlessAborted(this.#follow('', hearing.signal, heard), hearing.signal);
      } catch (error) {
        const lost = hearing.silence.aborted && !signal.aborted ? this.#lost() : toFarsimError(error);
        if (isLinkLoss(lost)) clock.tell(`${this.#host.name} does not answer`);
        throw lost;
      }
    };
    try {
      return await this.#lineOf(await redial(dial, signal, { attemptMs: Infinity }));
    } catch (error) {
      if (!signal.aborted) throw error;
      return this.#stop(order.queued);
    }
  }

  /** What ended it; undefined while it runs or when that is not known. */
  async whyOver(signal: AbortSignal): Promise<string | undefined> {
    return reasonOf(await this.#follow('now', signal), this.#words);
  }

  /** Waits for its end after the bridge's, ends it where that does not come, and forgets it; gives what ended it, where that is known. */
  async end(patienceMs = farewellMs, linkMs = endMs): Promise<string | undefined> {
    const fifths = String(Math.ceil(patienceMs / fifthMs));
    const signal = AbortSignal.timeout(linkMs + patienceMs);
    const run = (attempt: AbortSignal): Promise<FinishedProcess> =>
      unlessAborted(this.#script(endLaunch, [this.#name, fifths], attempt), attempt);
    const told = readTold(await redial(run, signal, { attemptMs: patienceMs + endMs / 2 }));
    const [, where, pid] = /^farsim elsewhere (\S+) (\d+)$/m.exec(told.out) ?? [];
    if (where === undefined) return reasonOf(told, this.#words);
    throw new FarsimError(
      'HOST_UNREACHABLE',
      `\`${this.#words}\` runs on ${where}, and ${this.#host.name} is another machine now`,
      { suggestions: [`on ${where}: kill -- -${pid}`] },
    );
  }

  get #words(): string {
    return this.#command.join(' ');
  }

  async #begin(input: string, signal: AbortSignal): Promise<void> {
    const bytes = String(Buffer.byteLength(input));
    await this.#script(beginLaunch, [this.#name, bytes, runLaunch, ...this.#command], signal, input);
  }

  /** An aborted start: who gets its line can end it in order; else its group is ended. */
  async #stop(queued: boolean): Promise<Record<string, unknown>> {
    try {
      const soon = AbortSignal.timeout(upMs);
      const told = await unlessAborted(this.#follow(queued ? 'now' : '', soon), soon);
      if (told.line && !told.line.error) return told.line;
    } catch {
      // it still waits
    }
    const stopped = `\`${this.#words}\` was stopped before the bridge began on ${this.#host.name}`;
    try {
      await this.end(0, stopMs);
    } catch (error) {
      const { code, message, suggestions } = toFarsimError(error);
      const unheard = code === 'INTERRUPTED' || isLinkLoss(toFarsimError(error));
      const why = unheard ? `${this.#host.name} does not answer` : message;
      throw new FarsimError('INTERRUPTED', `${stopped}, but could not be ended: ${why}`, {
        suggestions: [
          ...suggestions,
          ...(unheard
            ? [`it may still wait there: \`farsim host down HOST ${this.#name.slice(-12)}\` ends it`]
            : []),
          'a bridge that begins for nobody ends itself after lease.grace, at least 30 s',
        ],
        cause: error,
      });
    }
    throw new FarsimError('INTERRUPTED', stopped);
  }

  async #lineOf(told: Told): Promise<Record<string, unknown>> {
    const { line, over } = told;
    if (line && !line.error) return line;
    if (over !== 'gone') await this.end(0);
    if (line) throw errorFromReport(line.error as Record<string, unknown>);
    throw new FarsimError(
      'START_FAILED',
      `the bridge did not start on ${this.#host.name}: ${over === 'gone' ? `\`${this.#words}\` is gone` : describeEnd(told, this.#words)}`,
    );
  }

  async #follow(once: '' | 'now', signal: AbortSignal, waits?: (said: string) => void): Promise<Told> {
    let unfinished = '';
    const take = (chunk: Uint8Array): void => {
      const lines = (unfinished + Buffer.from(chunk).toString('utf8')).split('\n');
      unfinished = lines.pop()!;
      for (const line of lines) {
        const said = /^farsim waits (.*)$/.exec(line);
        if (said) waits?.(said[1]!);
      }
    };
    const process = await this.#host.run(['sh', '-c', followLaunch, 'sh', this.#name, once], {
      signal,
      onOutput: (chunk, stream) => stream === 'stdout' && take(chunk),
    });
    const finished = await process.finished;
    if (finished.exitCode !== 0) throw this.#lost();
    const told = readTold(finished);
    // a line that was read half-written
    if (!told.line && told.over === undefined && once === '') throw this.#lost();
    return told;
  }

  async #script(
    script: string,
    words: readonly string[],
    signal: AbortSignal,
    input = '',
  ): Promise<FinishedProcess> {
    const process = await this.#host.run(['sh', '-c', script, 'sh', ...words], { signal, input });
    const finished = await process.finished;
    const { exitCode } = finished;
    if (exitCode === null) throw this.#lost();
    if (exitCode === 0) return finished;
    const said = Buffer.from(finished.stderr).toString('utf8').trim();
    throw new FarsimError(
      'START_FAILED',
      `\`${this.#words}\` could not be started on ${this.#host.name} (exit status ${exitCode}): ${said}`,
    );
  }

  #lost(): FarsimError {
    return new FarsimError(
      'LINK_LOST',
      `${this.#host.name} was lost while '${this.#words}' was looked after`,
    );
  }
}
