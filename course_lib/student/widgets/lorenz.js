// Two nearby starts in the Lorenz equations, live: butterfly, and log distance against time.
// Plain script without dependencies; `courseLorenz` offers the numerics to tests and `mount` to the page.
(function (root) {
  "use strict";
  const SIGMA = 10, BETA = 8 / 3, DT = 0.01, EVERY = 5, SPAN = 40, TRAIL = 1600;

  function field(s, rho) {
    return [SIGMA * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - BETA * s[2]];
  }
  function rk4(s, rho, dt) {
    const shift = (k, h) => [s[0] + h * k[0], s[1] + h * k[1], s[2] + h * k[2]];
    const a = field(s, rho), b = field(shift(a, dt / 2), rho), c = field(shift(b, dt / 2), rho);
    const d = field(shift(c, dt), rho);
    return s.map((v, i) => v + dt / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }
  // Rest points with the number of their unstable directions (Routh-Hurwitz at the two outer ones).
  function restPoints(rho) {
    const points = [{ x: [0, 0, 0], unstable: rho > 1 ? 1 : 0 }];
    if (rho > 1) {
      const r = Math.sqrt(BETA * (rho - 1)), hopf = SIGMA * (SIGMA + BETA + 3) / (SIGMA - BETA - 1);
      for (const side of [-1, 1]) points.push({ x: [side * r, side * r, rho - 1], unstable: rho > hopf ? 2 : 0 });
    }
    return points;
  }
  const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);

  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-sliders"></div>
<div class="cw-row">
<button type="button" data-do="play">Pause (P)</button><button type="button" data-do="step">Step</button>
<button type="button" data-do="again">Restart (R)</button><button type="button" data-do="cloud">Cloud (S)</button>
<button type="button" data-do="left" aria-label="Turn left (Alt + Left)">←</button>
<button type="button" data-do="right" aria-label="Turn right (Alt + Right)">→</button>
<button type="button" data-do="up" aria-label="Tilt up (Alt + Up)">↑</button>
<button type="button" data-do="down" aria-label="Tilt down (Alt + Down)">↓</button>
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>P pause or go on · R restart · S drop a cloud of 300 points round the start · Alt + arrows or drag:
turn · in a slider: arrows fine, Shift + arrows coarse · ? this line. Keys act while the widget has the focus.
Rest points: filled = stable, half = one unstable direction, open = two.</p>`;

  function mount(box, options) {
    const start = options.start || [-5.8, -7.3, 19.6], slope = options.slope || 0.9056;
    const live = document.createElement("div");
    live.className = "cw-live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Lorenz widget: two nearby starts. Press question mark for the keys.");
    live.innerHTML = HTML;
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const phase = get(".cw-phase"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
    const still = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const s = { rho: 28, gap: -5, speed: 3, t: 0, yaw: -0.5, tilt: 0.12, playing: !still, seen: true, cloud: [], parted: null };
    let dirty = true, last = 0, owed = 0, spoken = 0, ticks = 0;

    const sliders = [
      ["rho", "ρ", 0, 40, 0.5, (v) => v.toFixed(1)],
      ["gap", "initial gap", -12, -1, 1, (v) => "10" + String(v).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])],
      ["speed", "speed", 0.5, 8, 0.5, (v) => v.toFixed(1) + " time units/s"]];
    const inputs = {};
    function hash() {
      const text = "#lorenz:" + sliders.map(([n]) => n + "=" + s[n]).join(",");
      try { root.history.replaceState(null, "", text); } catch (error) { live.dataset.fragment = "not available"; }
    }
    for (const [name, text, min, max, step, show] of sliders) {
      const label = document.createElement("label"), input = document.createElement("input");
      const value = document.createElement("output");
      Object.assign(input, { type: "range", min: min, max: max, step: step, name: name });
      const kept = new RegExp("[:,]" + name + "=(-?[0-9.]+)").exec(/^#lorenz:/.test(location.hash) ? location.hash : "");
      if (kept) s[name] = Math.min(max, Math.max(min, Number(kept[1])));
      input.value = s[name];
      const tell = () => { value.textContent = show(s[name]); input.setAttribute("aria-valuetext", show(s[name])); };
      input.addEventListener("input", () => {
        s[name] = Number(input.value);
        tell();
        if (name !== "speed") again();
      });
      input.addEventListener("change", hash);
      input.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!event.shiftKey || event.altKey || !way) return;
        event.preventDefault();
        input.value = Number(input.value) + way * step * (name === "gap" ? 3 : 10);
        input.dispatchEvent(new Event("input"));
        hash();
      });
      label.append(text + " ", value, input);
      get(".cw-sliders").append(label);
      inputs[name] = input;
      tell();
    }

    function again() {
      s.a = start.slice();
      s.b = [start[0] + Math.pow(10, s.gap), start[1], start[2]];
      Object.assign(s, { t: 0, cloud: [], parted: null, trailA: [s.a], trailB: [s.b], curve: [[0, s.gap]], settled: null });
      ticks = 0;
      dirty = true;
    }
    function advance(steps) {
      for (let i = 0; i < steps; i += 1) {
        s.a = rk4(s.a, s.rho, DT);
        s.b = rk4(s.b, s.rho, DT);
        for (let j = 0; j < s.cloud.length; j += 1) s.cloud[j] = rk4(s.cloud[j], s.rho, DT);
        ticks += 1;
        s.t = ticks * DT;
        s.trailA.push(s.a);
        s.trailB.push(s.b);
        if (ticks % EVERY === 0) {
          const d = distance(s.a, s.b), speedA = Math.hypot(...field(s.a, s.rho));
          s.curve.push([s.t, Math.log10(Math.max(d, 1e-16))]);
          if (s.parted === null && d > 5) s.parted = s.t;
          if (s.settled === null && speedA < 1e-2) s.settled = s.t;
        }
      }
      s.trailA = s.trailA.slice(-TRAIL);
      s.trailB = s.trailB.slice(-TRAIL);
      s.curve = s.curve.filter((p) => p[0] >= s.t - SPAN - 1);
      dirty = true;
    }
    function cloud() {
      let seed = 1;  // one fixed cloud: the same picture for every reader
      const draw = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
      s.cloud = Array.from({ length: 300 }, () => s.a.map((v) => v + draw()));
      dirty = true;
    }
    function outcome() {
      if (s.settled !== null) return "Both starts have settled on a rest point.";
      if (s.parted !== null) return `The two starts parted after ${s.parted.toFixed(1)} time units.`;
      return s.t > 0 ? "The two starts still move together." : "Two starts, not yet moved.";
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
      points.forEach((p, i) => (i ? c.lineTo(p[0], p[1]) : c.moveTo(p[0], p[1])));
      c.stroke();
    }
    function drawPhase() {
      const [c, w, h] = prepare(phase), scale = Math.min(w, h) / 58;
      const cy = Math.cos(s.yaw), sy = Math.sin(s.yaw), ct = Math.cos(s.tilt), st = Math.sin(s.tilt);
      const view = (x) => {
        const z = x[2] - 25, deep = x[0] * sy + x[1] * cy;
        return [w / 2 + scale * (x[0] * cy - x[1] * sy), h / 2 - scale * (z * ct - deep * st)];
      };
      const lines = [[s.trailB, ink("--cw-b")], [s.trailA, ink("--cw-a")]];
      for (const [trail, colour] of lines) {
        const seen = trail.map(view);
        for (let part = 0; part < 4; part += 1) {
          c.globalAlpha = 0.2 + 0.25 * part;
          path(c, seen.slice(Math.floor(seen.length * part / 4), Math.floor(seen.length * (part + 1) / 4) + 1), colour, 1.3);
        }
      }
      c.globalAlpha = 1;
      c.fillStyle = ink("--cw-ink");
      for (const p of s.cloud) { const [x, y] = view(p); c.fillRect(x - 1, y - 1, 2, 2); }
      for (const [p, colour] of [[s.b, ink("--cw-b")], [s.a, ink("--cw-a")]]) {
        const [x, y] = view(p);
        c.fillStyle = colour;
        c.beginPath(); c.arc(x, y, 5, 0, 7); c.fill();
      }
      c.strokeStyle = c.fillStyle = ink("--cw-ink");
      c.lineWidth = 1.6;
      for (const point of restPoints(s.rho)) {
        const [x, y] = view(point.x);
        if (point.unstable < 2) {
          c.beginPath();
          c.arc(x, y, 6, point.unstable ? Math.PI / 2 : 0, point.unstable ? 1.5 * Math.PI : 7);
          c.fill();
        }
        c.beginPath(); c.arc(x, y, 6, 0, 7); c.stroke();
      }
    }
    function drawStrip() {
      const [c, w, h] = prepare(strip), left = 46, top = 26, low = h - 34;
      const from = Math.max(0, s.t - SPAN), X = (t) => left + (t - from) / SPAN * (w - left - 10);
      const bottom = Math.min(-6, s.gap - 1), Y = (v) => low - (v - bottom) / (2.5 - bottom) * (low - top);
      c.fillStyle = ink("--cw-soft");
      c.fillText("log₁₀ distance", left, 16);
      c.textAlign = "center";
      c.fillText("time", left + (w - left) / 2, h - 4);
      for (let t = Math.ceil(from / 10) * 10; t <= from + SPAN; t += 10) c.fillText(String(t), X(t), h - 18);
      c.textAlign = "right";
      for (let v = -12; v <= 2; v += 2) {
        if (v < bottom) continue;
        c.fillText(String(v).replace("-", "−"), left - 8, Y(v) + 4);
        path(c, [[left, Y(v)], [w - 10, Y(v)]], ink("--cw-line"), 1);
      }
      c.textAlign = "left";
      c.save();
      c.beginPath(); c.rect(left, top - 6, w - left, low - top + 8); c.clip();
      c.setLineDash([6, 5]);
      const end = (1.3 - s.gap) * Math.LN10 / slope;
      path(c, [[X(0), Y(s.gap)], [X(end), Y(1.3)]], ink("--cw-soft"), 1.6);
      c.setLineDash([]);
      path(c, s.curve.map((p) => [X(p[0]), Y(p[1])]), ink("--cw-d"), 2);
      c.restore();
    }
    function frame(now) {
      const elapsed = Math.min(0.1, (now - last) / 1000);
      last = now;
      if (s.playing && s.seen) {
        owed += elapsed * s.speed / DT;
        const steps = Math.floor(owed);
        owed -= steps;
        if (steps) advance(steps);
      }
      if (dirty) {
        dirty = false;
        drawPhase();
        drawStrip();
        const gap = distance(s.a, s.b).toExponential(1).replace("-", "−");
        read.textContent = `t = ${s.t.toFixed(1)}, distance ${gap}; dashed: slope ${slope.toFixed(3)}`;
      }
      if (now - spoken > 1000 && say.textContent !== outcome()) {
        spoken = now;
        say.textContent = outcome();
        phase.setAttribute("aria-label", `Two orbits in state space at rho ${s.rho}. ${outcome()}`);
        strip.setAttribute("aria-label", `Log distance of the two starts against time. ${outcome()}`);
      }
      root.requestAnimationFrame(frame);
    }

    const turn = (yaw, tilt) => { s.yaw += yaw; s.tilt = Math.max(-1.5, Math.min(1.5, s.tilt + tilt)); dirty = true; };
    const actions = {
      play: () => { s.playing = !s.playing; get("[data-do=play]").textContent = s.playing ? "Pause (P)" : "Go (P)"; },
      step: () => advance(50), again: again, cloud: cloud,
      left: () => turn(-0.15, 0), right: () => turn(0.15, 0), up: () => turn(0, 0.15), down: () => turn(0, -0.15),
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
      const arrows = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
      const letters = { p: "play", r: "again", s: "cloud", "?": "keys" };
      const name = event.altKey ? arrows[event.key] : letters[event.key.toLowerCase()];
      if (!name || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      actions[name]();
    });
    let held = null;
    phase.addEventListener("pointerdown", (event) => {
      held = [event.clientX, event.clientY];
      phase.setPointerCapture(event.pointerId);
    });
    phase.addEventListener("pointermove", (event) => {
      if (!held) return;
      turn((event.clientX - held[0]) * 0.01, (event.clientY - held[1]) * 0.01);
      held = [event.clientX, event.clientY];
    });
    for (const name of ["pointerup", "pointercancel"]) phase.addEventListener(name, () => { held = null; });
    const redraw = () => { dirty = true; };
    if (root.IntersectionObserver) {
      new IntersectionObserver((seen) => { s.seen = seen[seen.length - 1].isIntersecting; dirty = true; }).observe(live);
    }
    if (root.ResizeObserver) new ResizeObserver(redraw).observe(live);
    new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
    if (!s.playing) get("[data-do=play]").textContent = "Go (P)";
    again();
    if (still) advance(2000);  // no motion: the whole curve at once
    root.requestAnimationFrame(frame);
    live.courseWidget = { state: s, inputs: inputs, advance: advance, actions: actions };
    return live;
  }

  root.courseLorenz = { field: field, rk4: rk4, restPoints: restPoints, mount: mount, DT: DT };
})(typeof window === "undefined" ? globalThis : window);
