import { Role, type Hello } from '../../model/messages.ts';
import type { Channel } from '../../ports/transport.ts';

/** Tells a client that it is fenced, and why. */
export type Goodbye = (reason: string) => Promise<void>;

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details?: string;
}

interface Owner extends Pick<Hello, 'client' | 'user'> {
  readonly since: Date;
  readonly channel: Channel;
  readonly goodbye: Goodbye;
}

/** Who controls a served simulator and whose steps it takes: one client's, until it goes or another takes over and fences it. */
export class Claims {
  #fence = 1;
  #owner: Owner | undefined;
  #data: Channel | undefined;

  /** Counts the owners. */
  get fence(): number {
    return this.#fence;
  }

  get owner(): Pick<Owner, 'user' | 'since'> | undefined {
    return this.#owner;
  }

  /** Why a client with a right token may not come in: BUSY or FENCED; undefined where it may. */
  refusal(hello: Hello): Refusal | undefined {
    const owner = this.#owner;
    const takesOver = hello.takeOver && (hello.fence === 0 || hello.fence === this.#fence);
    if (hello.role === Role.control && owner && owner.client !== hello.client && !takesOver) {
      const { user, client, since } = owner;
      return {
        code: hello.resume ? 'FENCED' : 'BUSY',
        message: `${user} controls this simulator since ${since.toISOString()}`,
        details: JSON.stringify({ owner: user, since: since.toISOString(), client, fence: this.#fence }),
      };
    }
    if (hello.role === Role.data && hello.fence !== this.#fence) {
      return { code: 'FENCED', message: 'another client took this simulator over' };
    }
    return undefined;
  }

  /** Gives control or data to this connection; whoever had it loses theirs first. */
  async admit(hello: Hello, channel: Channel, goodbye: Goodbye): Promise<void> {
    const replaced: Channel[] = [];
    if (hello.role === Role.control) {
      const owner = this.#owner;
      if (owner) replaced.push(owner.channel);
      if (owner && owner.client !== hello.client) {
        this.#fence++;
        if (this.#data) replaced.push(this.#data);
        this.#data = undefined;
        await owner.goodbye(`${hello.user} took this simulator over`).catch(() => undefined);
      }
      this.#owner = { client: hello.client, user: hello.user, since: new Date(), channel, goodbye };
    } else if (hello.role === Role.data) {
      if (this.#data) replaced.push(this.#data);
      this.#data = channel;
    }
    await Promise.all(replaced.map((old) => old[Symbol.asyncDispose]()));
  }

  /** Its owner is gone when that was its channel. */
  release(channel: Channel): void {
    if (this.#owner?.channel === channel) this.#owner = undefined;
  }
}
