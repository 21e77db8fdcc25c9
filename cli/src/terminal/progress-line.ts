const redrawMs = 100;
const barWidth = 24;

/** One line at the bottom of a terminal; elsewhere only the lines that are worth a log. */
export interface ProgressLine extends Disposable {
  /** A slow start's newest word. */
  phase(text: string): void;
  /** A line that stays, also where nothing else is drawn. */
  note(text: string): void;
  /** `done` of `total` with a label; on terminals only. */
  bar(label: string, done: number, total: number): void;
}

/** What the error that ends the command says again. */
const saidByError = /^\S+: (failed$|crashed: )/;

/** Draws on standard error; `quiet` draws on a terminal only. */
export function createProgressLine(quiet: boolean): ProgressLine {
  const stream = process.stderr;
  const terminal = stream.isTTY;
  let drawn = false;
  let lastDrawn = 0;
  let lastPhase = '';
  const draw = (text: string): void => {
    stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, stream.columns - 1))}`);
    drawn = true;
  };
  const clear = (): void => {
    if (drawn) stream.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    phase(text) {
      if (text === lastPhase || saidByError.test(text)) return;
      lastPhase = text;
      if (terminal) draw(text);
      else if (!quiet) stream.write(`${text}\n`);
    },
    note(text) {
      clear();
      stream.write(`${text}\n`);
    },
    bar(label, done, total) {
      const now = Date.now();
      if (!terminal || (now - lastDrawn < redrawMs && done < total)) return;
      lastDrawn = now;
      const filled = Math.round((barWidth * done) / Math.max(1, total));
      draw(`${label} ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}`);
    },
    [Symbol.dispose]: clear,
  };
}
