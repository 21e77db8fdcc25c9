import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ErrorCode, errorCodes } from '../model/error-codes.ts';
import { FarsimError } from '../model/errors.ts';
import type { Hello, HeaderToSend, Refused, Resume, Role, Sendable, Welcome } from '../model/messages.ts';
import type { Codec } from '../ports/codec.ts';
import type { Channel } from '../ports/transport.ts';
import { errorFromReport } from './far-errors.ts';
import { decodeFrame, encodeFrame, type DecodedFrame } from './wire/frame-format.ts';
import { jsonLine } from './json-line.ts';
import { protocolVersion } from './limits.ts';

const startAnew = 'start the far simulator with this farsim: it uploads a bridge of its own version';

/** Who dials, as the far side shows it in BUSY and in lists. */
export interface ClientIdentity {
  /** Unique to this process. */
  readonly client: string;
  /** `name@machine`. */
  readonly user: string;
}

export interface Greeting extends ClientIdentity {
  readonly codec: Codec;
  /** 64 hexadecimal digits. */
  readonly token: string;
  readonly role: Role;
  readonly resume?: Resume;
  readonly takeOver?: boolean;
  /** On data: the fence that control's WELCOME gave. On control with `takeOver`: the one under which alone that holds. */
  readonly fence?: number;
  readonly signal?: AbortSignal;
  /** Left out: waits as long as it takes, which on data is until a running request has ended. */
  readonly deadlineMs?: number;
}

/** A channel whose other side has proved the token. */
export interface GreetedChannel {
  readonly channel: Channel;
  readonly welcome: Welcome;
  /** The frames after WELCOME. */
  readonly frames: AsyncIterator<Uint8Array>;
}

/** `FSIM`, frame format 1, codec id, two zero bytes. */
export function preambleOf(codecId: number): Uint8Array {
  return Uint8Array.of(0x46, 0x53, 0x49, 0x4d, 1, codecId, 0, 0);
}

/** HMAC-SHA-256 by the token over a label and both nonces. */
export function proof(
  token: string,
  label: 'farsim client' | 'farsim bridge',
  first: Uint8Array,
  second: Uint8Array,
): Uint8Array {
  return createHmac('sha256', Buffer.from(token, 'hex')).update(label).update(first).update(second).digest();
}

