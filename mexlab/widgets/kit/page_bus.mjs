// The page's bus (shared.mjs) with a memory: anywidget renders the widgets of a page in any order,
// so the last value of each lasting fact is kept, and late-comers are told at once.

function mxFacts() {
  const bus = mxBus();
  if (!bus.mxFacts) bus.mxFacts = new Map();
  return bus.mxFacts;
}

/** Announce a lasting fact (`frame`, `clip`, `coding`): who subscribes later hears it too. */
function mxPublish(type, detail) {
  mxFacts().set(type, detail);
  mxEmit(type, detail);
}

/** The last published value of a type, or undefined. */
function mxFact(type) {
  return mxFacts().get(type);
}

/** The key of an action as a cap beside what it does; it follows when the coder changes the key. */
function mxKeyOf(action, shipped) {
  const caps = mxFact("keycaps") || {};
  const cap = mxKey(caps[action] || shipped);
  cap.dataset.keyOf = action;
  return cap;
}

/** Listen until `signal` aborts; a lasting fact that is already known is told at once. */
function mxSubscribe(type, listener, signal) {
  const stop = mxListen(type, listener);
  signal.addEventListener("abort", stop);
  if (mxFacts().has(type)) listener(mxFacts().get(type));
}
