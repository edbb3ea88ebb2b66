// What the coding form and Python say to each other; the words are those of coding_form.py.

/** The editable fields of a coding, and how far it is. */
interface MxCoding extends MxMarks {
  emotion: string;
  action_units: string;
  confidence: string;
  note: string;
  status: "untouched" | "draft" | "flagged" | "committed";
  kind: "" | "micro" | "macro" | "blink" | "head";
}

/** Of a clip what Python told last; fields beyond those of the form's own coding are the clip's. */
interface MxCodingState {
  clip: string;
  expression: number;
  coding: MxCoding;
  revision: number;
  saved_at: number | null;
  findings: any[];
  units: { units: any[]; problems: any[] };
  reference: any[];
  reference_note: string;
  reference_units: string;
  codings: any[];
  steps: { undo: any[]; redo: any[]; undo_depth: number; redo_depth: number };
  first_commit: any[] | null;
  fps: number | null;
  vocabulary: { name: string; key: string; tone: string }[];
  warnings?: string[];
}

/** What became of an act; what is refused is tried again, what is declined is not. */
interface MxAnswer {
  kind: "answer";
  id: string;
  step: any;
  outcome: "stored" | "stale" | "refused" | "declined";
  message: string;
  state: MxCodingState | null;
  touched: any;
}

type MxFormHears =
  | MxAnswer
  | { kind: "parsed"; sequence: number; units: any[]; problems: any[] }
  | { kind: "history"; clip: string; lines: any[] };

/** An act of the coder; it travels alone, and is sent again until it is answered. */
interface MxAct {
  kind: "edit" | "commit" | "undo" | "redo";
  id: string;
  clip: string;
  expression: number;
  shown: number | null;
  changes?: Partial<MxCoding>;
  revision?: number;
  number?: number | null;
}

type MxFormAsks =
  | MxAct
  | { kind: "parse"; sequence: number; text: string }
  | { kind: "refresh" | "open"; clip: string; expression: number }
  | { kind: "history"; clip: string };
