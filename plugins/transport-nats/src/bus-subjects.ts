import { randomBytes } from 'node:crypto';
import { FarsimError } from '@farsim/core';

const dottedName = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const idPattern = /^[0-9a-f]{32}$/;
const longestName = 128;

/** The subjects of one listener. */
export interface ListenerSubjects {
  /** As it is dialled: `subject:plant`. */
  readonly address: string;
  /** Where OPEN and PROBE go. */
  readonly open: string;
  /** A connection's subject on which the listener hears. */
  up(id: string): string;
  /** A connection's subject on which the dialler hears. */
  down(id: string): string;
}

/** Reads `subject:NAME`. Throws BAD_ARGUMENT; UNSUPPORTED for what a bus cannot reach. */
export function listenerSubjects(address: unknown, prefix: string): ListenerSubjects {
  if (typeof address !== 'string')
    throw new FarsimError('UNSUPPORTED', 'a message bus starts no programs: it reaches who listens on it', {
      suggestions: ["dial 'subject:NAME'", 'start the program there by ssh'],
    });
  const name = /^subject:(.*)$/s.exec(address)?.[1];
  if (name === undefined || !isDottedName(name)) {
    throw new FarsimError('BAD_ARGUMENT', `${JSON.stringify(address)} is no address on a message bus`, {
      suggestions: [`write 'subject:NAME', at most ${longestName} letters, digits, '-', '_' and '.'`],
    });
  }
  const root = `${prefix}.${name}`;
  return {
    address,
    open: `${root}.open`,
    up: (id) => `${root}.${id}.up`,
    down: (id) => `${root}.${id}.down`,
  };
}

export function isDottedName(name: string): boolean {
  return name.length <= longestName && dottedName.test(name);
}

export function newConnectionId(): string {
  return randomBytes(16).toString('hex');
}

/** The id in one of the subjects that `subject` makes of ids; undefined for any other subject. */
export function connectionIdIn(reply: string, subject: (id: string) => string): string | undefined {
  const id = reply.split('.').at(-2) ?? '';
  return idPattern.test(id) && subject(id) === reply ? id : undefined;
}
