// One excitatory and one inhibitory population, live: phase plane with nullclines, and both rates against time.
// `courseIsn` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, TAU_E = 20, DT = 0.25, SPAN = 600, TRAIL = 1600, TOP = 10;

  const up = (v) => Math.max(v, 0);
  // p: ee, ei (from I to E), ie, ii, ratio (tau_I / tau_E), inputE, inputI.  r: [r_E, r_I].  Per ms.
  function field(r, p) {
    return [(up(p.ee * r[0] - p.ei * r[1] + p.inputE) - r[0]) / TAU_E,
      (up(p.ie * r[0] - p.ii * r[1] + p.inputI) - r[1]) / (TAU_E * p.ratio)];
  }
  const rk4 = (r, p, dt) => kit.rk4((q) => field(q, p), r, dt);
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
      found.push({ r, stable: trace < 0 && det > 0, active: [e, i], trace, det: det / (TAU_E * tauI),
        slope: i * a / det });
    }
    return found;
  }

  function mount(box, options) {
    const s = { ee: 2, ei: 2, ie: 2.5, ii: 1, ratio: 0.5, inputE: 10, inputI: 5, more: 0, t: 0, ...options };
    let plane = null;
    const move = (e, i) => put([s.r[0] + e, s.r[1] + i]);
    const pulse = (e, i) => { move(e, i); if (w.still) w.advance(800); };
    const w = kit.open(box, {
      name: "isn", label: "Two populations, excitatory and inhibitory.", state: s,
      pictures: { phase: [drawPhase, "Plane of both rates with the lines on which each stands still."],
        strip: [drawStrip, "Both rates against time."] },
      sliders: [["ee", "E to E", 0, 3, 0.1], ["ei", "I to E", 0, 4, 0.1], ["ie", "E to I", 0, 4, 0.1],
        ["ii", "I to I", 0, 3, 0.1], ["ratio", "τ of I / τ of E", 0.2, 3, 0.1], ["inputE", "input of E", 0, 20, 0.5],
        ["inputI", "input of I", 0, 15, 0.5]],
      buttons: [["paradox", "More drive to I", "p", paradox], ["pulseE", "Pulse E", "e", () => pulse(2, 0)],
        ["pulseI", "Pulse I", "i", () => pulse(0, 2)], ["play", "Pause", " "],
        ["step", "Step", "", () => w.advance(200)], ["again", "Restart", "r", again]],
      keys: { arrowleft: () => move(-0.5, 0), arrowright: () => move(0.5, 0), arrowup: () => move(0, 0.5),
        arrowdown: () => move(0, -0.5) },
      help: ["P adds 1 to the input of I, or takes it back", "E or I kicks one rate", "Space pause or go on",
        "R start from the rest point", "arrows in the picture, or drag: move the state",
        "rest points: filled = stable, open = unstable"],
      pace: () => 120 / DT, advance, say: outcome,
      read: () => {
        const rest = settled();
        return `E ${s.r[0].toFixed(2)}, I ${s.r[1].toFixed(2)}` +
          (rest ? `; rest at ${rest.r[0].toFixed(2)}, ${rest.r[1].toFixed(2)}` : "");
      }
    });

    function now() { return { ...s, inputI: s.inputI + s.more }; }
    function settled() { const all = rests(now()); return all.find((q) => q.stable) || all[0] || null; }
    function again() {
      const rest = settled();
      Object.assign(s, { t: 0, r: rest && rest.stable ? rest.r.slice() : [1, 1], marks: [] });
      Object.assign(s, { trail: [s.r], curve: [[0, ...s.r]] });
    }
    function put(r) {
      s.r = r.map((v) => Math.min(3 * TOP, up(v)));
      s.trail.push(null, s.r);
    }
    function paradox() {
      s.more = s.more ? 0 : 1;
      s.asked = true;
      s.marks.push(s.t);
      w.mark("paradox", Boolean(s.more));
      if (w.still) w.advance(800);
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
    }
    function outcome() {
      const rest = settled();
      if (!rest) return "No rest point: the rates run away.";
      if (!rest.stable && rest.det > 0) return "The rest point is unstable: a rhythm.";
      if (!rest.stable) return "The rates run away or fall silent.";
      if (!s.asked) return "A stable state of rest.";  // the bet comes first
      if (!rest.active[0]) return "E is silent: more drive to I raises I.";
      if (!rest.active[1]) return "I is silent.";
      const held = s.ee > 1 ? "Inhibition holds E, which would run away alone" : "E would stand still alone";
      return `${held}: more drive to I ${rest.slope < 0 ? "lowers" : "raises"} I.`;
    }

    function drawPhase() {
      const ruled = [0, TOP, 2];
      plane = w.axes(w.canvas.phase, { title: "rate of I", name: "rate of E", left: 34, x: ruled, y: ruled });
      const p = now(), { c, X, Y } = plane;
      // E stands still on one line, and on r_E = 0 above it; I on a line with a bend
      const eLine = (r) => p.ei ? ((p.ee - 1) * r + p.inputE) / p.ei : 1e3;
      const iLine = (r, more) => up(p.ie * r + s.inputI + more) / (1 + p.ii);
      w.path(c, [[X(0), Y(1e2)], [X(0), Y(eLine(0))], [X(TOP), Y(eLine(TOP))]], "--cw-a", 2.5);
      if (s.more) w.path(c, [[X(0), Y(iLine(0, 0))], [X(TOP), Y(iLine(TOP, 0))]], "--cw-b", 1.3, [5, 5]);
      w.path(c, [[X(0), Y(iLine(0, s.more))], [X(TOP), Y(iLine(TOP, s.more))]], "--cw-b", 2.5);
      w.path(c, s.trail.map((r) => r && [X(r[0]), Y(r[1])]), "--cw-d", 1.3);
      for (const rest of rests(p)) w.dot(c, [X(rest.r[0]), Y(rest.r[1])], 7, "--cw-ink", !rest.stable);
      w.dot(c, [X(s.r[0]), Y(s.r[1])], 5, "--cw-d");
    }
    function drawStrip() {
      const from = Math.max(0, s.t - SPAN);
      const { c, X, Y, top, low } = w.axes(w.canvas.strip, { title: "rates: E orange, I blue", name: "time [ms]",
        left: 34, x: [from, from + SPAN, 200], y: [0, TOP, 2] });
      for (const t of s.marks) w.path(c, [[X(t), top], [X(t), low]], "--cw-soft", 1.2, [3, 4]);
      w.path(c, s.curve.map((q) => [X(q[0]), Y(q[1])]), "--cw-a", 2);
      w.path(c, s.curve.map((q) => [X(q[0]), Y(q[2])]), "--cw-b", 2);
    }

    w.drag(w.canvas.phase, (x, y) => put(plane.at(x, y)));
    w.mark("paradox", false);
    again();
    return w.live;
  }

  root.courseIsn = { field, rk4, rests, mount, DT, TAU_E };
})(typeof window === "undefined" ? globalThis : window);
