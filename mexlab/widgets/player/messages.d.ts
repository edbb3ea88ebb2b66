// What the player and Python say to each other; the words are those of clip_player.py.

/** A clip as it is opened. Numbers are the database's own; `token` is new at each opening. */
interface MxClip {
  key: string;
  token: string;
  numbers: number[];
  fps: number | null;
  width: number;
  height: number;
  frame: number;
  poster_mime?: string;
  marks?: MxMarks;
  message?: string;
}

interface MxMarks {
  onset: number | null;
  apex: number | null;
  offset: number | null;
}

/** Frames of a clip, one buffer each, and those that cannot be had. */
interface MxFrames {
  kind: "frames";
  token: string;
  request: number;
  frames: { index: number; mime: string }[];
  failures: { index: number; reason: string }[];
}

/** As `frames`, of a clip that may come next; the first time with what opens it. */
interface MxAheadFrames extends Omit<MxFrames, "kind" | "token"> {
  kind: "ahead";
  record?: MxClip;
}

/** The clip of the question is not open yet: it is asked again. */
interface MxNotYet {
  kind: "not-yet";
  of: "want" | "landmarks" | "warp" | "ahead";
  token: string;
  request?: number;
  number?: number;
}

/** Where the face of a clip is; without `left` there is none. */
interface MxFaceFound {
  kind: "face";
  clip: string;
  size?: { width: number; height: number };
  left?: number;
  top?: number;
  width?: number;
  height?: number;
}

interface MxLandmarks {
  kind: "landmarks";
  token: string;
  number: number;
  points?: [number, number][];
  message?: string;
}

interface MxWarp {
  kind: "warp";
  token: string;
  reference: number;
  number: number;
  box?: [number, number, number, number];
  rows?: number;
  columns?: number;
  message?: string;
}

type MxPlayerHears =
  | MxFrames
  | MxAheadFrames
  | MxNotYet
  | MxFaceFound
  | MxLandmarks
  | MxWarp
  | { kind: "not-opened"; clip: string };

type MxPlayerAsks =
  | { kind: "want"; token: string; request: number; indices: number[] }
  | { kind: "ahead"; clip: string; request: number; indices: number[] }
  | { kind: "landmarks"; token: string; number: number }
  | { kind: "warp"; token: string; reference: number; number: number; ahead: number[] };
