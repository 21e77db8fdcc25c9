import type { Projection } from './projection.ts';

/** Where a picture is seen from, and what lies behind a place of its buffer. */
export class Eye {
  /** The newest result of {@link look}: a direction in the world, one metre long along the eye's axis. */
  readonly ray = new Float64Array(3);
  #origin: Projection['origin'] = [0, 0, 0];
  /** `[3, 3]` for each axis of the world the ray through place 0, 0, and what a sample to the right and down adds. */
  readonly #rays = new Float64Array(9);

  /** Takes the camera of a picture. */
  restart({ origin, right, down, forward, scaleX, scaleY, centreX, centreY }: Projection): void {
    this.#origin = origin;
    for (let k = 0; k < 3; k++) {
      const [x, y] = [right[k]! / scaleX, down[k]! / scaleY];
      this.#rays.set([forward[k]! - x * centreX - y * centreY, x, y], k * 3);
    }
  }

  /** Looks through a place of the buffer, samples. */
  look(x: number, y: number): void {
    const rays = this.#rays;
    this.ray[0] = rays[0]! + rays[1]! * x + rays[2]! * y;
    this.ray[1] = rays[3]! + rays[4]! * x + rays[5]! * y;
    this.ray[2] = rays[6]! + rays[7]! * x + rays[8]! * y;
  }

  /** Looks at what is `distance` metres away along the eye's axis: puts the point and, behind a normal, the unit direction back into a spot `[3, 3]`. */
  meet(x: number, y: number, distance: number, spot: Float64Array): void {
    this.look(x, y);
    const rx = this.ray[0]!;
    const ry = this.ray[1]!;
    const rz = this.ray[2]!;
    const scale = -1 / Math.sqrt(rx * rx + ry * ry + rz * rz);
    spot[0] = this.#origin[0] + rx * distance;
    spot[1] = this.#origin[1] + ry * distance;
    spot[2] = this.#origin[2] + rz * distance;
    spot[6] = rx * scale;
    spot[7] = ry * scale;
    spot[8] = rz * scale;
  }
}
