import os from 'node:os';
import { FarsimError, isFarsimError, toFarsimError } from '../../model/errors.ts';
import type { Resume, Spec } from '../../model/messages.ts';
import { Role } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Address, Channel, LinkOptions } from '../../ports/transport.ts';
import { ClientSession, type DataLink } from '../../session/client/client-session.ts';
import type { ControlLink } from '../../session/client/control-link.ts';
import { Control, type ControlOptions } from '../../session/client/control.ts';
import { decodeFrame } from '../../session/wire/frame-format.ts';
import { greet, type ClientIdentity, type GreetedChannel, type Greeting } from '../../session/handshake.ts';
import { redial } from '../../session/redial.ts';
import { isGone, makeClientId } from './client-mark.ts';

/** The supervisor answers at once; the rest is for slow links and login shells. */
const greetMs = 30_000;
/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;

/** A bridge that listens, and how to come to it. */
export interface SessionAddress extends Pick<ControlOptions, 'onEvent' | 'onLink' | 'graceMs'> {
  readonly connect: (address: Address, options?: LinkOptions) => Promise<Channel>;
  readonly address: Address;
  readonly token: string;
  readonly codec: Codec;
  /** Requests in flight at most; left out: as many as the far side allows. */
  readonly depth?: number | undefined;
  /** Left out: this process's user, under an id of its own. */
  readonly identity?: ClientIdentity;
  /** Takes the simulator over from whoever controls it. */
  readonly takeOver?: boolean;
  /** Stops the opening, nothing later. */
  readonly signal?: AbortSignal;
  /** What is asked of the simulator before it is waited for. */
  readonly prepare?: ((control: Control) => Promise<unknown>) | undefined;
  /** Called once control is greeted: from then on the bridge is ended through it. */
  readonly onDialled?: () => void;
  /** Called when the opening fails after control was greeted; left out: asks the bridge to close. */
  readonly giveUp?: (control: Control) => Promise<unknown>;
  /** Asked after each redial that failed: what the far side ended with, undefined while it may still be there. */
  readonly whatEnded?: (error: FarsimError) => Promise<FarsimError | undefined>;
}

/** Dials a bridge's control and, when its simulator is ready, its data; both again after every cut. Throws what opening failed with; then `giveUp` is called. */
export async function dialSession(where: SessionAddress): Promise<ClientSession> {
  const { codec, signal } = where;
  const dialler = new Dialler(where);
  const control = await controlOf(dialler, where);
  const opened = (async () => {
    await where.prepare?.(control);
    await control.ready(signal);
    return new ClientSession(
      control,
      await dialler.data(control),
      (resume) => dialler.data(control, resume),
      codec,
      where.depth,
    );
  })();
  const ended = control.ended.then((error): never => {
    throw error;
  });
  try {
    return await Promise.race([opened, ended]);
  } catch (error) {
    // one that comes too late belongs to nobody
    void opened.then((session) => session[Symbol.asyncDispose]()).catch(() => undefined);
    await (where.giveUp ?? closeBridge)(control).catch(() => undefined);
    await control[Symbol.asyncDispose]();
    throw error;
  }
}

/** Dials a bridge's control alone, again after every cut. Throws what dialling throws. */
export function dialControl(where: SessionAddress): Promise<Control> {
  return controlOf(new Dialler(where), where);
}

async function controlOf(dialler: Dialler, where: SessionAddress): Promise<Control> {
  const control = new Control(await dialler.control(), {
    ...where,
    dial: (resume, attempt) => dialler.control(resume, attempt),
  });
  where.onDialled?.();
  return control;
}

function closeBridge(control: Control): Promise<void> {
  return control.close(closeMs);
}

/** This process's user, under an id of its own. */
export function clientIdentity(): ClientIdentity {
  return { client: makeClientId(), user: `${os.userInfo().username}@${os.hostname()}` };
}

/** Opens and greets one session's channels, always as the same client. */
class Dialler {
  readonly #where: SessionAddress;
  readonly #identity: ClientIdentity;
  #dialledAt = -Infinity;

  constructor(where: SessionAddress) {
    this.#where = where;
    this.#identity = where.identity ?? clientIdentity();
  }

