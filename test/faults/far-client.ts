// A client in a process of its own, for those that kill and stop it: `far-client.ts FOLDER GRACE`. Says the session, then each hundredth step.
import { createZeroController, rollout } from '@farsim/core';
import { openRunRecorder } from '@farsim/recorder-mcap';
import { openCounter, openLocalTransport } from '../open-far.ts';

const [folder = '.', grace = '0', config = '{}'] = process.argv.slice(2);
await using transport = await openLocalTransport();
await using simulator = await openCounter(transport, {
  far: { lease: { grace: Number(grace) } },
  config: JSON.parse(config) as Record<string, unknown>,
  progress: (line) => say({ progress: line }),
});
await using recorder = await openRunRecorder({ folder });
await using controller = createZeroController();
say({ session: simulator.session.control.welcome.session });
const { error, steps } = await rollout({
  simulator,
  controller,
  recorders: [recorder],
  episodes: 1,
  steps: 1e7,
  onProgress: ({ step }) => {
    if (step % 100 === 0) {
      say({ step });
      void recorder.durable().then(({ row }) => say({ durable: row }));
    }
  },
});
say({ ended: error?.code ?? 'finished', message: error?.message, steps });

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
