interface CodeMeaning {
  readonly exit: number;
  readonly means: string;
}

/** Every error code, its process exit status and what it means; `docs/errors.md` is made from this table, and the Python side reads the same names. */
export const errorCodes = {
  USAGE: { exit: 2, means: 'The command line is not one that farsim understands.' },

  CONFIG_INVALID: { exit: 4, means: 'A value in the config has the wrong type or is out of range.' },
  UNKNOWN_KEY: { exit: 4, means: 'The config holds a key that nothing reads.' },
  UNKNOWN_PLUGIN: { exit: 4, means: 'No plugin of that kind and name was found.' },
  UNMET_NEED: {
    exit: 4,
    means: 'A plugin needs a port that the config does not give, or more than one fits.',
  },
  FILE_NOT_FOUND: { exit: 4, means: 'A file that the config or the command line names is not there.' },
  MODEL_INVALID: { exit: 4, means: 'The engine refused the model.' },
  MAP_INVALID: { exit: 4, means: 'The two robots cannot be matched by name.' },
  BASE_DIFFERS: { exit: 4, means: 'One model has a fixed base and the other a floating one.' },
  UNSUPPORTED: { exit: 4, means: 'The config asks for something that the chosen part cannot do.' },
  PATH_REFUSED: { exit: 4, means: 'A path leaves the folder that it must stay under.' },

  HOST_UNREACHABLE: { exit: 5, means: 'The far machine does not answer.' },
  LOGIN_REFUSED: { exit: 5, means: 'The far machine answered and refused the login.' },
  LINK_LOST: { exit: 5, means: 'The connection to the far side ended.' },
  TOKEN_REFUSED: { exit: 5, means: 'The bridge did not accept the proof of the session token.' },
  SESSION_EXPIRED: { exit: 5, means: 'The session is over: its lease or grace time ran out.' },
  HOST_KEY_UNKNOWN: { exit: 6, means: 'The far machine showed a host key that known_hosts does not have.' },
  HOST_KEY_CHANGED: { exit: 6, means: 'The far machine showed another host key than known_hosts has.' },

  PYTHON_NOT_FOUND: { exit: 7, means: 'The far machine has no such Python.' },
  PYTHON_TOO_OLD: { exit: 7, means: 'The far Python is older than 3.10.' },
  PACKAGE_MISSING: { exit: 7, means: 'The far Python lacks a package that the simulator needs.' },
  ENVIRONMENT_FAILED: { exit: 7, means: 'The managed Python environment could not be made.' },
  UPLOAD_FAILED: { exit: 7, means: 'The bridge could not be put on the far machine.' },
  START_FAILED: { exit: 7, means: 'The far simulator ended or failed before it was ready.' },
  START_STALLED: { exit: 7, means: 'The far simulator made no progress for too long while starting.' },
  EULA_REQUIRED: { exit: 7, means: 'The simulator asks for its licence to be accepted.' },

  SIMULATOR_CRASHED: { exit: 8, means: 'The simulator process died.' },
  SIMULATOR_FAILED: { exit: 8, means: 'The simulator raised an error in a call; it is still there.' },
  EPOCH_LOST: { exit: 8, means: 'The simulator is not the one that this session began with.' },
  EPISODE_LOST: { exit: 8, means: 'The running episode cannot be continued.' },

  VERSION: { exit: 9, means: 'The two sides speak no common version of the protocol.' },
  BUSY: {
    exit: 10,
    means: 'Another client controls this simulator, or another process writes to this run’s folder.',
  },
  FENCED: { exit: 10, means: 'Another client took this simulator over.' },
  DEADLINE_EXCEEDED: { exit: 11, means: 'The answer did not come in time; it may still come.' },
  VERIFICATION_FAILED: { exit: 12, means: 'Two results that must agree do not.' },

  BAD_ACTION: {
    exit: 1,
    means: 'An action has the wrong names, shape or type, or a number that is not finite.',
  },
  BAD_STATE: { exit: 1, means: 'A state has the wrong names, shapes or numbers.' },
  BAD_ARGUMENT: { exit: 1, means: 'A call was made with a value outside its contract.' },
  SKIPPED: { exit: 1, means: 'An earlier request of the same chain failed, so this one was not applied.' },
  SEQ_GAP: { exit: 1, means: 'A request arrived ahead of one that never came.' },
  REPLY_GONE: { exit: 1, means: 'The kept reply was freed because it had been acknowledged.' },
  DECODE_FAILED: { exit: 1, means: 'Bytes from the other side are not a valid message.' },
  LIMIT_EXCEEDED: { exit: 1, means: 'A frame or one of its parts is larger than allowed.' },
  CLOSED: { exit: 1, means: 'The object was closed before or during the call.' },
  RECORDING_FAILED: { exit: 1, means: 'The recording could not be written.' },
  RECORDING_INVALID: { exit: 1, means: 'The file is not a readable farsim recording.' },
  DISK_FULL: {
    exit: 1,
    means: 'A file or folder cannot be written: the disk is full or read-only, or you may not write there.',
  },
  RENDER_FAILED: { exit: 1, means: 'The picture could not be drawn.' },
  VIDEO_EMPTY: { exit: 1, means: 'The finished video is black, empty or shorter than it must be.' },
  INTERNAL: { exit: 1, means: 'Something in farsim itself broke.' },

  FINISHED_WITH_LOSS: { exit: 3, means: 'The run ended and some of what was asked for is missing.' },
  INTERRUPTED: { exit: 130, means: 'The user stopped the run.' },
} as const satisfies Record<string, CodeMeaning>;

export type ErrorCode = keyof typeof errorCodes;
