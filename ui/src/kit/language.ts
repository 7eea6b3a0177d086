// A window started without a locale says its language is "C", which is none: libraries that format numbers by it would stop
// the whole page. Imported before everything else.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}

export {};
