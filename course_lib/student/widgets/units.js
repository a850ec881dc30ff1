// Two tanh units, W = g times a rotation by theta, live: left as a flow, right as the map of Euler steps of length
// alpha, below the eigenvalue plane. Plain script without dependencies; `courseUnits` offers the numerics to tests.
(function (root) {
  "use strict";
  const EVERY = 0.05, TRAIL = 900, REACH = 1.5, DEGREE = Math.PI / 180;

  // p: g, theta [degrees], alpha.  x: two states.  Time in units of tau.
  function field(x, p) {
    const c = p.g * Math.cos(p.theta * DEGREE), s = p.g * Math.sin(p.theta * DEGREE);
    return [Math.tanh(c * x[0] - s * x[1]) - x[0], Math.tanh(s * x[0] + c * x[1]) - x[1]];
  }
  function euler(x, p) {
    const k = field(x, p);
    return [x[0] + p.alpha * k[0], x[1] + p.alpha * k[1]];
  }
  function rk4(x, p, dt) {
    const shift = (k, h) => [x[0] + h * k[0], x[1] + h * k[1]];
    const a = field(x, p), b = field(shift(a, dt / 2), p), c = field(shift(b, dt / 2), p), d = field(shift(c, dt), p);
    return x.map((v, i) => v + dt / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]));
  }
  // Eigenvalue of the flow at the origin with the positive imaginary part, and the step beyond which the map lets go.
  function eigenvalue(p) { return [p.g * Math.cos(p.theta * DEGREE) - 1, p.g * Math.sin(p.theta * DEGREE)]; }
  function limit(p) {
    const m = eigenvalue(p);
    return m[0] < 0 ? -2 * m[0] / (m[0] * m[0] + m[1] * m[1]) : 0;
  }
  function modulus(p) { const m = eigenvalue(p); return Math.hypot(1 + p.alpha * m[0], p.alpha * m[1]); }

  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" data-pane="flow" role="img"></canvas>
