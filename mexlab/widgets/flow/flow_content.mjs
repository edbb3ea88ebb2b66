// What Python sends to the flow page, unpacked; and the arithmetic that needs no Python.

/**
 * Unpack a content message: the JSON part names its arrays in `arrays` as [name, kind, shape],
 * one buffer each, in order.
 */
export function mxFlowContent(message, buffers) {
  const kinds = { float32: Float32Array, uint8: Uint8Array };
  const content = { ...message, data: {} };
  (message.arrays ?? []).forEach(([name, kind], i) => {
    const view = buffers[i];
    const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
    // A typed array must begin at a multiple of its element's size: a copy always does.
    content.data[name] = kind === "bytes" ? bytes.slice() : new kinds[kind](bytes.slice().buffer);
  });
  return content;
}

/** u, v, strain at pixel i of the maps as they are used: zero under the mask while it is on. */
export function mxFlowAt(content, options, x, y) {
  const { width, data } = content;
  const i = y * width + x;
  const masked = Boolean(options.mask && data.mask[i]);
  const [u, v, strain] = masked ? [0, 0, 0] : [0, 1, 2].map((c) => data.maps[3 * i + c]);
  return { u, v, strain, masked, magnitude: Math.hypot(u, v) };
}

/** The strain tensor at each pixel by central differences, as vision/strain.py has it. */
export function mxFlowTensor(content) {
  if (content.tensor) return content.tensor;
  const { width, height, data } = content;
  const at = (c, x, y) => data.maps[3 * (y * width + x) + c];
  const slope = (c, x, y, dx, dy) => {
    const [x0, y0] = [Math.max(0, x - dx), Math.max(0, y - dy)];
    const [x1, y1] = [Math.min(width - 1, x + dx), Math.min(height - 1, y + dy)];
    return (at(c, x1, y1) - at(c, x0, y0)) / (x1 - x0 + (y1 - y0));
  };
  const tensor = {
    xx: new Float32Array(width * height),
    yy: new Float32Array(width * height),
    xy: new Float32Array(width * height),
  };
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      tensor.xx[i] = slope(0, x, y, 1, 0);
      tensor.yy[i] = slope(1, x, y, 0, 1);
      tensor.xy[i] = 0.5 * (slope(0, x, y, 0, 1) + slope(1, x, y, 1, 0));
    }
  }
  content.tensor = tensor;
  return tensor;
}

/** Limits of the colour scales: locked for comparison, or what fills this clip's. */
export function mxFlowLimits(content, options) {
  if (options.scale !== "clip") return { flow: options.limit, strain: options.limit / 15 };
  const key = `limits-${options.mask}`;
  if (!content[key]) {
    const { data, width, height } = content;
    const flow = [];
    const strain = [];
    for (let i = 0; i < width * height; i += 1) {
      if (options.mask && data.mask[i]) continue;
      flow.push(Math.abs(data.maps[3 * i]), Math.abs(data.maps[3 * i + 1]));
      strain.push(data.maps[3 * i + 2]);
    }
    // Not the very greatest: a few wild pixels at the rim would turn the rest pale.
    const high = (values) =>
      values.sort((a, b) => a - b)[Math.floor(0.999 * (values.length - 1))] || 0;
    content[key] = { flow: Math.max(high(flow), 0.05), strain: Math.max(high(strain), 0.005) };
  }
  return content[key];
}

/** The three 28 x 28 maps that the network gets, under the mask and normalisation chosen. */
export function mxFlowInput(content, options) {
  const side = content.side;
  const on = options.mask && content.kind === "maps";
  const maps = content.data[`input-${on ? "masked" : "bare"}`];
  const share = on ? content.data["input-share"] : null;
  const n = side * side;
  return [0, 1, 2].map((c) =>
    mxNormalised(maps.subarray(c * n, (c + 1) * n), options.normalise, share),
  );
}

/**
 * One map normalised as features/normalise.py does; `share` is how much of each cell is masked.
 * From a half on it takes part in nothing and is zero; below, its value is of what is not masked.
 */
export function mxNormalised(values, how, share = /** @type {any} */ (null)) {
  if (share) {
    const seen = [];
    share.forEach((part, i) => part < 0.5 && seen.push(i));
    const own = mxNormalised(
      Float32Array.from(seen, (i) => values[i] / (1 - share[i])),
      how,
    );
    const found = new Float32Array(values.length);
    seen.forEach((place, i) => (found[place] = own[i]));
    return found;
  }
  if (how === "none") return values;
  const sorted = Float32Array.from(values).sort();
  const n = sorted.length;
  let centre = sorted[0];
  let scale = sorted[n - 1] - sorted[0];
  if (how === "median-scale") {
    centre = n % 2 ? sorted[(n - 1) / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
    let sum = 0;
    for (const value of values) sum += (value - centre) ** 2;
    scale = Math.sqrt(sum / n);
  }
  return values.map((value) => (scale > 0 ? (value - centre) / scale : 0));
}

export const mxSigned = (value, digits = 2) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** Where something goes, as one of eight arrows; "·" where it hardly moves. */
export function mxArrow(u, v, least = 0.05) {
  if (!(Math.hypot(u, v) >= least)) return "·";
  return "→↘↓↙←↖↑↗"[(Math.round((Math.atan2(v, u) / Math.PI) * 4) + 8) % 8];
}
