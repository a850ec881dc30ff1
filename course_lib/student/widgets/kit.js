// What the widgets share. A widget brings numerics, a state, what to draw and to say; `courseKit.open(box, spec)`:
//   name      in the page's link, #name:a=1,b=2, which restores the sliders
//   label     for screen readers
//   state     gains `playing` (false where reduced motion is asked for) and `seen`
//   pictures  { key: [draw, words] }: a canvas of class cw-key each; words (text or function) and say() are its label
//   sliders   rows [name, text, least, most, step, show, coarse] for state[name]; show(value): its text (one decimal),
//             Shift + arrows move by `coarse` steps (5)
//   choices   { name, label, texts }: a row of buttons, also the digits, for state[name] = 0, 1, ...
//   changed   (name): a slider or a choice moved
//   buttons   rows [name, text, key, action, words]; words: the text for screen readers; "play" has its own action
//   keys      { key: action } without a button; lower case, "alt+" before those with Alt
//   turns     key of a picture that drags and Alt + arrows turn: state.yaw and state.tilt, read by `turner`
//   help      what the keys do; those of sliders and turns are added
//   pace      () -> steps a second, with advance(steps): what happens while it plays
//   read, say () -> the numbers of the moment; the outcome as a sentence, spoken on change
//   keep      () -> what the link holds, if not the sliders; the widget restores it from `kept`
(function (root) {
  "use strict";
  const KEYS = { " ": "Space", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓" };
  const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
  const minus = (text) => String(text).replace(/-/g, "−");
  const power = (e) => "10" + String(e).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  const keyName = (key) => key.replace("alt+", "Alt + ").replace(/ $|arrow\w+$|\w$/, (k) => KEYS[k] || k.toUpperCase());

  function rk4(f, x, h) {
    const shift = (k, by) => x.map((v, i) => v + by * k[i]);
    const a = f(x), b = f(shift(a, h / 2)), c = f(shift(b, h / 2)), d = f(shift(c, h));
    return x.map((v, i) => v + h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }
  function random(seed) {  // Lehmer's generator, in (0, 1)
    let a = 1 + seed % 2147483646;
    return () => (a = (a * 48271) % 2147483647) / 2147483647;
  }
  function make(tag, what, parent, marks = {}) {
    const node = Object.assign(document.createElement(tag), what);
    for (const [name, value] of Object.entries(marks)) node.setAttribute(name, value);
    parent.append(node);
    return node;
  }

  function open(box, given) {
    const spec = { sliders: [], keys: {}, ...given };
    const w = { state: spec.state, inputs: {}, actions: {}, canvas: {}, kept: {}, bound: {}, showers: [], dirty: true };
    w.still = root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    Object.assign(w.state, { playing: !w.still, seen: true });
    w.redraw = () => { w.dirty = true; };
    w.show = () => { w.showers.forEach((shower) => shower()); w.redraw(); };
    w.get = (selector) => w.live.querySelector(selector);
    w.advance = (steps) => { spec.advance(steps); w.redraw(); };
    w.live = make("div", { className: "cw-live", tabIndex: 0 }, box,
      { role: "group", "aria-label": spec.label + " Press question mark for the keys." });
    w.live.courseWidget = w;
    box.classList.add("cw-on");
    const stage = make("div", { className: "cw-stage" }, w.live);
    for (const key of Object.keys(spec.pictures)) {
      w.canvas[key] = make("canvas", { className: "cw-" + key }, stage, { role: "img" });
    }
    make("p", { className: "cw-read" }, w.live, { "aria-hidden": "true" });
    make("p", { className: "cw-say" }, w.live, { role: "status", "aria-live": "polite" });
    links(w, spec);
    w.drag = (canvas, move, done) => drag(w, canvas, move, done);
    if (spec.choices) choices(w, spec);
    sliders(w, spec);
    buttons(w, spec, spec.turns ? turning(w, w.canvas[spec.turns]) : []);
    keys(w, spec);
    Object.assign(w, pen(w.live));
    w.show();
    loop(w, spec);
    return Object.assign(w, { outcome: spec.say });
  }

  function links(w, spec) {
    const start = `#${spec.name}:`, kept = location.hash.startsWith(start) ? location.hash.slice(start.length) : "";
    for (const [name, value] of kept.split(",").map((part) => part.split("="))) {
      if (value && Number.isFinite(Number(value))) w.kept[name] = Number(value);
    }
    const plain = () => Object.fromEntries(spec.sliders.map(([name]) => [name, Number(w.state[name].toFixed(4))]));
    w.link = () => {
      const text = Object.entries((spec.keep || plain)()).map((pair) => pair.join("=")).join(",");
      try { root.history.replaceState(null, "", start + text); } catch (error) { w.live.dataset.fragment = "none"; }
    };
  }

  function changed(w, spec, name, value) {
    w.state[name] = value;
    if (spec.changed) spec.changed(name);
    w.show();
  }
  function choices(w, spec) {
    const { name, label, texts } = spec.choices;
    const row = make("div", { className: "cw-row" }, w.live, { role: "group", "aria-label": label });
    w.choose = (i) => { changed(w, spec, name, i); w.link(); };
    texts.forEach((text, i) => {
      const button = make("button", { type: "button", textContent: `${text} (${i + 1})` }, row);
      button.dataset[name] = i;
      button.addEventListener("click", () => w.choose(i));
      w.bound[i + 1] = () => w.choose(i);
      w.showers.push(() => button.setAttribute("aria-pressed", String(w.state[name] === i)));
    });
  }
  function sliders(w, spec) {
    const row = make("div", { className: "cw-row cw-sliders" }, w.live), range = {};
    w.put = (name, value) => changed(w, spec, name, clamp(value, ...range[name]));
    for (const [name, text, min, max, step, show = (v) => v.toFixed(1), coarse = 5] of spec.sliders) {
      const label = make("label", { textContent: text + " " }, row), value = make("output", {}, label);
      const input = make("input", { type: "range", min, max, step, name }, label);
      range[name] = [min, max];
      if (name in w.kept && !spec.keep) w.state[name] = clamp(w.kept[name], min, max);
      w.showers.push(() => {
        input.value = w.state[name];
        value.textContent = show(w.state[name]);
        input.setAttribute("aria-valuetext", show(w.state[name]));
      });
      input.addEventListener("input", () => w.put(name, Number(input.value)));
      input.addEventListener("change", w.link);
      input.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!event.shiftKey || event.altKey || !way) return;
        event.preventDefault();
        w.put(name, w.state[name] + way * step * coarse);
        w.link();
      });
      w.inputs[name] = input;
    }
  }
  function turning(w, canvas) {
    const s = w.state;
    const turn = (yaw, tilt) => Object.assign(s, { yaw: s.yaw + yaw, tilt: clamp(s.tilt + tilt, -1.5, 1.5) });
    w.drag(canvas, (x, y, dx, dy) => turn(dx * 0.01, dy * 0.01));
    w.turner = () => {  // point with three coordinates -> across, up
      const cy = Math.cos(s.yaw), sy = Math.sin(s.yaw), ct = Math.cos(s.tilt), st = Math.sin(s.tilt);
      return (p) => [p[0] * cy - p[1] * sy, p[2] * ct - (p[0] * sy + p[1] * cy) * st];
    };
    return [["left", -0.15, 0], ["right", 0.15, 0], ["up", 0, 0.15], ["down", 0, -0.15]].map(([way, yaw, tilt]) =>
      [way, KEYS["arrow" + way], "alt+arrow" + way, () => turn(yaw, tilt), (tilt ? "Tilt " : "Turn ") + way]);
  }
  function buttons(w, spec, more) {
    const row = make("div", { className: "cw-row" }, w.live), s = w.state;
    const also = [spec.sliders.length && "in a slider: arrows fine, Shift + arrows coarse",
      spec.turns && "Alt + arrows or drag: turn", "? this line"].filter(Boolean);
    const help = make("p", { className: "cw-keys", hidden: true }, w.live);
    help.textContent = [...spec.help, ...also].join(" · ") + ". Keys act while the widget has the focus.";
    const fold = () => { help.hidden = !help.hidden; w.mark("keys", !help.hidden, "aria-expanded"); };
    w.mark = (name, on, mark = "aria-pressed") => w.get(`[data-do=${name}]`).setAttribute(mark, String(on));
    for (const [name, text, key, action, words] of [...spec.buttons, ...more, ["keys", "Keys", "?", fold]]) {
      const tail = key ? ` (${keyName(key)})` : "";
      const button = make("button", { type: "button", textContent: words ? text : text + tail }, row);
      button.dataset.do = name;
      if (words) button.setAttribute("aria-label", words + tail);
      const act = name === "play" ? () => { s.playing = !s.playing; } : action;
      w.actions[name] = () => { act(); w.show(); };
      if (name === "play") w.showers.push(() => { button.textContent = (s.playing ? "Pause" : "Go") + tail; });
      button.addEventListener("click", w.actions[name]);
      if (key) w.bound[key] = w.actions[name];
    }
    w.mark("keys", false, "aria-expanded");
  }
  function keys(w, spec) {
    for (const [key, action] of Object.entries(spec.keys)) w.bound[key] = () => { action(); w.show(); };
    w.live.addEventListener("keydown", (event) => {
      const key = (event.altKey ? "alt+" : "") + event.key.toLowerCase(), at = event.target.tagName;
      const taken = at === "SELECT" || (at === "INPUT" ? key.startsWith("arrow") : at === "BUTTON" && key === " ");
      if (!w.bound[key] || taken || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      w.bound[key]();
    });
  }
  // move(x, y, dx, dy, first): where the pointer is in the picture [px] and how far it came; done(): it let go
  function drag(w, canvas, move, done) {
    let from = null;
    const go = (event) => {
      const area = canvas.getBoundingClientRect(), x = event.clientX - area.left, y = event.clientY - area.top;
      move(x, y, from ? x - from[0] : 0, from ? y - from[1] : 0, !from);
      from = [x, y];
      w.show();
    };
    canvas.classList.add("cw-drag");
    canvas.addEventListener("pointerdown", (event) => {
      from = null;
      canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) go(event); });
    if (done) canvas.addEventListener("lostpointercapture", done);
  }

  function loop(w, spec) {
    const s = w.state, read = w.get(".cw-read"), say = w.get(".cw-say");
    let last = 0, owed = 0, spoken = 0, drawn = true;
    w.tell = (text) => { say.textContent = text; spoken = performance.now(); };
    function frame(now) {
      root.requestAnimationFrame(frame);
      const elapsed = Math.min(0.1, (now - last) / 1000);
      last = now;
      if (s.playing && s.seen && spec.pace) {
        owed += elapsed * spec.pace();
        const steps = Math.floor(owed);
        owed -= steps;
        if (steps) w.advance(steps);
      }
      if (w.dirty) {
        w.dirty = false;
        drawn = true;
        for (const [draw] of Object.values(spec.pictures)) draw();
        read.textContent = minus(spec.read());
      }
      const told = say.textContent === spec.say();
      if (now - spoken < 1000 || (told && !drawn)) return;
      drawn = false;
      spoken = now;
      if (!told) w.tell(spec.say());
      for (const [key, [, words]] of Object.entries(spec.pictures)) {
        w.canvas[key].setAttribute("aria-label", `${typeof words === "function" ? words() : words} ${spec.say()}`);
      }
    }
    new IntersectionObserver((all) => { s.seen = all[all.length - 1].isIntersecting; w.redraw(); }).observe(w.live);
    new ResizeObserver(w.redraw).observe(w.live);
    new MutationObserver(w.redraw).observe(document.documentElement, { attributes: true });
    root.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", w.redraw);
    root.requestAnimationFrame(frame);
  }

  // Colours: names of widget.css (--cw-a, ...) or plain ones.
  function pen(live) {
    const ink = (colour) => (colour.startsWith("--") ? getComputedStyle(live).getPropertyValue(colour).trim() : colour);
    function paper(canvas, title, left = 6) {  // emptied, in CSS pixels; a title over the picture
      const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
      Object.assign(canvas, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
      const c = canvas.getContext("2d");
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.font = "14px system-ui, sans-serif";
      c.fillStyle = ink("--cw-soft");
      if (title) c.fillText(title, left, 16);
      return [c, w, h];
    }
    function path(c, points, colour, width, dash = []) {  // null lifts the pen
      Object.assign(c, { strokeStyle: ink(colour), lineWidth: width });
      c.setLineDash(dash);
      c.beginPath();
      points.forEach((p, i) => { if (p) { if (i && points[i - 1]) c.lineTo(p[0], p[1]); else c.moveTo(p[0], p[1]); } });
      c.stroke();
      c.setLineDash([]);
    }
    function dot(c, at, radius, colour, open = false) {
      c.fillStyle = c.strokeStyle = ink(colour);
      c.lineWidth = 1.8;
      c.beginPath();
      c.arc(at[0], at[1], radius, 0, 7);
      if (open) c.stroke(); else c.fill();
    }
    // Ruled paper. x, y: [from, to, every], without `every` no ticks; xText, yText: a tick's words; foot: pixels below.
    // What is drawn after it is cut at the edges until c.restore(); `at` is the way back, for pointers.
    function axes(canvas, { title, name, x, y, xText = minus, yText = minus, left = 46, foot = 34 }) {
      const [c, w, h] = paper(canvas, title, left), right = w - 16, top = 26, low = h - foot;
      const X = (v) => left + (v - x[0]) / (x[1] - x[0]) * (right - left);
      const Y = (v) => low - (v - y[0]) / (y[1] - y[0]) * (low - top);
      const ticks = ([from, to, every]) => {
        const first = Math.ceil(from / every - 1e-9), n = every ? Math.floor(to / every + 1e-9) - first + 1 : 0;
        return Array.from({ length: n }, (_, i) => Number(((first + i) * every).toFixed(9)));
      };
      c.textAlign = "right";
      for (const v of ticks(y)) {
        c.fillText(yText(v), left - 7, Y(v) + 4);
        path(c, [[left, Y(v)], [right, Y(v)]], "--cw-line", 1);
      }
      c.textAlign = "center";
      for (const v of ticks(x)) c.fillText(xText(v), X(v), h - 18);
      if (name) c.fillText(name, (left + right) / 2, h - 4);
      c.textAlign = "left";
      c.save();
      c.beginPath();
      c.rect(left, top - 4, right - left, low - top + 6);
      c.clip();
      const at = (px, py) => [x[0] + (px - left) / (right - left) * (x[1] - x[0]),
        y[0] + (low - py) / (low - top) * (y[1] - y[0])];
      return { c, X, Y, at, left, right, top, low };
    }
    return { ink, paper, path, dot, axes };
  }

  root.courseKit = { open, rk4, random, clamp, minus, power };
})(typeof window === "undefined" ? globalThis : window);
