// A ball in two valleys, live: the landscape under a tilt with the line of its rest points, and the ball's path in time.
// `courseLandscape` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit, DT = 0.01, EVERY = 5, SPAN = 30, WAIT = 4000;
  const WALL = 1.8, EDGE = 1.9, RADIUS = 10, REST = 1e-3, FOLD = 2 / (3 * Math.sqrt(3));

  const speed = (x, u) => x - x * x * x + u;
  const slope = (x) => 1 - 3 * x * x;
  const height = (x, u) => -x * x / 2 + x * x * x * x / 4 - u * x;
  const rk4 = (x, u, dt) => kit.rk4(([v]) => [speed(v, u)], [x], dt)[0];
  // Roots of x - x^3 + u, the least first: Viete's cosines where there are three, Cardano's formula where there is one.
  function rests(u) {
    const cosine = u / FOLD, found = [];
    if (Math.abs(cosine) < 1) {
      const third = Math.acos(cosine) / 3;
      for (const i of [2, 1, 0]) found.push(2 / Math.sqrt(3) * Math.cos(third + 2 * Math.PI * i / 3));
    } else {
      const outer = Math.sign(u) * Math.cbrt(Math.abs(u) / 2 + Math.sqrt(u * u / 4 - 1 / 27));
      found.push(outer + 1 / (3 * outer));
    }
    const exact = found.map((x) => x - speed(x, u) / slope(x));  // one Newton step: a ball on the hilltop must stay there
    return exact.sort((a, b) => a - b).map((x) => ({ x, stable: slope(x) < 0 }));
  }

  function mount(box) {
    const s = { tilt: 0, size: 0.5 };
    let hill = null;
    const w = kit.open(box, {
      name: "landscape", label: "A ball in a landscape of two valleys.", state: s,
      pictures: { hill: [drawHill, "The ball in its landscape, and below it the line of states with the rest points."],
        strip: [drawStrip, "State of the ball against time."] },
      sliders: [["tilt", "tilt u", -0.6, 0.6, 0.01, (v) => kit.minus(v.toFixed(2))],
        ["size", "size of a kick", 0.1, 2, 0.01, (v) => v.toFixed(2), 10]],
      changed: (name) => { if (name === "tilt") tilted(); },
      buttons: [["left", "Kick left", "arrowleft", () => kick(-1)], ["right", "Kick right", "arrowright", () => kick(1)],
        ["top", "To the hilltop", " ", toTop], ["level", "Level", "0", () => tilt(0)], ["play", "Pause", "p"],
        ["step", "Next step", "n", () => advance(50)], ["again", "Restart", "r", () => { again(); tilt(0); }]],
      keys: { arrowup: () => tilt(s.tilt + 0.02), arrowdown: () => tilt(s.tilt - 0.02) },
      help: ["← and → kick the ball", "↑ and ↓ tilt to the right and to the left, 0 makes it level",
        "Space puts the ball on the hilltop", "P pause or go on, N the next step, R start again", "or drag the ball",
        "rest points: filled = stable, open = unstable"],
      pace: () => 3 / DT, advance, say,  // three time units a second
      read: () => `x = ${s.x.toFixed(3)}, speed ${(speed(s.x, s.tilt) || 0).toFixed(3)}, t = ${s.t.toFixed(1)}`
    });

    // lost: the side, -1 or 1, whose valley vanished while the ball lay there
    function again() { Object.assign(s, { x: 1, t: 0, held: false, lost: 0, curve: [[0, 1]] }); }
    function moved() { if (w.still) advance(WAIT); }  // no motion: what comes of it, at once
    function put(x) {
      Object.assign(s, { x: kit.clamp(x, -WALL, WALL), lost: 0 });
      s.curve.push(null, [s.t, s.x]);
    }
    function kick(way) { put(s.x + way * s.size); moved(); }
    function tilt(u) { w.put("tilt", Number(u.toFixed(2))); w.link(); }
    function tilted() {
      if (rests(s.tilt).length === 1 && s.x * s.tilt < 0) s.lost = Math.sign(s.x);
      moved();
    }
    function toTop() {
      const top = rests(s.tilt)[1];
      if (top) put(top.x); else w.tell("At this tilt there is no hilltop.");
    }
    function advance(steps) {
      for (let i = 1; i <= steps; i += 1) {
        if (!s.held) s.x = rk4(s.x, s.tilt, DT);
        s.t += DT;
        if (i % EVERY === 0 || i === steps) s.curve.push([s.t, s.x]);
      }
      s.curve = s.curve.filter((p) => !p || p[0] >= s.t - SPAN - 1);
    }
    function say() {
      const top = rests(s.tilt)[1], gone = top ? "" : ` The ${s.tilt > 0 ? "left" : "right"} valley is gone.`;
      const v = speed(s.x, s.tilt), right = s.x > (top ? top.x : 0);
      if (s.held) return `In your hand.${gone}`;
      if (Math.abs(v) > REST) return `The ball rolls to the ${v > 0 ? "right" : "left"}.${gone}`;
      if (slope(s.x) > 0) return "The ball stands on the hilltop.";
      const late = s.tilt === 0 && s.lost === (right ? -1 : 1) ? " The tilt is gone, and the ball has not come back." : "";
      return `The ball rests in the ${right ? "right" : "left"} valley.${gone}${late}`;
    }

    // Pieces of the line, each with the colour of its basin: they meet on the hilltop.
    function basins() {
      const top = rests(s.tilt)[1], [left, right] = ["--cw-b", "--cw-a"];
      if (!top) return [[-EDGE, EDGE, s.tilt > 0 ? right : left]];
      return [[-EDGE, top.x, left], [top.x, EDGE, right]];
    }
    function drawHill() {
      hill = w.axes(w.canvas.hill, { title: "height", name: "state x", left: 16, foot: 84, x: [-EDGE, EDGE, 1], y: [-1, 0.7] });
      const { c, X, Y } = hill, line = hill.low + 28, ground = (x) => [X(x), Y(height(x, s.tilt))];
      for (const [from, to, colour] of basins()) {
        w.path(c, Array.from({ length: 81 }, (_, i) => ground(from + (to - from) * i / 80)), colour, 3);
      }
      const [[gx, gy], [nx, ny]] = [ground(s.x), ground(s.x + 1e-3)], lean = (ny - gy) / (nx - gx), long = Math.hypot(1, lean);
      w.dot(c, [gx + RADIUS * lean / long, Math.max(gy - RADIUS / long, hill.top + RADIUS)], RADIUS, "--cw-d");
      c.restore();
      for (const [from, to, colour] of basins()) {
        const inner = (x, way) => X(x) + (Math.abs(x) === EDGE ? 0 : 8 * way);  // the open point stays open
        w.path(c, [[inner(from, 1), line], [inner(to, -1), line]], colour, 3);
        for (let x = Math.ceil(from / 0.2) * 0.2; x < to; x += 0.2) {
          const v = speed(x, s.tilt), size = (3 + 4 * Math.min(1, Math.abs(v))), back = X(x) - Math.sign(v) * size;
          if (Math.abs(v) > 0.05) w.path(c, [[back, line - size], [X(x), line], [back, line + size]], colour, 2);
        }
      }
      for (const rest of rests(s.tilt)) w.dot(c, [X(rest.x), line], 7, "--cw-ink", !rest.stable);
      w.dot(c, [X(s.x), line], 4.5, "--cw-d");
    }
    function drawStrip() {
      const from = Math.max(0, s.t - SPAN);
      const { c, X, Y, left, right } = w.axes(w.canvas.strip, { title: "state x; dashed: the hilltop", name: "time",
        left: 34, x: [from, from + SPAN, 10], y: [-2, 2, 1] });
      for (const rest of rests(s.tilt)) {
        const colour = rest.stable ? (rest.x > 0 ? "--cw-a" : "--cw-b") : "--cw-soft";
        w.path(c, [[left, Y(rest.x)], [right, Y(rest.x)]], colour, 1.5, rest.stable ? [] : [5, 5]);
      }
      w.path(c, s.curve.map((p) => p && [X(p[0]), Y(p[1])]), "--cw-d", 2.2);
      w.dot(c, [X(s.t), Y(s.x)], 4.5, "--cw-d");
      c.restore();
    }

    w.drag(w.canvas.hill, (px, py) => { s.held = true; put(hill.at(px, py)[0]); },
      () => { s.held = false; moved(); w.show(); });
    again();
    w.show();
    return w.live;
  }

  root.courseLandscape = { speed, height, rk4, rests, mount, DT };
})(typeof window === "undefined" ? globalThis : window);
