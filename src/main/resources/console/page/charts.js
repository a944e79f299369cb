import {count, element, millis, rate, time, write} from "./common.js";

const HOUR = 3600;
const SHORTEST = 120;
const HEIGHT = 170;

/** By the columns of the history. */
const CHARTS = [
  {title: "Messages per second", text: rate, series: [["accepted", "Accepted", "--c1"], ["sent", "Sent", "--c2"], ["delivered", "Delivered", "--c3"], ["failed", "Failed", "--c4"]]},
  {title: "Time it takes", text: millis, series: [["sendingMillis", "From the caller to Infobip", "--c1"], ["tellingMillis", "From the event to a downstream", "--c5"]]},
  {title: "Waiting", text: count, series: [["waitingSends", "To be sent", "--c1"], ["waitingEvents", "To be told", "--c5"]]}
];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The charts of the last hour, or of the time since the start where that is less: what the process has kept, and the present moment. */
export class Charts {

  constructor(node) {
    this.samples = [];
    this.charts = CHARTS.map(chart => this.make(chart, node));
    new ResizeObserver(() => this.charts.forEach(({plot, box}) => plot.setSize({width: box.clientWidth, height: HEIGHT}))).observe(node);
    // Colours are asked for with each drawing.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.charts.forEach(({plot}) => plot.redraw(false, true)));
  }

  make(chart, node) {
    const values = chart.series.map(() => element("b"));
    const when = element("span", {class: "muted"});
    const box = element("div");
    node.append(element("figure", {class: "panel"},
      element("figcaption", {}, element("h2", {}, chart.title), when),
      element("ul", {class: "legend"}, ...chart.series.map(([column, name], i) =>
        element("li", {}, element("i", {class: "key " + chart.series[i][2].slice(2)}), name + " ", values[i]))),
      box));
    const axis = {
      stroke: () => colour("--muted"), font: "11px system-ui, sans-serif", ticks: {show: false}, gap: 4,
      grid: {stroke: () => colour("--line"), width: 1}
    };
    const made = {chart, values, when, box};
    made.plot = new uPlot({
      width: box.clientWidth || 300, height: HEIGHT, padding: [8, 8, 0, 0],
      legend: {show: false},
      cursor: {y: false, points: {size: 6}, drag: {x: false, y: false}},
      scales: {x: {time: true}, y: {range: (plot, low, high) => [0, high > 0 ? high * 1.1 : 1]}},
      axes: [
        {...axis, space: 70, size: 24, grid: {show: false}, values: (plot, ticks) => ticks.map(tick => time(tick * 1000).replace(/:00$/, ""))},
        {...axis, space: 34, size: 48, values: (plot, ticks) => ticks.map(tick => chart.text(tick))}
      ],
      series: [{}, ...chart.series.map(([, label, line]) => ({
        label, stroke: () => colour(line), width: 1.75, spanGaps: true, points: {show: false}
      }))],
      hooks: {setCursor: [() => this.legend(made)]}
    }, [[], ...chart.series.map(() => [])], box);
    return made;
  }

  show(all) {
    this.columns = all.history.columns;
    this.samples.push(...all.history.samples);
    const now = all.now / 1000;
    const known = this.samples.filter(sample => sample[0] / 1000 > now - HOUR);
    this.samples = known;
    const rows = [...known, all.history.live];
    const first = rows[0][0] / 1000;
    const from = Math.max(now - HOUR, Math.min(first, now - SHORTEST));
    this.charts.forEach(made => {
      const data = [rows.map(row => row[0] / 1000), ...made.chart.series.map(([column]) => rows.map(row => row[this.columns.indexOf(column)]))];
      made.data = data;
      made.plot.batch(() => {
        made.plot.setData(data, false);
        made.plot.setScale("x", {min: from, max: now});
      });
      this.legend(made);
    });
  }

  /** The values under the mouse, or else the present ones. */
  legend({chart, plot, data, values, when}) {
    if (!data) {
      return;
    }
    const pointed = plot.cursor.idx;
    const i = pointed === null || pointed === undefined ? data[0].length - 1 : pointed;
    write(when, pointed === null || pointed === undefined ? "now" : time(data[0][i] * 1000));
    values.forEach((value, j) => write(value, data[j + 1][i] === null ? "–" : chart.text(data[j + 1][i])));
  }
}
