import assert from "node:assert/strict";
import test from "node:test";

import * as warp from "../../mexlab/widgets/player/warp_picture.mjs";

const [columns, rows] = [24, 24];
const box = [0, 0, 96, 96];

/** A bump of `height` px to the right about the middle, zero at the border. */
function bump(height, width = 5) {
  const u = new Float32Array(columns * rows);
  for (let y = 1; y < rows - 1; y += 1) {
    for (let x = 1; x < columns - 1; x += 1)
      u[y * columns + x] = height * Math.exp(-((x - 11.5) ** 2 + (y - 11.5) ** 2) / width ** 2);
  }
  return { columns, rows, u, v: new Float32Array(columns * rows) };
}

/** 96 x 96 grey levels with a white column at x. */
function picture(column) {
  const out = new Uint8ClampedArray(96 * 96 * 4).fill(100);
  for (let y = 0; y < 96; y += 1)
    for (let c = 0; c < 3; c += 1) out[4 * (y * 96 + column) + c] = 255;
  for (let at = 3; at < out.length; at += 4) out[at] = 255;
  return out;
}

const brightest = (out, y) => {
  let best = 0;
  for (let x = 0; x < 96; x += 1) if (out[4 * (y * 96 + x)] > out[4 * (y * 96 + best)]) best = x;
  return best;
};

function carried(field, gain, from = 46) {
  const onset = picture(from);
  const inverse = warp.mxInverseField(field, box, gain);
  return {
    onset,
    inverse,
    out: warp.mxWarpPicture(onset, 96, 96, inverse, box, 1, new Uint8ClampedArray(onset.length)),
  };
}

test("bytes become displacements in pixels", () => {
  const steps = new Int16Array([0, 64, -32, 16]);
  const padded = new Uint8Array(9);
  padded.set(new Uint8Array(steps.buffer), 1); // the kernel's buffer need not lie on even bytes
  const { u, v } = warp.mxWarpField({ columns: 2, rows: 1 }, new DataView(padded.buffer, 1, 8));
  assert.deepEqual([...u], [0, -0.5]);
  assert.deepEqual([...v], [1, 0.25]);
});

test("skin is carried gain times as far as it went, and the border stands still", () => {
  const { onset, out } = carried(bump(0.5), 8);
  assert.equal(brightest(out, 47), 50);
  for (const y of [0, 95])
    assert.deepEqual(
      [...out.subarray(4 * 96 * y, 4 * 96 * (y + 1))],
      [...onset.subarray(4 * 96 * y, 4 * 96 * (y + 1))],
    );
  for (let y = 0; y < 96; y += 1) {
    assert.equal(out[4 * 96 * y], onset[4 * 96 * y]);
    assert.equal(out[4 * (96 * y + 95)], onset[4 * (96 * y + 95)]);
  }
});

test("without motion the picture is the onset's, to the bit", () => {
  const { onset, out } = carried(bump(0), 20);
  assert.deepEqual(out, onset);
});

test("a steep field is smoothed rather than folded at a high gain", () => {
  const { inverse } = carried(bump(3, 1.5), 20);
  // Where from: strictly to the right from column to column, or the skin would be folded over.
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x + 1 < columns; x += 1) {
      const at = y * columns + x;
      assert.ok(
        x + 1 - inverse.u[at + 1] / 4 > x - inverse.u[at] / 4 - 1e-3,
        `folded at ${x}, ${y}`,
      );
    }
  }
  assert.ok(Math.max(...inverse.u) > 4);
});

test("what moves far already does not leave the face", () => {
  const { inverse } = carried(bump(9, 6), 20);
  assert.ok(Math.max(...inverse.u) < 9.7, "a tenth of the width");
});

test("a reduced picture is warped by as much less", () => {
  const onset = picture(40);
  const inverse = warp.mxInverseField(
    bump(0.5),
    box.map((side) => side * 2),
    8,
  );
  const out = warp.mxWarpPicture(
    onset,
    96,
    96,
    inverse,
    box.map((side) => side * 2),
    0.5,
    new Uint8ClampedArray(onset.length),
  );
  assert.equal(brightest(out, 47), 42);
});
