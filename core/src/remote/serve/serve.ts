import { randomBytes } from 'node:crypto';
import { FarsimError } from '../../model/errors.ts';
import { Role, type Hello, type HeaderToSend } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Simulator } from '../../ports/simulator.ts';
import type { Channel, Transport } from '../../ports/transport.ts';
import { decodeFrame, encodeFrame } from '../../session/wire/frame-format.ts';
import { preambleOf, proof, provesToken } from '../../session/handshake.ts';
import { protocolVersion, wireLimits } from '../../session/limits.ts';
import { Claims, type Goodbye, type Refusal } from './claims.ts';
import { serveControl, type ControlFacts } from './control-server.ts';
import { DataServer } from './data-server.ts';
import { ServedSimulator } from './served-simulator.ts';

const helloMs = 5_000;
const unacceptedLimit = 8;
const creditRequests = 64;
const creditBytes = 64 << 20;
/** A simulator that is served is never begun anew. */
const epoch = 1;

export interface ServeOptions {
  readonly simulator: Simulator;
  readonly transport: Transport;
  /** `unix:/path` or `tcp:127.0.0.1:0`. */
  readonly address: string;
  /** Offered to clients by the id in their preamble. */
  readonly codecs: readonly Codec[];
  /** 64 hexadecimal digits; made when left out. */
  readonly token?: string;
}

export interface SimulatorService extends AsyncDisposable {
  readonly address: string;
  readonly token: string;
  readonly session: string;
}

/** Turns any simulator into a service: plays both the supervisor's and the simulator process's part of the protocol. Disposing it leaves the simulator open. */
export async function serve(options: ServeOptions): Promise<SimulatorService> {
  if (!options.transport.listen) throw new FarsimError('UNSUPPORTED', 'this transport cannot listen');
  const service = new Service(options);
  const listener = await options.transport.listen(options.address, (channel) => void service.take(channel));
  return {
    address: listener.address,
    token: service.token,
    session: service.session,
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await service.close();
    },
  };
}

class Service {
  readonly token: string;
  readonly session = randomBytes(6).toString('hex');
  readonly #options: ServeOptions;
  readonly #served: ServedSimulator;
  readonly #channels = new Set<Channel>();
  readonly #claims = new Claims();
  #unaccepted = 0;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#served = new ServedSimulator(options.simulator);
    this.token = options.token ?? randomBytes(32).toString('hex');
  }

  async take(channel: Channel): Promise<void> {
    this.#channels.add(channel);
    void channel.closed.then(() => this.#channels.delete(channel));
    try {
      const frames = channel.receive()[Symbol.asyncIterator]();
      const accepted = await this.#accept(channel, frames);
      if (!accepted) return;
      const { codec, hello } = accepted;
      if (hello.role === Role.control) await serveControl(channel, frames, codec, () => this.#facts());
      else if (hello.role === Role.observer) await this.#observe(channel, frames, codec);
      else await new DataServer(this.#served, channel, codec).run(frames);
    } catch {
      // a peer that breaks the protocol or the link has no claim to more than the end of its channel
    } finally {
      this.#claims.release(channel);
      await channel[Symbol.asyncDispose]();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#channels].map((channel) => channel[Symbol.asyncDispose]()));
  }

  /** Shakes hands with at most 8 strangers at once, each for 5 s. */
  async #accept(
    channel: Channel,
    frames: AsyncIterator<Uint8Array>,
  ): Promise<{ codec: Codec; hello: Hello } | undefined> {
    if (this.#unaccepted >= unacceptedLimit) return undefined;
    this.#unaccepted++;
    const timer = setTimeout(() => void channel[Symbol.asyncDispose](), helloMs);
    try {
      return await this.#shakeHands(channel, frames);
    } finally {
      clearTimeout(timer);
      this.#unaccepted--;
    }
  }

  async #shakeHands(
    channel: Channel,
    frames: AsyncIterator<Uint8Array>,
  ): Promise<{ codec: Codec; hello: Hello } | undefined> {
    const preamble = await frames.next();
    const codec = this.#options.codecs.find(
      ({ id }) => !preamble.done && Buffer.compare(preamble.value, preambleOf(id)) === 0,
    );
    await channel.send([preambleOf((codec ?? this.#options.codecs[0]!).id)]);
    if (!codec) return undefined;
    const send = (header: HeaderToSend): Promise<void> => channel.send(encodeFrame(codec, header));
    const nonce = randomBytes(32);
    await send({ kind: 'challenge', body: { nonce, ...protocolVersion } });
    const next = await frames.next();
    if (next.done) return undefined;
    const { header } = decodeFrame(codec, next.value);
    if (header.kind !== 'hello') return undefined;
    const hello = header.body;
    const refused = this.#refusal(hello, nonce);
    if (refused) {
      await send({ kind: 'refused', body: { ...refused, ...protocolVersion } });
      return undefined;
    }
    channel.limitFrames(wireLimits.frameBytes);
    const goodbye: Goodbye = (reason) => send({ kind: 'goodbye', body: { code: 'FENCED', reason } });
    await this.#claims.admit(hello, channel, goodbye);
    const { gate } = this.#served;
    const begins = hello.role === Role.data && !hello.resume;
    if (begins) await this.#served.inTurn(async () => gate.beginClient());
    else if (hello.resume) gate.acknowledge(hello.resume.ack);
    await send({
      kind: 'welcome',
      body: {
        session: this.session,
        epoch,
        fence: this.#claims.fence,
        phase: 'ready',
        creditRequests,
        creditBytes,
        frameLimit: wireLimits.frameBytes,
        proof: proof(this.token, 'farsim bridge', hello.nonce, nonce),
        applied: gate.applied,
        kept: gate.firstKept,
        ...(begins && this.#served.ledgerHead),
      },
    });
    return { codec, hello };
  }

  #refusal(hello: Hello, nonce: Uint8Array): Refusal | undefined {
    if (hello.version < protocolVersion.oldest || hello.version > protocolVersion.newest) {
      const { oldest, newest } = protocolVersion;
      const message = `the client chose protocol ${hello.version}, this side speaks ${oldest} to ${newest}`;
      return { code: 'VERSION', message };
    }
    if (!provesToken(hello.proof, proof(this.token, 'farsim client', nonce, hello.nonce))) {
      return { code: 'TOKEN_REFUSED', message: 'the proof of the session token is wrong' };
    }
    const { resume } = hello;
    if (resume && (resume.session !== this.session || resume.epoch !== epoch))
      return {
        code: 'EPOCH_LOST',
        message: `this is session ${this.session}, epoch ${epoch}`,
        details: JSON.stringify({ applied: this.#served.gate.applied }),
      };
    return this.#claims.refusal(hello);
  }

  /** Whatever an observer says, it is not heard. */
  async #observe(channel: Channel, frames: AsyncIterator<Uint8Array>, codec: Codec): Promise<void> {
    await channel.send(encodeFrame(codec, this.#served.specMessage));
    this.#served.observers.add(channel, codec);
    while (!(await frames.next()).done);
  }

  #facts(): ControlFacts {
    const { applied } = this.#served.gate;
    const { user: owner, since } = this.#claims.owner ?? {};
    return { applied, status: JSON.stringify({ session: this.session, owner, since, applied }) };
  }
}
