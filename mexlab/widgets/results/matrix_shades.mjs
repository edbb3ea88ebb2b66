// How strongly a cell is coloured and what its text is written in. The same numbers draw the saved
// pictures (reports/export/matrix_shades.py); a test holds the two together.

const MX_STRENGTH = { least: 0.08, span: 0.84 };

export function mxStrength(share) {
  return MX_STRENGTH.least + MX_STRENGTH.span * share;
}

// Black or white, whichever reads better (WCAG) on a ground of so much of a hue: one of the two has
// 4.5:1 on any.
export function mxCellInk(share, hue, ground) {
  const parts = (colour) =>
    colour
      .match(/^#(..)(..)(..)/)
      .slice(1)
      .map((part) => parseInt(part, 16) / 255);
  const [top, below] = [parts(hue), parts(ground)];
  const strength = mxStrength(share);
  const linear = top.map((value, i) => {
    const mixed = value * strength + below[i] * (1 - strength);
    return mixed <= 0.04045 ? mixed / 12.92 : ((mixed + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return (light + 0.05) ** 2 > 1.05 * 0.05 ? "black" : "white";
}
