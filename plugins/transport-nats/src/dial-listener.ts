import { FarsimError, openStreamChannel, toFarsimError, type Channel } from '@farsim/core';
import { decodeMessage, decodeReason, encodeMessage, messageKinds } from './bus-message.ts';
import { BusStream } from './bus-stream.ts';
import { newConnectionId, type ListenerSubjects } from './bus-subjects.ts';
import { decodeTerms, encodeTerms, termsOf } from './bus-terms.ts';
import type { NatsBus } from './nats-bus.ts';
import { nobodyListens } from './nats-errors.ts';

/** A server gives messages to a listener's broken connection until it knows; the one that comes in its place hears only what is sent later. */
const askAgainMs = 500;

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a channel to whoever listens. Throws HOST_UNREACHABLE: at once where nobody listens, after `timeoutMs` where
 * somebody does and does not answer; LOGIN_REFUSED for a forbidden subject; INTERRUPTED.
 */
export function dialListener(
  bus: NatsBus,
  subjects: ListenerSubjects,
  { timeoutMs, signal }: DialOptions,
): Promise<Channel> {
  const id = newConnectionId();
  const ours = termsOf(bus.maxPayload, bus.servers);
  return new Promise((resolve, reject) => {
    let stream: BusStream | undefined;
    let finished = false;
    const finish = (): void => {
      finished = true;
      clearTimeout(timer);
      clearInterval(asking);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: FarsimError): void => {
      if (finished) return;
      finish();
      place.close();
      reject(error);
    };
    const place = bus.join(subjects.down(id), {
      hear: (bytes) => (stream ? stream.hear(bytes) : answered(bytes)),
      unheard: () => (stream ? stream.unheard() : fail(nobodyListens(subjects.address, bus.servers))),
      lose: (error) => (stream ? stream.destroy(error) : fail(error)),
    });
    const answered = (bytes: Uint8Array): void => {
      if (finished) return;
      try {
        const { kind, body } = decodeMessage(bytes);
        if (kind === messageKinds.break) throw refusal(subjects.address, body);
        if (kind !== messageKinds.accept)
          throw new FarsimError(
            'DECODE_FAILED',
            `${subjects.address} answered with a message of kind ${kind}`,
          );
        stream = new BusStream({
          ours,
          theirs: decodeTerms(body),
          send: (message) => place.send(subjects.up(id), message),
          leave: () => place.close(),
        });
        finish();
        resolve(openStreamChannel(stream, { side: 'dialler' }));
      } catch (error) {
        fail(toFarsimError(error));
      }
    };
    const stop = (): void =>
      fail(new FarsimError('INTERRUPTED', `stopped while ${subjects.address} was dialled`));
    const timer = setTimeout(() => fail(noAnswer(subjects, timeoutMs)), timeoutMs);
    const ask = (): void =>
      place.send(subjects.open, encodeMessage(messageKinds.open, 0, 0, encodeTerms(ours)));
    const asking = setInterval(ask, askAgainMs);
    if (signal?.aborted) stop();
    else {
      signal?.addEventListener('abort', stop);
      ask();
    }
  });
}

function refusal(address: string, body: Uint8Array): FarsimError {
  return new FarsimError('HOST_UNREACHABLE', `${address} refused the connection: ${decodeReason(body)}`);
}

function noAnswer({ address, down }: ListenerSubjects, timeoutMs: number): FarsimError {
  return new FarsimError(
    'HOST_UNREACHABLE',
    `somebody listens on ${address} and did not answer within ${timeoutMs / 1000} s`,
    { suggestions: [`may the listener publish to ${down('*')}, and is it alive?`] },
  );
}
