// Colour of maps. The tables come from Python (vision/colour.py), so that exports and page agree.

/** Paint signed values: table has an odd number of colours, zero in the middle. */
export function mxPaintSigned(image, values, table, limit) {
  const middle = (table.length / 3 - 1) / 2;
  mxPaint(
    image,
    values,
    table,
    (value) => middle + middle * Math.max(-1, Math.min(1, value / limit)),
  );
}

/** Paint values from 0 to limit. */
export function mxPaintUnsigned(image, values, table, limit) {
  const last = table.length / 3 - 1;
  mxPaint(image, values, table, (value) => last * Math.max(0, Math.min(1, value / limit)));
}

function mxPaint(image, values, table, place) {
  const { data } = image;
  for (let i = 0; i < values.length; i += 1) {
    const at = 3 * Math.round(place(values[i]));
    data[4 * i] = table[at];
    data[4 * i + 1] = table[at + 1];
    data[4 * i + 2] = table[at + 2];
    data[4 * i + 3] = 255;
  }
}

/** Paint three values as red, green, blue; each channel by its own function to 0..1. */
export function mxPaintColours(image, channels, places) {
  const { data } = image;
  for (let i = 0; i < channels[0].length; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      data[4 * i + c] = Math.round(255 * Math.max(0, Math.min(1, places[c](channels[c][i]))));
    }
    data[4 * i + 3] = 255;
  }
}

/** A colour table as a CSS gradient, left to right. */
export function mxGradient(table) {
  const count = table.length / 3;
  const stops = [];
  for (let k = 0; k <= 16; k += 1) {
    const at = 3 * Math.round((k / 16) * (count - 1));
    stops.push(`rgb(${table[at]},${table[at + 1]},${table[at + 2]})`);
  }
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

/** How a normalised map becomes a colour channel: stillness in the middle where sign survives. */
export function mxInputPlaces(options, limits) {
  if (options.normalise === "min-max") return [0, 1, 2].map(() => (value) => value);
  if (options.normalise === "median-scale") {
    const signed = (value) => 0.5 + value / 8;
    return [signed, signed, (value) => value / 4];
  }
  const signed = (value) => 0.5 + value / (2 * limits.flow);
  return [signed, signed, (value) => value / limits.strain];
}
