import { FarsimError, isFarsimError, toFarsimError } from '../../model/errors.ts';
import type { HeaderToSend, Reply, Resume, Spec } from '../../model/messages.ts';
import { copyTensor, type Tensor } from '../../model/tensor.ts';
import type { WorldSpec } from '../../model/world-spec.ts';
import type { Codec } from '../../ports/codec.ts';
import { answerBlocks, endsAnEnv } from './answer-blocks.ts';
import type { Answer, Call } from './call.ts';
import type { Control } from './control.ts';
import { explainLostSession } from './explain-lost-session.ts';
import { errorFromFailure } from '../far-errors.ts';
import { decodeFrame, encodeFrame } from '../wire/frame-format.ts';
import type { GreetedChannel } from '../handshake.ts';
import { LayoutReader, LayoutWriter, type NamedTensor } from '../wire/layouts.ts';
import { LedgerFollower } from '../ledger/ledger-follower.ts';
import { limited } from './limited.ts';
import { isLinkLoss } from '../redial.ts';
import { requestBody } from './request-body.ts';

const ackEveryBytes = 8 << 20;

interface Pending {
  readonly call: Call;
  readonly chain: number;
  /** As it was sent: after a cut it is sent again unchanged. */
  readonly frame: readonly Uint8Array[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: FarsimError) => void;
}

/** A data connection on which WELCOME and SPEC have come. */
export interface DataLink {
  readonly greeted: GreetedChannel;
  readonly spec: Spec;
}

/** Dials a session's data channel again. Throws what ended the session. */
export type DialData = (resume: Resume) => Promise<DataLink>;

/**
 * Numbers requests, keeps at most the server's credit in flight, matches replies, breaks chains at errors, and keeps the
 * ledger. One at a time per simulator. After a cut it goes on where it was; its callers see nothing of it but the time. Every
 * call fails with the error that ended the session or the simulator.
 */
export class ClientSession implements AsyncDisposable {
  readonly spec: WorldSpec;
  readonly specHash: Uint8Array;
  readonly ledger: LedgerFollower;
  readonly control: Control;
  #data: GreetedChannel;
  readonly #dial: DialData;
  readonly #codec: Codec;
  readonly #layoutsOut = new LayoutWriter();
  #layoutsIn = new LayoutReader();
  readonly #pending = new Map<number, Pending>();
  readonly #waitingForCredit: (() => void)[] = [];
  readonly #credit: number;
  readonly #ackBytes: number;
  #seq: number;
  #acked: number;
  #received: number;
  #unackedBytes = 0;
  #bytesReceived = 0;
  #chain = 1;
  #endError: FarsimError | undefined;

  /** `dial` goes on after a cut; `depth`: requests in flight at most, beside what the far side allows. */
  constructor(control: Control, { greeted, spec }: DataLink, dial: DialData, codec: Codec, depth = Infinity) {
    this.control = control;
    this.#data = greeted;
    this.#dial = dial;
    this.#codec = codec;
    this.spec = JSON.parse(spec.world) as WorldSpec;
    this.specHash = spec.hash;
    const { applied, creditRequests, creditBytes, ledgerIndex, ledgerHead } = greeted.welcome;
    this.#seq = this.#acked = this.#received = applied;
    const begun = ledgerIndex > 0 ? { index: ledgerIndex, head: ledgerHead } : undefined;
    this.ledger = new LedgerFollower(spec.hash, begun);
    this.#credit = Math.max(1, Math.min(depth, creditRequests || control.welcome.creditRequests));
    this.#ackBytes = Math.min(
      ackEveryBytes,
      (creditBytes || control.welcome.creditBytes || ackEveryBytes) / 4,
    );
    void this.#carry();
    void control.ended.then((error) => this.#end(error));
  }

  /** Requests that may be in flight at once. */
  get depth(): number {
    return this.#credit;
  }

