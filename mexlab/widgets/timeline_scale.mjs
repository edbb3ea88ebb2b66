// Native frame numbers to pixels and back, and where to put the ticks.

class MxTimelineScale {
  constructor(numbers, left, right) {
    this.numbers = numbers;
    this.left = left;
    this.right = Math.max(left + 1, right);
    this.first = numbers[0];
    this.span = Math.max(1, numbers[numbers.length - 1] - this.first);
  }

  x(number) {
    const share = (number - this.first) / this.span;
    return this.left + Math.max(0, Math.min(1, share)) * (this.right - this.left);
  }

  /** The nearest existing frame number at a pixel. */
  number(x) {
    const share = (x - this.left) / (this.right - this.left);
    const exact = this.first + Math.max(0, Math.min(1, share)) * this.span;
    return this.numbers[mxNearestIndex(this.numbers, exact)];
  }

  /** Round frame numbers about `spacing` pixels apart, within the clip. */
  ticks(spacing = 90) {
    const most = Math.max(1, (this.right - this.left) / spacing);
    const rough = this.span / most;
    const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
    const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) || 1);
    const ticks = [];
    for (let n = Math.ceil(this.first / step) * step; n <= this.first + this.span; n += step) {
      ticks.push(n);
    }
    return ticks;
  }
}

/** An SVG path through (number, value) pairs; gaps (NaN, null) break the line. */
function mxCurvePath(scale, numbers, values, top, bottom, largest) {
  let path = "";
  let pen = "M";
  for (let i = 0; i < numbers.length; i += 1) {
    const value = values[i];
    if (value === null || value === undefined || Number.isNaN(value)) {
      pen = "M";
      continue;
    }
    const share = Math.max(0, Math.min(1, value / (largest || 1)));
    path += `${pen}${scale.x(numbers[i]).toFixed(1)},${(bottom - share * (bottom - top)).toFixed(1)}`;
    pen = "L";
  }
  return path;
}
