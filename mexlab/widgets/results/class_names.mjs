// Names of classes where there is little room: whole where they fit, else as short as tells them apart.

const MX_CLASS_SHORT = { negative: "neg", positive: "pos", surprise: "sur" };

// The width of a letter at 11 px in a wide face (DejaVu Sans; "sadness" has 6.6 a letter).
export const MX_LETTER_PX = 6.8;

function mxLetters(pixels) {
  return Math.max(1, Math.floor(pixels / MX_LETTER_PX));
}

// One short name for each; of names that only differ far back, more than `letters` are needed.
export function mxClassNames(names, letters) {
  if (names.every((name) => name.length <= letters)) return [...names];
  const starts = (name, text) => name.toLowerCase().startsWith(text.toLowerCase());
  return names.map((name) => {
    if (
      MX_CLASS_SHORT[name] &&
      !names.some((other) => other !== name && starts(other, MX_CLASS_SHORT[name]))
    ) {
      return MX_CLASS_SHORT[name];
    }
    if (name.length <= letters) return name;
    for (let size = Math.min(letters, 4); size < name.length; size += 1) {
      const text = name.slice(0, size);
      if (!names.some((other) => other !== name && starts(other, text))) return text;
    }
    return name;
  });
}

// Names above columns of that many pixels, and whether they have to stand upright to be told apart.
export function mxColumnNames(names, pixels) {
  const letters = mxLetters(pixels);
  const short = mxClassNames(names, letters);
  const upright = short.some((name) => name.length > letters);
  return { names: upright ? [...names] : short, upright };
}
