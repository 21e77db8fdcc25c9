import { setTimeout as sleep } from 'node:timers/promises';
import { FarsimError, isFarsimError, openStreamChannel, type Channel, type Listener } from '@farsim/core';
import { decodeMessage, encodeMessage, encodeReason, messageKinds, type BusMessage } from './bus-message.ts';
import { BusStream } from './bus-stream.ts';
import { connectionIdIn, newConnectionId, type ListenerSubjects } from './bus-subjects.ts';
import { decodeTerms, encodeTerms, termsOf } from './bus-terms.ts';
import type { BusPlace, NatsBus } from './nats-bus.ts';

const connectionLimit = 256;
const probeMs = 300;

/**
 * Accepts connections until the listener is disposed; the channels outlive it. It comes back with the server. Throws
 * BAD_ARGUMENT when another listens there already, LOGIN_REFUSED for a forbidden subject.
 */
export async function listenOnBus(
  bus: NatsBus,
  subjects: ListenerSubjects,
  accept: (channel: Channel) => void,
): Promise<Listener> {
  termsOf(bus.maxPayload, bus.servers);
  await requireFree(bus, subjects);
  const streams = new Map<string, BusStream>();
  let forbidden: FarsimError | undefined;
  const place = bus.join(subjects.open, {
    hear: (bytes, reply) => {
      const message = readable(bytes);
      const id = connectionIdIn(reply, subjects.down);
      if (!message || id === undefined || streams.has(id)) return;
      if (message.kind === messageKinds.probe) place.send(reply, encodeMessage(messageKinds.here, 0, 0));
      if (message.kind === messageKinds.open) open(id, message.body);
    },
    lose: (error) => (forbidden ??= error.code === 'LOGIN_REFUSED' ? error : undefined),
  });
  const refuse = (id: string, sentence: string): void =>
    place.send(subjects.down(id), encodeMessage(messageKinds.break, 0, 0, encodeReason(sentence)));

  function open(id: string, terms: Uint8Array): void {
    try {
      if (streams.size >= connectionLimit)
        throw new FarsimError('LIMIT_EXCEEDED', `${connectionLimit} connections are open here`);
      const stream = openStream(bus, subjects, id, terms, () => streams.delete(id));
      if (!stream.destroyed) streams.set(id, stream);
      accept(openStreamChannel(stream, { side: 'listener' }));
    } catch (error) {
      refuse(id, isFarsimError(error) ? error.message : 'it failed');
    }
  }

  await bus.flush();
  if (forbidden) {
    place.close();
    throw forbidden;
  }
  return { address: subjects.address, [Symbol.asyncDispose]: async () => place.close() };
}

function openStream(
  bus: NatsBus,
  subjects: ListenerSubjects,
  id: string,
  terms: Uint8Array,
  onLeave: () => void,
): BusStream {
  const ours = termsOf(bus.maxPayload, bus.servers);
  const theirs = decodeTerms(terms);
  const place: BusPlace = bus.join(subjects.up(id), {
    hear: (bytes) => stream.hear(bytes),
    unheard: () => stream.unheard(),
    lose: (error) => stream.destroy(error),
  });
  const send = (message: Uint8Array): void => place.send(subjects.down(id), message);
  const stream = new BusStream({
    ours,
    theirs,
    send,
    leave: () => {
      place.close();
      onLeave();
    },
  });
  send(encodeMessage(messageKinds.accept, 0, 0, encodeTerms(ours)));
  return stream;
}

/** Asks whether anyone listens there. One that does not answer in time is taken for gone. */
async function requireFree(bus: NatsBus, { address, open, down }: ListenerSubjects): Promise<void> {
  let lost: FarsimError | undefined;
  let answer: (heard: 'here' | 'nobody') => void = () => undefined;
  const answered = new Promise<'here' | 'nobody'>((resolve) => (answer = resolve));
  const place = bus.join(down(newConnectionId()), {
    hear: (bytes) => readable(bytes)?.kind === messageKinds.here && answer('here'),
    unheard: () => answer('nobody'),
    lose: (error) => {
      lost = error;
      answer('nobody');
    },
  });
  try {
    place.send(open, encodeMessage(messageKinds.probe, 0, 0));
    const heard = await Promise.race([answered, sleep(probeMs, 'nobody' as const)]);
    if (lost) throw lost;
    if (heard === 'here')
      throw new FarsimError(
        'BAD_ARGUMENT',
        `${address} is taken: another listener answers on ${bus.servers}`,
      );
  } finally {
    place.close();
  }
}

/** Undefined for what is no message: anybody may publish anything there, and is not answered. */
function readable(bytes: Uint8Array): BusMessage | undefined {
  try {
    return decodeMessage(bytes);
  } catch {
    return undefined;
  }
}
