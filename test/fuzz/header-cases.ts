import { messageEnums, messageFields, type Codec, type HeaderToSend } from '@farsim/core';

/** Whole numbers from 0 to `below` − 1; equal seeds give equal sequences. */
export type Random = (below: number) => number;

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const numbers = [0, 1, 2, 127, 128, 255, 16383, 16384, 0x7fffffff, 0x80000000, 0xffffffff];
const doubles = [0, -0, 1, -1.5, 0.1, 1e-7, 1e21, 5e-324, Number.MAX_VALUE];
const texts = ['', 'a', 'obs/x', '"\\\n', 'é', '\u{1f600}', '\ufeff', '__proto__', 'x'.repeat(200)];
const jsonPieces =
  '{} [] null true "" "kind" -0 -1 1.0 1e2 1e400 4294967295 4294967296 NaN \\ud800 \\u0041 "ack": ,"seq":1 "QR==" \ufeff 9007199254740993'.split(
    ' ',
  );

/** Bytes of one header: valid, or a valid one that was damaged. */
export function makeCase(random: Random, codec: Codec): Uint8Array {
  const bytes = codec.encode(randomHeader(random));
  if (random(5) === 0) return bytes;
  let damaged: Buffer = Buffer.from(bytes);
  for (let times = 1 + random(3); times > 0; times--) damaged = damage(random, codec, damaged);
  return damaged;
}

function randomHeader(random: Random): HeaderToSend {
  const { name, type } = pick(random, messageFields.Header!);
  return { kind: name, body: randomMessage(random, type) } as unknown as HeaderToSend;
}

function randomMessage(random: Random, type: string): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of messageFields[type]!) {
    if (random(3) === 0) continue;
    message[field.name] =
      field.rule === 'repeated'
        ? Array.from({ length: random(4) }, () => randomValue(random, field.type))
        : randomValue(random, field.type);
  }
  return message;
}

function randomValue(random: Random, type: string): unknown {
  if (type in messageFields) return randomMessage(random, type);
  if (type in messageEnums) return pick(random, Object.values(messageEnums[type]!));
  if (type === 'bool') return random(2) === 1;
  if (type === 'double') return pick(random, doubles);
  if (type === 'string') return pick(random, texts);
  if (type === 'bytes') return Uint8Array.from({ length: random(40) }, () => random(256));
  return pick(random, numbers);
}

function damage(random: Random, codec: Codec, bytes: Buffer): Buffer {
  const at = random(bytes.length + 1);
  const end = Math.min(bytes.length, at + random(6));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random(5)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cut, cut, after]);
    case 2:
      return Buffer.concat([before, cut.map((byte) => byte ^ (1 << random(8))), after]);
    case 3: {
      const from = random(bytes.length + 1);
      return Buffer.concat([before, bytes.subarray(from, from + random(30)), after]);
    }
    default:
      return Buffer.concat([before, piece(random, codec), after]);
  }
}

function piece(random: Random, codec: Codec): Buffer {
  if (codec.name === 'json') return Buffer.from(pick(random, jsonPieces));
  return Buffer.from(
    Array.from({ length: 1 + random(5) }, () => pick(random, [0, 1, 8, 10, 127, 128, 255, random(256)])),
  );
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random(items.length)]!;
}
