import {
  flattenTree,
  outcomeTensors,
  type Action,
  type Frame,
  type NamedTensor,
  type OutcomeContext,
  type Tensor,
} from '@farsim/core';

const text = new TextEncoder();

/** Lists all that one row holds beside its images, under the wire names of docs/protocol.md and those of docs/recording.md for what the wire lacks. */
export function rowFields(context: OutcomeContext, frame: Frame, action: Action | undefined): NamedTensor[] {
  const { images: _drawnApart, ...outcome } = frame;
  const { info, final, ledger, timing } = frame;
  const fields: NamedTensor[] = [
    { name: 'envs', tensor: { dtype: 'i32', shape: [frame.envs.length], data: frame.envs } },
    { name: 'time', tensor: { dtype: 'f64', shape: [frame.time.length], data: frame.time } },
  ];
  for (const named of outcomeTensors(context, outcome)) if (named.name !== 'envs') fields.push(named);
  if (info.values) fields.push(json('values', info.values));
  if (final?.info?.values) fields.push(json('final/values', final.info.values));
  if (action) for (const [name, tensor] of flattenTree('action', action)) fields.push({ name, tensor });
  if (ledger) {
    fields.push(
      { name: 'ledger/index', tensor: { dtype: 'u32', shape: [], data: Uint32Array.of(ledger.index) } },
      { name: 'ledger/op', tensor: { dtype: 'u8', shape: [], data: Uint8Array.of(ledger.op) } },
      { name: 'ledger/request', tensor: bytes(ledger.request) },
      { name: 'ledger/reply', tensor: bytes(ledger.reply) },
    );
  }
  if (timing) {
    for (const moment of ['received', 'started', 'finished', 'encoded'] as const) {
      fields.push({
        name: `timing/${moment}`,
        tensor: { dtype: 'f64', shape: [], data: Float64Array.of(timing[moment]) },
      });
    }
  }
  return fields;
}

function json(name: string, value: unknown): NamedTensor {
  return { name, tensor: bytes(text.encode(JSON.stringify(value))) };
}

function bytes(data: Uint8Array): Tensor {
  return { dtype: 'u8', shape: [data.length], data };
}