  /** Bytes of all frames that came on the data channel. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Sends the call at once while there is credit, else in its turn. Its arrays are the caller's again when this returns. Throws what the far side answered. */
  call(given: Call): Promise<Answer> {
    const fault = this.#endError ?? this.ledger.fault;
    if (fault) return Promise.reject(fault);
    // the ledger and a cut need them later, and a policy fills its buffer anew
    const call = given.blocks ? { ...given, blocks: given.blocks.map(ownTensors) } : given;
    const chain = this.#chain;
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#pending.size < this.#credit && this.#waitingForCredit.length === 0)
        this.#send(call, chain, resolve, reject);
      else this.#waitingForCredit.push(() => this.#send(call, chain, resolve, reject));
    });
    return call.deadlineMs === undefined && !call.signal ? answer : limited(answer, call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(new FarsimError('CLOSED', 'the simulator was closed'));
    // the supervisor ends what carries the data when control goes
    await Promise.all([this.control[Symbol.asyncDispose](), this.#data.channel[Symbol.asyncDispose]()]);
  }

  #send(call: Call, chain: number, resolve: Pending['resolve'], reject: Pending['reject']): void {
    if (this.#endError) {
      reject(this.#endError);
      return;
    }
    const payloads: Uint8Array[] = [];
    const blocks = [];
    let frame: Uint8Array[];
    try {
      for (const tensors of call.blocks ?? []) {
        const { block, layout } = this.#layoutsOut.write(tensors, payloads);
        if (layout) this.#write(encodeFrame(this.#codec, { kind: 'layout', body: layout }));
        blocks.push(block);
      }
      const seq = this.#seq + 1;
      frame = encodeFrame(
        this.#codec,
        { kind: 'request', body: requestBody(call, { seq, chain, ack: this.#received }, blocks) },
        payloads,
      );
      this.#seq = seq;
      this.#pending.set(seq, { call, chain, frame, resolve, reject });
    } catch (error) {
      reject(
        isFarsimError(error)
          ? error
          : new FarsimError('INTERNAL', (error as Error).message, { cause: error }),
      );
      return;
    }
    this.#noteAck();
    this.#write(frame);
  }

  #write(frame: readonly Uint8Array[]): void {
    // a failed write ends the channel; #carry sends again what is not answered
    this.#data.channel.send(frame).catch(() => undefined);
  }

  /** Reads replies from one data connection after the other. */
  async #carry(): Promise<void> {
    while (!this.#endError) {
      const lost = await this.#receive();
      await this.#data.channel[Symbol.asyncDispose]();
      if (this.#endError) return;
      if (!isLinkLoss(lost)) {
        this.#end(lost);
        return;
      }
      await this.#resume(lost);
    }
  }

  /** Takes what comes until the connection ends; gives the reason. */
  async #receive(): Promise<FarsimError> {
    const { frames, channel } = this.#data;
    try {
      for (;;) {
        const next = await frames.next();
        if (next.done) break;
        this.#take(next.value);
        if (this.#endError) return this.#endError;
      }
      const reason = await channel.closed;
      return new FarsimError('LINK_LOST', `the data connection ended: ${reason.message ?? reason.kind}`);
    } catch (error) {
      return toFarsimError(error);
    }
  }

  /** Dials again and sends what is not answered; ends the session when that cannot be. */
  async #resume(lost: FarsimError): Promise<void> {
    const { session, epoch } = this.control.welcome;
    try {
      const { greeted, spec } = await this.#dial({ session, epoch, ack: this.#received });
      this.#data = greeted;
      if (Buffer.compare(spec.hash, this.specHash) !== 0)
        throw new FarsimError('EPISODE_LOST', 'the far side shows another simulator than before the cut');
    } catch (error) {
      if (!this.#endError)
        this.#end(await explainLostSession(toFarsimError(error), lost, this.control.ended));
      return;
    }
    this.#layoutsIn = new LayoutReader();
    this.#noteAck();
    for (const layout of this.#layoutsOut.named)
      this.#write(encodeFrame(this.#codec, { kind: 'layout', body: layout }));
    for (const { frame } of this.#pending.values()) this.#write(frame);
  }

  #take(bytes: Uint8Array): void {
    this.#bytesReceived += bytes.length;
    const { header, payloadOffset } = decodeFrame(this.#codec, bytes);
    if (header.kind === 'reply') {
      const tensors = this.#layoutsIn.read(header.body.blocks, bytes, payloadOffset);
      this.#unackedBytes += bytes.length;
      this.#answer(header.body, tensors);
    } else if (header.kind === 'layout') {
      this.#layoutsIn.learn(header.body);
    } else if (header.kind === 'goodbye') {
      this.#end(
        errorFromFailure({
          ...header.body,
          message: header.body.reason,
          suggestions: [],
          details: '',
          applied: false,
        }),
      );
    } else {
      throw new FarsimError('DECODE_FAILED', `${header.kind} does not belong on the data channel`);
    }
  }

  #answer(reply: Reply, tensors: readonly Tensor[][]): void {
    const pending = this.#pending.get(reply.seq);
    if (!pending)
      throw new FarsimError('DECODE_FAILED', `a reply to request ${reply.seq}, which is not in flight`);
    const error = reply.error ? errorFromFailure(reply.error) : undefined;
    const blocks = answerBlocks(pending.call, reply, tensors, {
      layouts: this.#layoutsIn,
      ledger: this.ledger,
    });
    this.#pending.delete(reply.seq);
    this.#received = reply.seq;
    this.ledger.compare(reply.ledgerIndex, reply.ledgerHead);
    if ((error || (pending.call.breakOnEnd && endsAnEnv(blocks))) && pending.chain === this.#chain)
      this.#chain++;
    if (error && blocks.length === 0) pending.reject(error);
    else {
      const { received, started, finished, encoded } = reply;
      pending.resolve({
        blocks,
        value: reply.value,
        timing: { received, started, finished, encoded },
        ...(error && { error }),
      });
    }
    this.#sendWaiting();
    if (this.#unackedBytes >= this.#ackBytes) setImmediate(() => this.#sendAck());
  }

  /** A call that cannot be sent uses no credit, so the one behind it goes. */
  #sendWaiting(): void {
    while (this.#pending.size < this.#credit && this.#waitingForCredit.length > 0)
      this.#waitingForCredit.shift()!();
  }

  /** Replies of many bytes are freed on the far side even when no request is due. */
  #sendAck(): void {
    if (this.#acked === this.#received || this.#endError) return;
    this.#noteAck();
    const header: HeaderToSend = { kind: 'ack', body: { ack: this.#received } };
    this.#write(encodeFrame(this.#codec, header));
  }

  #noteAck(): void {
    this.#acked = this.#received;
    this.#unackedBytes = 0;
  }

  #end(error: FarsimError): void {
    if (this.#endError) return;
    this.#endError = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const send of this.#waitingForCredit.splice(0)) send();
  }
}

function ownTensors(tensors: readonly NamedTensor[]): NamedTensor[] {
  return tensors.map((named) => ({ ...named, tensor: copyTensor(named.tensor) }));
}
