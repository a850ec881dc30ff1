// A table of forecasts as a scatter on two axes of the reader's choice; beside it what the chosen one does by itself.
// `courseLedger` offers the numerics to tests and `mount` to the page; the rest is kit.js.
(function (root) {
  "use strict";
  const kit = root.courseKit;

  // Ends and step of an axis that holds the values, whole decades for a logarithmic one (in powers of ten).
  function span(values, log) {
    const all = values.map((v) => (log ? Math.log10(v) : v)), low = Math.min(...all), high = Math.max(...all);
    if (log) return [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1), high - low > 5 ? 2 : 1];
    const rough = Math.max(high - low, 1e-6) / 4, decade = 10 ** Math.floor(Math.log10(rough));
    const every = decade * [1, 2, 5, 10].find((k) => k * decade >= rough);
    const first = Math.floor(low / every), last = Math.max(Math.ceil(high / every), first + 1);
    return [first * every, last * every, every];
  }
  // Rows that have a figure on both axes: [index, x, y], and the others.
  function split(rows, x, y, baselines) {
    const shown = [], missing = [];
    rows.forEach((row, i) => {
      if (row.baseline && !baselines) return;
      if (row.figures[x] && row.figures[y]) shown.push(i); else missing.push(i);
    });
    return { shown, missing };
  }

  // options: columns [{ name, log, digits }], rows [{ name, kind, baseline, figures: [[median, least, largest] or
  // null], whys: [text or null], orbit: [[x, z]] }], truth: [[x, z]], x, y (columns to begin with), row
  function mount(box, options) {
    const { columns, rows, truth } = options, tints = { rate: "--cw-b", spiking: "--cw-a", other: "--cw-d" };
    const s = { x: options.x, y: options.y, row: options.row || 0, baselines: true, t: 0 };
    let places = [];
    const w = kit.open(box, {
      name: "ledger", label: "Table of forecasts as a picture.", state: s,
      pictures: { phase: [drawScatter, () => `${columns[s.y].name} against ${columns[s.x].name}.`],
        strip: [drawOrbit, () => `What ${rows[s.row].name} does by itself, over the true orbit.`] },
      keep: () => ({ x: s.x, y: s.y, row: s.row }),
      buttons: [["back", "Previous row", "arrowleft", () => walk(-1)],
        ["next", "Next row", "arrowright", () => walk(1)], ["base", "Baselines", "b", () => { s.baselines = !s.baselines; choose(s.row); }],
        ["play", "Pause", "p"], ["step", "Step", "", () => w.advance(25)], ["again", "Restart", "r", () => choose(s.row)]],
      help: ["← and → go through the rows, or click a point", "B shows or hides what costs nothing", "P pause or go on",
        "R draw the orbit anew", "the two boxes choose the axes"],
      pace: () => 40, advance: (steps) => { s.t += steps; }, read, say
    });

    for (const [key, text] of [["y", "up"], ["x", "across"]]) {
      const label = document.createElement("label"), select = document.createElement("select");
      select.name = key;
      columns.forEach((column, i) => select.add(new Option(column.name, i)));
      if (w.kept[key] in columns) s[key] = w.kept[key];
      select.addEventListener("change", () => { s[key] = Number(select.value); w.show(); w.link(); });
      w.showers.push(() => { select.value = s[key]; });
      label.append(text + " ", select);
      w.get(".cw-sliders").append(label);
    }
    function choose(i) {
      Object.assign(s, { row: i, t: w.still ? rows[i].orbit.length : 0 });
      w.mark("base", s.baselines);
    }
    function walk(way) {
      let i = s.row;
      do i = (i + way + rows.length) % rows.length; while (rows[i].baseline && !s.baselines);
      choose(i);
      w.link();
    }
    const number = (v, c) => (v !== 0 && (Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3) ? v.toExponential(1)
      : v.toFixed(columns[c].digits));
    function figure(c) {
      const row = rows[s.row], found = row.figures[c];
      if (!found) return `${columns[c].name}: none (${row.whys[c]})`;
      const spread = found[1] === found[2] ? "" : ` (${number(found[1], c)} to ${number(found[2], c)})`;
      return `${columns[c].name} ${number(found[0], c)}${spread}`;
    }
    function say() { return kit.minus(`${rows[s.row].name}: ${figure(s.y)}; ${figure(s.x)}.`); }
    function read() {
      const { missing } = split(rows, s.x, s.y, s.baselines);
      return missing.length ? "not in the picture: " + missing.map((i) => rows[i].name).join(", ") : "all rows shown";
    }

    function drawScatter() {
      const { shown } = split(rows, s.x, s.y, s.baselines), axis = (c) => columns[c];
      const ends = (c) => span(shown.flatMap((i) => rows[i].figures[c]), axis(c).log);
      const text = (c) => (axis(c).log ? kit.power : (v) => kit.minus(v));
      const { c, X, Y } = w.axes(w.canvas.phase, { title: axis(s.y).name, name: axis(s.x).name, left: 52,
        x: ends(s.x), y: ends(s.y), xText: text(s.x), yText: text(s.y) });
      c.restore();
      places = shown.map((i) => {
        const fx = rows[i].figures[s.x], fy = rows[i].figures[s.y], tint = tints[rows[i].kind];
        const scale = (v, k, map) => map(axis(k).log ? Math.log10(v) : v);
        const [x, y] = [scale(fx[0], s.x, X), scale(fy[0], s.y, Y)];
        w.path(c, [[scale(fx[1], s.x, X), y], [scale(fx[2], s.x, X), y], null,
          [x, scale(fy[1], s.y, Y)], [x, scale(fy[2], s.y, Y)]], tint, 1.4);
        w.dot(c, [x, y], 5, tint, rows[i].baseline);
        if (i === s.row) w.dot(c, [x, y], 10, "--cw-ink", true);
        return [i, x, y];
      });
    }
    function drawOrbit() {
      const [c, width, height] = w.paper(w.canvas.strip, `${rows[s.row].name}, by itself`);
      const at = (p) => [width / 2 + p[0] * width / 5.6, height / 2 + 8 - p[1] * height / 6.6];
      w.path(c, truth.map(at), "--cw-line", 1);
      const seen = rows[s.row].orbit.slice(0, s.t).map(at);
      w.path(c, seen, tints[rows[s.row].kind], 1.6);
      if (seen.length) w.dot(c, seen[seen.length - 1], 5, "--cw-ink");
    }

    w.drag(w.canvas.phase, (x, y) => {
      const far = (p) => Math.hypot(p[1] - x, p[2] - y);
      if (places.length) choose(places.reduce((a, b) => (far(b) < far(a) ? b : a))[0]);
    }, w.link);
    choose(w.kept.row in rows ? w.kept.row : s.row);
    w.show();
    return w.live;
  }

  root.courseLedger = { span, split, mount };
})(typeof window === "undefined" ? globalThis : window);