  /** The first control channel, or with `resume` the next one, over a connection of its own. */
  async control(resume?: Resume, attempt?: AbortSignal): Promise<GreetedChannel> {
    const { connect, address, signal, whatEnded, takeOver = false } = this.#where;
    if (!resume || !attempt) {
      const greetFirst = async (more: Partial<Greeting>): Promise<GreetedChannel> => {
        const stop = signal && { signal };
        const channel = await connect(address, { ...stop });
        return greet(channel, this.#greeting({ role: Role.control, deadlineMs: greetMs, ...stop, ...more }));
      };
      return greetFirst({ takeOver }).catch((error: unknown) => {
        const fence = fenceOfGone(error);
        if (fence === undefined) throw withTakeOver(error);
        this.#where.onLink?.('the client that controls it was a process of this machine, and is no more');
        // another one that came meanwhile is left alone
        return greetFirst({ takeOver: true, fence });
      });
    }
    try {
      const channel = await connect(address, { signal: attempt, fresh: true });
      return await greet(channel, this.#greeting({ role: Role.control, resume, signal: attempt }));
    } catch (error) {
      throw (await whatEnded?.(toFarsimError(error))) ?? error;
    }
  }

  /** The first data link, however long a running request of an earlier client takes, or with `resume` the next one. */
  async data(control: Control, resume?: Resume): Promise<DataLink> {
    const stop = new AbortController();
    void control.ended.then((error) => stop.abort(error));
    const { signal } = this.#where;
    const stops = resume || !signal ? stop.signal : AbortSignal.any([stop.signal, signal]);
    const dial = async (attempt: AbortSignal): Promise<DataLink> =>
      this.#dataOver(await control.link(), attempt, resume);
    const link = await redial(dial, stops, resume ? { since: this.#dialledAt } : { attemptMs: Infinity });
    this.#dialledAt = performance.now();
    return link;
  }

  async #dataOver(link: ControlLink, attempt: AbortSignal, resume: Resume | undefined): Promise<DataLink> {
    const { connect, address, codec } = this.#where;
    const life = new AbortController();
    void link.ended.then(() => life.abort());
    const signal = AbortSignal.any([attempt, life.signal]);
    try {
      const channel = await connect(address, { signal });
      // where control is dead, data is: a half-open connection would not show it
      void link.ended.then(() => channel[Symbol.asyncDispose]());
      const { fence } = link.welcome;
      const greeting = { role: Role.data, fence, signal, ...(resume && { resume }) };
      const greeted = await greet(channel, this.#greeting(greeting));
      return { greeted, spec: await readSpec(greeted, codec) };
    } catch (error) {
      if (!life.signal.aborted || attempt.aborted) throw error;
      throw new FarsimError('LINK_LOST', 'control was lost while data was dialled', { cause: error });
    }
  }

  #greeting(more: Pick<Greeting, 'role'> & Partial<Greeting>): Greeting {
    const { codec, token } = this.#where;
    return { ...this.#identity, codec, token, ...more };
  }
}

/** The fence under which a client controls the simulator that cannot come back; undefined where it may, or nobody is told of it. */
function fenceOfGone(error: unknown): number | undefined {
  if (!isFarsimError(error) || error.code !== 'BUSY') return undefined;
  const { client, fence } = error.details;
  return typeof client === 'string' && typeof fence === 'number' && isGone(client) ? fence : undefined;
}

/** BUSY with what takes the simulator over; where no client has it, nothing can. */
function withTakeOver(error: unknown): unknown {
  if (!isFarsimError(error) || error.code !== 'BUSY' || error.details.owner === undefined) return error;
  const { code, message, suggestions, details, cause } = error;
  const way = '`farsim run --take-over` takes it over, and ends what the other client does';
  return new FarsimError(code, message, { suggestions: [...suggestions, way], details, cause });
}

/** The SPEC that follows a data channel's or an observer's WELCOME. */
export async function readSpec({ frames }: GreetedChannel, codec: Codec): Promise<Spec> {
  const first = await frames.next();
  if (first.done) throw new FarsimError('LINK_LOST', 'the data connection ended before the spec came');
  const { header } = decodeFrame(codec, first.value);
  if (header.kind !== 'spec')
    throw new FarsimError('DECODE_FAILED', `${header.kind} came where the spec was due`);
  return header.body;
}
