// Pictures made of the onset and the current frame, pixel by pixel, while a key is held.

/**
 * Signed difference of luma to the onset: grey where nothing changed, towards orange where it got
 * brighter, towards blue where darker (a pair that colour-blind eyes tell apart).
 */
export function mxSignedDifference(current, onset, gain, out) {
  for (let at = 0; at < current.length; at += 4) {
    const change =
      gain *
      (0.299 * (current[at] - onset[at]) +
        0.587 * (current[at + 1] - onset[at + 1]) +
        0.114 * (current[at + 2] - onset[at + 2]));
    if (change >= 0) {
      const amount = Math.min(1, change / 127);
      out[at] = 46 + amount * 209;
      out[at + 1] = 49 + amount * 131;
      out[at + 2] = 56 + amount * 20;
    } else {
      const amount = Math.min(1, -change / 127);
      out[at] = 46 + amount * 40;
      out[at + 1] = 49 + amount * 140;
      out[at + 2] = 56 + amount * 199;
    }
    out[at + 3] = 255;
  }
  return out;
}

/**
 * Linear Eulerian amplification of the change since the onset (Wu et al. 2012, first-order, with
 * the onset in place of their temporal filter): out = onset + gain * blur(current - onset). The
 * blur keeps sensor noise from being amplified with the motion.
 */
export function mxAmplifyChange(current, onset, width, height, gain, out) {
  const radius = Math.max(1, Math.round(Math.min(width, height) / 240));
  const change = new Float32Array(width * height);
  const pass = new Float32Array(width * height);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let pixel = 0; pixel < change.length; pixel += 1) {
      change[pixel] = current[4 * pixel + channel] - onset[4 * pixel + channel];
    }
    mxBoxBlur(change, pass, width, height, radius);
    for (let pixel = 0; pixel < change.length; pixel += 1) {
      const value = onset[4 * pixel + channel] + gain * change[pixel];
      out[4 * pixel + channel] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  for (let at = 3; at < out.length; at += 4) out[at] = 255;
  return out;
}

/** Box blur in place, rows then columns, edges repeated; `pass` is scratch of the same size. */
function mxBoxBlur(values, pass, width, height, radius) {
  const size = 2 * radius + 1;
  const line = (from, to, start, stride, length) => {
    const at = (i) => from[start + stride * (i < 0 ? 0 : i >= length ? length - 1 : i)];
    let sum = 0;
    for (let i = -radius; i <= radius; i += 1) sum += at(i);
    for (let i = 0; i < length; i += 1) {
      to[start + stride * i] = sum / size;
      sum += at(i + radius + 1) - at(i - radius);
    }
  };
  for (let y = 0; y < height; y += 1) line(values, pass, y * width, 1, width);
  for (let x = 0; x < width; x += 1) line(pass, values, x, width, height);
}
