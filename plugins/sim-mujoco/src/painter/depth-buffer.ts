/** Ids of samples that show no triangle: nothing but sky, and the first plane; the next one's is one less. */
export const skyId = -1;
export const firstFloor = -2;

/**
 * For each sample the nearest triangle and how near it is: `nearness` grows towards the eye and is linear on the
 * screen (1/distance in perspective, −distance in parallel projection).
 */
export class DepthBuffer {
  readonly width: number;
  readonly height: number;
  readonly nearness: Float32Array;
  /** Number of the triangle, or {@link skyId}, {@link firstFloor} and below. */
  readonly ids: Int32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.nearness = new Float32Array(width * height);
    this.ids = new Int32Array(width * height);
  }

  clear(nearness: number, id: number): void {
    this.nearness.fill(nearness);
    this.ids.fill(id);
  }
}
