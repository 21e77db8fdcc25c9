import localTransport from '@farsim/transport-local';
import type { Transport } from '@farsim/core';
import type { Bench } from './harness.ts';
import { replySizes } from './reply-sizes.ts';
import { rawUnix, stepBench } from './step.ts';
import { openPart } from './open-part.ts';

/** Steps over a unix socket of this machine. */
export function localStepBenches(scale: number): Bench[] {
  return replySizes.map(({ bytes, samples }) =>
    stepBench('unix', bytes, samples * scale, rawUnix(bytes), () => openPart<Transport>(localTransport, {})),
  );
}
