import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { messageFields, toFarsimError, type Codec } from '@farsim/core';
import { createRandom, makeCase } from './header-cases.ts';

const batch = 20_000;
const python = path.join(import.meta.dirname, '../../python');

export interface Verdicts {
  readonly accepted: number;
  /** The longest that one header took here each time, milliseconds. */
  readonly longestMs: number;
}

/** Lets both languages decode so many headers, whole and damaged, and asserts that their verdicts and values are equal. */
export async function compareDecoders(codec: Codec, count: number, seed: number): Promise<Verdicts> {
  const random = createRandom(seed);
  let accepted = 0;
  let longestMs = 0;
  for (let done = 0; done < count; done += batch) {
    const cases = Array.from({ length: Math.min(batch, count - done) }, () => makeCase(random, codec));
    const far = await decodeFar(codec, cases);
    assert.equal(far.length, cases.length);
    for (const [i, bytes] of cases.entries()) {
      const began = performance.now();
      const near = decodeNear(codec, bytes);
      const ended = performance.now();
      if (ended - began > longestMs) {
        // once more: a busy machine takes its time once, a slow header always
        decodeNear(codec, bytes);
        longestMs = Math.max(longestMs, Math.min(ended - began, performance.now() - ended));
      }
      if (near !== far[i])
        assert.deepEqual(
          { header: show(codec, bytes), verdict: near },
          { header: show(codec, bytes), verdict: far[i] },
        );
      if (near !== '"DECODE_FAILED"') accepted++;
    }
  }
  return { accepted, longestMs };
}

function decodeNear(codec: Codec, bytes: Uint8Array): string {
  try {
    const { kind, body } = codec.decode(bytes);
    return JSON.stringify(plainMessage('Header', { [kind]: body }));
  } catch (error) {
    return JSON.stringify(toFarsimError(error).code);
  }
}

/** A spelling that both languages share: sorted keys, bytes as hex, numbers as the hex of their doubles. */
function plainMessage(type: string, message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = messageFields[type]!.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const known = fields.filter(({ name }) => message[name] !== undefined && message[name] !== null);
  return Object.fromEntries(known.map((field) => [field.name, plain(field.type, message[field.name])]));
}

function plain(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(type, item));
  if (type in messageFields) return plainMessage(type, value as Record<string, unknown>);
  if (type === 'bytes') return { bytes: Buffer.from(value as Uint8Array).toString('hex') };
  if (typeof value !== 'number') return value;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value + 0);
  return { number: bytes.toString('hex') };
}

async function decodeFar(codec: Codec, cases: readonly Uint8Array[]): Promise<string[]> {
  const program = path.join(import.meta.dirname, 'decode_headers.py');
  const child = spawn('python3', [program, codec.name], {
    env: { ...process.env, PYTHONPATH: python, PYTHONIOENCODING: 'utf-8' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const framed = cases.flatMap((bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  child.stdin.end(Buffer.concat(framed));
  return (await text(child.stdout))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.stringify(JSON.parse(line)));
}

function show(codec: Codec, bytes: Uint8Array): string {
  return codec.name === 'json' ? Buffer.from(bytes).toString('latin1') : Buffer.from(bytes).toString('hex');
}
