// A divergence curve and a window that the reader moves: slope, error and residuals at once; beside it the delay
// embedding. No dependencies; tests use `courseFitWindow`, the page its `mount`.
(function (root) {
  "use strict";
  const LEAST = 3, BAND = 0.4;  // points of a window; half height of the band of residuals, in e-folds

  const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
  const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
  // Least squares between two times: mean slope of the groups and its standard error, line, residuals.
  function fit(series, from, to) {
    const k = [];
    series.t.forEach((t, i) => { if (t >= from - 1e-9 && t <= to + 1e-9) k.push(i); });
    if (k.length < LEAST) return null;
    const middle = mean(k.map((i) => series.t[i])), c = k.map((i) => series.t[i] - middle);
    const norm = c.reduce((a, v) => a + v * v, 0);
    const slopes = series.groups.map((g) => k.reduce((a, i, n) => a + g[i] * c[n], 0) / norm);
    const slope = mean(slopes), n = slopes.length, curve = curveOf(series), level = mean(k.map((i) => curve[i]));
    const error = Math.sqrt(slopes.reduce((a, v) => a + (v - slope) ** 2, 0) / (n - 1) / n);
    return { slope: slope, error: error, inside: k, line: (t) => level + slope * (t - middle),
      residuals: k.map((i, m) => curve[i] - level - slope * c[m]) };
  }
  const curveOf = (series) => series.t.map((t, i) => mean(series.groups.map((g) => g[i])));
  function embed(signal, lag) {  // newest coordinate first
    const out = [];
    for (let i = 2 * lag; i < signal.length; i += 1) out.push([signal[i], signal[i - lag], signal[i - 2 * lag]]);
    return out;
  }

  const ARROWS = [["left", "←", "Turn left (Alt + Left)"], ["right", "→", "Turn right (Alt + Right)"],
    ["up", "↑", "Tilt up (Alt + Up)"], ["down", "↓", "Tilt down (Alt + Down)"]].map(([name, sign, words]) =>
    `<button type="button" data-do="${name}" aria-label="${words}">${sign}</button>`).join("");
  const HTML = `
<div class="cw-stage"><canvas class="cw-phase" role="img"></canvas><canvas class="cw-strip" role="img"></canvas></div>
<p class="cw-read" aria-hidden="true"></p><p class="cw-say" role="status" aria-live="polite"></p>
<div class="cw-row cw-series" role="group" aria-label="Which data"></div>
<div class="cw-row cw-sliders"></div>
<div class="cw-row">
<button type="button" data-do="play">Pause (P)</button>
<button type="button" data-do="step">Step</button>
<button type="button" data-do="again">Restart (R)</button>
${ARROWS}
<button type="button" data-do="keys" aria-expanded="false">Keys (?)</button></div>
<p class="cw-keys" hidden>In a slider: arrows fine, Shift + arrows coarse · or drag the handles on the right · digits: other
data · P turn or stop · R restart · Alt + arrows, or drag on the left: turn · ? this line. Keys act while the
widget has the focus.</p>`;

  function mount(box, options) {
    const { series: all, signals, dt, window: first, longest } = options, grid = all[0].t;
    const live = document.createElement("div");
    live.className = "cw-live";
    live.tabIndex = 0;
    live.setAttribute("role", "group");
    live.setAttribute("aria-label", "Window on a divergence curve. Press question mark for the keys.");
    live.innerHTML = HTML;
    box.appendChild(live);
    box.classList.add("cw-on");
    const get = (name) => live.querySelector(name);
    const phase = get(".cw-phase"), strip = get(".cw-strip"), say = get(".cw-say"), read = get(".cw-read");
    strip.style.touchAction = "pan-y";
    strip.style.cursor = "ew-resize";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const opening = { series: 0, from: first[0], to: first[1], lag: options.lag, yaw: -0.6, tilt: 0.9 };
    const s = { ...opening, playing: !still, seen: true };
    const step = grid[1] - grid[0], last = grid[grid.length - 1], gap = (LEAST - 1) * step;
    let dirty = true, before = 0, spoken = 0, found = null, cloud = [], scale = 1;

    const unit = (v) => v.toFixed(1) + " time units";
    const sliders = [["from", "start", 0, last, step, unit], ["to", "end", 0, last, step, unit],
      ["lag", "lag", 1, longest, 1, (v) => (v * dt).toFixed(2) + " time units"]];
    const inputs = {}, tell = {};
    const round = (v) => Math.round(v / step) * step;
    function place(name, value) {  // the two ends never cross
      if (name === "from") s.from = clamp(round(value), 0, s.to - gap);
      if (name === "to") s.to = clamp(round(value), s.from + gap, last);
      if (name === "lag") s.lag = clamp(Math.round(value), 1, longest);
      refresh();
    }
    function refresh() {
      for (const name of Object.keys(inputs)) { inputs[name].value = s[name]; tell[name](); }
      live.querySelectorAll("[data-series]").forEach((b, i) => b.setAttribute("aria-pressed", String(i === s.series)));
      found = fit(all[s.series], s.from, s.to);
      const signal = signals[all[s.series].signal], centre = mean(signal);
      cloud = embed(signal, s.lag).map((p) => p.map((v) => v - centre));
      scale = Math.max(...cloud.map((p) => Math.hypot(...p)));
      dirty = true;
    }
    function hash() {
      const text = `#fit-window:from=${s.from.toFixed(1)},to=${s.to.toFixed(1)},lag=${s.lag},series=${s.series}`;
      try { history.replaceState(null, "", text); } catch (error) { live.dataset.fragment = "none"; }
    }
    if (/^#fit-window:/.test(location.hash)) {
      const kept = (name) => Number((new RegExp("[:,]" + name + "=([0-9.]+)").exec(location.hash) || [])[1]);
      if (all[kept("series")]) s.series = kept("series");
      if (kept("lag") >= 1 && kept("lag") <= longest) s.lag = Math.round(kept("lag"));
      if (kept("from") >= 0 && kept("to") <= last && kept("to") - kept("from") >= gap - 1e-9) {
        Object.assign(s, { from: round(kept("from")), to: round(kept("to")) });
      }
    }
    for (const [name, text, min, max, by, show] of sliders) {
      const label = document.createElement("label"), input = document.createElement("input");
      const value = document.createElement("output");
      Object.assign(input, { type: "range", min: min, max: max, step: by, name: name });
      tell[name] = () => { value.textContent = show(s[name]); input.setAttribute("aria-valuetext", show(s[name])); };
      input.addEventListener("input", () => place(name, Number(input.value)));
      input.addEventListener("change", hash);
      input.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!event.shiftKey || event.altKey || !way) return;
        event.preventDefault();
        place(name, s[name] + way * by * 5);
        hash();
      });
      label.append(text + " ", value, input);
      get(".cw-sliders").append(label);
      inputs[name] = input;
    }
    all.forEach((series, i) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: `${series.name} (${i + 1})` });
      button.dataset.series = i;
      button.addEventListener("click", () => choose(i));
      get(".cw-series").append(button);
    });
    function choose(i) {
      s.series = i;
      refresh();
      hash();
    }
    function again() {
      Object.assign(s, opening);
      refresh();
      hash();
    }
    const minus = (v, n) => v.toFixed(n).replace("-", "−");
    function outcome() {
      const worst = Math.max(...found.residuals.map(Math.abs));
      return `${all[s.series].name}: slope ${minus(found.slope, 2)} ± ${found.error.toFixed(2)} per time unit from `
        + `${s.from.toFixed(1)} to ${s.to.toFixed(1)}; it leaves the line by up to ${worst.toFixed(2)}.`;
    }

    function ink(name) { return getComputedStyle(live).getPropertyValue(name).trim(); }
    function prepare(canvas) {
      const w = canvas.clientWidth, h = canvas.clientHeight, ratio = devicePixelRatio;
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
      const c = canvas.getContext("2d");
      c.setTransform(ratio, 0, 0, ratio, 0, 0);
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
      const [c, w, h] = prepare(phase), size = Math.min(w, h) / 2.1 / scale;
      const cy = Math.cos(s.yaw), sy = Math.sin(s.yaw), ct = Math.cos(s.tilt), st = Math.sin(s.tilt);
      const view = (p) => {
        const deep = p[0] * sy + p[1] * cy;
        return [w / 2 + size * (p[0] * cy - p[1] * sy), h / 2 + 8 - size * (p[2] * ct - deep * st)];
      };
      path(c, cloud.map(view), ink("--cw-b"), 1);
      c.fillStyle = ink("--cw-soft");
      c.fillText(`x(t), x(t − ${(s.lag * dt).toFixed(2)}), x(t − ${(2 * s.lag * dt).toFixed(2)})`, 4, 16);
    }
    const frameOf = (w, h) => ({ left: 46, right: w - 12, top: 26, low: h - 122, band: h - 76, foot: h - 44 });
    function drawStrip() {
      const [c, w, h] = prepare(strip), f = frameOf(w, h), series = all[s.series], curve = curveOf(series);
      const bottom = Math.floor(Math.min(...curve)), top = Math.ceil(Math.max(...curve) + 0.2);
      const X = (t) => f.left + t / last * (f.right - f.left);
      const Y = (v) => f.low - (v - bottom) / (top - bottom) * (f.low - f.top);
      c.fillStyle = ink("--cw-soft");
      c.fillText("mean log distance", f.left, 16);
      c.textAlign = "center";
      c.fillText("time", (f.left + f.right) / 2, h - 3);
      for (let t = 0; t <= last + 1e-9; t += 2) c.fillText(t, X(t), h - 18);
      c.textAlign = "right";
      for (let v = bottom; v <= top; v += 2) {
        c.fillText(String(v).replace("-", "−"), f.left - 8, Y(v) + 4);
        path(c, [[f.left, Y(v)], [f.right, Y(v)]], ink("--cw-line"), 1);
      }
      c.textAlign = "left";
      path(c, series.t.map((t, i) => [X(t), Y(curve[i])]), ink("--cw-b"), 2);
      c.save();
      c.beginPath(); c.rect(f.left, f.top - 4, f.right - f.left, f.low - f.top + 8); c.clip();
      c.setLineDash([6, 5]);
      path(c, [0, last].map((t) => [X(t), Y(found.line(t))]), ink("--cw-soft"), 1.4);
      c.restore();
      path(c, [s.from, s.to].map((t) => [X(t), Y(found.line(t))]), ink("--cw-a"), 2.5);
      c.fillText("curve − line", f.left + 6, f.low + 18);
      path(c, [[f.left, f.band], [f.right, f.band]], ink("--cw-line"), 1);
      const R = (v) => f.band - clamp(v / BAND, -1, 1) * (f.foot - f.band - 4);
      c.fillStyle = ink("--cw-d");
      c.globalAlpha = 0.5;
      c.beginPath();
      const bent = found.inside.map((i, n) => [X(series.t[i]), R(found.residuals[n])]);
      for (const p of [[X(s.from), f.band], ...bent, [X(s.to), f.band]]) c.lineTo(...p);
      c.fill();
      c.globalAlpha = 1;
      path(c, bent, ink("--cw-d"), 1.5);
      for (const end of [s.from, s.to]) {
        path(c, [[X(end), f.top - 6], [X(end), f.foot]], ink("--cw-a"), 1.5);
        c.fillStyle = ink("--cw-a");
        c.beginPath(); c.arc(X(end), f.foot, 9, 0, 7); c.fill();
      }
    }
    function frame(now) {
      const elapsed = Math.min(0.1, (now - before) / 1000);
      before = now;
      if (s.playing && s.seen) { s.yaw += 0.25 * elapsed; drawPhase(); }
      if (dirty) {
        dirty = false;
        drawPhase();
        drawStrip();
        read.textContent = `slope ${minus(found.slope, 3)} ± ${found.error.toFixed(3)} per time unit`;
      }
      if (now - spoken > 1000 && say.textContent !== outcome()) {
        spoken = now;
        say.textContent = outcome();
        strip.setAttribute("aria-label", "Divergence curve. " + outcome());
        phase.setAttribute("aria-label", `Delay embedding of ${all[s.series].name}, lag ${(s.lag * dt).toFixed(2)}.`);
      }
      requestAnimationFrame(frame);
    }

    const turn = (yaw, tilt) => { s.yaw += yaw; s.tilt = clamp(s.tilt + tilt, -1.5, 1.5); dirty = true; };
    const actions = {
      play: () => { s.playing = !s.playing; get("[data-do=play]").textContent = s.playing ? "Pause (P)" : "Go (P)"; },
      step: () => turn(0.3, 0), again: again,
      left: () => turn(-0.15, 0), right: () => turn(0.15, 0), up: () => turn(0, 0.15), down: () => turn(0, -0.15),
      keys: () => {
        const hidden = get(".cw-keys").toggleAttribute("hidden");
        get("[data-do=keys]").setAttribute("aria-expanded", String(!hidden));
      }
    };
    live.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) actions[button.dataset.do]();
    });
    live.addEventListener("keydown", (event) => {
      const arrows = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
      const name = event.altKey ? arrows[event.key] : { p: "play", r: "again", "?": "keys" }[event.key.toLowerCase()];
      const other = !event.altKey && /^[1-9]$/.test(event.key) && all[event.key - 1];
      if (!(name || other) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (other) choose(event.key - 1); else actions[name]();
    });
    let held = null, handle = null;
    const timeAt = (event) => {
      const f = frameOf(strip.clientWidth, strip.clientHeight);
      return (event.clientX - strip.getBoundingClientRect().left - f.left) / (f.right - f.left) * last;
    };
    strip.addEventListener("pointerdown", (event) => {
      const t = timeAt(event);
      handle = Math.abs(t - s.from) < Math.abs(t - s.to) ? "from" : "to";
      strip.setPointerCapture(event.pointerId);
      place(handle, t);
    });
    strip.addEventListener("pointermove", (event) => {
      if (strip.hasPointerCapture(event.pointerId)) place(handle, timeAt(event));
    });
    strip.addEventListener("lostpointercapture", hash);
    phase.addEventListener("pointerdown", (event) => {
      held = [event.clientX, event.clientY];
      phase.setPointerCapture(event.pointerId);
    });
    phase.addEventListener("pointermove", (event) => {
      if (!phase.hasPointerCapture(event.pointerId)) return;
      turn((event.clientX - held[0]) * 0.01, (event.clientY - held[1]) * 0.01);
      held = [event.clientX, event.clientY];
    });
    const redraw = () => { dirty = true; };
    new IntersectionObserver((seen) => { s.seen = seen.pop().isIntersecting; redraw(); }).observe(live);
    new ResizeObserver(redraw).observe(live);
    new MutationObserver(redraw).observe(document.documentElement, { attributes: true });
    if (!s.playing) get("[data-do=play]").textContent = "Go (P)";
    refresh();
    requestAnimationFrame(frame);
    live.courseWidget = { state: s, inputs: inputs, options: options, actions: actions };
    return live;
  }

  root.courseFitWindow = { fit: fit, embed: embed, mount: mount };
})(typeof window === "undefined" ? globalThis : window);
