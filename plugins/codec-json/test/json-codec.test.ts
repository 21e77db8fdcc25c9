import { codecContract } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { jsonCodec } from '../src/json-codec.ts';

describe('json codec', () => {
  for (const rule of codecContract(jsonCodec)) test(rule.fact, rule.check);

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no kind', '{}'],
    ['two kinds', '{"ack":{"ack":1},"ping":{}}'],
    ['an unknown kind', '{"nack":{}}'],
    ['an unknown key', '{"ack":{"ack":1,"nack":2}}'],
    ['a key twice', '{"ack":{"ack":1,"ack":2}}'],
    ['a key twice under an escape', '{"ack":{"ack":1,"\\u0061ck":2}}'],
    ['a negative integer', '{"ack":{"ack":-1}}'],
    ['an integer of 33 bits', '{"ack":{"ack":4294967296}}'],
    ['a fraction for an integer', '{"ack":{"ack":1.5}}'],
    ['a number that overflows', '{"ping":{"sent":1e400}}'],
    ['base64 without padding', '{"challenge":{"nonce":"AAA"}}'],
    ['a lone surrogate', '{"goodbye":{"code":"\\ud800"}}'],
    ['null for a message', '{"ack":null}'],
    ['a byte-order mark', '\ufeff{"ack":{}}'],
  ])('a header with %s is refused', (_, text) => {
    expect(() => jsonCodec.decode(new TextEncoder().encode(text))).toThrowError(
      expect.objectContaining({ code: 'DECODE_FAILED' }),
    );
  });

  test('a value that JSON cannot hold is not written as null', () => {
    expect(() => jsonCodec.encode({ kind: 'ping', body: { sent: NaN } })).toThrowError(
      expect.objectContaining({ code: 'BAD_ARGUMENT' }),
    );
  });
});
