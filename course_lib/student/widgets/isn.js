// One excitatory and one inhibitory population, live: phase plane with nullclines, and both rates against time.
// Plain script without dependencies; `courseIsn` offers the numerics to tests and `mount` to the page.
(function (root) {
  "use strict";
  const TAU_E = 20, DT = 0.25, SPAN = 600, TRAIL = 1600, TOP = 10;

  const up = (v) => Math.max(v, 0);
  // p: ee, ei (from I to E), ie, ii, ratio (tau_I / tau_E), inputE, inputI.  r: [r_E, r_I].  Per ms.
  function field(r, p) {
    return [(up(p.ee * r[0] - p.ei * r[1] + p.inputE) - r[0]) / TAU_E,
      (up(p.ie * r[0] - p.ii * r[1] + p.inputI) - r[1]) / (TAU_E * p.ratio)];
  }
  function rk4(r, p, dt) {
    const shift = (k, h) => [r[0] + h * k[0], r[1] + h * k[1]];
    const a = field(r, p), b = field(shift(a, dt / 2), p), c = field(shift(b, dt / 2), p), d = field(shift(c, dt), p);
    return r.map((v, i) => v + dt / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }
  // Rest points: the linear equations of each set of active populations, kept where the rectifier agrees.
  function rests(p) {
    const found = [];
    for (const [e, i] of [[1, 1], [1, 0], [0, 1], [0, 0]]) {
      const a = 1 - e * p.ee, b = e * p.ei, c = -i * p.ie, d = 1 + i * p.ii, det = a * d - b * c;
      if (Math.abs(det) < 1e-12) continue;
      const r = [(d * e * p.inputE - b * i * p.inputI) / det, (a * i * p.inputI - c * e * p.inputE) / det];
      const drive = [p.ee * r[0] - p.ei * r[1] + p.inputE, p.ie * r[0] - p.ii * r[1] + p.inputI];
      if ((drive[0] > 0) !== Boolean(e) || (drive[1] > 0) !== Boolean(i)) continue;
      const tauI = TAU_E * p.ratio, trace = -a / TAU_E - d / tauI;
      found.push({ r: r, stable: trace < 0 && det > 0, active: [e, i], trace: trace, det: det / (TAU_E * tauI),
        slope: i * a / det });
    }
    return found;
  }

  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-sliders"></div>
<div class="cw-row">
<button type="button" data-do="paradox" aria-pressed="false">More drive to I (P)</button>
<button type="button" data-do="pulseE">Pulse E (E)</button><button type="button" data-do="pulseI">Pulse I (I)</button>
<button type="button" data-do="play">Pause (Space)</button><button type="button" data-do="step">Step</button>
<button type="button" data-do="again">Restart (R)</button>
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>P adds 1 to the input of I, or takes it back · E or I kicks one rate · Space pause or go on · R
start from the rest point · arrows in the picture, or drag: move the state · in a slider: arrows fine, Shift + arrows coarse
· ? this line. Keys act while the widget has the focus. Filled rest point: stable; open: unstable.</p>`;

  function mount(box, options) {
    const live = document.createElement("div");
    live.className = "cw-live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Two populations, excitatory and inhibitory. Press question mark for the keys.");
    live.innerHTML = HTML;
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const phase = get(".cw-phase"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
    const still = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const s = { ee: 2, ei: 2, ie: 2.5, ii: 1, ratio: 0.5, inputE: 10, inputI: 5, more: 0, t: 0, playing: !still, seen: true };
    Object.assign(s, options || {});
    let dirty = true, last = 0, owed = 0, spoken = 0;

    const sliders = [["ee", "E to E", 0, 3, 0.1], ["ei", "I to E", 0, 4, 0.1], ["ie", "E to I", 0, 4, 0.1],
      ["ii", "I to I", 0, 3, 0.1], ["ratio", "τ of I / τ of E", 0.2, 3, 0.1], ["inputE", "input of E", 0, 20, 0.5],
      ["inputI", "input of I", 0, 15, 0.5]];
    const inputs = {};
    function hash() {
      const text = "#isn:" + sliders.map(([n]) => n + "=" + s[n]).join(",");
      try { root.history.replaceState(null, "", text); } catch (error) { live.dataset.fragment = "not available"; }
    }
    for (const [name, text, min, max, step] of sliders) {
      const label = document.createElement("label"), input = document.createElement("input");
      const value = document.createElement("output");
      Object.assign(input, { type: "range", min: min, max: max, step: step, name: name });
      const kept = new RegExp("[:,]" + name + "=([0-9.]+)").exec(/^#isn:/.test(location.hash) ? location.hash : "");
      if (kept) s[name] = Math.min(max, Math.max(min, Number(kept[1])));
      input.value = s[name];
      const tell = () => { value.textContent = s[name].toFixed(1); input.setAttribute("aria-valuetext", s[name].toFixed(1)); };
      input.addEventListener("input", () => { s[name] = Number(input.value); tell(); dirty = true; });
      input.addEventListener("change", hash);
      input.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!event.shiftKey || event.altKey || !way) return;
        event.preventDefault();
        input.value = Number(input.value) + way * step * 5;
        input.dispatchEvent(new Event("input"));
        hash();
      });
      label.append(text + " ", value, input);
      get(".cw-sliders").append(label);
      inputs[name] = input;
      tell();
    }

    const now = () => Object.assign({}, s, { inputI: s.inputI + s.more });
    const settled = () => { const all = rests(now()); return all.find((q) => q.stable) || all[0] || null; };
    function again() {
      const rest = settled();
      Object.assign(s, { t: 0, r: rest && rest.stable ? rest.r.slice() : [1, 1], marks: [] });
      Object.assign(s, { trail: [s.r], curve: [[0, ...s.r]] });
      dirty = true;
    }
    function put(r) {
      s.r = r.map((v) => Math.min(3 * TOP, up(v)));
      s.trail.push(null, s.r);
      dirty = true;
    }
    function advance(steps) {
      const p = now();
      for (let i = 0; i < steps; i += 1) {
        s.r = rk4(s.r, p, DT).map((v) => Math.min(v, 1e4));
        s.t += DT;
        s.trail.push(s.r);
        s.curve.push([s.t, ...s.r]);
      }
      s.trail = s.trail.slice(-TRAIL);
      s.curve = s.curve.filter((q) => q[0] >= s.t - SPAN);
      s.marks = s.marks.filter((t) => t >= s.t - SPAN);
      dirty = true;
    }
    function outcome() {
      const rest = settled();
      if (!rest) return "No rest point: the rates run away.";
      if (!rest.stable) return rest.det > 0 ? "The rest point is unstable: a rhythm." : "The rates run away or fall silent.";
      if (!s.asked) return "A stable state of rest.";  // the bet comes first
      if (!rest.active[0]) return "E is silent: more drive to I raises I.";
      if (!rest.active[1]) return "I is silent.";
      const held = s.ee > 1 ? "Inhibition holds E, which would run away alone" : "E would stand still alone";
      return `${held}: more drive to I ${rest.slope < 0 ? "lowers" : "raises"} I.`;
    }

    function ink(name) { return getComputedStyle(live).getPropertyValue(name).trim() || "#777"; }
    function prepare(canvas) {
      const w = canvas.clientWidth, h = canvas.clientHeight, ratio = root.devicePixelRatio || 1;
      if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
        canvas.width = Math.round(w * ratio);
        canvas.height = Math.round(h * ratio);
      }
      const c = canvas.getContext("2d");
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
      c.clearRect(0, 0, w, h);
      c.font = "14px system-ui, sans-serif";
      return [c, w, h];
    }
    function path(c, points, colour, width) {
      c.strokeStyle = colour;
      c.lineWidth = width;
      c.beginPath();
      let pen = false;
      for (const p of points) {
        if (p) { if (pen) c.lineTo(p[0], p[1]); else c.moveTo(p[0], p[1]); }
        pen = Boolean(p);
      }
      c.stroke();
    }
    const frameOf = (canvas) => ({ left: 34, low: canvas.clientHeight - 34, top: 26, right: canvas.clientWidth - 10 });
    // Rates from 0 to TOP upwards, [from, from + span] to the right; drawing is clipped until restore.
    function axes(canvas, title, name, from, span, every) {
      const [c, w, h] = prepare(canvas), b = frameOf(canvas);
      const X = (v) => b.left + (v - from) / span * (b.right - b.left), Y = (v) => b.low - v / TOP * (b.low - b.top);
      c.fillStyle = ink("--cw-soft");
      c.fillText(title, b.left, 16);
      c.textAlign = "right";
      for (let v = 0; v <= TOP; v += 2) {
        c.fillText(String(v), b.left - 6, Y(v) + 4);
        path(c, [[b.left, Y(v)], [b.right, Y(v)]], ink("--cw-line"), 1);
      }
      c.textAlign = "center";
      for (let v = Math.ceil(from / every) * every; v <= from + span; v += every) c.fillText(String(v), X(v), h - 18);
      c.fillText(name, (b.left + b.right) / 2, h - 4);
      c.textAlign = "left";
      c.save();
      c.beginPath(); c.rect(b.left, b.top - 4, b.right - b.left, b.low - b.top + 6); c.clip();
      return [c, b, X, Y];
    }
    function drawPhase() {
      const [c, , X, Y] = axes(phase, "rate of I", "rate of E", 0, TOP, 2), p = now();
      // E stands still on one line, and on r_E = 0 above it; I on a broken line
      const eLine = (r) => p.ei ? ((p.ee - 1) * r + p.inputE) / p.ei : 1e3;
      const iLine = (r, more) => up(p.ie * r + s.inputI + more) / (1 + p.ii);
      path(c, [[X(0), Y(1e2)], [X(0), Y(eLine(0))], [X(TOP), Y(eLine(TOP))]], ink("--cw-a"), 2.5);
      if (s.more) {
        c.setLineDash([5, 5]);
        path(c, [[X(0), Y(iLine(0, 0))], [X(TOP), Y(iLine(TOP, 0))]], ink("--cw-b"), 1.3);
        c.setLineDash([]);
      }
      path(c, [[X(0), Y(iLine(0, s.more))], [X(TOP), Y(iLine(TOP, s.more))]], ink("--cw-b"), 2.5);
      path(c, s.trail.map((r) => r && [X(r[0]), Y(r[1])]), ink("--cw-d"), 1.3);
      for (const rest of rests(p)) {
        c.fillStyle = c.strokeStyle = ink("--cw-ink");
        c.lineWidth = 1.8;
        c.beginPath(); c.arc(X(rest.r[0]), Y(rest.r[1]), 7, 0, 7);
        if (rest.stable) c.fill(); else c.stroke();
      }
      c.fillStyle = ink("--cw-d");
      c.beginPath(); c.arc(X(s.r[0]), Y(s.r[1]), 5, 0, 7); c.fill();
      c.restore();
    }
    function drawStrip() {
      const from = Math.max(0, s.t - SPAN);
      const [c, b, X, Y] = axes(strip, "rates: E orange, I blue", "time [ms]", from, SPAN, 200);
      c.setLineDash([3, 4]);
      for (const t of s.marks) path(c, [[X(t), b.top], [X(t), b.low]], ink("--cw-soft"), 1.2);
      c.setLineDash([]);
      path(c, s.curve.map((q) => [X(q[0]), Y(q[1])]), ink("--cw-a"), 2);
      path(c, s.curve.map((q) => [X(q[0]), Y(q[2])]), ink("--cw-b"), 2);
      c.restore();
    }
    function frame(time) {
      const elapsed = Math.min(0.1, (time - last) / 1000);
      last = time;
      if (s.playing && s.seen) {
        owed += elapsed * 120 / DT;
        const steps = Math.floor(owed);
        owed -= steps;
        if (steps) advance(steps);
      }
      if (dirty) {
        dirty = false;
        drawPhase();
        drawStrip();
        const rest = settled();
        read.textContent = `E ${s.r[0].toFixed(2)}, I ${s.r[1].toFixed(2)}` +
          (rest ? `; rest at ${rest.r[0].toFixed(2)}, ${rest.r[1].toFixed(2)}`.replace(/-/g, "−") : "");
      }
      if (time - spoken > 700 && say.textContent !== outcome()) {
        spoken = time;
        say.textContent = outcome();
        phase.setAttribute("aria-label", `Plane of both rates with the lines on which each stands still. ${outcome()}`);
        strip.setAttribute("aria-label", `Both rates against time. ${outcome()}`);
      }
      root.requestAnimationFrame(frame);
    }

    const move = (e, i) => put([s.r[0] + e, s.r[1] + i]);
    const actions = {
      paradox: () => {
        s.more = s.more ? 0 : 1;
        s.asked = true;
        s.marks.push(s.t);
        get("[data-do=paradox]").setAttribute("aria-pressed", String(Boolean(s.more)));
        if (still) advance(800);
        dirty = true;
      },
      pulseE: () => { move(2, 0); if (still) advance(800); }, pulseI: () => { move(0, 2); if (still) advance(800); },
      play: () => { s.playing = !s.playing; get("[data-do=play]").textContent = (s.playing ? "Pause" : "Go") + " (Space)"; },
      step: () => advance(200), again: again,
      keys: () => {
        const keys = get(".cw-keys");
        keys.hidden = !keys.hidden;
        get("[data-do=keys]").setAttribute("aria-expanded", String(!keys.hidden));
      }
    };
    live.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) actions[button.dataset.do]();
    });
    live.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const arrows = { ArrowLeft: [-0.5, 0], ArrowRight: [0.5, 0], ArrowUp: [0, 0.5], ArrowDown: [0, -0.5] };
      const letters = { p: "paradox", e: "pulseE", i: "pulseI", " ": "play", r: "again", "?": "keys" };
      const slider = event.target.tagName === "INPUT", button = event.target.tagName === "BUTTON";
      if (arrows[event.key] && !slider) move(...arrows[event.key]);
      else if (letters[event.key.toLowerCase()] && !(event.key === " " && button)) actions[letters[event.key.toLowerCase()]]();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    let held = false;
    function drag(event) {
      const b = frameOf(phase), area = phase.getBoundingClientRect();
      const e = (event.clientX - area.left - b.left) / (b.right - b.left) * TOP;
      put([e, (b.low - (event.clientY - area.top)) / (b.low - b.top) * TOP]);
    }
    phase.addEventListener("pointerdown", (event) => { held = true; phase.setPointerCapture(event.pointerId); drag(event); });
    phase.addEventListener("pointermove", (event) => { if (held) drag(event); });
    for (const name of ["pointerup", "pointercancel"]) phase.addEventListener(name, () => { held = false; });
    const redraw = () => { dirty = true; };
    if (root.IntersectionObserver) {
      new IntersectionObserver((seen) => { s.seen = seen[seen.length - 1].isIntersecting; dirty = true; }).observe(live);
    }
    if (root.ResizeObserver) new ResizeObserver(redraw).observe(live);
    new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
    if (!s.playing) get("[data-do=play]").textContent = "Go (Space)";
    again();
    root.requestAnimationFrame(frame);
    live.courseWidget = { state: s, inputs: inputs, advance: advance, actions: actions, outcome: outcome };
    return live;
  }

  root.courseIsn = { field: field, rk4: rk4, rests: rests, mount: mount, DT: DT, TAU_E: TAU_E };
})(typeof window === "undefined" ? globalThis : window);
