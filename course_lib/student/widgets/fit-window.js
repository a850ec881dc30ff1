// A divergence curve and a window that the reader moves: slope, error and residuals at once; beside it the delay
// embedding. `courseFitWindow` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, clamp = kit.clamp;
  const LEAST = 3, BAND = 0.4;  // points of a window; half height of the band of residuals, in e-folds

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
    return { slope, error, inside: k, line: (t) => level + slope * (t - middle),
      residuals: k.map((i, m) => curve[i] - level - slope * c[m]) };
  }
  const curveOf = (series) => series.t.map((t, i) => mean(series.groups.map((g) => g[i])));
  function embed(signal, lag) {  // newest coordinate first
    const out = [];
    for (let i = 2 * lag; i < signal.length; i += 1) out.push([signal[i], signal[i - lag], signal[i - 2 * lag]]);
    return out;
  }

  function mount(box, options) {
    const { series: all, signals, dt, window: first, longest } = options, grid = all[0].t;
    const opening = { series: 0, from: first[0], to: first[1], lag: options.lag, yaw: -0.6, tilt: 0.9 };
    const s = { ...opening }, step = grid[1] - grid[0], last = grid[grid.length - 1], gap = (LEAST - 1) * step;
    let found = null, cloud = [], scale = 1, handle = null, ruled = null;
    const unit = (v) => v.toFixed(1) + " time units", round = (v) => Math.round(v / step) * step;
    const w = kit.open(box, {
      name: "fit-window", label: "Window on a divergence curve.", state: s, turns: "phase",
      pictures: { phase: [drawPhase, () => `Delay embedding of ${all[s.series].name}, lag ${(s.lag * dt).toFixed(2)}.`],
        strip: [drawStrip, "Divergence curve."] },
      choices: { name: "series", label: "Which data", texts: all.map((series) => series.name) },
      sliders: [["from", "start", 0, last, step, unit], ["to", "end", 0, last, step, unit],
        ["lag", "lag", 1, longest, 1, (v) => (v * dt).toFixed(2) + " time units"]],
      changed: place, keep: () => ({ from: s.from.toFixed(1), to: s.to.toFixed(1), lag: s.lag, series: s.series }),
      buttons: [["play", "Pause", "p"], ["step", "Step", "", () => { s.yaw += 0.3; }],
        ["again", "Restart", "r", again]],
      help: ["or drag the handles on the right", "digits: other data", "P turn or stop", "R restart"],
      pace: () => 60, advance: (steps) => { s.yaw += 0.25 * steps / 60; },
      read: () => `slope ${found.slope.toFixed(3)} ± ${found.error.toFixed(3)} per time unit`, say: outcome
    });

    function place(name) {  // the two ends never cross
      if (name === "from") s.from = clamp(round(s.from), 0, s.to - gap);
      if (name === "to") s.to = clamp(round(s.to), s.from + gap, last);
      if (name === "lag") s.lag = Math.round(s.lag);
      refresh();
    }
    function refresh() {
      found = fit(all[s.series], s.from, s.to);
      const signal = signals[all[s.series].signal], centre = mean(signal);
      cloud = embed(signal, s.lag).map((p) => p.map((v) => v - centre));
      scale = Math.max(...cloud.map((p) => Math.hypot(...p)));
    }
    function restore({ from, to, lag, series }) {
      if (all[series]) s.series = series;
      if (lag >= 1 && lag <= longest) s.lag = Math.round(lag);
      if (from >= 0 && to <= last && to - from >= gap - 1e-9) Object.assign(s, { from: round(from), to: round(to) });
    }
    function again() {
      Object.assign(s, opening);
      refresh();
      w.link();
    }
    function outcome() {
      const worst = Math.max(...found.residuals.map(Math.abs));
      const slope = `${kit.minus(found.slope.toFixed(2))} ± ${found.error.toFixed(2)}`;
      return `${all[s.series].name}: slope ${slope} per time unit from `
        + `${s.from.toFixed(1)} to ${s.to.toFixed(1)}; it leaves the line by up to ${worst.toFixed(2)}.`;
    }

    function drawPhase() {
      const lags = [1, 2].map((k) => `x(t − ${(k * s.lag * dt).toFixed(2)})`).join(", "), turned = w.turner();
      const [c, width, height] = w.paper(w.canvas.phase, "x(t), " + lags), size = Math.min(width, height) / 2.1 / scale;
      w.path(c, cloud.map((p) => {
        const [across, up] = turned(p);
        return [width / 2 + size * across, height / 2 + 8 - size * up];
      }), "--cw-b", 1);
    }
    function drawStrip() {
      const series = all[s.series], curve = curveOf(series);
      const bottom = Math.floor(Math.min(...curve)), top = Math.ceil(Math.max(...curve) + 0.2);
      ruled = w.axes(w.canvas.strip, { title: "mean log distance", name: "time", x: [0, last, 2], y: [bottom, top, 2],
        foot: 122 });
      const { c, X, Y, left, right, low } = ruled, band = low + 46, foot = low + 78;
      w.path(c, series.t.map((t, i) => [X(t), Y(curve[i])]), "--cw-b", 2);
      w.path(c, [0, last].map((t) => [X(t), Y(found.line(t))]), "--cw-soft", 1.4, [6, 5]);
      w.path(c, [s.from, s.to].map((t) => [X(t), Y(found.line(t))]), "--cw-a", 2.5);
      c.restore();
      c.fillText("curve − line", left + 6, low + 18);
      w.path(c, [[left, band], [right, band]], "--cw-line", 1);
      const R = (v) => band - clamp(v / BAND, -1, 1) * (foot - band - 4);
      const bent = found.inside.map((i, n) => [X(series.t[i]), R(found.residuals[n])]);
      c.fillStyle = w.ink("--cw-d");
      c.globalAlpha = 0.5;
      c.beginPath();
      for (const p of [[X(s.from), band], ...bent, [X(s.to), band]]) c.lineTo(...p);
      c.fill();
      c.globalAlpha = 1;
      w.path(c, bent, "--cw-d", 1.5);
      for (const end of [s.from, s.to]) {
        w.path(c, [[X(end), ruled.top - 6], [X(end), foot]], "--cw-a", 1.5);
        w.dot(c, [X(end), foot], 9, "--cw-a");
      }
    }

    w.drag(w.canvas.strip, (x, y, dx, dy, first) => {
      const [t] = ruled.at(x, y);
      if (first) handle = Math.abs(t - s.from) < Math.abs(t - s.to) ? "from" : "to";
      w.put(handle, t);
    }, w.link);
    w.canvas.strip.style.cursor = "ew-resize";
    restore(w.kept);
    refresh();
    w.show();
    w.options = options;
    return w.live;
  }

  root.courseFitWindow = { fit, embed, mount };
})(typeof window === "undefined" ? globalThis : window);
