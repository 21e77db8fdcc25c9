import { Args, Command, Flags } from '@oclif/core';
import { replay } from '@farsim/core';
import { cameraFlags } from '../replay/camera-flags.ts';
import { chooseRun } from '../replay/choose-run.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { numberFlag } from '../terminal/number-flag.ts';
import { openReplay } from '../replay/open-replay.ts';
import { createProgressLine } from '../terminal/progress-line.ts';
import { renderStill } from '../replay/render-still.ts';
import { requireEpisodes } from '../replay/require-episodes.ts';
import { videoKeys } from '../replay/video-keys.ts';

export default class Render extends Command {
  static override summary = 'Draw a recording again: videos and a contact sheet, or one picture.';
  static override usage = 'render [RUN] [key=value ...]';
  static override description =
    'Words of the form key=value are keys of the video recorder: `grid=2` draws all episodes beside each other too.';
  static override examples = [
    '<%= config.bin %> render runs/latest --azimuth 135 --elevation=-20 --speed 0.5',
    '<%= config.bin %> render runs/latest --cameras',
    '<%= config.bin %> render runs/latest --time 1.5 -o grasp.png',
  ];
  static override strict = false;
  static override args = { run: Args.string({ description: 'A run’s folder.', default: 'runs/latest' }) };
  static override flags = {
    ...cameraFlags,
    fps: numberFlag({ whole: true, min: 25, max: 60 })({ summary: 'Frames of a second of video, 25 to 60.' }),
    speed: numberFlag({ above: 0 })({ summary: 'Simulated seconds in a second of video.' }),
    size: Flags.string({ helpValue: 'WIDTHxHEIGHT', summary: 'Pixels; a video’s are even.' }),
    episode: numberFlag({ whole: true, min: 0 })({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Which episodes; may repeat.',
    }),
    time: numberFlag({ min: 0 })({
      summary: 'One picture, of this simulated second of the (first) episode.',
    }),
    output: Flags.string({
      char: 'o',
      helpValue: 'PATH',
      summary: 'Folder for videos, or file for a picture; left out: in the run’s folder.',
    }),
    model: Flags.string({
      helpValue: 'FILE',
      summary: 'Draw with this MJCF instead of the one that the run keeps.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Render);
    const { run, keys: words } = chooseRun(argv as string[]);
    using interruption = takeInterruption('stopping');
    using line = createProgressLine(flags.json);
    const { signal } = interruption;
    const request = {
      run,
      model: flags.model,
      signal,
      progress: (text: string) => line.phase(text),
      log: (text: string) => line.note(text),
    };
    if (flags.cameras) {
      await using opened = await openReplay(request);
      const cameras = Object.keys(opened.pipeline.simulator('view').spec.cameras);
      line[Symbol.dispose]();
      this.log(flags.json ? JSON.stringify({ cameras }) : cameras.join('\n') || 'the model has no camera');
      return;
    }
    let files: string[];
    if (flags.time !== undefined) {
      await using opened = await openReplay(request);
      files = [
        await renderStill(opened, {
          run,
          ...flags,
          time: flags.time,
          episode: flags.episode?.[0] ?? 0,
        }),
      ];
    } else {
      const { folder, keys, made } = await videoKeys(run, flags, words);
      await using opened = await openReplay({ ...request, video: { ...keys, folder } });
      requireEpisodes(opened.recording, flags.episode ?? []);
      await replay({
        recording: opened.recording,
        view: opened.pipeline.simulator('view'),
        recorders: [await opened.pipeline.recorder('video')],
        signal,
        onProgress: ({ round, rounds }) => line.bar('drawing round', round + 1, rounds),
      });
      await opened[Symbol.asyncDispose]();
      files = await made();
    }
    this.log(flags.json ? JSON.stringify({ files }) : files.join('\n'));
  }
}
