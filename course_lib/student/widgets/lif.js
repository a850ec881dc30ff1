// One leaky integrate-and-fire cell, live: membrane with the window in which a surrogate lets gradient through, and its
// rate on the curve on paper. `courseLif` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, TAU_SYN = 5, DT = 1, SPAN = 300, KICK = 2, LITTLE = 0.1;

  // p: I, tau, vth, and slow, by what factor time is mistaken.  s: v, i.  Returns [v, i, spike, v before the reset].
  function step(s, p, jump) {
    const i = s.i + jump + p.I * DT / TAU_SYN / p.slow;
    const v = s.v + DT / p.tau / p.slow * (i - s.v), spike = v > p.vth;
    return [spike ? 0 : v, i - DT / TAU_SYN / p.slow * i, spike, v];
  }
  // Rate [Hz] of the differential equation.
  const rate = (I, p) => (I > p.vth ? 1000 / (p.tau * Math.log(I / (I - p.vth))) : 0);
  // SuperSpike: what stands in the place of the threshold's derivative.
  const bell = (excess, slope) => 1 / (1 + slope * Math.abs(excess)) ** 2;

  function mount(box) {
    const s = { I: 1.5, tau: 20, vth: 1, log: 1, slow: 1, t: 0, jump: 0 };
    const w = kit.open(box, {
      name: "lif", label: "One spiking cell.", state: s,
      pictures: { membrane: [drawMembrane, "Membrane against time, with the threshold and a band round it."],
        curve: [drawCurve, "Rate against current, and where this cell stands."] },
      sliders: [["I", "current I", 0, 3, 0.05, (v) => v.toFixed(2)],
        ["tau", "time constant", 5, 50, 1, (v) => v + " ms"], ["vth", "threshold", 0.5, 1.5, 0.1],
        ["log", "slope of the surrogate", 0, 2, 0.1, (v) => (10 ** v).toFixed(1)]],
      changed: (name) => { if (name !== "log") settle(); },
      buttons: [["kick", "One input spike", " ", kick], ["units", "ms for seconds", "u", units], ["play", "Pause", "p"],
        ["step", "Step", "", () => w.advance(10)], ["again", "Restart", "r", again]],
      keys: { arrowleft: () => nudge(-0.05), arrowright: () => nudge(0.05) },
      help: ["← and → change the current", "Space sends one input spike", "P pause or go on", "R from rest",
        "U hands the time constants in ms to a library that wants seconds"],
      pace: () => 100 / DT, advance, read, say: outcome
    });

    function settle() {  // intervals count from the first spike under the new setting
      s.last = null;
      s.interval = null;
      if (w.still) advance(SPAN);
    }
    function again() {
      Object.assign(s, { t: 0, v: 0, i: 0, jump: 0, trace: [], spikes: [] });
      settle();
    }
    function nudge(by) { w.put("I", s.I + by); w.link(); }
    function kick() {
      s.jump += KICK;
      if (w.still) advance(50);
    }
    function units() {
      s.slow = s.slow > 1 ? 1 : 1000;
      w.mark("units", s.slow > 1);
      again();
    }
    function advance(steps) {
      for (let k = 0; k < steps; k += 1) {
        const [v, i, spike, before] = step(s, s, s.jump);
        Object.assign(s, { v, i, jump: 0, t: s.t + DT });
        s.trace.push([s.t, v, before]);
        if (!spike) continue;
        s.spikes.push(s.t);
        if (s.last !== null) s.interval = s.t - s.last;
        s.last = s.t;
      }
      s.trace = s.trace.slice(-SPAN / DT);
      s.spikes = s.spikes.filter((t) => t > s.t - SPAN);
    }
    const share = () => s.trace.filter((p) => bell(p[2] - s.vth, 10 ** s.log) > LITTLE).length / s.trace.length;
    function read() {
      const here = s.interval ? (1000 / s.interval).toFixed(1) : "no";
      return `${rate(s.I, s).toFixed(1)} Hz on paper, ${here} Hz here; gradient above a tenth in ` +
        `${(100 * (share() || 0)).toFixed(0)} % of the steps`;
    }
    function outcome() {
      if (s.slow > 1) return "Every step is a thousandth of what was meant. No error, no warning, no spike.";
      if (s.I <= s.vth) return "Below threshold: no spike, however long you wait.";
      return s.interval ? `One spike every ${s.interval} ms.` : "The cell charges.";
    }

    function drawMembrane() {
      const from = Math.max(0, s.t - SPAN), wide = (Math.sqrt(1 / LITTLE) - 1) / 10 ** s.log;
      const { c, X, Y, left, right } = w.axes(w.canvas.membrane, { title: "membrane v", name: "time [ms]",
        x: [from, from + SPAN, 100], y: [-0.25, 1.85, 0.5] });
      c.globalAlpha = 0.22;
      c.fillStyle = w.ink("--cw-d");
      c.fillRect(left, Y(s.vth + wide), right - left, Y(s.vth - wide) - Y(s.vth + wide));
      c.globalAlpha = 1;
      w.path(c, [[left, Y(s.vth)], [right, Y(s.vth)]], "--cw-soft", 1.4, [6, 5]);
      w.path(c, s.trace.map((p) => [X(p[0]), Y(p[1])]), "--cw-b", 2);
      for (const t of s.spikes) w.path(c, [[X(t), Y(s.vth)], [X(t), Y(1.75)]], "--cw-a", 2);
    }
    function drawCurve() {
      const { c, X, Y } = w.axes(w.canvas.curve, { title: "rate [Hz]", name: "current I",
        x: [0, 3, 1], y: [0, 160, 40] });
      const points = Array.from({ length: 301 }, (_, k) => [X(k / 100), Y(rate(k / 100, s))]);
      w.path(c, points, "--cw-soft", 2);
      w.dot(c, [X(s.I), Y(s.interval ? 1000 / s.interval : 0)], 6, "--cw-a");
    }

    w.mark("units", false);
    again();
    return w.live;
  }

  root.courseLif = { step, rate, bell, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