export function provesToken(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Dials in on an open channel: preambles, CHALLENGE, HELLO, WELCOME (docs/protocol.md). Throws VERSION, BUSY,
 * TOKEN_REFUSED, LINK_LOST, DECODE_FAILED, INTERRUPTED, DEADLINE_EXCEEDED or whatever code the other side refused with; the
 * channel is closed then.
 */
export async function greet(channel: Channel, greeting: Greeting): Promise<GreetedChannel> {
  const { signal, deadlineMs } = greeting;
  let stopped: FarsimError | undefined;
  const stop = (error: FarsimError): void => {
    stopped = error;
    void channel[Symbol.asyncDispose]();
  };
  const onAbort = (): void => stop(new FarsimError('INTERRUPTED', 'stopped while the far side was greeted'));
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort);
  const timer =
    deadlineMs === undefined ? undefined : setTimeout(() => stop(tooLate(deadlineMs)), deadlineMs);
  try {
    return await shakeHands(channel, greeting);
  } catch (error) {
    await channel[Symbol.asyncDispose]();
    throw stopped ?? error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function tooLate(deadlineMs: number): FarsimError {
  return new FarsimError(
    'DEADLINE_EXCEEDED',
    `something accepted the connection and did not answer as a bridge within ${deadlineMs / 1000} s`,
  );
}

async function shakeHands(channel: Channel, greeting: Greeting): Promise<GreetedChannel> {
  const { codec, token } = greeting;
  const frames = channel.receive()[Symbol.asyncIterator]();
  await channel.send([preambleOf(codec.id)]);
  checkPreamble(await nextFrame(channel, frames), codec);
  const challenge = await nextHeader(channel, frames, codec);
  if (challenge.kind !== 'challenge') throw unexpected(challenge.kind, 'challenge');
  const { oldest, newest, nonce: challengeNonce } = challenge.body;
  if (newest < protocolVersion.oldest || oldest > protocolVersion.newest) {
    throw new FarsimError(
      'VERSION',
      `the bridge speaks protocol ${range(oldest, newest)}, this farsim ${range(protocolVersion.oldest, protocolVersion.newest)}`,
      {
        suggestions: [startAnew],
      },
    );
  }
  const nonce = randomBytes(32);
  const hello: Sendable<Hello> = {
    version: Math.min(newest, protocolVersion.newest),
    client: greeting.client,
    user: greeting.user,
    nonce,
    proof: proof(token, 'farsim client', challengeNonce, nonce),
    role: greeting.role,
    features: [],
    resume: greeting.resume,
    takeOver: greeting.takeOver ?? false,
    fence: greeting.fence ?? 0,
  };
  await channel.send(encodeFrame(codec, { kind: 'hello', body: hello }));
  const answer = await nextHeader(channel, frames, codec);
  if (answer.kind === 'refused') throw refusal(answer.body);
  if (answer.kind !== 'welcome') throw unexpected(answer.kind, 'welcome');
  if (!provesToken(answer.body.proof, proof(token, 'farsim bridge', nonce, challengeNonce))) {
    throw new FarsimError(
      'TOKEN_REFUSED',
      'whoever answered does not know the session token: it is not our bridge',
    );
  }
  channel.limitFrames(answer.body.frameLimit);
  return { channel, welcome: answer.body, frames };
}

function checkPreamble(bytes: Uint8Array, codec: Codec): void {
  const expected = preambleOf(codec.id);
  if (Buffer.compare(bytes, expected) === 0) return;
  const isPreamble =
    bytes.length === 8 && Buffer.compare(bytes.subarray(0, 4), expected.subarray(0, 4)) === 0;
  if (!isPreamble)
    throw new FarsimError(
      'DECODE_FAILED',
      'the other side does not speak farsim: its first bytes are no preamble',
    );
  throw new FarsimError(
    'VERSION',
    `the other side speaks frame format ${bytes[4]} with codec ${bytes[5]}, this side format ${expected[4]} with codec ${codec.id} (${codec.name})`,
  );
}

async function nextFrame(channel: Channel, frames: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const next = await frames.next();
  if (!next.done) return next.value;
  const reason = await channel.closed;
  const said = jsonLine(reason.stderr ?? '')?.error;
  if (said) throw errorFromReport(said);
  const ended = reason.exitCode === undefined ? '' : ` (exit status ${reason.exitCode})`;
  throw new FarsimError(
    'LINK_LOST',
    `the connection closed before the bridge answered${ended}: ${reason.stderr?.trim() || reason.message || reason.kind}`,
  );
}

async function nextHeader(
  channel: Channel,
  frames: AsyncIterator<Uint8Array>,
  codec: Codec,
): Promise<DecodedFrame['header']> {
  return decodeFrame(codec, await nextFrame(channel, frames)).header;
}

/** What the user can do about a refusal of that code. */
const waysOut: Readonly<Record<string, string>> = {
  TOKEN_REFUSED:
    'give the token with which the far side was started: its `tokenFile`, or the `token` in the line that its `up` printed',
  VERSION: startAnew,
};

function refusal({ code, message, details }: Refused): FarsimError {
  const way = waysOut[code];
  return new FarsimError(code in errorCodes ? (code as ErrorCode) : 'INTERNAL', message, {
    ...(way !== undefined && { suggestions: [way] }),
    details: details === '' ? {} : (JSON.parse(details) as Record<string, unknown>),
  });
}

function unexpected(kind: HeaderToSend['kind'], expected: HeaderToSend['kind']): FarsimError {
  return new FarsimError('DECODE_FAILED', `the bridge sent ${kind} where ${expected} was due`);
}

function range(oldest: number, newest: number): string {
  return oldest === newest ? `${oldest}` : `${oldest} to ${newest}`;
}
