// Motion magnified by moving the skin itself: the onset's picture, each part of the face carried
// `gain` times as far as it really went. Pixels are fetched backwards, so that no hole opens.

// Where neighbouring parts would be carried past each other the skin would fold: the field is
// smoothed until the steepest change over a cell, times the gain, is below this.
const MX_STEEPEST = 0.7;
// What moves far already (lids in a blink) would leave the face: the way is bent towards this
// share of its width, and nothing goes farther.
const MX_FARTHEST = 0.1;
const MX_SMOOTHINGS = 24;
const MX_INVERSE_STEPS = 12;
const MX_FIELD_STEPS = 64; // int16 steps in a pixel of the frame

/** The kernel's bytes as {columns, rows, u, v}: displacements in pixels of the frame, by cell. */
export function mxWarpField({ columns, rows }, bytes) {
  const steps = new Int16Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const u = new Float32Array(columns * rows);
  const v = new Float32Array(columns * rows);
  for (let cell = 0; cell < u.length; cell += 1) {
    u[cell] = steps[2 * cell] / MX_FIELD_STEPS;
    v[cell] = steps[2 * cell + 1] / MX_FIELD_STEPS;
  }
  return { columns, rows, u, v };
}

/** The steepest change of u or v from a cell to the next, in cells a cell. */
export function mxSteepness(values, columns, rows, cellWidth, cellHeight) {
  let most = 0;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const at = y * columns + x;
      if (x + 1 < columns) most = Math.max(most, Math.abs(values[at + 1] - values[at]) / cellWidth);
      if (y + 1 < rows)
        most = Math.max(most, Math.abs(values[at + columns] - values[at]) / cellHeight);
    }
  }
  return most;
}

/** Average over three by three cells; the border stays as it is (zero). */
function mxSmoothCells(values, columns, rows) {
  const out = values.slice();
  for (let y = 1; y < rows - 1; y += 1) {
    for (let x = 1; x < columns - 1; x += 1) {
      let sum = 0;
      for (let dy = -columns; dy <= columns; dy += columns) {
        const at = y * columns + x + dy;
        sum += values[at - 1] + values[at] + values[at + 1];
      }
      out[y * columns + x] = sum / 9;
    }
  }
  return out;
}

/** A value of the cells at a place in cells (their centres are whole numbers), edges repeated. */
function mxCellAt(values, columns, rows, x, y) {
  const px = x < 0 ? 0 : x > columns - 1 ? columns - 1 : x;
  const py = y < 0 ? 0 : y > rows - 1 ? rows - 1 : y;
  const x0 = Math.min(px | 0, Math.max(0, columns - 2));
  const y0 = Math.min(py | 0, Math.max(0, rows - 2));
  const fx = px - x0;
  const fy = py - y0;
  const at = y0 * columns + x0;
  const right = columns > 1 ? 1 : 0;
  const down = rows > 1 ? columns : 0;
  return (
    (values[at] * (1 - fx) + values[at + right] * fx) * (1 - fy) +
    (values[at + down] * (1 - fx) + values[at + down + right] * fx) * fy
  );
}

/**
 * For each cell of the magnified picture: how far away its skin came from, in pixels of the frame.
 * Solves d(y) = gain f(y - d(y)) by iteration.
 */
export function mxInverseField({ columns, rows, u, v }, box, gain) {
  const cellWidth = (box[2] - box[0]) / columns;
  const cellHeight = (box[3] - box[1]) / rows;
  const most = MX_FARTHEST * (box[2] - box[0]);
  let [fu, fv] = [u.slice(), v.slice()];
  for (let at = 0; at < fu.length; at += 1) {
    const far = gain * Math.hypot(u[at], v[at]);
    // Up to half of the most it is carried as far as asked.
    const carried =
      far <= most / 2 ? far : most / 2 + (most / 2) * Math.tanh((far - most / 2) / (most / 2));
    const share = far > 0 ? (gain * carried) / far : 0;
    fu[at] *= share;
    fv[at] *= share;
  }
  for (let i = 0; i < MX_SMOOTHINGS; i += 1) {
    const steepest = Math.max(
      mxSteepness(fu, columns, rows, cellWidth, cellHeight),
      mxSteepness(fv, columns, rows, cellWidth, cellHeight),
    );
    if (steepest <= MX_STEEPEST) break;
    [fu, fv] = [mxSmoothCells(fu, columns, rows), mxSmoothCells(fv, columns, rows)];
  }
  let [du, dv] = [fu.slice(), fv.slice()];
  for (let step = 0; step < MX_INVERSE_STEPS; step += 1) {
    const [nu, nv] = [new Float32Array(du.length), new Float32Array(dv.length)];
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const at = y * columns + x;
        const [sx, sy] = [x - du[at] / cellWidth, y - dv[at] / cellHeight];
        // Half of the way: what swings about the answer comes to rest.
        nu[at] = 0.5 * (du[at] + mxCellAt(fu, columns, rows, sx, sy));
        nv[at] = 0.5 * (dv[at] + mxCellAt(fv, columns, rows, sx, sy));
      }
    }
    [du, dv] = [nu, nv];
  }
  return { columns, rows, u: du, v: dv };
}

/**
 * The onset's picture with its face carried along.
 *
 * @param {Uint8ClampedArray} onset, out  RGBA of `width` x `height`
 * @param {{columns, rows, u, v}} inverse  as mxInverseField gives it
 * @param {number[]} box  left, top, right, bottom of the field in pixels of the frame
 * @param {number} scale  pixels of the picture for one of the frame
 */
export function mxWarpPicture(onset, width, height, inverse, box, scale, out) {
  out.set(onset);
  const { columns, rows, u, v } = inverse;
  const [left, top, right, bottom] = box.map((side) => side * scale);
  const toColumn = columns / (right - left);
  const toRow = rows / (bottom - top);
  for (let y = Math.max(0, Math.ceil(top)); y < Math.min(height, bottom); y += 1) {
    const row = (y + 0.5 - top) * toRow - 0.5;
    for (let x = Math.max(0, Math.ceil(left)); x < Math.min(width, right); x += 1) {
      const column = (x + 0.5 - left) * toColumn - 0.5;
      let sx = x - scale * mxCellAt(u, columns, rows, column, row);
      let sy = y - scale * mxCellAt(v, columns, rows, column, row);
      sx = sx < 0 ? 0 : sx > width - 1 ? width - 1 : sx;
      sy = sy < 0 ? 0 : sy > height - 1 ? height - 1 : sy;
      const x0 = sx | 0;
      const y0 = sy | 0;
      const fx = sx - x0;
      const fy = sy - y0;
      const at = 4 * (y0 * width + x0);
      const next = x0 + 1 < width ? 4 : 0;
      const below = y0 + 1 < height ? 4 * width : 0;
      const to = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel += 1) {
        const a = onset[at + channel] * (1 - fx) + onset[at + next + channel] * fx;
        const b = onset[at + below + channel] * (1 - fx) + onset[at + below + next + channel] * fx;
        out[to + channel] = a * (1 - fy) + b * fy;
      }
    }
  }
  return out;
}
