import { expect, test } from 'vitest';
import { readModelNumbers } from '../src/read-model-numbers.ts';

function modelOf(inside: string): { entry: string; files: Map<string, Uint8Array> } {
  const text = `<mujoco model="arm"><worldbody><body name="base">
<geom size=".1"/><joint name="elbow"/>
<body name="hand" pos="0 0 1"><geom size=".1"/><joint name="wrist"/></body></body></worldbody>${inside}</mujoco>`;
  return { entry: 'arm.xml', files: new Map([['arm.xml', Buffer.from(text)]]) };
}

test('the numbers of a joint’s actuators count their gear', async () => {
  const servo = '<position joint="elbow" kp="50" kv="2" gear="3"/><motor joint="wrist" gear="150"/>';
  const { entities } = await readModelNumbers(modelOf(`<actuator>${servo}</actuator>`));
  expect(Object.values(entities)[0]!.joints).toMatchObject([
    { gain: 150, position: -450, velocity: -18 },
    { gain: 150, position: 0, velocity: 0 },
  ]);
});
