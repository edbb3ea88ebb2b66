// Text in sight whose contrast with what it is drawn on is below WCAG AA: 4.5, or 3 where it is large.
// What is disabled is exempt there, and here.
() => {
  const parse = (text) => {
    const srgb = text.match(/^color\(srgb ([^)]*)\)$/);
    const numbers = (srgb ? srgb[1] : text).match(/[\d.]+(e-?\d+)?/g).map(Number);
    const scale = srgb ? 255 : 1;
    const [r, g, b, a = 1] = numbers;
    return { rgb: [r * scale, g * scale, b * scale], a };
  };
  const over = (top, a, below) => top.map((value, i) => value * a + below[i] * (1 - a));
  const luminance = (rgb) => {
    const linear = rgb.map((value) => {
      const v = value / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const ground = (element) => {
    const layers = [];
    let rgb = null;
    for (let at = element; at; at = at.parentElement) {
      // A picture may be of any colour: white is the worst for what is written on it.
      if (at.matches('.mx-player .mx-pane, .mx-pane-stage')) { rgb = [255, 255, 255]; break; }
      const { rgb: colour, a } = parse(getComputedStyle(at).backgroundColor);
      if (a > 0) layers.push([colour, a]);
      if (a >= 1) break;
    }
    let result = rgb ?? [255, 255, 255];
    for (const [colour, a] of layers.reverse()) result = over(colour, a, result);
    return result;
  };
  const faint = (element) => {
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };
  const found = new Map();
  const judge = (element, colour, text, style) => {
    const below = ground(element);
    const { rgb, a } = parse(colour);
    const value = ratio(over(rgb, a * faint(element), below), below);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (value >= (large ? 3 : 4.5)) return;
    const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') || ''}`;
    const where = element.closest('[data-testid]')?.dataset.testid ?? '';
    found.set(`${name} ${where}`, `${value.toFixed(2)} “${text.trim().slice(0, 40)}” ${name} ${where}`);
  };
  for (const element of document.querySelectorAll('.mexlab-page *')) {
    const style = getComputedStyle(element);
    if (style.visibility !== 'visible' || !element.checkVisibility({ opacityProperty: true })) continue;
    if (element.closest(':disabled, [aria-disabled=true], .mx-spoken, option, select:disabled')) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const svg = element instanceof SVGElement;
    const own = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join('');
    if (own.trim()) judge(element, svg ? style.fill : style.color, own, style);
    if (element.matches('input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea')) {
      if (element.value) judge(element, style.color, element.value, style);
      else if (element.placeholder) {
        const hint = getComputedStyle(element, '::placeholder');
        judge(element, hint.color, element.placeholder, hint);
      }
    }
  }
  return [...found.values()];
}
