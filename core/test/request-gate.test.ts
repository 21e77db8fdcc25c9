import { describe, expect, test } from 'vitest';
import type { Request } from '../src/model/messages.ts';
import { RequestGate } from '../src/session/request-gate.ts';

interface Reply {
  readonly bytes: number;
  readonly seq: number;
}

function request(seq: number, fields: Partial<Request> = {}): Request {
  return { seq, ack: 0, chain: 1, op: 1, onEnd: 0, repeat: 0, blocks: [], min: 0, options: '', ...fields };
}

function apply(
  gate: RequestGate<Reply>,
  arriving: Request,
  { failed = false, ended = false, bytes = 100 } = {},
): void {
  expect(gate.judge(arriving, 0)).toEqual({ kind: 'apply' });
  gate.keep(arriving, { bytes, seq: arriving.seq }, failed, ended);
}

describe('request gate', () => {
  test('the next request is applied, the same one again is answered from what was kept', () => {
    const gate = new RequestGate<Reply>();
    apply(gate, request(1));
    expect(gate.judge(request(1), 0)).toEqual({ kind: 'replay', reply: { bytes: 100, seq: 1 } });
    expect(gate.applied).toBe(1);
  });

  test('an acknowledged reply is gone', () => {
    const gate = new RequestGate<Reply>();
    apply(gate, request(1));
    apply(gate, request(2, { ack: 1 }));
    expect(gate.judge(request(1), 0)).toMatchObject({ kind: 'refuse', code: 'REPLY_GONE', uses: false });
    expect(gate.firstKept).toBe(2);
  });

  test('a request ahead of its turn is a gap and uses nothing up', () => {
    const gate = new RequestGate<Reply>();
    expect(gate.judge(request(2), 0)).toMatchObject({ kind: 'refuse', code: 'SEQ_GAP', uses: false });
    apply(gate, request(1));
  });

  test('after an error the rest of its chain is skipped and the next chain runs', () => {
    const gate = new RequestGate<Reply>();
    apply(gate, request(1), { failed: true });
    expect(gate.judge(request(2), 0)).toMatchObject({ kind: 'refuse', code: 'SKIPPED', uses: true });
    gate.keep(request(2), { bytes: 1, seq: 2 }, true, false);
    apply(gate, request(3, { chain: 2 }));
  });

  test('an ended env breaks the chain only where that was asked for', () => {
    const goesOn = new RequestGate<Reply>();
    apply(goesOn, request(1), { ended: true });
    apply(goesOn, request(2));
    const breaks = new RequestGate<Reply>();
    apply(breaks, request(1, { onEnd: 1 }), { ended: true });
    expect(breaks.judge(request(2, { onEnd: 1 }), 0)).toMatchObject({ code: 'SKIPPED' });
  });

  test('a deadline of 0 is at once, and passing it breaks the chain', () => {
    const gate = new RequestGate<Reply>();
    expect(gate.judge(request(1, { deadline: 0 }), 0)).toMatchObject({
      kind: 'refuse',
      code: 'SKIPPED',
      uses: true,
    });
    gate.keep(request(1), { bytes: 1, seq: 1 }, true, false);
    expect(gate.judge(request(2), 0)).toMatchObject({ code: 'SKIPPED' });
  });

  test('nothing new starts while 64 MiB of replies are kept, but one always may', () => {
    const gate = new RequestGate<Reply>();
    apply(gate, request(1), { bytes: 100 << 20 });
    expect(gate.mayStart).toBe(false);
    gate.acknowledge(1);
    expect(gate.mayStart).toBe(true);
  });

  test('an acknowledgement of what was never answered frees only what was', () => {
    const gate = new RequestGate<Reply>();
    apply(gate, request(1));
    gate.acknowledge(4_000_000_000);
    apply(gate, request(2));
    expect(gate.judge(request(2), 0)).toMatchObject({ kind: 'replay' });
  });
});
