// The page's bus: how the widgets of a page tell each other without a trip to Python. Lasting facts
// (`frame`, `clip`, `coding`) are kept, for anywidget renders the widgets of a page in any order and
// late-comers are told at once.

import { mxKey } from "./dom.mjs";

/**
 * The channel on which the widgets of one page talk to each other without a trip to Python.
 * @returns {MxBus}
 */
export function mxBus(name = "mexlab") {
  const key = `${name}/${MX_PAGE}`;
  const buses = (window.__mexlabBuses ??= new Map());
  const bus = buses.get(key) ?? new EventTarget();
  buses.set(key, bus);
  return bus;
}

/**
 * Send an event on the page's bus: mxEmit("seek", {number: 70}).
 * @param {string} type
 * @param {any} detail
 */
export function mxEmit(type, detail = {}, name = "mexlab") {
  mxBus(name).dispatchEvent(new CustomEvent(type, { detail }));
}

/**
 * Listen on the page's bus; returns the function that stops listening.
 * @param {string} type
 * @param {(detail: any, event: CustomEvent) => void} handler
 */
export function mxListen(type, handler, name = "mexlab") {
  /** @param {any} event */
  const listener = (event) => handler(event.detail, event);
  mxBus(name).addEventListener(type, listener);
  return () => mxBus(name).removeEventListener(type, listener);
}

function mxFacts() {
  const bus = mxBus();
  if (!bus.mxFacts) bus.mxFacts = new Map();
  return bus.mxFacts;
}

/**
 * Announce a lasting fact (`frame`, `clip`, `coding`): who subscribes later hears it too.
 * @param {string} type
 * @param {any} detail
 */
export function mxPublish(type, detail) {
  mxFacts().set(type, detail);
  mxEmit(type, detail);
}

/**
 * The last published value of a type, or undefined.
 * @param {string} type
 * @returns {any}
 */
export function mxFact(type) {
  return mxFacts().get(type);
}

/**
 * The key of an action as a cap beside what it does; it follows when the coder changes the key.
 * @param {string} action
 * @param {string} shipped
 */
export function mxKeyOf(action, shipped) {
  const caps = mxFact("keycaps") || {};
  const cap = mxKey(caps[action] || shipped);
  cap.dataset.keyOf = action;
  return cap;
}

/**
 * Listen until `signal` aborts; a lasting fact that is already known is told at once.
 * @param {string} type
 * @param {(detail: any) => void} listener
 * @param {AbortSignal} signal
 */
export function mxSubscribe(type, listener, signal) {
  const stop = mxListen(type, listener);
  signal.addEventListener("abort", stop);
  if (mxFacts().has(type)) listener(mxFacts().get(type));
}
