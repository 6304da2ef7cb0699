// The browser's half of the Chart component: ECharts with our look, which follows the theme and the size of its box.
import { init } from "../lib/echarts.js";

const charts = new Map();
const token = (name, from) => getComputedStyle(from).getPropertyValue(name).trim();
const language = document.documentElement.lang || "en";
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });

// JSON carries no functions: an option names one of these instead, as "format:percent".
const formats = {
  short: v => short.format(v).toLowerCase(),
  number: v => plain.format(v),
  percent: v => `${plain.format(Math.round(v * 1000) / 10)} %`,
  points: v => `${plain.format(v)} %`,
  ms: v => v < 1 && v > 0 ? `${plain.format(v * 1000)} µs` : v >= 1000 ? `${plain.format(v / 1000)} s` : `${plain.format(v)} ms`,
};
// Money names its currency: "money:EUR". As MoneyText writes it: two places, and below one unit as many as three digits that carry meaning take.
const amounts = new Map();
function amount(value) {
  const size = Math.abs(value);
  const places = size > 0 && size < 1 ? Math.min(15, Math.max(2, 2 - Math.floor(Math.log10(size)))) : 2;
  if (!amounts.has(places)) amounts.set(places, new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: places }));
  return amounts.get(places).format(size);
}
const signs = { USD: "$", EUR: "€", GBP: "£" };
const moneyIn = currency => v => (v < 0 ? "−" : "") + (signs[currency] ? signs[currency] + amount(v) : `${amount(v)} ${currency}`);
const formatOf = name => name?.startsWith("money:") ? moneyIn(name.slice(6)) : formats[name] ?? formats.number;

// A stretch drawn over the time axis becomes the range.
function zoomable(chart) {
  const zr = chart.view.getZr();
  let start = null;
  let box = null;
  const clear = () => { start = null; box?.remove(); box = null; };
  zr.on("mousedown", e => {
    if (chart.option.zoom && chart.dotnet && chart.view.containPixel("grid", [e.offsetX, e.offsetY])) start = e.offsetX;
  });
  zr.on("mousemove", e => {
    if (start === null || Math.abs(e.offsetX - start) < 6) return;
    if (!box) { box = document.createElement("div"); box.className = "chart-brush"; chart.element.append(box); }
    box.style.left = `${Math.min(start, e.offsetX)}px`;
    box.style.width = `${Math.abs(e.offsetX - start)}px`;
  });
  zr.on("mouseup", e => {
    if (box) {
      const [from, to] = [start, e.offsetX].sort((a, b) => a - b).map(x => chart.view.convertFromPixel({ xAxisIndex: 0 }, x));
      chart.drawn = Date.now();
      chart.dotnet.invokeMethodAsync("Zoomed", from, to);
    }
    clear();
  });
  zr.on("globalout", clear);
}

function resolve(value, from) {
  if (typeof value === "string") {
    if (value.startsWith("var(--")) return token(value.slice(4, -1), from);
    if (value.startsWith("format:")) { const f = formatOf(value.slice(7)); return v => f(typeof v === "object" ? v.value : v); }
    return value;
  }
  if (Array.isArray(value)) return value.map(v => resolve(v, from));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolve(v, from)]));
  return value;
}

function look(from) {
  const t = name => token(name, from);
  const axis = {
    axisLine: { lineStyle: { color: t("--border-strong") } }, axisTick: { show: false },
    axisLabel: { color: t("--text-3"), fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: t("--border") } }, nameTextStyle: { color: t("--text-3"), fontSize: 11 },
  };
  return {
    color: ["--c-1", "--c-2", "--c-3", "--c-4", "--c-5", "--c-6"].map(t),
    textStyle: { fontFamily: t("--font"), color: t("--text-2") },
    timeAxis: { ...axis, splitLine: { show: false } }, categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } }, logAxis: { ...axis, axisLine: { show: false } },
    legend: { textStyle: { color: t("--text-2"), fontSize: 12 }, itemWidth: 14, itemHeight: 8, icon: "roundRect" },
    line: { symbol: "circle", symbolSize: 5, showSymbol: false, lineStyle: { width: 2 } },
    bar: { itemStyle: { borderRadius: [2, 2, 0, 0] } },
    boxplot: { itemStyle: { color: t("--accent-soft"), borderColor: t("--c-1") } },
  };
}

function defaults(option, from) {
  const t = name => token(name, from);
  const format = formatOf(option.unit);
  option.animation = false;
  option.grid ??= {};
  option.grid = { left: 8, right: 16, top: option.legend ? 36 : 16, bottom: option.dataZoom ? 44 : 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel", ...option.grid };
  if (option.legend) option.legend = { top: 4, left: 4, ...(option.legend === true ? {} : option.legend) };
  option.tooltip = {
    trigger: "axis", confine: true, backgroundColor: t("--surface"), borderColor: t("--border"), borderWidth: 1, padding: [8, 12],
    textStyle: { color: t("--text"), fontSize: 12, fontWeight: 400 }, axisPointer: { lineStyle: { color: t("--border-strong") }, shadowStyle: { color: t("--sunken"), opacity: .6 } },
    valueFormatter: v => v === null || v === undefined || v === "-" ? "–" : format(v), ...option.tooltip,
  };
  return option;
}

function draw(chart, full) {
  const { element, option } = chart;
  if (full || !chart.view) {
    chart.view?.dispose();
    chart.view = init(element, look(element), { renderer: option.renderer ?? "svg" });
    if (chart.dotnet) chart.view.on("click", p => {
      if (Date.now() - (chart.drawn ?? 0) > 300) chart.dotnet.invokeMethodAsync("Clicked", p.seriesName ?? "", String(p.name ?? ""), p.dataIndex);
    });
    zoomable(chart);
  }
  // Series are replaced, axes merged: what stays on the page does not blink.
  chart.view.setOption(defaults(resolve(structuredClone(option), element), element), { replaceMerge: ["series"] });
}

const redrawAll = () => { for (const chart of charts.values()) draw(chart, true); };
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
document.addEventListener("loopai:preference", event => { if (event.detail === "theme") redrawAll(); });

export function show(id, element, option, dotnet) {
  if (!element) return;
  let chart = charts.get(id);
  if (chart && chart.element !== element) { remove(id); chart = null; }
  if (!chart) {
    chart = { element, option, dotnet };
    chart.sizes = new ResizeObserver(() => chart.view?.resize());
    charts.set(id, chart);
    chart.sizes.observe(element);
  }
  chart.option = option;
  draw(chart, false);
}

export function remove(id) {
  const chart = charts.get(id);
  chart?.sizes.disconnect();
  chart?.view?.dispose();
  charts.delete(id);
}