<canvas class="cw-phase" data-pane="map" role="img"></canvas></div>
<canvas class="cw-plane" role="img"></canvas>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-sliders"></div>
<div class="cw-row">
<button type="button" data-do="halve">Halve α (A)</button><button type="button" data-do="double">Double α (D)</button>
<button type="button" data-do="hopf">To the flow's line (H)</button>
<button type="button" data-do="line">To the map's line (M)</button>
<button type="button" data-do="play">Pause (Space)</button><button type="button" data-do="step">Step</button>
<button type="button" data-do="again">Restart (R)</button>
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>A or D halves or doubles α · H turns g until the flow is on its line of stability · M sets α to the
map's line · Space pause or go on · R both again from the start · arrows, or drag in either pane: move the common start · in
a slider: arrows fine, Shift + arrows coarse · ? this line. Keys act while the widget has the focus.</p>`;

  function mount(box, options) {
    const live = document.createElement("div");
    live.className = "cw-live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Two units as a flow and as a map. Press question mark for the keys.");
    live.innerHTML = HTML;
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const panes = { flow: get("[data-pane=flow]"), map: get("[data-pane=map]") };
    const plane = get(".cw-plane"), say = get(".cw-say"), read = get(".cw-read");
    const still = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const s = { g: 1.5, theta: 60, alpha: 0.2, start: [0.8, 0], playing: !still, seen: true };
    Object.assign(s, options || {});
    let dirty = true, last = 0, owed = 0, spoken = 0;

    const sliders = [["g", "gain g", 0, 3, 0.05, 2], ["theta", "angle θ in degrees", 0, 180, 1, 0],
      ["alpha", "step α", 0.01, 1, 0.005, 4]];
    const inputs = {};
    function hash() {
      const text = "#units:" + sliders.map(([n]) => n + "=" + Number(s[n].toFixed(4))).join(",");
      try { root.history.replaceState(null, "", text); } catch (error) { live.dataset.fragment = "not available"; }
    }
    function set(name, value) {
      const [, , min, max] = sliders.find((row) => row[0] === name);
      s[name] = Math.min(max, Math.max(min, value));
      inputs[name].tell();
      again();  // from the common start: a state that has died down would take long to wake
      if (still) advance(40);
    }
    for (const [name, text, min, max, step, digits] of sliders) {
      const label = document.createElement("label"), input = document.createElement("input");
      const value = document.createElement("output");
      Object.assign(input, { type: "range", min: min, max: max, step: "any", name: name });
      const kept = new RegExp("[:,]" + name + "=([0-9.]+)").exec(/^#units:/.test(location.hash) ? location.hash : "");
      if (kept) s[name] = Math.min(max, Math.max(min, Number(kept[1])));
      const words = () => String(Number(s[name].toFixed(digits)));
      input.tell = () => { input.value = s[name]; value.textContent = words(); input.setAttribute("aria-valuetext", words()); };
      input.addEventListener("input", () => set(name, Math.round(Number(input.value) / step) * step));
      input.addEventListener("change", hash);
      input.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (event.altKey || event.ctrlKey || event.metaKey || !way) return;
        event.preventDefault();
        change(name, s[name] + way * step * (event.shiftKey ? 10 : 1));
      });
      label.append(text + " ", value, input);
      get(".cw-sliders").append(label);
      inputs[name] = input;
      input.tell();
    }

    function again() {
      Object.assign(s, { t: 0, k: 0, flow: s.start.slice(), map: s.start.slice() });
      s.trails = { flow: [s.flow], map: [s.map] };
      dirty = true;
    }
    function put(x) {
      s.start = x.map((v) => Math.min(REACH, Math.max(-REACH, v)));
      again();
    }
    // Both panes have the same clock, in time constants: the map steps when alpha has gone by.
    function advance(time) {
      for (const end = s.t + time - 1e-9; s.t < end;) {
        s.t += EVERY;
        s.flow = rk4(s.flow, s, EVERY);
        s.trails.flow.push(s.flow);
        for (; s.k + s.alpha <= s.t + 1e-9; s.k += s.alpha) {
          s.map = euler(s.map, s);
          s.trails.map.push(s.map);
        }
      }
      for (const name of ["flow", "map"]) s.trails[name] = s.trails[name].slice(-TRAIL);
      dirty = true;
    }
    function outcome() {
      const m = eigenvalue(s), edge = limit(s);
      const verdict = (on, stable) => on ? "is on its line" : stable ? "settles" : "leaves the origin";
      const map = verdict(Math.abs(s.alpha - edge) < 1e-6, modulus(s) < 1);
      return `The flow ${verdict(Math.abs(m[0]) < 1e-9, m[0] < 0)}; the map ${map}.`;
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
      points.forEach((p, i) => { if (i) c.lineTo(p[0], p[1]); else c.moveTo(p[0], p[1]); });
      c.stroke();
    }
    function dot(c, x, y, r, colour, fill) {
      c.fillStyle = c.strokeStyle = colour;
      c.lineWidth = 1.8;
      c.beginPath(); c.arc(x, y, r, 0, 7);
      if (fill) c.fill(); else c.stroke();
    }
    const scaleOf = (canvas) => Math.min(canvas.clientWidth, canvas.clientHeight - 26) / 2 / REACH;
    function drawPane(name) {
      const [c, w, h] = prepare(panes[name]), scale = scaleOf(panes[name]), mid = h / 2 + 12;
      const X = (v) => w / 2 + v * scale, Y = (v) => mid - v * scale, colour = ink(name === "flow" ? "--cw-b" : "--cw-a");
      c.fillStyle = ink("--cw-soft");
      c.fillText(name === "flow" ? "flow" : `map, steps of α = ${Number(s.alpha.toFixed(4))}`, 6, 16);
      c.save();
      c.beginPath(); c.rect(0, 24, w, h - 24); c.clip();
      path(c, [[X(-REACH), Y(0)], [X(REACH), Y(0)]], ink("--cw-line"), 1);
      path(c, [[X(0), Y(-REACH)], [X(0), Y(REACH)]], ink("--cw-line"), 1);
      const points = s.trails[name].map((x) => [X(x[0]), Y(x[1])]);
      if (name === "flow" || s.alpha < 0.15) path(c, points, colour, 1.6);
      else points.forEach((q) => dot(c, q[0], q[1], 1.8, colour, true));
      dot(c, X(s.start[0]), Y(s.start[1]), 7, ink("--cw-ink"), false);
      const x = s[name];
      dot(c, X(x[0]), Y(x[1]), 5, colour, true);
      c.restore();
    }
    // Around -1/alpha the disc of the map, left of zero the half-plane of the flow.
    function drawPlane() {
      const [c, w, h] = prepare(plane), scale = Math.min(w / 7, (h - 24) / 6.6), zero = w * 0.66, mid = h / 2 + 10;
      const X = (v) => zero + v * scale, Y = (v) => mid - v * scale, r = scale / s.alpha;
      c.fillStyle = ink("--cw-soft");
      c.fillText("eigenvalues; blue: flows, orange: map", 6, 16);
      c.save();
      c.beginPath(); c.rect(0, 24, w, h - 24); c.clip();
      c.globalAlpha = 0.14;
      c.fillStyle = ink("--cw-b");
      c.fillRect(0, 24, zero, h);
      c.globalAlpha = 0.22;
      c.fillStyle = ink("--cw-a");
      c.beginPath(); c.arc(X(-1 / s.alpha), mid, r, 0, 7); c.fill();
      c.globalAlpha = 1;
      c.strokeStyle = ink("--cw-a");
      c.lineWidth = 1.6;
      c.stroke();
      path(c, [[0, mid], [w, mid]], ink("--cw-line"), 1);
      path(c, [[zero, 24], [zero, h]], ink("--cw-b"), 1.6);
      const m = eigenvalue(s);
      for (const sign of [1, -1]) dot(c, X(m[0]), Y(sign * m[1]), 6, ink("--cw-ink"), true);
      c.restore();
    }
    function frame(time) {
      const elapsed = Math.min(0.1, (time - last) / 1000);
      last = time;
      if (s.playing && s.seen) {
        owed += elapsed * 4;  // time constants a second
        if (owed >= EVERY) { advance(owed); owed = 0; }
      }
      if (dirty) {
        dirty = false;
        for (const name of ["flow", "map"]) drawPane(name);
        drawPlane();
        const m = eigenvalue(s), far = (x) => Math.hypot(x[0], x[1]).toFixed(3);
        read.textContent = `μ = ${m[0].toFixed(2)} ± ${Math.abs(m[1]).toFixed(2)}i, |1 + αμ| = ${modulus(s).toFixed(3)}; ` +
          `distance from 0: flow ${far(s.flow)}, map ${far(s.map)}`;
        read.textContent = read.textContent.replace(/-/g, "−");
      }
      if (time - spoken > 1000 && say.textContent !== outcome()) {
        spoken = time;
        say.textContent = outcome();
        panes.flow.setAttribute("aria-label", `Path of the two units as a flow. ${outcome()}`);
        panes.map.setAttribute("aria-label", `Steps of the same two units as a map. ${outcome()}`);
        plane.setAttribute("aria-label", `Eigenvalues, with the half-plane of flows and the disc of the map. ${outcome()}`);
      }
      root.requestAnimationFrame(frame);
    }

    const change = (name, value) => { set(name, value); hash(); };
    const actions = {
      halve: () => change("alpha", s.alpha / 2), double: () => change("alpha", s.alpha * 2),
      hopf: () => {
        const c = Math.cos(s.theta * DEGREE);
        if (c > 1 / 3) change("g", 1 / c); else say.textContent = "No gain up to 3 reaches the line at this angle.";
      },
      line: () => {
        const edge = limit(s);
        if (edge > 0.01 && edge <= 1) change("alpha", edge); else say.textContent = "The map has no such step.";
      },
      play: () => { s.playing = !s.playing; get("[data-do=play]").textContent = (s.playing ? "Pause" : "Go") + " (Space)"; },
      step: () => advance(s.alpha), again: again,
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
      const arrows = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
      const letters = { a: "halve", d: "double", h: "hopf", m: "line", " ": "play", r: "again", "?": "keys" };
      const slider = event.target.tagName === "INPUT", button = event.target.tagName === "BUTTON";
      const move = slider ? null : arrows[event.key], name = letters[event.key.toLowerCase()];
      if (move) put([s.start[0] + move[0], s.start[1] + move[1]]);
      else if (name && !(event.key === " " && button)) actions[name]();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    let held = false;
    function drag(event) {
      const canvas = event.currentTarget, area = canvas.getBoundingClientRect(), scale = scaleOf(canvas);
      put([(event.clientX - area.left - area.width / 2) / scale, (area.height / 2 + 12 - event.clientY + area.top) / scale]);
    }
    for (const canvas of Object.values(panes)) {
      canvas.addEventListener("pointerdown", (event) => { held = true; canvas.setPointerCapture(event.pointerId); drag(event); });
      canvas.addEventListener("pointermove", (event) => { if (held) drag(event); });
      for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = false; });
    }
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

  root.courseUnits = { field: field, euler: euler, rk4: rk4, eigenvalue: eigenvalue, limit: limit, mount: mount };
})(typeof window === "undefined" ? globalThis : window);
