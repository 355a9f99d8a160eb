// What Streamlit has no parameter for: keys, drafts and the time worked. It draws nothing; desk.py says what it does.

const DIALOG = '[data-testid="stDialog"], dialog[open]';
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Fn"]);
const NOT_TYPED = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "touchmove", "timeupdate"];
const TOUCHES = ["keydown", "keyup", "pointerdown", "pointerup", "click", "input", "change", "focusout"];

// On the window, so that the code of a newer server finds what an older one left in a tab that stayed open.
const held = (window[Symbol.for("veredito.desk")] ??= { calls: 0, desk: null, clock: { item: null, ms: 0 } });

export default function (component) {
  const call = ++held.calls;
  if (held.desk && held.desk.code !== import.meta.url) held.desk = held.desk.close();
  held.desk ??= openDesk(component);
  held.desk.update(component);
  // Streamlit may clean up after an older call when a newer one has already come.
  return () => call === held.calls && (held.desk = held.desk?.close());
}

function openDesk({ data }) {
  const page = {};
  const [keys, draft, clock] = [makeKeys(page), makeDraft(page), makeClock(page)];
  const listening = new AbortController();
  const on = (target, names, listener, passive = false) => {
    for (const name of names)
      target.addEventListener(name, listener, { capture: true, passive, signal: listening.signal });
  };
  // On the window and in the capture phase: Streamlit's own shortcuts listen on the document.
  on(window, SIGNS, clock.sign, true);
  on(window, TOUCHES, clock.touch, true);
  on(window, ["keydown"], keys.down);
  on(window, ["keyup"], keys.up);
  // The second click of a double click would hit the button of the next item.
  on(window, ["click"], (event) => event.detail > 1 && event.target.closest?.(page.data.once) && swallow(event));
  on(window, ["input", "compositionend"], draft.typed);
  on(document, ["visibilitychange"], () => [document.hidden && draft.save(), clock.tick()]);
  const ticking = setInterval(clock.tick, Math.min(500, data.report_every * 250, data.idle_after * 250));
  return {
    code: import.meta.url,
    update(component) {
      const isNew = page.data?.item !== component.data.item;
      clock.start(Object.assign(page, component).data.item);
      // Whoever has just typed a name in the menu would go on typing there instead of pressing keys.
      const focused = document.activeElement;
      if (isNew && focused?.closest?.('[data-testid="stSidebar"]')) focused.blur();
    },
    close() {
      listening.abort();
      clearInterval(ticking);
      draft.save();
    },
  };
}

function makeKeys(page) {
  const swallowed = new Set();
  let chord = null;
  const down = (event) => {
    // A key held down must reach neither Streamlit's shortcuts nor the field that it has just focused.
    const isHeld = event.repeat && (swallowed.has(event.code) || (event.key.length === 1 && !typingField(event)));
    if (event.repeat) return isHeld && swallow(event);
    swallowed.delete(event.code);
    if (event.isComposing || MODIFIERS.has(event.key)) return;
    const begun = chord && performance.now() < chord.until ? `${chord.stroke} ` : "";
    chord = null;
    const field = typingField(event);
    if (field && event.key === "Escape") field.blur();
    if (field || isCommand(event) || document.querySelector(DIALOG)) return;
    const bound = Object.keys(page.data.keys);
    const strokes = strokesOf(event);
    const key = bound.find((one) => strokes.some((stroke) => one === begun + stroke));
    const stroke = strokes.find((one) => !begun && bound.some((other) => other.startsWith(`${one} `)));
    if (!begun && !key && !stroke) return;
    swallow(event);
    swallowed.add(event.code);
    if (!key && stroke) chord = { stroke, until: performance.now() + page.data.chord_within * 1000 };
    const press = page.data.keys[key] ?? {};
    document.querySelector(press.focus ?? press.click ?? ":not(*)")?.[press.focus ? "focus" : "click"]();
  };
  return { down, up: (event) => swallowed.delete(event.code) && swallow(event) };
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function typingField(event) {
  const target = event.composedPath()[0];
  const isTyped = target.matches?.("textarea, select, input") && !NOT_TYPED.has(target.type);
  return isTyped || target.isContentEditable ? target : null;
}

function isCommand(event) {
  // Some layouts type "?" with AltGr, which Windows reports as Ctrl and Alt.
  return event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
}

function strokesOf({ key, code, shiftKey }) {
  const shift = shiftKey ? "Shift+" : "";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  const lower = key.length === 1 ? key.toLowerCase() : key;
  const isSign = key.length === 1 && lower === key.toUpperCase();
  return [...(digit ? [shift + digit] : []), isSign ? key : shift + lower];
}

function makeDraft(page) {
  const enter = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
  // Keeps the made-up stroke from Streamlit's shortcuts, which would take its keys for held down ever after.
  const stop = (event) => event.stopPropagation();
  let field, waiting;
  const save = () => {
    clearTimeout(waiting);
    document.documentElement.addEventListener("keydown", stop);
    if (field?.isConnected) field.dispatchEvent(new KeyboardEvent("keydown", enter));
    document.documentElement.removeEventListener("keydown", stop);
    field = null;
  };
  const typed = (event) => {
    if (!page.data.note || !event.target.closest?.(page.data.note)) return;
    field = event.target;
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(save, page.data.draft_after * 1000);
  };
  return { save, typed };
}

function makeClock(page, { clock } = held) {
  let counted, reported, running, due, touched = -Infinity, sign = performance.now();
  const idleAt = () => sign + page.data.idle_after * 1000;
  const count = () => {
    const now = performance.now();
    if (running) clock.ms += Math.max(0, Math.min(now, idleAt()) - counted);
    due ||= running !== (running = !document.hidden && now < idleAt());
    counted = now;
  };
  const tick = () => {
    count();
    due ||= running && counted - reported >= page.data.report_every * 1000;
    // Streamlit sends what changes within a moment as one, as a rerun of the fragment only: keep clear of clicks.
    if (!due || counted - touched < 400) return;
    [due, reported] = [false, counted];
    page.setStateValue("active", { item: clock.item, seconds: Math.round(clock.ms) / 1000, running });
  };
  return {
    tick,
    touch: () => (touched = performance.now()),
    sign(event) {
      if (!event.isTrusted || (event.type === "timeupdate" && event.target.paused)) return;
      count();
      sign = counted;
      count();
    },
    start(item) {
      if (item === clock.item && counted !== undefined) return;
      if (item !== clock.item) Object.assign(clock, { item, ms: 0 });
      counted = reported = performance.now();
      [due, running] = [false, !document.hidden && counted < idleAt()];
    },
  };
}
