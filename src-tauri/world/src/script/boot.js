// Makes a fresh QuickJS realm one that scripts can share without seeing each other: everything that is there before the first script is
// frozen, what could carry something from call to call is taken away, and time and chance are given.
// Gives back a function for the host alone: (now, a, b) sets the time and the seed of the next call.
(() => {
  'use strict';
  const keep = new Set(`undefined NaN Infinity globalThis Object Array String Number Boolean BigInt Symbol Function Math JSON Date RegExp
    Map Set WeakMap WeakSet Promise Proxy Reflect Iterator Error TypeError RangeError SyntaxError ReferenceError EvalError URIError
    AggregateError ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array
    BigUint64Array Float16Array Float32Array Float64Array parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent
    encodeURI decodeURI escape unescape`.split(/\s+/));
  for (const key of Reflect.ownKeys(globalThis)) if (!keep.has(key)) delete globalThis[key];
  // Setters that write into the engine itself, not into an object that could be frozen.
  for (const key of ['prepareStackTrace', 'stackTraceLimit', 'captureStackTrace']) delete Error[key];

  const { getOwnPropertyDescriptor, defineProperty, freeze } = Object;
  let now = 0;
  let a = 0, b = 0, c = 0, d = 0;

  const RealDate = Date;
  const realNow = () => now;
  const FrozenDate = function Date(...parts) {
    if (new.target === undefined) return new RealDate(now).toString();
    return Reflect.construct(RealDate, parts.length === 0 ? [now] : parts, new.target);
  };
  const hidden = { writable: true, enumerable: false, configurable: true };
  defineProperty(FrozenDate, 'length', { value: 7, configurable: true });
  defineProperty(FrozenDate, 'prototype', { value: RealDate.prototype, writable: false });
  defineProperty(FrozenDate, 'now', { value: { now() { return realNow(); } }.now, ...hidden });
  for (const key of ['parse', 'UTC']) defineProperty(FrozenDate, key, { value: RealDate[key], ...hidden });
  defineProperty(RealDate.prototype, 'constructor', { value: FrozenDate, ...hidden });
  defineProperty(globalThis, 'Date', { value: FrozenDate, ...hidden });

  // sfc32
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  defineProperty(Math, 'random', {
    value: { random() { return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992; } }.random,
    ...hidden,
  });

  // A big integer leaves as a number where that is exact, else as text.
  defineProperty(BigInt.prototype, 'toJSON', {
    value: { toJSON() { return this <= 9007199254740991n && this >= -9007199254740991n ? Number(this) : this.toString(); } }.toJSON,
    ...hidden,
  });

  // In frozen prototypes a plain assignment to an own member of the same name would fail (`error.name = ...`): a setter makes the own member.
  const assignable = (object) => {
    for (const key of Reflect.ownKeys(object)) {
      const old = getOwnPropertyDescriptor(object, key);
      if (!('value' in old) || !old.configurable || !old.writable) continue;
      const value = old.value;
      const pair = {
        get value() { return value; },
        set value(v) { defineProperty(this, key, { value: v, writable: true, enumerable: true, configurable: true }); },
      };
      const made = getOwnPropertyDescriptor(pair, 'value');
      defineProperty(object, key, { get: made.get, set: made.set, enumerable: old.enumerable, configurable: false });
    }
  };
  const errors = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError];
  for (const type of [Object, Function, Promise, Map, Set, ...errors]) assignable(type.prototype);

  // What no global names but every script can reach.
  const generator = function* () {};
  const asyncGenerator = async function* () {};
  const reachable = [
    generator, asyncGenerator, generator(), asyncGenerator(), async () => {}, [][Symbol.iterator](), new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](), ''[Symbol.iterator](), 'a'.matchAll(/a/g), Iterator.from({ next() { return { done: true }; } }),
    [].values().map((x) => x), (function () { return arguments; })(), new Proxy({}, {}), getOwnPropertyDescriptor(RegExp.prototype, 'flags').get,
  ];
  const begin = (time, seed1, seed2) => {
    now = time;
    a = 0; b = seed1 | 0; c = seed2 | 0; d = 1;
    for (let i = 0; i < 12; i++) next();
  };
  const seen = new Set([begin]);
  const todo = [globalThis, ...reachable];
  while (todo.length > 0) {
    const object = todo.pop();
    if (object === null || (typeof object !== 'object' && typeof object !== 'function') || seen.has(object)) continue;
    seen.add(object);
    freeze(object);
    todo.push(Reflect.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      const member = getOwnPropertyDescriptor(object, key);
      if ('value' in member) todo.push(member.value);
      else todo.push(member.get ?? null, member.set ?? null);
    }
  }
  return begin;
})()
